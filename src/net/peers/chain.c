/* chain.c - layers that follow one another, without edges in their file */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/peers/peers.h"

void chain_begin(struct chain *c, const struct conf_env *env, struct net *net)
{
    *c = (struct chain){.build = {.net = net,
                                  .names = {.arena = env->arena},
                                  .arena = env->arena,
                                  .msgs = env->msgs},
                        .last = FROM_INPUT};
}

struct layer *chain_add(struct chain *c, const struct layer_type *type,
                        const struct args *arg, const char *name,
                        const struct place *at, const struct shape *in)
{
    static const struct scope scope = {.prefix = "", .in = FROM_INPUT};
    struct net *net = c->build.net;
    if (c->last == FROM_INPUT)
        net->input = *in;
    c->item.at = *at;
    c->item.view = in;
    int made =
        expand_layer(&c->build, type, arg, name, &c->item, &scope, 1, &c->last);
    if (made == FROM_UNKNOWN)
        return NULL;
    c->last = made;
    return &net->layer[made];
}
