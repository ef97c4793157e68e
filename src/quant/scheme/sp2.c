/* sp2.c - sum of two powers of two, Mix-and-Match */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/levels.h"

/*
 * Eq. 8: m = m1 + m2 + 1, m1 >= m2, q1 in {0, 2^-1 .. 2^-(2^m1-1)}, q2 in
 * {0, 2^-1 .. 2^-(2^m2-1)}. 1/2 + 1/2 reaches a plane that one level alone
 * uses.
 */
static struct choice powers(int m, int lowest)
{
    struct choice c = {.n = 1};
    for (int e = 1; e < 1 << m; e++)
        c.code[c.n++] = UINT64_C(1) << (lowest - e);
    return c;
}

static void build(const struct quant_spec *spec, struct arena *a,
                  struct levels *out)
{
    int m2 = (spec->bits - 1) / 2, m1 = spec->bits - 1 - m2;
    int lowest = (1 << m1) - 1;
    const struct choice term[] = {powers(m1, lowest), powers(m2, lowest)};
    levels_sums(out, a, term, 2);
}

const struct scheme scheme_sp2 = {
    .name = "sp2",
    .text = "sum of two powers of two (Mix-and-Match)",
    .source = "Chang 2021, Mix and Match, arXiv:2012.04240, eq. 8",
    .bits_min = 3,
    .bits_max = 13,
    .bits_default = 4,
    .clip_default = 3, /* as APoT; the paper trains it per layer */
    .build = build,
};
