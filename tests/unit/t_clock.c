/* t_clock.c - the crossbar cycle follows from its parts; what a chip made of
 * transistors does when node, temperature and supply change */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "estimate.h"

#include "hw/chip.h"

#include <fenv.h>

static struct arena arena;
static struct msgs msgs;
static struct fault fault;

static void setup(void)
{
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    arena_init(&arena, NULL);
    msgs = (struct msgs){.n = 0};
    files_setup();
}

static void teardown(void)
{
    arena_release(&arena);
    files_teardown();
}

static struct chip *chip_with(const char *const *sets)
{
    const char *const folders[] = {source_file("tech"), NULL};
    struct conf_env env = {
        .arena = &arena, .msgs = &msgs, .folders = folders, .sets = sets};
    struct chip *c = arena_alloc(&arena, sizeof *c);
    struct node *root = conf_load(&env, "ivq-32nm-analytic");
    ck_need(root && !chip_load(&env, root, c), "%s", msgs.list[0].text);
    return c;
}

static struct chip *chip_of(void)
{
    return chip_with(NULL);
}

/* 128 conversions of an ADC, each with the delay of its multiplexer; a read
 * is wordline driver, bitline and sample. */
START_TEST(cycle_follows_from_its_parts)
{
    /* many converters make tiles large, and the wires between them long */
    struct chip *c = chip_with((const char *const[]){
        "router.clock=100 MHz", "bus.clock=100 MHz", NULL});
    const struct component *p = c->part;
    double convert_s = 128 * (1 / 1.2e9 + p[ROLE_MUX].cost.delay_s);
    ck_near(c->cycle_s, convert_s, 1e-12);
    ck_assert(p[ROLE_MUX].cost.delay_s > 0);

    /* with eight times the converters the read sets it */
    c->part[ROLE_ADC].params->count = 64;
    c->part[ROLE_MUX].params->count = 64;
    ck_need(!chip_eval(c, &fault), "%s: %s", fault.path, fault.why);
    double read_s = p[ROLE_DAC].cost.delay_s + p[ROLE_ARRAY].cost.delay_s +
                    p[ROLE_SAMPLE_HOLD].cost.delay_s;
    convert_s = 16 * (1 / 1.2e9 + p[ROLE_MUX].cost.delay_s);
    ck_near(c->cycle_s, fmax(read_s, convert_s), 1e-12);
}
END_TEST

/* Shift-and-add: one action for each of 1024 bitlines a cycle, its energy once;
 * cells: what all of them draw, full ones more. */
START_TEST(peaks_count_an_action_once)
{
    struct chip *c = chip_of();
    const struct component *add = &c->part[ROLE_SHIFT_ADD];
    const struct component *array = &c->part[ROLE_ARRAY];
    double adds = 1024 / add->instances / c->cycle_s;
    ck_near(add->cost.peak_W,
            add->cost.static_W + adds * add->cost.energy_J[ACTION_FIRST],
            1e-12);
    ck_near(array->cost.peak_W * c->cycle_s,
            array->cost.static_W * c->cycle_s +
                array->cost.energy_J[ACTION_FIRST] +
                array->cost.energy_J[ACTION_ON],
            1e-12);
}
END_TEST

START_TEST(given_times_hold_if_they_can)
{
    struct chip *c = chip_of();
    double own_s = c->cycle_s;
    c->geo.cycle_s = 2 * own_s;
    ck_assert_int_eq(chip_eval(c, &fault), 0);
    ck_near(c->cycle_s, 2 * own_s, 0);
    c->geo.cycle_s = own_s * (1 - 1e-6);
    ck_assert_int_eq(chip_eval(c, &fault), -1);
    ck_assert_str_eq(fault.path, "crossbar");
    ck_assert_ptr_nonnull(strstr(fault.why, "'adc'"));
    c->geo.cycle_s = 0;
    c->geo.read_s = 3 * own_s; /* slower cells than its own */
    ck_assert_int_eq(chip_eval(c, &fault), 0);
    ck_near(c->cycle_s, 3 * own_s, 1e-12);
}
END_TEST

/* A change of one part and an evaluation of everything give the same chip. */
START_TEST(changes_reach_what_depends_on_them)
{
    struct chip *c = chip_of(), *d = chip_of();
    bool mapping;
    for (int i = 0; i < ROLES; i++) {
        struct component *p = &c->part[i], *q = &d->part[i];
        if (!p->model)
            continue;
        p->params->count *= 2;
        q->params->count *= 2;
        ck_assert_int_eq(chip_change(c, p->params, &mapping, &fault), 0);
        ck_assert(!mapping);
        ck_assert_int_eq(chip_eval(d, &fault), 0);
        ck_near(c->cycle_s, d->cycle_s, 0);
        ck_near(chip_area_m2(c, 128), chip_area_m2(d, 128), 0);
        ck_near(chip_peak_W(c, 128), chip_peak_W(d, 128), 0);
    }
}
END_TEST

