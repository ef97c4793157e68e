/* from_onnx_match.c - functions that a file writes as several nodes */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/from_onnx.h"
#include <string.h>

/*
 * Each pattern ends in one node; it becomes the function of its first value,
 * and the nodes before it, read by nobody else, are fused into it.
 */
struct match {
    struct from_onnx *m;
    int node[12]; /* those that go */
    int n;
};

static Onnx__NodeProto *node_at(const struct from_onnx *m, int i)
{
    return m->graph->node[i];
}

/* The node of a type that makes the value and is read once, or -1. */
static int maker(struct match *x, const char *name, const char *type, int uses)
{
    const struct value *v = value_find(x->m, name);
    if (!v || v->node < 0 || v->uses != uses || x->m->fused[v->node])
        return -1;
    const Onnx__NodeProto *n = node_at(x->m, v->node);
    if (!n->op_type || strcmp(n->op_type, type) || n->n_output != 1)
        return -1;
    return v->node;
}

/* Whether the value is a constant of one number, this one. */
static bool is_number(const struct match *x, const char *name, double number)
{
    const struct value *v = value_find(x->m, name);
    return v && v->number && value_count(v) == 1 && v->number[0] == number;
}

/* The input that is not the number, if the other is; NULL otherwise. */
static char *beside(const struct match *x, const Onnx__NodeProto *n,
                    double number)
{
    if (n->n_input != 2)
        return NULL;
    if (is_number(x, n->input[1], number))
        return n->input[0];
    return is_number(x, n->input[0], number) ? n->input[1] : NULL;
}

static void drop(struct match *x, int node)
{
    x->node[x->n++] = node;
}

/* x times a gate of x, either way round: gate() returns the gate's x. */
static char *gated(struct match *x, const Onnx__NodeProto *mul,
                   char *(*gate)(struct match *x, const char *name))
{
    for (int i = 0; i < 2 && mul->n_input == 2; i++) {
        x->n = 0;
        char *in = gate(x, mul->input[i]);
        if (in && !strcmp(in, mul->input[1 - i]))
            return in;
    }
    return NULL;
}

/* Clip(x + 3, 0, 6) */
static char *relu6_gate(struct match *x, const char *name)
{
    int clip = maker(x, name, "Clip", 1);
    const Onnx__NodeProto *c = clip < 0 ? NULL : node_at(x->m, clip);
    int add = c && c->n_input ? maker(x, c->input[0], "Add", 1) : -1;
    if (add < 0)
        return NULL;
    drop(x, clip);
    drop(x, add);
    return beside(x, node_at(x->m, add), 3);
}

/* Sigmoid(x), Sigmoid(1 x), HardSigmoid(x) */
static char *sigmoid_gate(struct match *x, const char *name)
{
    int s = maker(x, name, "Sigmoid", 1);
    if (s < 0)
        s = maker(x, name, "HardSigmoid", 1);
    if (s < 0 || node_at(x->m, s)->n_input != 1)
        return NULL;
    char *in = node_at(x->m, s)->input[0];
    drop(x, s);
    int mul = maker(x, in, "Mul", 1);
    char *plain = mul < 0 ? NULL : beside(x, node_at(x->m, mul), 1);
    if (plain)
        drop(x, mul);
    return plain ? plain : in;
}

/* x Clip(x + 3, 0, 6) / 6 */
static char *hard_swish(struct match *x, const Onnx__NodeProto *n)
{
    if (strcmp(n->op_type, "Div") || n->n_input != 2 ||
        !is_number(x, n->input[1], 6))
        return NULL;
    int mul = maker(x, n->input[0], "Mul", 1);
    char *in = mul < 0 ? NULL : gated(x, node_at(x->m, mul), relu6_gate);
    if (in)
        drop(x, mul);
    return in;
}

static char *swish(struct match *x, const Onnx__NodeProto *n)
{
    return strcmp(n->op_type, "Mul") ? NULL : gated(x, n, sigmoid_gate);
}

/* Div(d, Sqrt(Mean(Pow(d, 2)) + e)), d = x - Mean(x), with gamma and beta as
 * layers of their own, which follow. */
