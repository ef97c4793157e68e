/* wire.h - drivers, wires and repeaters */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CIRCUIT_WIRE_H
#define CIRCUIT_WIRE_H

#include "circuit/device.h"

struct rc {
    double ohm, F;
};
/* Of `length_m` of a wire of class c: ohm, farad. */
struct rc wire_rc(const struct technology *t, enum wire_class c,
                  double length_m);

/* 50 % delay of a driver, a distributed line and a load at its end:
 * 0.38 R C + 0.69 (Rd (C + Cl) + R Cl) (Sakurai 1983). */
double line_delay_s(double driver_ohm, struct rc line, double load_F);

/*
 * A chain of inverters after logical effort (Sutherland, Sproull, Harris
 * 1999), of least delay (fan-out 3 to 5 a stage), whose last drives `line` and
 * load_F at its end. max_input_F 0: the first may be as small as the node
 * allows. `drive_A`: current that the last must deliver, 0: none. An action is
 * one pulse (up and down). At least one inverter; even and odd counts alike
 * (polarity is the logic's affair). Never slower for a longer rise at its
 * input than `rise_s` explains.
 */
struct block chain_drive(const struct technology *t, double max_input_F,
                         struct rc line, double load_F, double drive_A,
                         double rise_s);

/*
 * One wire of `length_m` with repeaters of optimal size and spacing (Bakoglu
 * 1990; Ho, Mai, Horowitz 2001), `slack` times slower than the fastest for
 * less energy (1: the fastest). Outline: length x pitch. One action: a bit that
 * makes the wire go up and down again. A wire shorter than one spacing has a
 * single driver.
 */
struct block wire_repeated(const struct technology *t, enum wire_class c,
                           double length_m, double slack);

/* The repeaters of such a wire: inverters whose NMOS is `width_m` wide. */
struct repeaters {
    double spacing_m, width_m, count; /* count >= 1, in fractions */
};
struct repeaters wire_repeaters(const struct technology *t, enum wire_class c,
                                double length_m, double slack);

#endif
