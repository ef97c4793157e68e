/* random.h - random numbers that are the same on every machine */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef UNIT_RANDOM_H
#define UNIT_RANDOM_H

#include <stdint.h>

static uint64_t seed;

/* splitmix64: G. Steele et al., Fast Splittable Pseudorandom Number
 * Generators, OOPSLA 2014 */
static uint64_t next_random(void)
{
    uint64_t z = (seed += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

__attribute__((unused)) static double uniform(double min, double max)
{
    return min + (max - min) * ((double)(next_random() >> 11) * 0x1p-53);
}

#endif
