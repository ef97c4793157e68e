/* crossbar_array.h - an array of cells at its site */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HW_MODEL_CROSSBAR_ARRAY_H
#define HW_MODEL_CROSSBAR_ARRAY_H

#include "circuit/cell.h"
#include "hw/model.h"

enum input { INPUT_AUTO, INPUT_GATE, INPUT_LINE };
enum polarity { BIPOLAR, UNIPOLAR };
enum bias { BIAS_HALF, BIAS_THIRD };

struct pulse {
    double V, A, s; /* A 0: what the conducting cell draws */
};

struct crossbar_array {
    struct circuit circuit;
    int cell, input, wires;
    double on_ohm, off_ohm, read_V;
    double access_m, area_F2, store_F;
    double integration_s, settle_lsb, clamp_ohm;
    int level_bits;
    double on_share, max_ir_drop, max_settle_s, max_off_steps;
    bool offset_cancelled;
    struct pulse set, reset;
    int pulses_per_cell, verify_reads;
    int rows_in_parallel, columns_in_parallel;
    int polarity, bias;
    double half_select, shaper, pump, regulator;
};

/* An array at its site: all that reading, writing and limits have in common. */
struct crossbar_view {
    const struct crossbar_array *p;
    const struct technology *t;
    struct cell cell;
    int rows, columns;
    bool gated, charge, resistive;
    struct pulse set, reset; /* with their currents */
    struct rc wordline, bitline;
    double wordline_V; /* swing of a driven wordline */
    double steps;      /* of a bitline's full scale */
    double clamp_ohm;
};

struct crossbar_view crossbar_view_of(const struct crossbar_array *p,
                                      const struct site *site);

/* Of a bitline; and how long cells conduct in a read. */
double crossbar_settle_s(const struct crossbar_view *v);
double crossbar_read_s(const struct crossbar_view *v);

/* Settling of the same array with other rows. */
double crossbar_settle_with_s(const struct crossbar_view *v, int rows);

/* Energies of a driven cell: its part of the lines, what it conducts that
 * stores nothing, and what a full one conducts beyond that. */
struct crossbar_read {
    double line_J, off_J, on_J;
};
struct crossbar_read crossbar_read(const struct crossbar_view *v);

/* Of one cell, and of all cells of a wordline, until they are right. */
double crossbar_write_J(const struct crossbar_view *v);
double crossbar_row_s(const struct crossbar_view *v);

#endif
