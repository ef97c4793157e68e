/* fold.c - the arithmetic of shapes: small constants, computed */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/onnx/convert.h"
#include <math.h>
#include <string.h>

/* The first output becomes a constant; returns where its numbers go. */
static double *give(struct op *o, int rank, const int64_t *dim, int64_t n)
{
    double *number =
        arena_array(o->m->env->arena, (size_t)n + 1, sizeof *number);
    struct value *out = o->out[0];
    out->from = FROM_CONSTANT;
    out->tensor = NULL;
    out->number = number;
    set_dims(out, rank, dim, rank - 1);
    return number;
}

/* The first output becomes a constant whose numbers are too many to keep. */
static int give_unknown(struct op *o, int rank, const int64_t *dim)
{
    give(o, rank, dim, 0);
    o->out[0]->number = NULL;
    return 1;
}

static bool small(const struct value *v)
{
    return is_constant(v) && v->number;
}

static int fold_shape(struct op *o)
{
    const struct value *x = o->in[0];
    int64_t start = op_int(o, "start", 0), end = op_int(o, "end", x->rank);
    start = bounded(start < 0 ? start + x->rank : start, 0, x->rank);
    end = bounded(end < 0 ? end + x->rank : end, start, x->rank);
    double *y = give(o, 1, (int64_t[]){end - start}, end - start);
    o->out[0]->whole_type = true;
    for (int64_t i = start; i < end; i++)
        y[i - start] = (double)x->dim[i];
    return 1;
}

static int fold_size(struct op *o)
{
    *give(o, 0, NULL, 1) = (double)value_count(o->in[0]);
    o->out[0]->whole_type = true;
    return 1;
}

static int fold_concat(struct op *o)
{
    int64_t n = 0;
    for (int i = 0; i < o->n_in; i++)
        n += o->in[i]->rank == 1 ? value_count(o->in[i]) : NUMBERS_MAX + 1;
    if (n > NUMBERS_MAX)
        return 0;
    double *y = give(o, 1, &n, n);
    o->out[0]->whole_type = o->in[0]->whole_type;
    for (int i = 0; i < o->n_in; i++)
        for (int64_t k = 0; k < value_count(o->in[i]); k++)
            *y++ = o->in[i]->number[k];
    return 1;
}

static int fold_gather(struct op *o)
{
    const struct value *x = o->in[0], *at = op_input(o, 1);
    if (x->rank != 1 || !at)
        return 0;
    int64_t n = value_count(at);
    double *y = give(o, at->rank, at->dim, n);
    o->out[0]->whole_type = x->whole_type;
    for (int64_t i = 0; i < n; i++) {
        int64_t k = number_whole(at->number[i]);
        k += k < 0 ? x->dim[0] : 0;
        if (k < 0 || k >= x->dim[0])
            return op_error(o, "index %lld of %lld", (long long)k,
                            (long long)x->dim[0]),
                   1;
        y[i] = x->number[k];
    }
    return 1;
}

static int fold_slice(struct op *o)
{
    const struct value *x = o->in[0];
    struct list start = op_list(o, "starts", 1), end = op_list(o, "ends", 2);
    struct list step = op_list(o, "steps", 4);
    if (x->rank != 1 || start.n != 1 || end.n != 1 ||
        (step.n > 0 && step.item[0] != 1))
        return 0;
    int64_t n = x->dim[0];
    int64_t from = bounded(start.item[0], -n, n),
            to = bounded(end.item[0], -n, n);
    from += from < 0 ? n : 0;
    to += to < 0 ? n : 0;
    int64_t length = to > from ? to - from : 0;
    double *y = give(o, 1, &length, length);
    memcpy(y, x->number + from, (size_t)length * sizeof *y);
    o->out[0]->whole_type = x->whole_type;
    return 1;
}

static int fold_fill(struct op *o)
{
    const struct value *x = o->in[0];
    int64_t dim[RANK_MAX], n = 1;
    int rank = (int)value_count(x);
    double fill = 0;
    bool whole = false;
    if (rank > RANK_MAX)
        return 0;
    for (int i = 0; i < rank; i++) {
        dim[i] = number_whole(x->number[i]);
        n = count_mul(n, dim[i]);
    }
    if (n < 0)
        return 0;
    if (n > NUMBERS_MAX)
        return give_unknown(o, rank, dim);
    for (size_t i = 0; i < o->node->n_attribute; i++) {
        const Onnx__TensorProto *p = o->node->attribute[i]->t;
        struct tensor t;
        if (p && !tensor_open(o->m->env, o->m->item.at.file, p, &t) &&
            t.n == 1) {
            fill = tensor_at(&t, 0);
            whole = t.whole;
        }
    }
    double *y = give(o, rank, dim, n);
    o->out[0]->whole_type = whole;
    for (int64_t i = 0; i < n; i++)
        y[i] = fill;
    return 1;
}

/* ---- of one or two numbers ---- */

static double calculate(const char *type, double a, double b)
{
    if (isnan(a) || isnan(b))
        return a;
    switch (*type) {
    case 'A':
        return a + b;
    case 'S':
        return a - b;
    case 'M':
        return !strcmp(type, "Mul")   ? a * b
               : !strcmp(type, "Min") ? fmin(a, b)
                                      : fmax(a, b);
    case 'E':
        return a == b;
    default: /* Div */
        return b == 0 ? 0 : a / b;
    }
}

