/* bits.c - weights to bit planes: quantized, packed, encoded */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/bits.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum {
    LANES = 64,
    BYTES_MAX = 9
}; /* columns at a time; of a code
             with its sign */

/*
 * Codes of 64 rows of some columns on their way from rows to planes: byte b of
 * each, 8 rows to a word. The bit above the planes is the sign.
 */
struct tile {
    int bytes;
    uint64_t word[BYTES_MAX][LANES][8];
};

static void bits_alloc(struct bits *b, int groups, int rows, int columns,
                       int planes, bool is_signed, struct arena *a)
{
    *b = (struct bits){.groups = groups,
                       .rows = rows,
                       .columns = columns,
                       .planes = planes,
                       .words = rows / 64 + (rows % 64 != 0),
                       .is_signed = is_signed};
    size_t n = (size_t)groups * (size_t)columns;
    b->plane = arena_array(a, n * (size_t)b->words,
                           (size_t)(planes ? planes : 1) * sizeof *b->plane);
    b->negative = arena_array(a, n * (size_t)b->words, sizeof *b->negative);
}

/* ---- 64 codes of a byte to 8 words of a plane ---- */

/* Swaps the bits of `mask` in y with those `shift` higher in x. */
#define SWAP(x, y, shift, mask)                                                \
    do {                                                                       \
        uint64_t t_ = ((x) >> (shift) ^ (y)) & (mask);                         \
        (y) ^= t_;                                                             \
        (x) ^= t_ << (shift);                                                  \
    } while (0)

/* The 8 x 8 bits of a word: Warren, Hacker's Delight, 2nd ed., sec. 7-3. */
static inline uint64_t flip_bits(uint64_t x)
{
    uint64_t t = (x ^ x >> 7) & 0x00aa00aa00aa00aau;
    x ^= t ^ t << 7;
    t = (x ^ x >> 14) & 0x0000cccc0000ccccu;
    x ^= t ^ t << 14;
    t = (x ^ x >> 28) & 0x00000000f0f0f0f0u;
    return x ^ t ^ t << 28;
}

/* out[p]: bit p of each of 64 bytes, the first byte's the lowest */
static inline void flip_column(const uint64_t in[8], uint64_t out[8])
{
    uint64_t a = flip_bits(in[0]), b = flip_bits(in[1]);
    uint64_t c = flip_bits(in[2]), d = flip_bits(in[3]);
    uint64_t e = flip_bits(in[4]), f = flip_bits(in[5]);
    uint64_t g = flip_bits(in[6]), h = flip_bits(in[7]);
    SWAP(a, e, 32, 0x00000000ffffffffu);
    SWAP(b, f, 32, 0x00000000ffffffffu);
    SWAP(c, g, 32, 0x00000000ffffffffu);
    SWAP(d, h, 32, 0x00000000ffffffffu);
    SWAP(a, c, 16, 0x0000ffff0000ffffu);
    SWAP(b, d, 16, 0x0000ffff0000ffffu);
    SWAP(e, g, 16, 0x0000ffff0000ffffu);
    SWAP(f, h, 16, 0x0000ffff0000ffffu);
    SWAP(a, b, 8, 0x00ff00ff00ff00ffu);
    SWAP(c, d, 8, 0x00ff00ff00ff00ffu);
    SWAP(e, f, 8, 0x00ff00ff00ff00ffu);
    SWAP(g, h, 8, 0x00ff00ff00ff00ffu);
    const uint64_t all[8] = {a, b, c, d, e, f, g, h};
    memcpy(out, all, sizeof all);
}

/* Word `word` of columns from..from+n of a group. */
static void store(const struct tile *t, struct bits *b, int group, int from,
                  int n, int word)
{
    size_t words = (size_t)b->words, planes = (size_t)b->planes;
    size_t at = (size_t)group * (size_t)b->columns + (size_t)from;
    uint64_t out[8];
    for (int j = 0; j < n; j++, at++)
        for (int i = 0; i < t->bytes; i++) {
            flip_column(t->word[i][j], out);
            for (size_t p = 0; p < 8; p++) {
                size_t plane = 8 * (size_t)i + p;
                if (plane < planes)
                    b->plane[(at * planes + plane) * words + (size_t)word] =
                        out[p];
                else if (plane == planes)
                    b->negative[at * words + (size_t)word] = out[p];
            }
        }
}

