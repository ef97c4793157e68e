/* sampled.h - voltages that bitlines hand on: swing, steps, capacitor */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HW_MODEL_SAMPLED_H
#define HW_MODEL_SAMPLED_H

#include "hw/model.h"

struct sampled {
    struct circuit circuit;
    int bits;       /* 0: the levels of the array's bitlines */
    double swing_V; /* 0: half of the supply */
    double cap_F;   /* 0: as its thermal noise allows */
};

/* The rows of a table whose struct begins with a struct sampled. */
/* clang-format off */
#define SAMPLED_FIELDS                                                         \
    CIRCUIT_FIELDS,                                                            \
    {"bits", FIELD_COUNT, DIM_NONE, offsetof(struct sampled, bits), 0, 16,     \
     "0", NULL,                                                                \
     "resolution to which a sample is good; 0: the levels of a bitline"},      \
    {"swing", FIELD_QUANTITY, DIM_V, offsetof(struct sampled, swing_V), 0,     \
     10, "0 V", NULL, "full scale of a sample; 0: half of the supply"},        \
    {"capacitor", FIELD_QUANTITY, DIM_F, offsetof(struct sampled, cap_F), 0,   \
     1e-9, "0 F", NULL,                                                        \
     "that takes the sample; 0: noise no more than the quantization's"}
/* clang-format on */

/* -1 with the reason: neither bits nor an array that says its levels. */
int sampled_check(const struct sampled *p, const struct site *site, char *why,
                  int size);

/* Full scale of a sample, and the capacitor that takes it. */
double sampled_swing_V(const struct sampled *p, const struct site *site);
double sampled_cap_F(const struct sampled *p, const struct site *site);

/* Full scale over the error left in a settled sample: half a step. */
double sampled_settle(const struct sampled *p, const struct site *site);

#endif
