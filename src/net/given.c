/* given.c - what a layer says in place of what follows from the rest */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/item.h"
#include <inttypes.h>

const char *const work_names[] = {
    [WORK_COMPARE] = "compare",   [WORK_ADD] = "add",
    [WORK_ACTIVATE] = "activate", [WORK_MAC] = "mac",
    [WORK_SCALE] = "scale",       [WORK_N] = NULL};

#define WORK_LIMIT 9223372036854775808.0 /* 2^63, as of other counts */

/* ---- shapes ---- */

int shape_read(const struct node *n, const char *what, struct shape *out,
               struct msgs *msgs)
{
    struct shape s = {1, 1, 1};
    int *size[] = {&s.c, &s.h, &s.w}, i = 0;
    if (n->kind != NODE_LIST || node_count(n) < 1 || node_count(n) > 3)
        return msg_error(msgs, &n->at,
                         "%s must be [channels, height, width], [features, "
                         "length] or [features]",
                         what);
    for (const struct node *e = n->child; e; e = e->next, i++) {
        if (e->kind != NODE_INT || e->integer < 1 || e->integer > SIZE_LIMIT)
            return msg_error(msgs, &e->at,
                             "%s: number %d is no whole number from 1 to "
                             "%d",
                             what, i + 1, SIZE_LIMIT);
        *size[i] = (int)e->integer;
    }
    *out = s;
    return 0;
}

void shape_write(struct conf_pen *pen, const char *before,
                 const struct shape *s, const char *after)
{
    if (s->h == 1 && s->w == 1)
        pen_word(pen, "%s[%d]%s", before, s->c, after);
    else if (s->w == 1)
        pen_word(pen, "%s[%d, %d]%s", before, s->c, s->h, after);
    else
        pen_word(pen, "%s[%d, %d, %d]%s", before, s->c, s->h, s->w, after);
}

int given_shape(struct item *item, struct node *group, struct msgs *msgs)
{
    struct node *n = node_get(group, "shape");
    char what[80];
    if (!n && item->type->shape == GIVEN_MUST)
        return msg_error(msgs, &group->at,
                         "'%s.shape' is missing: [channels, height, width] of "
                         "the output",
                         item->name);
    snprintf(what, sizeof what, "shape of '%.60s'", item->name);
    return n ? shape_read(n, what, &item->arg.shape, msgs) : 0;
}

/* ---- view: of the only input, or a list with one for each ---- */

static int read_view(struct item *item, struct node *group, struct arena *a,
                     struct msgs *msgs)
{
    struct node *n = node_get(group, "view");
    int inputs = item->n_from ? item->n_from : 1, bad = 0, i = 0;
    char what[80];
    if (!n)
        return 0;
    snprintf(what, sizeof what, "view of '%.60s'", item->name);
    bool list = n->kind == NODE_LIST && n->child && n->child->kind == NODE_LIST;
    if ((list ? node_count(n) : 1) != inputs)
        return msg_error(msgs, &n->at, "%s has %d shape%s for %d input%s", what,
                         list ? node_count(n) : 1,
                         list && node_count(n) > 1 ? "s" : "", inputs,
                         inputs > 1 ? "s" : "");
    struct shape *view = arena_array(a, (size_t)inputs, sizeof *view);
    for (const struct node *e = list ? n->child : n; i < inputs; e = e->next)
        bad |= shape_read(e, what, &view[i++], msgs);
    item->view = view;
    return bad;
}

static void write_view(struct conf_pen *pen, const struct layer *l)
{
    if (!l->view)
        return;
    if (l->n_in == 1)
        shape_write(pen, "view = ", l->view, ";");
    for (int i = 0; l->n_in > 1 && i < l->n_in; i++)
        shape_write(pen, i ? "" : "view = (", &l->view[i],
                    i + 1 < l->n_in ? "," : ");");
}

/* ---- numbers ---- */

/* A whole number; *out is left alone where the key is missing. */
static int read_whole(const struct item *item, const struct node *n,
                      const char *key, int64_t least, int64_t most,
                      int64_t *out, struct msgs *msgs)
{
    if (n && (n->kind != NODE_INT || n->integer < least || n->integer > most))
        return msg_error(msgs, &n->at,
                         "%s of '%s' must be a whole number from %" PRId64
                         " to %" PRId64,
                         key, item->name, least, most);
    if (n)
        *out = n->integer;
    return 0;
}

static int read_work(struct item *item, struct node *group, struct msgs *msgs)
{
    struct node *n = node_get(group, "work");
    int before = msgs->errors;
    if (!n)
        return 0;
    if (n->kind != NODE_GROUP)
        return msg_error(msgs, &n->at,
                         "work of '%s' must be a group such as { add = 64; }",
                         item->name);
    for (int i = 0; i < WORK_N; i++) {
        const struct node *v = node_get(n, work_names[i]);
        bool number = v && (v->kind == NODE_INT || v->kind == NODE_REAL);
        if (v && !(number && v->real >= 0 && v->real <= WORK_LIMIT))
            msg_error(msgs, &v->at,
                      "work of '%s': %s must be a number from 0 to 2^63",
                      item->name, work_names[i]);
        item->work[i] = v ? v->real : 0;
        item->given |= v ? 1U << i : 0;
    }
    node_report_unused(n, work_names, WORK_N, " in work", msgs);
    return msgs->errors > before ? -1 : 0;
}

int given_read(struct item *item, struct node *group, struct arena *a,
               struct msgs *msgs)
{
    const struct node *batch = node_get(group, "batch");
    const struct node *params = node_get(group, "params");
    int64_t maps = 1;
    int bad = read_view(item, group, a, msgs);
    bad |= read_whole(item, batch, "batch", 1, SIZE_LIMIT, &maps, msgs);
    bad |=
        read_whole(item, params, "params", 0, INT64_MAX, &item->params, msgs);
    item->arg.batch = (int)maps;
    item->given = params ? 1U << WORK_N : 0;
    return read_work(item, group, msgs) | bad;
}

static void write_work(struct conf_pen *pen, const struct layer *l,
                       const struct layer *rule)
{
    bool open = false;
    char text[40];
    for (int i = 0; i < WORK_N; i++) {
        if (!(l->work[i] < rule->work[i] || l->work[i] > rule->work[i]))
            continue;
        pen_word(pen, "%s%s = %s;", open ? "" : "work = { ", work_names[i],
                 number_format(text, sizeof text, l->work[i]));
        open = true;
    }
    if (open)
        pen_word(pen, "};");
}

void given_write(struct conf_pen *pen, const struct layer *l,
                 const struct layer *rule)
{
    const struct args *arg = rule->arg;
    if (arg->shape.c)
        shape_write(pen, "shape = ", &arg->shape, ";");
    write_view(pen, l);
    if (arg->batch > 1)
        pen_word(pen, "batch = %d;", arg->batch);
    if (l->params != rule->params)
        pen_word(pen, "params = %" PRId64 ";", l->params);
    write_work(pen, l, rule);
}
