/* onnx_make.h - ONNX files that a unit test builds, and their networks */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ONNX_MAKE_H
#define ONNX_MAKE_H

#include "files.h"
#include "net/net.h"
#include "net/trained.h"
#include "net_round.h"
#include "onnx/tensor.h"

#include <fenv.h>

static struct arena arena;
static struct msgs msgs;
static struct net net;
static const char *const *overrides; /* "path=value", NULL at the end */

/* ---- a model, built ---- */

enum { MOST = 64 };
static Onnx__ModelProto model;
static Onnx__GraphProto graph;
static Onnx__NodeProto *nodes[MOST];
static Onnx__TensorProto *tensors[MOST];
static Onnx__ValueInfoProto *inputs[4], *outputs[1];

__attribute__((unused)) static void *make(size_t n)
{
    return arena_alloc(&arena, n);
}

__attribute__((unused)) static void setup(void)
{
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    overrides = NULL;
    arena_init(&arena, NULL);
    msgs = (struct msgs){.n = 0};
    files_setup();
    onnx__model_proto__init(&model);
    onnx__graph_proto__init(&graph);
    model.graph = &graph;
    graph.node = nodes;
    graph.initializer = tensors;
    graph.input = inputs;
    graph.output = outputs;
}

__attribute__((unused)) static void teardown(void)
{
    files_teardown();
    arena_release(&arena);
}

/* Dimensions end with -1; 0 is an open one. */
__attribute__((unused)) static void add_input(const char *name, const int *dim)
{
    Onnx__ValueInfoProto *v = make(sizeof *v);
    onnx__value_info_proto__init(v);
    v->name = arena_strdup(&arena, name);
    v->type = make(sizeof *v->type);
    onnx__type_proto__init(v->type);
    v->type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
    Onnx__TypeProto__Tensor *t = make(sizeof *t);
    onnx__type_proto__tensor__init(t);
    v->type->tensor_type = t;
    t->shape = make(sizeof *t->shape);
    onnx__tensor_shape_proto__init(t->shape);
    t->shape->dim = make(RANK_MAX * sizeof *t->shape->dim);
    for (; *dim >= 0; dim++) {
        Onnx__TensorShapeProto__Dimension *d = make(sizeof *d);
        onnx__tensor_shape_proto__dimension__init(d);
        if (*dim) {
            d->value_case =
                ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
            d->dim_value = *dim;
        }
        t->shape->dim[t->shape->n_dim++] = d;
    }
    inputs[graph.n_input++] = v;
}
#define INPUT(...) add_input("x", (const int[]){__VA_ARGS__, -1})

__attribute__((unused)) static Onnx__TensorProto *
add_tensor(const char *name, int type, const int *dim)
{
    Onnx__TensorProto *t = make(sizeof *t);
    onnx__tensor_proto__init(t);
    t->name = arena_strdup(&arena, name);
    t->has_data_type = true;
    t->data_type = type;
    t->dims = make(16 * sizeof *t->dims);
    for (; *dim >= 0; dim++)
        t->dims[t->n_dims++] = *dim;
    tensors[graph.n_initializer++] = t;
    return t;
}

/* Floats 0.5, 1.5, 2.5 ... as raw data */
__attribute__((unused)) static void add_floats(const char *name, const int *dim)
{
    Onnx__TensorProto *t =
        add_tensor(name, ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, dim);
    size_t n = 1;
    for (size_t i = 0; i < t->n_dims; i++)
        n *= (size_t)t->dims[i];
    float *x = make(n * sizeof *x + 1);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)i + 0.5F;
    t->has_raw_data = true;
    t->raw_data = (ProtobufCBinaryData){n * sizeof *x, (uint8_t *)x};
}
#define WEIGHTS(name, ...) add_floats(name, (const int[]){__VA_ARGS__, -1})

__attribute__((unused)) static void add_ints(const char *name, int n,
                                             const int64_t *x)
{
    Onnx__TensorProto *t = add_tensor(
        name, ONNX__TENSOR_PROTO__DATA_TYPE__INT64, (const int[]){n, -1});
    t->n_int64_data = (size_t)n;
    t->int64_data = make(((size_t)n + 1) * sizeof *x);
    memcpy(t->int64_data, x, (size_t)n * sizeof *x);
}
#define INTS(name, n, ...) add_ints(name, n, (const int64_t[]){__VA_ARGS__})

__attribute__((unused)) static void add_number(const char *name, float x)
{
    Onnx__TensorProto *t = add_tensor(
        name, ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, (const int[]){-1});
    t->n_float_data = 1;
    t->float_data = make(sizeof x);
    *t->float_data = x;
}

/* A node called as its output; inputs are separated by blanks, - is left out */
__attribute__((unused)) static Onnx__NodeProto *
add(const char *type, const char *in, const char *out)
{
    Onnx__NodeProto *n = make(sizeof *n);
    char *save, *text = arena_strdup(&arena, in);
    onnx__node_proto__init(n);
    n->op_type = arena_strdup(&arena, type);
    n->name = arena_strdup(&arena, out);
    n->input = make(16 * sizeof *n->input);
    n->output = make(4 * sizeof *n->output);
    n->attribute = make(8 * sizeof *n->attribute);
    for (char *w = strtok_r(text, " ", &save); w;
         w = strtok_r(NULL, " ", &save))
        n->input[n->n_input++] = strcmp(w, "-") ? w : arena_strdup(&arena, "");
    text = arena_strdup(&arena, out);
    for (char *w = strtok_r(text, " ", &save); w;
         w = strtok_r(NULL, " ", &save))
        n->output[n->n_output++] = w;
    nodes[graph.n_node++] = n;
    return n;
}

