/* conf.h - configuration files: libconfig text to a tree that knows its lines
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include "base/arena.h"
#include "base/msg.h"
#include <stdbool.h>
#include <stdint.h>

enum node_kind {
    NODE_GROUP, /* { } */
    NODE_LIST,  /* ( ) and [ ] */
    NODE_INT, NODE_REAL, NODE_BOOL, NODE_TEXT,
    NODE_RAW    /* text given with -s: whatever the field makes of it */
};

/*
 * A setting. Memory belongs to the arena of the load. `used` is set by whoever
 * reads the setting; what nobody has used is unknown and reported.
 */
struct node {
    const char *name; /* NULL in a list */
    enum node_kind kind;
    struct place at;
    int64_t integer;  /* NODE_INT, NODE_BOOL */
    double real;      /* NODE_INT, NODE_REAL */
    const char *text; /* NODE_TEXT, NODE_RAW */
    struct node *child, *next;
    bool used;
};

/* What a load needs and reports to. */
struct conf_env {
    struct arena *arena;
    struct msgs *msgs;
    const char *const *folders; /* searched in order, NULL at the end */
    const char *const *sets;    /* "path=value", NULL at the end; may be NULL */
    const char *prefix;         /* that the user wrote before each, or NULL */
};

/*
 * Finds `name`: a path that exists, or else NAME or NAME.cfg in the folders.
 * Returns the path, or NULL having reported (naming the nearest file).
 */
const char *conf_find(const struct conf_env *env, const char *name);

/* env with one folder more, searched first: that of the file that `at` points
 * to. Memory from its arena. */
struct conf_env conf_beside(const struct conf_env *env, const struct place *at);

/*
 * Loads a file with everything it inherits (`base = "name";`, nearest file
 * wins key by key; a group whose `model` differs from the inherited one
 * replaces it whole) and applies env->sets. Returns the root group, or NULL
 * having reported.
 */
struct node *conf_load(const struct conf_env *env, const char *name);

/* Only env->sets, as the root group of a file of another format. */
struct node *conf_overrides(const struct conf_env *env, const char *path);

/* The child of that name, marked as used, or NULL. */
struct node *node_get(struct node *group, const char *name);
int node_count(const struct node *list); /* children */
const char *node_kind_name(enum node_kind kind); /* "a list", "an integer" */

/*
 * The text of a child that must be text: *out is left alone when the child is
 * missing. -1 having reported when it is something else.
 */
int node_text(struct node *group, const char *name, const char **out,
              struct msgs *msgs);

/*
 * Reports every child that nobody used, naming the nearest of known[0..n-1].
 * `what` names the group for the reader: "in 'adc'".
 */
void node_report_unused(struct node *group, const char *const *known, int n,
                        const char *what, struct msgs *msgs);

#endif
