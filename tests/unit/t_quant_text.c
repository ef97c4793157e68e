/* t_quant_text.c - "apot:4/4" to a spec, and what is said of misspelt ones */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "quant/quant.h"

START_TEST(parses_text)
{
    struct quant_spec s;
    int input_bits = 0;
    char why[200];
    ck_assert_int_eq(quant_spec_parse("sme:8/4,terms=4,clip=4.5,dist=ggd,"
                                      "shape=1.5",
                                      &s, &input_bits, why, sizeof why),
                     0);
    ck_assert_str_eq(s.scheme->name, "sme");
    ck_assert_int_eq(s.bits, 8);
    ck_assert_int_eq(input_bits, 4);
    ck_assert_int_eq(s.terms, 4);
    ck_near(s.clip, 4.5, 0);
    ck_assert_int_eq(s.dist, DIST_GGD);
    ck_near(s.shape, 1.5, 0);
    input_bits = 5;
    ck_assert_int_eq(quant_spec_parse("twn", &s, &input_bits, why, sizeof why),
                     0);
    ck_assert_int_eq(s.bits, 2);
    ck_assert_int_eq(input_bits, 5); /* left alone */
}
END_TEST

/* clang-format off */
static const struct { const char *text, *why; } refused[] = {
    {"", "a quantization starts with its scheme, as in \"apot:4/4\""},
    {":4", "a quantization starts with its scheme, as in \"apot:4/4\""},
    {"apott:4", "unknown scheme 'apott'; did you mean 'apot'?"},
    {"xyzzy", "unknown scheme 'xyzzy'"},
    {"apot:", "the bits of a weight must be a whole number from 1 to 64"},
    {"apot:four", "the bits of a weight must be a whole number from 1 to 64, not 'four'"},
    {"apot:0", "the bits of a weight must be a whole number from 1 to 64, not '0'"},
    {"apot:4x", "the bits of a weight must be a whole number from 1 to 64, not '4x'"},
    {"apot:99999999999", "the bits of a weight must be a whole number from 1 to 64, not '99999999999'"},
    {"apot:4/", "the bits of an activation must be a whole number from 1 to 32"},
    {"apot:4/33", "the bits of an activation must be a whole number from 1 to 32, not '33'"},
    {"apot:4/4/4", "'/4' is left over"},
    {"apot:9", "scheme 'apot' has 3 to 8 bits, not 9"},
    {"twn:3", "scheme 'twn' has 2 bits, not 3"},
    {"pot:8", "scheme 'pot' has 2 to 7 bits, not 8"},
    {"pot_code:8", "scheme 'pot_code' has 2 to 7 bits, not 8"},
    {"apot:4,", "after a comma comes name=value, not ''"},
    {"apot:4,clip", "after a comma comes name=value, not 'clip'"},
    {"apot:4,clop=3", "unknown option 'clop'; did you mean 'clip'?"},
    {"apot:4,qqqqqq=3", "unknown option 'qqqqqq'"},
    {"apot:4,clip=x", "'clip' must be a number above 0, not 'x'"},
    {"apot:4,clip=0", "'clip' must be a number above 0, not '0'"},
    {"apot:4,clip=-1", "'clip' must be a number above 0, not '-1'"},
    {"apot:4,clip=101", "'clip' must be above 0 and at most 100 standard deviations, not 101"},
    {"apot:4,dist=normal", "'dist' must be gaussian, laplace or ggd, not 'normal'"},
    {"apot:4,shape=1.5", "'shape' belongs to dist=ggd"},
    {"apot:4,dist=ggd,shape=0.1", "'shape' must be 0.3 to 10, not 0.1"},
    {"apot:4,terms=2", "scheme 'apot' takes no 'terms'"},
    {"apot:4,roll_bits=8", "scheme 'apot' takes no 'roll_bits'"},
    {"sme:8,delta=1", "scheme 'sme' takes no 'delta'"},
    {"sme:8,terms=9", "scheme 'sme' has at most as many consecutive ones ('terms') as its 8 bits, not 9"},
    {"sme:8,terms=-1", "'terms' must be a whole number from 1 to 64, not '-1'"},
    {"apot_k:5,terms=3", "scheme 'apot_k' splits the 4 bits of the magnitude into terms of 'terms' bits; 3 does not divide 4"},
    {"apot_k:9,terms=8", "scheme 'apot_k' with 9 bits, 8 a term, needs 255 bit planes; 64 are the most"},
    {"apot_odd:5", "scheme 'apot_odd' has a sign and an odd number of bits, 4, 6, 8 .. in all, not 5"},
    {"biscaled:6,delta=60", "scheme 'biscaled' with 6 bits and delta=60 needs 65 bit planes; 64 are the most"},
    {"admm:3,terms=4", "scheme 'admm' with 3 bits has at most 3 powers of two ('terms'), not 4"},
    {"abcnet:5,terms=3", "scheme 'abcnet' has as many bases ('terms') as bits: 5, not 3"},
    {"codebook:4,roll_bits=4", "scheme 'codebook' with 4 bits needs 'roll_bits' of 5 to 16, not 4"},
};
/* clang-format on */

START_TEST(refuses_text)
{
    struct quant_spec s;
    int input_bits;
    char why[200] = "";
    ck_assert_int_eq(
        quant_spec_parse(refused[_i].text, &s, &input_bits, why, sizeof why),
        -1);
    ck_assert_str_eq(why, refused[_i].why);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("quant_text");
    TCase *t = tcase_create("quant_text");
    tcase_add_test(t, parses_text);
    tcase_add_loop_test(t, refuses_text, 0,
                        (int)(sizeof refused / sizeof *refused));
    suite_add_tcase(suite, t);
    return unit_run(suite);
}
