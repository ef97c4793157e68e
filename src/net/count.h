/* count.h - exact counts that say so when they no longer fit */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NET_COUNT_H
#define NET_COUNT_H

#include <stdint.h>

/* largest channel count, height, width ...: 2^24 */
#define SIZE_LIMIT 16777216
#define TOO_MANY   (-1) /* a count beyond 2^63 - 1; it spreads like a NaN */

static inline int64_t count_mul(int64_t a, int64_t b)
{
    int64_t c;
    return a < 0 || b < 0 || __builtin_mul_overflow(a, b, &c) ? TOO_MANY : c;
}

static inline int64_t count_add(int64_t a, int64_t b)
{
    int64_t c;
    return a < 0 || b < 0 || __builtin_add_overflow(a, b, &c) ? TOO_MANY : c;
}

#endif
