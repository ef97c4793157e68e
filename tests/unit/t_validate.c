/* t_validate.c - published figures through ivq.h, exceptions trapped */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "estimate.h"
#include "use/validate/validate.h"

#include <fenv.h>

/* What is written of all cases; free() it. */
static char *all_cases(ivq *ctx, enum ivq_format format)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(out);
    ck_ok(ctx, ivq_validation_write(ctx, out, format, IVQ_REASONS));
    fclose(out);
    return text;
}

/* No case divides by zero or compares what is unknown on its way. */
START_TEST(nothing_is_trapped)
{
    static const char *const folder[] = {"validation", "validation/circuits"};
    ivq *ctx = context();
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    ck_ok(ctx, ivq_validate(ctx, source_file(folder[_i])));
    fedisableexcept(FE_ALL_EXCEPT); /* jansson and the C library are not ours */
    for (int f = 0; f < 3; f++)
        free(all_cases(ctx, (enum ivq_format)f));
    ivq_free(ctx);
}
END_TEST

/* Cases add up over calls, and do not touch what the context has loaded. */
START_TEST(cases_are_added)
{
    ivq *ctx = estimated("ivq-32nm", "lenet5");
    double energy_J = ivq_value(ctx, "energy");
    FILE *none = tmpfile();
    ck_assert_int_eq(ivq_validation_write(ctx, none, IVQ_TEXT, IVQ_CASES), IVQ_INPUT);
    fclose(none);
    ivq_clear(ctx);
    size_t length[2];
    for (int i = 0; i < 2; i++) {
        ck_ok(ctx, ivq_validate(ctx, source_file("validation/isaac2016.cfg")));
        char *text = all_cases(ctx, IVQ_CSV);
        length[i] = strlen(text) - strcspn(text, "\n");
        free(text);
    }
    ck_assert_uint_eq(length[1] - 1, 2 * (length[0] - 1));
    ck_assert(ivq_value(ctx, "energy") == energy_J);
    ck_ok(ctx, ivq_estimate(ctx));
    ck_assert(ivq_value(ctx, "energy") == energy_J);
    ivq_free(ctx);
}
END_TEST

/* A file that is refused leaves nothing that could be taken for a result. */
START_TEST(refused)
{
    ivq *ctx = context();
    FILE *out = tmpfile();
    ck_ok(ctx, ivq_validate(ctx, source_file("validation/isaac2016.cfg")));
    ck_assert_int_eq(ivq_validate(ctx, source_file("tests/bad/"
                                                   "case-unknown-run.cfg")),
                     IVQ_INPUT);
    ck_assert_int_eq(ivq_validation_write(ctx, out, IVQ_CSV, IVQ_CASES), IVQ_INPUT);
    fclose(out);
    ivq_free(ctx);
}
END_TEST

/* ---- networks, steps, assumptions ---- */

/* The cases as JSON; json_decref() it. */
static json_t *cases_of(ivq *ctx, const char *text)
{
    json_error_t error;
    ck_ok(ctx, ivq_validate(ctx, file_text("cases.cfg", text)));
    char *json = all_cases(ctx, IVQ_JSON);
    json_t *root = json_loads(json, JSON_REJECT_DUPLICATES, &error);
    ck_need(root != NULL, "%d: %s", error.line, error.text);
    free(json);
    return root;
}

#define HEAD                                                                   \
    "title = \"A paper\"; sources = { Paper = \"where\"; };\n"                 \
    "within = 9; kind = \"model\"; role = \"predicted\";\n"
#define NETWORKS                                                               \
    "networks = ( { network = \"lenet5\"; },\n"                                \
    "    { network = \"resnet18_cifar10\"; quant = \"uniform:4/4\"; } );\n"    \
    "runs = ( { name = \"ivq\"; tech = \"ivq-32nm\"; },\n"                     \
    "         { name = \"isaac\"; tech = \"isaac-32nm\"; } );\n"

/* How many times better ivq-32nm is than isaac-32nm on either network. */
static double better(int network, const char *column, enum ivq_normalise how)
{
    ivq *ctx = context();
    if (network == 1)
        ck_ok(ctx, ivq_quant(ctx, "uniform:4/4"));
    ck_ok(ctx, ivq_load_tech(ctx, "ivq-32nm"));
    ck_ok(ctx, ivq_load_network(ctx, network ? "resnet18_cifar10" : "lenet5"));
    ck_ok(ctx, ivq_estimate(ctx));
    ck_ok(ctx, ivq_compare(ctx, "isaac-32nm", how));
    json_t *root = tables(ctx);
    double x =
        number_at(row_of(root, "comparison", "machine", "ISAAC-CE"), column);
    json_decref(root);
    ivq_free(ctx);
    return x;
}

