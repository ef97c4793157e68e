/* mix.c - schemes mixed within a layer: which output channels each has */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/mix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct key {
    double variance;
    size_t column; /* of all groups, one behind the other */
};

static int compare_keys(const void *left, const void *right)
{
    const struct key *a = left, *b = right;
    if (a->variance < b->variance || a->variance > b->variance)
        return a->variance < b->variance ? -1 : 1;
    return a->column < b->column ? -1 : a->column > b->column;
}

static const float *first_of(const struct weights *w, size_t column)
{
    size_t n = (size_t)w->columns;
    return w->value + column / n * (size_t)w->rows * n + column % n;
}

static double variance_of(const struct weights *w, size_t column)
{
    const float *value = first_of(w, column);
    double sum = 0, squares = 0;
    for (int k = 0; k < w->rows; k++, value += w->columns) {
        sum += (double)*value;
        squares += (double)*value * (double)*value;
    }
    return squares - sum * sum / w->rows;
}

/* Chang 2021, Mix and Match, gives rows of small variance, which look Gaussian,
 * to sums of powers of two and the others, which look uniform, to fixed point.
 */
uint8_t *mix_assign(const struct quant *q, const struct weights *w,
                    struct arena *a, struct arena *scratch)
{
    size_t n = weights_columns(w), at = 0;
    uint8_t *scheme = arena_array(a, n, sizeof *scheme);
    struct key *key = arena_array(scratch, n, sizeof *key);
    double share = 0;
    for (size_t i = 0; i < n; i++)
        key[i] = (struct key){variance_of(w, i), i};
    qsort(key, n, sizeof *key, compare_keys);
    for (int g = 0; g < q->n; g++) {
        share += q->group[g].share;
        double end = g + 1 < q->n ? floor((double)n * share + 0.5) : (double)n;
        for (; at < n && (double)at < end; at++)
            scheme[key[at].column] = (uint8_t)g;
    }
    return scheme;
}

struct weights mix_gather(const struct weights *w, const uint8_t *scheme,
                          int which, struct arena *a)
{
    struct weights out = {.groups = 1, .rows = w->rows};
    size_t n = weights_columns(w), rows = (size_t)w->rows, j = 0;
    for (size_t i = 0; i < n; i++)
        out.columns += scheme[i] == which;
    size_t columns = (size_t)out.columns;
    float *value = arena_array(a, rows * columns, sizeof *value);
    int64_t *code =
        w->code ? arena_array(a, rows * columns, sizeof *code) : NULL;
    for (size_t i = 0; i < n; i++) {
        const float *from = first_of(w, i);
        if (scheme[i] != which)
            continue;
        for (size_t k = 0; k < rows; k++) {
            ptrdiff_t at =
                from - w->value + (ptrdiff_t)(k * (size_t)w->columns);
            value[k * columns + j] = w->value[at];
            if (code)
                code[k * columns + j] = w->code[at];
        }
        j++;
    }
    out.value = value;
    out.code = code;
    return out;
}

void mix_scatter(const struct bits *from, int which, struct bits *to)
{
    size_t words = (size_t)to->words, n = words * sizeof *to->plane;
    size_t all = (size_t)to->groups * (size_t)to->columns;
    int j = 0;
    for (size_t i = 0; i < all; i++) {
        if (to->scheme[i] != which)
            continue;
        memcpy(to->plane + i * (size_t)to->planes * words,
               bits_column(from, 0, j), n * (size_t)from->planes);
        memcpy(to->negative + i * words, bits_negative(from, 0, j), n);
        j++;
    }
}
