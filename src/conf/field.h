/* field.h - one table per parameter struct, for reading, checking and help */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CONF_FIELD_H
#define CONF_FIELD_H

#include "base/quantity.h"
#include "conf/conf.h"
#include <stddef.h>

enum field_kind {
    FIELD_COUNT,    /* int */
    FIELD_REAL,     /* double, no unit */
    FIELD_QUANTITY, /* double, SI; written with its unit */
    FIELD_FLAG,     /* bool */
    FIELD_CHOICE,   /* int, index into choices */
    FIELD_TEXT,     /* const char * */
    FIELD_POINTS,   /* struct points: (number, energy, area) */
    FIELD_CURRENTS  /* struct points: (kelvin, A/m of NMOS, of PMOS) */
};

#define POINTS_MAX 16
/* Points of a curve, each of three numbers. */
struct points {
    int n;
    double x[POINTS_MAX], y[POINTS_MAX], z[POINTS_MAX];
};

/*
 * One parameter. The same row serves reading, unit and range checks,
 * suggestions, overrides, --list-params and the section-5 manual.
 */
struct field {
    const char *name;
    enum field_kind kind;
    enum dim dim;
    size_t offset;           /* in the parameter struct */
    double min, max;         /* both allowed; counts and reals */
    const char *def;         /* default as a user would write it; NULL: none */
    const char *const *choices; /* NULL at the end */
    const char *text;        /* one line */
};
#define FIELDS_MAX 48 /* rows of one table */
/* A table ends with a row whose name is NULL. */

/* Where a value came from: kept beside each field of a bound group. */
struct origin {
    struct place at;      /* file NULL: the default */
    const char *source;   /* "Shafiee2016 Tab.1", NULL if none was given */
    double relative;      /* relative uncertainty, 1 sigma; 0 if not given */
};

/* A parameter struct bound to the group it was read from. */
struct bound {
    const char *path;           /* "adc"; "" for the root */
    const struct field *fields;
    void *data;
    struct origin *origin;      /* one a field */
};

/*
 * Reads `group` (NULL: all defaults) into bound->data by bound->fields.
 * A value is written bare or as (value, "source", relative uncertainty);
 * quantities are text with their unit. Every problem is reported. Children
 * that are no field and that nobody has used before are unknown keys.
 * `sources` (may be NULL) is the group in which the source's first word must
 * be a key, unless it is "assumption". Allocates bound->origin from `a`.
 * Returns 0, or -1 if anything was reported.
 */
int field_read(struct bound *bound, struct node *group,
               const struct node *sources, struct place missing_at,
               struct arena *a, struct msgs *msgs);

/* The first word of a source, a text, must be a key of `sources` (may be NULL)
 * or "assumption". 0, or -1 having reported. */
int source_check(const struct node *source, const struct node *sources,
                 struct msgs *msgs);

int field_rows(const struct field *fields); /* rows before the end */

/* The value as a user would write it. Returns out. */
char *field_print(const struct field *field, const void *data, char *out,
                  int size);

/* Numeric access for sweeps; counts, reals and quantities, SI. */
double field_get(const struct field *field, const void *data);
/* -1 if the field is not numeric or value is outside its range */
int field_set(const struct field *field, void *data, double value);

#endif
