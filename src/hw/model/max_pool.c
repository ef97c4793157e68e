/* max_pool.c - keeps the greatest of the words that pass */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/digital.h"

#include <math.h>

struct max_pool {
    struct digital head;
    int bits, inputs;
};

/* A tree of choices, among the words of a step and the maximum so far. */
static struct block block_of(const struct max_pool *p, const struct site *site)
{
    const struct technology *t = site_technology(site, &p->head.circuit);
    double a = p->head.activity;
    struct block best = logic_register(t, p->bits, a);
    struct block one =
        logic_join(logic_comparator(t, p->bits, a), logic_mux(t, p->bits, a));

    one.delay_s *= ceil(log2(p->inputs + 1));
    return logic_join(best, logic_copies(one, p->inputs));
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    const struct max_pool *p = params;
    return digital_check(&p->head, block_of(p, site).delay_s, why, size);
}

/* An action is one word. */
static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct max_pool *p = params;
    struct block b = block_of(p, site);

    digital_cost(&p->head, &b, out);
    digital_share(p->inputs, out);
}

static const struct field fields[] = {
    DIGITAL_FIELDS("0.5"),
    {"bits", FIELD_COUNT, DIM_NONE, offsetof(struct max_pool, bits), 1, 128,
     "16", NULL, "width of the words"},
    {"inputs", FIELD_COUNT, DIM_NONE, offsetof(struct max_pool, inputs), 1,
     1024, "1", NULL, "words that it takes in a step; an action is one"},
    {0}};

const struct model model_max_pool = {
    .name = "max_pool",
    .text = "comparator, multiplexer and register that keep a maximum",
    .source = "comparator from the carries of a subtraction, Weste and Harris "
              "2010, sec. 11.4",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct max_pool),
    .check = check,
    .eval = eval,
    .formula = "comparator(bits) + multiplexer(bits) + register(bits) / inputs",
};
