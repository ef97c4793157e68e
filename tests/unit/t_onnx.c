/* t_onnx.c - ONNX graphs, made here, to layers */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx_make.h"

/* ---- convolutions ---- */

START_TEST(convolution)
{
    INPUT(1, 3, 9, 7);
    WEIGHTS("w", 4, 3, 3, 3);
    WEIGHTS("b", 4);
    LIST(LIST(add("Conv", "x w b", "y"), "strides", 2, 1), "pads", 1, 0, 0, 2);
    good();
    is_matrix("y", 1, 27, 4, 4 * 7); /* (9+1-3)/2+1, (7+2-3)+1 */
    is_out("y", 4, 4, 7);
    ck_assert_int_eq(layer("y")->params, 108 + 4);
    ck_assert_str_eq(net.name, "m");
}
END_TEST

START_TEST(groups_dilation_depthwise)
{
    INPUT(1, 4, 8, 8);
    WEIGHTS("w", 6, 2, 3, 3);
    WEIGHTS("d", 12, 1, 3, 3);
    LIST(with_int(add("Conv", "x w", "y"), "group", 2), "dilations", 2, 2);
    with_text(with_int(add("Conv", "y d", "z"), "group", 6), "auto_pad",
              "SAME_UPPER");
    good();
    is_matrix("y", 2, 18, 3, 16); /* 8 - 5 + 1 */
    is_matrix("z", 6, 9, 2, 16);
    ck_assert_str_eq(layer_type_name(layer("z")), "dwconv");
}
END_TEST

START_TEST(transposed_convolution)
{
    INPUT(1, 6, 5, 4);
    WEIGHTS("w", 6, 3, 3, 3);
    LIST(LIST(LIST(add("ConvTranspose", "x w", "y"), "strides", 2, 2), "pads",
              1, 1, 1, 1),
         "output_padding", 1, 1);
    good();
    is_matrix("y", 1, 6, 27, 20);
    is_out("y", 3, 10, 8); /* (5-1) 2 + 3 - 2 + 1 */
    ck_near(layer("y")->work[WORK_ADD], 3 * (20 * 9 - 80), 1e-12);
}
END_TEST

/* An odd row of padding goes to the near side; a stride that skips rows needs
 * none. */
START_TEST(same_lower)
{
    INPUT(1, 2, 8, 9);
    WEIGHTS("w", 3, 2, 4, 1);
    LIST(with_text(add("Conv", "x w", "y"), "auto_pad", "SAME_LOWER"),
         "strides", 1, 3);
    good();
    is_out("y", 3, 8, 3);
    ck_assert_int_eq(layer("y")->win.pad_h, 2);
    ck_assert_int_eq(layer("y")->win.pad_w, 0);
}
END_TEST

/* Padding of two sizes; an output that is given with its batch and channels. */
START_TEST(transposed_to_size)
{
    INPUT(1, 6, 5, 4);
    WEIGHTS("w", 6, 3, 3, 3);
    LIST(LIST(add("ConvTranspose", "x w", "y"), "strides", 2, 2), "pads", 1, 1,
         0, 2);
    LIST(LIST(add("ConvTranspose", "x w", "z"), "strides", 2, 2),
         "output_shape", 1, 3, 10, 8);
    good();
    is_out("y", 3, 10, 6); /* (5-1) 2 + 3 - 1, (4-1) 2 + 3 - 3 */
    is_out("z", 3, 10, 8);
}
END_TEST

START_TEST(one_direction)
{
    INPUT(1, 8, 30);
    WEIGHTS("w", 5, 8, 3);
    add("Conv", "x w", "y");
    LIST(LIST(add("MaxPool", "y", "z"), "kernel_shape", 2), "strides", 2);
    good();
    is_matrix("y", 1, 24, 5, 28);
    is_out("z", 5, 14, 1);
}
END_TEST

START_TEST(weights_are_reachable)
{
    float w[12];
    INPUT(1, 2, 4, 4);
    WEIGHTS("w", 3, 2, 1, 2);
    for (int i = 0; i < 4; i++)
        WEIGHTS(i == 0 ? "g" : i == 1 ? "b" : i == 2 ? "m" : "v", 3);
    add("Conv", "x w", "y");
    add("BatchNormalization", "y g b m v", "z");
    good();
    ck_assert_int_eq(net.n, 1); /* folded in */
    ck_assert_int_eq(layer("y")->params, 12 + 6);
    trained_matrix(layer("y"), 0, w);
    for (int c = 0; c < 3; c++)
        for (int r = 0; r < 4; r++)
            ck_near((double)w[r * 3 + c],
                    (4 * c + r + 0.5) * (c + 0.5) / sqrt(c + 0.5 + 1e-5), 1e-6);
}
END_TEST

