/* t_crossbar_parts.c - arrays, drivers, samplers by hand; their limits */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "crossbar_case.h"

#include "circuit/array.h"
#include "circuit/line_driver.h"

/* ---- the array ---- */

START_TEST(reading_by_hand)
{
    struct technologies tech = tech_of(&paper);
    struct site site = site_of(&tech, 64, 32);
    void *p = array_of(CROSS_POINT "integration_time = \"10 ns\";"
                                   "clamp = \"1 kohm\";");
    struct cost c = part_cost(&model_crossbar_array, p, &site);
    struct lines l;
    model_crossbar_array.lines(p, &site, &l);

    /* 64 x 64 nm cells, wires of 20 ohm/um and 0.2 fF/um */
    ck_near(c.area_m2, 64e-9 * 64e-9, 1e-12);
    ck_near(l.wordline.ohm, 20 * 0.064 * 32, 1e-12);
    ck_near(l.wordline.F, 0.2 * fF * 0.064 * 32, 1e-12);
    ck_near(l.bitline.ohm, 20 * 0.064 * 64, 1e-12);
    /* the clamp: 1 mS of 1.3 x 1000 uA/um / (1 - 0.3) V is 0.538 um */
    double clamp_um = 1e-3 * 0.7 / 1300 * 1e6;
    double drain_F_um = drain_F(&paper, CHANNEL_N, 96e-9, 1) / 0.096;
    ck_near(l.bitline.F,
            0.2 * fF * 0.064 * 64 + (0.75 * fF + drain_F_um) * clamp_um, 1e-9);
    ck_near(l.step_A, 0.4 * 0.9e-6, 1e-12);
    ck_near(l.settle, 64 / 0.5, 1e-12);
    double settle_s = bitline_settle_s(1e3, l.bitline, 128);
    ck_near(c.delay_s, settle_s + 10e-9, 1e-12);
    /* V^2 / R_off t and the cell's part of a driven wordline; 36 uS x V^2 */
    ck_near(c.energy_J[ACTION_FIRST],
            0.16 * 1e-7 * c.delay_s + l.wordline.F * 0.16 / 32, 1e-12);
    ck_near(c.energy_J[ACTION_ON], 0.16 * 0.9e-6 * c.delay_s, 1e-12);
}
END_TEST

START_TEST(writing_by_hand)
{
    struct technologies tech = tech_of(&paper);
    struct site site = site_of(&tech, 64, 32);
    void *p = array_of(CROSS_POINT "pulse_shaper_efficiency = 0.5;"
                                   "pump_efficiency = 0.25;"
                                   "pulses_per_cell = 3;"
                                   "columns_in_parallel = 8;"
                                   "half_select = 0.01;");
    struct cost c = part_cost(&model_crossbar_array, p, &site);
    struct lines l;
    model_crossbar_array.lines(p, &site, &l);

    /* Of 8 columns at once 4 are set and then 4 reset, and 28 of the wordline
     * see half of the voltage: 63 + 28 / 4 = 70 cells for each that is
     * written. SET 2 V x 50 uA x 10 ns = 1 pJ; 70 at 1 V with a hundredth of
     * 50 uA: 0.35 pJ. RESET 1 V x 100 uA x 20 ns = 2 pJ; 70 at 0.5 V with 1
     * uA: 0.7 pJ. A row takes 32 bitline pulses and 8 of the wordline. */
    double line_F = l.bitline.F + l.wordline.F / 4;
    double set = (1.35e-12 / 0.5 + line_F * 4) / 0.25;
    double reset = (2.7e-12 / 0.5 + line_F * 1) / 0.25;
    ck_near(c.energy_J[ACTION_WRITE], 3 * (set + reset) / 2, 1e-9);

    /* drivers of 0.1 V / I: 4 k and 1 k; ln 10; 4 groups of 8 columns */
    double up_s = line_settle_s(4e3, l.bitline, 0, 10) +
                  line_settle_s(1e3, l.bitline, 0, 10);
    ck_near(c.time_s[ACTION_WRITE], 3 * 4 * (30e-9 + up_s), 1e-9);
}
END_TEST

