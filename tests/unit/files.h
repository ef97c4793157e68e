/* files.h - files that a unit test writes, in a folder of its own */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef UNIT_FILES_H
#define UNIT_FILES_H

#include "unit.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FILES_MAX = 16, PATH_SIZE = 200 };

static char files_folder[64];
static char files_path[FILES_MAX][PATH_SIZE];
static int files_count;

__attribute__((unused)) static void files_setup(void)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(files_folder, sizeof files_folder, "%.40s/t_ivqXXXXXX",
             tmp ? tmp : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(files_folder));
    files_count = 0;
}

__attribute__((unused)) static void files_teardown(void)
{
    while (files_count > 0)
        unlink(files_path[--files_count]);
    rmdir(files_folder);
}

/* Writes n bytes as `name` in the folder; returns its path. */
__attribute__((unused)) static const char *
file_bytes(const char *name, const char *text, size_t n)
{
    ck_assert_int_lt(files_count, FILES_MAX);
    char *path = files_path[files_count++];
    snprintf(path, PATH_SIZE, "%s/%s", files_folder, name);
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(text, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
    return path;
}

__attribute__((unused)) static const char *file_text(const char *name,
                                                     const char *text)
{
    return file_bytes(name, text, strlen(text));
}

/* A path in the source tree; out is static: use it before the next call. */
__attribute__((unused)) static const char *source_file(const char *name)
{
    static char path[600];
    const char *dir = getenv("srcdir");
    snprintf(path, sizeof path, "%s/%s", dir ? dir : ".", name);
    return path;
}

#endif
