/* model.h - component models: what a part costs, per part and per action */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HW_MODEL_H
#define HW_MODEL_H

#include "circuit/technology.h"
#include "circuit/wire.h"
#include "conf/field.h"

/*
 * What a component can be asked to do. Most have one action. Buffers and
 * arrays also write: a bit, a cell. An array's read is counted twice: once per
 * cell that is read (ACTION_FIRST: the lines, and what a cell conducts that
 * stores a zero), and once weighted with what it stores, 0 to 1 (ACTION_ON:
 * what a full cell conducts beyond that).
 */
enum action { ACTION_FIRST, ACTION_WRITE, ACTION_ON, ACTIONS };

/* Cost of one instance. */
struct cost {
    double area_m2;
    double static_W;          /* drawn whether it works or not */
    double energy_J[ACTIONS]; /* per action, beyond static_W */
    double time_s[ACTIONS];   /* between two actions of one instance */
    double delay_s;           /* from its input to its output: a crossbar's
                                 read, a conversion, an access; 0: the model
                                 does not say */
    double peak_W;            /* static + energy at the full action rate */
};

/* The lines and cells of a crossbar, for the parts around it. From the array's
 * model; wordline.F 0: it is a published row that does not say. */
struct lines {
    struct rc wordline, bitline;        /* whole lines with all their cells */
    double cell_height_m, cell_width_m; /* pitch of wordlines, of bitlines */
    double read_V;                      /* across a cell that is read */
    double wordline_V;       /* swing of a driven wordline: read_V, or
                                that of the gates it opens */
    bool gated;              /* wordlines open gates, carry no current */
    double settle;           /* full scale of a bitline over the error
                                that a settled one may have */
    double read_s;           /* cells conduct so long in one read */
    double on_ohm, off_ohm;  /* of a cell with its access device */
    double step_A;           /* one level of one cell on a bitline */
    double write_V, write_A; /* of one cell's programming pulse */
};

/* Where a component stands: what its model may know of the chip. */
struct site {
    const struct technologies *tech; /* NULL: the chip names no technology */
    int roadmap;                     /* the chip's own */
    int rows, columns;               /* of a crossbar */
    int cell_bits, dac_bits;
    double buffer_bits; /* capacity of a tile's buffer */
    int ports;          /* bitlines that share one ADC */
    struct lines lines;
    double tile_side_m; /* of what is there so far: wires are evaluated after
                           the rest */
};

/* The head of every component's parameters. */
struct placed {
    double count; /* instances per node of the chip tree, see struct role */
};

/* clang-format off */
#define PLACED_FIELDS                                                          \
    {"count", FIELD_REAL, DIM_NONE, 0, 1e-3, 1e6, "1", NULL,                   \
     "instances per chip, tile or PE (array: per cell; dac: per wordline; "    \
     "sample_hold, write_driver: per bitline); 0.25 is one for four"}
/* clang-format on */

/* The head of the parameters of a model that is made of transistors. */
struct circuit {
    struct placed placed;
    int roadmap; /* index into circuit_roadmaps */
};

extern const char *const circuit_roadmaps[]; /* "chip", "hp", "lstp", "lop" */

/* clang-format off */
#define CIRCUIT_FIELDS                                                         \
    PLACED_FIELDS,                                                             \
    {"roadmap", FIELD_CHOICE, DIM_NONE, offsetof(struct circuit, roadmap),     \
     0, 0, "chip", circuit_roadmaps,                                           \
     "family of its transistors; chip: technology.roadmap"}
/* clang-format on */

/* Its technology. The caller of check and eval has made sure that there is
 * one. */
const struct technology *site_technology(const struct site *site,
                                         const struct circuit *c);

/*
 * A model is one const object at the end of its own file in hw/model/. eval
 * is pure and cannot fail: ranges and check() have refused whatever it could
 * not compute. `params` starts with a struct placed; with a struct circuit if
 * `circuit` is set, and then site->tech has the roadmap that it wants.
 */
struct model {
    const char *name;   /* "nameplate" */
    const char *text;   /* one line for --list-models */
    const char *source; /* where its form comes from */
    bool circuit;       /* computed from the technology node */
    const struct field *fields;
    size_t params_size;
    /* -1 with the reason in why[size]; may be NULL */
    int (*check)(const void *params, const struct site *site, char *why,
                 int size);
    void (*eval)(const void *params, const struct site *site, struct cost *out);
    /* arrays: fills site->lines before any component is evaluated; may be
     * NULL */
    void (*lines)(const void *params, const struct site *site,
                  struct lines *out);
    const char *formula; /* of the energy per action, for --explain */
};

/* Fills peak_W = static + energy of the first action at its full rate. */
void cost_set_peak(struct cost *c);

extern const struct model *const models[]; /* NULL at the end */
const struct model *model_find(const char *name);

#endif
