/* level.h - how far the ivq style squeezes a column group, in expectation */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MACHINE_CROSSBAR_LEVEL_H
#define MACHINE_CROSSBAR_LEVEL_H

#include "machine/crossbar/tally.h"

/* What a level says of one column group beside its crossbars. */
struct squeezed {
    int delay;    /* most likely largest D of the layer's crossbars, slices */
    double lines; /* wordlines in use, over its crossbars */
    double ones;  /* bits kept, per column group; lossy levels only */
};

/*
 * A level adds the crossbars of one column group to the tally. Row slices are
 * taken as filled independently of one another.
 */
struct level {
    struct squeezed (*squeeze)(struct tally *t, const struct colgroup *cg);
    bool delays;     /* puts different slices on one bitline */
    bool lossy;      /* drops bits */
    bool per_line;   /* keeps an index for each wordline */
    bool free_input; /* any row on any wordline: inputs routed per crossbar */
};

extern const struct level levels[]; /* by enum squeeze */

struct squeezed level_shift(struct tally *t, const struct colgroup *cg);
struct squeezed level_sme(struct tally *t, const struct colgroup *cg);
struct squeezed level_rank(struct tally *t, const struct colgroup *cg);
struct squeezed level_free(struct tally *t, const struct colgroup *cg);

/* Row blocks that are alike: kinds[0] full, kinds[1] the edge. */
struct block {
    int times, rows;
};
static inline void level_blocks(const struct tally *t,
                                const struct colgroup *cg, struct block kind[2])
{
    kind[0] = (struct block){cg->rows / t->x->rows, t->x->rows};
    kind[1] = (struct block){1, cg->rows % t->x->rows};
}

/* Largest of n delays with that mean: the mean rounded up if it is more likely
 * than not that one of them exceeds the whole number below it. */
int level_largest(double mean, double n);

#endif
