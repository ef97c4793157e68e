/* bits.c - weights a second: quantized, packed, counted */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/bits.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROWS = 4608, COLUMNS = 512, BATCHES = 9, WHY = 200 };

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sums of uniform numbers: bell-shaped weights. */
static float *random_weights(size_t n, struct arena *a)
{
    float *w = arena_array(a, n, sizeof *w);
    srand(1);
    for (size_t i = 0; i < n; i++) {
        for (int k = 0; k < 6; k++)
            w[i] += (float)rand() / (float)RAND_MAX - 0.5f;
    }
    return w;
}

/* Scale, quantize, pack, count; everything that is there for one layer. */
static double once_s(const struct weights *w, const struct quant_spec *spec)
{
    const struct clip_rule rule = {.clip = CLIP_LARGEST};
    struct arena a;
    struct quantizer q;
    struct bits b;
    struct bit_count count;
    char why[WHY];
    arena_init(&a, NULL);
    float *scale = arena_array(&a, COLUMNS, sizeof *scale);
    double begin_s = cpu_s();
    if (quantizer_init(&q, spec, &a, why, sizeof why) ||
        weights_infinite(w->value, weights_count(w)) >= 0)
        exit(1);
    quantizer_scale(&q, w, &rule, &a, scale);
    bits_quantize(&q, w, scale, &a, &b);
    bits_count(&b, 128, 128, &a, &count);
    double all_s = cpu_s() - begin_s;
    arena_release(&a);
    return all_s;
}

static void rate(const struct weights *w, const char *text, int target)
{
    struct quant_spec spec;
    double batch[BATCHES];
    char why[WHY];
    int inputs;
    if (quant_spec_parse(text, &spec, &inputs, why, sizeof why))
        exit(1);
    for (int b = 0; b < BATCHES; b++)
        batch[b] = once_s(w, &spec);
    qsort(batch, BATCHES, sizeof *batch, by_value);
    printf("  %-10s %6.0f million a second   target %d\n", text,
           1e-6 * (double)weights_count(w) / batch[BATCHES / 2], target);
}

int main(void)
{
    struct arena arena;
    arena_init(&arena, NULL);
    struct weights w = {1, ROWS, COLUMNS,
                        random_weights((size_t)ROWS * COLUMNS, &arena)};
    printf("weights of %d x %d quantized, packed and counted, median of %d\n",
           ROWS, COLUMNS, BATCHES);
    rate(&w, "uniform:8", 300);
    rate(&w, "asymmetric:8", 300);
    rate(&w, "bsq:8", 300);
    rate(&w, "apot:4", 100);
    rate(&w, "pot:4", 100);
    rate(&w, "sp2:4", 100);
    rate(&w, "sme:8", 100);
    arena_release(&arena);
    return 0;
}
