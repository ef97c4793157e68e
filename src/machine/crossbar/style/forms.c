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

    out->conversions *= fragments / out->row_blocks;
    out->conversions_nonempty = out->conversions;
    out->shift_adds += out->conversions - whole;
    out->adc_bits = fixed_adc_bits(x, rule, rule->forms.fragment);
}

const struct map_style style_forms = {
    .name = "forms",
    .text = "bit slices whose columns are read by fragments of one sign",
    .source = "Yuan 2021, FORMS, ISCA",
    .check = check,
    .map = map,
    .reads = reads,
};
