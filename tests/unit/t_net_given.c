/* t_net_given.c - what layers say in place of what follows from their type */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net_load.h"
#include "net_round.h"

#define FC "{ name = \"fc\"; type = \"fc\"; out = 1; }"

/* ---- one layer, counted by hand ---- */

static const struct rule {
    const char *input, *layer; /* the layer without name */
    struct shape out;
    double work[WORK_N];
    int64_t macs, params, in_values;
} rules[] = {
    /* clang-format off */
    /* (5 - 1) 2 + 3 - 2 = 9; (4 - 1) 2 + 3 - 2 = 7 outputs; 20 positions of
     * windows of 9, summed where there are more than outputs */
    {"[6, 5, 4]", "type = \"deconv\"; out = 3; kernel = 3; stride = 2; "
     "pad = 1;", {3, 9, 7}, {0, 3 * (20 * 9 - 63)}, 6 * 27 * 20, 6 * 27, 120},
    {"[6, 5, 4]", "type = \"deconv\"; out = 3; kernel = 3; stride = 2; "
     "pad = 1; size = [10, 8]; bias = true; norm = \"batch\"; act = \"relu\";",
     {3, 10, 8}, {0, 3 * (20 * 9 - 80), 240}, 6 * 27 * 20, 6 * 27 + 9, 120},
    {"[6, 5, 4]", "type = \"deconv\"; out = 4; groups = 2; kernel = 2; "
     "stride = 2; pad = \"same\";", {4, 10, 8}, {0}, 3 * 8 * 20 * 2, 48, 120},
    /* no window at all where the stride is wider than the kernel */
    {"[1, 2, 2]", "type = \"deconv\"; out = 1; kernel = 1; stride = 3;",
     {1, 4, 4}, {0}, 4, 1, 4},
    /* 9 + 1 - 3 = 7 rows / 2; 7 + 2 - 3 columns */
    {"[3, 9, 7]", "type = \"conv\"; out = 4; kernel = 3; stride = [2, 1]; "
     "pad = [1, 0, 0, 2];", {4, 4, 7}, {0}, 27 * 4 * 28, 108, 189},
    {"[3, 9, 7]", "type = \"maxpool\"; kernel = 2; pad = [0, 1, 1, 0];",
     {3, 5, 4}, {3 * 60}, 0, 0, 189},
    {"[8, 6]", "type = \"fc\"; out = 2; view = [12, 4];", {2, 4, 1}, {0},
     12 * 2 * 4, 24, 48},
    {"[8, 6]", "type = \"add\"; from = (\"in\", \"in\"); "
     "view = ([16, 3], [48]); shape = [16, 3];", {16, 3, 1}, {0, 48}, 0, 0,
     96},
    {"[8, 6]", "type = \"mul\"; from = (\"in\", \"in\"); "
     "view = ([16, 3], [1, 3]); shape = [16, 3]; act = \"relu\";",
     {16, 3, 1}, {0, 0, 48, 48}, 0, 0, 51},
    {"[8, 6]", "type = \"act\"; act = \"other\"; shape = [48];", {48, 1, 1},
     {0, 0, 48}, 0, 0, 48},
    {"[4, 10, 3]", "type = \"conv\"; out = 2; kernel = 3; view = [4, 5, 3]; "
     "batch = 2; act = \"relu\";", {2, 6, 1}, {0, 0, 12}, 36 * 2 * 6, 72, 120},
    {"[4, 6, 4]", "type = \"avgpool\"; kernel = \"global\"; "
     "view = [4, 2, 4]; batch = 3;", {4, 3, 1}, {0, 7 * 12}, 0, 0, 96},
    {"[8, 6]", "type = \"operation\"; shape = [8, 6]; "
     "work = { scale = 48; compare = 0.5; };", {8, 6, 1}, {0.5, 0, 0, 0, 48},
     0, 0, 48},
    {"[8, 6]", "type = \"reduce\"; shape = [8];", {8, 1, 1}, {0, 40}, 0, 0, 48},
    {"[8, 6]", "type = \"reduce\"; shape = [1, 6]; kind = \"max\";", {1, 6, 1},
     {42}, 0, 0, 48},
    {"[8, 2, 2]", "type = \"resize\"; shape = [8, 3, 3];", {8, 3, 3}, {0}, 0,
     0, 32},
    {"[8, 2, 2]", "type = \"resize\"; shape = [8, 3, 3]; kind = \"cubic\";",
     {8, 3, 3}, {0, 15 * 72, 0, 0, 16 * 72}, 0, 0, 32},
    {"[8, 2, 2]", "type = \"join\"; from = (\"in\", \"in\"); "
     "shape = [8, 4, 2];", {8, 4, 2}, {0}, 0, 0, 64},
    {"[8, 4, 4]", "type = \"fc\"; out = 3; params = 7; work = { add = 5; };",
     {3, 1, 1}, {0, 5}, 384, 7, 128},
    {"[8, 4, 4]", "type = \"maxpool\"; kernel = 2; work = { compare = 0; };",
     {8, 2, 2}, {0}, 0, 0, 128},
    {"[5, 4]", "type = \"recurrent\"; out = 8; inputs = 2; bias = true;",
     {8, 4, 1}, {0}, 2 * 8 * 4, 24, 8},
    {"[8, 4]", "type = \"gates\"; from = (\"in\", \"in\");", {2, 4, 1},
     {0, 32, 40, 24}, 0, 0, 64},
    /* clang-format on */
};
#define N_RULES ((int)(sizeof rules / sizeof *rules))