/* ---- products ---- */

START_TEST(gemm)
{
    float w[15];
    INPUT(1, 5);
    WEIGHTS("w", 3, 5);
    WEIGHTS("b", 3);
    with_int(add("Gemm", "x w b", "y"), "transB", 1);
    good();
    is_matrix("y", 1, 5, 3, 1);
    trained_matrix(layer("y"), 0, w);
    ck_near((double)w[1 * 3 + 2], 2 * 5 + 1 + 0.5, 1e-7);
}
END_TEST

START_TEST(matmul_of_weights)
{
    float w[12];
    INPUT(1, 7, 4);
    WEIGHTS("w", 4, 3);
    WEIGHTS("u", 6, 7);
    WEIGHTS("b", 3);
    add("MatMul", "x w", "y");
    add("Add", "y b", "s");
    add("MatMul", "u s", "z");
    good();
    is_matrix("y", 1, 4, 3, 7);
    ck_assert_int_eq(layer("y")->params, 15);
    is_matrix("z", 1, 7, 6, 3);
    trained_matrix(layer("y"), 0, w);
    ck_near((double)w[3 * 3 + 1], 10.5, 1e-7);
}
END_TEST

/* Two heads of 3 over 5 positions, as exporters write attention. */
START_TEST(attention)
{
    INPUT(1, 5, 6);
    WEIGHTS("w", 6, 18);
    INTS("to", 5, 0, -1, 3, 2, 3);
    INTS("0", 1, 0);
    INTS("1", 1, 1);
    INTS("2", 1, 2);
    INTS("3", 1, 3);
    INTS("back", 3, 0, 5, 6);
    add("MatMul", "x w", "qkv");
    add("Reshape", "qkv to", "r");
    LIST(add("Transpose", "r", "t"), "perm", 2, 0, 3, 1, 4);
    add("Slice", "t 0 1 0", "q1");
    add("Slice", "t 1 2 0", "k1");
    add("Slice", "t 2 3 0", "v1");
    add("Squeeze", "q1 0", "q");
    add("Squeeze", "k1 0", "k");
    add("Squeeze", "v1 0", "v");
    LIST(add("Transpose", "k", "kt"), "perm", 0, 1, 3, 2);
    add("MatMul", "q kt", "a");
    with_int(add("Softmax", "a", "s"), "axis", 3);
    add("MatMul", "s v", "o");
    LIST(add("Transpose", "o", "ot"), "perm", 0, 2, 1, 3);
    add("Reshape", "ot back", "y");
    WEIGHTS("p", 6, 6);
    add("MatMul", "y p", "z");
    good();
    ck_assert_int_eq(net.n, 5); /* all else are views */
    ck_assert_int_eq(layer("a")->macs, 2 * 5 * 5 * 3);
    ck_assert_int_eq(layer("o")->macs, 2 * 5 * 5 * 3);
    ck_near(layer("s")->work[WORK_ACTIVATE], 2 * 5 * (5 + 1), 1e-12);
    is_matrix("z", 1, 6, 6, 5);
}
END_TEST

START_TEST(integers)
{
    Onnx__TensorProto *t, *z;
    float w[8];
    INPUT(1, 4);
    t = add_tensor("w", ONNX__TENSOR_PROTO__DATA_TYPE__UINT8,
                   (const int[]){4, 2, -1});
    t->n_int32_data = 8;
    t->int32_data = make(8 * sizeof *t->int32_data);
    for (int i = 0; i < 8; i++)
        t->int32_data[i] = 120 + i;
    z = add_tensor("z", ONNX__TENSOR_PROTO__DATA_TYPE__UINT8,
                   (const int[]){-1});
    z->has_raw_data = true;
    z->raw_data = (ProtobufCBinaryData){1, make(1)};
    *z->raw_data.data = 128;
    add("MatMulInteger", "x w - z", "y");
    good();
    is_matrix("y", 1, 4, 2, 1);
    trained_matrix(layer("y"), 0, w);
    ck_near((double)w[3], 123 - 128, 0);
}
END_TEST

