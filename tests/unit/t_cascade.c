/* t_cascade.c - styles that read bit slices in their own way: CASCADE, FORMS */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* T. Chou et al., MICRO 2019, sec. 3 and 4.1; G. Yuan et al., ISCA 2021. */
#include "map_case.h"

#include "estimate.h"

#include <fenv.h>

static void setup(void)
{
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
}

static struct map_rule bits(int weight, int input)
{
    return (struct map_rule){.weight_bits = weight,
                             .input_bits = input,
                             .flip = true,
                             .forms.fragment = 8};
}

static struct quant narrow(int input_bits)
{
    static const double one[] = {0.5, 0};
    return quant(one, input_bits);
}

static struct mapped cascade(struct matrix m, int weight, int input)
{
    struct quant q = narrow(1);
    return map("cascade", slc(64, 64), bits(weight, input), m, &q);
}

/* Four weights fill the 64 columns of 64 rows; 16 x 16 sums for each become
 * 10 conversions of up to 10 bits; 30 columns of the buffer are read. */
START_TEST(one_array)
{
    struct mapped m = cascade((struct matrix){1, 64, 4}, 16, 16);
    ck_assert(m.crossbars == 1);
    ck_assert(m.cells_used == 64 * 64);
    ck_assert(m.buffered == 4 * 256);
    ck_assert(m.conversions == 4 * 10);
    ck_assert(m.conversions_nonempty == m.conversions);
    ck_assert(m.amplified == 4 * (256 + 30));
    ck_assert(m.shift_adds == 4 * 10);
    ck_assert(m.drives == 64 * 16);
    ck_assert(m.cell_reads == 64 * 64 * 16);
    ck_assert_int_eq(m.input_cycles, 16);
    ck_assert_int_eq(m.adc_bits, 10);
}
END_TEST

/* Whole arrays: ceil(K / 64) x ceil(16 N / 64); a sum for each row block. */
START_TEST(edges_of_arrays)
{
    struct mapped m = cascade((struct matrix){1, 65, 5}, 16, 16);
    ck_assert(m.crossbars == 2 * 2);
    ck_assert(m.conversions == 2 * 5 * 10);
    ck_assert(m.buffered == 2 * 5 * 256);
    ck_assert(m.shift_adds == m.conversions + 5);
    ck_assert_int_eq(m.row_blocks, 2);
    /* 3 x 3 depthwise: 4 of 32 on an array, by columns */
    m = cascade((struct matrix){32, 9, 1}, 16, 16);
    ck_assert(m.crossbars == 8);
    ck_assert(m.conversions == 32 * 10);
}
END_TEST

/* ISAAC's 128 conversions for 128 rows are 20, and 512 sums are buffered. */
START_TEST(beside_isaac)
{
    struct quant q = narrow(1);
    struct matrix m = {1, 128, 4};
    struct mapped c = cascade(m, 16, 16);
    struct mapped i =
        map("bitslice", (struct xbar){128, 128, 2, 1}, bits(16, 16), m, &q);
    ck_assert(i.conversions == 4 * 128);
    ck_assert(c.conversions == 4 * 20);
    ck_assert(c.buffered == 4 * 512);
}
END_TEST

/* Convolutions of the CIFAR-10 variant of ResNet-18: K, N, how many. */
START_TEST(resnet18_cifar)
{
    static const int layer[][3] = {
        {27, 64, 1},    {576, 64, 4},   {576, 128, 1},  {1152, 128, 3},
        {64, 128, 1},   {1152, 256, 1}, {2304, 256, 3}, {128, 256, 1},
        {2304, 512, 1}, {4608, 512, 3}, {256, 512, 1},
    };
    double arrays = 0;
    for (size_t i = 0; i < sizeof layer / sizeof *layer; i++) {
        struct matrix m = {1, layer[i][0], layer[i][1]};
        arrays += layer[i][2] * cascade(m, 16, 16).crossbars;
    }
    ck_assert(arrays == 43600);
}
END_TEST

