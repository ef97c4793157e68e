/* item.c - a workload file as read: layers and groups not yet repeated */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/item.h"
#include "base/suggest.h"
#include <string.h>

#define CODE_LIMIT ((int64_t)1 << 32) /* half the planes the mapper has */
#define KNOWN_MAX  (FIELDS_MAX + 16)

static const char *const layer_keys[] = {"name", "type", "from", "quant"};
static const char *const group_keys[] = {"name", "from", "quant", "layers"};
static const char *const window_keys[] = {"kernel", "stride", "pad", "dilation",
                                          "size"};
static const char *const code_keys[] = {"codes"};
static const char *const shape_keys[] = {"shape"};
static const char *const given_keys[] = {"view", "batch", "params", "work"};
#define COUNT_OF(a) ((int)(sizeof(a) / sizeof *(a)))

static const struct field group_fields[] = {
    {"repeat", FIELD_COUNT, DIM_NONE, offsetof(struct item, repeat), 1,
     REPEAT_MAX, NULL, NULL, "iterations, numbered in the names"},
    {"first", FIELD_COUNT, DIM_NONE, offsetof(struct item, first), 0,
     REPEAT_MAX, "0", NULL, "number of the first iteration"},
    {0}};

/* The names a reader knows in one setting, for unknown keys. */
struct known {
    const char *list[KNOWN_MAX];
    int n;
};

static void know(struct known *k, const char *const *names, int n)
{
    for (int i = 0; i < n; i++)
        k->list[k->n++] = names[i];
}

/* Reports what is unknown, once: field_read, which knows its own fields only,
 * finds everything used. */
static int report_unknown(struct node *group, struct known *k,
                          const struct field *fields, const char *what,
                          struct item *item, struct arena *a, struct msgs *msgs)
{
    int before = msgs->errors;
    for (const struct field *f = fields; f->name; f++) {
        know(k, &f->name, 1);
        node_get(group, f->name);
    }
    node_report_unused(group, k->list, k->n,
                       arena_printf(a, " in %s '%s'", what, item->name), msgs);
    for (struct node *n = group->child; n; n = n->next)
        n->used = true;
    return msgs->errors > before ? -1 : 0;
}

static int read_fields(const struct field *fields, void *data,
                       struct node *group, const char *name, struct arena *a,
                       struct msgs *msgs)
{
    struct bound bound = {.path = name, .fields = fields, .data = data};
    return field_read(&bound, group, NULL, group->at, a, msgs);
}

static int read_from_one(struct item *item, const struct node *n,
                         struct msgs *msgs)
{
    if (n->kind != NODE_TEXT || !*n->text)
        return msg_error(msgs, &n->at,
                         "from of '%s' must be the name of a layer or a list "
                         "of names, not %s",
                         item->name,
                         n->kind == NODE_TEXT ? "empty"
                                              : node_kind_name(n->kind));
    item->from[item->n_from++] = (struct from){n->text, n->at};
    return 0;
}

static int read_from(struct item *item, struct node *group, struct arena *a,
                     struct msgs *msgs)
{
    struct node *n = node_get(group, "from");
    if (!n)
        return 0;
    if (n->kind != NODE_LIST) {
        item->from = arena_alloc(a, sizeof *item->from);
        return read_from_one(item, n, msgs);
    }
    if (!n->child)
        return msg_error(msgs, &n->at, "from of '%s' is an empty list",
                         item->name);
    item->from = arena_array(a, (size_t)node_count(n), sizeof *item->from);
    int bad = 0;
    for (const struct node *e = n->child; e; e = e->next)
        bad |= read_from_one(item, e, msgs);
    return bad;
}

static int read_codes(struct item *item, struct node *group, struct arena *a,
                      struct msgs *msgs)
{
    struct node *n = node_get(group, "codes");
    if (!n)
        return 0;
    if (n->kind != NODE_LIST || !n->child)
        return msg_error(msgs, &n->at,
                         "codes of '%s' must be a list of whole numbers, row "
                         "by row",
                         item->name);
    int64_t *code = arena_array(a, (size_t)node_count(n), sizeof *code);
    for (const struct node *e = n->child; e; e = e->next) {
        if (e->kind != NODE_INT || e->integer <= -CODE_LIMIT ||
            e->integer >= CODE_LIMIT)
            return msg_error(msgs, &e->at,
                             "codes of '%s': number %d is no whole number "
                             "below 2^32",
                             item->name, item->n_codes + 1);
        code[item->n_codes++] = e->integer;
    }
    item->codes = code;
    return 0;
}

