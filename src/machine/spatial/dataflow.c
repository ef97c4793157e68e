/* dataflow.c - the list of dataflows, and what they have in common */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/spatial/dataflow.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

extern const struct dataflow dataflow_channel_parallel,
    dataflow_output_stationary, dataflow_row_stationary,
    dataflow_weight_stationary;

const struct dataflow *const dataflows[] = {
    &dataflow_channel_parallel, &dataflow_output_stationary,
    &dataflow_row_stationary, &dataflow_weight_stationary, NULL};

const struct dataflow *dataflow_find(const char *name)
{
    for (int i = 0; dataflows[i]; i++)
        if (!strcmp(dataflows[i]->name, name))
            return dataflows[i];
    return NULL;
}

double loop_steps(double n, double tile, double step, bool whole)
{
    double full = (double)(int64_t)(n / tile), each = whole_above(tile / step);
    if (whole)
        return loop_tiles(n, tile) * each;
    return full * each + whole_above((n - full * tile) / step);
}

double loop_extent(double n, double tile, bool whole)
{
    return whole ? loop_tiles(n, tile) * tile : n;
}

double loops_reduction(const struct loops *l, double ic_tile, double across,
                       bool whole)
{
    double window = l->kh * l->kw;
    return l->unrolled
               ? loop_steps(window * l->ic, window * ic_tile, across, whole)
               : window * loop_steps(l->ic, ic_tile, across, whole);
}

/* Input positions under so many outputs of one side. */
static double span(double n, double stride, double kernel, double most)
{
    double n_in = (n - 1) * stride + kernel;
    return n_in < most ? n_in : most;
}

double tile_bits(const struct loops *l, const struct tile *t,
                 enum operand operand)
{
    if (operand == WEIGHT)
        return t->oc * t->ic * l->kh * l->kw * l->bits[WEIGHT];
    if (operand == OUTPUT)
        return t->batch * t->oc * t->oh * t->ow * l->sum_bits;
    double values = t->batch * t->ic * l->bits[INPUT];
    if (l->unrolled)
        return values * t->oh * t->ow * l->kh * l->kw;
    return values * span(t->oh, l->stride_h, l->kh, l->ih) *
           span(t->ow, l->stride_w, l->kw, l->iw);
}

double loops_bits(const struct loops *l, enum operand operand)
{
    struct tile all = {l->batch, l->oc, l->ic, l->oh, l->ow};
    double bits = l->groups * tile_bits(l, &all, operand);
    if (operand == OUTPUT)
        bits *= (double)l->bits[OUTPUT] / l->sum_bits;
    return operand == WEIGHT ? bits : bits * l->steps;
}

double memory_rate(const struct accelerator *x)
{
    return x->memory.width_bits > 0
               ? x->memory.width_bits
               : x->memory.bandwidth_bit_s / x->array.clock_Hz;
}
