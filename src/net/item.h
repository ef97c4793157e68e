/* item.h - a workload file as read: layers and groups not yet repeated */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NET_ITEM_H
#define NET_ITEM_H

#include "conf/print.h"
#include "net/layer_types.h"

#define NEST_MAX   16 /* groups within groups */
#define REPEAT_MAX 1000000

/* Where a layer takes its input: the name as written. */
struct from {
    const char *name;
    struct place at;
};

/* A setting of the list `layers`: a layer (type) or a group (child). */
struct item {
    struct place at;
    const char *name;              /* as written; '#' stands for the number */
    const struct layer_type *type; /* NULL: a group */
    struct args arg;
    int n_from;
    struct from *from; /* none: the layer before */
    struct node *quant;
    int n_codes;
    const int64_t *codes;
    int repeat, first; /* group; repeat 0: once, not numbered */
    struct item *child, *next;
    bool bad; /* reported; nothing is inferred from it */
    const struct shape *view; /* of the inputs, if not as their producers give
                                 them out: reshaped, or a part */
    unsigned given; /* bit i: work[i], bit WORK_N: params, not by the rule */
    double work[WORK_N];
    int64_t params;
};

extern const struct field net_fields[]; /* of struct net: load.c */

/*
 * statistics.c: the file net->statistics, if there is one, beside the file of
 * the setting `key`; gives layers their groups. -1 having reported.
 */
int statistics_read(const struct conf_env *env, const struct node *key,
                    struct net *net);

/* Reads the list of layers. Returns the first item, NULL if there is none
 * (reported). Items that could not be read are there, marked as bad. */
struct item *item_read_list(struct node *list, int depth, struct arena *a,
                            struct msgs *msgs);

/* window.c: kernel, stride, pad, dilation and size into arg. -1 if reported. */
int window_read(struct node *group, const char *what,
                const struct layer_type *type, struct args *arg,
                struct msgs *msgs);
void window_write(struct conf_pen *pen, const struct layer_type *type,
                  const struct args *arg);

/*
 * given.c: what a layer says in place of what follows from the rest. -1 if
 * reported. `shape` of a type that has it; view, batch, params and work.
 */
int given_shape(struct item *item, struct node *group, struct msgs *msgs);
int given_read(struct item *item, struct node *group, struct arena *a,
               struct msgs *msgs);
/* The same keys of a layer; shape and batch are those of `rule`, which is the
 * layer as its type's rule makes it, params and work where they are others. */
void given_write(struct conf_pen *pen, const struct layer *l,
                 const struct layer *rule);
/* [channels, height, width]; the last may be left out where they are 1. */
int shape_read(const struct node *n, const char *what, struct shape *out,
               struct msgs *msgs);
void shape_write(struct conf_pen *pen, const char *before,
                 const struct shape *s, const char *after);

#endif
