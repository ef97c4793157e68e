/* field.c - one table per parameter struct, for reading, checking and help */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conf/field.h"

#include "base/suggest.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

int field_rows(const struct field *fields)
{
    int n = 0;
    while (fields[n].name)
        n++;
    return n;
}

static void *member(const struct field *f, void *data)
{
    return (char *)data + f->offset;
}

static const void *look(const struct field *f, const void *data)
{
    return (const char *)data + f->offset;
}

/* ---- one value ---- */

static bool in_range(const struct field *f, double x)
{
    return isfinite(x) && x >= f->min && x <= f->max;
}

static int report_range(const struct field *f, double x, const struct place *at,
                        struct msgs *msgs)
{
    char value[32], min[32], max[32];
    if (f->kind == FIELD_QUANTITY) {
        quantity_format(value, sizeof value, x, f->dim);
        quantity_format(min, sizeof min, f->min, f->dim);
        quantity_format(max, sizeof max, f->max, f->dim);
    } else {
        number_format(value, sizeof value, x);
        number_format(min, sizeof min, f->min);
        number_format(max, sizeof max, f->max);
    }
    return msg_error(msgs, at, "%s: %s is outside %s to %s", f->name, value,
                     min, max);
}

static int store_number(const struct field *f, void *data, double x,
                        const struct place *at, struct msgs *msgs)
{
    if (f->kind == FIELD_COUNT && x != floor(x))
        return msg_error(msgs, at, "%s must be a whole number", f->name);
    if (!in_range(f, x))
        return report_range(f, x, at, msgs);
    if (f->kind == FIELD_COUNT)
        *(int *)member(f, data) = (int)x;
    else
        *(double *)member(f, data) = x;
    return 0;
}

static int read_quantity(const struct field *f, void *data,
                         const struct node *n, struct msgs *msgs)
{
    char why[160];
    double si;
    if (n->kind != NODE_TEXT && n->kind != NODE_RAW)
        return msg_error(msgs, &n->at,
                         "%s: a quantity in %s is wanted, with its unit, "
                         "such as \"%s\"",
                         f->name, dim_unit(f->dim), dim_example(f->dim));
    if (quantity_parse(n->text, f->dim, &si, why, sizeof why))
        return msg_error(msgs, &n->at, "%s: %s", f->name, why);
    return store_number(f, data, si, &n->at, msgs);
}

static int read_number(const struct field *f, void *data, const struct node *n,
                       struct msgs *msgs)
{
    double x = n->real;
    bool number = n->kind == NODE_INT || n->kind == NODE_REAL ||
                  (n->kind == NODE_RAW && !number_parse(n->text, &x));
    if (!number)
        return msg_error(msgs, &n->at, "%s must be a %snumber, not %s", f->name,
                         f->kind == FIELD_COUNT ? "whole " : "",
                         n->text ? n->text : node_kind_name(n->kind));
    return store_number(f, data, x, &n->at, msgs);
}

static int read_flag(const struct field *f, void *data, const struct node *n,
                     struct msgs *msgs)
{
    bool *out = member(f, data);
    if (n->kind == NODE_BOOL)
        *out = n->integer != 0;
    else if (n->kind == NODE_RAW && !strcmp(n->text, "true"))
        *out = true;
    else if (n->kind == NODE_RAW && !strcmp(n->text, "false"))
        *out = false;
    else
        return msg_error(msgs, &n->at, "%s must be true or false", f->name);
    return 0;
}

static int read_choice(const struct field *f, void *data, const struct node *n,
                       struct msgs *msgs)
{
    char list[160] = "";
    size_t used = 0;
    int i;
    for (i = 0; f->choices[i]; i++) {
        if (n->text && !strcmp(n->text, f->choices[i])) {
            *(int *)member(f, data) = i;
            return 0;
        }
        if (used < sizeof list)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s",
                                     i ? ", " : "", f->choices[i]);
    }
    return msg_error(msgs, &n->at, "%s: '%s' is none of %s", f->name,
                     n->text ? n->text : node_kind_name(n->kind), list);
}

static int read_text(const struct field *f, void *data, const struct node *n,
                     struct msgs *msgs)
{
    if (!n->text)
        return msg_error(msgs, &n->at, "%s must be text, not %s", f->name,
                         node_kind_name(n->kind));
    *(const char **)member(f, data) = n->text;
    return 0;
}

