/* t_onnx_rnn.c - ONNX's recurrent and attention nodes to layers */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx_make.h"

static int index_of(const char *name)
{
    return (int)(layer(name) - net.layer);
}

/* Weight (row, column) of a layer must be number i of 0.5, 1.5, 2.5 ... */
static void is_gate_weight(const char *name, int row, int column, int i)
{
    const struct layer *l = layer(name);
    ck_need(l->trained, "%s has no weights", name);
    const float *all = trained_weights(l, &arena);
    double w = (double)all[row * l->columns + column];
    ck_need(w == i + 0.5, "%s: (%d, %d) is %g, not %g", name, row, column, w,
            i + 0.5);
}

/* ---- one direction ---- */

START_TEST(lstm)
{
    INPUT(7, 1, 5);
    WEIGHTS("w", 1, 12, 5);
    WEIGHTS("r", 1, 12, 3);
    WEIGHTS("b", 1, 24);
    with_int(add("LSTM", "x w r b", "y"), "hidden_size", 3);
    WEIGHTS("v", 3, 2);
    add("MatMul", "y v", "z");
    good();
    ck_assert_int_eq(net.n, 4);
    is_matrix("y.x", 1, 5, 12, 7);
    is_matrix("y.h", 1, 3, 12, 7);
    ck_assert(layer("y.h")->recurrent && !layer("y.x")->recurrent);
    ck_assert_int_eq(layer("y.x")->params, 60 + 12);
    ck_assert_int_eq(layer("y.h")->params, 36 + 12);
    is_out("y.gates", 3, 7, 1);
    ck_near(layer("y.gates")->work[WORK_ADD], 4 * 21, 0);
    ck_near(layer("y.gates")->work[WORK_ACTIVATE], 5 * 21, 0);
    ck_near(layer("y.gates")->work[WORK_MAC], 3 * 21, 0);
    is_matrix("z", 1, 3, 2, 7);
    is_gate_weight("y.x", 4, 11, 11 * 5 + 4); /* row of W, feature */
    is_gate_weight("y.h", 2, 1, 1 * 3 + 2);
    ck_assert_int_eq(msgs.n, 0);
}
END_TEST

START_TEST(peepholes_and_state)
{
    INPUT(7, 1, 5);
    WEIGHTS("w", 1, 12, 5);
    WEIGHTS("r", 1, 12, 3);
    WEIGHTS("h0", 1, 1, 3);
    WEIGHTS("p", 1, 9);
    add("LSTM", "x w r - - h0 h0 p", "y");
    good();
    ck_assert_int_eq(layer("y.x")->params, 60);
    ck_assert_int_eq(layer("y.gates")->params, 9);
    ck_near(layer("y.gates")->work[WORK_MAC], 6 * 21, 0);
}
END_TEST

/* A function of all steps goes into the gates; of the last state it does not.
 */
START_TEST(functions_of_the_outputs)
{
    INPUT(7, 1, 5);
    WEIGHTS("w", 1, 12, 5);
    WEIGHTS("r", 1, 12, 3);
    add("LSTM", "x w r", "y h");
    add("Tanh", "y", "t");
    add("Relu", "h", "u");
    good();
    ck_assert_int_eq(net.n, 4);
    ck_near(layer("y h.gates")->work[WORK_ACTIVATE], 6 * 21, 0);
    ck_near(layer("u")->work[WORK_ACTIVATE], 3, 0);
}
END_TEST

