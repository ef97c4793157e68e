/* type_attention.c - normalisation at run time, softmax, matrix products */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/act.h"
#include "net/types.h"

static const char *const kinds[] = {"layer", "batch", NULL};
enum { KIND_LAYER, KIND_BATCH };

/* clang-format off */
static const struct field norm_fields[] = {
    {"kind", FIELD_CHOICE, DIM_NONE, offsetof(struct args, norm), 0, 0,
     "layer", kinds, "over the channels of a position, or by fixed numbers"},
    {"act", FIELD_CHOICE, DIM_NONE, offsetof(struct args, act), 0, 0,
     "none", act_names, "activation function of the outputs"},
    {0}
};

static const struct field softmax_fields[] = {
    {"heads", FIELD_COUNT, DIM_NONE, offsetof(struct args, heads), 1,
     SIZE_LIMIT, "1", NULL, "parts of the channels normalised apart"},
    {0}
};

static const struct field matmul_fields[] = {
    {"heads", FIELD_COUNT, DIM_NONE, offsetof(struct args, heads), 1,
     SIZE_LIMIT, "1", NULL, "parts of the channels multiplied apart"},
    {"transpose", FIELD_FLAG, DIM_NONE, offsetof(struct args, transpose), 0, 1,
     "false", NULL, "whether the second factor is transposed, as in Q K^T"},
    {0}
};
/* clang-format on */

/*
 * Layer: sum for the mean, difference from it, square and sum, scale by
 * 1/sigma, scale and shift by the parameters; one 1/sqrt for each position.
 * Batch: scale and shift by constants.
 */
static int infer_norm(struct infer *x)
{
    struct layer *l = x->l;
    bool layer = x->arg->norm == KIND_LAYER;
    l->out = *x->in;
    l->lead = lead_element(x->in);
    l->params = count_mul(2, l->out.c);
    double values = (double)shape_values(&l->out);
    l->work[layer ? WORK_MAC : WORK_SCALE] = (layer ? 3 : 1) * values;
    if (layer) {
        l->work[WORK_ADD] = 2 * values;
        l->work[WORK_ACTIVATE] = (double)shape_positions(&l->out);
    }
    return 0;
}

/* exp of each value, their sum, its inverse, and a product for each value. */
static int infer_softmax(struct infer *x)
{
    struct layer *l = x->l;
    int heads = x->arg->heads;
    if (x->in->c % heads)
        return infer_error(x, "%d heads do not divide %d channels", heads,
                           x->in->c);
    l->out = *x->in;
    l->lead = lead_element(x->in);
    double values = (double)shape_values(&l->out);
    double sums = heads * (double)shape_positions(&l->out);
    l->work[WORK_ACTIVATE] = values + sums;
    l->work[WORK_ADD] = values - sums;
    l->work[WORK_MAC] = values;
    return 0;
}

/*
 * Sequences a (heads M x L) and b. transposed: out = a b^T, M of b's channels
 * a head against each of b's positions, heads * b.length channels; else out =
 * a b, M must be b's length, b's channels. All of b must exist before the
 * first output.
 */
static int infer_matmul(struct infer *x)
{
    struct layer *l = x->l;
    const struct shape *a = &x->in[0], *b = &x->in[1];
    int heads = x->arg->heads;
    bool t = x->arg->transpose;
    if (a->w != 1 || b->w != 1)
        return infer_error(x, "both inputs must be sequences (width 1)");
    if (a->c % heads || b->c % heads)
        return infer_error(x, "%d heads do not divide %d and %d channels",
                           heads, a->c, b->c);
    int inner = a->c / heads, other = t ? b->c / heads : b->h;
    if (inner != other)
        return infer_error(x, "the inner sizes %d and %d differ", inner, other);
    int64_t columns = t ? count_mul(heads, b->h) : b->c;
    if (columns > SIZE_LIMIT)
        return infer_error(x, "more than %d channels", SIZE_LIMIT);
    l->out = (struct shape){(int)columns, a->h, 1};
    l->lead = 1;
    l->macs = count_mul(count_mul(a->h, inner), columns);
    l->work[WORK_MAC] = (double)l->macs;
    return 0;
}

const struct layer_type type_norm = {.name = "norm",
                                     .text = "normalisation at run time",
                                     .fields = norm_fields,
                                     .in_min = 1,
                                     .in_max = 1,
                                     .infer = infer_norm};

const struct layer_type type_softmax = {
    .name = "softmax",
    .text = "softmax over the channels of each position",
    .fields = softmax_fields,
    .in_min = 1,
    .in_max = 1,
    .infer = infer_softmax};

const struct layer_type type_matmul = {.name = "matmul",
                                       .text =
                                           "matrix product of two activations",
                                       .fields = matmul_fields,
                                       .in_min = 2,
                                       .in_max = 2,
                                       .infer = infer_matmul};
