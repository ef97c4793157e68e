/* t_isaac.c - ISAAC as published, from its technology file */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A. Shafiee et al., ISCA 2016, corrected version: Table I, Table IV, Fig. 4b,
 * sections V and VIII-A. */
#include "estimate.h"

#include <fenv.h>

static const char *fc_path, *fc8_path;

#define FC(bits)                                                               \
    "name = \"fc\"; input = [1280];\n"                                         \
    "quant = { scheme = \"uniform:" bits "/" bits "\"; };\n"                   \
    "layers = ( { name = \"fc\"; type = \"fc\"; out = 256; } );\n"

static void setup(void)
{
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    files_setup();
    /* whole crossbars: K and N are multiples of 128 */
    fc_path = file_text("fc.cfg", FC("16"));
    fc8_path = file_text("fc8.cfg", FC("8"));
}

static ivq *isaac(const char *network, const char *const *sets)
{
    ivq *ctx = context();
    for (; sets && *sets; sets++)
        ck_ok(ctx, ivq_set(ctx, *sets));
    ck_ok(ctx, ivq_load_tech(ctx, "isaac-32nm"));
    ck_ok(ctx, ivq_load_network(ctx, network));
    ck_ok(ctx, ivq_estimate(ctx));
    return ctx;
}

#define V(name) ivq_value(ctx, name)

/* Sum over the components of a level ("PE", "tile", "chip") of one chip. */
static double level_sum(const json_t *root, const char *level,
                        const char *column)
{
    json_t *row;
    size_t i;
    double sum = 0;
    json_array_foreach(json_object_get(root, "components"), i, row)
    {
        const char *text = json_string_value(json_object_get(row, "level"));
        if (!strcmp(text, level))
            sum += number_at(row, column);
    }
    return sum;
}

static double part(const json_t *root, const char *name, const char *column)
{
    return number_at(row_of(root, "components", "component", name), column);
}

enum { TILES = 168 };

/* Table I: 12 IMAs, the tile, 168 tiles, the chip; 0.5 % for its rounding */
START_TEST(sums_of_the_table)
{
    ivq *ctx = isaac("resnet18", NULL);
    json_t *root = tables(ctx);
    double ima_W = level_sum(root, "PE", "peak_power_W") / TILES;
    double tile_W = level_sum(root, "tile", "peak_power_W") / TILES;
    double ima_m2 = level_sum(root, "PE", "area_m2") / TILES;
    double tile_m2 = level_sum(root, "tile", "area_m2") / TILES;

    ck_assert_double_eq(V("tiles"), TILES);
    ck_assert_double_eq(V("chips"), 1);
    ck_near(ima_W, 289e-3, 0.005);
    ck_near(ima_m2, 0.157e-6, 0.005);
    ck_near(tile_W, 40.9e-3, 0.005);
    ck_near(tile_m2, 0.215e-6, 0.005);
    ck_near(ima_W + tile_W, 330e-3, 0.005);
    ck_near(ima_m2 + tile_m2, 0.372e-6, 0.005);
    ck_near((ima_W + tile_W) * TILES, 55.4, 0.005);
    ck_near((ima_m2 + tile_m2) * TILES, 62.5e-6, 0.005);
    ck_near(V("peak_power"), 65.8, 0.005);
    ck_near(V("area"), 85.4e-6, 0.005);
    json_decref(root);
    ivq_free(ctx);
}
END_TEST

/* Section VIII-A, in percent of the tile, within a point */
START_TEST(shares_of_the_tile)
{
    ivq *ctx = isaac("resnet18", NULL);
    json_t *root = tables(ctx);
    double tile_W = level_sum(root, "PE", "peak_power_W") +
                    level_sum(root, "tile", "peak_power_W");
    double tile_m2 =
        level_sum(root, "PE", "area_m2") + level_sum(root, "tile", "area_m2");
    double adc_W = part(root, "adc", "peak_power_W");
    double adc_m2 = part(root, "adc", "area_m2");
    double memory_m2 =
        part(root, "buffer", "area_m2") + part(root, "bus", "area_m2");

    ck_need(fabs(100 * adc_W / tile_W - 58) <= 1, "ADC power %g %%",
            100 * adc_W / tile_W);
    ck_need(fabs(100 * adc_m2 / tile_m2 - 31) <= 1, "ADC area %g %%",
            100 * adc_m2 / tile_m2);
    ck_need(fabs(100 * memory_m2 / tile_m2 - 47) <= 1, "eDRAM and bus %g %%",
            100 * memory_m2 / tile_m2);
    json_decref(root);
    ivq_free(ctx);
}
END_TEST

/* Table IV: CE, PE, SE; the peak is 168 x 12 x 8 x 128 x 128 cells of an
 * eighth of a weight, an operation of 16 cycles of 100 ns */
