/* t_api.c - ivq.h as a program uses it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "estimate.h"

#include <locale.h>

static const char *const network = "resnet18", *const tech = "ivq-32nm";

/* ---- what is asked out of turn ---- */

START_TEST(nothing_is_loaded)
{
    ivq *ctx = ivq_new();
    ck_assert_ptr_nonnull(ctx);
    ck_assert_ptr_null(ivq_message(ctx, 0, NULL));
    ck_assert_ptr_null(ivq_message(ctx, -1, NULL));
    ck_assert_double_nan(ivq_value(ctx, "energy"));
    ck_assert_int_eq(ivq_param(ctx, "adc.rate"), -1);
    ck_assert_double_nan(ivq_param_get(ctx, 0));
    ck_assert_double_nan(ivq_param_get(ctx, -1));
    ck_assert_int_eq(ivq_param_set(ctx, 0, 1), IVQ_INPUT);
    ck_assert_int_eq(ivq_estimate(ctx), IVQ_INPUT);
    ck_assert_int_eq(ivq_write(ctx, stderr, IVQ_CSV, IVQ_LAYERS), IVQ_INPUT);
    ck_assert_int_eq(ivq_explain(ctx, stderr, "energy"), IVQ_INPUT);
    int is_error = 0;
    ck_assert_ptr_nonnull(ivq_message(ctx, 3, &is_error));
    ck_assert_int_eq(is_error, 1);
    ivq_clear(ctx);
    ck_assert_ptr_null(ivq_message(ctx, 0, NULL));
    ivq_free(ctx);
    ivq_free(NULL);
    ck_assert_str_ne(ivq_version(), "");
}
END_TEST

START_TEST(half_is_loaded)
{
    ivq *ctx = context();
    ck_ok(ctx, ivq_load_tech(ctx, tech));
    ck_assert_int_eq(ivq_estimate(ctx), IVQ_INPUT);
    ck_ok(ctx, ivq_load_network(ctx, network));
    ck_assert_double_nan(ivq_value(ctx, "energy")); /* not estimated yet */
    ck_ok(ctx, ivq_estimate(ctx));
    ck_assert_double_gt(ivq_value(ctx, "energy"), 0);
    ck_assert_double_nan(ivq_value(ctx, "enrgy"));
    ck_ok(ctx, ivq_load_network(ctx, "lenet5"));
    ck_assert_double_nan(ivq_value(ctx, "energy")); /* of another network */
    ck_ok(ctx, ivq_estimate(ctx));
    ivq_free(ctx);
}
END_TEST

/* A load that fails leaves nothing to estimate, and can be repeated. */
START_TEST(load_fails)
{
    ivq *ctx = estimated(tech, network);
    double energy_J = ivq_value(ctx, "energy");
    ck_assert_int_eq(ivq_load_network(ctx, "no-such-network"), IVQ_INPUT);
    ck_assert_ptr_nonnull(strstr(first_message(ctx), "'no-such-network'"));
    ck_assert_int_eq(ivq_estimate(ctx), IVQ_INPUT);
    ck_assert_int_eq(ivq_load_tech(ctx, "workloads"), IVQ_INPUT);
    ck_assert_int_eq(ivq_param(ctx, "adc.rate"), -1);
    ivq_clear(ctx);
    ck_ok(ctx, ivq_load_network(ctx, network));
    ck_ok(ctx, ivq_load_tech(ctx, tech));
    ck_ok(ctx, ivq_estimate(ctx));
    ck_assert_double_eq(ivq_value(ctx, "energy"), energy_J);
    ivq_free(ctx);
}
END_TEST

/* ---- figures ---- */

