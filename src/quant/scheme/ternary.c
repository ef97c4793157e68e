/* ternary.c - one of -1, 0, 1 times a scale, or two scales */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/levels.h"

/*
 * Nearest-level rounding between 0 and the clip puts the threshold at half the
 * clip; so the clips here are twice the published thresholds. (The scale that
 * multiplies a one is digital and fits the weights above the threshold.)
 */

/* Threshold 0.7 E|w| (TWN). */
static double clip_twn(const struct quant_spec *spec)
{
    return 2 * 0.7 * dist_mean_abs(spec->dist, spec->shape);
}

static void build_twn(const struct quant_spec *spec, struct arena *a,
                      struct levels *out)
{
    levels_uniform(out, a, spec->bits);
}

const struct scheme scheme_twn = {
    .name = "twn",
    .text = "ternary weights, threshold 0.7 of the mean magnitude",
    .source = "Li 2016, TWN, arXiv:1605.04711",
    .bits_min = 2,
    .bits_max = 2,
    .bits_default = 2,
    .real_clip = CLIP_SCHEME,
    .clip_default = 1.117, /* Gaussian */
    .clip = clip_twn,
    .build = build_twn,
};

/* + and - have scales of their own, so they are added up apart. */
static void build_ttq(const struct quant_spec *spec, struct arena *a,
                      struct levels *out)
{
    levels_uniform(out, a, spec->bits);
    out->two_arrays = true;
}

/* Threshold 0.05 of the largest weight; that the largest is 8 standard
 * deviations is an assumption, as for fixed point. */
const struct scheme scheme_ttq = {
    .name = "ttq",
    .text = "ternary weights with two trained scales",
    .source = "Zhu 2017, TTQ, arXiv:1612.01064",
    .bits_min = 2,
    .bits_max = 2,
    .bits_default = 2,
    .real_clip = CLIP_SCHEME,
    .clip_default = 2 * 0.05 * 8,
    .takes = TAKES_ROLL_BITS,
    .build = build_ttq,
};
