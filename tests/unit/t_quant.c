/* t_quant.c - schemes, level sets, bit planes and densities */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "unit.h"

#include "quant/quant.h"

#include <fenv.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static struct arena arena;

static void setup(void)
{
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    arena_init(&arena, NULL);
}

static void teardown(void)
{
    arena_release(&arena);
}

static struct quant_spec spec_of(const char *text)
{
    struct quant_spec spec;
    char why[200] = "";
    int input_bits = 0;
    ck_assert_msg(!quant_spec_parse(text, &spec, &input_bits, why, sizeof why),
                  "%s: %s", text, why);
    return spec;
}

static struct levels levels_of(const char *text)
{
    struct quant_spec spec = spec_of(text);
    struct levels l;
    char why[200];
    ck_assert_int_eq(quant_levels(&spec, &arena, &l, why, sizeof why), 0);
    return l;
}

static struct planes planes_of(const char *text)
{
    struct quant_spec spec = spec_of(text);
    struct planes p;
    char why[200];
    ck_assert_int_eq(quant_planes(&spec, &arena, &p, why, sizeof why), 0);
    return p;
}

/* ---- the table of schemes ---- */

/* clang-format off */
static const struct row {
    const char *text;
    int n, is_signed, planes, terms, span, width;
} rows[] = {
    {"uniform:2", 2, 1, 1, 1, 1, 2},      {"uniform:4", 8, 1, 3, 3, 3, 4},
    {"uniform:8", 128, 1, 7, 7, 7, 8},    {"uniform:16", 32768, 1, 15, 15, 15, 16},
    {"asymmetric:8", 256, 0, 8, 8, 8, 8}, {"asymmetric:2", 4, 0, 2, 2, 2, 2},
    {"lsq:4", 8, 1, 3, 3, 3, 4},          {"pact:4", 8, 1, 3, 3, 3, 4},
    {"bsq:5", 32, 1, 5, 5, 5, 6},         {"bsq:1", 2, 1, 1, 1, 1, 2},
    {"haq:6", 32, 1, 5, 5, 5, 6},         {"hawq:4", 8, 1, 3, 3, 3, 4},
    {"drq:8", 128, 1, 7, 7, 7, 8},
    {"sme:8,terms=2", 16, 1, 8, 2, 2, 9}, {"sme:8,terms=3", 28, 1, 8, 3, 3, 9},
    {"sme:8,terms=4", 48, 1, 8, 4, 4, 9}, {"sme:8,terms=8", 256, 1, 8, 8, 8, 9},
    {"sme", 28, 1, 8, 3, 3, 9},
    {"pot:4", 9, 1, 8, 1, 1, 9},          {"pot:7", 65, 1, 64, 1, 1, 65},
    {"pot_code:4", 8, 1, 7, 1, 1, 8},     {"pot_code:7", 64, 1, 63, 1, 1, 64},
    {"inq:5", 9, 1, 8, 1, 1, 9},          {"inq:4", 5, 1, 4, 1, 1, 5},
    {"inq:3", 3, 1, 2, 1, 1, 3},          {"inq:2", 2, 1, 1, 1, 1, 2},
    {"apot:3", 4, 1, 3, 1, 1, 4},         {"apot:4", 8, 1, 4, 2, 3, 5},
    {"apot:5", 16, 1, 6, 2, 6, 7},        {"apot:6", 32, 1, 7, 3, 7, 8},
    {"apot:7", 64, 1, 9, 3, 9, 10},       {"apot:8", 128, 1, 10, 4, 10, 11},
    {"apot_k:5,terms=1", 16, 1, 4, 4, 4, 5},
    {"apot_k:5,terms=2", 16, 1, 6, 2, 6, 7},
    {"apot_k:5,terms=4", 16, 1, 15, 1, 1, 16},
    {"apot_odd:4", 8, 1, 4, 2, 3, 5},     {"apot_odd:6", 32, 1, 7, 3, 7, 8},
    {"sp2:4", 7, 1, 4, 2, 3, 5},          {"sp2:6", 24, 1, 8, 2, 7, 9},
    {"sp2:8", 94, 1, 16, 2, 15, 17},
    {"afp:3", 4, 1, 3, 1, 1, 4},          {"afp:4", 8, 1, 5, 2, 2, 6},
    {"afp:5", 16, 1, 6, 3, 3, 7},         {"afp:6", 32, 1, 10, 3, 3, 11},
    {"biscaled:6", 56, 1, 7, 5, 5, 8},    {"biscaled:6,delta=4", 62, 1, 9, 5, 5, 10},
    {"twn", 2, 1, 1, 1, 1, 2},            {"ttq", 2, 1, 1, 1, 1, 8},
    {"binary", 2, 0, 1, 1, 1, 1},         {"abcnet:5", 32, 0, 5, 5, 5, 8},
    {"codebook:4", 8, 1, 7, 7, 7, 8},     {"codebook:5,roll_bits=10", 16, 1, 9, 9, 9, 10},
    {"admm:2", 2, 1, 1, 1, 1, 2},         {"admm:3", 3, 1, 2, 1, 1, 3},
    {"admm:4", 4, 1, 3, 1, 1, 4},         {"admm:3,terms=3", 4, 1, 3, 1, 1, 4},
};
/* clang-format on */

