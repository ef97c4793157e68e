/* index.c - ONNX operators that pick values, copy or place them */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/onnx/convert.h"
#include "net/types.h"
#include <math.h>
#include <string.h>

/* ---- Gather ---- */

/* One index into a constant: where its numbers go on. */
static int gather_one(struct op *o, int axis, int rank, const int64_t *dim,
                      int channel)
{
    const struct value *x = o->in[0];
    int64_t k = number_whole(*o->in[1]->number), step[RANK_MAX];
    int n = 0, index_rank = o->in[1]->rank;
    k += k < 0 ? x->dim[axis] : 0;
    if (k < 0 || k >= x->dim[axis])
        return op_error(o, "index %lld of %lld", (long long)k,
                        (long long)x->dim[axis]);
    for (int i = 0; i < x->rank; i++) {
        if (i != axis)
            step[n++] = x->step[i];
        for (int j = 0; i == axis && j < index_rank; j++)
            step[n++] = 1;
    }
    op_view_by_steps(o->out[0], x, rank, dim, channel,
                     x->tensor ? k * x->step[axis] : 0, step);
    return 0;
}

/* From a constant table by computed indices: an embedding. */
static int make_embedding(struct op *o)
{
    const struct value *table = o->in[0];
    struct value *index = o->in[1], *out = o->out[0];
    int64_t n = value_count(index), dim[RANK_MAX];
    if (table->rank != 2 || op_int(o, "axis", 0) != 0 ||
        index->rank >= RANK_MAX || n < 1 || n > SIZE_LIMIT ||
        table->dim[0] < 1 || table->dim[0] > SIZE_LIMIT || table->dim[1] < 1 ||
        table->dim[1] > SIZE_LIMIT)
        return op_error(o, "a table that is no matrix is not known");
    struct args arg = {.count = (int)table->dim[0], .out = (int)table->dim[1]};
    struct shape s = {1, (int)n, 1};
    memcpy(dim, index->dim, sizeof index->dim);
    dim[index->rank] = table->dim[1];
    set_dims(out, index->rank + 1, dim, index->rank);
    return op_layer(o, &type_embedding, &arg, 1, &index, &s) ? 0 : -1;
}

static int make_gather(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0], *index = op_input(o, 1);
    int64_t dim[RANK_MAX];
    int rank = 0, channel = 0;
    (void)rule;
    if (!index)
        return op_error(o, "its indices are missing");
    if (x->from == FROM_CONSTANT && is_activation(index))
        return make_embedding(o);
    int axis = op_axis(o, op_int(o, "axis", 0), x->rank);
    if (axis < 0)
        return -1;
    if (x->rank - 1 + index->rank > RANK_MAX)
        return op_error(o, "more than %d dimensions", RANK_MAX);
    for (int i = 0; i < x->rank; i++) {
        if (i <= x->channel)
            channel = rank;
        if (i != axis)
            dim[rank++] = x->dim[i];
        for (int k = 0; i == axis && k < index->rank; k++)
            dim[rank++] = index->dim[k];
    }
    if (is_constant(x) && index->number && value_count(index) == 1)
        return gather_one(o, axis, rank, dim, channel);
    op_view(o->out[0], x, rank, dim, channel);
    return 0;
}

/* GatherElements: as many values as indices. */
static int make_gather_elements(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0], *index = op_input(o, 1);
    (void)rule;
    if (!index || index->rank != x->rank)
        return op_error(o, "its indices are missing, or of other dimensions");
    op_view(o->out[0], x, index->rank, index->dim, x->channel);
    return 0;
}

/* GatherND: the last dimension of the indices counts dimensions of x. */
static int make_gather_nd(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0], *index = op_input(o, 1);
    int64_t batch = op_int(o, "batch_dims", 0), dim[2 * RANK_MAX];
    (void)rule;
    if (!index || index->rank < 1)
        return op_error(o, "its indices are missing");
    int64_t depth = index->dim[index->rank - 1];
    if (depth < 1 || batch < 0 || batch > RANK_MAX || batch + depth > x->rank)
        return op_error(o, "indices of %lld dimensions of %d", (long long)depth,
                        x->rank);
    int rank = 0;
    for (int i = 0; i + 1 < index->rank; i++)
        dim[rank++] = index->dim[i];
    for (int64_t i = batch + depth; i < x->rank; i++)
        dim[rank++] = x->dim[i];
    if (rank > RANK_MAX)
        return op_error(o, "more than %d dimensions", RANK_MAX);
    op_view(o->out[0], x, rank, dim, rank - 1);
    return 0;
}

/* ScatterND, ScatterElements: x with some values replaced; rule->a: input with
 * those. */
