/* rate.c - estimates a second in one process: rate FOLDER... */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ivq.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Ends the program with the first message unless the call went well. */
static void must(const ivq *ctx, enum ivq_status status)
{
    if (status == IVQ_OK)
        return;
    fprintf(stderr, "rate: %s\n", ivq_message(ctx, 0, NULL));
    exit(1);
}

static ivq *loaded(char **folders, const char *network)
{
    ivq *ctx = ivq_new();
    if (!ctx)
        exit(1);
    for (; *folders; folders++)
        must(ctx, ivq_folder(ctx, *folders));
    must(ctx, ivq_load_tech(ctx, "ivq-32nm"));
    must(ctx, ivq_load_network(ctx, network));
    must(ctx, ivq_estimate(ctx));
    return ctx;
}

/*
 * A parameter walks over n values between lo and hi; each is an estimate. A
 * rate or a time moves the schedule, an energy or an area only the sums, a
 * geometry the mapping.
 */
static void walk(ivq *ctx, const char *path, double lo, double hi, int n,
                 int whole)
{
    int param = ivq_param(ctx, path);
    double before = ivq_param_get(ctx, param), sum = 0, begin_s = cpu_s();
    for (int i = 0; i < n; i++) {
        double x = lo + (hi - lo) * i / n;
        must(ctx, ivq_param_set(ctx, param, whole ? (double)(int)x : x));
        must(ctx, ivq_estimate(ctx));
        sum += ivq_value(ctx, "energy");
    }
    double each_s = (cpu_s() - begin_s) / n;
    must(ctx, ivq_param_set(ctx, param, before));
    printf("  %-22s %9.0f a second   (%.1f us each, mean energy %.3g J)\n",
           path, 1 / each_s, 1e6 * each_s, sum / n);
}

/* Reading and estimating a chain of so many layers. */
static void chain(char **folders, int layers)
{
    char path[] = "/tmp/ivq-benchXXXXXX";
    int fd = mkstemp(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    if (!f)
        exit(1);
    fprintf(f,
            "name = \"chain\"; input = [16, 8, 8]; quant = \"apot:4/4\";\n"
            "layers = ( { name = \"b\"; repeat = %d; layers = (\n"
            "{ name = \"c\"; type = \"conv\"; out = 16; kernel = 3; pad = 1; }"
            " ) } );\n",
            layers);
    fclose(f);
    double begin_s = cpu_s();
    ivq *ctx = loaded(folders, path);
    double all_s = cpu_s() - begin_s;
    printf("  %6d layers %10.2f ms %8.2f us a layer\n", layers, 1e3 * all_s,
           1e6 * all_s / layers);
    ivq_free(ctx);
    unlink(path);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("usage: rate FOLDER...\n", stderr);
        return 2;
    }
    ivq *ctx = loaded(argv + 1, "resnet18");
    puts("ResNet-18, one core; the target is 50000 a second");
    walk(ctx, "adc.power", 1e-3, 1e-1, 100000, 0);
    walk(ctx, "buffer.area", 1e-9, 1e-6, 100000, 0);
    walk(ctx, "adc.rate", 0.5e9, 3e9, 20000, 0);
    walk(ctx, "router.rate", 1e10, 1e12, 20000, 0);
    walk(ctx, "crossbar.rows", 64, 256, 2000, 1);
    ivq_free(ctx);
    puts("growth with the number of layers, reading included");
    for (int n = 10; n <= 100000; n *= 10)
        chain(argv + 1, n);
    return 0;
}