START_TEST(level_counts_planes_terms_and_spans)
{
    const struct row *r = &rows[_i];
    struct levels l = levels_of(r->text);
    struct planes p = planes_of(r->text);
    ck_assert_msg(l.n == r->n && l.is_signed == r->is_signed &&
                      p.n == r->planes && p.terms == r->terms &&
                      p.span == r->span && p.width == r->width,
                  "%s: %d levels, signed %d, %d planes, %d terms, span %d, "
                  "width %d",
                  r->text, l.n, l.is_signed, p.n, p.terms, p.span, p.width);
    for (int i = 1; i < l.n; i++)
        ck_assert_uint_lt(l.code[i - 1], l.code[i]);
}
END_TEST

static void has_codes(const char *text, int n, const uint64_t *code)
{
    struct levels l = levels_of(text);
    ck_assert_int_eq(l.n, n);
    for (int i = 0; i < n; i++)
        ck_assert_uint_eq(l.code[i], code[i]);
}

/* The level sets that the papers write out. */
START_TEST(published_level_sets)
{
    has_codes("apot:3", 4, (uint64_t[]){0, 1, 2, 4});
    has_codes("apot:4", 8, (uint64_t[]){0, 1, 2, 3, 4, 6, 8, 10});
    has_codes(
        "apot:5", 16,
        (uint64_t[]){0, 1, 2, 3, 4, 6, 8, 9, 12, 16, 18, 24, 32, 33, 36, 48});
    has_codes("sp2:4", 7, (uint64_t[]){0, 1, 2, 4, 5, 6, 8});
    has_codes("pot_code:4", 8, (uint64_t[]){0, 1, 2, 4, 8, 16, 32, 64});
    has_codes("afp:4", 8, (uint64_t[]){0, 3, 4, 6, 8, 12, 16, 24});
    has_codes("admm:3", 3, (uint64_t[]){0, 1, 2});
    has_codes("biscaled:3,delta=2", 7, (uint64_t[]){0, 1, 2, 3, 4, 8, 12});
}
END_TEST

/* Li 2020, eq. 5, b = 4, k = 2: 16 levels, gamma = 2/3, least 2^-4/3. */
START_TEST(apot_general_form)
{
    struct levels l = levels_of("apot_k:5,terms=2");
    uint64_t one = 32; /* p = 2^0 in units of the least p, 2^-5 */
    ck_assert_int_eq(l.n, 16);
    ck_assert_uint_eq(3 * one, 2 * l.code[15]); /* gamma = one / code */
    ck_near((double)l.code[1] / (double)l.code[15], 1.0 / 48, 1e-15);
}
END_TEST

/* Chang 2021: 13 values at 4 bits, 187 at 8. */
START_TEST(sp2_signed_values)
{
    ck_assert_int_eq(2 * levels_of("sp2:4").n - 1, 13);
    ck_assert_int_eq(2 * levels_of("sp2:8").n - 1, 187);
}
END_TEST

