/* t_sense.c - sense amplifiers and comparators */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "each_technology.h"

#include "circuit/sense.h"

static void is_block(const struct block *b)
{
    ck_need(isfinite(b->energy_J) && b->energy_J > 0, "energy %g", b->energy_J);
    ck_need(isfinite(b->delay_s) && b->delay_s > 0, "delay %g", b->delay_s);
    ck_need(isfinite(b->leakage_W) && b->leakage_W > 0, "leakage %g",
            b->leakage_W);
    ck_need(isfinite(block_area_m2(b)) && block_area_m2(b) > 0, "area");
    ck_need(b->input_F > 0 && b->rise_s >= 0, "input");
}

/* a costs nothing less than b */
static void not_less(const struct block *a, const struct block *b)
{
    ck_assert_double_ge(a->energy_J, b->energy_J);
    ck_assert_double_ge(a->delay_s, b->delay_s);
    ck_assert_double_ge(a->leakage_W, b->leakage_W);
    ck_assert_double_ge(block_area_m2(a), block_area_m2(b));
}

static void check_sense(const struct site *site)
{
    const struct technology *t = of(site);
    struct block last = voltage_sense(t, 1, 1e-15);
    for (double swing_V = 1; swing_V > 1e-3; swing_V *= 0.9) {
        struct block b = voltage_sense(t, swing_V, 1e-15);
        is_block(&b);
        not_less(&b, &last);
        last = b;
    }
    last = current_sense(t, 1e-2, 1e-15);
    for (double signal_A = 1e-2; signal_A > 1e-10; signal_A *= 0.8) {
        struct block b = current_sense(t, signal_A, 1e-15);
        is_block(&b);
        ck_assert_double_ge(b.delay_s, last.delay_s);
        ck_assert_double_ge(block_area_m2(&b), block_area_m2(&last));
        last = b;
    }
    for (double load_F = 1e-16; load_F < 1e-12; load_F *= 2) {
        struct block v = voltage_sense(t, 0.1, load_F);
        struct block w = voltage_sense(t, 0.1, 2 * load_F);
        not_less(&w, &v);
        v = current_sense(t, 1e-6, load_F);
        w = current_sense(t, 1e-6, 2 * load_F);
        not_less(&w, &v);
    }
}

START_TEST(sense_amplifiers_are_finite_and_monotone)
{
    each_site(check_sense);
}
END_TEST

/* A latch parts its outputs exponentially: equal steps of ln(1 + Vdd / swing)
 * take equal times. */
static void check_regeneration(const struct site *site)
{
    const struct technology *t = of(site);
    double at[3];
    for (int i = 0; i < 3; i++)
        at[i] = voltage_sense(t, t->mos.vdd_V / (exp(1 + i) - 1), 0).delay_s;
    ck_near(at[2] - at[1], at[1] - at[0], 1e-9);
    /* C / gm of inverters without load: well below a fan-out of four, not a
     * tenth of it */
    double share = (at[1] - at[0]) / fo4_s(t);
    ck_need(share > 0.1 && share < 1, "tau is %g FO4", share);
}

START_TEST(regeneration_is_exponential)
{
    each_site(check_regeneration);
}
END_TEST

/* Half the offset takes four times the area of transistors (Pelgrom). */
static void check_offset(const struct site *site)
{
    const struct technology *t = of(site);
    struct block a = voltage_sense(t, 4e-3, 0), b = voltage_sense(t, 2e-3, 0);
    ck_near(b.input_F / a.input_F, 4, 1e-9);
    ck_near(b.energy_J / a.energy_J, 4, 0.05);
    a = comparator(t, 0.1, 4e-3);
    b = comparator(t, 0.1, 2e-3);
    ck_near(b.input_F / a.input_F, 4, 1e-9);
    ck_near(block_area_m2(&b) / block_area_m2(&a), 4, 0.05);
}

START_TEST(offset_takes_area)
{
    each_site(check_offset);
}
END_TEST

/* Pelgrom, Tuinhout, Vertregt, IEDM 1998: A_vt is about 1 mV um for each nm of
 * gate oxide. Another law than the one in use. */
static void check_mismatch(const struct site *site)
{
    const struct transistor *m = &of(site)->mos;
    double oxide_m = 3.9 * 8.854e-12 * m->gate_length_m / m->gate_F_m;
    double ratio = mismatch_Vm(of(site)) / (1e-9 * oxide_m * 1e9);
    ck_need(ratio > 0.5 && ratio < 2.5, "%g nm: %g times the rule",
            of(site)->node_m * 1e9, ratio);
}

START_TEST(mismatch_follows_the_oxide)
{
    each_site(check_mismatch);
}
END_TEST

/* A signal current takes charge / current; the charge is the same whatever
 * the current. */
START_TEST(current_sensing_waits_for_charge)
{
    struct technologies tech = node_load(&arena, 45e-9, 300);
    const struct technology *t = &tech.of[ROADMAP_HP];
    double at_once_s = current_sense(t, 1, 1e-15).delay_s;
    double charge_C =
        0.36e-6 * (current_sense(t, 0.36e-6, 1e-15).delay_s - at_once_s);
    for (double a = 1e-8; a < 1e-4; a *= 3)
        ck_near(a * (current_sense(t, a, 1e-15).delay_s - at_once_s), charge_C,
                1e-3);
    /* femtofarads times tens of millivolts */
    ck_assert_double_gt(charge_C, 0.02e-15);
    ck_assert_double_lt(charge_C, 2e-15);
}
END_TEST

/* A table of NVSim's makes a current sense amplifier slower at each node, 0.49
 * ns at 120 nm to 1.45 ns at 22 nm. Its capacitances shrink: it must not. */
START_TEST(scaling_makes_sensing_faster)
{
    double last_s = 1;
    for (int i = 0; i < FILES && nodes_nm[i] > 20; i++) { /* planar */
        struct technologies tech = node_load(&arena, nodes_nm[i] * 1e-9, 300);
        struct block b = current_sense(&tech.of[ROADMAP_HP], 0.36e-6, 1e-15);
        ck_need(b.delay_s < last_s, "%g nm: %g s", nodes_nm[i], b.delay_s);
        last_s = b.delay_s;
    }
}
END_TEST

/* 8 k T (Vdd / lsb)^2 for a comparison at the limit of noise. */
static void check_noise(const struct site *site)
{
    const struct technology *t = of(site);
    double kT_J = 1.380649e-23 * t->temperature_K;
    for (double lsb_V = 0.1; lsb_V > 1e-5; lsb_V /= 2) {
        struct block b = comparator(t, lsb_V, 0);
        double ratio = t->mos.vdd_V / lsb_V;
        is_block(&b);
        ck_assert_double_ge(b.energy_J, 8 * kT_J * ratio * ratio);
    }
}

START_TEST(noise_takes_energy)
{
    each_site(check_noise);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sense");
    TCase *t = tcase_create("sense");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, sense_amplifiers_are_finite_and_monotone);
    tcase_add_test(t, regeneration_is_exponential);
    tcase_add_test(t, offset_takes_area);
    tcase_add_test(t, mismatch_follows_the_oxide);
    tcase_add_test(t, current_sensing_waits_for_charge);
    tcase_add_test(t, scaling_makes_sensing_faster);
    tcase_add_test(t, noise_takes_energy);
    suite_add_tcase(suite, t);
    return unit_run(suite);
}
