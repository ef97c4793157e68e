/* wired.h - what the models of interconnect share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HW_MODEL_WIRED_H
#define HW_MODEL_WIRED_H

#include "hw/model.h"

struct wired {
    struct circuit circuit;
    int wire;        /* enum wire_class */
    double slack;    /* delay over the least */
    double activity; /* full swings up and down per bit */
    double clock_Hz; /* 0: what the wires allow */
    double length_m; /* 0: from the site */
    int width;       /* bits in parallel */
};

extern const char *const wire_class_names[];

/* The rows of a table whose struct begins with a struct wired. Random bits
 * differ from the one before every other time, and two changes are one swing
 * up and down: 1/4. */
/* clang-format off */
#define WIRED_FIELDS(width_, length_text_)                                     \
    CIRCUIT_FIELDS,                                                            \
    {"width", FIELD_COUNT, DIM_NONE, offsetof(struct wired, width), 1, 8192,   \
     width_, NULL, "bits that it carries in parallel"},                        \
    {"wire", FIELD_CHOICE, DIM_NONE, offsetof(struct wired, wire), 0, 0,       \
     "semi_global", wire_class_names, "class of its wires"},                   \
    {"slack", FIELD_REAL, DIM_NONE, offsetof(struct wired, slack), 1, 4,       \
     "1.5", NULL,                                                              \
     "delay of its repeated wires over the least possible; more spends "       \
     "less energy"},                                                           \
    {"activity", FIELD_REAL, DIM_NONE, offsetof(struct wired, activity), 0,    \
     1, "0.25", NULL,                                                          \
     "swings up and down again per bit; 0.25: random bits"},                   \
    {"clock", FIELD_QUANTITY, DIM_HZ, offsetof(struct wired, clock_Hz), 0,     \
     100e9, "0 Hz", NULL, "of its transfers; 0: as fast as it can be"},        \
    {"length", FIELD_QUANTITY, DIM_M, offsetof(struct wired, length_m), 0,     \
     1, "0 m", NULL, length_text_}
/* clang-format on */

/* A bit's way: from the smallest logic through its own driver and repeated
 * wire to a receiver that drives load_F. With the silicon of drivers, repeaters
 * and receiver in *silicon_m2; the outline is that of the wire. */
struct block wired_path(const struct wired *p, const struct technology *t,
                        double length_m, double load_F, double *silicon_m2);

/* -1 with the reason if length_m is 0, or if one clock is shorter than
 * `needed_s`, which `what` takes. */
int wired_check(const struct wired *p, double length_m, double needed_s,
                const char *what, char *why, int size);

/* Time between two bits of one instance that moves so many each clock. */
double wired_time_s(const struct wired *p, double needed_s, double bits);

#endif
