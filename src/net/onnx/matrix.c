/* matrix.c - ONNX operators that are weight matrices */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/onnx/convert.h"
#include "net/types.h"
#include <math.h>
#include <string.h>

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

int op_window(const struct op *o, int n, int first, const int64_t *in,
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
    for (int i = first; i < n && i < first + 2; i++) {
        int at = i - first;
        int64_t x[] = {listed(&k, i, kernel ? kernel[i] : 0), listed(&s, i, 1),
                       listed(&d, i, 1), listed(&p, i, 0),
                       listed(&p, n + i, 0)};
        for (int j = 0; j < 5; j++)
            if (x[j] < (j < 3) || x[j] > SIZE_LIMIT)
                return op_error(o, "its window has the size %lld",
                                (long long)x[j]);
        if (x[2] * (x[0] - 1) >= SIZE_LIMIT)
            return op_error(o,
                            "its window of %lld, dilated by %lld, is too "
                            "large",
                            (long long)x[0], (long long)x[2]);
        if (kernel && x[0] != kernel[i])
            return op_error(o, "kernel_shape is %lld but the weights are %lld",
                            (long long)x[0], (long long)kernel[i]);
        *size[at] = (int)x[0];
        *stride[at] = (int)x[1];
        *dil[at] = (int)x[2];
        *pad[at] = (int)x[3];
        *more[at] = (int)(x[4] - x[3]);
        if (!strncmp(how, "SAME", 4))
            same_pads(how, in[i], x[0], x[1], x[2], pad[at], more[at]);
        else if (!strcmp(how, "VALID"))
            *pad[at] = *more[at] = 0;
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
                        struct value **w)
{
    *w = op_input(o, rule->a);
    if (!is_constant(*w) || (*w)->rank != o->in[0]->rank)
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
    return rule->b != 3 && op_input(o, at);
}

/* The weights of a convolution: columns are the first dimension. */
static void conv_matrix(struct op *o, const struct op_rule *rule,
                        struct layer *l, struct value *w)
{
    set_weights(o, l,
                &(struct matrix_of){.v = w,
                                    .row = {1, w->rank},
                                    .column = {0, 1},
                                    .zero = rule->b,
                                    .scale = rule->b == 5 ? 4 : 0});
}

/* Groups, outputs and bias into arg. */
static int conv_args(const struct op *o, const struct op_rule *rule,
                     const struct value *w, struct args *arg)
{
    int64_t groups = op_int(o, "group", 1), c = o->in[0]->dim[1];
    if (groups < 1 || groups > SIZE_LIMIT || w->dim[0] % groups ||
        count_mul(w->dim[1], groups) != c)
        return op_error(o,
                        "weights for %lld groups of %lld channels but the "
                        "input has %lld channels",
                        (long long)groups, (long long)w->dim[1], (long long)c);
    *arg = (struct args){.out = (int)w->dim[0],
                         .groups = (int)groups,
                         .factor = (int)(w->dim[0] / groups),
                         .bias = has_bias(o, rule)};
    return 0;
}

int64_t op_window_out(const struct op *o, int64_t in, const struct args *arg,
                      int i)
{
    const struct window *w = &arg->win;
    int64_t kernel = i ? w->kw : w->kh, stride = i ? w->stride_w : w->stride_h;
    int64_t reach = (i ? w->dil_w : w->dil_h) * (kernel - 1) + 1;
    int64_t pad = i ? w->pad_w : w->pad_h, more = i ? arg->more_w : arg->more_h;
    int64_t free = in + 2 * pad + more - reach, out = free / stride + 1;
    if (free < 0 || pad >= reach)
        return op_error(o, "its kernel of %lld does not fit a size of %lld",
                        (long long)kernel, (long long)in),
               0;
    bool ceil = op_int(o, "ceil_mode", 0) && free % stride;
    return out + (ceil && out * stride < in + pad);
}

int op_depth(const struct op *o, const struct value *x, const int64_t *kernel,
             struct depth *d)
{
    struct args arg = {.out = 0};
    for (int i = 0; i < x->rank; i++)
        if (x->dim[i] < 1 || x->dim[i] > SIZE_LIMIT)
            return op_error(o, "its input has a dimension of %lld",
                            (long long)x->dim[i]);
    if (op_window(o, 3, 0, x->dim + 2, kernel, &arg))
        return -1;
    const struct window *w = &arg.win;
    int64_t in = x->dim[2], reach = (int64_t)w->dil_h * (w->kh - 1) + 1;
    d->kernel = w->kh;
    d->out = op_window_out(o, in, &arg, 0);
    if (!d->out)
        return -1;
    int64_t before = reach - 1 - w->pad_h;
    d->before = (double)(before < 0 ? 0 : before < in ? before : in - 1);
    return 0;
}

/*
 * Over N x C x D x H x W: at each depth of the output a convolution over C
 * times the kernel's depth channels, which is read anew. Matrix, vectors and
 * values that come out are exact.
 */
static int make_deep_conv(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0];
    struct value *w;
    struct args arg, plane;
    struct depth d;
    if (conv_weights(o, rule, &w) || conv_args(o, rule, w, &arg) ||
        op_depth(o, x, w->dim + 2, &d) ||
        op_window(o, 3, 1, x->dim + 2, w->dim + 2, &plane))
        return -1;
    int64_t channels = count_mul(x->dim[1], d.kernel);
    int64_t maps = count_mul(x->dim[0], d.out);
    if (channels > SIZE_LIMIT || maps > SIZE_LIMIT)
        return op_error(o, "its channels or its maps are too many");
    arg.win = plane.win;
    arg.more_h = plane.more_h;
    arg.more_w = plane.more_w;
    arg.batch = (int)maps;
    arg.lead = (d.before + 1) / (double)x->dim[2]; /* whole maps */
    struct shape s = {(int)channels, (int)x->dim[3], (int)x->dim[4]};
    struct layer *l = op_layer(o, &type_conv, &arg, 1, o->in, &s);
    if (!l)
        return -1;
    int64_t dim[] = {x->dim[0], l->out.c, d.out, l->out.h / maps, l->out.w};
    set_dims(o->out[0], 5, dim, 1);
    conv_matrix(o, rule, l, w);
    return 0;
}

