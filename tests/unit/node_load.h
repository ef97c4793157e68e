/* node_load.h - technology nodes for unit tests */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NODE_LOAD_H
#define NODE_LOAD_H

#include "circuit/technology.h"
#include "files.h"

/* The node of the tree's own tech/ folder. Its arena is `a`, which outlives
 * it. */
__attribute__((unused)) static struct technologies
node_load(struct arena *a, double node_m, double temperature_K)
{
    struct msgs msgs = {0};
    const char *const folders[] = {source_file("tech"), NULL};
    struct conf_env env = {.arena = a, .msgs = &msgs, .folders = folders};
    struct place at = {"test", 1};
    struct technology_choice choice = {.temperature_K = temperature_K,
                                       .file = ""};
    struct technologies tech = {0};

    ck_need(!technology_load(&env, &at, node_m, &choice, &tech),
            "%g nm at %g K: %s", node_m * 1e9, temperature_K,
            msgs.n ? msgs.list[0].text : "?");
    return tech;
}

#endif
