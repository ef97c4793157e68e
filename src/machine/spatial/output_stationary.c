/* output_stationary.c - every unit adds up one output; operands pass */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/spatial/dataflow.h"

#include <math.h>
#include <stddef.h>

/* Products that a unit adds up in one step. */
static double across(const struct accelerator *x, const struct loops *l)
{
    return x->array.macs * l->lanes;
}

static void grain(const struct accelerator *x, const struct loops *l,
                  struct tile *out)
{
    *out = (struct tile){1, x->array.columns, across(x, l), 1, 1};
}

static double map_tiles(const struct loops *l, const struct tile *t)
{
    return loop_tiles(l->batch, t->batch) * loop_tiles(l->oh, t->oh) *
           loop_tiles(l->ow, t->ow);
}

/* Rows of the array full of positions, summed over the map's tiles, which
 * count with their mean size. */
static double row_fillings(const struct accelerator *x, const struct loops *l,
                           const struct tile *t)
{
    double tiles = map_tiles(l, t);
    double vectors = l->batch * l->oh * l->ow / tiles;
    return tiles * whole_above(vectors / x->array.rows);
}

/* Results leave over their bus while the next are added up; the first operands
 * and the last results wait for the way across the array. */
static double cycles(const struct accelerator *x, const struct loops *l,
                     const struct tile *t)
{
    const struct array *a = &x->array;
    double fillings =
        row_fillings(x, l, t) * loop_steps(l->oc, t->oc, a->columns, false);
    double parts = loop_tiles(l->ic, t->ic);
    double steps = loops_reduction(l, t->ic, across(x, l), false) / parts;
    double bus = a->bus_bits[OUTPUT];
    double drain =
        bus > 0 ? (double)a->rows * a->columns * l->sum_bits / bus : 0;
    double pass = fmax(steps * l->step_cycles, drain) + a->pass_cycles;
    return l->steps *
           (l->groups * fillings * parts * pass + a->rows + a->columns - 2);
}

static void map(const struct accelerator *x, const struct loops *l,
                const struct tile *t, struct activity *out)
{
    double macs = loops_macs(l), rows = row_fillings(x, l, t);
    double columns = loop_steps(l->oc, t->oc, x->array.columns, false);
    double parts = loop_tiles(l->ic, t->ic);
    double sums =
        l->steps * l->groups * l->batch * l->oh * l->ow * l->oc * l->sum_bits;

    out->cycles = cycles(x, l, t);
    out->passes = l->steps * l->groups * rows * columns * parts;
    out->unit_cycles = macs * l->step_cycles / across(x, l);
    out->store_bits[READ] = out->store_bits[WRITTEN] =
        macs / across(x, l) * l->sum_bits;
    out->network_bits = macs * (l->bits[INPUT] + l->bits[WEIGHT]);
    out->buffer_bits[INPUT][READ] = macs / l->oc * columns * l->bits[INPUT];
    out->buffer_bits[WEIGHT][READ] = l->steps * loops_bits(l, WEIGHT) * rows;
    out->buffer_bits[OUTPUT][WRITTEN] = sums * parts;
    out->buffer_bits[OUTPUT][READ] = sums * (parts - 1);
}

const struct dataflow dataflow_output_stationary = {
    .name = "output_stationary",
    .text = "every unit adds up one output: positions down the rows, output "
            "channels along the columns",
    .source = "Umuroglu et al., BISMO, FPL 2018; Samajdar et al., SCALE-Sim, "
              "ISPASS 2020",
    .grain = grain,
    .cycles = cycles,
    .map = map,
};
