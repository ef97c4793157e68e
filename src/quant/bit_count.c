/* bit_count.c - what is where in bit planes, and the weights' distribution */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/bits.h"
#include "quant/lanes.h"
#include "quant/levels.h"

#include <math.h>
#include <string.h>

/* Rows of one word that lie in one row block. */
struct segment {
    int word;
    bool last; /* of its row block */
    uint64_t mask;
};

/* Cuts the rows into row blocks; returns how many segments there are. */
static int cut_rows(const struct bits *b, int tile_rows, struct segment *cut)
{
    int n = 0;
    for (int k = 0; k < b->rows; n++) {
        int word_end = k - k % 64 + 64, block_end = k - k % tile_rows;
        block_end =
            b->rows - block_end < tile_rows ? b->rows : block_end + tile_rows;
        int end = word_end < block_end ? word_end : block_end;
        cut[n].word = k / 64;
        cut[n].last = end == block_end;
        cut[n].mask = ~UINT64_C(0) >> (64 - (end - k)) << k % 64;
        k = end;
    }
    return n;
}

/* Adds a plane of a column; any[n]: what columns of the tile have so far. */
INLINE void count_column(const struct segment *cut, int n,
                         const uint64_t *plane, uint64_t *any,
                         struct plane_count *out)
{
    int ones = 0;
    for (int i = 0; i < n; i++) {
        uint64_t x = plane[cut[i].word] & cut[i].mask;
        any[i] |= x;
        ones += bits_ones(x);
        if (!cut[i].last)
            continue;
        out->ones += ones;
        out->columns += ones > 0;
        out->most = ones > out->most ? ones : out->most;
        ones = 0;
    }
}

/* Closes the tiles of a plane. */
INLINE void count_tiles(const struct segment *cut, int n, const uint64_t *any,
                        struct plane_count *out)
{
    bool tile = false;
    for (int i = 0; i < n; i++) {
        out->row_slices += bits_ones(any[i]);
        tile |= any[i] != 0;
        out->tiles += cut[i].last && tile;
        tile &= !cut[i].last;
    }
}

WIDE static void count_group(const struct bits *b, int group, int tile_columns,
                             const struct segment *cut, int n, uint64_t *any,
                             struct bit_count *out)
{
    for (int j = 0; j < b->columns; j++) {
        const uint64_t *plane = bits_column(b, group, j);
        bool end = j + 1 == b->columns || (j + 1) % tile_columns == 0;
        if (j % tile_columns == 0)
            memset(any, 0, (size_t)b->planes * (size_t)n * sizeof *any);
        for (int p = 0; p < b->planes; p++) {
            uint64_t *seen = any + (size_t)p * (size_t)n;
            count_column(cut, n, plane + p * b->words, seen, &out->plane[p]);
            if (end)
                count_tiles(cut, n, seen, &out->plane[p]);
        }
    }
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
        for (int p = 0; p < b->planes; p++)
            for (size_t i = 0; i < words; i++, w++) {
                any |= *w;
                alive[i] |= *w;
            }
        dead += any == 0;
    }
    return dead;
}

void bits_count(const struct bits *b, int tile_rows, int tile_columns,
                struct arena *a, struct bit_count *out)
{
    size_t most = (size_t)b->words + (size_t)(b->rows / tile_rows) + 1;
    uint64_t *alive = arena_array(a, (size_t)b->words, sizeof *alive);
    uint64_t *any = arena_array(a, most, PLANES_MAX * sizeof *any);
    struct segment *cut = arena_array(a, most, sizeof *cut);
    int n = cut_rows(b, tile_rows, cut);
    memset(out, 0, sizeof *out);
    for (int g = 0; g < b->groups; g++) {
        count_group(b, g, tile_columns, cut, n, any, out);
        out->dead_columns += live_rows(b, g, alive);
        out->dead_rows += b->rows;
        for (int i = 0; i < b->words; i++)
            out->dead_rows -= bits_ones(alive[i]);
    }
    for (int p = 0; p < b->planes; p++) {
        struct plane_count *c = &out->plane[p];
        c->density =
            (double)c->ones / ((double)b->groups * b->rows * b->columns);
        out->ones += c->ones;
    }
}

/* ---- the weights as a distribution ---- */

