/* t_bits_layer.c - tests of real weights in the quantization of a layer */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "bits_case.h"
#include "quant/record.h"

static struct quant quant_of(const char *text)
{
    struct quant q = {.n = 1, .input_bits = 8};
    char why[WHY];
    ck_need(!quant_spec_parse(text, &q.spec[0], &q.input_bits, why, WHY), "%s",
            why);
    ck_assert(!quant_planes(&q.spec[0], &arena, &q.group[0], why, WHY));
    return q;
}

static void read_weights(struct quant *q, const struct weights *w, bool stored,
                         const struct clip_rule *rule, enum weights_as as)
{
    char why[WHY];
    ck_need(!quant_weights(q, w, stored, rule, as, &arena, why, WHY), "%s",
            why);
}

/* ---- mixed schemes ---- */

/* Mean square less square of the mean, of a column. */
static double variance(const struct weights *w, int column)
{
    int g = column / w->columns, j = column % w->columns;
    double sum = 0, squares = 0;
    for (int k = 0; k < w->rows; k++) {
        double x = (double)w->value[(g * w->rows + k) * w->columns + j];
        sum += x;
        squares += x * x;
    }
    return squares - sum * sum / w->rows;
}

/* How many columns come before this one. */
static int rank(const struct weights *w, int column)
{
    int before = 0;
    double own = variance(w, column);
    for (int i = 0; i < w->groups * w->columns; i++) {
        double other = variance(w, i);
        before += other < own || (!(other > own) && i < column);
    }
    return before;
}

/* The scheme's columns next to one another, quantized as a matrix. */
static void quantize_alone(struct quantized *z, const struct weights *w,
                           const struct quant *q, int which,
                           const struct clip_rule *rule)
{
    int all = w->groups * w->columns, n = 0;
    float *value = arena_array(&arena, (size_t)(all * w->rows), sizeof *value);
    for (int i = 0; i < all; i++)
        n += bits_scheme(q->bits, 0, i) == which;
    for (int i = 0, j = 0; i < all; i++)
        if (bits_scheme(q->bits, 0, i) == which) {
            const float *from = w->value +
                                i / w->columns * w->rows * w->columns +
                                i % w->columns;
            for (int k = 0; k < w->rows; k++)
                value[k * n + j] = from[k * w->columns];
            j++;
        }
    z->w = (struct weights){1, w->rows, n, value};
    if (n)
        quantize(z, q->spec[which].scheme, q->spec[which].bits, rule);
}

static void check_scheme(const struct weights *w, const struct quant *q,
                         int which, const struct clip_rule *rule)
{
    struct quantized z = {.w = *w};
    int n = w->groups * w->columns, j = 0;
    int64_t ones = 0;
    quantize_alone(&z, w, q, which, rule);
    for (int i = 0; i < n; i++) {
        if (bits_scheme(q->bits, 0, i) != which)
            continue;
        for (int k = 0; k < w->rows; k++) {
            int64_t code =
                bits_code(q->bits, i / w->columns, k, i % w->columns);
            ck_assert_int_eq(code, bits_code(&z.b, 0, k, j));
            ones += __builtin_popcountll((uint64_t)llabs(code));
        }
        j++;
    }
    double density = 0;
    for (int b = 0; b < q->group[which].n; b++)
        density += q->group[which].density[b];
    ck_near(q->group[which].share, (double)j / n, 1e-15);
    if (j)
        ck_near(density * w->rows * j, (double)ones, 1e-12);
}

/* Which columns a scheme has, and that these are quantized as if alone. */
START_TEST(mixed_schemes_by_variance)
{
    static const char *const names[] = {"sp2", "uniform", "asymmetric", "pot"};
    for (int i = 0; i < 2 * TRIALS; i++) {
        struct weights w = any_weights();
        struct clip_rule rule = any_rule();
        struct quant q = {.n = 2 + i % 3};
        int n = w.groups * w.columns, end[GROUPS_MAX];
        double left = 1, upto = 0;
        for (int g = 0; g < q.n; g++) {
            struct quant one = quant_of(names[below(4)]);
            q.spec[g] = one.spec[0];
            q.group[g] = one.group[0];
            q.group[g].share = g + 1 < q.n ? left * uniform(0, 1) : left;
            left -= q.group[g].share;
            upto += q.group[g].share;
            end[g] = g + 1 < q.n ? (int)floor(n * upto + 0.5) : n;
        }
        read_weights(&q, &w, false, &rule, WEIGHTS_BEST);
        ck_assert_int_eq(q.ones.as, WEIGHTS_EXACT);
        for (int j = 0; j < n; j++) {
            int g = 0;
            while (rank(&w, j) >= end[g])
                g++;
            ck_assert_int_eq(bits_scheme(q.bits, 0, j), g);
        }
        double ones = 0;
        for (int g = 0; g < q.n; g++) {
            check_scheme(&w, &q, g, &rule);
            for (int b = 0; b < q.group[g].n; b++)
                ones += q.group[g].share * q.group[g].density[b];
        }
        ck_near(q.ones.exact.ones, ones, 1e-12);
        ck_assert(q.ones.stats.ones < 1.5 * ones + 0.5); /* shares sum to 1 */
        teardown();
    }
}
END_TEST

