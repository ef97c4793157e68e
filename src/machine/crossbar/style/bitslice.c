/* bitslice.c - ISAAC's mapping: fixed point in adjacent columns */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/pack.h"
#include <stdio.h>
#include <string.h>

static int check(const struct map_rule *rule, const struct xbar *x, char *why,
                 int size)
{
    (void)x;
    if (rule->weight_bits < 1 || rule->input_bits < 1) {
        snprintf(why, (size_t)size,
                 "bitslice needs 'weight_bits' and 'input_bits' of 1 or more");
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

/* Crossbars that hold one row block of the whole layer, side by side. */
static double across(const struct xbar *x, const struct matrix *m, int slices,
                     int together)
{
    if (together > 1)
        return div_up(m->groups, together);
    int64_t columns = (int64_t)m->columns * slices;
    int64_t tiles = (columns + x->columns - 1) / x->columns;
    return (double)m->groups * (double)tiles;
}

/* Products of two matrices that share a crossbar: t each, but for the last */
static double meetings(const struct matrix *m, int together)
{
    double last = m->groups % together;

    return (m->groups - last) * together + last * last;
}

/*
 * Biased codes: one array holds both signs and no column is empty. The
 * unit column of the flip encoding is no weight and is not counted.
 */
static void count(const struct xbar *x, const struct matrix *m, int slices,
                  int bits, int input_bits, struct mapped *out)
{
    int cycles = div_up(input_bits, x->dac_bits);
    int blocks = div_up(m->rows, x->rows);
    int t = pack_together(x, m, slices);
    double outputs = (double)m->groups * m->columns;
    double wide = across(x, m, slices, t);
    double fed = (t > 1 ? m->groups : wide) * m->rows; /* wordlines */

    out->crossbars = blocks * wide;
    out->cells_used = outputs * m->rows * slices;
    out->ones = outputs * m->rows * bits / 2; /* biased codes: half the bits */
    out->conversions = outputs * blocks * slices * cycles;
    out->conversions_nonempty = out->conversions;
    out->drives = fed * cycles;
    out->cell_reads = meetings(m, t) * m->columns * slices * m->rows * cycles;
    out->shift_adds =
        out->conversions + outputs * cycles + outputs * (blocks - 1);
    out->input_fetch = fed * input_bits;
    out->input_bits = input_bits;
    out->input_cycles = cycles;
    out->mean_cycles = cycles;
    out->row_blocks = blocks;
}

static void map(const struct xbar *x, const struct map_rule *rule,
                const struct matrix *m, const struct quant *q,
                struct mapped *out)
{
    int bits = rolled_bits(rule, q);
    int slices = div_up(bits, x->cell_bits);
    int input_bits =
        q->input_bits > rule->input_bits ? q->input_bits : rule->input_bits;

    memset(out, 0, sizeof *out);
    count(x, m, slices, bits, input_bits, out);
    out->planes = slices;
    out->adc_bits = adc_bits(x, rule);
}

const struct map_style style_bitslice = {
    .name = "bitslice",
    .text = "every weight as fixed point in adjacent columns",
    .source = "Shafiee 2016, ISAAC, ISCA",
    .check = check,
    .map = map,
};
