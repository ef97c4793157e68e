/* t_map_sweep.c - tests of the mapper's expectations on random layers */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "map_case.h"
#include <fenv.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <stdio.h>
#include <time.h>

static gsl_rng *rng;

static void setup(void)
{
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    rng = gsl_rng_alloc(gsl_rng_taus2);
    gsl_rng_set(rng, 20220315);
}

static void teardown(void)
{
    gsl_rng_free(rng);
}

static double random_density(void)
{
    double u = gsl_rng_uniform(rng);

    return gsl_rng_uniform_int(rng, 3) ? u * 0.6 : pow(10, -5 * u);
}

static int below(int n)
{
    return (int)gsl_rng_uniform_int(rng, (unsigned long)n);
}

static struct quant random_quant(int n)
{
    struct quant q = {.n = n};
    double left = 1;

    for (int g = 0; g < n; g++) {
        struct planes *p = &q.group[g];
        p->n = 1 + below(9);
        for (int b = 0; b < p->n; b++)
            p->density[b] = below(8) ? random_density() : below(2);
        p->share = g == n - 1 ? left : left * gsl_rng_uniform(rng);
        left -= p->share;
        p->width = p->n + 1;
        p->is_signed = below(4) > 0;
        p->two_arrays = p->is_signed && below(4) == 0;
        p->real_scales = below(10) == 0 ? p->n : 0;
    }
    q.input_bits = 1 + below(12);
    return q;
}

/* A random layer on a random crossbar. */
struct trial {
    struct xbar x;
    struct map_rule rule;
    struct matrix m;
    struct quant q;
};

static struct trial random_trial(int groups)
{
    struct trial t = {.m = {1, 1, 1}};

    t.x = slc(1, 1);
    t.x.rows += below(200);
    t.x.columns += below(200);
    t.m.groups += below(groups);
    t.m.rows += below(groups > 1 ? 60 : 600);
    t.m.columns += below(groups > 1 ? 15 : 300);
    t.q = random_quant(1 + below(GROUPS_MAX));
    t.rule.two_arrays = below(2);
    t.rule.sort_channels = below(2);
    t.rule.skip_columns = below(2);
    t.rule.sme_degree = 1 + below(3);
    return t;
}

static struct mapped squeezed(struct trial *t, enum squeeze squeeze)
{
    t->rule.squeeze = squeeze;
    return map("ivq", t->x, t->rule, t->m, &t->q);
}

/* all column groups and arrays: each may round its L4 crossbars up */
static double roundings(const struct trial *t)
{
    return 2. * t->m.groups * (t->m.columns / t->x.columns + 1);
}

static void check_sane(const struct trial *t, const struct mapped *o)
{
    const double grain = 1 + 1e-9;
    const double value[] = {
        o->crossbars,           o->cells_used,  o->ones,
        o->conversions,         o->drives,      o->cell_reads,
        o->shift_adds,          o->input_fetch, o->index_bits,
        o->multiplies,          o->mean_cycles, o->index_reads,
        o->conversions_nonempty};

    for (int i = 0; i < (int)(sizeof value / sizeof value[0]); i++)
        ck_assert(isfinite(value[i]) && value[i] >= 0);
    ck_assert(o->conversions_nonempty <= o->conversions * grain);
    ck_assert(o->cells_used <= o->crossbars * t->x.rows * t->x.columns * grain);
    ck_assert(o->drives <= o->crossbars * t->x.rows * o->mean_cycles * grain);
    ck_assert(o->cell_reads <= o->drives * t->x.columns * grain);
    ck_assert_int_ge(o->extra_cycles, 0);
    ck_assert_int_lt(o->extra_cycles, PLANES_MAX);
    ck_assert((1 << o->adc_bits) <= 2 * t->x.rows + 2);
}

