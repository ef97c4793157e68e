/* wired.c - what the models of interconnect share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/wired.h"

#include <stdio.h>

const char *const wire_class_names[] = {"local", "semi_global", "global", NULL};

struct block wired_path(const struct wired *p, const struct technology *t,
                        double length_m, double load_F, double *silicon_m2)
{
    enum wire_class c = (enum wire_class)p->wire;
    struct rc none = {0, 0};
    struct block wire = wire_repeated(t, c, length_m, p->slack);
    struct block driver = chain_drive(t, 0, none, wire.input_F, 0, 0);
    struct block end = chain_drive(t, 0, none, load_F, 0, wire.rise_s);
    struct repeaters r = wire_repeaters(t, c, length_m, p->slack);
    struct block one =
        gate_block(t, GATE_INV, 1, r.width_m, width_p_m(t, r.width_m));

    *silicon_m2 = block_area_m2(&driver) + r.count * block_area_m2(&one) +
                  block_area_m2(&end);
    /* the driver pays for the first repeater, the wire counted it too */
    driver.energy_J -= wire.input_F * t->mos.vdd_V * t->mos.vdd_V;
    end.energy_J += end.input_F * t->mos.vdd_V * t->mos.vdd_V;

    struct block path = block_series(block_series(driver, wire), end);
    path.width_m = wire.width_m;
    path.height_m = wire.height_m;
    return path;
}

int wired_check(const struct wired *p, double length_m, double needed_s,
                const char *what, char *why, int size)
{
    enum { TEXT = 40 };
    char needed[TEXT], most[TEXT];

    if (!(length_m > 0)) {
        snprintf(why, (size_t)size,
                 "the parts that it spans have no area to tell how long it "
                 "is: set length");
        return -1;
    }
    if (p->clock_Hz * needed_s <= 1)
        return 0;
    snprintf(why, (size_t)size, "%s takes %s: clock at most %s", what,
             quantity_format(needed, TEXT, needed_s, DIM_S),
             quantity_format(most, TEXT, 1 / needed_s, DIM_HZ));
    return -1;
}

double wired_time_s(const struct wired *p, double needed_s, double bits)
{
    return (p->clock_Hz > 0 ? 1 / p->clock_Hz : needed_s) / bits;
}