/* Densities of all three ways are kept, whatever is taken. */
START_TEST(three_ways_side_by_side)
{
    struct weights w = random_weights(1, 190, 120);
    struct clip_rule rule = {.clip = CLIP_MSE};
    struct quant model = quant_of("uniform:6"), q[3];
    static const enum weights_as as[] = {WEIGHTS_EXACT, WEIGHTS_STATS,
                                         WEIGHTS_MODEL};
    for (int i = 0; i < 3; i++) {
        q[i] = model;
        read_weights(&q[i], &w, false, &rule, as[i]);
        const struct plane_means *kept[] = {&q[i].ones.exact, &q[i].ones.stats,
                                            &q[i].ones.model};
        ck_assert_int_eq(q[i].ones.as, as[i]);
        for (int b = 0; b < 5; b++) {
            ck_near(q[i].group[0].density[b], kept[i]->density[b], 0);
            ck_near(kept[0]->density[b], q[0].ones.exact.density[b], 0);
            ck_near(kept[1]->density[b], q[0].ones.stats.density[b], 0);
            ck_near(kept[2]->density[b], model.group[0].density[b], 0);
        }
    }
    ck_near(q[0].ones.stats.ones, q[0].ones.exact.ones, 0.1);
}
END_TEST

/* ---- codes ---- */

static struct quant read_codes(const char *text, const int64_t *code, int rows,
                               int columns, enum weights_as as)
{
    struct weights w = {1, rows, columns, NULL, code};
    struct clip_rule rule = {.clip = CLIP_AUTO};
    struct quant q = quant_of(text);
    read_weights(&q, &w, false, &rule, as);
    return q;
}

/* Codes of levels are what quantization makes of weights that are levels. */
START_TEST(codes_as_weights)
{
    static const char *const names[] = {"uniform:5", "apot:4"};
    static const enum weights_as as[] = {WEIGHTS_EXACT, WEIGHTS_STATS,
                                         WEIGHTS_MODEL};
    for (int i = 0; i < 6; i++) {
        int64_t code[600];
        float value[600];
        struct levels l;
        struct quant q = quant_of(names[i % 2]);
        struct clip_rule rule = {.clip = CLIP_LARGEST};
        ck_assert(!quant_levels(&q.spec[0], &arena, &l, NULL, 0));
        for (int k = 0; k < 600; k++) {
            int64_t c = (int64_t)l.code[below(l.n)];
            code[k] = !k ? (int64_t)l.code[l.n - 1] : below(2) ? c : -c;
            value[k] = (float)code[k];
        }
        struct weights w = {1, 60, 10, value};
        read_weights(&q, &w, false, &rule, as[i / 2]);
        struct quant c = read_codes(names[i % 2], code, 60, 10, as[i / 2]);
        for (int k = 0; k < 600; k++)
            ck_assert_int_eq(bits_code(c.bits, 0, k / 10, k % 10), code[k]);
        ck_assert_int_eq(c.ones.as, as[i / 2]);
        ck_near(c.ones.exact.ones, q.ones.exact.ones, 0);
        ck_near(c.ones.stats.ones, q.ones.stats.ones, 1e-12);
        ck_near(c.ones.model.ones, q.ones.model.ones, 0);
        for (int b = 0; b < c.group[0].n; b++)
            ck_near(c.group[0].density[b], q.group[0].density[b], 1e-12);
        teardown();
    }
}
END_TEST

/* Moments are those of the weights: of unsigned codes without the code of 0. */
START_TEST(codes_about_the_code_of_zero)
{
    int64_t code[600];
    float value[600];
    struct quant q = quant_of("asymmetric:8");
    struct clip_rule rule = {.clip = CLIP_LARGEST};
    for (int k = 0; k < 600; k++) {
        code[k] = k ? 128 + below(60) - below(60) : 255;
        value[k] = (float)(code[k] - 128);
    }
    struct weights w = {1, 60, 10, value, NULL};
    read_weights(&q, &w, false, &rule, WEIGHTS_STATS);
    struct quant c = read_codes("asymmetric:8", code, 60, 10, WEIGHTS_STATS);
    ck_near(c.ones.exact.ones, q.ones.exact.ones, 0);
    for (int b = 0; b < 8; b++)
        ck_near(c.group[0].density[b], q.group[0].density[b], 1e-12);
    ck_near(c.record->max, 127, 0);
}
END_TEST

