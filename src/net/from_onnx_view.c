/* from_onnx_view.c - ONNX operators that only look at values another way */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/from_onnx.h"
#include <string.h>

/* out is a part or another arrangement of in. */
static void view(struct value *out, const struct value *in, int rank,
                 const int64_t *dim, int channel)
{
    op_alias(out, in);
    out->whole = false;
    out->tensor = NULL; /* its order no longer holds */
    out->number = NULL;
    set_dims(out, rank, dim, rank ? channel : 0);
}

/* Where the channels are after dimensions changed: where they were if that
 * dimension is the same, else last. */
static int channel_after(const struct value *in, int rank, const int64_t *dim)
{
    int c = in->channel;
    if (c > 0 && c < rank && c < in->rank && dim[c] == in->dim[c])
        return c;
    return rank ? rank - 1 : 0;
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
    (void)rule;
    op_alias(o->out[0], o->in[0]);
    if (o->in[0]->from == FROM_CONSTANT) {
        o->out[0]->scale = o->n_in > 1 ? o->in[1] : NULL;
        o->out[0]->zero = o->n_in > 2 ? o->in[2] : NULL;
        o->out[0]->number = NULL; /* they are others now */
    }
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
        return op_error(o, "its shape is not known");
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
    view(o->out[0], x, to.n, to.item, channel_after(x, to.n, to.item));
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
    view(o->out[0], x, 2, dim, 1);
    return 0;
}

static int make_transpose(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0];
    struct list perm = op_list(o, "perm", -1);
    int64_t dim[RANK_MAX];
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
        if (from == x->channel)
            channel = i;
    }
    view(o->out[0], x, x->rank, dim, channel);
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
    view(o->out[0], x, rank, dim, channel);
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
    if (axes.n < 0 || rank > RANK_MAX)
        return op_error(o, "its axes are not known, or too many");
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
    view(o->out[0], x, rank, dim, channel);
    return 0;
}

/* ---- parts ---- */

static int64_t bounded(int64_t x, int64_t low, int64_t high)
{
    return x < low ? low : x > high ? high : x;
}

/* Elements from start to end by step, numpy's rules. */
static int64_t slice_length(int64_t n, int64_t start, int64_t end, int64_t step)
{
    start += start < 0 ? n : 0;
    end += end < 0 ? n : 0;
    if (step > 0) {
        start = bounded(start, 0, n);
        end = bounded(end, 0, n);
        return end > start ? (end - start - 1) / step + 1 : 0;
    }
    start = bounded(start, 0, n - 1);
    end = bounded(end, -1, n - 1);
    return start > end ? (start - end - 1) / -step + 1 : 0;
}

static int make_slice(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0];
    struct list start = op_list(o, "starts", 1), end = op_list(o, "ends", 2);
    struct list axes = op_list(o, "axes", 3), step = op_list(o, "steps", 4);
    int64_t dim[RANK_MAX];
    (void)rule;
    memcpy(dim, x->dim, sizeof dim);
    if (start.n < 0 || start.n != end.n || (axes.n >= 0 && axes.n != start.n))
        return op_error(o, "its starts and ends are not known");
    for (int i = 0; i < start.n; i++) {
        int axis = op_axis(o, axes.n < 0 ? i : axes.item[i], x->rank);
        int64_t by = i < step.n ? step.item[i] : 1;
        if (axis < 0)
            return -1;
        if (by == 0)
            return op_error(o, "a step of 0");
        dim[axis] = slice_length(x->dim[axis],
                                 bounded(start.item[i], -INT32_MAX, INT32_MAX),
                                 bounded(end.item[i], -INT32_MAX, INT32_MAX),
                                 bounded(by, -INT32_MAX, INT32_MAX));
        if (dim[axis] < 1)
            return op_error(o, "nothing is left of dimension %d", axis + 1);
    }
    view(o->out[0], x, x->rank, dim, x->channel);
    return 0;
}

static int make_gather(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0], *index = o->n_in > 1 ? o->in[1] : NULL;
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
    view(o->out[0], x, rank, dim, channel < rank ? channel : rank - 1);
    return 0;
}

