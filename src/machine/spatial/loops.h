/* loops.h - a network's layers as nests of loops on an array */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MACHINE_SPATIAL_LOOPS_H
#define MACHINE_SPATIAL_LOOPS_H

#include "machine/spatial/spatial.h"

/* Widths of values between layers. */
struct widths {
    double *bits; /* of a layer's outputs */
    double input; /* of the network's input */
};

/* The widest input that a reader asks for; of results, that of the last layer
 * with weights. quant[i] is of layer i. */
void widths_set(const struct net *net, const struct quant *quant,
                struct arena *a, struct widths *out);

/* Is it done on the array: weights, or a product of two activations? */
bool layer_is_product(const struct layer *l);

/* Fills *out for such a layer, all bytes of it, so that equal layers compare
 * equal. -1 with the reason in why[size]: operands too wide. */
int loops_of(const struct accelerator *x, int batch, const struct net *net,
             int index, const struct quant *q, const struct widths *w,
             struct loops *out, char *why, int size);

#endif
