/* adder.c - an adder of two words */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/digital.h"

struct adder {
    struct digital head;
    int bits, style;
    bool registered;
};

static struct block block_of(const struct adder *p, const struct site *site)
{
    const struct technology *t = site_technology(site, &p->head.circuit);
    double a = p->head.activity;
    struct block sum = logic_adder(t, (enum adder_style)p->style, p->bits, a);

    return p->registered ? logic_join(logic_register(t, p->bits, a), sum) : sum;
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    const struct adder *p = params;
    return digital_check(&p->head, block_of(p, site).delay_s, why, size);
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct adder *p = params;
    struct block b = block_of(p, site);
    digital_cost(&p->head, &b, out);
}

static const struct field fields[] = {
    DIGITAL_FIELDS("0.5"),
    {"bits", FIELD_COUNT, DIM_NONE, offsetof(struct adder, bits), 1, 128, "16",
     NULL, "width of the words"},
    {"style", FIELD_CHOICE, DIM_NONE, offsetof(struct adder, style), 0, 0,
     "ripple", adder_styles, "how its carries go"},
    {"registered", FIELD_FLAG, DIM_NONE, offsetof(struct adder, registered), 0,
     0, "false", NULL, "a register holds the sum"},
    {0}};

const struct model model_adder = {
    .name = "adder",
    .text = "adder of two words",
    .source = "mirror adder, Weste and Harris 2010, sec. 11.2; transitions by "
              "a recurrence over its carries",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct adder),
    .check = check,
    .eval = eval,
    .formula = "per bit 2 a C_operand + N_carry C_carry + N_sum C_sum, each "
               "x V^2 / 2",
};
