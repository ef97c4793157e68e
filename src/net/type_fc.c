/* type_fc.c - fully connected layers, also at each position of a sequence */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/act.h"
#include "net/types.h"
#include <limits.h>

static const char *const apply_names[] = {"auto", "position", "map", NULL};

/* clang-format off */
static const struct field fc_fields[] = {
    {"out", FIELD_COUNT, DIM_NONE, offsetof(struct args, out), 1, SIZE_LIMIT,
     NULL, NULL, "output features"},
    {"apply", FIELD_CHOICE, DIM_NONE, offsetof(struct args, apply), 0, 0,
     "auto", apply_names, "to each position, to the whole map, or by width"},
    {"bias", FIELD_FLAG, DIM_NONE, offsetof(struct args, bias), 0, 1,
     "false", NULL, "whether each output adds a constant"},
    {"norm", FIELD_CHOICE, DIM_NONE, offsetof(struct args, norm), 0, 0,
     "none", norm_names, "normalisation that is folded into the weights"},
    {"act", FIELD_CHOICE, DIM_NONE, offsetof(struct args, act), 0, 0,
     "none", act_names, "activation function of the outputs"},
    {"tied", FIELD_FLAG, DIM_NONE, offsetof(struct args, tied), 0, 1,
     "false", NULL, "whether the weights are counted with another layer"},
    {0}
};

static const struct field recurrent_fields[] = {
    {"out", FIELD_COUNT, DIM_NONE, offsetof(struct args, out), 1, SIZE_LIMIT,
     NULL, NULL, "output features"},
    {"inputs", FIELD_COUNT, DIM_NONE, offsetof(struct args, project), 1,
     SIZE_LIMIT, NULL, NULL, "features of the step before that are fed back"},
    {"direction", FIELD_CHOICE, DIM_NONE, offsetof(struct args, direction),
     0, 0, "forward", direction_names, "order of the steps"},
    {"bias", FIELD_FLAG, DIM_NONE, offsetof(struct args, bias), 0, 1,
     "false", NULL, "whether each output adds a constant"},
    {0}
};
/* clang-format on */

/* A sequence (width 1) keeps its positions; a map is flattened, as after
 * torch.flatten. */
static int infer_fc(struct infer *x)
{
    struct layer *l = x->l;
    int apply = x->arg->apply;
    bool flatten = apply == APPLY_MAP || (apply == APPLY_AUTO && x->in->w > 1);
    l->out = *x->in;
    l->out.c = x->arg->out;
    if (flatten)
        l->out.h = l->out.w = 1;
    l->lead = flatten ? 1 : lead_element(x->in);
    int64_t rows = flatten ? shape_values(x->in) : x->in->c;
    return infer_matrix(x, 1, rows, l->out.c, shape_positions(&l->out));
}

const struct layer_type type_fc = {.name = "fc",
                                   .text = "fully connected",
                                   .fields = fc_fields,
                                   .has_codes = true,
                                   .in_min = 1,
                                   .in_max = 1,
                                   .infer = infer_fc};

const struct layer_type type_linear = {.name = "linear",
                                       .text = "another name of fc",
                                       .fields = fc_fields,
                                       .has_codes = true,
                                       .in_min = 1,
                                       .in_max = 1,
                                       .infer = infer_fc};

/* The h matrices of lstm, gru, rnn. The input is the layer's own output of the
 * step before, arg->project features wide. */
static int infer_recurrent(struct infer *x)
{
    struct layer *l = x->l;
    l->recurrent = true;
    l->in_shape.c = x->arg->project;
    l->in_values = shape_values(&l->in_shape);
    l->out = (struct shape){x->arg->out, x->in->h, 1};
    l->lead = x->arg->direction ? 1 : lead_element(x->in);
    return infer_matrix(x, 1, x->arg->project, x->arg->out, x->in->h);
}

const struct layer_type type_recurrent = {
    .name = "recurrent",
    .text = "fully connected, fed with its own output one step earlier",
    .fields = recurrent_fields,
    .has_codes = true,
    .in_min = 1,
    .in_max = 1,
    .infer = infer_recurrent};