START_TEST(dequantized)
{
    float w[8];
    INPUT(1, 4);
    Onnx__TensorProto *t = add_tensor("w", ONNX__TENSOR_PROTO__DATA_TYPE__INT8,
                                      (const int[]){4, 2, -1});
    t->n_int32_data = 8;
    t->int32_data = make(8 * sizeof *t->int32_data);
    for (int i = 0; i < 8; i++)
        t->int32_data[i] = i - 4;
    WEIGHTS("scale", 2);
    INTS("zero", 2, 1, 1);
    add("DequantizeLinear", "w scale zero", "d");
    add("QuantizeLinear", "x scale", "q");
    add("MatMul", "q d", "y");
    good();
    is_matrix("y", 1, 4, 2, 1);
    trained_matrix(layer("y"), 0, w);
    ck_near((double)w[2], (2 - 4 - 1) * 0.5, 0);
    ck_near((double)w[3], (3 - 4 - 1) * 1.5, 0);
}
END_TEST

/* ---- the rest of a network ---- */

START_TEST(pools)
{
    AFTER_CONV();
    with_int(LIST(LIST(add("AveragePool", "c", "a"), "kernel_shape", 3, 3),
                  "strides", 2, 2),
             "ceil_mode", 1);
    with_int(LIST(LIST(LIST(add("MaxPool", "c", "b"), "kernel_shape", 2, 2),
                       "strides", 3, 3),
                  "pads", 1, 1, 1, 1),
             "ceil_mode", 1);
    add("GlobalAveragePool", "c", "g");
    LIST(add("ReduceMean", "c", "r"), "axes", 2, 3);
    good();
    is_out("a", 4, 4, 4);
    is_out("b", 4, 3, 3); /* a fourth would begin in the padding behind */
    is_out("g", 4, 1, 1);
    ck_near(layer("g")->work[WORK_ADD], 4 * 63, 1e-12);
    ck_near(layer("r")->work[WORK_ADD], 4 * 63, 1e-12);
}
END_TEST

/* Of 8 maps: as above, in depth. */
START_TEST(deep_pool)
{
    INPUT(1, 2, 8, 4, 4);
    with_int(LIST(LIST(LIST(add("MaxPool", "x", "y"), "kernel_shape", 2, 1, 1),
                       "strides", 3, 1, 1),
                  "pads", 1, 0, 0, 1, 0, 0),
             "ceil_mode", 1);
    WEIGHTS("w", 4, 2);
    add("MatMul", "y w", "z");
    good();
    is_matrix("z", 1, 4, 2, 3 * 2 * 4);
}
END_TEST

START_TEST(functions)
{
    AFTER_CONV();
    add_number("3", 3);
    add_number("0", 0);
    add_number("6", 6);
    add("Relu", "c", "r"); /* into c */
    add("Add", "r 3", "a");
    add("Clip", "a 0 6", "l");
    add("Mul", "r l", "m");
    add("Div", "m 6", "h");
    add("Sigmoid", "h", "s"); /* read twice: Swish */
    add("Mul", "s h", "y");
    good();
    ck_assert_int_eq(net.n, 1);
    ck_near(layer("c")->work[WORK_ACTIVATE], 3 * 256, 1e-12);
}
END_TEST

START_TEST(gates_and_sums)
{
    AFTER_CONV();
    WEIGHTS("u", 4, 4, 1, 1);
    add("GlobalAveragePool", "c", "g");
    add("Conv", "g u", "e");
    add("HardSigmoid", "e", "h");
    add("Mul", "c h", "m");
    add("Add", "m c", "s");
    add("Sub", "s c", "d");
    add("Div", "d s", "q");
    good();
    ck_near(layer("m")->work[WORK_MAC], 256, 1e-12);
    ck_near(layer("s")->work[WORK_ADD], 256, 1e-12);
    ck_near(layer("d")->work[WORK_ADD], 256, 1e-12);
    ck_near(layer("q")->work[WORK_MAC], 256, 1e-12);
    ck_near(layer("e")->work[WORK_ACTIVATE], 4, 1e-12);
}
END_TEST

START_TEST(layer_normalisation)
{
    INPUT(1, 5, 6);
    WEIGHTS("w", 6, 6);
    WEIGHTS("gamma", 6);
    WEIGHTS("beta", 6);
    add_number("2", 2);
    add_number("e", 1e-5F);
    add("MatMul", "x w", "y");
    LIST(add("ReduceMean", "y", "mean"), "axes", -1);
    add("Sub", "y mean", "d");
    add("Pow", "d 2", "p");
    LIST(add("ReduceMean", "p", "var"), "axes", -1);
    add("Add", "var e", "ve");
    add("Sqrt", "ve", "sd");
    add("Div", "d sd", "n");
    add("Mul", "n gamma", "ng");
    add("Add", "ng beta", "nb");
    good();
    ck_assert_int_eq(net.n, 2);
    ck_assert_str_eq(layer_type_name(layer("n")), "norm");
    ck_assert_int_eq(layer("n")->params, 12);
    ck_near(layer("n")->work[WORK_MAC], 3 * 30, 1e-12);
}
END_TEST

