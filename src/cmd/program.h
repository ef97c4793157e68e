/* program.h - what a program is: options taken one by one, then a run */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CMD_PROGRAM_H
#define CMD_PROGRAM_H

#include "cmd/opt.h"
#include "ivq.h"

/* Both return an exit status; `job` is what the command line asked for. */
struct program {
    const struct opt_program *opt;
    int (*take)(ivq *ctx, void *job, int option, const char *value);
    int (*run)(ivq *ctx, void *job);
};

/* The whole of main(): --help and --version, too. */
int program_main(const struct program *program, void *job, int argc,
                 char **argv);

#endif
