/* wire.c - driver chains, wires, repeaters */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/wire.h"

#include <math.h>

static const double switching = 0.5, ramp_share = 0.5; /* as in gate.c */

/* An RC line of its own, and a lump behind a resistance, to 50 % (0.377 and
 * ln 2): Sakurai, JSSC 18(4) 1983, on delay; Bakoglu, Circuits,
 * Interconnections and Packaging for VLSI, 1990, ch. 5. */
static const double line_share = 0.38, lump_share = 0.69;

struct rc wire_rc(const struct technology *t, enum wire_class c,
                  double length_m)
{
    return (struct rc){t->wire[c].r_ohm_m * length_m,
                       t->wire[c].c_F_m * length_m};
}

double line_delay_s(double driver_ohm, struct rc line, double load_F)
{
    return line_share * line.ohm * line.F +
           lump_share * (driver_ohm * (line.F + load_F) + line.ohm * load_F);
}

/*
 * An inverter for sizing, after the RC model of logical effort (Sutherland,
 * Sproull, Harris 1999, ch. 3): of width w, its resistance is ohm_m / w, its
 * input gate_F_m w, its own output drain_F_m w. Delays follow these unrounded
 * widths; outline, leakage and energy those that the layout gives. So a fin
 * more never makes the next size up the faster one.
 */
struct inverter {
    double ohm_m, gate_F_m, drain_F_m, drive_A_m;
};

static struct inverter inverter_of(const struct technology *t)
{
    double p = width_p_m(t, 1), w_m = finger_m(t);

    return (struct inverter){
        .ohm_m = (on_ohm(t, CHANNEL_N, w_m, 1) * w_m +
                  on_ohm(t, CHANNEL_P, w_m, 1) * w_m / p) /
                 2,
        .gate_F_m = gate_F(t, w_m) / w_m * (1 + p),
        .drain_F_m = (drain_F(t, CHANNEL_N, w_m, 1) +
                      drain_F(t, CHANNEL_P, p * w_m, 1)) /
                     w_m,
        .drive_A_m = fmin(t->mos.on_n_A_m, p * t->mos.on_p_A_m),
    };
}

static struct block inverter_block(const struct technology *t, double width_m)
{
    return gate_block(t, GATE_INV, 1, width_m, width_p_m(t, width_m));
}

/* ---- chains ---- */

enum { STAGES_MAX = 24, FANOUT = 4 };

/* What a chain has to do. `end` and `drive`: the load as a width, and the
 * width for the current at the end, over the first width; and logarithms. */
struct chain {
    const struct technology *t;
    struct inverter inv;
    struct rc line;
    double load_F, rise_s;
    double first_m, end, drive, log_end, log_drive;
};

/* The effort of each of n stages, F^(1/n) (Sutherland, Sproull, Harris 1999,
 * eq. 1.16). The last may have to be wider for its current; then the others
 * lead up to it. */
static double stage_effort(const struct chain *c, int n, bool *driven)
{
    *driven = n > 1 && c->log_end * (n - 1) < c->log_drive * n;
    if (*driven)
        return exp(c->log_drive / (n - 1));
    return n > 1 ? exp(c->log_end / n) : c->end;
}

static void chain_widths(const struct chain *c, int n, double *width_m)
{
    bool driven;
    double effort = stage_effort(c, n, &driven);

    width_m[0] = c->first_m;
    for (int i = 1; i < n; i++)
        width_m[i] = width_m[i - 1] * effort;
}

/* Delay of stage i of n; its line and load at the end. tau such that a step
 * at the input gives line_delay_s. */
static double stage_s(const struct chain *c, int n, int i,
                      const double *width_m, double rise_s)
{
    double ohm = c->inv.ohm_m / width_m[i];
    double own_F = c->inv.drain_F_m * width_m[i];
    double tau_s;

    if (i + 1 < n)
        tau_s = ohm * (own_F + c->inv.gate_F_m * width_m[i + 1]);
    else
        tau_s =
            line_delay_s(ohm, c->line, c->load_F) / lump_share + ohm * own_F;
    return horowitz_s(tau_s, rise_s, ramp_share, switching);
}

static double chain_s(const struct chain *c, int n, const double *width_m,
                      double *rise_s)
{
    double sum_s = 0;
    *rise_s = 0;
    for (int i = 0; i < n; i++) {
        double stage = stage_s(c, n, i, width_m, *rise_s);
        sum_s += stage;
        *rise_s = stage / (1 - switching);
    }
    return sum_s;
}

/*
 * What a ramp at the input adds to a step, at a first stage that drives
 * FANOUT times itself, or all there is if that is less. Not at the first stage
 * of the chain that was chosen: a slow ramp makes small efforts look fast, and
 * a larger load, which adds a stage, would end the pulse sooner.
 */
