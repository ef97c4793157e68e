/* reram_array.c - a ReRAM cell array as published, with its writing */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/nameplate.h"

/* One instance is one cell; one action is one cell in one read cycle. */
struct reram_array {
    struct nameplate read;
    double write_J; /* one cell, pulses and verification */
    double write_s; /* one wordline, all its cells at once */
};

static void eval(const void *params, const struct site *site, struct cost *out)
{
    (void)site;
    const struct reram_array *p = params;
    nameplate_eval(&p->read, out);
    out->energy_J[ACTION_WRITE] = p->write_J;
    out->time_s[ACTION_WRITE] = p->write_s;
}

static const struct field fields[] = {
    PLACED_FIELDS,
    NAMEPLATE_FIELDS,
    {"write_energy", FIELD_QUANTITY, DIM_J,
     offsetof(struct reram_array, write_J), 0, 1e-3, NULL, NULL,
     "energy to program one cell, verification included"},
    {"write_time", FIELD_QUANTITY, DIM_S, offsetof(struct reram_array, write_s),
     0, 1, NULL, NULL,
     "time to program one wordline of a crossbar, verification included"},
    {0}};

const struct model model_reram_array = {
    .name = "reram_array",
    .text = "a published ReRAM array: power and area of n cells, write cost",
    .source = "arithmetic; the row's own source stands beside its values",
    .fields = fields,
    .params_size = sizeof(struct reram_array),
    .eval = eval,
    .formula = "(1 - static_share) power / (of rate)",
};
