/* attention.c - attention as one ONNX node */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/onnx/convert.h"
#include "net/types.h"
#include <string.h>

/* Sizes of queries, keys and values of all heads of a batch. */
struct attention {
    int64_t heads; /* times the batch */
    int64_t queries, keys;
    int64_t key_size, value_size; /* of a head */
};

static int check_sizes(const struct op *o, const struct attention *t)
{
    int64_t size[] = {t->queries,
                      t->value_size,
                      t->keys,
                      count_mul(t->heads, t->key_size),
                      count_mul(t->heads, t->keys),
                      count_mul(t->heads, t->queries)};
    for (int i = 0; i < 6; i++)
        if (size[i] < 1 || size[i] > SIZE_LIMIT)
            return op_error(o,
                            "%lld heads of %lld queries and %lld keys are "
                            "too large or empty",
                            (long long)t->heads, (long long)t->queries,
                            (long long)t->keys);
    return 0;
}

/* Q K', softmax over the keys, and the product with V: Vaswani 2017,
 * arXiv:1706.03762, equation 1. */
static int attend(struct op *o, const struct attention *t, struct value *q,
                  struct value *k, struct value *v)
{
    if (check_sizes(o, t))
        return -1;
    int heads = (int)t->heads, lq = (int)t->queries, lk = (int)t->keys;
    int size = (int)t->key_size, sums = heads * lk;
    struct args arg = {.heads = heads, .transpose = true}, one = {.heads = 1};
    struct shape scores[] = {{heads * size, lq, 1}, {heads * size, lk, 1}};
    struct shape rows = {lk, heads * lq, 1};
    struct shape means[] = {{sums, lq, 1}, {sums, (int)t->value_size, 1}};
    struct value made = {.name = o->type}, *in[] = {q, k};
    o->part = "scores";
    if (!op_layer(o, &type_matmul, &arg, 2, in, scores))
        return -1;
    made.from = o->out[0]->from;
    in[0] = &made;
    o->part = "softmax";
    if (!op_layer(o, &type_softmax, &one, 1, in, &rows))
        return -1;
    made.from = o->out[0]->from;
    in[1] = v;
    o->part = "values";
    return op_layer(o, &type_matmul, &arg, 2, in, means) ? 0 : -1;
}

/* ---- com.microsoft: Attention and QAttention ---- */

/* input B x S x K, weights K x (queries, keys, values), bias. */
static struct layer *project(struct op *o, bool integers)
{
    const struct value *x = o->in[0];
    struct value *w = o->in[1];
    int64_t positions = count_mul(x->dim[0], x->dim[1]);
    if (x->dim[2] != w->dim[0] || positions < 1 || positions > SIZE_LIMIT ||
        w->dim[0] < 1 || w->dim[0] > SIZE_LIMIT || w->dim[1] < 1 ||
        w->dim[1] > SIZE_LIMIT)
        return op_error(o, "its weights do not fit its input"), NULL;
    struct args arg = {.out = (int)w->dim[1],
                       .bias = op_input(o, 2) != NULL,
                       .apply = APPLY_POSITION};
    struct shape s = {(int)x->dim[2], (int)positions, 1};
    o->part = "qkv";
    struct layer *l = op_layer(o, &type_fc, &arg, 1, o->in, &s);
    if (l)
        set_weights(o, l,
                    &(struct matrix_of){.v = w,
                                        .row = {0, 1},
                                        .column = {1, 2},
                                        .zero = integers ? 7 : 0,
                                        .scale = integers ? 4 : 0});
    return l;
}

/* rule->a: input with keys and values of before, 2 x B x heads x length x size;
 * rule->b: integers */