START_TEST(writing_schemes)
{
    struct technologies tech = tech_of(&paper);
    struct site site = site_of(&tech, 64, 32);
    double half, third, two;
    half = part_cost(&model_crossbar_array,
                     array_of(CROSS_POINT "half_select = 0.1;"), &site)
               .energy_J[ACTION_WRITE];
    third = part_cost(&model_crossbar_array,
                      array_of(CROSS_POINT "half_select = 0.1;"
                                           "bias = \"third\";"),
                      &site)
                .energy_J[ACTION_WRITE];
    /* half: 64 cells, 1/2 V, 0.1 I: 3.2 of a pulse. third: 127 cells, 1/3 V,
     * 0.1^(4/3) I: 1.965. Mean pulse 1.5 pJ. */
    ck_near(half - third, 1.5e-12 * (3.2 - 127 / 3.0 * pow(0.1, 4.0 / 3)),
            1e-9);
    two = part_cost(&model_crossbar_array,
                    array_of(CROSS_POINT "polarity = \"unipolar\";"), &site)
              .time_s[ACTION_WRITE];
    ck_assert(two > 20e-9 && two < 21e-9); /* the longer pulse only */
}
END_TEST

/* All columns of a wordline together, or one after the other: each of 32 then
 * raises the wordline for itself. A transistor's neighbours do not conduct. */
START_TEST(a_wordline_rises_for_every_group)
{
    static const char *const texts[] = {
        TRANSISTOR "polarity = \"unipolar\";",
        TRANSISTOR "polarity = \"unipolar\"; columns_in_parallel = 1;"};
    struct technologies tech = tech_of(&paper);
    struct site site = site_of(&tech, 64, 32);
    double write_J[2];
    struct lines l;
    for (int i = 0; i < 2; i++) {
        void *p = array_of(texts[i]);
        write_J[i] =
            part_cost(&model_crossbar_array, p, &site).energy_J[ACTION_WRITE];
        model_crossbar_array.lines(p, &site, &l);
    }
    /* gates at 2 V for a SET, at the supply of 1 V for a RESET of 1 V */
    ck_near(write_J[1] - write_J[0], l.wordline.F * 31 / 32 * (4 + 1) / 2,
            1e-9);
}
END_TEST

START_TEST(charge_by_hand)
{
    struct technologies tech = tech_of(&paper);
    struct site site = site_of(&tech, 64, 32);
    void *p = array_of("cell = \"1t1c\"; read_voltage = \"0.5 V\";"
                       "cell_capacitance = \"4 fF\";");
    struct cost c = part_cost(&model_crossbar_array, p, &site);
    struct lines l;
    model_crossbar_array.lines(p, &site, &l);
    ck_near(c.energy_J[ACTION_ON], 4 * fF * 0.25, 1e-12);
    ck_near(c.energy_J[ACTION_FIRST],
            l.wordline.F * 1.5 * 1.5 / 32 + l.bitline.F * 0.25 / 64, 1e-12);
    /* 33.3 kohm into 4 fF in series with a cell's part of the bitline */
    double part = l.bitline.F / 64, both = 4 * fF * part / (4 * fF + part);
    ck_assert(c.delay_s > both / 30e-6 * log(128));
}
END_TEST

/* Two halves never read or write for more than the whole: shorter lines, no
 * more cells on them. */
START_TEST(halves_cost_no_more)
{
    static const char *const texts[] = {
        CROSS_POINT, TRANSISTOR, "cell = \"1t1c\"; read_voltage = \"0.5 V\";"};
    struct technologies tech = tech_of(&paper);
    struct site all = site_of(&tech, 128, 64), half = site_of(&tech, 64, 64);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        void *p = array_of(texts[i]);
        struct cost whole = part_cost(&model_crossbar_array, p, &all);
        struct cost part = part_cost(&model_crossbar_array, p, &half);
        for (int k = 0; k < ACTIONS; k++)
            ck_assert(part.energy_J[k] <= whole.energy_J[k] * (1 + 1e-12));
        ck_assert(part.delay_s < whole.delay_s);
        ck_assert(part.time_s[ACTION_WRITE] <= whole.time_s[ACTION_WRITE]);
    }
}
END_TEST

/* What is left of a bitline's error shrinks, so does the time it takes. */
START_TEST(arrays_answer_to_their_cells)
{
    struct technologies tech = tech_of(&paper);
    struct site site = site_of(&tech, 64, 64);
    struct cost low =
        part_cost(&model_crossbar_array, array_of(TRANSISTOR), &site);
    struct cost fine = part_cost(
        &model_crossbar_array, array_of(TRANSISTOR "settle_lsb = 0.1;"), &site);
    struct cost verified = part_cost(
        &model_crossbar_array,
        array_of(TRANSISTOR "pulses_per_cell = 5; verify_reads = 1;"), &site);
    ck_near(fine.delay_s / low.delay_s, log(640) / log(128), 1e-9);
    ck_assert(verified.energy_J[ACTION_WRITE] > 5 * low.energy_J[ACTION_WRITE]);
    ck_near(verified.time_s[ACTION_WRITE],
            5 * (low.time_s[ACTION_WRITE] + low.delay_s), 1e-9);
}
END_TEST