START_TEST(levels_are_ordered)
{
    for (int i = 0; i < 600; i++) {
        struct trial t = random_trial(_i ? 40 : 1);
        struct mapped o[SQUEEZE_L4 + 1];
        for (int l = SQUEEZE_L0; l <= SQUEEZE_L4; l++) {
            o[l] = squeezed(&t, (enum squeeze)l);
            check_sane(&t, &o[l]);
            if (l != SQUEEZE_SME)
                ck_near(o[l].ones, o[0].ones, 1e-12);
        }
        double grain = 1e-9 * o[0].crossbars;
        ck_assert(o[SQUEEZE_L1].crossbars <= o[0].crossbars + grain);
        ck_assert(o[SQUEEZE_L2].crossbars <= o[0].crossbars + grain);
        ck_assert(o[SQUEEZE_SME].crossbars <= o[0].crossbars + grain);
        ck_assert(o[SQUEEZE_L3].crossbars <= o[SQUEEZE_L1].crossbars + grain);
        ck_assert(o[SQUEEZE_L4].crossbars <=
                  o[SQUEEZE_L1].crossbars + roundings(&t));
        ck_assert(o[SQUEEZE_SME].ones <= o[0].ones * (1 + 1e-12));
    }
}
END_TEST

/* More rows, columns or planes of weights never take fewer crossbars. */
START_TEST(more_weights_take_more_crossbars)
{
    static const enum squeeze lossless[] = {SQUEEZE_L0, SQUEEZE_L1, SQUEEZE_L3,
                                            SQUEEZE_L4};

    for (int i = 0; i < 600; i++) {
        struct trial t = random_trial(1);
        enum squeeze l = lossless[below(4)];
        t.q.n = 1;
        t.q.group[0].share = 1;
        t.q.group[0].real_scales = 0;
        double before = squeezed(&t, l).crossbars * (1 - 1e-12) - 1e-9;
        struct trial wider = t, longer = t, deeper = t;
        wider.m.columns += below(100);
        longer.m.rows += below(100);
        deeper.q.group[0].density[deeper.q.group[0].n++] = random_density();
        ck_assert(squeezed(&wider, l).crossbars >= before);
        ck_assert(squeezed(&longer, l).crossbars >= before);
        ck_assert(squeezed(&deeper, l).crossbars >= before);
    }
}
END_TEST

START_TEST(packing_lies_between_its_bounds)
{
    for (int i = 0; i < 300; i++) {
        struct trial t = random_trial(60);
        struct trial one = t;
        one.m.groups = 1;
        double planes = 0, cells = (double)t.m.groups * t.m.rows * t.m.columns /
                                   t.x.rows / t.x.columns;
        for (int g = 0; g < t.q.n; g++)
            planes = fmax(planes, t.q.group[g].n);
        double least = 1e300;
        for (int g = 0; g < t.q.n; g++)
            least = fmin(least, t.q.group[g].n);
        struct mapped all = squeezed(&t, SQUEEZE_L0);
        ck_assert(all.crossbars >= cells * least * (1 - 1e-12));
        if (!t.rule.sort_channels)
            ck_assert(all.crossbars <=
                      t.m.groups * squeezed(&one, SQUEEZE_L0).crossbars *
                          (1 + 1e-12));
        double whole = t.m.groups * one.m.rows * (double)one.m.columns;
        ck_assert(all.cells_used <= 2 * planes * whole * (1 + 1e-12));
    }
}
END_TEST

/* The same case from the plain formula, edge by edge, one scheme. */
static double plain_l1(const struct trial *t, double *nonempty)
{
    const struct planes *p = &t->q.group[0];
    int sgn = p->is_signed && (t->rule.two_arrays || p->two_arrays) ? 2 : 1;
    double sum = 0;

    *nonempty = 0;
    for (int i = 0; i < t->m.rows; i += t->x.rows)
        for (int j = 0; j < t->m.columns; j += t->x.columns)
            for (int b = 0; b < p->n; b++) {
                int r = t->m.rows - i < t->x.rows ? t->m.rows - i : t->x.rows;
                int c = t->m.columns - j < t->x.columns ? t->m.columns - j
                                                        : t->x.columns;
                double empty = 1 - p->density[b] / sgn;
                sum += sgn * (1 - pow(empty, (double)r * c));
                *nonempty += sgn * c * (1 - pow(empty, r));
            }
    return sum;
}