START_TEST(figures_are_known)
{
    ivq *ctx = estimated(tech, network);
    const char *name, *unit, *text;
    int n = 0;
    ck_assert_ptr_null(ivq_metric(-1, NULL, NULL));
    for (; (name = ivq_metric(n, &unit, &text)); n++) {
        double x = ivq_value(ctx, name);
        ck_assert_msg(isfinite(x) && x >= 0, "%s is %g", name, x);
        ck_assert_ptr_nonnull(unit);
        ck_assert_str_ne(text, "");
        ck_assert_pstr_eq(ivq_metric(n, NULL, NULL), name);
    }
    ck_assert_int_ge(n, 20);
    ivq_free(ctx);
}
END_TEST

START_TEST(figures_are_explained)
{
    ivq *ctx = estimated(tech, network);
    const char *name;
    for (int i = 0; (name = ivq_metric(i, NULL, NULL)); i++) {
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);
        ck_ok(ctx, ivq_explain(ctx, out, name));
        fclose(out);
        ck_assert_msg(!strncmp(text, name, strlen(name)) &&
                          strstr(text, "ResNet-18"),
                      "%s: %s", name, text);
        free(text);
    }
    ck_assert_int_eq(ivq_explain(ctx, stderr, "enegry"), IVQ_INPUT);
    ck_assert_str_eq(first_message(ctx),
                     "unknown figure 'enegry'; did you mean 'energy'?");
    ivq_free(ctx);
}
END_TEST

/* The chain names the components, a source and the largest layer. */
START_TEST(energy_is_traced_to_sources)
{
    ivq *ctx = estimated(tech, network);
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    ck_ok(ctx, ivq_explain(ctx, out, "energy"));
    fclose(out);
    ck_assert_ptr_nonnull(strstr(text, "adc.power = 5.14 mW"));
    ck_assert_ptr_nonnull(strstr(text, "Liu2021 Tab. I"));
    /* as much as layer1.0.conv1: a tie hides nothing */
    ck_assert_ptr_nonnull(strstr(text, "layer1.0.conv2 "));
    free(text);
    ivq_free(ctx);
}
END_TEST

/* ---- parameters ---- */

START_TEST(parameters)
{
    ivq *ctx = estimated(tech, network);
    double before = ivq_value(ctx, "energy");
    int power = ivq_param(ctx, "adc.power"), rows = ivq_param(ctx, "pe.no");
    ck_assert_int_ge(power, 0);
    ck_assert_int_eq(rows, -1);
    ck_assert_int_eq(ivq_param(ctx, "adc"), -1);
    ck_assert_int_eq(ivq_param(ctx, ""), -1);
    ck_assert_int_eq(ivq_param(ctx, "adc."), -1);
    ck_assert_int_eq(ivq_param(ctx, "ad.power"), -1);
    double value = ivq_param_get(ctx, power);
    ck_assert_double_eq(value, 5.14e-3);
    ck_ok(ctx, ivq_param_set(ctx, power, 2 * value));
    ck_ok(ctx, ivq_estimate(ctx));
    ck_assert_double_gt(ivq_value(ctx, "energy"), before);
    ck_ok(ctx, ivq_param_set(ctx, power, value));
    ck_ok(ctx, ivq_estimate(ctx));
    ck_assert_double_eq(ivq_value(ctx, "energy"), before);
    ivq_free(ctx);
}
END_TEST

/* A geometry maps the layers again, and back gives the same bytes. */
START_TEST(parameters_of_the_geometry)
{
    ivq *ctx = estimated(tech, network);
    char *before = written(ctx, IVQ_JSON, IVQ_REPORT);
    double crossbars = ivq_value(ctx, "crossbars_needed");
    int rows = ivq_param(ctx, "crossbar.rows");
    ck_ok(ctx, ivq_param_set(ctx, rows, 256));
    ck_ok(ctx, ivq_estimate(ctx));
    ck_assert_double_lt(ivq_value(ctx, "crossbars_needed"), crossbars);
    ck_ok(ctx, ivq_param_set(ctx, rows, 128));
    ck_ok(ctx, ivq_estimate(ctx));
    char *after = written(ctx, IVQ_JSON, IVQ_REPORT);
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    ivq_free(ctx);
}
END_TEST

