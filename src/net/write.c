/* write.c - a network as a workload file */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/expand.h"
#include <inttypes.h>
#include <string.h>

struct writer {
    struct conf_pen pen;
    const struct net *net;
};

/* ---- what a layer is without some of its keys ---- */

static const struct shape *inputs_of(const struct writer *w,
                                     const struct layer *l)
{
    if (l->view)
        return l->view;
    struct shape *in = arena_array(w->pen.arena, (size_t)l->n_in, sizeof *in);
    for (int i = 0; i < l->n_in; i++)
        in[i] = *producer_shape(w->net, l->in[i]);
    return in;
}

static bool rule_of(const struct layer *l, struct args *arg,
                    const struct shape *in, struct layer *out)
{
    struct msgs quiet = {.n = 0};
    *out = layer_begin(l);
    out->arg = arg;
    return layer_rule(out, in, &quiet) == 0;
}

static bool same_rule(const struct layer *a, const struct layer *b)
{
    for (int i = 0; i < WORK_N; i++)
        if (a->work[i] < b->work[i] || a->work[i] > b->work[i])
            return false;
    return a->out.c == b->out.c && a->out.h == b->out.h &&
           a->out.w == b->out.w && a->rows == b->rows &&
           a->vectors == b->vectors && a->params == b->params &&
           !(a->lead < b->lead || a->lead > b->lead);
}

/* Takes the keys away that say what follows anyhow: the shape of the output,
 * the size of a transposed convolution, how a matrix is applied. `rule` is the
 * layer by its rule. */
static void drop_needless(const struct layer *l, const struct shape *in,
                          struct args *arg, struct layer *rule)
{
    struct args fewer = *arg;
    struct layer without;
    if (l->type->shape == GIVEN_MAY)
        fewer.shape = (struct shape){0};
    fewer.size_h = fewer.size_w = 0;
    fewer.apply = APPLY_AUTO;
    if (rule_of(l, &fewer, in, &without) && same_rule(&without, rule)) {
        *arg = fewer;
        *rule = without;
    }
    rule->arg = arg;
}

/* ---- a layer ---- */

static const char *producer_name(const struct writer *w, int p)
{
    return p == FROM_INPUT ? "in" : w->net->layer[p].name;
}

static void write_from(struct writer *w, const struct layer *l, int before)
{
    struct arena *a = w->pen.arena;
    if (l->n_in == 1 && l->in[0] == before)
        return;
    if (l->n_in == 1)
        text_write(&w->pen, "from", producer_name(w, l->in[0]));
    for (int i = 0; l->n_in > 1 && i < l->n_in; i++)
        pen_word(&w->pen, "%s%s%s", i ? "" : "from = (",
                 conf_quoted(a, producer_name(w, l->in[i])),
                 i + 1 < l->n_in ? "," : ");");
}

static void write_codes(struct writer *w, const struct layer *l)
{
    int64_t n = (int64_t)l->rows * l->columns;
    for (int64_t i = 0; l->codes && i < n; i++)
        pen_word(&w->pen, "%s%" PRId64 "%s", i ? "" : "codes = [", l->codes[i],
                 i + 1 < n ? "," : "];");
}

/* The size of the output, the window, the rest, as a person would. */
static void write_keys(struct conf_pen *pen, const struct layer_type *type,
                       const struct args *arg)
{
    for (const struct field *f = type->fields; f->name; f++) {
        field_write(pen, f, arg);
        if (f == type->fields && type->has_window)
            window_write(pen, type, arg);
    }
}

static void write_layer(struct writer *w, int i)
{
    const struct layer *l = &w->net->layer[i];
    const struct shape *in = inputs_of(w, l);
    struct args arg = *l->arg;
    struct layer rule;
    pen_word(&w->pen, "{ name = %s;", conf_quoted(w->pen.arena, l->name));
    pen_word(&w->pen, "type = \"%s\";", l->type->name);
    write_from(w, l, i - 1);
    if (rule_of(l, &arg, in, &rule))
        drop_needless(l, in, &arg, &rule);
    write_keys(&w->pen, l->type, &arg);
    given_write(&w->pen, l, &rule);
    if (l->quant)
        node_write(&w->pen, l->quant);
    write_codes(w, l);
    pen_word(&w->pen, i + 1 < w->net->n ? "}," : "}");
    pen_line(&w->pen);
}

/* ---- the file ---- */

static void write_head(struct writer *w)
{
    struct conf_pen *pen = &w->pen;
    const struct net *net = w->net;
    int weights = 0;
    for (int i = 0; i < net->n; i++)
        weights += net->layer[i].groups > 0;
    pen_word(pen, "// %s: %d layer%s, %d with a weight matrix",
             conf_quoted(pen->arena, net->name), net->n, net->n > 1 ? "s" : "",
             weights);
    pen_line(pen);
    for (const struct field *f = net_fields; f->name; f++, pen_line(pen))
        field_write(pen, f, net);
    shape_write(pen, "input = ", &net->input, ";");
    pen_line(pen);
    if (net->quant)
        node_write(pen, net->quant);
    pen_line(pen);
    if (net->sources)
        node_write(pen, net->sources);
    pen_line(pen);
}

int net_write(FILE *out, const struct net *net, struct arena *scratch)
{
    struct writer w = {.pen = {.out = out, .arena = scratch, .more = 4},
                       .net = net};
    write_head(&w);
    w.pen.first = 4;
    w.pen.more = 6;
    fputs("\nlayers = (\n", out);
    for (int i = 0; i < net->n; i++)
        write_layer(&w, i);
    fputs(");\n", out);
    return fflush(out) || ferror(out) ? -1 : 0;
}
