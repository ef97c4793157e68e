/* conf_case.h - what the tests of configuration files share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef UNIT_CONF_CASE_H
#define UNIT_CONF_CASE_H

#include "conf/conf.h"
#include "files.h"

#include <fenv.h>

/* Debian's libconfig 1.5 loses a text that does not end. */
const char *__lsan_default_suppressions(void)
    __attribute__((visibility("default")));
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig";
}

static struct arena arena;
static struct msgs msgs;

static void setup(void)
{
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    arena_init(&arena, NULL);
    msgs = (struct msgs){.n = 0};
    files_setup();
}

static void teardown(void)
{
    files_teardown();
    arena_release(&arena);
}

__attribute__((unused)) static const char *message(int i)
{
    return i < msgs.n ? msgs.list[i].text : "(no message)";
}

/* The i-th message contains `part`. */
#define ck_message(i, part)                                                    \
    ck_assert_msg(strstr(message(i), part) != NULL,                            \
                  "message %d is \"%s\", without \"%s\"", i, message(i), part)

__attribute__((unused)) static struct node *load(const char *path,
                                                 const char *const *sets)
{
    const char *folders[] = {files_folder, NULL};
    struct conf_env env = {&arena, &msgs, folders, sets};
    return conf_load(&env, path);
}

/* A test for every row of a table. */
#define LOOP(tests, rows)                                                      \
    tcase_add_loop_test(c, tests, 0, (int)(sizeof(rows) / sizeof *(rows)))

#endif
