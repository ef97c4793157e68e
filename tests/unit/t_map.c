/* t_map.c - tests of mapping layers from bit densities: known cases */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "map_case.h"
#include <fenv.h>

static void setup(void)
{
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
}

static const struct xbar isaac = {128, 128, 2, 1};

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

static Suite *suite(void)
{
    Suite *s = suite_create("map");
    TCase *c = tcase_create("map");

    tcase_add_checked_fixture(c, setup, NULL);
    tcase_add_loop_test(c, expected_counts, 0, EXPECTED);
    tcase_add_test(c, hollow_tiles);
    tcase_add_test(c, resnets_plane_by_plane);
    tcase_add_test(c, resnet18_bit_sliced);
    tcase_add_test(c, isaac_conversions_per_mac);
    tcase_add_test(c, bitslice_pays_for_the_widest);
    tcase_add_test(c, bitslice_adc_bits);
    tcase_add_test(c, mixed_channels_sorted_or_not);
    tcase_add_test(c, sorted_cuts_meet_the_border);
    tcase_add_test(c, small_matrices_share_crossbars);
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
    suite_add_tcase(s, c);
    return s;
}

int main(void)
{
    return unit_run(suite());
}
