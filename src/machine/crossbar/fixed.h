/* fixed.h - weights rolled back to fixed point, in adjacent columns */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MACHINE_CROSSBAR_FIXED_H
#define MACHINE_CROSSBAR_FIXED_H

#include "machine/crossbar/map.h"

/*
 * What ISAAC's mapping and its relatives have in common. A style that reads
 * its columns in another way begins with these counts and changes its own.
 */

/* Width that all weights, all activations of a layer have: the rule's, or what
 * the quantization asks for if that is more. */
int fixed_weight_bits(const struct map_rule *rule, const struct quant *q);
int fixed_input_bits(const struct map_rule *rule, const struct quant *q);

/* ADC bits for the sum of so many rows of a column. */
int fixed_adc_bits(const struct xbar *x, const struct map_rule *rule, int rows);

/* Ones of a weight whose magnitude is stored, by the planes' densities. */
double fixed_magnitude_ones(const struct quant *q);

/* Fills *out, but for ones and adc_bits, for weights that take `slices`
 * adjacent columns, each converted once a cycle. */
void fixed_count(const struct xbar *x, const struct matrix *m, int slices,
                 int input_bits, struct mapped *out);

/* map_style.check and .map of bit slices as wide as a cell. */
int fixed_check(const struct map_rule *rule, const struct xbar *x, char *why,
                int size);
void fixed_map(const struct xbar *x, const struct map_rule *rule,
               const struct matrix *m, const struct quant *q,
               struct mapped *out);

/* Ones of real weights: codes biased by half the range, as two's complement
 * with its sign inverted; codes without a sign as they are. */
double fixed_ones(const struct xbar *x, const struct map_rule *rule,
                  const struct quant *q, const struct bits *weights,
                  struct arena *a);

/* Columns that are not empty, as a share of all: where these are not converted,
 * their sums are not added either. */
void fixed_skip_empty(const struct map_rule *rule, double filled,
                      struct mapped *out);

/* map_style.map_exact of styles in which only the ones depend on the weights */
void fixed_map_exact(const struct xbar *x, const struct map_rule *rule,
                     const struct matrix *m, const struct quant *q,
                     const struct bits *weights, struct arena *a,
                     struct mapped *out);

#endif
