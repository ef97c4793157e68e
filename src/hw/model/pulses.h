/* pulses.h - pulses of an input that is fed as signed digits */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HW_MODEL_PULSES_H
#define HW_MODEL_PULSES_H

/* A pulse is positive, negative or none, so the sign takes no pulse of its
 * own: one pulse a bit of the magnitude, at least one. */
static inline int pulses_of(int input_bits)
{
    return input_bits > 1 ? input_bits - 1 : 1;
}

#endif