static int make_split(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0];
    struct list parts = op_list(o, "split", 1);
    int axis = op_axis(o, op_int(o, "axis", 0), x->rank);
    int64_t dim[RANK_MAX];
    (void)rule;
    if (axis < 0)
        return -1;
    if (parts.n >= 0 && parts.n != o->n_out)
        return op_error(o, "%d parts for %d outputs", parts.n, o->n_out);
    int64_t even = (x->dim[axis] + o->n_out - 1) / o->n_out;
    memcpy(dim, x->dim, sizeof dim);
    for (int i = 0; i < o->n_out; i++) {
        int64_t left = x->dim[axis] - i * even;
        dim[axis] = parts.n >= 0 ? parts.item[i] : left < even ? left : even;
        if (dim[axis] < 1)
            return op_error(o, "part %d is empty", i + 1);
        if (o->out[i])
            view(o->out[i], x, x->rank, dim, x->channel);
    }
    return 0;
}

/* Copies cost nothing; zeros around a map neither. rule->a: 0 Expand, 1 Tile,
 * 2 Pad. */
static int make_larger(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0], *v = o->n_in > 1 ? o->in[1] : NULL;
    struct list pads = op_list(o, rule->a == 2 ? "pads" : "", 1);
    int n = rule->a == 2 ? 2 * x->rank : 0;
    int64_t dim[RANK_MAX];
    double number[2 * RANK_MAX];
    if (v && v->number && value_count(v) <= 2 * RANK_MAX)
        n = (int)value_count(v), memcpy(number, v->number, (size_t)n * 8);
    else if (pads.n == n && n)
        for (int i = 0; i < n; i++)
            number[i] = (double)pads.item[i];
    else
        return op_error(o, "its sizes are no constants");
    int rank = rule->a == 0 && n > x->rank ? n : x->rank;
    if (rank > RANK_MAX || (rule->a == 1 && n != rank) ||
        (rule->a == 2 && n != 2 * rank))
        return op_error(o, "%d sizes for %d dimensions", n, x->rank);
    for (int i = 0; i < rank; i++) {
        int at = i - (rank - x->rank), k = i - (rank - n);
        int64_t d = at < 0 ? 1 : x->dim[at];
        int64_t y = k < 0 ? 1 : number_whole(number[rule->a == 0 ? k : i]);
        dim[i] = rule->a == 0   ? (d == 1 ? y : d)
                 : rule->a == 1 ? count_mul(d, y)
                                : d + y + number_whole(number[i + rank]);
        if (dim[i] < 1 || dim[i] > SIZE_LIMIT)
            return op_error(o, "dimension %d becomes %lld", i + 1,
                            (long long)dim[i]);
    }
    view(o->out[0], x, rank, dim, x->channel + rank - x->rank);
    return 0;
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
    view(o->out[0], x, 4, rule->a ? up : down, 1);
    return 0;
}

const struct op_rule view_rules[] = {
    {"Identity", make_same, 0, 0},
    {"Dropout", make_same, 0, 0},
    {"Cast", make_same, 0, 0},
    {"QuantizeLinear", make_same, 0, 0},
    {"DequantizeLinear", make_dequantize, 0, 0},
    {"DynamicQuantizeLinear", make_same, 0, 0},
    {"Reshape", make_reshape, 0, 0},
    {"Flatten", make_flatten, 0, 0},
    {"Transpose", make_transpose, 0, 0},
    {"Squeeze", make_squeeze, 0, 0},
    {"Unsqueeze", make_unsqueeze, 0, 0},
    {"Slice", make_slice, 0, 0},
    {"Gather", make_gather, 0, 0},
    {"Split", make_split, 0, 0},
    {"Expand", make_larger, 0, 0},
    {"Tile", make_larger, 1, 0},
    {"Pad", make_larger, 2, 0},
    {"DepthToSpace", make_depth, 1, 0},
    {"SpaceToDepth", make_depth, 0, 0},
    {0}};
