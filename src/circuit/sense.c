/* sense.c - sense amplifiers and comparators */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/sense.h"

#include "circuit/array.h"

#include <gsl/gsl_const_mksa.h>
#include <math.h>

/* Of silicon oxide, in which a gate's capacitance is expressed. */
static const double OXIDE_F_m = 3.9 * GSL_CONST_MKSA_VACUUM_PERMITTIVITY;

/* A law of all nodes, into which each puts its own oxide and threshold.
 * Takeuchi et al., IEDM 2007: sigma Vth = B sqrt(T (Vth + 0.1 V) / (L W)) with
 * T the inversion thickness and B 2.3 to 2.5 mV um / sqrt(nm V) for NMOS of
 * every maker they measured, 65 nm to 0.25 um. */
static const double TAKEUCHI_B = 2.3e-3 * 1e-6 / 3.1622777e-5;
static const double TAKEUCHI_V = 0.1;

/* Standard deviations: a memory of 10^6 amplifiers loses none (3e-7 each); a
 * converter of 10^2 comparators loses 0.3 %. */
static const double SENSE_SIGMAS = 5, COMPARATOR_SIGMAS = 3;

/* Widths over the smallest NMOS: of the smallest latch that is drawn and of
 * the transistors beside it; of a current mirror. */
static const double LATCH = 2, MIRROR = 4;
/* Of Vdd - Vth: the overdrive of the input pair of a comparator, whose input
 * stands near mid supply above a tail; of a cross-coupled pair half-way between
 * precharge and threshold. */
static const double INPUT_SHARE = 1.0 / 3, LATCH_SHARE = 0.5;
/* Both sides in series with a tail twice as wide as one: R + R/2 of each. */
static const double TAIL = 1 / 1.5;
/* Subthreshold slope over that of an ideal transistor: 90 mV a decade at room
 * temperature, bulk CMOS (Weste and Harris, 4th ed., sec. 2.4: 1.3 to 1.7). */
static const double SLOPE = 1.5;
/* Leakage of two closed transistors in series over that of one. */
static const double STACKED = 0.1;
/* ln 10: an RC that is left to a tenth counts as reset. */
static const double TENTH = M_LN10;

double mismatch_Vm(const struct technology *t)
{
    const struct transistor *m = &t->mos;
    double inversion_m = OXIDE_F_m * m->gate_length_m / m->gate_F_m;
    /* a pair differs by sqrt(2) of one */
    return M_SQRT2 * TAKEUCHI_B *
           sqrt(inversion_m * (fmax(m->vth_V, 0) + TAKEUCHI_V));
}

/* Of a memory's amplifiers, in the pitch of its columns. */
static double latch_m(const struct technology *t)
{
    return width_drawn_m(t, LATCH * width_min_m(t));
}

/* Latches of this width in parallel whose mismatch is below offset_V: area goes
 * as 1 / sigma^2 (Pelgrom, Duinmaijer, Welbers, JSSC 24(5) 1989). */
static double matched(const struct technology *t, double width_m, double sigmas,
                      double offset_V)
{
    double s = sigmas * mismatch_Vm(t) / offset_V;
    return fmax(s * s / t->mos.gate_length_m / width_m, 1);
}

/* Alpha-power law (Sakurai and Newton 1990) at a share of the full overdrive:
 * current and transconductance. */
static double share_A(const struct technology *t, double width_m, double share)
{
    return on_A(t, CHANNEL_N, width_m) * pow(share, t->mos.alpha);
}

static double share_S(const struct technology *t, double width_m, double share)
{
    return gm_S(t, CHANNEL_N, width_m) * pow(share, t->mos.alpha - 1);
}

/* Part of a block beside the others, n times. */
static void place(struct block *sum, struct block part, double n)
{
    sum->width_m += n * part.width_m;
    sum->height_m = fmax(sum->height_m, part.height_m);
    sum->leakage_W += n * part.leakage_W;
}

/* A node of cross-coupled inverters: both gates, both drains; the drains of an
 * isolation or input transistor and of a precharge beside them. */
static double node_F(const struct technology *t, double n_m, double p_m)
{
    return gate_F(t, n_m) + gate_F(t, p_m) + 2 * drain_F(t, CHANNEL_N, n_m, 1) +
           drain_F(t, CHANNEL_P, p_m, 1) + drain_F(t, CHANNEL_P, n_m, 1);
}

