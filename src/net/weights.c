/* weights.c - the trained weights of a layer, where a file has them */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/weights.h"
#include "onnx/tensor.h"

void weights_matrix(const struct layer *l, int group, float *out)
{
    const struct weights *w = l->weights;
    const double *scale =
        w->scale ? w->scale + (int64_t)group * l->columns : NULL;
    for (int r = 0; r < l->rows; r++)
        for (int c = 0; c < l->columns; c++) {
            int64_t i =
                group * w->group_step + r * w->row_step + c * w->column_step;
            double x = tensor_at(w->tensor, i) - w->zero;
            *out++ = (float)(scale ? x * scale[c] : x);
        }
}
