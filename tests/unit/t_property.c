/* t_property.c - what holds for every estimate, whatever the numbers */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "property.h"

/* Figures that are quotients of others, and limits of physics. */
static void check_relations(const ivq *ctx, const char *what)
{
    ck_near(V("power") * V("interval"), V("energy"), ROUNDING);
    ck_near(V("dynamic_energy") + V("static_energy"), V("energy"), ROUNDING);
    ck_near(V("results_per_s") * V("interval"), 1, ROUNDING);
    ck_near(V("ops_per_s") * V("interval"), 2 * V("macs"), ROUNDING);
    ck_near(V("ops_per_J") * V("energy"), 2 * V("macs"), ROUNDING);
    ck_near(V("ops_per_s_m2") * V("area"), V("ops_per_s"), ROUNDING);
    ck_need(V("used_cells") <= 1 + ROUNDING, "%s: used_cells", what);
    /* a result occupies the slowest resource for one interval */
    ck_need(V("latency") >= V("interval") * (1 - ROUNDING),
            "%s: latency %g s below the interval %g s", what, V("latency"),
            V("interval"));
    if (V("rounds") == 1)
        ck_need(V("crossbars_needed") <= V("crossbars_used") &&
                    V("crossbars_used") <= V("crossbars_have"),
                "%s: crossbars", what);
}

/* The host and its memory have energy, but no peak power. */
static void check_peak(const ivq *ctx, const json_t *root, const char *what)
{
    const json_t *row;
    double chip_J = V("energy");
    size_t i;
    json_array_foreach(json_object_get(root, "components"), i, row)
    {
        const char *name = json_string_value(json_object_get(row, "component"));
        if (!strcmp(name, "host") || !strcmp(name, "dram"))
            chip_J -= number_at(row, "energy_J");
    }
    double chip_W = chip_J / V("interval");
    ck_need(chip_W <= V("peak_power") * (1 + 1e-9) || V("rounds") > 1,
            "%s draws %g W, more than %g W with everything busy", what, chip_W,
            V("peak_power"));
}

static void check_components(const json_t *root)
{
    const json_t *row;
    size_t i;
    json_array_foreach(json_object_get(root, "components"), i, row)
    {
        char column[80];
        snprintf(column, sizeof column, "energy_%s_J",
                 json_string_value(json_object_get(row, "component")));
        double counted =
            number_at(row, "actions") * number_at(row, "energy_per_action_J") +
            number_at(row, "writes") * number_at(row, "energy_per_write_J") +
            number_at(row, "full_reads") *
                number_at(row, "energy_per_full_read_J") +
            number_at(row, "static_energy_J");
        double J = number_at(row, "energy_J");
        ck_near(counted, J, ROUNDING);
        ck_near(column_sum(root, "layers", column), J, ROUNDING);
    }
}

/* Layers and components add up to the totals, the matrix of both included. */
static void check_sums(ivq *ctx, const char *what)
{
    json_t *root = tables(ctx), *row, *value;
    const char *key;
    size_t i;
    json_t *total = json_array_get(json_object_get(root, "network"), 0);
    const double energy_J = number_at(total, "energy_J");

    check_peak(ctx, root, what);
    check_components(root);
    ck_assert_double_eq(energy_J, V("energy"));
    ck_near(column_sum(root, "layers", "energy_J"), energy_J, ROUNDING);
    ck_near(column_sum(root, "components", "energy_J"), energy_J, ROUNDING);
    ck_near(column_sum(root, "components", "area_m2"), V("area"), ROUNDING);
    ck_near(column_sum(root, "components", "static_energy_J") + 1,
            V("static_energy") + 1, ROUNDING);
    ck_near(column_sum(root, "layers", "macs"), V("macs"), 0);
    ck_near(column_sum(root, "layers", "params"), V("params"), 0);
    ck_near(column_sum(root, "layers", "crossbars"), V("crossbars_needed"), 0);
    if (V("rounds") == 1)
        ck_near(column_sum(root, "layers", "crossbars_total"),
                V("crossbars_used"), 0);
    json_array_foreach(json_object_get(root, "layers"), i, row)
    {
        double sum = 0;
        json_object_foreach(row, key, value)
        {
            ck_need(!json_is_number(value) || json_number_value(value) >= 0,
                    "%s: layer %zu: %s is negative", what, i, key);
            if (!strncmp(key, "energy_", 7) && strcmp(key, "energy_J"))
                sum += json_number_value(value);
        }
        ck_near(sum, number_at(row, "energy_J"), ROUNDING);
    }
    json_decref(root);
}

