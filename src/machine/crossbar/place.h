/* place.h - which row slice of real weights goes onto which wordline */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MACHINE_CROSSBAR_PLACE_H
#define MACHINE_CROSSBAR_PLACE_H

#include "machine/crossbar/map.h"

/*
 * A wordline: slice `slice` of row `row`, whose input is delayed by `delay`
 * slices. A slice is cell_bits adjacent bits of the weight's magnitude.
 */
struct wordline {
    int row, slice, delay;
};

/*
 * One allocated crossbar. Its bitline sum of cycle t has the weight
 * 2^(cell_bits base + dac_bits t); its inputs take A + the cycles of `delay`
 * slices. Column c is output column[c].
 */
struct placed {
    int array;     /* 0: positive weights (or all), 1: negative weights */
    int group;     /* column group, counted over both arrays */
    int columns;
    const int *column;
    int base, delay; /* slices */
    int lines;
    const struct wordline *line;
    const uint64_t *magnitude; /* rows x columns of this array's weights */
};

static inline unsigned placed_cell(const struct placed *p, int cell_bits,
                                   int line, int column)
{
    const struct wordline *w = &p->line[line];
    uint64_t m = p->magnitude[(size_t)w->row * (size_t)p->columns +
                              (size_t)column];
    return (unsigned)(m >> (w->slice * cell_bits)) & ((1u << cell_bits) - 1);
}

/*
 * Places a matrix of one group and calls see(self, crossbar) for each crossbar
 * in turn; what the crossbar points to lives until see() returns. `planes` is
 * raised to the widest weight. Returns the slices per weight.
 */
int place(const struct xbar *x, const struct map_rule *rule,
          const struct matrix *m, const int64_t *code, int planes,
          struct arena *a, void (*see)(void *self, const struct placed *p),
          void *self);

#endif
