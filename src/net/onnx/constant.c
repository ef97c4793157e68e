/* constant.c - numbers of an ONNX file, seen in many ways */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/onnx/convert.h"
#include "net/types.h"
#include <float.h>
#include <math.h>
#include <string.h>

#define COPIED_MAX (1 << 28) /* numbers that may be put in another order */

/* ---- steps ---- */

void constant_steps(struct value *v)
{
    int64_t step = 1;
    v->start = 0;
    for (int i = v->rank; i-- > 0;) {
        v->step[i] = step;
        step = count_mul(step, v->dim[i]);
    }
}

/* The step of some dimensions as one; false: they are none. Numbers may lie
 * backwards, or be one and the same. */
static bool merge(const struct value *v, const int range[2], int64_t *step)
{
    int64_t next = 0;
    bool any = false;
    *step = 1;
    for (int i = range[1]; i-- > range[0];) {
        if (v->dim[i] == 1)
            continue;
        if (any && v->step[i] != next)
            return false;
        if (!any)
            *step = v->step[i];
        any = true;
        next = v->step[i] * v->dim[i];
    }
    return true;
}

/* All numbers in their order into x. */
static void read_all(const struct value *v, int64_t n, void *x,
                     void (*put)(void *x, int64_t k, double number))
{
    int64_t index[RANK_MAX] = {0}, at = v->start;
    for (int64_t k = 0; k < n; k++) {
        put(x, k, tensor_at(v->tensor, at));
        for (int i = v->rank; i-- > 0;) {
            at += v->step[i];
            if (++index[i] < v->dim[i])
                break;
            at -= v->step[i] * v->dim[i];
            index[i] = 0;
        }
    }
}

static void put_double(void *x, int64_t k, double number)
{
    ((double *)x)[k] = number;
}

static void put_float(void *x, int64_t k, double number)
{
    bool fits = isfinite(number) && fabs(number) <= (double)FLT_MAX;
    ((float *)x)[k] = fits ? (float)number : INFINITY;
}

const double *numbers_of(struct op *o, const struct value *v)
{
    int64_t n = value_count(v);
    if (v->number || !v->tensor || n < 0 || n > SIZE_LIMIT)
        return v->number;
    double *x = arena_array(o->m->env->arena, (size_t)n + 1, sizeof *x);
    read_all(v, n, x, put_double);
    return x;
}

/* ---- numbers of our own ---- */

/* v from now on reads these, of one of ONNX's types. */
static void own(struct op *o, struct value *v, const void *data, int type)
{
    struct tensor *t = arena_alloc(o->m->env->arena, sizeof *t);
    *t = (struct tensor){
        .name = v->name, .rank = v->rank, .n = value_count(v), .data = data};
    tensor_of_type(t, type);
    memcpy(t->dim, v->dim, sizeof t->dim);
    v->tensor = t;
    constant_steps(v);
}

/* Brings the numbers into the order of the dimensions. They are no longer
 * known if that would take too much memory. */
static void copy_in_order(struct op *o, struct value *v)
{
    int64_t n = value_count(v);
    if (n < 1 || n > COPIED_MAX - o->m->copied) {
        v->tensor = NULL;
        return;
    }
    o->m->copied += n;
    float *x = arena_array(o->m->env->arena, (size_t)n, sizeof *x);
    read_all(v, n, x, put_float);
    own(o, v, x, ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT);
}

/* ---- other dimensions ---- */

/* Steps of the same numbers with other dimensions; false if there are none. */
static bool steps_after(const struct value *in, const struct value *out,
                        int64_t *step)
{
    struct {
        int64_t n, step;
    } run[RANK_MAX + 1] = {{1, 0}};
    int r = 0;
    for (int i = in->rank; i-- > 0;) { /* innermost first */
        if (in->dim[i] == 1)
            continue;
        if (r && in->step[i] == run[r].step * run[r].n)
            run[r].n *= in->dim[i];
        else
            run[++r].n = in->dim[i], run[r].step = in->step[i];
    }
    int last = r;
    r = 0;
    for (int i = out->rank; i-- > 0;) {
        while (out->dim[i] > 1 && run[r].n == 1 && r < last)
            r++;
        step[i] = run[r].step;
        if (out->dim[i] < 1 || run[r].n % out->dim[i])
            return false;
        run[r].n /= out->dim[i];
        run[r].step *= out->dim[i];
    }
    return true;
}

void constant_reshape(struct op *o, struct value *out, const struct value *in)
{
    struct value v = *in;
    int64_t step[RANK_MAX];
    if (!in->tensor || value_count(in) < 1 ||
        value_count(in) != value_count(out))
        return;
    if (steps_after(&v, out, step)) {
        out->tensor = v.tensor;
        out->start = v.start;
        memcpy(out->step, step, sizeof step);
        return;
    }
    copy_in_order(o, &v);
    out->tensor = v.tensor;
    constant_steps(out);
}

