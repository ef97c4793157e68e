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
    tcase_add_test(test, models);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
