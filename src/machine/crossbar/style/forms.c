/* forms.c - FORMS' mapping: bit slices read by fragments of one sign */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/fixed.h"
#include "machine/crossbar/pack.h"
#include <stdio.h>

static int check(const struct map_rule *rule, const struct xbar *x, char *why,
                 int size)
{
    if (x->rows % rule->forms.fragment != 0) {
        snprintf(why, (size_t)size,
                 "a crossbar of %d rows is no whole number of fragments of %d "
                 "rows; change 'fragment'",
                 x->rows, rule->forms.fragment);
        return -1;
    }
    return fixed_check(rule, x, why, size);
}

/* One after another, within a cycle. */
static int reads(const struct map_rule *rule, const struct xbar *x)
{
    return x->rows / rule->forms.fragment;
}

/* The crossbars, drives and cell reads are those of bit slices; a column is
 * converted once for each fragment instead of once. */
static void map(const struct xbar *x, const struct map_rule *rule,
                const struct matrix *m, const struct quant *q,
                struct mapped *out)
{
    fixed_map(x, rule, m, q, out);
    double whole = out->conversions;
    double fragments = div_up(m->rows, rule->forms.fragment);

    out->ones = matrix_outputs(m) * m->rows * fixed_magnitude_ones(q);
    out->conversions *= fragments / out->row_blocks;
    out->conversions_nonempty = out->conversions;
    out->shift_adds += out->conversions - whole;
    out->adc_bits = fixed_adc_bits(x, rule, rule->forms.fragment);
}

/* Columns of all fragments. */
struct fragments {
    double ones, columns, filled;
    int64_t most; /* largest sum */
};

/* A slice of a column in rows from..to-1. Where all inputs are one and the
 * sum's top bit of `lossless` too, the flip encoding stores the inverse. */
static void add_slice(struct fragments *f, const struct bits *b,
                      const uint64_t *plane, const struct xbar *x, int slice,
                      int from, int to, int lossless)
{
    int64_t ones = 0, sum = 0;

    for (int i = 0; i < x->cell_bits; i++)
        for (int k = from / 64; 64 * k < to; k++) {
            int p = slice * x->cell_bits + i;
            uint64_t mask = p < b->planes ? bits_rows(k, from, to) : 0;
            int n = mask ? bits_ones(plane[p * b->words + k] & mask) : 0;
            ones += n;
            sum += (int64_t)n << i;
        }
    if (lossless && sum >> (lossless - 1)) {
        ones = (int64_t)(to - from) * x->cell_bits - ones;
        sum = (int64_t)(to - from) * ((1 << x->cell_bits) - 1) - sum;
    }
    f->ones += (double)ones;
    f->columns++;
    f->filled += sum > 0;
    f->most = sum > f->most ? sum : f->most;
}

static struct fragments count_fragments(const struct xbar *x,
                                        const struct map_rule *rule,
                                        const struct bits *b, int slices)
{
    struct fragments f = {0};
    struct map_rule plain = *rule;
    const int step = rule->forms.fragment;
    int lossless = 0;

    plain.flip = false;
    if (rule->flip)
        lossless = fixed_adc_bits(x, &plain, step) - (x->dac_bits - 1);
    for (int g = 0; g < b->groups; g++)
        for (int j = 0; j < b->columns; j++)
            for (int k = 0; k < b->rows; k += step)
                for (int s = 0; s < slices; s++)
                    add_slice(&f, b, bits_column(b, g, j), x, s, k,
                              k + step < b->rows ? k + step : b->rows,
                              lossless);
    return f;
}

/* Magnitudes as they are: weights are taken as trained to have one sign in a
 * fragment. */
static void exact(const struct xbar *x, const struct map_rule *rule,
                  const struct matrix *m, const struct quant *q,
                  const struct bits *weights, struct arena *a,
                  struct mapped *out)
{
    (void)a;
    map(x, rule, m, q, out);
    struct fragments f = count_fragments(x, rule, weights, out->planes);
    uint64_t most = (uint64_t)f.most * ((1u << x->dac_bits) - 1);

    out->ones = f.ones;
    out->adc_bits = most ? 64 - __builtin_clzll(most) : 0;
    fixed_skip_empty(rule, f.filled / f.columns, out);
}

const struct map_style style_forms = {
    .name = "forms",
    .text = "bit slices whose columns are read by fragments of one sign",
    .source = "Yuan 2021, FORMS, ISCA",
    .by_density = true,
    .check = check,
    .map = map,
    .map_exact = exact,
    .reads = reads,
};
