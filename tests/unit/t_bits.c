/* t_bits.c - tests of real weights: quantized, packed, counted */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "bits_case.h"

/* The code of a weight, by quant_nearest(). */
static int64_t code_of(const struct quantized *z, int group, int row,
                       int column)
{
    const struct levels *l = &z->q.levels;
    size_t columns = (size_t)z->w.columns;
    size_t i = ((size_t)group * (size_t)z->w.rows + (size_t)row) * columns;
    float w = z->w.value[i + (size_t)column];
    float x = w * z->scale[(size_t)group * columns + (size_t)column];
    if (l->plane_threshold) {
        int64_t code = 0;
        for (int b = 0; b < l->real_scales; b++)
            code += (int64_t)((double)x > l->plane_threshold[b]) << b;
        return code;
    }
    uint64_t code = l->code[quant_nearest(l, (double)x)];
    return (int64_t)(l->is_signed && w < 0 ? -code : code);
}

/* The sign of a row: of what is not zero. */
static bool is_minus(const struct bits *b, int group, int row, int column)
{
    return bits_negative(b, group, column)[row / 64] >> row % 64 & 1;
}

static void check_codes(const struct quantized *z)
{
    for (int g = 0; g < z->w.groups; g++)
        for (int k = 0; k < z->w.rows; k++)
            for (int j = 0; j < z->w.columns; j++) {
                ck_assert(code_of(z, g, k, j) || !is_minus(&z->b, g, k, j));
                ck_need(bits_code(&z->b, g, k, j) == code_of(z, g, k, j),
                        "%s %d: group %d, row %d, column %d is %lld, not %lld",
                        z->spec.scheme->name, z->spec.bits, g, k, j,
                        (long long)bits_code(&z->b, g, k, j),
                        (long long)code_of(z, g, k, j));
            }
}

/* Every scheme with every number of bits that it has. */
START_TEST(every_weight_goes_to_its_nearest_level)
{
    for (int s = 0; schemes[s]; s++)
        for (int bits = schemes[s]->bits_min; bits <= schemes[s]->bits_max;
             bits++) {
            if (!can_build(schemes[s], bits))
                continue;
            struct quantized z = {.w = any_weights()};
            struct clip_rule rule = any_rule();
            quantize(&z, schemes[s], bits, &rule);
            check_codes(&z);
            teardown();
        }
}
END_TEST

START_TEST(shapes_at_the_edges)
{
    static const int shape[][2] = {{1, 1},  {63, 1},   {64, 4},  {65, 5},
                                   {8, 64}, {127, 65}, {128, 3}, {7, 129}};
    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++) {
        struct quantized z = {.w = random_weights(2, shape[i][0], shape[i][1])};
        struct clip_rule rule = {.clip = CLIP_LARGEST};
        quantize(&z, scheme_find("uniform"), 8, &rule);
        check_codes(&z);
    }
}
END_TEST

START_TEST(half_way_goes_to_the_larger_level)
{
    static const float value[] = {0.5f,        -0.5f,  0.49999997f, 1.5f,
                                  -1.4999999f, 126.5f, 127,         -0.0f};
    static const int64_t want[] = {1, -1, 0, 2, -1, 127, 127, 0};
    struct quantized z = {.w = {1, 8, 1, value}};
    struct clip_rule rule = {.clip = CLIP_LARGEST};
    quantize(&z, scheme_find("uniform"), 8, &rule);
    for (int k = 0; k < 8; k++)
        ck_assert_int_eq(bits_code(&z.b, 0, k, 0), want[k]);
}
END_TEST

/* One outlier of 1e30 among weights of 1e-30: no conversion overflows. */
START_TEST(outliers_beyond_the_clip)
{
    float value[64];
    for (int k = 0; k < 64; k++)
        value[k] = k == 9 ? -1e30f : 1e-30f;
    for (int columns = 1; columns <= 4; columns *= 4) {
        struct quantized z = {.w = {1, 64 / columns, columns, value}};
        struct clip_rule rule = {CLIP_PERCENTILE, 90, false};
        struct weight_stats stats;
        quantize(&z, scheme_find("uniform"), 8, &rule);
        ck_assert_int_eq(bits_code(&z.b, 0, 9 / columns, 9 % columns), -127);
        ck_assert_int_eq(bits_code(&z.b, 0, 8 / columns, 8 % columns), 127);
        weight_stats(&z.q, &z.w, z.scale, &z.b, &arena, &stats);
        ck_assert(isfinite(stats.rms));
    }
}
END_TEST

