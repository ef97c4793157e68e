/* opt.h - the command line from one table */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CMD_OPT_H
#define CMD_OPT_H

#include <stdio.h>

/* Options without a short form; OPT_LIST + enum ivq_list for the lists. */
enum {
    OPT_FILE = 256, OPT_PER, OPT_QUANT, OPT_INPUT_SHAPE, OPT_EXPLAIN,
    OPT_AREA, OPT_CROSSBARS, OPT_VS, OPT_NORMALISE, OPT_WEIGHTS, OPT_CLIP,
    OPT_PERCENTILE, OPT_SCALE, OPT_LIST
};

/* One option of a program; a table of them ends with name NULL. */
struct opt {
    const char *name;
    int code;          /* short letter or OPT_* */
    const char *value; /* what it wants, NULL: nothing */
    const char *text;
};

struct opt_program {
    const char *name;          /* "ivq-est" */
    const struct opt *options;
    const char *usage, *end;   /* before and behind them in --help */
    int takes_files;           /* arguments that are no options */
};
extern const struct opt_program opt_est, opt_validate, opt_import;

/* A walk over the arguments, from index 1. */
struct opt_walk {
    const struct opt_program *program;
    int argc;
    char **argv;
    int at, rest; /* rest: only files are left */
};

/*
 * The next option's short letter or OPT_*, with its value (NULL if it has
 * none); OPT_FILE with an argument that is no option, after all options; 0 at
 * the end; -1 having said on standard error what is wrong.
 */
int opt_next(struct opt_walk *walk, const char **value);

/* Non-zero if the stream fails. */
int opt_help(const struct opt_program *program, FILE *out);

#endif
