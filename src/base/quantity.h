/* quantity.h - quantities as text, "0.6 pJ", to SI and back */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_QUANTITY_H
#define BASE_QUANTITY_H

enum dim {
    DIM_NONE, DIM_J, DIM_S, DIM_HZ, DIM_W, DIM_A, DIM_V, DIM_OHM, DIM_F,
    DIM_M, DIM_M2, DIM_K, DIM_BIT, DIM_BIT_S, DIM_F_M, DIM_F_M2, DIM_A_M,
    DIM_OHM_M, /* resistivity, not ohm per metre */
    DIM_N      /* number of them */
};

const char *dim_unit(enum dim dim);    /* SI unit: "J", "s", "m^2", "" */
const char *dim_example(enum dim dim); /* "1.5 pJ", for messages */

/*
 * A number and nothing after it but white space: *value, 0. Refuses NaN,
 * infinity, hexadecimal and what does not fit a double (-1). Whoever calls
 * these has the C locale in force (ivq.h does it at every entry).
 */
int number_parse(const char *text, double *value);

/*
 * "0.6 pJ" with the dimension of a joule -> 6e-13. The decimal exponent of
 * the prefix is put into the text before one conversion, so that the result
 * is the double nearest to the decimal value. Areas: um2, mm2, cm2, m2.
 * Capacities: bit, kbit, B, KB (1024 B), MB (1024 KB). Rates: bit/s, GB/s
 * (10^9 B/s). Returns 0, or -1 with one clause in why[size].
 */
int quantity_parse(const char *text, enum dim dim, double *si, char *why,
                   int size);

/* For people: "1.23 mJ", three or four significant digits, engineering
 * prefix. Returns out. */
char *quantity_format(char *out, int size, double si, enum dim dim);

/* For machines: the shortest decimal text that reads back as the same
 * double. Returns out. */
char *number_format(char *out, int size, double value);

#endif