/* Codes wider than the scheme make it as wide; unsigned ones stay so. */
START_TEST(codes_of_other_widths)
{
    static const int64_t wide[] = {INT64_C(4294967295), -3, 0, 1};
    static const int64_t plain[] = {255, 3, 0, 1};
    struct quant q = read_codes("uniform:4", wide, 2, 2, WEIGHTS_EXACT);
    ck_assert_int_eq(q.group[0].n, 32);
    ck_assert_int_eq(q.group[0].width, 33);
    ck_near(q.ones.exact.ones, (32 + 2 + 0 + 1) / 4.0, 1e-15);
    ck_assert(!read_codes("asymmetric:8", plain, 2, 2, WEIGHTS_EXACT)
                   .bits->is_signed);
    ck_assert(
        read_codes("asymmetric:8", wide, 2, 2, WEIGHTS_EXACT).bits->is_signed);
}
END_TEST

/* Whole numbers of a file: none is clipped, too large ones are refused. */
START_TEST(stored_numbers_beyond_a_byte)
{
    struct clip_rule rule = {.clip = CLIP_AUTO};
    float value[] = {1, -255, 32767, 3};
    struct weights w = {1, 2, 2, value};
    struct quant q = quant_of("uniform:8");
    char why[WHY];
    read_weights(&q, &w, true, &rule, WEIGHTS_EXACT);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(bits_code(q.bits, 0, i / 2, i % 2), (int)value[i]);
    ck_assert_int_eq(q.group[0].width, 16);
    value[3] = 32768;
    ck_assert(
        quant_weights(&q, &w, true, &rule, WEIGHTS_EXACT, &arena, why, WHY));
    ck_need(strstr(why, "2 to 16 bits"), "%s", why);
}
END_TEST

/* ---- where the largest level lies ---- */

static bool same(const char *text, const struct weights *w, enum clip a,
                 enum clip b)
{
    struct clip_rule rules[] = {{.clip = a}, {.clip = b}};
    struct quant q[2] = {quant_of(text), quant_of(text)};
    for (int i = 0; i < 2; i++)
        read_weights(&q[i], w, false, &rules[i], WEIGHTS_EXACT);
    for (int k = 0; k < w->rows; k++)
        for (int j = 0; j < w->columns; j++)
            if (bits_code(q[0].bits, 0, k, j) != bits_code(q[1].bits, 0, k, j))
                return false;
    return true;
}

START_TEST(clips_by_themselves)
{
    static const struct {
        const char *text;
        enum clip clip;
    } of[] = {{"uniform:4", CLIP_MSE},      {"uniform:7", CLIP_MSE},
              {"uniform:8", CLIP_LARGEST},  {"apot:4", CLIP_MSE},
              {"hawq:4", CLIP_LARGEST},     {"inq:5", CLIP_LARGEST},
              {"biscaled:4", CLIP_LARGEST}, {"twn", CLIP_SCHEME},
              {"ttq", CLIP_SCHEME}};
    struct weights w = random_weights(1, 190, 120);
    float *tails = arena_array(&arena, weights_count(&w), sizeof *tails);
    for (size_t i = 0; i < weights_count(&w); i++) {
        double x = log(uniform(1e-9, 1));
        tails[i] = (float)(below(2) ? x * x : -x * x);
    }
    w.value = tails; /* heavier than an exponential's */
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        for (int c = CLIP_LARGEST; c <= CLIP_SCHEME; c++)
            if (c != CLIP_PERCENTILE)
                ck_need(same(of[i].text, &w, CLIP_AUTO, (enum clip)c) ==
                            ((enum clip)c == of[i].clip),
                        "%s, clip %d", of[i].text, c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("bits_layer");
    TCase *t = tcase_create("bits_layer");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, mixed_schemes_by_variance);
    tcase_add_test(t, three_ways_side_by_side);
    tcase_add_test(t, codes_as_weights);
    tcase_add_test(t, codes_about_the_code_of_zero);
    tcase_add_test(t, codes_of_other_widths);
    tcase_add_test(t, stored_numbers_beyond_a_byte);
    tcase_add_test(t, clips_by_themselves);
    suite_add_tcase(s, t);
    return unit_run(s);
}
