/* type_given.c - layers whose output has the shape that is given */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/act.h"
#include "net/types.h"
#include <limits.h>

/* The first rows of enum work. */
static const char *const reduce_names[] = {"max", "sum", NULL};
static const char *const resize_names[] = {"nearest", "linear", "cubic", NULL};

/* clang-format off */
static const struct field act_field[] = {
    {"act", FIELD_CHOICE, DIM_NONE, offsetof(struct args, act), 0, 0,
     "none", act_names, "activation function of the outputs"},
    {0}
};

static const struct field reduce_fields[] = {
    {"kind", FIELD_CHOICE, DIM_NONE, offsetof(struct args, kind), 0, 0,
     "sum", reduce_names, "largest value or sum; a mean is a sum"},
    {0}
};

static const struct field resize_fields[] = {
    {"kind", FIELD_CHOICE, DIM_NONE, offsetof(struct args, kind), 0, 0,
     "nearest", resize_names, "from 1, 2 x 2 or 4 x 4 values"},
    {0}
};

static const struct field no_fields[] = {{0}};
/* clang-format on */

static int infer_given(struct infer *x)
{
    x->l->out = x->arg->shape;
    x->l->lead = lead_element(x->in);
    return 0;
}

/* Values brought to one take one operation each but for the first. The first
 * output may need the last input. */
static int infer_reduce(struct infer *x)
{
    struct layer *l = x->l;
    l->out = x->arg->shape;
    l->lead = 1;
    double values = (double)shape_values(x->in) - (double)shape_values(&l->out);
    l->work[x->arg->kind] = values > 0 ? values : 0;
    return 0;
}

/* Each output is a weighted sum of its neighbours in the input. */
static int infer_resize(struct infer *x)
{
    static const int taps[] = {
        [RESIZE_NEAREST] = 1, [RESIZE_LINEAR] = 4, [RESIZE_CUBIC] = 16};
    struct layer *l = x->l;
    int n = taps[x->arg->kind];
    infer_given(x);
    double values = (double)shape_values(&l->out);
    l->work[WORK_SCALE] = n > 1 ? n * values : 0;
    l->work[WORK_ADD] = (n - 1) * values;
    return 0;
}

const struct layer_type type_operation = {
    .name = "operation",
    .text = "arithmetic on each value, its work given",
    .fields = act_field,
    .shape = GIVEN_MUST,
    .in_min = 1,
    .in_max = INT_MAX,
    .infer = infer_given};

const struct layer_type type_reduce = {.name = "reduce",
                                       .text = "values brought to one",
                                       .fields = reduce_fields,
                                       .shape = GIVEN_MUST,
                                       .in_min = 1,
                                       .in_max = 1,
                                       .infer = infer_reduce};

const struct layer_type type_resize = {.name = "resize",
                                       .text = "a map of another size",
                                       .fields = resize_fields,
                                       .shape = GIVEN_MUST,
                                       .in_min = 1,
                                       .in_max = 1,
                                       .infer = infer_resize};

const struct layer_type type_join = {.name = "join",
                                     .text = "tensors one after another",
                                     .fields = no_fields,
                                     .shape = GIVEN_MUST,
                                     .in_min = 1,
                                     .in_max = INT_MAX,
                                     .infer = infer_given};
