/* norm.c - ONNX operators of normalisation, and softmax */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/onnx/convert.h"
#include "net/types.h"
#include <math.h>

/* ---- by fixed numbers ---- */

/* gamma / sqrt(variance + epsilon) of each channel */
static void fold_scale(struct op *o, struct layer *l, int64_t n)
{
    const double *gamma = numbers_of(o, o->in[1]);
    const double *variance = numbers_of(o, o->in[4]);
    double epsilon = op_float(o, "epsilon", 1e-5);
    double *s = arena_array(o->m->env->arena, (size_t)n, sizeof *s);
    if (!gamma || !variance)
        return;
    for (int64_t i = 0; i < n; i++) {
        double v = variance[i] + epsilon;
        s[i] = isnan(v) || v <= 0 ? 1 : gamma[i] / sqrt(v);
    }
    scale_weights(o, l, s, n, false);
}

/* Into the weights; or one product with a constant, and a sum, for each value,
 * by the layer or by one of its own. */
static int make_batch_norm(struct op *o, const struct op_rule *rule)
{
    struct value *x = o->in[0];
    int64_t n = x->rank > 1 ? x->dim[1] : 0;
    struct layer *l = op_absorber(o, x);
    (void)rule;
    for (int i = 1; i < 5; i++)
        if (i >= o->n_in || !is_constant(o->in[i]) ||
            value_count(o->in[i]) != n)
            return op_error(o,
                            "scale, bias, mean and variance must be %lld "
                            "constants each",
                            (long long)n);
    op_alias(o->out[0], x);
    if (l && l->groups && l->work[WORK_ACTIVATE] <= 0 && x->channel == 1) {
        if (o->m->build.net->weights.fold)
            fold_scale(o, l, n);
        else
            l->work[WORK_SCALE] += (double)l->out_values;
        op_mark(l, "norm", NORM_BATCH);
        l->params = count_add(l->params, 2 * n);
        return 0;
    }
    struct args arg = {.norm = NORM_BATCH};
    struct value map = *x, *in = &map;
    o->out[0]->channel = map.channel = 1;
    return op_layer(o, &type_norm, &arg, 1, &in, NULL) ? 0 : -1;
}

/* ---- over values ---- */

enum { NONE = 99 }; /* inputs with learned numbers */

enum kind {
    MEAN_AND_VARIANCE, /* as a norm layer counts */
    NO_MEAN,           /* neither its sum nor the difference from it */
    NO_SCALE           /* nor learned factors: a norm of one */
};

/* c values at each of h places are brought to one mean and variance. rule->a:
 * first input with learned numbers; rule->b: enum kind. */
static int normalise(struct op *o, int64_t c, int64_t h,
                     const struct op_rule *rule)
{
    struct args arg = {.norm = 0}; /* the first kind: layer */
    if (c < 1 || h < 1 || c > SIZE_LIMIT || h > SIZE_LIMIT)
        return op_error(o, "its input is too large or empty");
    struct shape s = {(int)c, (int)h, 1};
    op_alias(o->out[0], o->in[0]);
    struct layer *l = op_layer(o, &type_norm, &arg, 1, o->in, &s);
    if (!l)
        return -1;
    l->params = 0;
    if (rule->b >= NO_MEAN)
        l->work[WORK_ADD] = 0;
    if (rule->b == NO_SCALE)
        l->work[WORK_MAC] -= (double)l->out_values;
    for (int i = rule->a; i < rule->a + (rule->b == NO_MEAN ? 1 : 2); i++)
        if (is_constant(op_input(o, i)))
            l->params = count_add(l->params, value_count(o->in[i]));
    return 0;
}

static int make_layer_norm(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0];
    int axis = op_axis(o, op_int(o, "axis", -1), x->rank);
    return axis < 0 ? -1
                    : normalise(o, value_part(x, axis, x->rank),
                                value_part(x, 0, axis), rule);
}

/* com.microsoft: the sum of two and perhaps a bias, then as above: input, skip,
 * gamma, beta (with a mean), bias. */
