/* mutate.c - ONNX files changed so that most of them stay well-formed */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A byte changed at random breaks the lengths around it and the file is refused
 * before a graph is seen. So fields are changed, removed, repeated, moved, and
 * the lengths written anew. What is no protobuf message is changed as bytes.
 */
#include "fuzz.h"
#include "onnx/onnx.pb-c.h"

#include <string.h>

enum { FIELDS_MOST = 512, SIZE_MOST = 1 << 16, DEPTH_MOST = 12 };

struct span {
    const uint8_t *p;
    size_t n;
};

/* One field: its bytes, its value without tag and length. */
struct part {
    struct span all, value;
    unsigned tag; /* with the wire type */
    const ProtobufCFieldDescriptor *is;
};

struct message {
    int n;
    struct part part[FIELDS_MOST];
};

static uint32_t state;

static unsigned below(unsigned n)
{
    state = state * 1664525u + 1013904223u; /* Numerical Recipes, ch. 7 */
    return n ? (state >> 8) % n : 0;
}

/* ---- taken apart ---- */

static int take(struct span *s, uint64_t *x)
{
    *x = 0;
    for (unsigned shift = 0; shift < 64 && s->n; shift += 7) {
        uint8_t byte = *s->p++;
        s->n--;
        *x |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return 0;
    }
    return -1;
}

static int take_part(const ProtobufCMessageDescriptor *kind, struct span *s,
                     struct part *f)
{
    uint64_t tag, n;
    f->all.p = s->p;
    if (take(s, &tag) || tag > UINT32_MAX)
        return -1;
    f->tag = (unsigned)tag;
    f->is = protobuf_c_message_descriptor_get_field(kind, f->tag >> 3);
    f->value.p = s->p;
    if ((tag & 7) == 2) {
        if (take(s, &n) || n > s->n)
            return -1;
        f->value.p = s->p;
    } else if ((tag & 7) == 0) {
        if (take(s, &n))
            return -1;
        n = 0;
    } else {
        n = (tag & 7) == 5 ? 4 : 8;
        if (n > s->n || (tag & 7) % 4 != 1)
            return -1;
    }
    s->p += n;
    s->n -= n;
    f->value.n = (size_t)(s->p - f->value.p);
    f->all.n = (size_t)(s->p - f->all.p);
    return 0;
}

/* 0 if it is a message. */
static int take_apart(const ProtobufCMessageDescriptor *kind, struct span s,
                      struct message *m)
{
    for (m->n = 0; s.n; m->n++)
        if (m->n == FIELDS_MOST || take_part(kind, &s, &m->part[m->n]))
            return -1;
    return 0;
}

static const ProtobufCMessageDescriptor *message_of(const struct part *f)
{
    return f->is && f->is->type == PROTOBUF_C_TYPE_MESSAGE && (f->tag & 7) == 2
               ? f->is->descriptor
               : NULL;
}

static int is_text(const struct part *f)
{
    return f->is && f->is->type == PROTOBUF_C_TYPE_STRING && (f->tag & 7) == 2;
}

/* ---- put together ---- */

struct out {
    uint8_t *p;
    size_t n, most;
};

static void put(struct out *out, const void *p, size_t n)
{
    n = n < out->most - out->n ? n : out->most - out->n;
    memcpy(out->p + out->n, p, n);
    out->n += n;
}

static void put_number(struct out *out, uint64_t x)
{
    for (; x > 127; x >>= 7)
        put(out, &(uint8_t){(uint8_t)(x | 128)}, 1);
    put(out, &(uint8_t){(uint8_t)x}, 1);
}

static void put_value(struct out *out, const struct part *f, const void *p,
                      size_t n)
{
    put_number(out, f->tag);
    if ((f->tag & 7) == 2)
        put_number(out, n);
    put(out, p, n);
}

/* ---- texts: names of values tie nodes together ---- */

/* One of all texts of a message, each as likely. */
static void any_text(const ProtobufCMessageDescriptor *kind, struct span s,
                     int depth, unsigned *seen, struct span *text)
{
    struct part f;
    while (s.n && !take_part(kind, &s, &f)) {
        if (is_text(&f) && below(++*seen) == 0)
            *text = f.value;
        if (message_of(&f) && depth < DEPTH_MOST)
            any_text(message_of(&f), f.value, depth + 1, seen, text);
    }
}

static size_t change_text(struct span file, const struct part *f, uint8_t *to)
{
    struct span text = f->value;
    unsigned seen = 0, how = below(3);
    if (how == 0) { /* a word of the dictionary */
        *to = 0;
        return LLVMFuzzerMutate(to, 0, 40);
    }
    if (how == 1)
        any_text(&onnx__model_proto__descriptor, file, 0, &seen, &text);
    size_t n = text.n < 256 ? text.n : 256;
    memcpy(to, text.p, n);
    return how == 1 ? n : LLVMFuzzerMutate(to, n, n + 20);
}

/* ---- numbers: of the width they have, or at an edge ---- */

