/* type_lstm.c - long short-term memory, unrolled to its weight matrices */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/expand.h"
#include "net/types.h"

/* clang-format off */
static const struct field lstm_fields[] = {
    {"out", FIELD_COUNT, DIM_NONE, offsetof(struct args, out), 1,
     SIZE_LIMIT / 4, NULL, NULL, "cells"},
    {"project", FIELD_COUNT, DIM_NONE, offsetof(struct args, project), 0,
     SIZE_LIMIT, "0", NULL, "outputs after a projection, 0: no projection"},
    {"bias", FIELD_FLAG, DIM_NONE, offsetof(struct args, bias), 0, 1,
     "false", NULL, "whether each gate adds a constant"},
    {0}
};

static const struct field no_fields[] = {{0}};
/* clang-format on */

/*
 * The gates, for each cell and step: the sum of both matrices (4), sigmoid of
 * three gates and tanh of the input (4), c = f c + i g (2 products), tanh(c)
 * (1), o tanh(c) (1 product). Zaremba 2014, arXiv:1409.2329, section 3.1.
 */
static int infer_gates(struct infer *x)
{
    struct layer *l = x->l;
    if (x->in->c % 4)
        return infer_error(x, "%d channels are not four gates", x->in->c);
    l->out = (struct shape){x->in->c / 4, x->in->h, 1};
    l->lead = lead_element(x->in);
    double cells = (double)shape_values(&l->out);
    l->work[WORK_ADD] = 4 * cells;
    l->work[WORK_ACTIVATE] = 5 * cells;
    l->work[WORK_MAC] = 3 * cells;
    return 0;
}

const struct layer_type type_gates = {.name = "gates",
                                      .text = "gates and state of an lstm",
                                      .fields = no_fields,
                                      .in_min = 2,
                                      .in_max = 2,
                                      .infer = infer_gates};

/* The first producer of the item must be one sequence. */
static int check_input(struct build *b, const struct item *item, int producer)
{
    if (producer == FROM_UNKNOWN)
        return -1;
    const struct shape *in = producer_shape(b->net, producer);
    if (item->n_from > 1)
        return msg_error(b->msgs, &item->at,
                         "'%s': a layer of type lstm takes 1 input, not %d",
                         item->name, item->n_from);
    if (in->c && in->w != 1)
        return msg_error(b->msgs, &item->at,
                         "'%s': the input of an lstm must be a sequence "
                         "(width 1), not %d x %d x %d",
                         item->name, in->c, in->h, in->w);
    return in->c ? 0 : -1;
}

/* name.x and name.h (4 gates of each cell), name.gates, name.p if projected;
 * `name` means the last. */
static int expand_lstm(struct build *b, const struct item *item,
                       const struct scope *scope, int producer)
{
    const struct args *arg = &item->arg;
    struct args part = {.out = 4 * arg->out, .bias = arg->bias};
    const char *prefix = scope->prefix;
    struct scope inner = {.prefix =
                              arena_printf(b->arena, "%s%s%s", prefix,
                                           *prefix ? "." : "", item->name),
                          .outer = scope,
                          .quant = scope->quant};
    if (item->bad || check_input(b, item, producer))
        return FROM_UNKNOWN;

    int in[2] = {producer, producer};
    int x = expand_layer(b, &type_fc, &part, "x", item, &inner, 1, in);
    part.bias = false;
    part.project = arg->project ? arg->project : arg->out;
    int h = expand_layer(b, &type_recurrent, &part, "h", item, &inner, 1, in);
    in[0] = x;
    in[1] = h;
    int out = expand_layer(b, &type_gates, &part, "gates", item, &inner, 2, in);
    part = (struct args){.out = arg->project};
    if (arg->project)
        out = expand_layer(b, &type_fc, &part, "p", item, &inner, 1, &out);
    return out;
}

const struct layer_type type_lstm = {
    .name = "lstm",
    .text = "long short-term memory: two weight matrices and gates",
    .fields = lstm_fields,
    .in_min = 1,
    .in_max = 1,
    .expand = expand_lstm};