static int make_self(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0], *w = op_input(o, 1);
    const struct value *past = op_input(o, rule->a);
    struct list parts = op_list(o, "qkv_hidden_sizes", -1);
    int64_t n = op_int(o, "num_heads", 0);
    if (!is_constant(w) || w->rank != 2 || x->rank != 3 || n < 1)
        return op_error(o, "its weights are no constant matrix, or its heads "
                           "are not known");
    int64_t third = w->dim[1] / 3;
    if (parts.n != 3)
        parts = (struct list){3, {third, third, third}};
    struct attention t = {.heads = count_mul(n, x->dim[0]),
                          .queries = x->dim[1],
                          .keys = x->dim[1],
                          .key_size = parts.item[0] / n,
                          .value_size = parts.item[2] / n};
    if (count_add(count_add(parts.item[0], parts.item[1]), parts.item[2]) !=
        w->dim[1])
        return op_error(o,
                        "its hidden sizes are not the %lld columns of its "
                        "weights",
                        (long long)w->dim[1]);
    if (past && past->rank == 5)
        t.keys = count_add(t.keys, past->dim[3]);
    if (!project(o, rule->b))
        return -1;
    struct value made = {.name = o->type, .from = o->out[0]->from};
    if (attend(o, &t, &made, &made, &made))
        return -1;
    set_dims(o->out[0], 3, (int64_t[]){x->dim[0], x->dim[1], t.value_size * n},
             2);
    return 0;
}

/* ---- queries, keys and values of their own ---- */

/* B x L x (heads size), or B x heads x L x size: length and size. */
static int part_sizes(const struct op *o, const struct value *v, int64_t heads,
                      int64_t *length, int64_t *size)
{
    if (!v || (v->rank != 3 && v->rank != 4) || heads < 1 ||
        (v->rank == 3 && v->dim[2] % heads))
        return op_error(o, "queries, keys and values of 3 or 4 dimensions that "
                           "heads divide are wanted");
    *length = v->dim[v->rank - 2];
    *size = v->rank == 3 ? v->dim[2] / heads : v->dim[3];
    return 0;
}

/* MultiHeadAttention of com.microsoft, Attention of ONNX; rule->a: input with
 * keys of before, B x heads x length x size; rule->b: with constants that are
 * added, 0: none */
static int make_cross(struct op *o, const struct op_rule *rule)
{
    struct value *q = o->in[0], *k = op_input(o, 1), *v = op_input(o, 2);
    const struct value *bias = rule->b ? op_input(o, rule->b) : NULL;
    const struct value *past = op_input(o, rule->a);
    int64_t n = op_int(o, "num_heads",
                       op_int(o, "q_num_heads", q->rank == 4 ? q->dim[1] : 0));
    int64_t shared =
        op_int(o, "kv_num_heads", k && k->rank == 4 ? k->dim[1] : n);
    struct attention t;
    int64_t size, length;
    if (part_sizes(o, q, n, &t.queries, &t.key_size) ||
        part_sizes(o, k, shared, &t.keys, &size) ||
        part_sizes(o, v, shared, &length, &t.value_size))
        return -1;
    if (size != t.key_size || length != t.keys)
        return op_error(o, "the sizes of its inputs do not go together");
    t.heads = count_mul(n, q->dim[0]);
    if (past && past->rank == 4)
        t.keys = count_add(t.keys, past->dim[2]);
    if (attend(o, &t, q, k, v))
        return -1;
    struct layer *l = &o->m->build.net->layer[o->out[0]->from];
    if (bias) {
        l->params = value_count(bias);
        l->work[WORK_ADD] +=
            (double)(t.heads * (t.queries + t.keys) * t.key_size) +
            (double)(t.heads * t.keys * t.value_size);
    }
    int64_t flat[] = {q->dim[0], t.queries, n * t.value_size};
    int64_t apart[] = {q->dim[0], n, t.queries, t.value_size};
    set_dims(o->out[0], q->rank, q->rank == 3 ? flat : apart, q->rank - 1);
    return 0;
}

/* ONNX's own takes in queries, keys and values, com.microsoft's weights. */
static int make_attention(struct op *o, const struct op_rule *rule)
{
    const char *domain = o->node->domain;
    bool own = !domain || strcmp(domain, "com.microsoft") != 0;
    return own ? make_cross(o, &(struct op_rule){.a = 4}) : make_self(o, rule);
}

const struct op_rule attention_rules[] = {
    {"Attention", make_attention, 4, 0},
    {"QAttention", make_self, 8, 1},
    {"MultiHeadAttention", make_cross, 6, 3},
    {0}};
