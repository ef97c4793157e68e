/* digital_column.c - a column that multiplies and adds in logic, no ADC */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/logic_cell.h"
#include "hw/model/digital.h"

enum product { PRODUCT_GATES, PRODUCT_BOOTH };
static const char *const product_names[] = {"gates", "booth", NULL};

struct digital_column {
    struct digital head;
    int inputs, cells, sum_bits, product, style;
};

enum { TREE_WORDS_LEAST = 2 };

static int inputs_of(const struct digital_column *p, const struct site *site)
{
    return p->inputs > 0 ? p->inputs : site->rows;
}

/* An input bit and a word of weight bits that stays: a gate a bit, which half
 * of the weights let pass. */
static struct block and_word(const struct technology *t, int bits,
                             double activity)
{
    struct and_cell gate = and_cell(t);
    struct cells sum = {0};
    cells_add(&sum, bits, gate.area_m2, gate.leakage_W,
              activity / 2 * gate.out_J);
    struct block b = cells_block(&sum);
    b.delay_s = gate.delay_s;
    return b;
}

/* Radix-4 Booth: a digit of two bits selects none, one or two weights and their
 * sign (MacSorley, Proc. IRE 49, 1961): two choices and a gate a bit. */
static struct block booth_word(const struct technology *t, int bits,
                               double activity)
{
    struct block choice = logic_mux(t, bits, activity);
    struct block b = logic_join(choice, choice);
    return logic_join(b, and_word(t, bits, activity));
}

static struct block product(const struct digital_column *p,
                            const struct site *site)
{
    const struct technology *t = site_technology(site, &p->head.circuit);
    double a = p->head.activity;
    int weight = site->cell_bits, input = site->dac_bits;

    if (p->product == PRODUCT_BOOTH)
        return logic_copies(booth_word(t, weight + 1, a), (input + 1) / 2);
    if (input > 1 && weight > 1)
        return logic_multiplier(t, MULTIPLIER_TREE, weight, input, a);
    return and_word(t, weight * input, a);
}

static int product_bits(const struct site *site)
{
    return site->cell_bits + (site->dac_bits > 1 ? site->dac_bits : 0);
}

/* Words behind a gate that half of the weights close change half as often. */
static struct block tree(const struct digital_column *p,
                         const struct site *site)
{
    const struct technology *t = site_technology(site, &p->head.circuit);
    double a = p->head.activity / (site->dac_bits > 1 ? 1 : 2);
    int n = inputs_of(p, site);
    return logic_adder_tree(t, (enum adder_style)p->style,
                            n < TREE_WORDS_LEAST ? TREE_WORDS_LEAST : n,
                            product_bits(site), a);
}

static struct block accumulator(const struct digital_column *p,
                                const struct technology *t)
{
    double a = p->head.activity;
    return logic_join(
        logic_adder(t, (enum adder_style)p->style, p->sum_bits, a),
        logic_register(t, p->sum_bits, a));
}

static struct block block_of(const struct digital_column *p,
                             const struct site *site)
{
    const struct technology *t = site_technology(site, &p->head.circuit);
    struct block b = logic_join(
        logic_copies(product(p, site), inputs_of(p, site)), tree(p, site));
    return p->sum_bits > 0 ? logic_join(b, accumulator(p, t)) : b;
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    const struct digital_column *p = params;
    return digital_check(&p->head, block_of(p, site).delay_s, why, size);
}

/* An action is a step of the whole column. */
static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct digital_column *p = params;
    const struct technology *t = site_technology(site, &p->head.circuit);
    struct block b = block_of(p, site);
    double bits = (double)inputs_of(p, site) * site->cell_bits * p->cells;

    digital_cost(&p->head, &b, out);
    out->area_m2 += bits * t->sram.area_m2;
}

#define M(member) offsetof(struct digital_column, member)
static const struct field fields[] = {
    DIGITAL_FIELDS("0.5"),
    {"inputs", FIELD_COUNT, DIM_NONE, M(inputs), 0, 65536, "0", NULL,
     "words that it sums at once; 0: wordlines of a crossbar"},
    {"cells", FIELD_COUNT, DIM_NONE, M(cells), 0, 1024, "1", NULL,
     "six-transistor cells behind each bit of a multiplier, which take turns; "
     "0: they are counted elsewhere"},
    {"sum_bits", FIELD_COUNT, DIM_NONE, M(sum_bits), 0, 128, "0", NULL,
     "of an accumulator at its end; 0: none"},
    {"product", FIELD_CHOICE, DIM_NONE, M(product), 0, 0, "gates",
     product_names,
     "how an input's bits and a weight meet: gates and adders, or Booth's "
     "choice of a multiple for two bits"},
    {"style", FIELD_CHOICE, DIM_NONE, M(style), 0, 0, "ripple", adder_styles,
     "how its adders' carries go"},
    {0}};
#undef M

const struct model model_digital_column = {
    .name = "digital_column",
    .text = "column of digital in-memory computing: gates at the cells, a tree "
            "of adders",
    .source = "mirror adder, Weste and Harris 2010, sec. 11.2; organisation as "
              "in Chih et al., ISSCC 2021, 16.4",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct digital_column),
    .check = check,
    .eval = eval,
    .formula = "rows x product + tree + accumulator",
};
