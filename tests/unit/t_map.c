/* t_map.c - tests of mapping layers from bit densities */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "unit.h"
#include "machine/crossbar/map.h"
#include <fenv.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <stdio.h>
#include <string.h>
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

static const struct map_style *style(const char *name)
{
    for (int i = 0; map_styles[i]; i++)
        if (strcmp(map_styles[i]->name, name) == 0)
            return map_styles[i];
    ck_abort_msg("no style %s", name);
    return NULL;
}

static struct mapped map(const char *name, struct xbar x, struct map_rule rule,
                         struct matrix m, const struct quant *q)
{
    struct mapped out;
    char why[200] = "";

    rule.style = style(name);
    ck_assert_msg(rule.style->check(&rule, &x, why, sizeof why) == 0, "%s",
                  why);
    rule.style->map(&x, &rule, &m, q, &out);
    return out;
}

static const struct xbar isaac = {128, 128, 2, 1};

static struct xbar slc(int rows, int columns)
{
    return (struct xbar){rows, columns, 1, 1};
}

static struct map_rule level(enum squeeze squeeze)
{
    return (struct map_rule){.squeeze = squeeze, .sme_degree = 1};
}

/* Densities as papers print them, most significant first, 0 at the end. */
static struct planes planes(const double *density, double share)
{
    struct planes p = {.share = share, .is_signed = true};

    while (density[p.n] > 0)
        p.n++;
    for (int b = 0; b < p.n; b++)
        p.density[b] = density[p.n - 1 - b];
    p.width = p.n + 1;
    return p;
}

static struct quant quant(const double *density, int input_bits)
{
    return (struct quant){
        .n = 1, .group = {planes(density, 1)}, .input_bits = input_bits};
}

static struct quant fixed_point(int bits, int input_bits)
{
    double density[PLANES_MAX + 1] = {0};

    for (int b = 0; b < bits - 1; b++)
        density[b] = 0.5;
    return quant(density, input_bits);
}

/* Gaussian weights; scheme and clip in standard deviations. */
static const double apot4_3s[] = {0.0357, 0.258, 0.464, 0.388, 0};
static const double fixed8_8s[] = {6.33e-5, 0.0472, 0.284, 0.410,
                                   0.462,   0.487,  0.500, 0};
static const double inq5_3s[] = {0.0244, 0.236,  0.313,  0.205, 0.110,
                                 0.0558, 0.0280, 0.0187, 0};
static const double rare[] = {6.33e-5, 0};

/* Expected counts, K = 1152, N = 128, R = 128. */
static const struct {
    const double *density;
    int columns;
    bool two_arrays;
    double l0, l1, l1_digits, l4;
} expected[] = {
    {apot4_3s, 128, false, 36, 36.0, 0.05, 36},
    {apot4_3s, 32, false, 144, 144, 0.5, 136},
    {apot4_3s, 16, false, 288, -1, 0, 248},
    {fixed8_8s, 128, false, 63, 59.81, 0.005, 55},
    {fixed8_8s, 128, true, 126, 115.28, 0.005, 108},
    {inq5_3s, 128, false, 72, 72, 0.5, 71},
    {inq5_3s, 64, false, 144, -1, 0, 132},
    {inq5_3s, 16, false, 576, -1, 0, 392},
};
#define EXPECTED (int)(sizeof expected / sizeof expected[0])

START_TEST(expected_counts)
{
    struct quant q = quant(expected[_i].density, 8);
    struct xbar x = slc(128, expected[_i].columns);
    struct matrix m = {1, 1152, 128};
    struct map_rule rule = {.two_arrays = expected[_i].two_arrays};

    ck_assert(map("ivq", x, rule, m, &q).crossbars == expected[_i].l0);
    rule.squeeze = SQUEEZE_L4;
    ck_assert(map("ivq", x, rule, m, &q).crossbars == expected[_i].l4);
    rule.squeeze = SQUEEZE_L1;
    double l1 = map("ivq", x, rule, m, &q).crossbars;
    if (expected[_i].l1 >= 0)
        ck_assert_msg(fabs(l1 - expected[_i].l1) <= expected[_i].l1_digits,
                      "%g, not %g", l1, expected[_i].l1);
}
END_TEST

