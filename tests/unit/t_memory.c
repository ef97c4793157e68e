/* t_memory.c - memory macros: by hand, by scan, by what must hold */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "memory_case.h"
#include "node_load.h"

#include "circuit/memory_parts.h"
#include "hw/model/macro.h"

#include <fenv.h>

static struct arena arena;

static void setup(void)
{
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    arena_init(&arena, NULL);
}

static void teardown(void)
{
    arena_release(&arena);
}

static double merit(const struct memory *m, enum memory_target target)
{
    const struct memory_share *s = &m->sum;
    double by[] = {s->area_m2, s->read_s, s->read_J, s->read_J * s->read_s,
                   s->read_J * s->read_s * s->read_s};
    return by[target];
}

/* ---- by hand ---- */

/* A node of round numbers: 100 nm, wires of 1 ohm and 0.2 fF a micrometre. */
static const struct technology simple = {
    .node_m = 1e-7,
    .temperature_K = 300,
    .mos = {.vdd_V = 1,
            .vth_V = 0.3,
            .gate_length_m = 5e-8,
            .gate_F_m = 6e-10,
            .overlap_F_m = 1e-10,
            .fringe_F_m = 1e-10,
            .junction_F_m2 = 1e-3,
            .sidewall_F_m = 2e-10,
            .channel_F_m = 5e-11,
            .r_factor = 1.5,
            .pn_ratio = 2,
            .on_n_A_m = 1000,
            .on_p_A_m = 500,
            .off_n_A_m = 0.1,
            .off_p_A_m = 0.05,
            .gate_leak_A_m = 0,
            .alpha = 1.3},
    .wire = {{2e-7, 1e6, 2e-10}, {4e-7, 1e6, 2e-10}, {8e-7, 1e6, 2e-10}},
    .layout = {3.5e-7, 2.5e-7, 2.8e-6, 8e-7, 1, 0, 3e-7},
    .sram = {1.5e-12, 1.5, 1.5e-7, 2e-7, 1e-7},
    .edram = {3e-13, 1.2, 2e-14, 1, 1.5, 1.5e-7, 4e-5, 1e-12}};

START_TEST(four_by_four)
{
    const struct technology *t = &simple;
    struct memory_cell cell = memory_sram(t, 1, false);
    struct memory_spec spec = spec_of(16, 4);
    spec.rows = spec.columns = 4;
    spec.mux = spec.active = 1;
    struct memory_fixed m = memory_fixed(t, &cell, &spec);
    struct memory_choice c = {4, 4, 1, 1, 1};
    struct memory_column col = memory_column(&m, &c, (struct rc){0, 0});
    struct memory b = memory_plan(t, &cell, &spec);

    /* 1.5 um by 1 um */
    ck_near(cell.width_m, 1.5e-6, 1e-9);
    ck_near(cell.height_m, 1e-6, 1e-9);
    /* 1.5 V / (1000 uA/um x 0.15 um) + the same of 0.2 um: 10 + 7.5 kohm */
    ck_near(cell.read_A, 1 / 17500., 1e-9);
    /* 0.1 uA/um x 0.35 um + 0.05 x 0.1 um at 1 V */
    ck_near(cell.leakage_W, 0.1 * 3.5e-7 + 0.05 * 1e-7, 1e-9);
    ck_near(b.part[PART_CELLS].leakage_W, 16 * cell.leakage_W, 1e-12);
    ck_near(b.part[PART_CELLS].area_m2, 16 * 1.5e-12, 1e-12);
    /* 4 um of 0.2 fF/um, four half drains, two drains of the precharge */
    ck_near(col.line_F,
            4 * 2e-16 + 2 * drain_F(t, CHANNEL_N, 1.5e-7, 1) +
                2 * drain_F(t, CHANNEL_P, 8 * 1.5e-7, 1),
            1e-9);
    /* swing of 0.1 V at the cell's current; 4 ohm add 0.03 % */
    ck_near(col.read_s, 0.1 * (col.line_F + col.node_F) / cell.read_A, 1e-3);
    /* and goes on until the amplifier has decided */
    ck_near(col.read_C,
            0.1 * (col.line_F + col.node_F) + cell.read_A * m.sense.delay_s,
            1e-9);
    ck_assert(b.subarrays == 1 && b.rows == 4 && b.columns == 4);
    ck_near(b.part[PART_SENSE].read_J,
            4 * m.sense.energy_J + 4 * 1.5e-6 * 2e-10, 1e-9);
    ck_assert(b.part[PART_REQUEST].read_J == 0);
}
END_TEST

