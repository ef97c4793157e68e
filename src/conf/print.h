/* print.h - settings as libconfig text, in lines of eighty columns */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CONF_PRINT_H
#define CONF_PRINT_H

#include "conf/field.h"
#include <stdio.h>

/*
 * Where text goes: words with a blank or the end of a line between them. A
 * word longer than a line is not broken.
 */
struct conf_pen {
    FILE *out;
    struct arena *arena; /* for the words */
    int first, more;     /* blanks before the first line, before the others */
    int column;          /* 0: nothing stands on this line yet */
};

void pen_word(struct conf_pen *pen, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void pen_line(struct conf_pen *pen); /* ends the line if it is not empty */

/* The text with quotes around it, its own and all else that would not be read
 * back escaped. */
const char *conf_quoted(struct arena *a, const char *text);

/* name = value; of any setting. Numbers and texts given with -s are written as
 * a file has them. */
void node_write(struct conf_pen *pen, const struct node *n);

/* name = "text"; broken at blanks where it is longer than a line. */
void text_write(struct conf_pen *pen, const char *name, const char *text);

/* name = value; of a field, nothing if that is its default. */
void field_write(struct conf_pen *pen, const struct field *field,
                 const void *data);

#endif
