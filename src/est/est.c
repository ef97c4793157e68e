/* est.c - counts times costs: the roll-up of a run */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "est/est.h"

#include <math.h>
#include <string.h>

/* clang-format off */
#define M(member) offsetof(struct summary, member)
const struct metric metrics[] = {
    {"area", "m^2", DIM_M2, M(area_m2), "silicon of all chips"},
    {"latency", "s", DIM_S, M(latency_s), "from the input to its result"},
    {"interval", "s", DIM_S, M(interval_s),
     "between two results, inputs following one another"},
    {"results_per_s", "", DIM_NONE, M(results_per_s), "1 / interval"},
    {"energy", "J", DIM_J, M(energy_J), "per inference, steady state"},
    {"dynamic_energy", "J", DIM_J, M(dynamic_J), "of the counted actions"},
    {"static_energy", "J", DIM_J, M(static_J), "static power times interval"},
    {"power", "W", DIM_W, M(power_W), "average: energy / interval"},
    {"macs", "", DIM_NONE, M(macs), "multiply-accumulates of the geometry"},
    {"params", "", DIM_NONE, M(params), "parameters"},
    {"ops_per_s", "", DIM_NONE, M(ops_per_s), "2 MACs / interval"},
    {"ops_per_J", "", DIM_NONE, M(ops_per_J), "2 MACs / energy"},
    {"ops_per_s_m2", "", DIM_NONE, M(ops_per_s_m2),
     "2 MACs / interval / area"},
    {"layers", "", DIM_NONE, M(layers), "layers of the network"},
    {"weight_layers", "", DIM_NONE, M(weight_layers),
     "layers with a weight matrix"},
    {"chips", "", DIM_NONE, M(chips), "chips"},
    {"tiles", "", DIM_NONE, M(tiles), "tiles of a chip"},
    {"crossbars_needed", "", DIM_NONE, M(crossbars_needed),
     "for one copy of every layer"},
    {"crossbars_used", "", DIM_NONE, M(crossbars_used), "with replication"},
    {"crossbars_have", "", DIM_NONE, M(crossbars_have), "budget"},
    {"used_cells", "", DIM_NONE, M(used_cells),
     "share of the cells in used crossbars that hold a bit"},
    {"conversions", "", DIM_NONE, M(conversions), "ADC conversions"},
    {"conversions_per_mac", "", DIM_NONE, M(conversions_per_mac),
     "ADC conversions / MACs of weight layers"},
    {"cycle", "s", DIM_S, M(cycle_s), "crossbar cycle"},
    {"peak_ops_per_s", "", DIM_NONE, M(peak_ops_per_s),
     "2 MACs, every cell busy"},
    {"peak_power", "W", DIM_W, M(peak_W), "everything busy"},
    {"peak_ops_per_J", "", DIM_NONE, M(peak_ops_per_J),
     "peak operations / peak power"},
    {"peak_ops_per_s_m2", "", DIM_NONE, M(peak_ops_per_s_m2),
     "peak operations / area"},
    {"storage", "bit", DIM_BIT, M(storage_bits), "cells times bits"},
    {"storage_per_m2", "", DIM_NONE, M(storage_per_m2), "bits / area"},
    {"program_time", "s", DIM_S, M(program_s), "loading all weights once"},
    {"program_energy", "J", DIM_J, M(program_J), "loading all weights once"},
    {"rounds", "", DIM_NONE, M(rounds), "weight loads per batch; 1: resident"},
    {"layers_adc_short", "", DIM_NONE, M(adc_short),
     "layers that need more ADC bits for lossless sums"},
    {"layers_buffer_short", "", DIM_NONE, M(buffers_over),
     "layers whose line buffers do not fit"},
    {NULL, NULL, DIM_NONE, 0, NULL}};
#undef M
/* clang-format on */

const struct metric *metric_find(const char *name)
{
    for (const struct metric *m = metrics; m->name; m++)
        if (!strcmp(m->name, name))
            return m;
    return NULL;
}

double metric_value(const struct metric *m, const struct summary *s)
{
    return *(const double *)((const char *)s + m->offset);
}

void est_init(struct estimate *e, const struct net *net, const struct run *run,
              struct arena *a)
{
    size_t layers = (size_t)run->layers, parts = (size_t)run->parts;
    *e = (struct estimate){.net = net, .run = run};
    e->energy_J = arena_array(a, layers * parts, sizeof(double));
    e->layer_J = arena_array(a, layers, sizeof(double));
    e->part_J = arena_array(a, parts, sizeof(double));
    e->part_static_J = arena_array(a, parts, sizeof(double));
    e->part_actions = arena_array(a, parts * ACTIONS, sizeof(double));
    e->part_area_m2 = arena_array(a, parts, sizeof(double));
}

