/* chip.h - a crossbar chip: chip > tile > PE > crossbar, and its components */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HW_CHIP_H
#define HW_CHIP_H

#include "hw/model.h"

enum level { LEVEL_CHIP, LEVEL_TILE, LEVEL_PE, LEVEL_HOST };

/* What an instance of a component is counted by, besides its node. */
enum multiple { PER_NODE, PER_CELL, PER_WORDLINE, PER_BITLINE };

/* The places that components take in a crossbar chip. */
enum role_id {
    ROLE_ARRAY, ROLE_DAC, ROLE_SAMPLE_HOLD, ROLE_MUX, ROLE_ADC,
    ROLE_SHIFT_ADD, ROLE_INPUT_REGISTER, ROLE_OUTPUT_REGISTER, ROLE_INDEX,
    ROLE_BUFFER, ROLE_BUS, ROLE_TILE_REGISTER, ROLE_TILE_ADD,
    ROLE_ACTIVATION, ROLE_POOL, ROLE_VECTOR, ROLE_ROUTER, ROLE_LINK, ROLE_HOST, ROLES
};

struct role {
    const char *name; /* the group's name in a technology file */
    enum level level;
    enum multiple multiple;
    bool required;
    const char *action; /* what is counted: "conversion" */
    const char *text;
};
extern const struct role roles[ROLES];
extern const char *const level_names[]; /* by enum level */

struct component {
    const struct model *model; /* NULL: the chip has none */
    struct placed *params;
    struct cost cost;
    double instances; /* per node of its level */
};

extern const struct field chip_fields[], tile_fields[], pe_fields[],
    crossbar_fields[];

enum overflow { OVERFLOW_CHIPS, OVERFLOW_RELOAD, OVERFLOW_ERROR };

/* Geometry and timing that belong to no component. */
struct geometry {
    int tiles, mesh_columns, chips; /* per chip; routers wide; chips */
    int overflow;                   /* enum overflow */
    int batch;                      /* inputs between two reloads */
    int max_crossbars;              /* budget, 0: the chips' own */
    double max_area_m2;             /* budget, 0: the chips' own */
    int pes;                        /* per tile */
    int crossbars;                  /* per PE */
    int rows, columns, cell_bits, dac_bits;
    double read_s;                  /* one crossbar read: drive and settle */
    double buffer_bits;             /* capacity of a tile's buffer */
};

#define BOUND_MAX 32

/* A loaded chip; memory from the arena of the load. */
struct chip {
    const char *name, *title, *source;
    double node_m;
    struct geometry geo;
    struct component part[ROLES];
    struct bound bound[BOUND_MAX]; /* every parameter group, for lists, */
    int bounds;                    /* overrides and --explain */
    struct node *sources;
};

/*
 * Reads the chip's own groups from a technology file's root: chip, tile, pe,
 * crossbar and a group a role. Groups of the machine (mapping, schedule) are
 * the caller's. 0, or -1 having reported.
 */
int chip_load(const struct conf_env *env, struct node *root, struct chip *c);

/* Reads a group by a field table into data and lists it in c->bound. */
int chip_bind(const struct conf_env *env, struct node *root, struct chip *c,
              const char *path, const struct field *fields, void *data);

/* Evaluates every component's model: after loading and after each change. */
void chip_eval(struct chip *c);

int chip_crossbars_per_tile(const struct chip *c);
double chip_area_m2(const struct chip *c, double tiles); /* of one chip */
double chip_tile_area_m2(const struct chip *c);
double chip_peak_W(const struct chip *c, double tiles);  /* of one chip */

/* Instances of a role on one chip with so many tiles. */
double chip_instances(const struct chip *c, enum role_id role, double tiles);

/*
 * The crossbar cycle: the slower of the read and of the converters that serve
 * all bitlines of the PE's crossbars once a cycle,
 *     max(read, columns x crossbars / (ADCs x rate)).
 */
double chip_cycle_s(const struct chip *c);

#endif
