/* trained.c - the trained weights of a layer, where a file has them */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/trained.h"
#include "onnx/tensor.h"
#include <float.h>
#include <math.h>
#include <string.h>

static float as_float(double x)
{
    return isfinite(x) && fabs(x) <= (double)FLT_MAX ? (float)x : INFINITY;
}

enum { STRIP = 16 }; /* floats of a cache line */

/* Numbers of a tensor that follow one another, and where they go to. */
struct strip {
    int64_t from, step;
    int n;
    bool as_is; /* floats, which no operation must touch: they may be NaN */
    const double *scale;
    int scale_step;
    float *to;
    size_t to_step;
};

static void copy_strip(const struct trained *w, const struct strip *s)
{
    const uint8_t *from = w->tensor->data + s->from * w->tensor->width;
    double x[STRIP];
    if (s->as_is) {
        for (int i = 0; i < s->n; i++, from += s->step * w->tensor->width)
            memcpy(&s->to[(size_t)i * s->to_step], from, sizeof *s->to);
        return;
    }
    tensor_strip(w->tensor, s->from, s->step, s->n, x);
    for (int i = 0; i < s->n; i++)
        s->to[(size_t)i * s->to_step] =
            as_float(x[i] * s->scale[i * s->scale_step]);
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Strips lie along rows or columns, whatever is closer in the tensor. */
void trained_matrix(const struct layer *l, int group, float *out)
{
    static const double one = 1;
    const struct trained *w = l->trained;
    int window = w->window ? w->window : 1;
    bool along = window > 1 || w->column_step < w->row_step;
    bool as_is = !w->scale && tensor_is_float(w->tensor);
    int down = along ? 1 : STRIP, right = along ? STRIP : 1;
    for (int r = 0; r < l->rows; r += down)
        for (int c = 0; c < l->columns; c += right) {
            struct strip s = {
                .from = w->start + group * w->group_step +
                        r / window * w->row_step + r % window * w->window_step +
                        c * w->column_step,
                .step = along ? w->column_step : w->row_step,
                .n = least(STRIP, along ? l->columns - c : l->rows - r),
                .as_is = as_is,
                .scale = &one,
                .to = out + (size_t)r * (size_t)l->columns + c,
                .to_step = along ? 1 : (size_t)l->columns};
            if (w->scale) {
                s.scale = w->scale + (int64_t)group * l->columns + c;
                s.scale_step = along;
            }
            copy_strip(w, &s);
        }
}

float *trained_weights(const struct layer *l, struct arena *a)
{
    size_t one = (size_t)l->rows * (size_t)l->columns;
    float *w = arena_array(a, one * (size_t)l->groups, sizeof *w);
    for (int g = 0; g < l->groups; g++)
        trained_matrix(l, g, w + one * (size_t)g);
    return w;
}

bool trained_is_byte(const struct layer *l)
{
    return l->trained && tensor_is_byte(l->trained->tensor);
}

float *trained_codes(const struct layer *l, struct arena *a)
{
    struct tensor codes = *l->trained->tensor;
    struct trained plain = *l->trained;
    struct layer copy = *l;
    double *ones = arena_array(a, (size_t)codes.n_scale, sizeof *ones);
    for (int64_t i = 0; i < codes.n_scale; i++)
        ones[i] = 1;
    codes.scale = codes.scale ? ones : NULL;
    plain.tensor = &codes;
    plain.scale = NULL;
    copy.trained = &plain;
    return trained_weights(&copy, a);
}