/* ---- quantizing ---- */

typedef float lanes_f __attribute__((vector_size(16)));
typedef int32_t lanes __attribute__((vector_size(16)));

/* A block of rows and columns within a tile, and how codes come about. */
struct block {
    const struct quantizer *q;
    const float *first; /* of the block */
    size_t stride;      /* from row to row */
    const float *scale;
    const int32_t *limit; /* |w| as bits beyond which codes do not grow */
    int rows, columns;
};

static void put_code(struct tile *t, int row, int column, uint64_t magnitude,
                     bool negative, int planes)
{
    for (int i = 0; i < t->bytes; i++) {
        uint64_t byte = i < 8 ? magnitude >> (8 * i) & 0xff : 0;
        if (planes / 8 == i)
            byte |= (uint64_t)(negative && magnitude) << planes % 8;
        t->word[i][column][row / 8] |= byte << 8 * (row % 8);
    }
}

/* Codes one by one, of rows and columns from..; any level set. */
static void encode_each(const struct block *b, struct tile *t, int row,
                        int column)
{
    for (int k = row; k < b->rows; k++)
        for (int j = column; j < b->columns; j++) {
            float w = b->first[(size_t)k * b->stride + (size_t)j], limit;
            memcpy(&limit, &b->limit[j], sizeof limit);
            float x = b->scale[j] * fmaxf(-limit, fminf(w, limit));
            put_code(t, k, j, quantizer_code(b->q, (double)x),
                     b->q->levels.is_signed && w < 0, b->q->planes);
        }
}

static inline __attribute__((always_inline)) lanes least_of(lanes x, lanes y)
{
    lanes above = x > y;
    return (y & above) | (x & ~above);
}

static inline __attribute__((always_inline)) lanes most_of(lanes x, lanes y)
{
    lanes above = x > y;
    return (x & above) | (y & ~above);
}

/*
 * floor(2x) of four columns, within the levels: of signed weights' magnitudes.
 * |w| is limited first, so that it can be converted.
 */
static inline __attribute__((always_inline)) lanes halves(const struct block *b,
                                                          lanes u, int column)
{
    const struct quantizer *q = b->q;
    const int32_t top = (int32_t)q->half_top;
    const int32_t keep = q->levels.is_signed ? 0 : INT32_MIN;
    lanes limit;
    lanes_f f, scale;
    memcpy(&limit, b->limit + column, sizeof limit);
    memcpy(&scale, b->scale + column, sizeof scale);
    u = (u & keep) | least_of(u & INT32_MAX, limit);
    memcpy(&f, &u, sizeof f);
    f = f * scale;
    f = f + f;
    lanes half = __builtin_convertvector(f, lanes);
    if (!q->levels.is_signed) /* down, not towards 0; then the code of 0 */
        half += (f < __builtin_convertvector(half, lanes_f)) +
                (int32_t)q->half_centre;
    return most_of(least_of(half, top - (lanes){0}), (lanes){0});
}

/* Codes of four columns; is_table: by the quantizer's table. */
static inline __attribute__((always_inline)) lanes
codes(const struct block *b, const float *w, int column, bool is_table)
{
    const struct quantizer *q = b->q;
    const int32_t minus = q->levels.is_signed ? 1 << q->planes : 0;
    lanes u;
    memcpy(&u, w, sizeof u);
    lanes half = halves(b, u, column), code = (half + 1) >> 1;
    if (is_table)
        code = (lanes){(int32_t)q->table[half[0]], (int32_t)q->table[half[1]],
                       (int32_t)q->table[half[2]], (int32_t)q->table[half[3]]};
    return code | ((u >> 31) & ((u & INT32_MAX) > 0) & (code > 0) & minus);
}

/* Codes of four rows of four columns: byte by byte, a row a byte. */
struct quad {
    lanes low, high;
};