/* A plane set beyond four sigma; tiles of n x n. */
START_TEST(hollow_tiles)
{
    static const struct {
        int size;
        double empty, empty_dense;
    } tile[] = {{128, 0.3545, 0.0000},
                {64, 0.7716, 0.0166},
                {32, 0.9372, 0.3590},
                {16, 0.9839, 0.7740}};
    static const double dense[] = {1e-3, 0};
    struct quant q = quant(rare, 8), qd = quant(dense, 8);

    for (int i = 0; i < 4; i++) {
        int n = tile[i].size;
        struct map_rule l1 = level(SQUEEZE_L1);
        double e =
            1 -
            map("ivq", slc(n, n), l1, (struct matrix){1, n, n}, &q).crossbars;
        ck_assert(fabs(e - tile[i].empty) <= 5.1e-5);
        e = 1 -
            map("ivq", slc(n, n), l1, (struct matrix){1, n, n}, &qd).crossbars;
        ck_assert(fabs(e - tile[i].empty_dense) <= 5.1e-5);
    }
    /* 128 (1 - (1 - p)^128) = 1.03 row slices are not empty */
    double drives = map("ivq", slc(128, 128), level(SQUEEZE_L4),
                        (struct matrix){1, 128, 128}, &q)
                        .drives;
    ck_assert(fabs(drives / 8 - 1.03) <= 0.005);
}
END_TEST

/* Matrices of a network's layers, {rows, columns}, so many times. */
struct layers {
    int rows, columns, times;
};

/* He 2016, Deep Residual Learning, CVPR, table 1; from its second stage on
 * the CIFAR-10 variant and the ImageNet one are the same. */
static const struct layers resnet18_body[] = {
    {576, 64, 4},   {576, 128, 1},  {1152, 128, 3}, {64, 128, 1},
    {1152, 256, 1}, {2304, 256, 3}, {128, 256, 1},  {2304, 512, 1},
    {4608, 512, 3}, {256, 512, 1},  {0, 0, 0},
};
static const struct layers cifar_stem[] = {{27, 64, 1}, {0, 0, 0}};
static const struct layers imagenet_stem[] = {{147, 64, 1}, {0, 0, 0}};
static const struct layers resnet18_head[] = {{512, 1000, 1}, {0, 0, 0}};
static const struct layers resnet50_all[] = {
    {147, 64, 1},    {64, 64, 1},    {576, 64, 3},    {64, 256, 4},
    {256, 64, 2},    {256, 128, 1},  {1152, 128, 4},  {128, 512, 4},
    {256, 512, 1},   {512, 128, 3},  {512, 256, 1},   {2304, 256, 6},
    {256, 1024, 6},  {512, 1024, 1}, {1024, 256, 5},  {1024, 512, 1},
    {4608, 512, 3},  {512, 2048, 3}, {1024, 2048, 1}, {2048, 512, 2},
    {2048, 1000, 1}, {0, 0, 0},
};

static double crossbars(const char *name, struct xbar x, struct map_rule rule,
                        const struct layers *layer, const struct quant *q)
{
    double sum = 0;

    for (; layer->times; layer++) {
        struct matrix m = {1, layer->rows, layer->columns};
        sum += layer->times * map(name, x, rule, m, q).crossbars;
    }
    return sum;
}

