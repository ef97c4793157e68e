/* from_onnx_matrix.c - ONNX operators that are weight matrices */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/from_onnx.h"
#include "net/types.h"
#include <math.h>
#include <string.h>

static bool constant(const struct value *v)
{
    return v && v->from == FROM_CONSTANT;
}

static const struct value *input_at(const struct op *o, int i)
{
    return i > 0 && i < o->n_in ? o->in[i] : NULL;
}

/* Where the weights of layer l stand in the file; zero: input of the zero point
 * of integers, after that of their scale in the QLinear operators, or 0. */
static void set_weights(struct op *o, struct layer *l, const struct value *v,
                        struct trained w, int zero)
{
    const struct value *z = v->zero ? v->zero : input_at(o, zero);
    const struct value *s = v->scale    ? v->scale
                            : zero == 5 ? input_at(o, 4)
                                        : NULL;
    if (!v->tensor || v->tensor->n != (int64_t)l->groups * l->rows * l->columns)
        return;
    struct trained *copy = arena_alloc(o->m->env->arena, sizeof *copy);
    *copy = w;
    copy->tensor = v->tensor;
    if (z && z->number && value_count(z) > 0)
        copy->zero = z->number[0];
    l->trained = copy;
    if (s && constant(s) && numbers_of(o, s))
        scale_weights(o, l, numbers_of(o, s), value_count(s), false);
}

/* ---- windows ---- */

/* SAME_UPPER, SAME_LOWER: an odd row of padding goes to the far or near side.
 */
static void same_pads(const char *how, int64_t in, int64_t kernel,
                      int64_t stride, int64_t dil, int *pad, int *more)
{
    int64_t out = (in + stride - 1) / stride;
    int64_t total = (out - 1) * stride + dil * (kernel - 1) + 1 - in;
    if (total < 0)
        total = 0;
    bool lower = !strcmp(how, "SAME_LOWER");
    *pad = (int)((total + lower) / 2);
    *more = (int)(total - 2 * (int64_t)*pad);
}

/* One number of a list that may be missing or short. */
static int64_t listed(const struct list *l, int i, int64_t missing)
{
    return i < l->n ? l->item[i] : missing;
}

/* Kernel, stride, dilation and padding of n = 1 or 2 directions. */
int op_window(const struct op *o, int n, const int64_t *in,
              const int64_t *kernel, struct args *arg)
{
    struct list k = op_list(o, "kernel_shape", -1), p = op_list(o, "pads", -1);
    struct list s = op_list(o, "strides", -1), d = op_list(o, "dilations", -1);
    const char *how = op_text(o, "auto_pad", "NOTSET");
    struct window *w = &arg->win;
    int *size[] = {&w->kh, &w->kw}, *stride[] = {&w->stride_h, &w->stride_w};
    int *dil[] = {&w->dil_h, &w->dil_w}, *pad[] = {&w->pad_h, &w->pad_w};
    int *more[] = {&arg->more_h, &arg->more_w};
    *w = (struct window){1, 1, 1, 1, 0, 0, 1, 1};
    for (int i = 0; i < n; i++) {
        int64_t x[] = {listed(&k, i, kernel ? kernel[i] : 0), listed(&s, i, 1),
                       listed(&d, i, 1), listed(&p, i, 0),
                       listed(&p, n + i, 0)};
        for (int j = 0; j < 5; j++)
            if (x[j] < (j < 3) || x[j] > SIZE_LIMIT)
                return op_error(o, "its window has the size %lld",
                                (long long)x[j]);
        if (kernel && x[0] != kernel[i])
            return op_error(o, "kernel_shape is %lld but the weights are %lld",
                            (long long)x[0], (long long)kernel[i]);
        *size[i] = (int)x[0];
        *stride[i] = (int)x[1];
        *dil[i] = (int)x[2];
        *pad[i] = (int)x[3];
        *more[i] = (int)(x[4] - x[3]);
        if (!strncmp(how, "SAME", 4))
            same_pads(how, in[i], x[0], x[1], x[2], pad[i], more[i]);
        else if (!strcmp(how, "VALID"))
            *pad[i] = *more[i] = 0;
    }
    return 0;
}

