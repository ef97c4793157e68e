/* ivq_import.c - ivq-import: a network of another format as a workload file */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/program.h"
#include "cmd/put.h"

#include <stdlib.h>
#include <string.h>

static const char program[] = "ivq-import";
static const char end[] = ".cfg", statistics_end[] = ".stats.cfg";

/* What the command line asked for. */
struct job {
    const char *file, *out;
    char *statistics; /* name of the file beside `out`; NULL: none */
};

static enum ivq_status write_network(ivq *ctx, FILE *out,
                                     enum ivq_format format, const void *job)
{
    const char *path = ((const struct job *)job)->statistics;
    const char *slash = path ? strrchr(path, '/') : NULL;
    (void)format;
    return ivq_write_network(ctx, out, slash ? slash + 1 : path);
}

static enum ivq_status write_statistics(ivq *ctx, FILE *out,
                                        enum ivq_format format, const void *job)
{
    (void)format;
    (void)job;
    return ivq_write_statistics(ctx, out);
}

/* "net.cfg": "net.stats.cfg" */
static int name_statistics(struct job *job)
{
    size_t stem = strlen(job->out) - strlen(end);
    job->statistics = malloc(stem + sizeof statistics_end);
    if (!job->statistics)
        return put_failed(program, job->out);
    memcpy(job->statistics, job->out, stem);
    memcpy(job->statistics + stem, statistics_end, sizeof statistics_end);
    return 0;
}

/* The statistics first: a network never refers to a file that is not there. */
static int write_files(ivq *ctx, struct job *job)
{
    const struct put network = {program, write_network, job, 1};
    const struct put statistics = {program, write_statistics, job, 1};
    int bad = 0;
    if (!job->out || !strcmp(job->out, "-"))
        return put_output(&network, ctx, NULL);
    if (ivq_weighted_layers(ctx)) {
        bad = name_statistics(job);
        bad = bad ? bad : put_file(&statistics, ctx, job->statistics);
    }
    return bad ? bad : put_file(&network, ctx, job->out);
}

static int run(ivq *ctx, void *what)
{
    struct job *job = what;
    size_t n = job->out ? strlen(job->out) : 0;
    if (!job->file)
        return put_usage(program, "a network is wanted", "");
    if (n && strcmp(job->out, "-") &&
        (n < sizeof end || strcmp(job->out + n + 1 - sizeof end, end)))
        return put_usage(program, "-o wants a name in .cfg, not ", job->out);
    if (ivq_load_network(ctx, job->file))
        return put_messages(program, ctx);
    put_messages(program, ctx); /* warnings, if any */
    int bad = write_files(ctx, job);
    free(job->statistics);
    return bad;
}

/* Others are of technologies, of which there is none here. */
static int set_workload(ivq *ctx, const char *assignment)
{
    static const char prefix[] = "workload.";
    if (strncmp(assignment, prefix, sizeof prefix - 1))
        return put_usage(program, "-s wants workload.SETTING=VALUE, not ",
                         assignment);
    return ivq_set(ctx, assignment) ? put_messages(program, ctx) : 0;
}

static int take(ivq *ctx, void *what, int option, const char *value)
{
    struct job *job = what;
    switch (option) {
    case 'I':
        return ivq_folder(ctx, value) ? put_messages(program, ctx) : 0;
    case 's':
        return set_workload(ctx, value);
    case 'o':
        job->out = value;
        return 0;
    case OPT_QUANT:
        return ivq_quant(ctx, value) ? put_messages(program, ctx) : 0;
    case OPT_INPUT_SHAPE:
        return ivq_input_shape(ctx, value) ? put_messages(program, ctx) : 0;
    case OPT_CLIP:
        return put_set(program, ctx, "workload.weight_clip", value);
    case OPT_PERCENTILE:
        return put_set(program, ctx, "workload.weight_percentile", value);
    case OPT_SCALE:
        return put_set(program, ctx, "workload.weight_scale", value);
    default:
        if (job->file)
            return put_usage(program, "one network at a time, not also ",
                             value);
        job->file = value;
        return 0;
    }
}

int main(int argc, char **argv)
{
    static const struct program import = {&opt_import, take, run};
    struct job job = {0};
    return program_main(&import, &job, argc, argv);
}
