/* bitslice.c - ISAAC's mapping: fixed point in adjacent columns */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/pack.h"
#include <stdio.h>
#include <string.h>

static int check(const struct map_rule *rule, const struct xbar *x, char *why,
                 int size)
{
    int slices = div_up(rule->weight_bits, x->cell_bits);

    if (rule->weight_bits < 1 || rule->input_bits < 1) {
        snprintf(why, (size_t)size,
                 "bitslice needs 'weight_bits' and 'input_bits' of 1 or more");
        return -1;
    }
    if (rule->two_arrays) {
        snprintf(why, (size_t)size,
                 "bitslice stores signed weights as biased codes in one array; "
                 "leave 'two_arrays' false");
        return -1;
    }
    if (slices > x->columns) {
        snprintf(why, (size_t)size,
                 "a weight of %d slices is wider than %d columns", slices,
                 x->columns);
        return -1;
    }
    return 0;
}

/* Fixed-point width that every weight of the layer is rolled back to. */
static int rolled_bits(const struct map_rule *rule, const struct quant *q)
{
    int bits = rule->weight_bits;

    for (int g = 0; g < q->n; g++)
        if (q->group[g].width > bits)
            bits = q->group[g].width;
    return bits;
}

/*
 * log2 R + v + w - 1 if v = 1 or w = 1, else log2 R + v + w; the flipped
 * columns save one bit. Shafiee 2016, ISAAC, section V.
 */
static int adc_bits(const struct xbar *x, const struct map_rule *rule)
{
    int bits = bits_for(x->rows) + x->dac_bits + x->cell_bits;

    if (x->dac_bits == 1 || x->cell_bits == 1)
        bits--;
    return rule->flip ? bits - 1 : bits;
}

/* Crossbars over the whole layer that one input vector meets in a row. */
static double across(const struct xbar *x, const struct matrix *m, int slices)
{
    int t = pack_together(x, m, slices);

    if (t > 1)
        return div_up(m->groups, t);
    int64_t cells = (int64_t)m->columns * slices;
    int64_t columns = (cells + x->columns - 1) / x->columns;
    return (double)m->groups * (double)columns;
}

/* The unit column of the flip encoding is no weight and is not counted. */
static void map(const struct xbar *x, const struct map_rule *rule,
                const struct matrix *m, const struct quant *q,
                struct mapped *out)
{
    int bits = rolled_bits(rule, q);
    int slices = div_up(bits, x->cell_bits);
    int input =
        q->input_bits > rule->input_bits ? q->input_bits : rule->input_bits;
    int cycles = div_up(input, x->dac_bits);
    int blocks = div_up(m->rows, x->rows);
    int t = pack_together(x, m, slices);
    double outputs = (double)m->groups * m->columns;
    double wide = across(x, m, slices);
    /* inputs that each column of crossbars is fed: packed ones share it */
    double fed = t > 1 ? (double)m->groups * m->rows : m->rows * wide;

    memset(out, 0, sizeof *out);
    out->crossbars = blocks * wide;
    out->cells_used = outputs * m->rows * slices;
    out->ones = outputs * m->rows * bits / 2; /* biased codes: half the bits */
    out->conversions = outputs * blocks * slices * cycles;
    out->conversions_nonempty = out->conversions;
    out->drives = fed * cycles;
    out->cell_reads = outputs * slices * m->rows * t * cycles;
    /* a packed row also meets the columns of the last, partly filled set */
    if (t > 1) {
        double last = m->groups % t;
        double sets = (m->groups - last) * t + last * last;
        out->cell_reads =
            sets * m->columns * slices * (double)m->rows * cycles;
    }
    out->shift_adds =
        out->conversions + outputs * cycles + outputs * (blocks - 1);
    out->input_fetch = fed * input;
    out->planes = slices;
    out->input_cycles = cycles;
    out->mean_cycles = cycles;
    out->adc_bits = adc_bits(x, rule);
    out->row_blocks = blocks;
}

const struct map_style style_bitslice = {
    .name = "bitslice",
    .text = "every weight as fixed point in adjacent columns",
    .source = "Shafiee 2016, ISAAC, ISCA",
    .check = check,
    .map = map,
};