/* The same with the gates of an output inverter. */
static double latch_F(const struct technology *t)
{
    double n_m = latch_m(t), p_m = width_p_m(t, n_m);
    return node_F(t, n_m, p_m) + gate_F(t, n_m) + gate_F(t, p_m);
}

/*
 * Latches of n times the smallest, in parallel; both outputs have inverters,
 * so that load_F is not theirs. tau ln(Vdd / swing), CACTI 6 (HPL-2009-85,
 * sense amplifier); + 1 for swings near the supply.
 */
struct block voltage_sense(const struct technology *t, double swing_V,
                           double load_F)
{
    const double vdd_V = t->mos.vdd_V, n_m = latch_m(t);
    double n = matched(t, n_m, SENSE_SIGMAS, swing_V);
    double p_m = width_p_m(t, n_m), unit_F = latch_F(t);
    double tau_s = unit_F / (share_S(t, n_m, LATCH_SHARE) * TAIL);
    /* tail; two isolations; two precharges and their equalizer */
    double clock_F = 7 * gate_F(t, n_m);
    struct block out = gate_drive(t, GATE_INV, 1, n_m, load_F, 0, 2 * tau_s);
    struct block b = {.input_F = n * unit_F, .rise_s = out.rise_s};

    place(&b, gate_block(t, GATE_INV, 1, n * n_m, n * p_m), 2);
    place(&b, gate_block(t, GATE_INV, 1, n * 2 * n_m, n * n_m), 3);
    place(&b, out, 2);
    /* between reads both nodes are high and the tail is off: it leaks in series
     * with the pair above it, a tenth of one (Roy et al., Proc. IEEE 91(2),
     * 2003, sec. on stacking) */
    b.leakage_W =
        STACKED * vdd_V * off_A(t, CHANNEL_N, n * 2 * n_m) + 2 * out.leakage_W;
    b.delay_s = fo4_s(t) + tau_s * log(vdd_V / swing_V + 1) + out.delay_s;
    b.energy_J = n * (unit_F + clock_F) * vdd_V * vdd_V + out.energy_J;
    return b;
}

double sense_reset_s(const struct technology *t)
{
    /* R C ln(10): to a tenth */
    return TENTH * on_ohm(t, CHANNEL_P, latch_m(t), 1) * latch_F(t);
}

/*
 * Ours: the swing at which a current charges C0 and the latch behind it
 * soonest: a latch that resolves dV has C = c / dV^2, and (C0 + c / dV^2) dV is
 * least where both capacitances are equal.
 */
static double best_swing_V(const struct technology *t, double c0_F)
{
    double s = SENSE_SIGMAS * mismatch_Vm(t);
    double c_FV2 = latch_F(t) / latch_m(t) * s * s / t->mos.gate_length_m;
    return fmin(sqrt(c_FV2 / c0_F), 0.5 * t->mos.vdd_V);
}

/* The cell's, the reference's, and an amplifier that drives the clamp of
 * each. */
enum { BRANCHES = 4 };

/*
 * Clamp and mirror of the cell's branch and of the reference's; the mirrors
 * sample their current before they compare, so that their own mismatch cancels
 * (Chang et al., JSSC 48(3), 2013). A branch conducts about twice the signal:
 * the reference lies midway between two states. A mirror in weak inversion has
 * gm = I / (n k T / q).
 */
struct block current_sense(const struct technology *t, double signal_A,
                           double load_F)
{
    double n_m = width_drawn_m(t, MIRROR * width_min_m(t));
    double p_m = width_p_m(t, n_m), mirror_F = 2 * gate_F(t, p_m);
    double clamp_F = drain_F(t, CHANNEL_N, n_m, 1);
    double c0_F = drain_F(t, CHANNEL_P, p_m, 1) + clamp_F + mirror_F;
    double swing_V = best_swing_V(t, c0_F);
    double thermal_V = SLOPE * GSL_CONST_MKSA_BOLTZMANN * t->temperature_K /
                       GSL_CONST_MKSA_ELECTRON_CHARGE;
    struct block b = voltage_sense(t, swing_V, load_F);

    place(&b, gate_block(t, GATE_INV, 1, n_m, p_m), 2);
    b.delay_s +=
        ((c0_F + b.input_F) * swing_V + mirror_F * thermal_V / 2) / signal_A;
    b.energy_J += BRANCHES * 2 * signal_A * t->mos.vdd_V * b.delay_s;
    b.input_F = clamp_F;
    return b;
}