/* Liu 2021, SME, ICCD, fig. 8: conventional mapping at 5551 (digitised). */
START_TEST(resnets_plane_by_plane)
{
    struct quant one = fixed_point(2, 8), eight = fixed_point(9, 8);
    struct map_rule l0 = level(SQUEEZE_L0);
    struct xbar x = slc(128, 128);
    double body = crossbars("ivq", x, l0, resnet18_body, &one);

    ck_assert(body + crossbars("ivq", x, l0, cifar_stem, &one) == 694);
    ck_assert(crossbars("ivq", x, l0, resnet18_body, &eight) +
                  crossbars("ivq", x, l0, cifar_stem, &eight) ==
              5552);
    body += crossbars("ivq", x, l0, imagenet_stem, &one);
    ck_assert(body == 695);
    ck_assert(body + crossbars("ivq", x, l0, resnet18_head, &one) == 727);
    ck_assert(crossbars("ivq", x, l0, resnet50_all, &one) == 1576);
}
END_TEST

START_TEST(resnet18_bit_sliced)
{
    static const struct {
        int bits;
        double cifar, imagenet;
    } want[] = {{16, 5468, 5724}, {8, 2734, 2864}};

    for (int i = 0; i < 2; i++) {
        int bits = want[i].bits;
        struct quant q = fixed_point(4, bits);
        struct map_rule r = {.weight_bits = bits, .input_bits = bits};
        double body = crossbars("bitslice", isaac, r, resnet18_body, &q);
        ck_assert(body + crossbars("bitslice", isaac, r, cifar_stem, &q) ==
                  want[i].cifar);
        ck_assert(body + crossbars("bitslice", isaac, r, imagenet_stem, &q) +
                      crossbars("bitslice", isaac, r, resnet18_head, &q) ==
                  want[i].imagenet);
    }
}
END_TEST

/* 1.0 and 0.25 conversions per MAC; 0.25: Andrulis 2023, RAELLA, ISCA. */
START_TEST(isaac_conversions_per_mac)
{
    struct matrix m = {1, 1024, 256};
    double macs = 1024. * 256;

    for (int bits = 16; bits >= 8; bits -= 8) {
        struct quant q = fixed_point(4, bits);
        struct map_rule r = {.weight_bits = bits, .input_bits = bits};
        struct mapped out = map("bitslice", isaac, r, m, &q);
        ck_assert(out.conversions / macs == (bits == 16 ? 1.0 : 0.25));
        ck_assert_int_eq(out.input_cycles, bits);
        ck_assert_int_eq(out.planes, bits / 2);
        ck_assert(out.drives == 1024. * (256 * bits / 2 / 128) * bits);
        ck_assert(out.cell_reads == macs * bits / 2 * bits);
        ck_assert(out.shift_adds == out.conversions + 256. * bits + 256. * 7);
    }
}
END_TEST

START_TEST(bitslice_pays_for_the_widest)
{
    struct quant q = fixed_point(12, 4);
    struct map_rule r = {.weight_bits = 8, .input_bits = 8};
    struct matrix m = {1, 128, 128};

    ck_assert_int_eq(map("bitslice", isaac, r, m, &q).planes, 6);
    ck_assert_int_eq(map("bitslice", isaac, r, m, &q).input_cycles, 8);
    q.input_bits = 12; /* nothing is cut off in silence */
    ck_assert_int_eq(map("bitslice", isaac, r, m, &q).input_cycles, 12);
}
END_TEST

/* log2 R + v + w - 1, flip: one less. Shafiee 2016, ISAAC, ISCA. */
START_TEST(bitslice_adc_bits)
{
    static const struct {
        struct xbar x;
        bool flip;
        int bits;
    } want[] = {
        {{128, 128, 2, 1}, false, 9},  {{128, 128, 2, 1}, true, 8},
        {{128, 128, 1, 1}, false, 8},  {{128, 128, 1, 2}, false, 9},
        {{128, 128, 2, 2}, false, 11}, {{100, 128, 2, 1}, false, 9},
        {{64, 64, 1, 1}, false, 7},
    };
    struct quant q = fixed_point(8, 8);

    for (int i = 0; i < (int)(sizeof want / sizeof want[0]); i++) {
        struct map_rule r = {
            .weight_bits = 8, .input_bits = 8, .flip = want[i].flip};
        struct matrix m = {1, 64, 64};
        ck_assert_int_eq(map("bitslice", want[i].x, r, m, &q).adc_bits,
                         want[i].bits);
    }
}
END_TEST

