/* t_onnx_raw.c - weights of an ONNX file: where they are, how they are read */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx_make.h"
#include "random.h"

/* ---- raw data are not copied ---- */

/* A tensor without a name in an attribute of the node. */
static Onnx__TensorProto *inner(Onnx__NodeProto *n, const char *name)
{
    WEIGHTS("", 7);
    attribute(n, name)->t = tensors[--graph.n_initializer];
    return tensors[graph.n_initializer];
}

static void *take(void *data, size_t n)
{
    (void)data;
    return make(n);
}

static void keep(void *data, void *p)
{
    (void)data;
    (void)p;
}

/* Copied but for its raw data, unpacked and with them again it is the same. */
START_TEST(raw_data_come_back)
{
    AFTER_CONV();
    WEIGHTS("empty", 0);
    INTS("ints", 3, 1, -2, 3);
    Onnx__NodeProto *n = add("Constant", "", "k");
    inner(n, "value");
    Onnx__AttributeProto *list = attribute(n, "tensors");
    list->n_tensors = 2;
    list->tensors = make(2 * sizeof *list->tensors);
    list->tensors[0] = inner(n, "other");
    list->tensors[1] = inner(n, "another");
    Onnx__AttributeProto *branch = attribute(n, "then_branch");
    branch->g = make(sizeof *branch->g);
    onnx__graph_proto__init(branch->g);
    branch->g->n_initializer = 1;
    branch->g->initializer = tensors;

    ProtobufCAllocator in_arena = {take, keep, NULL};
    size_t size;
    struct onnx_need need;
    const uint8_t *bytes = packed(&size);
    const ProtobufCMessageDescriptor *kind = &onnx__model_proto__descriptor;
    ck_assert(onnx_well_formed(kind, bytes, size, &need));
    uint8_t *copy = make(need.bare), *again = make(size);
    size_t bare = onnx_bare(kind, bytes, size, copy);
    ck_need(bare <= need.bare, "%zu of %zu", bare, need.bare);
    Onnx__ModelProto *m = onnx__model_proto__unpack(&in_arena, bare, copy);
    ck_assert_ptr_nonnull(m);
    onnx_place_raw(&m->base);
    const ProtobufCBinaryData *w = &m->graph->initializer[0]->raw_data;
    ck_assert(w->data > bytes && w->data + w->len < bytes + size);
    ck_assert_uint_eq(onnx__model_proto__get_packed_size(m), size);
    onnx__model_proto__pack(m, again);
    ck_assert(!memcmp(again, bytes, size));
}
END_TEST

/* A weight of 4 MB: neither the copy nor what is unpacked grows with it. */
START_TEST(memory_is_the_file_and_little_more)
{
    INPUT(1, 1024);
    WEIGHTS("w", 1024, 1024);
    add("Gemm", "x w", "y");
    size_t size;
    struct onnx_need need;
    const uint8_t *bytes = packed(&size);
    ck_assert(
        onnx_well_formed(&onnx__model_proto__descriptor, bytes, size, &need));
    ck_assert_uint_lt(need.unpacked + need.bare, 8192);
    good();
}
END_TEST

/* ---- matrices ---- */

/* Any order of rows and columns, sizes around a strip, with a scale. */
static void check_matrix(int type, int width)
{
    int rows = 1 + (int)(next_random() % 40),
        columns = 1 + (int)(next_random() % 40), all = 2 * rows * columns;
    Onnx__TensorProto *p = add_tensor("w", type, (const int[]){all, -1});
    p->has_raw_data = true;
    p->raw_data.len = (size_t)(all * width);
    p->raw_data.data = make(p->raw_data.len);
    for (int i = 0; i < all; i++)
        p->raw_data.data[i * width + width / 2] =
            (uint8_t)(next_random() & 63); /* no NaN of any type */
    bool along = next_random() & 1, plain = next_random() & 1;
    struct conf_env env = {.arena = &arena, .msgs = &msgs};
    struct tensor t;
    ck_assert_int_eq(tensor_open(&env, "m.onnx", p, &t), 0);
    double *scale = make((size_t)(2 * columns) * sizeof *scale);
    for (int i = 0; i < 2 * columns; i++)
        scale[i] = uniform(-2, 2);
    struct trained w = {.tensor = &t,
                        .group_step = rows * columns,
                        .row_step = along ? columns : 1,
                        .column_step = along ? 1 : rows,
                        .scale = plain ? NULL : scale};
    struct layer l = {
        .groups = 2, .rows = rows, .columns = columns, .trained = &w};
    const float *got = trained_weights(&l, &arena);
    for (int g = 0; g < 2; g++)
        for (int k = 0; k < rows; k++)
            for (int j = 0; j < columns; j++) {
                int at = g * rows * columns +
                         (along ? k * columns + j : j * rows + k);
                double x = tensor_at(&t, at);
                float want = (float)(plain ? x : x * scale[g * columns + j]);
                ck_need(!memcmp(&want, got, sizeof want),
                        "%d x %d: group %d, row %d, column %d is %g, not %g",
                        rows, columns, g, k, j, (double)*got, (double)want);
                got++;
            }
    graph.n_initializer = 0;
}

START_TEST(matrices_are_those_of_single_numbers)
{
    seed = 5;
    for (int i = 0; i < 200; i++) {
        check_matrix(ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, 4);
        check_matrix(ONNX__TENSOR_PROTO__DATA_TYPE__INT8, 1);
        check_matrix(ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16, 2);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("onnx_raw");
    TCase *test = tcase_create("onnx_raw");
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_set_timeout(test, 60);
    tcase_add_test(test, raw_data_come_back);
    tcase_add_test(test, memory_is_the_file_and_little_more);
    tcase_add_test(test, matrices_are_those_of_single_numbers);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
