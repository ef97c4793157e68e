/* t_memory_tools.c - memory macros beside runs of CACTI and NVSim, on these
 * tools' own transistors and wires: validation/circuits/node/ */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "memory_case.h"
#include "files.h"

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

static struct technology tool(const char *name, enum roadmap roadmap,
                              double temperature_K, bool conservative)
{
    struct msgs msgs = {0};
    const char *const folders[] = {source_file("validation/circuits"), NULL};
    struct conf_env env = {.arena = &arena, .msgs = &msgs, .folders = folders};
    struct place at = {"test", 1};
    struct technology_choice choice = {.temperature_K = temperature_K,
                                       .roadmap = roadmap,
                                       .wires = conservative,
                                       .file = name};
    struct technologies tech = {0};

    ck_need(!technology_load(&env, &at, 0, &choice, &tech), "%s: %s", name,
            msgs.n ? msgs.list[0].text : "?");
    return tech.of[roadmap];
}

/* A difference of less than the given share of theirs. */
static void within(double ours, double theirs, double share, const char *what)
{
    ck_need(fabs(ours / theirs - 1) < share, "%s: %g, theirs %g, ratio %.3f",
            what, ours, theirs, ours / theirs);
}

/*
 * Runs of CACTI 7, cache.cfg with cache type ram: 360 K, ED^2, a check bit for
 * eight, wires 30 % slower than the fastest, all of them charged each time, a
 * swing of 80 mV.
 */
static const struct {
    const char *node;
    double bytes;
    int kind, banks;
    double read_s, read_J;
} runs[] = {
    {"node/cacti-32nm", 2048, SRAM6, 1, 0.155015e-9, 4.63773e-12},
    {"node/cacti-32nm", 32768, SRAM6, 2, 0.385794e-9, 26.1343e-12},
    {"node/cacti-45nm", 131072, SRAM6, 1, 0.75809e-9, 65.6439e-12},
    {"node/cacti-45nm", 32768, SRAM6, 1, 0.418486e-9, 25.4355e-12},
    /* its wordlines have slower transistors than the periphery */
    {"node/cacti-32nm", 32768, EDRAM, 2, 0.538812e-9, 29.4335e-12},
};

START_TEST(runs_of_cacti)
{
    struct technology t = tool(runs[_i].node, ROADMAP_HP, 360, true);
    struct memory_cell cell = cell_of(&t, runs[_i].kind);
    struct memory_spec spec = spec_of(runs[_i].bytes * 9, 288);
    spec.activity = 1, spec.swing_V = 0.08, spec.banks = runs[_i].banks;
    struct memory m = memory_plan(&t, &cell, &spec);

    within(m.sum.read_J, runs[_i].read_J, 0.3, "energy");
    within(m.sum.read_s, runs[_i].read_s, 0.3, "time");
}
END_TEST

/*
 * NVSim's sample_PCRAM: 16 MB, 64 bits, 90 nm; its RESET is the larger of SET
 * and RESET, and that is the SET. The read energies are near each other, but
 * not the same thing: three quarters of its own lift the bitlines of all 4096
 * columns of the active subarrays from a cell's 0.75 V to the supply; two
 * thirds of ours are the 2 pJ a bit that the cell's file gives (Lee et al.,
 * ISCA 2009), which its sum leaves out, while idle columns stay at ground.
 */
START_TEST(pcm_of_nvsim)
{
    struct memory_device d = pcm;
    d.read_J = 2e-12, d.set_A = 150e-6, d.reset_A = 300e-6;
    struct technology t = tool("node/nvsim-90nm", ROADMAP_LOP, 340, true);
    struct memory_cell cell = memory_resistive(&t, &d);
    struct memory_spec spec = spec_of(134217728, 64);
    spec.activity = 1, spec.swing_V = 0.08, spec.routing = ROUTING_BARE;
    spec.wires = WIRE_LOCAL, spec.external = true;
    spec.rows = spec.columns = 1024, spec.mux = 64;
    struct memory m = memory_plan(&t, &cell, &spec);

    within(m.sum.area_m2, 13.794e-6, 0.3, "area");
    within(m.sum.read_s, 20.149e-9, 0.3, "read");
    within(m.sum.read_J, 226.711e-12, 0.3, "read energy");
    within(m.sum.write_s, 152.584e-9, 0.3, "SET");
    within(m.set_J, 6575e-12, 0.3, "SET energy");
}
END_TEST

