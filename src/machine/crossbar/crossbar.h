/* crossbar.h - the crossbar machine: map, then schedule */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MACHINE_CROSSBAR_CROSSBAR_H
#define MACHINE_CROSSBAR_CROSSBAR_H

#include "hw/chip.h"
#include "machine/crossbar/map.h"
#include "machine/machine.h"

extern const struct machine_type machine_crossbar;

enum execution { EXECUTE_PIPELINED, EXECUTE_LAYERWISE };

/* The `mapping` group of a technology file. */
struct mapping {
    const char *style;
    int squeeze; /* enum squeeze */
    struct map_rule rule;
};

/* The `schedule` group of a technology file. */
struct schedule_rule {
    int execution;       /* enum execution */
    double fixed_cycles; /* of a vector's way besides its input cycles */
    double overlap;      /* eta: share of the extra cycles that is hidden */
};

/*
 * A weight layer, and the digital layers that work on its tiles: what can be
 * replicated, and holds tiles of its own.
 */
struct stage {
    int layer;             /* its weight layer */
    double vectors;        /* per inference */
    double most_copies;    /* that are of use: vectors; 1 if each vector needs
                              the result of the one before */
    double interval_cycles;/* A + (1 - eta) D: between two vectors */
    double depth_cycles;   /* A + D + fixed: one vector, end to end */
    double crossbars;      /* of one copy */
    double work[ROLES];    /* actions of tile parts, per inference */
    /* set by the schedule; T(r) = pieces max(ceil(V/r) vector_s, parts_s/r) */
    double vector_s;       /* one vector on one copy */
    double parts_s;        /* the busiest tile part of one copy's tiles */
    int parts_limit;       /* its role */
    double copies, pieces; /* pieces: loads of a layer larger than the chip */
    double time_s;         /* per inference */
    int limit;             /* role that sets it, or -1: the crossbars */
    int round;
    double first_tile, tiles;
};

/* Bits that go from one layer (or the input) to another. */
struct edge {
    int from, to; /* layers; from -1: the network's input */
    double bits;  /* per inference; 0 into a layer that only rearranges: its
                     values move once, to the layer that uses them */
    bool stays;   /* on the tiles of its stage */
};

/* What a schedule depends on in a component. */
struct pace {
    double first_s, write_s, instances, area_m2;
};

struct crossbar {
    struct chip chip;
    struct mapping mapping; /* as read, */
    struct map_rule rule;   /* and what the styles are given */
    struct schedule_rule when;

    /* made by map() */
    const struct net *net;
    int stages, edges;
    struct stage *stage;
    struct edge *edge;
    int *stage_of;       /* layer -> stage on whose tiles it works */
    double *width;       /* layer -> bits of one of its output values */
    struct mapped *map;  /* layer -> mapping; crossbars 0 without weights */
    double input_width;  /* bits of one value of the network's input */
    bool *passes;        /* layer -> it only rearranges values: concat, slice */
    double *outside_bits;/* layer -> bits to and from the host, from tables,
                            and of the network's results */
    double *where;       /* layer -> tile where its output lies (a mean) */
    struct pace pace[ROLES]; /* of the last schedule */
};

/* ---- map.c's neighbours, in the order in which a run meets them ---- */

/* edges.c: stages, widths of values, edges, results; after the mapping. */
void edges_build(struct crossbar *x, struct arena *a);

/* stages.c: the mapping, edges.c, and the action counts that do not depend on
 * the schedule. Fills run->layer, run->actions. */
int stages_build(struct crossbar *x, const struct quant *quant,
                 struct arena *a, struct msgs *msgs, struct run *run);

/* budget.c: chips and tiles for the network; fills run's chips, tiles,
 * crossbars_*, area, peaks. -1 having reported if it cannot fit. */
int budget_fit(struct crossbar *x, struct msgs *msgs, struct run *run);

/*
 * replicate.c: copies of the stages s[0..n-1] within a budget of crossbars.
 * Pipelined: the smallest interval that fits, found by bisection; one layer
 * after another: the smallest sum of times. `least_s` is an interval that no
 * replication can beat. Sets copies, time_s and limit.
 */
void replicate(const struct crossbar *x, struct stage *s, int n,
               double budget, double cycle_s, double least_s);

/* traffic.c: where stages lie on the mesh, hops and bits of every edge. */
void traffic_count(struct crossbar *x, struct run *run);

/* pipeline.c: when every layer starts and ends; interval and latency. */
void pipeline_time(struct crossbar *x, struct run *run);

#endif
