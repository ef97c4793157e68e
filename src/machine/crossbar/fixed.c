/* fixed.c - weights rolled back to fixed point, in adjacent columns */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/fixed.h"
#include "machine/crossbar/pack.h"
#include <stdio.h>
#include <string.h>

int fixed_check(const struct map_rule *rule, const struct xbar *x, char *why,
                int size)
{
    (void)x;
    if (rule->weight_bits >= 1 && rule->input_bits >= 1)
        return 0;
    snprintf(why, (size_t)size,
             "fixed point needs 'weight_bits' and 'input_bits' of 1 or more");
    return -1;
}

int fixed_weight_bits(const struct map_rule *rule, const struct quant *q)
{
    int bits = rule->weight_bits;

    for (int g = 0; g < q->n; g++)
        if (q->group[g].width > bits)
            bits = q->group[g].width;
    return bits;
}

double fixed_magnitude_ones(const struct quant *q)
{
    double sum = 0;

    for (int g = 0; g < q->n; g++)
        for (int b = 0; b < q->group[g].n; b++)
            sum += q->group[g].share * q->group[g].density[b];
    return sum;
}

int fixed_input_bits(const struct map_rule *rule, const struct quant *q)
{
    return q->input_bits > rule->input_bits ? q->input_bits : rule->input_bits;
}

/*
 * log2 rows + v + w - 1 if v = 1 or w = 1, else log2 rows + v + w; the flipped
 * columns save one bit. Shafiee 2016, ISAAC, section V.
 */
int fixed_adc_bits(const struct xbar *x, const struct map_rule *rule, int rows)
{
    int bits = bits_for(rows) + x->dac_bits + x->cell_bits;

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
 * One array holds both signs and no column is empty. The unit column of the
 * flip encoding is no weight and is not counted.
 */
void fixed_count(const struct xbar *x, const struct matrix *m, int slices,
                 int input_bits, struct mapped *out)
{
    int cycles = div_up(input_bits, x->dac_bits);
    int blocks = div_up(m->rows, x->rows);
    int t = pack_together(x, m, slices);
    double outputs = matrix_outputs(m);
    double wide = across(x, m, slices, t);
    double fed = (t > 1 ? m->groups : wide) * m->rows; /* wordlines */

    memset(out, 0, sizeof *out);
    out->crossbars = blocks * wide;
    out->cells_used = outputs * m->rows * slices;
    out->conversions = outputs * blocks * slices * cycles;
    out->conversions_nonempty = out->conversions;
    out->drives = fed * cycles;
    out->cell_reads = meetings(m, t) * m->columns * slices * m->rows * cycles;
    out->shift_adds =
        out->conversions + outputs * cycles + block_sums(m, blocks);
    out->input_fetch = fed * input_bits;
    out->planes = slices;
    out->input_bits = input_bits;
    out->input_cycles = cycles;
    out->mean_cycles = cycles;
    out->feeds = 1;
    out->row_blocks = blocks;
}

void fixed_map(const struct xbar *x, const struct map_rule *rule,
               const struct matrix *m, const struct quant *q,
               struct mapped *out)
{
    int bits = fixed_weight_bits(rule, q);

    fixed_count(x, m, div_up(bits, x->cell_bits), fixed_input_bits(rule, q),
                out);
    out->ones = matrix_outputs(m) * m->rows * bits / 2; /* biased codes: half
                                                           of the bits */
    out->adc_bits = fixed_adc_bits(x, rule, x->rows);
}
