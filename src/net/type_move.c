/* type_move.c - layers that only move values */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/types.h"

static const char *const axis_names[] = {"channels", "positions", NULL};

/* clang-format off */
static const struct field slice_fields[] = {
    {"axis", FIELD_CHOICE, DIM_NONE, offsetof(struct args, axis), 0, 0,
     "channels", axis_names, "what is counted: channels, or rows of a map"},
    {"at", FIELD_COUNT, DIM_NONE, offsetof(struct args, at), 0, SIZE_LIMIT,
     "0", NULL, "the first that is kept, from 0"},
    {"count", FIELD_COUNT, DIM_NONE, offsetof(struct args, count), 1,
     SIZE_LIMIT, NULL, NULL, "how many are kept"},
    {0}
};

static const struct field shuffle_fields[] = {
    {"groups", FIELD_COUNT, DIM_NONE, offsetof(struct args, groups), 1,
     SIZE_LIMIT, NULL, NULL, "groups of channels that are interleaved"},
    {0}
};

static const struct field upsample_fields[] = {
    {"factor", FIELD_COUNT, DIM_NONE, offsetof(struct args, factor), 1,
     SIZE_LIMIT, "2", NULL, "copies of each value along rows and columns"},
    {0}
};

static const struct field shortcut_fields[] = {
    {"out", FIELD_COUNT, DIM_NONE, offsetof(struct args, out), 1, SIZE_LIMIT,
     NULL, NULL, "channels after padding with zero channels"},
    {"stride", FIELD_COUNT, DIM_NONE, offsetof(struct args, stride), 1,
     SIZE_LIMIT, "1", NULL, "every stride-th row and column is kept"},
    {0}
};

static const struct field no_fields[] = {{0}};
/* clang-format on */

static int infer_slice(struct infer *x)
{
    struct layer *l = x->l;
    const struct args *arg = x->arg;
    bool rows = arg->axis == AXIS_POSITIONS;
    int all = rows ? x->in->h : x->in->c;
    if (arg->at > all - arg->count)
        return infer_error(x, "%d from %d on exceed the %d %s of the input",
                           arg->count, arg->at, all, axis_names[arg->axis]);
    l->out = *x->in;
    *(rows ? &l->out.h : &l->out.c) = arg->count;
    l->lead = lead_element(x->in);
    if (rows) /* the rows before come first */
        l->lead += (double)arg->at / x->in->h;
    return 0;
}

static int infer_shuffle(struct infer *x)
{
    if (x->in->c % x->arg->groups)
        return infer_error(x, "%d groups do not divide %d channels",
                           x->arg->groups, x->in->c);
    x->l->out = *x->in;
    x->l->lead = lead_element(x->in);
    return 0;
}

static int infer_upsample(struct infer *x)
{
    struct layer *l = x->l;
    int64_t h = count_mul(x->in->h, x->arg->factor);
    int64_t w = count_mul(x->in->w, x->arg->factor);
    if (h > SIZE_LIMIT || w > SIZE_LIMIT)
        return infer_error(x, "the output exceeds %d rows or columns",
                           SIZE_LIMIT);
    l->out = (struct shape){x->in->c, (int)h, (int)w};
    l->lead = lead_element(x->in);
    return 0;
}

static int infer_sequence(struct infer *x)
{
    int64_t length = shape_positions(x->in);
    if (length > SIZE_LIMIT)
        return infer_error(x, "more than %d positions", SIZE_LIMIT);
    x->l->out = (struct shape){x->in->c, (int)length, 1};
    x->l->lead = lead_element(x->in);
    return 0;
}

/* He 2016, arXiv:1512.03385, section 3.3, option A: identity with zero
 * channels, no parameters. */
static int infer_shortcut(struct infer *x)
{
    int s = x->arg->stride;
    if (x->arg->out < x->in->c)
        return infer_error(x, "%d channels cannot be padded to %d", x->in->c,
                           x->arg->out);
    x->l->out = (struct shape){x->arg->out, (x->in->h - 1) / s + 1,
                               (x->in->w - 1) / s + 1};
    x->l->lead = lead_element(x->in);
    return 0;
}

const struct layer_type type_slice = {.name = "slice",
                                      .text =
                                          "some of the channels or positions",
                                      .fields = slice_fields,
                                      .in_min = 1,
                                      .in_max = 1,
                                      .infer = infer_slice};

const struct layer_type type_shuffle = {
    .name = "shuffle",
    .text = "channels of several groups interleaved",
    .fields = shuffle_fields,
    .in_min = 1,
    .in_max = 1,
    .infer = infer_shuffle};

const struct layer_type type_upsample = {
    .name = "upsample",
    .text = "each value repeated, nearest neighbour",
    .fields = upsample_fields,
    .in_min = 1,
    .in_max = 1,
    .infer = infer_upsample};

const struct layer_type type_sequence = {
    .name = "sequence",
    .text = "the pixels of a map as positions of a sequence",
    .fields = no_fields,
    .in_min = 1,
    .in_max = 1,
    .infer = infer_sequence};

const struct layer_type type_shortcut = {
    .name = "shortcut",
    .text = "residual shortcut without parameters",
    .fields = shortcut_fields,
    .in_min = 1,
    .in_max = 1,
    .infer = infer_shortcut};
