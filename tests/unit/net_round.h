/* net_round.h - a network written and read again is the same network */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NET_ROUND_H
#define NET_ROUND_H

#include "net/net.h"
#include "unit.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The file that net_write() makes, as text. */
static char *round_text(const struct net *n, struct arena *a)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(net_write(f, n, a), 0);
    ck_assert_int_eq(fclose(f), 0);
    char *copy = arena_strdup(a, text);
    free(text);
    return copy;
}

static void round_read(const char *text, struct arena *a, struct net *n)
{
    static struct msgs said;
    struct conf_env env = {.arena = a, .msgs = &said};
    char path[] = "/tmp/t_roundXXXXXX.cfg";
    int file = mkstemps(path, 4);
    ck_assert_int_ge(file, 0);
    FILE *f = fdopen(file, "w");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    ck_assert_int_eq(fclose(f), 0);
    said = (struct msgs){.n = 0};
    int bad = net_load(&env, path, NULL, n);
    unlink(path);
    ck_need(!bad && said.n == 0, "%s\n%s", said.n ? said.list[0].text : "?",
            text);
}

static bool round_same_double(double a, double b)
{
    return !(a < b || a > b);
}

static bool round_same_node(const struct node *a, const struct node *b)
{
    if (!a || !b)
        return a == b;
    if (a->kind == NODE_RAW || b->kind == NODE_RAW)
        return true;
    bool number = a->kind == NODE_INT || a->kind == NODE_REAL;
    if ((!number && a->kind != b->kind) ||
        (a->text && strcmp(a->text, b->text)) ||
        !round_same_double(a->real, b->real) ||
        (a->kind != NODE_REAL && a->integer != b->integer))
        return false;
    const struct node *x = a->child, *y = b->child;
    for (; x && y; x = x->next, y = y->next)
        if (!round_same_node(x, y) || (x->name && strcmp(x->name, y->name)))
            return false;
    return x == y;
}

#define ROUND_SAME(m)                                                          \
    ck_need(a->m == b->m, "'%s': " #m " was %lld, is %lld", a->name,           \
            (long long)a->m, (long long)b->m)

static void round_same_shape(const struct layer *l, const char *what,
                             const struct shape *a, const struct shape *b)
{
    ck_need(a->c == b->c && a->h == b->h && a->w == b->w,
            "'%s': %s was %d x %d x %d, is %d x %d x %d", l->name, what, a->c,
            a->h, a->w, b->c, b->h, b->w);
}

static void round_same_layer(const struct layer *a, const struct layer *b)
{
    ck_assert_str_eq(a->name, b->name);
    ck_assert_str_eq(layer_type_name(a), layer_type_name(b));
    ROUND_SAME(n_in);
    for (int i = 0; i < a->n_in; i++)
        ROUND_SAME(in[i]);
    round_same_shape(a, "in_shape", &a->in_shape, &b->in_shape);
    round_same_shape(a, "out", &a->out, &b->out);
    ck_need(!memcmp(&a->win, &b->win, sizeof a->win), "'%s': window", a->name);
    ROUND_SAME(groups);
    ROUND_SAME(rows);
    ROUND_SAME(columns);
    ROUND_SAME(vectors);
    ROUND_SAME(macs);
    ROUND_SAME(params);
    ROUND_SAME(recurrent);
    ROUND_SAME(in_values);
    ROUND_SAME(out_values);
    ROUND_SAME(fetched);
    for (int i = 0; i < WORK_N; i++)
        ck_need(round_same_double(a->work[i], b->work[i]),
                "'%s': work %d was %.17g, is %.17g", a->name, i, a->work[i],
                b->work[i]);
    ck_need(round_same_double(a->lead, b->lead), "'%s': lead was %g, is %g",
            a->name, a->lead, b->lead);
    ck_need(round_same_node(a->quant, b->quant), "'%s': quant", a->name);
    ck_need(!a->codes == !b->codes, "'%s': codes", a->name);
    ck_need(!a->codes ||
                !memcmp(a->codes, b->codes,
                        sizeof *a->codes * (size_t)a->rows *
                            (size_t)a->columns),
            "'%s': codes", a->name);
}

static void round_same_net(const struct net *a, const struct net *b)
{
    ck_assert_str_eq(a->name, b->name);
    ck_assert_str_eq(a->source, b->source);
    ck_assert_str_eq(a->dataset, b->dataset);
    ck_assert_str_eq(a->weights.folder, b->weights.folder);
    ck_assert(round_same_double(a->input_density, b->input_density));
    ck_assert_int_eq(a->max_input_bits, b->max_input_bits);
    ck_assert(round_same_node(a->quant, b->quant));
    ck_assert(round_same_node(a->sources, b->sources));
    ck_assert_int_eq(a->n, b->n);
    ck_assert_int_eq(a->n_weight, b->n_weight);
    ck_assert_int_eq(a->macs, b->macs);
    ck_assert_int_eq(a->params, b->params);
    for (int i = 0; i < a->n; i++)
        round_same_layer(&a->layer[i], &b->layer[i]);
}

/* Written, read, and written again: the same network, then the same bytes.
 * Returns the text. */
static const char *round_trip(const struct net *n, struct arena *a)
{
    struct net again;
    const char *text = round_text(n, a);
    round_read(text, a, &again);
    round_same_net(n, &again);
    ck_assert_str_eq(round_text(&again, a), text);
    return text;
}

#endif
