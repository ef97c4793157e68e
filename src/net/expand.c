/* expand.c - from items to the layers of a network */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/expand.h"
#include "base/suggest.h"
#include "net/act.h"
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NEAR_MAX 200 /* names that a misspelt one is compared with */

const struct shape *producer_shape(const struct net *net, int p)
{
    return p == FROM_INPUT ? &net->input : &net->layer[p].out;
}

/* ---- names ---- */

static char *full_name(struct arena *a, const char *prefix, const char *name)
{
    return *prefix ? arena_printf(a, "%s.%s", prefix, name)
                   : arena_strdup(a, name);
}

/* The last layers as the scope would call them. */
static struct suggestion nearest(const struct build *b,
                                 const struct scope *scope, const char *name)
{
    const char *list[NEAR_MAX];
    size_t n_prefix = strlen(scope->prefix);
    int n = 0;
    list[n++] = "in";
    for (int i = b->net->n - 1; i >= 0 && n < NEAR_MAX; i--) {
        const char *full = b->net->layer[i].name;
        bool inside = n_prefix && !strncmp(full, scope->prefix, n_prefix) &&
                      full[n_prefix] == '.';
        list[n++] = inside ? full + n_prefix + 1 : full;
    }
    return suggest_end(name, list, n, "");
}

/* The producer that `from` means: in the iteration, then outwards. */
static int resolve(struct build *b, const struct item *item,
                   const struct scope *scope, const struct from *from)
{
    if (strcmp(from->name, "in") == 0)
        return scope->in;
    for (const struct scope *s = scope; s; s = s->outer) {
        struct name_slot *slot = names_find(&b->names, s->prefix, from->name);
        if (slot)
            return slot->index;
    }
    if (item->bad)
        return FROM_UNKNOWN;
    msg_error(b->msgs, &from->at, "unknown layer '%s' in from of '%s'%s",
              from->name, item->name, nearest(b, scope, from->name).text);
    return FROM_UNKNOWN;
}

/* ---- one layer ---- */

int infer_error(struct infer *x, const char *format, ...)
{
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return msg_error(x->msgs, &x->l->at, "'%s': %s", x->l->name, text);
}

int infer_matrix(struct infer *x, int groups, int64_t rows, int columns,
                 int64_t vectors)
{
    const struct args *arg = x->arg;
    struct layer *l = x->l;
    if (rows < 0 || rows > INT_MAX)
        return infer_error(x, "the weight matrix has too many rows");
    l->groups = groups;
    l->rows = (int)rows;
    l->columns = columns;
    l->vectors = vectors;
    int64_t outputs = count_mul(groups, columns);
    int64_t weights = count_mul(outputs, rows);
    l->macs = count_mul(weights, vectors);
    l->params = arg->tied ? 0 : weights;
    if (arg->bias)
        l->params = count_add(l->params, outputs);
    if (arg->norm == NORM_BATCH) /* scale and shift */
        l->params = count_add(l->params, count_mul(2, outputs));
    return 0;
}

/* Room for one layer more; NULL if there are too many (reported once). */
static struct layer *new_layer(struct build *b, const struct item *item)
{
    struct net *net = b->net;
    if (net->n == LAYERS_MAX) {
        if (!b->full)
            msg_error(b->msgs, &item->at, "the network has more than %d layers",
                      LAYERS_MAX);
        b->full = true;
        return NULL;
    }
    if (net->n == b->size) {
        struct layer *old = net->layer;
        b->size = b->size ? 2 * b->size : 128;
        net->layer = arena_array(b->arena, (size_t)b->size, sizeof *net->layer);
        if (net->n)
            memcpy(net->layer, old, (size_t)net->n * sizeof *old);
    }
    return &net->layer[net->n];
}

/* Gives the last layer its name; -1 having reported that it is taken. */
static int register_name(struct build *b, const struct layer *l,
                         const struct item *item)
{
    struct name_slot *slot = names_find(&b->names, "", l->name);
    if (slot && (item->bad || slot->index < 0))
        return -1;
    if (slot) {
        const struct layer *old = &b->net->layer[slot->index];
        return msg_error(b->msgs, &l->at,
                         "the name '%s' is already taken in line %d", l->name,
                         old->at.line);
    }
    names_add(&b->names, l->name, b->net->n);
    return 0;
}

static int check_codes(struct infer *x, const struct item *item)
{
    struct layer *l = x->l;
    if (!item->codes)
        return 0;
    if (l->groups != 1)
        return infer_error(x, "codes need a layer with one group, not %d",
                           l->groups);
    if (count_mul(l->rows, l->columns) != item->n_codes)
        return infer_error(x, "%d codes for a matrix of %d rows x %d columns",
                           item->n_codes, l->rows, l->columns);
    l->codes = item->codes;
    return 0;
}