static const double nodes_m[] = {180e-9, 90e-9, 45e-9, 32e-9, 14e-9, 5e-9};

/* Not less than before, but for rounding. */
static void not_less(double now, double before, const char *what, double x)
{
    ck_need(now >= before * (1 - 1e-9), "%s falls from %g to %g at %g", what,
            before, now, x);
}

/* 16 rows: two groups of 2:4; 64: two of 3:8; each row a gate of as many
 * inputs as there are groups. */
START_TEST(decoder_counts)
{
    const struct technology *t = &simple;
    struct decoder_parts p = decoder_parts(t, 512);
    const double w_m = width_min_m(t);
    struct block nand2 = gate_block(t, GATE_NAND, 2, w_m, w_m);

    ck_assert_int_eq(decoder_bits(1), 0);
    ck_assert_int_eq(decoder_bits(2), 1);
    ck_assert_int_eq(decoder_bits(129), 8);
    ck_assert(predecoder(&p, 1, 1e-6).energy_J == 0);
    /* 16 rows of a load that wires and gates do not reach: 8 gates and 8
     * inverters of the least size (fan-out 4: 16 / 4 gates) */
    struct block pre = predecoder(&p, 16, 1e-9);
    double gates_F = 4 * row_gate(&p, 16)->input_F;
    ck_assert(gates_F > p.inverter.input_F);
    double widths = fmax(gates_F / p.inverter.input_F, 4);
    widths = (widths - 1) / 3;
    ck_near(pre.leakage_W,
            8 * (nand2.leakage_W + (p.nand[2].leakage_W - nand2.leakage_W) +
                 widths * p.inverter.leakage_W),
            1e-2);
    ck_assert(row_gate(&p, 16)->input_F < row_gate(&p, 512)->input_F + 1e-18);
}
END_TEST

/* More rows never cost less, whatever groups their address falls into. */
START_TEST(decoder_grows)
{
    struct technologies all = node_load(&arena, nodes_m[_i], 350);
    const struct technology *t = &all.of[ROADMAP_HP];
    struct rc load = {0, 1e-15};
    struct block before = decoder(t, 1, 1e-7, load, 0, 0);
    for (double rows = 2; rows <= 65536; rows = ceil(rows * 1.01)) {
        struct block now = decoder(t, rows, 1e-7, load, 0, 0);
        not_less(block_area_m2(&now), block_area_m2(&before), "area", rows);
        not_less(now.leakage_W, before.leakage_W, "leakage", rows);
        not_less(now.energy_J, before.energy_J, "energy", rows);
        not_less(now.delay_s, before.delay_s, "delay", rows);
        before = now;
    }
    for (load.F = 1e-16; load.F < 1e-10; load.F *= 1.1) {
        struct block now = decoder(t, 256, 1e-7, load, 1.5, 1e-5);
        if (load.F > 1e-16) {
            not_less(block_area_m2(&now), block_area_m2(&before), "area",
                     load.F);
            not_less(now.energy_J, before.energy_J, "energy", load.F);
            not_less(now.delay_s, before.delay_s, "delay", load.F);
        }
        before = now;
    }
}
END_TEST

