/* binary.c - weights of one bit, and sums of such weights */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/levels.h"

#include <stdio.h>

/* w = 2b - 1 is stored as b: y = 2 sum(b x) - sum(x). */
static void build_binary(const struct quant_spec *spec, struct arena *a,
                         struct levels *out)
{
    levels_uniform(out, a, 1 << spec->bits);
    out->is_signed = false;
    out->zero_code = -1;
}

const struct scheme scheme_binary = {
    .name = "binary",
    .text = "+1 or -1 times a scale",
    .source = "Courbariaux 2015, BinaryConnect, arXiv:1511.00363",
    .bits_min = 1,
    .bits_max = 1,
    .bits_default = 1,
    .clip_default = 1, /* no level but the sign: any clip gives the same */
    .build = build_binary,
};

/* ---- ABC-Net ---- */

static int check_abcnet(const struct quant_spec *spec, char *why, int size)
{
    if (!spec->terms || spec->terms == spec->bits)
        return 0;
    snprintf(why, (size_t)size,
             "scheme 'abcnet' has as many bases ('terms') as bits: %d, not %d",
             spec->bits, spec->terms);
    return -1;
}

/*
 * B_i = sign(W - mean + u_i std): the bit is one where w > -u_i. The u_i are
 * evenly spaced from -clip to clip, clip = 1 by default (an assumption; the
 * paper also trains them). Each base has a real scale, found by regression.
 */
static void build_abcnet(const struct quant_spec *spec, struct arena *a,
                         struct levels *out)
{
    int bases = spec->bits;
    double *threshold = arena_array(a, (size_t)bases, sizeof *threshold);
    for (int i = 0; i < bases; i++)
        threshold[i] =
            bases > 1 ? quant_clip(spec) * (1 - 2.0 * i / (bases - 1)) : 0;
    levels_uniform(out, a, 1 << bases);
    out->is_signed = false;
    out->zero_code = -1;
    out->real_scales = bases;
    out->plane_threshold = threshold;
}

const struct scheme scheme_abcnet = {
    .name = "abcnet",
    .text = "sum of binary bases with real scales; 'clip' is the widest shift",
    .source = "Lin 2017, ABC-Net, arXiv:1711.11294",
    .bits_min = 1,
    .bits_max = 8,
    .bits_default = 5,
    .clip_default = 1,
    .takes = TAKES_TERMS | TAKES_ROLL_BITS,
    .check = check_abcnet,
    .build = build_abcnet,
};
