/* line_driver.h - what pulls a wordline to its voltage, and holds it there */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CIRCUIT_LINE_DRIVER_H
#define CIRCUIT_LINE_DRIVER_H

#include "circuit/wire.h"

/* A line that is pulled to swing_V for a while and then to ground. */
struct driven_line {
    struct rc line;
    double swing_V;
    bool gates;       /* it opens gates: logic levels, 50 % is enough; else
                         cells draw current_A in all and the far end settles */
    double current_A; /* through the driver while the line is up */
    double drop;      /* share of swing_V that the driver may lose to it */
    double settle;    /* swing over the error that is left; > 1 */
    double write_V;   /* highest voltage it passes when writing */
    double write_A;   /* that it must pass when writing */
};

/* b after a, in rows of a's height: their areas add. */
struct block block_row(struct block a, struct block b);

/* A driver's output resistance: by its current, or a quarter of the line's
 * load at its input (fan-out 4, Sutherland 1999). */
double line_driver_ohm(const struct technology *t,
                       const struct driven_line *l);

/* A transmission gate of that resistance, its two transistors alike. energy_J:
 * its gates, once on and off; input_F: of both gates. */
struct block pass_gate(const struct technology *t, double ohm);

/*
 * A circuit whose transistors stand write_V, drawn larger in length, width and
 * insulator by write_V over the supply (constant field: Dennard et al., JSSC
 * 9(5) 1974). As it is where the supply suffices.
 */
struct block stand_voltage(const struct technology *t, struct block b,
                           double write_V);

/*
 * From a logic signal to the line: drivers and switches of a read level and of
 * ground, and a level shifter where write_V is above the supply. energy_J
 * without what the line itself takes (C V^2, current): that belongs to it.
 * delay_s: until a line of gates has passed 50 %, any other has settled.
 */
struct block line_driver(const struct technology *t,
                         const struct driven_line *l);

/* The same from an analog level: no drivers of its own, `delay_s` only of the
 * line behind its resistance. */
double driven_settle_s(const struct technology *t,
                       const struct driven_line *l);

/* Switches that put a bitline on the writing level or on ground and lose `drop`
 * of it at write_A, with the chain and the shifter that open one as the other
 * closes. An action opens and closes them once; the line's energy is not in it.
 */
struct block write_driver(const struct technology *t, double write_V,
                          double write_A, double drop);

#endif
