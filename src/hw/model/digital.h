/* digital.h - what the models of clocked logic share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HW_MODEL_DIGITAL_H
#define HW_MODEL_DIGITAL_H

#include "circuit/logic.h"
#include "hw/model.h"

/* The head of their parameters. */
struct digital {
    struct circuit circuit;
    double clock_Hz; /* 0: as fast as its critical path */
    double activity;
};

/* With the default of its activity, as text. */
/* clang-format off */
#define DIGITAL_FIELDS(activity_default)                                       \
    CIRCUIT_FIELDS,                                                            \
    {"clock", FIELD_QUANTITY, DIM_HZ, offsetof(struct digital, clock_Hz), 0,   \
     1e12, "0 Hz", NULL,                                                       \
     "steps a second; 0: as many as its critical path allows"},                \
    {"activity", FIELD_REAL, DIM_NONE, offsetof(struct digital, activity),     \
     0, 1, activity_default, NULL,                                             \
     "share of bits that change from one operation to the next"}
/* clang-format on */

/* The period: 1 / clock, or the critical path where no clock is given. */
double digital_period_s(const struct digital *p, double path_s);

/* -1 with the limit in why if the clock is faster than path_s allows. */
int digital_check(const struct digital *p, double path_s, char *why, int size);

/* A part that does one action a period. */
void digital_cost(const struct digital *p, const struct block *b,
                  struct cost *out);

/* Of a part that does n actions in a period: energy and time of one. */
void digital_share(double n, struct cost *out);

#endif
