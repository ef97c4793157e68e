/* property.h - what the tests of properties share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef UNIT_PROPERTY_H
#define UNIT_PROPERTY_H

#include "estimate.h"
#include "random.h"

#include <dirent.h>
#include <fenv.h>
#include <stdbool.h>

/* First two that are swept, then one more whose tiles have 96 crossbars, then
 * chips of the other styles and converters. */
__attribute__((unused)) static const char *const techs[] = {
    "ivq-32nm",    "isaac-32nm", "ivq-32nm-analytic", "cascade-65nm",
    "raella-32nm", "forms-32nm", "neurram-130nm"};
__attribute__((unused)) static const char *const modes[] = {"pipelined",
                                                            "layerwise"};
enum { TECHS = 2, TECHS_OF_96 = 3, ALL_TECHS = 7, MODES = 2 };
enum { NETWORKS_MAX = 256 };

/* Sums of the same terms in another order. */
static const double ROUNDING = 1e-12;

__attribute__((unused)) static void setup(void)
{
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    files_setup();
}
/* ---- the networks that are shipped ---- */

__attribute__((unused)) static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

__attribute__((unused)) static char *network_name[NETWORKS_MAX];

__attribute__((unused)) static int list_networks(void)
{
    int n = 0;
    DIR *dir = opendir(source_file("workloads"));
    for (struct dirent *e; dir && n < NETWORKS_MAX && (e = readdir(dir));) {
        size_t length = strlen(e->d_name);
        if (length > 4 && !strcmp(e->d_name + length - 4, ".cfg"))
            network_name[n++] = strndup(e->d_name, length - 4);
    }
    if (dir)
        closedir(dir);
    qsort(network_name, (size_t)n, sizeof *network_name, by_name);
    return n;
}

/* ---- sets: "a=1|b=2" ---- */

__attribute__((unused)) static void set_all(ivq *ctx, const char *sets)
{
    char copy[400], *save = NULL;
    snprintf(copy, sizeof copy, "%s", sets);
    for (char *s = strtok_r(copy, "|", &save); s;
         s = strtok_r(NULL, "|", &save))
        ck_ok(ctx, ivq_set(ctx, s));
}

__attribute__((unused)) static ivq *
estimated_with(const char *tech, const char *network, const char *sets)
{
    ivq *ctx = context();
    set_all(ctx, sets);
    ck_ok(ctx, ivq_load_tech(ctx, tech));
    ck_ok(ctx, ivq_load_network(ctx, network));
    ck_ok(ctx, ivq_estimate(ctx));
    return ctx;
}

__attribute__((unused)) static void set_value(ivq *ctx, const char *path,
                                              double value)
{
    int param = ivq_param(ctx, path);
    ck_need(param >= 0, "no parameter '%s'", path);
    ck_ok(ctx, ivq_param_set(ctx, param, value));
}

/* ---- every figure of every network ---- */

__attribute__((unused)) static void check_figures(const ivq *ctx,
                                                  const char *what)
{
    static const char *const positive[] = {"area",
                                           "latency",
                                           "interval",
                                           "results_per_s",
                                           "energy",
                                           "power",
                                           "macs",
                                           "params",
                                           "ops_per_s",
                                           "ops_per_J",
                                           "ops_per_s_m2",
                                           "layers",
                                           "weight_layers",
                                           "chips",
                                           "tiles",
                                           "crossbars_needed",
                                           "crossbars_used",
                                           "crossbars_have",
                                           "used_cells",
                                           "conversions",
                                           "conversions_per_mac",
                                           "cycle",
                                           "peak_ops_per_s",
                                           "peak_power",
                                           "storage",
                                           "program_time",
                                           "program_energy",
                                           "rounds"};
    for (size_t i = 0; i < sizeof positive / sizeof *positive; i++) {
        double x = ivq_value(ctx, positive[i]);
        ck_need(isfinite(x) && x > 0, "%s: %s is %g", what, positive[i], x);
    }
}

#define V(name) ivq_value(ctx, name)

/* Networks of every kind. */
__attribute__((unused)) static const char *const some[] = {
    "resnet18",      "mobilenet_v2",   "googlenet",   "lenet5",
    "vit_b_16",      "lstm_ptb_large", "yolov3_tiny", "shufflenet_v2_x1_0",
    "squeezenet1_1", "densenet121"};
enum { SOME = sizeof some / sizeof *some };

#endif
