/* type_conv.c - convolutions, transposed ones too */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/act.h"
#include "net/types.h"

const char *const norm_names[] = {"none", "batch", NULL};

/* clang-format off */
static const struct field conv_fields[] = {
    {"out", FIELD_COUNT, DIM_NONE, offsetof(struct args, out), 1, SIZE_LIMIT,
     NULL, NULL, "output channels"},
    {"groups", FIELD_COUNT, DIM_NONE, offsetof(struct args, groups), 1,
     SIZE_LIMIT, "1", NULL, "groups of channels convolved apart"},
    {"bias", FIELD_FLAG, DIM_NONE, offsetof(struct args, bias), 0, 1,
     "false", NULL, "whether each output channel adds a constant"},
    {"norm", FIELD_CHOICE, DIM_NONE, offsetof(struct args, norm), 0, 0,
     "none", norm_names, "normalisation that is folded into the weights"},
    {"act", FIELD_CHOICE, DIM_NONE, offsetof(struct args, act), 0, 0,
     "none", act_names, "activation function of the outputs"},
    {"lead", FIELD_REAL, DIM_NONE, offsetof(struct args, lead), 0, 1, "0",
     NULL, "share of the input before the first output, 0: by the window"},
    {0}
};

static const struct field dwconv_fields[] = {
    {"factor", FIELD_COUNT, DIM_NONE, offsetof(struct args, factor), 1,
     SIZE_LIMIT, "1", NULL, "output channels for each input channel"},
    {"bias", FIELD_FLAG, DIM_NONE, offsetof(struct args, bias), 0, 1,
     "false", NULL, "whether each output channel adds a constant"},
    {"norm", FIELD_CHOICE, DIM_NONE, offsetof(struct args, norm), 0, 0,
     "none", norm_names, "normalisation that is folded into the weights"},
    {"act", FIELD_CHOICE, DIM_NONE, offsetof(struct args, act), 0, 0,
     "none", act_names, "activation function of the outputs"},
    {0}
};
/* clang-format on */

static int convolve(struct infer *x, int groups, int out)
{
    struct layer *l = x->l;
    int c = x->in->c;
    if (infer_window(x))
        return -1;
    l->out.c = out;
    int64_t window = count_mul(l->win.kh, l->win.kw);
    return infer_matrix(x, groups, count_mul(c / groups, window), out / groups,
                        shape_positions(&l->out));
}

static int divide(struct infer *x, int groups)
{
    int c = x->in->c, out = x->arg->out;
    if (c % groups)
        return infer_error(x, "%d groups do not divide %d input channels",
                           groups, c);
    if (out % groups)
        return infer_error(x, "%d groups do not divide %d output channels",
                           groups, out);
    return 0;
}

static int infer_conv(struct infer *x)
{
    int groups = x->arg->groups;
    return divide(x, groups) ? -1 : convolve(x, groups, x->arg->out);
}

static int infer_dwconv(struct infer *x)
{
    int64_t out = count_mul(x->in->c, x->arg->factor);
    if (out > SIZE_LIMIT)
        return infer_error(x, "more than %d output channels", SIZE_LIMIT);
    return convolve(x, x->in->c, (int)out);
}

/* Outputs along one direction: as many as windows lie beside one another. */
static int64_t unrolled(int given, int in, int kernel, int stride, int dil,
                        int64_t pads, bool same)
{
    int64_t reach = (int64_t)dil * (kernel - 1) + 1;
    int64_t apart = count_mul(in - 1, stride);
    if (given)
        return given;
    return same ? count_mul(in, stride) : count_add(apart, reach) - pads;
}

static int deconv_out(struct infer *x)
{
    const struct args *a = x->arg;
    const struct window *w = &x->l->win;
    int64_t far_h = (int64_t)w->pad_h + a->more_h;
    int64_t far_w = (int64_t)w->pad_w + a->more_w;
    int64_t h = unrolled(a->size_h, x->in->h, w->kh, w->stride_h, w->dil_h,
                         w->pad_h + far_h, a->same);
    int64_t v = unrolled(a->size_w, x->in->w, w->kw, w->stride_w, w->dil_w,
                         w->pad_w + far_w, a->same);
    if (h < 1 || v < 1 || h > SIZE_LIMIT || v > SIZE_LIMIT)
        return infer_error(x, "the output %lld x %lld is outside 1 to %d",
                           (long long)h, (long long)v, SIZE_LIMIT);
    x->l->out = (struct shape){a->out, (int)h, (int)v};
    return 0;
}

/*
 * Every input position gives a window of outputs: cin x (cout x kh x kw), as
 * many vectors as positions; where windows overlap, their products are added.
 */
static int infer_deconv(struct infer *x)
{
    static const struct args none = {.norm = NORM_NONE};
    struct layer *l = x->l;
    int groups = x->arg->groups, out = x->arg->out;
    if (divide(x, groups) || deconv_out(x))
        return -1;
    int64_t window = count_mul(l->win.kh, l->win.kw);
    int64_t columns = count_mul(out / groups, window);
    if (columns < 0 || columns > SIZE_LIMIT)
        return infer_error(x, "more than %d columns", SIZE_LIMIT);
    int64_t positions = shape_positions(x->in);
    struct infer matrix = {&none, x->in, l, x->msgs};
    if (infer_matrix(&matrix, groups, x->in->c / groups, (int)columns,
                     positions))
        return -1;
    int each = x->arg->bias + (x->arg->norm == NORM_BATCH ? 2 : 0);
    l->params = count_add(l->params, count_mul(each, out));
    l->lead = lead_element(x->in);
    double sums =
        (double)positions * (double)window - (double)shape_positions(&l->out);
    l->work[WORK_ADD] = sums > 0 ? sums * out : 0;
    return 0;
}

const struct layer_type type_conv = {.name = "conv",
                                     .text =
                                         "convolution over rows and columns",
                                     .fields = conv_fields,
                                     .has_window = true,
                                     .has_codes = true,
                                     .in_min = 1,
                                     .in_max = 1,
                                     .infer = infer_conv};

const struct layer_type type_dwconv = {
    .name = "dwconv",
    .text = "depthwise convolution, one group for each channel",
    .fields = dwconv_fields,
    .has_window = true,
    .has_codes = true,
    .in_min = 1,
    .in_max = 1,
    .infer = infer_dwconv};

const struct layer_type type_deconv = {.name = "deconv",
                                       .text = "transposed convolution",
                                       .fields = conv_fields,
                                       .has_window = true,
                                       .has_size = true,
                                       .has_codes = true,
                                       .in_min = 1,
                                       .in_max = 1,
                                       .infer = infer_deconv};
