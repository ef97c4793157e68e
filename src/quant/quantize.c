/* quantize.c - weights to the bit planes of their nearest levels */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/bits.h"
#include "quant/lanes.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum {
    STRIP = 64,       /* columns at a time */
    LANES = 8,        /* of them at once */
    HALF = 32,        /* rows at once */
    FAST_PLANES = 16, /* with the sign, for that */
    TILE_PLANES = PLANES_MAX + 1
};

/*
 * Planes of 64 rows of some columns: bit k of half h is row 32 h + k. The one
 * above those of the magnitude is the sign.
 */
struct tile {
    uint32_t plane[2][TILE_PLANES][STRIP];
};

typedef uint32_t lanes __attribute__((vector_size(4 * LANES)));
typedef int32_t lanes_i __attribute__((vector_size(4 * LANES)));
typedef float lanes_f __attribute__((vector_size(4 * LANES)));

/* Rows of some columns of a group, and how their codes come about. */
struct block {
    const struct quantizer *q;
    const float *first;
    size_t stride; /* from row to row */
    int rows, columns;
    float scale[STRIP];
    float limit[STRIP]; /* |w| beyond which codes do not grow */
};

/* Codes one by one; any level set. */
static void encode_each(const struct block *b, struct tile *t)
{
    const struct quantizer *q = b->q;
    memset(t, 0, sizeof *t);
    for (int k = 0; k < b->rows; k++)
        for (int j = 0; j < b->columns; j++) {
            float w = b->first[(size_t)k * b->stride + (size_t)j];
            float x = b->scale[j] * fmaxf(-b->limit[j], fminf(w, b->limit[j]));
            uint64_t code = quantizer_code(q, (double)x);
            uint32_t(*plane)[STRIP] = t->plane[k / HALF], bit = 1u << k % HALF;
            if (q->levels.is_signed && w < 0 && code)
                plane[q->planes][j] |= bit;
            for (; code; code &= code - 1)
                plane[__builtin_ctzll(code)][j] |= bit;
        }
}

/* Which loop it is; the compiler makes one for each. */
struct kind {
    bool is_signed;
    bool is_table; /* codes by the quantizer's table */
    bool is_wide;  /* of two bytes */
};

/* LANES columns of some rows. */
struct strip {
    const struct quantizer *q;
    const float *first;
    size_t stride;
    lanes_f scale;
    lanes_i limit;
};

/*
 * Comparisons by the sign of a difference, -1 or 0, as compilers take those of
 * vectors wider than the machine's apart. No difference here overflows.
 */
INLINE lanes_i below_zero(lanes_i x)
{
    return x >> 31;
}

INLINE lanes_i least(lanes_i x, lanes_i most)
{
    lanes_i over = x - most;
    return most + (over & below_zero(over));
}

/*
 * floor(2x), within the levels: of signed weights' magnitudes. |w| is limited
 * first, so that it can be converted, and ends in the largest code.
 */
INLINE lanes_i halves(const struct strip *s, const lanes *w, bool is_signed)
{
    const lanes sign = *w & 0x80000000u;
    lanes_i u = least((lanes_i)(*w ^ sign), s->limit);
    lanes_f f = (lanes_f)(is_signed ? (lanes)u : (lanes)u | sign);
    f = f * s->scale;
    f = f + f;
    lanes_i half = __builtin_convertvector(f, lanes_i);
    if (is_signed)
        return half;
    /* down, not towards 0; then the code of 0 */
    f -= __builtin_convertvector(half, lanes_f);
    half += below_zero((lanes_i)f) + (int32_t)s->q->half_centre;
    half = least(half, (int32_t)s->q->half_top + (lanes_i){0});
    return half & ~below_zero(half);
}

/* Codes of a row with their signs. The next rows to be wanted are fetched. */
INLINE lanes codes(const struct strip *s, int row, struct kind kind)
{
    const float *from = s->first + (size_t)row * s->stride;
    lanes w;
    memcpy(&w, from, sizeof w);
    /* maybe behind the last: no pointer yet */
    __builtin_prefetch(
        (const void *)((uintptr_t)from + HALF * s->stride * sizeof *from));
    lanes_i half = halves(s, &w, kind.is_signed), code = (half + 1) >> 1;
    if (kind.is_table)
        for (int i = 0; i < LANES; i++)
            code[i] = (int32_t)s->q->table[half[i]];
    if (kind.is_signed)
        code |= below_zero((lanes_i)w) & below_zero(-(lanes_i)(w << 1 >> 1)) &
                below_zero(-code) & 1 << s->q->planes;
    return (lanes)code;
}

/* Swaps the bits of `mask` in y with those `shift` higher in x. */
INLINE void swap(lanes *x, lanes *y, int shift, uint32_t mask)
{
    lanes t = (*x >> shift ^ *y) & mask;
    *y ^= t;
    *x ^= t << shift;
}

/*
 * Bytes of rows i, i + 8, i + 16, i + 24 in word i to planes, word p for bit
 * p: Warren, Hacker's Delight, 2nd ed., sec. 7-3, of four 8 x 8 bits at once.
 */
INLINE void flip(lanes w[8])
{
    for (int i = 0; i < 4; i++)
        swap(&w[i], &w[i + 4], 4, 0x0f0f0f0fu);
    for (int i = 0; i < 8; i += i & 1 ? 3 : 1)
        swap(&w[i], &w[i + 2], 2, 0x33333333u);
    for (int i = 0; i < 8; i += 2)
        swap(&w[i], &w[i + 1], 1, 0x55555555u);
}

