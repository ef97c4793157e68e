/* type_embedding.c - parameters that are looked up, not multiplied */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/types.h"

/* clang-format off */
static const struct field embedding_fields[] = {
    {"entries", FIELD_COUNT, DIM_NONE, offsetof(struct args, count), 1,
     SIZE_LIMIT, NULL, NULL, "rows of the table: the vocabulary"},
    {"out", FIELD_COUNT, DIM_NONE, offsetof(struct args, out), 1, SIZE_LIMIT,
     NULL, NULL, "features of an entry"},
    {0}
};

static const struct field position_fields[] = {
    {"entries", FIELD_COUNT, DIM_NONE, offsetof(struct args, count), 0,
     SIZE_LIMIT, "0", NULL, "positions in the table, 0: as many as the input"},
    {0}
};

static const struct field token_fields[] = {
    {"count", FIELD_COUNT, DIM_NONE, offsetof(struct args, count), 1,
     SIZE_LIMIT, "1", NULL, "learned positions put in front"},
    {0}
};
/* clang-format on */

static int infer_embedding(struct infer *x)
{
    struct layer *l = x->l;
    if (x->in->c != 1 || x->in->w != 1)
        return infer_error(x,
                           "the input must be one index a position, 1 x "
                           "length x 1, not %d x %d x %d",
                           x->in->c, x->in->h, x->in->w);
    l->out = (struct shape){x->arg->out, x->in->h, 1};
    l->lead = lead_element(x->in);
    l->params = count_mul(x->arg->count, x->arg->out);
    l->fetched = shape_values(&l->out);
    return 0;
}

static int infer_position(struct infer *x)
{
    struct layer *l = x->l;
    int64_t entries = x->arg->count, positions = shape_positions(x->in);
    if (entries == 0)
        entries = positions;
    if (entries < positions)
        return infer_error(x, "%lld entries for %lld positions",
                           (long long)entries, (long long)positions);
    l->out = *x->in;
    l->lead = lead_element(x->in);
    l->params = count_mul(entries, l->out.c);
    l->work[WORK_ADD] = (double)shape_values(&l->out);
    l->fetched = shape_values(&l->out);
    return 0;
}

static int infer_token(struct infer *x)
{
    struct layer *l = x->l;
    if (x->in->w != 1)
        return infer_error(x, "the input must be a sequence (width 1)");
    l->out = *x->in;
    l->out.h += x->arg->count;
    l->lead = lead_element(x->in);
    l->params = count_mul(x->arg->count, l->out.c);
    l->fetched = l->params;
    return 0;
}

const struct layer_type type_embedding = {
    .name = "embedding",
    .text = "table of vectors, looked up by index",
    .fields = embedding_fields,
    .in_min = 1,
    .in_max = 1,
    .infer = infer_embedding};

const struct layer_type type_position = {
    .name = "position",
    .text = "adds a learned vector to each position",
    .fields = position_fields,
    .in_min = 1,
    .in_max = 1,
    .infer = infer_position};

const struct layer_type type_token = {
    .name = "token",
    .text = "puts learned positions in front of a sequence",
    .fields = token_fields,
    .in_min = 1,
    .in_max = 1,
    .infer = infer_token};
