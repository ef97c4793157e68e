/* t_onnx_weights.c - ONNX matrices and where their weights come from */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx_make.h"
#include "quant/bits.h"
#include "use/study.h"

/* ---- weights behind views ---- */

START_TEST(transposed_weights)
{
    INPUT(7, 4);
    WEIGHTS("w", 3, 4);
    LIST(add("Transpose", "w", "t"), "perm", 1, 0);
    with_int(add("Cast", "t", "c"), "to", 1);
    add("Identity", "c", "i");
    add("MatMul", "x i", "y");
    good();
    is_matrix("y", 1, 4, 3, 7);
    is_weight("y", 0, 3, 1, 1 * 4 + 3 + 0.5);
    ck_assert_int_eq(msgs.n, 0);
}
END_TEST

/* H x W x I x O to O x I x H x W: rows are no longer steps of one size. */
START_TEST(weights_in_another_order)
{
    INPUT(1, 2, 5, 5);
    WEIGHTS("w", 3, 3, 2, 4);
    LIST(add("Transpose", "w", "t"), "perm", 3, 2, 0, 1);
    add("Conv", "x t", "y");
    good();
    is_matrix("y", 1, 18, 4, 9);
    /* row: input channel 1, place (2, 0); column 3 */
    is_weight("y", 0, 9 + 6, 3, ((2 * 3 + 0) * 2 + 1) * 4 + 3 + 0.5);
}
END_TEST

START_TEST(weights_reshaped_sliced_split)
{
    INPUT(7, 4);
    WEIGHTS("w", 2, 2, 6);
    INTS("to", 2, 4, 6);
    INTS("0", 1, 0);
    INTS("1", 1, 1);
    INTS("5", 1, 5);
    add("Unsqueeze", "w 0", "u");
    add("Squeeze", "u 0", "s");
    add("Reshape", "s to", "r");
    add("Slice", "r 1 5 1", "p"); /* columns 1 to 4 */
    add("MatMul", "x p", "y");
    with_int(add("Split", "r", "a b c"), "axis", 1);
    add("MatMul", "x b", "z");
    good();
    is_matrix("y", 1, 4, 4, 7);
    is_weight("y", 0, 2, 3, 2 * 6 + 4 + 0.5);
    is_weight("z", 0, 3, 1, 3 * 6 + 3 + 0.5);
}
END_TEST

/* Rows and columns backwards. */
START_TEST(reversed_weights)
{
    INPUT(7, 4);
    WEIGHTS("w", 4, 3);
    INTS("from", 2, -1, -1);
    INTS("to", 2, -100, -100);
    INTS("axes", 2, 0, 1);
    INTS("by", 2, -1, -1);
    add("Slice", "w from to axes by", "r");
    add("MatMul", "x r", "y");
    good();
    is_weight("y", 0, 0, 0, 11 + 0.5);
    is_weight("y", 0, 3, 0, 2 + 0.5);
    is_weight("y", 0, 1, 2, 2 * 3 + 0 + 0.5);
}
END_TEST

START_TEST(weights_picked)
{
    INPUT(7, 4);
    WEIGHTS("w", 3, 4, 2);
    INTS("last", 1, -1);
    INTS("to", 2, 4, 2);
    add("Gather", "w last", "g");
    add("Reshape", "g to", "r");
    add("MatMul", "x r", "y");
    good();
    is_weight("y", 0, 1, 1, 16 + 3 + 0.5);
}
END_TEST

/* The steps of the columns end within a dimension: numbers are copied. */
START_TEST(transposed_and_reshaped)
{
    INPUT(7, 3);
    WEIGHTS("w", 4, 6);
    INTS("to", 2, 3, 8);
    LIST(add("Transpose", "w", "t"), "perm", 1, 0);
    add("Reshape", "t to", "r");
    add("MatMul", "x r", "y");
    good();
    is_weight("y", 0, 2, 5, 1 * 6 + 5 + 0.5); /* the 21st of 6 x 4: (5, 1) */
    is_weight("y", 0, 0, 4, 1 + 0.5);
}
END_TEST

START_TEST(groups_of_transposed_convolution)
{
    INPUT(1, 6, 4, 4);
    WEIGHTS("w", 6, 2, 1, 1);
    with_int(add("ConvTranspose", "x w", "y"), "group", 3);
    good();
    is_matrix("y", 3, 2, 2, 16);
    is_weight("y", 2, 1, 1, 5 * 2 + 1 + 0.5);
}
END_TEST

