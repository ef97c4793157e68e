/* weights.c - real weights into the quantization of a layer */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/mix.h"
#include "quant/record.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- means over the schemes of a layer ---- */

static void means_of(const struct planes *p, int n, struct plane_means *out)
{
    *out = (struct plane_means){.n = 0};
    for (int g = 0; g < n; g++)
        for (int b = 0; b < p[g].n; b++) {
            double ones = p[g].share * p[g].density[b];
            out->density[b] += ones;
            out->ones += ones;
            out->n = b >= out->n ? b + 1 : out->n;
        }
}

void quant_ones_of_model(struct quant *q)
{
    q->ones = (struct ones){.as = WEIGHTS_MODEL};
    means_of(q->group, q->n, &q->ones.model);
}

/* ---- one scheme ---- */

/* How weights are read. */
struct reading {
    bool stored;
    const struct clip_rule *rule;
    struct arena *scratch;
    struct arena *a; /* of the planes */
    char *why;
    int size;
};

/* Weights of one scheme, or all, and what becomes of them. */
struct part {
    struct weights w;
    struct quant_spec spec;
    struct bits b;
    struct planes counted, stats;
    struct weight_record *record;
};

/* Codes as they are: uniform levels of one unit, as many as it takes. */
static int stored_spec(const struct weights *w, struct quant_spec *spec,
                       const struct reading *r)
{
    double most = 127;
    for (size_t i = 0; i < weights_count(w); i++)
        most = fmax(most, fabs((double)w->value[i]));
    quant_spec_init(spec, scheme_find("uniform"));
    spec->bits = 1 + (int)ceil(log2(most + 1));
    return quant_spec_check(spec, r->why, r->size);
}

struct clip_rule quant_clip_rule(const struct quant_spec *spec,
                                 const struct clip_rule *rule)
{
    struct clip_rule own = *rule;
    if (own.clip == CLIP_AUTO)
        own.clip = spec->scheme->real_clip;
    if (own.clip == CLIP_AUTO)
        own.clip = spec->bits >= 8 ? CLIP_LARGEST : CLIP_MSE;
    return own;
}

static float *scale_of(const struct part *p, const struct quantizer *z,
                       const struct clip_rule *rule, const struct reading *r)
{
    size_t n = weights_columns(&p->w);
    float *scale = arena_array(r->scratch, n, sizeof *scale);
    if (!r->stored && !p->w.code)
        quantizer_scale(z, &p->w, rule, r->scratch, scale);
    else
        for (size_t i = 0; i < n; i++)
            scale[i] = 1;
    return scale;
}

static bool has_negative(const struct weights *w)
{
    for (size_t i = 0; i < weights_count(w); i++)
        if (w->code[i] < 0)
            return true;
    return false;
}

/* Codes of unsigned levels as the weights that they stand for, whose moments
 * are wanted: without the code of 0. */
static void centre_codes(struct part *p, const struct quantizer *z,
                         struct arena *a)
{
    size_t n = weights_count(&p->w);
    if (!p->w.code || z->levels.is_signed || has_negative(&p->w))
        return;
    float *value = arena_array(a, n, sizeof *value);
    for (size_t i = 0; i < n; i++)
        value[i] = (float)((double)p->w.code[i] - 0.5 * z->half_centre);
    p->w.value = value;
}

static void pack(struct part *p, const struct quantizer *z, const float *scale,
                 struct arena *a)
{
    const struct weights *w = &p->w;
    if (!w->code) {
        bits_quantize(z, w, scale, a, &p->b);
        return;
    }
    bool is_signed = z->levels.is_signed || has_negative(w);
    bits_pack(w->code, w->groups, w->rows, w->columns, 0, is_signed, a, &p->b);
}

static void widen(struct planes *p)
{
    int width = p->n + p->is_signed;
    p->width = width > p->width ? width : p->width;
}

