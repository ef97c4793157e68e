/* t_onnx_op.c - ONNX operators by their counts */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx_make.h"

/* Whether the only message is a warning with this text. */
static void warned(const char *text)
{
    ck_assert_int_eq(msgs.n, 1);
    ck_need(!msgs.list[0].is_error && strstr(msgs.list[0].text, text),
            "'%s' not in '%s'", text, msgs.list[0].text);
}

/* ---- three dimensions ---- */

START_TEST(deep_convolution)
{
    INPUT(1, 2, 6, 8, 8);
    WEIGHTS("w", 5, 2, 3, 3, 3);
    LIST(LIST(add("Conv", "x w", "y"), "pads", 1, 1, 0, 1, 1, 0), "strides", 2,
         1, 1);
    LIST(LIST(add("MaxPool", "y", "p"), "kernel_shape", 3, 2, 2), "strides", 1,
         2, 2);
    add("GlobalAveragePool", "p", "g");
    good();
    is_matrix("y", 1, 2 * 27, 5, 3 * 8 * 6); /* (6+2-3)/2+1 = 3 maps */
    is_weight("y", 0, 27 + 9 + 3 + 2, 4, 4 * 54 + 27 + 9 + 3 + 2 + 0.5);
    ck_assert_int_eq(layer("y")->in_values, 6 * 64 * 3); /* 2 x 3 maps each */
    ck_assert_int_eq(layer("y")->out_values, 5 * 3 * 48);
    ck_assert_int_eq(layer("y")->in_shape.h, 3 * 8); /* below one another */
    ck_near(layer("y")->lead, 2 / 6.0, 1e-12);       /* two maps of six */
    ck_near(work("p", WORK_COMPARE), 11 * 5 * 1 * 4 * 3, 0);
    ck_near(work("g", WORK_ADD), 11 * 5, 0);
}
END_TEST

/* ---- normalisation ---- */

static void add_batch_norm(void)
{
    INPUT(1, 2, 4, 4);
    WEIGHTS("w", 3, 2, 1, 1);
    for (int i = 0; i < 4; i++)
        WEIGHTS(i == 0 ? "g" : i == 1 ? "b" : i == 2 ? "m" : "v", 3);
    add("Conv", "x w", "y");
    add("BatchNormalization", "y g b m v", "z");
}

START_TEST(folded)
{
    add_batch_norm();
    good();
    ck_assert_int_eq(net.n, 1);
    ck_near(work("y", WORK_SCALE), 0, 0);
    is_weight("y", 0, 1, 2, 5.5 * 2.5 / sqrt(2.5 + 1e-5));
}
END_TEST

START_TEST(not_folded)
{
    static const char *const sets[] = {"fold_norm=false", NULL};
    add_batch_norm();
    size_t n;
    const uint8_t *bytes = packed(&n);
    struct conf_env env = {.arena = &arena, .msgs = &msgs, .sets = sets};
    const char *path = file_bytes("m.onnx", (const char *)bytes, n);
    ck_need(!net_load(&env, path, NULL, &net), "%s", msgs.list[0].text);
    ck_assert_int_eq(net.n, 1);
    ck_near(work("y", WORK_SCALE), 3 * 16, 0);
    ck_assert_int_eq(layer("y")->params, 6 + 6);
    is_weight("y", 0, 1, 2, 5.5);
}
END_TEST

START_TEST(norms)
{
    INPUT(1, 8, 4, 4);
    WEIGHTS("g", 8);
    WEIGHTS("b", 8);
    WEIGHTS("e", 4);
    add("InstanceNormalization", "x g b", "i");
    with_int(add("GroupNormalization", "x g b", "k"), "num_groups", 2);
    add("LayerNormalization", "x e", "l");
    add("RMSNormalization", "x e", "r");
    with_int(add("LpNormalization", "x", "u"), "axis", 1);
    WEIGHTS("w", 4, 2);
    add("MatMul", "u w", "y");
    good();
    ck_near(work("i", WORK_ACTIVATE), 8, 0); /* one root a channel */
    ck_near(work("k", WORK_ACTIVATE), 2, 0);
    ck_near(work("l", WORK_ACTIVATE), 32, 0);
    ck_assert_int_eq(layer("k")->params, 16);
    ck_assert_int_eq(layer("l")->params, 4);
    ck_near(work("r", WORK_ADD), 0, 0);
    ck_near(work("r", WORK_MAC), 3 * 128, 0);
    ck_near(work("u", WORK_MAC), 2 * 128, 0);
    ck_near(work("u", WORK_ADD), 0, 0);
    ck_near(work("u", WORK_ACTIVATE), 16, 0);
}
END_TEST