START_TEST(peaks)
{
    ivq *ctx = isaac(fc_path, NULL);
    double cells = 168. * 12 * 8 * 128 * 128;
    ck_near(V("peak_ops_per_s"), 2 * cells / 8 / 16 / 100e-9, 1e-12);
    ck_near(V("peak_ops_per_s"), 41.3e12, 0.005);
    ck_near(V("peak_ops_per_s") / V("area") * 1e-6, 478.95e9, 0.015);
    ck_near(V("peak_ops_per_s") / V("peak_power"), 627.5e9, 0.005);
    ck_near(V("storage") / 8 / 0x1p20 / (V("area") * 1e6), 0.74, 0.01);
    ivq_free(ctx);
}
END_TEST

/* Fig. 4b: a vector takes 22 cycles of 100 ns from eDRAM to eDRAM */
START_TEST(pipeline_depth)
{
    ivq *ctx = isaac(fc_path, NULL);
    json_t *root = tables(ctx);
    const json_t *fc = row_of(root, "layers", "layer", "fc");
    ck_near(number_at(fc, "first_output_s") - number_at(fc, "start_s"), 22e-7,
            1e-12);
    ck_near(V("cycle"), 100e-9, 1e-12);
    json_decref(root);
    ivq_free(ctx);
}
END_TEST

/* Section V: 128 rows, 1-bit inputs, 2-bit cells: 9 bits, 8 with flipping */
START_TEST(adc_resolution)
{
    static const char *const no_flip[] = {"mapping.flip=false", NULL};
    for (int flip = 0; flip < 2; flip++) {
        ivq *ctx = isaac(fc_path, flip ? NULL : no_flip);
        json_t *root = tables(ctx);
        const json_t *fc = row_of(root, "layers", "layer", "fc");
        ck_assert_double_eq(number_at(fc, "adc_bits_needed"), flip ? 8 : 9);
        json_decref(root);
        ivq_free(ctx);
    }
}
END_TEST

/* 16 bit: 8 slices x 16 cycles / 128 rows; 8 bit: 4 x 8 / 128 */
START_TEST(conversions_per_mac)
{
    static const char *const eight[] = {"mapping.weight_bits=8",
                                        "mapping.input_bits=8", NULL};
    ivq *ctx = isaac(fc_path, NULL);
    ck_assert_double_eq(V("conversions_per_mac"), 1);
    ivq_free(ctx);
    ctx = isaac(fc8_path, eight);
    ck_assert_double_eq(V("conversions_per_mac"), 0.25);
    ivq_free(ctx);
}
END_TEST

/* One copy is 9 crossbars with 16 bits, 18 with 32; they are the limit. */
static const char *convolution(void)
{
    return file_text("conv.cfg",
                     "name = \"conv\"; input = [128, 66, 66];\n"
                     "quant = { scheme = \"uniform:16/16\"; };\n"
                     "layers = ( { name = \"conv\"; type = \"conv\";"
                     " out = 16; kernel = 3; } );\n");
}

/* Section VIII-A: what is slower or wider takes as much longer. */
START_TEST(throughput_scales)
{
    static const char *const base[] = {"chip.max_crossbars=576", NULL};
    static const char *const slow[] = {"chip.max_crossbars=576",
                                       "crossbar.read_time=200 ns", NULL};
    static const char *const wide[] = {"chip.max_crossbars=576",
                                       "mapping.weight_bits=32",
                                       "mapping.input_bits=32", NULL};
    const char *network = convolution();
    ivq *ctx = isaac(network, base);
    double peak = V("peak_ops_per_s"), rate = V("ops_per_s");
    ck_near(V("interval"), 4096 / 64 * 16 * 100e-9, 1e-9);
    ivq_free(ctx);
    ctx = isaac(network, slow);
    ck_near(V("ops_per_s"), 0.5 * rate, 1e-9);
    ck_near(V("peak_ops_per_s"), 0.5 * peak, 1e-9);
    ivq_free(ctx);
    ctx = isaac(network, wide);
    ck_near(V("ops_per_s"), 0.25 * rate, 1e-9);
    ck_near(V("peak_ops_per_s"), 0.25 * peak, 1e-9);
    ivq_free(ctx);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("isaac");
    TCase *c = tcase_create("as published");
    tcase_add_checked_fixture(c, setup, files_teardown);
    tcase_add_test(c, sums_of_the_table);
    tcase_add_test(c, shares_of_the_tile);
    tcase_add_test(c, peaks);
    tcase_add_test(c, pipeline_depth);
    tcase_add_test(c, adc_resolution);
    tcase_add_test(c, conversions_per_mac);
    tcase_add_test(c, throughput_scales);
    suite_add_tcase(s, c);
    return unit_run(s);
}