static int read_layer(struct item *item, struct node *group, struct arena *a,
                      struct msgs *msgs)
{
    const struct layer_type *t = item->type;
    struct known known = {.n = 0};
    int bad = read_from(item, group, a, msgs);
    know(&known, layer_keys, COUNT_OF(layer_keys));
    if (t->has_window) {
        know(&known, window_keys, COUNT_OF(window_keys) - !t->has_size);
        bad |= window_read(group, item->name, t, &item->arg, msgs);
    }
    if (t->shape) {
        know(&known, shape_keys, COUNT_OF(shape_keys));
        bad |= given_shape(item, group, msgs);
    }
    if (!t->expand) {
        know(&known, given_keys, COUNT_OF(given_keys));
        bad |= given_read(item, group, a, msgs);
    }
    if (t->has_codes) {
        know(&known, code_keys, COUNT_OF(code_keys));
        bad |= read_codes(item, group, a, msgs);
    }
    bad |= report_unknown(group, &known, t->fields, t->name, item, a, msgs);
    return read_fields(t->fields, &item->arg, group, item->name, a, msgs) | bad;
}

static int read_group(struct item *item, struct node *group,
                      struct node *layers, int depth, struct arena *a,
                      struct msgs *msgs)
{
    struct known known = {.n = 0};
    int bad = read_from(item, group, a, msgs);
    struct node *repeat = node_get(group, "repeat");
    know(&known, group_keys, COUNT_OF(group_keys));
    bad |= report_unknown(group, &known, group_fields, "group", item, a, msgs);
    if (repeat || node_get(group, "first"))
        bad |= read_fields(group_fields, item, group, item->name, a, msgs);
    if (depth == NEST_MAX)
        return msg_error(msgs, &group->at,
                         "groups are nested more than %d deep", NEST_MAX);
    item->child = item_read_list(layers, depth + 1, a, msgs);
    return item->child ? bad : -1;
}

/* The layer's type, or NULL having reported. */
static const struct layer_type *read_type(struct node *group, const char *name,
                                          struct msgs *msgs)
{
    const char *type = NULL, *names[64];
    if (node_text(group, "type", &type, msgs))
        return NULL;
    int n = 0;
    for (; n < 64 && layer_types[n]; n++)
        names[n] = layer_types[n]->name;
    if (!type) {
        msg_error(msgs, &group->at,
                  "'%s' has no type; write type = \"conv\", for one", name);
        return NULL;
    }
    const struct layer_type *found = layer_type_find(type);
    if (!found)
        msg_error(msgs, &node_get(group, "type")->at,
                  "unknown layer type '%s' of '%s'%s", type, name,
                  suggest_end(type, names, n, "").text);
    return found;
}

/* The name: written, or made of the type and the place in the list. */
static int read_name(struct item *item, struct node *group, int place,
                     struct arena *a, struct msgs *msgs)
{
    const char *type = "layer";
    struct node *n = node_get(group, "type");
    if (n && n->kind == NODE_TEXT)
        type = n->text;
    item->name = arena_printf(a, "%s_%d", type, place);
    if (node_text(group, "name", &item->name, msgs))
        return -1;
    if (!*item->name || strcmp(item->name, "in") == 0)
        return msg_error(msgs, &group->at, "a layer cannot be called '%s'%s",
                         item->name,
                         *item->name ? ", which means the input" : "");
    if (!node_get(group, "name") && node_get(group, "layers"))
        return msg_error(msgs, &group->at, "a group of layers has no name");
    return 0;
}

static void read_item(struct item *item, struct node *group, int place,
                      int depth, struct arena *a, struct msgs *msgs)
{
    item->at = group->at;
    if (group->kind != NODE_GROUP) {
        item->name = "?";
        item->bad =
            msg_error(msgs, &group->at, "layers must be groups { ... }, not %s",
                      node_kind_name(group->kind)) < 0;
        return;
    }
    int bad = read_name(item, group, place, a, msgs);
    struct node *layers = node_get(group, "layers");
    item->quant = node_get(group, "quant");
    if (layers)
        bad |= read_group(item, group, layers, depth, a, msgs);
    else if ((item->type = read_type(group, item->name, msgs)))
        bad |= read_layer(item, group, a, msgs);
    else
        bad = -1;
    item->bad = bad != 0;
}

struct item *item_read_list(struct node *list, int depth, struct arena *a,
                            struct msgs *msgs)
{
    struct item *first = NULL, **end = &first;
    int place = 0;
    if (list->kind != NODE_LIST || !list->child) {
        msg_error(msgs, &list->at,
                  "layers must be a list ( { ... }, { ... } ) with at least "
                  "one layer");
        return NULL;
    }
    for (struct node *n = list->child; n; n = n->next) {
        struct item *item = arena_alloc(a, sizeof *item);
        read_item(item, n, place++, depth, a, msgs);
        *end = item;
        end = &item->next;
    }
    return first;
}
