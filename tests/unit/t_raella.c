/* t_raella.c - RAELLA's mapping: worked counts */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "map_case.h"
#include <fenv.h>

static void setup(void)
{
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
}

/* Seven bits of magnitude, none of them one but the lowest. */
static const double small[] = {1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 0.25, 0};

/* Andrulis 2023: 512 x 512 cells of 2T2R, 8-bit weights and inputs. */
static const struct xbar raella = {512, 512, 4, 1};

static struct map_rule rule(const char *weights, const char *inputs,
                            double misses)
{
    return (struct map_rule){.weight_bits = 8,
                             .input_bits = 8,
                             .raella = {.weight_slices = weights,
                                        .speculation = inputs,
                                        .misses = misses,
                                        .train = 1}};
}

static double per_mac(const struct mapped *o, const struct matrix *m)
{
    return o->conversions / ((double)m->rows * m->columns);
}

/* Andrulis 2023, results: 0.063 conversions a MAC with centre and offset
 * alone; adaptive slicing takes a column of four away. */
START_TEST(conversions_per_mac)
{
    struct quant q = quant(small, 8);
    struct matrix m = {1, 512, 128};
    struct mapped o = map("raella", raella, rule("2-2-2-2", "none", 0), m, &q);

    ck_assert(o.crossbars == 1 && o.planes == 4);
    ck_assert(o.conversions == 128 * 4 * 8);
    ck_assert(per_mac(&o, &m) == 0.0625);
    o = map("raella", raella, rule("4-2-2", "none", 0), m, &q);
    ck_assert(o.planes == 3 && per_mac(&o, &m) == 0.0625 * 3 / 4);
}
END_TEST

/* Three guesses and eight cycles that make good one guess in sixteen:
 * 3 + 8 / 16 = 3.5 conversions of a column where there were 8. */
START_TEST(speculation_by_hand)
{
    struct quant q = quant(small, 8);
    struct matrix m = {1, 512, 100};
    struct mapped plain =
        map("raella", raella, rule("4-2-2", "none", 0), m, &q);
    struct mapped o =
        map("raella", raella, rule("4-2-2", "4-2-2", 1. / 16), m, &q);

    ck_assert(plain.input_cycles == 8 && plain.mean_cycles == 8);
    ck_assert(plain.conversions == 100 * 3 * 8);
    ck_assert(plain.drives == 512 * 8);
    ck_assert(plain.cell_reads == 512. * 300 * 8);
    ck_assert(plain.shift_adds == plain.conversions);
    ck_assert(plain.input_fetch == 512 * 8);
    ck_assert(o.input_cycles == 11 && o.mean_cycles == 11);
    ck_assert(o.conversions == 100 * 3 * 3.5);
    ck_assert(o.conversions_nonempty == o.conversions);
    /* trains of 15, 3 and 3 pulses, then a pulse for each bit */
    ck_assert(o.drives == 512 * (15 + 3 + 3 + 8));
    ck_assert(o.cell_reads == 512. * 300 * (15 + 3 + 3 + 8));
    ck_assert(o.input_fetch == 2 * 512 * 8);
    ck_assert(o.crossbars == plain.crossbars && o.crossbars == 1);
    ck_assert(o.cells_used == 512 * 300);
    ck_assert(o.multiplies == 2 * 100); /* centre; scale */
    struct map_rule half = rule("4-2-2", "4-2-2", 1. / 16);
    half.raella.train = 0.5;
    struct mapped h = map("raella", raella, half, m, &q);
    ck_assert(h.drives == 512 * (21 / 2. + 8));
    ck_assert(h.conversions == o.conversions);
    ck_assert(fabs(o.ones - 512 * 100 * 0.25) < 1);
}
END_TEST

