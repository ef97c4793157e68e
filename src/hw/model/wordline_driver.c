/* wordline_driver.c - one bit of input, from its register to a wordline */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/driven.h"

/* Random bits change every second time. */
static const double activity = 0.5;

struct wordline_driver {
    struct driven driven;
    bool has_register;
};

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    return driven_check(params, site, why, size);
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct wordline_driver *p = params;
    const struct technology *t = site_technology(site, &p->driven.circuit);
    struct driven_line line = driven_line_of(&p->driven, site);
    struct block b = line_driver(t, &line);

    if (p->has_register)
        b = block_row(flip_flop(t, activity), b);
    b.energy_J += driven_load_J(&p->driven, site);
    cost_of_block(&b, out);
}

static const struct field fields[] = {
    DRIVEN_FIELDS,
    {"register", FIELD_FLAG, DIM_NONE,
     offsetof(struct wordline_driver, has_register), 0, 0, "true", NULL,
     "a flip-flop holds the bit"},
    {0}};

const struct model model_wordline_driver = {
    .name = "wordline_driver",
    .text = "a one-bit driver of a wordline: register, level shifter where "
            "writing needs one, drivers",
    .source = "Sutherland 1999 (logical effort); Sakurai 1983; Dennard 1974",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct wordline_driver),
    .check = check,
    .eval = eval,
    .formula = "sum of C Vdd^2 of register, shifter and drivers, without the "
               "wordline",
};
