/* type_conv.c - convolutions */
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

static int infer_conv(struct infer *x)
{
    int groups = x->arg->groups, c = x->in->c, out = x->arg->out;
    if (c % groups)
        return infer_error(x, "%d groups do not divide %d input channels",
                           groups, c);
    if (out % groups)
        return infer_error(x, "%d groups do not divide %d output channels",
                           groups, out);
    return convolve(x, groups, out);
}

static int infer_dwconv(struct infer *x)
{
    int64_t out = count_mul(x->in->c, x->arg->factor);
    if (out > SIZE_LIMIT)
        return infer_error(x, "more than %d output channels", SIZE_LIMIT);
    return convolve(x, x->in->c, (int)out);
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