/*
 * R-Mapping by hand: bit i of a weight times bit j of an input goes to column
 * i + j; the sign of the input is a cycle of its own, so j ends a bit earlier.
 * The output keeps as many bits as an input has, from the top of the topmost
 * sum down.
 */
static void by_hand(int weight, int input, int line_bits, int *conversions,
                    int *most_bits)
{
    int sums[128] = {0}, columns = 0;
    for (int i = 0; i < weight; i++)
        for (int j = 0; j < input - 1; j++) {
            sums[i + j]++;
            columns = i + j + 1 > columns ? i + j + 1 : columns;
        }
    int lowest = columns + line_bits - input;
    *conversions = *most_bits = 0;
    for (int c = lowest < 0 ? 0 : lowest; c < columns; c++) {
        int need = line_bits + (int)ceil(log2(sums[c]));
        *most_bits = need > *most_bits ? need : *most_bits;
        ++*conversions;
    }
}

START_TEST(columns_by_hand)
{
    static const int size[][2] = {{16, 16}, {16, 12}, {12, 16}, {16, 8},
                                  {8, 8},   {16, 10}, {32, 16}, {24, 24},
                                  {4, 16},  {2, 8},   {16, 7},  {3, 12}};
    int weight = size[_i][0], input = size[_i][1], conversions, most_bits;
    by_hand(weight, input, 6, &conversions, &most_bits);
    struct mapped m = cascade((struct matrix){1, 64, 1}, weight, input);
    ck_assert_msg(m.conversions == conversions, "%g, not %d", m.conversions,
                  conversions);
    ck_assert_int_eq(m.adc_bits, most_bits);
}
END_TEST

/* Narrow values still leave one column to convert: 2 bits times 1. */
START_TEST(least)
{
    struct mapped m = cascade((struct matrix){1, 1, 1}, 2, 1);
    ck_assert(m.conversions == 1);
    ck_assert(m.buffered == 2);
    ck_assert_int_eq(m.adc_bits, 6);
}
END_TEST

/* Sums of several bits a cell or a cycle have no columns of their own. */
START_TEST(refused)
{
    struct map_rule rule = bits(16, 16);
    struct xbar cells = {64, 64, 2, 1}, inputs = {64, 64, 1, 2};
    char why[160];
    ck_assert(style("cascade")->check(&rule, &cells, why, sizeof why) < 0);
    ck_assert_ptr_nonnull(strstr(why, "'cell_bits' 1"));
    ck_assert(style("cascade")->check(&rule, &inputs, why, sizeof why) < 0);
    cells.rows = 12;
    ck_assert(style("forms")->check(&rule, &cells, why, sizeof why) < 0);
    ck_assert_ptr_nonnull(strstr(why, "'fragment'"));
}
END_TEST

/* ---- FORMS ---- */

/* 8-bit weights in 4 columns, 16 cycles; a conversion for every 8 rows. */
START_TEST(fragments)
{
    struct quant q = narrow(1);
    struct xbar x = {128, 128, 2, 1};
    struct mapped m =
        map("forms", x, bits(8, 16), (struct matrix){1, 128, 32}, &q);
    ck_assert(m.crossbars == 1);
    ck_assert(m.conversions == 32 * 4 * 16 * 16);
    ck_assert(m.shift_adds == m.conversions + 32 * 16);
    ck_assert_int_eq(m.adc_bits, 4);
    /* 17 fragments in 2 row blocks */
    m = map("forms", x, bits(8, 16), (struct matrix){1, 130, 32}, &q);
    ck_assert(m.crossbars == 2);
    ck_assert(m.conversions == 32 * 4 * 16 * 17);
}
END_TEST

/* ---- the chip ---- */

#define V(name) ivq_value(ctx, name)