/* Names with their number signs replaced. */
static const char *marked(const char *text, const char *mark)
{
    char *out = make(2 * strlen(text) + 1), *to = out;
    for (; *text; text++)
        if (*text != '#')
            *to++ = *text;
        else
            to = stpcpy(to, mark);
    *to = 0;
    return out;
}

/* Layer normalisation over channels, as nodes; the second of other axes is
 * none. */
START_TEST(written_norm)
{
    INPUT(1, 8, 4, 4);
    add_number("2", 2);
    add_number("e", 1e-5F);
    WEIGHTS("g", 8, 1, 1);
    for (int i = 0; i < 2; i++) {
#define N(text) marked(text, i ? "_" : "")
        LIST(add("ReduceMean", "x", N("m#")), "axes", 1);
        add("Sub", N("x m#"), N("d#"));
        add("Pow", N("d# 2"), N("p#"));
        LIST(add("ReduceMean", N("p#"), N("v#")), "axes", i ? 2 : 1);
        add("Add", N("v# e"), N("a#"));
        add("Sqrt", N("a#"), N("s#"));
        add("Div", N("d# s#"), N("n#"));
#undef N
    }
    add("Mul", "n g", "y");
    WEIGHTS("w", 4, 2);
    add("MatMul", "y w", "z");
    good();
    ck_assert_str_eq(layer_type_name(layer("n")), "norm");
    ck_near(work("n", WORK_ACTIVATE), 16, 0); /* positions */
    ck_near(work("n", WORK_MAC), 3 * 128, 0);
    ck_assert_int_eq(layer("n")->params, 8);
    ck_assert_str_eq(layer_type_name(layer("n_")), "operation");
}
END_TEST

START_TEST(softmax_before_13)
{
    INPUT(1, 8, 4, 4);
    Onnx__OperatorSetIdProto id, *list[] = {&id};
    onnx__operator_set_id_proto__init(&id);
    id.has_version = true;
    id.version = 11;
    model.opset_import = list;
    model.n_opset_import = 1;
    add("Softmax", "x", "s");
    WEIGHTS("w", 4, 2);
    add("MatMul", "s w", "y");
    good();
    ck_near(work("s", WORK_ACTIVATE), 128 + 1, 0); /* over all of a map */
}
END_TEST

/* ---- functions that are several nodes ---- */

START_TEST(gelus)
{
    AFTER_CONV();
    const char *number[] = {"half", "1", "3", "r2", "k", "c"};
    const float value[] = {0.5F, 1, 3, 1.4142135F, 0.044715F, 0.7978846F};
    for (int i = 0; i < 6; i++)
        add_number(number[i], value[i]);
    add("Div", "c r2", "ed");
    add("Erf", "ed", "e");
    add("Add", "e 1", "e1");
    add("Mul", "c half", "eh"); /* half of x first */
    add("Mul", "eh e1", "y");
    add("Pow", "y 3", "t3");
    add("Mul", "t3 k", "tk");
    add("Add", "y tk", "ts");
    add("Mul", "ts c_", "tm");
    add("Tanh", "tm", "t");
    add("Add", "t 1", "t1");
    add("Mul", "y t1", "tx");
    add("Mul", "tx half", "z");
    tensors[graph.n_initializer - 1]->name = arena_strdup(&arena, "c_");
    good();
    ck_assert_int_eq(net.n, 1);
    ck_near(work("c", WORK_ACTIVATE), 2 * 256, 0);
}
END_TEST

START_TEST(hard_and_mish)
{
    AFTER_CONV();
    add_number("3", 3);
    add_number("6", 6);
    LIST(add("Add", "c 3", "a"), "none", 1);
    Onnx__NodeProto *clip = add("Clip", "a", "l");
    Onnx__AttributeProto *low = attribute(clip, "min");
    Onnx__AttributeProto *high = attribute(clip, "max");
    low->has_f = high->has_f = true;
    low->f = 0;
    high->f = 6;
    add("Div", "l 6", "g");
    add("Mul", "c g", "h"); /* hard swish, divided first */
    add("Softplus", "h", "s");
    add("Tanh", "s", "t");
    add("Mul", "h t", "y");
    good();
    ck_assert_int_eq(net.n, 1);
    ck_near(work("c", WORK_ACTIVATE), 2 * 256, 0);
}
END_TEST

