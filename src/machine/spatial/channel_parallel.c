/* channel_parallel.c - input channels down the rows, output channels along the
 * columns, fresh operands every cycle */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/spatial/dataflow.h"

#include <math.h>
#include <stddef.h>

/* Products that a column adds up in one step. */
static double across(const struct accelerator *x, const struct loops *l)
{
    return (double)x->array.rows * x->array.macs * l->lanes;
}

static double whole(double n, double step)
{
    return whole_above(n / step) * step;
}

static void grain(const struct accelerator *x, const struct loops *l,
                  struct tile *out)
{
    *out = (struct tile){1, l->unrolled ? 1 : x->array.columns, 1, 1, 1};
}

/* Weights are padded to the rows, outputs to the columns; inputs have their
 * border of zeros. */
static double place(const struct accelerator *x, const struct loops *l,
                    const struct tile *t, enum operand operand)
{
    double window = l->kh * l->kw;
    if (operand == WEIGHT)
        return whole(window * t->ic, across(x, l)) * t->oc * l->bits[WEIGHT];
    if (operand == OUTPUT)
        return t->batch * t->oh * t->ow * whole(t->oc, x->array.columns) *
               l->sum_bits;
    double values = t->batch * t->ic * l->bits[INPUT];
    if (l->unrolled)
        return values * t->oh * t->ow * window;
    return values * ((t->oh - 1) * l->stride_h + l->kh) *
           ((t->ow - 1) * l->stride_w + l->kw);
}

static double vectors(const struct loops *l, const struct tile *t)
{
    return loop_extent(l->batch, t->batch, true) *
           loop_extent(l->oh, t->oh, true) * loop_extent(l->ow, t->ow, true);
}

static double cycles(const struct accelerator *x, const struct loops *l,
                     const struct tile *t)
{
    double passes = loop_steps(l->oc, t->oc, x->array.columns, true) *
                    loops_reduction(l, t->ic, across(x, l), true);
    return l->steps * l->groups * passes *
           (vectors(l, t) * l->step_cycles + x->array.pass_cycles);
}

/*
 * For each product one operand stays in a register over the innermost loop and
 * the other two come from the buffers; it is the one that leaves the fewest
 * bits to move within a tile.
 */
static void map(const struct accelerator *x, const struct loops *l,
                const struct tile *t, struct activity *out)
{
    double in = l->bits[INPUT], weight = l->bits[WEIGHT], sum = l->sum_bits;
    double window = l->kh * l->kw, wide = across(x, l);
    double oc = whole(t->oc, x->array.columns);
    double reduction =
        l->unrolled ? whole(window * t->ic, wide) : window * whole(t->ic, wide);
    double positions = t->batch * t->oh * t->ow;
    double stay[OPERANDS] = {
        [INPUT] = reduction * positions * (in + oc * (weight + sum)),
        [OUTPUT] = oc * positions * (sum + reduction * (in + weight)),
        [WEIGHT] = reduction * oc * (weight + positions * (in + sum))};
    bool input_stays = stay[INPUT] <= fmin(stay[OUTPUT], stay[WEIGHT]);
    bool output_stays = !input_stays && stay[OUTPUT] <= stay[WEIGHT];
    bool weight_stays = !input_stays && !output_stays;
    double times = l->steps * l->groups;
    double ic = loop_extent(l->ic, t->ic, true) * window;
    double products =
        times * vectors(l, t) * loop_extent(l->oc, t->oc, true) * ic;

    out->cycles = cycles(x, l, t);
    out->unit_cycles =
        loops_macs(l) * l->step_cycles / (x->array.macs * l->lanes);
    out->buffer_bits[INPUT][READ] = products * in / (input_stays ? t->oc : 1);
    out->buffer_bits[WEIGHT][READ] =
        products * weight / (weight_stays ? positions : 1);
    out->buffer_bits[OUTPUT][READ] = out->buffer_bits[OUTPUT][WRITTEN] =
        products * sum / (output_stays ? window * t->ic : 1);
}

const struct dataflow dataflow_channel_parallel = {
    .name = "channel_parallel",
    .text = "input channels down the rows, output channels along the columns, "
            "fresh operands every cycle",
    .source = "Sharma et al., Bit Fusion, ISCA 2018, and its simulator; Chen "
              "et al., DaDianNao, MICRO 2014",
    .whole_tiles = true,
    .grain = grain,
    .place = place,
    .cycles = cycles,
    .map = map,
};
