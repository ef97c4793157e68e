/* t_bits.c - tests of real weights: quantized, packed, counted, mapped */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "unit.h"
#include "machine/crossbar/fixed.h"
#include "machine/crossbar/level.h"
#include "map_case.h"
#include "quant/bits.h"
#include "random.h"
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

static struct weights any_weights(void)
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
static bool can_build(const struct scheme *scheme, int bits)
{
    struct quant_spec spec;
    char why[WHY];
    quant_spec_init(&spec, scheme);
    spec.bits = bits;
    return quant_spec_check(&spec, why, sizeof why) == 0;
}

static void quantize(struct quantized *z, const struct scheme *scheme, int bits,
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
    int64_t code = (int64_t)l->code[quant_nearest(l, (double)x)];
    return l->is_signed && w < 0 ? -code : code;
}

static void check_codes(const struct quantized *z)
{
    for (int g = 0; g < z->w.groups; g++)
        for (int k = 0; k < z->w.rows; k++)
            for (int j = 0; j < z->w.columns; j++)
                ck_need(bits_code(&z->b, g, k, j) == code_of(z, g, k, j),
                        "%s %d: group %d, row %d, column %d is %lld, not %lld",
                        z->spec.scheme->name, z->spec.bits, g, k, j,
                        (long long)bits_code(&z->b, g, k, j),
                        (long long)code_of(z, g, k, j));
}

