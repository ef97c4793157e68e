/* trained.h - the trained weights of a layer, where a file has them */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NET_TRAINED_H
#define NET_TRAINED_H

#include "net/net.h"

struct tensor; /* onnx/tensor.h */

/* Weight (group, row, column) is number start + group * group_step + row *
 * row_step + column * column_step of the tensor, times scale[group * columns +
 * column]; whoever reads them checks for NaN and infinity. Where positions of a
 * window (`window` of them to an input channel) have a step of their own, row
 * stands for the channel, and position * window_step is added. */
struct trained {
    const struct tensor *tensor;
    int64_t start, group_step, row_step, column_step;
    int window; /* 0: none */
    int64_t window_step;
    const double *scale; /* normalisation folded in; NULL: none */
};

/* Writes the matrix of one group, rows x columns, row-major. */
void trained_matrix(const struct layer *l, int group, float *out);
/* All groups, one behind the other; memory from `a`. */
float *trained_weights(const struct layer *l, struct arena *a);
/* Whether the file has integers of 8 bits. */
bool trained_is_byte(const struct layer *l);
/* As trained_weights() of such: the integers less their zero point, without any
 * scale. */
float *trained_codes(const struct layer *l, struct arena *a);

#endif