/* Leakage grows with temperature, energy falls with the supply, and with it
 * the speed. */
START_TEST(temperature_and_supply)
{
    struct chip *cold = chip_of();
    struct chip *hot =
        chip_with((const char *const[]){"technology.temperature=380 K", NULL});
    struct chip *low = chip_with((const char *const[]){
        "technology.supply=0.85 V", "shift_add.clock=500 MHz", NULL});
    for (int i = 0; i < ROLES; i++) {
        const struct component *p = &cold->part[i];
        if (!p->model || !p->model->circuit || p->cost.static_W == 0)
            continue;
        ck_need(hot->part[i].cost.static_W > p->cost.static_W, "%s: %g W, %g W",
                roles[i].name, hot->part[i].cost.static_W, p->cost.static_W);
    }
    static const enum role_id lstp[] = {ROLE_DAC, ROLE_INPUT_REGISTER,
                                        ROLE_TILE_REGISTER, ROLE_CONTROL};
    for (size_t i = 0; i < sizeof lstp / sizeof *lstp; i++) {
        const struct cost *a = &cold->part[lstp[i]].cost;
        const struct cost *b = &low->part[lstp[i]].cost;
        ck_need(b->energy_J[ACTION_FIRST] < a->energy_J[ACTION_FIRST],
                "%s: energy", roles[lstp[i]].name);
        ck_need(b->time_s[ACTION_FIRST] > a->time_s[ACTION_FIRST], "%s: time",
                roles[lstp[i]].name);
    }
}
END_TEST

/* Loading a network has its price: cells, row decoders, and what brings it. */
START_TEST(writing_has_a_price)
{
    ivq *ctx = estimated("ivq-32nm-analytic", "lenet5");
    double J = ivq_value(ctx, "program_energy");
    double s = ivq_value(ctx, "program_time");
    ivq_free(ctx);
    struct chip *c = chip_of();
    ck_near(s, 128 * c->part[ROLE_ARRAY].cost.time_s[ACTION_WRITE], 1e-9);
    /* 16 pulses of 20 uA from 2 V for 10 ns, SET or RESET, at the least */
    ck_assert(c->part[ROLE_ARRAY].cost.energy_J[ACTION_WRITE] > 16 * 0.2e-12);
    ck_assert(J > 0);
    /* twice the current asks for wider switches on every bitline */
    struct chip *d = chip_with((const char *const[]){
        "array.set_current=40 uA", "array.reset_current=40 uA", NULL});
    const struct cost *one = &c->part[ROLE_WRITE_DRIVER].cost;
    const struct cost *two = &d->part[ROLE_WRITE_DRIVER].cost;
    ck_assert(two->area_m2 > one->area_m2);
    ck_assert(two->energy_J[ACTION_FIRST] > one->energy_J[ACTION_FIRST]);
    ck_near(c->part[ROLE_WRITE_DRIVER].instances, 8 * 128, 0);
}
END_TEST

/* Memory outside: every bit of the input and of the result once, at its own
 * energy, and no faster than its pins. */
START_TEST(memory_outside)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s",
             file_text("dram.cfg",
                       "base = \"isaac-32nm\"; name = \"with DRAM\";\n"
                       "dram = { model = \"dram\"; read = \"8 pJ\"; write = "
                       "\"9 pJ\"; bandwidth = \"1 MB/s\"; };\n"));
    ivq *with = estimated(path, "lenet5"),
        *without = estimated("isaac-32nm", "lenet5");
    /* 28 x 28 values in, 10 out, of 16 bit each */
    double bits = (28 * 28 + 10) * 16;
    ck_near(ivq_value(with, "dynamic_energy"),
            ivq_value(without, "dynamic_energy") + bits * 8e-12, 1e-9);
    ck_near(ivq_value(with, "interval"), bits / 8e6, 1e-9);
    ck_assert(ivq_value(without, "interval") < bits / 8e6);
    ck_near(ivq_value(with, "area"), ivq_value(without, "area"), 0);
    ivq_free(with);
    ivq_free(without);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("clock");
    TCase *t = tcase_create("chip");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, cycle_follows_from_its_parts);
    tcase_add_test(t, given_times_hold_if_they_can);
    tcase_add_test(t, peaks_count_an_action_once);
    tcase_add_test(t, changes_reach_what_depends_on_them);
    tcase_add_test(t, temperature_and_supply);
    tcase_add_test(t, writing_has_a_price);
    tcase_add_test(t, memory_outside);
    suite_add_tcase(s, t);
    return unit_run(s);
}