static struct clip_rule any_rule(void)
{
    return (struct clip_rule){(enum clip)below(4), uniform(50, 100),
                              below(2) == 1};
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

/* ---- the map against a count of single cells ---- */

struct brute {
    const struct xbar *x;
    const struct map_rule *rule;
    const struct bits *b;
    int array, from, to, slices; /* columns from..to of one array */
    double crossbars, nonempty, conversions, ones, drives, cycles;
    uint64_t peak;
    int top_delay;
};

static uint64_t cell(const struct brute *t, int k, int j, int s)
{
    int64_t code = bits_code(t->b, 0, k, j);
    if (t->rule->two_arrays && (code < 0) != t->array)
        return 0;
    return (uint64_t)llabs(code) >> (s * t->x->cell_bits) &
           ((UINT64_C(1) << t->x->cell_bits) - 1);
}

static bool is_filled(const struct brute *t, int k, int s)
{
    for (int j = t->from; j < t->to; j++)
        if (cell(t, k, j, s))
            return true;
    return false;
}

/* One crossbar with slice line[i] of row row[i]. */
static void add(struct brute *t, int n, const int *row, const int *slice,
                int delay)
{
    int per_slice = t->x->cell_bits / t->x->dac_bits;
    double cycles = t->cycles + delay * per_slice;
    t->crossbars++;
    t->top_delay = delay > t->top_delay ? delay : t->top_delay;
    t->conversions += (t->to - t->from) * cycles;
    t->drives += n * t->cycles;
    for (int j = t->from; j < t->to; j++) {
        uint64_t sum = 0;
        for (int i = 0; i < n; i++) {
            uint64_t c = cell(t, row[i], j, slice[i]);
            sum += c;
            t->ones += __builtin_popcountll(c);
        }
        t->nonempty += (sum > 0) * cycles;
        t->peak = sum > t->peak ? sum : t->peak;
    }
}

enum { LINES = 512 };

/* Slices packed in order, R a crossbar: L3 rank by rank, L4 slice by slice. */
static void add_packed(struct brute *t, int n, const int *row, const int *slice)
{
    for (int i = 0; i < n; i += t->x->rows) {
        int m = n - i < t->x->rows ? n - i : t->x->rows, lo = 99, hi = 0;
        for (int k = i; k < i + m; k++) {
            lo = slice[k] < lo ? slice[k] : lo;
            hi = slice[k] > hi ? slice[k] : hi;
        }
        add(t, m, row + i, slice + i, hi - lo);
    }
}

static void brute_rank(struct brute *t, int from, int to)
{
    for (int rank = 0; rank < t->slices; rank++) {
        int n = 0, row[LINES], slice[LINES];
        for (int k = from; k < to; k++)
            for (int s = 0, seen = 0; s < t->slices; s++)
                if (is_filled(t, k, s) && seen++ == rank) {
                    row[n] = k;
                    slice[n++] = s;
                }
        if (n)
            add_packed(t, n, row, slice);
    }
}

static void brute_free(struct brute *t)
{
    int n = 0;
    int *row = arena_array(&arena, (size_t)(t->b->rows * 16), sizeof *row);
    int *slice = arena_array(&arena, (size_t)(t->b->rows * 16), sizeof *row);
    for (int s = t->slices - 1; s >= 0; s--)
        for (int k = 0; k < t->b->rows; k++)
            if (is_filled(t, k, s)) {
                row[n] = k;
                slice[n++] = s;
            }
    add_packed(t, n, row, slice);
}

/* Rows move down until they fit under `top`; all slices when they need not. */
static void brute_shift(struct brute *t, int from, int to, int least, int top,
                        bool keep_hollow)
{
    int shift[LINES] = {0}, delay = 0;
    for (int k = from; k < to; k++) {
        for (int s = top + 1; s < t->slices; s++)
            if (is_filled(t, k, s))
                shift[k - from] = s - top;
        delay = shift[k - from] > delay ? shift[k - from] : delay;
    }
    for (int s = least; s <= top; s++) {
        int n = 0, row[LINES], slice[LINES];
        bool any = keep_hollow;
        for (int k = from; k < to; k++) {
            row[n] = k;
            slice[n] = s + shift[k - from];
            any |= slice[n] < t->slices && is_filled(t, k, slice[n]);
            n++;
        }
        if (any)
            add(t, n, row, slice, delay);
    }
}

static void brute_block(struct brute *t, int from, int to)
{
    int least = t->slices, span = 0;
    enum squeeze level = t->rule->squeeze;
    for (int k = from; k < to; k++) {
        int lo = t->slices, hi = -1;
        for (int s = 0; s < t->slices; s++)
            if (is_filled(t, k, s)) {
                lo = s < lo ? s : lo;
                hi = s;
            }
        least = lo < least ? lo : least;
        span = hi - lo + 1 > span ? hi - lo + 1 : span;
    }
    if (level == SQUEEZE_L3)
        brute_rank(t, from, to);
    else if (level == SQUEEZE_L2)
        brute_shift(t, from, to, least, least + span - 1, false);
    else if (level == SQUEEZE_SME) {
        int top = t->slices - 1 - t->rule->sme_degree;
        brute_shift(t, from, to, 0, top > 0 ? top : 0, false);
    } else
        brute_shift(t, from, to, 0, t->slices - 1, level == SQUEEZE_L0);
}

static void brute_map(struct brute *t, int planes)
{
    t->slices = (planes + t->x->cell_bits - 1) / t->x->cell_bits;
    for (t->array = 0; t->array <= t->rule->two_arrays; t->array++)
        for (t->from = 0; t->from < t->b->columns; t->from = t->to) {
            t->to = t->from + t->x->columns;
            t->to = t->to < t->b->columns ? t->to : t->b->columns;
            if (t->rule->squeeze == SQUEEZE_L4) {
                brute_free(t);
                continue;
            }
            for (int k = 0; k < t->b->rows; k += t->x->rows)
                brute_block(t, k,
                            k + t->x->rows < t->b->rows ? k + t->x->rows
                                                        : t->b->rows);
        }
}

static void check_map(const struct quantized *z, const struct xbar *x,
                      const struct map_rule *rule)
{
    struct brute t = {.x = x, .rule = rule, .b = &z->b};
    struct quant q = {.n = 1, .input_bits = 6};
    struct matrix m = {z->w.groups, z->w.rows, z->w.columns, 1, 0};
    struct mapped out;
    q.group[0].n = z->q.planes;
    t.cycles = (6 + x->dac_bits - 1) / x->dac_bits;
    brute_map(&t, z->q.planes);
    map_exact(x, rule, &m, &q, &z->b, &arena, &out);
    const double got[] = {out.crossbars, out.conversions_nonempty,
                          out.conversions, out.ones, out.drives};
    const double want[] = {t.crossbars, t.nonempty, t.conversions, t.ones,
                           t.drives};
    for (int i = 0; i < 5; i++)
        ck_need(!(fabs(got[i] - want[i]) > 0),
                "%s, level %d, %d x %d on %d x %d, %d-bit cells: count %d is "
                "%g, not %g",
                z->spec.scheme->name, (int)rule->squeeze, z->w.rows,
                z->w.columns, x->rows, x->columns, x->cell_bits, i, got[i],
                want[i]);
    uint64_t most = t.peak * ((1u << x->dac_bits) - 1);
    ck_assert_int_eq(out.adc_bits, most ? 64 - __builtin_clzll(most) : 0);
    ck_assert_int_eq(out.extra_cycles,
                     t.top_delay * x->cell_bits / x->dac_bits);
}

/* All schemes, levels, arrays of a sign, cells of one bit and of two. */
START_TEST(map_is_that_of_single_cells)
{
    for (int s = 0; schemes[s]; s++)
        for (int l = SQUEEZE_L0; l <= SQUEEZE_L4; l++) {
            struct quantized z = {
                .w = random_weights(1, 1 + below(150), 1 + below(40))};
            struct clip_rule clip = any_rule();
            int bits = schemes[s]->bits_default;
            quantize(&z, schemes[s], bits < 6 ? bits : 6, &clip);
            struct xbar x = {1 + below(130), 1 + below(30), 1 + below(2), 1};
            struct map_rule rule = {.squeeze = (enum squeeze)l,
                                    .sme_degree = 1 + below(2),
                                    .two_arrays =
                                        z.b.is_signed && below(2) == 1};
            if (z.q.planes / x.cell_bits < 16)
                check_map(&z, &x, &rule);
            teardown();
        }
}
END_TEST

/* Groups narrower than the crossbar share it: as one block-diagonal matrix. */
START_TEST(groups_share_a_crossbar)
{
    for (int i = 0; i < TRIALS; i++) {
        int g = 1 + below(9), k = 1 + below(12), n = 1 + below(5);
        struct quantized z = {.w = random_weights(g, k, n)}, one = z;
        struct clip_rule clip = {.clip = CLIP_LARGEST};
        quantize(&z, scheme_find("uniform"), 5, &clip);
        float *value =
            arena_array(&arena, (size_t)(g * k * g * n), sizeof *value);
        for (int a = 0; a < g * k * n; a++) {
            int from = a / (k * n), row = a / n % k, column = a % n;
            value[(from * k + row) * g * n + from * n + column] = z.w.value[a];
        }
        one.w = (struct weights){1, g * k, g * n, value};
        quantize(&one, scheme_find("uniform"), 5, &clip);
        for (int l = SQUEEZE_L0; l <= SQUEEZE_L4; l++) {
            struct xbar x = {g * k, g * n, 1, 1};
            struct map_rule rule = {.squeeze = (enum squeeze)l,
                                    .sme_degree = 1};
            struct quant q = {.n = 1, .input_bits = 4};
            struct matrix many = {g, k, n, 1, 0},
                          whole = {1, g * k, g * n, 1, 0};
            struct mapped a, b;
            q.group[0].n = 4;
            map_exact(&x, &rule, &many, &q, &z.b, &arena, &a);
            map_exact(&x, &rule, &whole, &q, &one.b, &arena, &b);
            ck_assert(!(fabs(a.crossbars - b.crossbars) > 0));
            ck_assert(!(fabs(a.ones - b.ones) > 0));
            ck_assert(!(fabs(a.drives - b.drives) > 0));
            ck_assert(!(fabs(a.shift_adds - b.shift_adds) > 0));
            ck_assert(!(fabs(a.cells_used * g - b.cells_used) > 1e-9));
        }
        teardown();
    }
}
END_TEST

/* Shafiee 2016, ISAAC, section V: biased codes, two bits a cell, columns whose
 * sum has its top bit are stored inverted. */
static double brute_fixed(const struct xbar *x, bool flip, int width,
                          const struct bits *b)
{
    double all = 0;
    int lossless = 0;
    while (1 << lossless < x->rows)
        lossless++;
    lossless += x->cell_bits; /* inputs of one bit */
    for (int g = 0; g < b->groups; g++)
        for (int j = 0; j < b->columns; j++)
            for (int k0 = 0; k0 < b->rows; k0 += x->rows)
                for (int s = 0; s * x->cell_bits < width; s++) {
                    int ones = 0, sum = 0, rows = 0;
                    for (int k = k0; k < k0 + x->rows && k < b->rows; k++) {
                        int64_t code = bits_code(b, g, k, j);
                        code += b->is_signed ? INT64_C(1) << (width - 1) : 0;
                        int c = (int)(code >> (s * x->cell_bits)) &
                                ((1 << x->cell_bits) - 1);
                        ones += __builtin_popcount((unsigned)c);
                        sum += c;
                        rows++;
                    }
                    bool turned = flip && sum >= 1 << (lossless - 1);
                    all += turned ? rows * x->cell_bits - ones : ones;
                }
    return all;
}

START_TEST(fixed_point_ones_are_those_of_single_cells)
{
    for (int i = 0; i < TRIALS; i++) {
        struct quantized z = {.w = any_weights()};
        struct clip_rule clip = any_rule();
        struct xbar x = {1 + below(150), 16, 1 + below(2), 1};
        struct map_rule rule = {.weight_bits = i % 2 ? 16 : 8,
                                .input_bits = 8,
                                .flip = below(2) == 1};
        struct quant q = {.n = 1, .input_bits = 8};
        quantize(&z, scheme_find(i % 3 ? "uniform" : "asymmetric"),
                 i % 3 ? 4 + i % 5 : 8, &clip);
        ck_near(fixed_ones(&x, &rule, &q, &z.b, &arena),
                brute_fixed(&x, rule.flip, rule.weight_bits, &z.b), 1e-15);
        teardown();
    }
}
END_TEST

/* ---- the distribution by moments ---- */

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
    tcase_add_test(t, percentile_is_that_of_a_sorted_list);
    tcase_add_test(t, least_squares_clips_outliers);
    tcase_add_test(t, encodings_hold_what_they_say);
    tcase_add_test(t, counts_are_those_of_single_bits);
    tcase_add_test(t, map_is_that_of_single_cells);
    tcase_add_test(t, groups_share_a_crossbar);
    tcase_add_test(t, fixed_point_ones_are_those_of_single_cells);
    tcase_add_test(t, moments_of_the_live_part);
    suite_add_tcase(s, t);
    return unit_run(s);
}