/* Gain of the integration that precedes regeneration, gm t / C with
 * t = C Vth / I (Wicht, Nirschl, Schmitt-Landsiedel, JSSC 39(7), 2004; Razavi,
 * IEEE Solid-State Circuits Magazine 7(2), 2015), gm / I = alpha / overdrive.
 * At least 1: the pair is biased for it. */
static double integration_gain(const struct technology *t)
{
    double n_m = finger_m(t);
    double full = gm_S(t, CHANNEL_N, n_m) / on_A(t, CHANNEL_N, n_m);
    return fmax(t->mos.vth_V * full / INPUT_SHARE, 1);
}

/*
 * Capacitance of an output that keeps the noise at lsb^2 / 12: the input pair
 * 4 k T gamma / (G C) (Razavi 2015; Nuzzo et al., TCAS-I 55(6), 2008), the
 * precharge 2 k T / (G^2 C); gamma is 1 in short channels.
 */
static double quiet_F(const struct technology *t, double lsb_V)
{
    double g = integration_gain(t);
    return (4 / g + 2 / (g * g)) * noise_F(t->temperature_K, lsb_V, 1);
}

/* Two cross-coupled NAND keep the decision during reset: of random decisions
 * every other one changes it, by one transition of each, C V^2 / 2. */
static struct block output_latch(const struct technology *t)
{
    double w_m = finger_m(t) / t->mos.pn_ratio;
    double load_F = 4 * (gate_F(t, w_m) + gate_F(t, width_p_m(t, w_m)));
    struct block b =
        block_copies(gate_drive(t, GATE_NAND, 2, w_m, load_F, 0, 0), 2, 0.5);
    b.delay_s *= 2; /* through both */
    return b;
}

/* Inner nodes of a StrongARM: two drains and a precharge. */
static double inner_F(const struct technology *t, double n_m)
{
    return 2 * drain_F(t, CHANNEL_N, n_m, 1) + drain_F(t, CHANNEL_P, n_m, 1);
}

/*
 * n fingers of each transistor, PMOS as wide as NMOS: the height of a row is
 * paid for whatever the width, and smaller ones are slower and noisier. In one
 * comparison both inner nodes and one output fall to the ground, the other
 * output by a threshold.
 */
struct block comparator(const struct technology *t, double lsb_V,
                        double offset_V)
{
    const double vdd_V = t->mos.vdd_V, n_m = finger_m(t);
    double vth_V = fmax(t->mos.vth_V, 0);
    struct block keep = output_latch(t);
    double out_F = node_F(t, n_m, n_m) + keep.input_F, mid_F = inner_F(t, n_m);
    double clock_F = gate_F(t, 2 * n_m) + 4 * gate_F(t, n_m);
    double n = fmax(quiet_F(t, lsb_V) / out_F, 1);
    double start_s = (mid_F + out_F) * vth_V / share_A(t, n_m, INPUT_SHARE);
    double tau_s = out_F / share_S(t, n_m, INPUT_SHARE);
    double parted_V = integration_gain(t) * 0.5 * lsb_V;
    struct block b = {0};

    if (offset_V > 0)
        n = fmax(n, matched(t, n_m, COMPARATOR_SIGMAS, offset_V));
    /* latch; inputs and tail under three precharges; one more precharge */
    place(&b, gate_block(t, GATE_INV, 1, n_m, n_m), (2 + 4) * n);
    place(&b, keep, 1);
    b.input_F = n * gate_F(t, n_m);
    b.delay_s =
        fo4_s(t) + start_s + tau_s * log(1 + vdd_V / parted_V) + keep.delay_s;
    b.rise_s = TENTH * on_ohm(t, CHANNEL_P, n_m, 1) * out_F; /* to a tenth */
    b.energy_J =
        n * vdd_V * (out_F * (vdd_V + vth_V) + (2 * mid_F + clock_F) * vdd_V) +
        keep.energy_J;
    return b;
}
