/* sense.h - sense amplifiers and comparators */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CIRCUIT_SENSE_H
#define CIRCUIT_SENSE_H

#include "circuit/device.h"

/*
 * Threshold mismatch of a pair of neighbours: its standard deviation is
 * A_vt / sqrt(W L) (Pelgrom, Duinmaijer, Welbers 1989). A_vt in V m.
 */
double mismatch_Vm(const struct technology *t);

/*
 * A latch of two cross-coupled inverters behind isolation transistors, with
 * precharge and a clocked tail. `swing_V`, above 0, is the difference it is
 * given; its transistors are so wide that their mismatch stays below it at
 * five standard deviations. load_F is what each output drives. One action: one
 * decision and the precharge after it. input_F: of one of its two inputs while
 * it samples. delay_s: from the enabling edge to full swing at the output.
 */
struct block voltage_sense(const struct technology *t, double swing_V,
                           double load_F);

/*
 * A clamped input whose current is compared with a reference's by a mirror:
 * the difference, `signal_A`, above 0, moves the input of a latch far enough
 * for it. The line behind the clamp does not move and is not in here (its
 * settling is the array's). load_F as above. delay_s: from the settled current
 * to full swing. energy_J: its branches and their clamps during delay_s, and
 * the latch; what the cell and its line spend is not in it.
 */
struct block current_sense(const struct technology *t, double signal_A,
                           double load_F);

/* Time in which either of them recovers for the next decision. */
double sense_reset_s(const struct technology *t);

/*
 * A clocked comparator (StrongARM) with an output latch, that adds noise of a
 * variance of lsb_V^2 / 12, as much as the quantization, and has an offset
 * below offset_V at three standard deviations; offset_V 0: the offset does not
 * matter or is calibrated away. One action: one comparison and its reset.
 * delay_s: a decision on an input of half an lsb_V. rise_s: its reset.
 */
struct block comparator(const struct technology *t, double lsb_V,
                        double offset_V);

#endif
