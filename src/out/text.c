/* text.c - a table for people: aligned columns, engineering units */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "out/out.h"

#include "base/quantity.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { CELL = 96, VIEWS_MAX = 16, PAGE = 79, NAME_MIN = 8 };

static int find_column(const struct table *t, const char *name)
{
    for (int c = 0; c < t->columns; c++)
        if (!strcmp(t->column[c].name, name))
            return c;
    return -1;
}

static enum dim dim_of(const char *unit)
{
    for (int d = 1; d < DIM_N; d++)
        if (!strcmp(unit, dim_unit((enum dim)d)))
            return (enum dim)d;
    return DIM_NONE;
}

static bool is_text(const struct view *v)
{
    return v->look == LOOK_TEXT || v->look == LOOK_START;
}

/* At most v->width characters of a text. */
static void format_text(const char *text, const struct view *v, char *out)
{
    int length = (int)strlen(text);
    if (length <= v->width)
        snprintf(out, CELL, "%s", text);
    else if (v->look == LOOK_START)
        snprintf(out, CELL, "%.*s~", v->width - 1, text);
    else
        snprintf(out, CELL, "~%s", text + length - v->width + 1);
}

static const char *format(const struct table *t, int row, int column,
                          const struct view *v, char *out)
{
    const union cell *cell = table_at(t, row, column);
    if (!is_text(v) &&
        (isnan(cell->number) || (cell->number == 0 && v->look != LOOK_INDEX)))
        return strcpy(out, "-");
    switch (v->look) {
    case LOOK_TEXT:
    case LOOK_START:
        format_text(cell->text, v, out);
        break;
    case LOOK_COUNT:
    case LOOK_INDEX:
        snprintf(out, CELL, "%.0f", cell->number);
        break;
    case LOOK_SI:
        quantity_format(out, CELL, cell->number,
                        dim_of(t->column[column].unit));
        break;
    case LOOK_SHARE:
        snprintf(out, CELL, "%.0f%%", 100 * cell->number);
        break;
    case LOOK_RATIO:
        snprintf(out, CELL, cell->number < 1000 ? "%.3g" : "%.0f",
                 cell->number);
        break;
    case LOOK_PER_MM2:
        quantity_format(out, CELL, cell->number * 1e-6, DIM_NONE);
        break;
    }
    return out;
}

static int widest(const struct table *t, int column, const struct view *v)
{
    char cell[CELL];
    size_t width = strlen(v->heading);
    for (int r = 0; r < t->rows; r++) {
        size_t n = strlen(format(t, r, column, v, cell));
        width = n > width ? n : width;
    }
    return (int)width;
}

/* One line; blanks at its end are left out. */
static void put_line(FILE *out, char *line)
{
    size_t n = strlen(line);
    while (n && line[n - 1] == ' ')
        line[--n] = 0;
    fprintf(out, "%s\n", line);
}

/* Between two columns of numbers one blank is enough. */
static int gap(const struct view *views, int i)
{
    if (i == 0)
        return 0;
    return is_text(&views[i]) || is_text(&views[i - 1]) ? 2 : 1;
}

/* The first column gives way until a line fits the page. */
static void fit(struct view *views, int *width, int n)
{
    int total = 0;
    for (int i = 0; i < n; i++)
        total += gap(views, i) + width[i];
    if (total <= PAGE)
        return;
    width[0] -= total - PAGE;
    width[0] = width[0] < NAME_MIN ? NAME_MIN : width[0];
    views[0].width = width[0];
}

int text_table(FILE *out, const struct table *t, const struct view *views,
               int n)
{
    int width[VIEWS_MAX], column[VIEWS_MAX];
    char line[VIEWS_MAX * CELL], cell[CELL];
    struct view v[VIEWS_MAX];

    for (int i = 0; i < n; i++) {
        v[i] = views[i];
        column[i] = find_column(t, v[i].column);
        width[i] = widest(t, column[i], &v[i]);
    }
    fit(v, width, n);
    for (int r = -1; r < t->rows; r++) {
        size_t used = 0;
        for (int i = 0; i < n; i++) {
            const char *text =
                r < 0 ? v[i].heading : format(t, r, column[i], &v[i], cell);
            int w = is_text(&v[i]) ? -width[i] : width[i];
            used += (size_t)snprintf(line + used, sizeof line - used, "%*s%*s",
                                     gap(v, i), "", w, text);
        }
        put_line(out, line);
    }
    return ferror(out) ? -1 : 0;
}
