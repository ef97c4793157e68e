/* source.c - the text of a configuration file, cured of libconfig's traps */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conf/source.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SIZE_LIMIT = 64 << 20 }; /* bytes; a network has a few thousand lines */

static char *read_all(const char *path, struct arena *a, size_t *size,
                      struct msgs *msgs)
{
    struct place at = {path, 0};
    struct stat st;
    FILE *in = fopen(path, "rb");
    char *text = NULL;

    if (!in || fstat(fileno(in), &st)) {
        msg_error(msgs, NULL, "cannot read '%s': %s", path, strerror(errno));
    } else if (!S_ISREG(st.st_mode)) {
        msg_error(msgs, NULL, "cannot read '%s': %s", path,
                  S_ISDIR(st.st_mode) ? "it is a directory"
                                      : "it is no regular file");
    } else if (st.st_size > SIZE_LIMIT) {
        msg_error(msgs, &at, "the file is larger than %d MB", SIZE_LIMIT >> 20);
    } else {
        text = arena_alloc(a, (size_t)st.st_size + 1);
        *size = fread(text, 1, (size_t)st.st_size, in);
        if (ferror(in)) {
            msg_error(msgs, NULL, "cannot read '%s': %s", path,
                      strerror(errno));
            text = NULL;
        }
    }
    if (in)
        fclose(in);
    return text;
}

/* A walk over the text; what is kept goes to `out`. */
struct scan {
    const char *p, *end;
    char *out;
    struct place at;
    struct msgs *msgs;
    int errors;
};

static void keep(struct scan *s, const char *to)
{
    for (; s->p < to; s->p++) {
        s->at.line += *s->p == '\n';
        *s->out++ = *s->p;
    }
}

static const char *find(const struct scan *s, const char *from,
                        const char *what)
{
    const char *hit = strstr(from, what);
    return hit ? hit + strlen(what) : s->end;
}

static const char *string_end(const struct scan *s)
{
    const char *p = s->p + 1;
    while (p < s->end && *p != '"')
        p += *p == '\\' && p + 1 < s->end ? 2 : 1;
    return p < s->end ? p + 1 : s->end;
}

static const char *word_end(const char *p)
{
    while (isalnum((unsigned char)*p) || *p == '_' || *p == '-' || *p == '*')
        p++;
    return p;
}

/* The end of something that begins like a number. */
static const char *number_end(const char *p, int hex)
{
    while (isalnum((unsigned char)*p) || *p == '.' ||
           ((*p == '-' || *p == '+') && !hex && tolower(p[-1]) == 'e'))
        p++;
    return p;
}

/* Digits, and the one or two L of a long integer. */
static int is_integer(const char *p, const char *end, int hex)
{
    const char *from = p += 2 * hex;
    while (p < end &&
           (hex ? isxdigit((unsigned char)*p) : isdigit((unsigned char)*p)))
        p++;
    return p > from && end - p <= 2 && strspn(p, "L") >= (size_t)(end - p);
}

/* Copies an integer; one beyond 32 bits gets the L that it needs. */
static void integer(struct scan *s, const char *end, int hex)
{
    errno = 0;
    long long value = strtoll(s->p, NULL, hex ? 16 : 10);
    if (errno == ERANGE)
        s->errors +=
            -msg_error(s->msgs, &s->at, "integer %.*s does not fit 64 bits",
                       (int)(end - s->p), s->p);
    int wide = value > INT_MAX || value < INT_MIN;
    keep(s, end);
    if (wide && end[-1] != 'L')
        *s->out++ = 'L';
}

static void number(struct scan *s)
{
    const char *p = s->p + (*s->p == '-' || *s->p == '+');
    int hex = p[0] == '0' && (p[1] == 'x' || p[1] == 'X');
    const char *end = number_end(p, hex);

    if (is_integer(p, end, hex)) {
        integer(s, end, hex);
        return;
    }
    if (!hex && isinf(strtod(s->p, NULL)))
        s->errors +=
            -msg_error(s->msgs, &s->at, "number %.*s does not fit a double",
                       (int)(end - s->p), s->p);
    keep(s, end > s->p ? end : s->p + 1);
}

/* libconfig takes the rest of the file for the comment and says nothing. */
static void block_comment(struct scan *s)
{
    if (!strstr(s->p + 2, "*/"))
        s->errors += -msg_error(s->msgs, &s->at, "this comment is not closed");
    keep(s, find(s, s->p + 2, "*/"));
}

static void token(struct scan *s)
{
    const char *p = s->p;
    if (*p == '"') {
        keep(s, string_end(s));
    } else if (*p == '#' || (p[0] == '/' && p[1] == '/')) {
        keep(s, find(s, p, "\n"));
    } else if (p[0] == '/' && p[1] == '*') {
        block_comment(s);
    } else if (*p == '@') {
        s->errors += -msg_error(s->msgs, &s->at,
                                "'@include' is not used here; inherit with "
                                "base = \"name\"");
        keep(s, find(s, p, "\n"));
    } else if (isalpha((unsigned char)*p) || *p == '_' || *p == '*') {
        keep(s, word_end(p));
    } else if (isdigit((unsigned char)*p) || *p == '.' || *p == '-' ||
               *p == '+') {
        number(s);
    } else {
        keep(s, p + 1);
    }
}

static int is_text(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == 127 || (c < 32 && !strchr("\t\n\r\f", c)) || !c)
            return 0;
    }
    return 1;
}

char *source_text(const char *path, struct arena *a, size_t *size,
                  struct msgs *msgs)
{
    char *text = read_all(path, a, size, msgs);
    if (!text || is_text(text, *size))
        return text;
    msg_error(msgs, &(struct place){path, 0}, "this is no text file");
    return NULL;
}

char *source_read(const char *path, struct arena *a, struct msgs *msgs)
{
    size_t size = 0;
    char *text = source_text(path, a, &size, msgs);
    if (!text)
        return NULL;
    /* at most one L is added for every ten digits read */
    char *out = arena_alloc(a, size + size / 10 + 2);
    struct scan s = {text, text + size, out, {path, 1}, msgs, 0};
    while (s.p < s.end)
        token(&s);
    return s.errors ? NULL : out;
}
