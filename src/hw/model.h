/* model.h - component models: what a part costs, per part and per action */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HW_MODEL_H
#define HW_MODEL_H

#include "conf/field.h"

/* What a component can be asked to do. Most have one action; arrays and
 * buffers read (ACTION_FIRST) and write. */
enum action { ACTION_FIRST, ACTION_WRITE, ACTIONS };

/* Cost of one instance. */
struct cost {
    double area_m2;
    double static_W;          /* drawn whether it works or not */
    double energy_J[ACTIONS]; /* per action, beyond static_W */
    double time_s[ACTIONS];   /* between two actions of one instance */
    double peak_W;            /* static + energy at the full action rate */
};

/* The head of every component's parameters. */
struct placed {
    double count; /* instances per node of the chip tree, see struct role */
};

#define PLACED_FIELDS                                                          \
    {"count", FIELD_REAL, DIM_NONE, 0, 1e-3, 1e6, "1", NULL,                   \
     "instances per chip, tile or PE (per cell, wordline or bitline for "      \
     "array, dac and sample_hold); 0.25 is one for four"}

/*
 * A model is one const object at the end of its own file in hw/model/. eval
 * is pure and cannot fail: ranges and check() have refused whatever it could
 * not compute. `params` starts with a struct placed.
 */
struct model {
    const char *name;   /* "nameplate" */
    const char *text;   /* one line for --list-models */
    const char *source; /* where its form comes from */
    const struct field *fields;
    size_t params_size;
    /* -1 with the reason in why[size]; may be NULL */
    int (*check)(const void *params, char *why, int size);
    void (*eval)(const void *params, struct cost *out);
    const char *formula; /* of the energy per action, for --explain */
};

extern const struct model *const models[]; /* NULL at the end */
const struct model *model_find(const char *name);

#endif