/* Dimensions of a point's two quantities. */
static const enum dim *columns(const struct field *f)
{
    static const enum dim curve[] = {DIM_J, DIM_M2};
    static const enum dim currents[] = {DIM_A_M, DIM_A_M};
    return f->kind == FIELD_POINTS ? curve : currents;
}

/* One point of a curve: (number, "quantity", "quantity"). */
static int read_point(const struct field *f, struct points *c,
                      const struct node *n, struct msgs *msgs)
{
    const struct node *x = n->child, *y = x ? x->next : NULL;
    const struct node *z = y ? y->next : NULL;
    const enum dim *dim = columns(f);
    char why[160];

    if (n->kind != NODE_LIST || !z || z->next || !y->text || !z->text ||
        (x->kind != NODE_INT && x->kind != NODE_REAL))
        return msg_error(msgs, &n->at,
                         "%s: a point is (number, \"%s\", \"%s\")", f->name,
                         dim_example(dim[0]), dim_example(dim[1]));
    if (c->n == POINTS_MAX)
        return msg_error(msgs, &n->at, "%s has more than %d points", f->name,
                         POINTS_MAX);
    c->x[c->n] = x->real;
    if (quantity_parse(y->text, dim[0], &c->y[c->n], why, sizeof why) ||
        quantity_parse(z->text, dim[1], &c->z[c->n], why, sizeof why))
        return msg_error(msgs, &n->at, "%s: %s", f->name, why);
    c->n++;
    return 0;
}

static int read_points(const struct field *f, void *data, const struct node *n,
                       struct msgs *msgs)
{
    struct points *c = member(f, data);
    int bad = 0;
    *c = (struct points){0};
    for (const struct node *p = n->child; p && !bad; p = p->next)
        bad = read_point(f, c, p, msgs);
    if (!bad && c->n < 2)
        bad = msg_error(msgs, &n->at, "%s needs at least two points", f->name);
    return bad;
}

static int read_value(const struct field *f, void *data, const struct node *n,
                      struct msgs *msgs)
{
    switch (f->kind) {
    case FIELD_COUNT:
    case FIELD_REAL:
        return read_number(f, data, n, msgs);
    case FIELD_QUANTITY:
        return read_quantity(f, data, n, msgs);
    case FIELD_FLAG:
        return read_flag(f, data, n, msgs);
    case FIELD_CHOICE:
        return read_choice(f, data, n, msgs);
    case FIELD_TEXT:
        return read_text(f, data, n, msgs);
    case FIELD_POINTS:
    case FIELD_CURRENTS:
        return read_points(f, data, n, msgs);
    }
    return -1;
}

/* ---- value, source and uncertainty ---- */

int source_check(const struct node *n, const struct node *sources,
                 struct msgs *msgs)
{
    const char *names[FIELDS_MAX * 4];
    char key[128];
    int known = 0;
    snprintf(key, sizeof key, "%.*s", (int)strcspn(n->text, " ,:;"), n->text);
    if (!strcmp(key, "assumption"))
        return 0;
    for (struct node *s = sources ? sources->child : NULL; s; s = s->next) {
        if (s->name && !strcmp(s->name, key))
            return 0;
        if (s->name && known < FIELDS_MAX * 4)
            names[known++] = s->name;
    }
    return msg_error(msgs, &n->at, "source '%s' is not in 'sources'%s", key,
                     suggest_end(key, names, known, "").text);
}

/* Is it (value, "source", ...)? A curve is a list of points by itself. */
static bool is_sourced(const struct field *f, const struct node *n)
{
    if (n->kind != NODE_LIST ||
        (f->kind != FIELD_POINTS && f->kind != FIELD_CURRENTS))
        return n->kind == NODE_LIST;
    return n->child && n->child->child && n->child->child->kind == NODE_LIST;
}

/* Reads ("value", "source", relative) or the value alone. */
static int read_sourced(const struct field *f, void *data, struct node *n,
                        const struct node *sources, struct origin *origin,
                        struct msgs *msgs)
{
    origin->at = n->at;
    if (!is_sourced(f, n))
        return read_value(f, data, n, msgs);

