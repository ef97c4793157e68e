/* map.c - ONNX operators on maps: pools, sizes, joins, sums */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/onnx/convert.h"
#include "net/types.h"
#include <math.h>
#include <string.h>

/* Windows of N x C x D x H x W; global: the whole, at no stride. */
static int make_deep_pool(struct op *o, const struct op_rule *rule)
{
    struct value *x = o->in[0];
    struct args plane = {.out = 0};
    struct depth d;
    int64_t dim[] = {x->dim[0], x->dim[1], 1, 1, 1};
    double window = (double)x->dim[2] * (double)x->dim[3] * (double)x->dim[4];
    if (!rule->b) {
        /* as a map of one direction more: sizes by the rule of two */
        if (op_depth(o, x, NULL, &d) ||
            op_window(o, 3, 1, x->dim + 2, NULL, &plane))
            return -1;
        dim[2] = d.out;
        for (int i = 0; i < 2; i++)
            dim[3 + i] = op_window_out(o, x->dim[3 + i], &plane, i);
        window = (double)d.kernel * plane.win.kh * plane.win.kw;
    }
    for (int i = 2; i < 5; i++)
        if (dim[i] < 1 || dim[i] > SIZE_LIMIT)
            return op_error(o, "its window does not fit its input");
    set_dims(o->out[0], 5, dim, 1);
    struct args arg = {.kind = rule->a};
    struct layer *l = op_given(o, &type_reduce, arg, 1, &x);
    if (!l)
        return -1;
    l->work[rule->a] = (window - 1) * (double)l->out_values;
    return 0;
}

/* rule->a: enum work of a window; rule->b: of the whole map */
static int make_pool(struct op *o, const struct op_rule *rule)
{
    const struct layer_type *type =
        rule->a == WORK_COMPARE ? &type_maxpool : &type_avgpool;
    struct args arg = {.ceil = op_int(o, "ceil_mode", 0) != 0};
    const struct value *x = o->in[0];
    struct layer *l;
    struct shape s;
    if (x->rank == 5)
        return make_deep_pool(o, rule);
    if (op_map(o, x, &s))
        return -1;
    if (rule->b) /* global: kernel 0 x 0 */
        arg.win = (struct window){.dil_h = 1, .dil_w = 1};
    else if (op_window(o, x->rank - 2, 0, x->dim + 2, NULL, &arg))
        return -1;
    return op_map_layer(o, type, &arg, &s, &l);
}

/* ---- Resize: inputs x, roi, scales, sizes; Upsample: x, scales ---- */

/* Of Resize since version 18 the sizes of some axes. */
static int resized(const struct op *o, const struct value *x, int64_t *dim)
{
    int at = !strcmp(o->type, "Upsample") || o->n_in == 2 ? 1 : 2;
    const struct value *scales = op_input(o, at), *sizes = op_input(o, 3);
    struct list axes = op_list(o, "axes", -1);
    bool given = sizes && value_count(sizes) > 0; /* else left empty */
    const struct value *by = given ? sizes : scales;
    int n = axes.n < 0 ? x->rank : axes.n;
    if (!by || !by->number || value_count(by) != n)
        return op_error(o, "its scales or sizes are not %d constants", n);
    if (given && strcmp(op_text(o, "keep_aspect_ratio_policy", "stretch"),
                        "stretch") != 0)
        return op_error(o, "sizes of one aspect ratio are not known");
    memcpy(dim, x->dim, sizeof x->dim);
    for (int i = 0; i < n; i++) {
        int k = axes.n < 0 ? i : op_axis(o, axes.item[i], x->rank);
        if (k < 0)
            return -1;
        double y = by->number[i] * (given ? 1 : (double)x->dim[k]);
        dim[k] = number_whole(floor(y + 1e-9));
        if (dim[k] < 1 || dim[k] > SIZE_LIMIT)
            return op_error(o, "dimension %d becomes %lld", k + 1,
                            (long long)dim[k]);
    }
    return 0;
}

static enum resize resize_kind(const char *mode)
{
    return !strcmp(mode, "linear")  ? RESIZE_LINEAR
           : !strcmp(mode, "cubic") ? RESIZE_CUBIC
                                    : RESIZE_NEAREST;
}

static int make_resize(struct op *o, const struct op_rule *rule)
{
    struct value *x = o->in[0], *out = o->out[0];
    enum resize how = resize_kind(op_text(o, "mode", "nearest"));
    int64_t dim[RANK_MAX];
    (void)rule;
    if (resized(o, x, dim))
        return -1;
    set_dims(out, x->rank, dim, x->channel);
    int64_t f = x->rank == 4 ? dim[2] / (x->dim[2] ? x->dim[2] : 1) : 0;
    bool copies = how == RESIZE_NEAREST && f > 0 && x->channel == 1 &&
                  x->dim[0] == 1 && dim[0] == 1 && dim[1] == x->dim[1] &&
                  dim[2] == f * x->dim[2] && dim[3] == f * x->dim[3];
    struct args arg = {.factor = (int)f, .kind = how};
    return (copies ? op_layer(o, &type_upsample, &arg, 1, &x, NULL)
                   : op_given(o, &type_resize, arg, 1, &x))
               ? 0
               : -1;
}

