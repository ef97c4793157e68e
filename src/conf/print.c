/* print.c - settings as libconfig text, in lines of eighty columns */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conf/print.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

enum { COLUMNS = 79, BRACES = 6, TEXT_SIZE = 400 };

void pen_line(struct conf_pen *pen)
{
    if (pen->column)
        fputc('\n', pen->out);
    pen->column = 0;
}

static void put(struct conf_pen *pen, const char *word)
{
    int n = (int)strlen(word);
    int room = COLUMNS - (*word == '}' ? 0 : BRACES) - pen->column - 1;
    bool full = pen->column && n > room;
    int before = full ? pen->more : pen->column ? 1 : pen->first;
    if (full)
        pen_line(pen);
    fprintf(pen->out, "%*s%s", before, "", word);
    pen->column += before + n;
}

void pen_word(struct conf_pen *pen, const char *format, ...)
{
    char text[TEXT_SIZE];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(text, sizeof text, format, args);
    if (n >= 0 && n < TEXT_SIZE) {
        put(pen, text);
    } else if (n >= 0) {
        char *all = arena_alloc(pen->arena, (size_t)n + 1);
        vsnprintf(all, (size_t)n + 1, format, again);
        put(pen, all);
    }
    va_end(again);
    va_end(args);
}

/* Control characters are no text of a file: \x and two digits. */
const char *conf_quoted(struct arena *a, const char *text)
{
    char *out = arena_alloc(a, 4 * strlen(text) + 3), *p = out;
    *p++ = '"';
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            *p++ = '\\';
        if (c < 32 || c == 127)
            p += sprintf(p, "\\x%02x", (unsigned)c);
        else
            *p++ = (char)c;
    }
    *p++ = '"';
    return out;
}

/* A number given with -s is a number, all else text. */
static const char *raw(struct arena *a, const char *text)
{
    char out[40];
    double x;
    if (number_parse(text, &x))
        return conf_quoted(a, text);
    return arena_strdup(a, number_format(out, sizeof out, x));
}

static const char *scalar(struct arena *a, const struct node *n)
{
    char out[40];
    switch (n->kind) {
    case NODE_INT:
        return arena_printf(a, "%" PRId64, n->integer);
    case NODE_REAL:
        return arena_strdup(a, number_format(out, sizeof out, n->real));
    case NODE_BOOL:
        return n->integer ? "true" : "false";
    case NODE_TEXT:
        return conf_quoted(a, n->text);
    default:
        return raw(a, n->text);
    }
}

/* One setting between what stands before and behind it without a blank. */
static void write_value(struct conf_pen *pen, const char *before,
                        const struct node *n, const char *after)
{
    struct arena *a = pen->arena;
    if (n->kind == NODE_GROUP) {
        pen_word(pen, "%s{", before);
        for (const struct node *c = n->child; c; c = c->next)
            node_write(pen, c);
        pen_word(pen, "}%s", after);
    } else if (n->kind != NODE_LIST) {
        pen_word(pen, "%s%s%s", before, scalar(a, n), after);
    } else if (!n->child) {
        pen_word(pen, "%s()%s", before, after);
    } else {
        before = arena_printf(a, "%s(", before);
        for (const struct node *c = n->child; c; c = c->next) {
            const char *end = c->next ? "," : arena_printf(a, ")%s", after);
            write_value(pen, before, c, end);
            before = "";
        }
    }
}

void node_write(struct conf_pen *pen, const struct node *n)
{
    if (n->kind == NODE_TEXT)
        text_write(pen, n->name, n->text);
    else
        write_value(pen, arena_printf(pen->arena, "%s = ", n->name), n, ";");
}

/* Bytes of text that go on one line: up to a blank, or to its end. */
static size_t piece(const char *text, size_t room)
{
    size_t n = strlen(text);
    if (n <= room)
        return n;
    for (size_t i = room; i > 0; i--)
        if (text[i - 1] == ' ')
            return i;
    return n;
}

void text_write(struct conf_pen *pen, const char *name, const char *text)
{
    struct arena *a = pen->arena;
    size_t used =
        (size_t)pen->more + strlen(name) + strlen(" = \"\";") + BRACES;
    size_t room = used < COLUMNS / 2 ? COLUMNS - used : COLUMNS / 2;
    const char *before = arena_printf(a, "%s = ", name);
    do {
        size_t n = piece(text, room);
        const char *part = conf_quoted(a, arena_strndup(a, text, n));
        text += n;
        pen_word(pen, "%s%s%s", before, part, *text ? "" : ";");
        before = "";
    } while (*text);
}

static const char *field_text(struct arena *a, const struct field *f,
                              const void *data)
{
    char text[TEXT_SIZE];
    field_print(f, data, text, sizeof text);
    return f->kind == FIELD_CHOICE || f->kind == FIELD_QUANTITY
               ? conf_quoted(a, text)
               : arena_strdup(a, text);
}

static bool is_default(const struct field *f, const void *data)
{
    char text[TEXT_SIZE];
    return f->def && !strcmp(field_print(f, data, text, sizeof text), f->def);
}

void field_write(struct conf_pen *pen, const struct field *f, const void *data)
{
    const char *text = NULL;
    if (is_default(f, data))
        return;
    if (f->kind != FIELD_TEXT) {
        pen_word(pen, "%s = %s;", f->name, field_text(pen->arena, f, data));
        return;
    }
    memcpy(&text, (const char *)data + f->offset, sizeof text);
    text_write(pen, f->name, text ? text : "");
}