/* NVSim's sample_NVM_macro: 128 KB of STT-MRAM, 128 bits, 22 nm; with the
 * amplifier of its table (1.453 ns, 150 fJ, 50000 F^2), which knows no
 * current. */
START_TEST(stt_of_nvsim)
{
    static const struct memory_device stt = {.area_F2 = 54,
                                             .aspect = 1,
                                             .access_F = 8,
                                             .drop_V = 0.15,
                                             .on_ohm = 3e3,
                                             .off_ohm = 6e3,
                                             .read_V = 0.25,
                                             .set_A = 80e-6,
                                             .reset_A = 80e-6,
                                             .write_ohm = 4.5e3,
                                             .set_s = 10e-9,
                                             .reset_s = 10e-9,
                                             .set_J = 1e-12,
                                             .reset_J = 1e-12,
                                             .efficiency = 1};
    struct technology t = tool("node/nvsim-22nm", ROADMAP_HP, 350, false);
    struct memory_cell cell = memory_resistive(&t, &stt);
    struct memory_spec spec = spec_of(1048576, 128);
    spec.activity = 1, spec.routing = ROUTING_BARE, spec.wires = WIRE_GLOBAL;
    spec.rows = 512, spec.mux = 16, spec.active = 4;
    spec.sense_s = 1.453e-9, spec.sense_J = 150e-15;
    spec.sense_m2 = 50000 * 22e-9 * 22e-9;
    struct memory m = memory_plan(&t, &cell, &spec);

    within(m.sum.area_m2, 36590e-12, 0.3, "area");
    within(m.sum.read_s, 2.031e-9, 0.3, "read");
    within(m.sum.read_J, 33.07e-12, 0.3, "read energy");
    within(m.sum.write_s, 10.53e-9, 0.3, "write");
}
END_TEST

/*
 * 128 KB of NVSim's cross-point ReRAM, 64 bits, 32 nm, for its read latency;
 * with its amplifier (1.07 ns, 125.6 fJ, 50000 F^2). Its run does not tell its
 * organisation; but of all that it searches, counted as it counts, this
 * subarray is the fastest and alone gives its figures (area and leakage to
 * 0.1 %, latencies to 0.4 %, energies to 1.1 %): 8 x 64 of them, of which 64
 * give a bit each. Two thirds of its read energy are wires to so many. Of a
 * write it leaves out what half-selected cells draw, two thirds of ours.
 */
START_TEST(reram_of_nvsim)
{
    struct memory_device d = crosspoint;
    d.set_J = d.reset_J = 0.6e-12;
    struct technology t = tool("node/nvsim-32nm", ROADMAP_HP, 350, false);
    struct memory_cell cell = memory_resistive(&t, &d);
    struct memory_spec spec = spec_of(1048576, 64);
    spec.activity = 1, spec.routing = ROUTING_BARE, spec.wires = WIRE_GLOBAL;
    spec.target = TARGET_LATENCY;
    spec.rows = 64, spec.columns = spec.mux = 32, spec.active = 64;
    spec.sense_s = 1.07e-9, spec.sense_J = 125.6e-15;
    spec.sense_m2 = 50000 * 32e-9 * 32e-9;
    struct memory m = memory_plan(&t, &cell, &spec);

    within(m.sum.read_s, 1.221e-9, 0.3, "read");
    within(m.sum.write_s, 20.139e-9, 0.3, "write");
    within(m.sum.read_J, 33.541e-12, 0.3, "read energy");
    within(m.sum.area_m2, 91861e-12, 0.3, "area");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory_tools");
    TCase *t = tcase_create("memory_tools");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, runs_of_cacti, 0, COUNT(runs));
    tcase_add_test(t, pcm_of_nvsim);
    tcase_add_test(t, stt_of_nvsim);
    tcase_add_test(t, reram_of_nvsim);
    suite_add_tcase(suite, t);
    return unit_run(suite);
}
