/* t_net_write.c - networks written as workload files, and read again */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "net_load.h"
#include "net_round.h"
#include <dirent.h>

/* ---- the files that are shipped ---- */

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), k = strlen(end);
    return n > k && !strcmp(name + n - k, end);
}

/* Calls test() for each file of the folder with that ending; how many. */
static int each_file(const char *folder, const char *end,
                     void (*test)(const char *path))
{
    char path[4200], root[2000];
    int n = 0;
    snprintf(root, sizeof root, "%s", folder); /* the arena is emptied */
    DIR *d = opendir(root);
    for (struct dirent *e; d && (e = readdir(d));) {
        snprintf(path, sizeof path, "%s/%s", root, e->d_name);
        if (!ends_with(e->d_name, end))
            continue;
        test(path);
        n++;
    }
    if (d)
        closedir(d);
    return n;
}

static void lines_fit(const char *text)
{
    for (int line = 1; *text; line++) {
        size_t n = strcspn(text, "\n");
        ck_need(n < 80, "line %d has %zu columns: %.*s", line, n, (int)n, text);
        text += n + (text[n] == '\n');
    }
}

static void round_of_file(const char *path)
{
    arena_release(&arena);
    arena_init(&arena, NULL);
    ck_need(load(path) == 0, "%s: %s", path, msgs.list[0].text);
    lines_fit(round_trip(&net, &arena));
}

START_TEST(shipped_files)
{
    ck_assert_int_ge(each_file(source_path("workloads"), ".cfg", round_of_file),
                     60);
}
END_TEST

/* ---- what a text may have in it ---- */

START_TEST(odd_texts)
{
    static const char name[] = "a \"b\" \\n \t\n\r\f\x01\x7f \xc3\xa9\xff #";
    ck_assert_int_eq(
        load_text("name = \"a \\\"b\\\" \\\\n "
                  "\\t\\n\\r\\f\\x01\\x7f \xc3\xa9\xff #\";\n"
                  "source = \"@include // /* \"; weights = \"\";\n"
                  "input = [4]; input_density = 0.1; max_input_bits = 7;\n"
                  "weight_clip = \"mse\"; weight_percentile = 33.3;\n"
                  "sources = { a = \"b\"; c = (1, [2, 3], (\"x\", ()), "
                  "{ d = true; e = 5000000000; f = -1e-300; }); };\n"
                  "layers = ({ name = \"\\\"\\\\\"; type = \"fc\"; out = 3;\n"
                  "quant = { scheme = \"apot:4/4\"; clip = 0.1; }; },\n"
                  "{ type = \"fc\"; out = 2; from = \"\\\"\\\\\"; },\n"
                  "{ type = \"add\"; from = (\"fc_1\", \"fc_1\");\n"
                  "work = { add = 0.1; mac = 1e18; scale = 123456789012; }; "
                  "params = 5000000000; });"),
        0);
    ck_assert_str_eq(net.name, name);
    ck_assert_str_eq(net.layer[0].name, "\"\\");
    ck_near(net.layer[2].work[WORK_ADD], 0.1, 0);
    round_trip(&net, &arena);
}
END_TEST

/* Settings from the command line are written as a file has them. */
START_TEST(overrides)
{
    const char *sets[] = {"quant.bits=3", "quant.scheme=uniform", "name=5",
                          "input_density=0.25", NULL};
    struct conf_env env = {.arena = &arena, .msgs = &msgs, .sets = sets};
    struct net again;
    ck_assert_int_eq(
        net_load(&env, source_path("workloads/lenet5.cfg"), NULL, &net), 0);
    const char *text = round_text(&net, &arena);
    round_read(text, &arena, &again);
    ck_assert_str_eq(again.name, "5");
    ck_near(again.input_density, 0.25, 0);
    ck_assert_ptr_nonnull(strstr(text, "scheme = \"uniform\";"));
    ck_assert_ptr_nonnull(strstr(text, "bits = 3;"));
}
END_TEST

/* ---- files with trained weights, if there are any ---- */

static void round_of_onnx(const char *path)
{
    static const char *const shapes[] = {NULL, "1,3,640,640", "1,3,48,320",
                                         "1,3,224,224"};
    struct conf_env env = {.arena = &arena, .msgs = &msgs};
    arena_release(&arena);
    arena_init(&arena, NULL);
    for (int i = 0; i < 4; i++)
        if (net_load(&env, path, shapes[i], &net) == 0) {
            round_trip(&net, &arena);
            return;
        }
    ck_abort_msg("%s: %s", path, msgs.list[0].text);
}

START_TEST(models)
{
    const char *folder = getenv("IVQ_MODELS");
    if (folder)
        each_file(folder, ".onnx", round_of_onnx);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("net_write");
    TCase *test = tcase_create("net_write");
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_set_timeout(test, 120);
    tcase_add_test(test, shipped_files);
    tcase_add_test(test, odd_texts);
    tcase_add_test(test, overrides);
    tcase_add_test(test, models);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
