/* source.h - the text of a configuration file, cured of libconfig's traps */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CONF_SOURCE_H
#define CONF_SOURCE_H

#include "base/arena.h"
#include "base/msg.h"

/*
 * Reads a regular text file and makes it safe for libconfig 1.5, which wraps
 * integers beyond 32 bits in silence (they get their L here), reads 1e400 as
 * infinity (an error here) and ends the process when it is told to include a
 * directory (@include is an error here: files inherit with `base`). Returns
 * the text, from `a`, or NULL having reported.
 */
char *source_read(const char *path, struct arena *a, struct msgs *msgs);

/* The bytes of a regular text file as they are, NUL behind them; NULL having
 * reported. */
char *source_text(const char *path, struct arena *a, size_t *size,
                  struct msgs *msgs);

#endif
