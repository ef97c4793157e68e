/* suggest.c - the nearest known name for a misspelt one */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/suggest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 63 }; /* longer words are compared by their beginning */

static int same(const char *a, const char *b)
{
    return tolower((unsigned char)*a) == tolower((unsigned char)*b);
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Damerau 1964, optimal string alignment, three rows of the table: insertions,
 * deletions, substitutions and swaps of neighbours cost one each. */
static int distance(const char *a, const char *b)
{
    int rows[3][WORD_MAX + 1];
    int *before = rows[0], *last = rows[1], *now = rows[2];
    int na = (int)strnlen(a, WORD_MAX), nb = (int)strnlen(b, WORD_MAX);

    for (int j = 0; j <= nb; j++)
        last[j] = j;
    for (int i = 1; i <= na; i++) {
        now[0] = i;
        for (int j = 1; j <= nb; j++) {
            int d = last[j - 1] + !same(&a[i - 1], &b[j - 1]);
            d = least(d, least(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && same(&a[i - 1], &b[j - 2]) &&
                same(&a[i - 2], &b[j - 1]))
                d = least(d, before[j - 2] + 1);
            now[j] = d;
        }
        int *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[nb];
}

const char *suggest(const char *word, const char *const *known, int n)
{
    const char *best = NULL;
    int limit = (int)strnlen(word, WORD_MAX) / 3 + 1;
    for (int i = 0; i < n; i++) {
        int d = distance(word, known[i]);
        if (d <= limit) {
            best = known[i];
            limit = d - 1;
        }
    }
    return best;
}

struct suggestion suggest_end(const char *word, const char *const *known, int n,
                              const char *otherwise)
{
    struct suggestion end;
    const char *near = suggest(word, known, n);
    if (near)
        snprintf(end.text, sizeof end.text, "; did you mean '%.70s'?", near);
    else
        snprintf(end.text, sizeof end.text, "%s", otherwise);
    return end;
}
