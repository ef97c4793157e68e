/* ivq_validate.c - ivq-validate: published figures beside ours */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/program.h"
#include "cmd/put.h"

static const char program[] = "ivq-validate";
enum { EXIT_OFF = 3 };

/* What the command line asked for. */
struct job {
    const char *out;
    enum ivq_detail detail;
    int files, bad;
};

static enum ivq_status write_job(ivq *ctx, FILE *out, enum ivq_format format,
                                 const void *job)
{
    return ivq_validation_write(ctx, out, format,
                                ((const struct job *)job)->detail);
}

/* Runs the files that were named, or else the installed ones. */
static int run(ivq *ctx, void *what)
{
    const struct job *job = what;
    const struct put put = {program, write_job, job, 0};
    if (job->bad)
        return put_messages(program, ctx);
    if (!job->files && ivq_validate(ctx, NULL))
        return put_messages(program, ctx);
    int bad = put_output(&put, ctx, job->out);
    return !bad && ivq_validation_failures(ctx) ? EXIT_OFF : bad;
}

static int take(ivq *ctx, void *what, int option, const char *value)
{
    struct job *job = what;
    switch (option) {
    case 'I':
        return ivq_folder(ctx, value) ? put_messages(program, ctx) : 0;
    case 'o':
        job->out = value;
        return 0;
    case 'b':
        job->detail = IVQ_FILES;
        return 0;
    case 'v':
        job->detail = IVQ_REASONS;
        return 0;
    default: /* a file; others are looked at even if this one is refused */
        job->files++;
        job->bad |= ivq_validate(ctx, value) != IVQ_OK;
        return 0;
    }
}

int main(int argc, char **argv)
{
    static const struct program validate = {&opt_validate, take, run};
    struct job job = {.detail = IVQ_CASES};
    return program_main(&validate, &job, argc, argv);
}
