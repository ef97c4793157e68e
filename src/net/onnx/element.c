/* element.c - ONNX operators on each value */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/act.h"
#include "net/onnx/convert.h"
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
    if (is_constant(x)) { /* not computed */
        out->tensor = NULL;
        out->number = NULL;
        return 0;
    }
    if (!l)
        return op_given(o, &type_act, arg, 1, o->in) ? 0 : -1;
    op_mark(l, "act", arg.act);
    l->work[WORK_ACTIVATE] += (double)l->out_values;
    return 0;
}

/* com.microsoft: a bias, which goes into the layer before, and a function. */
static int make_gelu(struct op *o, const struct op_rule *rule)
{
    struct layer *l = op_absorber(o, o->in[0]);
    const struct value *bias = op_input(o, 1);
    if (make_act(o, rule))
        return -1;
    bool inside = l && l->groups;
    if (is_constant(o->out[0]))
        return 0;
    l = &o->m->build.net->layer[o->out[0]->from];
    if (bias)
        l->params = count_add(l->params, value_count(bias));
    if (bias && !inside)
        l->work[WORK_ADD] += (double)l->out_values;
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

/* A constant added to, or a factor of, the outputs of a weight layer: as a bias
 * or a normalisation it goes into that layer. */
static bool absorb_constant(struct op *o, struct value *x, struct value *c)
{
    bool sum = !strcmp(o->type, "Add") || !strcmp(o->type, "Sub");
    bool divide = !strcmp(o->type, "Div");
    struct layer *l = op_absorber(o, x);
    if (!l || (!sum && !o->m->build.net->weights.fold) || l->groups == 0 ||
        !per_channel(c, x) || (!sum && !divide && strcmp(o->type, "Mul")) ||
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
        l->params + value_count(c) > 2 * (int64_t)l->in_shape.c ||
        !(per_channel(c, x) || value_count(c) == l->in_shape.c) ||
        (strcmp(o->type, "Mul") && strcmp(o->type, "Add")))
        return false;
    l->params = count_add(l->params, learned(c));
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
        (factor || rule->a == WORK_ADD)) {
        op_alias(o->out[0], x); /* times 1, plus 0 */
        return 0;
    }
    if (absorb_norm(o, x, c) || absorb_constant(o, x, c))
        return 0;
    bool square =
        !strcmp(o->type, "Pow") && one && c == o->in[1] && c->number[0] == 2.0;
    struct layer *l = op_absorber(o, x);
    if (l && value_count(o->out[0]) == value_count(x) &&
        o->out[0]->rank == x->rank)
        op_alias(o->out[0], x); /* done where the values come from */
    else
        l = op_given(o, &type_operation, (struct args){0}, 1, &x);
    if (!l)
        return -1;
    l->work[square ? WORK_MAC : rule->a] += (double)l->out_values;
    if (!strcmp(o->type, "Div") && c == o->in[0]) /* the inverse of each */
        l->work[WORK_ACTIVATE] += (double)value_count(x);
    l->params = count_add(l->params, learned(c));
    return 0;
}

static int with_activation(struct op *o, const struct op_rule *rule)
{
    struct value *in[] = {o->in[0], o->in[1]};
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
    struct value *a = o->in[0], *b = op_input(o, 1);
    if (o->n_in != 2 || !b)
        return op_error(o, "two inputs are wanted, not %d", o->n_in);
    if (is_constant(a) && is_constant(b))
        return op_error(o, "two large constants are not known");
    if (broadcast(o, a, b, o->out[0]))
        return -1;
    if (is_activation(a) && is_activation(b))
        return with_activation(o, rule);
    return is_activation(a) ? with_constant(o, rule, a, b)
                            : with_constant(o, rule, b, a);
}

/* ---- more than two inputs ---- */

/* Sum, Mean, Max, Min: n - 1 operations for each output; constants take part
 * in them. */
static int make_many(struct op *o, const struct op_rule *rule)
{
    struct value **in =
        arena_array(o->m->env->arena, (size_t)o->n_in, sizeof *in);
    struct value sum = *o->in[0];
    int n = 0;
    if (o->n_in == 1)
        return op_alias(o->out[0], o->in[0]), 0;
    if (o->n_in == 2 && rule->b >= 0)
        return make_binary(o, rule);
    for (int i = 0; i < o->n_in; i++) {
        struct value all = sum;
        if (!o->in[i])
            return op_error(o, "input %d is missing", i + 1);
        if (broadcast(o, &sum, o->in[i], &all))
            return -1;
        sum = all;
        if (is_activation(o->in[i]))
            in[n++] = o->in[i];
    }
    set_dims(o->out[0], sum.rank, sum.dim, sum.channel);
    if (n == 0)
        return op_error(o, "it has constants only");
    struct layer *l =
        op_given(o, rule->a == WORK_ADD && n > 1 ? &type_add : &type_operation,
                 (struct args){0}, n, in);
    if (!l)
        return -1;
    l->work[rule->a] = (o->n_in - 1) * (double)l->out_values;
    return 0;
}

/* Where: one of two values for each; Clip with limits that are computed. */
static int make_where(struct op *o, const struct op_rule *rule)
{
    if (o->n_in != 3 || !o->in[1] || !o->in[2])
        return op_error(o, "a condition and two inputs are wanted");
    if (make_many(o, rule))
        return -1;
    o->m->build.net->layer[o->out[0]->from].work[WORK_COMPARE] /= 2;
    return 0;
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
    {"Tan", make_act, 0, 0}, {"Atan", make_act, 0, 0},
    {"Sign", make_act, 0, 0}, {"Not", make_act, 0, 0},
    {"IsNaN", make_act, 0, 0}, {"IsInf", make_act, 0, 0},
    {"Shrink", make_act, 0, 0}, {"QuickGelu", make_act, 0, 0},
    {"FastGelu", make_gelu, 0, 0}, {"BiasGelu", make_gelu, 0, 0},
    {"Add", make_binary, WORK_ADD, WORK_ADD},
    {"Sub", make_binary, WORK_ADD, WORK_ADD},
    {"Mul", make_binary, WORK_SCALE, WORK_MAC},
    {"Div", make_binary, WORK_SCALE, WORK_MAC},
    {"Pow", make_binary, WORK_ACTIVATE, WORK_ACTIVATE},
    {"PRelu", make_binary, WORK_ACTIVATE, WORK_ACTIVATE},
    {"Mod", make_binary, WORK_SCALE, WORK_MAC},
    {"Min", make_many, WORK_COMPARE, WORK_COMPARE},
    {"Max", make_many, WORK_COMPARE, WORK_COMPARE},
    {"Sum", make_many, WORK_ADD, WORK_ADD},
    {"Mean", make_many, WORK_ADD, WORK_ADD},
    {"Where", make_where, WORK_COMPARE, -1},
    {"Equal", make_binary, WORK_COMPARE, WORK_COMPARE},
    {"Greater", make_binary, WORK_COMPARE, WORK_COMPARE},
    {"GreaterOrEqual", make_binary, WORK_COMPARE, WORK_COMPARE},
    {"Less", make_binary, WORK_COMPARE, WORK_COMPARE},
    {"LessOrEqual", make_binary, WORK_COMPARE, WORK_COMPARE},
    {"And", make_binary, WORK_COMPARE, WORK_COMPARE},
    {"Or", make_binary, WORK_COMPARE, WORK_COMPARE},
    {"Xor", make_binary, WORK_COMPARE, WORK_COMPARE},
    {0}};
/* clang-format on */
