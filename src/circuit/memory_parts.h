/* memory_parts.h - what memory_*.c share: fixed parts, columns, one bank */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CIRCUIT_MEMORY_PARTS_H
#define CIRCUIT_MEMORY_PARTS_H

#include "circuit/decoder.h"
#include "circuit/memory.h"

enum { MEMORY_ROWS_LEAST = 4 }; /* of a subarray that is searched */

/* A wire between subarrays, per metre. */
struct memory_wire {
    double J_m, s_m, W_m; /* of one pulse; of a repeated wire */
    double ohm_m, F_m, pitch_m;
    double driver_ohm, driver_s; /* of a bare wire */
};

/* What no organisation changes; computed once a search. */
struct memory_fixed {
    const struct technology *t;
    const struct memory_cell *cell;
    const struct memory_spec *spec;
    struct decoder_parts parts;
    double fo4_s, address_wires;
    struct memory_wire wire;
    struct block sense;     /* amplifier of one column group */
    struct block precharge; /* of one column: outline, leakage, input_F */
    struct block write;     /* driver of one bit */
    struct block pass;      /* pass transistor of one line */
    int lines;              /* bitlines of a column */
    double precharge_ohm, precharge_F;      /* F: its drain on a line */
    double mux_m, mux_ohm, mux_F, mux_gate_F; /* the same of `pass` */
    double write_ohm, write_F, latch_S;
    double slope_V; /* n k T / q */
};

struct memory_fixed memory_fixed(const struct technology *t,
                                 const struct memory_cell *cell,
                                 const struct memory_spec *spec);

/* The parts of m that belong to a column; m->t, cell and spec are set. */
void memory_column_fixed(struct memory_fixed *m);

/* Until a driven line and its load are at the share v of the swing. */
double memory_settle_s(double v, double driver_ohm, struct rc line,
                       double load_F);

/* A way to build a bank. */
struct memory_choice {
    int rows, columns, mux, sense_mux, active;
};

/* Of one subarray, as far as only its rows and their sharing matter. */
struct memory_column {
    bool valid;
    double line_F, node_F; /* bitline; what a sense amplifier's share adds */
    double read_s, write_s, restore_s; /* from the wordline to the signal */
    double read_C, idle_C;  /* charge drawn: selected column, other column */
    double write_C, disturb_C; /* the same in a write */
};

/* `far`: wire between the column and a sense amplifier outside. */
struct memory_column memory_column(const struct memory_fixed *m,
                                   const struct memory_choice *c,
                                   struct rc far);

/* The driver of a wordline of so many columns, of which `written` are written
 * at once. */
struct block memory_row(const struct memory_fixed *m, int columns,
                        int written);

/* What no bank of this choice can be below, whatever its wires: area, read_s,
 * read_J of *least. false: it cannot be read. */
bool memory_bound(const struct memory_fixed *m, const struct memory_choice *c,
                  const struct block *drive, const struct block *pre,
                  struct memory_share *least);

/* Fills *out, whose sum decides; the blocks are those of the choice. */
void memory_bank(const struct memory_fixed *m, const struct memory_choice *c,
                 const struct block *drive, const struct block *predecoder,
                 struct memory *out);

void memory_add_up(struct memory *b); /* sets its sum */

/* Until a signal has passed a wire between subarrays. */
double memory_wire_s(const struct memory_fixed *m, double length_m);

/* From one bank to all of them, and the wires to their common port. */
void memory_join(const struct memory_fixed *m, struct memory *bank);

#endif
