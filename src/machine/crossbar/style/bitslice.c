/* bitslice.c - ISAAC's mapping: fixed point in adjacent columns */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/fixed.h"

const struct map_style style_bitslice = {
    .name = "bitslice",
    .text = "every weight as fixed point in adjacent columns",
    .source = "Shafiee 2016, ISAAC, ISCA",
    .check = fixed_check,
    .map = fixed_map,
    .map_exact = fixed_map_exact,
};
