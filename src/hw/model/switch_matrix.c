/* switch_matrix.c - a wordline's switches: read level, ground, write level */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/driven.h"

#include <math.h>

/* Random bits change every second time. */
static const double activity = 0.5;

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    return driven_check(params, site, why, size);
}

/* Every line, whether it opens gates or carries current, hangs on switches to
 * rails; the same circuit as a driver of levels, 50 % being enough for gates
 * (0.69 tau, a settling to a half). */
static void eval(const void *params, const struct site *site, struct cost *out)
{
    static const double HALF = 2;
    const struct driven *p = params;
    const struct technology *t = site_technology(site, &p->circuit);
    struct driven_line line = driven_line_of(p, site);

    line.settle = line.gates ? HALF : line.settle;
    line.gates = false;
    struct block b = block_row(flip_flop(t, activity), line_driver(t, &line));
    b.energy_J += driven_load_J(p, site);
    cost_of_block(&b, out);
}

static const struct field fields[] = {DRIVEN_FIELDS, {0}};

const struct model model_switch_matrix = {
    .name = "switch_matrix",
    .text = "a flip-flop and transmission gates that put a wordline on the "
            "read level, ground or the write level",
    .source = "Sutherland 1999 (logical effort); Sakurai 1983; Dennard 1974",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct driven),
    .check = check,
    .eval = eval,
    .formula = "sum of C Vdd^2 of flip-flop, drivers and switches, without "
               "the wordline",
};
