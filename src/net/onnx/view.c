/* view.c - ONNX operators that only look at values another way */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/onnx/convert.h"
#include <string.h>

void op_view(struct value *out, const struct value *in, int rank,
             const int64_t *dim, int channel)
{
    op_alias(out, in);
    out->whole = false;
    out->tensor = NULL; /* its order no longer holds */
    out->number = NULL;
    set_dims(out, rank, dim, channel);
}

/* Where the channels are after dimensions changed: where they were if that
 * dimension is the same, else last. */
static int channel_after(const struct value *in, int rank, const int64_t *dim)
{
    int c = in->channel;
    if (c > 0 && c < rank && c < in->rank && dim[c] == in->dim[c])
        return c;
    return rank - 1;
}

/* As op_view(), of numbers in the order that they had. */
static void view_in_order(struct op *o, int rank, const int64_t *dim,
                          int channel)
{
    const struct value *x = o->in[0];
    op_view(o->out[0], x, rank, dim, channel);
    if (x->from == FROM_CONSTANT)
        constant_reshape(o, o->out[0], x);
}

void op_view_by_steps(struct value *out, const struct value *in, int rank,
                      const int64_t *dim, int channel, int64_t start,
                      const int64_t *step)
{
    op_view(out, in, rank, dim, channel);
    out->tensor = in->tensor;
    out->start = in->start + start;
    memcpy(out->step, step, (size_t)rank * sizeof *step);
}

static int make_same(struct op *o, const struct op_rule *rule)
{
    (void)rule;
    op_alias(o->out[0], o->in[0]);
    return 0;
}

/* Weights that stand as integers: the QDQ form. */
static int make_dequantize(struct op *o, const struct op_rule *rule)
{
    struct value *out = o->out[0];
    (void)rule;
    op_alias(out, o->in[0]);
    if (!is_constant(out))
        return 0;
    if (out->unrounded) {
        out->unrounded = false;
        return 0;
    }
    return constant_dequantize(o, out, op_input(o, 1), op_input(o, 2),
                               op_int(o, "axis", 1));
}

/* How values are stored is the setting `quant`; constants stay what they were.
 */
static int make_quantize(struct op *o, const struct op_rule *rule)
{
    (void)rule;
    op_alias(o->out[0], o->in[0]);
    o->out[0]->unrounded = is_constant(o->in[0]);
    return 0;
}

/* Scale and zero point are results as well: one number each. */
static int make_dynamic(struct op *o, const struct op_rule *rule)
{
    (void)rule;
    op_alias(o->out[0], o->in[0]);
    for (int i = 1; i < o->n_out; i++)
        if (o->out[i])
            op_view(o->out[i], o->in[0], 0, NULL, 0);
    return 0;
}

/* A constant of numbers with a fraction does not become one of integers. */
static int make_cast(struct op *o, const struct op_rule *rule)
{
    struct value *out = o->out[0];
    make_same(o, rule);
    if (out->tensor && op_to_whole(o) && !out->tensor->whole)
        out->tensor = NULL, out->number = NULL;
    return 0;
}

/* 0: as in the input, -1: what is left */
static int make_reshape(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0];
    struct list to = op_list(o, "shape", 1);
    int64_t all = value_count(x), known = 1;
    int open = -1;
    (void)rule;
    if (to.n < 0)
        return to.n == REPORTED ? -1 : op_error(o, "its shape is missing");
    if (to.n > RANK_MAX)
        return op_error(o, "more than %d dimensions", RANK_MAX);
    for (int i = 0; i < to.n; i++) {
        if (to.item[i] == 0 && i < x->rank && !op_int(o, "allowzero", 0))
            to.item[i] = x->dim[i];
        if (to.item[i] == -1 && open < 0)
            open = i;
        else
            known = count_mul(known, to.item[i]);
    }
    if (open >= 0 && known > 0)
        known *= to.item[open] = all / known;
    if (known != all || all < 1)
        return op_error(o, "%lld values do not become %lld", (long long)all,
                        (long long)known);
    bool same = to.n == x->rank &&
                !memcmp(to.item, x->dim, (size_t)to.n * sizeof *to.item);
    if (same)
        return make_same(o, rule);
    view_in_order(o, to.n, to.item, channel_after(x, to.n, to.item));
    return 0;
}

static int make_flatten(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0];
    int64_t axis = op_int(o, "axis", 1), dim[2] = {1, 1};
    (void)rule;
    if (axis < 0)
        axis += x->rank;
    if (axis < 0 || axis > x->rank)
        return op_error(o, "axis %lld", (long long)axis);
    for (int i = 0; i < x->rank; i++)
        dim[i >= axis] = count_mul(dim[i >= axis], x->dim[i]);
    view_in_order(o, 2, dim, 1);
    return 0;
}

static int make_transpose(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0];
    struct list perm = op_list(o, "perm", -1);
    int64_t dim[RANK_MAX], step[RANK_MAX];
    bool seen[RANK_MAX] = {false};
    int channel = 0;
    (void)rule;
    if (perm.n >= 0 && perm.n != x->rank)
        return op_error(o, "perm has %d numbers for %d dimensions", perm.n,
                        x->rank);
    for (int i = 0; i < x->rank; i++) {
        int64_t from = perm.n < 0 ? x->rank - 1 - i : perm.item[i];
        if (from < 0 || from >= x->rank || seen[from])
            return op_error(o, "perm is no permutation");
        seen[from] = true;
        dim[i] = x->dim[from];
        step[i] = x->step[from];
        if (from == x->channel)
            channel = i;
    }
    op_view_by_steps(o->out[0], x, x->rank, dim, channel, 0, step);
    return 0;
}