__attribute__((unused)) static Onnx__AttributeProto *
attribute(Onnx__NodeProto *n, const char *name)
{
    Onnx__AttributeProto *a = make(sizeof *a);
    onnx__attribute_proto__init(a);
    a->name = arena_strdup(&arena, name);
    n->attribute[n->n_attribute++] = a;
    return a;
}

__attribute__((unused)) static Onnx__NodeProto *
with_int(Onnx__NodeProto *n, const char *name, int x)
{
    Onnx__AttributeProto *a = attribute(n, name);
    a->has_i = true;
    a->i = x;
    return n;
}

__attribute__((unused)) static Onnx__NodeProto *
with_ints(Onnx__NodeProto *n, const char *name, const int *x)
{
    Onnx__AttributeProto *a = attribute(n, name);
    a->ints = make(8 * sizeof *a->ints);
    for (; *x != -9; x++)
        a->ints[a->n_ints++] = *x;
    return n;
}
#define LIST(n, name, ...) with_ints(n, name, (const int[]){__VA_ARGS__, -9})

__attribute__((unused)) static Onnx__NodeProto *
with_text(Onnx__NodeProto *n, const char *name, const char *x)
{
    Onnx__AttributeProto *a = attribute(n, name);
    a->has_s = true;
    a->s = (ProtobufCBinaryData){strlen(x), (uint8_t *)arena_strdup(&arena, x)};
    return n;
}

__attribute__((unused)) static const uint8_t *packed(size_t *size)
{
    *size = onnx__model_proto__get_packed_size(&model);
    uint8_t *bytes = make(*size + 1);
    onnx__model_proto__pack(&model, bytes);
    return bytes;
}

__attribute__((unused)) static int load_bytes(const uint8_t *bytes, size_t n,
                                              const char *shape)
{
    struct conf_env env = {.arena = &arena, .msgs = &msgs, .sets = overrides};
    const char *path = file_bytes("m.onnx", (const char *)bytes, n);
    int bad = net_load(&env, path, shape, &net);
    unlink(path);
    files_count--;
    return bad;
}

__attribute__((unused)) static int load(const char *shape)
{
    size_t n;
    const uint8_t *bytes = packed(&n);
    return load_bytes(bytes, n, shape);
}

/* Whatever loads can be written as a workload file. */
__attribute__((unused)) static void good(void)
{
    int bad = load(NULL);
    ck_need(!bad, "%s", msgs.n ? msgs.list[0].text : "?");
    round_trip(&net, &arena);
}

__attribute__((unused)) static void refused(const char *why)
{
    ck_assert_int_eq(load(NULL), -1);
    ck_need(msgs.n >= 1 && strstr(msgs.list[0].text, why), "'%s' not in '%s'",
            why, msgs.n ? msgs.list[0].text : "(no message)");
}

__attribute__((unused)) static const struct layer *layer(const char *name)
{
    for (int i = 0; i < net.n; i++)
        if (!strcmp(net.layer[i].name, name))
            return &net.layer[i];
    ck_abort_msg("no layer '%s'", name);
    return NULL;
}

__attribute__((unused)) static void
is_matrix(const char *name, int groups, int rows, int columns, int vectors)
{
    const struct layer *l = layer(name);
    ck_need(l->groups == groups && l->rows == rows && l->columns == columns &&
                l->vectors == vectors,
            "%s: %d x (%d x %d), %lld vectors", name, l->groups, l->rows,
            l->columns, (long long)l->vectors);
    ck_assert_int_eq(l->macs, (int64_t)groups * rows * columns * vectors);
}

__attribute__((unused)) static void is_out(const char *name, int c, int h,
                                           int w)
{
    const struct shape *s = &layer(name)->out;
    ck_need(s->c == c && s->h == h && s->w == w, "%s: %d x %d x %d", name, s->c,
            s->h, s->w);
}

/* A convolution c of the input x, 4 channels of 8 x 8. */
#define AFTER_CONV()                                                           \
    INPUT(1, 4, 8, 8);                                                         \
    WEIGHTS("w", 4, 4, 1, 1);                                                  \
    add("Conv", "x w", "c")

__attribute__((unused)) static void is_weight(const char *name, int group,
                                              int row, int column,
                                              double wanted)
{
    const struct layer *l = layer(name);
    ck_need(l->trained, "%s has no weights", name);
    const float *all = trained_weights(l, &arena);
    double w = (double)all[(group * l->rows + row) * l->columns + column];
    ck_need(fabs(w - wanted) < 1e-5 * fabs(wanted),
            "%s: %d (%d, %d) is %g, not %g", name, group, row, column, w,
            wanted);
}

__attribute__((unused)) static double work(const char *name, enum work w)
{
    return layer(name)->work[w];
}

#endif
