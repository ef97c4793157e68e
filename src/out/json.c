/* json.c - tables as JSON */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "out/out.h"

#include <jansson.h>
#include <math.h>

/* Counts are written as whole numbers as long as a double holds them. */
static json_t *number(double x)
{
    if (!isfinite(x))
        return json_null();
    if (x == floor(x) && fabs(x) < 9007199254740992.0)
        return json_integer((json_int_t)x);
    return json_real(x);
}

static json_t *table_rows(const struct table *t)
{
    char header[80];
    json_t *rows = json_array();
    for (int r = 0; r < t->rows; r++) {
        json_t *row = json_object();
        for (int c = 0; c < t->columns; c++) {
            const union cell *cell = table_at(t, r, c);
            column_header(&t->column[c], header, sizeof header);
            json_object_set_new(row, header,
                                t->column[c].unit ? number(cell->number)
                                                  : json_string(cell->text));
        }
        json_array_append_new(rows, row);
    }
    return rows;
}

int json_tables(FILE *out, const struct table *const *tables, int n)
{
    json_t *root = json_object();
    for (int i = 0; i < n; i++)
        json_object_set_new(root, tables[i]->name, table_rows(tables[i]));
    int bad = json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    json_decref(root);
    putc('\n', out);
    return bad || ferror(out) ? -1 : 0;
}