START_TEST(edges_are_exact)
{
    for (int i = 0; i < 200; i++) {
        struct trial t = random_trial(1);
        double nonempty;
        t.q.n = 1;
        t.q.group[0].share = 1;
        struct mapped o = squeezed(&t, SQUEEZE_L1);
        double want = plain_l1(&t, &nonempty);
        ck_assert(fabs(o.crossbars - want) <= 1e-11 * (1 + want));
        ck_assert(fabs(o.conversions_nonempty - nonempty * o.mean_cycles) <=
                  1e-11 * (1 + nonempty) * o.mean_cycles);
    }
}
END_TEST

/* Sums over samples of one count. */
struct sample {
    double n, sum, square;
};

static void sample_add(struct sample *s, double value)
{
    s->n++;
    s->sum += value;
    s->square += value * value;
}

/* Distance of the mean from `want` in standard errors of the mean. */
static double sample_errors(const struct sample *s, double want)
{
    double mean = s->sum / s->n;
    double variance = fmax(0, s->square / s->n - mean * mean);
    double error = sqrt(variance / (s->n - 1));

    if (error <= 0)
        return fabs(mean - want) <= 0.01 * fabs(want) ? 0 : HUGE_VAL;
    return fabs(mean - want) / error;
}

/* Where the weights of a sample come from. */
static int64_t independent_bits(const struct planes *p)
{
    int64_t w = 0;

    for (int b = 0; b < p->n; b++)
        if (gsl_rng_uniform(rng) < p->density[b])
            w |= INT64_C(1) << b;
    return below(2) ? w : -w;
}

/* Gaussian weights to the nearest of 2^n codes, the largest at 5 sigma. */
static int64_t gaussian(const struct planes *p)
{
    int most = (1 << p->n) - 1;
    double w = gsl_ran_gaussian(rng, 1) / 5 * most;
    double code = fmin(floor(fabs(w) + 0.5), most);

    return (int64_t)(w < 0 ? -code : code);
}

static void gaussian_densities(struct planes *p)
{
    int most = (1 << p->n) - 1;

    memset(p->density, 0, sizeof p->density);
    for (int code = 1; code <= most; code++) {
        double step = 5. / most;
        double mass = gsl_cdf_ugaussian_Q((code - 0.5) * step);
        if (code < most)
            mass -= gsl_cdf_ugaussian_Q((code + 0.5) * step);
        for (int b = 0; b < p->n; b++)
            if (code >> b & 1)
                p->density[b] += 2 * mass;
    }
}

#define SAMPLES 300

struct sampled {
    struct sample crossbars, drives, conversions, nonempty, extra;
};

static struct sampled count_samples(struct trial *t,
                                    int64_t (*draw)(const struct planes *))
{
    struct sampled s;
    int n = t->m.rows * t->m.columns;
    int64_t code[4096];

    ck_assert_int_le(n, 4096);
    memset(&s, 0, sizeof s);
    for (int i = 0; i < SAMPLES; i++) {
        struct arena arena;
        struct mapped o;
        arena_init(&arena, NULL);
        for (int j = 0; j < n; j++)
            code[j] = draw(&t->q.group[0]);
        struct bits b;
        bits_pack(code, 1, t->m.rows, t->m.columns, 0, true, &arena, &b);
        map_exact(&t->x, &t->rule, &t->m, &t->q, &b, &arena, &o);
        arena_release(&arena);
        sample_add(&s.crossbars, o.crossbars);
        sample_add(&s.drives, o.drives);
        sample_add(&s.conversions, o.conversions);
        sample_add(&s.nonempty, o.conversions_nonempty);
        sample_add(&s.extra, o.extra_cycles);
    }
    return s;
}

