/* onnx_file.c - an ONNX file to memory */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx/onnx_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A protobuf message is at most 2 GB; more weights stand in files of their own.
 */
#define FILE_MAX (((int64_t)1 << 31) - 1)
/* Headers of a few hundred bytes may stand in a few bytes of the file; a real
 * model unpacks to less than twice its size. */
#define NEED_MORE     (16u << 20)
#define NEED_PER_BYTE 4

/* How many bytes there are to read; -1 having reported. */
static int64_t bytes_of(const struct conf_env *env, const char *path,
                        int64_t offset, int64_t length)
{
    struct place at = {path, 0};
    struct stat st;
    if (stat(path, &st))
        return msg_error(env->msgs, NULL, "cannot read '%s': %s", path,
                         strerror(errno));
    if (!S_ISREG(st.st_mode))
        return msg_error(env->msgs, NULL,
                         "cannot read '%s': it is no regular file", path);
    if (length < 0)
        length = st.st_size - offset;
    if (offset < 0 || length > FILE_MAX)
        return msg_error(env->msgs, &at, "more than 2 GB at once");
    if (offset > st.st_size || length > st.st_size - offset)
        return msg_error(env->msgs, &at,
                         "the file has %lld bytes; %lld from %lld on are "
                         "wanted",
                         (long long)st.st_size, (long long)length,
                         (long long)offset);
    return length;
}

uint8_t *onnx_read_bytes(const struct conf_env *env, const char *path,
                         int64_t offset, int64_t length, size_t *size)
{
    int64_t n = bytes_of(env, path, offset, length);
    if (n < 0)
        return NULL;
    uint8_t *data = arena_alloc(env->arena, (size_t)n + 1);
    FILE *in = fopen(path, "rb");
    if (!in || fseeko(in, offset, SEEK_SET) ||
        fread(data, 1, (size_t)n, in) != (size_t)n) {
        msg_error(env->msgs, NULL, "cannot read '%s': %s", path,
                  in ? "it changes while it is read" : strerror(errno));
        data = NULL;
    }
    if (in)
        fclose(in);
    *size = (size_t)n;
    return data;
}

/* ---- unpacking into the arena, within a budget ---- */

struct budget {
    struct arena *arena;
    size_t left;
};

static void *budget_alloc(void *data, size_t n)
{
    struct budget *b = data;
    if (n > b->left)
        return NULL;
    b->left -= n;
    return arena_alloc(b->arena, n);
}

static void budget_free(void *data, void *p) /* dies with the arena */
{
    (void)data;
    (void)p;
}

/* ---- names go into messages of one line, and into JSON ---- */

/* Bytes of the printable character that begins here, 0: there is none. RFC
 * 3629, section 4: first byte, range of the second, how many follow. */
static size_t character(const unsigned char *s)
{
    static const struct {
        unsigned char first, last, low, high;
        size_t more;
    } kinds[] = {
        {' ', '~', 0, 0, 0},         {0xc2, 0xdf, 0x80, 0xbf, 1},
        {0xe0, 0xe0, 0xa0, 0xbf, 2}, {0xe1, 0xec, 0x80, 0xbf, 2},
        {0xed, 0xed, 0x80, 0x9f, 2}, {0xee, 0xef, 0x80, 0xbf, 2},
        {0xf0, 0xf0, 0x90, 0xbf, 3}, {0xf1, 0xf3, 0x80, 0xbf, 3},
        {0xf4, 0xf4, 0x80, 0x8f, 3},
    };
    size_t k = 0, n = sizeof kinds / sizeof *kinds, i = 2;
    while (k < n && (*s < kinds[k].first || *s > kinds[k].last))
        k++;
    if (k == n ||
        (kinds[k].more && (s[1] < kinds[k].low || s[1] > kinds[k].high)))
        return 0;
    while (i <= kinds[k].more && (s[i] & 0xc0) == 0x80)
        i++;
    return i > kinds[k].more ? 1 + kinds[k].more : 0;
}

static void make_plain(char *name)
{
    for (unsigned char *s = (unsigned char *)name; s && *s;) {
        size_t n = character(s);
        if (n == 0)
            *s = '?';
        s += n ? n : 1;
    }
}

static void make_names_plain(const Onnx__GraphProto *g)
{
    for (size_t i = 0; i < g->n_input; i++)
        make_plain(g->input[i]->name);
    for (size_t i = 0; i < g->n_output; i++)
        make_plain(g->output[i]->name);
    for (size_t i = 0; i < g->n_initializer; i++)
        make_plain(g->initializer[i]->name);
    for (size_t i = 0; i < g->n_node; i++) {
        const Onnx__NodeProto *n = g->node[i];
        make_plain(n->name);
        make_plain(n->op_type);
        for (size_t k = 0; k < n->n_input; k++)
            make_plain(n->input[k]);
        for (size_t k = 0; k < n->n_output; k++)
            make_plain(n->output[k]);
        for (size_t k = 0; k < n->n_attribute; k++)
            make_plain(n->attribute[k]->t ? n->attribute[k]->t->name : NULL);
    }
}

/* What is no raw data is copied twice, but it is little. */
static Onnx__ModelProto *unpack(struct arena *a, const uint8_t *data,
                                size_t size, const struct onnx_need *need)
{
    struct arena *scratch = arena_scratch(a);
    struct arena_mark mark = arena_mark(scratch);
    struct budget budget = {a, need->unpacked};
    ProtobufCAllocator allocator = {budget_alloc, budget_free, &budget};
    uint8_t *copy = arena_alloc(scratch, need->bare);
    size_t n = onnx_bare(&onnx__model_proto__descriptor, data, size, copy);
    Onnx__ModelProto *model = onnx__model_proto__unpack(&allocator, n, copy);
    if (model)
        onnx_place_raw(&model->base);
    arena_rewind(scratch, mark);
    return model;
}

const Onnx__ModelProto *onnx_read(const struct conf_env *env, const char *path)
{
    struct place at = {path, 0};
    size_t size;
    struct onnx_need need;
    uint8_t *data = onnx_read_bytes(env, path, 0, -1, &size);
    if (!data)
        return NULL;
    if (size == 0) {
        msg_error(env->msgs, &at, "the file is empty");
        return NULL;
    }
    if (!onnx_well_formed(&onnx__model_proto__descriptor, data, size, &need)) {
        msg_error(env->msgs, &at, "no ONNX model, or a damaged one");
        return NULL;
    }
    if (need.unpacked > NEED_MORE + NEED_PER_BYTE * size) {
        msg_error(env->msgs, &at,
                  "the file would unpack to %zu MB, %zu times its size",
                  need.unpacked >> 20, need.unpacked / size);
        return NULL;
    }
    Onnx__ModelProto *model = unpack(env->arena, data, size, &need);
    if (!model || !model->graph) {
        msg_error(env->msgs, &at,
                  model ? "the model has no graph"
                        : "no ONNX model, or a damaged one");
        return NULL;
    }
    make_names_plain(model->graph);
    return model;
}
