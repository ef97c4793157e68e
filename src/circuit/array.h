/* array.h - what the wires of a computing array do to its currents */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CIRCUIT_ARRAY_H
#define CIRCUIT_ARRAY_H

#include "circuit/wire.h"

/*
 * Mean share of a cell's current that a uniform array of cells of `mean_S`
 * loses on its wires: wordlines of `columns` segments of row_ohm driven at one
 * end, bitlines of `rows` segments of column_ohm held at one end. 0 to 1.
 */
double array_loss(double mean_S, double row_ohm, int columns,
                  double column_ohm, int rows);

/* The largest square array that loses at most `loss`; at least 1. */
int array_loss_square(double mean_S, double row_ohm, double column_ohm,
                      double loss);

/*
 * Time until the current that cells all along a line send to its end has
 * settled to 1 / ratio of itself: the end is held by clamp_ohm. Cells that
 * conduct besides only make it faster. ratio >= 1.
 */
double bitline_settle_s(double clamp_ohm, struct rc line, double ratio);

/* Time until the far end of a line has settled to 1 / ratio of the step that
 * driver_ohm puts on it; load_F hangs on its end. ratio >= 1. */
double line_settle_s(double driver_ohm, struct rc line, double load_F,
                     double ratio);

/* Smallest capacitor whose thermal noise is no more than the quantization
 * noise of `steps` steps in swing_V; both above 0. */
double noise_F(double temperature_K, double swing_V, double steps);

#endif
