/* controller.c - a sequencer: gates, state, program */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/digital.h"

#include <math.h>

enum program { PROGRAM_ROM, PROGRAM_LATCH };
static const char *const programs[] = {"rom", "latch", NULL};

struct controller {
    struct digital head;
    double gates, program_bits;
    int depth, state_bits, word_bits, program;
};

/* A word of the program a step; it is written once. */
static struct block program_of(const struct technology *t,
                               const struct controller *p)
{
    double words = fmax(2, ceil(p->program_bits / p->word_bits));
    if (p->program == PROGRAM_ROM)
        return logic_rom(t, (int)ceil(log2(words)), p->word_bits);

    struct store_costs s =
        logic_store(t, STORE_LATCH, words, p->word_bits, p->head.activity);
    double side_m = sqrt(s.area_m2);
    return (struct block){.width_m = side_m,
                          .height_m = side_m,
                          .leakage_W = s.leakage_W,
                          .energy_J = s.read_J,
                          .delay_s = s.read_s};
}

static struct block block_of(const struct controller *p,
                             const struct site *site)
{
    const struct technology *t = site_technology(site, &p->head.circuit);
    double a = p->head.activity;
    struct block b = logic_join(logic_register(t, p->state_bits, a),
                                logic_gates(t, p->gates, p->depth, a));
    if (!(p->program_bits > 0))
        return b;

    /* the next word is fetched while this one is carried out */
    struct block program = program_of(t, p);
    struct block word = logic_register(t, p->word_bits, a);
    double path_s = fmax(b.delay_s, program.delay_s + word.delay_s);
    b = logic_join(b, logic_join(program, word));
    b.delay_s = path_s;
    return b;
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    const struct controller *p = params;
    return digital_check(&p->head, block_of(p, site).delay_s, why, size);
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct controller *p = params;
    struct block b = block_of(p, site);
    digital_cost(&p->head, &b, out);
}

/* Static logic changes a tenth of its nodes in a cycle: Weste and Harris
 * 2010, sec. 5.2.1. */
static const struct field fields[] = {
    DIGITAL_FIELDS("0.1"),
    {"gates", FIELD_REAL, DIM_NONE, offsetof(struct controller, gates), 0, 1e8,
     "1000", NULL, "two-input gates of its logic"},
    {"depth", FIELD_COUNT, DIM_NONE, offsetof(struct controller, depth), 1, 200,
     "10", NULL, "gates one after the other on its longest path"},
    {"state_bits", FIELD_COUNT, DIM_NONE,
     offsetof(struct controller, state_bits), 1, 65536, "64", NULL,
     "flip-flops of its state and counters"},
    {"program", FIELD_CHOICE, DIM_NONE, offsetof(struct controller, program), 0,
     0, "rom", programs, "what holds its program"},
    {"program_size", FIELD_QUANTITY, DIM_BIT,
     offsetof(struct controller, program_bits), 0, 1048576, "0 bit", NULL,
     "bits of its program, to 128 KB; 0: none"},
    {"word_bits", FIELD_COUNT, DIM_NONE, offsetof(struct controller, word_bits),
     1, 1024, "32", NULL, "bits of an instruction"},
    {0}};

const struct model model_controller = {
    .name = "controller",
    .text = "sequencer of random logic, state and a program",
    .source = "wire lengths after Donath 1979; ROM as activation_table",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct controller),
    .check = check,
    .eval = eval,
    .formula = "gates x activity x C V^2 / 2 + register(state_bits) + a word "
               "of the program",
};
