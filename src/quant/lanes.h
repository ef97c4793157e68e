/* lanes.h - how loops over many weights are compiled */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef QUANT_LANES_H
#define QUANT_LANES_H

/*
 * WIDE: compiled twice, for any machine and for AVX2; the loader takes what the
 * processor has. Both do the same operations in the same order. What such a
 * function calls is compiled along with it only if it is INLINE.
 */
#ifdef HAVE_TARGET_CLONES
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif
#define INLINE static inline __attribute__((always_inline))

#endif
