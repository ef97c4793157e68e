/* macro.h - what the models of memory macros share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HW_MODEL_MACRO_H
#define HW_MODEL_MACRO_H

#include "circuit/memory.h"
#include "hw/model.h"

struct macro {
    struct circuit circuit;
    double capacity_bit; /* of all banks; 0: the tile's buffer */
    int width;           /* bits of a word */
    int check_bits;      /* of a word, beside them */
    int banks;
    int target, routing, wires;
    double slack, activity, swing_V;
    /* of a bank, 0: searched */
    int rows, columns, mux, active;
};

extern const char *const macro_wires[]; /* names of enum wire_class */

/* The rows of a table whose struct begins with a struct macro. */
/* clang-format off */
#define MACRO_FIELDS                                                           \
    CIRCUIT_FIELDS,                                                            \
    {"capacity", FIELD_QUANTITY, DIM_BIT,                                      \
     offsetof(struct macro, capacity_bit), 0, 1e12, "0 bit", NULL,             \
     "of all banks; 0: the buffer of the tile"},                               \
    {"width", FIELD_COUNT, DIM_NONE, offsetof(struct macro, width), 1, 4096,   \
     "256", NULL, "bits that one access reads or writes"},                     \
    {"check_bits", FIELD_COUNT, DIM_NONE,                                      \
     offsetof(struct macro, check_bits), 0, 1024, "0", NULL,                   \
     "bits of a word beside its width, for error correction"},                 \
    {"banks", FIELD_COUNT, DIM_NONE, offsetof(struct macro, banks), 1, 1024,   \
     "1", NULL, "banks that work independently"},                              \
    {"target", FIELD_CHOICE, DIM_NONE, offsetof(struct macro, target), 0, 0,   \
     "energy_delay2", memory_targets,                                          \
     "what the organisation of a bank is searched for"},                       \
    {"routing", FIELD_CHOICE, DIM_NONE, offsetof(struct macro, routing), 0,    \
     0, "repeated", memory_routings,                                           \
     "wires between subarrays: repeated, in channels of their own, or "        \
     "bare, above the cells"},                                                 \
    {"wires", FIELD_CHOICE, DIM_NONE, offsetof(struct macro, wires), 0, 0,     \
     "semi_global", macro_wires, "class of these wires"},                      \
    {"slack", FIELD_REAL, DIM_NONE, offsetof(struct macro, slack), 1, 10,      \
     "1.3", NULL, "delay of repeated wires over the least possible"},          \
    {"activity", FIELD_REAL, DIM_NONE, offsetof(struct macro, activity), 0,    \
     1, "0.5", NULL,                                                           \
     "data wires that go up and down in an access; 0.5: random bits that "     \
     "return to zero"},                                                        \
    {"swing", FIELD_QUANTITY, DIM_V, offsetof(struct macro, swing_V), 0.01,    \
     0.5, "100 mV", NULL,                                                      \
     "difference that a voltage sense amplifier is given"},                    \
    {"rows", FIELD_COUNT, DIM_NONE, offsetof(struct macro, rows), 0, 65536,    \
     "0", NULL, "rows of a subarray; 0: searched"},                            \
    {"columns", FIELD_COUNT, DIM_NONE, offsetof(struct macro, columns), 0,     \
     65536, "0", NULL, "columns of a subarray; 0: searched"},                  \
    {"mux", FIELD_COUNT, DIM_NONE, offsetof(struct macro, mux), 0, 1024,       \
     "0", NULL, "columns behind one bit of the port; 0: searched"},            \
    {"active", FIELD_COUNT, DIM_NONE, offsetof(struct macro, active), 0,       \
     4096, "0", NULL, "subarrays that one access uses; 0: searched"}
/* clang-format on */

struct memory_spec macro_spec(const struct macro *p, const struct site *site);

/* -1 with the reason: no capacity, or no organisation holds and reads it. */
int macro_check(const struct macro *p, const struct site *site,
                const struct memory_cell *cell, const struct memory_spec *spec,
                char *why, int size);

/* Of the best organisation. An action is a bit. */
void macro_cost(const struct macro *p, const struct site *site,
                const struct memory_cell *cell, const struct memory_spec *spec,
                struct cost *out);

#endif
