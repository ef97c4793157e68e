/* types.h - the layer types, one object each */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NET_TYPES_H
#define NET_TYPES_H

#include "net/layer_types.h"

/* clang-format off */
extern const struct layer_type
    type_conv, type_dwconv, type_deconv,                /* type_conv.c */
    type_fc, type_linear, type_recurrent,               /* type_fc.c */
    type_maxpool, type_avgpool,                         /* type_pool.c */
    type_add, type_mul, type_act, type_concat,          /* type_element.c */
    type_slice, type_shuffle, type_upsample, type_sequence,
    type_shortcut,                                      /* type_move.c */
    type_norm, type_softmax, type_matmul,               /* type_attention.c */
    type_embedding, type_position, type_token,          /* type_embedding.c */
    type_operation, type_reduce, type_resize,
    type_join,                                          /* type_given.c */
    type_lstm, type_gru, type_rnn, type_gates;          /* type_lstm.c */
/* clang-format on */

#endif