static size_t change_number(uint8_t *to, size_t n)
{
    static const int64_t edges[] = {0,
                                    1,
                                    2,
                                    3,
                                    7,
                                    -1,
                                    -2,
                                    -4,
                                    INT32_MAX,
                                    INT32_MIN,
                                    INT64_C(1) << 38,
                                    INT64_MAX,
                                    INT64_MIN};
    struct out out = {to, 0, 10};
    if (below(2)) {
        put_number(&out, (uint64_t)edges[below(sizeof edges / sizeof *edges)]);
        return out.n;
    }
    LLVMFuzzerMutate(to, n, n);
    for (size_t i = 0; i < n; i++)
        to[i] = (uint8_t)(i + 1 < n ? to[i] | 128 : to[i] & 127);
    return n;
}

/* ---- one change ---- */

static size_t change(struct span file, const ProtobufCMessageDescriptor *kind,
                     struct span s, int depth, uint8_t *to, size_t most);

static size_t change_value(struct span file, const struct part *f, int depth,
                           uint8_t *to, size_t most)
{
    if (message_of(f) && depth < DEPTH_MOST)
        return change(file, message_of(f), f->value, depth + 1, to, most);
    if (is_text(f) && most > 300)
        return change_text(file, f, to);
    size_t n = f->value.n < most ? f->value.n : most;
    memcpy(to, f->value.p, n);
    if ((f->tag & 7) == 2)
        return LLVMFuzzerMutate(to, n, most);
    if ((f->tag & 7) == 0 && most > 10)
        return change_number(to, n);
    LLVMFuzzerMutate(to, n, n);
    return n;
}

/* The fields of m with number `at` changed, gone, twice, or with another. */
static size_t change_part(struct span file, const struct message *m, int at,
                          int depth, struct out *out)
{
    static uint8_t values[DEPTH_MOST + 2][SIZE_MOST];
    int how = (int)below(12), other = (int)below((unsigned)m->n);
    for (int i = 0; i < m->n; i++) {
        const struct part *f = &m->part[i];
        size_t left = out->most - out->n;
        if (i != at && !(how == 2 && i == other))
            put(out, f->all.p, f->all.n);
        else if (how == 2) { /* they change places */
            f = &m->part[i == at ? other : at];
            put(out, f->all.p, f->all.n);
        } else if (how > 0) {
            if (how == 1) /* as it was, too */
                put(out, f->all.p, f->all.n);
            size_t n = change_value(file, f, depth, values[depth],
                                    left < SIZE_MOST ? left : SIZE_MOST);
            put_value(out, f, values[depth], n);
        }
    }
    return out->n;
}

static size_t change(struct span file, const ProtobufCMessageDescriptor *kind,
                     struct span s, int depth, uint8_t *to, size_t most)
{
    static struct message messages[DEPTH_MOST + 2];
    struct message *m = &messages[depth];
    if (take_apart(kind, s, m) || m->n == 0) {
        size_t n = s.n < most ? s.n : most;
        memmove(to, s.p, n);
        return LLVMFuzzerMutate(to, n, most);
    }
    struct out out = {to, 0, most};
    return change_part(file, m, (int)below((unsigned)m->n), depth, &out);
}

/* ---- libFuzzer's entries ---- */

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most,
                               unsigned seed)
{
    static uint8_t file[SIZE_MOST], changed[SIZE_MOST];
    state = seed;
    if (below(10) == 0 || size > SIZE_MOST || most > SIZE_MOST)
        return LLVMFuzzerMutate(data, size, most);
    memcpy(file, data, size);
    struct span s = {file, size};
    size_t n = change(s, &onnx__model_proto__descriptor, s, 0, changed, most);
    memcpy(data, changed, n);
    return n;
}

/* The graph of one file, with a field of the other's added. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t na, const uint8_t *b,
                                 size_t nb, uint8_t *to, size_t most,
                                 unsigned seed)
{
    static struct message m, other;
    const ProtobufCMessageDescriptor *graph = &onnx__graph_proto__descriptor;
    state = seed;
    struct out out = {to, 0, most};
    const struct part *from = NULL;
    if (!take_apart(&onnx__model_proto__descriptor, (struct span){b, nb}, &m))
        for (int i = 0; i < m.n; i++)
            if (message_of(&m.part[i]) == graph &&
                !take_apart(graph, m.part[i].value, &other) && other.n)
                from = &other.part[below((unsigned)other.n)];
    if (!from ||
        take_apart(&onnx__model_proto__descriptor, (struct span){a, na}, &m))
        return 0;
    for (int i = 0; i < m.n; i++) {
        const struct part *f = &m.part[i];
        if (message_of(f) != graph) {
            put(&out, f->all.p, f->all.n);
            continue;
        }
        put_number(&out, f->tag);
        put_number(&out, f->value.n + from->all.n);
        put(&out, f->value.p, f->value.n);
        put(&out, from->all.p, from->all.n);
    }
    return out.n;
}
