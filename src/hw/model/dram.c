/* dram.c - an off-chip memory: energy of its steps, rate of its rows and pins
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model.h"

#include <math.h>
#include <stdio.h>

struct dram {
    struct placed placed;
    double io_J, read_J, write_J; /* a bit */
    double activate_J;            /* a row, opened and closed */
    double row_bits, burst_bits;
    double row_hit;
    double bandwidth_bit_s;
    double row_cycle_s; /* of one bank */
    int banks;
    double background_W, refresh_W, area_m2;
};

/* Counted: rows opened for each bit that moves. 1 - row_hit of the bursts open
 * one; a row that is read to its end is opened once. */
static double rows_per_bit(const struct dram *p)
{
    return fmax((1 - p->row_hit) / p->burst_bits, 1 / p->row_bits);
}

/* The pins or the banks, which open rows side by side, whichever is slower. */
static double time_s(const struct dram *p)
{
    return fmax(1 / p->bandwidth_bit_s,
                rows_per_bit(p) * p->row_cycle_s / p->banks);
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    (void)site;
    const struct dram *p = params;
    double open_J = p->activate_J * rows_per_bit(p);

    *out = (struct cost){
        .area_m2 = p->area_m2,
        .static_W = p->background_W + p->refresh_W,
        .energy_J = {[ACTION_FIRST] = p->io_J + p->read_J + open_J,
                     [ACTION_WRITE] = p->io_J + p->write_J + open_J},
        .time_s = {[ACTION_FIRST] = time_s(p), [ACTION_WRITE] = time_s(p)},
    };
    cost_set_peak(out);
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    (void)site;
    const struct dram *p = params;
    if (p->burst_bits <= p->row_bits)
        return 0;
    snprintf(why, (size_t)size,
             "a burst of %g bits is more than a row: at most %g bits",
             p->burst_bits, p->row_bits);
    return -1;
}

static const struct field fields[] = {
    PLACED_FIELDS,
    {"io", FIELD_QUANTITY, DIM_J, offsetof(struct dram, io_J), 0, 1e-9, "0 pJ",
     NULL, "per bit over the pins"},
    {"read", FIELD_QUANTITY, DIM_J, offsetof(struct dram, read_J), 0, 1e-9,
     NULL, NULL, "per bit from an open row to the pins"},
    {"write", FIELD_QUANTITY, DIM_J, offsetof(struct dram, write_J), 0, 1e-9,
     NULL, NULL, "per bit from the pins to an open row"},
    {"activate", FIELD_QUANTITY, DIM_J, offsetof(struct dram, activate_J), 0,
     1e-6, "0 pJ", NULL, "to open and close one row"},
    {"row", FIELD_QUANTITY, DIM_BIT, offsetof(struct dram, row_bits), 8, 1e9,
     "2 KB", NULL, "bits of one row"},
    {"burst", FIELD_QUANTITY, DIM_BIT, offsetof(struct dram, burst_bits), 1,
     1e6, "64 B", NULL, "bits of one access"},
    {"row_hit", FIELD_REAL, DIM_NONE, offsetof(struct dram, row_hit), 0, 1,
     "0.5", NULL, "share of the accesses that find their row open"},
    {"bandwidth", FIELD_QUANTITY, DIM_BIT_S,
     offsetof(struct dram, bandwidth_bit_s), 1e3, 1e15, NULL, NULL,
     "of the pins"},
    {"row_cycle", FIELD_QUANTITY, DIM_S, offsetof(struct dram, row_cycle_s), 0,
     1e-3, "0 s", NULL, "between two rows of one bank; 0: never the limit"},
    {"banks", FIELD_COUNT, DIM_NONE, offsetof(struct dram, banks), 1, 65536,
     "8", NULL, "that open rows side by side"},
    {"background", FIELD_QUANTITY, DIM_W, offsetof(struct dram, background_W),
     0, 1e3, "0 W", NULL, "without any access, refresh aside"},
    {"refresh", FIELD_QUANTITY, DIM_W, offsetof(struct dram, refresh_W), 0, 1e3,
     "0 W", NULL, "mean power of refreshing"},
    {"area", FIELD_QUANTITY, DIM_M2, offsetof(struct dram, area_m2), 0, 1,
     "0 mm2", NULL, "counted with the chip; 0: it stands beside it"},
    {0}};

const struct model model_dram = {
    .name = "dram",
    .text = "an off-chip memory: pins, rows and refresh",
    .source = "Vogelsang, MICRO 2010; O'Connor et al., MICRO 2017",
    .fields = fields,
    .params_size = sizeof(struct dram),
    .check = check,
    .eval = eval,
    .formula = "io + read + activate max((1 - row_hit) / burst, 1 / row)",
};