/* The layer once for each map of a batch; its maps lie one below another. */
static void repeat_maps(struct layer *l, int batch)
{
    int64_t rows = count_mul(batch, l->out.h);
    l->out.h = rows > SIZE_LIMIT ? SIZE_LIMIT + 1 : (int)rows;
    rows = count_mul(batch, l->in_shape.h);
    l->in_shape.h = rows > SIZE_LIMIT ? SIZE_LIMIT : (int)rows;
    l->vectors = count_mul(l->vectors, batch);
    l->macs = count_mul(l->macs, batch);
    l->in_values = count_mul(l->in_values, batch);
    l->fetched = count_mul(l->fetched, batch);
    for (int i = 0; i < WORK_N; i++)
        l->work[i] *= batch;
}

/* Everything the rule left open; refuses counts that do not fit. */
static int finish(struct infer *x)
{
    struct layer *l = x->l;
    if (l->in_values == 0)
        for (int i = 0; i < l->n_in; i++)
            l->in_values = count_add(l->in_values, shape_values(&x->in[i]));
    if (x->arg->batch > 1)
        repeat_maps(l, x->arg->batch);
    if (x->arg->lead > 0)
        l->lead = x->arg->lead;
    if (l->out.c < 1 || l->out.h < 1 || l->out.w < 1 || l->out.c > SIZE_LIMIT ||
        l->out.h > SIZE_LIMIT || l->out.w > SIZE_LIMIT)
        return infer_error(x, "the output %d x %d x %d is outside 1 to %d",
                           l->out.c, l->out.h, l->out.w, SIZE_LIMIT);
    l->out_values = shape_values(&l->out);
    if (l->out_values < 0 || l->in_values < 0 || l->macs < 0 || l->params < 0 ||
        l->vectors < 0 || l->fetched < 0)
        return infer_error(x, "a count of this layer exceeds 2^63");
    act_count(x->arg->act, l->out_values, l->work);
    return 0;
}

struct layer layer_begin(const struct layer *like)
{
    static const struct window ones = {1, 1, 1, 1, 0, 0, 1, 1};
    return (struct layer){.name = like->name,
                          .type = like->type,
                          .arg = like->arg,
                          .at = like->at,
                          .n_in = like->n_in,
                          .in = like->in,
                          .view = like->view,
                          .win = like->type->has_window ? like->arg->win : ones,
                          .quant = like->quant};
}

int layer_rule(struct layer *l, const struct shape *in, struct msgs *msgs)
{
    struct infer x = {.arg = l->arg, .in = in, .l = l, .msgs = msgs};
    l->in_shape = in[0];
    return l->type->infer(&x) || finish(&x) ? -1 : 0;
}

static bool same_shape(const struct shape *a, const struct shape *b)
{
    return a->c == b->c && a->h == b->h && a->w == b->w;
}

/* The inputs as the layer sees them; -1 if one is unknown. */
static int view_inputs(const struct build *b, struct layer *l,
                       const struct item *item, struct shape *in)
{
    bool seen = false;
    for (int i = 0; i < l->n_in; i++) {
        if (l->in[i] == FROM_UNKNOWN)
            return -1;
        const struct shape *out = producer_shape(b->net, l->in[i]);
        if (out->c == 0)
            return -1; /* that layer was reported */
        in[i] = item->view ? item->view[i] : *out;
        seen |= !same_shape(&in[i], out);
    }
    l->view = seen ? in : NULL;
    return 0;
}

/* What the file says in place of the rule. */
static void take_given(struct layer *l, const struct item *item)
{
    if (item->given & 1U << WORK_N)
        l->params = item->params;
    for (int i = 0; i < WORK_N; i++)
        if (item->given & 1U << i)
            l->work[i] = item->work[i];
}

static int infer_layer(struct build *b, struct layer *l,
                       const struct item *item)
{
    struct shape *in = arena_array(b->arena, (size_t)l->n_in, sizeof *in);
    struct infer x = {.arg = l->arg, .in = in, .l = l, .msgs = b->msgs};
    if (l->n_in < l->type->in_min || l->n_in > l->type->in_max)
        return infer_error(
            &x, "a layer of type %s takes %d input%s, not %d", l->type->name,
            l->n_in < l->type->in_min ? l->type->in_min : l->type->in_max,
            l->n_in < l->type->in_min && l->type->in_min > 1 ? "s or more" : "",
            l->n_in);
    if (view_inputs(b, l, item, in))
        return -1;
    if (layer_rule(l, in, b->msgs) || check_codes(&x, item)) {
        l->out.c = 0;
        return -1;
    }
    if (l->groups && l->arg->norm == NORM_BATCH && !b->net->weights.fold)
        l->work[WORK_SCALE] += (double)l->out_values;
    take_given(l, item);
    return 0;
}