/* A factor of a channel goes to all columns of its window. */
START_TEST(scaled_transposed_convolution)
{
    INPUT(1, 6, 4, 4);
    WEIGHTS("w", 6, 3, 2, 2);
    WEIGHTS("f", 3, 1, 1);
    LIST(add("ConvTranspose", "x w", "y"), "strides", 2, 2);
    add("Mul", "y f", "z");
    good();
    is_weight("y", 0, 0, 2 * 4 + 1, (2 * 4 + 1 + 0.5) * 2.5);
    is_weight("y", 0, 5, 3, (5 * 12 + 3 + 0.5) * 0.5);
}
END_TEST

START_TEST(scaled_and_divided)
{
    INPUT(7, 4);
    WEIGHTS("w", 4, 3);
    WEIGHTS("f", 3);
    add_number("half", 0.5F);
    add("MatMul", "x w", "y");
    add("Mul", "y f", "z");
    add("Div", "z half", "u");
    good();
    ck_assert_int_eq(net.n, 1);
    is_weight("y", 0, 1, 2, (3 + 2 + 0.5) * 2.5 / 0.5);
}
END_TEST

/* Scales of rows, not of columns: number by number. */
START_TEST(dequantized_rows)
{
    INPUT(1, 4);
    Onnx__TensorProto *t = add_tensor("w", ONNX__TENSOR_PROTO__DATA_TYPE__INT8,
                                      (const int[]){2, 4, -1});
    t->n_int32_data = 8;
    t->int32_data = make(8 * sizeof *t->int32_data);
    for (int i = 0; i < 8; i++)
        t->int32_data[i] = i - 3;
    WEIGHTS("scale", 2);
    INTS("zero", 2, 0, 1);
    with_int(add("DequantizeLinear", "w scale zero", "d"), "axis", 0);
    LIST(add("Transpose", "d", "t"), "perm", 1, 0);
    add("MatMul", "x t", "y");
    good();
    is_weight("y", 0, 2, 0, -1 * 0.5);
    is_weight("y", 0, 2, 1, (6 - 3 - 1) * 1.5);
}
END_TEST

/* Integers of 8 bits are codes of uniform:8 already, whatever their scales; in
 * another scheme they are the numbers that they stand for. */
START_TEST(integers_are_codes)
{
    static const int columns[] = {7, -128, 100, 3, -1, 64, 0, 90};
    INPUT(1, 4);
    Onnx__TensorProto *t = add_tensor("w", ONNX__TENSOR_PROTO__DATA_TYPE__INT8,
                                      (const int[]){4, 2, -1});
    t->n_int32_data = 8;
    t->int32_data = make(8 * sizeof *t->int32_data);
    for (int i = 0; i < 8; i++)
        t->int32_data[i] = columns[i];
    WEIGHTS("scale", 2);
    with_int(add("DequantizeLinear", "w scale", "d"), "axis", 1);
    add("MatMul", "x d", "y");
    size_t n;
    const uint8_t *bytes = packed(&n);
    struct conf_env env = {.arena = &arena, .msgs = &msgs};
    const char *path = file_bytes("q.onnx", (const char *)bytes, n);
    struct study s = {.input_shape = NULL};
    ck_need(!study_network(&s, &env, path, "uniform:8/8"), "%s",
            msgs.list[0].text);
    for (int i = 0; i < 8; i++)
        ck_assert_int_eq(bits_code(s.quant[0].bits, 0, i / 2, i % 2),
                         columns[i]);
    ck_need(!study_network(&s, &env, path, "uniform:6/8"), "%s",
            msgs.list[0].text);
    ck_assert_int_ne(bits_code(s.quant[0].bits, 0, 0, 0), 7);
}
END_TEST

/* Float weights that go through both stay what they were. */
START_TEST(quantized_and_back)
{
    INPUT(1, 4);
    WEIGHTS("w", 4, 2);
    add_number("s", 0.25F);
    add("QuantizeLinear", "w s", "q");
    add("DequantizeLinear", "q s", "d");
    add("MatMul", "x d", "y");
    good();
    is_weight("y", 0, 3, 1, 7.5);
}
END_TEST

/* A second scale is of the numbers that the first one made. */
START_TEST(dequantized_twice)
{
    INPUT(1, 4);
    WEIGHTS("w", 4, 2);
    WEIGHTS("s", 2);
    add_number("t", 0.25F);
    add("DequantizeLinear", "w s", "d");
    add("DequantizeLinear", "d t", "e");
    add("MatMul", "x e", "y");
    good();
    is_weight("y", 0, 2, 1, 5.5 * 1.5 * 0.25);
}
END_TEST

