/* unit.h - what the unit tests share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef UNIT_H
#define UNIT_H

#include <check.h>
#include <math.h>
#include <stdlib.h>

/* As ck_assert_msg, for inner loops: that one writes a record each time. */
#define ck_need(condition, ...)                                                \
    do {                                                                       \
        if (!(condition))                                                      \
            ck_abort_msg(__VA_ARGS__);                                         \
    } while (0)

/* a equals b within the relative error rel (check's own _tol is strict <) */
#define ck_near(a, b, rel)                                                     \
    do {                                                                       \
        double a_ = (a), b_ = (b), r_ = (rel);                                 \
        ck_need(fabs(a_ - b_) <= r_ * fabs(b_),                                \
                "%s is %.17g, not %s = %.17g within %g", #a, a_, #b, b_, r_);  \
    } while (0)

/* Runs a suite; for main(): results as TAP on standard output. */
static inline int unit_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