START_TEST(totals_are_sums)
{
    int n = list_networks();
    ck_assert_int_ge(n, 30);
    for (int i = 0; i < n; i++) {
        char what[160];
        ivq *ctx = estimated(techs[_i], network_name[i]);
        snprintf(what, sizeof what, "%s on %s", network_name[i], techs[_i]);
        check_figures(ctx, what);
        check_relations(ctx, what);
        check_sums(ctx, what);
        set_value(ctx, "schedule.overlap", 0);
        ck_ok(ctx, ivq_estimate(ctx));
        check_relations(ctx, what);
        ivq_free(ctx);
        free(network_name[i]);
    }
}
END_TEST

START_TEST(totals_are_sums_layer_by_layer)
{
    int n = list_networks();
    for (int i = 0; i < n; i++) {
        ivq *ctx = estimated_with(techs[_i], network_name[i],
                                  "schedule.execution=layerwise");
        check_figures(ctx, network_name[i]);
        check_relations(ctx, network_name[i]);
        if (i % 8 == 0)
            check_sums(ctx, network_name[i]);
        ivq_free(ctx);
        free(network_name[i]);
    }
}
END_TEST
/* Also where a buffer, not the crossbars, sets the pace. */
START_TEST(latency_covers_an_interval)
{
    const char *path =
        file_text("pointwise.cfg", "name = \"p\"; input = [128, 64, 64];\n"
                                   "quant = \"uniform:16/16\"; layers = (\n"
                                   "{ type = \"conv\"; out = 16; kernel = 1; }"
                                   ");\n");
    for (int budget = 64; budget <= 8192; budget *= 2) {
        char sets[80];
        snprintf(sets, sizeof sets, "chip.max_crossbars=%d", budget);
        ivq *ctx = estimated_with(techs[_i], path, sets);
        check_figures(ctx, sets);
        check_relations(ctx, sets);
        ivq_free(ctx);
    }
}
END_TEST

/* ---- more crossbars, more area: never slower ---- */

static void check_not_slower(ivq *ctx, const char *network, const char *path,
                             const double *value, int n)
{
    double interval_s = HUGE_VAL, latency_s = HUGE_VAL, last = 0;
    for (int i = 0; i < n; i++) {
        set_value(ctx, path, value[i]);
        ck_ok(ctx, ivq_estimate(ctx));
        double t = V("interval"), l = V("latency");
        ck_need(t <= interval_s * (1 + ROUNDING),
                "%s: interval %g s with %s = %.9g, %g s with %.9g", network,
                interval_s, path, last, t, value[i]);
        ck_need(l <= latency_s * (1 + ROUNDING),
                "%s: latency %g s with %s = %.9g, %g s with %.9g", network,
                latency_s, path, last, l, value[i]);
        interval_s = t;
        latency_s = l;
        last = value[i];
    }
}

/* _i: technology, execution, network */
START_TEST(more_crossbars_are_never_slower)
{
    enum { POINTS = 90 };
    double budget[POINTS];
    const char *network = some[_i / 4];
    char sets[80];
    snprintf(sets, sizeof sets, "schedule.execution=%s", modes[_i / 2 % 2]);
    ivq *ctx = estimated_with(techs[_i % 2], network, sets);
    double needed = V("crossbars_needed");
    for (int i = 0; i < POINTS; i++) /* by one at first, then by 7 % */
        budget[i] =
            i < 40 ? needed + i : floor((needed + 40) * pow(1.07, i - 40)) + i;
    check_not_slower(ctx, network, "chip.max_crossbars", budget, POINTS);
    ivq_free(ctx);
}
END_TEST

START_TEST(more_area_is_never_slower)
{
    enum { POINTS = 40 };
    double area[POINTS];
    const char *network = some[_i / 4];
    char sets[80];
    snprintf(sets, sizeof sets, "schedule.execution=%s", modes[_i / 2 % 2]);
    ivq *ctx = estimated_with(techs[_i % 2], network, sets);
    double own = V("area") / V("tiles") * (V("crossbars_needed") / 96 + 1);
    own = fmax(own, 40e-6);
    for (int i = 0; i < POINTS; i++)
        area[i] = fmin(1, (own + 25e-6) * pow(1.06, i));
    check_not_slower(ctx, network, "chip.max_area", area, POINTS);
    ivq_free(ctx);
}
END_TEST
/* ---- the order in which independent layers are written ---- */

