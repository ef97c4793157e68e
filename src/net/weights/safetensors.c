/* safetensors.c - weights from a safetensors file */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Format: the README of safetensors 0.4: 8 bytes with the length of the header,
 * little-endian; the header, JSON; the numbers, without holes. */
#include "net/weights/weights_file.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A shard of the largest models has less than 1 MB. */
enum { HEADER_MAX = 16 << 20 };

/* Offsets of one tensor among the numbers. */
struct span {
    int64_t begin, end;
};

static int refuse(const struct weights_file *f, const char *what)
{
    return weights_refuse(f, arena_printf(f->env->arena, "'%s'", f->path), "%s",
                          what);
}

/* ---- the header ---- */

/* Both numbers of "data_offsets"; -1: it is something else. */
static int read_span(const json_t *tensor, struct span *s)
{
    const json_t *list = json_object_get(tensor, "data_offsets");
    const json_t *begin = json_array_get(list, 0), *end;
    end = json_array_get(list, 1);
    if (json_array_size(list) != 2 || !json_is_integer(begin) ||
        !json_is_integer(end))
        return -1;
    *s = (struct span){json_integer_value(begin), json_integer_value(end)};
    return s->begin < 0 || s->end < s->begin ? -1 : 0;
}

static int by_place(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

/* Every byte behind the header belongs to one tensor. */
static int check_spans(struct weights_file *f, json_t *all)
{
    struct span *span =
        arena_array(f->env->arena, json_object_size(all), sizeof *span);
    int64_t at = 0;
    size_t n = 0;
    for (void *i = json_object_iter(all); i; i = json_object_iter_next(all, i))
        if (strcmp(json_object_iter_key(i), "__metadata__") != 0 &&
            read_span(json_object_iter_value(i), &span[n++]))
            return refuse(f, "has a tensor without its two data_offsets");
    if (n)
        qsort(span, n, sizeof *span, by_place);
    for (size_t i = 0; i < n; at = span[i++].end)
        if (span[i].begin != at)
            return refuse(f, span[i].begin < at ? "has tensors that overlap"
                                                : "has holes between tensors");
    if (at == f->size)
        return 0;
    return refuse(f, at > f->size ? "ends within its tensors"
                                  : "has bytes behind its tensors");
}

static int open_safetensors(struct weights_file *f)
{
    unsigned char b[8];
    uint64_t length = 0;
    if (weights_open(f, f->path))
        return -1;
    if (fread(b, 1, sizeof b, f->in) != sizeof b)
        return refuse(f, "is no safetensors file");
    for (int i = 7; i >= 0; i--)
        length = length << 8 | b[i];
    f->size -= (int64_t)sizeof b;
    if (length > (uint64_t)f->size)
        return refuse(f, "is no safetensors file: its header would be larger");
    if (length > HEADER_MAX)
        return refuse(f, "has a header of more than 16 MB");
    char *text = arena_alloc(f->env->arena, (size_t)length + 1);
    if (fread(text, 1, (size_t)length, f->in) != (size_t)length)
        return refuse(f, "changes while it is read");
    json_t *all =
        json_loadb(text, (size_t)length, JSON_REJECT_DUPLICATES, NULL);
    f->all = all;
    if (!json_is_object(all))
        return refuse(f, "has a header that is no JSON object");
    f->size -= (int64_t)length;
    return check_spans(f, all);
}

/* ---- one tensor ---- */

static int use_type(const struct weights_file *f, const json_t *type,
                    struct entry *e)
{
    static const struct {
        const char *text;
        int type;
    } types[] = {{"F32", ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT},
                 {"F64", ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE},
                 {"F16", ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16},
                 {"BF16", ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16},
                 {"I8", ONNX__TENSOR_PROTO__DATA_TYPE__INT8}};
    const char *text = json_is_string(type) ? json_string_value(type) : "?";
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (!strcmp(text, types[i].text))
            return tensor_of_type(&e->tensor, types[i].type);
    return weights_refuse(f, e->what,
                          "holds numbers of type '%.20s'; wanted are F32, F64, "
                          "F16, BF16 or I8",
                          text);
}

static int use_shape(const struct weights_file *f, const json_t *shape,
                     struct entry *e)
{
    struct tensor *t = &e->tensor;
    size_t n = json_array_size(shape);
    if (!json_is_array(shape) || n > RANK_MAX)
        return weights_refuse(f, e->what,
                              "has no shape that a matrix may have");
    for (t->rank = 0; t->rank < (int)n; t->rank++) {
        const json_t *size = json_array_get(shape, (size_t)t->rank);
        t->dim[t->rank] = json_integer_value(size);
        if (!json_is_integer(size) || t->dim[t->rank] < 0 ||
            t->dim[t->rank] > INT32_MAX)
            return weights_refuse(f, e->what, "has an impossible shape");
    }
    return 0;
}

/*
 * Names as frameworks give them. PyTorch's weights have the outputs first; a
 * "kernel" (Flax, Keras) has them last. Our own order is tried where that does
 * not fit.
 */
static int find_safetensors(struct weights_file *f, const char *name,
                            struct entry *e)
{
    static const char *const outputs_first[] = {"nk",  "ocyx", "ocy",
                                                "gkn", "kn",   NULL};
    static const char *const outputs_last[] = {"kn",  "yxco", "yco",
                                               "gkn", "nk",   NULL};
    static const char *const ends[] = {"", ".weight", ".kernel"};
    const json_t *tensor = NULL;
    struct span span;
    int i = 0;
    for (; i < 3 && !tensor; i++) {
        const char *full = arena_printf(f->env->arena, "%s%s", name, ends[i]);
        tensor = json_object_get(f->all, full);
        e->what = arena_printf(f->env->arena, "'%s' of '%s'", full, f->path);
    }
    if (!tensor)
        return 0;
    e->layouts = i == 3 ? outputs_last : outputs_first;
    if (use_type(f, json_object_get(tensor, "dtype"), e) ||
        use_shape(f, json_object_get(tensor, "shape"), e))
        return -1;
    if (read_span(tensor, &span)) /* of what is no tensor: "__metadata__" */
        return weights_refuse(f, e->what, "is no tensor");
    e->offset = span.begin;
    e->bytes = span.end - span.begin;
    return 1;
}

static int read_safetensors(struct weights_file *f, const struct entry *e,
                            uint8_t *to)
{
    if (fseeko(f->in, e->offset - f->size, SEEK_END) ||
        fread(to, 1, (size_t)e->bytes, f->in) != (size_t)e->bytes)
        return weights_refuse(f, e->what, "changes while it is read");
    return 0;
}

static void close_safetensors(struct weights_file *f)
{
    if (f->in)
        fclose(f->in);
    json_decref(f->all);
    f->in = f->all = NULL;
}

const struct weights_reader safetensors_file = {
    ".safetensors",   "tensors are named LAYER, LAYER.weight or LAYER.kernel",
    open_safetensors, find_safetensors,
    read_safetensors, close_safetensors};
