/* memory.h - a memory macro: cells, subarrays, banks, and their organisation */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CIRCUIT_MEMORY_H
#define CIRCUIT_MEMORY_H

#include "circuit/block.h"
#include "circuit/technology.h"
#include "circuit/wire.h"

#include <stdbool.h>

/* How a cell's bit becomes a signal on its bitline. */
enum memory_read {
    READ_SWING,  /* the cell discharges one of a precharged pair (SRAM) */
    READ_SINGLE, /* the same on one line, to half the supply (8T) */
    READ_SHARE,  /* the cell's charge is shared; destroys it (DRAM) */
    READ_CURRENT, /* the line is clamped, the cell's current is compared */
    READ_VOLTAGE /* a current is forced, the cell's voltage is compared */
};

/* What stands where a wordline crosses a bitline. */
struct memory_cell {
    enum memory_read read;
    double width_m, height_m;
    double wordline_F, bitline_F; /* its devices on the lines; no wire */
    enum wire_class wordline, bitline; /* that its outline leaves room for */
    double wordline_V;            /* high level; 0: the supply */
    double bitline_V;             /* full level of a bitline, of a cell */
    double leakage_W;
    double read_A;                /* that tells its states apart, on average */
    double access_ohm;            /* of its access device, on; 0: none */
    /* 1T1C */
    double storage_F, off_A;
    double retention_s;           /* 0: from its leakage */
    /* resistive */
    double on_ohm, off_ohm;
    double read_J;                /* given energy of a cell's read; 0: I V t */
    double mean_A;                /* through a cell that is read */
    double wordline_A;            /* through a selected wordline, per cell */
    double set_s, reset_s, set_J, reset_J; /* pulses, and what they draw */
    double set_V, reset_V;        /* on the bitline */
    double write_A;               /* the larger of its programming currents */
    double half_W;                /* drawn by a half-selected cell */
    bool crosspoint;              /* no access transistor */
};

enum memory_target {
    TARGET_AREA, TARGET_LATENCY, TARGET_ENERGY, TARGET_ED, TARGET_ED2
};
extern const char *const memory_targets[]; /* names, NULL at the end */

/* How subarrays and port are connected. */
enum memory_routing {
    ROUTING_REPEATED, /* one way each, in channels between subarrays */
    ROUTING_BARE      /* wires without repeaters, above the cells */
};
extern const char *const memory_routings[];

/* What is wanted. `bits` and `word` count check bits, too. */
struct memory_spec {
    double bits;          /* of one bank */
    int banks;            /* alike, with a common port */
    int word;             /* bits an access reads or writes */
    enum memory_target target;
    enum memory_routing routing;
    enum wire_class wires; /* between subarrays */
    double slack;         /* of repeated wires, 1 or more: see wire.h */
    double activity;      /* data wires that go up and down an access */
    double swing_V;       /* on a bitline, that a sense amplifier is given */
    double sense_s, sense_J, sense_m2; /* a given amplifier with its clamp; each
                                          0: computed */
    bool external;        /* sense amplifiers at the port of the bank */
    /* organisation that is not searched: 0 is searched */
    int rows, columns;    /* of a subarray */
    int mux;              /* columns that share a bit of the port */
    int sense_mux;        /* columns that share a sense amplifier; 0: mux */
    int active;           /* subarrays that one access uses */
};

/* Parts of an access in their order. */
enum memory_part {
    PART_CELLS, PART_REQUEST, PART_PREDECODER, PART_WORDLINE, PART_BITLINE,
    PART_COLUMN, PART_SENSE, PART_REPLY, MEMORY_PARTS
};
extern const char *const memory_parts[];

struct memory_share {
    double area_m2, leakage_W;
    double read_J, write_J; /* of a word */
    double read_s, write_s;
};

/* All banks, of which an access uses one. The sums are those of the parts. */
struct memory {
    bool valid;      /* false: no organisation can be read */
    int rows, columns, mux, active;
    double subarrays; /* of a bank */
    double width_m, height_m;
    struct memory_share part[MEMORY_PARTS], sum;
    double cycle_s, write_cycle_s; /* from one access to the next */
    double set_J, reset_J;         /* resistive: all bits of a word the same */
    double refresh_W, retention_s;
};

/* Cells of a node. `ports`: of the SRAM cell, each with a wordline and a pair
 * of bitlines. */
struct memory_cell memory_sram(const struct technology *t, int ports,
                               bool single);
struct memory_cell memory_dram(const struct dram_cell *cell,
                               const struct technology *t);

/* A resistive cell, as its users describe it. */
struct memory_device {
    double area_F2, aspect;
    double access_F;     /* width of its transistor; 0: cross-point */
    double drop_V;       /* over the access device */
    double on_ohm, off_ohm; /* at read_V */
    double read_V, read_A;  /* read_A 0: read_V over the cell */
    double read_J;       /* of one read; 0: from current and time */
    bool voltage;        /* sensed as a voltage */
    double capacity_F;   /* of the device, on both lines of a cross-point */
    double set_V, reset_V; /* over the device; 0: from the current */
    double set_A, reset_A; /* 0: from the voltage and write_ohm */
    double write_ohm;    /* at those */
    double half_ohm;     /* of a half-selected cell of a cross-point */
    double set_s, reset_s, set_J, reset_J; /* energies 0: from the supply */
    double efficiency;   /* of whatever shapes the pulses */
};
struct memory_cell memory_resistive(const struct technology *t,
                                    const struct memory_device *d);

/* -1 with the reason in why[size] where memory_plan would find nothing. */
int memory_check(const struct technology *t, const struct memory_cell *cell,
                 const struct memory_spec *spec, char *why, int size);

/* Banks that are the best for the target, each by itself; valid = false if
 * there are none. */
struct memory memory_plan(const struct technology *t,
                          const struct memory_cell *cell,
                          const struct memory_spec *spec);

#endif
