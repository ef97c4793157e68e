/* shift_add.c - adds a converted column, shifted, to a sum */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/digital.h"

struct shift_add {
    struct digital head;
    int bits, style;
};

/* The shift is wires: the place of a column or of an input bit is fixed. */
static struct block block_of(const struct shift_add *p, const struct site *site)
{
    const struct technology *t = site_technology(site, &p->head.circuit);
    double a = p->head.activity;
    return logic_join(logic_register(t, p->bits, a),
                      logic_adder(t, (enum adder_style)p->style, p->bits, a));
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    const struct shift_add *p = params;
    return digital_check(&p->head, block_of(p, site).delay_s, why, size);
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct shift_add *p = params;
    struct block b = block_of(p, site);
    digital_cost(&p->head, &b, out);
}

static const struct field fields[] = {
    DIGITAL_FIELDS("0.5"),
    {"bits", FIELD_COUNT, DIM_NONE, offsetof(struct shift_add, bits), 1, 128,
     "16", NULL, "width of the sum"},
    {"style", FIELD_CHOICE, DIM_NONE, offsetof(struct shift_add, style), 0, 0,
     "ripple", adder_styles, "how the adder's carries go"},
    {0}};

const struct model model_shift_add = {
    .name = "shift_add",
    .text = "adder and register that add a converted column, shifted",
    .source = "mirror adder, Weste and Harris 2010, sec. 11.2; transitions by "
              "a recurrence over its carries",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct shift_add),
    .check = check,
    .eval = eval,
    .formula = "adder(bits) + register(bits): sum of transitions x C V^2 / 2",
};
