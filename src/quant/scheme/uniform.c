/* uniform.c - fixed point: evenly spaced levels, and methods that train it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/levels.h"

/*
 * Where the last level lies, in standard deviations. A trained clip of 4 bits
 * and less stays near the 3 from which APoT's uniform quantizer starts (Li
 * 2020, arXiv:1909.13144, authors' code); 8 bits and more reach the largest
 * weight, for which 8 is an assumption (medians of trained networks: 4.5 to
 * 17). In between a straight line, an assumption too.
 */
static double clip_by_bits(const struct quant_spec *spec)
{
    const double narrow = 3, wide = 8;
    if (spec->bits <= 4)
        return narrow;
    if (spec->bits >= 8)
        return wide;
    return narrow + (wide - narrow) * (spec->bits - 4) / 4;
}

/* {0 .. 2^(b-1)-1} with a sign: APoT eq. 2. */
static void build_signed(const struct quant_spec *spec, struct arena *a,
                         struct levels *out)
{
    levels_uniform(out, a, 1 << (spec->bits - 1));
}

/* The code is w / step + z: 0 .. 2^b-1 with the zero point in the middle;
 * z sum(x) is subtracted digitally. */
static void build_asymmetric(const struct quant_spec *spec, struct arena *a,
                             struct levels *out)
{
    levels_uniform(out, a, 1 << spec->bits);
    out->is_signed = false;
    out->zero_code = 1 << (spec->bits - 1);
}

/* BSQ counts the planes of the magnitude: n bits are n planes and a sign. */
static void build_bsq(const struct quant_spec *spec, struct arena *a,
                      struct levels *out)
{
    levels_uniform(out, a, 1 << spec->bits);
}

const struct scheme scheme_uniform = {
    .name = "uniform",
    .text = "fixed point, symmetric, sign and magnitude",
    .source = "Li 2020, APoT, arXiv:1909.13144, eq. 2",
    .bits_min = 2,
    .bits_max = 16,
    .bits_default = 8,
    .clip_default = 8,
    .clip = clip_by_bits,
    .build = build_signed,
};

const struct scheme scheme_asymmetric = {
    .name = "asymmetric",
    .text = "fixed point with a zero point, unsigned codes",
    .source = "Jacob 2018, arXiv:1712.05877, eq. 1",
    .bits_min = 2,
    .bits_max = 16,
    .bits_default = 8,
    .clip_default = 8,
    .clip = clip_by_bits,
    .build = build_asymmetric,
};

/* The one level -2^(b-1) that LSQ has beyond the symmetric set would need a
 * plane of its own and is left out. */
const struct scheme scheme_lsq = {
    .name = "lsq",
    .text = "fixed point with a learned step",
    .source = "Esser 2020, LSQ, arXiv:1902.08153, section 2",
    .bits_min = 2,
    .bits_max = 8,
    .bits_default = 4,
    .clip_default = 3,
    .clip = clip_by_bits,
    .build = build_signed,
};

const struct scheme scheme_pact = {
    .name = "pact",
    .text = "fixed point, activations with a learned clip",
    .source = "Choi 2018, PACT, arXiv:1805.06085",
    .bits_min = 2,
    .bits_max = 8,
    .bits_default = 4,
    .clip_default = 3,
    .clip = clip_by_bits,
    .build = build_signed,
};

const struct scheme scheme_bsq = {
    .name = "bsq",
    .text = "bit-level sparsity: bits are planes of the magnitude",
    .source = "Yang 2021, BSQ, arXiv:2102.10462",
    .bits_min = 1,
    .bits_max = 8,
    .bits_default = 8,
    .real_clip = CLIP_LARGEST,
    .clip_default = 8,
    .clip = clip_by_bits,
    .build = build_bsq,
};

/* The per-layer bits of HAQ's k-means networks are those of an index; write
 * `codebook` to count what such cells really hold. */
const struct scheme scheme_haq = {
    .name = "haq",
    .text = "fixed point with per-layer bits found by learning",
    .source = "Wang 2019, HAQ, arXiv:1811.08886",
    .bits_min = 2,
    .bits_max = 8,
    .bits_default = 8,
    .clip_default = 8,
    .clip = clip_by_bits,
    .build = build_signed,
};

/* HAWQ-V3 scales every output channel by its own largest weight; the clip of
 * a whole layer stands for it here. */
const struct scheme scheme_hawq = {
    .name = "hawq",
    .text = "fixed point with per-layer bits found by integer programming",
    .source = "Yao 2021, HAWQ-V3, arXiv:2011.10680",
    .bits_min = 2,
    .bits_max = 8,
    .bits_default = 8,
    .real_clip = CLIP_LARGEST,
    .clip_default = 8,
    .clip = clip_by_bits,
    .build = build_signed,
};

/* Weights are stored at full width; regions of the input come at two. */
const struct scheme scheme_drq = {
    .name = "drq",
    .text = "fixed point, inputs 8 or 4 bits wide by region",
    .source = "Song 2020, DRQ, ISCA",
    .bits_min = 2,
    .bits_max = 8,
    .bits_default = 8,
    .clip_default = 8,
    .clip = clip_by_bits,
    .build = build_signed,
};
