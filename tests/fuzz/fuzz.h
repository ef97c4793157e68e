/* fuzz.h - any bytes as a file that the program reads */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Loads the network, counts its weights; the path's ending says what it is.
 * -1: it is of no format that is fuzzed. */
int fuzz_file(const char *path, const uint8_t *data, size_t size);

/* libFuzzer calls these, but for LLVMFuzzerMutate, which is its own. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most,
                               unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t na, const uint8_t *b,
                                 size_t nb, uint8_t *to, size_t most,
                                 unsigned seed);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

#endif
