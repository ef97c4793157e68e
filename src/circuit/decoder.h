/* decoder.h - row selection: predecoder, a gate and a driver for each row */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CIRCUIT_DECODER_H
#define CIRCUIT_DECODER_H

#include "circuit/wire.h"

enum {
    DECODER_ROWS_MAX = 65536,
    DECODER_GROUPS_MAX = 6 /* of up to three address bits each */
};

/* Address bits that tell `rows` apart: 0 for one row. */
int decoder_bits(double rows);

/* The gates that decoders of a node are made of, of smallest width; for
 * whoever sizes many of them. */
struct decoder_parts {
    const struct technology *t;
    double fo4_s;
    struct block inverter;
    double inverter_ohm;  /* mean of both edges */
    struct block nand[4]; /* by inputs; 1: an inverter */
    /* of one row, for each number of groups that it ANDs */
    struct block row[DECODER_GROUPS_MAX + 1];
};

/* Of decoders of at most `most` rows. */
struct decoder_parts decoder_parts(const struct technology *t, double most);

/*
 * Row decoders since CACTI (Wilton and Jouppi, JSSC 31(5) 1996): the address
 * bits in groups of two and three, one line a group goes up; each line runs
 * along all rows, `pitch_m` apart, to the gates that it serves.
 * One action: a new address. Area: all its gates. rows 1 to DECODER_ROWS_MAX.
 */
struct block predecoder(const struct decoder_parts *p, double rows,
                        double pitch_m);

/* The same of rows, 2 rows, 4 rows ...: n of them. `rows`: a power of two
 * above 1. */
void predecoders(const struct decoder_parts *p, double rows, double pitch_m,
                 int n, struct block *out);

/* The gate of one row, that ANDs the predecoded lines. One action: a pulse. */
const struct block *row_gate(const struct decoder_parts *p, double rows);

/*
 * The chain behind it, that drives `wordline` to high_V; 0: the supply. What
 * is above the supply comes from a charge pump. drive_A: what the last stage
 * must deliver besides, 0: nothing. One action: a pulse.
 */
struct block wordline_drive(const struct decoder_parts *p, struct rc wordline,
                            double high_V, double drive_A);

/* All of it, for `rows` rows of which one is driven an action. */
struct block decoder(const struct technology *t, double rows, double pitch_m,
                     struct rc wordline, double high_V, double drive_A);

#endif