/* ---- what looks like a function of several nodes ---- */

/* The mean of something else; below, a factor that is no half, and a gate that
 * is read once more: each node counts. */
START_TEST(mean_of_another)
{
    INPUT(1, 5, 6);
    WEIGHTS("w", 6, 6);
    add_number("2", 2);
    add_number("e", 1e-5F);
    add("MatMul", "x w", "y");
    LIST(add("ReduceMean", "x", "mean"), "axes", -1);
    add("Sub", "y mean", "d");
    add("Pow", "d 2", "p");
    LIST(add("ReduceMean", "p", "var"), "axes", -1);
    add("Add", "var e", "ve");
    add("Sqrt", "ve", "sd");
    add("Div", "d sd", "n");
    good();
    ck_assert_str_eq(layer_type_name(layer("n")), "operation");
    ck_near(layer("d")->work[WORK_ADD], 30, 0);
}
END_TEST

START_TEST(no_gelu)
{
    AFTER_CONV();
    add_number("quarter", 0.25F);
    add_number("1", 1);
    add("Erf", "c", "e");
    add("Add", "e 1", "e1");
    add("Mul", "c e1", "m");
    add("Mul", "m quarter", "y");
    good();
    ck_near(layer("m")->work[WORK_MAC], 256, 0);
}
END_TEST

/* A clip to 5, or from -1: a sum, a clip, a product, a quotient. */
START_TEST(no_hard_swish)
{
    static const char *const clips[] = {"a 0 5", "a -1 6"};
    AFTER_CONV();
    add_number("3", 3);
    add_number("0", 0);
    add_number("-1", -1);
    add_number("5", 5);
    add_number("6", 6);
    add("Add", "c 3", "a");
    add("Clip", clips[_i], "l");
    add("Mul", "c l", "m");
    add("Div", "m 6", "h");
    good();
    ck_near(layer("m")->work[WORK_MAC], 256, 0);
}
END_TEST

START_TEST(gate_read_twice)
{
    AFTER_CONV();
    add("Sigmoid", "c", "s");
    add("Mul", "c s", "m");
    add("Add", "m s", "y");
    good();
    ck_near(layer("s")->work[WORK_ACTIVATE], 256, 0);
    ck_near(layer("m")->work[WORK_MAC], 256, 0);
}
END_TEST

/* A function lies between: the factors do not go into the weights. */
START_TEST(norm_behind_a_function)
{
    AFTER_CONV();
    WEIGHTS("g", 4);
    add("Relu", "c", "r");
    add("BatchNormalization", "r g g g g", "n");
    good();
    ck_assert_str_eq(layer_type_name(layer("n")), "norm");
    ck_assert_ptr_null(layer("c")->trained->scale);
}
END_TEST

START_TEST(sizes_and_joins)
{
    AFTER_CONV();
    Onnx__TensorProto *t;
    t = add_tensor("up", ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT,
                   (const int[]){4, -1});
    t->n_float_data = 4;
    t->float_data = make(4 * sizeof(float));
    memcpy(t->float_data, (float[]){1, 1, 2, 2}, 4 * sizeof(float));
    add("Resize", "c - up", "r");
    with_int(add("Concat", "r r", "j"), "axis", 1);
    with_int(add("Concat", "r r", "k"), "axis", 2);
    with_int(add("Split", "j", "l m"), "axis", 1);
    add("Add", "m r", "s");
    with_int(add("Flatten", "s", "f"), "axis", 1);
    WEIGHTS("v", 1024, 2);
    add("MatMul", "f v", "y");
    good();
    is_out("r", 4, 16, 16);
    is_out("j", 8, 16, 16);
    is_out("k", 4, 32, 16);
    is_matrix("y", 1, 1024, 2, 1);
}
END_TEST