/* clang-format off */
static const struct { const char *path; double value; } bad_values[] = {
    {"adc.power", -1}, {"adc.power", 1e9}, {"adc.rate", 0},
    {"crossbar.rows", 0}, {"crossbar.rows", 1.5}, {"crossbar.rows", 1e6},
    {"crossbar.rows", -5}, {"adc.bits", 99}, {"adc.bits", 2},
    {"mapping.style", 1}, {"mapping.level", 1}, {"mapping.two_arrays", 1},
    {"crossbar.read_time", 0}, {"adc.count", 0}, {"chip.tiles", 0},
    {"chip.tiles", 5e9},
};
/* clang-format on */

START_TEST(parameter_is_refused)
{
    ivq *ctx = estimated(tech, network);
    char *before = written(ctx, IVQ_JSON, IVQ_REPORT);
    int param = ivq_param(ctx, bad_values[_i].path);
    ck_assert_int_ge(param, 0);
    ck_assert_int_eq(ivq_param_set(ctx, param, bad_values[_i].value),
                     IVQ_INPUT);
    ck_assert_ptr_nonnull(ivq_message(ctx, 0, NULL));
    ivq_clear(ctx);
    ck_assert_int_eq(ivq_param_set(ctx, param, (double)NAN), IVQ_INPUT);
    ck_assert_int_eq(ivq_param_set(ctx, param, HUGE_VAL), IVQ_INPUT);
    ck_assert_int_eq(ivq_param_set(ctx, 1 << 20, 1), IVQ_INPUT);
    ivq_clear(ctx);
    ck_ok(ctx, ivq_estimate(ctx));
    char *after = written(ctx, IVQ_JSON, IVQ_REPORT);
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    ivq_free(ctx);
}
END_TEST

/* An override on the way in and a parameter set afterwards are the same. */
START_TEST(override_equals_parameter)
{
    static const struct {
        const char *set, *path;
        double value;
    } pair[] = {{"crossbar.rows=64", "crossbar.rows", 64},
                {"adc.power=7 mW", "adc.power", 7e-3},
                {"crossbar.read_time=200 ns", "crossbar.read_time", 200e-9},
                {"adc.bits=5", "adc.bits", 5},
                {"chip.tiles=200", "chip.tiles", 200},
                {"chip.max_crossbars=9000", "chip.max_crossbars", 9000},
                {"schedule.fixed_cycles=9", "schedule.fixed_cycles", 9}};
    ivq *a = context(), *b = estimated(tech, network);
    ck_ok(a, ivq_set(a, pair[_i].set));
    ck_ok(a, ivq_load_tech(a, tech));
    ck_ok(a, ivq_load_network(a, network));
    ck_ok(a, ivq_estimate(a));
    ck_ok(b, ivq_param_set(b, ivq_param(b, pair[_i].path), pair[_i].value));
    ck_ok(b, ivq_estimate(b));
    char *one = written(a, IVQ_JSON, IVQ_REPORT);
    char *two = written(b, IVQ_JSON, IVQ_REPORT);
    ck_assert_str_eq(one, two);
    free(one);
    free(two);
    ivq_free(a);
    ivq_free(b);
}
END_TEST

START_TEST(workload_override)
{
    ivq *ctx = context();
    ck_ok(ctx, ivq_set(ctx, "workload.input_density=0.5"));
    ck_ok(ctx, ivq_load_tech(ctx, tech));
    ck_ok(ctx, ivq_load_network(ctx, network));
    ck_ok(ctx, ivq_estimate(ctx));
    ivq *full = estimated(tech, network);
    ck_assert_double_lt(ivq_value(ctx, "energy"), ivq_value(full, "energy"));
    ivq_free(ctx);
    ivq_free(full);
}
END_TEST

