/* macro.c - memory macros: from their fields to banks, from banks to costs */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/macro.h"

#include <math.h>
#include <stdio.h>

const char *const macro_wires[] = {"local", "semi_global", "global", NULL};

static double capacity_bit(const struct macro *p, const struct site *site)
{
    return p->capacity_bit > 0 ? p->capacity_bit : site->buffer_bits;
}

struct memory_spec macro_spec(const struct macro *p, const struct site *site)
{
    double words = fmax(1, capacity_bit(p, site) / p->width / p->banks);
    int word = p->width + p->check_bits;

    return (struct memory_spec){
        .bits = words * word,
        .banks = p->banks,
        .word = word,
        .target = (enum memory_target)p->target,
        .routing = (enum memory_routing)p->routing,
        .wires = (enum wire_class)p->wires,
        .slack = p->slack,
        .activity = p->activity,
        .swing_V = p->swing_V,
        .rows = p->rows,
        .columns = p->columns,
        .mux = p->mux,
        .active = p->active,
    };
}

int macro_check(const struct macro *p, const struct site *site,
                const struct memory_cell *cell, const struct memory_spec *spec,
                char *why, int size)
{
    const struct technology *t = site_technology(site, &p->circuit);

    if (!(capacity_bit(p, site) >= 1)) {
        snprintf(why, (size_t)size,
                 "no capacity: give 'capacity', or the tile a buffer");
        return -1;
    }
    return memory_check(t, cell, spec, why, size);
}

void macro_cost(const struct macro *p, const struct site *site,
                const struct memory_cell *cell, const struct memory_spec *spec,
                struct cost *out)
{
    const struct technology *t = site_technology(site, &p->circuit);
    const struct memory all = memory_plan(t, cell, spec);
    const struct memory_share *sum = &all.sum;
    double bits = p->width, parallel = bits * p->banks;

    *out = (struct cost){
        .area_m2 = sum->area_m2,
        .static_W = sum->leakage_W + all.refresh_W,
        .energy_J = {sum->read_J / bits, sum->write_J / bits},
        .time_s = {all.cycle_s / parallel, all.write_cycle_s / parallel},
        .delay_s = sum->read_s,
    };
    cost_set_peak(out);
}
