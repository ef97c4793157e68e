/* type_element.c - operations on values of the same place */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/act.h"
#include "net/types.h"
#include <limits.h>

/* clang-format off */
static const struct field element_fields[] = {
    {"act", FIELD_CHOICE, DIM_NONE, offsetof(struct args, act), 0, 0,
     "none", act_names, "activation function of the outputs"},
    {0}
};

static const struct field act_fields[] = {
    {"act", FIELD_CHOICE, DIM_NONE, offsetof(struct args, act), 0, 0,
     NULL, act_names, "activation function"},
    {0}
};

static const struct field no_fields[] = {{0}};
/* clang-format on */

static int differ(struct infer *x, int i)
{
    const struct shape *a = &x->in[0], *b = &x->in[i];
    return infer_error(x,
                       "input %d is %d x %d x %d but input 1 is %d x %d x "
                       "%d",
                       i + 1, b->c, b->h, b->w, a->c, a->h, a->w);
}

static bool same_positions(const struct shape *a, const struct shape *b)
{
    return a->h == b->h && a->w == b->w;
}

/* The shape of the output: that of the first input, or as it is given, for
 * inputs of which some are repeated along a direction (broadcasting). */
static void element_out(struct infer *x)
{
    x->l->out = x->arg->shape.c ? x->arg->shape : *x->in;
    x->l->lead = lead_element(x->in);
}

static int infer_add(struct infer *x)
{
    struct layer *l = x->l;
    for (int i = 1; i < l->n_in && !x->arg->shape.c; i++)
        if (x->in[i].c != x->in->c || !same_positions(&x->in[i], x->in))
            return differ(x, i);
    element_out(x);
    l->work[WORK_ADD] = (l->n_in - 1) * (double)shape_values(&l->out);
    return 0;
}

/* Gates: the second input may be one value for each channel. */
static int infer_mul(struct infer *x)
{
    struct layer *l = x->l;
    const struct shape *gate = &x->in[1];
    bool one = gate->h == 1 && gate->w == 1;
    if (!x->arg->shape.c &&
        (gate->c != x->in->c || !(one || same_positions(gate, x->in))))
        return differ(x, 1);
    element_out(x);
    l->work[WORK_MAC] = (double)shape_values(&l->out);
    return 0;
}

static int infer_act(struct infer *x)
{
    element_out(x);
    return 0;
}

static int infer_concat(struct infer *x)
{
    struct layer *l = x->l;
    int64_t c = 0;
    for (int i = 0; i < l->n_in; i++) {
        if (!same_positions(&x->in[i], x->in))
            return differ(x, i);
        c += x->in[i].c;
    }
    if (c > SIZE_LIMIT)
        return infer_error(x, "more than %d channels", SIZE_LIMIT);
    l->out = *x->in;
    l->out.c = (int)c;
    l->lead = lead_element(x->in);
    return 0;
}

const struct layer_type type_add = {.name = "add",
                                    .text = "sum of inputs of one shape",
                                    .fields = element_fields,
                                    .shape = GIVEN_MAY,
                                    .in_min = 2,
                                    .in_max = INT_MAX,
                                    .infer = infer_add};

const struct layer_type type_mul = {
    .name = "mul",
    .text = "product of two inputs, the second perhaps one value a channel",
    .fields = element_fields,
    .shape = GIVEN_MAY,
    .in_min = 2,
    .in_max = 2,
    .infer = infer_mul};

const struct layer_type type_act = {.name = "act",
                                    .text = "activation function by itself",
                                    .fields = act_fields,
                                    .shape = GIVEN_MAY,
                                    .in_min = 1,
                                    .in_max = 1,
                                    .infer = infer_act};

const struct layer_type type_concat = {.name = "concat",
                                       .text = "channels one after another",
                                       .fields = no_fields,
                                       .in_min = 2,
                                       .in_max = INT_MAX,
                                       .infer = infer_concat};