/* Weights 0.5, 1.5 ... less their zero point, times their own scale. */
START_TEST(integer_products)
{
    INPUT(4, 4);
    WEIGHTS("w", 4, 4);
    add_number("a", 0.5F);
    add_number("b", 0.25F);
    add_number("i", 1);
    add_number("k", 2);
    add("QLinearMatMul", "x a i w b k a i", "right");
    add("QLinearMatMul", "w b k x a i a i", "left");
    add("QGemm", "w b k x a i", "gemm");
    add("QuantizeLinear", "w b", "q");
    add("QLinearMatMul", "x a i q b k a i", "float");
    good();
    is_weight("right", 0, 2, 1, (9.5 - 2) * 0.25);
    is_weight("left", 0, 2, 1, (6.5 - 2) * 0.25);
    is_weight("gemm", 0, 2, 1, (6.5 - 2) * 0.25);
    is_weight("float", 0, 2, 1, 9.5);
}
END_TEST

START_TEST(integer_convolution)
{
    INPUT(1, 3, 4, 4);
    WEIGHTS("w", 2, 3, 1, 1);
    WEIGHTS("b", 2);
    add_number("a", 0.5F);
    WEIGHTS("s", 2);
    add_number("i", 1);
    add_number("k", 2);
    add("QLinearConv", "x a i w s k a i b", "y");
    add("ConvInteger", "x w i k", "z");
    good();
    is_weight("y", 0, 2, 1, (5.5 - 2) * 1.5);
    is_weight("z", 0, 2, 1, 5.5 - 2);
    ck_assert_int_eq(layer("y")->params, 6 + 2);
    ck_assert_int_eq(layer("z")->params, 6); /* a zero point is no bias */
}
END_TEST

START_TEST(bad_scale)
{
    INPUT(1, 4);
    WEIGHTS("w", 4, 2);
    WEIGHTS("s", 3);
    add("DequantizeLinear", "w s", "d");
    add("MatMul", "x d", "y");
    refused("scale and zero point must be finite constants");
}
END_TEST

/* ---- products ---- */

START_TEST(batched_weights)
{
    add_input("x", (const int[]){3, 7, 4, -1});
    WEIGHTS("w", 3, 4, 5);
    WEIGHTS("u", 3, 2, 7);
    add("MatMul", "x w", "y");
    add("MatMul", "u y", "z");
    good();
    is_matrix("y", 3, 4, 5, 7);
    is_weight("y", 2, 3, 4, 2 * 20 + 3 * 5 + 4 + 0.5);
    is_matrix("z", 3, 7, 2, 5);
    is_weight("z", 2, 6, 1, 2 * 14 + 7 + 6 + 0.5);
}
END_TEST

/* One input, a matrix each: columns side by side. */
START_TEST(shared_input)
{
    INPUT(7, 4);
    WEIGHTS("w", 3, 4, 5);
    add("MatMul", "x w", "y");
    WEIGHTS("v", 3, 5, 2);
    add("MatMul", "y v", "z");
    good();
    is_matrix("y", 1, 4, 15, 7);
    is_weight("y", 0, 1, 2 * 5 + 3, 2 * 20 + 5 + 3 + 0.5);
    is_matrix("z", 3, 5, 2, 7);
}
END_TEST

/* A factor of each column goes to that column of all matrices. */
START_TEST(scaled_batch)
{
    add_input("x", (const int[]){3, 7, 4, -1});
    WEIGHTS("w", 3, 4, 5);
    WEIGHTS("f", 5);
    add("MatMul", "x w", "y");
    add("Mul", "y f", "z");
    good();
    is_weight("y", 0, 0, 1, 1.5 * 1.5);
    is_weight("y", 2, 3, 4, (2 * 20 + 3 * 5 + 4 + 0.5) * 4.5);
}
END_TEST

START_TEST(batches_that_differ)
{
    add_input("x", (const int[]){2, 7, 4, -1});
    WEIGHTS("w", 3, 4, 5);
    add("MatMul", "x w", "y");
    refused("the sizes of its inputs do not go together");
}
END_TEST

/* The outputs of weights on the left are the rows of what comes out. */
START_TEST(scaled_left)
{
    INPUT(7, 3);
    WEIGHTS("u", 6, 7);
    WEIGHTS("f", 6, 1);
    add("MatMul", "u x", "y");
    add("Mul", "y f", "z");
    good();
    ck_assert_int_eq(net.n, 1);
    is_weight("y", 0, 1, 4, (4 * 7 + 1 + 0.5) * 4.5);
}
END_TEST

START_TEST(vectors)
{
    INPUT(1, 7, 4);
    WEIGHTS("w", 4);
    add("MatMul", "x w", "y");
    WEIGHTS("v", 7, 3);
    add("MatMul", "y v", "z");
    good();
    is_matrix("y", 1, 4, 1, 7);
    is_matrix("z", 1, 7, 3, 1);
}
END_TEST

