/* parse.c - "sme:8/4,terms=3,clip=4" to a quantization spec */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/plan_read.h"

#include "base/quantity.h"
#include "base/suggest.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCHEMES_MAX = 64, WORD_MAX = 40, INPUT_BITS_MAX = 32 };

/* The rest of a text that is being read, and where to complain. */
struct reader {
    const char *p;
    char *why;
    size_t size;
};

/* Copies what is before any of `ends`; -1 if it is empty or too long. */
static int take_word(struct reader *r, const char *ends, char word[WORD_MAX])
{
    size_t n = strcspn(r->p, ends);
    if (!n || n >= WORD_MAX)
        return -1;
    memcpy(word, r->p, n);
    word[n] = '\0';
    r->p += n;
    return 0;
}

static int take_count(struct reader *r, int most, const char *what, int *out)
{
    char word[WORD_MAX] = "", *end = word;
    long value = 0;
    if (!take_word(r, "/,", word) && isdigit((unsigned char)word[0]))
        value = strtol(word, &end, 10);
    if (end == word || *end || value < 1 || value > most) {
        snprintf(r->why, r->size,
                 "%s must be a whole number from 1 to %d%s%s%s", what, most,
                 *word ? ", not '" : "", word, *word ? "'" : "");
        return -1;
    }
    *out = (int)value;
    return 0;
}

static int take_scheme(struct reader *r, const struct scheme **out)
{
    const char *names[SCHEMES_MAX];
    char word[WORD_MAX];
    int n = 0;
    if (take_word(r, ":/,", word)) {
        snprintf(r->why, r->size,
                 "a quantization starts with its scheme, as in \"apot:4/4\"");
        return -1;
    }
    if ((*out = scheme_find(word)))
        return 0;
    for (; n < SCHEMES_MAX && schemes[n]; n++)
        names[n] = schemes[n]->name;
    snprintf(r->why, r->size, "unknown scheme '%s'%s", word,
             suggest_end(word, names, n, "").text);
    return -1;
}

/* ---- key=value ---- */

enum kind { COUNT, REAL, DIST };

static const struct option {
    const char *name;
    enum kind kind;
    size_t offset; /* in struct quant_spec */
} options[] = {
    {"terms", COUNT, offsetof(struct quant_spec, terms)},
    {"roll_bits", COUNT, offsetof(struct quant_spec, roll_bits)},
    {"delta", COUNT, offsetof(struct quant_spec, delta)},
    {"clip", REAL, offsetof(struct quant_spec, clip)},
    {"shape", REAL, offsetof(struct quant_spec, shape)},
    {"dist", DIST, offsetof(struct quant_spec, dist)},
};
enum { OPTIONS = sizeof options / sizeof *options };

static int take_real(struct reader *r, const char *what, double *out)
{
    char word[WORD_MAX] = "";
    if (take_word(r, ",", word) || number_parse(word, out) || !(*out > 0)) {
        snprintf(r->why, r->size, "%s must be a number above 0, not '%s'", what,
                 word);
        return -1;
    }
    return 0;
}

static const char *const dists[] = {"gaussian", "laplace", "ggd"};

static int take_dist(struct reader *r, enum dist *out)
{
    char word[WORD_MAX] = "";
    take_word(r, ",", word);
    for (int i = 0; i < 3; i++)
        if (!strcmp(word, dists[i])) {
            *out = (enum dist)i;
            return 0;
        }
    snprintf(r->why, r->size,
             "'dist' must be gaussian, laplace or ggd, not '%s'", word);
    return -1;
}

static int take_value(struct reader *r, const struct option *o, void *spec)
{
    char what[WORD_MAX];
    void *member = (char *)spec + o->offset;
    snprintf(what, sizeof what, "'%s'", o->name);
    switch (o->kind) {
    case COUNT:
        return take_count(r, PLANES_MAX, what, member);
    case REAL:
        return take_real(r, what, member);
    case DIST:
        return take_dist(r, member);
    }
    return -1;
}

static int take_option(struct reader *r, struct quant_spec *spec)
{
    const char *names[OPTIONS];
    char word[WORD_MAX] = "";
    if (take_word(r, "=,", word) || *r->p != '=') {
        snprintf(r->why, r->size, "after a comma comes name=value, not '%s'",
                 word);
        return -1;
    }
    r->p++;
    for (int i = 0; i < OPTIONS; i++) {
        if (!strcmp(word, options[i].name))
            return take_value(r, &options[i], spec);
        names[i] = options[i].name;
    }
    snprintf(r->why, r->size, "unknown option '%s'%s", word,
             suggest_end(word, names, OPTIONS, "").text);
    return -1;
}

int quant_spec_read(const char *text, struct quant_spec *spec, int *input_bits,
                    char *why, int size)
{
    struct reader r = {text, why, (size_t)size};
    const struct scheme *scheme;
    if (take_scheme(&r, &scheme))
        return -1;
    quant_spec_init(spec, scheme);
    if (*r.p == ':') {
        r.p++;
        if (take_count(&r, PLANES_MAX, "the bits of a weight", &spec->bits))
            return -1;
    }
    if (*r.p == '/') {
        r.p++;
        if (take_count(&r, INPUT_BITS_MAX, "the bits of an activation",
                       input_bits))
            return -1;
    }
    while (*r.p == ',') {
        r.p++;
        if (take_option(&r, spec))
            return -1;
    }
    if (*r.p) {
        snprintf(why, r.size, "'%s' is left over", r.p);
        return -1;
    }
    return 0;
}

int quant_spec_parse(const char *text, struct quant_spec *spec, int *input_bits,
                     char *why, int size)
{
    if (quant_spec_read(text, spec, input_bits, why, size))
        return -1;
    return quant_spec_check(spec, why, size);
}

/* ---- and back ---- */

/* The option's value unless it is that of `plain`. -1: it is. */
static int print_value(const struct option *o, const void *spec,
                       const void *plain, char *out, int size)
{
    const char *x = (const char *)spec + o->offset;
    const char *y = (const char *)plain + o->offset;
    double real, other;
    if (o->kind == REAL) {
        memcpy(&real, x, sizeof real);
        memcpy(&other, y, sizeof other);
        if (!(real < other || real > other))
            return -1;
        number_format(out, size, real);
        return 0;
    }
    int number, before;
    memcpy(&number, x, sizeof number);
    memcpy(&before, y, sizeof before);
    if (number == before)
        return -1;
    if (o->kind == DIST)
        snprintf(out, (size_t)size, "%s", dists[number]);
    else
        snprintf(out, (size_t)size, "%d", number);
    return 0;
}

char *quant_spec_print(const struct quant_spec *spec, char *out, int size)
{
    struct quant_spec plain;
    char value[40];
    quant_spec_init(&plain, spec->scheme);
    int n =
        snprintf(out, (size_t)size, "%s:%d", spec->scheme->name, spec->bits);
    for (int i = 0; i < OPTIONS && n < size; i++)
        if (!print_value(&options[i], spec, &plain, value, sizeof value))
            n += snprintf(out + n, (size_t)(size - n), ",%s=%s",
                          options[i].name, value);
    return out;
}
