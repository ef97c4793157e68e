/* csv.c - a table as RFC 4180 text */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "out/out.h"

#include "base/quantity.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

const char *column_header(const struct column *c, char *buffer, int size)
{
    size_t n = 0, limit = (size_t)size - 1;
    for (const char *p = c->name; *p && n < limit; p++)
        buffer[n++] = *p;
    if (c->unit && *c->unit && n < limit)
        buffer[n++] = '_';
    for (const char *p = c->unit ? c->unit : ""; *p && n < limit; p++) {
        if (isalnum((unsigned char)*p)) /* m^2: m2 */
            buffer[n++] = *p;
    }
    buffer[n] = 0;
    return buffer;
}

/* A text that a spreadsheet must not take for a formula gets no special
 * treatment: names come from the user's own file. */
static void put_text(FILE *out, const char *text)
{
    if (!strpbrk(text, "\",\r\n")) {
        fputs(text, out);
        return;
    }
    putc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', out);
        putc(*text, out);
    }
    putc('"', out);
}

int csv_table(FILE *out, const struct table *t)
{
    char buffer[80];
    for (int c = 0; c < t->columns; c++) {
        fputs(c ? "," : "", out);
        put_text(out, column_header(&t->column[c], buffer, sizeof buffer));
    }
    fputs("\r\n", out);
    for (int r = 0; r < t->rows; r++) {
        for (int c = 0; c < t->columns; c++) {
            const union cell *cell = table_at(t, r, c);
            fputs(c ? "," : "", out);
            if (!t->column[c].unit)
                put_text(out, cell->text);
            else if (isfinite(cell->number))
                fputs(number_format(buffer, sizeof buffer, cell->number), out);
        }
        fputs("\r\n", out);
    }
    return ferror(out) ? -1 : 0;
}
