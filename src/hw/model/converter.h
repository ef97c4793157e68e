/* converter.h - what the models of analog-to-digital converters share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HW_MODEL_CONVERTER_H
#define HW_MODEL_CONVERTER_H

#include "hw/model.h"

/* One way of a converter, made of transistors. */
struct converter {
    double area_m2, leakage_W;
    double energy_J; /* per conversion, without leakage */
    double cycle_s;  /* between two conversions, at its fastest */
    double delay_s;  /* from the sample to the code */
};

/* A block's area and leakage, n times. */
void converter_add(struct converter *c, const struct block *b, double n);

/*
 * -1 with the reason in why[size] if the supply does not leave transistors
 * enough overdrive to compare with, or cannot pass `reference_V`. Before
 * anything else: there is no gm then.
 */
int converter_supply(const struct technology *t, double reference_V, char *why,
                     int size);

/* -1 if `rate_Hz` (0: as fast as it can) is more than `ways` interleaved
 * converters can do; `limit` says in why[size] what a cycle is made of. */
int converter_rate(const struct converter *c, double rate_Hz, double ways,
                   const char *limit, char *why, int size);

/* Cost of `ways` in turn at rate_Hz, 0: as fast as they can. */
void converter_cost(const struct converter *c, double rate_Hz, double ways,
                    struct cost *out);

enum sar_scheme { SAR_CONVENTIONAL, SAR_MONOTONIC, SAR_VCM };

/*
 * Energy of both capacitor arrays for one conversion, mean over all codes, in
 * units of C_u Vref^2. Conventional: Ginsburg and Chandrakasan, ISCAS 2005.
 * Monotonic, sum 2^(b-2-i): Liu, Chang, Huang, Lin, JSSC 45(4), 2010. Vcm, sum
 * 2^(b-2-2i) (2^i - 1): Zhu et al., JSSC 45(6), 2010.
 */
double sar_switching(enum sar_scheme scheme, int bits);

#endif