/* N x C x H x W or N x C x L, as one map of the batch. */
int op_map(const struct op *o, const struct value *x, struct shape *s)
{
    if (x->rank != 3 && x->rank != 4)
        return op_error(o,
                        "its input has %d dimensions, not batch, channels, "
                        "height, width or batch, channels, length",
                        x->rank);
    for (int i = 0; i < x->rank; i++)
        if (x->dim[i] < 1 || x->dim[i] > SIZE_LIMIT)
            return op_error(o, "its input has a dimension of %lld",
                            (long long)x->dim[i]);
    *s = (struct shape){(int)x->dim[1], (int)x->dim[2],
                        x->rank == 4 ? (int)x->dim[3] : 1};
    return 0;
}

int op_map_layer(struct op *o, const struct layer_type *type,
                 const struct args *arg, const struct shape *s,
                 struct layer **made)
{
    const struct value *x = o->in[0];
    struct args each = *arg; /* map of a batch that is part of the graph */
    each.batch = (int)x->dim[0];
    struct layer *l = op_layer(o, type, &each, 1, o->in, s);
    if (!l)
        return -1;
    int64_t dim[] = {x->dim[0], l->out.c, l->out.h / each.batch, l->out.w};
    set_dims(o->out[0], x->rank, dim, 1);
    *made = l;
    return 0;
}

/* ---- convolutions; rule->a: input with the weights, rule->b: zero point ----
 */

static int conv_weights(const struct op *o, const struct op_rule *rule,
                        const struct value **w)
{
    *w = rule->a < o->n_in ? o->in[rule->a] : NULL;
    if (!constant(*w) || (*w)->rank != o->in[0]->rank)
        return op_error(o, "its weights are no constant of %d dimensions",
                        o->in[0]->rank);
    for (int i = 0; i < (*w)->rank; i++)
        if ((*w)->dim[i] < 1 || (*w)->dim[i] > SIZE_LIMIT)
            return op_error(o, "its weights have a dimension of %lld",
                            (long long)(*w)->dim[i]);
    return 0;
}

static bool has_bias(const struct op *o, const struct op_rule *rule)
{
    int at = rule->a == 1 ? 2 : 8; /* QLinearConv: the ninth */
    return rule->b != 3 && at < o->n_in && o->in[at];
}

static int make_conv(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0], *w;
    struct shape s;
    if (op_map(o, x, &s) || conv_weights(o, rule, &w))
        return -1;
    int64_t groups = op_int(o, "group", 1);
    if (groups < 1 || groups > SIZE_LIMIT || w->dim[0] % groups ||
        count_mul(w->dim[1], groups) != s.c)
        return op_error(o,
                        "weights for %lld groups of %lld channels but the "
                        "input has %d channels",
                        (long long)groups, (long long)w->dim[1], s.c);
    struct args arg = {.out = (int)w->dim[0],
                       .groups = (int)groups,
                       .factor = (int)(w->dim[0] / groups),
                       .bias = has_bias(o, rule)};
    struct layer *l;
    bool depth = groups > 1 && groups == s.c;
    if (op_window(o, x->rank - 2, x->dim + 2, w->dim + 2, &arg) ||
        op_map_layer(o, depth ? &type_dwconv : &type_conv, &arg, &s, &l))
        return -1;
    set_weights(o, l, w,
                (struct trained){.group_step = (int64_t)l->rows * l->columns,
                                 .row_step = 1,
                                 .column_step = l->rows},
                rule->b);
    return 0;
}

/* Sizes of the output: (in - 1) stride + outpad + reach - pads, or as given.
 * ONNX operators, ConvTranspose. */
static int deconv_size(const struct op *o, int i, int n, int64_t in,
                       const struct args *arg)
{
    const struct window *w = &arg->win;
    struct list given = op_list(o, "output_shape", -1);
    struct list more = op_list(o, "output_padding", -1);
    int64_t k = i ? w->kw : w->kh, s = i ? w->stride_w : w->stride_h;
    int64_t d = i ? w->dil_w : w->dil_h, p = i ? w->pad_w : w->pad_h;
    int64_t far = i ? arg->more_w : arg->more_h;
    bool same = !strncmp(op_text(o, "auto_pad", ""), "SAME", 4);
    int64_t out =
        (in - 1) * s + listed(&more, i, 0) + d * (k - 1) + 1 - 2 * p - far;
    if (same)
        out = in * s;
    if (given.n >= n)
        out = given.item[given.n - n + i];
    if (out < 1 || out > SIZE_LIMIT)
        return op_error(o, "its output has a size of %lld", (long long)out);
    return (int)out;
}

