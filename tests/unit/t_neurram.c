/* t_neurram.c - parts of measured macros: neurons, pulses, supplies, columns */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "each_technology.h"
#include "part_load.h"

#include "circuit/logic_cell.h"

static struct cost cost(const char *model, const char *text,
                        const struct site *site)
{
    const struct model *m = model_find(model);
    ck_need(m, "no model %s", model);
    return part_cost(m, part_params(&arena, m, text), site);
}

/* ---- NeuRRAM ---- */

static double neuron_cycles(int input_bits, int bits, int split_above)
{
    char text[160];
    struct site site = {.dac_bits = input_bits};
    snprintf(text, sizeof text,
             "bits = %d; split_above = %d; cycle = \"1 us\"; "
             "energy = \"1 pJ\"; area = \"1 um2\";",
             bits, split_above);
    struct cost c = cost("charge_neuron", text, &site);
    ck_near(c.energy_J[ACTION_FIRST] / 1e-12, c.time_s[ACTION_FIRST] / 1e-6,
            1e-12);
    return c.time_s[ACTION_FIRST] / 1e-6;
}

/* Wan 2022, Methods: n bits are n - 1 pulses, integrated 2^(n-1) - 1 times in
 * all; six bits come as three and three, converted with 8 bits and 5. */
START_TEST(neuron_by_hand)
{
    static const struct {
        int input_bits, bits, split_above;
        double cycles;
    } by_hand[] = {
        {1, 3, 4, 1 + 1 + 3},
        {2, 4, 4, 1 + 1 + 4},
        {3, 5, 4, 1 + 3 + 5},
        {4, 6, 4, 1 + 7 + 6},
        {6, 8, 16, 1 + 31 + 8},
        {5, 7, 4, (1 + 3 + 7) + (1 + 3 + 5)},
        {6, 8, 4, (1 + 7 + 8) + (1 + 3 + 5)},
        {8, 10, 4, (1 + 15 + 10) + (1 + 7 + 6)},
        {8, 2, 4, (1 + 15 + 2) + (1 + 7)}, /* nothing left to convert */
        {2, 4, 1, 1 + 1 + 4},              /* one pulse has no two parts */
    };
    for (size_t i = 0; i < sizeof by_hand / sizeof *by_hand; i++)
        ck_near(neuron_cycles(by_hand[i].input_bits, by_hand[i].bits,
                              by_hand[i].split_above),
                by_hand[i].cycles, 1e-12);
}
END_TEST

START_TEST(longer_inputs_take_longer)
{
    for (int split = 1; split <= 16; split++)
        for (int n = 2; n <= 16; n++)
            if (n != split + 1) /* where two parts begin to save time */
                ck_assert(neuron_cycles(n, 8, split) >=
                          neuron_cycles(n - 1, 8, split));
}
END_TEST

START_TEST(pulses_by_hand)
{
    static const int pulses[] = {1, 1, 2, 3, 4, 5, 6, 7};
    for (int n = 1; n <= 8; n++) {
        struct site site = {.dac_bits = n};
        struct cost c = cost("ternary_pulses",
                             "energy = \"2 fJ\"; area = \"1 um2\"; "
                             "interval = \"10 ns\"; write_energy = \"1 pJ\";",
                             &site);
        ck_near(c.energy_J[ACTION_FIRST], pulses[n - 1] * 2e-15, 1e-12);
        ck_near(c.time_s[ACTION_FIRST], pulses[n - 1] * 10e-9, 1e-12);
        ck_near(c.energy_J[ACTION_WRITE], 1e-12, 1e-12);
    }
}
END_TEST

/* ---- another supply ---- */

static const char point[] = "measured_at = \"1 V\"; energy = \"4 pJ\"; "
                            "area = \"1 um2\"; leakage = \"1 uW\"; "
                            "rate = \"1 GHz\"; roadmap = \"lstp\";";

static struct technologies at_supply(double supply_V)
{
    struct technologies tech = node_load(&arena, 65e-9, 300);
    tech.of[ROADMAP_LSTP].mos.vdd_V = supply_V;
    return tech;
}