/* Liu 2021, SME, Fig. 4: Nq = 8, S = 3. */
START_TEST(sme_quantizer)
{
    static const double in[] = {0.876, 0.618, 0.389, 0.020},
                        out[] = {0.875, 0.625, 0.375, 0.01953125};
    struct levels l = levels_of("sme:8,terms=3");
    for (int i = 0; i < 4; i++) {
        int up = quant_nearest(&l, in[i] * 256);
        ck_assert_double_eq((double)l.code[up] / 256, out[i]);
        ck_assert_int_eq(quant_nearest(&l, -in[i] * 256), up);
    }
    ck_assert_int_eq(quant_nearest(&l, 1e6), l.n - 1);
    ck_assert_int_eq(quant_nearest(&l, 0.5), 1); /* half-way: upwards */
    ck_assert_int_eq(quant_nearest(&l, 0.49), 0);
}
END_TEST

START_TEST(nearest_of_unsigned_codes)
{
    struct levels l = levels_of("asymmetric:4");
    ck_assert_int_eq(l.zero_code, 8);
    ck_assert_int_eq(quant_nearest(&l, 0), 8);
    ck_assert_int_eq(quant_nearest(&l, -20), 0);
    ck_assert_int_eq(quant_nearest(&l, 2.6), 11);
    l = levels_of("binary");
    ck_assert_int_eq(quant_nearest(&l, -0.1), 0);
    ck_assert_int_eq(quant_nearest(&l, 0.1), 1);
}
END_TEST

/* ---- densities ---- */

/* Equal to a printed number: within half a unit of its last digit. */
static void as_printed(const char *what, double value, const char *printed)
{
    const char *point = strchr(printed, '.'), *e = strchr(printed, 'e');
    size_t decimals = point ? strspn(point + 1, "0123456789") : 0;
    double unit = pow(10, (e ? atof(e + 1) : 0) - (double)decimals);
    ck_assert_msg(fabs(value - atof(printed)) <= 0.5000001 * unit,
                  "%s: %.6g, not %s", what, value, printed);
}

/* clang-format off */
static const struct {
    const char *text;
    const char *density; /* most significant first */
    const char *zero;
} references[] = {
    {"apot:3,clip=3", "0.0244 0.236 0.447", "0.292"},
    {"apot:4,clip=3", "0.0357 0.258 0.464 0.388", "0.119"},
    {"apot:5,clip=3", "0.0801 0.310 0.389 0.318 0.290 0.194", "0.0249"},
    {"sp2:4,clip=3", "0.00866 0.252 0.344 0.330", "0.149"},
    {"uniform:4,clip=3", "0.134 0.405 0.501", "0.170"},
    {"inq:5,clip=3", "0.0244 0.236 0.313 0.205 0.110 0.0558 0.0280 0.0187", "0.0093"},
    {"afp:4,clip=3", "0.0801 0.314 0.411 0.340 0.190", "0.149"},
    {"uniform:8,clip=8", "6.33e-5 0.0472 0.284 0.410 0.462 0.487 0.500", "0.0251"},
    {"uniform:8,clip=12,dist=laplace", "2.06e-4 0.0147 0.113 0.273 0.395 0.464 0.499", "0.0646"},
    {"sme:8,terms=3,clip=4", "0.0321 0.254 0.401 0.458 0.364 0.216 0.112 0.0568", "0.0071"},
};
/* clang-format on */

START_TEST(reference_densities)
{
    struct planes p = planes_of(references[_i].text);
    char list[120], *rest = list;
    snprintf(list, sizeof list, "%s", references[_i].density);
    for (int b = p.n - 1; b >= 0; b--) {
        const char *word = strtok_r(rest, " ", &rest);
        ck_assert_ptr_nonnull(word);
        as_printed(references[_i].text, p.density[b], word);
    }
    ck_assert_ptr_null(strtok_r(rest, " ", &rest));
    as_printed(references[_i].text, p.zero, references[_i].zero);
}
END_TEST

/* The defaults of the clips are those of the reference figures. */
START_TEST(default_clips)
{
    struct quant_spec s = spec_of("uniform:8");
    ck_near(quant_clip(&s), 8, 0);
    s = spec_of("uniform:4");
    ck_near(quant_clip(&s), 3, 0);
    s = spec_of("uniform:6");
    ck_near(quant_clip(&s), 5.5, 0);
    s = spec_of("apot:4");
    ck_near(quant_clip(&s), 3, 0);
    s = spec_of("apot:4,clip=2.5");
    ck_near(quant_clip(&s), 2.5, 0);
    s = spec_of("twn"); /* threshold 0.7 E|w|, E|w| = sqrt(2/pi) */
    ck_near(quant_clip(&s), 1.4 * sqrt(2 / M_PI), 1e-14);
    s = spec_of("twn,dist=laplace"); /* E|w| = 1/sqrt(2) */
    ck_near(quant_clip(&s), 1.4 * M_SQRT1_2, 1e-14);
}
END_TEST

