/* sampled.c - voltages that bitlines hand on: swing, steps, capacitor */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/sampled.h"

#include "circuit/array.h"

#include <math.h>
#include <stdio.h>

/* A settled sample is right to half a step. */
static const double HALF_STEP = 0.5;

/* The channel of a switch leaves its charge on the capacitor; ten times its
 * gate keeps that, cancelled by the other channel to first order, small. */
static const double OVER_GATE = 10;

int sampled_check(const struct sampled *p, const struct site *site, char *why,
                  int size)
{
    if (p->bits > 0 || site->lines.settle > 0)
        return 0;
    snprintf(why, (size_t)size,
             "the array's model does not say the levels of its bitlines: set "
             "bits");
    return -1;
}

static double steps_of(const struct sampled *p, const struct site *site)
{
    double steps =
        p->bits > 0 ? exp2(p->bits) - 1 : site->lines.settle * HALF_STEP;
    return fmax(1, steps);
}

double sampled_settle(const struct sampled *p, const struct site *site)
{
    return steps_of(p, site) / HALF_STEP;
}

double sampled_swing_V(const struct sampled *p, const struct site *site)
{
    double vdd = site_technology(site, &p->circuit)->mos.vdd_V;
    return p->swing_V > 0 ? p->swing_V : vdd / 2;
}

double sampled_cap_F(const struct sampled *p, const struct site *site)
{
    const struct technology *t = site_technology(site, &p->circuit);
    double noise =
        noise_F(t->temperature_K, sampled_swing_V(p, site), steps_of(p, site));
    if (p->cap_F > 0)
        return p->cap_F;
    return fmax(noise, OVER_GATE * gate_F(t, width_cell_m(t)));
}
