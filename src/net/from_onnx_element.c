/* from_onnx_element.c - ONNX operators on each value */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/act.h"
#include "net/from_onnx.h"
#include "net/types.h"
#include <math.h>
#include <string.h>

/* ---- functions of one value ---- */

static int make_act(struct op *o, const struct op_rule *rule)
{
    struct value *x = o->in[0], *out = o->out[0];
    struct layer *l = op_absorber(o, x);
    struct args arg = {.act = act_find(o->type)};
    op_alias(out, x);
    (void)rule;
    if (!l)
        return op_given(o, &type_act, arg, 1, o->in) ? 0 : -1;
    op_mark(l, "act", arg.act);
    l->work[WORK_ACTIVATE] += (double)l->out_values;
    return 0;
}

/* ---- two inputs, numpy broadcasting ---- */

static int broadcast(const struct op *o, const struct value *a,
                     const struct value *b, struct value *out)
{
    int rank = a->rank > b->rank ? a->rank : b->rank;
    int64_t dim[RANK_MAX];
    for (int i = 0; i < rank; i++) {
        int ia = i - (rank - a->rank), ib = i - (rank - b->rank);
        int64_t da = ia < 0 ? 1 : a->dim[ia], db = ib < 0 ? 1 : b->dim[ib];
        if (da != db && da != 1 && db != 1)
            return op_error(o, "dimensions of %lld and %lld do not go together",
                            (long long)da, (long long)db);
        dim[i] = da == 1 ? db : da;
    }
    const struct value *like = is_activation(a) && a->rank == rank ? a : b;
    set_dims(out, rank, dim, like->channel + rank - like->rank);
    return 0;
}

/* Whether a constant is one number, or one for each channel of x. */
static bool per_channel(const struct value *constant, const struct value *x)
{
    int64_t n = value_count(constant);
    int at = x->channel - (x->rank - constant->rank);
    return n == 1 || (constant->rank <= x->rank && at >= 0 &&
                      constant->dim[at] == n && x->dim[x->channel] == n);
}

/* Numbers of a constant that were learned: not those of a formula, which have
 * no dimension. */
static int64_t learned(const struct value *constant)
{
    return constant->rank ? value_count(constant) : 0;
}

void scale_weights(struct op *o, struct layer *l, const double *s, int64_t n,
                   bool divide)
{
    int64_t all = (int64_t)l->groups * l->columns;
    if (!l->trained || n < 1 || all % n)
        return;
    struct trained *w = arena_alloc(o->m->env->arena, sizeof *w);
    double *scale = arena_array(o->m->env->arena, (size_t)all, sizeof *scale);
    *w = *l->trained;
    for (int64_t i = 0; i < all; i++) {
        /* a transposed convolution has a window of columns a channel */
        double x = s[n == 1 ? 0 : i / (all / n)];
        double old = w->scale ? w->scale[i] : 1;
        scale[i] = !divide ? old * x : isnan(x) || x == 0 ? old : old / x;
    }
    w->scale = scale;
    l->trained = w;
}

const double *numbers_of(struct op *o, const struct value *v)
{
    if (v->number || !v->tensor)
        return v->number;
    double *x = arena_array(o->m->env->arena, (size_t)v->tensor->n, sizeof *x);
    for (int64_t i = 0; i < v->tensor->n; i++)
        x[i] = tensor_at(v->tensor, i);
    return x;
}

/* A constant added to, or a factor of, the outputs of a weight layer: as a bias
 * or a normalisation it goes into that layer. */
static bool absorb_constant(struct op *o, struct value *x, struct value *c)
{
    bool sum = !strcmp(o->type, "Add") || !strcmp(o->type, "Sub");
    bool divide = !strcmp(o->type, "Div");
    struct layer *l = op_absorber(o, x);
    if (!l || l->groups == 0 || !per_channel(c, x) ||
        (!sum && !divide && strcmp(o->type, "Mul")) ||
        (divide && c == o->in[0]) ||
        l->work[WORK_ACTIVATE] > 0) /* a function lies between */
        return false;
    const double *number = numbers_of(o, c);
    if (!sum && number)
        scale_weights(o, l, number, value_count(c), divide);
    if (sum && learned(c) == l->out.c)
        op_mark(l, "bias", true);
    l->params = count_add(l->params, learned(c));
    op_alias(o->out[0], x);
    return true;
}

