/* ivq_est.c - ivq-est: a network on a chip, in milliseconds */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/opt.h"
#include "ivq.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_INPUT = 1, EXIT_USAGE = 2, EXIT_WRITE = 4 };

/* What the command line asked for. */
struct job {
    const char *tech, *network, *out, *explain, *vs;
    enum ivq_view view;
    enum ivq_normalise normalise;
    int check_only, list; /* list: enum ivq_list + 1 */
};

/* Says what the library has to say; returns the status of refused input. */
static int complain(ivq *ctx)
{
    const char *text;
    int is_error;
    for (int i = 0; (text = ivq_message(ctx, i, &is_error)); i++)
        fprintf(stderr, "ivq-est: %s%s\n", is_error ? "" : "warning: ", text);
    if (ivq_dropped(ctx))
        fprintf(stderr, "ivq-est: and %d more\n", ivq_dropped(ctx));
    ivq_clear(ctx);
    return EXIT_INPUT;
}

static int usage_error(const char *what, const char *value)
{
    fprintf(stderr, "ivq-est: %s%s; see ivq-est --help\n", what, value);
    return EXIT_USAGE;
}

/* ---- output: whole or not at all ---- */

static int write_failed(const char *name)
{
    fprintf(stderr, "ivq-est: cannot write '%s': %s\n", name, strerror(errno));
    return EXIT_WRITE;
}

static int ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && !strcmp(text + n - m, end);
}

static int write_stream(ivq *ctx, FILE *out, enum ivq_format format,
                        const struct job *job)
{
    enum ivq_status status =
        job->list      ? ivq_list(ctx, out, (enum ivq_list)(job->list - 1))
        : job->explain ? ivq_explain(ctx, out, job->explain)
                       : ivq_write(ctx, out, format, job->view);
    if (status == IVQ_INPUT || status == IVQ_MEMORY)
        return complain(ctx);
    return status == IVQ_OK && !fflush(out) && !ferror(out) ? 0 : EXIT_WRITE;
}

/* Through a file beside it, so that a reader never sees half of one; what is
 * no regular file (a pipe, /dev/full) is written as it stands. */
static int write_file(ivq *ctx, const char *name, enum ivq_format format,
                      const struct job *job)
{
    size_t size = strlen(name) + 16;
    char *temporary = malloc(size);
    if (!temporary)
        return write_failed(name);
    snprintf(temporary, size, "%s.XXXXXX", name);
    int special = opt_is_special(name);
    int fd = special ? -1 : mkstemp(temporary);
    FILE *out = special ? fopen(name, "w") : fd < 0 ? NULL : fdopen(fd, "w");
    int bad = out ? write_stream(ctx, out, format, job) : EXIT_WRITE;
    if (out && !special && !bad && opt_set_mode(fd))
        bad = EXIT_WRITE;
    if (out && fclose(out) && !bad)
        bad = EXIT_WRITE;
    if (!bad && !special && rename(temporary, name))
        bad = EXIT_WRITE;
    if (bad == EXIT_WRITE)
        write_failed(name);
    if (bad && fd >= 0)
        unlink(temporary);
    free(temporary);
    return bad;
}

static int write_stdout(ivq *ctx, enum ivq_format format, const struct job *job)
{
    int bad = write_stream(ctx, stdout, format, job);
    if (fclose(stdout) && !bad)
        bad = EXIT_WRITE;
    return bad == EXIT_WRITE ? write_failed("standard output") : bad;
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
    return opt_is_special(name) ? (int)IVQ_TEXT : -1;
}

static int put(ivq *ctx, const struct job *job)
{
    if (!job->out || !strcmp(job->out, "-"))
        return write_stdout(ctx, IVQ_TEXT, job);
    int format = format_of(job->out);
    if (format < 0)
        return usage_error("-o wants a name in .csv, .json or .txt, not ",
                           job->out);
    if (format != IVQ_TEXT && (job->list || job->explain))
        return usage_error("lists and explanations are text; -o wants .txt, "
                           "not ",
                           job->out);
    return write_file(ctx, job->out, (enum ivq_format)format, job);
}

/* ---- the run ---- */

