/* logic.h - static CMOS arithmetic, registers, look-up tables, random logic */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CIRCUIT_LOGIC_H
#define CIRCUIT_LOGIC_H

#include "circuit/device.h"

/*
 * `activity` is everywhere the share of a word's bits that change from one
 * operation to the next, 0 to 1; 0.5 for random words. How often the nodes
 * inside change follows from it. An action is one operation.
 *
 * Outlines are of cells abutted in rows, drawn as a square: areas add.
 */

enum adder_style { ADDER_RIPPLE, ADDER_CARRY_SELECT };
extern const char *const adder_styles[]; /* "ripple", "carry_select", NULL */

enum multiplier_style { MULTIPLIER_TREE, MULTIPLIER_ARRAY };
extern const char *const multiplier_styles[]; /* "tree", "array", NULL */

/* Mean transitions of a bit in one operation, with those that are undone
 * before it settles (glitches): of an operand, a carry, a sum. */
struct toggles {
    double operand, carry, sum;
};

/*
 * Of a ripple adder of `bits`, uniform operands: exact if every cell takes the
 * same time and no transition is too short to pass. At bit i a carry changes
 * N (1 - 2^-i) times, N = a (2 - a): with the operands, if they now agree and
 * decide it; else by as many steps as the carry below. A sum changes with its
 * operands and then with its carry.
 */
struct toggles adder_toggles(double activity, int bits);

/* Of the adders of one level of a tree, 1 the first: more at each. */
struct toggles tree_toggles(double activity, int bits, int level);

/* Of a multiplier's full adders and, where `last`, of its final adder. The
 * operands are those of the multiplier's own gates (a b). */
struct toggles multiplier_toggles(enum multiplier_style style, double activity,
                                  int bits, bool last);

/* a and b in the same rows of cells: areas, leakage, energy and delay add. */
struct block logic_join(struct block a, struct block b);

/* n like b, all at work; the delay of b. */
struct block logic_copies(struct block b, double n);

/* Two words of `bits`; bits 1 to 128. */
struct block logic_adder(const struct technology *t, enum adder_style style,
                         int bits, double activity);

/* `inputs` (2 or more) words of `bits`; each level one bit wider; a word
 * without a partner passes. One action: the sum of all. */
struct block logic_adder_tree(const struct technology *t,
                              enum adder_style style, int inputs, int bits,
                              double activity);

/* Which of two words is greater: the carries of a subtraction. */
struct block logic_comparator(const struct technology *t, int bits,
                              double activity);

struct block logic_multiplier(const struct technology *t,
                              enum multiplier_style style, int a_bits,
                              int b_bits, double activity);

/* A choice of two words. */
struct block logic_mux(const struct technology *t, int bits, double activity);

/* Flip-flops and the buffer of their clock; one action: a clock cycle. */
struct block logic_register(const struct technology *t, int bits,
                            double activity);

/* A register and the incrementers of a count that goes up at each action. */
struct block logic_counter(const struct technology *t, int bits);

/* Two-input gates of which `activity` change in a step, `depth` of them one
 * after the other. */
struct block logic_gates(const struct technology *t, double gates, int depth,
                         double activity);

/* A read-only memory of 2^address_bits words; one action: a word. */
struct block logic_rom(const struct technology *t, int address_bits,
                       int word_bits);

enum store { STORE_FLIP_FLOP, STORE_LATCH };
extern const char *const store_names[]; /* "flip_flop", "latch", NULL */

/* A register file of standard cells. */
struct store_costs {
    double area_m2, leakage_W;
    double read_J, write_J; /* of a word */
    double clock_J;         /* of a cycle of all clock pins */
    double read_s, write_s;
};
struct store_costs logic_store(const struct technology *t, enum store kind,
                               double words, int word_bits, double activity);

#endif
