/* arena.c - memory of one loaded thing, freed all at once */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
    struct arena_block *older;
    max_align_t data[];
};

#ifdef ARENA_EXACT /* each piece a block: sanitizers see where it ends */
enum { BLOCK_BYTES = 0, ALIGN = 1 };
#else
enum { BLOCK_BYTES = 64 * 1024 - 64, ALIGN = sizeof(max_align_t) };
#endif

void arena_init(struct arena *a, jmp_buf *no_memory)
{
    *a = (struct arena){.no_memory = no_memory};
}

void arena_release(struct arena *a)
{
    while (a->block) {
        struct arena_block *older = a->block->older;
        free(a->block);
        a->block = older;
    }
    a->used = a->size = 0;
    if (a->scratch)
        arena_release(a->scratch);
    free(a->scratch);
    a->scratch = NULL;
}

static _Noreturn void out_of_memory(const struct arena *a)
{
    if (!a->no_memory)
        abort();
    longjmp(*a->no_memory, 1);
}

static void add_block(struct arena *a, size_t bytes)
{
    size_t size = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
    struct arena_block *b = calloc(1, sizeof *b + size);
    if (!b)
        out_of_memory(a);
    b->older = a->block;
    a->block = b;
    a->used = 0;
    a->size = size;
}

void *arena_alloc(struct arena *a, size_t n)
{
    if (n > SIZE_MAX / 4)
        out_of_memory(a);
    n = (n + ALIGN - 1) / ALIGN * ALIGN;
    if (!a->block || n > a->size - a->used)
        add_block(a, n);
    void *p = (char *)a->block->data + a->used;
    a->used += n;
    return p;
}

struct arena *arena_scratch(struct arena *a)
{
    if (!a->scratch) {
        struct arena *s = calloc(1, sizeof *s);
        if (!s)
            out_of_memory(a);
        arena_init(s, a->no_memory);
        a->scratch = s;
    }
    return a->scratch;
}

struct arena_mark arena_mark(const struct arena *a)
{
    return (struct arena_mark){a->block, a->used, a->size};
}

void arena_rewind(struct arena *a, struct arena_mark mark)
{
    size_t end = a->block == mark.block ? a->used : mark.size;
    while (a->block != mark.block) {
        struct arena_block *older = a->block->older;
        free(a->block);
        a->block = older;
    }
    a->used = mark.used;
    a->size = mark.size;
    if (a->block)
        memset((char *)a->block->data + a->used, 0, end - a->used);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / 4 / size)
        out_of_memory(a);
    return arena_alloc(a, count * size);
}

char *arena_strndup(struct arena *a, const char *text, size_t n)
{
    char *copy = arena_alloc(a, n + 1);
    memcpy(copy, text, n);
    return copy;
}

char *arena_strdup(struct arena *a, const char *text)
{
    return arena_strndup(a, text, strlen(text));
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    size_t size = n < 0 ? 1 : (size_t)n + 1;
    char *text = arena_alloc(a, size);
    va_start(args, format);
    vsnprintf(text, size, format, args);
    va_end(args);
    return text;
}
