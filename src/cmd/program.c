/* program.c - what a program is: options taken one by one, then a run */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/program.h"
#include "cmd/put.h"

/* --help and --version */
static int tell(const struct opt_program *opt, int option)
{
    int bad = option == 'h' ? opt_help(opt, stdout)
                            : printf("%s %s\n", opt->name, ivq_version()) < 0;
    return fclose(stdout) || bad ? put_failed(opt->name, "standard output") : 0;
}

static int walk_and_run(const struct program *program, ivq *ctx, void *job,
                        int argc, char **argv)
{
    struct opt_walk walk = {program->opt, argc, argv, 1, 0};
    const char *value;
    int option, bad = 0;
    while (!bad && (option = opt_next(&walk, &value)) > 0) {
        if (option == 'h' || option == 'V')
            return tell(program->opt, option);
        bad = program->take(ctx, job, option, value);
    }
    if (bad)
        return bad;
    return option < 0 ? EXIT_USAGE : program->run(ctx, job);
}

int program_main(const struct program *program, void *job, int argc,
                 char **argv)
{
    ivq *ctx = ivq_new();
    if (!ctx) {
        fprintf(stderr, "%s: out of memory\n", program->opt->name);
        return EXIT_INPUT;
    }
    int bad = walk_and_run(program, ctx, job, argc, argv);
    ivq_free(ctx);
    return bad;
}