/* Reshape to Concat(Gather(Shape), -1), as exporters flatten. */
START_TEST(arithmetic_of_shapes)
{
    AFTER_CONV();
    INTS("i", 1, 0);
    INTS("rest", 1, -1);
    add("Shape", "c", "shape");
    add("Gather", "shape i", "n");
    with_int(add("Cast", "n", "n2"), "to", 7);
    with_int(add("Concat", "n2 rest", "to"), "axis", 0);
    add("Reshape", "c to", "f");
    WEIGHTS("v", 256, 10);
    add("Gemm", "f v", "y");
    good();
    is_matrix("y", 1, 256, 10, 1);
}
END_TEST

START_TEST(open_input)
{
    INPUT(0, 4, 0, 0);
    WEIGHTS("w", 4, 4, 3, 3);
    add("Conv", "x w", "y");
    ck_assert_int_eq(load(NULL), -1);
    ck_assert_ptr_nonnull(strstr(msgs.list[0].text, "--input-shape"));
    ck_assert_int_eq(load("1,4,10,12"), 0);
    is_matrix("y", 1, 36, 4, 80);
    ck_assert_int_eq(load("1,5,10,12"), -1);
    ck_assert_int_eq(load("1,4,10"), -1);
    ck_assert_int_eq(load("1,4,10,"), -1);
    ck_assert_int_eq(load("1,4,10,99999999999999999999"), -1);
}
END_TEST

/* Inputs that share a name of a size, as those of language models do. */
static void name_size(int input, int dimension, const char *name)
{
    Onnx__TensorShapeProto__Dimension *d =
        inputs[input]->type->tensor_type->shape->dim[dimension];
    d->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
    d->dim_param = arena_strdup(&arena, name);
}

START_TEST(open_inputs)
{
    INPUT(0, 0, 8);
    add_input("z", (const int[]){0, 0, 8, -1});
    WEIGHTS("w", 8, 5);
    add("Add", "x z", "s");
    add("MatMul", "s w", "y");
    name_size(0, 0, "batch");
    name_size(0, 1, "length");
    name_size(1, 0, "batch");
    name_size(1, 1, "length");
    ck_assert_int_eq(load("2,12,8"), 0);
    is_matrix("y", 1, 8, 5, 24);
    name_size(1, 1, "width");
    ck_assert_int_eq(load("2,12,8"), -1);
    ck_assert_ptr_nonnull(strstr(msgs.list[0].text, "'z' is open"));
}
END_TEST

START_TEST(unknown_operator)
{
    AFTER_CONV();
    WEIGHTS("u", 2, 4, 1, 1);
    add("Frobnicate", "c", "f");
    add("Conv", "f u", "y");
    good();
    is_matrix("y", 1, 4, 2, 64);
    ck_assert_int_eq(msgs.n, 1);
    ck_assert_int_eq(msgs.list[0].is_error, 0);
    ck_assert_ptr_nonnull(strstr(msgs.list[0].text, "'f' (Frobnicate)"));
}
END_TEST

START_TEST(any_order_of_nodes)
{
    INPUT(1, 4, 8, 8);
    WEIGHTS("w", 4, 4, 1, 1);
    add("Conv", "c w", "d");
    add("Conv", "x w", "c");
    good();
    ck_assert_str_eq(net.layer[0].name, "c");
    ck_assert_int_eq(net.layer[1].in[0], 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("onnx");
    TCase *test = tcase_create("onnx");
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_set_timeout(test, 60);
    tcase_add_test(test, convolution);
    tcase_add_test(test, groups_dilation_depthwise);
    tcase_add_test(test, transposed_convolution);
    tcase_add_test(test, same_lower);
    tcase_add_test(test, transposed_to_size);
    tcase_add_test(test, one_direction);
    tcase_add_test(test, weights_are_reachable);
    tcase_add_test(test, gemm);
    tcase_add_test(test, matmul_of_weights);
    tcase_add_test(test, attention);
    tcase_add_test(test, integers);
    tcase_add_test(test, dequantized);
    tcase_add_test(test, pools);
    tcase_add_test(test, deep_pool);
    tcase_add_test(test, functions);
    tcase_add_test(test, gates_and_sums);
    tcase_add_test(test, layer_normalisation);
    tcase_add_test(test, mean_of_another);
    tcase_add_test(test, no_gelu);
    tcase_add_loop_test(test, no_hard_swish, 0, 2);
    tcase_add_test(test, gate_read_twice);
    tcase_add_test(test, norm_behind_a_function);
    tcase_add_test(test, sizes_and_joins);
    tcase_add_test(test, arithmetic_of_shapes);
    tcase_add_test(test, open_input);
    tcase_add_test(test, open_inputs);
    tcase_add_test(test, unknown_operator);
    tcase_add_test(test, any_order_of_nodes);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
