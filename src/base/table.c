/* table.c - the one result type: named, united columns */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/table.h"

struct table *table_new(struct arena *a, const char *name, int columns,
                        const struct column *column, int rows)
{
    struct table *t = arena_alloc(a, sizeof *t);
    *t = (struct table){name, columns, rows, column, NULL};
    t->cell = arena_array(a, (size_t)rows * (size_t)columns, sizeof *t->cell);
    return t;
}
