/* array.c - what the wires of a computing array do to its currents */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/array.h"

#include <gsl/gsl_const_mksa.h>
#include <gsl/gsl_math.h>
#include <math.h>

/*
 * Ours, checked against nodal equations in t_array: first order, the k-th cell
 * of a line carries its own current through k segments, those behind it through
 * fewer; the mean drop of a line of n equal currents I is r I (n + 1)(2 n + 1)
 * / 6, about r I n^2 / 3 (sum of squares). Both lines together lose e = G
 * (r_row n_c^2 + r_col n_r^2) / 3 of the voltage, and less current flows for
 * it: e / (1 + e), as with one resistor of e / G in series.
 */
double array_loss(double mean_S, double row_ohm, int columns, double column_ohm,
                  int rows)
{
    double nc = columns, nr = rows;
    double e = mean_S * (row_ohm * nc * nc + column_ohm * nr * nr) / 3;
    return e / (1 + e);
}

int array_loss_square(double mean_S, double row_ohm, double column_ohm,
                      double loss)
{
    double e = loss / fmax(1 - loss, 1e-9);
    double per = mean_S * (row_ohm + column_ohm) / 3; /* e = per n^2 */
    double n = sqrt(e / fmax(per, 1e-300));
    return n >= 1 ? (int)fmin(n, 1e6) : 1;
}

/* Slowest mode of the diffusion equation on a distributed line that is open at
 * one end and grounded at the other: tau = R C (2 / pi)^2; with a resistor R_d
 * in the ground path, R_d C more is its upper bound (Sakurai, JSSC 18(4) 1983).
 */
static double slow_tau_s(double end_ohm, struct rc line)
{
    return line.F * (end_ohm + line.ohm * M_2_PI * M_2_PI);
}

/* Ours from that mode: its amplitude in the current at the end is (8 / pi^2)
 * where the clamp is ideal and 1 where it is all that counts: ln(ratio) bounds
 * it. */
double bitline_settle_s(double clamp_ohm, struct rc line, double ratio)
{
    return slow_tau_s(clamp_ohm, line) * log(ratio);
}

/* Sakurai, JSSC 18(4) 1983: t = 0.1 R C + tau ln(1 / (1 - v)), tau =
 * (2 / pi)^2 R C + R_d (C + C_l) + R C_l. */
double line_settle_s(double driver_ohm, struct rc line, double load_F,
                     double ratio)
{
    double tau =
        slow_tau_s(driver_ohm, line) + (driver_ohm + line.ohm) * load_F;
    return 0.1 * line.ohm * line.F + tau * log(ratio);
}

/* k T / C against (swing / steps)^2 / 12 (Razavi, Data Conversion System
 * Design, 1995, ch. 2). */
double noise_F(double temperature_K, double swing_V, double steps)
{
    double step_V = swing_V / steps;
    return 12 * GSL_CONST_MKSA_BOLTZMANN * temperature_K / (step_V * step_V);
}