static int make_skip_norm(struct op *o, const struct op_rule *rule)
{
    struct value *in[] = {o->in[0], op_input(o, 1)}, sum;
    const struct value *bias = op_input(o, rule->b == NO_MEAN ? 3 : 4);
    if (!in[1] || value_count(in[1]) > value_count(in[0]))
        return op_error(o, "two inputs are wanted");
    op_alias(o->out[0], in[0]);
    o->part = "add";
    struct layer *l = op_given(o, &type_add, (struct args){0}, 2, in);
    o->part = NULL;
    if (!l)
        return -1;
    l->work[WORK_ADD] = (bias ? 2 : 1) * (double)l->out_values;
    l->params = bias ? value_count(bias) : 0;
    sum = *o->out[0];
    if (o->n_out > 3 && o->out[3])
        op_alias(o->out[3], &sum);
    o->in[0] = &sum;
    return make_layer_norm(o, rule);
}

/* One mean for each channel of each map, or for each group of channels. */
static int make_instance_norm(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0];
    if (x->rank < 3)
        return op_error(o, "its input is no map");
    int64_t groups = op_int(o, "num_groups", x->dim[1]), all = value_count(x);
    if (groups < 1 || x->dim[1] % groups)
        return op_error(o, "%lld groups of %lld channels", (long long)groups,
                        (long long)x->dim[1]);
    int64_t h = count_mul(x->dim[0], groups);
    return normalise(o, h > 0 ? all / h : 0, h, rule);
}

/* Over given dimensions, by default 0, 2 and 3. */
static int make_mean_variance(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0];
    struct list axes = op_list(o, "axes", 1);
    bool over[RANK_MAX] = {false};
    int64_t c = 1;
    if (axes.n == REPORTED)
        return -1;
    if (axes.n < 0)
        axes = (struct list){3, {0, 2, 3}};
    for (int i = 0; i < axes.n; i++) {
        int axis = op_axis(o, axes.item[i], x->rank);
        if (axis < 0)
            return -1;
        c = over[axis] ? c : count_mul(c, x->dim[axis]);
        over[axis] = true;
    }
    return normalise(o, c, c > 0 ? value_count(x) / c : 0, rule);
}

/* LpNormalization: of one dimension */
static int make_unit(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0];
    int axis = op_axis(o, op_int(o, "axis", -1), x->rank);
    int64_t c = axis < 0 ? 0 : x->dim[axis];
    return axis < 0 ? -1
                    : normalise(o, c, c > 0 ? value_count(x) / c : 0, rule);
}

/* ---- softmax ---- */

/* Before version 13 over all dimensions from the axis on. */
static int make_softmax(struct op *o, const struct op_rule *rule)
{
    struct args arg = {.heads = 1};
    struct value *x = o->in[0];
    struct shape s;
    bool old = o->m->opset < 13;
    int axis = op_axis(o, op_int(o, "axis", old ? 1 : -1), x->rank);
    (void)rule;
    if (axis < 0 || op_shape(o, x, &s))
        return -1;
    int64_t all = value_count(x);
    int64_t c = old ? value_part(x, axis, x->rank) : x->dim[axis];
    if (all / c > SIZE_LIMIT || c > SIZE_LIMIT)
        return op_error(o, "its input is too large");
    s = (struct shape){(int)c, (int)(all / c), 1};
    op_alias(o->out[0], x);
    return op_layer(o, &type_softmax, &arg, 1, o->in, &s) ? 0 : -1;
}

const struct op_rule norm_rules[] = {
    {"BatchNormalization", make_batch_norm, 0, 0},
    {"LayerNormalization", make_layer_norm, 1, 0},
    {"SimplifiedLayerNormalization", make_layer_norm, 1, NO_MEAN},
    {"RMSNormalization", make_layer_norm, 1, NO_MEAN},
    {"SkipLayerNormalization", make_skip_norm, 2, 0},
    {"SkipSimplifiedLayerNormalization", make_skip_norm, 2, NO_MEAN},
    {"InstanceNormalization", make_instance_norm, 1, 0},
    {"GroupNormalization", make_instance_norm, 1, 0},
    {"MeanVarianceNormalization", make_mean_variance, NONE, 0},
    {"LpNormalization", make_unit, NONE, NO_SCALE},
    {"Softmax", make_softmax, 0, 0},
    {"LogSoftmax", make_softmax, 0, 0},
    {0}};