/* ---- picking, placing, comparing ---- */

START_TEST(picks)
{
    INPUT(1, 8, 16);
    INTS("k", 1, 4);
    INTS("axis", 1, 2);
    add("TopK", "x k", "t i");
    with_int(with_int(add("ArgMax", "x", "a"), "axis", 1), "keepdims", 0);
    add("CumSum", "x axis", "s");
    add("Greater", "x s", "g");
    add("Where", "g x s", "w");
    add("Sum", "x s w", "u");
    WEIGHTS("v", 4, 2);
    add("MatMul", "t v", "y");
    good();
    ck_near(work("t i", WORK_COMPARE), 128 * 3, 0); /* log2 4 + 1 */
    ck_near(work("a", WORK_COMPARE), 128 - 16, 0);
    ck_near(work("s", WORK_ADD), 128 - 8, 0);
    ck_near(work("g", WORK_COMPARE), 128, 0);
    ck_near(work("w", WORK_COMPARE), 128, 0);
    ck_near(work("u", WORK_ADD), 2 * 128, 0);
    is_matrix("y", 1, 4, 2, 8);
}
END_TEST

START_TEST(places)
{
    INPUT(1, 8, 16);
    INTS("pads", 2, 1, 2);
    INTS("at", 1, -1);
    INTS("ii", 2, 0, 0);
    WEIGHTS("w", 19, 2);
    add("Pad", "x pads - at", "p"); /* of the last dimension alone */
    add("MatMul", "p w", "y");
    add("GatherND", "x ii", "g"); /* position 0 of batch 0 */
    WEIGHTS("v", 16, 3);
    add("MatMul", "g v", "z");
    WEIGHTS("zeros", 1, 8, 16);
    add("ScatterND", "zeros ii g", "s");
    add("MatMul", "s v", "u");
    good();
    is_matrix("y", 1, 19, 2, 8);
    is_matrix("z", 1, 16, 3, 1);
    is_matrix("u", 1, 16, 3, 8);
}
END_TEST

/* More parts than a tensor has dimensions. */
START_TEST(many_parts)
{
    INPUT(1, 2, 20);
    INTS("n", 10, 1, 1, 1, 1, 1, 1, 1, 1, 1, 11);
    Onnx__NodeProto *n = with_int(add("Split", "x n", "a"), "axis", 2);
    n->output = make(10 * sizeof *n->output);
    for (n->n_output = 0; n->n_output < 10; n->n_output++)
        n->output[n->n_output] =
            arena_printf(&arena, "%c", 'a' + (char)n->n_output);
    WEIGHTS("w", 11, 3);
    add("MatMul", "j w", "y");
    good();
    is_matrix("y", 1, 11, 3, 2);
}
END_TEST

START_TEST(unknown_axes)
{
    INPUT(1, 2, 20);
    add("ReduceSum", "x x", "y");
    refused("node 'y' (ReduceSum): its input 'x' is no constant of up to 256 "
            "numbers");
    ck_assert_int_eq(msgs.n, 1);
}
END_TEST

/* As many positions as a table has: more numbers than are kept. */
START_TEST(long_range)
{
    INPUT(1, 300, 8);
    INTS("zero", 1, 0);
    add("Shape", "x", "s");
    INTS("one", 1, 1);
    add("Gather", "s one", "n");
    add("Range", "zero n one", "r");
    WEIGHTS("table", 512, 8);
    add("Gather", "table r", "p");
    add("Add", "x p", "y");
    INTS("to", 2, 300, 8);
    add("ConstantOfShape", "to", "big");
    add("Add", "y big", "u");
    WEIGHTS("w", 8, 2);
    add("MatMul", "u w", "z");
    good();
    is_matrix("z", 1, 8, 2, 300);
    ck_assert_int_eq(layer("y")->params, 2 * 300 * 8);
    ck_assert_int_eq(layer("y")->out_values, 300 * 8);
}
END_TEST

/* A tensor whose channels are last, joined with one whose are not. */
START_TEST(joined_otherwise)
{
    INPUT(1, 4, 8, 8);
    WEIGHTS("w", 8, 3);
    add("MatMul", "x w", "m"); /* channels last: 1 x 4 x 8 x 3 */
    add_input("e", (const int[]){1, 4, 8, 3, -1});
    with_int(add("Concat", "e m", "y"), "axis", 1);
    good();
    ck_assert_int_eq(layer("y")->out_values, 2 * 4 * 8 * 3);
}
END_TEST