static int make_scatter(struct op *o, const struct op_rule *rule)
{
    struct value *x = o->in[0], *in[2];
    struct value *update = op_input(o, rule->a);
    int n = 0;
    if (!update)
        return op_error(o, "its updates are missing");
    if (is_activation(x))
        in[n++] = x;
    if (is_activation(update))
        in[n++] = update;
    op_view(o->out[0], x, x->rank, x->dim, x->channel);
    if (n == 0)
        return 0;
    return op_given(o, &type_join, (struct args){0}, n, in) ? 0 : -1;
}

/* ---- Split ---- */

static int make_split(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0];
    struct list parts = op_list(o, "split", 1);
    int axis = op_axis(o, op_int(o, "axis", 0), x->rank);
    int64_t dim[RANK_MAX], at = 0;
    (void)rule;
    if (axis < 0)
        return -1;
    if (parts.n == REPORTED)
        return -1;
    if (parts.n >= 0 && parts.n != o->n_out)
        return op_error(o, "%d parts for %d outputs", parts.n, o->n_out);
    int64_t even = (x->dim[axis] + o->n_out - 1) / o->n_out;
    memcpy(dim, x->dim, sizeof dim);
    for (int i = 0; i < o->n_out; i++) {
        int64_t left = x->dim[axis] - at;
        dim[axis] = parts.n >= 0 ? parts.item[i] : left < even ? left : even;
        if (dim[axis] < 1 || dim[axis] > left)
            return op_error(o, "part %d has %lld of %lld", i + 1,
                            (long long)dim[axis], (long long)left);
        if (o->out[i])
            op_view_by_steps(o->out[i], x, x->rank, dim, x->channel,
                             x->tensor ? at * x->step[axis] : 0, x->step);
        at += dim[axis];
    }
    return 0;
}

/* ---- copies and padding, which cost nothing ---- */

/* Sizes that are an attribute or the second input. -1 having reported. */
static int sizes_of(const struct op *o, const char *name, struct list *l)
{
    *l = op_list(o, name, 1);
    if (l->n == -1)
        op_error(o, "its sizes are missing");
    return l->n < 0 ? -1 : 0;
}

static int give_sizes(struct op *o, int rank, const int64_t *dim)
{
    const struct value *x = o->in[0];
    for (int i = 0; i < rank; i++)
        if (dim[i] < 1 || dim[i] > SIZE_LIMIT)
            return op_error(o, "dimension %d becomes %lld", i + 1,
                            (long long)dim[i]);
    op_view(o->out[0], x, rank, dim, x->channel + rank - x->rank);
    return 0;
}

static int make_expand(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0];
    struct list to;
    int64_t dim[RANK_MAX], step[RANK_MAX];
    (void)rule;
    if (sizes_of(o, "", &to))
        return -1;
    int rank = to.n > x->rank ? to.n : x->rank;
    if (rank > RANK_MAX)
        return op_error(o, "more than %d dimensions", RANK_MAX);
    for (int i = 0; i < rank; i++) {
        int at = i - (rank - x->rank), k = i - (rank - to.n);
        int64_t d = at < 0 ? 1 : x->dim[at], y = k < 0 ? 1 : to.item[k];
        if (d != y && d != 1 && y != 1)
            return op_error(o, "dimension %d of %lld does not become %lld",
                            i + 1, (long long)d, (long long)y);
        dim[i] = d == 1 ? y : d;
        step[i] = d == 1 ? 0 : x->step[at];
    }
    if (give_sizes(o, rank, dim))
        return -1;
    op_view_by_steps(o->out[0], x, rank, dim, o->out[0]->channel, 0, step);
    return 0;
}

static int make_tile(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0];
    struct list times;
    int64_t dim[RANK_MAX];
    (void)rule;
    if (sizes_of(o, "", &times))
        return -1;
    if (times.n != x->rank)
        return op_error(o, "%d sizes for %d dimensions", times.n, x->rank);
    for (int i = 0; i < x->rank; i++)
        dim[i] = count_mul(x->dim[i], times.item[i]);
    return give_sizes(o, x->rank, dim);
}

/* Begins, then ends, of all dimensions or of the axes (the fourth input). */
static int make_pad(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0];
    struct list axes = op_list(o, "", 3), pads;
    int64_t dim[RANK_MAX];
    int axis_count = axes.n < 0 ? x->rank : axes.n;
    (void)rule;
    if (sizes_of(o, "pads", &pads) || axes.n == REPORTED)
        return -1;
    if (pads.n != 2 * axis_count)
        return op_error(o, "%d sizes for %d dimensions", pads.n, axis_count);
    memcpy(dim, x->dim, sizeof dim);
    for (int i = 0; i < axis_count; i++) {
        int axis = axes.n < 0 ? i : op_axis(o, axes.item[i], x->rank);
        if (axis < 0)
            return -1;
        dim[axis] += pads.item[i] + pads.item[axis_count + i];
    }
    return give_sizes(o, x->rank, dim);
}

