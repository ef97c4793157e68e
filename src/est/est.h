/* est.h - counts times costs: the roll-up of a run */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EST_EST_H
#define EST_EST_H

#include "base/table.h"
#include "machine/machine.h"

/* What a network costs on a machine. SI, per inference in steady state. */
struct summary {
    double area_m2, latency_s, interval_s, results_per_s;
    double energy_J, dynamic_J, static_J, power_W;
    double macs, ops, ops_per_s, ops_per_J, ops_per_s_m2; /* 2 ops a MAC */
    double params, layers, weight_layers;
    double chips, tiles, crossbars_needed, crossbars_used, crossbars_have;
    double used_cells;   /* of the cells of the crossbars in use */
    double conversions, conversions_per_mac;
    double cycle_s, peak_ops_per_s, peak_W, storage_bits;
    double peak_ops_per_J, peak_ops_per_s_m2, storage_per_m2;
    double program_s, program_J, rounds;
    double adc_short, buffers_over; /* layers the chip is too small for */
};

/* A figure of the summary: what --explain and the network table know. */
struct metric {
    const char *name, *unit;
    enum dim dim;
    size_t offset; /* in struct summary */
    const char *text;
};
extern const struct metric metrics[]; /* ends with name NULL */
const struct metric *metric_find(const char *name);
double metric_value(const struct metric *m, const struct summary *s);

/*
 * energy(layer, part) = sum over actions of count x energy per action
 *                     + the layer's share of static power x interval;
 * the total is the sum over layers of the sum over parts, and every breakdown
 * sums the same terms.
 */
struct estimate {
    const struct net *net;
    const struct run *run;
    double *energy_J;   /* [layer][part] */
    double *layer_J;    /* [layer] */
    double *part_J;     /* [part] */
    double *part_static_J;
    double *part_actions; /* [part][action] */
    double *part_area_m2;
    struct summary sum;
};

/* Memory for the results of a run, once; est_sum allocates nothing. */
void est_init(struct estimate *e, const struct net *net, const struct run *run,
              struct arena *a);
void est_sum(struct estimate *e);

/* "exact", "stats", "model", "recorded"; "" where weights make no difference. */
const char *est_weights_as(const struct run_layer *r);

/* Tables for people and spreadsheets; memory from `a`. */
struct table *est_layers(const struct estimate *e, struct arena *a);
struct table *est_components(const struct estimate *e, struct arena *a);
/* A row a layer and plane, quant[layer]; last the network's, over the layers
 * with weights where there are some. Counts only of weights that are there,
 * those of tiles only of crossbars. */
struct table *est_planes(const struct estimate *e, const struct quant *quant,
                         struct arena *a);
struct table *est_network(const struct estimate *e, const char *machine,
                          struct arena *a);

#endif