static inline __attribute__((always_inline)) struct quad
encode_4x4(const struct block *b, const float *w, int column, bool is_table)
{
    lanes c0 = codes(b, w, column, is_table);
    lanes c1 = codes(b, w + b->stride, column, is_table);
    lanes c2 = codes(b, w + 2 * b->stride, column, is_table);
    lanes c3 = codes(b, w + 3 * b->stride, column, is_table);
    lanes low01 = (c0 & 0xff) | (c1 & 0xff) << 8,
          high01 = c0 >> 8 | c1 >> 8 << 8;
    lanes low23 = (c2 & 0xff) | (c3 & 0xff) << 8,
          high23 = c2 >> 8 | c3 >> 8 << 8;
    return (struct quad){low01 | low23 << 16, high01 | high23 << 16};
}

/* Lanes of two groups of four rows as words of eight. */
static inline void put_words(uint64_t (*word)[8], int row, lanes first,
                             lanes second)
{
    uint32_t low[4], high[4];
    memcpy(low, &first, sizeof low);
    memcpy(high, &second, sizeof high);
    word[0][row / 8] = low[0] | (uint64_t)high[0] << 32;
    word[1][row / 8] = low[1] | (uint64_t)high[1] << 32;
    word[2][row / 8] = low[2] | (uint64_t)high[2] << 32;
    word[3][row / 8] = low[3] | (uint64_t)high[3] << 32;
}

/* Eight rows of four columns, codes of one byte or two. */
static inline __attribute__((always_inline)) void
encode_8x4(const struct block *b, struct tile *t, int row, int column,
           bool is_table, bool is_wide)
{
    const float *w = b->first + (size_t)row * b->stride + (size_t)column;
    struct quad first = encode_4x4(b, w, column, is_table);
    struct quad second = encode_4x4(b, w + 4 * b->stride, column, is_table);
    put_words(&t->word[0][column], row, first.low, second.low);
    if (is_wide)
        put_words(&t->word[1][column], row, first.high, second.high);
}

static void encode_block(const struct block *b, struct tile *t)
{
    const struct quantizer *q = b->q;
    bool fast = t->bytes <= 2 && (q->is_uniform || q->table);
    int rows = fast ? b->rows / 8 * 8 : 0, columns = b->columns / 4 * 4;
    for (int i = 0; i < t->bytes; i++)
        memset(t->word[i], 0, (size_t)b->columns * sizeof t->word[i][0]);
    for (int k = 0; k < rows; k += 8)
        for (int j = 0; j < columns; j += 4) {
            if (q->is_uniform && t->bytes == 1)
                encode_8x4(b, t, k, j, false, false);
            else if (q->is_uniform)
                encode_8x4(b, t, k, j, false, true);
            else
                encode_8x4(b, t, k, j, true, true);
        }
    encode_each(b, t, rows, 0);
    struct block rest = *b;
    rest.rows = rows;
    encode_each(&rest, t, 0, columns);
}

/* The least float whose code is the largest, or a little more, as bits. */
static int32_t limit_bits(const struct quantizer *q, float scale)
{
    double most = (double)FLT_MAX, reach = q->half_top + q->half_centre + 1;
    float limit = FLT_MAX;
    int32_t u;
    if (most * 2 * (double)scale > reach && !q->levels.plane_threshold)
        limit = (float)(reach / (2 * (double)scale));
    memcpy(&u, &limit, sizeof u);
    return u;
}

void bits_quantize(const struct quantizer *q, const struct weights *w,
                   const float *scale, struct arena *a, struct bits *out)
{
    int32_t limit[LANES];
    struct tile t = {.bytes = (q->planes + q->levels.is_signed + 7) / 8};
    size_t columns = (size_t)w->columns;
    bits_alloc(out, w->groups, w->rows, w->columns, q->planes,
               q->levels.is_signed, a);
    for (int g = 0; g < w->groups; g++)
        for (int j = 0; j < w->columns; j += LANES) {
            struct block b = {.q = q, .stride = columns, .limit = limit};
            b.columns = w->columns - j < LANES ? w->columns - j : LANES;
            b.scale = scale + (size_t)g * columns + (size_t)j;
            b.first = w->value + (size_t)g * (size_t)w->rows * columns + j;
            for (int i = 0; i < b.columns; i++)
                limit[i] = limit_bits(q, b.scale[i]);
            for (int k = 0; k < w->rows; k += 64, b.first += 64 * columns) {
                b.rows = w->rows - k < 64 ? w->rows - k : 64;
                encode_block(&b, &t);
                store(&t, out, g, j, b.columns, k / 64);
            }
        }
}