START_TEST(zero_matrix)
{
    for (int s = 0; schemes[s]; s++) {
        static const float zero[12];
        struct quantized z = {.w = {1, 4, 3, zero}};
        struct clip_rule rule = any_rule();
        quantize(&z, schemes[s], schemes[s]->bits_default, &rule);
        check_codes(&z);
        struct weight_stats stats;
        struct planes planes;
        weight_stats(&z.q, &z.w, z.scale, &z.b, &arena, &stats);
        weight_planes(&z.q, &stats, &arena, &planes);
        if (z.q.levels.is_signed && z.q.levels.code[0] == 0)
            for (int p = 0; p < planes.n; p++)
                ck_assert(!(planes.density[p] > 0));
    }
}
END_TEST

START_TEST(finds_what_is_not_finite)
{
    float value[37];
    for (int at = 0; at < 37; at++)
        for (int how = 0; how < 3; how++) {
            for (int i = 0; i < 37; i++)
                value[i] = i % 2 ? -3e38f : 1e-40f;
            ck_assert_int_eq(weights_infinite(value, 37), -1);
            value[at] = how == 0 ? (float)NAN : how == 1 ? INFINITY : -INFINITY;
            ck_assert_int_eq(weights_infinite(value, 37), at);
        }
}
END_TEST

/* A scale for each column is no microscope. */
START_TEST(noise_is_not_blown_up)
{
    const struct clip_rule rule = {CLIP_LARGEST, 99.9, true};
    static const float size[] = {1, 1e-3f, 1e-12f, 1e-42f};
    float value[64 * 4];
    struct quantized z = {.w = {1, 64, 4, value, NULL}};
    for (int k = 0; k < 64; k++)
        for (int j = 0; j < 4; j++)
            value[4 * k + j] = size[j] * (float)(k % 8 - 4) / 4;
    quantize(&z, scheme_find("uniform"), 8, &rule);
    ck_assert_int_eq(bits_code(&z.b, 0, 0, 0), -127);
    ck_assert_int_eq(bits_code(&z.b, 0, 0, 1), -127);
    ck_assert_int_eq(bits_code(&z.b, 0, 0, 2), 0);
    ck_assert_int_eq(bits_code(&z.b, 0, 0, 3), 0);
}
END_TEST

START_TEST(percentile_is_that_of_a_sorted_list)
{
    float value[101];
    for (int i = 0; i < 101; i++)
        value[i] = (float)((i * 37 % 101) * (i % 2 ? 1 : -1));
    struct quantized z = {.w = {1, 101, 1, value}};
    struct clip_rule rule = {CLIP_PERCENTILE, 90, false};
    quantize(&z, scheme_find("uniform"), 8, &rule);
    ck_near((double)z.scale[0], 127.0 / 90, 1e-6); /* 91 of 101 reach 90 */
}
END_TEST

/* No clip of the same ladder has a smaller error, and it is below that of the
 * largest weight. */
START_TEST(least_squares_clips_outliers)
{
    float value[1000];
    for (int i = 0; i < 1000; i++)
        value[i] = i ? (float)uniform(-1, 1) : 5;
    struct quantized z = {.w = {1, 1000, 1, value}};
    struct clip_rule rule = {.clip = CLIP_MSE};
    quantize(&z, scheme_find("uniform"), 4, &rule);
    double error[2] = {0, 0}, scale[2] = {(double)z.scale[0], 7.0 / 5};
    for (int i = 0; i < 1000; i++)
        for (int s = 0; s < 2; s++) {
            double x = fabs(scale[s] * (double)value[i]);
            double d = x - quant_nearest(&z.q.levels, x);
            error[s] += d * d / (scale[s] * scale[s]);
        }
    ck_assert(error[0] < error[1]);
    ck_assert(scale[0] > scale[1]);
}
END_TEST

/* ---- encodings and counts ---- */

/* What an encoding stores of a code in array s. */
static uint64_t stored(int64_t code, enum encoding how, int planes, int s)
{
    uint64_t magnitude = (uint64_t)llabs(code);
    if (how == ENCODE_DIFFERENTIAL)
        return (code < 0) == (s == 1) ? magnitude : 0;
    if (how == ENCODE_TWOS)
        return (uint64_t)code & ((UINT64_C(2) << planes) - 1);
    return magnitude;
}

