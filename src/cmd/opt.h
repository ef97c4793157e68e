/* opt.h - the command line from one table */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CMD_OPT_H
#define CMD_OPT_H

#include <stdio.h>

/* Options without a short form; OPT_LIST + enum ivq_list for the lists. */
enum {
    OPT_PER = 256, OPT_QUANT, OPT_EXPLAIN, OPT_AREA, OPT_CROSSBARS, OPT_VS,
    OPT_NORMALISE, OPT_LIST
};

/* A walk over the arguments, from index 1. */
struct opt_walk {
    int argc;
    char **argv;
    int at;
};

/*
 * The next option's short letter or OPT_*, with its value (NULL if it has
 * none); 0 at the end; -1 having said on standard error what is wrong.
 */
int opt_next(struct opt_walk *walk, const char **value);

int opt_help(FILE *out); /* non-zero if the stream fails */

int opt_is_special(const char *name); /* exists and is no regular file */
int opt_set_mode(int fd);             /* as a new file would have: 0666 & ~umask */

#endif