static struct quant mixed(const double *a, const double *b, double share_a)
{
    return (struct quant){.n = 2,
                          .group = {planes(a, share_a), planes(b, 1 - share_a)},
                          .input_bits = 8};
}

/* Two channels of three full planes, two of one; two columns a crossbar. */
START_TEST(mixed_channels_sorted_or_not)
{
    static const double three[] = {1, 1, 1, 0}, one[] = {1, 0};
    struct quant q = mixed(three, one, 0.5);
    struct map_rule r = level(SQUEEZE_L1);
    struct matrix m = {1, 4, 4};
    struct xbar wide = {4, 2, 2, 1};

    ck_assert(map("ivq", slc(4, 2), r, m, &q).crossbars == 6);
    r.sort_channels = true;
    ck_assert(map("ivq", slc(4, 2), r, m, &q).crossbars == 4);
    r = (struct map_rule){.weight_bits = 8, .input_bits = 8};
    ck_assert(map("bitslice", wide, r, m, &q).crossbars == 8);
}
END_TEST

/* Sorted, 100 channels: 70 wide ones, 30 narrow; 32 columns a crossbar. */
START_TEST(sorted_cuts_meet_the_border)
{
    static const double three[] = {1, 1, 1, 0}, one[] = {1, 0};
    struct quant q = mixed(one, three, 0.3);
    struct map_rule r = level(SQUEEZE_L0);
    struct matrix m = {1, 50, 100};

    r.sort_channels = true;
    struct mapped out = map("ivq", slc(32, 32), r, m, &q);
    /* 2 pure groups of 3 planes, one mixed of 3, and 4 columns of 1 plane */
    ck_assert(out.crossbars == 2 * (3 * 3 + 1));
    ck_assert(out.conversions == 2 * (3 * 32 * 3 + 4) * 8.);
    /* narrow channels are connected in the mixed group, but not counted as
     * used above their one plane */
    ck_assert(out.cells_used == 50 * (70. * 3 + 30));
    ck_assert(out.ones == 50 * (70. * 3 + 30));
}
END_TEST

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

