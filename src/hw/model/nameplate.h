/* nameplate.h - a published row of a power and area table */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HW_MODEL_NAMEPLATE_H
#define HW_MODEL_NAMEPLATE_H

#include "hw/model.h"

struct nameplate {
    struct placed placed;
    double power_W, area_m2; /* of the whole row */
    double of;               /* instances that the row covers */
    double rate_Hz;          /* actions a second of one, at that power */
    double static_share;     /* of the power, drawn without any action */
};

/* The rows of a table whose struct begins with a struct nameplate. */
#define NAMEPLATE_FIELDS                                                       \
    {"power", FIELD_QUANTITY, DIM_W, offsetof(struct nameplate, power_W), 0,   \
     1e6, NULL, NULL, "power of the published row, all its instances busy"},   \
    {"area", FIELD_QUANTITY, DIM_M2, offsetof(struct nameplate, area_m2), 0,   \
     1, NULL, NULL, "area of the published row, all its instances"},           \
    {"of", FIELD_REAL, DIM_NONE, offsetof(struct nameplate, of), 1e-3, 1e12,   \
     "1", NULL, "instances that the published row covers"},                    \
    {"rate", FIELD_QUANTITY, DIM_HZ, offsetof(struct nameplate, rate_Hz), 1,   \
     1e15, NULL, NULL, "actions a second of one instance at that power"},      \
    {"static_share", FIELD_REAL, DIM_NONE,                                     \
     offsetof(struct nameplate, static_share), 0, 1, NULL, NULL,               \
     "share of the power that is drawn without any action"}

/* E = (1 - s) P / (n f), static power s P / n, area A / n. */
void nameplate_eval(const struct nameplate *p, struct cost *out);

#endif
