/* place.h - which row slice of real weights goes onto which wordline */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MACHINE_CROSSBAR_PLACE_H
#define MACHINE_CROSSBAR_PLACE_H

#include "machine/crossbar/map.h"
#include "quant/bits.h"

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
    const uint64_t *const *plane; /* of each column in this array,
                                     [plane][word] as in quant/bits.h */
    int planes, words;
};

static inline unsigned placed_cell(const struct placed *p, int cell_bits,
                                   int line, int column)
{
    const struct wordline *w = &p->line[line];
    unsigned cell = 0;

    for (int i = 0; i < cell_bits; i++) {
        int b = w->slice * cell_bits + i;
        if (b < p->planes)
            cell |= (unsigned)(p->plane[column][b * p->words + w->row / 64] >>
                                   w->row % 64 &
                               1)
                    << i;
    }
    return cell;
}

/*
 * Places a matrix of one group and calls see(self, crossbar) for each crossbar
 * in turn; what the crossbar points to lives until see() returns. `planes` is
 * raised to the widest weight. Bit g of `split`: columns of scheme g lie in two
 * arrays, by sign; the others in the first. Returns the slices per weight.
 */
int place(const struct xbar *x, const struct map_rule *rule,
          const struct bits *weights, int planes, unsigned split,
          struct arena *a, void (*see)(void *self, const struct placed *p),
          void *self);

#endif
