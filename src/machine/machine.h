/* machine.h - the one interface: a network in, counted actions and a schedule
 * out */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MACHINE_MACHINE_H
#define MACHINE_MACHINE_H

#include "hw/identity.h"
#include "hw/model.h"
#include "net/net.h"
#include "quant/quant.h"
#include <stdio.h>

/* A component of the machine, all its instances together. */
struct part {
    const char *name;           /* "adc" */
    const char *level;          /* "PE" */
    const char *action;         /* "conversion" */
    const struct model *model;  /* where its cost comes from */
    const struct bound *bound;  /* the parameters of the model */
    double instances;           /* on all chips */
    struct cost cost;           /* of one instance */
    bool on_chip;               /* counts in the area */
};

/* What became of one layer. Times count from the arrival of the input. */
struct run_layer {
    const struct layer *layer;
    const struct quant *quant; /* NULL: without weights, or not said */
    const char *scheme;      /* "apot 4/4", NULL without weights */
    enum weights_as weights; /* that it was counted with; WEIGHTS_BEST: they
                                make no difference */
    int planes, input_bits;  /* bit planes or slices of a weight; A */
    int extra_cycles;        /* max D of the temporal scheduling */
    int adc_bits;            /* needed for lossless conversion, 0 if none */
    double crossbars;        /* of one copy, whole crossbars */
    double expected;         /* the same before rounding up */
    double copies;           /* replication */
    double used;             /* share of the allocated cells in use; of a
                                machine without crossbars: of the operations
                                that its units could have done in busy_s */
    double ones;             /* share of the allocated cells' bits that are 1 */
    double tiles;            /* tiles held by the layer's stage, fractional */
    double buffer_bits;      /* that its line buffers hold */
    double hops;             /* mesh hops, mean over its inputs */
    double start_s, first_s, last_s; /* begins, first and last output */
    double busy_s;           /* time of its stage per inference */
    const char *limit;       /* what sets busy_s: "crossbars", "buffer" ... */
    int round;               /* of weight loading, 0 without reloading */
    double static_share;     /* of the static energy; 1 over all layers */
};

/* What a technology file does not say: figures that follow from it are
 * unknown (NaN), not zero. */
enum { RUN_NO_ENERGY = 1, RUN_NO_AREA = 2 };

/* The result of a run; arrays belong to the arena given to map(). */
struct run {
    int layers, parts;
    int rows, columns; /* of a crossbar; 0: a machine without */
    struct run_layer *layer;
    struct part *part;
    double *actions;   /* [layer][part][action], per inference */
    double cycle_s;    /* the machine's step */
    double interval_s; /* between two results, steady state */
    double latency_s;  /* from input to first result; of a batch, to its last */
    double batch;      /* inputs that are worked on together; 1 if each alone */
    unsigned unknown;  /* RUN_NO_ENERGY ... */
    const char *limit;    /* layer or shared part that sets the interval, */
    const char *limit_by; /* and what limits it: "crossbars", "all layers" */
    double chips, tiles; /* in use: whole chips; tiles of one chip */
    double peak_W;       /* all chips, everything busy */
    double peak_ops;     /* operations a second, everything busy; 2 per MAC */
    double storage_bits; /* cells x bits, all chips */
    double crossbars_needed, crossbars_used, crossbars_have;
    double program_s, program_J; /* loading the weights once */
    double conversions;          /* A/D conversions per inference, 0: none */
    int rounds; /* loads of weights per batch; 1: all resident */
    int buffers_over;            /* layers whose line buffers do not fit */
    int adc_short;               /* layers that need more ADC bits than */
    int adc_bits;                /* the chip has; 0: not said */
};

static inline double *run_actions(const struct run *run, int layer, int part)
{
    return &run->actions[(layer * run->parts + part) * ACTIONS];
}

/* A group of parameters that a machine's technology files have. */
struct param_group {
    const char *path;
    const struct field *fields;
};

/*
 * A machine is one const object. `self` is what load() made. Memory from the
 * arena handed in; every function returns 0, or -1 having reported.
 */
struct machine_type {
    const char *name; /* "crossbar" */
    const char *text;
    const struct param_group *groups; /* ends with path NULL */
    const char *latency, *interval; /* their formulas, for --explain */
    /* overrides that bring it to another's size, "chip.max_area"; NULL: no */
    const char *area_limit, *crossbar_limit;
    /* writes its mapping styles and component roles for --list-models */
    void (*list)(FILE *out);
    /* reads its groups from a technology file's root */
    int (*load)(const struct conf_env *env, struct node *root, void **self);
    /* maps every layer once; quant[i] is the quantization of layer i (n == 0
     * for layers without weights). Costs of components do not matter here. */
    int (*map)(void *self, const struct net *net, const struct quant *quant,
               struct arena *a, struct msgs *msgs, struct run *run);
    /* counts actions and times under the present component costs; allocates
     * nothing, so that it can run again after every change */
    int (*schedule)(void *self, struct msgs *msgs, struct run *run);
    /* the parameter groups, for lists, overrides and --explain */
    struct bound *(*bounds)(void *self, int *n);
    /* checks and evaluates the component models again after a parameter of
     * group b has changed: -1 if a model refuses it; 1 if layers must be
     * mapped again; else 0 */
    int (*changed)(void *self, const struct bound *b);
    /* who the machine is, for the head of a report */
    struct identity (*identity)(void *self);
};

extern const struct machine_type *const machine_types[]; /* NULL at the end */
const struct machine_type *machine_find(const char *name);

#endif