static ivq *chip(const char *set)
{
    ivq *ctx = context();
    if (set)
        ck_ok(ctx, ivq_set(ctx, set));
    ck_ok(ctx, ivq_load_tech(ctx, "cascade-65nm"));
    ck_ok(ctx, ivq_load_network(ctx, "puma_mlp_l4"));
    ck_ok(ctx, ivq_estimate(ctx));
    return ctx;
}

static double busy_s(ivq *ctx)
{
    json_t *root = tables(ctx);
    double s = number_at(row_of(root, "layers", "layer", "fc1"), "busy_s");
    json_decref(root);
    return s;
}

/* 64 columns share 32 TIAs: two reads of 24.8 ns a cycle. The 3200 sums of a
 * block's vector keep 6.4 ADCs of 630 MS/s busy for its 16 cycles: 7 do, as
 * CASCADE has, and 6 do not. */
START_TEST(pace)
{
    ivq *ctx = chip(NULL);
    ck_near(V("cycle"), 2 / 40.33e6, 1e-9);
    ck_near(busy_s(ctx), 16 * V("cycle"), 1e-9);
    ivq_free(ctx);
    ctx = chip("adc.count=6");
    ck_near(busy_s(ctx), 3200 / (6 * 630e6), 1e-9);
    ivq_free(ctx);
    ctx = chip("tia.count=5120");
    ck_near(V("cycle"), 24.8e-9, 1e-9);
    ivq_free(ctx);
}
END_TEST

/* What is counted reaches the parts: 286 columns, 256 sums, 10 conversions
 * for each output and 64 rows. */
START_TEST(counts_of_parts)
{
    ivq *ctx = chip(NULL);
    json_t *root = tables(ctx);
    double sums = (1024. * 1024 + 1024 * 2048 + 2048 * 1024 + 1024 * 10) / 64;
    const json_t *tia = row_of(root, "components", "component", "tia");
    const json_t *buffer =
        row_of(root, "components", "component", "buffer_array");
    ck_near(number_at(tia, "actions"), 286 * sums, 1e-12);
    ck_near(number_at(buffer, "actions"), 256 * sums, 1e-12);
    ck_near(number_at(buffer, "writes"), 256 * sums, 1e-12);
    ck_near(V("conversions"), 10 * sums, 1e-12);
    json_decref(root);
    ivq_free(ctx);
}
END_TEST

/* Analog sums need the parts for them; other styles have none. */
START_TEST(parts_and_style)
{
    static const struct {
        const char *tech, *set, *says;
    } wrong[] = {
        {"cascade-65nm", "mapping.style=bitslice", "has no component 'tia'"},
        {"isaac-65nm", "mapping.style=cascade", "needs component 'tia'"},
        {"cascade-65nm", "crossbar.cell_bits=2", "'cell_bits' 1"},
        {"forms-32nm", "mapping.fragment=7", "fragments of 7"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ivq *ctx = context();
        ck_ok(ctx, ivq_set(ctx, wrong[i].set));
        ck_assert(ivq_load_tech(ctx, wrong[i].tech) != IVQ_OK);
        ck_need(strstr(first_message(ctx), wrong[i].says) != NULL, "%s",
                first_message(ctx));
        ivq_free(ctx);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("cascade");
    TCase *c = tcase_create("counts");
    tcase_add_checked_fixture(c, setup, NULL);
    tcase_add_test(c, one_array);
    tcase_add_test(c, edges_of_arrays);
    tcase_add_test(c, beside_isaac);
    tcase_add_test(c, resnet18_cifar);
    tcase_add_loop_test(c, columns_by_hand, 0, 12);
    tcase_add_test(c, least);
    tcase_add_test(c, refused);
    tcase_add_test(c, fragments);
    tcase_add_test(c, pace);
    tcase_add_test(c, counts_of_parts);
    tcase_add_test(c, parts_and_style);
    suite_add_tcase(s, c);
    return unit_run(s);
}
