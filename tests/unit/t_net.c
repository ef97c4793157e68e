/* t_net.c - the workload files that are shipped: counts layer by layer */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "net_load.h"
#include <dirent.h>

#define FILES_MAX   200
#define COLUMNS_MAX 24

/* ---- the files that are shipped ---- */

static char *files[FILES_MAX];
static int n_files;

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names of workloads/ *.cfg without the suffix. */
static void list_files(void)
{
    char path[1000];
    const char *dir = getenv("srcdir");
    snprintf(path, sizeof path, "%s/workloads", dir ? dir : ".");
    DIR *d = opendir(path);
    for (struct dirent *e; d && n_files < FILES_MAX && (e = readdir(d));) {
        size_t n = strlen(e->d_name);
        if (n > 4 && strcmp(e->d_name + n - 4, ".cfg") == 0)
            files[n_files++] = strndup(e->d_name, n - 4);
    }
    if (d)
        closedir(d);
    qsort(files, (size_t)n_files, sizeof *files, by_name);
}

static int load_file(const char *name)
{
    return load(source_path(arena_printf(&arena, "workloads/%s.cfg", name)));
}

/* Splits a CSV line in place; quotes are taken off. Returns the columns. */
static int split(char *line, char **column)
{
    int n = 0;
    line[strcspn(line, "\r\n")] = 0;
    for (char *p = line; p && n < COLUMNS_MAX;) {
        char end = *p == '"' ? '"' : ',';
        p += end == '"';
        column[n++] = p;
        p = strchr(p, end);
        if (p)
            *p++ = 0;
        if (p && end == '"')
            p = *p ? p + 1 : NULL;
    }
    return n;
}

START_TEST(test_files_load)
{
    ck_assert_msg(load_file(files[_i]) == 0, "%s", first_message());
    ck_assert_int_eq(msgs.n, 0);
    ck_assert_ptr_nonnull(net.quant);
    ck_assert_ptr_nonnull(net.sources);
    ck_assert_int_gt((int)strlen(net.source), 0);
    ck_assert_int_gt((int)strlen(net.dataset), 0);
    double sum = 0;
    int64_t macs = 0, params = 0;
    for (int i = 0; i < net.n; i++) {
        const struct layer *l = &net.layer[i];
        for (int k = 0; k < l->n_in; k++)
            ck_assert_int_lt(l->in[k], i);
        ck_assert(l->lead > 0 && l->lead <= 1);
        ck_assert_int_eq(l->out_values,
                         (int64_t)l->out.c * l->out.h * l->out.w);
        macs += l->macs;
        params += l->params;
        sum += l->work[WORK_MAC];
    }
    ck_assert_int_eq(macs, net.macs);
    ck_assert_int_eq(params, net.params);
    ck_assert(sum >= 0);
}
END_TEST

START_TEST(test_enough_files)
{
    ck_assert_int_ge(n_files, 36);
}
END_TEST

/* networks.csv: network,dataset,input,params,macs,source */
START_TEST(test_totals)
{
    char line[1000], *c[COLUMNS_MAX];
    FILE *f = fopen(source_path("tests/data/networks.csv"), "r");
    int seen = 0, n = 0;
    ck_assert_ptr_nonnull(f);
    ck_assert_ptr_nonnull(fgets(line, sizeof line, f));
    while (fgets(line, sizeof line, f)) {
        ck_assert_int_eq(split(line, c), 6);
        /* two rows are only rounded figures of a paper: no MACs */
        if (!*c[4])
            continue;
        n++;
        ck_assert_msg(load_file(c[0]) == 0, "%s", first_message());
        ck_assert_msg(net.macs == atoll(c[4]), "%s: %lld MACs, not %s", c[0],
                      (long long)net.macs, c[4]);
        ck_assert_msg(net.params == atoll(c[3]), "%s: %lld parameters, not %s",
                      c[0], (long long)net.params, c[3]);
        seen++;
    }
    fclose(f);
    ck_assert_int_eq(seen, n);
    ck_assert_int_ge(seen, 36);
}
END_TEST

/* A network that nobody else has counted is tested by nobody. */
START_TEST(test_all_are_counted)
{
    char line[1000], *c[COLUMNS_MAX];
    bool counted = false;
    FILE *f = fopen(source_path("tests/data/networks.csv"), "r");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(load_file(files[_i]), 0);
    while (fgets(line, sizeof line, f))
        counted |= split(line, c) == 6 && !strcmp(c[0], files[_i]) && *c[4];
    fclose(f);
    ck_assert_msg(counted || strcmp(net.dataset, "worked example") == 0,
                  "%s is not in networks.csv", files[_i]);
}
END_TEST

/* The only names that differ: the table marks that a matrix is shared. */
static const char *our_name(const char *csv)
{
    return strcmp(csv, "lm_head(tied)") == 0 ? "lm_head" : csv;
}

