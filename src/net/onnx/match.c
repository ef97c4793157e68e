/* match.c - functions that a file writes as several nodes */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/onnx/convert.h"
#include <string.h>

/*
 * Each pattern ends in one node; it becomes the function of its first value,
 * and the nodes before it, read by nobody else, are fused into it.
 */
enum { FUSED_MAX = 16 };
struct match {
    struct from_onnx *m;
    int node[FUSED_MAX]; /* those that go */
    int n;
    int axes; /* of them, whose attributes and second input stay; -1: none */
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

static bool drop(struct match *x, int node)
{
    if (node < 0 || x->n == FUSED_MAX)
        return false;
    x->node[x->n++] = node;
    return true;
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

/* A limit of a Clip: an input, before version 11 an attribute. */
static bool is_limit(const struct match *x, const Onnx__NodeProto *clip, int at,
                     const char *name, double number)
{
    if ((size_t)at < clip->n_input)
        return is_number(x, clip->input[at], number);
    for (size_t i = 0; i < clip->n_attribute; i++)
        if (clip->attribute[i]->name && clip->attribute[i]->has_f &&
            !strcmp(clip->attribute[i]->name, name))
            return (double)clip->attribute[i]->f == number;
    return false;
}

/* Clip(x + 3, 0, 6) */
static char *relu6_gate(struct match *x, const char *name)
{
    int clip = maker(x, name, "Clip", 1);
    const Onnx__NodeProto *c = clip < 0 ? NULL : node_at(x->m, clip);
    int add = c && c->n_input ? maker(x, c->input[0], "Add", 1) : -1;
    if (add < 0 || !is_limit(x, c, 1, "min", 0) ||
        !is_limit(x, c, 2, "max", 6) || !drop(x, clip) || !drop(x, add))
        return NULL;
    return beside(x, node_at(x->m, add), 3);
}

/* Clip(x + 3, 0, 6) / 6; times x it is taken as swish. */
static char *hard_sigmoid(struct match *x, const Onnx__NodeProto *n)
{
    x->n = 0;
    if (n->n_input != 2)
        return NULL;
    if (!strcmp(n->op_type, "Div") && is_number(x, n->input[1], 6))
        return relu6_gate(x, n->input[0]);
    for (int i = 0; i < 2 && !strcmp(n->op_type, "Mul"); i++) {
        const struct value *v = value_find(x->m, n->input[i]);
        if (v && v->number && value_count(v) == 1 &&
            (float)v->number[0] == 1.0F / 6)
            return relu6_gate(x, n->input[1 - i]);
    }
    return NULL;
}

/* Sigmoid(x), Sigmoid(a x), HardSigmoid(x) */
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
    const Onnx__NodeProto *n = mul < 0 ? NULL : node_at(x->m, mul);
    for (int i = 0; n && n->n_input == 2 && i < 2; i++) {
        const struct value *v = value_find(x->m, n->input[i]);
        if (v && v->number && value_count(v) == 1 && drop(x, mul))
            return n->input[1 - i];
    }
    return in;
}

/* Tanh(Softplus(x)) */
static char *mish_gate(struct match *x, const char *name)
{
    int tanh = maker(x, name, "Tanh", 1);
    const Onnx__NodeProto *t = tanh < 0 ? NULL : node_at(x->m, tanh);
    int soft = t && t->n_input ? maker(x, t->input[0], "Softplus", 1) : -1;
    return drop(x, tanh) && drop(x, soft) && node_at(x->m, soft)->n_input
               ? node_at(x->m, soft)->input[0]
               : NULL;
}

/* x Clip(x + 3, 0, 6) / 6, the division last */
static char *hard_swish(struct match *x, const Onnx__NodeProto *n)
{
    if (strcmp(n->op_type, "Div") || n->n_input != 2 ||
        !is_number(x, n->input[1], 6))
        return NULL;
    int mul = maker(x, n->input[0], "Mul", 1);
    char *in = mul < 0 ? NULL : gated(x, node_at(x->m, mul), relu6_gate);
    return in && drop(x, mul) ? in : NULL;
}

static char *swish(struct match *x, const Onnx__NodeProto *n)
{
    return strcmp(n->op_type, "Mul") ? NULL : gated(x, n, sigmoid_gate);
}

static char *mish(struct match *x, const Onnx__NodeProto *n)
{
    return strcmp(n->op_type, "Mul") ? NULL : gated(x, n, mish_gate);
}

/* ---- layer normalisation ---- */

static struct list axes_of(const struct match *x, int node)
{
    Onnx__NodeProto *n = node_at(x->m, node);
    struct value *in[2] = {NULL, NULL};
    for (size_t i = 0; i < n->n_input && i < 2; i++)
        in[i] = value_find(x->m, n->input[i]);
    struct op o = {.m = x->m,
                   .node = n,
                   .type = n->op_type,
                   .n_in = (int)n->n_input,
                   .in = in};
    if (n->n_input < 1 || n->n_input > 2 || !op_int(&o, "keepdims", 1) ||
        (in[1] && !in[1]->number))
        return (struct list){.n = -1};
    return op_list(&o, "axes", 1);
}

static bool same_axes(const struct match *x, int a, int b)
{
    struct list p = axes_of(x, a), q = axes_of(x, b);
    return p.n > 0 && p.n == q.n &&
           !memcmp(p.item, q.item, (size_t)p.n * sizeof *p.item);
}

/* The square of a value: Pow(d, 2) or Mul(d, d); its node, or -1. */
static int square(struct match *x, const char *name, const char *d)
{
    int at = maker(x, name, "Pow", 1);
    const Onnx__NodeProto *n = at < 0 ? NULL : node_at(x->m, at);
    if (n && n->n_input == 2 && !strcmp(n->input[0], d) &&
        is_number(x, n->input[1], 2))
        return at;
    at = maker(x, name, "Mul", 1);
    n = at < 0 ? NULL : node_at(x->m, at);
    return n && n->n_input == 2 && !strcmp(n->input[0], d) &&
                   !strcmp(n->input[1], d)
               ? at
               : -1;
}

/* Div(d, Sqrt(Mean(d^2) + e)), d = x - Mean(x), with gamma and beta as layers
 * of their own, which follow. */
static char *layer_norm(struct match *x, const Onnx__NodeProto *n)
{
    static const char *const path[] = {"Sqrt", "Add", "ReduceMean"};
    if (strcmp(n->op_type, "Div") || n->n_input != 2)
        return NULL;
    const char *d = n->input[0], *name = n->input[1];
    int at = -1;
    x->n = 0;
    for (int i = 0; i < 3; i++) {
        at = maker(x, name, path[i], 1);
        if (!drop(x, at) || node_at(x->m, at)->n_input == 0)
            return NULL;
        name = node_at(x->m, at)->input[0];
    }
    int pow = square(x, name, d);
    if (!drop(x, pow))
        return NULL;
    bool twice = !strcmp(node_at(x->m, pow)->op_type, "Mul");
    int sub = maker(x, d, "Sub", twice ? 3 : 2);
    const Onnx__NodeProto *s = sub < 0 ? NULL : node_at(x->m, sub);
    int mean =
        s && s->n_input == 2 ? maker(x, s->input[1], "ReduceMean", 1) : -1;
    if (!drop(x, sub) || !drop(x, mean) || !same_axes(x, at, mean) ||
        strcmp(node_at(x->m, mean)->input[0], s->input[0]))
        return NULL;
    x->axes = mean;
    return s->input[0];
}

/* ---- GELU ---- */

/* Whether a value is computed from `in` and numbers alone. */
static bool only_of(struct match *x, const char *name, const char *in)
{
    static const char *const types[] = {"Mul", "Add", "Div", "Pow"};
    const struct value *v = value_find(x->m, name);
    if (!strcmp(name, in) || (v && v->number && value_count(v) == 1))
        return true;
    int at = -1;
    for (int i = 0; i < 4 && at < 0; i++)
        at = maker(x, name, types[i], 1);
    if (!drop(x, at) || node_at(x->m, at)->n_input != 2)
        return false;
    return only_of(x, node_at(x->m, at)->input[0], in) &&
           only_of(x, node_at(x->m, at)->input[1], in);
}

/* 1 + erf(x / sqrt 2), or 1 + tanh of a polynomial of x. */
static bool gelu_gate(struct match *x, const char *name, const char *in)
{
    int add = maker(x, name, "Add", 1);
    char *inner = add < 0 ? NULL : beside(x, node_at(x->m, add), 1);
    int f = inner ? maker(x, inner, "Erf", 1) : -1;
    if (f < 0 && inner)
        f = maker(x, inner, "Tanh", 1);
    return drop(x, add) && drop(x, f) && node_at(x->m, f)->n_input &&
           only_of(x, node_at(x->m, f)->input[0], in);
}

/* x, 1/2 and a gate of x, multiplied in any order. */
static char *gelu(struct match *x, const Onnx__NodeProto *n)
{
    if (strcmp(n->op_type, "Mul") || n->n_input != 2)
        return NULL;
    for (int i = 0; i < 2; i++) {
        int mul = maker(x, n->input[i], "Mul", 1);
        if (mul < 0 || node_at(x->m, mul)->n_input != 2)
            continue;
        char **in = node_at(x->m, mul)->input;
        char *factor[] = {n->input[1 - i], in[0], in[1]};
        for (int h = 0; h < 3; h++)
            for (int g = 0; g < 3; g++) {
                x->n = 0;
                if (h != g && is_number(x, factor[h], 0.5) &&
                    gelu_gate(x, factor[g], factor[3 - h - g]) && drop(x, mul))
                    return factor[3 - h - g];
            }
    }
    return NULL;
}

static const struct pattern {
    char *(*find)(struct match *x, const Onnx__NodeProto *n);
    const char *type;
} patterns[] = {
    {hard_swish, "HardSwish"},
    {hard_sigmoid, "HardSigmoid"},
    {layer_norm, "MeanVarianceNormalization"},
    {gelu, "Gelu"},
    {swish, "Swish"},
    {mish, "Mish"},
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
    if (x->axes >= 0) {
        const Onnx__NodeProto *from = node_at(m, x->axes);
        end->attribute = from->attribute;
        end->n_attribute = from->n_attribute;
        end->n_input = from->n_input; /* one or two, as many as it had */
        if (from->n_input > 1)
            end->input[1] = from->input[1];
    }
    end->op_type = arena_strdup(m->env->arena, type);
}

void match_patterns(struct from_onnx *m)
{
    size_t count = sizeof patterns / sizeof *patterns;
    for (size_t i = 0; i < m->graph->n_node; i++) {
        Onnx__NodeProto *n = node_at(m, (int)i);
        for (size_t p = 0; p < count && n->op_type; p++) {
            struct match x = {.m = m, .axes = -1};
            char *in = patterns[p].find(&x, n);
            if (in && *in) {
                fuse(&x, n, in, patterns[p].type);
                break;
            }
        }
    }
}
