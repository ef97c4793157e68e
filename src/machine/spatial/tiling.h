/* tiling.h - which part of a layer the buffers hold, and what that costs */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MACHINE_SPATIAL_TILING_H
#define MACHINE_SPATIAL_TILING_H

#include "machine/spatial/dataflow.h"

/* Loops over tiles: over the positions of all inputs, input channels, output
 * channels. */
enum loop { LOOP_MAP, LOOP_IC, LOOP_OC, LOOPS };

/* One way to run a layer: tiles, and the order of the loops over them. */
struct plan {
    struct tile tile;
    unsigned char order[LOOPS]; /* enum loop, the outermost first */
    double memory_bits[OPERANDS][DIRECTIONS];
    double compute_cycles; /* the array's */
    double wait_cycles;    /* for the link, first loads included */
    double first_cycles;   /* of these: before the array begins */
    double cycles, bits;   /* compute and wait; all bits over the link */
};

/* Cycles and link traffic of given tiles in a given order; false if the tile
 * does not fit the buffers. */
bool plan_cost(const struct accelerator *x, const struct dataflow *d,
               const struct loops *l, struct plan *p);

/* The plan with the fewest cycles, of these the one with the fewest bits over
 * the link; false if not even the smallest tile fits. */
bool plan_search(const struct accelerator *x, const struct dataflow *d,
                 const struct loops *l, struct plan *best);

#endif
