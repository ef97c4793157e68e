/* adder_tree.c - a tree of adders that sums many words */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/digital.h"

struct adder_tree {
    struct digital head;
    int inputs, bits, style;
};

static struct block block_of(const struct adder_tree *p,
                             const struct site *site)
{
    const struct technology *t = site_technology(site, &p->head.circuit);
    return logic_adder_tree(t, (enum adder_style)p->style, p->inputs, p->bits,
                            p->head.activity);
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    const struct adder_tree *p = params;
    return digital_check(&p->head, block_of(p, site).delay_s, why, size);
}

/* An action is one of the inputs - 1 additions of a sum. */
static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct adder_tree *p = params;
    struct block b = block_of(p, site);

    digital_cost(&p->head, &b, out);
    digital_share(p->inputs - 1, out);
}

static const struct field fields[] = {
    DIGITAL_FIELDS("0.5"),
    {"inputs", FIELD_COUNT, DIM_NONE, offsetof(struct adder_tree, inputs), 2,
     65536, NULL, NULL, "words that it sums at once"},
    {"bits", FIELD_COUNT, DIM_NONE, offsetof(struct adder_tree, bits), 1, 64,
     "16", NULL, "width of the words; each level is one bit wider"},
    {"style", FIELD_CHOICE, DIM_NONE, offsetof(struct adder_tree, style), 0, 0,
     "ripple", adder_styles, "how its adders' carries go"},
    {0}};

const struct model model_adder_tree = {
    .name = "adder_tree",
    .text = "tree of adders that sums many words",
    .source = "mirror adder, Weste and Harris 2010, sec. 11.2; transitions "
              "counted with unit delays",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct adder_tree),
    .check = check,
    .eval = eval,
    .formula = "tree / (inputs - 1)",
};