START_TEST(retention_and_refresh)
{
    const struct technology *t = &simple;
    struct memory_cell cell = memory_dram(&t->edram, t);
    struct memory_spec spec = spec_of(65536, 64);
    struct memory a = memory_plan(t, &cell, &spec);

    /* 20 fF from 1 V to 0.75 V at 1 pA */
    ck_near(a.retention_s, 20e-15 * 0.25 / 1e-12, 1e-12);
    double row_J =
        (a.part[PART_PREDECODER].read_J + a.part[PART_WORDLINE].read_J +
         a.part[PART_BITLINE].read_J + a.part[PART_SENSE].read_J) /
        a.active;
    ck_near(a.refresh_W, a.subarrays * a.rows * row_J / a.retention_s, 1e-12);
    cell.retention_s = 40e-6;
    struct memory b = memory_plan(t, &cell, &spec);
    ck_near(b.refresh_W * 40e-6, a.refresh_W * a.retention_s, 1e-9);
}
END_TEST

/* ---- over nodes, cells and sizes ---- */

/* -1: the node knows no such roadmap or cell */
static int technology_at(struct technologies *all, int roadmap, int kind,
                         struct technology *t)
{
    if (!all->has[roadmap])
        return -1;
    *t = all->of[roadmap];
    return kind == EDRAM && !(t->edram.area_m2 > 0) ? -1 : 0;
}

static void sums_hold(const struct memory *m, const char *what)
{
    const double *sum = (const double *)&m->sum;
    for (int k = 0; k < (int)(sizeof m->sum / sizeof *sum); k++) {
        double add = 0;
        for (int i = 0; i < MEMORY_PARTS; i++) {
            double part = ((const double *)&m->part[i])[k];
            ck_need(isfinite(part) && part >= -1e-12 * sum[k],
                    "%s: %s, figure %d: %g", what, memory_parts[i], k, part);
            add += part;
        }
        ck_need(fabs(add - sum[k]) <= 1e-12 * sum[k] && sum[k] > 0,
                "%s: figure %d", what, k);
    }
    ck_near(m->sum.area_m2, m->width_m * m->height_m, 1e-9);
    ck_need(m->cycle_s > 0 && m->write_cycle_s > 0 && m->refresh_W >= 0, "%s",
            what);
}

START_TEST(all_nodes_and_cells)
{
    static const double kelvin[] = {300, 360, 400};
    struct technologies all = node_load(&arena, nodes_m[_i % COUNT(nodes_m)],
                                        kelvin[_i / COUNT(nodes_m)]);
    for (int roadmap = 0; roadmap < ROADMAPS; roadmap++)
        for (int kind = 0; kind < CELLS; kind++) {
            struct technology t;
            if (technology_at(&all, roadmap, kind, &t))
                continue;
            struct memory_cell cell = cell_of(&t, kind);
            for (double bits = 64; bits < 1e10; bits *= 8)
                for (int word = 1; word <= 1024; word *= 8) {
                    char what[80];
                    struct memory_spec spec = spec_of(bits, word);
                    spec.banks = 1 + word % 3;
                    spec.external = kind >= RERAM && word == 64;
                    snprintf(what, sizeof what, "cell %d, %g bits, word %d",
                             kind, bits, word);
                    struct memory m = memory_plan(&t, &cell, &spec);
                    ck_need(m.valid, "%s", what);
                    sums_hold(&m, what);
                }
        }
}
END_TEST

static void grows(const struct memory *now, const struct memory *before,
                  double x)
{
    not_less(now->sum.area_m2, before->sum.area_m2, "area", x);
    not_less(now->sum.leakage_W, before->sum.leakage_W, "leakage", x);
    not_less(now->sum.read_J, before->sum.read_J, "read energy", x);
    not_less(now->sum.write_J, before->sum.write_J, "write energy", x);
    not_less(now->sum.read_s, before->sum.read_s, "read latency", x);
    not_less(now->sum.write_s, before->sum.write_s, "write latency", x);
    not_less(now->cycle_s, before->cycle_s, "cycle", x);
}

