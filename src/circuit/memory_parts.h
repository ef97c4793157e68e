/* memory_parts.h - what memory_*.c share: fixed parts, columns, one bank */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CIRCUIT_MEMORY_PARTS_H
#define CIRCUIT_MEMORY_PARTS_H

#include "circuit/decoder.h"
#include "circuit/memory.h"

enum {
    MEMORY_ROWS_LEAST = 4, /* of a subarray that is searched */
    MEMORY_ROWS_KINDS = 8  /* powers of two from it, to 512: the cells of a
                              longer line leak as much as one conducts */
};

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
    double line_V; /* that charges bitlines */
    double word_J_m, address_J_m; /* wires of a word, of an address */
    struct memory_wire wire;
    struct block sense;     /* amplifier of one column group */
    struct block precharge; /* of one column: outline, leakage, input_F */
    struct block write;     /* driver of one bit */
    struct block pass;      /* pass transistor of one line */
    double sense_m2, write_m2; /* their areas; that of all its lines' passes */
    double pass_m2, column_m2[2]; /* a column's, without and with these */
    int lines;              /* bitlines of a column */
    double precharge_ohm, precharge_F;      /* F: its drain on a line */
    double mux_m, mux_ohm, mux_F, mux_gate_F; /* the same of `pass` */
    double write_ohm, write_F, latch_S;
    double slope_V; /* n k T / q */
    double clamp_taus; /* ln(1 / (1 - share)) that a clamped line is waited */
};

struct memory_fixed memory_fixed(const struct technology *t,
                                 const struct memory_cell *cell,
                                 const struct memory_spec *spec);

/* The parts of m that belong to a column; m->t, cell and spec are set. */
void memory_column_fixed(struct memory_fixed *m);

/* Until a driven line and its load are at the share v of the swing, given
 * taus = ln(1 / (1 - v)). */
double memory_settle_s(double taus, double driver_ohm, struct rc line,
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

/* The same without what a write takes. */
struct memory_column memory_column_read(const struct memory_fixed *m,
                                        const struct memory_choice *c,
                                        struct rc far);

/* The driver of a wordline of so many columns, of which `written` are written
 * at once. */
struct block memory_row(const struct memory_fixed *m, int columns,
                        int written);

/* A choice and what goes with it, which others share. */
struct memory_way {
    struct memory_choice choice;
    const struct block *drive, *gate, *predecoder;
    const struct memory_column *column; /* read, without a wire behind it */
    double ports, sensed; /* bits, sense amplifiers of a subarray */
    double row_m2, predecoder_m2; /* gate and drive of a row */
};

/* What decides between banks. */
struct memory_merits {
    double area_m2, read_s, read_J;
};

/* What no bank of this choice can be below, whatever its floor. */
struct memory_merits memory_bound(const struct memory_fixed *m,
                                  const struct memory_way *way);

/* What memory_bank's sums will be. */
struct memory_merits memory_bank_merits(const struct memory_fixed *m,
                                        const struct memory_way *way);

struct memory memory_bank(const struct memory_fixed *m,
                          const struct memory_way *way);

void memory_add_up(struct memory *b); /* sets its sum */

/* The lowest subarray that a search looks at, or the given one. */
int memory_rows_least(const struct memory_spec *spec);

/* Do columns, multiplexer and active subarrays go together? */
bool memory_fits(const struct memory_cell *cell,
                 const struct memory_spec *spec);

/* Until a signal has passed a wire between subarrays. */
double memory_wire_s(const struct memory_fixed *m, double length_m);

/* From one bank to all of them, and the wires to their common port. */
void memory_join(const struct memory_fixed *m, struct memory *bank);

#endif