START_TEST(quantization_is_replaced)
{
    ivq *ctx = estimated(tech, network);
    double own = ivq_value(ctx, "crossbars_needed");
    ck_ok(ctx, ivq_quant(ctx, "uniform:2/2"));
    ck_ok(ctx, ivq_load_network(ctx, network));
    ck_ok(ctx, ivq_estimate(ctx));
    ck_assert_double_lt(ivq_value(ctx, "crossbars_needed"), own);
    ck_ok(ctx, ivq_quant(ctx, NULL));
    ck_ok(ctx, ivq_load_network(ctx, network));
    ck_ok(ctx, ivq_estimate(ctx));
    ck_assert_double_eq(ivq_value(ctx, "crossbars_needed"), own);
    ck_ok(ctx, ivq_quant(ctx, "unifrom:2/2"));
    ck_assert_int_eq(ivq_load_network(ctx, network), IVQ_INPUT);
    ck_assert_ptr_nonnull(strstr(first_message(ctx), "uniform"));
    ivq_free(ctx);
}
END_TEST

START_TEST(too_much_is_refused)
{
    ivq *ctx = ivq_new();
    enum ivq_status status = IVQ_OK;
    int n = 0;
    for (; status == IVQ_OK && n < 1000; n++)
        status = ivq_folder(ctx, "/tmp");
    ck_assert_int_eq(status, IVQ_INPUT);
    ck_assert_int_ge(n, 8);
    ivq_clear(ctx);
    for (n = 0, status = IVQ_OK; status == IVQ_OK && n < 100000; n++)
        status = ivq_set(ctx, "a.b=1");
    ck_assert_int_eq(status, IVQ_INPUT);
    ck_assert_int_ge(n, 100);
    ivq_free(ctx);
}
END_TEST

/* More mistakes than are kept are counted. */
START_TEST(messages_overflow)
{
    ivq *ctx = ivq_new();
    for (int i = 0; i < 30; i++)
        ck_assert_int_eq(ivq_estimate(ctx), IVQ_INPUT);
    int n = 0;
    while (ivq_message(ctx, n, NULL))
        n++;
    ck_assert_int_eq(n + ivq_dropped(ctx), 30);
    ck_assert_int_gt(ivq_dropped(ctx), 0);
    ivq_clear(ctx);
    ck_assert_int_eq(ivq_dropped(ctx), 0);
    ivq_free(ctx);
}
END_TEST

/* ---- writing ---- */

START_TEST(stream_fails)
{
    ivq *ctx = estimated(tech, network);
    FILE *out = fopen("/dev/full", "w");
    if (!out) { /* not on this system */
        ivq_free(ctx);
        return;
    }
    setvbuf(out, NULL, _IONBF, 0);
    ck_assert_int_eq(ivq_write(ctx, out, (enum ivq_format)_i, IVQ_REPORT),
                     IVQ_OUTPUT);
    ck_assert_int_eq(ivq_explain(ctx, out, "energy"), IVQ_OUTPUT);
    ck_assert_int_eq(ivq_list(ctx, out, IVQ_LIST_PARAMS), IVQ_OUTPUT);
    ck_assert_int_eq(ivq_list(ctx, out, IVQ_LIST_MODELS), IVQ_OUTPUT);
    fclose(out);
    char *text = written(ctx, (enum ivq_format)_i, IVQ_REPORT);
    ck_assert_str_ne(text, ""); /* the next stream is another one */
    free(text);
    ivq_free(ctx);
}
END_TEST

START_TEST(lists)
{
    static const char *const part[] = {"crossbar.rows", "bitslice", "apot",
                                       "conv", "energy"};
    ivq *ctx = context();
    for (int loaded = 0; loaded < 2; loaded++) {
        for (int i = 0; i <= IVQ_LIST_METRICS; i++) {
            char *text = NULL;
            size_t size;
            FILE *out = open_memstream(&text, &size);
            ck_ok(ctx, ivq_list(ctx, out, (enum ivq_list)i));
            fclose(out);
            ck_assert_msg(strstr(text, part[i]) != NULL, "list %d: %.300s", i,
                          text);
            free(text);
        }
        ck_ok(ctx, ivq_load_tech(ctx, tech));
    }
    ivq_free(ctx);
}
END_TEST

