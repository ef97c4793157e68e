/* activation_table.c - activation functions by table, by segments, or ReLU */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/digital.h"

#include <math.h>

enum function { FUNCTION_TABLE, FUNCTION_SEGMENTS, FUNCTION_RELU };
static const char *const functions[] = {"table", "segments", "relu", NULL};

struct activation_table {
    struct digital head;
    int function, input_bits, output_bits, segments;
};

/* y = slope x + offset; the upper bits of x choose both. */
static struct block line_of(const struct technology *t,
                            const struct activation_table *p)
{
    int segment_bits = (int)ceil(log2(p->segments));
    int rest = p->input_bits > segment_bits ? p->input_bits - segment_bits : 1;
    double a = p->head.activity;
    struct block choice = logic_rom(t, segment_bits, 2 * p->output_bits);
    struct block product =
        logic_multiplier(t, MULTIPLIER_TREE, rest, p->output_bits, a);
    struct block sum = logic_adder(t, ADDER_RIPPLE, p->output_bits, a);

    return logic_join(logic_join(choice, product), sum);
}

static struct block function_of(const struct technology *t,
                                const struct activation_table *p)
{
    switch ((enum function)p->function) {
    case FUNCTION_TABLE:
        return logic_rom(t, p->input_bits, p->output_bits);
    case FUNCTION_SEGMENTS:
        return line_of(t, p);
    case FUNCTION_RELU:
        break;
    }
    /* the sign chooses between a word and zero */
    return logic_mux(t, p->output_bits, p->head.activity);
}

static struct block block_of(const struct activation_table *p,
                             const struct site *site)
{
    const struct technology *t = site_technology(site, &p->head.circuit);
    return logic_join(logic_register(t, p->output_bits, p->head.activity),
                      function_of(t, p));
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    const struct activation_table *p = params;
    return digital_check(&p->head, block_of(p, site).delay_s, why, size);
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct activation_table *p = params;
    struct block b = block_of(p, site);
    digital_cost(&p->head, &b, out);
}

static const struct field fields[] = {
    DIGITAL_FIELDS("0.5"),
    {"function", FIELD_CHOICE, DIM_NONE,
     offsetof(struct activation_table, function), 0, 0, "table", functions,
     "a table of all inputs, straight segments, or ReLU"},
    {"input_bits", FIELD_COUNT, DIM_NONE,
     offsetof(struct activation_table, input_bits), 1, 16, "8", NULL,
     "width of the input; a table has 2^input_bits entries"},
    {"output_bits", FIELD_COUNT, DIM_NONE,
     offsetof(struct activation_table, output_bits), 1, 32, "8", NULL,
     "width of the result"},
    {"segments", FIELD_COUNT, DIM_NONE,
     offsetof(struct activation_table, segments), 2, 1024, "16", NULL,
     "straight segments, where function is segments"},
    {0}};

const struct model model_activation_table = {
    .name = "activation_table",
    .text = "activation function: table in ROM, straight segments, or ReLU",
    .source = "NOR ROM, Rabaey, Chandrakasan, Nikolic 2003, sec. 12.2.1",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct activation_table),
    .check = check,
    .eval = eval,
    .formula = "table: decoder + wordline + half of the bitlines; segments: "
               "ROM + multiplier + adder; relu: multiplexer; each + register",
};
