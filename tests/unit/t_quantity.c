/* t_quantity.c - quantities as text and back, suggestions */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/quantity.h"
#include "base/suggest.h"
#include "conf_case.h"
#include "random.h"

/* ---- quantities ---- */

/* clang-format off */
static const struct { const char *text; enum dim dim; double si; } good[] = {
    {"0.6 pJ", DIM_J, 0.6e-12}, {"0.6pJ", DIM_J, 0.6e-12},
    {"1.6667 pJ", DIM_J, 1.6667e-12}, {"12 aJ", DIM_J, 12e-18},
    {"3 fJ", DIM_J, 3e-15}, {"-2.5 nJ", DIM_J, -2.5e-9},
    {"+4 uJ", DIM_J, 4e-6}, {".5 mJ", DIM_J, .5e-3}, {"5. J", DIM_J, 5},
    {"1e-3 kJ", DIM_J, 1}, {"1E2 mJ", DIM_J, 0.1}, {"  7  J  ", DIM_J, 7},
    {"100 ns", DIM_S, 100e-9}, {"1.76 us", DIM_S, 1.76e-6},
    {"2 h", DIM_N, 0}, /* the end of what has a unit of its own is below */
    {"1.28 GHz", DIM_HZ, 1.28e9}, {"1.28 GS/s", DIM_HZ, 1.28e9},
    {"1 THz", DIM_HZ, 1e12}, {"3 PHz", DIM_HZ, 3e15},
    {"16 mW", DIM_W, 16e-3}, {"5 uA", DIM_A, 5e-6}, {"0.9 V", DIM_V, 0.9},
    {"10 kohm", DIM_OHM, 10e3}, {"2 Mohm", DIM_OHM, 2e6},
    {"2 fF", DIM_F, 2e-15}, {"32 nm", DIM_M, 32e-9}, {"1 cm", DIM_M, 0.01},
    {"25 um2", DIM_M2, 25e-12}, {"0.0096 mm2", DIM_M2, 0.0096e-6},
    {"2 cm2", DIM_M2, 2e-4}, {"3 m2", DIM_M2, 3}, {"7 nm2", DIM_M2, 7e-18},
    {"25 um^2", DIM_M2, 25e-12}, {"300 K", DIM_K, 300},
    {"64 KB", DIM_BIT, 524288}, {"64 kB", DIM_BIT, 524288},
    {"1 MB", DIM_BIT, 8388608}, {"1 GB", DIM_BIT, 8589934592.},
    {"3 B", DIM_BIT, 24}, {"5 bit", DIM_BIT, 5}, {"2 kbit", DIM_BIT, 2000},
    {"25.6 GB/s", DIM_BIT_S, 204.8e9}, {"6.4 Gbit/s", DIM_BIT_S, 6.4e9},
    {"0.5", DIM_NONE, 0.5}, {"0 mm2", DIM_M2, 0},
};

static const struct { const char *text; enum dim dim; } refused[] = {
    {"", DIM_J}, {" ", DIM_J}, {"pJ", DIM_J}, {"1.5", DIM_J}, {"0", DIM_W},
    {"5 pW", DIM_J}, {"5 ns", DIM_J}, {"5 J", DIM_W}, {"1.5 pJ x", DIM_J},
    {"1.5 p J", DIM_J}, {"1,5 pJ", DIM_J}, {"1.5.2 pJ", DIM_J},
    {"nan J", DIM_J}, {"NaN", DIM_NONE}, {"inf J", DIM_J}, {"-inf", DIM_NONE},
    {"infinity", DIM_NONE}, {"0x10 J", DIM_J}, {"0x1p4", DIM_NONE},
    {"1e400 J", DIM_J}, {"1e300 PJ pJ", DIM_J}, {"1e306 PJ", DIM_J},
    {"-1e400 s", DIM_S}, {"1e99999999999999999999 s", DIM_S},
    {"1e-400 s", DIM_S}, {"5 pj", DIM_J}, {"5 PJJ", DIM_J}, {"5 mm", DIM_M2},
    {"5 mm2", DIM_M}, {"1 KJ", DIM_J}, {"5 GHZ", DIM_HZ}, {"--5 J", DIM_J},
    {"+-5 J", DIM_J}, {"5 uuJ", DIM_J}, {"e5 J", DIM_J}, {".", DIM_NONE},
    {".J", DIM_J}, {"1e J", DIM_J}, {"5 J/s", DIM_W}, {"one J", DIM_J},
    {"9 GB", DIM_BIT_S}, {"9 GB/s", DIM_BIT}, {"5 %", DIM_NONE},
};
/* clang-format on */

