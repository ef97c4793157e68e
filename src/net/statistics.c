/* statistics.c - what a file says of weights that were left out */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/item.h"
#include <string.h>

enum { SCHEMES_MAX = 4 }; /* of a layer */

static struct layer *layer_named(const struct net *net, const char *name)
{
    for (int i = 0; i < net->n; i++)
        if (net->layer[i].groups && !strcmp(net->layer[i].name, name))
            return &net->layer[i];
    return NULL;
}

/* A layer's groups, one for each of its schemes, follow one another. */
static int give_statistics(const struct net *net, struct node *group,
                           struct layer **before, struct msgs *msgs)
{
    const char *name = NULL;
    if (group->kind != NODE_GROUP)
        return msg_error(msgs, &group->at,
                         "layers must be groups { ... }, not %s",
                         node_kind_name(group->kind));
    if (node_text(group, "layer", &name, msgs))
        return -1;
    struct layer *l = name ? layer_named(net, name) : NULL;
    if (!l)
        return msg_error(msgs, &group->at,
                         "statistics of '%s', which is no layer with weights",
                         name ? name : "");
    if ((l->statistics && l != *before) || l->n_statistics == SCHEMES_MAX)
        return msg_error(msgs, &group->at,
                         "statistics of '%s' stand here twice", name);
    if (!l->statistics)
        l->statistics = group;
    l->n_statistics++;
    *before = l;
    return 0;
}

int statistics_read(const struct conf_env *env, const struct node *key,
                    struct net *net)
{
    struct layer *before = NULL;
    int bad = 0;
    if (!*net->statistics)
        return 0;
    struct conf_env beside = key->at.line ? conf_beside(env, &key->at) : *env;
    beside.sets = NULL;
    struct node *file = conf_load(&beside, net->statistics);
    if (!file)
        return -1;
    struct node *list = node_get(file, "layers");
    node_report_unused(file, (const char *const[]){"layers"}, 1, "", env->msgs);
    if (!list || list->kind != NODE_LIST)
        return msg_error(env->msgs, &file->at,
                         "'layers' is missing: ( { layer = ...; }, ... )");
    for (struct node *n = list->child; n; n = n->next)
        bad |= give_statistics(net, n, &before, env->msgs);
    for (int i = 0; i < net->n && !bad; i++)
        if (net->layer[i].groups && !net->layer[i].statistics &&
            !net->layer[i].codes)
            msg_warn(env->msgs, &net->layer[i].at,
                     "'%s' has no statistics of layer '%s'", file->at.file,
                     net->layer[i].name);
    return bad;
}