/* Contexts do not know of one another. */
START_TEST(contexts_are_apart)
{
    ivq *a = estimated(tech, network), *b = context();
    double energy_J = ivq_value(a, "energy");
    ck_ok(b, ivq_set(b, "crossbar.rows=32"));
    ck_ok(b, ivq_load_tech(b, "isaac-32nm"));
    ck_ok(b, ivq_load_network(b, "lenet5"));
    ck_ok(b, ivq_estimate(b));
    ivq_load_tech(b, "nothing");
    ck_ok(a, ivq_estimate(a));
    ck_assert_double_eq(ivq_value(a, "energy"), energy_J);
    ck_assert_ptr_null(ivq_message(a, 0, NULL));
    ivq_free(b);
    ck_ok(a, ivq_estimate(a));
    ck_assert_double_eq(ivq_value(a, "energy"), energy_J);
    ivq_free(a);
}
END_TEST

/* ---- locales ---- */

/* A locale whose numbers have a comma, or NULL. */
static const char *comma_locale(void)
{
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR",
                                        "fr_FR.UTF-8", "fr_FR.utf8", "de_DE"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (setlocale(LC_ALL, names[i]) &&
            !strcmp(localeconv()->decimal_point, ","))
            return names[i];
    return NULL;
}

/* The caller's locale is neither used nor changed. */
START_TEST(locale_does_not_matter)
{
    char *plain[3];
    ivq *ctx = estimated(tech, network);
    for (int f = 0; f < 3; f++)
        plain[f] = written(ctx, (enum ivq_format)f, IVQ_REPORT);
    ivq_free(ctx);
    if (!comma_locale()) {
        for (int f = 0; f < 3; f++)
            free(plain[f]);
        puts("# skipped: no locale with a decimal comma; t_locale.sh makes "
             "one where localedef is");
        return;
    }
    ctx = estimated(tech, network);
    for (int f = 0; f < 3; f++) {
        char *text = written(ctx, (enum ivq_format)f, IVQ_REPORT);
        ck_assert_str_eq(text, plain[f]);
        free(text);
        free(plain[f]);
    }
    char half[8];
    snprintf(half, sizeof half, "%.1f", 0.5);
    ck_assert_str_eq(half, "0,5");
    ivq_free(ctx);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("api");
    TCase *c = tcase_create("ivq.h");
    tcase_add_checked_fixture(c, files_setup, files_teardown);
    tcase_add_test(c, nothing_is_loaded);
    tcase_add_test(c, half_is_loaded);
    tcase_add_test(c, load_fails);
    tcase_add_test(c, figures_are_known);
    tcase_add_test(c, figures_are_explained);
    tcase_add_test(c, energy_is_traced_to_sources);
    tcase_add_test(c, parameters);
    tcase_add_test(c, parameters_of_the_geometry);
    tcase_add_loop_test(c, parameter_is_refused, 0,
                        sizeof bad_values / sizeof *bad_values);
    tcase_add_loop_test(c, override_equals_parameter, 0, 7);
    tcase_add_test(c, workload_override);
    tcase_add_test(c, quantization_is_replaced);
    tcase_add_test(c, too_much_is_refused);
    tcase_add_test(c, messages_overflow);
    tcase_add_loop_test(c, stream_fails, 0, 3);
    tcase_add_test(c, lists);
    tcase_add_test(c, contexts_are_apart);
    tcase_add_test(c, locale_does_not_matter);
    suite_add_tcase(s, c);
    return unit_run(s);
}
