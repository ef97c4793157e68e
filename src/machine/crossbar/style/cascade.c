/* cascade.c - CASCADE's mapping: partial sums stay analog, in ReRAM, until a
 * vector is done */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/fixed.h"
#include "machine/crossbar/pack.h"
#include <stdio.h>

static int check(const struct map_rule *rule, const struct xbar *x, char *why,
                 int size)
{
    if (x->cell_bits != 1 || x->dac_bits != 1) {
        snprintf(why, (size_t)size,
                 "cascade adds sums of one weight bit and one input bit, not "
                 "of %d and %d; use 'cell_bits' 1 and 'dac_bits' 1",
                 x->cell_bits, x->dac_bits);
        return -1;
    }
    return fixed_check(rule, x, why, size);
}

/* Sums of equal significance share a bitline of the buffer array: one for each
 * power of two, the signs of weights and inputs apart. Chou 2019, sec. 3.2:
 * 30 for 16 and 16 bits. */
static int buffer_columns(const struct mapped *m)
{
    int columns = m->planes + m->input_cycles - 2;
    return columns < 1 ? 1 : columns;
}

/*
 * Of an output the bits above those are kept that an input of the next layer
 * has: the top columns are converted, those below are added up by amplifiers
 * and go into the lowest of them as a carry. As the topmost column alone has
 * the bits of a bitline, input bits - bitline bits: 16 - 6 = 10.
 */
static int columns_converted(const struct mapped *m, int line_bits)
{
    int kept = m->input_bits - line_bits, all = buffer_columns(m);
    if (kept > all)
        kept = all;
    return kept < 1 ? 1 : kept;
}

/* Most sums on one of the columns converted: n on the n-th from the top, up to
 * one for every bit of the weight and every bit of the input but its sign. */
static int most_sums(const struct mapped *m, int converted)
{
    int sums =
        m->planes < m->input_cycles - 1 ? m->planes : m->input_cycles - 1;
    if (sums > converted)
        sums = converted;
    return sums < 1 ? 1 : sums;
}

/* The crossbars, drives and reads are those of bit slices of one bit. */
static void map(const struct xbar *x, const struct map_rule *rule,
                const struct matrix *m, const struct quant *q,
                struct mapped *out)
{
    fixed_map(x, rule, m, q, out);
    int line_bits = out->adc_bits;
    int converted = columns_converted(out, line_bits);
    double sums = out->conversions;
    double blocks = matrix_outputs(m) * out->row_blocks;

    out->buffered = sums;
    out->amplified = sums + blocks * buffer_columns(out);
    out->conversions = out->conversions_nonempty = blocks * converted;
    out->shift_adds = out->conversions + block_sums(m, out->row_blocks);
    out->adc_bits = line_bits + bits_for(most_sums(out, converted));
}

const struct map_style style_cascade = {
    .name = "cascade",
    .text = "bit slices whose sums are buffered in ReRAM and converted once",
    .source = "Chou 2019, CASCADE, MICRO",
    .analog_buffer = true,
    .check = check,
    .map = map,
    .map_exact = fixed_map_exact,
};
