/* gate.c - static gates and flip-flops: outline, leakage, energy, delay */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/device.h"

#include <math.h>

/* Where a static gate switches, and the share of the swing it takes. */
static const double switching = 0.5, ramp_share = 0.5;

/* Two or more closed transistors in series leak a tenth of one: Roy,
 * Mukhopadhyay, Mahmoodi-Meimand, Proc. IEEE 91(2) 2003, sec. V ("an order of
 * magnitude"); Narendra et al., ISLPED 2001. */
static const double stack_leak = 0.1;

/* In series towards ground (N) or supply (P), and side by side. */
static int in_series(enum gate g, enum channel c, int inputs)
{
    enum gate series = c == CHANNEL_N ? GATE_NAND : GATE_NOR;
    return g == series ? inputs : 1;
}

/*
 * Counted: mean over the 2^n input states. Of n transistors in series: n states
 * with one closed, which leaks; 2^n - n - 1 with more, which leak stack_leak.
 * Of n side by side: one state with all closed, which leak n times.
 */
static double mean_off_A(const struct technology *t, enum channel c, int inputs,
                         int series, double width_m)
{
    double states = inputs > 1 ? ldexp(1, inputs) : 2, n = inputs;
    double closed = series > 1 ? n + stack_leak * (states - n - 1) : n;
    return closed / states * off_A(t, c, width_m);
}

double gate_leakage_W(const struct technology *t, enum gate g, int inputs,
                      double width_n_m, double width_p_m)
{
    double off = mean_off_A(t, CHANNEL_N, inputs,
                            in_series(g, CHANNEL_N, inputs), width_n_m) +
                 mean_off_A(t, CHANNEL_P, inputs,
                            in_series(g, CHANNEL_P, inputs), width_p_m);
    /* one of an input's two transistors conducts, and its gate leaks */
    double gate = t->mos.gate_leak_A_m * 0.5 * inputs *
                  (width_drawn_m(t, width_n_m) + width_drawn_m(t, width_p_m));
    return t->mos.vdd_V * (off + gate);
}

/* Gate columns of `inputs` transistors of these widths above each other. */
static double columns(const struct technology *t, int inputs, double n_m,
                      double p_m)
{
    double n = width_drawn_m(t, n_m > p_m ? n_m : p_m) / finger_m(t);
    return inputs * (n > 1 ? n : 1);
}

struct block gate_block(const struct technology *t, enum gate g, int inputs,
                        double width_n_m, double width_p_m)
{
    double vdd = t->mos.vdd_V;
    int series_n = in_series(g, CHANNEL_N, inputs);
    int series_p = in_series(g, CHANNEL_P, inputs);
    /* side by side, the drains meet at the output; in series, one does */
    double drain =
        drain_F(t, CHANNEL_N, width_n_m, series_n) * (inputs / series_n) +
        drain_F(t, CHANNEL_P, width_p_m, series_p) * (inputs / series_p);
    /* one pitch more than its gates, for the break in the diffusion: so in
     * the NanGate 45 nm Open Cell Library (INV_X1 2, NAND2_X1 3, NAND3_X1 4
     * pitches of 0.19 um) */
    double n = columns(t, inputs, width_n_m, width_p_m) + 1;

    return (struct block){
        .width_m = n * t->layout.gate_pitch_m,
        .height_m = t->layout.cell_height_m,
        .leakage_W = gate_leakage_W(t, g, inputs, width_n_m, width_p_m),
        .energy_J = drain * vdd * vdd,
        .input_F = gate_F(t, width_n_m) + gate_F(t, width_p_m),
    };
}

/* The width of its PMOS for equal strength in both directions; logical effort
 * (Sutherland, Sproull, Harris 1999, sec. 4.1): a NAND of n inputs has n NMOS
 * in series, a NOR n PMOS. */
static double balanced_p_m(const struct technology *t, enum gate g, int inputs,
                           double width_n_m)
{
    return width_p_m(t, width_n_m) * in_series(g, CHANNEL_P, inputs) /
           in_series(g, CHANNEL_N, inputs);
}

struct block gate_drive(const struct technology *t, enum gate g, int inputs,
                        double width_n_m, double load_F, double wire_ohm,
                        double rise_s)
{
    double vdd2 = t->mos.vdd_V * t->mos.vdd_V;
    double p_m = balanced_p_m(t, g, inputs, width_n_m);
    struct block b = gate_block(t, g, inputs, width_n_m, p_m);
    double own_F = b.energy_J / vdd2;
    double ohm =
        (on_ohm(t, CHANNEL_N, width_n_m, in_series(g, CHANNEL_N, inputs)) +
         on_ohm(t, CHANNEL_P, p_m, in_series(g, CHANNEL_P, inputs))) /
        2;
    double tau_s = ohm * (own_F + load_F) + wire_ohm * load_F; /* Elmore */

    b.energy_J += load_F * vdd2;
    b.delay_s = horowitz_s(tau_s, rise_s, ramp_share, switching);
    b.rise_s = b.delay_s / (1 - switching);
    return b;
}

