/* rnn.c - ONNX's LSTM, GRU and RNN */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/onnx/convert.h"
#include "net/recurrent.h"
#include <string.h>

enum { X, W, R, B, LENGTHS, H0, C0, P, INPUTS }; /* inputs, in their order */

/* A node, and its sizes. */
struct sequence {
    struct op *o;
    struct value *in[INPUTS];
    struct args arg;
    bool batch_first;
    int64_t steps, batch, features, directions, gates, cells;
};

static int direction_of(const char *name)
{
    return !strcmp(name, "reverse")         ? REVERSE
           : !strcmp(name, "bidirectional") ? BOTH
                                            : FORWARD;
}

/* W: directions x gates cells x features; R: directions x gates cells x cells
 * (ONNX operators, LSTM, GRU and RNN). */
static int check_weights(const struct sequence *s)
{
    const struct value *w = s->in[W], *r = s->in[R];
    if (!is_constant(w) || !is_constant(r) || w->rank != 3 || r->rank != 3)
        return op_error(s->o, "its weights W and R are no constants of 3 "
                              "dimensions");
    if (w->dim[0] != s->directions || r->dim[0] != s->directions ||
        w->dim[1] != s->gates * s->cells || r->dim[1] != w->dim[1] ||
        w->dim[2] != s->features || r->dim[2] != s->cells)
        return op_error(s->o,
                        "its weights are not %lld x %lld x %lld and %lld x "
                        "%lld x %lld",
                        (long long)s->directions,
                        (long long)(s->gates * s->cells),
                        (long long)s->features, (long long)s->directions,
                        (long long)(s->gates * s->cells), (long long)s->cells);
    return 0;
}

/* rule->a: the cell */
static int read_sequence(struct op *o, const struct op_rule *rule,
                         struct sequence *s)
{
    const struct value *x = o->in[0];
    *s = (struct sequence){.o = o, .batch_first = op_int(o, "layout", 0) == 1};
    for (int i = 0; i < INPUTS && i < o->n_in; i++)
        s->in[i] = o->in[i];
    int cell = rule->a;
    if (cell == CELL_LSTM && s->in[P])
        cell = CELL_LSTM_PEEPHOLE;
    if (cell == CELL_GRU && !op_int(o, "linear_before_reset", 0))
        cell = CELL_GRU_BEFORE;
    if (x->rank != 3)
        return op_error(o,
                        "its input has %d dimensions, not steps, batch, "
                        "features",
                        x->rank);
    s->steps = x->dim[s->batch_first];
    s->batch = x->dim[!s->batch_first];
    s->features = x->dim[2];
    s->arg.cell = cell;
    s->arg.direction = direction_of(op_text(o, "direction", "forward"));
    s->arg.bias = s->arg.recurrent_bias = s->in[B] != NULL;
    s->directions = s->arg.direction == BOTH ? 2 : 1;
    s->gates = cell_gates(cell);
    s->cells = op_int(o, "hidden_size",
                      s->in[R] && s->in[R]->rank == 3 ? s->in[R]->dim[2] : 0);
    int64_t positions = count_mul(s->steps, s->batch);
    if (positions < 1 || positions > SIZE_LIMIT || s->features < 1 ||
        s->features > SIZE_LIMIT || s->cells < 1 || s->cells > SIZE_LIMIT / 8)
        return op_error(o, "its sequence or its state is too large or empty");
    s->arg.out = (int)s->cells;
    return check_weights(s);
}

/* ---- layers ---- */

/* A name of which nobody has layers: NAME.x and so on. */
static const char *free_prefix(const struct op *o)
{
    static const char *const parts[] = {
        "x", "h", "n", "gates", "forward.x", "reverse.x", "both"};
    const struct names *taken = &o->m->build.names;
    const char *name = op_layer_name(o), *base = name;
    for (int k = 2;; k++) {
        bool free = !names_find(taken, "", name);
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
            free = free && !names_find(taken, name, parts[i]);
        if (free)
            return name;
        name = arena_printf(o->m->env->arena, "%s.%d", base, k);
    }
}

/* Rows first.. of the gates of direction d, to a layer's columns. */
static void give_weights(const struct sequence *s, int layer,
                         const struct value *from, int d, int64_t first)
{
    struct layer *l = &s->o->m->build.net->layer[layer];
    struct value v = *from;
    v.dim[0] = 1;
    v.dim[1] = l->columns;
    if (v.tensor)
        v.start += d * v.step[0] + first * v.step[1];
    v.number = v.tensor ? NULL : v.number;
    set_weights(s->o, l,
                &(struct matrix_of){.v = &v, .row = {2, 3}, .column = {1, 2}});
}

static void give_all_weights(const struct sequence *s,
                             const struct recurrence *made)
{
    for (int d = 0; d < s->directions; d++) {
        give_weights(s, made[d].x, s->in[W], d, 0);
        give_weights(s, made[d].h, s->in[R], d, 0);
        if (made[d].n >= 0) /* the last of three gates */
            give_weights(s, made[d].n, s->in[R], d, 2 * s->cells);
    }
}

/* Y is steps, directions, batch, cells; its last step, Y_h, and the state, Y_c,
 * are directions, batch, cells; with layout 1 the batch comes first. */
static void give_outputs(struct sequence *s, int last)
{
    struct op *o = s->o;
    int64_t d = s->directions, y[2][4] = {{s->steps, d, s->batch, s->cells},
                                          {s->batch, s->steps, d, s->cells}};
    int64_t h[2][3] = {{d, s->batch, s->cells}, {s->batch, d, s->cells}};
    for (int i = 0; i < o->n_out && i < 3; i++) {
        if (!o->out[i])
            continue;
        o->out[i]->from = last;
        o->out[i]->whole = i == 0;
        if (i == 0)
            set_dims(o->out[i], 4, y[s->batch_first], 3);
        else
            set_dims(o->out[i], 3, h[s->batch_first], 2);
    }
}

static int make_rnn(struct op *o, const struct op_rule *rule)
{
    struct from_onnx *m = o->m;
    struct sequence s;
    struct recurrence made[2];
    if (read_sequence(o, rule, &s))
        return -1;
    const char *prefix = free_prefix(o);
    struct shape view = {(int)s.features, (int)(s.steps * s.batch), 1};
    struct scope scope = {.prefix = prefix, .in = FROM_INPUT};
    if (is_constant(s.in[X]))
        return op_error(o, "its input is a constant");
    m->item.view = &view;
    int last = expand_recurrence(&m->build, &m->item, &scope, &s.arg,
                                 s.in[X]->from, made);
    if (last == FROM_UNKNOWN)
        return -1;
    names_add(&m->build.names, prefix, last);
    give_all_weights(&s, made);
    give_outputs(&s, last);
    if (s.batch > 1)
        op_warn(o, "its %lld sequences are taken one step after another",
                (long long)s.batch);
    return 0;
}

const struct op_rule rnn_rules[] = {{"LSTM", make_rnn, CELL_LSTM, 0},
                                    {"GRU", make_rnn, CELL_GRU, 0},
                                    {"RNN", make_rnn, CELL_RNN, 0},
                                    {0}};
