/* suggest.h - the nearest known name for a misspelt one */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

/*
 * The name among known[0..n-1] nearest to `word` (Damerau-Levenshtein, not
 * counting case), or NULL when none is within a third of its length plus 1.
 */
const char *suggest(const char *word, const char *const *known, int n);

#endif