static bool is_dead(const struct bits *b, int group, int column)
{
    const uint64_t *w = bits_column(b, group, column);
    for (size_t i = 0; i < (size_t)b->planes * (size_t)b->words; i++)
        if (w[i])
            return false;
    return true;
}

struct sums {
    double n, absolute, squares;
};

enum { STRIP = 64 }; /* columns at a time */

/* Column by column; weights lie row by row. */
struct strip {
    int n;
    const float *value, *scale;
    size_t stride;
    double absolute[STRIP], squares[STRIP];
};

typedef float lanes_f __attribute__((vector_size(16)));
typedef double lanes_d __attribute__((vector_size(32)));
typedef int64_t lanes_i __attribute__((vector_size(32)));
enum { LANES = 4 };

INLINE void add_lanes(struct strip *s, const float *value, int j)
{
    lanes_f w, scale;
    lanes_d absolute, squares;
    memcpy(&w, value + j, sizeof w);
    memcpy(&scale, s->scale + j, sizeof scale);
    memcpy(&absolute, s->absolute + j, sizeof absolute);
    memcpy(&squares, s->squares + j, sizeof squares);
    lanes_d x = __builtin_convertvector(scale, lanes_d) *
                __builtin_convertvector(w, lanes_d);
    absolute += (lanes_d)((lanes_i)x & INT64_MAX);
    squares += x * x;
    memcpy(s->absolute + j, &absolute, sizeof absolute);
    memcpy(s->squares + j, &squares, sizeof squares);
}

INLINE void add_row(struct strip *s, int row)
{
    const float *value = s->value + (size_t)row * s->stride;
    int j = 0;
    for (; j + LANES <= s->n; j += LANES)
        add_lanes(s, value, j);
    for (; j < s->n; j++) {
        double x = fabs((double)s->scale[j] * (double)value[j]);
        s->absolute[j] += x;
        s->squares[j] += x * x;
    }
}

/* Its live rows and columns only. */
WIDE static void add_group(const struct weights *w, const float *scale,
                           const struct bits *b, int group,
                           const uint64_t *alive, bool has_dead,
                           struct sums *sum)
{
    size_t columns = (size_t)w->columns;
    for (int j = 0; j < w->columns; j += STRIP) {
        size_t at = (size_t)group * (size_t)w->rows * columns + (size_t)j;
        struct strip s = {.n = w->columns - j < STRIP ? w->columns - j : STRIP,
                          .value = w->value + at,
                          .scale = scale + (size_t)group * columns + j,
                          .stride = columns};
        for (int k = 0; k < w->rows; k++)
            if (alive[k / 64] >> k % 64 & 1)
                add_row(&s, k);
        for (int i = 0; i < s.n; i++)
            if (!has_dead || !is_dead(b, group, j + i)) {
                sum->absolute += s.absolute[i];
                sum->squares += s.squares[i];
            }
    }
}

double weight_shape(double ratio)
{
    double low = 0.3, high = 10;
    for (int i = 0; i < 60; i++) {
        double middle = 0.5 * (low + high);
        if (dist_mean_abs(DIST_GGD, middle) < ratio)
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
                  const float *scale, const struct bits *b, struct arena *a,
                  struct weight_stats *out)
{
    size_t words = (size_t)b->words;
    uint64_t *alive = arena_array(a, words, sizeof *alive);
    struct sums sum = {0, 0, 0};
    *out = (struct weight_stats){.live_rows = 0};
    for (int g = 0; g < w->groups; g++) {
        int64_t dead = live_rows(b, g, alive), rows = 0;
        for (int i = 0; i < b->words; i++) {
            if (!has_dead(q))
                alive[i] = bits_rows(i, 0, b->rows);
            rows += bits_ones(alive[i]);
        }
        dead = has_dead(q) ? dead : 0;
        out->live_rows += rows;
        out->live_columns += b->columns - dead;
        sum.n += (double)(rows * (b->columns - dead));
        add_group(w, scale, b, g, alive, dead > 0, &sum);
    }
    out->live = sum.n / (double)weights_count(w);
    if (!(sum.squares > 0))
        return;
    out->rms = sqrt(sum.squares / sum.n);
    out->mean_abs = sum.absolute / sum.n;
    out->shape = weight_shape(out->mean_abs / out->rms);
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
