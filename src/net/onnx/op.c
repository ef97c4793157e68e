/* op.c - what the rules of ONNX operators use */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/onnx/convert.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- attributes ---- */

static const Onnx__AttributeProto *attribute(const struct op *o,
                                             const char *name)
{
    for (size_t i = 0; i < o->node->n_attribute; i++) {
        const Onnx__AttributeProto *a = o->node->attribute[i];
        if (a->name && !strcmp(a->name, name))
            return a;
    }
    return NULL;
}

int64_t op_int(const struct op *o, const char *name, int64_t missing)
{
    const Onnx__AttributeProto *a = attribute(o, name);
    return a && a->has_i ? a->i : missing;
}

double op_float(const struct op *o, const char *name, double missing)
{
    const Onnx__AttributeProto *a = attribute(o, name);
    return a && a->has_f && isfinite(a->f) ? (double)a->f : missing;
}

bool op_to_whole(const struct op *o)
{
    struct tensor t;
    int64_t to = op_int(o, "to", 0);
    return to > 0 && to < 256 && !tensor_of_type(&t, (int)to) && t.whole;
}

const char *op_text(const struct op *o, const char *name, const char *missing)
{
    const Onnx__AttributeProto *a = attribute(o, name);
    if (!a || !a->has_s)
        return missing;
    return arena_strndup(o->m->env->arena, (const char *)a->s.data, a->s.len);
}

struct list op_list(const struct op *o, const char *name, int at)
{
    struct list l = {.n = -1};
    const Onnx__AttributeProto *a = attribute(o, name);
    const struct value *v = op_input(o, at);
    if (a && a->n_ints > LIST_MAX)
        op_error(o, "its list '%s' has more than %d numbers", name, LIST_MAX),
            l.n = REPORTED;
    else if (a)
        for (l.n = 0; l.n < (int)a->n_ints; l.n++)
            l.item[l.n] = bounded(a->ints[l.n], -WHOLE_MAX, WHOLE_MAX);
    else if (v && (!v->number || value_count(v) > LIST_MAX))
        op_error(o, "its input '%.80s' is no constant of up to %d numbers",
                 v->name, LIST_MAX),
            l.n = REPORTED;
    else if (v)
        for (l.n = 0; l.n < (int)value_count(v); l.n++)
            l.item[l.n] = number_whole(v->number[l.n]);
    return l;
}

int64_t number_whole(double x)
{
    const double most = (double)WHOLE_MAX;
    return isnan(x) ? 0 : (int64_t)(x > most ? most : x < -most ? -most : x);
}

/* ---- values ---- */

struct value *op_input(const struct op *o, int i)
{
    return i >= 0 && i < o->n_in ? o->in[i] : NULL;
}

bool is_activation(const struct value *v)
{
    return v && v->from != FROM_CONSTANT;
}

int64_t value_part(const struct value *v, int from, int to)
{
    int64_t n = 1;
    for (int i = from; i < to; i++)
        n = count_mul(n, v->dim[i]);
    return n;
}

int64_t value_count(const struct value *v)
{
    return value_part(v, 0, v->rank);
}

int op_axis(const struct op *o, int64_t axis, int rank)
{
    if (axis < -rank || axis >= rank)
        return op_error(o, "axis %lld of a tensor of %d dimensions",
                        (long long)axis, rank);
    return (int)(axis < 0 ? axis + rank : axis);
}

void set_dims(struct value *out, int rank, const int64_t *dim, int channel)
{
    out->rank = rank;
    if (rank) /* else dim may be NULL */
        memmove(out->dim, dim, (size_t)rank * sizeof *dim);
    out->channel = rank == 0 ? 0 : channel < rank ? channel : rank - 1;
}

void op_alias(struct value *out, const struct value *in)
{
    const char *name = out->name;
    int node = out->node, uses = out->uses;
    *out = *in;
    out->name = name;
    out->node = node;
    out->uses = uses;
}

static int too_large(const struct op *o, const struct value *v)
{
    return op_error(o, "the tensor '%s' has a dimension outside 1 to %d",
                    v->name, SIZE_LIMIT);
}

int op_shape(const struct op *o, const struct value *v, struct shape *s)
{
    int64_t positions = 1, width = 1;
    bool map = v->channel == 1 && v->rank >= 4;
    for (int i = 0; i < v->rank; i++) {
        if (v->dim[i] < 1 || v->dim[i] > SIZE_LIMIT)
            return too_large(o, v);
        if (map && i == v->rank - 1)
            width = v->dim[i];
        else if (i != v->channel)
            positions = count_mul(positions, v->dim[i]);
    }
    if (positions < 0 || positions > SIZE_LIMIT)
        return too_large(o, v);
    *s = (struct shape){v->rank ? (int)v->dim[v->channel] : 1, (int)positions,
                        (int)width};
    return 0;
}

/* ---- layers ---- */

/* Whether a layer may be called so; "in" means the input. */
static bool is_free(const struct op *o, const char *name)
{
    return name && *name && strcmp(name, "in") &&
           !names_find(&o->m->build.names, "", name);
}

/* A name for the node's layer: its own, or that of its output; both may be
 * missing or taken. */
const char *op_layer_name(const struct op *o)
{
    struct arena *a = o->m->env->arena;
    const char *name = o->node->name;
    if (name && *name && o->part)
        name = arena_printf(a, "%s.%s", name, o->part);
    if (!is_free(o, name))
        name = o->n_out && o->out[0] ? o->out[0]->name : o->type;
    for (int i = 2; !is_free(o, name); i++)
        name = arena_printf(a, "%s.%d", o->type, i);
    return name;
}

struct layer *op_layer(struct op *o, const struct layer_type *type,
                       const struct args *arg, int n_in,
                       struct value *const *in, const struct shape *view)
{
    static const struct scope top = {.prefix = "", .in = FROM_INPUT};
    struct from_onnx *m = o->m;
    int *from = arena_array(m->env->arena, (size_t)n_in, sizeof *from);
    struct shape *seen = arena_array(m->env->arena, (size_t)n_in, sizeof *seen);
    for (int i = 0; i < n_in; i++) {
        from[i] = in[i]->from;
        if (is_constant(in[i]))
            return op_error(o, "its input '%.80s' is a constant", in[i]->name),
                   NULL;
        if (view)
            seen[i] = view[i];
        else if (op_shape(o, in[i], &seen[i]))
            return NULL;
    }
    m->item.view = seen;
    int l = expand_layer(&m->build, type, arg, op_layer_name(o), &m->item, &top,
                         n_in, from);
    if (l == FROM_UNKNOWN)
        return NULL;
    o->out[0]->from = l;
    o->out[0]->whole = true;
    return &m->build.net->layer[l];
}

struct layer *op_absorber(const struct op *o, const struct value *in)
{
    if (in->from < 0 || !in->whole || in->uses != 1)
        return NULL;
    return &o->m->build.net->layer[in->from];
}

struct layer *op_given(struct op *o, const struct layer_type *type,
                       struct args arg, int n_in, struct value *const *in)
{
    if (op_shape(o, o->out[0], &arg.shape))
        return NULL;
    return op_layer(o, type, &arg, n_in, in, NULL);
}

void op_mark(struct layer *l, const char *key, int value)
{
    const struct field *f = layer_type_field(l->type, key);
    char *member = f ? (char *)l->arg + f->offset : NULL;
    if (f && f->kind == FIELD_FLAG)
        *(bool *)member = *(bool *)member || value;
    else if (f && f->kind == FIELD_CHOICE && !*(int *)member)
        *(int *)member = value;
}