/* Torch's: the reset gate after the product; else a matrix of its own. */
START_TEST(gru)
{
    INPUT(4, 1, 6);
    WEIGHTS("w", 1, 9, 6);
    WEIGHTS("r", 1, 9, 3);
    with_int(add("GRU", "x w r", "a"), "linear_before_reset", 1);
    add("GRU", "x w r", "b");
    good();
    is_matrix("a.x", 1, 6, 9, 4);
    is_matrix("a.h", 1, 3, 9, 4);
    is_out("a.gates", 3, 4, 1);
    ck_near(layer("a.gates")->work[WORK_ADD], 3 * 12, 0);
    ck_near(layer("a.gates")->work[WORK_MAC], 3 * 12, 0);
    ck_near(layer("a.gates")->work[WORK_ACTIVATE], 3 * 12, 0);
    is_matrix("b.h", 1, 3, 6, 4);
    is_matrix("b.n", 1, 3, 3, 4);
    ck_assert(layer("b.n")->recurrent);
    is_gate_weight("b.h", 2, 5, 5 * 3 + 2);
    is_gate_weight("b.n", 2, 0, 6 * 3 + 2); /* the third gate's rows */
    is_out("b.gates", 3, 4, 1);
    ck_near(layer("b.gates")->work[WORK_ADD], 4 * 12, 0);
    ck_assert_int_eq(layer("b.gates")->n_in, 3);
}
END_TEST

START_TEST(plain_rnn_reverse)
{
    INPUT(4, 1, 6);
    WEIGHTS("w", 1, 3, 6);
    WEIGHTS("r", 1, 3, 3);
    with_text(add("RNN", "x w r", "y"), "direction", "reverse");
    good();
    is_matrix("y.x", 1, 6, 3, 4);
    is_matrix("y.h", 1, 3, 3, 4);
    ck_near(layer("y.gates")->work[WORK_ACTIVATE], 12, 0);
    ck_near(layer("y.gates")->work[WORK_ADD], 12, 0);
    ck_near(layer("y.h")->lead, 1, 0); /* the last step comes first */
    ck_near(layer("y.gates")->lead, 1, 0);
    ck_near(layer("y.x")->lead, 0.25, 0);
}
END_TEST

/* ---- both directions, batch first, only the last state read ---- */

START_TEST(bidirectional)
{
    INPUT(1, 9, 4);
    WEIGHTS("w", 2, 8, 4);
    WEIGHTS("r", 2, 8, 2);
    WEIGHTS("b", 2, 16);
    with_int(with_text(add("LSTM", "x w r b", "y h c"), "direction",
                       "bidirectional"),
             "layout", 1);
    INTS("to", 3, 1, 9, 4);
    INTS("last", 2, 1, 4);
    WEIGHTS("v", 4, 3);
    add("Reshape", "y to", "flat");
    add("MatMul", "flat v", "all");
    add("Reshape", "h last", "state");
    add("MatMul", "state v", "end");
    good();
    is_matrix("y h c.forward.x", 1, 4, 8, 9);
    is_matrix("y h c.reverse.h", 1, 2, 8, 9);
    is_out("y h c.both", 4, 9, 1);
    is_matrix("all", 1, 4, 3, 9);
    is_matrix("end", 1, 4, 3, 1);
    is_gate_weight("y h c.reverse.x", 3, 7, 32 + 7 * 4 + 3);
    is_gate_weight("y h c.reverse.h", 1, 0, 16 + 1);
    ck_assert_int_eq(layer("all")->in[0], index_of("y h c.both"));
}
END_TEST

START_TEST(only_the_state)
{
    INPUT(9, 1, 4);
    WEIGHTS("w", 1, 6, 4);
    WEIGHTS("r", 1, 6, 2);
    WEIGHTS("v", 2, 3);
    Onnx__NodeProto *n = add("GRU", "x w r", "y h");
    *n->output[0] = 0; /* Y is not wanted */
    add("MatMul", "h v", "z");
    good();
    is_matrix("z", 1, 2, 3, 1);
    is_matrix("y h.x", 1, 4, 6, 9);
}
END_TEST