/* Densities as counted; planes beyond the scheme's only if they are in use. */
static void count_planes(struct part *p, struct arena *a)
{
    const struct bits *b = &p->b;
    struct bit_count *count = arena_alloc(a, sizeof *count);
    bits_count(b, b->rows, b->columns, a, count);
    memset(p->counted.density, 0, sizeof p->counted.density);
    for (int i = 0; i < b->planes; i++) {
        p->counted.density[i] = count->plane[i].density;
        if (i >= p->counted.n && count->plane[i].ones)
            p->counted.n = i + 1;
    }
    p->counted.is_signed = b->is_signed;
    widen(&p->counted);
}

static void keep_planes(struct part *p)
{
    p->record->share = p->counted.share;
    p->record->n = p->counted.n;
    memcpy(p->record->density, p->counted.density, sizeof p->counted.density);
}

/* Quantizes and counts; p->counted begins as the planes of the model. */
static int read_part(struct part *p, const struct reading *r)
{
    struct weight_stats moments;
    struct quantizer z;
    struct clip_rule rule = quant_clip_rule(&p->spec, r->rule);
    p->record->spec = p->spec;
    p->record->rule = rule;
    if (!p->w.columns) {
        p->stats = p->counted;
        return 0;
    }
    if ((r->stored && stored_spec(&p->w, &p->spec, r)) ||
        quantizer_init(&z, &p->spec, r->scratch, r->why, r->size))
        return -1;
    float *scale = scale_of(p, &z, &rule, r);
    pack(p, &z, scale, r->a);
    centre_codes(p, &z, r->scratch);
    count_planes(p, r->scratch);
    weight_stats(&z, &p->w, scale, &p->b, r->scratch, &moments);
    weight_planes(&z, &moments, r->scratch, &p->stats);
    p->stats.share = p->counted.share;
    record_fill(p->record, &z, &p->w, scale, &rule, &moments);
    keep_planes(p);
    return 0;
}

/* ---- a layer ---- */

/* Codes also as numbers, of which moments and variances are. */
static struct weights with_values(const struct weights *w, struct arena *a)
{
    struct weights out = *w;
    if (!w->code)
        return out;
    float *value = arena_array(a, weights_count(w), sizeof *value);
    for (size_t i = 0; i < weights_count(w); i++)
        value[i] = (float)w->code[i];
    out.value = value;
    return out;
}

/* The planes of all parts, of every column those of its scheme. */
static const struct bits *join(const struct part *part, int n,
                               const struct weights *w, const uint8_t *scheme,
                               struct arena *a)
{
    struct bits *b = arena_alloc(a, sizeof *b);
    *b = part[0].b;
    if (!scheme)
        return b;
    int planes = 0;
    bool is_signed = false;
    for (int g = 0; g < n; g++) {
        planes = part[g].b.planes > planes ? part[g].b.planes : planes;
        is_signed |= part[g].b.is_signed;
    }
    bits_alloc(b, w->groups, w->rows, w->columns, planes, is_signed, a);
    b->scheme = scheme;
    for (int g = 0; g < n; g++)
        mix_scatter(&part[g].b, g, b);
    return b;
}

/* `known`: the planes were counted. */
static void take(struct quant *q, const struct part *part, bool known,
                 enum weights_as as)
{
    struct planes counted[GROUPS_MAX] = {{0}}, stats[GROUPS_MAX] = {{0}};
    for (int g = 0; g < q->n; g++) {
        counted[g] = part[g].counted;
        stats[g] = part[g].stats;
    }
    if (known)
        means_of(counted, q->n, &q->ones.exact);
    means_of(stats, q->n, &q->ones.stats);
    q->ones.known = known;
    q->ones.as = as;
    for (int g = 0; g < q->n && as != WEIGHTS_MODEL; g++)
        q->group[g] = as == WEIGHTS_STATS ? stats[g] : counted[g];
}

/* The columns of each scheme, quantized. */
static int read_parts(const struct quant *q, const struct weights *w,
                      const uint8_t *scheme, const struct reading *r,
                      struct part *part, struct weight_record *record)
{
    for (int g = 0; g < q->n; g++) {
        struct part *p = &part[g];
        p->record = &record[g];
        p->w = scheme ? mix_gather(w, scheme, g, r->scratch) : *w;
        p->spec = q->spec[g];
        p->counted = q->group[g];
        p->counted.share =
            (double)weights_columns(&p->w) / (double)weights_columns(w);
        if (read_part(p, r))
            return -1;
    }
    return 0;
}

