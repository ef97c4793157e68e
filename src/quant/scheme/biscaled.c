/* biscaled.c - fixed point with one of two scales for each weight */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/levels.h"

#include <stdio.h>

/*
 * The difference of the two scale exponents is open in what is published of
 * BiScaled-FXP; 2 is an assumption.
 */
enum { DELTA_DEFAULT = 2 };

static int difference(const struct quant_spec *spec)
{
    return spec->delta ? spec->delta : DELTA_DEFAULT;
}

static int check(const struct quant_spec *spec, char *why, int size)
{
    int planes = spec->bits - 1 + difference(spec);
    if (planes <= PLANES_MAX)
        return 0;
    snprintf(why, (size_t)size,
             "scheme 'biscaled' with %d bits and delta=%d needs %d bit planes; "
             "%d are the most",
             spec->bits, spec->delta, planes, PLANES_MAX);
    return -1;
}

/* The fine scale for the bulk of the weights, the wide one for the tail. The
 * index that tells them apart is no plane and is not counted. */
static void build(const struct quant_spec *spec, struct arena *a,
                  struct levels *out)
{
    int n = 1 << (spec->bits - 1);
    levels_start(out, a, 2 * n);
    for (int i = 0; i < n; i++) {
        levels_add(out, (uint64_t)i);
        levels_add(out, (uint64_t)i << difference(spec));
    }
    levels_finish(out);
}

const struct scheme scheme_biscaled = {
    .name = "biscaled",
    .text = "fixed point with a fine and a wide scale, 2^'delta' apart",
    .source = "Jain 2019, BiScaled-DNN, DAC",
    .bits_min = 2,
    .bits_max = 12,
    .bits_default = 6,
    .real_clip = CLIP_LARGEST,
    .clip_default = 8, /* the wide scale reaches the largest weight */
    .takes = TAKES_DELTA,
    .check = check,
    .build = build,
};
