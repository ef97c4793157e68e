/* spatial.h - arrays of MAC units with buffers and a memory link */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MACHINE_SPATIAL_SPATIAL_H
#define MACHINE_SPATIAL_SPATIAL_H

#include "hw/part.h"
#include "machine/machine.h"
#include "machine/spatial/tiling.h"

/* The places that components take; names of the groups in lower case. */
enum place_id {
    PLACE_MAC,           /* unit cycle: a unit works for a cycle */
    PLACE_REGISTER,      /* bit: of the units' local stores */
    PLACE_NETWORK,       /* bit: from unit to unit */
    PLACE_INPUT_BUFFER,  /* bit */
    PLACE_WEIGHT_BUFFER, /* bit */
    PLACE_OUTPUT_BUFFER, /* bit */
    PLACE_BUFFER,        /* bit: one for all that have none of their own */
    PLACE_VECTOR,        /* operation: what is no product of matrices */
    PLACE_CONTROL,       /* cycle: the whole array works */
    PLACE_CHIP,          /* busy second: whole-chip power and area */
    PLACE_DRAM,          /* bit, outside */
    PLACES
};

extern const struct place_role {
    const char *name, *level, *action;
    bool per_unit; /* an instance a unit of the array; else one a chip */
    bool outside;  /* not on the chip */
    const char *text;
} places[PLACES];

/* Group `schedule`. */
struct spatial_rule {
    const char *dataflow;
    int batch;
};

/* Group `elementwise`: pools, additions, functions. */
struct elementwise {
    double lanes; /* operations a cycle; 0: in the producer's stream, which
                     costs neither time nor traffic of its own */
};

#define SPATIAL_BOUNDS (PLACES + 8)

/* A loaded accelerator; memory from the arena of the load. */
struct spatial {
    struct identity who;
    struct accelerator x;
    struct spatial_rule rule;
    struct elementwise other;
    const struct dataflow *dataflow;
    struct technology_choice choice;
    struct technologies *tech; /* NULL: no component is made of transistors */
    struct component part[PLACES];
    struct bound bound[SPATIAL_BOUNDS];
    int bounds;
};

extern const struct machine_type machine_spatial;
extern const struct field array_fields[], buffers_fields[], memory_fields[],
    spatial_schedule_fields[], elementwise_fields[];

/* accelerator.c: reading, checking, evaluating; as the machine's load(),
 * changed(). */
int spatial_load(const struct conf_env *env, struct node *root, void **self);
int spatial_changed(void *self, const struct bound *b);

#endif