static int make_deconv(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0], *w;
    struct shape s;
    if (op_map(o, x, &s) || conv_weights(o, rule, &w))
        return -1;
    int64_t groups = op_int(o, "group", 1);
    int64_t out = count_mul(w->dim[1], groups);
    if (groups < 1 || w->dim[0] != s.c || s.c % groups || out < 1 ||
        out > SIZE_LIMIT)
        return op_error(o,
                        "weights for %lld channels in %lld groups but the "
                        "input has %d channels",
                        (long long)w->dim[0], (long long)groups, s.c);
    struct args arg = {
        .out = (int)out, .groups = (int)groups, .bias = has_bias(o, rule)};
    int n = x->rank - 2;
    struct layer *l;
    if (op_window(o, n, x->dim + 2, w->dim + 2, &arg))
        return -1;
    arg.size_h = deconv_size(o, 0, n, s.h, &arg);
    arg.size_w = n > 1 ? deconv_size(o, 1, n, s.w, &arg) : 1;
    if (arg.size_h < 1 || arg.size_w < 1 ||
        op_map_layer(o, &type_deconv, &arg, &s, &l))
        return -1;
    set_weights(o, l, w,
                (struct trained){.group_step = (int64_t)l->rows * l->columns,
                                 .row_step = l->columns,
                                 .column_step = 1},
                rule->b);
    return 0;
}

/* ---- matrix products ---- */

/* Leading dimensions multiplied; TOO_MANY if they do not fit. */
static int64_t leading(const struct value *v, int n)
{
    int64_t product = 1;
    for (int i = 0; i < n; i++)
        product = count_mul(product, v->dim[i]);
    return product;
}

/* An activation of k features at so many positions, times k x n weights. */
static int multiply(struct op *o, struct value *x, const struct value *w,
                    const int64_t kn[2], int64_t positions, bool bias,
                    struct trained where, int zero)
{
    if (kn[0] < 1 || kn[1] < 1 || kn[0] > SIZE_LIMIT || kn[1] > SIZE_LIMIT ||
        positions < 1 || positions > SIZE_LIMIT)
        return op_error(o,
                        "a product of %lld x %lld and %lld positions is too "
                        "large or empty",
                        (long long)kn[0], (long long)kn[1],
                        (long long)positions);
    struct shape s = {(int)kn[0], (int)positions, 1};
    struct args arg = {
        .out = (int)kn[1], .bias = bias, .apply = APPLY_POSITION};
    struct layer *l = op_layer(o, &type_fc, &arg, 1, &x, &s);
    if (!l)
        return -1;
    set_weights(o, l, w, where, zero);
    return 0;
}

static int differ(const struct op *o, int64_t a, int64_t b)
{
    return op_error(o, "the inner sizes %lld and %lld differ", (long long)a,
                    (long long)b);
}

static int make_gemm(struct op *o, const struct op_rule *rule)
{
    struct value *a = o->in[0], *b = o->n_in > 1 ? o->in[1] : NULL;
    bool ta = op_int(o, "transA", 0), tb = op_int(o, "transB", 0);
    (void)rule;
    if (!constant(b) || constant(a) || a->rank != 2 || b->rank != 2)
        return op_error(o, "only the product of an activation and a constant "
                           "matrix is known");
    int64_t kn[] = {b->dim[tb], b->dim[!tb]}, m = a->dim[ta];
    if (a->dim[!ta] != kn[0])
        return differ(o, a->dim[!ta], kn[0]);
    struct trained where = {.row_step = tb ? 1 : kn[1],
                            .column_step = tb ? kn[0] : 1};
    if (multiply(o, a, b, kn, m, o->n_in > 2 && o->in[2], where, -1))
        return -1;
    set_dims(o->out[0], 2, (int64_t[]){m, kn[1]}, 1);
    return 0;
}

