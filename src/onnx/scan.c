/* scan.c - a message looked through before it is unpacked */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx/onnx_file.h"

#include <string.h>

enum {
    DEPTH_MAX = 24, /* a subgraph within a subgraph takes three */
    LENGTH = 5
}; /* bytes of a length up to 2^31 - 1 */

/* Wire types, protobuf encoding guide, "Message Structure". */
enum { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 };

struct cursor {
    const uint8_t *p, *end;
};

static bool take_varint(struct cursor *c, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 64 && c->p < c->end; shift += 7) {
        uint8_t byte = *c->p++;
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

/* The bytes of one field's value, without their length. */
static bool take_value(struct cursor *c, unsigned wire, struct cursor *value)
{
    uint64_t n = 0;
    value->p = c->p;
    if (wire == VARINT) {
        if (!take_varint(c, &n))
            return false;
        value->end = c->p;
        return true;
    }
    if (wire == BYTES) {
        if (!take_varint(c, &n))
            return false;
        value->p = c->p;
    } else if (wire == FIXED64 || wire == FIXED32)
        n = wire == FIXED64 ? 8 : 4;
    else
        return false;
    if (n > (uint64_t)(c->end - c->p))
        return false;
    c->p += n;
    value->end = c->p;
    return true;
}

/* What a value takes in memory: an element of up to 8 bytes for each byte on
 * the wire (packed numbers), and the pointers and headers around it. */
static size_t memory_of(const ProtobufCFieldDescriptor *f, unsigned wire,
                        const struct cursor *v)
{
    size_t n = (size_t)(v->end - v->p);
    bool text = !f || f->type == PROTOBUF_C_TYPE_STRING ||
                f->type == PROTOBUF_C_TYPE_BYTES;
    bool packed =
        !text && wire == BYTES && f->label == PROTOBUF_C_LABEL_REPEATED;
    bool fixed = packed && (f->type == PROTOBUF_C_TYPE_FLOAT ||
                            f->type == PROTOBUF_C_TYPE_DOUBLE);
    /* 96: the unpacker's note of a field, its own list element, rounding */
    return 96 + (packed && !fixed ? 8 * n : n);
}

static bool is_raw(const ProtobufCMessageDescriptor *kind,
                   const ProtobufCFieldDescriptor *f, unsigned wire)
{
    return wire == BYTES && f && kind == &onnx__tensor_proto__descriptor &&
           f->offset == offsetof(Onnx__TensorProto, raw_data);
}

static bool scan(const ProtobufCMessageDescriptor *kind, struct cursor c,
                 int depth, struct onnx_need *need)
{
    if (depth > DEPTH_MAX)
        return false;
    need->unpacked += kind->sizeof_message + 64;
    while (c.p < c.end) {
        const uint8_t *begin = c.p;
        uint64_t tag;
        struct cursor value;
        if (!take_varint(&c, &tag) || tag >> 3 == 0 || tag > UINT32_MAX ||
            !take_value(&c, tag & 7, &value))
            return false;
        const ProtobufCFieldDescriptor *f =
            protobuf_c_message_descriptor_get_field(kind, (unsigned)(tag >> 3));
        bool raw = is_raw(kind, f, tag & 7);
        if (f && f->type == PROTOBUF_C_TYPE_MESSAGE &&
            ((tag & 7) != BYTES ||
             !scan(f->descriptor, value, depth + 1, need)))
            return false;
        bool apart = raw || (f && f->type == PROTOBUF_C_TYPE_MESSAGE);
        need->bare += (size_t)((apart ? value.p : c.p) - begin) + LENGTH;
        need->unpacked += apart ? 96 : memory_of(f, tag & 7, &value);
        if (raw)
            need->bare += sizeof(struct raw_data);
    }
    return true;
}

bool onnx_well_formed(const ProtobufCMessageDescriptor *kind,
                      const uint8_t *data, size_t size, struct onnx_need *need)
{
    *need = (struct onnx_need){0, 0};
    return scan(kind, (struct cursor){data, data + size}, 0, need);
}

/* ---- raw data stay where they are ---- */

static uint8_t *put_bytes(uint8_t *out, const void *from, size_t n)
{
    memcpy(out, from, n);
    return out + n;
}

/* As many bytes whatever the number, so that it can be put in later. */
static void put_length(uint8_t *out, size_t n)
{
    for (int i = 0; i < LENGTH; i++, n >>= 7)
        out[i] = (uint8_t)((n & 0x7f) | (i + 1 < LENGTH ? 0x80 : 0));
}

static uint8_t *bare(const ProtobufCMessageDescriptor *kind, struct cursor c,
                     uint8_t *out)
{
    while (c.p < c.end) {
        const uint8_t *begin = c.p;
        uint64_t tag = 0;
        struct cursor v = c;
        take_varint(&c, &tag);
        size_t n = (size_t)(c.p - begin);
        take_value(&c, tag & 7, &v);
        const ProtobufCFieldDescriptor *f =
            protobuf_c_message_descriptor_get_field(kind, (unsigned)(tag >> 3));
        bool raw = is_raw(kind, f, tag & 7);
        if (!raw && (!f || f->type != PROTOBUF_C_TYPE_MESSAGE)) {
            out = put_bytes(out, begin, (size_t)(c.p - begin));
            continue;
        }
        struct raw_data where = {v.p, (size_t)(v.end - v.p)};
        uint8_t *length = put_bytes(out, begin, n);
        out = raw ? put_bytes(length + LENGTH, &where, sizeof where)
                  : bare(f->descriptor, v, length + LENGTH);
        put_length(length, (size_t)(out - length - LENGTH));
    }
    return out;
}

size_t onnx_bare(const ProtobufCMessageDescriptor *kind, const uint8_t *data,
                 size_t size, uint8_t *out)
{
    return (size_t)(bare(kind, (struct cursor){data, data + size}, out) - out);
}

static void follow(Onnx__TensorProto *t)
{
    struct raw_data where;
    if (!t->has_raw_data)
        return;
    memcpy(&where, t->raw_data.data, sizeof where);
    t->raw_data.len = where.n;
    memcpy(&t->raw_data.data, &where.data, sizeof where.data);
}

static void place_field(const ProtobufCFieldDescriptor *f, char *message)
{
    const char *many = message + f->quantifier_offset;
    void *at = message + f->offset;
    if (f->label == PROTOBUF_C_LABEL_REPEATED)
        for (size_t i = 0; i < *(const size_t *)(const void *)many; i++)
            onnx_place_raw((*(ProtobufCMessage ***)at)[i]);
    else if ((!(f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) ||
              *(const uint32_t *)(const void *)many == f->id) &&
             *(ProtobufCMessage **)at)
        onnx_place_raw(*(ProtobufCMessage **)at);
}

void onnx_place_raw(ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *kind = message->descriptor;
    if (kind == &onnx__tensor_proto__descriptor)
        follow((Onnx__TensorProto *)message);
    for (unsigned i = 0; i < kind->n_fields; i++)
        if (kind->fields[i].type == PROTOBUF_C_TYPE_MESSAGE)
            place_field(&kind->fields[i], (char *)message);
}