START_TEST(quantity_is_read)
{
    char why[160];
    double si = -1;
    if (good[_i].dim == DIM_N)
        return;
    ck_assert_msg(
        !quantity_parse(good[_i].text, good[_i].dim, &si, why, sizeof why),
        "'%s' refused: %s", good[_i].text, why);
    ck_assert_msg(si == good[_i].si, "'%s' is %.17g, not %.17g", good[_i].text,
                  si, good[_i].si);
}
END_TEST

START_TEST(quantity_is_refused)
{
    char why[160] = "";
    double si;
    fedisableexcept(FE_ALL_EXCEPT); /* strtod of 1e400 overflows */
    int bad =
        quantity_parse(refused[_i].text, refused[_i].dim, &si, why, sizeof why);
    ck_assert_msg(bad == -1, "'%s' was read as %g", refused[_i].text, si);
    ck_assert_str_ne(why, "");
}
END_TEST

/* The double nearest to the decimal value, for any digits and prefix:
 * multiplying by the power of ten would be off by an ulp for a third. */
START_TEST(quantity_rounds_once)
{
    static const struct {
        char letter;
        int exponent;
    } prefix[] = {{'a', -18}, {'f', -15}, {'p', -12}, {'n', -9}, {'u', -6},
                  {'m', -3},  {'k', 3},   {'M', 6},   {'G', 9},  {'T', 12}};
    seed = 1;
    for (int i = 0; i < 20000; i++) {
        char text[64], want[64], why[160];
        int k = (int)(next_random() % 10), digits = (int)(next_random() % 18);
        double x = uniform(-1000, 1000), si;
        snprintf(text, sizeof text, "%.*f %cJ", digits, x, prefix[k].letter);
        snprintf(want, sizeof want, "%.*fe%d", digits, x, prefix[k].exponent);
        ck_assert_int_eq(quantity_parse(text, DIM_J, &si, why, sizeof why), 0);
        ck_assert_msg(si == strtod(want, NULL), "%s is %.17g", text, si);
    }
}
END_TEST

START_TEST(number_survives_text)
{
    seed = 2;
    for (int i = 0; i < 50000; i++) {
        uint64_t bits = next_random();
        double x, back;
        char text[40];
        memcpy(&x, &bits, sizeof x);
        uint64_t exponent = bits >> 52 & 0x7ff;
        if (exponent == 0 || exponent == 0x7ff) /* subnormal; infinity, NaN */
            continue;
        number_format(text, sizeof text, x);
        ck_assert_int_eq(number_parse(text, &back), 0);
        ck_assert_msg(back == x, "%.17g was written as %s", x, text);
    }
}
END_TEST

START_TEST(number_is_short)
{
    char text[40];
    ck_assert_str_eq(number_format(text, sizeof text, 0.1), "0.1");
    ck_assert_str_eq(number_format(text, sizeof text, 5e-13), "5e-13");
    ck_assert_str_eq(number_format(text, sizeof text, 3), "3");
    ck_assert_str_eq(number_format(text, sizeof text, 1.0 / 3),
                     "0.3333333333333333");
    ck_assert_str_eq(number_format(text, sizeof text, 0), "0");
}
END_TEST

