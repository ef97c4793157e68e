/* ivq_est.c - ivq-est: a network on a chip, in milliseconds */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/program.h"
#include "cmd/put.h"

#include <string.h>

static const char program[] = "ivq-est";

/* What the command line asked for. */
struct job {
    const char *tech, *network, *out, *explain, *vs;
    enum ivq_view view;
    enum ivq_normalise normalise;
    int check_only, list; /* list: enum ivq_list + 1 */
};

static enum ivq_status write_job(ivq *ctx, FILE *out, enum ivq_format format,
                                 const void *what)
{
    const struct job *job = what;
    if (job->list)
        return ivq_list(ctx, out, (enum ivq_list)(job->list - 1));
    if (job->explain)
        return ivq_explain(ctx, out, job->explain);
    return ivq_write(ctx, out, format, job->vs ? IVQ_COMPARISON : job->view);
}

static int put(ivq *ctx, const struct job *job)
{
    const struct put put = {program, write_job, job, job->list || job->explain};
    return put_output(&put, ctx, job->out);
}

/* ---- the run ---- */

/* Options that do not go together. */
static int check_options(const struct job *job)
{
    if (job->vs && (job->view || job->explain || job->list))
        return put_usage(program, "--vs goes with no --per, --explain or list",
                         "");
    if (job->normalise && !job->vs)
        return put_usage(program, "--normalise wants --vs", "");
    return 0;
}

static int run(ivq *ctx, void *what)
{
    const struct job *job = what;
    int bad = check_options(job);
    if (bad)
        return bad;
    if (job->tech)
        bad |= ivq_load_tech(ctx, job->tech) != IVQ_OK;
    if (job->list)
        return bad ? put_messages(program, ctx) : put(ctx, job);
    if (!job->tech || !job->network)
        return put_usage(program,
                         "a technology (-c) and a network (-w) are wanted", "");
    bad |= ivq_load_network(ctx, job->network) != IVQ_OK;
    if (!bad)
        bad = ivq_estimate(ctx) != IVQ_OK;
    if (!bad && job->vs)
        bad = ivq_compare(ctx, job->vs, job->normalise) != IVQ_OK;
    if (bad)
        return put_messages(program, ctx);
    put_messages(program, ctx); /* warnings, if any */
    return job->check_only ? 0 : put(ctx, job);
}

static int set_view(struct job *job, const char *text)
{
    static const char *const names[] = {[IVQ_LAYERS] = "layer",
                                        [IVQ_COMPONENTS] = "component",
                                        [IVQ_NETWORK] = "network",
                                        [IVQ_PLANES] = "plane"};
    for (int i = 0; i <= IVQ_PLANES; i++)
        if (names[i] && !strcmp(text, names[i])) {
            job->view = (enum ivq_view)i;
            return 0;
        }
    return put_usage(
        program, "--per wants layer, component, network or plane, not ", text);
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
    return put_usage(program, "--normalise wants none, area or crossbars, not ",
                     text);
}

static int set_weights(ivq *ctx, const char *text)
{
    static const char *const names[] = {
        [IVQ_EXACT] = "exact", [IVQ_STATS] = "stats", [IVQ_MODEL] = "model"};
    for (int i = IVQ_EXACT; i <= IVQ_MODEL; i++)
        if (!strcmp(text, names[i]))
            return ivq_weights(ctx, (enum ivq_weights)i) != IVQ_OK;
    return put_usage(program, "--weights wants exact, stats or model, not ",
                     text);
}

static int take(ivq *ctx, void *what, int option, const char *value)
{
    struct job *job = what;
    switch (option) {
    case 'c':
        job->tech = value;
        return 0;
    case 'w':
        job->network = value;
        return 0;
    case 's':
        return ivq_set(ctx, value) ? put_messages(program, ctx) : 0;
    case 'I':
        return ivq_folder(ctx, value) ? put_messages(program, ctx) : 0;
    case 'o':
        job->out = value;
        return 0;
    case 'n':
        job->check_only = 1;
        return 0;
    case OPT_PER:
        return set_view(job, value);
    case OPT_QUANT:
        return ivq_quant(ctx, value) ? put_messages(program, ctx) : 0;
    case OPT_INPUT_SHAPE:
        return ivq_input_shape(ctx, value) ? put_messages(program, ctx) : 0;
    case OPT_WEIGHTS:
        return set_weights(ctx, value);
    case OPT_EXPLAIN:
        job->explain = value;
        return 0;
    case OPT_VS:
        job->vs = value;
        return 0;
    case OPT_NORMALISE:
        return set_normalise(job, value);
    case OPT_AREA:
        return put_set(program, ctx, "chip.max_area", value);
    case OPT_CROSSBARS:
        return put_set(program, ctx, "chip.max_crossbars", value);
    default:
        job->list = option - OPT_LIST + 1;
        return 0;
    }
}

int main(int argc, char **argv)
{
    static const struct program est = {&opt_est, take, run};
    struct job job = {0};
    return program_main(&est, &job, argc, argv);
}