int quant_weights(struct quant *q, const struct weights *given, bool stored,
                  const struct clip_rule *rule, enum weights_as as,
                  struct arena *a, char *why, int size)
{
    struct arena *scratch = arena_scratch(a);
    struct arena_mark mark = arena_mark(scratch);
    const struct weights w = with_values(given, scratch);
    const uint8_t *scheme = q->n > 1 ? mix_assign(q, &w, a, scratch) : NULL;
    const struct reading r = {stored, rule, scratch, scheme ? scratch : a,
                              why,    size};
    struct part *part = arena_array(scratch, (size_t)q->n, sizeof *part);
    struct weight_record *record = arena_array(a, (size_t)q->n, sizeof *record);
    quant_ones_of_model(q);
    int bad = read_parts(q, &w, scheme, &r, part, record);
    if (!bad) {
        q->bits = join(part, q->n, &w, scheme, a);
        q->record = record;
        take(q, part, true, as == WEIGHTS_BEST ? WEIGHTS_EXACT : as);
    }
    arena_rewind(scratch, mark);
    return bad;
}

/* ---- from records ---- */

/* *counted: whether the planes are those of this quantization. */
static int read_record(struct part *p, const struct weight_record *record,
                       bool *counted, const struct reading *r)
{
    struct weight_stats moments;
    struct quantizer z;
    *counted = record_is_of(record, &p->spec, r->rule);
    if (quantizer_init(&z, &p->spec, r->scratch, r->why, r->size))
        return -1;
    if (record_moments(record, &z, r->rule, r->scratch, &moments)) {
        snprintf(r->why, (size_t)r->size,
                 "they do not say where each column is clipped; import the "
                 "network again with this weight_clip and weight_scale");
        return -1;
    }
    weight_planes(&z, &moments, r->scratch, &p->stats);
    p->counted.share = p->stats.share = record->share;
    if (*counted && record->share > 0 && record->n < p->counted.n) {
        snprintf(r->why, (size_t)r->size, "'density' has %d planes, not %d",
                 record->n, p->counted.n);
        return -1;
    }
    if (*counted) {
        p->counted.n = record->n;
        memcpy(p->counted.density, record->density, sizeof record->density);
        widen(&p->counted);
    }
    return 0;
}

/* -1: they say too little of this quantization. */
static int read_records(const struct quant *q, struct part *part,
                        const struct weight_record *record, int n, bool *known,
                        const struct reading *r)
{
    bool counted;
    *known = true;
    if (n != q->n) {
        snprintf(r->why, (size_t)r->size,
                 "they are of another number of schemes; import the network "
                 "again with this quantization");
        return -1;
    }
    for (int g = 0; g < n; g++) {
        part[g].spec = q->spec[g];
        part[g].counted = q->group[g];
        if (read_record(&part[g], &record[g], &counted, r))
            return -1;
        *known &= counted;
    }
    return 0;
}

int quant_records(struct quant *q, const struct weight_record *record, int n,
                  const struct clip_rule *rule, enum weights_as as,
                  struct arena *a, char *why, int size)
{
    struct arena *scratch = arena_scratch(a);
    struct arena_mark mark = arena_mark(scratch);
    struct part *part = arena_array(scratch, (size_t)q->n, sizeof *part);
    const struct reading r = {false, rule, scratch, scratch, why, size};
    bool known;
    quant_ones_of_model(q);
    int bad = read_records(q, part, record, n, &known, &r);
    if (!bad) {
        q->record = record;
        if (as == WEIGHTS_BEST)
            as = known ? WEIGHTS_RECORDED : WEIGHTS_STATS;
        take(q, part, known, as);
    }
    arena_rewind(scratch, mark);
    return as == WEIGHTS_MODEL ? 0 : bad;
}
