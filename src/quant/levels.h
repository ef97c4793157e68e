/* levels.h - building blocks of level sets, for the schemes */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef QUANT_LEVELS_H
#define QUANT_LEVELS_H

#include "quant/quant.h"

/* Room for `capacity` codes; signed, everything else zero. */
void levels_start(struct levels *l, struct arena *a, int capacity);
void levels_add(struct levels *l, uint64_t code);
/* Orders the codes, drops repeated ones and common factors of two. */
void levels_finish(struct levels *l);

/* {0, 1, 2, .. n-1} */
void levels_uniform(struct levels *l, struct arena *a, int n);
/* {0, 1, 2, 4, .. 2^(n-1)}, n <= 64 */
void levels_powers(struct levels *l, struct arena *a, int n);

/* One summand of a level: a choice of codes, 0 among them. */
struct choice {
    int n;
    uint64_t code[PLANES_MAX];
};
/* Every sum of one code of each of the n choices. */
void levels_sums(struct levels *l, struct arena *a, const struct choice *choice,
                 int n);

/* The code, or half code, that stands for the weight 0. */
double levels_centre(const struct levels *l);

/* Shape of the generalised Gaussian that is the spec's distribution: 2 for
 * the Gaussian, 1 for the Laplace distribution. */
double dist_shape(enum dist dist, double shape);
/* a of exp(-(|w|/a)^shape) in standard deviations. */
double dist_width(double shape);
/* Mean of |w| in standard deviations. */
double dist_mean_abs(enum dist dist, double shape);
/* The x with quant_cdf_abs(x) = p, 0 <= p < 1. */
double dist_quantile_abs(enum dist dist, double shape, double p);

#endif
