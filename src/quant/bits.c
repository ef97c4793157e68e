/* bits.c - bit planes: packed, put together, encoded */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/bits.h"

void bits_alloc(struct bits *b, int groups, int rows, int columns, int planes,
                bool is_signed, struct arena *a)
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

/* ORs n words into a column, `row` rows further down. */
static void put_rows(const uint64_t *from, int n, int row, uint64_t *to)
{
    to += row / 64;
    for (int i = 0; i < n; i++) {
        uint64_t over = row % 64 ? from[i] >> (64 - row % 64) : 0;
        to[i] |= from[i] << row % 64;
        if (over)
            to[i + 1] |= over;
    }
}

void bits_diagonal(const struct bits *b, int from, int n, struct arena *a,
                   struct bits *out)
{
    bits_alloc(out, 1, n * b->rows, n * b->columns, b->planes, b->is_signed, a);
    uint64_t *plane = out->plane, *negative = out->negative;
    for (int g = from; g < from + n; g++)
        for (int j = 0; j < b->columns; j++, negative += out->words) {
            int row = (g - from) * b->rows;
            const uint64_t *column = bits_column(b, g, j);
            for (int p = 0; p < b->planes; p++, plane += out->words)
                put_rows(column + p * b->words, b->words, row, plane);
            put_rows(bits_negative(b, g, j), b->words, row, negative);
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
