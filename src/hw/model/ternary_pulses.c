/* ternary_pulses.c - drivers or cells whose inputs are trains of pulses */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/pulses.h"
#include "hw/model.h"

struct ternary_pulses {
    struct placed placed;
    double energy_J, area_m2, leakage_W, interval_s;
    double write_J, write_s;
};

static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct ternary_pulses *p = params;
    int n = pulses_of(site->dac_bits);

    *out = (struct cost){.area_m2 = p->area_m2, .static_W = p->leakage_W};
    out->energy_J[ACTION_FIRST] = n * p->energy_J;
    out->time_s[ACTION_FIRST] = n * p->interval_s;
    out->energy_J[ACTION_WRITE] = p->write_J;
    out->time_s[ACTION_WRITE] = p->write_s;
    cost_set_peak(out);
}

#define M(member) offsetof(struct ternary_pulses, member)
static const struct field fields[] = {
    PLACED_FIELDS,
    {"energy", FIELD_QUANTITY, DIM_J, M(energy_J), 0, 1, NULL, NULL,
     "of one pulse"},
    {"area", FIELD_QUANTITY, DIM_M2, M(area_m2), 0, 1, NULL, NULL,
     "of one instance"},
    {"leakage", FIELD_QUANTITY, DIM_W, M(leakage_W), 0, 1e6, "0 W", NULL,
     "power of one instance without any pulse"},
    {"interval", FIELD_QUANTITY, DIM_S, M(interval_s), 1e-12, 1, NULL, NULL,
     "between two pulses on average; for the peak power"},
    {"write_energy", FIELD_QUANTITY, DIM_J, M(write_J), 0, 1, "0 J", NULL,
     "energy to program one cell, verification included"},
    {"write_time", FIELD_QUANTITY, DIM_S, M(write_s), 0, 1e3, "0 s", NULL,
     "time to program one wordline of a crossbar, verification included"},
    {0}};
#undef M

const struct model model_ternary_pulses = {
    .name = "ternary_pulses",
    .text = "a published point of one pulse; an input is a train of them",
    .source = "Wan 2022, Nature 608, Methods: n bits are n - 1 ternary pulses",
    .fields = fields,
    .params_size = sizeof(struct ternary_pulses),
    .eval = eval,
    .formula = "energy x max(1, dac_bits - 1)",
};
