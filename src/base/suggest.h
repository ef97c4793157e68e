/* suggest.h - the nearest known name for a misspelt one */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

/*
 * The name among known[0..n-1] nearest to `word` (Damerau-Levenshtein, not
 * counting case), or NULL when none is within a third of its length plus 1.
 */
const char *suggest(const char *word, const char *const *known, int n);

/*
 * How a message about an unknown word ends: "; did you mean 'kernel'?", or
 * `otherwise` ("", "; see --list-models") where no name is near. Returned
 * whole, so that a message can take suggest_end(...).text.
 */
struct suggestion {
    char text[96];
};
struct suggestion suggest_end(const char *word, const char *const *known,
                              int n, const char *otherwise);

#endif