/* Names are unique whatever the file calls its nodes. */
START_TEST(names)
{
    INPUT(1, 1, 4);
    WEIGHTS("w", 1, 16, 4);
    WEIGHTS("r", 1, 16, 4);
    WEIGHTS("u", 4, 4);
    INTS("to", 3, 1, 1, 4);
    add("MatMul", "x u", "m")->name = arena_strdup(&arena, "l.x");
    add("LSTM", "m w r", "a")->name = arena_strdup(&arena, "l");
    add("Reshape", "a to", "b");
    add("LSTM", "b w r", "c")->name = arena_strdup(&arena, "l");
    good();
    ck_assert_int_eq(net.n, 7);
}
END_TEST

START_TEST(wrong_sizes)
{
    INPUT(7, 1, 5);
    WEIGHTS("w", 1, 12, 4);
    WEIGHTS("r", 1, 12, 3);
    add("LSTM", "x w r", "y");
    refused("node 'y' (LSTM): its weights are not 1 x 12 x 5 and 1 x 12 x 3");
}
END_TEST

START_TEST(no_weights)
{
    INPUT(7, 1, 5);
    WEIGHTS("w", 1, 12, 5);
    add("GRU", "x w", "y");
    refused("node 'y' (GRU): its sequence or its state is too large or empty");
}
END_TEST

/* ---- attention as one node ---- */

START_TEST(self_attention)
{
    INPUT(1, 5, 6);
    WEIGHTS("w", 6, 18);
    WEIGHTS("b", 18);
    Onnx__NodeProto *n =
        with_int(add("Attention", "x w b", "y"), "num_heads", 2);
    n->domain = arena_strdup(&arena, "com.microsoft");
    WEIGHTS("p", 6, 4);
    add("MatMul", "y p", "z");
    good();
    is_matrix("y.qkv", 1, 6, 18, 5);
    ck_assert_int_eq(layer("y.qkv")->params, 108 + 18);
    is_gate_weight("y.qkv", 1, 2, 20);
    ck_assert_int_eq(layer("y.scores")->macs, 2 * 5 * 5 * 3);
    ck_assert_int_eq(layer("y.values")->macs, 2 * 5 * 5 * 3);
    ck_near(layer("y.softmax")->work[WORK_ACTIVATE], 2 * 5 * (5 + 1), 0);
    is_matrix("z", 1, 6, 4, 5);
}
END_TEST

/* Four positions ask, seven answer. */
START_TEST(cross_attention)
{
    add_input("x", (const int[]){1, 4, 8, -1});
    add_input("m", (const int[]){1, 7, 8, -1});
    WEIGHTS("u", 8, 8);
    add("MatMul", "x u", "q");
    with_int(add("MultiHeadAttention", "q m m", "a"), "num_heads", 4);
    with_int(with_int(add("Attention", "q m m", "b"), "q_num_heads", 2),
             "kv_num_heads", 2);
    add_input("p", (const int[]){1, 4, 5, 2, -1}); /* keys of before */
    with_int(add("MultiHeadAttention", "q m m - - - p p", "c"), "num_heads", 4);
    good();
    ck_assert_int_eq(layer("c.scores")->macs, 4 * 4 * (5 + 7) * 2);
    ck_assert_int_eq(layer("a.scores")->macs, 4 * 4 * 7 * 2);
    ck_near(layer("a.softmax")->work[WORK_MAC], 4 * 4 * 7, 0);
    ck_assert_int_eq(layer("b.values")->macs, 2 * 4 * 7 * 4);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("onnx_rnn");
    TCase *test = tcase_create("onnx_rnn");
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_set_timeout(test, 60);
    tcase_add_test(test, lstm);
    tcase_add_test(test, peepholes_and_state);
    tcase_add_test(test, functions_of_the_outputs);
    tcase_add_test(test, gru);
    tcase_add_test(test, plain_rnn_reverse);
    tcase_add_test(test, bidirectional);
    tcase_add_test(test, only_the_state);
    tcase_add_test(test, names);
    tcase_add_test(test, wrong_sizes);
    tcase_add_test(test, no_weights);
    tcase_add_test(test, self_attention);
    tcase_add_test(test, cross_attention);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