START_TEST(encodings_hold_what_they_say)
{
    for (int i = 0; i < TRIALS; i++)
        for (int how = ENCODE_MAGNITUDE; how <= ENCODE_DIFFERENTIAL; how++) {
            struct quantized z = {.w = any_weights()};
            struct clip_rule rule = any_rule();
            struct bits out[2];
            quantize(&z, scheme_find(i % 2 ? "apot" : "uniform"), 6, &rule);
            int n = bits_encode(&z.b, (enum encoding)how, &arena, out);
            ck_assert_int_eq(n, how == ENCODE_DIFFERENTIAL ? 2 : 1);
            for (int s = 0; s < n; s++)
                for (int k = 0; k < z.w.rows; k++)
                    for (int j = 0; j < z.w.columns; j++) {
                        const uint64_t *p = bits_column(&out[s], 0, j);
                        uint64_t got = 0;
                        for (int b = 0; b < out[s].planes; b++)
                            got |= (p[b * out[s].words + k / 64] >> k % 64 & 1)
                                   << b;
                        ck_need(got == stored(bits_code(&z.b, 0, k, j),
                                              (enum encoding)how, z.b.planes,
                                              s),
                                "encoding %d, row %d, column %d", how, k, j);
                    }
            teardown();
        }
}
END_TEST

static bool bit(const struct bits *b, int g, int k, int j, int p)
{
    return (uint64_t)llabs(bits_code(b, g, k, j)) >> p & 1;
}

/* Bit by bit, tile by tile. */
static struct plane_count brute_count(const struct bits *b, int p, int r, int c)
{
    struct plane_count n = {.ones = 0};
    for (int g = 0; g < b->groups; g++)
        for (int k0 = 0; k0 < b->rows; k0 += r)
            for (int j0 = 0; j0 < b->columns; j0 += c) {
                int64_t before = n.ones;
                for (int k = k0; k < k0 + r && k < b->rows; k++) {
                    bool any = false;
                    for (int j = j0; j < j0 + c && j < b->columns; j++)
                        any |= bit(b, g, k, j, p);
                    n.row_slices += any;
                }
                for (int j = j0; j < j0 + c && j < b->columns; j++) {
                    int ones = 0;
                    for (int k = k0; k < k0 + r && k < b->rows; k++)
                        ones += bit(b, g, k, j, p);
                    n.ones += ones;
                    n.columns += ones > 0;
                    n.most = ones > n.most ? ones : n.most;
                }
                n.tiles += n.ones > before;
            }
    return n;
}

static void check_dead(const struct bits *b, const struct bit_count *count)
{
    int64_t rows = 0, columns = 0;
    for (int g = 0; g < b->groups; g++) {
        for (int k = 0; k < b->rows; k++) {
            bool any = false;
            for (int j = 0; j < b->columns; j++)
                any |= bits_code(b, g, k, j) != 0;
            rows += !any;
        }
        for (int j = 0; j < b->columns; j++) {
            bool any = false;
            for (int k = 0; k < b->rows; k++)
                any |= bits_code(b, g, k, j) != 0;
            columns += !any;
        }
    }
    ck_assert_int_eq(count->dead_rows, rows);
    ck_assert_int_eq(count->dead_columns, columns);
}

START_TEST(counts_are_those_of_single_bits)
{
    for (int i = 0; i < TRIALS; i++) {
        struct quantized z = {.w = any_weights()};
        struct clip_rule rule = any_rule();
        struct bit_count *count = arena_alloc(&arena, sizeof *count);
        int r = i % 3 ? 1 + below(150) : 64 << i % 2, c = 1 + below(150);
        quantize(&z, scheme_find("uniform"), 6, &rule);
        bits_count(&z.b, r, c, &arena, count);
        check_dead(&z.b, count);
        for (int p = 0; p < z.b.planes; p++) {
            struct plane_count n = brute_count(&z.b, p, r, c);
            const struct plane_count *got = &count->plane[p];
            ck_assert_int_eq(got->ones, n.ones);
            ck_assert_int_eq(got->tiles, n.tiles);
            ck_assert_int_eq(got->row_slices, n.row_slices);
            ck_assert_int_eq(got->columns, n.columns);
            ck_assert_int_eq(got->most, n.most);
            ck_near(got->density, (double)n.ones / (double)weights_count(&z.w),
                    1e-15);
        }
        teardown();
    }
}
END_TEST

/* The groups' blocks lie along the diagonal, zeroes elsewhere. */
START_TEST(groups_along_the_diagonal)
{
    for (int i = 0; i < TRIALS; i++) {
        int rows = 1 + below(i % 2 ? 150 : 12), columns = 1 + below(6);
        struct quantized z = {.w = random_weights(5, rows, columns)};
        struct clip_rule rule = {.clip = CLIP_LARGEST};
        struct bits d;
        int from = below(3), n = 1 + below(3);
        quantize(&z, scheme_find("uniform"), 5, &rule);
        bits_diagonal(&z.b, from, n, &arena, &d);
        ck_assert(d.groups == 1 && d.rows == n * rows &&
                  d.columns == n * columns);
        for (int k = 0; k < d.rows; k++)
            for (int j = 0; j < d.columns; j++) {
                bool inside = k / rows == j / columns;
                ck_assert_int_eq(bits_code(&d, 0, k, j),
                                 inside ? bits_code(&z.b, from + k / rows,
                                                    k % rows, j % columns)
                                        : 0);
            }
        teardown();
    }
}
END_TEST

