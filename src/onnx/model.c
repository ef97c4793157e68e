/* model.c - an ONNX file to memory */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx/model.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A protobuf message is at most 2 GB; more weights stand in files of their own.
 */
#define FILE_MAX  (((int64_t)1 << 31) - 1)
/* Headers of a few hundred bytes may stand in a few bytes of the file; a real
 * model unpacks to less than twice its size. */
#define NEED_MORE (16u << 20)
#define NEED_PER_BYTE 4

uint8_t *onnx_read_all(const struct conf_env *env, const char *path,
                       size_t *size)
{
    struct place at = {path, 0};
    struct stat st;
    uint8_t *data = NULL;
    if (stat(path, &st))
        msg_error(env->msgs, NULL, "cannot read '%s': %s", path,
                  strerror(errno));
    else if (!S_ISREG(st.st_mode))
        msg_error(env->msgs, NULL, "cannot read '%s': it is no regular file",
                  path);
    else if (st.st_size > FILE_MAX)
        msg_error(env->msgs, &at, "the file is larger than 2 GB");
    else
        data = arena_alloc(env->arena, (size_t)st.st_size + 1);
    if (!data)
        return NULL;
    FILE *in = fopen(path, "rb");
    if (!in || fread(data, 1, (size_t)st.st_size, in) != (size_t)st.st_size) {
        msg_error(env->msgs, NULL, "cannot read '%s': %s", path,
                  in ? "it changes while it is read" : strerror(errno));
        data = NULL;
    }
    if (in)
        fclose(in);
    *size = (size_t)st.st_size;
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

const Onnx__GraphProto *onnx_read(const struct conf_env *env, const char *path)
{
    struct place at = {path, 0};
    size_t size, need;
    uint8_t *data = onnx_read_all(env, path, &size);
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
    if (need > NEED_MORE + NEED_PER_BYTE * size) {
        msg_error(env->msgs, &at,
                  "the file would unpack to %zu MB, %zu times its size",
                  need >> 20, need / size);
        return NULL;
    }
    struct budget budget = {env->arena, need};
    ProtobufCAllocator allocator = {budget_alloc, budget_free, &budget};
    Onnx__ModelProto *model =
        onnx__model_proto__unpack(&allocator, size, data);
    if (!model || !model->graph) {
        msg_error(env->msgs, &at,
                  model ? "the model has no graph"
                        : "no ONNX model, or a damaged one");
        return NULL;
    }
    return model->graph;
}
