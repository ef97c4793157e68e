/* weight_stationary.c - a systolic array that holds weights while inputs pass
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/spatial/dataflow.h"

#include <math.h>
#include <stddef.h>

/* Products that a column adds up: reduction down the rows. */
static double across(const struct accelerator *x, const struct loops *l)
{
    return (double)x->array.rows * x->array.macs * l->lanes;
}

static void grain(const struct accelerator *x, const struct loops *l,
                  struct tile *out)
{
    *out = (struct tile){1, x->array.columns, l->unrolled ? 1 : across(x, l), 1,
                         1};
}

/* Tiles of batch and positions: the weights are loaded for each. */
static double map_tiles(const struct loops *l, const struct tile *t)
{
    return loop_tiles(l->batch, t->batch) * loop_tiles(l->oh, t->oh) *
           loop_tiles(l->ow, t->ow);
}

/* Fillings of the array with weights, for one tile of the map. */
static double fillings(const struct accelerator *x, const struct loops *l,
                       const struct tile *t)
{
    return loop_steps(l->oc, t->oc, x->array.columns, false) *
           loops_reduction(l, t->ic, across(x, l), false);
}

/* A row of weights a cycle, or as the bus brings them. */
static double fill_cycles(const struct accelerator *x, const struct loops *l)
{
    const struct array *a = &x->array;
    double bits = across(x, l) * a->columns * l->bits[WEIGHT];
    double bus = a->bus_bits[WEIGHT];
    return fmax(a->rows, bus > 0 ? bits / bus : 0);
}

/*
 * The next weights are shifted in while inputs pass: a filling takes the
 * longer of both. The first one, and the way of the last input through rows
 * and columns, are hidden by nothing. Map tiles count with their mean size.
 */
static double cycles(const struct accelerator *x, const struct loops *l,
                     const struct tile *t)
{
    const struct array *a = &x->array;
    double tiles = map_tiles(l, t);
    double vectors = l->batch * l->oh * l->ow / tiles;
    double pass =
        fmax(vectors * l->step_cycles, fill_cycles(x, l)) + a->pass_cycles;
    double ends = fill_cycles(x, l) + a->rows + a->columns - 2;
    return l->steps * (l->groups * tiles * fillings(x, l, t) * pass + ends);
}

static void map(const struct accelerator *x, const struct loops *l,
                const struct tile *t, struct activity *out)
{
    double macs = loops_macs(l), times = l->steps * l->groups;
    double tiles = map_tiles(l, t);
    double sums = times * l->batch * l->oh * l->ow * l->oc * l->sum_bits;
    double reduction = loops_reduction(l, t->ic, across(x, l), false);
    double weights = l->steps * loops_bits(l, WEIGHT) * tiles;

    out->cycles = cycles(x, l, t);
    out->passes = times * tiles * fillings(x, l, t);
    out->unit_cycles = macs * l->step_cycles / (x->array.macs * l->lanes);
    out->store_bits[READ] = macs * l->bits[WEIGHT];
    out->store_bits[WRITTEN] = weights;
    out->network_bits = macs * (l->bits[INPUT] + l->sum_bits / l->lanes);
    out->buffer_bits[WEIGHT][READ] = weights;
    out->buffer_bits[INPUT][READ] =
        macs / l->oc * loop_steps(l->oc, t->oc, x->array.columns, false) *
        l->bits[INPUT];
    out->buffer_bits[OUTPUT][WRITTEN] = sums * reduction;
    out->buffer_bits[OUTPUT][READ] = sums * (reduction - 1);
}

const struct dataflow dataflow_weight_stationary = {
    .name = "weight_stationary",
    .text = "a systolic array holds weights; inputs pass along its rows, sums "
            "down its columns",
    .source = "Jouppi et al., TPU, ISCA 2017; Genc et al., Gemmini, DAC 2021",
    .grain = grain,
    .cycles = cycles,
    .map = map,
};