static const char *const branch[] = {
    "{ name = \"a\"; type = \"conv\"; from = \"stem\"; out = 48; kernel = 3;"
    "  pad = 1; act = \"relu\"; },",
    "{ name = \"b\"; type = \"conv\"; from = \"stem\"; out = 80; kernel = 5;"
    "  pad = 2; norm = \"batch\"; },"};

static const char *branches(int first, const char *name)
{
    char text[1000];
    snprintf(text, sizeof text,
             "name = \"branches\"; input = [3, 24, 24];\n"
             "quant = { scheme = \"apot:4/4\"; };\nlayers = (\n"
             "{ name = \"stem\"; type = \"conv\"; out = 32; kernel = 3; },\n"
             "%s\n%s\n"
             "{ name = \"join\"; type = \"concat\"; from = (\"a\", \"b\"); },\n"
             "{ name = \"pool\"; type = \"avgpool\"; kernel = 0; },\n"
             "{ name = \"fc\"; type = \"fc\"; out = 10; });\n",
             branch[first], branch[1 - first]);
    return file_text(name, text);
}

/*
 * The same totals in either order. On a large chip the branches change places
 * on the mesh, so hops may differ and nothing else; within one router's tiles
 * nothing may.
 */
START_TEST(order_of_branches_does_not_matter)
{
    const char *sets = _i / 2 ? "chip.max_crossbars=384" : "";
    const char *tech = techs[_i % 2], *name;
    ivq *a = estimated_with(tech, branches(0, "ab.cfg"), sets);
    ivq *b = estimated_with(tech, branches(1, "ba.cfg"), sets);
    for (int i = 0; (name = ivq_metric(i, NULL, NULL)); i++) {
        bool hops = strstr(name, "energy") || !strcmp(name, "power") ||
                    !strcmp(name, "ops_per_J");
        if (_i / 2 || !hops)
            ck_near(ivq_value(a, name), ivq_value(b, name), ROUNDING);
    }
    json_t *ta = tables(a), *tb = tables(b), *row;
    size_t i;
    json_array_foreach(json_object_get(ta, "components"), i, row)
    {
        const char *part = json_string_value(json_object_get(row, "component"));
        const json_t *other = row_of(tb, "components", "component", part);
        if (_i / 2 || strcmp(part, "router"))
            ck_near(number_at(row, "energy_J"), number_at(other, "energy_J"),
                    ROUNDING);
    }
    json_decref(ta);
    json_decref(tb);
    ivq_free(a);
    ivq_free(b);
}
END_TEST

/* ---- networks that do not fit ---- */

/* Reloading changes where values go, not what is done to them. */
static void check_same_actions(const json_t *a, const json_t *b)
{
    json_t *row;
    size_t i;
    json_array_foreach(json_object_get(a, "components"), i, row)
    {
        const char *part = json_string_value(json_object_get(row, "component"));
        const json_t *other = row_of(b, "components", "component", part);
        if (strcmp(part, "router") && strcmp(part, "link"))
            ck_near(number_at(other, "actions"), number_at(row, "actions"), 0);
    }
}

/* Seconds that the weight layers work: one after another, or the slowest. */
static double work_s(const json_t *root, int one_by_one)
{
    json_t *row;
    size_t i;
    double sum = 0, most = 0;
    json_array_foreach(json_object_get(root, "layers"), i, row)
    {
        double busy_s =
            number_at(row, "crossbars") > 0 ? number_at(row, "busy_s") : 0;
        sum += busy_s;
        most = fmax(most, busy_s);
    }
    return one_by_one ? sum : most;
}

