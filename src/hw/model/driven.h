/* driven.h - what the models of wordline drivers share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HW_MODEL_DRIVEN_H
#define HW_MODEL_DRIVEN_H

#include "circuit/line_driver.h"
#include "hw/model.h"

struct driven {
    struct circuit circuit;
    double load_F;   /* 0: the wordline of the chip's array */
    double drop;     /* of the read voltage, with all cells on */
    int write_cells; /* programmed at once through one driver */
};

/* The rows of a table whose struct begins with a struct driven. */
/* clang-format off */
#define DRIVEN_FIELDS                                                          \
    CIRCUIT_FIELDS,                                                            \
    {"load", FIELD_QUANTITY, DIM_F, offsetof(struct driven, load_F), 0,        \
     1e-9, "0 F", NULL,                                                        \
     "capacitance that it drives; 0: the wordline of the array"},              \
    {"drop", FIELD_REAL, DIM_NONE, offsetof(struct driven, drop), 1e-3, 1,     \
     "0.1", NULL,                                                              \
     "share of the voltage lost in it while all its cells conduct"},           \
    {"write_cells", FIELD_COUNT, DIM_NONE,                                     \
     offsetof(struct driven, write_cells), 1, 65536, "1", NULL,                \
     "cells whose writing current passes it at once"}
/* clang-format on */

/* -1 with the reason: there is neither an array that describes its wordlines
 * nor a load. */
int driven_check(const struct driven *p, const struct site *site, char *why,
                 int size);

struct driven_line driven_line_of(const struct driven *p,
                                  const struct site *site);

/* What the driver itself draws for a line that no array accounts for. */
double driven_load_J(const struct driven *p, const struct site *site);

/*
 * A decoder that selects one of `rows` outputs with load_F on each. With one
 * address bit more a predecoder may split into more groups, whose lines each
 * serve fewer rows: some percent less energy and leakage than just before.
 * Here more rows cost no less than the power of two below them.
 */
struct block select_one(const struct technology *t, double rows, double pitch_m,
                        double load_F);

/* Area, leakage, energy of an action, delay; an action takes the delay. */
void cost_of_block(const struct block *b, struct cost *out);

#endif