static int make_conv(struct op *o, const struct op_rule *rule)
{
    const struct value *x = o->in[0];
    struct value *w;
    struct shape s;
    struct args arg;
    struct layer *l;
    if (x->rank == 5)
        return make_deep_conv(o, rule);
    if (op_map(o, x, &s) || conv_weights(o, rule, &w) ||
        conv_args(o, rule, w, &arg) ||
        op_window(o, x->rank - 2, 0, x->dim + 2, w->dim + 2, &arg))
        return -1;
    bool depth = arg.groups > 1 && arg.groups == s.c;
    if (op_map_layer(o, depth ? &type_dwconv : &type_conv, &arg, &s, &l))
        return -1;
    conv_matrix(o, rule, l, w);
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
    int64_t far = i ? arg->more_w : arg->more_h, near = listed(&more, i, 0);
    bool same = !strncmp(op_text(o, "auto_pad", ""), "SAME", 4);
    if (near < 0 || near > SIZE_LIMIT)
        return op_error(o, "its output_padding is %lld", (long long)near);
    int64_t out = (in - 1) * s + near + d * (k - 1) + 1 - 2 * p - far;
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
    const struct value *x = o->in[0];
    struct value *w;
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
    if (op_window(o, n, 0, x->dim + 2, w->dim + 2, &arg))
        return -1;
    arg.size_h = deconv_size(o, 0, n, s.h, &arg);
    arg.size_w = n > 1 ? deconv_size(o, 1, n, s.w, &arg) : 1;
    if (arg.size_h < 1 || arg.size_w < 1 ||
        op_map_layer(o, &type_deconv, &arg, &s, &l))
        return -1;
    set_weights(
        o, l,
        &(struct matrix_of){.v = w, .row = {0, 1}, .column = {1, w->rank}});
    return 0;
}

const struct op_rule matrix_rules[] = {{"Conv", make_conv, 1, 0},
                                       {"ConvInteger", make_conv, 1, 3},
                                       {"QLinearConv", make_conv, 3, 5},
                                       {"ConvTranspose", make_deconv, 1, 0},
                                       {0}};
