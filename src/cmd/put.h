/* put.h - what the programs share: messages, and output whole or not at all */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CMD_PUT_H
#define CMD_PUT_H

#include "ivq.h"

enum { EXIT_INPUT = 1, EXIT_USAGE = 2, EXIT_WRITE = 4 };

/* A program and what it writes. */
struct put {
    const char *program; /* "ivq-est" */
    enum ivq_status (*write)(ivq *ctx, FILE *out, enum ivq_format format,
                             const void *job);
    const void *job;
    int text_only; /* what is written is no table */
};

/* Says what the library has to say; returns the status of refused input. */
int put_messages(const char *program, ivq *ctx);
int put_usage(const char *program, const char *what, const char *value);
int put_failed(const char *program, const char *name); /* with errno */

/* The override that an option stands for; returns an exit status. */
int put_set(const char *program, ivq *ctx, const char *path,
            const char *value);

/* Writes to `name`, whose end says the format; NULL and "-" are standard
 * output. Returns an exit status. */
int put_output(const struct put *put, ivq *ctx, const char *name);
/* The same to a file that is text whatever its name. */
int put_file(const struct put *put, ivq *ctx, const char *name);

#endif
