/* nameplate.c - a published row of a power and area table */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/nameplate.h"

void nameplate_eval(const struct nameplate *p, struct cost *out)
{
    double power_W = p->power_W / p->of;
    double energy_J = (1 - p->static_share) * power_W / p->rate_Hz;

    *out = (struct cost){.area_m2 = p->area_m2 / p->of,
                         .static_W = p->static_share * power_W,
                         .peak_W = power_W};
    for (int i = ACTION_FIRST; i <= ACTION_WRITE; i++) {
        out->energy_J[i] = energy_J;
        out->time_s[i] = 1 / p->rate_Hz;
    }
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    (void)site;
    nameplate_eval(params, out);
}

static const struct field fields[] = {PLACED_FIELDS, NAMEPLATE_FIELDS, {0}};

const struct model model_nameplate = {
    .name = "nameplate",
    .text = "a published table row: power and area of n instances at a rate",
    .source = "arithmetic; the row's own source stands beside its values",
    .fields = fields,
    .params_size = sizeof(struct nameplate),
    .eval = eval,
    .formula = "(1 - static_share) power / (of rate)",
};
