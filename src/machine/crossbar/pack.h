/* pack.h - a weight matrix cut into column groups and row blocks */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MACHINE_CROSSBAR_PACK_H
#define MACHINE_CROSSBAR_PACK_H

#include "machine/crossbar/map.h"

#define CUTS_MAX (2 * GROUPS_MAX + 1) /* kinds of column groups */

static inline int div_up(int a, int b)
{
    return a / b + (a % b != 0);
}

int bits_for(int values); /* ceil(log2 values), 0 for one value or none */

/* Outputs of one input vector, all groups. */
static inline double matrix_outputs(const struct matrix *m)
{
    return (double)m->groups * m->columns;
}

/* Additions that make one sum an output from those of its row blocks. */
static inline double block_sums(const struct matrix *m, int row_blocks)
{
    return matrix_outputs(m) * (row_blocks - 1);
}

/*
 * Column groups that are alike. A matrix narrower than the crossbar shares it
 * with others, block-diagonally; then a row's weights span only the columns
 * of its own matrix.
 */
struct cut {
    double times;              /* such column groups in the layer */
    int columns;               /* output channels in it */
    int rows;                  /* wordlines' worth of inputs: K, or of all
                                  the matrices that share the crossbar */
    int row_columns;           /* columns that one row's weights span */
    double scheme[GROUPS_MAX]; /* columns of each scheme, sum = columns */
};

/*
 * Matrices that share one crossbar, at least 1:
 *     t = min(floor(R / K), floor(C / (N * columns per weight)))
 */
int pack_together(const struct xbar *x, const struct matrix *m,
                  int columns_per_weight);

/*
 * Cuts the output channels into column groups, one column a channel. In given
 * order every column group holds each scheme in its share; sorted, schemes
 * follow one another from the widest to the narrowest. Returns how many kinds.
 */
int pack_cut(const struct xbar *x, const struct map_rule *rule,
             const struct matrix *m, const struct quant *q,
             struct cut cut[CUTS_MAX]);

#endif
