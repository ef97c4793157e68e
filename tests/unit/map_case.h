/* map_case.h - layers and crossbars for the tests of the mapper */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MAP_CASE_H
#define MAP_CASE_H

#include "unit.h"
#include "machine/crossbar/map.h"
#include <string.h>

static inline const struct map_style *style(const char *name)
{
    for (int i = 0; map_styles[i]; i++)
        if (strcmp(map_styles[i]->name, name) == 0)
            return map_styles[i];
    ck_abort_msg("no style %s", name);
    return NULL;
}

static inline struct mapped map(const char *name, struct xbar x,
                                struct map_rule rule, struct matrix m,
                                const struct quant *q)
{
    struct mapped out;
    char why[200] = "";

    rule.style = style(name);
    ck_assert_msg(rule.style->check(&rule, &x, why, sizeof why) == 0, "%s",
                  why);
    rule.style->map(&x, &rule, &m, q, &out);
    return out;
}

static inline struct xbar slc(int rows, int columns)
{
    return (struct xbar){rows, columns, 1, 1};
}

static inline struct map_rule level(enum squeeze squeeze)
{
    return (struct map_rule){.squeeze = squeeze, .sme_degree = 1};
}

/* Densities as papers print them, most significant first, 0 at the end. */
static inline struct planes planes(const double *density, double share)
{
    struct planes p = {.share = share, .is_signed = true};

    while (density[p.n] > 0)
        p.n++;
    for (int b = 0; b < p.n; b++)
        p.density[b] = density[p.n - 1 - b];
    p.width = p.n + 1;
    return p;
}

static inline struct quant quant(const double *density, int input_bits)
{
    return (struct quant){
        .n = 1, .group = {planes(density, 1)}, .input_bits = input_bits};
}

static inline struct quant mixed(const double *a, const double *b,
                                 double share_a)
{
    return (struct quant){.n = 2,
                          .group = {planes(a, share_a), planes(b, 1 - share_a)},
                          .input_bits = 8};
}

#endif