/* Liu 2021, SME, Fig. 9(b): nonzero bits of a layer of 64x64x3x3 weights,
 * read from the figure. The clip was fitted to it; the seven values were
 * not. */
START_TEST(sme_figure_9b)
{
    static const char *const density[] = {
        "0.0164", "0.2137", "0.3184", "0.2157", "0.1166", "0.0595", "0.0398"};
    static const double figure[] = {621, 7989, 11841, 7883, 4276, 2148, 1469};
    struct planes p = planes_of("pot_code:4,clip=3.2");
    ck_assert_int_eq(p.n, 7);
    for (int i = 0; i < 7; i++) {
        double d = p.density[6 - i];
        as_printed("pot_code", d, density[i]);
        ck_near(d * 36864, figure[i], 0.027);
    }
}
END_TEST

/* P(no one in a tile) from the top plane of fixed 8 bit at 8 sigma, where p is
 * P(|z| > 4) = 6.33e-5. The printed values come from the rounded p; its half
 * unit moves ln P by side^2 times as much. */
START_TEST(empty_tiles)
{
    static const double printed[] = {0.3545, 0.7716, 0.9372, 0.9839};
    double p = planes_of("uniform:8,clip=8").density[6];
    ck_near(p, erfc(4 * M_SQRT1_2), 1e-9);
    for (int i = 0, side = 128; i < 4; i++, side /= 2) {
        as_printed("p", p, "6.33e-5");
        ck_near(pow(1 - p, side * side), printed[i],
                side * side * 0.005e-5 + 0.5e-4 / printed[i]);
    }
    as_printed("rows", 128 * (1 - pow(1 - p, 128)), "1.03");
}
END_TEST

START_TEST(unsigned_and_real_scaled_planes)
{
    struct planes p = planes_of("binary");
    ck_near(p.density[0], 0.5, 0);
    ck_near(p.zero, 0, 0);
    ck_assert(!p.is_signed);
    p = planes_of("asymmetric:8,clip=8"); /* the zero point shifts by 1/2 LSB */
    ck_near(p.density[7], 0.5 + 0.5 * erf(4.0 / 127 * M_SQRT1_2), 1e-12);
    ck_near(p.zero, erf(4.0 / 127 * M_SQRT1_2), 1e-9);
    p = planes_of("abcnet:3"); /* shifts -1, 0, 1 */
    ck_assert_int_eq(p.real_scales, 3);
    ck_near(p.density[0], 0.5 - 0.5 * erf(M_SQRT1_2), 1e-14);
    ck_near(p.density[1], 0.5, 0);
    ck_near(p.density[2], 0.5 + 0.5 * erf(M_SQRT1_2), 1e-14);
    ck_near(planes_of("abcnet:1").density[0], 0.5, 0);
    ck_assert(planes_of("ttq").two_arrays);
    /* threshold 0.7 sqrt(2/pi) */
    ck_near(planes_of("twn").zero, erf(0.7 / sqrt(M_PI)), 1e-14);
}
END_TEST

/* Panter-Dite for one bit of a Gaussian: median of |w|, times sqrt 3. */
START_TEST(codebook_centroids)
{
    struct quant_spec s = spec_of("codebook:1");
    ck_near(quant_clip(&s), sqrt(3) * 0.67448975019608174, 1e-14);
    s = spec_of("codebook:1,dist=laplace"); /* median ln 2 / sqrt 2 */
    ck_near(quant_clip(&s), 3 * log(2) * M_SQRT1_2, 1e-14);
    for (int b = 1; b <= 8; b++) {
        char text[40];
        snprintf(text, sizeof text, "codebook:%d", b);
        struct levels l = levels_of(text);
        ck_assert_int_eq(l.n, 1 << (b - 1));
        ck_assert_uint_ge(l.code[0], 1);
    }
}
END_TEST

