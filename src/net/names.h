/* names.h - layer names to layer indices, in constant time */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NET_NAMES_H
#define NET_NAMES_H

#include "base/arena.h"

/* A hash table with open addressing. Names are not copied. */
struct names {
    struct arena *arena;
    struct name_slot {
        const char *name; /* NULL: free */
        int index;
    } * slot;
    int size, used; /* size is a power of two, or 0 */
};

/* The slot of `prefix`.`name` (of `name` if prefix is ""), or NULL. */
struct name_slot *names_find(const struct names *t, const char *prefix,
                             const char *name);
/* Adds a name that is not there yet. */
void names_add(struct names *t, const char *name, int index);

#endif