/* One organisation, more of it. */
START_TEST(fixed_organisation_grows)
{
    struct technologies all = node_load(&arena, nodes_m[_i], 350);
    for (int kind = 0; kind < CELLS; kind++) {
        struct technology t;
        if (technology_at(&all, ROADMAP_HP, kind, &t))
            continue;
        struct memory_cell cell = cell_of(&t, kind);
        struct memory_spec spec = spec_of(1, 64);
        spec.rows = 128, spec.mux = 1, spec.active = 1;
        struct memory before = memory_plan(&t, &cell, &spec);
        for (; spec.bits < 1e9; spec.bits *= 1.37) {
            struct memory now = memory_plan(&t, &cell, &spec);
            grows(&now, &before, spec.bits);
            before = now;
        }
        spec.bits = 1e5;
        for (spec.banks = 1; spec.banks < 20; spec.banks++) {
            struct memory now = memory_plan(&t, &cell, &spec);
            if (spec.banks > 1)
                grows(&now, &before, spec.banks);
            before = now;
        }
    }
}
END_TEST

/* A single subarray with more rows or columns. */
START_TEST(one_subarray_grows)
{
    struct technologies all = node_load(&arena, nodes_m[_i], 350);
    for (int kind = 0; kind < CELLS; kind++) {
        struct technology t;
        if (technology_at(&all, ROADMAP_HP, kind, &t))
            continue;
        struct memory_cell cell = cell_of(&t, kind);
        for (int by_rows = 0; by_rows < 2; by_rows++) {
            struct memory before = {.valid = false};
            for (int n = 8; n <= 512; n *= 2) {
                int rows = by_rows ? n : 64, columns = by_rows ? 64 : n;
                struct memory_spec spec = spec_of(rows * columns, columns);
                spec.rows = rows, spec.mux = spec.active = 1;
                struct memory now = memory_plan(&t, &cell, &spec);
                if (!now.valid) /* a DRAM line may be too long */
                    break;
                if (before.valid)
                    grows(&now, &before, n);
                before = now;
            }
        }
    }
}
END_TEST

/* What is searched for never falls with capacity; reading half of a memory
 * never takes more than reading all of it. */
START_TEST(searched_merit_grows)
{
    struct technologies all = node_load(&arena, nodes_m[_i], 350);
    for (int kind = 0; kind < CELLS; kind++)
        for (int target = 0; memory_targets[target]; target++) {
            struct technology t;
            if (technology_at(&all, ROADMAP_HP, kind, &t))
                continue;
            struct memory_cell cell = cell_of(&t, kind);
            struct memory_spec spec = spec_of(2048, 64);
            double before = 0;
            spec.target = (enum memory_target)target;
            for (; spec.bits < 1e8; spec.bits *= M_SQRT2) {
                struct memory m = memory_plan(&t, &cell, &spec);
                double now = merit(&m, spec.target);
                not_less(now, before, memory_targets[target], spec.bits);
                before = now;
            }
        }
}
END_TEST

/* ---- the search ---- */

/* Every organisation that the search may choose from, each forced. */
static double scan(const struct technology *t, const struct memory_cell *cell,
                   struct memory_spec spec, bool resistive)
{
    double least = HUGE_VAL;
    for (int mux = 1; mux <= (resistive ? 64 : 8); mux *= resistive ? 4 : 2)
        for (int active = 1; active <= 4; active *= 2)
            for (int rows = 4; rows <= 512; rows *= 2) {
                int columns = (spec.word + active - 1) / active * mux;
                bool small = rows < 16 && rows * spec.word < spec.bits;
                if (small || columns > 4096)
                    continue;
                spec.mux = mux, spec.active = active, spec.rows = rows;
                struct memory m = memory_plan(t, cell, &spec);
                if (m.valid)
                    least = fmin(least, merit(&m, spec.target));
            }
    return least;
}

