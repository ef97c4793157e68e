/* sme.c - at most S consecutive bits after the leading one */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/levels.h"

#include <stdio.h>

enum { S_DEFAULT = 3 }; /* Fig. 9: the sweet spot of ResNet-18 */

static int ones(const struct quant_spec *spec)
{
    if (spec->terms)
        return spec->terms;
    return spec->bits < S_DEFAULT ? spec->bits : S_DEFAULT;
}

static int check(const struct quant_spec *spec, char *why, int size)
{
    if (ones(spec) <= spec->bits)
        return 0;
    snprintf(why, (size_t)size,
             "scheme 'sme' has at most as many consecutive ones ('terms') as "
             "its %d bits, not %d",
             spec->bits, spec->terms);
    return -1;
}

/*
 * Eq. 2: with the leading one at k the bits below k-S+1 are zero. The bits are
 * all of the magnitude, as the paper counts them: Nq = 8 are 8 cells, sign
 * apart.
 */
static void build(const struct quant_spec *spec, struct arena *a,
                  struct levels *out)
{
    int s = ones(spec);
    levels_start(out, a, 1 + (spec->bits << (s - 1)));
    levels_add(out, 0);
    for (int k = 0; k < spec->bits; k++) {
        int rest = k < s - 1 ? k : s - 1; /* bits after the leading one */
        for (uint64_t m = 0; m < UINT64_C(1) << rest; m++)
            levels_add(out, ((UINT64_C(1) << rest) + m) << (k - rest));
    }
    levels_finish(out);
}

const struct scheme scheme_sme = {
    .name = "sme",
    .text = "at most 'terms' consecutive bits; bits are those of the magnitude",
    .source = "Liu 2021, SME, arXiv:2103.01705, eq. 1, 2",
    .bits_min = 2,
    .bits_max = 16,
    .bits_default = 8,
    .clip_default = 4, /* assumption: the paper scales by a power of two, so
                          between 3, a trained clip, and twice that */
    .takes = TAKES_TERMS,
    .check = check,
    .build = build,
};