START_TEST(reloading_is_never_better)
{
    const char *network = some[_i / 4], *tech = techs[_i % 2];
    char sets[160];
    snprintf(sets, sizeof sets, "schedule.execution=%s|chip.overflow=chips",
             modes[_i / 2 % 2]);
    ivq *ctx = estimated_with(tech, network, sets);
    double interval_s = V("interval"), latency_s = V("latency");
    json_t *resident = tables(ctx);
    double needed = V("crossbars_needed");
    double have = V("crossbars_have");
    ivq_free(ctx);
    for (double share = 0.9; share > 0.002; share /= 3) {
        int budget = (int)fmin(have, ceil(needed * share));
        if (budget >= needed)
            continue;
        snprintf(sets, sizeof sets,
                 "schedule.execution=%s|chip.overflow=reload|"
                 "chip.max_crossbars=%d",
                 modes[_i / 2 % 2], budget);
        ctx = estimated_with(tech, network, sets);
        check_figures(ctx, network);
        check_relations(ctx, network);
        if (share == 0.9)
            check_sums(ctx, network);
        ck_assert_double_gt(V("rounds"), 1);
        ck_need(V("interval") >= interval_s, "%s with %d: interval", network,
                budget);
        ck_need(V("latency") >= latency_s, "%s with %d: latency", network,
                budget);
        json_t *root = tables(ctx);
        double least_s = V("program_time") + work_s(root, _i / 2 % 2);
        ck_need(V("latency") >= least_s * (1 - ROUNDING),
                "%s with %d: latency %g, weights and work take %g", network,
                budget, V("latency"), least_s);
        json_t *array = row_of(root, "components", "component", "array");
        double write_J =
            number_at(array, "writes") * number_at(array, "energy_per_write_J");
        ck_assert_double_gt(write_J, 0);
        ck_assert_double_ge(V("energy"), write_J);
        check_same_actions(resident, root);
        ck_near(write_J, V("program_energy"), ROUNDING); /* batch 1 */
        json_decref(root);
        ivq_free(ctx);
    }
    json_decref(resident);
}
END_TEST

/* Twice the network on as small a chip takes twice the chips. */
START_TEST(chips_hold_what_is_needed)
{
    for (int tiles = 2; tiles <= 256; tiles *= 2) {
        char sets[80];
        snprintf(sets, sizeof sets, "chip.tiles=%d", tiles);
        ivq *ctx = estimated_with(techs[_i], "resnet18", sets);
        ck_assert_double_ge(V("crossbars_have"), V("crossbars_needed"));
        ck_assert_double_le((V("chips") - 1) * tiles * 96,
                            V("crossbars_needed"));
        ck_assert_double_eq(V("rounds"), 1);
        check_relations(ctx, sets);
        check_sums(ctx, sets);
        ivq_free(ctx);
    }
}
END_TEST

START_TEST(budget_too_small)
{
    ivq *ctx = estimated(techs[_i], "resnet18");
    double needed = V("crossbars_needed");
    set_value(ctx, "chip.max_crossbars", needed - 1);
    ck_assert_int_eq(ivq_estimate(ctx), IVQ_INPUT);
    ck_need(strstr(first_message(ctx), "crossbars and the budget holds"), "%s",
            first_message(ctx));
    ivq_clear(ctx);
    set_value(ctx, "chip.max_crossbars", needed);
    ck_ok(ctx, ivq_estimate(ctx));
    set_value(ctx, "chip.max_crossbars", 0);
    set_value(ctx, "chip.max_area", 1e-6);
    ck_assert_int_eq(ivq_estimate(ctx), IVQ_INPUT);
    ck_assert_double_nan(V("energy"));
    ivq_free(ctx);
}
END_TEST
/* ---- any parameters within their ranges ---- */

/* clang-format off */
static const struct { const char *path; double min, max; int whole; } axes[] = {
    {"crossbar.rows", 1, 4096, 1}, {"crossbar.columns", 1, 4096, 1},
    {"crossbar.cell_bits", 1, 8, 1}, {"crossbar.dac_bits", 1, 16, 1},
    {"crossbar.read_time", 1e-12, 1, 0}, {"pe.crossbars", 1, 64, 1},
    {"tile.pes", 1, 64, 1}, {"tile.buffer_capacity", 8, 1e12, 0},
    {"chip.tiles", 1, 1e4, 1}, {"chip.mesh_columns", 1, 100, 1},
    {"chip.chips", 1, 100, 1}, {"chip.batch", 1, 1e6, 1},
    {"chip.max_crossbars", 1, 1e8, 1}, {"chip.max_area", 1e-9, 1, 0},
    {"schedule.fixed_cycles", 0, 1000, 0}, {"schedule.overlap", 0, 1, 0},
    {"adc.rate", 1, 1e15, 0}, {"adc.power", 1e-12, 1e6, 0},
    {"adc.count", 1e-3, 1e6, 0}, {"adc.of", 1e-3, 1e12, 0},
    {"adc.area", 1e-18, 1, 0}, {"link.rate", 1, 1e15, 0},
    {"router.count", 1e-3, 1e6, 0}, {"router.rate", 1, 1e15, 0},
    {"host.rate", 1, 1e15, 0}, {"buffer.static_share", 0, 1, 0},
    {"array.write_time", 1e-12, 1, 0}, {"bus.rate", 1, 1e15, 0},
    {"mapping.weight_bits", 1, 64, 1}, {"mapping.input_bits", 1, 64, 1},
    {"mapping.sme_degree", 1, 16, 1}, {"activation.rate", 1, 1e15, 0},
};
/* clang-format on */
enum { AXES = sizeof axes / sizeof *axes };