static double ramp_s(const struct chain *c)
{
    double effort = fmin(FANOUT, fmax(c->end, c->drive));
    double tau_s = c->inv.ohm_m * (c->inv.drain_F_m + effort * c->inv.gate_F_m);
    return horowitz_s(tau_s, c->rise_s, ramp_share, switching) -
           horowitz_s(tau_s, 0, ramp_share, switching);
}

/* The chain as a block: gate_block of each inverter, summed before what is
 * linear in the width is worked out. Each node takes C V^2 for a pulse; the
 * first gate's its driver charges. */
static struct block chain_block(const struct chain *c, int n,
                                const double *width_m)
{
    const struct technology *t = c->t;
    double finger = finger_m(t), vdd = t->mos.vdd_V;
    double n_m = 0, p_m = 0, columns = 0, own_F = 0;

    for (int i = 0; i < n; i++) {
        double wn = width_drawn_m(t, width_m[i]);
        double wp = width_drawn_m(t, width_p_m(t, width_m[i]));
        double wide = wn > wp ? wn : wp;
        n_m += wn;
        p_m += wp;
        own_F += drain_F(t, CHANNEL_N, wn, 1) + drain_F(t, CHANNEL_P, wp, 1);
        columns += 1 + (wide > finger ? wide / finger : 1);
    }
    double gates_F = gate_F(t, n_m) + gate_F(t, p_m);
    double first_F =
        gate_F(t, width_m[0]) + gate_F(t, width_p_m(t, width_m[0]));
    return (struct block){
        .width_m = columns * t->layout.gate_pitch_m,
        .height_m = t->layout.cell_height_m,
        .leakage_W = gate_leakage_W(t, GATE_INV, 1, n_m, p_m),
        .energy_J =
            (own_F + gates_F - first_F + c->line.F + c->load_F) * vdd * vdd,
        .input_F = first_F,
    };
}

/* Sum of parasitic and effort delays of n stages, in units of the inverter's
 * own R C (logical effort: Sutherland et al. 1999, eq. 1.17). */
static double effort_delay(const struct chain *c, int n)
{
    bool driven;
    double parasitic = c->inv.drain_F_m / c->inv.gate_F_m;
    double effort = stage_effort(c, n, &driven);
    double last = driven ? c->end / c->drive : effort;

    return n * parasitic + (n - 1) * effort + last;
}

/*
 * The number of stages is the one of least effort delay. For a fixed number,
 * widths and delay rise with the load; the least of rising delays rises too;
 * and where one stage more becomes the faster, its k-th largest inverter is
 * wider than the k-th largest before, and its ramps are no steeper. So nothing
 * falls when the load grows.
 */
static int chain_stages(const struct chain *c)
{
    int n = c->drive > 1 ? 2 : 1;
    double best = effort_delay(c, n);

    while (n < STAGES_MAX) {
        double next = effort_delay(c, n + 1);
        if (next >= best)
            break;
        best = next;
        n++;
    }
    return n;
}

struct block chain_drive(const struct technology *t, double max_input_F,
                         struct rc line, double load_F, double drive_A,
                         double rise_s)
{
    struct chain c = {t, inverter_of(t), line, load_F, rise_s, 0, 0, 0, 0, 0};
    double width_m[STAGES_MAX];
    double end_m = (line.F + load_F) / c.inv.gate_F_m;
    double drive_m = drive_A / c.inv.drive_A_m;
    double least_m = width_min_m(t);
    double most_m = fmax(least_m, max_input_F / c.inv.gate_F_m);

    c.first_m = fmin(fmax(fmax(end_m / FANOUT, drive_m), least_m), most_m);
    c.end = fmax(1, end_m / c.first_m);
    c.drive = fmax(1, drive_m / c.first_m);
    c.log_end = log(c.end);
    c.log_drive = log(c.drive);

    int n = chain_stages(&c);
    chain_widths(&c, n, width_m);
    struct block b = chain_block(&c, n, width_m);
    b.delay_s = chain_s(&c, n, width_m, &b.rise_s) + ramp_s(&c);
    return b;
}

/* ---- repeaters ---- */

/*
 * Of equal repeaters in a row each sees the ramp of the one before, so a
 * stage takes (1 + sqrt(1 + 4 ln(2)^2)) / 2 tau of its driver's time constant
 * (Horowitz with rise = 2 d, b = vs = 1/2) and not the 0.69 of a step: as an
 * inverter in fo4_s does.
 */
static const double ramped_share = 1.354;

