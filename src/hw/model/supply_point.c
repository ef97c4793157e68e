/* supply_point.c - a published point at another supply of the same circuit */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model.h"

#include <math.h>
#include <stdio.h>

struct supply_point {
    struct circuit circuit;
    double measured_V, energy_J, area_m2, leakage_W, rate_Hz;
};

/* Of the supply; below it the alpha-power law no longer holds. */
static const double OVERDRIVE_LEAST = 0.1;

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    const struct supply_point *p = params;
    const struct transistor *m = &site_technology(site, &p->circuit)->mos;
    double lower_V = fmin(p->measured_V, m->vdd_V);

    if (lower_V - m->vth_V >= OVERDRIVE_LEAST * lower_V)
        return 0;
    snprintf(why, (size_t)size,
             "a supply of %.3g V is too near the threshold, %.3g V, for the "
             "alpha-power law; at least %.3g V",
             lower_V, m->vth_V, m->vth_V / (1 - OVERDRIVE_LEAST));
    return -1;
}

/* C V / I with the alpha-power law (Sakurai and Newton, JSSC 25(2) 1990),
 * without C and k. */
static double relative_delay(const struct transistor *m, double supply_V)
{
    return supply_V / pow(supply_V - m->vth_V, m->alpha);
}

/* Energy is C V^2, leakage is a current that stays. */
static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct supply_point *p = params;
    const struct transistor *m = &site_technology(site, &p->circuit)->mos;
    double gain = m->vdd_V / p->measured_V;
    double slower =
        relative_delay(m, m->vdd_V) / relative_delay(m, p->measured_V);

    *out =
        (struct cost){.area_m2 = p->area_m2, .static_W = p->leakage_W * gain};
    for (int i = ACTION_FIRST; i <= ACTION_WRITE; i++) {
        out->energy_J[i] = p->energy_J * gain * gain;
        out->time_s[i] = slower / p->rate_Hz;
    }
    cost_set_peak(out);
}

#define M(member) offsetof(struct supply_point, member)
static const struct field fields[] = {
    CIRCUIT_FIELDS,
    {"measured_at", FIELD_QUANTITY, DIM_V, M(measured_V), 0.1, 10, NULL, NULL,
     "supply of the point"},
    {"energy", FIELD_QUANTITY, DIM_J, M(energy_J), 0, 1, NULL, NULL,
     "of one action at that supply"},
    {"area", FIELD_QUANTITY, DIM_M2, M(area_m2), 0, 1, NULL, NULL,
     "of one instance"},
    {"leakage", FIELD_QUANTITY, DIM_W, M(leakage_W), 0, 1e6, "0 W", NULL,
     "power of one instance without any action, at that supply"},
    {"rate", FIELD_QUANTITY, DIM_HZ, M(rate_Hz), 1, 1e15, NULL, NULL,
     "actions a second of one instance at that supply"},
    {0}};
#undef M

const struct model model_supply_point = {
    .name = "supply_point",
    .text = "a published point carried to another supply of its circuit",
    .source = "C V^2; alpha-power law, Sakurai and Newton 1990",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct supply_point),
    .check = check,
    .eval = eval,
    .formula = "energy (V / measured_at)^2",
};
