/* forms.c - FORMS' mapping: bit slices read by fragments of one sign */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/pack.h"
#include <stdio.h>

extern const struct map_style style_bitslice;

static int check(const struct map_rule *rule, const struct xbar *x, char *why,
                 int size)
{
    if (x->rows % rule->fragment != 0) {
        snprintf(why, (size_t)size,
                 "a crossbar of %d rows is no whole number of fragments of %d "
                 "rows; change 'fragment'",
                 x->rows, rule->fragment);
        return -1;
    }
    return style_bitslice.check(rule, x, why, size);
}

/* The crossbars, drives and cell reads are those of bit slices; a column is
 * converted once for each fragment instead of once. */
static void map(const struct xbar *x, const struct map_rule *rule,
                const struct matrix *m, const struct quant *q,
                struct mapped *out)
{
    style_bitslice.map(x, rule, m, q, out);
    double whole = out->conversions;
    double fragments = div_up(m->rows, rule->fragment);

    out->conversions *= fragments / out->row_blocks;
    out->conversions_nonempty = out->conversions;
    out->shift_adds += out->conversions - whole;
    out->adc_bits += bits_for(rule->fragment) - bits_for(x->rows);
}

const struct map_style style_forms = {
    .name = "forms",
    .text = "bit slices whose columns are read by fragments of one sign",
    .source = "Yuan 2021, FORMS, ISCA",
    .check = check,
    .map = map,
};
