/* peers.h - networks as other estimators' files have them */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NET_PEERS_PEERS_H
#define NET_PEERS_PEERS_H

#include "net/expand.h"

/*
 * Tables of layers without edges: the layers follow one another, each with an
 * input of the size that the file says.
 */
struct chain {
    struct build build;
    struct item item; /* what layers are built from: place and view */
    int last;         /* the layer before, or FROM_INPUT */
};

void chain_begin(struct chain *c, const struct conf_env *env, struct net *net);

/* The next layer, its input seen as `in`; NULL having reported. */
struct layer *chain_add(struct chain *c, const struct layer_type *type,
                        const struct args *arg, const char *name,
                        const struct place *at, const struct shape *in);

/*
 * Readers of net_load(): the table NetWork.csv of NeuroSim, a problem of
 * Timeloop, a folder of such, a file a layer. They set the input and the layers
 * of a network whose other members are set. -1 having reported.
 */
int from_neurosim(const struct conf_env *env, const char *path,
                  const char *input, struct net *net);
int from_timeloop(const struct conf_env *env, const char *path,
                  const char *input, struct net *net);
int from_timeloop_folder(const struct conf_env *env, const char *path,
                         const char *input, struct net *net);

#endif