START_TEST(supply_by_hand)
{
    struct technologies same = at_supply(1), more = at_supply(1.2);
    struct site site = {.tech = &same};
    struct cost a = cost("supply_point", point, &site);
    ck_near(a.energy_J[ACTION_FIRST], 4e-12, 1e-12);
    ck_near(a.time_s[ACTION_FIRST], 1e-9, 1e-12);
    ck_near(a.static_W, 1e-6, 1e-12);

    site.tech = &more;
    struct cost b = cost("supply_point", point, &site);
    const struct transistor *m = &more.of[ROADMAP_LSTP].mos;
    ck_near(b.energy_J[ACTION_FIRST], 4e-12 * 1.44, 1e-12);
    ck_near(b.static_W, 1.2e-6, 1e-12);
    ck_near(b.time_s[ACTION_FIRST],
            1e-9 * 1.2 * pow((1 - m->vth_V) / (1.2 - m->vth_V), m->alpha),
            1e-12);
}
END_TEST

START_TEST(supply_at_the_threshold)
{
    struct technologies low = at_supply(0.55);
    struct site site = {.tech = &low};
    const struct model *m = model_find("supply_point");
    char why[200] = "";
    ck_assert(m->check(part_params(&arena, m, point), &site, why, sizeof why) ==
              -1);
    ck_assert(strstr(why, "0.55 V") && strstr(why, "threshold"));
}
END_TEST

/* ---- digital columns ---- */

static struct technologies node_28;

static struct site column_site(int rows, int cell_bits, int dac_bits)
{
    node_28 = node_load(&arena, 28e-9, 300);
    return (struct site){.tech = &node_28,
                         .rows = rows,
                         .cell_bits = cell_bits,
                         .dac_bits = dac_bits};
}

/* One input bit: a gate for each bit of each weight, and the tree of words
 * that change half as often. */
START_TEST(column_is_gates_and_tree)
{
    struct site site = column_site(32, 8, 1);
    const struct technology *t = &node_28.of[ROADMAP_HP];
    struct and_cell gate = and_cell(t);
    struct cost c = cost("digital_column", "activity = 0.5; cells = 0;", &site);
    struct cost tree =
        cost("adder_tree", "inputs = 32; bits = 8; activity = 0.25;", &site);
    ck_near(c.energy_J[ACTION_FIRST],
            31 * tree.energy_J[ACTION_FIRST] + 32 * 8 * 0.25 * gate.out_J,
            1e-9);
    ck_near(c.area_m2, tree.area_m2 + 32 * 8 * gate.area_m2, 1e-9);
    ck_near(c.time_s[ACTION_FIRST],
            31 * tree.time_s[ACTION_FIRST] + gate.delay_s, 1e-9);

    struct cost cells =
        cost("digital_column", "activity = 0.5; cells = 3;", &site);
    ck_near(cells.area_m2 - c.area_m2, 32 * 8 * 3 * t->sram.area_m2, 1e-9);
    ck_assert(cells.energy_J[ACTION_FIRST] == c.energy_J[ACTION_FIRST]);
}
END_TEST

START_TEST(columns_grow)
{
    struct site small = column_site(16, 8, 2), large = small, wide = small;
    large.rows = 32;
    wide.cell_bits = 4;
    struct cost a = cost("digital_column", "", &small);
    struct cost b = cost("digital_column", "", &large);
    struct cost narrow = cost("digital_column", "", &wide);
    struct cost booth = cost("digital_column", "product = \"booth\";", &small);
    struct cost sum = cost("digital_column", "sum_bits = 24;", &small);
    ck_assert(b.area_m2 > 2 * a.area_m2 && b.time_s[0] > a.time_s[0]);
    ck_assert(b.energy_J[0] > 2 * a.energy_J[0]);
    ck_assert(narrow.area_m2 < a.area_m2);
    ck_assert(booth.area_m2 < a.area_m2 && booth.energy_J[0] < a.energy_J[0]);
    ck_assert(sum.area_m2 > a.area_m2 && sum.time_s[0] > a.time_s[0]);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("neurram");
    TCase *c = tcase_create("neurram");

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, neuron_by_hand);
    tcase_add_test(c, longer_inputs_take_longer);
    tcase_add_test(c, pulses_by_hand);
    tcase_add_test(c, supply_by_hand);
    tcase_add_test(c, supply_at_the_threshold);
    tcase_add_test(c, column_is_gates_and_tree);
    tcase_add_test(c, columns_grow);
    suite_add_tcase(s, c);
    return s;
}

int main(void)
{
    return unit_run(suite());
}
