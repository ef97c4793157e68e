/* t_onnx_file.c - ONNX files: numbers however stored, and hostile ones */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx_make.h"

/* ---- numbers in every way that they are stored ---- */

static double first_number(Onnx__TensorProto *t)
{
    struct conf_env env = {.arena = &arena, .msgs = &msgs};
    struct tensor out;
    ck_need(!tensor_open(&env, "m.onnx", t, &out), "%s", msgs.list[0].text);
    ck_assert_int_eq(out.n, 1);
    return tensor_at(&out, 0);
}

START_TEST(stored_numbers)
{
    static const struct {
        int type;
        const char *raw;
        size_t n;
        double x;
    } cases[] = {
        {ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, "\0\0\x20\xc1", 4, -10},
        {ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16, "\x00\x3e", 2, 1.5},
        {ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16, "\x01\x80", 2, -0x1p-24},
        {ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16, "\xff\x7b", 2, 65504},
        {ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16, "\x20\xc1", 2, -10},
        {ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE, "\0\0\0\0\0\0\x24\xc0", 8, -10},
        {ONNX__TENSOR_PROTO__DATA_TYPE__INT8, "\xf6", 1, -10},
        {ONNX__TENSOR_PROTO__DATA_TYPE__UINT8, "\xf6", 1, 246},
        {ONNX__TENSOR_PROTO__DATA_TYPE__INT32, "\xf6\xff\xff\xff", 4, -10},
        {ONNX__TENSOR_PROTO__DATA_TYPE__INT64,
         "\xf6\xff\xff\xff\xff\xff\xff\xff", 8, -10},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Onnx__TensorProto *t =
            add_tensor("t", cases[i].type, (const int[]){-1});
        t->has_raw_data = true;
        t->raw_data = (ProtobufCBinaryData){
            cases[i].n, (uint8_t *)arena_strndup(&arena, "12345678", 8)};
        memcpy(t->raw_data.data, cases[i].raw, cases[i].n);
        ck_near(first_number(t), cases[i].x, 0);
    }
    Onnx__TensorProto *t = add_tensor(
        "t", ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16, (const int[]){-1});
    t->n_int32_data = 1;
    t->int32_data = (int32_t[]){0x3e00};
    ck_near(first_number(t), 1.5, 0);
    t->data_type = ONNX__TENSOR_PROTO__DATA_TYPE__INT8;
    t->int32_data[0] = -10;
    ck_near(first_number(t), -10, 0);
}
END_TEST

/* ---- hostile files ---- */

START_TEST(refuses_wrong_tensors)
{
    AFTER_CONV();
    Onnx__TensorProto *w = tensors[0];
    w->raw_data.len = 63;
    refused("tensor 'w' has 63 bytes but its shape wants 64");
    w->raw_data.len = 64;
    msgs.n = 0;
    w->dims[0] = (int64_t)1 << 62;
    refused("impossible dimension");
    msgs.n = 0;
    w->dims[0] = -4;
    refused("impossible dimension");
    msgs.n = 0;
    w->dims[0] = (int64_t)1 << 29; /* 2 GB in a small file */
    refused("its shape wants 8589934592");
    msgs.n = 0;
    w->dims[0] = 4;
    w->data_type = 8;
    refused("which is no number");
}
END_TEST

START_TEST(refuses_wrong_graphs)
{
    AFTER_CONV();
    add("Add", "c b", "a");
    add("Relu", "a", "b");
    refused("cycle");
    msgs.n = 0;
    graph.n_node = 1;
    add("Add", "c nobody", "a");
    refused("nothing makes its input 'nobody'");
    msgs.n = 0;
    graph.n_node = 1;
    add("Relu", "c", "c");
    refused("two nodes make");
    msgs.n = 0;
    graph.n_node = 1;
    add("Relu", "c", "w"); /* an initializer */
    refused("a node makes what is given: 'w'");
    msgs.n = 0;
    graph.n_node = 1;
    add("Relu", "c", "x"); /* the input */
    refused("a node makes what is given: 'x'");
    msgs.n = 0;
    graph.n_node = 1;
    WEIGHTS("w", 4);
    refused("two initializers are called 'w'");
    graph.n_initializer--;
    msgs.n = 0;
    with_int(add("Constant", "", "w"), "value_int", 1);
    refused("two constants are called 'w'");
    msgs.n = 0;
    graph.n_node = 1;
    add("Softmax", "w", "r");
    refused("its input 'w' is a constant");
    msgs.n = 0;
    graph.n_node = 0;
    refused("no layer with a weight matrix");
}
END_TEST