/* ---- Concat ---- */

static int joined(struct op *o, int axis, int64_t *dim, struct value **in)
{
    int n = 0;
    const struct value *x = o->in[0];
    memcpy(dim, x->dim, sizeof x->dim);
    dim[axis] = 0;
    for (int i = 0; i < o->n_in; i++) {
        struct value *v = o->in[i];
        if (!v || v->rank != x->rank)
            return op_error(o, "its inputs have other numbers of dimensions");
        for (int k = 0; k < x->rank; k++)
            if (k != axis && v->dim[k] != x->dim[k])
                return op_error(o,
                                "dimension %d of its inputs is %lld and "
                                "%lld",
                                k + 1, (long long)x->dim[k],
                                (long long)v->dim[k]);
        dim[axis] = count_add(dim[axis], v->dim[axis]);
        if (is_activation(v))
            in[n++] = v;
    }
    return n ? n : op_error(o, "it joins large constants only");
}

static int make_concat(struct op *o, const struct op_rule *rule)
{
    struct value *x = o->in[0];
    struct value **in =
        arena_array(o->m->env->arena, (size_t)o->n_in, sizeof *in);
    int axis = op_axis(o, op_int(o, "axis", 0), x->rank);
    int64_t dim[RANK_MAX];
    (void)rule;
    if (o->n_in == 1)
        return op_alias(o->out[0], x), 0;
    int n = axis < 0 ? -1 : joined(o, axis, dim, in);
    if (n < 1)
        return -1;
    set_dims(o->out[0], x->rank, dim, in[0]->channel);
    bool channels = n == o->n_in;
    for (int i = 0; i < n; i++)
        channels = channels && in[i]->channel == axis;
    if (channels)
        return op_layer(o, &type_concat, &(struct args){0}, n, in, NULL) ? 0
                                                                         : -1;
    return op_given(o, &type_join, (struct args){0}, n, in) ? 0 : -1;
}

/* ---- sums and means over dimensions; rule->a: their work; rule->b: where
 * functions are ---- */

enum { NOWHERE, BEFORE, AFTER, BOTH_ENDS };

static int make_reduce(struct op *o, const struct op_rule *rule)
{
    struct value *x = o->in[0];
    struct list axes = op_list(o, "axes", 1);
    bool keep = op_int(o, "keepdims", 1) != 0, gone[RANK_MAX] = {false};
    int64_t dim[RANK_MAX];
    int rank = 0;
    if (axes.n == REPORTED)
        return -1;
    if (axes.n < 1 && op_int(o, "noop_with_empty_axes", 0))
        return op_alias(o->out[0], x), 0;
    for (int i = 0; i < (axes.n < 1 ? x->rank : axes.n); i++) {
        int axis = axes.n < 1 ? i : op_axis(o, axes.item[i], x->rank);
        if (axis < 0)
            return -1;
        gone[axis] = true;
    }
    int channel = 0;
    for (int i = 0; i < x->rank; i++) {
        if (i == x->channel)
            channel = rank;
        if (keep || !gone[i])
            dim[rank++] = gone[i] ? 1 : x->dim[i];
    }
    set_dims(o->out[0], rank, dim, channel);
    struct args arg = {.kind =
                           rule->a == WORK_COMPARE ? WORK_COMPARE : WORK_ADD};
    struct layer *l = op_given(o, &type_reduce, arg, 1, &x);
    if (!l)
        return -1;
    double values = (double)l->in_values, out = (double)l->out_values;
    if (rule->a == WORK_MAC) {
        l->work[WORK_ADD] = 0;
        l->work[WORK_MAC] = values;
    }
    if (rule->b == BEFORE) /* a function of each value, then their sum */
        l->work[WORK_ACTIVATE] = values;
    if (rule->b >= AFTER)
        l->work[WORK_ACTIVATE] = (rule->b == BOTH_ENDS ? values : 0) + out;
    return 0;
}

const struct op_rule map_rules[] = {
    {"MaxPool", make_pool, WORK_COMPARE, 0},
    {"AveragePool", make_pool, WORK_ADD, 0},
    {"GlobalMaxPool", make_pool, WORK_COMPARE, 1},
    {"GlobalAveragePool", make_pool, WORK_ADD, 1},
    {"Resize", make_resize, 0, 0},
    {"Upsample", make_resize, 0, 0},
    {"Concat", make_concat, 0, 0},
    {"ReduceMean", make_reduce, WORK_ADD, 0},
    {"ReduceSum", make_reduce, WORK_ADD, 0},
    {"ReduceMax", make_reduce, WORK_COMPARE, 0},
    {"ReduceMin", make_reduce, WORK_COMPARE, 0},
    {"ReduceProd", make_reduce, WORK_MAC, 0},
    {"ReduceSumSquare", make_reduce, WORK_MAC, 0},
    {"ReduceL2", make_reduce, WORK_MAC, AFTER},
    {"ReduceL1", make_reduce, WORK_ADD, BEFORE},
    {"ReduceLogSum", make_reduce, WORK_ADD, AFTER},
    {"ReduceLogSumExp", make_reduce, WORK_ADD, BOTH_ENDS},
    {0}};
