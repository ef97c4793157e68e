/* net_load.h - loading networks in unit tests, from files and from texts */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NET_LOAD_H
#define NET_LOAD_H

#include "net/net.h"
#include "unit.h"
#include <fenv.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct arena arena;
static struct msgs msgs;
static struct net net;

static void setup(void)
{
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    arena_init(&arena, NULL);
    msgs = (struct msgs){.n = 0};
}

static void teardown(void)
{
    arena_release(&arena);
}

__attribute__((unused)) static const char *source_path(const char *name)
{
    const char *dir = getenv("srcdir");
    return arena_printf(&arena, "%s/%s", dir ? dir : ".", name);
}

static int load(const char *path)
{
    struct conf_env env = {.arena = &arena, .msgs = &msgs};
    return net_load(&env, path, NULL, &net);
}

/* Loads a text as a file; messages then begin with "t.cfg". */
__attribute__((unused)) static int load_text(const char *text)
{
    char dir[] = "/tmp/t_netXXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(dir));
    const char *path = arena_printf(&arena, "%s/t.cfg", dir);
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    ck_assert_int_eq(fclose(f), 0);
    int result = load(path);
    unlink(path);
    rmdir(dir);
    return result;
}

/* A network of the given layers; the list begins in line 2. */
__attribute__((unused)) static int load_layers(const char *input,
                                               const char *layers)
{
    return load_text(arena_printf(&arena,
                                  "name = \"t\"; input = %s; layers = (\n"
                                  "%s\n);\n",
                                  input, layers));
}

__attribute__((unused)) static const char *first_message(void)
{
    return msgs.n ? msgs.list[0].text : "(no message)";
}

__attribute__((unused)) static const struct layer *layer_named(const char *name)
{
    for (int i = 0; i < net.n; i++)
        if (strcmp(net.layer[i].name, name) == 0)
            return &net.layer[i];
    ck_abort_msg("no layer '%s'", name);
    return NULL;
}

__attribute__((unused)) static int index_named(const char *name)
{
    return (int)(layer_named(name) - net.layer);
}

#endif
