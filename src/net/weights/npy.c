/* npy.c - weights from numpy's files: one array a file */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Format: numpy 1.26, "A simple file format for NumPy arrays" (lib.format). */
#include "net/weights/weights_file.h"
#include <string.h>
#include <unistd.h>

enum { DIMENSIONS = 4, HEADER_MAX = 4096 };

/* What the header says. */
struct head {
    struct entry *e;
    const char *type; /* as written, for messages */
    int length;
    int seen; /* keys, a bit each */
};

/* ---- the header, a Python dictionary ---- */

static const char *skip(const char *s)
{
    return s + strspn(s, " ");
}

/* Past `word` and blanks, or NULL. */
static const char *expect(const char *s, const char *word)
{
    size_t n = strlen(word);
    return s && !strncmp(s, word, n) ? skip(s + n) : NULL;
}

static const char *read_type(const char *s, struct head *h)
{
    if (*s != '\'')
        return NULL;
    h->type = s + 1;
    h->length = (int)strcspn(s + 1, "'");
    return expect(s + 1 + h->length, "'");
}

/* "(3, 4)", "(3,)" */
static const char *read_shape(const char *s, struct head *h)
{
    struct tensor *t = &h->e->tensor;
    s = expect(s, "(");
    while (s && *s >= '0' && *s <= '9') {
        int64_t size = 0;
        for (; *s >= '0' && *s <= '9'; s++) {
            size = 10 * size + (*s - '0');
            if (size > INT32_MAX)
                return NULL;
        }
        if (t->rank == DIMENSIONS)
            return NULL;
        t->dim[t->rank++] = size;
        s = skip(s);
        if (*s == ',')
            s = skip(s + 1);
        else
            break;
    }
    return expect(s, ")");
}

static const char *read_value(const char *s, struct head *h, int key)
{
    if (key == 0)
        return read_type(s, h);
    if (key == 2)
        return read_shape(s, h);
    h->e->fortran = expect(s, "True") != NULL;
    return expect(s, h->e->fortran ? "True" : "False");
}

/* The three keys in any order, each once. -1: it is something else. */
static int read_dictionary(const char *s, struct head *h)
{
    static const char *const keys[] = {"'descr'", "'fortran_order'", "'shape'"};
    s = expect(skip(s), "{");
    while (s && *s == '\'') {
        int key = 0;
        while (key < 3 && !expect(s, keys[key]))
            key++;
        if (key == 3 || h->seen >> key & 1)
            return -1;
        h->seen |= 1 << key;
        s = expect(expect(s, keys[key]), ":");
        s = s ? read_value(s, h, key) : NULL;
        if (s && *s == ',')
            s = skip(s + 1);
    }
    s = expect(s, "}");
    return s && h->seen == 7 && !strcmp(s, "\n") ? 0 : -1;
}

static int use_type(const struct weights_file *f, const struct head *h)
{
    static const struct {
        const char *text;
        int type;
    } types[] = {{"<f4", ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT},
                 {"<f8", ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE},
                 {"<f2", ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16},
                 {"|i1", ONNX__TENSOR_PROTO__DATA_TYPE__INT8},
                 {"i1", ONNX__TENSOR_PROTO__DATA_TYPE__INT8}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (!strncmp(h->type, types[i].text, (size_t)h->length) &&
            !types[i].text[h->length])
            return tensor_of_type(&h->e->tensor, types[i].type);
    if (*h->type == '>' && h->length == 3)
        return weights_refuse(f, h->e->what,
                              "is big-endian; save a copy made by "
                              "astype('<%.2s')",
                              h->type + 1);
    return weights_refuse(f, h->e->what,
                          "holds numbers of type '%.*s'; wanted are float32 "
                          "('<f4'), float64, float16 or int8",
                          h->length < 20 ? h->length : 20, h->type);
}

/* Bytes of the header's text; -1 having reported. */
static int64_t head_length(const struct weights_file *f,
                           const struct npy_stream *s, struct entry *e)
{
    unsigned char b[12];
    if (s->get(s->from, b, 10) != 10 || memcmp(b, "\x93NUMPY", 6))
        return weights_refuse(f, e->what, "is no numpy file");
    if (b[6] < 1 || b[6] > 3 || b[7])
        return weights_refuse(
            f, e->what, "is of a version of the format that is not known");
    int64_t length = b[8] | b[9] << 8, fixed = 10;
    if (b[6] > 1) {
        if (s->get(s->from, b + 10, 2) != 2)
            return weights_refuse(f, e->what, "ends in its header");
        length |= (int64_t)b[10] << 16 | (int64_t)b[11] << 24;
        fixed = 12;
    }
    e->bytes = s->size - fixed - length;
    if (length > HEADER_MAX)
        return weights_refuse(f, e->what,
                              "has a header of more than 4096 bytes");
    return length;
}

int npy_head(const struct weights_file *f, const struct npy_stream *s,
             struct entry *e)
{
    static const char *const layouts[] = {"kn", "gkn", "ocyx", NULL};
    char text[HEADER_MAX + 1];
    struct head head = {.e = e};
    int64_t length = head_length(f, s, e);
    if (length < 0)
        return -1;
    if (e->bytes < 0 || s->get(s->from, text, (size_t)length) != (size_t)length)
        return weights_refuse(f, e->what, "ends in its header");
    text[length] = 0;
    if (strlen(text) != (size_t)length || read_dictionary(text, &head))
        return weights_refuse(f, e->what,
                              "has a header that is not understood");
    e->layouts = layouts;
    return use_type(f, &head);
}

/* ---- a folder of them ---- */

static size_t get_bytes(void *from, void *to, size_t n)
{
    return fread(to, 1, n, from);
}

static void close_npy(struct weights_file *f)
{
    if (f->in)
        fclose(f->in);
    f->in = NULL;
}

static int open_folder(struct weights_file *f)
{
    (void)f;
    return 0;
}

static int find_npy(struct weights_file *f, const char *name, struct entry *e)
{
    const char *path = arena_printf(f->env->arena, "%s/%s.npy", f->path, name);
    close_npy(f);
    if (access(path, F_OK))
        return 0;
    e->what = arena_printf(f->env->arena, "'%s'", path);
    if (weights_open(f, path))
        return -1;
    const struct npy_stream stream = {get_bytes, f->in, f->size};
    return npy_head(f, &stream, e) ? -1 : 1;
}

static int read_npy(struct weights_file *f, const struct entry *e, uint8_t *to)
{
    if (fread(to, 1, (size_t)e->bytes, f->in) != (size_t)e->bytes)
        return weights_refuse(f, e->what, "changes while it is read");
    return 0;
}

const struct weights_reader npy_folder = {
    "",       "files are named LAYER.npy", open_folder, find_npy, read_npy,
    close_npy};
