/* t_trend.c - figures that rise and fall as physics says */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "property.h"

#include <time.h>

/* ---- monotone as physics says ---- */

/*
 * What must not fall (+) or not rise (-) when a parameter grows and all else
 * stays. Chips keep their tiles and a component its cost, unless it is the
 * parameter. What is not listed can go either way.
 */
/* clang-format off */
static const struct {
    const char *tech, *network, *sets, *path;
    double from, to;
    int steps, whole;
    const char *up, *down;
} trends[] = {
    /* more cells in a chip of as many tiles: area; fewer are needed */
    {"isaac-32nm", "resnet18", "chip.tiles=4000", "crossbar.rows", 16, 1024, 12, 1,
     "area peak_power storage", "crossbars_needed conversions"},
    {"ivq-32nm", "resnet18", "chip.tiles=4000", "crossbar.rows", 16, 1024, 12, 1,
     "area peak_power storage", "crossbars_needed conversions"},
    {"isaac-32nm", "vgg11", "chip.tiles=20000", "crossbar.columns", 16, 1024, 12, 1,
     "area peak_power storage cycle", "crossbars_needed"},
    {"ivq-32nm", "vgg11", "chip.tiles=20000", "crossbar.columns", 16, 1024, 12, 1,
     "area peak_power storage cycle", "crossbars_needed"},
    {"isaac-32nm", "resnet18", "", "crossbar.cell_bits", 1, 8, 8, 1,
     "storage", "crossbars_needed"},
    {"isaac-32nm", "resnet18", "", "crossbar.dac_bits", 1, 16, 16, 1,
     "", "conversions interval latency"},
    /* a converter of more bits is larger and takes more energy */
    {"isaac-32nm", "resnet18", "", "adc.bits", 4, 10, 7, 1,
     "area energy power peak_power", ""},
    {"ivq-32nm", "mobilenet_v2", "", "adc.bits", 4, 8, 5, 1,
     "area energy power peak_power", ""},
    /* as fast as they convert, until the read is slower */
    {"isaac-32nm", "resnet18", "", "adc.rate", 1e8, 5e9, 12, 0,
     "", "cycle interval latency"},
    {"isaac-32nm", "resnet18", "", "adc.count", 1, 32, 12, 1,
     "area peak_power", "cycle interval latency"},
    {"ivq-32nm", "resnet18", "", "crossbar.read_time", 1e-8, 1e-5, 12, 0,
     "cycle interval latency static_energy energy", "peak_ops_per_s"},
    {"isaac-32nm", "googlenet", "", "crossbar.read_time", 1e-8, 1e-5, 12, 0,
     "cycle interval latency static_energy energy", "peak_ops_per_s"},
    /* more bits of weights and inputs: more planes, more cycles; a copy of
     * wider weights lies on more tiles, whose parts it shares with fewer
     * layers, so that the latency may well fall */
    {"isaac-32nm", "resnet18", "", "mapping.weight_bits", 1, 32, 32, 1,
     "crossbars_needed conversions dynamic_energy interval", ""},
    {"isaac-32nm", "resnet18", "", "mapping.input_bits", 1, 32, 32, 1,
     "conversions dynamic_energy interval latency", "peak_ops_per_s"},
    {"isaac-32nm", "mobilenet_v2", "chip.max_crossbars=20000",
     "mapping.weight_bits", 1, 32, 32, 1,
     "crossbars_needed conversions dynamic_energy interval", ""},
    /* dearer parts */
    {"ivq-32nm", "resnet18", "", "adc.power", 1e-3, 1, 10, 0,
     "energy power peak_power", "ops_per_J"},
    {"ivq-32nm", "resnet18", "", "link.power", 1, 100, 10, 0,
     "energy power peak_power static_energy", "ops_per_J"},
    {"ivq-32nm", "resnet18", "", "buffer.area", 1e-9, 1e-6, 10, 0,
     "area", "ops_per_s_m2"},
    {"ivq-32nm", "resnet18", "", "array.write_energy", 1e-12, 1e-9, 10, 0,
     "program_energy", ""},
    {"ivq-32nm", "resnet18", "", "array.write_time", 1e-8, 1e-3, 10, 0,
     "program_time", ""},
    {"ivq-32nm", "resnet18", "", "dac.static_share", 0, 1, 10, 0,
     "static_energy", "dynamic_energy"},
    /* a longer way of every vector, stalls that are hidden */
    {"ivq-32nm", "resnet18", "", "schedule.fixed_cycles", 0, 100, 12, 0,
     "latency", ""},
    {"ivq-32nm", "resnet18", "", "schedule.overlap", 0, 1, 12, 0,
     "", "interval latency"},
    /* faster parts of a tile, faster links */
    {"ivq-32nm", "mobilenet_v2", "", "buffer.rate", 1e8, 1e12, 14, 0,
     "", "interval latency"},
    {"ivq-32nm", "mobilenet_v2", "", "bus.rate", 1e8, 1e12, 14, 0,
     "", "interval latency"},
    {"ivq-32nm", "resnet18", "", "activation.rate", 1e6, 1e10, 14, 0,
     "", "interval latency"},
    {"ivq-32nm", "resnet18", "", "router.rate", 1e8, 1e12, 14, 0,
     "", "interval latency"},
    {"ivq-32nm", "resnet18", "", "link.rate", 1e8, 1e12, 14, 0,
     "", "interval latency program_time"},
    {"ivq-32nm", "vit_b_16", "", "host.rate", 1e9, 1e14, 14, 0,
     "", "interval latency"},
    {"ivq-32nm", "vit_b_16", "", "link.rate", 1e8, 1e12, 14, 0,
     "", "interval latency"},
    /* a larger chip */
    {"ivq-32nm", "resnet18", "", "chip.tiles", 64, 1000, 20, 1,
     "area peak_power storage", "interval latency"},
    {"isaac-32nm", "resnet18", "schedule.execution=layerwise", "chip.tiles",
     64, 1000, 20, 1, "area peak_power storage", "interval latency"},
    {"ivq-32nm", "resnet18", "", "chip.chips", 1, 8, 8, 1,
     "area peak_power storage", "interval"},
    {"ivq-32nm", "resnet18", "chip.overflow=reload|chip.tiles=20",
     "chip.batch", 1, 1000, 12, 1, "", "interval energy"},
};
/* clang-format on */
enum { TRENDS = sizeof trends / sizeof *trends };