/* K = 1300 takes 3 row blocks, 171 weights of 3 columns 2 crossbars. */
START_TEST(larger_than_a_crossbar)
{
    struct quant q = quant(small, 8);
    struct matrix m = {1, 1300, 171};
    struct mapped o = map("raella", raella, rule("4-2-2", "none", 0), m, &q);

    ck_assert(o.crossbars == 3 * 2 && o.row_blocks == 3);
    ck_assert(o.conversions == 171 * 3 * 3 * 8);
    ck_assert(o.drives == 2 * 1300 * 8);
    ck_assert(o.shift_adds == o.conversions + 171 * 2);
    ck_assert(o.multiplies == 171 * (3 + 1));
}
END_TEST

/* 3 x 3 over 16 channels, 20 outputs: K = 144, 60 columns. 512 columns hold 8
 * steps; each brings 3 x 16 new rows, and 512 rows hold 1 + 368 / 48 = 8. */
START_TEST(steps_share_a_crossbar)
{
    struct quant q = quant(small, 8);
    struct matrix m = {1, 144, 20, 100, 48};
    struct map_rule r = rule("4-2-2", "none", 0);
    struct mapped o = map("raella", raella, r, m, &q);

    ck_assert(o.crossbars == 1 && o.input_cycles == 8);
    ck_assert(o.mean_cycles == 8 && o.feeds == 13 / 100.); /* 12 x 8 + 4 */
    ck_assert(o.conversions == 20 * 3 * 8);
    ck_assert(o.cells_used == 8 * 144 * 60);
    double lines = 12 * (144 + 7 * 48) + 144 + 3 * 48; /* of a row's outputs */
    ck_near(o.drives, lines / 100 * 8, 1e-12);
    ck_near(o.input_fetch, lines / 100 * 8, 1e-12);
    ck_near(o.cell_reads, lines / 100 * 8 * 60 * 8, 1e-12);
    m.steps = 1; /* the weights once, not eight times */
    ck_near(o.ones, 8 * map("raella", raella, r, m, &q).ones, 1e-12);
    m.steps = 2; /* a row of two outputs */
    ck_assert(map("raella", raella, r, m, &q).feeds == 1 / 2.);
    m.steps = 10; /* eight, then two */
    ck_assert(map("raella", raella, r, m, &q).feeds == 2 / 10.);
    m = (struct matrix){1, 500, 20, 100, 48}; /* no rows to spare */
    ck_assert(map("raella", raella, r, m, &q).feeds == 1);
    m = (struct matrix){1, 600, 20, 100, 100}; /* in the second row block */
    ck_assert(map("raella", raella, r, m, &q).feeds == 1 / 5.);
}
END_TEST

/* Values wider than the slices take the slices again. */
START_TEST(wider_values)
{
    struct quant q = quant(small, 16);
    struct matrix m = {1, 512, 10};
    struct map_rule r = rule("4-2-2", "4-2-2", 0);
    struct mapped o;

    r.weight_bits = 9;
    o = map("raella", raella, r, m, &q);
    ck_assert(o.planes == 6);
    ck_assert(o.input_cycles == 16 + 6 && o.conversions == 10 * 6 * 6);
}
END_TEST

START_TEST(bad_slices)
{
    static const char *const bad[] = {"",  "none", "4-",   "-4",    "9",
                                      "0", "4,2",  "4--2", "4-2-x", "four"};
    char why[200];

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct map_rule r = rule(bad[i], "none", 0);
        ck_assert(style("raella")->check(&r, &raella, why, sizeof why) == -1);
        ck_assert(strstr(why, bad[i]) && strstr(why, "weight_slices"));
        r = rule("4-2-2", bad[i], 0);
        int none = strcmp(bad[i], "none") == 0 ? 0 : -1;
        ck_assert(style("raella")->check(&r, &raella, why, sizeof why) == none);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("raella");
    TCase *c = tcase_create("raella");

    tcase_add_checked_fixture(c, setup, NULL);
    tcase_add_test(c, conversions_per_mac);
    tcase_add_test(c, speculation_by_hand);
    tcase_add_test(c, larger_than_a_crossbar);
    tcase_add_test(c, steps_share_a_crossbar);
    tcase_add_test(c, wider_values);
    tcase_add_test(c, bad_slices);
    suite_add_tcase(s, c);
    return s;
}

int main(void)
{
    return unit_run(suite());
}