/* clang-format off */
static const struct { double si; enum dim dim; const char *text; } shown[] = {
    {1.23e-3, DIM_J, "1.23 mJ"}, {0, DIM_J, "0 J"}, {1, DIM_S, "1.00 s"},
    {999.6e-9, DIM_S, "1.00 us"}, {99.94e-9, DIM_S, "99.9 ns"},
    {99.96e-9, DIM_S, "100 ns"}, {9.996e-9, DIM_S, "10.0 ns"},
    {-16e-3, DIM_W, "-16.0 mW"}, {75.8e-6, DIM_M2, "75.8 mm2"},
    {587.5e-12, DIM_M2, "588 um2"}, {522240e-12, DIM_M2, "0.522 mm2"},
    {11670e-12, DIM_M2, "0.0117 mm2"}, {1e-6, DIM_M2, "1.00 mm2"},
    {1.28e9, DIM_HZ, "1.28 GHz"}, {10e3, DIM_OHM, "10.0 kohm"},
    {1e-18, DIM_J, "1.00 aJ"}, {3e15, DIM_HZ, "3.00 PHz"},
};
/* clang-format on */

START_TEST(quantity_is_shown)
{
    char text[40];
    quantity_format(text, sizeof text, shown[_i].si, shown[_i].dim);
    ck_assert_str_eq(text, shown[_i].text);
}
END_TEST

/* What is shown can be written into a file again, and is near. */
START_TEST(shown_is_readable)
{
    seed = 3;
    for (int i = 0; i < 20000; i++) {
        char text[40], why[160];
        double si = pow(10, uniform(-17.9, 17.9)), back;
        enum dim dim = (enum dim)(1 + next_random() % (DIM_K));
        if (dim == DIM_M2)
            si = pow(10, uniform(-30, 6));
        quantity_format(text, sizeof text, si, dim);
        ck_assert_msg(!quantity_parse(text, dim, &back, why, sizeof why),
                      "%g was shown as '%s': %s", si, text, why);
        ck_assert_msg(fabs(back - si) <= 0.0051 * si, "%g was shown as '%s'",
                      si, text);
    }
}
END_TEST

/* ---- suggestions ---- */

/* clang-format off */
static const struct { const char *word, *near; } misspelt[] = {
    {"kernal", "kernel"}, {"bist", "bits"}, {"Rate", "rate"},
    {"colums", "columns"}, {"powr", "power"}, {"energie", "energy"},
    {"xyzzy", NULL}, {"", NULL}, {"stride_w", NULL}, {"pow", "power"},
};
/* clang-format on */

START_TEST(suggestion)
{
    static const char *const known[] = {"rate",  "bits",   "kernel",
                                        "power", "energy", "columns",
                                        "area",  "stride", "padding"};
    const char *near = suggest(misspelt[_i].word, known, 9);
    if (misspelt[_i].near)
        ck_assert_pstr_eq(near, misspelt[_i].near);
    else if (strcmp(misspelt[_i].word, "stride_w"))
        ck_assert_ptr_null(near);
    else
        ck_assert_pstr_eq(near, "stride");
}
END_TEST

START_TEST(suggestion_of_long_words)
{
    char word[500];
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = 0;
    const char *known[] = {word, "b"};
    ck_assert_ptr_eq(suggest(word, known, 2), word);
    ck_assert_ptr_null(suggest("x", known, 0));
}
END_TEST
int main(void)
{
    Suite *s = suite_create("quantity");
    TCase *c = tcase_create("texts");
    tcase_add_checked_fixture(c, setup, teardown);
    LOOP(quantity_is_read, good);
    LOOP(quantity_is_refused, refused);
    LOOP(quantity_is_shown, shown);
    LOOP(suggestion, misspelt);
    tcase_add_test(c, quantity_rounds_once);
    tcase_add_test(c, number_survives_text);
    tcase_add_test(c, number_is_short);
    tcase_add_test(c, shown_is_readable);
    tcase_add_test(c, suggestion_of_long_words);
    suite_add_tcase(s, c);
    return unit_run(s);
}