START_TEST(search_finds_the_least)
{
    static const int words[] = {16, 64, 256, 1000};
    struct technologies all = node_load(&arena, nodes_m[_i], 350);
    for (int kind = 0; kind < CELLS; kind++)
        for (int k = 0; k < COUNT(words); k++)
            for (int target = 0; memory_targets[target]; target++) {
                struct technology t;
                if (technology_at(&all, ROADMAP_HP, kind, &t))
                    continue;
                struct memory_cell cell = cell_of(&t, kind);
                for (double bits = 50 * words[k]; bits < 1e8; bits *= 7) {
                    struct memory_spec spec = spec_of(bits, words[k]);
                    spec.target = (enum memory_target)target;
                    struct memory m = memory_plan(&t, &cell, &spec);
                    double least = scan(&t, &cell, spec, kind >= RERAM);
                    ck_need(merit(&m, spec.target) <= least * (1 + 1e-9),
                            "cell %d, %g bits, word %d, %s: %g, not %g", kind,
                            bits, words[k], memory_targets[target],
                            merit(&m, spec.target), least);
                    spec.rows = m.rows, spec.columns = m.columns;
                    spec.mux = m.mux;
                    struct memory again = memory_plan(&t, &cell, &spec);
                    ck_assert(again.sum.read_J == m.sum.read_J &&
                              again.sum.area_m2 == m.sum.area_m2 &&
                              again.sum.read_s == m.sum.read_s);
                }
            }
}
END_TEST

/* ---- what cannot be built ---- */

START_TEST(refused)
{
    const struct technology *t = &simple;
    struct memory_spec spec = spec_of(65536, 64);
    struct memory_cell cell = memory_dram(&t->edram, t);
    char why[300] = "";

    ck_assert_int_eq(memory_check(t, &cell, &spec, why, sizeof why), 0);
    spec.rows = 8192;
    ck_assert_int_eq(memory_check(t, &cell, &spec, why, sizeof why), -1);
    ck_assert_ptr_nonnull(strstr(why, "rows"));
    /* the limit in the text is one */
    int most = atoi(strstr(why, "at most ") + 8);
    spec.rows = most;
    ck_assert_int_eq(memory_check(t, &cell, &spec, why, sizeof why), 0);
    spec.rows = most + 1;
    ck_assert_int_eq(memory_check(t, &cell, &spec, why, sizeof why), -1);

    struct memory_device weak = pcm;
    weak.off_ohm = 2e3; /* 40 uA over 1 kohm of difference: 20 mV each way */
    cell = memory_resistive(t, &weak);
    spec.rows = 0;
    ck_assert_int_eq(memory_check(t, &cell, &spec, why, sizeof why), -1);
    ck_assert_ptr_nonnull(strstr(why, "20 mV"));

    cell = memory_sram(t, 1, false);
    spec.columns = 100, spec.mux = 3;
    ck_assert_int_eq(memory_check(t, &cell, &spec, why, sizeof why), -1);
    ck_assert_ptr_nonnull(strstr(why, "100 columns"));
}
END_TEST

/* ---- models ---- */

extern const struct model model_sram, model_edram, model_nvm;

START_TEST(a_bit_of_a_word)
{
    struct technologies all = node_load(&arena, 32e-9, 350);
    struct site site = {.tech = &all, .buffer_bits = 524288};
    struct {
        struct macro macro;
        int cell, ports;
    } p = {.macro = {.width = 256,
                     .banks = 2,
                     .target = TARGET_ED2,
                     .wires = WIRE_SEMI_GLOBAL,
                     .slack = 1.3,
                     .activity = 0.5,
                     .swing_V = 0.1},
           .ports = 1};
    struct memory_spec spec = macro_spec(&p.macro, &site);
    struct memory_cell cell = cell_of(&all.of[0], SRAM6);
    struct memory m = memory_plan(&all.of[0], &cell, &spec);
    struct cost cost;
    char why[200];

    ck_near(spec.bits, 262144, 1e-12);
    ck_assert_int_eq(model_sram.check(&p, &site, why, sizeof why), 0);
    model_sram.eval(&p, &site, &cost);
    ck_near(cost.energy_J[ACTION_FIRST] * 256, m.sum.read_J, 1e-12);
    ck_near(cost.energy_J[ACTION_WRITE] * 256, m.sum.write_J, 1e-12);
    ck_near(cost.time_s[ACTION_FIRST] * 512, m.cycle_s, 1e-12);
    ck_near(cost.area_m2, m.sum.area_m2, 1e-12);
    /* check bits are stored, read and paid for, but are no payload */
    struct cost more;
    p.macro.check_bits = 32;
    model_sram.eval(&p, &site, &more);
    ck_assert(more.energy_J[0] > 1.05 * cost.energy_J[0]);
    ck_assert(more.area_m2 > 1.08 * cost.area_m2);
    site.buffer_bits = 0;
    ck_assert_int_eq(model_sram.check(&p, &site, why, sizeof why), -1);
    ck_assert_ptr_nonnull(strstr(why, "capacity"));
}
END_TEST

