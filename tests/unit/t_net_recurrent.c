/* t_net_recurrent.c - recurrent layers of workload files; fold_norm */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net_load.h"

START_TEST(test_gru)
{
    ck_assert_msg(
        load_layers("[10, 5]",
                    "{ name = \"a\"; type = \"gru\"; out = 6; bias = true; "
                    "recurrent_bias = true; },\n{ name = \"b\"; type = "
                    "\"gru\"; out = 4; reset = \"before\"; },\n{ name = "
                    "\"c\"; type = \"fc\"; out = 2; from = \"b\"; }") == 0,
        "%s", first_message());
    const struct layer *x = layer_named("a.x"), *h = layer_named("a.h");
    const struct layer *g = layer_named("a.gates"), *n = layer_named("b.n");
    ck_assert_int_eq(x->columns, 18);
    ck_assert_int_eq(x->params, 180 + 18);
    ck_assert_int_eq(h->rows, 6);
    ck_assert_int_eq(h->params, 108 + 18);
    ck_assert(g->work[WORK_ADD] == 3 * 30 && g->work[WORK_MAC] == 3 * 30);
    ck_assert_int_eq(layer_named("b.h")->columns, 8);
    ck_assert(n->recurrent && n->rows == 4 && n->columns == 4);
    ck_assert(layer_named("b.gates")->work[WORK_ADD] == 4 * 20);
    ck_assert_int_eq(layer_named("c")->rows, 4);
}
END_TEST

START_TEST(test_both_directions)
{
    ck_assert_msg(
        load_layers("[10, 5]",
                    "{ name = \"a\"; type = \"rnn\"; out = 6; direction = "
                    "\"both\"; },\n{ name = \"b\"; type = \"lstm\"; out = 4; "
                    "cell = \"peephole\"; }") == 0,
        "%s", first_message());
    const struct layer *both = layer_named("a.both");
    ck_assert_int_eq(both->out.c, 12);
    ck_assert(layer_named("a.reverse.gates")->lead == 1);
    ck_assert(layer_named("a.forward.gates")->lead == 0.2);
    ck_assert_int_eq(layer_named("b.x")->rows, 12);
    ck_assert_int_eq(layer_named("b.gates")->params, 12);
    ck_assert(layer_named("b.gates")->work[WORK_MAC] == 6 * 20);
}
END_TEST

START_TEST(test_norm_not_folded)
{
    ck_assert_msg(load_text("name = \"t\"; fold_norm = false; input = [3, 4, "
                            "4]; layers = ({ name = \"a\"; type = \"conv\"; "
                            "out = 5; kernel = 1; norm = \"batch\"; });") == 0,
                  "%s", first_message());
    ck_assert(layer_named("a")->work[WORK_SCALE] == 5 * 16);
    ck_assert_int_eq(layer_named("a")->params, 15 + 10);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("net_recurrent");
    TCase *test = tcase_create("net_recurrent");
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_add_test(test, test_gru);
    tcase_add_test(test, test_both_directions);
    tcase_add_test(test, test_norm_not_folded);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