static int run(ivq *ctx, const struct job *job)
{
    int bad = 0;
    if (job->tech)
        bad |= ivq_load_tech(ctx, job->tech) != IVQ_OK;
    if (job->list)
        return bad ? complain(ctx) : put(ctx, job);
    if (!job->tech || !job->network)
        return usage_error("a technology (-c) and a network (-w) are wanted",
                           "");
    bad |= ivq_load_network(ctx, job->network) != IVQ_OK;
    if (!bad)
        bad = ivq_estimate(ctx) != IVQ_OK;
    if (!bad && job->vs)
        bad = ivq_compare(ctx, job->vs, job->normalise) != IVQ_OK;
    if (bad)
        return complain(ctx);
    complain(ctx); /* warnings, if any */
    return job->check_only ? 0 : put(ctx, job);
}

static int set_view(struct job *job, const char *text)
{
    static const char *const names[] = {[IVQ_LAYERS] = "layer",
                                        [IVQ_COMPONENTS] = "component",
                                        [IVQ_NETWORK] = "network"};
    for (int i = IVQ_LAYERS; i <= IVQ_NETWORK; i++)
        if (!strcmp(text, names[i])) {
            job->view = (enum ivq_view)i;
            return 0;
        }
    return usage_error("--per wants layer, component or network, not ", text);
}

static int set_normalise(struct job *job, const char *text)
{
    static const char *const names[] = {[IVQ_AS_PUBLISHED] = "none",
                                        [IVQ_EQUAL_AREA] = "area",
                                        [IVQ_EQUAL_CROSSBARS] = "crossbars"};
    for (int i = 0; i < 3; i++)
        if (!strcmp(text, names[i])) {
            job->normalise = (enum ivq_normalise)i;
            return 0;
        }
    return usage_error("--normalise wants none, area or crossbars, not ", text);
}

/* One budget option as the override that it stands for. */
static int set_budget(ivq *ctx, const char *path, const char *value)
{
    char set[128];
    snprintf(set, sizeof set, "%s=%s", path, value);
    return ivq_set(ctx, set) ? complain(ctx) : 0;
}

static int take(ivq *ctx, struct job *job, int option, const char *value)
{
    switch (option) {
    case 'c':
        job->tech = value;
        return 0;
    case 'w':
        job->network = value;
        return 0;
    case 's':
        return ivq_set(ctx, value) ? complain(ctx) : 0;
    case 'I':
        return ivq_folder(ctx, value) ? complain(ctx) : 0;
    case 'o':
        job->out = value;
        return 0;
    case 'n':
        job->check_only = 1;
        return 0;
    case OPT_PER:
        return set_view(job, value);
    case OPT_QUANT:
        return ivq_quant(ctx, value) ? complain(ctx) : 0;
    case OPT_EXPLAIN:
        job->explain = value;
        return 0;
    case OPT_VS:
        job->vs = value;
        job->view = IVQ_COMPARISON;
        return 0;
    case OPT_NORMALISE:
        return set_normalise(job, value);
    case OPT_AREA:
        return set_budget(ctx, "chip.max_area", value);
    case OPT_CROSSBARS:
        return set_budget(ctx, "chip.max_crossbars", value);
    default:
        job->list = option - OPT_LIST + 1;
        return 0;
    }
}

/* --help and --version */
static int tell(int option)
{
    int bad = option == 'h' ? opt_help(stdout)
                            : printf("ivq-est %s\n", ivq_version()) < 0;
    return fclose(stdout) || bad ? write_failed("standard output") : 0;
}

int main(int argc, char **argv)
{
    struct job job = {0};
    struct opt_walk walk = {argc, argv, 1};
    const char *value;
    int option, bad = 0;
    ivq *ctx = ivq_new();
    if (!ctx) {
        fputs("ivq-est: out of memory\n", stderr);
        return EXIT_INPUT;
    }
    while (!bad && (option = opt_next(&walk, &value)) > 0) {
        if (option == 'h' || option == 'V') {
            ivq_free(ctx);
            return tell(option);
        }
        bad = take(ctx, &job, option, value);
    }
    if (!bad)
        bad = option < 0 ? EXIT_USAGE : run(ctx, &job);
    ivq_free(ctx);
    return bad;
}