/*
 * Per metre, with repeaters of width w each l metres, inverter R/w, C w, Cp w:
 *   D = A / l + B l + E / w + G w,
 *   A = 1.354 R (C + Cp), B = 0.38 r c, E = 1.354 R c, G = 0.69 r C
 * least at l0 = sqrt(A / B), w0 = sqrt(E / G) (Bakoglu 1990, ch. 5), where
 * D0 = 2 (a + b), a = sqrt(A B), b = sqrt(E G).
 */
struct repeated {
    double A, B, E, G, a, b;
};

static struct repeated repeated_of(const struct technology *t,
                                   enum wire_class c)
{
    struct inverter inv = inverter_of(t);
    double r = t->wire[c].r_ohm_m, f = t->wire[c].c_F_m;
    double A = ramped_share * inv.ohm_m * (inv.gate_F_m + inv.drain_F_m);
    double B = line_share * r * f;
    double E = ramped_share * inv.ohm_m * f;
    double G = lump_share * r * inv.gate_F_m;

    return (struct repeated){A, B, E, G, sqrt(A * B), sqrt(E * G)};
}

/*
 * For less energy D may be slack D0. The repeaters' share of the energy goes
 * as w / l. With l = l0 exp(v), w = w0 exp(-u):
 *   D = 2 (a cosh(v) + b cosh(u)), and least w / l asks for
 *   a sinh(v) = b sinh(u) = q (Lagrange; the trade of Banerjee and Mehrotra,
 *   IEEE T-ED 49(11) 2002). X = a cosh(v) = sqrt(a^2 + q^2) and Y alike give
 *   X + Y = slack (a + b) = T, X - Y = (a^2 - b^2) / T.
 */
static struct repeaters sparse(const struct repeated *k, double slack)
{
    double T = slack * (k->a + k->b);
    double X = (T + (k->a * k->a - k->b * k->b) / T) / 2, Y = T - X;
    double q = sqrt(fmax(0, X * X - k->a * k->a));

    return (struct repeaters){
        .spacing_m = sqrt(k->A / k->B) * (X + q) / k->a,
        .width_m = sqrt(k->E / k->G) * k->b / (Y + q),
    };
}

/* Delay of a segment and its repeater: D l of above. */
static double segment_s(const struct repeated *k, double width_m,
                        double length_m)
{
    return k->A + (k->E / width_m + k->G * width_m) * length_m +
           k->B * length_m * length_m;
}

/* Of the fastest wire; a wire shorter than the spacing has one driver, which
 * sees as much wire for its width as a repeater does. */
static double fastest_s(const struct repeated *k, double length_m)
{
    double l0 = sqrt(k->A / k->B), w0 = sqrt(k->E / k->G);
    if (length_m >= l0)
        return 2 * (k->a + k->b) * length_m;
    return k->A + k->E * l0 / w0 +
           (k->G * w0 / l0 + k->B) * length_m * length_m;
}

/* The smallest driver with which one segment is not slower than `most_s`: the
 * smaller root of G L w^2 - S w + E L = 0. */
static double driver_m(const struct repeated *k, double length_m, double most_s)
{
    double S = most_s - k->A - k->B * length_m * length_m;
    double EL = k->E * length_m, GL = k->G * length_m;
    return 2 * EL / (S + sqrt(fmax(0, S * S - 4 * EL * GL)));
}

struct repeaters wire_repeaters(const struct technology *t, enum wire_class c,
                                double length_m, double slack)
{
    struct repeated k = repeated_of(t, c);
    struct repeaters r = sparse(&k, slack);

    r.count = fmax(1, length_m / r.spacing_m);
    if (length_m < r.spacing_m)
        r.width_m = driver_m(&k, length_m, slack * fastest_s(&k, length_m));
    r.width_m = fmax(r.width_m, width_min_m(t));
    return r;
}

/* Repeaters are counted in fractions, and below one spacing the only driver
 * grows with the length: nothing jumps. */
struct block wire_repeated(const struct technology *t, enum wire_class c,
                           double length_m, double slack)
{
    struct repeated k = repeated_of(t, c);
    struct repeaters r = wire_repeaters(t, c, length_m, slack);
    struct block one = inverter_block(t, r.width_m);
    double vdd2 = t->mos.vdd_V * t->mos.vdd_V;
    double stage_s = segment_s(&k, r.width_m, length_m / r.count);

    return (struct block){
        .width_m = length_m,
        .height_m = t->wire[c].pitch_m,
        .leakage_W = r.count * one.leakage_W,
        .energy_J = r.count * (one.energy_J + one.input_F * vdd2) +
                    t->wire[c].c_F_m * length_m * vdd2,
        .delay_s = r.count * stage_s,
        .rise_s = stage_s / (1 - switching),
        .input_F = one.input_F,
    };
}