    struct node *value = n->child, *source = value ? value->next : NULL;
    struct node *relative = source ? source->next : NULL;
    if (!value || (relative && relative->next))
        return msg_error(msgs, &n->at,
                         "%s: write (value, \"source\", relative uncertainty)",
                         f->name);
    int bad = read_value(f, data, value, msgs);
    if (source && source->kind != NODE_TEXT)
        bad = msg_error(msgs, &source->at, "%s: the source must be text",
                        f->name);
    else if (source)
        bad |= source_check(source, sources, msgs);
    if (relative && (relative->kind == NODE_BOOL || relative->text ||
                     !(relative->real >= 0 && relative->real <= 10)))
        bad = msg_error(msgs, &relative->at,
                        "%s: the relative uncertainty must be a number from "
                        "0 to 10",
                        f->name);
    if (source && source->text)
        origin->source = source->text;
    if (relative)
        origin->relative = relative->real;
    return bad;
}

static int read_default(const struct field *f, void *data, const char *path,
                        struct place at, struct msgs *msgs)
{
    if (!f->def)
        return msg_error(msgs, &at, "'%s%s%s' is missing: %s", path,
                         *path ? "." : "", f->name, f->text);
    struct node n = {.kind = NODE_RAW, .text = f->def, .at = at};
    return read_value(f, data, &n, msgs);
}

int field_read(struct bound *bound, struct node *group,
               const struct node *sources, struct place missing_at,
               struct arena *a, struct msgs *msgs)
{
    const char *known[FIELDS_MAX + 1];
    char what[80];
    int bad = 0, n = field_rows(bound->fields), before = msgs->errors;

    bound->origin = arena_array(a, (size_t)n, sizeof *bound->origin);
    if (group && group->kind != NODE_GROUP)
        return msg_error(msgs, &group->at, "'%s' must be a group { ... }",
                         bound->path);
    for (int i = 0; i < n; i++) {
        const struct field *f = &bound->fields[i];
        struct node *v = group ? node_get(group, f->name) : NULL;
        bad |= v ? read_sourced(f, bound->data, v, sources, &bound->origin[i],
                                msgs)
                 : read_default(f, bound->data, bound->path,
                                group ? group->at : missing_at, msgs);
        known[i] = f->name;
    }
    known[n] = "model";
    snprintf(what, sizeof what, *bound->path ? " in '%s'" : "%s", bound->path);
    if (group)
        node_report_unused(group, known, n + 1, what, msgs);
    return bad || msgs->errors > before ? -1 : 0;
}

/* ---- printing and numeric access ---- */

char *field_print(const struct field *f, const void *data, char *out, int size)
{
    const void *m = look(f, data);
    size_t n = (size_t)size;
    switch (f->kind) {
    case FIELD_COUNT:
        snprintf(out, n, "%d", *(const int *)m);
        break;
    case FIELD_REAL:
        number_format(out, size, *(const double *)m);
        break;
    case FIELD_QUANTITY:
        quantity_format(out, size, *(const double *)m, f->dim);
        break;
    case FIELD_FLAG:
        snprintf(out, n, "%s", *(const bool *)m ? "true" : "false");
        break;
    case FIELD_CHOICE:
        snprintf(out, n, "%s", f->choices[*(const int *)m]);
        break;
    case FIELD_TEXT:
        snprintf(out, n, "%s",
                 *(const char *const *)m ? *(const char *const *)m : "");
        break;
    case FIELD_POINTS:
    case FIELD_CURRENTS:
        snprintf(out, n, "%d points", ((const struct points *)m)->n);
        break;
    }
    return out;
}

double field_get(const struct field *f, const void *data)
{
    const void *m = look(f, data);
    switch (f->kind) {
    case FIELD_COUNT:
        return *(const int *)m;
    case FIELD_REAL:
    case FIELD_QUANTITY:
        return *(const double *)m;
    default:
        return (double)NAN;
    }
}

int field_set(const struct field *f, void *data, double value)
{
    bool numeric = f->kind == FIELD_COUNT || f->kind == FIELD_REAL ||
                   f->kind == FIELD_QUANTITY;
    if (!numeric || !in_range(f, value) ||
        (f->kind == FIELD_COUNT && value != floor(value)))
        return -1;
    if (f->kind == FIELD_COUNT)
        *(int *)member(f, data) = (int)value;
    else
        *(double *)member(f, data) = value;
    return 0;
}