/* Weights on the right: [.., K] x [K, N]; on the left: [M, K] x [.., K, N]. */
static int product_of_weights(struct op *o, struct value *x,
                              const struct value *w, bool left, int zero)
{
    int last = x->rank - 1, r = w->rank;
    int64_t in = left ? x->dim[last - 1] : x->dim[last];
    int64_t kn[] = {w->dim[left ? r - 1 : r - 2], w->dim[left ? r - 2 : r - 1]};
    if (in != kn[0])
        return differ(o, in, kn[0]);
    struct trained where = {.row_step = left ? 1 : kn[1],
                            .column_step = left ? kn[0] : 1};
    int64_t positions = leading(x, left ? last - 1 : last);
    if (left)
        positions = count_mul(positions, x->dim[last]);
    if (multiply(o, x, w, kn, positions, false, where, zero))
        return -1;
    int channel = left ? last - 1 : last;
    set_dims(o->out[0], x->rank, x->dim, channel);
    o->out[0]->dim[channel] = kn[1];
    return 0;
}

/* Two activations [.., M, K] x [.., K, N]: as many heads as matrices. */
static int product_of_activations(struct op *o, struct value *a,
                                  struct value *b)
{
    int ra = a->rank, rb = b->rank, rank = ra > rb ? ra : rb;
    int64_t m = a->dim[ra - 2], k = a->dim[ra - 1], n = b->dim[rb - 1];
    int64_t ha = leading(a, ra - 2), hb = leading(b, rb - 2);
    int64_t heads = ha > hb ? ha : hb;
    if (k != b->dim[rb - 2])
        return differ(o, k, b->dim[rb - 2]);
    if (m < 1 || k < 1 || n < 1 || ha < 1 || hb < 1 || m > SIZE_LIMIT ||
        n > SIZE_LIMIT || count_mul(heads, k) > SIZE_LIMIT ||
        count_mul(heads, k) < 0 || (heads % ha) || (heads % hb))
        return op_error(o, "the sizes of its inputs do not go together");
    struct shape s[] = {{(int)(heads * k), (int)m, 1},
                        {(int)(heads * k), (int)n, 1}};
    struct args arg = {.heads = (int)heads, .transpose = true};
    struct value *in[] = {a, b};
    if (!op_layer(o, &type_matmul, &arg, 2, in, s))
        return -1;
    set_dims(o->out[0], rank, ha >= hb && ra >= rb ? a->dim : b->dim, rank - 1);
    o->out[0]->dim[rank - 2] = m;
    o->out[0]->dim[rank - 1] = n;
    return 0;
}

/* Leading dimensions of one do not count. */
static bool is_matrix(const struct value *v)
{
    return constant(v) && v->rank >= 2 && leading(v, v->rank - 2) == 1;
}

/* rule->a: second factor; rule->b: its zero point */
static int make_matmul(struct op *o, const struct op_rule *rule)
{
    struct value *a = o->in[0], *b = rule->a < o->n_in ? o->in[rule->a] : NULL;
    if (!b || a->rank < 1 || b->rank < 1)
        return op_error(o, "two matrices are wanted");
    if (!constant(a) && is_matrix(b))
        return product_of_weights(o, a, b, false, rule->b);
    if (is_matrix(a) && !constant(b) && b->rank >= 2)
        return product_of_weights(o, b, a, true, rule->b ? 2 : 0);
    if (constant(a) || constant(b) || a->rank < 2 || b->rank < 2)
        return op_error(o, "this product of a constant and an activation is "
                           "not known");
    return product_of_activations(o, a, b);
}

const struct op_rule matrix_rules[] = {{"Conv", make_conv, 1, 0},
                                       {"ConvInteger", make_conv, 1, 3},
                                       {"QLinearConv", make_conv, 3, 5},
                                       {"ConvTranspose", make_deconv, 1, 0},
                                       {"Gemm", make_gemm, 0, 0},
                                       {"MatMul", make_matmul, 1, 0},
                                       {"MatMulInteger", make_matmul, 1, 3},
                                       {"QLinearMatMul", make_matmul, 3, 5},
                                       {0}};
