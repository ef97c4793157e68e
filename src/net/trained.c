/* trained.c - the trained weights of a layer, where a file has them */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/trained.h"
#include "onnx/tensor.h"

void trained_matrix(const struct layer *l, int group, float *out)
{
    const struct trained *w = l->trained;
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
