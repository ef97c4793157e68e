/* mac_unit.c - multiplies two words and adds the product to a sum */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/digital.h"

#include <math.h>
#include <stdio.h>

struct mac_unit {
    struct digital head;
    int input_bits, weight_bits, sum_bits, multiplier, style;
    bool pipelined;
};

static struct block block_of(const struct mac_unit *p, const struct site *site)
{
    const struct technology *t = site_technology(site, &p->head.circuit);
    int product_bits = p->input_bits + p->weight_bits;
    double a = p->head.activity;
    struct block product =
        logic_multiplier(t, (enum multiplier_style)p->multiplier, p->input_bits,
                         p->weight_bits, a);
    struct block sum =
        logic_join(logic_register(t, p->sum_bits, a),
                   logic_adder(t, (enum adder_style)p->style, p->sum_bits, a));
    struct block b = logic_join(product, sum);

    if (p->pipelined) {
        struct block between = logic_register(t, product_bits, a);
        b = logic_join(b, between);
        b.delay_s = fmax(product.delay_s + between.delay_s, sum.delay_s);
    }
    return b;
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    const struct mac_unit *p = params;
    int product_bits = p->input_bits + p->weight_bits;

    if (p->sum_bits < product_bits) {
        snprintf(why, (size_t)size,
                 "sum_bits %d cannot hold a product; at least %d", p->sum_bits,
                 product_bits);
        return -1;
    }
    return digital_check(&p->head, block_of(p, site).delay_s, why, size);
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct mac_unit *p = params;
    struct block b = block_of(p, site);
    digital_cost(&p->head, &b, out);
}

static const struct field fields[] = {
    DIGITAL_FIELDS("0.5"),
    {"input_bits", FIELD_COUNT, DIM_NONE, offsetof(struct mac_unit, input_bits),
     1, 32, "8", NULL, "width of an input"},
    {"weight_bits", FIELD_COUNT, DIM_NONE,
     offsetof(struct mac_unit, weight_bits), 1, 32, "8", NULL,
     "width of a weight"},
    {"sum_bits", FIELD_COUNT, DIM_NONE, offsetof(struct mac_unit, sum_bits), 2,
     128, "32", NULL, "width of the sum"},
    {"multiplier", FIELD_CHOICE, DIM_NONE,
     offsetof(struct mac_unit, multiplier), 0, 0, "tree", multiplier_styles,
     "how partial products are added"},
    {"style", FIELD_CHOICE, DIM_NONE, offsetof(struct mac_unit, style), 0, 0,
     "ripple", adder_styles, "how the carries of its adder go"},
    {"pipelined", FIELD_FLAG, DIM_NONE, offsetof(struct mac_unit, pipelined), 0,
     0, "true", NULL, "a register between multiplier and adder"},
    {0}};

const struct model model_mac_unit = {
    .name = "mac_unit",
    .text = "multiplier and accumulator",
    .source = "Dadda 1965; mirror adder, Weste and Harris 2010, sec. 11.2; "
              "transitions counted with unit delays",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct mac_unit),
    .check = check,
    .eval = eval,
    .formula = "multiplier + adder(sum_bits) + registers",
};
