/* block.c - pieces of circuit, put together */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/block.h"

#include <math.h>

double block_area_m2(const struct block *b)
{
    return b->width_m * b->height_m;
}

struct block block_series(struct block a, struct block b)
{
    return (struct block){
        .width_m = a.width_m + b.width_m,
        .height_m = fmax(a.height_m, b.height_m),
        .leakage_W = a.leakage_W + b.leakage_W,
        .energy_J = a.energy_J + b.energy_J,
        .delay_s = a.delay_s + b.delay_s,
        .rise_s = b.rise_s,
        .input_F = a.input_F,
    };
}

struct block block_copies(struct block b, double n, double active)
{
    b.width_m *= n;
    b.leakage_W *= n;
    b.energy_J *= active;
    b.input_F *= n; /* of whoever drives all of them */
    return b;
}