/* Depthwise: block-diagonal packing lies between its bounds. */
START_TEST(small_matrices_share_crossbars)
{
    struct quant q = fixed_point(2, 8);
    struct matrix m = {100, 9, 1};
    struct mapped o = map("ivq", slc(128, 128), level(SQUEEZE_L0), m, &q);

    /* 14 matrices of 9 rows fit 128 rows; 8 crossbars, the last with 2 */
    ck_assert(o.crossbars == 8);
    ck_assert(o.cells_used == 900);
    ck_assert(o.drives == 900 * 8);
    ck_assert(o.conversions == 100 * 8);
    ck_assert(o.cell_reads == 9. * (7 * 14 * 14 + 2 * 2) * 8);
    ck_assert(o.ones == 450);
    ck_near(o.conversions_nonempty, 100 * 8 * (1 - pow(0.5, 9)), 1e-12);
    struct map_rule r = {.weight_bits = 8, .input_bits = 8};
    o = map("bitslice", isaac, r, m, &q);
    ck_assert(o.crossbars == 8);
    ck_assert(o.cell_reads == 9. * 4 * (7 * 14 * 14 + 2 * 2) * 8);
    ck_assert(o.conversions == 100 * 4 * 8);
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
        map_exact(&t->x, &t->rule, &t->m, code, t->q.group[0].n,
                  t->q.input_bits, &arena, &o);
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

/* m = r p + sqrt(2 r p (1 - p) ln C), ceil(log2(m + 1)) bits, m <= r */
START_TEST(adc_bits_follow_the_densest_plane)
{
    static const double sparse[] = {0.02, 0.1, 0}, full[] = {0.98, 0};
    struct matrix m = {1, 128, 128};
    struct quant q = quant(sparse, 8), qf = quant(full, 8);
    struct map_rule l0 = level(SQUEEZE_L0);
    struct xbar two = {128, 128, 1, 2};

    /* m = 23.4; with 2-bit inputs three times that */
    ck_assert_int_eq(map("ivq", slc(128, 128), l0, m, &q).adc_bits, 5);
    ck_assert_int_eq(map("ivq", two, l0, m, &q).adc_bits, 7);
    ck_assert_int_eq(map("ivq", slc(128, 128), l0, m, &qf).adc_bits, 8);
    m.rows = 15; /* no more than 15 ones */
    ck_assert_int_eq(map("ivq", slc(128, 128), l0, m, &qf).adc_bits, 4);
}
END_TEST

/* A channel is of one scheme or the other: a one-column row slice is filled
 * with the mean of their densities. */
START_TEST(packed_channels_of_two_schemes)
{
    static const double one[] = {1, 0}, tenth[] = {0.1, 0};
    struct quant q = mixed(one, tenth, 0.25);
    struct matrix m = {100, 9, 1};
    struct mapped o = map("ivq", slc(128, 128), level(SQUEEZE_L4), m, &q);

    ck_near(o.drives, 8 * 900 * (0.25 + 0.75 * 0.1), 1e-12);
    ck_near(o.ones, 900 * (0.25 + 0.75 * 0.1), 1e-12);
}
END_TEST

/* One channel, signed in a quarter of the cases: then, and only then, there
 * is a second array, and its one column is converted. */
START_TEST(a_quarter_of_a_column)
{
    static const double one[] = {1, 0};
    struct quant q = mixed(one, one, 0.25);
    struct matrix m = {1, 10, 1};

    q.group[0].two_arrays = true;
    q.group[1].is_signed = false;
    struct mapped o = map("ivq", slc(16, 16), level(SQUEEZE_L1), m, &q);
    /* first array: P(one row slice empty) = 0.25 / 2 */
    ck_near(o.crossbars, 1 - pow(0.125, 10) + 0.25 * (1 - pow(0.5, 10)), 1e-12);
    ck_near(o.conversions, o.crossbars * 8, 1e-12);
    ck_near(o.conversions_nonempty, o.conversions, 1e-3);
}
END_TEST

/* Slices of a plane that hardly ever occurs delay nothing at L4. */
START_TEST(l4_delay_needs_half_a_wordline)
{
    static const double never[] = {1e-6, 1, 0}, some[] = {0.01, 1, 0};
    struct quant q = quant(never, 8), qs = quant(some, 8);
    struct matrix m = {1, 100, 16};
    struct map_rule l4 = level(SQUEEZE_L4);

    ck_assert_int_eq(map("ivq", slc(128, 16), l4, m, &q).extra_cycles, 0);
    ck_assert_int_eq(map("ivq", slc(128, 16), l4, m, &qs).extra_cycles, 1);
}
END_TEST

/* All planes full: nothing is left to chance. */
START_TEST(index_bits_by_level)
{
    static const double full[] = {1, 1, 1, 1, 0};
    static const struct {
        enum squeeze squeeze;
        double bits;
    } want[] = {
        {SQUEEZE_L0, 0},
        {SQUEEZE_L1, 2 * 2 * 4},            /* tiles */
        {SQUEEZE_L2, 2 * 2 * 4},            /* no row is delayed */
        {SQUEEZE_SME, 2 * 2 * 4 + 2 * 40},  /* a bit per row, D = 1 */
        {SQUEEZE_L3, 2 * 40 * 4 * 2},       /* wordlines, log2 P */
        {SQUEEZE_L4, 2 * 40 * 4 * (6 + 2)}, /* and log2 K */
    };
    struct quant q = quant(full, 8);
    struct matrix m = {1, 40, 20};

    for (int i = 0; i < (int)(sizeof want / sizeof want[0]); i++) {
        struct mapped o =
            map("ivq", slc(32, 16), level(want[i].squeeze), m, &q);
        ck_assert(o.index_bits == want[i].bits);
        ck_assert(o.index_reads == o.index_bits);
    }
}
END_TEST

START_TEST(schemes_force_arrays)
{
    static const double one[] = {0.5, 0};
    struct quant q = quant(one, 8);
    struct map_rule r = level(SQUEEZE_L0);
    struct matrix m = {1, 100, 60};

    ck_assert(map("ivq", slc(128, 128), r, m, &q).crossbars == 1);
    ck_assert(map("ivq", slc(128, 128), r, m, &q).multiplies == 0);
    q.group[0].two_arrays = true; /* TTQ: a scale for each sign */
    struct mapped o = map("ivq", slc(128, 128), r, m, &q);
    ck_assert(o.crossbars == 2);
    ck_assert(o.multiplies == 2 * 60);
    ck_assert(o.ones == 3000);
    ck_assert(o.input_fetch == 100 * 8); /* both arrays share it */
    ck_assert(o.shift_adds == 2 * 60 * 8 + 2 * 60 * 8 + 60);
    q.group[0].two_arrays = false;
    q.group[0].is_signed = false;
    r.two_arrays = true; /* binary codes have no sign to keep apart */
    ck_assert(map("ivq", slc(128, 128), r, m, &q).crossbars == 1);
    /* half the channels signed: the second array holds those only */
    q = mixed(one, one, 0.5);
    q.group[1].is_signed = false;
    o = map("ivq", slc(128, 128), r, m, &q);
    ck_assert(o.crossbars == 2);
    ck_assert(o.conversions == (60 + 30) * 8);
    ck_near(o.ones, 3000, 1e-12);
}
END_TEST

/* Lin 2017, ABC-Net: bases with real scales may not share a bitline. */
START_TEST(real_scales_are_not_squeezed)
{
    static const double sparse[] = {0.001, 0.001, 0.001, 0};
    struct quant q = quant(sparse, 8);
    struct matrix m = {1, 128, 16};
    struct xbar x = slc(128, 16);

    double l1 = map("ivq", x, level(SQUEEZE_L1), m, &q).crossbars;
    ck_assert(map("ivq", x, level(SQUEEZE_L4), m, &q).crossbars == 1);
    q.group[0].real_scales = 3;
    struct mapped o = map("ivq", x, level(SQUEEZE_L4), m, &q);
    ck_assert(o.crossbars == l1);
    ck_assert(o.multiplies == 3 * 16);
    ck_assert_int_eq(o.extra_cycles, 0);
}
END_TEST

START_TEST(inputs_of_two_widths)
{
    struct quant q = fixed_point(8, 8);
    struct matrix m = {1, 128, 128};

    q.low_input_bits = 4;
    q.low_input_share = 0.75;
    struct mapped o = map("ivq", slc(128, 128), level(SQUEEZE_L0), m, &q);
    ck_assert_int_eq(o.input_cycles, 8);
    ck_assert(o.mean_cycles == 5);
    ck_assert(o.conversions == 7 * 128 * 5.);
    ck_assert(o.input_fetch == 128 * 5);
}
END_TEST

/* Cells of two bits: 8 planes in 4 slices, a slice is two input cycles. */
START_TEST(cells_of_several_bits)
{
    static const double top[] = {0.001, 0.001, 1, 1, 1, 1, 1, 1, 0};
    struct quant q = quant(top, 8);
    struct xbar x = {16, 4, 2, 1};
    struct matrix m = {1, 16, 4};

    struct mapped o = map("ivq", x, level(SQUEEZE_L0), m, &q);
    ck_assert(o.crossbars == 4);
    ck_assert_int_eq(o.planes, 4);
    ck_assert_int_eq(o.adc_bits, 6); /* 16 cells of 3: 48 */
    o = map("ivq", x, level(SQUEEZE_L1), m, &q);
    ck_near(o.crossbars, 3 + 1 - pow(0.999, 2 * 16 * 4), 1e-12);
    struct map_rule sme = {.squeeze = SQUEEZE_SME, .sme_degree = 1};
    q.group[0].density[6] = q.group[0].density[7] = 1;
    o = map("ivq", x, sme, m, &q);
    ck_assert(o.crossbars == 3);
    ck_assert_int_eq(o.extra_cycles, 2);
    ck_assert(o.conversions == 3 * 4 * (8 + 2.));
    ck_assert(o.ones == 16 * 4 * 6); /* the lowest slice is lost */
}
END_TEST

START_TEST(refuses_what_it_cannot_map)
{
    char why[200] = "";
    const struct map_style *ivq = style("ivq"), *bs = style("bitslice");
    struct map_rule r = level(SQUEEZE_L4);
    struct xbar odd = {128, 128, 1, 2};

    ck_assert_int_eq(ivq->check(&r, &odd, why, sizeof why), -1);
    ck_assert_ptr_nonnull(strstr(why, "1 bits"));
    r.squeeze = SQUEEZE_L1;
    ck_assert_int_eq(ivq->check(&r, &odd, why, sizeof why), 0);
    r = (struct map_rule){.squeeze = SQUEEZE_SME};
    ck_assert_int_eq(ivq->check(&r, &isaac, why, sizeof why), -1);
    r = (struct map_rule){.weight_bits = 8, .input_bits = 8};
    ck_assert_int_eq(bs->check(&r, &isaac, why, sizeof why), 0);
    r = (struct map_rule){.weight_bits = 0, .input_bits = 8};
    ck_assert_int_eq(bs->check(&r, &isaac, why, sizeof why), -1);
}
END_TEST

/* A diagnostic: speed is not tested. */
START_TEST(speed)
{
    struct quant q = quant(fixed8_8s, 8), m2 = mixed(apot4_3s, fixed8_8s, 0.7);
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
    Suite *s = suite_create("map");
    TCase *c = tcase_create("map");

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(c, expected_counts, 0, EXPECTED);
    tcase_add_test(c, hollow_tiles);
    tcase_add_test(c, resnets_plane_by_plane);
    tcase_add_test(c, resnet18_bit_sliced);
    tcase_add_test(c, isaac_conversions_per_mac);
    tcase_add_test(c, bitslice_pays_for_the_widest);
    tcase_add_test(c, bitslice_adc_bits);
    tcase_add_test(c, mixed_channels_sorted_or_not);
    tcase_add_test(c, sorted_cuts_meet_the_border);
    tcase_add_loop_test(c, levels_are_ordered, 0, 2);
    tcase_add_test(c, more_weights_take_more_crossbars);
    tcase_add_test(c, small_matrices_share_crossbars);
    tcase_add_test(c, packing_lies_between_its_bounds);
    tcase_add_test(c, edges_are_exact);
    tcase_add_loop_test(c, expectation_meets_counting, 0, 6);
    tcase_add_loop_test(c, expectation_meets_counting_of_gaussian_weights, 0,
                        2);
    tcase_add_loop_test(c, bias_of_independence, 0, 7);
    tcase_add_test(c, adc_bits_follow_the_densest_plane);
    tcase_add_test(c, packed_channels_of_two_schemes);
    tcase_add_test(c, a_quarter_of_a_column);
    tcase_add_test(c, l4_delay_needs_half_a_wordline);
    tcase_add_test(c, index_bits_by_level);
    tcase_add_test(c, schemes_force_arrays);
    tcase_add_test(c, real_scales_are_not_squeezed);
    tcase_add_test(c, inputs_of_two_widths);
    tcase_add_test(c, cells_of_several_bits);
    tcase_add_test(c, refuses_what_it_cannot_map);
    tcase_add_test(c, speed);
    suite_add_tcase(s, c);
    return s;
}

int main(void)
{
    return unit_run(suite());
}