START_TEST(resized_axes)
{
    AFTER_CONV();
    INTS("to", 2, 4, 24);
    INTS("none", 0, 0);
    WEIGHTS("by", 1); /* 0.5 */
    LIST(add("Resize", "c - - to", "r"), "axes", 2, 3);
    LIST(add("Resize", "r - by none", "s"), "axes", -1);
    WEIGHTS("v", 2, 4, 1, 1);
    add("Conv", "s v", "y");
    good();
    is_out("r", 4, 4, 24);
    is_matrix("y", 1, 4, 2, 4 * 12);
}
END_TEST

START_TEST(spread_scalar)
{
    INPUT(1, 6, 8);
    with_int(add("ReduceMean", "x", "m"), "keepdims", 0);
    WEIGHTS("c", 6, 8);
    add("Add", "c m", "a");
    add("Div", "c m", "b");
    add("Pow", "c m", "p");
    WEIGHTS("w", 8, 2);
    add("MatMul", "a w", "y");
    good();
    is_matrix("y", 1, 8, 2, 6);
    ck_near(work("b", WORK_ACTIVATE), 1, 0); /* one divisor */
    ck_near(work("b", WORK_SCALE), 48, 0);
}
END_TEST

/* com.microsoft: the sum of two and a bias, normalised. */
START_TEST(skip_norm_bias)
{
    INPUT(1, 6, 8);
    WEIGHTS("w", 8, 8);
    add("MatMul", "x w", "m");
    WEIGHTS("g", 8);
    add("SkipLayerNormalization", "m x g g g", "y");
    add("SkipSimplifiedLayerNormalization", "y x g g", "z");
    good();
    ck_near(work("y.add", WORK_ADD), 2 * 48, 0);
    ck_assert_int_eq(layer("y.add")->params, 8);
    ck_assert_int_eq(layer("y")->params, 16);
    ck_near(work("z.add", WORK_ADD), 2 * 48, 0);
    ck_assert_int_eq(layer("z.add")->params, 8);
    ck_assert_int_eq(layer("z")->params, 8);
}
END_TEST

/* The channels of a normalisation are the second dimension, whatever they were
 * before. */
START_TEST(norm_of_second_dimension)
{
    INPUT(1, 6, 8);
    WEIGHTS("w", 8, 4);
    add("MatMul", "x w", "m");
    for (int i = 0; i < 4; i++)
        WEIGHTS(i == 0 ? "g" : i == 1 ? "b" : i == 2 ? "u" : "v", 6);
    add("BatchNormalization", "m g b u v", "y");
    good();
    ck_assert_int_eq(layer("y")->params, 12);
    is_out("y", 6, 4, 1);
}
END_TEST

START_TEST(reductions)
{
    INPUT(1, 8, 16);
    LIST(add("ReduceL2", "x", "a"), "axes", -1);
    LIST(add("ReduceLogSumExp", "x", "b"), "axes", -1);
    add("Add", "a b", "c");
    WEIGHTS("w", 1, 2);
    add("MatMul", "c w", "y");
    good();
    ck_near(work("a", WORK_MAC), 128, 0);
    ck_near(work("a", WORK_ACTIVATE), 8, 0);
    ck_near(work("b", WORK_ADD), 120, 0);
    ck_near(work("b", WORK_ACTIVATE), 136, 0);
}
END_TEST

/* ---- integer and fused operators ---- */

START_TEST(integer_operators)
{
    AFTER_CONV();
    add_number("s", 0.5F);
    INTS("z", 1, 0);
    add("QLinearAdd", "c s z x s z s z", "a");
    with_int(add("QLinearConcat", "s z a s z x s z", "k"), "axis", 1);
    add("QLinearGlobalAveragePool", "k s z s z", "g");
    add("Flatten", "g", "f");
    WEIGHTS("v", 3, 8);
    with_int(add("QGemm", "f s z v s z", "y"), "transB", 1);
    good();
    ck_near(work("a", WORK_ADD), 256, 0);
    is_out("k", 8, 8, 8);
    ck_near(work("g", WORK_ADD), 8 * 63, 0);
    is_matrix("y", 1, 8, 3, 1);
    const float *w = trained_weights(layer("y"), &arena);
    ck_near((double)w[2], 16.5 / 2, 1e-6); /* (0, 2) */
}
END_TEST

