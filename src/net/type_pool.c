/* type_pool.c - pooling */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/types.h"

/* clang-format off */
static const struct field pool_fields[] = {
    {"ceil", FIELD_FLAG, DIM_NONE, offsetof(struct args, ceil), 0, 1, "false",
     NULL, "whether a last, partial window counts"},
    {0}
};
/* clang-format on */

/* k x k values take k x k - 1 comparisons or additions; the division of an
 * average is a constant factor of the next layer's scale. */
static int pool(struct infer *x, enum work work)
{
    struct layer *l = x->l;
    if (infer_window(x))
        return -1;
    l->out.c = x->in->c;
    double window = (double)l->win.kh * l->win.kw;
    l->work[work] = (window - 1) * (double)shape_values(&l->out);
    return 0;
}

static int infer_maxpool(struct infer *x)
{
    return pool(x, WORK_COMPARE);
}

static int infer_avgpool(struct infer *x)
{
    return pool(x, WORK_ADD);
}

const struct layer_type type_maxpool = {.name = "maxpool",
                                        .text = "largest value of each window",
                                        .fields = pool_fields,
                                        .has_window = true,
                                        .in_min = 1,
                                        .in_max = 1,
                                        .infer = infer_maxpool};

const struct layer_type type_avgpool = {.name = "avgpool",
                                        .text = "mean value of each window",
                                        .fields = pool_fields,
                                        .has_window = true,
                                        .in_min = 1,
                                        .in_max = 1,
                                        .infer = infer_avgpool};