/* gamma and beta of a normalisation, which counts them and their work. */
static bool absorb_norm(struct op *o, struct value *x, struct value *c)
{
    struct layer *l = op_absorber(o, x);
    if (!l || l->type != &type_norm || value_count(c) < 2 ||
        !per_channel(c, x) ||
        (strcmp(o->type, "Mul") && strcmp(o->type, "Add")))
        return false;
    op_alias(o->out[0], x);
    return true;
}

/* Work of one output value: rule->a of the operation itself, with a constant;
 * rule->b with another activation. */
static int with_constant(struct op *o, const struct op_rule *rule,
                         struct value *x, struct value *c)
{
    bool one = value_count(c) == 1 && c->number && x->rank >= c->rank;
    bool factor = !strcmp(o->type, "Mul") || !strcmp(o->type, "Div");
    if (one && c == o->in[1] && c->number[0] == (factor ? 1.0 : 0.0) &&
        strcmp(o->type, "Pow") && rule->a != WORK_COMPARE) {
        op_alias(o->out[0], x); /* times 1, plus 0 */
        return 0;
    }
    if (absorb_norm(o, x, c) || absorb_constant(o, x, c))
        return 0;
    bool square = !strcmp(o->type, "Pow") && one && c->number[0] == 2.0;
    struct layer *l = op_absorber(o, x);
    if (l && value_count(o->out[0]) == value_count(x) &&
        o->out[0]->rank == x->rank)
        op_alias(o->out[0], x); /* done where the values come from */
    else
        l = op_given(o, &type_operation, (struct args){0}, 1, &x);
    if (!l)
        return -1;
    l->work[square ? WORK_MAC : rule->a] += (double)l->out_values;
    l->params = count_add(l->params, learned(c));
    return 0;
}

static int with_activation(struct op *o, const struct op_rule *rule)
{
    struct value *in[] = {o->in[0], o->in[1]};
    struct shape s[2];
    if (op_shape(o, in[0], &s[0]) || op_shape(o, in[1], &s[1]))
        return -1;
    bool swap = value_count(in[1]) > value_count(in[0]);
    if (swap) {
        in[0] = o->in[1];
        in[1] = o->in[0];
    }
    struct layer *l =
        op_given(o,
                 rule->b == WORK_MAC && !strcmp(o->type, "Mul") ? &type_mul
                 : rule->b == WORK_ADD                          ? &type_add
                                       : &type_operation,
                 (struct args){0}, 2, in);
    if (!l)
        return -1;
    l->work[rule->b] = (double)l->out_values;
    if (!strcmp(o->type, "Div")) /* the inverse of each divisor */
        l->work[WORK_ACTIVATE] = (double)value_count(o->in[1]);
    return 0;
}

static int make_binary(struct op *o, const struct op_rule *rule)
{
    struct value *a = o->in[0], *b = o->n_in > 1 ? o->in[1] : NULL;
    if (!b) /* Min, Max of one */
        return op_alias(o->out[0], a), 0;
    if (o->n_in > 2 || !(is_activation(a) || is_activation(b)))
        return op_error(o, "%d inputs, or two large constants, are not known",
                        o->n_in);
    if (broadcast(o, a, b, o->out[0]))
        return -1;
    if (is_activation(a) && is_activation(b))
        return with_activation(o, rule);
    return is_activation(a) ? with_constant(o, rule, a, b)
                            : with_constant(o, rule, b, a);
}

/* ---- normalisation and softmax ---- */

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

static int make_batch_norm(struct op *o, const struct op_rule *rule)
{
    struct value *x = o->in[0];
    int64_t n = x->rank > 1 ? x->dim[1] : 0;
    struct layer *l = op_absorber(o, x);
    (void)rule;
    for (int i = 1; i < 5; i++)
        if (i >= o->n_in || !o->in[i] || o->in[i]->from != FROM_CONSTANT ||
            value_count(o->in[i]) != n)
            return op_error(o,
                            "scale, bias, mean and variance must be %lld "
                            "constants each",
                            (long long)n);
    op_alias(o->out[0], x);
    if (l && l->groups && l->work[WORK_ACTIVATE] <= 0 && x->channel == 1) {
        fold_scale(o, l, n);
        op_mark(l, "norm", NORM_BATCH);
        l->params = count_add(l->params, 2 * n);
        return 0;
    }
    o->out[0]->channel = 1;
    struct args arg = {.norm = NORM_BATCH};
    return op_layer(o, &type_norm, &arg, 1, o->in, NULL) ? 0 : -1;
}

