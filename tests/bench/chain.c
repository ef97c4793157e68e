/* chain.c - a large ONNX file: chain FILE LAYERS SIZE */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx/onnx.pb-c.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* LAYERS products of a vector with a SIZE x SIZE matrix, one after another. */

enum { TEXT = 32 };

/* What cannot be taken ends the program: it is none that others rely on. */
static void *take(size_t n, size_t size)
{
    void *p = calloc(n, size);
    if (!p)
        exit(1);
    return p;
}

static char *name_of(char letter, int i)
{
    char *name = take(TEXT, 1);
    snprintf(name, TEXT, "%c%d", letter, i);
    return name;
}

/* Sums of uniform numbers: bell-shaped weights. */
static Onnx__TensorProto *matrix(int i, size_t size)
{
    Onnx__TensorProto *t = take(1, sizeof *t);
    float *w = take(size * size, sizeof *w);
    onnx__tensor_proto__init(t);
    for (size_t k = 0; k < size * size; k++)
        for (int n = 0; n < 4; n++)
            w[k] += (float)rand() / (float)RAND_MAX - 0.5f;
    t->name = name_of('w', i);
    t->has_data_type = true;
    t->data_type = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
    t->n_dims = 2;
    t->dims = take(2, sizeof *t->dims);
    t->dims[0] = t->dims[1] = (int64_t)size;
    t->has_raw_data = true;
    t->raw_data.len = size * size * sizeof *w;
    t->raw_data.data = (uint8_t *)w;
    return t;
}

static Onnx__NodeProto *product(int i)
{
    Onnx__NodeProto *n = take(1, sizeof *n);
    onnx__node_proto__init(n);
    n->name = name_of('g', i);
    n->op_type = name_of('G', i);
    snprintf(n->op_type, TEXT, "Gemm");
    n->n_input = 2;
    n->input = take(2, sizeof *n->input);
    n->input[0] = name_of('x', i);
    n->input[1] = name_of('w', i);
    n->n_output = 1;
    n->output = take(1, sizeof *n->output);
    n->output[0] = name_of('x', i + 1);
    return n;
}

static Onnx__ValueInfoProto *input(int64_t size)
{
    static Onnx__TensorShapeProto__Dimension dim[2], *dims[] = {dim, dim + 1};
    static Onnx__TensorShapeProto shape;
    static Onnx__TypeProto__Tensor tensor;
    static Onnx__TypeProto type;
    static Onnx__ValueInfoProto v;
    for (int i = 0; i < 2; i++) {
        onnx__tensor_shape_proto__dimension__init(&dim[i]);
        dim[i].value_case =
            ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
        dim[i].dim_value = i ? size : 1;
    }
    onnx__tensor_shape_proto__init(&shape);
    shape.n_dim = 2;
    shape.dim = dims;
    onnx__type_proto__tensor__init(&tensor);
    tensor.shape = &shape;
    onnx__type_proto__init(&type);
    type.value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
    type.tensor_type = &tensor;
    onnx__value_info_proto__init(&v);
    v.name = name_of('x', 0);
    v.type = &type;
    return &v;
}

static int put(const Onnx__ModelProto *model, const char *path)
{
    size_t n = onnx__model_proto__get_packed_size(model);
    uint8_t *bytes = take(n, 1);
    FILE *out = fopen(path, "wb");
    onnx__model_proto__pack(model, bytes);
    if (!out || fwrite(bytes, 1, n, out) != n || fclose(out))
        return 1;
    return 0;
}

int main(int argc, char **argv)
{
    int layers = argc == 4 ? atoi(argv[2]) : 0;
    int size = argc == 4 ? atoi(argv[3]) : 0;
    if (layers < 1 || size < 1) {
        fputs("usage: chain FILE LAYERS SIZE\n", stderr);
        return 2;
    }
    Onnx__ModelProto model;
    Onnx__GraphProto graph;
    Onnx__ValueInfoProto *in = input(size), out = *in, *outs = &out;
    onnx__model_proto__init(&model);
    onnx__graph_proto__init(&graph);
    model.graph = &graph;
    out.name = name_of('x', layers);
    graph.n_input = graph.n_output = 1;
    graph.input = &in;
    graph.output = &outs;
    graph.n_node = graph.n_initializer = (size_t)layers;
    graph.node = take((size_t)layers, sizeof *graph.node);
    graph.initializer = take((size_t)layers, sizeof *graph.initializer);
    for (int i = 0; i < layers; i++) {
        graph.node[i] = product(i);
        graph.initializer[i] = matrix(i, (size_t)size);
    }
    return put(&model, argv[1]);
}
