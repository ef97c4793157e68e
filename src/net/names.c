/* names.c - layer names to layer indices, in constant time */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/names.h"
#include <stdint.h>
#include <string.h>

#define FNV_START 14695981039346656037u /* FNV-1a, 64 bits: its two numbers */
#define FNV_PRIME 1099511628211u

static uint64_t hash(uint64_t h, const char *text)
{
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * FNV_PRIME;
    return h;
}

/* Whether full is prefix.name. */
static int same(const char *full, const char *prefix, const char *name)
{
    size_t n = strlen(prefix);
    if (n == 0)
        return strcmp(full, name) == 0;
    return strncmp(full, prefix, n) == 0 && full[n] == '.' &&
           strcmp(full + n + 1, name) == 0;
}

/* The slot that holds the name, or the free one where it would go. */
static struct name_slot *probe(const struct names *t, const char *prefix,
                               const char *name)
{
    uint64_t h = hash(FNV_START, prefix);
    if (*prefix)
        h = hash(h, ".");
    h = hash(h, name);
    size_t mask = (size_t)t->size - 1;
    size_t i = (size_t)(h ^ h >> 32) & mask;
    while (t->slot[i].name && !same(t->slot[i].name, prefix, name))
        i = (i + 1) & mask;
    return &t->slot[i];
}

struct name_slot *names_find(const struct names *t, const char *prefix,
                             const char *name)
{
    if (t->size == 0)
        return NULL;
    struct name_slot *s = probe(t, prefix, name);
    return s->name ? s : NULL;
}

static void grow(struct names *t)
{
    struct names old = *t;
    t->size = old.size ? 2 * old.size : 64;
    t->slot = arena_array(t->arena, (size_t)t->size, sizeof *t->slot);
    for (int i = 0; i < old.size; i++)
        if (old.slot[i].name)
            *probe(t, "", old.slot[i].name) = old.slot[i];
}

void names_add(struct names *t, const char *name, int index)
{
    if (2 * (t->used + 1) > t->size)
        grow(t);
    struct name_slot *s = probe(t, "", name);
    s->name = name;
    s->index = index;
    t->used++;
}
