/* digital.c - what the models of clocked logic share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/digital.h"

#include <stdio.h>

double digital_period_s(const struct digital *p, double path_s)
{
    return p->clock_Hz > 0 ? 1 / p->clock_Hz : path_s;
}

int digital_check(const struct digital *p, double path_s, char *why, int size)
{
    char clock[40], path[40], most[40];

    if (p->clock_Hz * path_s <= 1)
        return 0;
    quantity_format(clock, sizeof clock, p->clock_Hz, DIM_HZ);
    quantity_format(path, sizeof path, path_s, DIM_S);
    quantity_format(most, sizeof most, 1 / path_s, DIM_HZ);
    snprintf(why, (size_t)size,
             "clock %s is too fast: its critical path takes %s; at most %s",
             clock, path, most);
    return -1;
}

void digital_cost(const struct digital *p, const struct block *b,
                  struct cost *out)
{
    *out = (struct cost){.area_m2 = block_area_m2(b), .static_W = b->leakage_W};
    for (int i = ACTION_FIRST; i <= ACTION_WRITE; i++) {
        out->energy_J[i] = b->energy_J;
        out->time_s[i] = digital_period_s(p, b->delay_s);
    }
    cost_set_peak(out);
}

void digital_share(double n, struct cost *out)
{
    for (int i = ACTION_FIRST; i <= ACTION_WRITE; i++) {
        out->energy_J[i] /= n;
        out->time_s[i] /= n;
    }
    cost_set_peak(out);
}
