/* weights.c - real weights into the quantization of a layer */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
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

/* ---- the columns of each scheme ---- */

struct key {
    double variance;
    size_t column; /* of all groups, one behind the other */
};

static int compare_keys(const void *left, const void *right)
{
    const struct key *a = left, *b = right;
    if (a->variance < b->variance || a->variance > b->variance)
        return a->variance < b->variance ? -1 : 1;
    return a->column < b->column ? -1 : a->column > b->column;
}

static const float *first_of(const struct weights *w, size_t column)
{
    size_t n = (size_t)w->columns;
    return w->value + column / n * (size_t)w->rows * n + column % n;
}

static double variance_of(const struct weights *w, size_t column)
{
    const float *value = first_of(w, column);
    double sum = 0, squares = 0;
    for (int k = 0; k < w->rows; k++, value += w->columns) {
        sum += (double)*value;
        squares += (double)*value * (double)*value;
    }
    return squares - sum * sum / w->rows;
}

static size_t column_count(const struct weights *w)
{
    return (size_t)w->groups * (size_t)w->columns;
}

/*
 * Which scheme each column has: those of least variance the first. Chang 2021,
 * Mix and Match, gives rows of small variance, which look Gaussian, to sums of
 * powers of two and the others, which look uniform, to fixed point.
 */
static uint8_t *assign(const struct quant *q, const struct weights *w,
                       struct arena *a, struct arena *scratch)
{
    size_t n = column_count(w), at = 0;
    uint8_t *scheme = arena_array(a, n, sizeof *scheme);
    struct key *key = arena_array(scratch, n, sizeof *key);
    double share = 0;
    for (size_t i = 0; i < n; i++)
        key[i] = (struct key){variance_of(w, i), i};
    qsort(key, n, sizeof *key, compare_keys);
    for (int g = 0; g < q->n; g++) {
        share += q->group[g].share;
        double end = g + 1 < q->n ? floor((double)n * share + 0.5) : (double)n;
        for (; at < n && (double)at < end; at++)
            scheme[key[at].column] = (uint8_t)g;
    }
    return scheme;
}

/* The columns of one scheme side by side, as one matrix. */
static struct weights gather(const struct weights *w, const uint8_t *scheme,
                             int which, struct arena *a)
{
    struct weights out = {.groups = 1, .rows = w->rows};
    size_t n = column_count(w), rows = (size_t)w->rows, j = 0;
    for (size_t i = 0; i < n; i++)
        out.columns += scheme[i] == which;
    size_t columns = (size_t)out.columns;
    float *value = arena_array(a, rows * columns, sizeof *value);
    int64_t *code =
        w->code ? arena_array(a, rows * columns, sizeof *code) : NULL;
    for (size_t i = 0; i < n; i++) {
        const float *from = first_of(w, i);
        if (scheme[i] != which)
            continue;
        for (size_t k = 0; k < rows; k++) {
            ptrdiff_t at =
                from - w->value + (ptrdiff_t)(k * (size_t)w->columns);
            value[k * columns + j] = w->value[at];
            if (code)
                code[k * columns + j] = w->code[at];
        }
        j++;
    }
    out.value = value;
    out.code = code;
    return out;
}

/* Planes of the columns of a scheme to where these belong. */
static void scatter(const struct bits *from, int which, struct bits *to)
{
    size_t words = (size_t)to->words, n = words * sizeof *to->plane;
    size_t all = (size_t)to->groups * (size_t)to->columns;
    int j = 0;
    for (size_t i = 0; i < all; i++) {
        if (to->scheme[i] != which)
            continue;
        memcpy(to->plane + i * (size_t)to->planes * words,
               bits_column(from, 0, j), n * (size_t)from->planes);
        memcpy(to->negative + i * words, bits_negative(from, 0, j), n);
        j++;
    }
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
    size_t n = column_count(&p->w);
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
    int width = p->counted.n + b->is_signed;
    p->counted.is_signed = b->is_signed;
    p->counted.width = width > p->counted.width ? width : p->counted.width;
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
    count_planes(p, r->scratch);
    weight_stats(&z, &p->w, scale, &p->b, r->scratch, &moments);
    weight_planes(&z, &moments, r->scratch, &p->stats);
    p->stats.share = p->counted.share;
    record_fill(p->record, &z, &p->w, scale, &rule, &moments);
    keep_planes(p);
    return 0;
}

/* ---- a layer ---- */

/* Codes also as numbers, of which moments are. */
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
        scatter(&part[g].b, g, b);
    return b;
}

/* `known`: the planes were counted. */
static void take(struct quant *q, const struct part *part, bool known,
                 enum weights_as as)
{
    struct planes counted[GROUPS_MAX], stats[GROUPS_MAX];
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
        p->w = scheme ? gather(w, scheme, g, r->scratch) : *w;
        p->spec = q->spec[g];
        p->counted = q->group[g];
        p->counted.share =
            (double)column_count(&p->w) / (double)column_count(w);
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
    const uint8_t *scheme = q->n > 1 ? assign(q, &w, a, scratch) : NULL;
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
    if (*counted) {
        p->counted.n = record->n;
        memcpy(p->counted.density, record->density, sizeof record->density);
    }
    return 0;
}

int quant_records(struct quant *q, const struct weight_record *record, int n,
                  const struct clip_rule *rule, enum weights_as as,
                  struct arena *a, char *why, int size)
{
    struct part *part = arena_array(a, (size_t)q->n, sizeof *part);
    const struct reading r = {false, rule, a, a, why, size};
    bool all = true, counted;
    quant_ones_of_model(q);
    if (n != q->n) {
        snprintf(why, (size_t)size,
                 "they are of another number of schemes; import the network "
                 "again with this quantization");
        return -1;
    }
    for (int g = 0; g < n; g++) {
        part[g].spec = q->spec[g];
        part[g].counted = q->group[g];
        if (read_record(&part[g], &record[g], &counted, &r))
            return -1;
        all &= counted;
    }
    q->record = record;
    if (as == WEIGHTS_BEST)
        as = all ? WEIGHTS_RECORDED : WEIGHTS_STATS;
    take(q, part, all, as);
    return 0;
}
