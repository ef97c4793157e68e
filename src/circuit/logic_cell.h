/* logic_cell.h - the cells that logic.c and logic_store.c put together */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CIRCUIT_LOGIC_CELL_H
#define CIRCUIT_LOGIC_CELL_H

#include "circuit/logic.h"
#include "circuit/wire.h"

/* An NMOS and a PMOS of equal strength: what both present together. */
double pair_gate_F(const struct technology *t, double width_m);
double pair_drain_F(const struct technology *t, double width_m, int stack);
double pair_ohm(const struct technology *t, double width_m, int stack);

/* A cell of columns of one NMOS over one PMOS of this width, and a pitch more
 * for the break at its end. */
double cell_width_m(const struct technology *t, double columns, double width_m);

/* A chain of equal gates, each driven by the ramp of the one before:
 * d = b tau + sqrt((b tau)^2 + (ln(vs) tau)^2), Horowitz 1983. */
double gate_after_s(double tau_s);

/* C V^2 / 2: one transition of a node, see block.h. */
double toggle_J(const struct technology *t, double F);

/* What adds up over the cells of a block. */
struct cells {
    double area_m2, leakage_W, energy_J;
};
void cells_add(struct cells *sum, double n, double area_m2, double leakage_W,
               double energy_J);
void cells_add_block(struct cells *sum, double n, const struct block *b);
struct block cells_block(const struct cells *c); /* a square, no delay */

/*
 * Inverters, each four times the one before, down to the smallest, that drive
 * `line` and load_F at its end (Sutherland, Sproull, Harris, Logical Effort,
 * 1999, chapter 1); their number and sizes not rounded, so that all costs are
 * smooth in the load. One action: a pulse, line and load included.
 */
struct block fanout_buffer(const struct technology *t, struct rc line,
                           double load_F);

/* One bit of an adder. Energies of one transition of a node; an operand's with
 * the gates it drives, a carry's and a sum's up to the cell's pins; a carry's
 * in a chain with the next cell. carry_s: operand or carry to carry; sum_s:
 * from the carry on to the sum. */
struct adder_cell {
    double area_m2, leakage_W;
    double operand_J, carry_J, sum_J;
    double operand_F;
    double carry_s, sum_s, rise_s;
    double sum_ohm; /* of the gate that drives the sum */
};
struct adder_cell adder_cell(const struct technology *t, bool in_chain);

/* One bit of a comparator; sum_s: of the inverter at the end. */
struct adder_cell compare_cell(const struct technology *t);

/* One bit of a choice of two. data_J, select_J: of one transition. select_s:
 * of the buffer in front of all its bits, with fan-out 4. */
struct mux_cell {
    double area_m2, leakage_W;
    double data_J, select_J;
    double data_F, select_F;
    double data_s, select_s, rise_s;
};
struct mux_cell mux_cell(const struct technology *t);

/* NAND and inverter. */
struct and_cell {
    double area_m2, leakage_W;
    double out_J, input_F, delay_s;
};
struct and_cell and_cell(const struct technology *t);

#endif
