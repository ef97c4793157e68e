/* yaml.c - YAML files as trees of settings */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conf/yaml.h"
#include "conf/source.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { DEPTH_MAX = 64, YAML_MAX = 1 << 20 };

struct anchor {
    const char *name;
    const struct node *node;
    struct anchor *next;
};

struct reader {
    const struct conf_env *env;
    struct place at;
    yaml_parser_t parser;
    yaml_event_t event;  /* the one looked at, if any */
    struct anchor *last; /* newest first */
    int depth;
};

static void reader_close(struct reader *r)
{
    yaml_event_delete(&r->event);
    yaml_parser_delete(&r->parser);
}

/* The next event in r->event. -1 having reported. */
static int advance(struct reader *r)
{
    yaml_event_delete(&r->event);
    memset(&r->event, 0, sizeof r->event);
    if (yaml_parser_parse(&r->parser, &r->event)) {
        r->at.line = (int)r->event.start_mark.line + 1;
        return 0;
    }
    r->at.line = (int)r->parser.problem_mark.line + 1;
    return msg_error(r->env->msgs, &r->at, "this is no YAML: %s",
                     r->parser.problem ? r->parser.problem : "unreadable");
}

static char *copy(const struct reader *r, const yaml_char_t *text)
{
    return arena_strdup(r->env->arena, (const char *)text);
}

/* ---- scalars and aliases ---- */

static void read_scalar(struct reader *r, struct node *n)
{
    const char *text = copy(r, r->event.data.scalar.value);
    char *end;
    n->kind = NODE_TEXT;
    n->text = text;
    if (r->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE ||
        strspn(text, "+-0123456789") != strlen(text))
        return;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (end == text || *end || errno)
        return;
    n->kind = NODE_INT;
    n->integer = value;
    n->real = (double)value;
}

static void read_alias(struct reader *r, struct node *n)
{
    const char *name = copy(r, r->event.data.alias.anchor);
    const struct anchor *a = r->last;
    while (a && strcmp(a->name, name) != 0)
        a = a->next;
    if (a) {
        struct place at = n->at;
        *n = *a->node;
        n->at = at;
        n->next = NULL;
        return;
    }
    n->kind = NODE_TEXT;
    n->text = arena_printf(r->env->arena, "*%s", name);
}

/* An anchor holds from the end of its node on: nothing contains itself. */
static void remember(struct reader *r, const char *name, const struct node *n)
{
    struct anchor *a = arena_alloc(r->env->arena, sizeof *a);
    *a = (struct anchor){name, n, r->last};
    r->last = a;
}

/* ---- the tree ---- */

static struct node *read_node(struct reader *r);

/* Up to the end of a mapping or a sequence. -1 having reported. */
static int read_children(struct reader *r, struct node *n,
                         yaml_event_type_t stop)
{
    struct node **end = &n->child;
    for (;;) {
        const char *name = NULL;
        if (advance(r))
            return -1;
        if (r->event.type == stop)
            return 0;
        if (n->kind == NODE_GROUP) {
            if (r->event.type != YAML_SCALAR_EVENT)
                return msg_error(r->env->msgs, &r->at,
                                 "a key of a mapping must be a word");
            name = copy(r, r->event.data.scalar.value);
            if (advance(r))
                return -1;
        }
        struct node *child = read_node(r);
        if (!child)
            return -1;
        child->name = name;
        *end = child;
        end = &child->next;
    }
}

static const yaml_char_t *anchor_of(const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_SCALAR_EVENT:
        return e->data.scalar.anchor;
    case YAML_MAPPING_START_EVENT:
        return e->data.mapping_start.anchor;
    case YAML_SEQUENCE_START_EVENT:
        return e->data.sequence_start.anchor;
    default:
        return NULL;
    }
}

static int read_content(struct reader *r, struct node *n)
{
    switch (r->event.type) {
    case YAML_ALIAS_EVENT:
        read_alias(r, n);
        return 0;
    case YAML_SCALAR_EVENT:
        read_scalar(r, n);
        return 0;
    case YAML_MAPPING_START_EVENT:
        n->kind = NODE_GROUP;
        return read_children(r, n, YAML_MAPPING_END_EVENT);
    default:
        n->kind = NODE_LIST;
        return read_children(r, n, YAML_SEQUENCE_END_EVENT);
    }
}

/* The node that the event in hand begins; NULL having reported. */
static struct node *read_node(struct reader *r)
{
    struct node *n = arena_alloc(r->env->arena, sizeof *n);
    const yaml_char_t *anchor = anchor_of(&r->event);
    const char *name = anchor ? copy(r, anchor) : NULL;
    n->at = r->at;
    if (++r->depth > DEPTH_MAX) {
        msg_error(r->env->msgs, &r->at, "nested more than %d deep", DEPTH_MAX);
        return NULL;
    }
    if (read_content(r, n))
        return NULL;
    if (name)
        remember(r, name, n);
    r->depth--;
    return n;
}

/* The first document's; an empty file has none. */
static struct node *read_document(struct reader *r)
{
    do
        if (advance(r))
            return NULL;
    while (r->event.type == YAML_STREAM_START_EVENT ||
           r->event.type == YAML_DOCUMENT_START_EVENT);
    if (r->event.type != YAML_STREAM_END_EVENT)
        return read_node(r);
    msg_error(r->env->msgs, &r->at, "the file is empty");
    return NULL;
}

/* Turns lines of templates into comments; says whether there were any. */
static bool hide_templates(char *text)
{
    bool any = false;
    for (char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        char *p = line + strspn(line, " ");
        if (p[0] == '{' && (p[1] == '{' || p[1] == '%')) {
            *p = '#';
            any = true;
        }
    }
    return any;
}

/* Gives libyaml's memory back also when there is none for ours. */
static struct node *read_guarded(struct reader *r, struct arena *a)
{
    jmp_buf here, *outer = a->no_memory;
    if (setjmp(here)) {
        reader_close(r);
        a->no_memory = outer;
        if (outer)
            longjmp(*outer, 1);
        abort();
    }
    a->no_memory = &here;
    struct node *root = read_document(r);
    a->no_memory = outer;
    reader_close(r);
    return root;
}

struct node *yaml_read(const struct conf_env *env, const char *path,
                       bool *templates)
{
    struct reader r = {.env = env, .at = {path, 0}};
    size_t size = 0;
    char *text = source_text(path, env->arena, &size, env->msgs);
    if (!text)
        return NULL;
    if (size > YAML_MAX || !yaml_parser_initialize(&r.parser)) {
        msg_error(env->msgs, &r.at, "the file is larger than %d MB",
                  YAML_MAX >> 20);
        return NULL;
    }
    *templates = hide_templates(text);
    yaml_parser_set_input_string(&r.parser, (unsigned char *)text, size);
    return read_guarded(&r, env->arena);
}
