/* point.c - a published point: energy per action, area, leakage */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model.h"

struct point {
    struct placed placed;
    double energy_J, write_J, area_m2, leakage_W, rate_Hz;
};

static void eval(const void *params, const struct site *site, struct cost *out)
{
    (void)site;
    const struct point *p = params;
    *out = (struct cost){.area_m2 = p->area_m2,
                         .static_W = p->leakage_W,
                         .peak_W = p->leakage_W + p->energy_J * p->rate_Hz};
    out->energy_J[ACTION_FIRST] = p->energy_J;
    out->energy_J[ACTION_WRITE] = p->write_J > 0 ? p->write_J : p->energy_J;
    out->time_s[ACTION_FIRST] = out->time_s[ACTION_WRITE] = 1 / p->rate_Hz;
}

static const struct field fields[] = {
    PLACED_FIELDS,
    {"energy", FIELD_QUANTITY, DIM_J, offsetof(struct point, energy_J), 0, 1,
     NULL, NULL, "energy of one action"},
    {"write_energy", FIELD_QUANTITY, DIM_J, offsetof(struct point, write_J), 0,
     1, "0 J", NULL, "energy of one write; 0: as any action"},
    {"area", FIELD_QUANTITY, DIM_M2, offsetof(struct point, area_m2), 0, 1,
     NULL, NULL, "area of one instance"},
    {"leakage", FIELD_QUANTITY, DIM_W, offsetof(struct point, leakage_W), 0,
     1e6, NULL, NULL, "power of one instance without any action"},
    {"rate", FIELD_QUANTITY, DIM_HZ, offsetof(struct point, rate_Hz), 1, 1e15,
     NULL, NULL, "actions a second of one instance"},
    {0}};

const struct model model_point = {
    .name = "point",
    .text = "a published point: energy per action, area, leakage and rate",
    .source = "the point's own source stands beside its values",
    .fields = fields,
    .params_size = sizeof(struct point),
    .eval = eval,
    .formula = "energy",
};
