/* recurrent.h - recurrent layers, unrolled to their weight matrices */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NET_RECURRENT_H
#define NET_RECURRENT_H

#include "net/expand.h"

enum cell {
    CELL_LSTM,
    CELL_LSTM_PEEPHOLE, /* gates see the state as well */
    CELL_GRU,           /* reset after the recurrent product */
    CELL_GRU_BEFORE,    /* reset before it */
    CELL_RNN
};

enum direction { FORWARD, REVERSE, BOTH };

/* Layers of one direction; n is -1 but for CELL_GRU_BEFORE. */
struct recurrence {
    int x, h, n, gates;
};

/*
 * Adds name.x (K = features), name.h (K = outputs of the step before),
 * name.gates, and with a projection name.p; of BOTH name.forward... and
 * name.reverse..., and name.both, their channels one after another. `scope` is
 * that of these names; inputs of x are seen as the item says. Returns the last
 * layer, FROM_UNKNOWN having reported. made[]: forward first.
 */
int expand_recurrence(struct build *b, const struct item *item,
                      const struct scope *scope, const struct args *arg,
                      int producer, struct recurrence made[2]);

/* How many gates the weights of an enum cell have: 4, 3 or 1. */
int cell_gates(int cell);

#endif
