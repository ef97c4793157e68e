/* crossbar_cost.c - an array of cells: reading and writing */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/array.h"
#include "hw/model/crossbar_array.h"

#include <math.h>

double crossbar_read_s(const struct crossbar_view *v)
{
    return crossbar_settle_s(v) + v->p->integration_s;
}

/* Ohm's law, and C V^2 for a line that goes up and down. Bitlines that feed
 * gated cells rise to the read voltage once a read; those that collect at a
 * virtual ground stay where they are. */
struct crossbar_read crossbar_read(const struct crossbar_view *v)
{
    double V = v->p->read_V, t = crossbar_read_s(v), of = v->p->regulator;
    double word_J = v->wordline.F * v->wordline_V * v->wordline_V / v->columns;
    double bit_J = v->gated ? v->bitline.F * V * V / v->rows : 0;
    double off_J = V * V * t / v->cell.off_ohm;
    double on_J = V * V * t / v->cell.on_ohm;

    if (!v->gated)
        word_J /= of;
    if (v->charge)
        return (struct crossbar_read){word_J + bit_J / of, 0,
                                      v->cell.store_F * V * V / of};
    return (struct crossbar_read){word_J + bit_J / of, off_J / of,
                                  fmax(0, on_J - off_J) / of};
}

/* ---- writing ---- */

/*
 * Current of one half-selected cell. Behind a transistor: what that leaks.
 * Cross-points see V/2 or V/3; the current of an exponential selector with a
 * share k of its current left at V/2 is k^(4/3) at V/3 (k^((1 - x)/(1/2)) at
 * x V).
 */
static double half_A(const struct crossbar_view *v, double full_A)
{
    double k = v->p->half_select;
    if (v->cell.access_m > 0)
        return fmin(v->cell.idle_A, full_A);
    return full_A * (v->p->bias == BIAS_HALF ? k : pow(k, 4.0 / 3));
}

/* Cells of a wordline that one phase writes: of those that are written at once
 * half, where SET and RESET take turns; at least the one. */
static double written_together(const struct crossbar_view *v)
{
    int at_once = v->p->columns_in_parallel;
    double n = at_once > 0 && at_once < v->columns ? at_once : v->columns;
    return fmax(1, v->p->polarity == BIPOLAR ? n / 2 : n);
}

/*
 * Cells that are half-selected for each of `together` on a wordline. V/2: the
 * rest of its bitline, and its share of the rest of the wordline; V/3: every
 * cell of the array that is not written (Chen, IEEE TED 60(4) 2013). Behind
 * transistors: the rest of its bitline.
 */
static double half_selected(const struct crossbar_view *v, double together)
{
    double rest = v->rows - 1, beside = v->columns / together - 1;
    if (v->cell.access_m > 0)
        return rest;
    return v->p->bias == BIAS_HALF ? rest + beside : v->rows * (beside + 1) - 1;
}

static double half_J(const struct crossbar_view *v, struct pulse w,
                     double together)
{
    double V = v->cell.access_m > 0      ? w.V
               : v->p->bias == BIAS_HALF ? w.V / 2
                                         : w.V / 3;
    return half_selected(v, together) * half_A(v, w.A) * V * w.s;
}

/* One pulse into one cell: element, half-selected cells, its bitline up and
 * down, and its share of the wordline, which rises in every phase of every
 * group of columns (C V^2 each, by conservation of charge); a gate is driven
 * as high as what it must pass. */
static double pulse_J(const struct crossbar_view *v, struct pulse w)
{
    double together = written_together(v);
    double gate_V = v->gated ? fmax(v->wordline_V, w.V) : w.V;
    double cell_J = (w.V * w.A * w.s + half_J(v, w, together)) / v->p->shaper;
    double line_J =
        v->bitline.F * w.V * w.V + v->wordline.F * gate_V * gate_V / together;
    return (cell_J + line_J) / v->p->pump;
}

/* A verifying read opens one wordline: a bitline of its own a cell, of which
 * a read of all rows has counted one part. */
static double verify_J(const struct crossbar_view *v)
{
    struct crossbar_read s = crossbar_read(v);
    double V = v->p->read_V, others = 1 - 1.0 / v->rows;
    double own_J =
        v->gated ? v->bitline.F * V * V * others / v->p->regulator : 0;
    struct pulse read = {V, V / v->cell.on_ohm, crossbar_read_s(v)};
    double half = v->resistive ? half_J(v, read, v->columns) : 0;
    return s.line_J + own_J + s.off_J + s.on_J * v->p->on_share + half;
}

/* Half of the cells are set and half are reset, each by its pulses. */
double crossbar_write_J(const struct crossbar_view *v)
{
    double mean_J = (pulse_J(v, v->set) + pulse_J(v, v->reset)) / 2;
    return v->p->pulses_per_cell * (mean_J + v->p->verify_reads * verify_J(v));
}

/* Sakurai's line (array.c): up and down to 10 % and 90 %, through a driver that
 * loses a tenth of the voltage at the current of the cell. */
static double charge_s(const struct crossbar_view *v, struct pulse w)
{
    static const double LEFT = 0.1;
    double ohm = w.A > 0 ? LEFT * w.V / w.A : v->clamp_ohm;
    return line_settle_s(ohm, v->bitline, 0, 1 / LEFT);
}

/* Opposite polarities take a phase each, in turn; others pulse together. */
double crossbar_row_s(const struct crossbar_view *v)
{
    double set = v->set.s + charge_s(v, v->set);
    double reset = v->reset.s + charge_s(v, v->reset);
    double phase = v->p->polarity == BIPOLAR ? set + reset : fmax(set, reset);
    int at_once = v->p->columns_in_parallel;
    double groups = at_once ? ceil((double)v->columns / at_once) : 1;
    return v->p->pulses_per_cell *
           (phase + v->p->verify_reads * crossbar_read_s(v)) * groups /
           v->p->rows_in_parallel;
}
