/* bits_case.h - random weights and their planes, for the tests of both */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BITS_CASE_H
#define BITS_CASE_H

#include "quant/bits.h"
#include "random.h"
#include "unit.h"
#include <fenv.h>

enum { WHY = 200, TRIALS = 40 };

static struct arena arena;

static void setup(void)
{
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    arena_init(&arena, NULL);
    seed = 20260611;
}

static void teardown(void)
{
    arena_release(&arena);
}

static int below(int n)
{
    return (int)(next_random() % (uint64_t)n);
}

/* Bell-shaped, outliers, dead rows and columns now and then. */
static struct weights random_weights(int groups, int rows, int columns)
{
    struct weights w = {groups, rows, columns, NULL};
    float *value = arena_array(&arena, weights_count(&w), sizeof *value);
    double size = exp2(uniform(-20, 20));
    int dead = below(3) ? 0 : 3;
    for (size_t i = 0; i < weights_count(&w); i++) {
        double x = uniform(-1, 1) * uniform(0, 1) * uniform(0, 1);
        size_t k = i / (size_t)columns, j = i % (size_t)columns;
        if (dead && (k % 3 == 1 || j % 4 == 2))
            x = 0;
        value[i] = (float)(size * (below(50) ? x : 5 * x));
    }
    w.value = value;
    return w;
}

__attribute__((unused)) static struct weights any_weights(void)
{
    int groups = below(3) ? 1 : 1 + below(4);
    return random_weights(groups, 1 + below(200), 1 + below(140));
}

struct quantized {
    struct quant_spec spec;
    struct quantizer q;
    struct weights w;
    float *scale;
    struct bits b;
};

/* Is the scheme defined for so many bits? */
__attribute__((unused)) static bool can_build(const struct scheme *scheme, int bits)
{
    struct quant_spec spec;
    char why[WHY];
    quant_spec_init(&spec, scheme);
    spec.bits = bits;
    return quant_spec_check(&spec, why, sizeof why) == 0;
}

__attribute__((unused)) static void
quantize(struct quantized *z, const struct scheme *scheme, int bits,
                     const struct clip_rule *rule)
{
    char why[WHY];
    quant_spec_init(&z->spec, scheme);
    z->spec.bits = bits;
    ck_need(!quantizer_init(&z->q, &z->spec, &arena, why, sizeof why), "%s",
            why);
    z->scale = arena_array(&arena, (size_t)z->w.groups * (size_t)z->w.columns,
                           sizeof *z->scale);
    quantizer_scale(&z->q, &z->w, rule, &arena, z->scale);
    bits_quantize(&z->q, &z->w, z->scale, &arena, &z->b);
}

__attribute__((unused)) static struct clip_rule any_rule(void)
{
    return (struct clip_rule){(enum clip)(CLIP_LARGEST + below(4)), uniform(50, 100),
                              below(2) == 1};
}

#endif