/* A run without a network stands for one on each; assumptions are what
 * ivq-est --vs says under them. */
START_TEST(networks_and_assumptions)
{
    static const char text[] = HEAD NETWORKS
        "cases = ( { figure = \"results_per_s\"; run = \"ivq\";\n"
        "    over = \"isaac\"; published = (1, \"Paper\"); assumptions = (\n"
        "    { name = \"mean\"; mean = \"arithmetic\"; },\n"
        "    { name = \"area\"; normalise = \"area\"; },\n"
        "    { name = \"cells\"; normalise = \"crossbars\"; },\n"
        "    { name = \"itself\"; over_tech = \"ivq-32nm\"; } ); } );\n";
    static const char *const names[] = {"mean", "area", "cells"};
    static const char *const ratio = "results_per_s_ratio";
    ivq *ctx = context();
    json_t *root = cases_of(ctx, text);
    double a = better(0, ratio, IVQ_AS_PUBLISHED);
    double b = better(1, ratio, IVQ_AS_PUBLISHED);
    ck_near(
        number_at(json_array_get(json_object_get(root, "cases"), 0), "ours"),
        sqrt(a * b), 1e-12);
    for (int i = 0; i < 3; i++) {
        a = better(0, ratio, (enum ivq_normalise)i);
        b = better(1, ratio, (enum ivq_normalise)i);
        double value =
            number_at(row_of(root, "variants", "name", names[i]), "value");
        ck_near(value, i ? sqrt(a * b) : (a + b) / 2, 1e-12);
    }
    ck_near(number_at(row_of(root, "variants", "name", "itself"), "value"), 1,
            1e-12);
    json_decref(root);
    ivq_free(ctx);
}
END_TEST

/* Copies side by side: what there is more of, and what stays. */
START_TEST(copies_scale)
{
    static const struct {
        const char *figure;
        int power; /* of the number of copies */
    } figures[] = {
        {"results_per_s", 1}, {"ops_per_s", 1},      {"power", 1},
        {"peak_power", 1},    {"peak_ops_per_s", 1}, {"interval", -1},
        {"latency", 0},       {"energy", 0},         {"ops_per_s_m2", 0}};
    char text[1000];
    snprintf(
        text, sizeof text,
        HEAD
        "runs = (\n"
        "  { name = \"ivq\"; tech = \"ivq-32nm\"; network = \"lenet5\"; },\n"
        "  { name = \"gpu\"; tech = \"rtx2080\"; network = \"lenet5\"; } );\n"
        "cases = ( { figure = \"%s\"; run = \"ivq\"; over = \"gpu\";\n"
        "  published = (1, \"Paper\"); reason = \"any\"; assumptions = (\n"
        "    { name = \"area\"; normalise = \"area\"; } ); } );\n",
        figures[_i].figure);
    ivq *ctx = estimated("ivq-32nm", "lenet5"), *gpu = context();
    ck_ok(gpu, ivq_load_tech(gpu, "rtx2080"));
    ck_ok(gpu, ivq_load_network(gpu, "lenet5"));
    ck_ok(gpu, ivq_estimate(gpu));
    double copies = ivq_value(ctx, "area") / ivq_value(gpu, "area");
    json_t *root = cases_of(ctx, text);
    json_t *first = json_array_get(json_object_get(root, "cases"), 0);
    ck_need(fabs(copies - 1) > 0.1, "copies that scale nothing");
    ck_near(number_at(first, "ours") /
                number_at(row_of(root, "variants", "name", "area"), "value"),
            pow(copies, figures[_i].power), 1e-12);
    json_decref(root);
    ivq_free(ctx);
    ivq_free(gpu);
}
END_TEST

