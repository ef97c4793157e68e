/* levels.c - building blocks of level sets, for the schemes */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/levels.h"

#include <stdlib.h>

void levels_start(struct levels *l, struct arena *a, int capacity)
{
    *l = (struct levels){.is_signed = true};
    l->code = arena_array(a, (size_t)capacity, sizeof *l->code);
}

void levels_add(struct levels *l, uint64_t code)
{
    l->code[l->n++] = code;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

void levels_finish(struct levels *l)
{
    uint64_t all = 0;
    int n = 0;
    qsort(l->code, (size_t)l->n, sizeof *l->code, compare);
    for (int i = 0; i < l->n; i++) {
        if (n && l->code[i] == l->code[n - 1])
            continue;
        l->code[n++] = l->code[i];
        all |= l->code[i];
    }
    l->n = n;
    int unused = all ? __builtin_ctzll(all) : 0;
    for (int i = 0; i < n; i++)
        l->code[i] >>= unused;
}

void levels_uniform(struct levels *l, struct arena *a, int n)
{
    levels_start(l, a, n);
    for (int i = 0; i < n; i++)
        levels_add(l, (uint64_t)i);
}

void levels_powers(struct levels *l, struct arena *a, int n)
{
    levels_start(l, a, n + 1);
    levels_add(l, 0);
    for (int i = 0; i < n; i++)
        levels_add(l, UINT64_C(1) << i);
}

void levels_sums(struct levels *l, struct arena *a, const struct choice *choice,
                 int n)
{
    int total = 1;
    for (int i = 0; i < n; i++)
        total *= choice[i].n;
    levels_start(l, a, total);
    for (int k = 0; k < total; k++) {
        uint64_t sum = 0;
        int rest = k;
        for (int i = 0; i < n; i++) {
            sum += choice[i].code[rest % choice[i].n];
            rest /= choice[i].n;
        }
        levels_add(l, sum);
    }
    levels_finish(l);
}

double levels_centre(const struct levels *l)
{
    if (l->is_signed)
        return 0;
    return l->zero_code >= 0 ? l->zero_code : (double)l->code[l->n - 1] / 2;
}