static char *layer_norm(struct match *x, const Onnx__NodeProto *n)
{
    if (strcmp(n->op_type, "Div") || n->n_input != 2)
        return NULL;
    int at = maker(x, n->input[0], "Sub", 2), sub = at;
    const char *path[] = {"Sqrt", "Add", "ReduceMean", "Pow"};
    const char *name = n->input[1];
    x->n = 0;
    for (int i = 0; i < 4 && at >= 0; i++) {
        at = maker(x, name, path[i], 1);
        if (at < 0 || node_at(x->m, at)->n_input == 0)
            return NULL;
        drop(x, at);
        name = node_at(x->m, at)->input[0];
    }
    if (sub < 0 || strcmp(name, n->input[0]) ||
        node_at(x->m, sub)->n_input != 2)
        return NULL;
    int mean = maker(x, node_at(x->m, sub)->input[1], "ReduceMean", 1);
    if (mean < 0 || node_at(x->m, mean)->n_input == 0 ||
        strcmp(node_at(x->m, mean)->input[0], node_at(x->m, sub)->input[0]))
        return NULL;
    drop(x, sub);
    drop(x, mean);
    return node_at(x->m, sub)->input[0];
}

/* x (1 + erf(x / sqrt 2)) / 2, in the order of the exporters. */
static char *gelu(struct match *x, const Onnx__NodeProto *n)
{
    if (strcmp(n->op_type, "Mul"))
        return NULL;
    x->n = 0;
    char *name = beside(x, n, 0.5);
    int mul = name ? maker(x, name, "Mul", 1) : -1;
    for (int i = 0; i < 2 && mul >= 0 && node_at(x->m, mul)->n_input == 2;
         i++) {
        x->n = 0;
        char **in = node_at(x->m, mul)->input;
        int add = maker(x, in[i], "Add", 1);
        name = add < 0 ? NULL : beside(x, node_at(x->m, add), 1);
        int erf = name ? maker(x, name, "Erf", 1) : -1;
        int div =
            erf < 0 ? -1 : maker(x, node_at(x->m, erf)->input[0], "Div", 1);
        if (div < 0 || strcmp(node_at(x->m, div)->input[0], in[1 - i]))
            continue;
        char *result = in[1 - i];
        drop(x, mul);
        drop(x, add);
        drop(x, erf);
        drop(x, div);
        return result;
    }
    return NULL;
}

static const struct pattern {
    char *(*find)(struct match *x, const Onnx__NodeProto *n);
    const char *type;
} patterns[] = {
    {hard_swish, "HardSwish"},
    {layer_norm, "LayerNormalization"},
    {gelu, "Gelu"},
    {swish, "Swish"},
};

/* An input that is left out has no value. */
static void count_use(struct from_onnx *m, const char *name, int by)
{
    struct value *v = value_find(m, name);
    if (v)
        v->uses += by;
}

/* Readers of the fused nodes are gone. */
static void fuse(struct match *x, Onnx__NodeProto *end, char *in,
                 const char *type)
{
    struct from_onnx *m = x->m;
    for (int i = 0; i < x->n; i++)
        m->fused[x->node[i]] = true;
    for (int i = 0; i < x->n; i++) {
        const Onnx__NodeProto *n = node_at(m, x->node[i]);
        for (size_t k = 0; k < n->n_input; k++)
            count_use(m, n->input[k], -1);
    }
    for (size_t k = 0; k < end->n_input; k++)
        count_use(m, end->input[k], -1);
    count_use(m, in, 1);
    end->input[0] = in;
    end->n_input = 1;
    end->n_attribute = 0;
    end->op_type = arena_strdup(m->env->arena, type);
}

void match_patterns(struct from_onnx *m)
{
    size_t count = sizeof patterns / sizeof *patterns;
    for (size_t i = 0; i < m->graph->n_node; i++) {
        Onnx__NodeProto *n = node_at(m, (int)i);
        for (size_t p = 0; p < count && n->op_type; p++) {
            struct match x = {.m = m};
            char *in = patterns[p].find(&x, n);
            if (in && *in) {
                fuse(&x, n, in, patterns[p].type);
                break;
            }
        }
    }
}