/* ---- the distribution by moments ---- */

/* Rows and columns of which every code is zero do not count. */
START_TEST(moments_are_those_of_live_weights)
{
    for (int i = 0; i < TRIALS; i++) {
        struct quantized z = {.w = any_weights()};
        struct clip_rule rule = any_rule();
        struct weight_stats s;
        double n = 0, absolute = 0, squares = 0;
        quantize(&z, scheme_find("uniform"), 4, &rule);
        weight_stats(&z.q, &z.w, z.scale, &z.b, &arena, &s);
        for (int g = 0; g < z.w.groups; g++)
            for (int k = 0; k < z.w.rows; k++)
                for (int j = 0; j < z.w.columns; j++) {
                    bool row = false, column = false;
                    int column_at = g * z.w.columns + j;
                    int at = (g * z.w.rows + k) * z.w.columns + j;
                    for (int a = 0; a < z.w.columns; a++)
                        row |= bits_code(&z.b, g, k, a) != 0;
                    for (int a = 0; a < z.w.rows; a++)
                        column |= bits_code(&z.b, g, a, j) != 0;
                    double x = row && column ? fabs((double)z.scale[column_at] *
                                                    (double)z.w.value[at])
                                             : 0;
                    n += row && column;
                    absolute += x;
                    squares += x * x;
                }
        ck_near(s.live * (double)weights_count(&z.w), n, 1e-9);
        if (n > 0) {
            ck_near(s.mean_abs, absolute / n, 1e-12 * absolute / n);
            ck_near(s.rms, sqrt(squares / n), 1e-12 * sqrt(squares / n));
        }
        teardown();
    }
}
END_TEST

/* Half of the columns dead, the others uniform on -1..1: known moments, and
 * ones within a few per cent of the count. */
START_TEST(moments_of_the_live_part)
{
    enum { K = 512, N = 64 };
    float *value = arena_array(&arena, K * N, sizeof *value);
    for (int i = 0; i < K * N; i++)
        value[i] = i % 2 ? (float)uniform(-1, 1) : (float)uniform(-1, 1) / 1e4f;
    struct quantized z = {.w = {1, K, N, value}};
    struct clip_rule clip = {.clip = CLIP_LARGEST};
    struct weight_stats s;
    struct planes planes;
    struct bit_count *count = arena_alloc(&arena, sizeof *count);
    double ones = 0;
    quantize(&z, scheme_find("uniform"), 8, &clip);
    weight_stats(&z.q, &z.w, z.scale, &z.b, &arena, &s);
    weight_planes(&z.q, &s, &arena, &planes);
    bits_count(&z.b, K, N, &arena, count);
    ck_assert_int_eq(s.live_columns, N / 2);
    ck_assert_int_eq(s.live_rows, K);
    ck_near(s.live, 0.5, 1e-15);
    ck_near(s.rms, 127 / sqrt(3), 0.02);
    ck_near(s.mean_abs, 127 / 2.0, 0.02);
    for (int p = 0; p < planes.n; p++)
        ones += planes.density[p];
    ck_near(ones, (double)count->ones / (K * N), 0.04);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("bits");
    TCase *t = tcase_create("bits");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, every_weight_goes_to_its_nearest_level);
    tcase_add_test(t, shapes_at_the_edges);
    tcase_add_test(t, half_way_goes_to_the_larger_level);
    tcase_add_test(t, outliers_beyond_the_clip);
    tcase_add_test(t, zero_matrix);
    tcase_add_test(t, finds_what_is_not_finite);
    tcase_add_test(t, noise_is_not_blown_up);
    tcase_add_test(t, percentile_is_that_of_a_sorted_list);
    tcase_add_test(t, least_squares_clips_outliers);
    tcase_add_test(t, encodings_hold_what_they_say);
    tcase_add_test(t, counts_are_those_of_single_bits);
    tcase_add_test(t, groups_along_the_diagonal);
    tcase_add_test(t, moments_are_those_of_live_weights);
    tcase_add_test(t, moments_of_the_live_part);
    suite_add_tcase(s, t);
    return unit_run(s);
}