START_TEST(one_line_a_message)
{
    AFTER_CONV();
    add("Odd\nType\t", "c", "a\nb");
    add("Odd", "c", "\xc3\xa4\xe4\x82"); /* UTF-8, then some that is not */
    add("Odd", "c", "\xe2\x82\xac\xed\xa0\x80\xf4\x8f\xbf\xbf\xc0\x80");
    good();
    ck_assert_ptr_nonnull(strstr(msgs.list[1].text, "'\xc3\xa4?"
                                                    "?' (Odd)"));
    ck_assert_ptr_nonnull(strstr(msgs.list[2].text,
                                 "'\xe2\x82\xac???\xf4\x8f\xbf\xbf?"
                                 "?' (Odd)"));
    ck_assert_ptr_nonnull(strstr(msgs.list[0].text, "'a?b' (Odd?Type?)"));
}
END_TEST

/* ---- what a workload file would say ---- */

START_TEST(takes_overrides)
{
    AFTER_CONV();
    good();
    ck_assert_str_eq(net.name, "m");
    ck_near(net.input_density, 1, 0);
    ck_assert_int_eq(net.weights.clip, 0);
    overrides = (const char *const[]){"name=known", "input_density=0.5",
                                      "weight_clip=mse", NULL};
    good();
    ck_assert_str_eq(net.name, "known");
    ck_near(net.input_density, 0.5, 0);
    ck_assert_int_eq(net.weights.clip, 3);
    overrides = (const char *const[]){"layers=4", NULL};
    refused("unknown key 'layers'");
}
END_TEST

START_TEST(refuses_nesting)
{
    Onnx__NodeProto *n = add("If", "x", "y");
    for (int i = 0; i < 100; i++) {
        Onnx__AttributeProto *a = attribute(n, "then_branch");
        a->g = make(sizeof *a->g);
        onnx__graph_proto__init(a->g);
        Onnx__NodeProto *inner = add("If", "x", "y");
        graph.n_node = 1;
        a->g->n_node = 1;
        a->g->node = make(sizeof *a->g->node);
        a->g->node[0] = inner;
        n = inner;
    }
    INPUT(1, 4);
    refused("no ONNX model");
}
END_TEST

START_TEST(keeps_to_its_folder)
{
    static const char *const where[] = {"/etc/passwd", "../x", "a/../../x", "",
                                        ".."};
    AFTER_CONV();
    Onnx__StringStringEntryProto e = ONNX__STRING_STRING_ENTRY_PROTO__INIT;
    Onnx__StringStringEntryProto *entries[] = {&e};
    Onnx__TensorProto *w = tensors[0];
    float *numbers = (float *)(void *)w->raw_data.data;
    w->has_raw_data = false;
    w->has_data_location = true;
    w->data_location = ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
    w->n_external_data = 1;
    w->external_data = entries;
    e.key = arena_strdup(&arena, "location");
    for (int i = 0; i < 5; i++) {
        e.value = arena_strdup(&arena, where[i]);
        msgs.n = 0;
        refused("must lie in the model's folder");
    }
    e.value = arena_strdup(&arena, "w.bin");
    msgs.n = 0;
    refused("cannot read");
    file_bytes("w.bin", (char *)numbers, 64);
    good();
    float x[16];
    trained_matrix(layer("c"), 0, x);
    ck_near((double)x[1], 4.5, 0);
    w->dims[0] = 5;
    msgs.n = 0;
    refused("the file has 64 bytes; 80 from 0 on are wanted");
}
END_TEST

/* Any prefix, and any flipped bit, ends with a message or a network. */
START_TEST(damaged_files)
{
    AFTER_CONV();
    add("Relu", "c", "r");
    INTS("to", 2, 1, -1);
    add("Reshape", "r to", "f");
    WEIGHTS("v", 256, 2);
    add("MatMul", "f v", "y");
    size_t n;
    const uint8_t *bytes = packed(&n);
    uint8_t *bad = make(n);
    ck_assert_int_eq(load_bytes(bytes, 0, NULL), -1);
    ck_assert_ptr_nonnull(strstr(msgs.list[0].text, "the file is empty"));
    for (size_t i = 1; i < n; i += 1 + (i > 300) * 37) {
        msgs = (struct msgs){.n = 0};
        ck_need(load_bytes(bytes, i, NULL) == -1 && msgs.errors,
                "%zu of %zu bytes", i, n);
    }
    for (size_t i = 0; i < 8 * n; i += 1 + (i > 4000) * 61) {
        msgs = (struct msgs){.n = 0};
        memcpy(bad, bytes, n);
        bad[i / 8] ^= (uint8_t)(1 << i % 8);
        ck_need(load_bytes(bad, n, NULL) == 0 || msgs.errors, "bit %zu", i);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("onnx_file");
    TCase *test = tcase_create("onnx_file");
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_set_timeout(test, 60);
    tcase_add_test(test, stored_numbers);
    tcase_add_test(test, refuses_wrong_tensors);
    tcase_add_test(test, refuses_wrong_graphs);
    tcase_add_test(test, one_line_a_message);
    tcase_add_test(test, takes_overrides);
    tcase_add_test(test, refuses_nesting);
    tcase_add_test(test, keeps_to_its_folder);
    tcase_add_test(test, damaged_files);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
