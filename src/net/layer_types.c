/* layer_types.c - the table of layer types */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/types.h"
#include <string.h>

/* clang-format off */
const struct layer_type *const layer_types[] = {
    &type_conv, &type_dwconv, &type_deconv, &type_fc, &type_linear,
    &type_maxpool, &type_avgpool,
    &type_add, &type_mul, &type_act, &type_concat,
    &type_slice, &type_shuffle, &type_upsample, &type_sequence,
    &type_shortcut,
    &type_norm, &type_softmax, &type_matmul,
    &type_embedding, &type_position, &type_token,
    &type_lstm, &type_gru, &type_rnn, &type_recurrent, &type_gates,
    &type_operation, &type_reduce, &type_resize, &type_join,
    NULL
};
/* clang-format on */

const struct layer_type *layer_type_find(const char *name)
{
    for (int i = 0; layer_types[i]; i++)
        if (strcmp(layer_types[i]->name, name) == 0)
            return layer_types[i];
    return NULL;
}

const struct field *layer_type_field(const struct layer_type *type,
                                     const char *name)
{
    for (const struct field *f = type->fields; f->name; f++)
        if (strcmp(f->name, name) == 0)
            return f;
    return NULL;
}

const char *layer_type_name(const struct layer *layer)
{
    return layer->type->name;
}