/* Each is written and read again as well. */
START_TEST(test_rule)
{
    const struct rule *r = &rules[_i];
    const char *text = arena_printf(&arena, "{ %s },\n" FC, r->layer);
    ck_assert_msg(load_layers(r->input, text) == 0, "%s", first_message());
    const struct layer *l = &net.layer[0];
    ck_need(l->out.c == r->out.c && l->out.h == r->out.h &&
                l->out.w == r->out.w,
            "%d x %d x %d", l->out.c, l->out.h, l->out.w);
    for (int i = 0; i < WORK_N; i++)
        ck_assert_msg(l->work[i] == r->work[i], "work %d is %g, not %g", i,
                      l->work[i], r->work[i]);
    ck_assert_int_eq(l->macs, r->macs);
    ck_assert_int_eq(l->params, r->params);
    ck_assert_int_eq(l->in_values, r->in_values);
    ck_assert_int_eq(l->out_values,
                     (int64_t)l->out.c * l->out.h * (int64_t)l->out.w);
    round_trip(&net, &arena);
}
END_TEST

/* ---- what is refused ---- */

static const struct refused {
    const char *layer, *why; /* input 8 x 4 x 4 */
} refused[] = {
    {"type = \"deconv\"; kernel = 2;", "'deconv_0.out' is missing"},
    {"type = \"deconv\"; out = 4; groups = 3; kernel = 2;",
     "3 groups do not divide 8 input channels"},
    {"type = \"deconv\"; out = 4; kernel = 2; pad = 9;",
     "the output -13 x -13 is outside 1 to 16777216"},
    {"type = \"deconv\"; out = 16777216; kernel = 16777216;",
     "is outside 1 to 16777216"},
    {"type = \"deconv\"; out = 4; kernel = 2; size = 0;",
     "size of 'deconv_0': 0 is outside 1 to 16777216"},
    {"type = \"conv\"; out = 4; kernel = 2; size = 3;", "unknown key 'size'"},
    {"type = \"conv\"; out = 4; kernel = 2; pad = [1, 2, 3];",
     "pad of 'conv_0' needs two numbers"},
    {"type = \"conv\"; out = 4; kernel = 2; pad = [1, 2, 3, -1];",
     "pad of 'conv_0': -1 is outside 0 to 16777216"},
    {"type = \"resize\";", "'resize_0.shape' is missing"},
    {"type = \"join\"; shape = [1, 2, 3, 4];",
     "shape of 'join_0' must be [channels, height, width]"},
    {"type = \"join\"; shape = [8, 0];",
     "shape of 'join_0': number 2 is no whole number from 1 to 16777216"},
    {"type = \"softmax\"; shape = [8];", "unknown key 'shape'"},
    {"type = \"lstm\"; out = 8; view = [8, 16];", "unknown key 'view'"},
    {"type = \"softmax\"; view = 8;",
     "view of 'softmax_0' must be [channels, height, width]"},
    {"type = \"softmax\"; view = ([8], [8]);",
     "view of 'softmax_0' has 2 shapes for 1 input"},
    {"type = \"add\"; from = (\"in\", \"in\"); view = [8];",
     "view of 'add_0' has 1 shape for 2 inputs"},
    {"type = \"add\"; from = (\"in\", \"in\"); view = ([8], 3);",
     "view of 'add_0' must be [channels, height, width]"},
    {"type = \"softmax\"; batch = 0;",
     "batch of 'softmax_0' must be a whole number from 1 to 16777216"},
    {"type = \"softmax\"; batch = 16777216;",
     "the output 8 x 16777217 x 4 is outside 1 to 16777216"},
    {"type = \"softmax\"; params = -1;",
     "params of 'softmax_0' must be a whole number from 0 to"},
    {"type = \"softmax\"; params = \"8\";", "params of 'softmax_0' must be"},
    {"type = \"softmax\"; work = 8;",
     "work of 'softmax_0' must be a group such as { add = 64; }"},
    {"type = \"softmax\"; work = { add = -1; };",
     "work of 'softmax_0': add must be a number from 0 to 2^63"},
    {"type = \"softmax\"; work = { ad = 1; };",
     "unknown key 'ad' in work; did you mean 'add'?"},
    {"type = \"recurrent\"; out = 8;", "'recurrent_0.inputs' is missing"},
    {"type = \"softmax\"; veiw = [8];", "did you mean 'view'?"},
};
#define N_REFUSED ((int)(sizeof refused / sizeof *refused))

START_TEST(test_refused)
{
    const struct refused *r = &refused[_i];
    const char *text = arena_printf(&arena, "{ %s },\n" FC, r->layer);
    ck_assert_int_eq(load_layers("[8, 4, 4]", text), -1);
    ck_need(strstr(first_message(), r->why), "'%s' not in '%s'", r->why,
            first_message());
    ck_assert_int_eq(msgs.errors, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("net given");
    TCase *test = tcase_create("given");
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_add_loop_test(test, test_rule, 0, N_RULES);
    tcase_add_loop_test(test, test_refused, 0, N_REFUSED);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