static void set_random(ivq *ctx)
{
    int a = (int)(next_random() % AXES);
    double x = axes[a].min > 0
                   ? axes[a].min * pow(axes[a].max / axes[a].min, uniform(0, 1))
                   : uniform(axes[a].min, axes[a].max);
    if (next_random() % 10 == 0)
        x = next_random() % 2 ? axes[a].min : axes[a].max;
    if (axes[a].whole)
        x = floor(x);
    int param = ivq_param(ctx, axes[a].path);
    ck_assert_int_ge(param, 0);
    if (ivq_param_set(ctx, param, fmin(x, axes[a].max)) != IVQ_OK)
        ck_assert_str_ne(first_message(ctx), "");
    ivq_clear(ctx);
}

/* A result that keeps the relations, or a message; never a trap. */
START_TEST(any_parameters)
{
    static const char *const level[] = {"L0", "L1", "L2", "SME", "L3", "L4"};
    static const char *const overflow[] = {"chips", "reload", "error"};
    int done = 0;
    seed = 100 + (uint64_t)_i;
    for (int i = 0; i < 25; i++) {
        char sets[200];
        snprintf(sets, sizeof sets,
                 "mapping.level=%s|chip.overflow=%s|schedule.execution=%s|"
                 "mapping.two_arrays=%s|mapping.skip_columns=%s|"
                 "mapping.style=%s",
                 level[next_random() % 6], overflow[next_random() % 3],
                 modes[next_random() % 2], next_random() % 2 ? "true" : "false",
                 next_random() % 2 ? "true" : "false",
                 next_random() % 2 ? "ivq" : "bitslice");
        ivq *ctx = context();
        set_all(ctx, sets);
        ck_ok(ctx, ivq_load_tech(ctx, techs[next_random() % 2]));
        ck_ok(ctx, ivq_load_network(ctx, some[next_random() % SOME]));
        for (int k = 0; k < 12; k++) {
            set_random(ctx);
            if (ivq_estimate(ctx) == IVQ_OK) {
                check_figures(ctx, sets);
                if (done++ % 8 == 0) /* slow: it goes through JSON */
                    check_sums(ctx, sets);
            } else {
                ck_assert_str_ne(first_message(ctx), "(no message)");
            }
            ivq_clear(ctx);
        }
        ivq_free(ctx);
    }
    ck_assert_int_gt(done, 30);
}
END_TEST
int main(void)
{
    Suite *s = suite_create("property");
    TCase *c = tcase_create("estimates");
    tcase_add_checked_fixture(c, setup, files_teardown);
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, totals_are_sums, 0, ALL_TECHS);
    tcase_add_loop_test(c, totals_are_sums_layer_by_layer, 0, ALL_TECHS);
    tcase_add_loop_test(c, latency_covers_an_interval, 0, ALL_TECHS);
    tcase_add_loop_test(c, more_crossbars_are_never_slower, 0,
                        TECHS * MODES * SOME);
    tcase_add_loop_test(c, more_area_is_never_slower, 0, TECHS * MODES * SOME);
    tcase_add_loop_test(c, order_of_branches_does_not_matter, 0, 4);
    tcase_add_loop_test(c, reloading_is_never_better, 0, TECHS * MODES * SOME);
    tcase_add_loop_test(c, chips_hold_what_is_needed, 0, TECHS_OF_96);
    tcase_add_loop_test(c, budget_too_small, 0, ALL_TECHS);
    tcase_add_loop_test(c, any_parameters, 0, 8);
    suite_add_tcase(s, c);
    return unit_run(s);
}
