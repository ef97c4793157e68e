/* table.h - the one result type: named, united columns */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/arena.h"

struct column {
    const char *name; /* "energy", lower case, the field's own word */
    const char *unit; /* SI: "J", "m^2"; "" for counts; NULL: a text column */
};

union cell {
    double number;
    const char *text; /* not owned; lives as long as the table's arena */
};

/* rows x columns cells, row-major, all memory from one arena. */
struct table {
    const char *name; /* "layers" */
    int columns, rows;
    const struct column *column;
    union cell *cell;
};

struct table *table_new(struct arena *a, const char *name, int columns,
                        const struct column *column, int rows);
static inline union cell *table_at(const struct table *t, int row, int col)
{
    return &t->cell[row * t->columns + col];
}

#endif
