/* type_lstm.c - recurrent layers, unrolled to their weight matrices */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/recurrent.h"
#include "net/types.h"

static const char *const cell_names[] = {"lstm",       "lstm_peephole", "gru",
                                         "gru_before", "rnn",           NULL};
static const char *const lstm_cells[] = {"plain", "peephole", NULL};
static const char *const gru_resets[] = {"after", "before", NULL};
const char *const direction_names[] = {"forward", "reverse", "both", NULL};

/* clang-format off */
#define CELL_FIELDS                                                            \
    {"out", FIELD_COUNT, DIM_NONE, offsetof(struct args, out), 1,              \
     SIZE_LIMIT / 4, NULL, NULL, "cells"},                                     \
    {"bias", FIELD_FLAG, DIM_NONE, offsetof(struct args, bias), 0, 1,          \
     "false", NULL, "whether each gate adds a constant"},                      \
    {"recurrent_bias", FIELD_FLAG, DIM_NONE,                                   \
     offsetof(struct args, recurrent_bias), 0, 1, "false", NULL,               \
     "whether it adds another to the recurrent product"},                      \
    {"direction", FIELD_CHOICE, DIM_NONE, offsetof(struct args, direction),    \
     0, 0, "forward", direction_names, "order of the steps"}

static const struct field lstm_fields[] = {
    CELL_FIELDS,
    {"project", FIELD_COUNT, DIM_NONE, offsetof(struct args, project), 0,
     SIZE_LIMIT, "0", NULL, "outputs after a projection, 0: no projection"},
    {"cell", FIELD_CHOICE, DIM_NONE, offsetof(struct args, cell), 0, 0,
     "plain", lstm_cells, "whether gates see the state as well"},
    {0}
};

static const struct field gru_fields[] = {
    CELL_FIELDS,
    {"reset", FIELD_CHOICE, DIM_NONE, offsetof(struct args, cell), 0, 0,
     "after", gru_resets, "the reset gate: after the recurrent product or "
     "before"},
    {0}
};

static const struct field rnn_fields[] = {CELL_FIELDS, {0}};

static const struct field gates_fields[] = {
    {"cell", FIELD_CHOICE, DIM_NONE, offsetof(struct args, cell), 0, 0,
     "lstm", cell_names, "whose gates"},
    {"direction", FIELD_CHOICE, DIM_NONE, offsetof(struct args, direction),
     0, 0, "forward", direction_names, "order of the steps"},
    {0}
};

/*
 * Work for each cell and step; a product that is added to something is one
 * product. Sums of both matrices' outputs are additions.
 *
 * lstm: 4 sums, sigmoid of three gates and tanh of the input, c = f c + i g,
 * tanh(c), o tanh(c). Zaremba 2014, arXiv:1409.2329, section 3.1.
 * lstm_peephole: three gates add a product with the state, one weight a cell.
 * Gers 2002, JMLR 3, p. 115, section 4.
 * gru_before: 3 sums, two sigmoids and tanh, r h, z h + (1 - z) n. Cho 2014,
 * arXiv:1406.1078, section 2.3.
 * gru: n = tanh(W x + r (U h)): the third sum is part of the product.
 * rnn: tanh(W x + U h). Elman 1990, Cognitive Science 14, p. 179.
 */
static const struct cell_row {
    int gates;
    double add, activate, mac;
    int peepholes; /* parameters of the gates themselves, a cell */
    int apart;     /* gates whose matrix takes in r h, not h */
} cells[] = {
    [CELL_LSTM] =          {4, 4, 5, 3, 0, 0},
    [CELL_LSTM_PEEPHOLE] = {4, 4, 5, 6, 3, 0},
    [CELL_GRU] =           {3, 3, 3, 3, 0, 0},
    [CELL_GRU_BEFORE] =    {3, 4, 3, 3, 0, 1},
    [CELL_RNN] =           {1, 1, 1, 0, 0, 0},
};
/* clang-format on */

int cell_gates(int cell)
{
    return cells[cell].gates;
}

static int infer_gates(struct infer *x)
{
    struct layer *l = x->l;
    const struct cell_row *row = &cells[x->arg->cell];
    if (x->in->c % row->gates)
        return infer_error(x, "%d channels are not %d gates", x->in->c,
                           row->gates);
    l->out = (struct shape){x->in->c / row->gates, x->in->h, 1};
    l->lead = x->arg->direction == REVERSE ? 1 : lead_element(x->in);
    double steps = (double)shape_values(&l->out);
    l->params = count_mul(row->peepholes, l->out.c);
    l->work[WORK_ADD] = row->add * steps;
    l->work[WORK_ACTIVATE] = row->activate * steps;
    l->work[WORK_MAC] = row->mac * steps;
    return 0;
}

const struct layer_type type_gates = {
    .name = "gates",
    .text = "gates and state of a recurrent layer",
    .fields = gates_fields,
    .in_min = 2,
    .in_max = 3,
    .infer = infer_gates};

