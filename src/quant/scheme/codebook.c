/* codebook.c - shared weights: an index into a table of centroids */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/levels.h"

#include <math.h>
#include <stdio.h>

/*
 * A cell cannot hold an index: the centroids are rolled back to roll_bits of
 * fixed point, sign included (Liu 2021, SME, arXiv:2103.01705, section II-B:
 * clustering only re-codes, "cells still hold the full values"). 8 is an
 * assumption; from 7 bits of index on two more than the index, so that
 * neighbouring centroids stay apart.
 */
static int roll_bits(const struct quant_spec *spec)
{
    if (spec->roll_bits)
        return spec->roll_bits;
    return spec->bits + 2 > 8 ? spec->bits + 2 : 8;
}

static int check(const struct quant_spec *spec, char *why, int size)
{
    int roll = roll_bits(spec);
    if (roll > spec->bits && roll <= 16)
        return 0;
    snprintf(why, (size_t)size,
             "scheme 'codebook' with %d bits needs 'roll_bits' of %d to 16, "
             "not %d",
             spec->bits, spec->bits + 1, roll);
    return -1;
}

/*
 * Centroid i of the n = 2^(b-1) on the positive side, in standard deviations:
 * quantiles of the density to the power 1/3, where Panter and Dite (1951) put
 * the levels of least square error. For exp(-|x/a|^beta) that is the same
 * distribution, wider by 3^(1/beta).
 */
static double centroid(const struct quant_spec *spec, int i, int n)
{
    double beta = dist_shape(spec->dist, spec->shape);
    double p = (i + 0.5) / n;
    return pow(3, 1 / beta) * dist_quantile_abs(spec->dist, spec->shape, p);
}

static double clip_codebook(const struct quant_spec *spec)
{
    int n = 1 << (spec->bits - 1);
    return centroid(spec, n - 1, n);
}

/* Rounded to the fixed-point grid, distinct, none at zero: the codebook
 * mirrors at 0. */
static void build(const struct quant_spec *spec, struct arena *a,
                  struct levels *out)
{
    int n = 1 << (spec->bits - 1), top = (1 << (roll_bits(spec) - 1)) - 1;
    double unit = centroid(spec, n - 1, n) / top;
    levels_start(out, a, n);
    int last = 0;
    for (int i = 0; i < n; i++) {
        int code = (int)lround(centroid(spec, i, n) / unit);
        code = code > last ? code : last + 1;
        int room = top - (n - 1 - i); /* for those that follow */
        last = code < room ? code : room;
        levels_add(out, (uint64_t)last);
    }
}

const struct scheme scheme_codebook = {
    .name = "codebook",
    .text = "shared weights (k-means), rolled back to 'roll_bits' fixed point",
    .source = "Han 2016, Deep Compression, arXiv:1510.00149",
    .bits_min = 1,
    .bits_max = 8,
    .bits_default = 4,
    .real_clip = CLIP_SCHEME,
    .clip_default =
        4.2, /* Gaussian, 4 bits; in general the outermost centroid */
    .clip = clip_codebook,
    .takes = TAKES_ROLL_BITS,
    .check = check,
    .build = build,
};
