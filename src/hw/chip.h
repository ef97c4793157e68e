/* chip.h - a crossbar chip: chip > tile > PE > crossbar, and its components */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HW_CHIP_H
#define HW_CHIP_H

#include "hw/identity.h"
#include "hw/part.h"

enum level { LEVEL_CHIP, LEVEL_TILE, LEVEL_PE, LEVEL_HOST };

/* What an instance of a component is counted by, besides its node. */
enum multiple { PER_NODE, PER_CELL, PER_WORDLINE, PER_BITLINE };

/* The places that components take in a crossbar chip. */
enum role_id {
    ROLE_ARRAY, ROLE_ROW_DECODER, ROLE_WRITE_DRIVER, ROLE_DAC,
    ROLE_SAMPLE_HOLD, ROLE_TIA, ROLE_BUFFER_ARRAY, ROLE_MUX, ROLE_ADC,
    ROLE_SHIFT_ADD, ROLE_INPUT_REGISTER, ROLE_OUTPUT_REGISTER, ROLE_INDEX,
    ROLE_CONTROL, ROLE_BUFFER, ROLE_BUS, ROLE_TILE_REGISTER, ROLE_TILE_ADD,
    ROLE_ACTIVATION, ROLE_POOL, ROLE_VECTOR, ROLE_ROUTER, ROLE_LINK, ROLE_HOST,
    ROLE_DRAM, ROLES
};

struct role {
    const char *name; /* the group's name in a technology file */
    enum level level;
    enum multiple multiple;
    bool required;
    bool wires;         /* spans other parts: evaluated when their areas are
                           known */
    const char *action; /* what is counted: "conversion" */
    const char *text;
};
extern const struct role roles[ROLES];
extern const char *const level_names[]; /* by enum level */

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
    double read_s;                  /* one crossbar read: drive and settle; */
    double cycle_s;                 /* the crossbars' step; 0: they follow
                                       from the parts */
    double buffer_bits;             /* capacity of a tile's buffer */
};

#define BOUND_MAX 40

/* A loaded chip; memory from the arena of the load. */
struct chip {
    struct identity who;
    struct geometry geo;
    struct technology_choice choice;
    struct technologies *tech; /* NULL: no component is made of transistors */
    struct component part[ROLES];
    struct site site; /* where its parts stand, and */
    double cycle_s;   /* the crossbars' step: set by chip_eval() */
    int reads;        /* of a bitline in one cycle: 1, or what the mapping asks
                         for before chip_clock() */
    struct bound bound[BOUND_MAX]; /* every parameter group, for lists, */
    int bounds;                    /* overrides and --explain */
};

/* Why a chip cannot be: the group that is to blame, and the reason. */
struct fault {
    const char *path;
    char why[240];
};

/*
 * Reads the chip's own groups from a technology file's root: technology, chip,
 * tile, pe, crossbar and a group a role. Groups of the machine (mapping,
 * schedule) are the caller's. 0, or -1 having reported.
 */
int chip_load(const struct conf_env *env, struct node *root, struct chip *c);

/* Reads a group by a field table into data and lists it in c->bound. */
int chip_bind(const struct conf_env *env, struct node *root, struct chip *c,
              const char *path, const struct field *fields, void *data);

/*
 * Evaluates the technology, every component's model and the cycle: after
 * loading and after each change. First the array's lines, then the parts,
 * then the wires between them. -1 having filled *fault.
 */
int chip_eval(struct chip *c, struct fault *fault);

/*
 * The same after a change of one group's parameters, `data`, alone: only what
 * depends on it is evaluated again. *mapping: the change was not one of a
 * component.
 */
int chip_change(struct chip *c, const void *data, bool *mapping,
                struct fault *fault);

int chip_crossbars_per_tile(const struct chip *c);
double chip_area_m2(const struct chip *c, double tiles); /* of one chip */
double chip_tile_area_m2(const struct chip *c);
double chip_peak_W(const struct chip *c, double tiles);  /* of one chip */

/* Instances of a role on one chip with so many tiles. */
double chip_instances(const struct chip *c, enum role_id role, double tiles);

/*
 * chip_clock.c: the crossbar cycle, the slower of the read and of the
 * converters that serve all bitlines of the PE's crossbars, `reads` times each
 * in a cycle,
 *     max(read, reads x columns x crossbars / ADCs x (1 / rate + mux delay)),
 * read = delays of wordline driver, bitline and sample-and-hold. A read or a
 * cycle that the file gives must leave its parts that time; what no part
 * knows, the file must give. -1 having filled *fault.
 */
int chip_clock(struct chip *c, struct fault *fault);

#endif
