/* afp.c - a small floating-point format with a layer-wise exponent bias */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/levels.h"

/*
 * {2^e (1 + r/2^m)}, 2^E exponents, the lowest level replaced by 0. Mantissa
 * bits m: 0 for 3 bits, 1 for 4, 2 for more; exponent bits E = n-1-m. The
 * largest level is 2^upper (2 - 2^-m), upper from the largest weight.
 */
static void build(const struct quant_spec *spec, struct arena *a,
                  struct levels *out)
{
    int m = spec->bits - 3 < 2 ? spec->bits - 3 : 2;
    int exponents = 1 << (spec->bits - 1 - m), mantissas = 1 << m;
    levels_start(out, a, exponents * mantissas);
    for (int e = 0; e < exponents; e++)
        for (int r = 0; r < mantissas; r++)
            levels_add(out, e || r ? (uint64_t)(mantissas + r) << e : 0);
    levels_finish(out);
}

const struct scheme scheme_afp = {
    .name = "afp",
    .text = "floating point with a layer-wise exponent bias",
    .source = "Liu 2021, AFP, ICCV, authors' code",
    .bits_min = 3,
    .bits_max = 8,
    .bits_default = 4,
    .clip_default = 3,
    .build = build,
};
