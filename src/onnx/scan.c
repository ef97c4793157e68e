/* scan.c - a message looked through before it is unpacked */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx/onnx_file.h"

enum { DEPTH_MAX = 24 }; /* a subgraph within a subgraph takes three */

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

static bool scan(const ProtobufCMessageDescriptor *kind, struct cursor c,
                 int depth, size_t *need)
{
    if (depth > DEPTH_MAX)
        return false;
    *need += kind->sizeof_message + 64;
    while (c.p < c.end) {
        uint64_t tag;
        struct cursor value;
        if (!take_varint(&c, &tag) || tag >> 3 == 0 || tag > UINT32_MAX ||
            !take_value(&c, tag & 7, &value))
            return false;
        const ProtobufCFieldDescriptor *f =
            protobuf_c_message_descriptor_get_field(kind, (unsigned)(tag >> 3));
        if (!f || f->type != PROTOBUF_C_TYPE_MESSAGE)
            *need += memory_of(f, tag & 7, &value);
        else if ((tag & 7) != BYTES ||
                 !scan(f->descriptor, value, depth + 1, need))
            return false;
        else
            *need += 96;
    }
    return true;
}

bool onnx_well_formed(const ProtobufCMessageDescriptor *kind,
                      const uint8_t *data, size_t size, size_t *need)
{
    *need = 0;
    return scan(kind, (struct cursor){data, data + size}, 0, need);
}
