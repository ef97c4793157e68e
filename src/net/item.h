/* item.h - a workload file as read: layers and groups not yet repeated */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NET_ITEM_H
#define NET_ITEM_H

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
};

/* Reads the list of layers. Returns the first item, NULL if there is none
 * (reported). Items that could not be read are there, marked as bad. */
struct item *item_read_list(struct node *list, int depth, struct arena *a,
                            struct msgs *msgs);

/* window.c: kernel, stride, pad and dilation into arg. -1 if reported. */
int window_read(struct node *group, const char *what, bool is_pool,
                struct args *arg, struct msgs *msgs);

#endif
