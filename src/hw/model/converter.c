/* converter.c - what the models of analog-to-digital converters share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/converter.h"

#include <stdio.h>

/* Of the supply; below it the alpha-power law no longer holds. */
static const double OVERDRIVE_LEAST = 0.1;

void converter_add(struct converter *c, const struct block *b, double n)
{
    c->area_m2 += n * block_area_m2(b);
    c->leakage_W += n * b->leakage_W;
}

int converter_supply(const struct technology *t, double reference_V, char *why,
                     int size)
{
    double vdd_V = t->mos.vdd_V, vth_V = t->mos.vth_V;

    if (vdd_V - vth_V < OVERDRIVE_LEAST * vdd_V) {
        snprintf(why, (size_t)size,
                 "a comparator does not work at a supply of %.3g V with a "
                 "threshold of %.3g V; at least %.3g V",
                 vdd_V, vth_V, vth_V / (1 - OVERDRIVE_LEAST));
        return -1;
    }
    if (reference_V > vdd_V) {
        snprintf(why, (size_t)size,
                 "reference %g V is above the supply; at most %g V",
                 reference_V, vdd_V);
        return -1;
    }
    return 0;
}

int converter_rate(const struct converter *c, double rate_Hz, double ways,
                   const char *limit, char *why, int size)
{
    double fastest_Hz = ways / c->cycle_s;
    char asked[32], most[32];

    /* what a user reads and writes back has three digits */
    if (rate_Hz <= fastest_Hz * 1.005)
        return 0;
    snprintf(why, (size_t)size, "rate %s is too fast: %s; at most %s",
             quantity_format(asked, sizeof asked, rate_Hz, DIM_HZ), limit,
             quantity_format(most, sizeof most, fastest_Hz, DIM_HZ));
    return -1;
}

void converter_cost(const struct converter *c, double rate_Hz, double ways,
                    struct cost *out)
{
    *out = (struct cost){.area_m2 = ways * c->area_m2,
                         .static_W = ways * c->leakage_W,
                         .delay_s = c->delay_s};
    out->energy_J[ACTION_FIRST] = c->energy_J;
    out->time_s[ACTION_FIRST] = rate_Hz > 0 ? 1 / rate_Hz : c->cycle_s / ways;
    cost_set_peak(out);
}