/* Few columns and sparse top planes: there is something to squeeze. */
static struct trial sampled_trial(enum squeeze squeeze, bool two_arrays)
{
    static const double density[] = {0.004, 0.03, 0.12, 0.3, 0.1, 0};

    return (struct trial){
        .x = slc(32, 8),
        .m = {1, 80, 20},
        .rule = {.squeeze = squeeze, .two_arrays = two_arrays, .sme_degree = 2},
        .q = quant(density, 8)};
}

/* With two arrays the bits of a weight share its sign and are independent
 * within a plane only. */
static const struct {
    enum squeeze squeeze;
    bool two_arrays;
} exact_case[] = {
    {SQUEEZE_L0, false}, {SQUEEZE_L0, true},   {SQUEEZE_L1, false},
    {SQUEEZE_L1, true},  {SQUEEZE_SME, false}, {SQUEEZE_L3, false},
};

/* Bits independent of one another: the closed forms are exact. */
START_TEST(expectation_meets_counting)
{
    struct trial t =
        sampled_trial(exact_case[_i].squeeze, exact_case[_i].two_arrays);
    struct mapped o = squeezed(&t, t.rule.squeeze);
    struct sampled s = count_samples(&t, independent_bits);

    ck_assert(sample_errors(&s.crossbars, o.crossbars) <= 4);
    ck_assert(sample_errors(&s.drives, o.drives) <= 4);
    /* delay and existence of a crossbar are not independent: 1 % */
    if (t.rule.squeeze <= SQUEEZE_L1) {
        ck_assert(sample_errors(&s.conversions, o.conversions) <= 4);
        ck_assert(sample_errors(&s.nonempty, o.conversions_nonempty) <= 4);
    } else {
        ck_near(s.conversions.sum / s.conversions.n, o.conversions, 0.01);
        ck_near(s.nonempty.sum / s.nonempty.n, o.conversions_nonempty, 0.03);
    }
}
END_TEST

/* Bits of quantized Gaussian weights depend on one another, planes of
 * different weights do not: L1 and the wordlines of L4 stay exact. */
START_TEST(expectation_meets_counting_of_gaussian_weights)
{
    struct trial t = sampled_trial(SQUEEZE_L1, _i);

    gaussian_densities(&t.q.group[0]);
    struct mapped o = squeezed(&t, SQUEEZE_L1);
    struct sampled s = count_samples(&t, gaussian);
    ck_assert(sample_errors(&s.crossbars, o.crossbars) <= 4);
    ck_assert(sample_errors(&s.nonempty, o.conversions_nonempty) <= 4);
    o = squeezed(&t, SQUEEZE_L4);
    s = count_samples(&t, gaussian);
    ck_assert(sample_errors(&s.drives, o.drives) <= 4);
    /* E[ceil] against ceil of the expectation: half a crossbar a group */
    ck_assert(fabs(s.crossbars.sum / s.crossbars.n - o.crossbars) <=
              (_i ? 6 : 3));
}
END_TEST

/*
 * Independence is an approximation where the planes of a row meet: its bias
 * is shown and bounded, in percent of the count. Slices of 8 columns with
 * sparse planes are a bad case: the narrower the slice, the more a row's
 * planes share the signs (two arrays) or the sizes (Gaussian) of few weights.
 */
static const struct {
    const char *name;
    enum squeeze squeeze;
    bool two_arrays, gaussian;
    double crossbars, conversions, nonempty;
} bias[] = {
    {"L2, independent bits", SQUEEZE_L2, false, false, 0.5, 2, 1},
    {"L2, two arrays", SQUEEZE_L2, true, false, 2, 2, 2},
    {"L2, Gaussian weights", SQUEEZE_L2, false, true, 0.5, 2, 1},
    {"SME, two arrays", SQUEEZE_SME, true, false, 0.5, 2, 1},
    {"SME, Gaussian weights", SQUEEZE_SME, false, true, 0.5, 2, 1},
    {"L3, two arrays", SQUEEZE_L3, true, false, 5, 5, 5},
    {"L3, Gaussian weights", SQUEEZE_L3, false, true, 2, 2, 1},
};

