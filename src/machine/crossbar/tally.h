/* tally.h - crossbars in expectation, added up to a layer */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MACHINE_CROSSBAR_TALLY_H
#define MACHINE_CROSSBAR_TALLY_H

#include "machine/crossbar/map.h"

/*
 * The columns of one scheme in one array, by slice. A slice is what one cell
 * holds: cell_bits adjacent planes. n = 0: the array has none of them.
 */
struct side {
    int n;
    double p[PLANES_MAX];      /* P(cell is not zero) */
    double mean[PLANES_MAX];   /* of the cell's value */
    double square[PLANES_MAX]; /* mean of its square */
    double ones[PLANES_MAX];   /* mean of the bits that are one */
};

/*
 * One kind of column group in one array. Row slice (k, b): the cells of slice
 * b of row k; it is empty when none of its columns has a one.
 */
struct colgroup {
    double times;   /* such column groups, equal arrays included */
    double columns; /* connected in this array */
    double part;    /* share of the wordlines that a column has weights on:
                       1, or less when several matrices share the crossbar */
    int rows;       /* all row slices' rows, over all row blocks */
    int n;          /* slices of the widest scheme */
    int schemes;
    double scheme[GROUPS_MAX]; /* columns of each in this array */
    const struct side *side;   /* [schemes] */
    double room[PLANES_MAX];   /* columns whose scheme has that slice */
    double q[PLANES_MAX];      /* P(row slice is not empty) */
    double below[PLANES_MAX + 1]; /* P(no slice < b is filled) */
    double above[PLANES_MAX + 1]; /* P(no slice >= b is filled) */
    double log_columns; /* ln C, at least 1: see tally.c */
    bool real_scales;   /* slices may not share a bitline */
};

/* Crossbars of a column group that are alike. */
struct shot {
    double times;  /* in the column group */
    double exists; /* P(allocated) */
    double lines;  /* wordlines in use, 0 when not allocated */
    double met;    /* wordlines that one column has weights on */
    double delay;  /* D_x, slices */
    double room;   /* columns that hold a bit position, of one wordline */
    int lo, hi;    /* slices lo..hi may occur on a wordline */
    const double *carry; /* [hi - lo + 1] P(a wordline carries slice b) / q_b */
};

struct tally {
    const struct xbar *x;
    const struct map_rule *rule;
    double cycles;       /* A, mean over a mixture of input widths */
    double slice_cycles; /* cycles that delay an input by one slice */
    double peak;         /* largest expected column sum, cell units */
    struct mapped *out;
};

/* x^n for 0 <= x <= 1, quicker than pow() where n is whole */
double tally_power(double x, double n);

/* The planes of a scheme as slices; share: part of the ones in this array */
void side_build(const struct planes *planes, int cell_bits, double share,
                struct side *out);

void tally_add(struct tally *t, const struct colgroup *cg,
               const struct shot *shot);

#endif
