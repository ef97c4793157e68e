/* mix.h - schemes mixed within a layer: which output channels each has */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef QUANT_MIX_H
#define QUANT_MIX_H

#include "quant/bits.h"

/*
 * The scheme of every column, [weights_columns(w)], from `a`: the first of q
 * has those of least variance, the last those of largest, in numbers that come
 * nearest to the shares.
 */
uint8_t *mix_assign(const struct quant *q, const struct weights *w,
                    struct arena *a, struct arena *scratch);

/* The columns of one scheme side by side, as one matrix; maybe none. */
struct weights mix_gather(const struct weights *w, const uint8_t *scheme,
                          int which, struct arena *a);

/* Planes of such a matrix to the columns of `to` that have the scheme. */
void mix_scatter(const struct bits *from, int which, struct bits *to);

#endif
