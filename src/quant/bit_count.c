/* bit_count.c - what is where in bit planes, and the weights' distribution */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/bits.h"
#include "quant/levels.h"

#include <math.h>
#include <string.h>

/* Bits from..to-1 of a column's words, as they lie in word i. */
static uint64_t rows_mask(int i, int from, int to)
{
    uint64_t mask = ~UINT64_C(0);
    if (from > 64 * i)
        mask = from < 64 * i + 64 ? mask << (from - 64 * i) : 0;
    if (to < 64 * i + 64)
        mask &= to > 64 * i ? ~(~UINT64_C(0) << (to - 64 * i)) : 0;
    return mask;
}

/* Adds columns from..to-1 of a plane in rows top..bottom-1: one tile. */
static void count_tile(const struct bits *b, int group, int plane, int from,
                       int to, int top, int bottom, struct plane_count *out)
{
    int tile = 0;
    for (int i = top / 64; 64 * i < bottom; i++) {
        uint64_t mask = rows_mask(i, top, bottom), any = 0;
        for (int j = from; j < to; j++)
            any |= bits_column(b, group, j)[plane * b->words + i] & mask;
        tile |= any != 0;
        out->row_slices += bits_ones(any);
    }
    out->tiles += tile;
    for (int j = from; j < to; j++) {
        const uint64_t *words = bits_column(b, group, j) + plane * b->words;
        int ones = 0;
        for (int i = top / 64; 64 * i < bottom; i++)
            ones += bits_ones(words[i] & rows_mask(i, top, bottom));
        out->ones += ones;
        out->columns += ones > 0;
        out->most = ones > out->most ? ones : out->most;
    }
}

static void count_plane(const struct bits *b, int tile_rows, int tile_columns,
                        int plane, struct plane_count *out)
{
    for (int g = 0; g < b->groups; g++)
        for (int j = 0; j < b->columns; j += tile_columns) {
            int to = b->columns - j < tile_columns ? b->columns
                                                   : j + tile_columns;
            for (int k = 0; k < b->rows; k += tile_rows) {
                int bottom =
                    b->rows - k < tile_rows ? b->rows : k + tile_rows;
                count_tile(b, g, plane, j, to, k, bottom, out);
            }
        }
    double all = (double)b->groups * b->rows * b->columns;
    out->density = all > 0 ? (double)out->ones / all : 0;
}

/* Rows of a group in which a column has a one: alive[words]. Returns the
 * columns without one. */
static int64_t live_rows(const struct bits *b, int group, uint64_t *alive)
{
    size_t words = (size_t)b->words;
    int64_t dead = 0;
    memset(alive, 0, words * sizeof *alive);
    for (int j = 0; j < b->columns; j++) {
        const uint64_t *w = bits_column(b, group, j);
        uint64_t any = 0;
        for (size_t i = 0; i < (size_t)b->planes * words; i++) {
            any |= w[i];
            alive[i % words] |= w[i];
        }
        dead += any == 0;
    }
    return dead;
}

void bits_count(const struct bits *b, int tile_rows, int tile_columns,
                struct arena *a, struct bit_count *out)
{
    uint64_t *alive = arena_array(a, (size_t)b->words, sizeof *alive);
    memset(out, 0, sizeof *out);
    for (int p = 0; p < b->planes; p++) {
        count_plane(b, tile_rows, tile_columns, p, &out->plane[p]);
        out->ones += out->plane[p].ones;
    }
    for (int g = 0; g < b->groups; g++) {
        out->dead_columns += live_rows(b, g, alive);
        out->dead_rows += b->rows;
        for (int i = 0; i < b->words; i++)
            out->dead_rows -= bits_ones(alive[i]);
    }
}

/* ---- the weights as a distribution ---- */

struct sums {
    double n, absolute, squares;
};

/* Adds column j of a group, its live rows only. */
static void add_column(const struct weights *w, double scale, int group, int j,
                       const uint64_t *alive, struct sums *sum)
{
    size_t columns = (size_t)w->columns;
    const float *value =
        w->value + (size_t)group * (size_t)w->rows * columns + (size_t)j;
    for (int k = 0; k < w->rows; k++) {
        if (!(alive[k / 64] >> k % 64 & 1))
            continue;
        double x = fabs(scale * (double)value[(size_t)k * columns]);
        sum->n++;
        sum->absolute += x;
        sum->squares += x * x;
    }
}

static bool is_dead(const struct bits *b, int group, int column)
{
    const uint64_t *w = bits_column(b, group, column);
    for (size_t i = 0; i < (size_t)b->planes * (size_t)b->words; i++)
        if (w[i])
            return false;
    return true;
}

/* The shape whose (E|w|)^2 / E[w^2] is `ratio`, which grows with it; at the
 * ends of what quant_cdf_abs() takes, those. */
static double shape_of_moments(double ratio)
{
    double low = 0.3, high = 10;
    for (int i = 0; i < 60; i++) {
        double middle = 0.5 * (low + high);
        double mean = dist_mean_abs(DIST_GGD, middle);
        if (mean * mean < ratio)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

/* Where the code 0 does not stand for the weight 0 no row or column is dead.
 */
static bool has_dead(const struct quantizer *q)
{
    const struct levels *l = &q->levels;
    return l->is_signed && l->code[0] == 0;
}

void weight_stats(const struct quantizer *q, const struct weights *w,
                  const double *scale, const struct bits *b, struct arena *a,
                  struct weight_stats *out)
{
    size_t words = (size_t)b->words;
    uint64_t *alive = arena_array(a, words, sizeof *alive);
    struct sums sum = {0, 0, 0};
    *out = (struct weight_stats){.live_rows = 0};
    for (int g = 0; g < w->groups; g++) {
        int64_t dead = live_rows(b, g, alive);
        if (!has_dead(q)) {
            dead = 0;
            memset(alive, 0xff, words * sizeof *alive);
        }
        for (size_t i = 0; i < words; i++)
            out->live_rows +=
                has_dead(q) ? bits_ones(alive[i]) : i ? 0 : b->rows;
        out->live_columns += b->columns - dead;
        for (int j = 0; j < w->columns; j++)
            if (!dead || !is_dead(b, g, j))
                add_column(w, scale[(size_t)g * (size_t)w->columns + (size_t)j],
                           g, j, alive, &sum);
    }
    out->live = sum.n / (double)weights_count(w);
    if (!(sum.squares > 0))
        return;
    out->rms = sqrt(sum.squares / sum.n);
    out->mean_abs = sum.absolute / sum.n;
    double ratio = out->mean_abs / out->rms;
    out->shape = shape_of_moments(ratio * ratio);
}

#define FAR 1e6 /* standard deviations: all weights are 0 */

void weight_planes(const struct quantizer *q, const struct weight_stats *s,
                   struct arena *a, struct planes *out)
{
    struct weight_dist w = {DIST_GGD, s->shape, FAR};
    if (s->rms > 0)
        w.top = 0.5 * (q->half_top - q->half_centre) / s->rms;
    quant_planes_of(q->spec, &q->levels, &w, a, out);
    for (int p = 0; p < out->n; p++)
        out->density[p] *= s->live;
    out->zero = 1 - s->live + s->live * out->zero;
}
