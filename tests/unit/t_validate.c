/* t_validate.c - published figures through ivq.h, exceptions trapped */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "estimate.h"

#include <fenv.h>

/* What is written of all cases; free() it. */
static char *all_cases(ivq *ctx, enum ivq_format format)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(out);
    ck_ok(ctx, ivq_validation_write(ctx, out, format, 1));
    fclose(out);
    return text;
}

/* No case divides by zero or compares what is unknown on its way. */
START_TEST(nothing_is_trapped)
{
    static const char *const folder[] = {"validation", "validation/circuits"};
    ivq *ctx = context();
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    ck_ok(ctx, ivq_validate(ctx, source_file(folder[_i])));
    fedisableexcept(FE_ALL_EXCEPT); /* jansson and the C library are not ours */
    for (int f = 0; f < 3; f++)
        free(all_cases(ctx, (enum ivq_format)f));
    ivq_free(ctx);
}
END_TEST

/* Cases add up over calls, and do not touch what the context has loaded. */
START_TEST(cases_are_added)
{
    ivq *ctx = estimated("ivq-32nm", "lenet5");
    double energy_J = ivq_value(ctx, "energy");
    FILE *none = tmpfile();
    ck_assert_int_eq(ivq_validation_write(ctx, none, IVQ_TEXT, 0), IVQ_INPUT);
    fclose(none);
    ivq_clear(ctx);
    size_t length[2];
    for (int i = 0; i < 2; i++) {
        ck_ok(ctx, ivq_validate(ctx, source_file("validation/isaac2016.cfg")));
        char *text = all_cases(ctx, IVQ_CSV);
        length[i] = strlen(text) - strcspn(text, "\n");
        free(text);
    }
    ck_assert_uint_eq(length[1] - 1, 2 * (length[0] - 1));
    ck_assert(ivq_value(ctx, "energy") == energy_J);
    ck_ok(ctx, ivq_estimate(ctx));
    ck_assert(ivq_value(ctx, "energy") == energy_J);
    ivq_free(ctx);
}
END_TEST

/* A file that is refused leaves nothing that could be taken for a result. */
START_TEST(refused)
{
    ivq *ctx = context();
    FILE *out = tmpfile();
    ck_ok(ctx, ivq_validate(ctx, source_file("validation/isaac2016.cfg")));
    ck_assert_int_eq(ivq_validate(ctx, source_file("tests/bad/"
                                                   "case-unknown-run.cfg")),
                     IVQ_INPUT);
    ck_assert_int_eq(ivq_validation_write(ctx, out, IVQ_CSV, 0), IVQ_INPUT);
    fclose(out);
    ivq_free(ctx);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("validate");
    TCase *c = tcase_create("cases");
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, nothing_is_trapped, 0, 2);
    tcase_add_test(c, cases_are_added);
    tcase_add_test(c, refused);
    suite_add_tcase(s, c);
    return unit_run(s);
}