/* ---- codes ---- */

static uint64_t magnitude(int64_t code)
{
    return code < 0 ? -(uint64_t)code : (uint64_t)code;
}

void bits_pack(const int64_t *code, int groups, int rows, int columns,
               int planes, bool is_signed, struct arena *a, struct bits *out)
{
    size_t n = (size_t)groups * (size_t)rows * (size_t)columns;
    uint64_t all = 0;
    for (size_t i = 0; i < n; i++)
        all |= magnitude(code[i]);
    int need = all ? 64 - __builtin_clzll(all) : 0;
    bits_alloc(out, groups, rows, columns, need > planes ? need : planes,
               is_signed, a);
    size_t words = (size_t)out->words, width = (size_t)out->planes;
    for (size_t i = 0; i < n; i++) {
        size_t k = i / (size_t)columns % (size_t)rows;
        size_t j = i / ((size_t)columns * (size_t)rows) * (size_t)columns +
                   i % (size_t)columns;
        for (uint64_t c = magnitude(code[i]); c; c &= c - 1) {
            size_t p = (size_t)__builtin_ctzll(c);
            out->plane[(j * width + p) * words + k / 64] |= UINT64_C(1)
                                                            << k % 64;
        }
        out->negative[j * words + k / 64] |= (uint64_t)(code[i] < 0) << k % 64;
    }
}

int64_t bits_code(const struct bits *b, int group, int row, int column)
{
    const uint64_t *plane = bits_column(b, group, column);
    uint64_t code = 0;
    for (int p = 0; p < b->planes; p++)
        code |= (plane[p * b->words + row / 64] >> row % 64 & 1) << p;
    bool minus = bits_negative(b, group, column)[row / 64] >> row % 64 & 1;
    return (int64_t)(minus ? -code : code);
}

/* ---- encodings ---- */

static size_t column_count(const struct bits *b)
{
    return (size_t)b->groups * (size_t)b->columns;
}

/* The weights of one sign; flip: ~0 for those that are not negative. */
static void keep_sign(const struct bits *b, uint64_t flip, struct arena *a,
                      struct bits *out)
{
    size_t words = (size_t)b->words, planes = (size_t)b->planes;
    bits_alloc(out, b->groups, b->rows, b->columns, b->planes, b->is_signed, a);
    for (size_t j = 0; j < column_count(b); j++)
        for (size_t i = 0; i < planes * words; i++)
            out->plane[j * planes * words + i] =
                b->plane[j * planes * words + i] &
                (b->negative[j * words + i % words] ^ flip);
}

/* -m = ~m + 1, a bit of 64 rows at a time; the sign is the top plane. */
static void twos(const struct bits *b, struct arena *a, struct bits *out)
{
    size_t words = (size_t)b->words, planes = (size_t)b->planes;
    bits_alloc(out, b->groups, b->rows, b->columns, b->planes + 1, false, a);
    for (size_t j = 0; j < column_count(b); j++)
        for (size_t i = 0; i < words; i++) {
            uint64_t minus = b->negative[j * words + i], carry = minus;
            uint64_t *to = out->plane + j * (planes + 1) * words + i;
            for (size_t p = 0; p < planes; p++) {
                uint64_t x = b->plane[(j * planes + p) * words + i] ^ minus;
                to[p * words] = x ^ carry;
                carry &= x;
            }
            to[planes * words] = minus;
        }
}

int bits_encode(const struct bits *b, enum encoding how, struct arena *a,
                struct bits out[2])
{
    out[0] = *b;
    if (!b->is_signed || how == ENCODE_MAGNITUDE)
        return 1;
    if (how == ENCODE_TWOS) {
        twos(b, a, &out[0]);
        return 1;
    }
    keep_sign(b, ~UINT64_C(0), a, &out[0]);
    keep_sign(b, 0, a, &out[1]);
    return 2;
}