/* 32 rows of LANES columns; p: from which plane on. */
INLINE void put_planes(lanes w[8], int column, int p, uint32_t (*plane)[STRIP])
{
    flip(w);
    for (int i = 0; i < 8; i++)
        memcpy(plane[p + i] + column, &w[i], sizeof w[i]);
}

INLINE void encode_half(const struct strip *s, int column, struct kind kind,
                        uint32_t (*plane)[STRIP])
{
    lanes low[8], high[8];
    for (int i = 0; i < 8; i++) {
        lanes a = codes(s, i, kind), b = codes(s, i + 8, kind);
        lanes c = codes(s, i + 16, kind), d = codes(s, i + 24, kind);
        low[i] = (a & 0xff) | (b & 0xff) << 8 | (c & 0xff) << 16 | d << 24;
        high[i] = a >> 8 | b >> 8 << 8 | c >> 8 << 16 | d >> 8 << 24;
    }
    put_planes(low, column, 0, plane);
    if (kind.is_wide)
        put_planes(high, column, 8, plane);
}

/* Rows and columns that are not there are zero; nobody looks at their codes. */
static const float *padded(const struct block *b, int row, int column,
                           float pad[HALF][LANES])
{
    int rows = b->rows - row, columns = b->columns - column;
    memset(pad, 0, HALF * sizeof *pad);
    for (int k = 0; k < rows && k < HALF; k++)
        for (int j = 0; j < columns && j < LANES; j++)
            pad[k][j] =
                b->first[(size_t)(row + k) * b->stride + (size_t)(column + j)];
    return pad[0];
}

INLINE void encode_tile(const struct block *b, struct tile *t, struct kind kind)
{
    float pad[HALF][LANES];
    for (int k = 0; k < b->rows; k += HALF)
        for (int j = 0; j < b->columns; j += LANES) {
            struct strip s = {b->q, b->first + (size_t)k * b->stride + j,
                              b->stride};
            if (k + HALF > b->rows || j + LANES > b->columns) {
                s.first = padded(b, k, j, pad);
                s.stride = LANES;
            }
            memcpy(&s.scale, b->scale + j, sizeof s.scale);
            memcpy(&s.limit, b->limit + j, sizeof s.limit);
            encode_half(&s, j, kind, t->plane[k / HALF]);
        }
}

WIDE static void encode(const struct block *b, struct tile *t)
{
    const struct quantizer *q = b->q;
    bool is_signed = q->levels.is_signed, wide = q->planes + is_signed > 8;
    if (q->table)
        encode_tile(b, t, (struct kind){is_signed, true, true});
    else if (!is_signed)
        encode_tile(b, t, (struct kind){false, false, true});
    else if (wide)
        encode_tile(b, t, (struct kind){true, false, true});
    else
        encode_tile(b, t, (struct kind){true, false, false});
}

/* Word `word` of columns from..from+n of a group. */
static void store(const struct tile *t, struct bits *b, int group, int from,
                  int n, int word)
{
    size_t words = (size_t)b->words, planes = (size_t)b->planes;
    size_t at = (size_t)group * (size_t)b->columns + (size_t)from;
    uint64_t rows = bits_rows(word, 0, b->rows);
    for (int j = 0; j < n; j++, at++) {
        uint64_t *to = b->plane + at * planes * words + word;
        for (size_t p = 0; p <= planes; p++) {
            uint64_t w = t->plane[0][p][j] | (uint64_t)t->plane[1][p][j] << 32;
            if (p < planes)
                to[p * words] = w & rows;
            else if (b->is_signed)
                b->negative[at * words + (size_t)word] = w & rows;
        }
    }
}

/*
 * The |w| at which the largest code is reached, and half a unit of 2x more: its
 * product with the scale is that code's, however it is rounded.
 */
static float limit_of(const struct quantizer *q, float scale)
{
    double reach = q->half_top + q->half_centre + 0.5;
    double limit = (double)FLT_MAX;
    if (q->planes > FAST_PLANES) /* rounding is more than a half */
        reach *= 1 + 1e-6;
    if (limit * 2 * (double)scale > reach && !q->levels.plane_threshold)
        limit = reach / (2 * (double)scale);
    return (float)limit;
}

/* The 64 rows of a word after one another. */
static void quantize_strip(struct block *b, int rows, struct bits *out,
                           int group, int column, struct tile *t)
{
    const struct quantizer *q = b->q;
    bool fast = q->planes + q->levels.is_signed <= FAST_PLANES &&
                (q->is_uniform || q->table);
    for (int i = 0; 64 * i < rows; i++, b->first += 64 * b->stride) {
        b->rows = rows - 64 * i < 64 ? rows - 64 * i : 64;
        if (fast)
            encode(b, t);
        else
            encode_each(b, t);
        store(t, out, group, column, b->columns, i);
    }
}

void bits_quantize(const struct quantizer *q, const struct weights *w,
                   const float *scale, struct arena *a, struct bits *out)
{
    struct tile t = {0};
    size_t columns = (size_t)w->columns;
    bits_alloc(out, w->groups, w->rows, w->columns, q->planes,
               q->levels.is_signed, a);
    for (int g = 0; g < w->groups; g++)
        for (int j = 0; j < w->columns; j += STRIP) {
            struct block b = {.q = q, .stride = columns};
            b.columns = w->columns - j < STRIP ? w->columns - j : STRIP;
            b.first = w->value + (size_t)g * (size_t)w->rows * columns + j;
            for (int i = 0; i < b.columns; i++) {
                b.scale[i] = scale[(size_t)g * columns + (size_t)(j + i)];
                b.limit[i] = limit_of(q, b.scale[i]);
            }
            quantize_strip(&b, w->rows, out, g, j, &t);
        }
}