START_TEST(fused_operators)
{
    INPUT(1, 4, 8, 8);
    WEIGHTS("w", 4, 4, 1, 1);
    with_text(add("FusedConv", "x w", "c"), "activation", "Relu");
    with_int(with_int(add("MatMulNBits", "c w", "y"), "K", 8), "N", 3);
    good();
    ck_near(work("c", WORK_ACTIVATE), 256, 0);
    is_matrix("y", 1, 8, 3, 32);
    warned("node 'y' (MatMulNBits): its weights are packed");
}
END_TEST

/* ---- never in silence ---- */

static Onnx__NodeProto *with_graph(Onnx__NodeProto *n, const char *name,
                                   const char *in)
{
    Onnx__AttributeProto *a = attribute(n, name);
    a->g = make(sizeof *a->g);
    onnx__graph_proto__init(a->g);
    a->g->node = make(sizeof *a->g->node);
    a->g->n_node = 1;
    a->g->node[0] = add("Squeeze", in, arena_printf(&arena, "%s_out", name));
    graph.n_node--; /* it is the inner graph's */
    return n;
}

START_TEST(if_goes_on)
{
    AFTER_CONV();
    WEIGHTS("u", 2, 4, 1, 1);
    add_number("yes", 1);
    with_graph(with_graph(add("If", "yes", "f"), "then_branch", "c"),
               "else_branch", "c");
    add("Conv", "f u", "y");
    good();
    is_matrix("y", 1, 4, 2, 64);
    warned("node 'f' (If): its inner graph is not entered");
}
END_TEST

START_TEST(loop_goes_on)
{
    AFTER_CONV();
    WEIGHTS("u", 2, 4, 1, 1);
    add_number("n", 1);
    with_graph(add("Loop", "n - c", "f"), "body", "nothing");
    add("Conv", "f u", "y");
    good();
    is_matrix("y", 1, 4, 2, 64);
    warned("node 'f' (Loop)");
}
END_TEST

START_TEST(if_of_nothing)
{
    AFTER_CONV();
    add_number("yes", 1);
    add("If", "yes", "f");
    add("Relu", "f", "y");
    refused("node 'f' (If): no input could stand for its output 'f'");
}
END_TEST

START_TEST(unknown_without_input)
{
    AFTER_CONV();
    add("RandomNormal", "", "r");
    add("Add", "c r", "y");
    refused("node 'r' (RandomNormal): the operator is not known");
}
END_TEST

/* Scale and zero point of a dynamic quantization are read as well. */
START_TEST(dynamic_quantization)
{
    INPUT(7, 4);
    Onnx__TensorProto *t = add_tensor("w", ONNX__TENSOR_PROTO__DATA_TYPE__INT8,
                                      (const int[]){4, 2, -1});
    t->n_int32_data = 8;
    t->int32_data = make(8 * sizeof *t->int32_data);
    add_number("s", 0.5F);
    add("DynamicQuantizeLinear", "x", "q qs qz");
    add("MatMulInteger", "q w qz", "i");
    with_int(add("Cast", "i", "f"), "to", 1);
    add("Mul", "qs s", "both");
    add("Mul", "f both", "y");
    good();
    is_matrix("i", 1, 4, 2, 7);
    ck_near(work("y", WORK_MAC), 14, 0);
}
END_TEST

START_TEST(other_outputs)
{
    AFTER_CONV();
    LIST(add("MaxPool", "c", "m at"), "kernel_shape", 2, 2);
    add("Relu", "at", "y");
    good();
    warned("its output 'at' is taken to be as its first");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("onnx_op");
    TCase *test = tcase_create("onnx_op");
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_set_timeout(test, 60);
    const TTest *const tests[] = {deep_convolution,
                                  folded,
                                  not_folded,
                                  norms,
                                  written_norm,
                                  softmax_before_13,
                                  gelus,
                                  hard_and_mish,
                                  picks,
                                  places,
                                  many_parts,
                                  unknown_axes,
                                  long_range,
                                  joined_otherwise,
                                  resized_axes,
                                  spread_scalar,
                                  skip_norm_bias,
                                  norm_of_second_dimension,
                                  reductions,
                                  integer_operators,
                                  fused_operators,
                                  if_goes_on,
                                  loop_goes_on,
                                  if_of_nothing,
                                  unknown_without_input,
                                  dynamic_quantization,
                                  other_outputs};
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(test, tests[i]);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