static int make_squeeze(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0];
    struct list axes = op_list(o, "axes", 1);
    bool gone[RANK_MAX] = {false};
    int64_t dim[RANK_MAX];
    int rank = 0, channel = 0;
    (void)rule;
    for (int i = 0; i < axes.n; i++) {
        int axis = op_axis(o, axes.item[i], x->rank);
        if (axis < 0)
            return -1;
        if (x->dim[axis] != 1)
            return op_error(o, "dimension %d is %lld, not 1", axis + 1,
                            (long long)x->dim[axis]);
        gone[axis] = true;
    }
    for (int i = 0; i < x->rank; i++) {
        if (axes.n < 0 && x->dim[i] == 1)
            continue;
        if (gone[i])
            continue;
        if (i <= x->channel)
            channel = rank;
        dim[rank++] = x->dim[i];
    }
    view_in_order(o, rank, dim, channel);
    return 0;
}

static int make_unsqueeze(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0];
    struct list axes = op_list(o, "axes", 1);
    bool added[RANK_MAX] = {false};
    int64_t dim[RANK_MAX];
    int rank = x->rank + axes.n, from = 0, channel = 0;
    (void)rule;
    if (axes.n < 0)
        return axes.n == REPORTED ? -1 : op_error(o, "its axes are missing");
    if (rank > RANK_MAX)
        return op_error(o, "more than %d dimensions", RANK_MAX);
    for (int i = 0; i < axes.n; i++) {
        int axis = op_axis(o, axes.item[i], rank);
        if (axis < 0)
            return -1;
        if (added[axis])
            return op_error(o, "axis %d twice", axis);
        added[axis] = true;
    }
    for (int i = 0; i < rank; i++) {
        dim[i] = added[i] ? 1 : x->dim[from];
        if (!added[i] && from++ == x->channel)
            channel = i;
    }
    view_in_order(o, rank, dim, channel);
    return 0;
}

/* ---- parts ---- */

/* Elements from *first to end by step, numpy's rules. */
static int64_t slice_length(int64_t n, int64_t *first, int64_t end,
                            int64_t step)
{
    int64_t start = bounded(*first, -INT32_MAX, INT32_MAX);
    start += start < 0 ? n : 0;
    end += end < 0 ? n : 0;
    if (step > 0) {
        *first = start = bounded(start, 0, n);
        end = bounded(end, 0, n);
        return end > start ? (end - start - 1) / step + 1 : 0;
    }
    *first = start = bounded(start, 0, n - 1);
    end = bounded(end, -1, n - 1);
    return start > end ? (start - end - 1) / -step + 1 : 0;
}

static int make_slice(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0];
    struct list start = op_list(o, "starts", 1), end = op_list(o, "ends", 2);
    struct list axes = op_list(o, "axes", 3), step = op_list(o, "steps", 4);
    int64_t dim[RANK_MAX], stride[RANK_MAX], first = 0;
    bool sliced[RANK_MAX] = {false};
    (void)rule;
    memcpy(dim, x->dim, sizeof dim);
    memcpy(stride, x->step, sizeof stride);
    if (start.n == REPORTED || end.n == REPORTED || axes.n == REPORTED ||
        step.n == REPORTED)
        return -1;
    if (start.n < 0 || start.n != end.n || (axes.n >= 0 && axes.n != start.n))
        return op_error(o, "%d starts, %d ends and %d axes", start.n, end.n,
                        axes.n);
    for (int i = 0; i < start.n; i++) {
        int axis = op_axis(o, axes.n < 0 ? i : axes.item[i], x->rank);
        int64_t by = i < step.n ? step.item[i] : 1;
        if (axis < 0)
            return -1;
        if (by == 0 || sliced[axis])
            return op_error(o, by ? "an axis twice" : "a step of 0");
        sliced[axis] = true;
        by = bounded(by, -INT32_MAX, INT32_MAX);
        dim[axis] =
            slice_length(x->dim[axis], &start.item[i],
                         bounded(end.item[i], -INT32_MAX, INT32_MAX), by);
        if (dim[axis] < 1)
            return op_error(o, "nothing is left of dimension %d", axis + 1);
        if (x->tensor) {
            first += start.item[i] * x->step[axis];
            stride[axis] = dim[axis] > 1 ? x->step[axis] * by : 1;
        }
    }
    op_view_by_steps(o->out[0], x, x->rank, dim, x->channel, first, stride);
    return 0;
}

const struct op_rule view_rules[] = {
    {"Identity", make_same, 0, 0},
    {"Dropout", make_same, 0, 0},
    {"Cast", make_cast, 0, 0},
    {"QuantizeLinear", make_quantize, 0, 0},
    {"DequantizeLinear", make_dequantize, 0, 0},
    {"DynamicQuantizeLinear", make_dynamic, 0, 0},
    {"Reshape", make_reshape, 0, 0},
    {"Flatten", make_flatten, 0, 0},
    {"Transpose", make_transpose, 0, 0},
    {"Squeeze", make_squeeze, 0, 0},
    {"Unsqueeze", make_unsqueeze, 0, 0},
    {"Slice", make_slice, 0, 0},
    {0}};
