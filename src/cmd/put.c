/* put.c - what the programs share: messages, and output whole or not at all */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/put.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int put_messages(const char *program, ivq *ctx)
{
    const char *text;
    int is_error;
    for (int i = 0; (text = ivq_message(ctx, i, &is_error)); i++)
        fprintf(stderr, "%s: %s%s\n", program,
                is_error ? "" : "warning: ", text);
    if (ivq_dropped(ctx))
        fprintf(stderr, "%s: and %d more\n", program, ivq_dropped(ctx));
    ivq_clear(ctx);
    return EXIT_INPUT;
}

int put_usage(const char *program, const char *what, const char *value)
{
    fprintf(stderr, "%s: %s%s; see %s --help\n", program, what, value, program);
    return EXIT_USAGE;
}

int put_failed(const char *program, const char *name)
{
    fprintf(stderr, "%s: cannot write '%s': %s\n", program, name,
            strerror(errno));
    return EXIT_WRITE;
}

int put_set(const char *program, ivq *ctx, const char *path, const char *value)
{
    char set[256];
    int n = snprintf(set, sizeof set, "%s=%s", path, value);
    if (n >= (int)sizeof set)
        return put_usage(program, "a value is too long: ", value);
    return ivq_set(ctx, set) ? put_messages(program, ctx) : 0;
}

static int ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && !strcmp(text + n - m, end);
}

/* Exists and is no regular file. */
static int is_special(const char *name)
{
    struct stat st;
    return !stat(name, &st) && !S_ISREG(st.st_mode);
}

/* As a new file would have: 0666 without the umask. */
static int set_mode(int fd)
{
    mode_t mask = umask(0);
    umask(mask);
    return fchmod(fd, 0666 & ~mask);
}

static int write_stream(const struct put *put, ivq *ctx, FILE *out,
                        enum ivq_format format)
{
    enum ivq_status status = put->write(ctx, out, format, put->job);
    if (status == IVQ_INPUT || status == IVQ_MEMORY)
        return put_messages(put->program, ctx);
    return status == IVQ_OK && !fflush(out) && !ferror(out) ? 0 : EXIT_WRITE;
}

/* Through a file beside it, so that a reader never sees half of one; what is
 * no regular file (a pipe, /dev/full) is written as it stands. */
static int write_file(const struct put *put, ivq *ctx, const char *name,
                      enum ivq_format format)
{
    size_t size = strlen(name) + 16;
    char *temporary = malloc(size);
    if (!temporary)
        return put_failed(put->program, name);
    snprintf(temporary, size, "%s.XXXXXX", name);
    int special = is_special(name);
    int fd = special ? -1 : mkstemp(temporary);
    FILE *out = special ? fopen(name, "w") : fd < 0 ? NULL : fdopen(fd, "w");
    int bad = out ? write_stream(put, ctx, out, format) : EXIT_WRITE;
    if (out && !special && !bad && set_mode(fd))
        bad = EXIT_WRITE;
    if (out && fclose(out) && !bad)
        bad = EXIT_WRITE;
    if (!bad && !special && rename(temporary, name))
        bad = EXIT_WRITE;
    if (bad == EXIT_WRITE)
        put_failed(put->program, name);
    if (bad && fd >= 0)
        unlink(temporary);
    free(temporary);
    return bad;
}

static int write_stdout(const struct put *put, ivq *ctx)
{
    int bad = write_stream(put, ctx, stdout, IVQ_TEXT);
    if (fclose(stdout) && !bad)
        bad = EXIT_WRITE;
    return bad == EXIT_WRITE ? put_failed(put->program, "standard output")
                             : bad;
}

/* The format that an output's name asks for; -1: none. */
static int format_of(const char *name)
{
    static const struct {
        const char *end;
        enum ivq_format format;
    } ends[] = {{".csv", IVQ_CSV}, {".json", IVQ_JSON}, {".txt", IVQ_TEXT}};
    for (int i = 0; i < 3; i++)
        if (ends_with(name, ends[i].end))
            return (int)ends[i].format;
    return is_special(name) ? (int)IVQ_TEXT : -1;
}

int put_file(const struct put *put, ivq *ctx, const char *name)
{
    return write_file(put, ctx, name, IVQ_TEXT);
}

int put_output(const struct put *put, ivq *ctx, const char *name)
{
    if (!name || !strcmp(name, "-"))
        return write_stdout(put, ctx);
    int format = format_of(name);
    if (format < 0)
        return put_usage(put->program,
                         "-o wants a name in .csv, .json or .txt, not ", name);
    if (format != IVQ_TEXT && put->text_only)
        return put_usage(put->program,
                         "lists and explanations are text; -o wants .txt, "
                         "not ",
                         name);
    return write_file(put, ctx, name, (enum ivq_format)format);
}