/* rule->a: 1 DepthToSpace, 0 SpaceToDepth */
static int make_depth(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0];
    int64_t b = op_int(o, "blocksize", 0);
    if (x->rank != 4 || b < 1 || b > 4096 ||
        (rule->a ? x->dim[1] % (b * b) : x->dim[2] % b || x->dim[3] % b))
        return op_error(o, "blocks of %lld do not divide its input",
                        (long long)b);
    int64_t down[] = {x->dim[0], x->dim[1] * b * b, x->dim[2] / b,
                      x->dim[3] / b};
    int64_t up[] = {x->dim[0], x->dim[1] / (b * b), x->dim[2] * b,
                    x->dim[3] * b};
    op_view(o->out[0], x, 4, rule->a ? up : down, 1);
    return 0;
}

/* ---- the best of a dimension, and sums along it ---- */

/* Each of n values is held against a heap of the k best: log2 k + 1
 * comparisons. */
static int make_top(struct op *o, const struct op_rule *rule)
{
    struct value *x = o->in[0];
    struct list k = op_list(o, "", 1);
    int axis = op_axis(o, op_int(o, "axis", -1), x->rank);
    int64_t dim[RANK_MAX], n = op_int(o, "k", k.n == 1 ? k.item[0] : 0);
    (void)rule;
    if (axis < 0 || k.n == REPORTED)
        return -1;
    if (n < 1 || n > x->dim[axis])
        return op_error(o, "the best %lld of %lld", (long long)n,
                        (long long)x->dim[axis]);
    memcpy(dim, x->dim, sizeof dim);
    dim[axis] = n;
    set_dims(o->out[0], x->rank, dim, x->channel);
    struct layer *l = op_given(o, &type_reduce, (struct args){0}, 1, &x);
    if (!l)
        return -1;
    l->work[WORK_COMPARE] =
        (double)value_count(x) * (1 + ceil(log2((double)n)));
    if (o->n_out > 1 && o->out[1])
        op_alias(o->out[1], o->out[0]);
    return 0;
}

/* ArgMax, ArgMin */
static int make_arg(struct op *o, const struct op_rule *rule)
{
    struct value *x = o->in[0];
    int axis = op_axis(o, op_int(o, "axis", 0), x->rank), rank = 0, channel = 0;
    bool keep = op_int(o, "keepdims", 1) != 0;
    int64_t dim[RANK_MAX];
    (void)rule;
    if (axis < 0)
        return -1;
    for (int i = 0; i < x->rank; i++) {
        if (i == x->channel)
            channel = rank;
        if (keep || i != axis)
            dim[rank++] = i == axis ? 1 : x->dim[i];
    }
    set_dims(o->out[0], rank, dim, channel);
    struct layer *l = op_given(o, &type_reduce, (struct args){0}, 1, &x);
    if (!l)
        return -1;
    l->work[WORK_COMPARE] = (double)(l->in_values - l->out_values);
    return 0;
}

static int make_running_sum(struct op *o, const struct op_rule *rule)
{
    struct value *x = o->in[0];
    struct list at = op_list(o, "", 1);
    int axis = op_axis(o, at.n == 1 ? at.item[0] : 0, x->rank);
    (void)rule;
    if (axis < 0)
        return -1;
    op_alias(o->out[0], x);
    struct layer *l = op_given(o, &type_operation, (struct args){0}, 1, &x);
    if (!l)
        return -1;
    l->work[WORK_ADD] = (double)(l->out_values - l->out_values / x->dim[axis]);
    return 0;
}

const struct op_rule index_rules[] = {
    {"Gather", make_gather, 0, 0},
    {"GatherElements", make_gather_elements, 0, 0},
    {"GatherND", make_gather_nd, 0, 0},
    {"ScatterND", make_scatter, 2, 0},
    {"ScatterElements", make_scatter, 2, 0},
    {"Scatter", make_scatter, 2, 0},
    {"Split", make_split, 0, 0},
    {"Expand", make_expand, 0, 0},
    {"Tile", make_tile, 0, 0},
    {"Pad", make_pad, 0, 0},
    {"DepthToSpace", make_depth, 1, 0},
    {"SpaceToDepth", make_depth, 0, 0},
    {"TopK", make_top, 0, 0},
    {"ArgMax", make_arg, 0, 0},
    {"ArgMin", make_arg, 0, 0},
    {"CumSum", make_running_sum, 0, 0},
    {0}};