static void sum_part(struct estimate *e, int p)
{
    const struct run *run = e->run;
    const struct part *part = &run->part[p];
    const struct cost *cost = &part->cost;
    double static_J = cost->static_W * part->instances * run->interval_s;
    double *total = &e->part_actions[p * ACTIONS];
    double sum_J = 0;

    memset(total, 0, ACTIONS * sizeof *total);
    e->part_area_m2[p] = part->on_chip ? part->instances * cost->area_m2 : 0;
    for (int i = 0; i < run->layers; i++) {
        const double *n = run_actions(run, i, p);
        double J = static_J * run->layer[i].static_share;
        for (int k = 0; k < ACTIONS; k++) {
            J += n[k] * cost->energy_J[k];
            total[k] += n[k];
        }
        e->energy_J[i * run->parts + p] = J;
        sum_J += J;
    }
    e->part_static_J[p] = static_J;
    e->part_J[p] = sum_J;
}

static void sum_layers(struct estimate *e)
{
    const struct run *run = e->run;
    e->sum.energy_J = 0;
    for (int i = 0; i < run->layers; i++) {
        double J = 0;
        for (int p = 0; p < run->parts; p++)
            J += e->energy_J[i * run->parts + p];
        e->layer_J[i] = J;
        e->sum.energy_J += J;
    }
}

/* Conversions and cell use, where the machine has ADCs and cells. */
static void sum_arrays(struct estimate *e)
{
    const struct run *run = e->run;
    struct summary *s = &e->sum;
    double cells = 0, used = 0, macs = 0;

    for (int i = 0; i < run->layers; i++) {
        const struct run_layer *l = &run->layer[i];
        cells += l->crossbars * l->copies;
        used += l->crossbars * l->copies * l->used;
        if (l->layer->groups > 0)
            macs += (double)l->layer->macs;
    }
    s->used_cells = cells > 0 ? used / cells : 0;
    s->conversions = run->conversions;
    s->conversions_per_mac = macs > 0 ? s->conversions / macs : 0;
}

/* What the technology does not say becomes NaN, and all that follows. */
static void forget_unknown(struct estimate *e)
{
    struct summary *s = &e->sum;
    const double unknown = (double)NAN;
    if (e->run->unknown & RUN_NO_AREA)
        s->area_m2 = unknown;
    if (!(e->run->unknown & RUN_NO_ENERGY))
        return;
    s->energy_J = s->static_J = s->peak_W = unknown;
    for (int i = 0; i < e->run->layers; i++)
        e->layer_J[i] = unknown;
}

/* What only crossbars have. */
static void forget_crossbars(struct summary *s)
{
    s->tiles = s->crossbars_needed = s->crossbars_used = s->crossbars_have =
        s->used_cells = s->conversions = s->conversions_per_mac =
            s->storage_bits = s->program_s = s->program_J = s->adc_short =
                s->buffers_over = (double)NAN;
}

/* Of something that costs nothing, a rate per cost is unknown. */
static double per(double x, double cost)
{
    return cost == 0 ? (double)NAN : x / cost;
}

static void sum_rest(struct estimate *e)
{
    const struct run *run = e->run;
    struct summary *s = &e->sum;

    s->area_m2 = s->static_J = 0;
    for (int p = 0; p < run->parts; p++) {
        s->area_m2 += e->part_area_m2[p];
        s->static_J += e->part_static_J[p];
    }
    forget_unknown(e);
    if (run->crossbars_have == 0)
        forget_crossbars(s);
    s->dynamic_J = s->energy_J - s->static_J;
    s->latency_s = run->latency_s;
    s->interval_s = run->interval_s;
    s->results_per_s = 1 / run->interval_s;
    s->power_W = s->energy_J / run->interval_s;
    s->macs = (double)e->net->macs;
    s->params = (double)e->net->params;
    s->ops = 2 * s->macs;
    s->ops_per_s = s->ops / run->interval_s;
    s->ops_per_J = per(s->ops, s->energy_J);
    s->ops_per_s_m2 = per(s->ops_per_s, s->area_m2);
    s->peak_ops_per_J = per(s->peak_ops_per_s, s->peak_W);
    s->peak_ops_per_s_m2 = per(s->peak_ops_per_s, s->area_m2);
    s->storage_per_m2 = per(s->storage_bits, s->area_m2);
    s->layers = e->net->n;
    s->weight_layers = e->net->n_weight;
}

static void copy_run(struct summary *s, const struct run *run)
{
    s->chips = run->chips;
    s->tiles = run->tiles;
    s->crossbars_needed = run->crossbars_needed;
    s->crossbars_used = run->crossbars_used;
    s->crossbars_have = run->crossbars_have;
    s->cycle_s = run->cycle_s;
    s->peak_ops_per_s = run->peak_ops;
    s->peak_W = run->peak_W;
    s->storage_bits = run->storage_bits;
    s->program_s = run->program_s;
    s->program_J = run->program_J;
    s->rounds = run->rounds;
    s->adc_short = run->adc_short;
    s->buffers_over = run->buffers_over;
}

void est_sum(struct estimate *e)
{
    for (int p = 0; p < e->run->parts; p++)
        sum_part(e, p);
    sum_layers(e);
    copy_run(&e->sum, e->run);
    sum_arrays(e);
    sum_rest(e);
}
