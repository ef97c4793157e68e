/* quantized.c - ONNX operators that exist as integer or fused ones */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/onnx/convert.h"
#include "net/types.h"
#include <string.h>

/* The plain operator of this name, of these inputs. */
static int make_as(struct op *o, const char *type, int n, struct value **in)
{
    const struct op_rule *rule = op_rule_of(type);
    o->type = type;
    o->in = in;
    o->n_in = n;
    return rule ? rule->make(o, rule) : -1;
}

/* QLinearX: scale and zero point follow each input; rule->a: inputs, rule->b:
 * the first. How values are stored is the setting `quant`. */
static int make_plain(struct op *o, const struct op_rule *rule)
{
    int n = rule->a ? rule->a : (o->n_in - rule->b) / 3;
    struct value **in =
        arena_array(o->m->env->arena, (size_t)n + 1, sizeof *in);
    for (int i = 0; i < n; i++) {
        in[i] = op_input(o, rule->b + 3 * i);
        if (!in[i])
            return op_error(o, "input %d is missing", rule->b + 3 * i + 1);
        if (in[i]->from != FROM_CONSTANT)
            continue;
        const struct value *scale = op_input(o, rule->b + 3 * i + 1);
        const struct value *zero = op_input(o, rule->b + 3 * i + 2);
        struct value *copy = arena_alloc(o->m->env->arena, sizeof *copy);
        *copy = *in[i];
        in[i] = copy;
        if (constant_dequantize(o, copy, scale, zero, 0))
            return -1;
    }
    return n < 1 ? op_error(o, "it has no inputs")
                 : make_as(o, o->type + strlen("QLinear"), n, in);
}

/* FusedConv, FusedGemm: an activation function of the outputs. */
static int make_fused(struct op *o, const struct op_rule *rule)
{
    int n = o->n_in < 3 ? o->n_in : 3;
    bool has = *op_text(o, "activation", "") != 0;
    struct value *more = op_input(o, 3);
    (void)rule;
    if (is_activation(more))
        return op_error(o, "a sum with its output is not known");
    if (make_as(o, o->type + strlen("Fused"), n, o->in))
        return -1;
    struct layer *l = &o->m->build.net->layer[o->out[0]->from];
    l->work[WORK_ACTIVATE] += has ? (double)l->out_values : 0;
    return 0;
}

/* Weights of a few bits in blocks, whose form is not ONNX's: sizes K and N are
 * attributes. */
static int make_blocks(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0];
    int64_t k = op_int(o, "K", 0), n = op_int(o, "N", 0), all = value_count(x);
    int last = x->rank - 1;
    (void)rule;
    if (k < 1 || k > SIZE_LIMIT || n < 1 || n > SIZE_LIMIT || last < 0 ||
        x->dim[last] != k || all < k || all / k > SIZE_LIMIT)
        return op_error(o, "a matrix of %lld x %lld does not fit its input",
                        (long long)k, (long long)n);
    struct shape s = {(int)k, (int)(all / k), 1};
    struct args arg = {.out = (int)n, .apply = APPLY_POSITION};
    if (!op_layer(o, &type_fc, &arg, 1, o->in, &s))
        return -1;
    set_dims(o->out[0], x->rank, x->dim, last);
    o->out[0]->dim[last] = n;
    op_warn(o, "its weights are packed in a way that is not read; the "
               "distribution of their scheme stands for them");
    return 0;
}

const struct op_rule quantized_rules[] = {
    {"QLinearAdd", make_plain, 2, 0},
    {"QLinearMul", make_plain, 2, 0},
    {"QLinearConcat", make_plain, 0, 2},
    {"QLinearSigmoid", make_plain, 1, 0},
    {"QLinearLeakyRelu", make_plain, 1, 0},
    {"QLinearSoftmax", make_plain, 1, 0},
    {"QLinearAveragePool", make_plain, 1, 0},
    {"QLinearGlobalAveragePool", make_plain, 1, 0},
    {"QLinearReduceMean", make_plain, 1, 0},
    {"FusedConv", make_fused, 0, 0},
    {"FusedGemm", make_fused, 0, 0},
    {"MatMulNBits", make_blocks, 0, 0},
    {0}};
