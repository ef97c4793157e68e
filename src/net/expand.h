/* expand.h - from items to the layers of a network */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NET_EXPAND_H
#define NET_EXPAND_H

#include "net/item.h"
#include "net/names.h"

#define LAYERS_MAX 262144 /* about 200 MB */

/* Producers that are no layer: */
#define FROM_INPUT   (-1) /* the network's input */
#define FROM_UNKNOWN (-2) /* one that was reported: nothing is inferred */

/* A network being built. */
struct build {
    struct net *net;
    int size;           /* layers allocated */
    struct names names; /* of layers and of groups (their last layer) */
    struct arena *arena;
    struct msgs *msgs;
    bool full; /* LAYERS_MAX was reported */
};

/* What names mean inside an iteration of a group. */
struct scope {
    const char *prefix;        /* "layer3.1"; "" outside all groups */
    const struct scope *outer; /* NULL outside all groups */
    int in;                    /* what "in" means */
    struct node *quant;        /* of the group, for layers without their own */
};

/* Expands a list; returns the producer that is its output. */
int expand_list(struct build *b, struct item *list, const struct scope *scope);

/*
 * Adds a layer called prefix.name of the given type and infers it. Returns
 * its index or FROM_UNKNOWN (reported, or a producer is unknown).
 */
int expand_layer(struct build *b, const struct layer_type *type,
                 const struct args *arg, const char *name,
                 const struct item *item, const struct scope *scope, int n_in,
                 const int *in);

/* The output of producer p. */
const struct shape *producer_shape(const struct net *net, int p);

/* A layer of that name, type, keys, place and producers, nothing inferred. */
struct layer layer_begin(const struct layer *like);
/* Everything that follows from its type's rule for these inputs. -1 having
 * reported. */
int layer_rule(struct layer *l, const struct shape *in, struct msgs *msgs);

#endif
