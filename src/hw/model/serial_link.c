/* serial_link.c - an off-chip link of serial lanes */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model.h"

/* All of one lane, both ends of it or one, as the source counts. */
struct serial_link {
    struct placed placed;
    int lanes;
    double rate_bit_s, power_W, static_share, area_m2;
};

static void eval(const void *params, const struct site *site, struct cost *out)
{
    (void)site;
    const struct serial_link *p = params;
    double lanes = p->lanes;

    *out = (struct cost){
        .area_m2 = lanes * p->area_m2,
        .static_W = lanes * p->static_share * p->power_W,
        .peak_W = lanes * p->power_W,
    };
    for (int i = ACTION_FIRST; i <= ACTION_WRITE; i++) {
        out->energy_J[i] = (1 - p->static_share) * p->power_W / p->rate_bit_s;
        out->time_s[i] = 1 / (lanes * p->rate_bit_s);
    }
}

static const struct field fields[] = {
    PLACED_FIELDS,
    {"lanes", FIELD_COUNT, DIM_NONE, offsetof(struct serial_link, lanes), 1,
     4096, NULL, NULL, "lanes of one direction"},
    {"rate", FIELD_QUANTITY, DIM_BIT_S,
     offsetof(struct serial_link, rate_bit_s), 1e3, 1e12, NULL, NULL,
     "of one lane"},
    {"power", FIELD_QUANTITY, DIM_W, offsetof(struct serial_link, power_W), 0,
     100, NULL, NULL, "of one lane at its full rate"},
    {"static_share", FIELD_REAL, DIM_NONE,
     offsetof(struct serial_link, static_share), 0, 1, "1", NULL,
     "share of the power that an idle lane draws; 1: it never sleeps"},
    {"area", FIELD_QUANTITY, DIM_M2, offsetof(struct serial_link, area_m2), 0,
     1e-3, "0 mm2", NULL, "of one lane on the chip"},
    {0}};

const struct model model_serial_link = {
    .name = "serial_link",
    .text = "an off-chip link: lanes of a rate, power and static share",
    .source = "arithmetic; the values carry their sources",
    .fields = fields,
    .params_size = sizeof(struct serial_link),
    .eval = eval,
    .formula = "(1 - static_share) power / rate",
};