START_TEST(gemm_left)
{
    INPUT(4, 7);
    WEIGHTS("w", 4, 3);
    WEIGHTS("b", 3, 1);
    with_int(add("Gemm", "w x b", "y"), "transA", 1);
    add("Div", "y b", "z"); /* a number for each output channel */
    good();
    is_matrix("y", 1, 4, 3, 7);
    is_weight("y", 0, 2, 1, (2 * 3 + 1 + 0.5) / 1.5);
    ck_assert_int_eq(layer("y")->params, 12 + 3 + 3);
}
END_TEST

START_TEST(gemm_of_activations)
{
    INPUT(6, 4);
    WEIGHTS("w", 4, 4);
    add("MatMul", "x w", "a");
    with_int(add("Gemm", "a x", "y"), "transB", 1);
    add("Gemm", "y x x", "z"); /* the third is added */
    WEIGHTS("b", 4);
    add("Gemm", "y x b", "u");
    good();
    ck_assert_int_eq(layer("u")->params, 4);
    ck_near(work("u", WORK_ADD) - work("z", WORK_ADD), 24, 0);
    ck_assert_int_eq(layer("y")->macs, 6 * 6 * 4);
    ck_assert_int_eq(layer("z")->macs, 6 * 6 * 4);
    ck_near(work("Gemm.2", WORK_ADD), 24, 0);
}
END_TEST

START_TEST(alpha)
{
    INPUT(1, 4);
    WEIGHTS("w", 4, 2);
    Onnx__AttributeProto *a = attribute(add("Gemm", "x w", "y"), "alpha");
    a->has_f = true;
    a->f = 0.5F;
    good();
    is_weight("y", 0, 3, 1, 7.5 / 2);
}
END_TEST

START_TEST(einsum)
{
    INPUT(2, 5, 6);
    WEIGHTS("w", 3, 6, 4);
    WEIGHTS("h", 2, 4, 3, 8);
    with_text(add("Einsum", "x w", "a"), "equation", "bld, hdk -> blhk");
    with_text(add("Einsum", "a a", "s"), "equation", "blhk,bmhk->bhlm");
    with_text(add("Einsum", "a h", "y"), "equation", "blhk,bkhn->hbnl");
    good();
    is_matrix("a", 1, 6, 12, 10); /* 3 x 4 columns, 2 x 5 positions */
    is_weight("a", 0, 5, 1 * 4 + 2, 24 + 5 * 4 + 2 + 0.5);
    ck_assert_int_eq(layer("s")->macs, 2 * 3 * 5 * 5 * 4);
    is_matrix("y", 6, 4, 8, 5);
    /* group: batch 1, head 2 */
    is_weight("y", 5, 3, 7, ((1 * 4 + 3) * 3 + 2) * 8 + 7 + 0.5);
}
END_TEST

/* The batch stands in another order in the weights. */
START_TEST(einsum_of_crossed_batches)
{
    INPUT(2, 3, 4);
    WEIGHTS("w", 3, 2, 4, 5);
    with_text(add("Einsum", "x w", "y"), "equation", "bhi,hbij->bhj");
    good();
    is_matrix("y", 6, 4, 5, 1);
    /* batch 1, head 2; batch 1, head 0 */
    is_weight("y", 5, 3, 4, ((2 * 2 + 1) * 4 + 3) * 5 + 4 + 0.5);
    is_weight("y", 3, 3, 4, ((0 * 2 + 1) * 4 + 3) * 5 + 4 + 0.5);
}
END_TEST

START_TEST(einsum_of_others)
{
    INPUT(2, 5);
    with_text(add("Einsum", "x x", "a"), "equation", "ij,ij->i");
    with_text(add("Einsum", "x x", "b"), "equation", "ii,ij->j");
    refused("the equation 'ii,ij->j' is no product of two matrices");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("onnx_weights");
    TCase *test = tcase_create("onnx_weights");
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_set_timeout(test, 60);
    const TTest *const tests[] = {transposed_weights,
                                  weights_in_another_order,
                                  weights_reshaped_sliced_split,
                                  reversed_weights,
                                  weights_picked,
                                  transposed_and_reshaped,
                                  groups_of_transposed_convolution,
                                  scaled_transposed_convolution,
                                  scaled_and_divided,
                                  dequantized_rows,
                                  integers_are_codes,
                                  quantized_and_back,
                                  dequantized_twice,
                                  integer_products,
                                  integer_convolution,
                                  bad_scale,
                                  batched_weights,
                                  shared_input,
                                  scaled_batch,
                                  batches_that_differ,
                                  scaled_left,
                                  vectors,
                                  gemm_left,
                                  gemm_of_activations,
                                  alpha,
                                  einsum,
                                  einsum_of_crossed_batches,
                                  einsum_of_others};
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(test, tests[i]);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