/* Whatever the mean, steps multiply to the case. */
START_TEST(steps_multiply)
{
    static const char *const mean[] = {"geometric", "arithmetic", "sum"};
    char text[2000];
    snprintf(text, sizeof text,
             HEAD NETWORKS
             "cases = ( { figure = \"ops_per_J\"; run = \"ivq\";\n"
             "    over = \"isaac\"; published = (3, \"Paper\"); until = 4;\n"
             "    mean = \"%s\"; steps = (\n"
             "    { name = \"a\"; tech = \"isaac-32nm\";\n"
             "      set = (\"mapping.input_bits=8\"); },\n"
             "    { name = \"b\"; tech = \"isaac8-32nm\"; },\n"
             "    { name = \"c\"; tech = \"ivq-32nm\"; } ); } );\n",
             mean[_i]);
    ivq *ctx = context();
    json_t *root = cases_of(ctx, text), *row;
    json_t *first = json_array_get(json_object_get(root, "cases"), 0);
    double all = 1, ours = number_at(first, "ours");
    size_t i;
    ck_assert_uint_eq(json_array_size(json_object_get(root, "variants")), 3);
    json_array_foreach(json_object_get(root, "variants"), i, row) all *=
        number_at(row, "value");
    ck_near(all, ours, 1e-12);
    ck_near(number_at(first, "ratio"), ours / fmax(3, fmin(ours, 4)), 1e-12);
    ck_near(number_at(first, "until"), 4, 0);
    json_decref(root);
    ivq_free(ctx);
}
END_TEST

/* What is asked of one machine and network is run once: here two runs on two
 * networks, and one more for the override. */
START_TEST(equal_runs_are_shared)
{
    static const char text[] = HEAD NETWORKS
        "cases = ( { figure = \"ops_per_J\"; run = \"ivq\"; over = \"isaac\";\n"
        "    published = (3, \"Paper\");\n"
        "    steps = ( { name = \"all\"; tech = \"ivq-32nm\"; } );\n"
        "    assumptions = (\n"
        "      { name = \"mean\"; mean = \"arithmetic\"; },\n"
        "      { name = \"itself\"; over_tech = \"ivq-32nm\"; },\n"
        "      { name = \"bits\"; over_set = \"adc.bits=7\"; } ); },\n"
        "  { figure = \"latency\"; run = \"ivq\"; over = \"isaac\";\n"
        "    published = (3, \"Paper\"); assumptions = (\n"
        "      { name = \"area\"; normalise = \"area\"; },\n"
        "      { name = \"too\"; normalise = \"area\"; } ); } );\n";
    const char *const folders[] = {source_file("tech"), NULL};
    jmp_buf no_memory;
    struct arena all, run;
    struct msgs msgs = {.n = 0};
    struct paper paper = {.title = NULL};
    int n = 0;
    if (setjmp(no_memory))
        ck_abort_msg("no memory");
    arena_init(&all, &no_memory);
    arena_init(&run, &no_memory);
    struct validation v = {.arena = &all,
                           .run = &run,
                           .msgs = &msgs,
                           .folders = folders,
                           .home = "."};
    paper.trial_end = &paper.trial;
    paper.claim_end = &paper.claim;
    ck_assert_int_eq(paper_read(&v, file_text("cases.cfg", text), &paper), 0);
    for (const struct trial *t = paper.trial; t; t = t->next)
        n++;
    ck_assert_int_eq(n, 2 * 2 + 2 + 2); /* written, 7 bits, equal area */
    arena_release(&all);
    arena_release(&run);
}
END_TEST

/* Machines without energy, area, both, beside one with: NaN on the way. */
START_TEST(nothing_known_is_compared)
{
    ivq *ctx = estimated(_i < 3 ? "ivq-32nm" : "rtx2080", "resnet18");
    enum ivq_normalise how = (enum ivq_normalise)(_i < 3 ? _i : 0);
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    ck_ok(ctx, ivq_compare(ctx,
                           "gemmini-22nm,a2,mixmatch-xc7z045,rtx2080,"
                           "isaac-32nm,jetson-tx2,vitis-v70",
                           how));
    char *text = written(ctx, IVQ_TEXT, IVQ_COMPARISON);
    fedisableexcept(FE_ALL_EXCEPT);
    ck_assert_ptr_nonnull(strstr(text, "no source for its power and area"));
    ck_assert_ptr_null(strstr(text, "nan"));
    free(text);
    json_decref(tables(ctx));
    ivq_free(ctx);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("validate");
    TCase *c = tcase_create("cases");
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, nothing_is_trapped, 0, 2);
    tcase_add_test(c, cases_are_added);
    tcase_add_test(c, refused);
    tcase_add_loop_test(c, nothing_known_is_compared, 0, 4);
    suite_add_tcase(s, c);
    c = tcase_create("variants");
    tcase_add_checked_fixture(c, files_setup, files_teardown);
    tcase_add_test(c, networks_and_assumptions);
    tcase_add_loop_test(c, copies_scale, 0, 9);
    tcase_add_loop_test(c, steps_multiply, 0, 3);
    tcase_add_test(c, equal_runs_are_shared);
    suite_add_tcase(s, c);
    return unit_run(s);
}