/* Compares the figures named in `names` with the last ones. */
static void check_trend(const ivq *ctx, const char *names, int sign,
                        const char *path, double at, double *last, bool first)
{
    char copy[200], *save = NULL;
    int k = 0;
    snprintf(copy, sizeof copy, "%s", names);
    for (char *m = strtok_r(copy, " ", &save); m;
         m = strtok_r(NULL, " ", &save), k++) {
        double x = V(m);
        ck_need(isfinite(x), "no figure '%s'", m);
        ck_need(first || sign * (x - last[k]) >= -ROUNDING * fabs(last[k]),
                "%s %s from %.12g to %.12g as %s grows to %g", m,
                sign > 0 ? "falls" : "rises", last[k], x, path, at);
        last[k] = x;
    }
}

START_TEST(trend)
{
    double up[8] = {0}, down[8] = {0};
    ivq *ctx =
        estimated_with(trends[_i].tech, trends[_i].network, trends[_i].sets);
    double from = trends[_i].from, to = trends[_i].to;
    for (int i = 0; i < trends[_i].steps; i++) {
        double share = i / (trends[_i].steps - 1.0);
        double x = from > 0 ? from * pow(to / from, share) : to * share;
        if (trends[_i].whole) /* all of a short range, else powers */
            x = to - from < trends[_i].steps ? from + i : floor(x + 1e-9);
        set_value(ctx, trends[_i].path, fmin(x, to));
        ck_ok(ctx, ivq_estimate(ctx));
        check_trend(ctx, trends[_i].up, 1, trends[_i].path, x, up, i == 0);
        check_trend(ctx, trends[_i].down, -1, trends[_i].path, x, down, i == 0);
    }
    ivq_free(ctx);
}
END_TEST

