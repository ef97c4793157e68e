/* onnx_file.h - an ONNX file in memory, and what is wrong with it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ONNX_ONNX_FILE_H
#define ONNX_ONNX_FILE_H

#include "conf/conf.h"
#include "onnx/onnx.pb-c.h"

/*
 * Reads an ONNX file. Its size, its nesting and the memory that it unpacks to
 * are checked before anything is unpacked, so that a hostile file costs no more
 * than a large one. Memory from env->arena. Returns the model, which has a
 * graph, or NULL having reported.
 */
const Onnx__ModelProto *onnx_read(const struct conf_env *env, const char *path);

/* Bytes, at most. */
struct onnx_need {
    size_t unpacked; /* in memory, without raw data of tensors */
    size_t bare;     /* of onnx_bare() */
};

/* Whether the size bytes are a well-formed message of this kind, nested no
 * deeper than a real model. */
bool onnx_well_formed(const ProtobufCMessageDescriptor *kind,
                      const uint8_t *data, size_t size,
                      struct onnx_need *need);

/*
 * Copies a well-formed message, but of raw data of tensors, which are nearly
 * all of a model, only where they are: struct raw_data in their place, which
 * onnx_place_raw() follows once all is unpacked. `data` must live on. Returns
 * the bytes of the copy.
 */
struct raw_data {
    const uint8_t *data;
    size_t n;
};
size_t onnx_bare(const ProtobufCMessageDescriptor *kind, const uint8_t *data,
                 size_t size, uint8_t *out);
void onnx_place_raw(ProtobufCMessage *message);

/*
 * Bytes of a file in the arena: `length` of them from `offset` on, or, if
 * length is -1, all from there. NULL having reported. *size: how many; fewer
 * than wanted are an error.
 */
uint8_t *onnx_read_bytes(const struct conf_env *env, const char *path,
                         int64_t offset, int64_t length, size_t *size);

#endif
