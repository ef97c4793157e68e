/* driven.c - what the models of wordline drivers share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/driven.h"

#include "circuit/decoder.h"

#include <math.h>
#include <stdio.h>

int driven_check(const struct driven *p, const struct site *site, char *why,
                 int size)
{
    const struct lines *l = &site->lines;
    if (p->load_F > 0 ||
        (l->wordline.F > 0 && l->wordline_V > 0 && l->settle >= 1))
        return 0;
    snprintf(why, (size_t)size,
             "the array's model does not describe its wordlines: set load, "
             "the capacitance of one");
    return -1;
}

/* A load of its own is that of gates: logic levels, no current. */
struct driven_line driven_line_of(const struct driven *p,
                                  const struct site *site)
{
    const struct lines *l = &site->lines;
    double vdd = site_technology(site, &p->circuit)->mos.vdd_V;

    if (p->load_F > 0)
        return (struct driven_line){.line = {0, p->load_F},
                                    .swing_V = vdd,
                                    .gates = true,
                                    .drop = p->drop,
                                    .settle = 2,
                                    .write_V = l->write_V};
    return (struct driven_line){
        .line = l->wordline,
        .swing_V = l->wordline_V,
        .gates = l->gated,
        .current_A = l->gated ? 0 : site->columns * l->read_V / l->on_ohm,
        .drop = p->drop,
        .settle = l->settle,
        .write_V = fmax(l->write_V, l->wordline_V),
        .write_A = l->gated ? 0 : p->write_cells * l->write_A};
}

double driven_load_J(const struct driven *p, const struct site *site)
{
    double vdd = site_technology(site, &p->circuit)->mos.vdd_V;
    return p->load_F * vdd * vdd;
}

struct block select_one(const struct technology *t, double rows, double pitch_m,
                        double load_F)
{
    struct rc load = {0, load_F};
    int bits = decoder_bits(rows);
    double fewer = bits ? exp2(bits - 1) : 1;
    struct block b = decoder(t, rows, pitch_m, load, 0, 0);
    struct block a = decoder(t, fewer, pitch_m, load, 0, 0);

    b.width_m = fmax(block_area_m2(&a), block_area_m2(&b)) / b.height_m;
    b.leakage_W = fmax(a.leakage_W, b.leakage_W);
    b.energy_J = fmax(a.energy_J, b.energy_J);
    b.delay_s = fmax(a.delay_s, b.delay_s);
    return b;
}

void cost_of_block(const struct block *b, struct cost *out)
{
    *out = (struct cost){.area_m2 = block_area_m2(b),
                         .static_W = b->leakage_W,
                         .delay_s = b->delay_s};
    out->energy_J[ACTION_FIRST] = b->energy_J;
    out->time_s[ACTION_FIRST] = b->delay_s;
    cost_set_peak(out);
}