/* ---- limits ---- */

static const char *refusal(const char *text, int rows, int columns,
                           const struct technology *t)
{
    static char why[300];
    struct technologies tech = tech_of(t);
    struct site site = site_of(&tech, rows, columns);
    *why = '\0';
    model_crossbar_array.check(array_of(text), &site, why, sizeof why);
    return why;
}

/* clang-format off */
static const struct {
    const char *text, *part;
} refusals[] = {
    {"cell = \"1s1r\"; read_voltage = \"0.2 V\";" PULSES, "r_on and r_off"},
    {"cell = \"1s1r\"; r_on = \"2 Mohm\"; r_off = \"1 Mohm\";"
     "read_voltage = \"0.2 V\";" PULSES, "exchange them"},
    {"cell = \"1s1r\"; r_on = \"1 Mohm\"; r_off = \"9 Mohm\";"
     "read_voltage = \"0.2 V\";", "set_voltage"},
    {CROSS_POINT "input = \"gate\";", "no gate"},
    {"cell = \"sram6t\"; input = \"line\"; read_voltage = \"0.2 V\";",
     "nothing else"},
    {TRANSISTOR "access_width = \"50 nm\";", "at least 100 nm"},
    {TRANSISTOR "max_settle = \"1 ps\";", "cannot settle"},
    /* 15 kohm in series: 5.015 / 0.515 - 1 = 8.7 */
    {TRANSISTOR "offset_cancelled = false;", "at most 8 rows"},
    /* the cell and voltage of hwcomponents-library 8b56f7e, isaac.py */
    {"cell = \"1s1r\"; r_on = \"2 kohm\"; r_off = \"3 Mohm\";"
     "read_voltage = \"0.3 V\";" PULSES, "wires lose"},
};
/* clang-format on */

START_TEST(limits_are_told)
{
    const char *why = refusal(refusals[_i].text, 128, 128, &paper);
    ck_assert_msg(strstr(why, refusals[_i].part), "\"%s\" without \"%s\"", why,
                  refusals[_i].part);
}
END_TEST

/* What a message offers works, and one more does not. */
START_TEST(limits_are_sharp)
{
    static const struct {
        const char *text, *before;
        bool square;
    } rows[] = {
        {"cell = \"1s1r\"; r_on = \"100 kohm\"; r_off = \"3 Mohm\";"
         "read_voltage = \"0.3 V\";" PULSES,
         "at most ", true},
        {TRANSISTOR "offset_cancelled = false; max_off_current = 3;"
                    "max_ir_drop = 0.9;",
         "at most ", false},
        {TRANSISTOR "max_settle = \"20 ps\"; clamp = \"100 ohm\";"
                    "level_bits = 8; max_ir_drop = 0.9;",
         "at most ", false},
    };
    const char *why = refusal(rows[_i].text, 200, 200, &paper);
    const char *at = strstr(why, rows[_i].before);
    ck_assert_msg(at != NULL, "%s", why);
    int n = atoi(at + strlen(rows[_i].before));
    int columns = rows[_i].square ? n : 128;
    ck_assert_int_gt(n, 1);
    why = refusal(rows[_i].text, n, columns, &paper);
    ck_assert_msg(!*why, "%d: %s", n, why);
    why = refusal(rows[_i].text, n + 1, columns + rows[_i].square, &paper);
    ck_assert_msg(*why, "%d", n + 1);
}
END_TEST

/* A leaky node cannot hold its idle cells back; the same array with cells
 * behind low-leakage transistors can. */
START_TEST(idle_cells_leak)
{
    struct technology leaky = paper;
    leaky.mos.off_n_A_m = 1;
    ck_assert_ptr_nonnull(
        strstr(refusal(TRANSISTOR, 128, 128, &leaky), "off cells"));
    ck_assert_str_eq(refusal(TRANSISTOR, 128, 128, &paper), "");
    ck_assert_str_eq(refusal(TRANSISTOR "input = \"line\";", 128, 128, &leaky),
                     "");
}
END_TEST

/* ---- drivers, samplers ---- */