/* The cells of embedded DRAM or of a memory process, where the node has them;
 * else what is missing. */
START_TEST(cells_of_a_process)
{
    struct technologies all = node_load(&arena, 90e-9, 350);
    struct site site = {.tech = &all, .buffer_bits = 1e6};
    struct {
        struct macro macro;
        int process;
        double retention_s;
    } p = {.macro = {.width = 64,
                     .banks = 1,
                     .target = TARGET_AREA,
                     .wires = WIRE_SEMI_GLOBAL,
                     .slack = 1.3,
                     .activity = 0.5,
                     .swing_V = 0.1}};
    static const char *const groups[] = {"'edram'", "'dram'"};
    double area_m2[2];

    for (p.process = 0; p.process < 2; p.process++) {
        const struct technology *t = &all.of[ROADMAP_HP];
        struct memory_cell cell =
            memory_dram(p.process ? &t->dram : &t->edram, t);
        struct memory_spec spec = macro_spec(&p.macro, &site);
        struct memory m = memory_plan(t, &cell, &spec);
        struct cost cost;
        char why[300];
        ck_assert_int_eq(model_edram.check(&p, &site, why, sizeof why), 0);
        model_edram.eval(&p, &site, &cost);
        ck_near(cost.area_m2, m.sum.area_m2, 1e-12);
        ck_near(m.part[PART_CELLS].area_m2,
                m.subarrays * m.rows * m.columns *
                    (p.process ? 0.0486e-12 : 0.168e-12),
                1e-9); /* tech/node/90nm.cfg */
        area_m2[p.process] = cost.area_m2;
        /* 16 nm has neither */
        struct technologies bare = node_load(&arena, 16e-9, 350);
        struct site other = {.tech = &bare, .buffer_bits = 1e6};
        ck_assert_int_eq(model_edram.check(&p, &other, why, sizeof why), -1);
        ck_assert_ptr_nonnull(strstr(why, groups[p.process]));
        ck_assert_ptr_nonnull(strstr(why, "16 nm"));
    }
    ck_assert(area_m2[1] < area_m2[0]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory");
    TCase *t = tcase_create("memory");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, four_by_four);
    tcase_add_test(t, decoder_counts);
    tcase_add_loop_test(t, decoder_grows, 0, COUNT(nodes_m));
    tcase_add_test(t, retention_and_refresh);
    tcase_add_loop_test(t, all_nodes_and_cells, 0, 3 * COUNT(nodes_m));
    tcase_add_loop_test(t, fixed_organisation_grows, 0, COUNT(nodes_m));
    tcase_add_loop_test(t, one_subarray_grows, 0, COUNT(nodes_m));
    tcase_add_loop_test(t, searched_merit_grows, 0, COUNT(nodes_m));
    tcase_add_loop_test(t, search_finds_the_least, 0, COUNT(nodes_m));
    tcase_add_test(t, refused);
    tcase_add_test(t, a_bit_of_a_word);
    tcase_add_test(t, cells_of_a_process);
    suite_add_tcase(suite, t);
    return unit_run(suite);
}
