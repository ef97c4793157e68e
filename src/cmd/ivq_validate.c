/* ivq_validate.c - ivq-validate: published figures beside ours */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/opt.h"
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
static int run(ivq *ctx, const struct job *job)
{
    const struct put put = {program, write_job, job, 0};
    if (!job->files && ivq_validate(ctx, NULL))
        return put_messages(program, ctx);
    int bad = put_output(&put, ctx, job->out);
    return !bad && ivq_validation_failures(ctx) ? EXIT_OFF : bad;
}

static int take(ivq *ctx, struct job *job, int option, const char *value)
{
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

/* --help and --version */
static int tell(int option)
{
    int bad = option == 'h' ? opt_help(&opt_validate, stdout)
                            : printf("%s %s\n", program, ivq_version()) < 0;
    return fclose(stdout) || bad ? put_failed(program, "standard output") : 0;
}

int main(int argc, char **argv)
{
    struct job job = {.detail = IVQ_CASES};
    struct opt_walk walk = {&opt_validate, argc, argv, 1};
    const char *value;
    int option, bad = 0;
    ivq *ctx = ivq_new();
    if (!ctx) {
        fputs("ivq-validate: out of memory\n", stderr);
        return EXIT_INPUT;
    }
    while (!bad && (option = opt_next(&walk, &value)) > 0) {
        if (option == 'h' || option == 'V') {
            ivq_free(ctx);
            return tell(option);
        }
        bad = take(ctx, &job, option, value);
    }
    if (!bad && option < 0)
        bad = EXIT_USAGE;
    else if (!bad)
        bad = job.bad ? put_messages(program, ctx) : run(ctx, &job);
    ivq_free(ctx);
    return bad;
}
