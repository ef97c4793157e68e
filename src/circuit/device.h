/* device.h - transistors and gates: capacitance, resistance, leakage, delay */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CIRCUIT_DEVICE_H
#define CIRCUIT_DEVICE_H

#include "circuit/block.h"
#include "circuit/technology.h"

enum channel { CHANNEL_N, CHANNEL_P };
enum gate { GATE_INV, GATE_NAND, GATE_NOR };

/* Smallest NMOS: 1.5 F planar (NVSim), one fin. */
double width_min_m(const struct technology *t);

/* Smallest NMOS of a logic cell; wider than what can be drawn, and without a
 * step from planar transistors to fins. */
double width_cell_m(const struct technology *t);

/* The width that a layout gives whoever wants `width_m`: itself, at least the
 * smallest; whole fins of 2 height + width each, rounded up. */
double width_drawn_m(const struct technology *t, double width_m);

/* The widest transistor that needs no folding. */
double finger_m(const struct technology *t);

/* Gate capacitance, (C_ideal + C_overlap + 3 C_fringe) W (CACTI 6, TR
 * HPL-2009-85, sec. on gate capacitance). */
double gate_F(const struct technology *t, double width_m);

/* Drain capacitance of `stack` transistors in series, folded so that no finger
 * is higher than the layout's active height (planar and FinFET): bottom, sides
 * and channel as in CACTI 6 (HPL-2009-85); fingers in fractions are ours. */
double drain_F(const struct technology *t, enum channel c, double width_m,
               int stack);

/* Of a switching transistor, stack x m Vdd / (Ion W): m is the multiplier of
 * CACTI 6 (HPL-2009-85), above 1 since the mean current of a transition is less
 * than Ion (Na et al., IEDM 2002). For a switch across which little voltage
 * lies see pass_ohm. */
double on_ohm(const struct technology *t, enum channel c, double width_m,
              int stack);

/* What flows through a transistor that is fully on, and off: current per width
 * of the node's file x drawn width. */
/* Of a switch across which little voltage lies: the alpha-power law's linear
 * region, I = Ion W (2 - V / V0) V / V0, has V0 / (2 Ion W) at V = 0 (Sakurai
 * and Newton 1990); V0 = Vdd - Vth, the most that it can be. */
double pass_ohm(const struct technology *t, enum channel c, double width_m);

double on_A(const struct technology *t, enum channel c, double width_m);
double off_A(const struct technology *t, enum channel c, double width_m);

/* Transconductance in saturation from the alpha-power law,
 * gm = dI/dV = alpha Ion W / (Vdd - Vth) at full gate drive. */
double gm_S(const struct technology *t, enum channel c, double width_m);

/* PMOS as strong as an NMOS of this width. */
double width_p_m(const struct technology *t, double width_n_m);

/* Mean leakage over its input states, subthreshold with the stack effect and
 * gate leakage. Watt. */
double gate_leakage_W(const struct technology *t, enum gate g, int inputs,
                      double width_n_m, double width_p_m);

/* A static gate: outline with folding, leakage, input_F of one input;
 * energy_J of its own output node (drain capacitance) for one cycle; delay_s
 * and rise_s 0: they depend on the load. */
struct block gate_block(const struct technology *t, enum gate g, int inputs,
                        double width_n_m, double width_p_m);

/*
 * Horowitz 1983 as used since CACTI (Wilton and Jouppi 1994, eq. for gates
 * with a ramp at the input): tau sqrt(ln(vs)^2 + 2 rise b (1 - vs) / tau).
 * vs switching point as a share of Vdd, b = 0.5 (share of the swing in which
 * the gate changes). rise_s 0: a step, 0.69 tau at vs = 0.5.
 * The ramp of the output is delay / (1 - vs).
 */
double horowitz_s(double tau_s, double rise_s, double b, double vs);

/* gate_block that drives load_F through wire_ohm: with delay (Elmore's time
 * constant, J. Appl. Phys. 19, 1948, and Horowitz), ramp, energy. */
struct block gate_drive(const struct technology *t, enum gate g, int inputs,
                        double width_n_m, double load_F, double wire_ohm,
                        double rise_s);

/* A static CMOS flip-flop (master-slave, transmission gates): per clock edge
 * pair with data that changes at `activity`; delay is clock to output plus
 * set-up. `energy_J` includes its clock pins. */
struct block flip_flop(const struct technology *t, double activity);

/* Delay of an inverter of one finger driving four like itself, in a row of
 * such. */
double fo4_s(const struct technology *t);

#endif