/* ---- properties ---- */

static const char *const dists[] = {"gaussian", "laplace", "ggd,shape=0.6",
                                    "ggd,shape=3.7"};
enum { DISTS = 4 };

static double cdf_of(const struct quant_spec *s, double x)
{
    double half = 0.5 * quant_cdf_abs(s->dist, s->shape, fabs(x));
    return x < 0 ? 0.5 - half : 0.5 + half;
}

/* The expected code by summation by parts over the thresholds: not the way
 * the densities are added up. */
static double expected_code(const struct quant_spec *s, const struct levels *l)
{
    double top = (double)l->code[l->n - 1], clip = quant_clip(s);
    double centre = l->is_signed        ? 0
                    : l->zero_code >= 0 ? l->zero_code
                                        : top / 2;
    double mean = (double)l->code[0];
    for (int m = 1; m < l->n; m++) {
        double t = 0.5 * ((double)l->code[m - 1] + (double)l->code[m]) - centre;
        double tail = 1 - cdf_of(s, t * clip / (top - centre));
        mean += (l->is_signed ? 2 : 1) * tail *
                (double)(l->code[m] - l->code[m - 1]);
    }
    return mean;
}

START_TEST(densities_add_up_to_the_mean_code)
{
    for (int i = 0; schemes[i]; i++) {
        char text[80];
        snprintf(text, sizeof text, "%s,dist=%s", schemes[i]->name, dists[_i]);
        struct quant_spec s = spec_of(text);
        struct levels l = levels_of(text);
        struct planes p = planes_of(text);
        double sum = 0;
        if (l.real_scales)
            continue;
        for (int b = 0; b < p.n; b++) {
            ck_assert_double_ge(p.density[b], 0);
            ck_assert_double_le(p.density[b], 1);
            sum += ldexp(p.density[b], b);
        }
        ck_near(sum, expected_code(&s, &l), 1e-11);
    }
}
END_TEST

static double sample(gsl_rng *r, const struct quant_spec *s)
{
    double b = s->shape, a = b > 0 ? sqrt(tgamma(1 / b) / tgamma(3 / b)) : 0;
    switch (s->dist) {
    case DIST_GAUSSIAN:
        return gsl_ran_gaussian_ziggurat(r, 1);
    case DIST_LAPLACE:
        return gsl_ran_laplace(r, M_SQRT1_2);
    case DIST_GGD:
        break;
    }
    return gsl_ran_exppow(r, a, b);
}

static const char *const sampled[] = {"uniform:4",
                                      "uniform:8",
                                      "uniform:5,dist=laplace",
                                      "apot:4",
                                      "apot:6,dist=ggd,shape=0.8",
                                      "sp2:8,dist=ggd,shape=3",
                                      "sme:8,clip=4",
                                      "asymmetric:4",
                                      "codebook:4",
                                      "biscaled:5",
                                      "binary",
                                      "twn"};

START_TEST(densities_equal_counting)
{
    enum { N = 1000000 };
    struct quant_spec s = spec_of(sampled[_i]);
    struct levels l = levels_of(sampled[_i]);
    struct planes p = planes_of(sampled[_i]);
    double top = (double)l.code[l.n - 1], count[PLANES_MAX] = {0}, zero = 0;
    double centre = l.is_signed ? 0 : l.zero_code >= 0 ? l.zero_code : top / 2;
    gsl_rng *r = gsl_rng_alloc(gsl_rng_mt19937);
    for (int i = 0; i < N; i++) {
        double w = sample(r, &s) * (top - centre) / quant_clip(&s);
        uint64_t c = l.code[quant_nearest(&l, w)];
        zero += c == (l.is_signed ? 0 : (uint64_t)l.zero_code);
        for (int b = 0; b < p.n; b++)
            count[b] += (double)(c >> b & 1);
    }
    gsl_rng_free(r);
    for (int b = 0; b < p.n; b++) {
        double sigma = sqrt(p.density[b] * (1 - p.density[b]) / N);
        ck_assert_msg(fabs(count[b] / N - p.density[b]) <= 5 * sigma,
                      "%s plane %d: %g, not %g", sampled[_i], b, count[b] / N,
                      p.density[b]);
    }
    ck_assert_double_le(fabs(zero / N - p.zero),
                        5 * sqrt(p.zero * (1 - p.zero) / N));
}
END_TEST