static int fold_binary(struct op *o)
{
    const struct value *a = o->in[0], *b = o->n_in == 2 ? o->in[1] : NULL;
    if (!b)
        return 0;
    int64_t na = value_count(a), nb = value_count(b);
    const struct value *like =
        nb > na || (na == nb && b->rank > a->rank) ? b : a;
    int64_t n = value_count(like);
    bool whole = a->whole_type && b->whole_type;
    if ((na != n && na != 1) || (nb != n && nb != 1))
        return 0;
    double *y = give(o, like->rank, like->dim, n);
    o->out[0]->whole_type = whole;
    for (int64_t i = 0; i < n; i++) {
        y[i] = calculate(o->type, a->number[na == 1 ? 0 : i],
                         b->number[nb == 1 ? 0 : i]);
        if (whole)
            y[i] = trunc(y[i]);
    }
    return 1;
}

static int fold_where(struct op *o)
{
    if (o->n_in != 3)
        return 0;
    const struct value *like = o->in[0];
    for (int i = 1; i < 3; i++)
        if (value_count(o->in[i]) > value_count(like))
            like = o->in[i];
    int64_t n = value_count(like);
    for (int i = 0; i < 3; i++)
        if (value_count(o->in[i]) != n && value_count(o->in[i]) != 1)
            return 0;
    double *y = give(o, like->rank, like->dim, n);
    for (int64_t i = 0; i < n; i++) {
        double x[3];
        for (int k = 0; k < 3; k++)
            x[k] = o->in[k]->number[value_count(o->in[k]) == 1 ? 0 : i];
        y[i] = isnan(x[0]) || x[0] != 0 ? x[1] : x[2];
    }
    return 1;
}

static int fold_round(struct op *o)
{
    const struct value *x = o->in[0];
    bool cast = !strcmp(o->type, "Cast"), whole = op_to_whole(o);
    int64_t n = value_count(x);
    double *y = give(o, x->rank, x->dim, n);
    o->out[0]->whole_type = cast && whole;
    for (int64_t i = 0; i < n; i++)
        y[i] = cast              ? (whole ? trunc(x->number[i]) : x->number[i])
               : *o->type == 'F' ? floor(x->number[i])
                                 : ceil(x->number[i]);
    return 1;
}

/* ---- of one number ---- */

static int fold_unary(struct op *o)
{
    const struct value *x = o->in[0];
    int64_t n = value_count(x);
    for (int64_t i = 0; i < n; i++)
        if (isnan(x->number[i]) || (x->number[i] <= 0 && *o->type != 'N'))
            return 0;
    double *y = give(o, x->rank, x->dim, n);
    o->out[0]->whole_type = *o->type == 'N' && x->whole_type;
    for (int64_t i = 0; i < n; i++)
        y[i] = *o->type == 'S'   ? sqrt(x->number[i])
               : *o->type == 'N' ? -x->number[i]
                                 : 1 / x->number[i];
    return 1;
}

/* start, limit, step */
static int fold_range(struct op *o)
{
    if (o->n_in != 3 || !value_count(o->in[0]) || !value_count(o->in[1]) ||
        !value_count(o->in[2]))
        return 0;
    double a = *o->in[0]->number, b = *o->in[1]->number;
    double step = *o->in[2]->number;
    if (isnan(a) || isnan(b) || isnan(step) || step == 0)
        return 0;
    double length = ceil((b - a) / step);
    if (!(length <= SIZE_LIMIT))
        return 0;
    int64_t n = length > 0 ? (int64_t)length : 0;
    if (n > NUMBERS_MAX)
        return give_unknown(o, 1, &n);
    double *y = give(o, 1, &n, n);
    o->out[0]->whole_type = o->in[0]->whole_type;
    for (int64_t i = 0; i < n; i++)
        y[i] = a + (double)i * step;
    return 1;
}

/* Of all numbers of a list: how many values a shape has. */
static int fold_product(struct op *o)
{
    const struct value *x = o->in[0];
    double y = 1;
    if (x->rank != 1)
        return 0;
    for (int64_t i = 0; i < x->dim[0]; i++)
        y *= x->number[i];
    int64_t one = 1;
    *give(o, op_int(o, "keepdims", 1) ? 1 : 0, &one, 1) = y;
    o->out[0]->whole_type = x->whole_type;
    return 1;
}

/* ---- the table ---- */

static const struct folder {
    const char *type;
    int (*fold)(struct op *o);
    bool any; /* of activations, too: their sizes */
} folders[] = {
    {"Shape", fold_shape, true},    {"Size", fold_size, true},
    {"Concat", fold_concat, false}, {"Gather", fold_gather, false},
    {"Slice", fold_slice, false},   {"ConstantOfShape", fold_fill, false},
    {"Add", fold_binary, false},    {"Sub", fold_binary, false},
    {"Mul", fold_binary, false},    {"Div", fold_binary, false},
    {"Min", fold_binary, false},    {"Max", fold_binary, false},
    {"Equal", fold_binary, false},  {"Where", fold_where, false},
    {"Cast", fold_round, false},    {"Floor", fold_round, false},
    {"Ceil", fold_round, false},    {"Sqrt", fold_unary, false},
    {"Neg", fold_unary, false},     {"Reciprocal", fold_unary, false},
    {"Range", fold_range, false},   {"ReduceProd", fold_product, false},
};

int op_fold(struct op *o)
{
    bool all = o->n_in > 0;
    for (int i = 0; i < o->n_in; i++)
        all = all && small(o->in[i]);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (!strcmp(folders[i].type, o->type))
            return o->n_in && o->in[0] && (all || folders[i].any)
                       ? folders[i].fold(o)
                       : 0;
    return 0;
}

void keep_numbers(struct op *o)
{
    for (int i = 0; i < o->n_out; i++) {
        struct value *out = o->out[i];
        if (is_constant(out) && out->tensor && !out->number &&
            value_count(out) <= NUMBERS_MAX)
            out->number = numbers_of(o, out);
    }
}
