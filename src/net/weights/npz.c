/* npz.c - weights from numpy's archives: a zip file of arrays */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/weights/weights_file.h"
#include <errno.h>
#include <string.h>
#include <zip.h>

/* Deflate packs at best 258 bytes into two bits (RFC 1951): a length and a
 * distance of one bit each. */
enum { RATIO_MAX = 1032, SMALL = 1 << 16 };

static const char *zip_why(int code, char *text, size_t size)
{
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    snprintf(text, size, "%s", zip_error_strerror(&error));
    zip_error_fini(&error);
    return text;
}

static int open_npz(struct weights_file *f)
{
    char why[120];
    int code = 0;
    if (weights_stat(f, f->path))
        return -1;
    f->all = zip_open(f->path, ZIP_RDONLY, &code);
    if (f->all)
        return 0;
    return weights_refuse(f, arena_printf(f->env->arena, "'%s'", f->path),
                          "cannot be read: %s", zip_why(code, why, sizeof why));
}

static void close_one(struct weights_file *f)
{
    if (f->one)
        zip_fclose(f->one);
    f->one = NULL;
}

static void close_npz(struct weights_file *f)
{
    close_one(f);
    if (f->all)
        zip_discard(f->all);
    f->all = NULL;
}

static size_t get_unpacked(void *from, void *to, size_t n)
{
    zip_int64_t got = zip_fread(from, to, n);
    return got < 0 ? 0 : (size_t)got;
}

/* What the archive says of a member must be possible before it is believed. */
static int check_member(const struct weights_file *f, const struct entry *e,
                        const zip_stat_t *st)
{
    const zip_uint64_t needed =
        ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
    if ((st->valid & needed) != needed || st->size > INT64_MAX ||
        st->comp_size > INT64_MAX)
        return weights_refuse(f, e->what, "has no size");
    if (st->comp_method != ZIP_CM_STORE && st->comp_method != ZIP_CM_DEFLATE)
        return weights_refuse(f, e->what,
                              "is packed by a method that numpy does not use");
    if (st->size / RATIO_MAX > st->comp_size && st->size > SMALL)
        return weights_refuse(f, e->what, "claims to unpack to %llu bytes",
                              (unsigned long long)st->size);
    return 0;
}

static int find_npz(struct weights_file *f, const char *name, struct entry *e)
{
    const char *member = arena_printf(f->env->arena, "%s.npy", name);
    zip_int64_t at = zip_name_locate(f->all, member, 0);
    zip_stat_t st;
    close_one(f);
    if (at < 0)
        return 0;
    e->what = arena_printf(f->env->arena, "'%s' of '%s'", member, f->path);
    zip_stat_init(&st);
    if (zip_stat_index(f->all, (zip_uint64_t)at, 0, &st))
        return weights_refuse(f, e->what, "cannot be read");
    if (check_member(f, e, &st))
        return -1;
    f->one = zip_fopen_index(f->all, (zip_uint64_t)at, 0);
    if (!f->one)
        return weights_refuse(f, e->what, "cannot be read: %s",
                              zip_strerror(f->all));
    const struct npy_stream stream = {get_unpacked, f->one, (int64_t)st.size};
    return npy_head(f, &stream, e) ? -1 : 1;
}

/* All of them, and the end behind them: libzip compares the checksum there. */
static int read_npz(struct weights_file *f, const struct entry *e, uint8_t *to)
{
    char behind;
    if (get_unpacked(f->one, to, (size_t)e->bytes) != (size_t)e->bytes ||
        zip_fread(f->one, &behind, 1) != 0)
        return weights_refuse(f, e->what,
                              "is damaged: it unpacks to something else");
    return 0;
}

const struct weights_reader npz_file = {
    ".npz", "arrays are named LAYER", open_npz, find_npz, read_npz, close_npz};