double fo4_s(const struct technology *t)
{
    double w_m = finger_m(t), p_m = width_p_m(t, w_m);
    double F = drain_F(t, CHANNEL_N, w_m, 1) + drain_F(t, CHANNEL_P, p_m, 1) +
               4 * (gate_F(t, w_m) + gate_F(t, p_m));
    double tau_s =
        (on_ohm(t, CHANNEL_N, w_m, 1) + on_ohm(t, CHANNEL_P, p_m, 1)) / 2 * F;
    double step_s = horowitz_s(tau_s, 0, ramp_share, switching);

    /* In a row of such inverters the ramp at the input is d / (1 - vs), which
     * makes Horowitz's formula d^2 = (ln(vs) tau)^2 + 2 b tau d; solved for
     * d. */
    double half = ramp_share * tau_s;
    return half + sqrt(half * half + step_s * step_s);
}

/*
 * The flip-flop of two latches with transmission gates (Weste and Harris,
 * CMOS VLSI Design, 4th ed., sec. 10.3): inverter at D; twice a transmission
 * gate, an inverter and a clocked inverter as keeper; inverter at Q; two
 * inverters for the clock. All of smallest width.
 */
enum {
    FF_INVERTERS = 6, /* D, two in the latches, Q, two of the clock */
    FF_KEEPERS = 2,   /* clocked inverters, two columns each */
    FF_PASSES = 2,    /* transmission gates */
    FF_BREAKS = 5,    /* clock pair, D and master, its inverter, slave, Q */
    FF_CLOCKED = FF_KEEPERS + FF_PASSES, /* pairs of gates on each clock */
    FF_DATA_GATES = 5,                   /* latch inverters, keepers, Q */
    FF_DATA_DRAINS = 4 + 2 * FF_PASSES,  /* D, latches, Q; both sides of the
                                            transmission gates */
};

static struct block ff_outline(const struct technology *t)
{
    double w_m = width_cell_m(t), p_m = width_p_m(t, w_m);
    double wide = columns(t, 1, w_m, p_m);
    double n = (FF_INVERTERS + 2 * FF_KEEPERS + FF_PASSES) * wide + FF_BREAKS;
    double inv_W = gate_leakage_W(t, GATE_INV, 1, w_m, p_m);

    return (struct block){
        .width_m = n * t->layout.gate_pitch_m,
        .height_m = t->layout.cell_height_m,
        /* of a keeper's four transistors in series two are closed */
        .leakage_W = (FF_INVERTERS + stack_leak * FF_KEEPERS) * inv_W,
        .input_F = gate_F(t, w_m) + gate_F(t, p_m),
    };
}

/* Horowitz delays of RC stages. Set-up: D's inverter through a transmission
 * gate into the master, and its inverter. Clock to output: two clock inverters,
 * the slave, Q with FO4. */
static double ff_delay_s(const struct technology *t, double in_F, double out_F,
                         double *rise_s)
{
    double w_m = width_cell_m(t);
    double ohm = (on_ohm(t, CHANNEL_N, w_m, 1) +
                  on_ohm(t, CHANNEL_P, width_p_m(t, w_m), 1)) /
                 2;
    double node_F = 2 * in_F + 2 * out_F; /* a latch's, with its keeper */
    double clock_F = FF_CLOCKED * in_F / 2;
    double pass_s = ohm / 2 * node_F; /* N and P of the gate together */
    const double tau_s[] = {
        ohm * (out_F + node_F) + pass_s, ohm * (out_F + node_F),
        ohm * (out_F + in_F + clock_F),  ohm * (out_F + clock_F),
        ohm * (out_F + node_F) + pass_s, ohm * (out_F + 4 * in_F)};
    double delay_s = 0;

    *rise_s = 0;
    for (int i = 0; i < 6; i++) {
        if (i == 2)
            *rise_s = 0; /* the clock's edge is its own */
        double stage_s = horowitz_s(tau_s[i], *rise_s, ramp_share, switching);
        delay_s += stage_s;
        *rise_s = stage_s / (1 - switching);
    }
    return delay_s;
}

struct block flip_flop(const struct technology *t, double activity)
{
    double w_m = width_cell_m(t), p_m = width_p_m(t, w_m);
    double vdd2 = t->mos.vdd_V * t->mos.vdd_V;
    double inv_F = gate_F(t, w_m) + gate_F(t, p_m);
    double out_F =
        drain_F(t, CHANNEL_N, w_m, 1) + drain_F(t, CHANNEL_P, p_m, 1);
    double keeper_F =
        drain_F(t, CHANNEL_N, w_m, 2) + drain_F(t, CHANNEL_P, p_m, 2);
    /* both clock inverters, and a gate of each pair on either phase */
    double clock_F = 2 * (inv_F + out_F) + FF_CLOCKED * inv_F;
    double data_F =
        FF_DATA_GATES * inv_F + FF_DATA_DRAINS * out_F + FF_KEEPERS * keeper_F;
    struct block b = ff_outline(t);

    b.energy_J = (clock_F + activity * data_F / 2) * vdd2;
    b.delay_s = ff_delay_s(t, inv_F, out_F, &b.rise_s);
    return b;
}