int expand_layer(struct build *b, const struct layer_type *type,
                 const struct args *arg, const char *name,
                 const struct item *item, const struct scope *scope, int n_in,
                 const int *in)
{
    struct layer *l = new_layer(b, item);
    if (!l)
        return FROM_UNKNOWN;
    int *from = arena_array(b->arena, (size_t)n_in, sizeof *from);
    struct args *own = arena_alloc(b->arena, sizeof *own);
    memcpy(from, in, (size_t)n_in * sizeof *from);
    *own = *arg;
    *l = layer_begin(
        &(struct layer){.name = full_name(b->arena, scope->prefix, name),
                        .type = type,
                        .arg = own,
                        .at = item->at,
                        .n_in = n_in,
                        .in = from,
                        .quant = item->quant ? item->quant : scope->quant});
    if (register_name(b, l, item))
        return FROM_UNKNOWN;
    int index = b->net->n++;
    return item->bad || infer_layer(b, l, item) ? FROM_UNKNOWN : index;
}

/* ---- groups and items ---- */

/* "layer3" and number 1: "layer3.1"; "denselayer#": "denselayer1". */
static const char *iteration_name(struct arena *a, const struct item *item,
                                  int number)
{
    const char *hash = strchr(item->name, '#');
    if (item->repeat == 0)
        return item->name;
    if (!hash)
        return arena_printf(a, "%s.%d", item->name, number);
    return arena_printf(a, "%.*s%d%s", (int)(hash - item->name), item->name,
                        number, hash + 1);
}

/* A group's name, and an iteration's, mean its last layer, or what is unknown
 * because it was reported. The latest group of a name wins; a layer keeps it.
 */
static void register_group(struct build *b, const struct scope *scope,
                           const char *name, int out)
{
    struct name_slot *slot = names_find(&b->names, scope->prefix, name);
    if (!slot)
        names_add(&b->names, full_name(b->arena, scope->prefix, name), out);
    else if (slot->index < 0 ||
             strcmp(b->net->layer[slot->index].name, slot->name) != 0)
        slot->index = out;
}

static int expand_item(struct build *b, struct item *item,
                       const struct scope *scope, int before)
{
    int n = item->n_from ? item->n_from : 1, errors = b->msgs->errors;
    int *in = arena_array(b->arena, (size_t)n, sizeof *in);
    in[0] = before;
    for (int i = 0; i < item->n_from; i++)
        in[i] = resolve(b, item, scope, &item->from[i]);
    int out;
    if (item->type->expand) {
        out = item->type->expand(b, item, scope, in[0]);
        register_group(b, scope, item->name, out);
    } else
        out = expand_layer(b, item->type, &item->arg, item->name, item, scope,
                           n, in);
    if (b->msgs->errors > errors)
        item->bad = true; /* a repeat reports it once */
    return out;
}

static int group_input(struct build *b, const struct item *item,
                       const struct scope *scope, int before)
{
    if (item->n_from == 0)
        return before;
    if (item->n_from == 1)
        return resolve(b, item, scope, &item->from[0]);
    if (!item->bad)
        msg_error(b->msgs, &item->at, "the group '%s' takes one input, not %d",
                  item->name, item->n_from);
    return FROM_UNKNOWN;
}

static int expand_group(struct build *b, struct item *item,
                        const struct scope *scope, int before)
{
    int n = item->repeat ? item->repeat : 1, errors = b->msgs->errors;
    int out = group_input(b, item, scope, before);
    for (int i = 0; i < n && !b->full; i++) {
        const char *name = iteration_name(b->arena, item, item->first + i);
        struct scope inner = {
            .prefix = full_name(b->arena, scope->prefix, name),
            .outer = scope,
            .in = out,
            .quant = item->quant ? item->quant : scope->quant};
        out = expand_list(b, item->child, &inner);
        register_group(b, scope, name, out);
    }
    register_group(b, scope, item->name, out);
    item->bad = item->bad || b->msgs->errors > errors;
    return out;
}

int expand_list(struct build *b, struct item *list, const struct scope *scope)
{
    int out = scope->in;
    for (struct item *i = list; i && !b->full; i = i->next) {
        if (i->child) {
            out = expand_group(b, i, scope, out);
        } else if (i->type) {
            out = expand_item(b, i, scope, out);
        } else {
            out = FROM_UNKNOWN;
            register_group(b, scope, i->name, out);
        }
    }
    return out;
}