static void check_bias(const char *name, const char *what,
                       const struct sample *s, double value, double percent)
{
    double mean = s->sum / s->n, off = (value / mean - 1) * 100;

    printf("# %s, %s: %.2f counted, %.2f expected, %+.2f %%\n", name, what,
           mean, value, off);
    ck_assert_msg(fabs(off) <= percent, "%s, %s: %+.2f %%, not within %g", name,
                  what, off, percent);
}

START_TEST(bias_of_independence)
{
    struct trial t = sampled_trial(bias[_i].squeeze, bias[_i].two_arrays);

    if (bias[_i].gaussian)
        gaussian_densities(&t.q.group[0]);
    struct mapped o = squeezed(&t, t.rule.squeeze);
    struct sampled s =
        count_samples(&t, bias[_i].gaussian ? gaussian : independent_bits);
    check_bias(bias[_i].name, "crossbars", &s.crossbars, o.crossbars,
               bias[_i].crossbars);
    check_bias(bias[_i].name, "conversions", &s.conversions, o.conversions,
               bias[_i].conversions);
    check_bias(bias[_i].name, "not empty", &s.nonempty, o.conversions_nonempty,
               bias[_i].nonempty);
    double extra = s.extra.sum / s.extra.n;
    printf("# %s, largest delay: %.2f counted, %d expected\n", bias[_i].name,
           extra, o.extra_cycles);
    /* a whole number next to the mean, above or below */
    ck_assert(fabs(extra - o.extra_cycles) < 1);
}
END_TEST

/* Gaussian weights: APoT 4 bit at 3 sigma, fixed 8 bit at 8 sigma. */
static const double apot4[] = {0.0357, 0.258, 0.464, 0.388, 0};
static const double fixed8[] = {6.33e-5, 0.0472, 0.284, 0.410,
                                0.462,   0.487,  0.500, 0};

/* A diagnostic: speed is not tested. */
START_TEST(speed)
{
    struct quant q = quant(fixed8, 8), m2 = mixed(apot4, fixed8, 0.7);
    const struct quant *which[] = {&q, &m2};
    struct matrix m = {1, 4608, 500};

    for (int l = SQUEEZE_L0; l <= SQUEEZE_L4; l++)
        for (int i = 0; i < 2; i++) {
            struct timespec a, b;
            struct map_rule r = level((enum squeeze)l);
            double sum = 0;
            r.sort_channels = true;
            clock_gettime(CLOCK_MONOTONIC, &a);
            for (int n = 0; n < 2000; n++)
                sum += map("ivq", slc(128, 128), r, m, which[i]).crossbars;
            clock_gettime(CLOCK_MONOTONIC, &b);
            ck_assert(sum > 0);
            printf("# level %d, %d schemes: %.2f us a layer\n", l, i + 1,
                   ((double)(b.tv_sec - a.tv_sec) * 1e6 +
                    (double)(b.tv_nsec - a.tv_nsec) * 1e-3) /
                       2000);
        }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("map_sweep");
    TCase *c = tcase_create("map_sweep");

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(c, levels_are_ordered, 0, 2);
    tcase_add_test(c, more_weights_take_more_crossbars);
    tcase_add_test(c, packing_lies_between_its_bounds);
    tcase_add_test(c, edges_are_exact);
    tcase_add_loop_test(c, expectation_meets_counting, 0, 6);
    tcase_add_loop_test(c, expectation_meets_counting_of_gaussian_weights, 0,
                        2);
    tcase_add_loop_test(c, bias_of_independence, 0, 7);
    tcase_add_test(c, speed);
    suite_add_tcase(s, c);
    return s;
}

int main(void)
{
    return unit_run(suite());
}
