/* out.h - tables to text, CSV and JSON */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef OUT_OUT_H
#define OUT_OUT_H

#include "base/table.h"
#include <stdio.h>

/* All return 0, or -1 if the stream fails. */

/* RFC 4180: CRLF, quotes where needed; header "energy_J"; numbers as the
 * shortest text that reads back the same. */
int csv_table(FILE *out, const struct table *t);

/* {"name": [{"layer": "conv1", "energy_J": ...}, ...], ...} */
int json_tables(FILE *out, const struct table *const *tables, int n);

/* A column as people want it: which one, its heading, and how. */
enum look { LOOK_TEXT, LOOK_START, /* text; keeps its end, its start */
            LOOK_COUNT, LOOK_SI, LOOK_SHARE, LOOK_RATIO,
            LOOK_PER_MM2, /* a number per m^2 as one per mm^2 */
            LOOK_INDEX    /* a count from 0 */ };
struct view {
    const char *column; /* of the table */
    const char *heading;
    enum look look;
    int width; /* at most, characters */
};

/* Aligned columns; units in the cells. Of text longer than its width a "~"
 * stands for the rest; the first column, a text, gives way to fit 79
 * characters. */
int text_table(FILE *out, const struct table *t, const struct view *views,
               int n);

/* "energy_J": the name with its unit, brackets and signs taken out. */
const char *column_header(const struct column *c, char *buffer, int size);

#endif
