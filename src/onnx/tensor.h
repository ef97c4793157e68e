/* tensor.h - the numbers of an ONNX tensor, whatever way they are stored */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ONNX_TENSOR_H
#define ONNX_TENSOR_H

#include "onnx/onnx_file.h"

enum { RANK_MAX = 8 };

/* Read from the file's own bytes; nothing is copied. */
struct tensor {
    const char *name;
    int rank;
    int64_t dim[RANK_MAX];
    int64_t n;           /* elements */
    bool whole;          /* integers */
    int width;           /* bytes from one to the next */
    double (*get)(const void *at);
    const uint8_t *data; /* n x width bytes */
    /* Of integers, what they stand for: (x - zero[k]) scale[k], number i having
     * k = i / inner % n_scale. NULL: themselves. */
    const double *scale, *zero;
    int64_t inner, n_scale;
};

/*
 * Checks a tensor against its shape and finds its numbers, if need be in a file
 * beside the model at `path`. Returns 0, or -1 having reported.
 */
int tensor_open(const struct conf_env *env, const char *path,
                const Onnx__TensorProto *proto, struct tensor *t);

/* How numbers of a type (ONNX's data types) are read from bytes. -1: it is no
 * type of numbers. */
int tensor_of_type(struct tensor *t, int type);

static inline double tensor_at(const struct tensor *t, int64_t i)
{
    double x = t->get(t->data + i * t->width);
    if (!t->scale)
        return x;
    int64_t k = i / t->inner % t->n_scale;
    return (x - (t->zero ? t->zero[k] : 0)) * t->scale[k];
}

/* Numbers first, first + step .. of a tensor, n of them. */
void tensor_strip(const struct tensor *t, int64_t first, int64_t step, int n,
                  double *out);
/* Whether its bytes are floats, NaNs of all kinds among them; integers of 8
 * bits. */
bool tensor_is_float(const struct tensor *t);
bool tensor_is_byte(const struct tensor *t);

#endif
