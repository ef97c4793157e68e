/* arena.h - memory of one loaded thing, freed all at once */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <setjmp.h>
#include <stddef.h>

/*
 * Everything that is loaded together (a technology file, a network, a result)
 * lives in one arena and dies with it. arena_alloc never returns NULL: when
 * memory runs out it jumps to `no_memory`, which every public entry of the
 * library sets. So no code below that entry handles a failed allocation.
 */
struct arena_block;
struct arena {
    struct arena_block *block; /* newest first */
    size_t used, size;         /* of the newest block, bytes */
    jmp_buf *no_memory;        /* where to go; NULL: abort() */
    struct arena *scratch;     /* see arena_scratch(), or NULL */
};

void arena_init(struct arena *a, jmp_buf *no_memory);
void arena_release(struct arena *a);
/* n bytes, zeroed, aligned for any type; valid until arena_release */
void *arena_alloc(struct arena *a, size_t n);
/* count items of the given size; jumps to no_memory if the product wraps */
void *arena_array(struct arena *a, size_t count, size_t size);

/*
 * Memory that is given back early. The scratch arena of an arena dies with it;
 * whoever uses it marks where it begins and rewinds to there at its end:
 * everything that was taken between is gone.
 */
struct arena_mark {
    struct arena_block *block;
    size_t used, size;
};
struct arena *arena_scratch(struct arena *a);
struct arena_mark arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, struct arena_mark mark);

char *arena_strdup(struct arena *a, const char *text);
char *arena_strndup(struct arena *a, const char *text, size_t n);
char *arena_printf(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