/*
 * network,idx,name,type,C,H,W,K,R,S,stride_h,stride_w,pad_h,pad_w,groups,P,Q,
 * macs,params; C is that of one group for matmul, of all groups for conv.
 */
static void compare_row(char **c, const struct layer *l)
{
    int channels = atoi(c[4]), out = atoi(c[7]), groups = atoi(c[14]);
    int64_t vectors = atoll(c[15]) * atoll(c[16]);
    ck_assert_str_eq(l->name, our_name(c[2]));
    ck_assert_msg(l->macs == atoll(c[17]), "%s %s: %lld MACs, not %s", c[0],
                  l->name, (long long)l->macs, c[17]);
    if (strcmp(c[3], "matmul") == 0) {
        ck_assert_str_eq(layer_type_name(l), "matmul");
        ck_assert_int_eq(l->groups, 0);
        ck_assert_int_eq(l->out.c, out * groups);
        ck_assert(l->work[WORK_MAC] == (double)l->macs);
        return;
    }
    ck_assert_int_eq(l->groups, groups);
    ck_assert_int_eq(l->rows, channels / groups * atoi(c[8]) * atoi(c[9]));
    ck_assert_int_eq(l->columns, out / groups);
    ck_assert_int_eq(l->vectors, vectors);
}

/* Weight layers and products of activations, in order. The rows of pools are
 * left out: some of them have wrong output sizes. */
START_TEST(test_layers)
{
    char line[1000], *c[COLUMNS_MAX], last[100] = "";
    FILE *f = fopen(source_path("tests/data/network_layers.csv"), "r");
    int at = 0, rows = 0, networks = 0;
    ck_assert_ptr_nonnull(f);
    ck_assert_ptr_nonnull(fgets(line, sizeof line, f));
    while (fgets(line, sizeof line, f)) {
        ck_assert_int_eq(split(line, c), 19);
        if (strstr(c[3], "pool"))
            continue;
        if (strcmp(c[0], last) != 0) {
            snprintf(last, sizeof last, "%s", c[0]);
            ck_assert_msg(load_file(c[0]) == 0, "%s", first_message());
            at = 0;
            networks++;
        }
        while (at < net.n && net.layer[at].macs == 0)
            at++;
        ck_assert_msg(at < net.n, "%s has no layer for %s", c[0], c[2]);
        compare_row(c, &net.layer[at++]);
        rows++;
    }
    fclose(f);
    ck_assert_int_eq(networks, 59);
    ck_assert_int_eq(rows, 2386);
}
END_TEST

/* The edges of ResNet-18 around a stage: relative names and "in". */
START_TEST(test_resnet_edges)
{
    ck_assert_int_eq(load_file("resnet18"), 0);
    const struct layer *add = layer_named("layer2.0.add");
    const struct layer *down = layer_named("layer2.0.downsample.0");
    ck_assert_int_eq(add->n_in, 2);
    ck_assert_int_eq(add->in[0], index_named("layer2.0.conv2"));
    ck_assert_int_eq(add->in[1], index_named("layer2.0.downsample.0"));
    ck_assert_int_eq(down->in[0], index_named("layer1.1.add"));
    ck_assert_int_eq(layer_named("layer1.1.add")->in[1],
                     index_named("layer1.0.add"));
    ck_assert_int_eq(layer_named("layer1.0.add")->in[1],
                     index_named("maxpool"));
    ck_assert_int_eq(layer_named("conv1")->in[0], -1);
    ck_assert_int_eq(net.n_weight, 21);
    ck_assert(add->work[WORK_ADD] == 128 * 28 * 28);
    ck_assert(add->work[WORK_ACTIVATE] == 128 * 28 * 28);
}
END_TEST

START_TEST(test_codes)
{
    static const int64_t want[] = {10, 12, 4, 1, 6, 2, 4, 6};
    ck_assert_int_eq(load_file("sme-fig3"), 0);
    const struct layer *l = &net.layer[0];
    ck_assert_int_eq(l->rows, 4);
    ck_assert_int_eq(l->columns, 2);
    for (int i = 0; i < 8; i++)
        ck_assert_int_eq(l->codes[i], want[i]);
    ck_assert_int_eq(load_file("ivq-example-a"), 0);
    ck_assert_int_eq(net.layer[0].rows, 8);
    ck_assert_int_eq(net.layer[0].columns, 4);
    ck_assert_int_eq(net.layer[0].codes[31], 6);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("net");
    TCase *t = tcase_create("files");
    list_files();
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, test_enough_files);
    tcase_add_loop_test(t, test_files_load, 0, n_files);
    tcase_add_test(t, test_totals);
    tcase_add_loop_test(t, test_all_are_counted, 0, n_files);
    tcase_add_test(t, test_layers);
    tcase_add_test(t, test_resnet_edges);
    tcase_add_test(t, test_codes);
    suite_add_tcase(suite, t);
    return unit_run(suite);
}
