/* write_driver.c - puts a bitline on the writing level or on ground */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/driven.h"

#include <stdio.h>

struct write_driver {
    struct circuit circuit;
    double drop; /* of the writing voltage, at the writing current */
};

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    (void)params;
    if (site->lines.write_V > 0 && site->lines.write_A > 0)
        return 0;
    snprintf(why, (size_t)size,
             "the array's model does not say with what its cells are written");
    return -1;
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct write_driver *p = params;
    const struct technology *t = site_technology(site, &p->circuit);
    struct block b =
        write_driver(t, site->lines.write_V, site->lines.write_A, p->drop);

    cost_of_block(&b, out);
    out->delay_s = 0; /* no part of a read */
}

static const struct field fields[] = {
    CIRCUIT_FIELDS,
    {"drop", FIELD_REAL, DIM_NONE, offsetof(struct write_driver, drop), 1e-3, 1,
     "0.1", NULL, "share of the writing voltage lost in it"},
    {0}};

const struct model model_write_driver = {
    .name = "write_driver",
    .text = "switches of a bitline to the writing level and to ground",
    .source = "Sutherland 1999 (logical effort); Dennard 1974",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct write_driver),
    .check = check,
    .eval = eval,
    .formula = "sum of C Vdd^2 of shifter, chain and switches, without the "
               "bitline",
};