START_TEST(distributions)
{
    static const double shapes[] = {0.3, 0.6, 1, 1.37, 2, 3.7, 10};
    for (int i = 0; i < 7; i++) {
        double last = 0;
        ck_near(quant_cdf_abs(DIST_GGD, shapes[i], 0), 0, 0);
        for (double x = 1e-12; x < 1e4; x *= 1.1) {
            double f = quant_cdf_abs(DIST_GGD, shapes[i], x);
            ck_assert_double_ge(f, last);
            ck_assert_double_le(f, 1);
            last = f;
        }
        ck_near(last, 1, 1e-12);
    }
    for (double x = 1e-9; x < 30; x *= 1.3) {
        ck_near(quant_cdf_abs(DIST_GGD, 2, x),
                quant_cdf_abs(DIST_GAUSSIAN, 0, x), 1e-13);
        ck_near(quant_cdf_abs(DIST_GGD, 1, x),
                quant_cdf_abs(DIST_LAPLACE, 0, x), 1e-13);
    }
    ck_near(quant_cdf_abs(DIST_GAUSSIAN, 0, 1), 0.68268949213708590, 1e-15);
    ck_near(quant_cdf_abs(DIST_GGD, 0, 1), quant_cdf_abs(DIST_GGD, 1.37, 1), 0);
}
END_TEST

START_TEST(schemes_are_complete)
{
    int n = 0;
    for (; schemes[n]; n++) {
        const struct scheme *s = schemes[n];
        ck_assert_ptr_eq(scheme_find(s->name), s);
        ck_assert(s->text && s->source && s->clip_default > 0 && s->build);
        for (int b = s->bits_min; b <= s->bits_max; b++) {
            struct quant_spec spec;
            struct planes p;
            char why[200] = "";
            quant_spec_init(&spec, s);
            spec.bits = b;
            if (quant_planes(&spec, &arena, &p, why, sizeof why))
                ck_assert_ptr_nonnull(strstr(why, s->name));
            else
                ck_assert(p.n > 0 && p.density[p.n - 1] > 0);
        }
    }
    ck_assert_int_eq(n, 24);
    ck_assert_ptr_null(scheme_find("apott"));
}
END_TEST

/* Not a test: how long the largest level set takes. */
START_TEST(time_of_16_bits)
{
    static const char *const texts[] = {"uniform:16", "uniform:16,dist=laplace",
                                        "uniform:16,dist=ggd", "uniform:8",
                                        "apot:4"};
    for (int i = 0; i < 5; i++) {
        struct timespec from, to;
        clock_gettime(CLOCK_MONOTONIC, &from);
        ck_assert_int_gt(planes_of(texts[i]).n, 0);
        clock_gettime(CLOCK_MONOTONIC, &to);
        printf("# %s: %.0f us\n", texts[i],
               1e6 * (double)(to.tv_sec - from.tv_sec) +
                   1e-3 * (double)(to.tv_nsec - from.tv_nsec));
    }
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))

int main(void)
{
    Suite *suite = suite_create("quant");
    TCase *t = tcase_create("quant");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, level_counts_planes_terms_and_spans, 0, COUNT(rows));
    tcase_add_test(t, published_level_sets);
    tcase_add_test(t, apot_general_form);
    tcase_add_test(t, sp2_signed_values);
    tcase_add_test(t, sme_quantizer);
    tcase_add_test(t, nearest_of_unsigned_codes);
    tcase_add_loop_test(t, reference_densities, 0, COUNT(references));
    tcase_add_test(t, default_clips);
    tcase_add_test(t, sme_figure_9b);
    tcase_add_test(t, empty_tiles);
    tcase_add_test(t, unsigned_and_real_scaled_planes);
    tcase_add_test(t, codebook_centroids);
    tcase_add_loop_test(t, densities_add_up_to_the_mean_code, 0, DISTS);
    tcase_add_loop_test(t, densities_equal_counting, 0, COUNT(sampled));
    tcase_add_test(t, distributions);
    tcase_add_test(t, schemes_are_complete);
    tcase_add_test(t, time_of_16_bits);
    suite_add_tcase(suite, t);
    return unit_run(suite);
}