START_TEST(parts_need_an_array_or_numbers)
{
    struct technologies tech = tech_of(&paper);
    struct site site = site_of(&tech, 128, 128); /* without lines */
    const struct {
        const struct model *model;
        const char *word, *cure;
    } rows[] = {{&model_wordline_driver, "load", "load = \"10 fF\";"},
                {&model_switch_matrix, "load", "load = \"10 fF\";"},
                {&model_dac, "load", "load = \"10 fF\";"},
                {&model_sample_hold, "bits", "bits = 6;"},
                {&model_column_mux, "bits", "bits = 6;"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char why[300] = "";
        const struct model *m = rows[i].model;
        ck_assert_int_eq(
            m->check(part_params(&arena, m, ""), &site, why, sizeof why), -1);
        ck_assert_ptr_nonnull(strstr(why, rows[i].word));
        struct cost c =
            part_cost(m, part_params(&arena, m, rows[i].cure), &site);
        ck_assert(c.area_m2 > 0 && c.energy_J[ACTION_FIRST] > 0);
    }
}
END_TEST

/* The wordline belongs to the array: a driver of a load of its own spends
 * that load's C V^2 more than one whose array accounts for it. */
START_TEST(lines_are_counted_once)
{
    struct technologies tech = tech_of(&paper);
    struct site site = site_of(&tech, 128, 128);
    void *own = part_params(&arena, &model_wordline_driver,
                            "load = \"10 fF\"; register = false;");
    double alone =
        part_cost(&model_wordline_driver, own, &site).energy_J[ACTION_FIRST];
    site.lines = (struct lines){.wordline = {0, 10 * fF},
                                .gated = true,
                                .wordline_V = 1,
                                .settle = 256};
    void *array =
        part_params(&arena, &model_wordline_driver, "register = false;");
    double with =
        part_cost(&model_wordline_driver, array, &site).energy_J[ACTION_FIRST];
    ck_near(alone - with, 10 * fF, 1e-9);
    /* two inverters or more, whose last is a quarter of the load */
    ck_assert(with > 2.5 * fF && with < 10 * fF);
}
END_TEST

/* Cells that draw current make the driver wide: R I is the drop. */
START_TEST(drivers_hold_their_level)
{
    struct driven_line l = {.line = {100, 5 * fF},
                            .swing_V = 0.3,
                            .current_A = 30 * uA,
                            .drop = 0.1,
                            .settle = 256};
    double ohm = line_driver_ohm(&paper, &l);
    ck_near(ohm * 30 * uA, 0.03, 1e-9);
    /* 1.5 kohm um over 1 kohm: 1.5 um each; its gates once up and down */
    ck_near(pass_gate(&paper, ohm).energy_J, 2 * 0.75 * 1.5 * fF, 1e-9);
    l.current_A = 0;
    ck_assert(line_driver_ohm(&paper, &l) > ohm);
}
END_TEST

START_TEST(levels_are_shifted_above_the_supply)
{
    struct technologies tech = tech_of(&paper);
    struct site site = site_of(&tech, 128, 128);
    void *p = part_params(&arena, &model_wordline_driver, "");
    site.lines = (struct lines){.wordline = {100, 5 * fF},
                                .gated = true,
                                .wordline_V = 1,
                                .settle = 256};
    double last_m2 = 0;
    for (double V = 0.5; V < 4; V += 0.25) {
        site.lines.write_V = V;
        struct cost c = part_cost(&model_wordline_driver, p, &site);
        ck_assert(c.area_m2 >= last_m2);
        ck_assert_msg(V > 1 || last_m2 == 0 || c.area_m2 == last_m2, "%g", V);
        last_m2 = c.area_m2;
    }
}
END_TEST

/* What the codes of a charge array take from its reference, summed one by
 * one. */
START_TEST(charge_array_by_codes)
{
    struct technologies tech = tech_of(&paper);
    struct site site = site_of(&tech, 128, 128);
    char text[100];
    for (int bits = 2; bits <= 10; bits++) {
        double sum = 0, n = exp2(bits), J[2];
        for (int k = 0; k < n; k++)
            sum += k / n * (1 - k / n) / n;
        for (int big = 0; big < 2; big++) {
            snprintf(text, sizeof text,
                     "bits = %d; kind = \"capacitive\"; load = \"1 fF\";"
                     "unit_capacitance = \"%d fF\";",
                     bits, big ? 30 : 20);
            J[big] = part_cost(&model_dac,
                               part_params(&arena, &model_dac, text), &site)
                         .energy_J[ACTION_FIRST];
        }
        ck_near(J[1] - J[0], 10 * fF * n * sum, 1e-6);
    }
}
END_TEST

/* What is held longer draws for longer: a string of four times the driver's
 * resistance, so that its middle has the driver's, V^2 / R; a follower of
 * 1 / gm = the driver's, 0.7 V / (1.3 I), from a supply of 1 V. */
START_TEST(levels_are_held)
{
    static const char *const texts[] = {"bits = 4; kind = \"string\";",
                                        "bits = 4; kind = \"capacitive\";"};
    struct technologies tech = tech_of(&paper);
    struct site site = site_of(&tech, 128, 128);
    site.lines = (struct lines){.wordline = {100, 5 * fF},
                                .wordline_V = 0.4,
                                .read_V = 0.4,
                                .on_ohm = 1e6,
                                .settle = 64};
    /* 51.2 uA with a tenth of 0.4 V */
    double ohm = 0.04 / 51.2e-6, amp = 0.7 / 1.3 / ohm;
    double W[] = {0.16 / (4 * ohm), amp * 1};
    for (int i = 0; i < 2; i++) {
        void *p = part_params(&arena, &model_dac, texts[i]);
        site.lines.read_s = 2e-8;
        struct cost low = part_cost(&model_dac, p, &site);
        site.lines.read_s = 3e-8;
        struct cost high = part_cost(&model_dac, p, &site);
        ck_near(high.energy_J[0] - low.energy_J[0], W[i] * 1e-8, 1e-9);
    }
}
END_TEST

START_TEST(pulses_count_their_steps)
{
    struct technologies tech = tech_of(&paper);
    struct site site = site_of(&tech, 128, 128);
    const char *one = "bits = 1; load = \"1 fF\";";
    const char *four = "bits = 4; load = \"1 fF\"; kind = \"pulse_width\";"
                       "step = \"2 ns\";";
    ck_near(
        part_cost(&model_dac, part_params(&arena, &model_dac, four), &site)
                .delay_s -
            part_cost(&model_dac, part_params(&arena, &model_dac, one), &site)
                .delay_s,
        15 * 2e-9, 1e-9);
}
END_TEST

START_TEST(sampling_by_hand)
{
    struct technologies tech = tech_of(&paper);
    struct site site = site_of(&tech, 128, 128);
    void *p = part_params(&arena, &model_sample_hold,
                          "bits = 8; capacitor = \"20 fF\"; swing = \"0.5 V\";"
                          "bias = \"1 uA\";");
    struct cost c = part_cost(&model_sample_hold, p, &site);
    double ohm = 1.5e3 / 0.096; /* the smallest of a cell, 96 nm */
    double drains = 2 * drain_F(&paper, CHANNEL_N, 96e-9, 1);
    ck_near(c.delay_s, ohm * (20 * fF + drains) * log(510), 1e-9);
    ck_near(c.energy_J[ACTION_FIRST],
            (20 * fF + drains) * 0.25 + 2 * 0.75 * 0.096 * fF, 1e-9);
    ck_assert(c.static_W > 1e-6 && c.static_W < 1.1e-6);
    ck_assert(c.area_m2 > 20 * fF / 2e-3);

    p = part_params(&arena, &model_sample_hold, "bits = 8; swing = \"0.5 V\";");
    c = part_cost(&model_sample_hold, p, &site);
    /* 12 k T (255 / 0.5)^2 = 12.93 fF */
    ck_near(c.energy_J[ACTION_FIRST],
            (12.927 * fF + drains) * 0.25 + 2 * 0.75 * 0.096 * fF, 1e-3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("crossbar parts");
    TCase *c = tcase_create("crossbar parts");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, reading_by_hand);
    tcase_add_test(c, writing_by_hand);
    tcase_add_test(c, writing_schemes);
    tcase_add_test(c, a_wordline_rises_for_every_group);
    tcase_add_test(c, charge_by_hand);
    tcase_add_test(c, halves_cost_no_more);
    tcase_add_test(c, arrays_answer_to_their_cells);
    LOOP(limits_are_told, refusals);
    tcase_add_loop_test(c, limits_are_sharp, 0, 3);
    tcase_add_test(c, idle_cells_leak);
    tcase_add_test(c, parts_need_an_array_or_numbers);
    tcase_add_test(c, lines_are_counted_once);
    tcase_add_test(c, drivers_hold_their_level);
    tcase_add_test(c, levels_are_shifted_above_the_supply);
    tcase_add_test(c, charge_array_by_codes);
    tcase_add_test(c, levels_are_held);
    tcase_add_test(c, pulses_count_their_steps);
    tcase_add_test(c, sampling_by_hand);
    suite_add_tcase(suite, c);
    return unit_run(suite);
}