/* ---- integers that stand for other numbers ---- */

static bool all_finite(const double *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

/* One number for all, or one for each index; NULL if it is neither. */
static const double *spread(struct op *o, const struct value *v, int64_t n,
                            double missing)
{
    const double *x = v ? numbers_of(o, v) : &missing;
    int64_t have = v ? value_count(v) : 1;
    if (!x || (have != 1 && have != n) || !all_finite(x, have))
        return NULL;
    double *all = arena_array(o->m->env->arena, (size_t)n + 1, sizeof *all);
    for (int64_t i = 0; i < n; i++)
        all[i] = x[have == 1 ? 0 : i];
    return all;
}

/* Whether the tensor is read whole, so that the place of a number in it says
 * its index along an axis. */
static bool whole_tensor(const struct value *v)
{
    bool forward = v->start == 0 && value_count(v) == v->tensor->n;
    for (int i = 0; i < v->rank; i++)
        forward = forward && v->step[i] > 0;
    return forward && !v->tensor->scale;
}

int constant_dequantize(struct op *o, struct value *v,
                        const struct value *scale, const struct value *zero,
                        int64_t axis)
{
    bool one = (!scale || value_count(scale) == 1) &&
               (!zero || value_count(zero) == 1);
    int at = one || v->rank == 0 ? 0 : op_axis(o, axis, v->rank);
    if (at < 0)
        return -1;
    int64_t n = one || v->rank == 0 ? 1 : v->dim[at];
    const double *s = spread(o, scale, n, 1), *z = spread(o, zero, n, 0);
    if (!s || !z)
        return op_error(o,
                        "scale and zero point must be finite constants, one "
                        "for all weights or %lld",
                        (long long)n);
    v->number = NULL; /* they are others now */
    if (v->tensor && !whole_tensor(v))
        copy_in_order(o, v);
    if (!v->tensor)
        return 0;
    struct tensor *t = arena_alloc(o->m->env->arena, sizeof *t);
    *t = *v->tensor;
    t->scale = s;
    t->zero = z;
    t->n_scale = n;
    t->inner = n > 1 ? v->step[at] : 1;
    v->tensor = t;
    return 0;
}

/* ---- weights of a layer ---- */

/* A constant input; 0: none. */
static const struct value *input_at(const struct op *o, int i)
{
    const struct value *v = i ? op_input(o, i) : NULL;
    return is_constant(v) ? v : NULL;
}

void constant_open(struct op *o, struct value *v)
{
    if (!v->tensor && v->number)
        own(o, v, v->number, ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE);
}

static bool find_steps(const struct value *v, const struct matrix_of *from,
                       struct trained *w)
{
    return merge(v, from->group, &w->group_step) &&
           merge(v, from->row, &w->row_step) &&
           merge(v, from->column, &w->column_step);
}

void set_weights(struct op *o, struct layer *l, const struct matrix_of *from)
{
    struct value v = *from->v;
    const struct value *zero = input_at(o, from->zero);
    const struct value *scale = input_at(o, from->scale);
    struct trained *w = arena_alloc(o->m->env->arena, sizeof *w);
    int64_t rows = value_part(&v, from->row[0], from->row[1]);
    if (value_count(&v) != (int64_t)l->groups * l->rows * l->columns)
        return;
    constant_open(o, &v);
    if ((zero || scale) && !v.unrounded &&
        constant_dequantize(o, &v, scale, zero, from->column[0]))
        return;
    if (v.tensor && !find_steps(&v, from, w))
        copy_in_order(o, &v);
    if (!v.tensor) {
        op_warn(o, "its weights are computed in a way that is not followed; "
                   "the distribution of their scheme stands for them");
        return;
    }
    w->tensor = v.tensor;
    w->start = v.start;
    find_steps(&v, from, w);
    if (from->group[0] == from->group[1]) /* a part of the columns, or rows */
        w->group_step = rows == l->rows ? l->columns * w->column_step
                                        : l->rows * w->row_step;
    l->trained = w;
}

void scale_weights(struct op *o, struct layer *l, const double *s, int64_t n,
                   bool divide)
{
    int64_t all = (int64_t)l->groups * l->columns;
    if (!l->trained || n < 1 || all % n)
        return;
    struct trained *w = arena_alloc(o->m->env->arena, sizeof *w);
    double *scale = arena_array(o->m->env->arena, (size_t)all, sizeof *scale);
    *w = *l->trained;
    for (int64_t i = 0; i < all; i++) {
        /* a transposed convolution has a window of columns a channel; a batch
         * of matrices gives each channel once a matrix */
        double x = s[l->type == &type_deconv ? i / (all / n) : i % n];
        double old = w->scale ? w->scale[i] : 1;
        scale[i] = !divide ? old * x : isnan(x) || x == 0 ? old : old / x;
    }
    w->scale = scale;
    l->trained = w;
}
