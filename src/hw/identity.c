/* identity.c - who a machine is: the head of a technology file */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/identity.h"

#include "circuit/technology.h"

int identity_read(const struct conf_env *env, struct node *root,
                  struct identity *out)
{
    struct node *sources = node_get(root, "sources");
    int bad = node_text(root, "name", &out->name, env->msgs);
    bad |= node_text(root, "title", &out->title, env->msgs);
    bad |= node_text(root, "source", &out->source, env->msgs);
    if (!out->name)
        bad = msg_error(env->msgs, &root->at, "'name' is missing");
    if (!out->title)
        out->title = out->name;
    if (sources && sources->kind != NODE_GROUP)
        bad = msg_error(env->msgs, &sources->at,
                        "'sources' must be a group { ... }");
    else
        out->sources = sources;
    return bad | node_size_read(env, root, &out->node_m);
}
