/* bus.c - parallel repeated wires across a tile */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/wired.h"

struct bus {
    struct wired wired;
    double load_F;
};

static double length_m(const struct bus *p, const struct site *site)
{
    return p->wired.length_m > 0 ? p->wired.length_m : site->tile_side_m;
}

static struct block wire_of(const struct bus *p, const struct site *site,
                            double *silicon_m2)
{
    const struct technology *t = site_technology(site, &p->wired.circuit);
    return wired_path(&p->wired, t, length_m(p, site), p->load_F, silicon_m2);
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    const struct bus *p = params;
    double silicon_m2;
    return wired_check(&p->wired, length_m(p, site),
                       wire_of(p, site, &silicon_m2).delay_s,
                       "a bit's way along the bus", why, size);
}

/* activity C V^2 a bit and wire. */
static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct bus *p = params;
    double silicon_m2, n = p->wired.width;
    struct block wire = wire_of(p, site, &silicon_m2);

    *out = (struct cost){
        .area_m2 = n * (block_area_m2(&wire) + silicon_m2),
        .static_W = n * wire.leakage_W,
        .energy_J[ACTION_FIRST] = p->wired.activity * wire.energy_J,
        .time_s[ACTION_FIRST] = wired_time_s(&p->wired, wire.delay_s, n),
    };
    cost_set_peak(out);
}

static const struct field fields[] = {
    WIRED_FIELDS("256", "of each wire; 0: the side of the tile"),
    {"load", FIELD_QUANTITY, DIM_F, offsetof(struct bus, load_F), 0, 1e-9,
     "0 F", NULL, "that hangs on the end of each wire"},
    {0}};

const struct model model_bus = {
    .name = "bus",
    .text = "parallel repeated wires across a tile; one action moves a bit",
    .source = "Bakoglu 1990; Ho, Mai, Horowitz, Proc. IEEE 89(4) 2001",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct bus),
    .check = check,
    .eval = eval,
    .formula = "activity (C_wire + C_repeaters + C_load) Vdd^2",
};
