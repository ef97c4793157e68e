/* device.c - transistors: width, capacitance, resistance, currents */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/device.h"

#include <math.h>

/* A planar transistor that carries a contact of one F, with an active overlap
 * of a quarter F at each end (NVSim, Dong et al., TCAD 31(7) 2012). */
static const double width_min_F = 1.5;

/* fmax() is a call, and these are the innermost functions. */
static double larger(double a, double b)
{
    return a > b ? a : b;
}

double width_min_m(const struct technology *t)
{
    return t->layout.fin_m > 0 ? t->layout.fin_m : width_min_F * t->node_m;
}

double width_cell_m(const struct technology *t)
{
    return t->layout.cell_width_m;
}

double width_drawn_m(const struct technology *t, double width_m)
{
    static const double rounding = 1e-9; /* n fins ask for n, not n + 1 */
    double fin_m = t->layout.fin_m;

    if (!(fin_m > 0))
        return larger(width_m, width_min_m(t));
    return fin_m * larger(1, ceil(width_m / fin_m - rounding));
}

double finger_m(const struct technology *t)
{
    return width_drawn_m(t, t->layout.active_height_m * t->layout.width_gain);
}

double gate_F(const struct technology *t, double width_m)
{
    const struct transistor *m = &t->mos;
    /* Fringe of both edges and of the contacts beside them: CACTI 6. */
    return (m->gate_F_m + m->overlap_F_m + 3 * m->fringe_F_m) *
           width_drawn_m(t, width_m);
}

/*
 * A folded transistor's fingers, not rounded: a step of the count would make a
 * wider transistor cheaper than a narrow one.
 */
struct folded {
    double fingers, height_m; /* of diffusion, across the channel */
};

static struct folded folded_of(const struct technology *t, double width_m)
{
    double height_m = width_m / t->layout.width_gain;
    double n = height_m / t->layout.active_height_m;
    return n > 1 ? (struct folded){n, t->layout.active_height_m}
                 : (struct folded){1, height_m};
}

/*
 * A node between two gates of a series stack: no contact, so the gates are as
 * near as poly allows; both gates' sides count as channel.
 */
static double inner_F(const struct technology *t, double width_m)
{
    const struct transistor *m = &t->mos;
    struct folded f = folded_of(t, width_m);
    double length_m = larger(0, t->layout.poly_pitch_m - m->gate_length_m);

    return length_m * f.fingers *
               (m->junction_F_m2 * f.height_m + 2 * m->sidewall_F_m) +
           2 * m->channel_F_m * width_m;
}

/*
 * n fingers share their drains in pairs. An odd number has (n + 1) / 2 drains,
 * one of them with a free edge; counting every transistor so is right for odd
 * numbers, half a drain too much for even ones, and rises with the width.
 */
double drain_F(const struct technology *t, enum channel c, double width_m,
               int stack)
{
    (void)c; /* the tables know one junction for both channels */
    const struct transistor *m = &t->mos;
    double w_m = width_drawn_m(t, width_m);
    struct folded f = folded_of(t, w_m);
    double length_m = larger(0, t->layout.gate_pitch_m - m->gate_length_m);
    double drains = (f.fingers + 1) / 2;
    double F = length_m * drains *
                   (m->junction_F_m2 * f.height_m + 2 * m->sidewall_F_m) +
               m->sidewall_F_m * f.height_m + m->channel_F_m * w_m;

    return stack > 1 ? F + (stack - 1) * inner_F(t, w_m) : F;
}

double pass_ohm(const struct technology *t, enum channel c, double width_m)
{
    return (t->mos.vdd_V - t->mos.vth_V) / (2 * on_A(t, c, width_m));
}

double on_A(const struct technology *t, enum channel c, double width_m)
{
    double on_A_m = c == CHANNEL_N ? t->mos.on_n_A_m : t->mos.on_p_A_m;
    return on_A_m * width_drawn_m(t, width_m);
}

double off_A(const struct technology *t, enum channel c, double width_m)
{
    double off_A_m = c == CHANNEL_N ? t->mos.off_n_A_m : t->mos.off_p_A_m;
    return off_A_m * width_drawn_m(t, width_m);
}

double on_ohm(const struct technology *t, enum channel c, double width_m,
              int stack)
{
    return stack * t->mos.r_factor * t->mos.vdd_V / on_A(t, c, width_m);
}

double gm_S(const struct technology *t, enum channel c, double width_m)
{
    /* I = k (Vgs - Vth)^alpha, the alpha-power law (Sakurai and Newton, JSSC
     * 25(2) 1990), derived by Vgs at Vgs = Vdd */
    return t->mos.alpha * on_A(t, c, width_m) / (t->mos.vdd_V - t->mos.vth_V);
}

double width_p_m(const struct technology *t, double width_n_m)
{
    return t->mos.pn_ratio * width_n_m;
}

static const double ln_half = -0.69314718055994530942;

double horowitz_s(double tau_s, double rise_s, double b, double vs)
{
    double step = vs == 0.5 ? ln_half : log(vs);
    /* Horowitz, Timing Models for MOS Circuits, Stanford 1983:
     * tau sqrt(ln(vs)^2 + 2 rise b (1 - vs) / tau), tau drawn under the root
     * so that a line without resistance divides by nothing */
    return sqrt(step * step * tau_s * tau_s +
                2 * rise_s * b * (1 - vs) * tau_s);
}