/* Bits of a quantization, which is no parameter of the technology. */
START_TEST(more_bits_cost_more)
{
    static const char *const metric[] = {"crossbars_needed", "dynamic_energy",
                                         "conversions", "interval", "latency"};
    const char *network = _i < 2 ? "resnet18" : "mobilenet_v2";
    double last[5] = {0};
    for (int bits = 2; bits <= 8; bits++) {
        char scheme[40];
        ivq *ctx = context();
        if (_i % 2)
            snprintf(scheme, sizeof scheme, "uniform:4/%d", bits);
        else
            snprintf(scheme, sizeof scheme, "uniform:%d/4", bits);
        ck_ok(ctx, ivq_quant(ctx, scheme));
        ck_ok(ctx, ivq_load_tech(ctx, "ivq-32nm"));
        set_value(ctx, "chip.max_crossbars", 60000);
        ck_ok(ctx, ivq_load_network(ctx, network));
        ck_ok(ctx, ivq_estimate(ctx));
        for (int k = 0; k < 5; k++) {
            double x = V(metric[k]);
            ck_need(x >= last[k] * (1 - ROUNDING),
                    "%s of %s falls from %.9g to %.9g with %s", metric[k],
                    network, last[k], x, scheme);
            last[k] = x;
        }
        ivq_free(ctx);
    }
}
END_TEST

/* Free packing needs no more crossbars than dropping the hollow ones, and
 * that no more than keeping all. */
START_TEST(levels_are_ordered)
{
    static const char *const level[] = {"L0", "L1", "L4"};
    int n = list_networks();
    for (int i = 0; i < n; i++) {
        double last = HUGE_VAL;
        for (int k = 0; k < 3; k++) {
            char sets[80];
            snprintf(sets, sizeof sets, "mapping.level=%s", level[k]);
            ivq *ctx = estimated_with("ivq-32nm", network_name[i], sets);
            double x = V("crossbars_needed");
            ck_need(x <= last, "%s: %g crossbars at %s, %g before",
                    network_name[i], x, level[k], last);
            last = x;
            ivq_free(ctx);
        }
        free(network_name[i]);
    }
}
END_TEST
/* ---- cost grows linearly with layers ---- */

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Processor time for reading and estimating a chain of n groups of layers. */
static double chain_s(int n)
{
    char text[400];
    double best_s = HUGE_VAL;
    snprintf(text, sizeof text,
             "name = \"chain\"; input = [16, 8, 8];\n"
             "quant = { scheme = \"apot:4/4\"; };\nlayers = (\n"
             "{ name = \"block\"; repeat = %d; layers = (\n"
             "{ name = \"conv\"; type = \"conv\"; out = 16; kernel = 3;\n"
             "  pad = 1; act = \"relu\"; },\n"
             "{ name = \"add\"; type = \"add\"; from = (\"conv\", \"in\"); }\n"
             "); });\n",
             n);
    const char *path = file_text("chain.cfg", text);
    for (int k = 0; k < 3; k++) {
        ivq *ctx = context();
        ck_ok(ctx, ivq_load_tech(ctx, "ivq-32nm"));
        double begin_s = cpu_s();
        ck_ok(ctx, ivq_load_network(ctx, path));
        ck_ok(ctx, ivq_estimate(ctx));
        best_s = fmin(best_s, cpu_s() - begin_s);
        ck_assert_double_eq(V("layers"), 2 * n);
        ck_assert_double_gt(V("energy"), 0);
        ivq_free(ctx);
    }
    files_count--;
    return best_s;
}

START_TEST(cost_is_linear)
{
    double last_s = 0;
    for (int n = 10; n <= 10000; n *= 10) {
        double layer_s = chain_s(n) / n;
        ck_need(last_s == 0 || layer_s < 4 * last_s,
                "%g us a layer with %d, %g us with %d", 1e6 * layer_s, n,
                1e6 * last_s, n / 10);
        last_s = layer_s;
    }
}
END_TEST
int main(void)
{
    Suite *s = suite_create("trend");
    TCase *c = tcase_create("estimates");
    tcase_add_checked_fixture(c, setup, files_teardown);
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, trend, 0, TRENDS);
    tcase_add_loop_test(c, more_bits_cost_more, 0, 4);
    tcase_add_test(c, levels_are_ordered);
    tcase_add_test(c, cost_is_linear);
    suite_add_tcase(s, c);
    return unit_run(s);
}
