/* bits.c - weights to bit planes: quantized, packed, encoded */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/bits.h"

#include <endian.h>
#include <math.h>
#include <string.h>

enum { LANES = 64, BYTES_MAX = 8 }; /* columns at a time; of a code */

/*
 * Codes of 64 rows of some columns on their way from rows to planes: byte b of
 * each. The top bit in use is the sign of signed weights.
 */
struct tile {
    int bytes;
    uint8_t byte[BYTES_MAX][LANES][64];
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
static inline void flip_column(const uint8_t *byte, uint64_t out[8])
{
    for (int i = 0; i < 8; i++) {
        uint64_t x;
        memcpy(&x, byte + 8 * i, sizeof x);
        out[i] = flip_bits(le64toh(x));
    }
    for (int i = 0; i < 4; i++)
        SWAP(out[i], out[i + 4], 32, 0x00000000ffffffffu);
    for (int i = 0; i < 8; i += 1 + 2 * (i % 4 == 1))
        SWAP(out[i], out[i + 2], 16, 0x0000ffff0000ffffu);
    for (int i = 0; i < 8; i += 2)
        SWAP(out[i], out[i + 1], 8, 0x00ff00ff00ff00ffu);
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
            flip_column(t->byte[i][j], out);
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

/* One row of up to LANES columns, `line` of the tile. */
typedef void encode_row(const struct quantizer *q, const float *w,
                        const double *scale, int n, struct tile *t, int line);

static encode_row uniform_signed, uniform_unsigned, table_signed, any_code;

static inline double at_most(double x, double most)
{
    return x < most ? x : most;
}

/* The sign is in bit `planes`; zero has none. */
static void uniform_signed(const struct quantizer *q, const float *w,
                           const double *scale, int n, struct tile *t, int line)
{
    const int planes = q->planes;
    const double top = q->half_top;
    for (int j = 0; j < n; j++) {
        double half = 2 * scale[j] * (double)w[j];
        unsigned m = ((unsigned)(int)at_most(fabs(half), top) + 1) >> 1;
        unsigned negative = (half < 0) & (m != 0);
        t->byte[0][j][line] = (uint8_t)(m | negative << planes);
    }
}

static void uniform_unsigned(const struct quantizer *q, const float *w,
                             const double *scale, int n, struct tile *t,
                             int line)
{
    const double top = q->half_top, centre = q->half_centre;
    for (int j = 0; j < n; j++) {
        double half = 2 * scale[j] * (double)w[j] + centre;
        half = at_most(half, top);
        half = half > 0 ? half : 0;
        t->byte[0][j][line] = (uint8_t)(((unsigned)(int)half + 1) >> 1);
    }
}

static void table_signed(const struct quantizer *q, const float *w,
                         const double *scale, int n, struct tile *t, int line)
{
    const int planes = q->planes;
    const double top = q->half_top;
    for (int j = 0; j < n; j++) {
        double half = 2 * scale[j] * (double)w[j];
        unsigned m = (unsigned)q->table[(int)at_most(fabs(half), top)];
        unsigned negative = (half < 0) & (m != 0);
        t->byte[0][j][line] = (uint8_t)(m | negative << planes);
    }
}

static void put_code(struct tile *t, int j, int line, uint64_t magnitude,
                     bool negative, int planes)
{
    for (int i = 0; i < t->bytes; i++) {
        unsigned byte = magnitude >> (8 * i) & 0xff;
        if (planes / 8 == i)
            byte |= (unsigned)(negative && magnitude) << planes % 8;
        t->byte[i][j][line] = (uint8_t)byte;
    }
}

static void any_code(const struct quantizer *q, const float *w,
                     const double *scale, int n, struct tile *t, int line)
{
    for (int j = 0; j < n; j++) {
        double x = scale[j] * (double)w[j];
        put_code(t, j, line, quantizer_code(q, x),
                 q->levels.is_signed && x < 0, q->planes);
    }
}

static encode_row *encoder_of(const struct quantizer *q)
{
    if (q->planes + q->levels.is_signed > 8)
        return any_code;
    if (q->is_uniform)
        return q->levels.is_signed ? uniform_signed : uniform_unsigned;
    return q->table && q->levels.is_signed ? table_signed : any_code;
}

void bits_quantize(const struct quantizer *q, const struct weights *w,
                   const double *scale, struct arena *a, struct bits *out)
{
    encode_row *encode = encoder_of(q);
    struct tile t;
    bits_alloc(out, w->groups, w->rows, w->columns, q->planes,
               q->levels.is_signed, a);
    memset(&t, 0, sizeof t);
    t.bytes = (q->planes + q->levels.is_signed + 7) / 8;
    for (int g = 0; g < w->groups; g++)
        for (int word = 0; word < out->words; word++)
            for (int j = 0; j < w->columns; j += LANES) {
                int n = w->columns - j < LANES ? w->columns - j : LANES;
                int left = w->rows - 64 * word, rows = left < 64 ? left : 64;
                size_t first = (size_t)g * (size_t)w->rows + 64 * (size_t)word;
                const float *from =
                    w->value + first * (size_t)w->columns + (size_t)j;
                for (int k = 0; k < rows; k++, from += w->columns)
                    encode(q, from, scale + (size_t)g * (size_t)w->columns + j,
                           n, &t, k);
                for (int k = rows; k < 64; k++)
                    for (int i = 0; i < n * t.bytes; i++)
                        t.byte[i / n][i % n][k] = 0;
                store(&t, out, g, j, n, word);
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
    int64_t code = 0;
    for (int p = 0; p < b->planes; p++)
        code |= (int64_t)(plane[p * b->words + row / 64] >> row % 64 & 1) << p;
    bool minus = bits_negative(b, group, column)[row / 64] >> row % 64 & 1;
    return minus ? -code : code;
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
