/* weights.c - real weights into the quantization of a layer */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/bits.h"

#include <math.h>
#include <stdio.h>

static double sum_of(const struct planes *p)
{
    double ones = 0;
    for (int b = 0; b < p->n; b++)
        ones += p->density[b];
    return ones;
}

void quant_ones_of_model(struct quant *q)
{
    q->ones = (struct ones){.as = WEIGHTS_MODEL};
    for (int g = 0; g < q->n; g++)
        q->ones.model += q->group[g].share * sum_of(&q->group[g]);
}

/* Codes from -128 to 127 as they are: levels of one unit. */
static int stored_quantizer(struct quantizer *q, struct quant_spec *spec,
                            const struct weights *w, float *scale,
                            struct arena *a, char *why, int size)
{
    size_t n = (size_t)w->groups * (size_t)w->columns;
    quant_spec_init(spec, scheme_find("uniform"));
    for (size_t i = 0; i < weights_count(w); i++)
        if (fabsf(w->value[i]) > 127)
            spec->bits = 9;
    for (size_t i = 0; i < n; i++)
        scale[i] = 1;
    return quantizer_init(q, spec, a, why, size);
}

/* Densities as counted; planes beyond the scheme's only if they are in use. */
static void counted_planes(const struct bits *b, struct arena *a,
                           struct planes *out)
{
    struct bit_count *count = arena_alloc(a, sizeof *count);
    bits_count(b, b->rows, b->columns, a, count);
    for (int p = 0; p < b->planes; p++) {
        out->density[p] = count->plane[p].density;
        if (p >= out->n && count->plane[p].ones)
            out->n = p + 1;
    }
}

int quant_weights(struct quant *q, const struct weights *w, bool stored,
                  const struct clip_rule *rule, enum weights_as as,
                  struct arena *a, char *why, int size)
{
    size_t n = (size_t)w->groups * (size_t)w->columns;
    float *scale = arena_array(a, n, sizeof *scale);
    struct planes counted = q->group[0], stats;
    struct quant_spec spec = q->spec[0];
    struct bits *b = arena_alloc(a, sizeof *b);
    struct weight_stats moments;
    struct quantizer z;
    if (q->n > 1) {
        snprintf(why, (size_t)size,
                 "they cannot be counted where schemes are mixed in a layer; "
                 "use one scheme, or leave them out");
        return -1;
    }
    if (stored ? stored_quantizer(&z, &spec, w, scale, a, why, size)
               : quantizer_init(&z, &spec, a, why, size))
        return -1;
    if (!stored)
        quantizer_scale(&z, w, rule, a, scale);
    bits_quantize(&z, w, scale, a, b);
    counted_planes(b, a, &counted);
    weight_stats(&z, w, scale, b, a, &moments);
    weight_planes(&z, &moments, a, &stats);
    q->ones.known = true;
    q->ones.as = as == WEIGHTS_BEST ? WEIGHTS_EXACT : as;
    q->ones.exact = sum_of(&counted);
    q->ones.stats = sum_of(&stats);
    if (as == WEIGHTS_STATS)
        q->group[0] = stats;
    else if (as != WEIGHTS_MODEL) {
        q->group[0] = counted;
        q->bits = b;
    }
    return 0;
}