static struct scope inside(struct build *b, const struct scope *scope,
                           const char *name)
{
    const char *prefix = scope->prefix;
    return (struct scope){.prefix = arena_printf(b->arena, "%s%s%s", prefix,
                                                 *prefix ? "." : "", name),
                          .outer = scope,
                          .quant = scope->quant};
}

static int expand_direction(struct build *b, const struct item *item,
                            const struct scope *scope, const struct args *arg,
                            int producer, struct recurrence *made)
{
    const struct cell_row *row = &cells[arg->cell];
    struct item plain = *item;
    struct args part = {.out = row->gates * arg->out, .bias = arg->bias};
    plain.view = NULL;
    made->x = expand_layer(b, &type_fc, &part, "x", item, scope, 1, &producer);
    part = (struct args){.out = (row->gates - row->apart) * arg->out,
                         .bias = arg->recurrent_bias,
                         .project = arg->project ? arg->project : arg->out,
                         .direction = arg->direction};
    made->h =
        expand_layer(b, &type_recurrent, &part, "h", item, scope, 1, &producer);
    made->n = -1;
    part.out = arg->out;
    if (row->apart)
        made->n = expand_layer(b, &type_recurrent, &part, "n", &plain, scope, 1,
                               &made->h);
    int in[] = {made->x, made->h, made->n};
    part = (struct args){.cell = arg->cell, .direction = arg->direction};
    made->gates = expand_layer(b, &type_gates, &part, "gates", &plain, scope,
                               row->apart ? 3 : 2, in);
    part = (struct args){.out = arg->project};
    return arg->project ? expand_layer(b, &type_fc, &part, "p", &plain, scope,
                                       1, &made->gates)
                        : made->gates;
}

int expand_recurrence(struct build *b, const struct item *item,
                      const struct scope *scope, const struct args *arg,
                      int producer, struct recurrence made[2])
{
    struct args one = *arg;
    struct item plain = *item;
    int out[2];
    if (arg->direction != BOTH)
        return expand_direction(b, item, scope, arg, producer, made);
    plain.view = NULL;
    for (int i = 0; i < 2; i++) {
        struct scope inner = inside(b, scope, direction_names[i]);
        one.direction = i;
        out[i] = expand_direction(b, item, &inner, &one, producer, &made[i]);
    }
    one = (struct args){.out = 0};
    return expand_layer(b, &type_concat, &one, "both", &plain, scope, 2, out);
}

/* The first producer of the item must be one sequence. */
static int check_input(struct build *b, const struct item *item, int producer)
{
    if (producer == FROM_UNKNOWN)
        return -1;
    const char *type = item->type->name;
    const struct shape *in =
        item->view ? item->view : producer_shape(b->net, producer);
    if (item->n_from > 1)
        return msg_error(b->msgs, &item->at,
                         "'%s': a layer of type %s takes 1 input, not %d",
                         item->name, type, item->n_from);
    if (in->c && in->w != 1)
        return msg_error(b->msgs, &item->at,
                         "'%s': the input of a layer of type %s must be "
                         "a sequence (width 1), not %d x %d x %d",
                         item->name, type, in->c, in->h, in->w);
    return in->c ? 0 : -1;
}

/* `name` means the last of its layers. */
static int expand_cell(struct build *b, const struct item *item,
                       const struct scope *scope, int producer, int first)
{
    struct scope inner = inside(b, scope, item->name);
    struct args arg = item->arg;
    struct recurrence made[2];
    arg.cell += first;
    if (item->bad || check_input(b, item, producer))
        return FROM_UNKNOWN;
    return expand_recurrence(b, item, &inner, &arg, producer, made);
}

static int expand_lstm(struct build *b, const struct item *item,
                       const struct scope *scope, int producer)
{
    return expand_cell(b, item, scope, producer, CELL_LSTM);
}

static int expand_gru(struct build *b, const struct item *item,
                      const struct scope *scope, int producer)
{
    return expand_cell(b, item, scope, producer, CELL_GRU);
}

static int expand_rnn(struct build *b, const struct item *item,
                      const struct scope *scope, int producer)
{
    return expand_cell(b, item, scope, producer, CELL_RNN);
}

#define CELL_TYPE(kind, about, keys, how)                                      \
    {                                                                          \
        .name = kind, .text = about, .fields = keys, .in_min = 1, .in_max = 1, \
        .expand = how                                                          \
    }
const struct layer_type type_lstm =
    CELL_TYPE("lstm", "long short-term memory: two weight matrices and gates",
              lstm_fields, expand_lstm);
const struct layer_type type_gru =
    CELL_TYPE("gru", "gated recurrent unit: two or three matrices and gates",
              gru_fields, expand_gru);
const struct layer_type type_rnn =
    CELL_TYPE("rnn", "recurrent layer without gates: two weight matrices",
              rnn_fields, expand_rnn);