/* The input as dim[axis..] values at each of the other positions. */
static int from_axis(struct op *o, int axis, struct shape *s)
{
    const struct value *x = o->in[0];
    int64_t c = 1, h = 1;
    for (int i = 0; i < x->rank; i++)
        *(i >= axis ? &c : &h) = count_mul(i >= axis ? c : h, x->dim[i]);
    if (c < 1 || h < 1 || c > SIZE_LIMIT || h > SIZE_LIMIT)
        return op_error(o, "its input is too large or empty");
    *s = (struct shape){(int)c, (int)h, 1};
    return 0;
}

static int make_layer_norm(struct op *o, const struct op_rule *rule)
{
    struct args arg = {.norm = 0}; /* the first kind: layer */
    struct shape s;
    int axis = op_axis(o, op_int(o, "axis", -1), o->in[0]->rank);
    (void)rule;
    if (axis < 0 || from_axis(o, axis, &s))
        return -1;
    op_alias(o->out[0], o->in[0]);
    return op_layer(o, &type_norm, &arg, 1, o->in, &s) ? 0 : -1;
}

static int make_softmax(struct op *o, const struct op_rule *rule)
{
    struct args arg = {.heads = 1};
    struct value *x = o->in[0];
    struct shape s;
    int axis = op_axis(o, op_int(o, "axis", -1), x->rank);
    (void)rule;
    if (axis < 0 || op_shape(o, x, &s))
        return -1;
    int64_t all = value_count(x), c = x->dim[axis];
    if (all / c > SIZE_LIMIT)
        return op_error(o, "its input is too large");
    s = (struct shape){(int)c, (int)(all / c), 1};
    op_alias(o->out[0], x);
    return op_layer(o, &type_softmax, &arg, 1, o->in, &s) ? 0 : -1;
}

/* clang-format off */
const struct op_rule element_rules[] = {
    {"Relu", make_act, 0, 0}, {"LeakyRelu", make_act, 0, 0},
    {"Sigmoid", make_act, 0, 0}, {"Tanh", make_act, 0, 0},
    {"HardSigmoid", make_act, 0, 0}, {"HardSwish", make_act, 0, 0},
    {"Swish", make_act, 0, 0}, {"Mish", make_act, 0, 0},
    {"Gelu", make_act, 0, 0}, {"Elu", make_act, 0, 0},
    {"Selu", make_act, 0, 0}, {"Celu", make_act, 0, 0},
    {"Softplus", make_act, 0, 0}, {"Softsign", make_act, 0, 0},
    {"ThresholdedRelu", make_act, 0, 0}, {"Clip", make_act, 0, 0},
    {"Exp", make_act, 0, 0}, {"Log", make_act, 0, 0},
    {"Sqrt", make_act, 0, 0}, {"Reciprocal", make_act, 0, 0},
    {"Erf", make_act, 0, 0}, {"Abs", make_act, 0, 0},
    {"Neg", make_act, 0, 0}, {"Floor", make_act, 0, 0},
    {"Ceil", make_act, 0, 0}, {"Round", make_act, 0, 0},
    {"Sin", make_act, 0, 0}, {"Cos", make_act, 0, 0},
    {"Add", make_binary, WORK_ADD, WORK_ADD},
    {"Sub", make_binary, WORK_ADD, WORK_ADD},
    {"Mul", make_binary, WORK_SCALE, WORK_MAC},
    {"Div", make_binary, WORK_SCALE, WORK_MAC},
    {"Pow", make_binary, WORK_ACTIVATE, WORK_ACTIVATE},
    {"PRelu", make_binary, WORK_ACTIVATE, WORK_ACTIVATE},
    {"Min", make_binary, WORK_COMPARE, WORK_COMPARE},
    {"Max", make_binary, WORK_COMPARE, WORK_COMPARE},
    {"BatchNormalization", make_batch_norm, 0, 0},
    {"LayerNormalization", make_layer_norm, 0, 0},
    {"Softmax", make_softmax, 0, 0}, {"LogSoftmax", make_softmax, 0, 0},
    {0}};
/* clang-format on */
