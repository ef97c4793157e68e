/* api.c - ivq.h over the levels below; no models here */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ivq.h"

#include "base/suggest.h"
#include "out/out.h"
#include "use/compare.h"
#include "use/study.h"
#include "use/validate/validate.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FOLDERS_MAX = 16, SETS_MAX = 256 };
enum { WORDS, TECH, NETWORK, RESULTS, RIVALS, CASES, SCRATCH, ARENAS };

/*
 * One arena for what the user said, one for each thing loaded, one for the
 * run, one for a comparison, one for published cases, and one that a writer or
 * a case empties when it is done.
 */
struct ivq {
    struct arena arena[ARENAS];
    jmp_buf no_memory;
    locale_t c_locale;
    struct msgs msgs;
    const char *folders[FOLDERS_MAX + 4]; /* with the installed ones and NULL */
    const char *sets[SETS_MAX + 1];       /* of technologies */
    const char *net_sets[SETS_MAX + 1];   /* of workloads */
    const char *vs_sets[SETS_MAX + 1];    /* of what is compared with */
    int folder_count, set_count, net_set_count, vs_set_count;
    const char *quant;
    struct conf_env env; /* of the network; its plan keeps it */
    struct study study;
    struct comparison comparison;
    struct validation validation;
    bool validated; /* all that was read could be run */
};

static const char workload_prefix[] = "workload.";

/* ---- what reads or writes numbers runs between enter and leave ---- */

/* Numbers in the C locale, for this thread. */
static locale_t enter(const ivq *ctx)
{
    return uselocale(ctx->c_locale);
}

static enum ivq_status leave(locale_t before, enum ivq_status status)
{
    uselocale(before);
    return status;
}

static enum ivq_status refuse(ivq *ctx, const char *why)
{
    msg_error(&ctx->msgs, NULL, "%s", why);
    return IVQ_INPUT;
}

static enum ivq_status out_of_memory(ivq *ctx)
{
    msg_error(&ctx->msgs, NULL, "out of memory");
    return IVQ_MEMORY;
}

/* ---- life ---- */

/* The installed folders come after those of the user. */
static void default_folders(ivq *ctx)
{
    int n = ctx->folder_count;
    ctx->folders[n] = IVQ_DATADIR "/tech";
    ctx->folders[n + 1] = IVQ_DATADIR "/workloads";
    ctx->folders[n + 2] = IVQ_DATADIR "/workloads/quant";
    ctx->folders[n + 3] = NULL;
}

ivq *ivq_new(void)
{
    ivq *ctx = calloc(1, sizeof *ctx);
    if (!ctx)
        return NULL;
    ctx->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!ctx->c_locale) {
        free(ctx);
        return NULL;
    }
    for (int i = 0; i < ARENAS; i++)
        arena_init(&ctx->arena[i], &ctx->no_memory);
    default_folders(ctx);
    return ctx;
}

void ivq_free(ivq *ctx)
{
    if (!ctx)
        return;
    for (int i = 0; i < ARENAS; i++)
        arena_release(&ctx->arena[i]);
    freelocale(ctx->c_locale);
    free(ctx);
}

const char *ivq_version(void)
{
    return IVQ_VERSION;
}

const char *ivq_message(const ivq *ctx, int i, int *is_error)
{
    if (i < 0 || i >= ctx->msgs.n)
        return NULL;
    if (is_error)
        *is_error = ctx->msgs.list[i].is_error;
    return ctx->msgs.list[i].text;
}

int ivq_dropped(const ivq *ctx)
{
    return ctx->msgs.dropped;
}

void ivq_clear(ivq *ctx)
{
    ctx->msgs.n = ctx->msgs.errors = ctx->msgs.dropped = 0;
}

/* ---- what the user says before loading ---- */

enum ivq_status ivq_folder(ivq *ctx, const char *path)
{
    if (ctx->folder_count == FOLDERS_MAX) {
        msg_error(&ctx->msgs, NULL, "more than %d folders", FOLDERS_MAX);
        return IVQ_INPUT;
    }
    if (setjmp(ctx->no_memory))
        return out_of_memory(ctx);
    ctx->folders[ctx->folder_count] = arena_strdup(&ctx->arena[WORDS], path);
    ctx->folder_count++;
    default_folders(ctx);
    return IVQ_OK;
}

/* "NAME:path=value", for a technology that ours is compared with */
static bool is_of_rival(const char *assignment)
{
    return assignment[strcspn(assignment, ":=")] == ':';
}

/* Adds an override to a list of them. */
static int add_set(ivq *ctx, const char **sets, int *n, const char *text)
{
    if (*n == SETS_MAX)
        return msg_error(&ctx->msgs, NULL, "more than %d overrides", SETS_MAX);
    sets[*n] = arena_strdup(&ctx->arena[WORDS], text);
    ++*n;
    return 0;
}

enum ivq_status ivq_set(ivq *ctx, const char *assignment)
{
    size_t prefix = sizeof workload_prefix - 1;
    int bad;
    if (setjmp(ctx->no_memory))
        return out_of_memory(ctx);
    if (!strncmp(assignment, workload_prefix, prefix))
        bad = add_set(ctx, ctx->net_sets, &ctx->net_set_count,
                      assignment + prefix);
    else if (is_of_rival(assignment))
        bad = add_set(ctx, ctx->vs_sets, &ctx->vs_set_count, assignment);
    else
        bad = add_set(ctx, ctx->sets, &ctx->set_count, assignment);
    return bad ? IVQ_INPUT : IVQ_OK;
}

enum ivq_status ivq_quant(ivq *ctx, const char *scheme)
{
    if (setjmp(ctx->no_memory))
        return out_of_memory(ctx);
    ctx->quant = scheme ? arena_strdup(&ctx->arena[WORDS], scheme) : NULL;
    return IVQ_OK;
}

enum ivq_status ivq_input_shape(ivq *ctx, const char *shape)
{
    if (setjmp(ctx->no_memory))
        return out_of_memory(ctx);
    ctx->study.input_shape =
        shape ? arena_strdup(&ctx->arena[WORDS], shape) : NULL;
    return IVQ_OK;
}

enum ivq_status ivq_weights(ivq *ctx, enum ivq_weights as)
{
    ctx->study.weights = (enum weights_as)as;
    return IVQ_OK;
}

/* ---- loading ---- */

static void forget_comparison(ivq *ctx)
{
    ctx->comparison = (struct comparison){.n = 0};
    arena_release(&ctx->arena[RIVALS]);
}

static void forget_results(ivq *ctx)
{
    forget_comparison(ctx);
    ctx->study.mapped = ctx->study.estimated = false;
    arena_release(&ctx->arena[RESULTS]);
}

enum ivq_status ivq_load_tech(ivq *ctx, const char *name)
{
    locale_t before = enter(ctx);
    int errors = ctx->msgs.errors;
    struct study *s = &ctx->study;

    forget_results(ctx);
    arena_release(&ctx->arena[TECH]);
    s->machine = NULL;
    if (setjmp(ctx->no_memory)) {
        s->machine = NULL;
        return leave(before, out_of_memory(ctx));
    }
    struct conf_env env = {&ctx->arena[TECH], &ctx->msgs, ctx->folders,
                           ctx->sets, NULL};
    if (study_tech(s, &env, name) || ctx->msgs.errors > errors) {
        s->machine = NULL;
        return leave(before, IVQ_INPUT);
    }
    return leave(before, IVQ_OK);
}

enum ivq_status ivq_load_network(ivq *ctx, const char *name)
{
    locale_t before = enter(ctx);
    int errors = ctx->msgs.errors;
    struct study *s = &ctx->study;

    forget_results(ctx);
    arena_release(&ctx->arena[NETWORK]);
    s->net = NULL;
    if (setjmp(ctx->no_memory)) {
        s->net = NULL; /* its quantization may be missing */
        return leave(before, out_of_memory(ctx));
    }
    ctx->env = (struct conf_env){&ctx->arena[NETWORK], &ctx->msgs, ctx->folders,
                                 ctx->net_sets, workload_prefix};
    if (study_network(s, &ctx->env, name, ctx->quant) ||
        ctx->msgs.errors > errors) {
        s->net = NULL;
        return leave(before, IVQ_INPUT);
    }
    return leave(before, IVQ_OK);
}

/* ---- estimating ---- */

enum ivq_status ivq_estimate(ivq *ctx)
{
    struct study *s = &ctx->study;
    if (!s->machine || !s->net)
        return refuse(ctx, "nothing to estimate: load a technology "
                           "and a network first");
    locale_t before = enter(ctx);
    if (setjmp(ctx->no_memory))
        return leave(before, out_of_memory(ctx));
    forget_comparison(ctx);
    if (!s->mapped)
        arena_release(&ctx->arena[RESULTS]);
    int bad = study_estimate(s, &ctx->arena[RESULTS], &ctx->msgs);
    return leave(before, bad ? IVQ_INPUT : IVQ_OK);
}

enum ivq_status ivq_compare(ivq *ctx, const char *names, enum ivq_normalise how)
{
    struct comparison *c = &ctx->comparison;
    if (!ctx->study.estimated)
        return refuse(ctx, "there is no estimate to compare");
    locale_t before = enter(ctx);
    forget_comparison(ctx);
    if (setjmp(ctx->no_memory)) {
        c->n = 0;
        return leave(before, out_of_memory(ctx));
    }
    struct conf_env env = {&ctx->arena[RIVALS], &ctx->msgs, ctx->folders, NULL,
                           NULL};
    c->ours = &ctx->study;
    c->how = (enum normalise)how;
    if (compare_run(c, &env, names, ctx->vs_sets)) {
        c->n = 0;
        return leave(before, IVQ_INPUT);
    }
    return leave(before, IVQ_OK);
}

double ivq_value(const ivq *ctx, const char *name)
{
    const struct metric *m = metric_find(name);
    if (!m || !ctx->study.estimated)
        return (double)NAN;
    return metric_value(m, &ctx->study.est.sum);
}

const char *ivq_metric(int i, const char **unit, const char **text)
{
    for (int k = 0; metrics[k].name; k++)
        if (k == i) {
            if (unit)
                *unit = metrics[k].unit;
            if (text)
                *text = metrics[k].text;
            return metrics[k].name;
        }
    return NULL;
}

/* ---- parameters: group x FIELDS_MAX + field ---- */

int ivq_param(const ivq *ctx, const char *path)
{
    const struct study *s = &ctx->study;
    const char *dot = strchr(path, '.');
    int n = 0;
    struct bound *b = s->machine ? s->type->bounds(s->machine, &n) : NULL;
    for (int i = 0; dot && i < n; i++) {
        size_t length = strlen(b[i].path);
        if (length != (size_t)(dot - path) || strncmp(b[i].path, path, length))
            continue;
        for (int k = 0; b[i].fields[k].name; k++)
            if (!strcmp(b[i].fields[k].name, dot + 1))
                return i * FIELDS_MAX + k;
    }
    return -1;
}

/* The group of a parameter's number, and its field; NULL if there is none. */
static struct bound *group_of(const ivq *ctx, int param,
                              const struct field **field)
{
    const struct study *s = &ctx->study;
    int n = 0;
    struct bound *b = s->machine ? s->type->bounds(s->machine, &n) : NULL;
    if (param < 0 || param / FIELDS_MAX >= n)
        return NULL;
    b += param / FIELDS_MAX;
    if (param % FIELDS_MAX >= field_rows(b->fields))
        return NULL;
    *field = &b->fields[param % FIELDS_MAX];
    return b;
}

double ivq_param_get(const ivq *ctx, int param)
{
    const struct field *f;
    const struct bound *b = group_of(ctx, param, &f);
    return b ? field_get(f, b->data) : (double)NAN;
}

enum ivq_status ivq_param_set(ivq *ctx, int param, double value)
{
    const struct field *f;
    struct study *s = &ctx->study;
    struct bound *b = group_of(ctx, param, &f);
    double old = b ? field_get(f, b->data) : (double)NAN;
    if (!b || field_set(f, b->data, value)) {
        msg_error(&ctx->msgs, NULL, "parameter %d cannot be %g", param, value);
        return IVQ_INPUT;
    }
    int how = s->type->changed(s->machine, b);
    if (how < 0) {
        field_set(f, b->data, old);
        s->type->changed(s->machine, b);
        msg_error(&ctx->msgs, NULL, "%s.%s cannot be %g", b->path, f->name,
                  value);
        return IVQ_INPUT;
    }
    if (how > 0)
        s->mapped = false;
    return IVQ_OK;
}

/* ---- writing ---- */

static struct table *table_of(const ivq *ctx, enum ivq_view view,
                              struct arena *a)
{
    const struct study *s = &ctx->study;
    switch (view) {
    case IVQ_COMPARISON:
        return compare_table(&ctx->comparison, a);
    case IVQ_COMPONENTS:
        return est_components(&s->est, a);
    case IVQ_NETWORK:
        return est_network(&s->est, s->tech.name, a);
    case IVQ_PLANES:
        return est_planes(&s->est, s->quant, a);
    default:
        return est_layers(&s->est, a);
    }
}

static int write_text(const ivq *ctx, FILE *out, enum ivq_view view,
                      struct arena *a)
{
    const struct study *s = &ctx->study;
    switch (view) {
    case IVQ_COMPARISON:
        return report_comparison(out, &ctx->comparison, a);
    case IVQ_LAYERS:
        return report_layers(out, s, a);
    case IVQ_COMPONENTS:
        return report_components(out, s, a);
    case IVQ_NETWORK:
        return report_network(out, s);
    case IVQ_PLANES:
        return report_planes(out, s, a);
    default:
        return report_write(out, s, a);
    }
}

static int write_json(const ivq *ctx, FILE *out, enum ivq_view view,
                      struct arena *a)
{
    const struct study *s = &ctx->study;
    const struct table *all[5] = {est_network(&s->est, s->tech.name, a),
                                  est_components(&s->est, a),
                                  est_layers(&s->est, a)};
    int n = 3;
    if (view == IVQ_PLANES)
        all[n++] = est_planes(&s->est, s->quant, a);
    if (ctx->comparison.n > 0)
        all[n++] = compare_table(&ctx->comparison, a);
    return json_tables(out, all, n);
}

enum ivq_status ivq_write(ivq *ctx, FILE *out, enum ivq_format format,
                          enum ivq_view view)
{
    bool compared = ctx->comparison.n > 0;
    int bad;
    if (!ctx->study.estimated || (view == IVQ_COMPARISON && !compared)) {
        msg_error(&ctx->msgs, NULL, "there is no %s to write",
                  view == IVQ_COMPARISON ? "comparison" : "estimate");
        return IVQ_INPUT;
    }
    locale_t before = enter(ctx);
    if (setjmp(ctx->no_memory))
        return leave(before, out_of_memory(ctx));
    if (format == IVQ_JSON)
        bad = write_json(ctx, out, view, &ctx->arena[SCRATCH]);
    else if (format == IVQ_CSV)
        bad = csv_table(out, table_of(ctx, view, &ctx->arena[SCRATCH]));
    else
        bad = write_text(ctx, out, view, &ctx->arena[SCRATCH]);
    arena_release(&ctx->arena[SCRATCH]);
    return leave(before, bad ? IVQ_OUTPUT : IVQ_OK);
}

/* ---- the network itself ---- */

enum ivq_status ivq_write_network(ivq *ctx, FILE *out, const char *statistics)
{
    if (!ctx->study.net)
        return refuse(ctx, "there is no network to write");
    locale_t before = enter(ctx);
    if (setjmp(ctx->no_memory))
        return leave(before, out_of_memory(ctx));
    int bad = import_network(out, &ctx->study, ctx->quant, statistics,
                             &ctx->arena[SCRATCH]);
    arena_release(&ctx->arena[SCRATCH]);
    return leave(before, bad ? IVQ_OUTPUT : IVQ_OK);
}

enum ivq_status ivq_write_statistics(ivq *ctx, FILE *out)
{
    if (!ctx->study.net)
        return refuse(ctx, "there is no network to write");
    locale_t before = enter(ctx);
    if (setjmp(ctx->no_memory))
        return leave(before, out_of_memory(ctx));
    int bad = import_statistics(out, &ctx->study, &ctx->arena[SCRATCH]);
    arena_release(&ctx->arena[SCRATCH]);
    return leave(before, bad ? IVQ_OUTPUT : IVQ_OK);
}

int ivq_weighted_layers(const ivq *ctx)
{
    return import_weighted(&ctx->study);
}

/* ---- published figures beside ours ---- */

/* All of it is forgotten when memory runs out. */
static enum ivq_status forget_validation(ivq *ctx)
{
    arena_release(&ctx->arena[CASES]);
    arena_release(&ctx->arena[SCRATCH]);
    ctx->validation = (struct validation){.end = NULL};
    ctx->validated = false;
    return out_of_memory(ctx);
}

enum ivq_status ivq_validate(ivq *ctx, const char *name)
{
    struct validation *v = &ctx->validation;
    int errors = ctx->msgs.errors;
    locale_t before = enter(ctx);
    if (!v->end) {
        *v = (struct validation){.arena = &ctx->arena[CASES],
                                 .run = &ctx->arena[SCRATCH],
                                 .msgs = &ctx->msgs,
                                 .folders = ctx->folders,
                                 .home = IVQ_DATADIR "/validation",
                                 .end = &v->first};
        ctx->validated = true;
    }
    if (setjmp(ctx->no_memory))
        return leave(before, forget_validation(ctx));
    if (validate_add(v, name) || ctx->msgs.errors > errors) {
        ctx->validated = false;
        return leave(before, IVQ_INPUT);
    }
    return leave(before, IVQ_OK);
}

static int write_validation(const struct validation *v, FILE *out,
                            enum ivq_format format, enum ivq_detail detail,
                            struct arena *a)
{
    if (format == IVQ_TEXT)
        return validate_text(out, v, (enum validate_detail)detail);
    const struct table *tables[] = {validate_table(v, a),
                                    validate_variants(v, a)};
    return format == IVQ_CSV ? csv_table(out, tables[0])
                             : json_tables(out, tables, 2);
}

enum ivq_status ivq_validation_write(ivq *ctx, FILE *out,
                                     enum ivq_format format,
                                     enum ivq_detail detail)
{
    if (!ctx->validated)
        return refuse(ctx, "there are no cases to write");
    locale_t before = enter(ctx);
    if (setjmp(ctx->no_memory))
        return leave(before, out_of_memory(ctx));
    int bad = write_validation(&ctx->validation, out, format, detail,
                               &ctx->arena[SCRATCH]);
    arena_release(&ctx->arena[SCRATCH]);
    return leave(before, bad ? IVQ_OUTPUT : IVQ_OK);
}

int ivq_validation_failures(const ivq *ctx)
{
    return validate_failures(&ctx->validation);
}

static enum ivq_status unknown_metric(ivq *ctx, const char *name)
{
    const char *known[64];
    int n = 0;
    for (; n < 64 && metrics[n].name; n++)
        known[n] = metrics[n].name;
    msg_error(&ctx->msgs, NULL, "unknown figure '%s'%s", name,
              suggest_end(name, known, n, "; see --list-metrics").text);
    return IVQ_INPUT;
}

enum ivq_status ivq_explain(ivq *ctx, FILE *out, const char *name)
{
    const struct metric *m = metric_find(name);
    if (!m)
        return unknown_metric(ctx, name);
    if (!ctx->study.estimated)
        return refuse(ctx, "there is no estimate to explain");
    locale_t before = enter(ctx);
    int bad = explain_write(out, &ctx->study, m);
    return leave(before, bad ? IVQ_OUTPUT : IVQ_OK);
}

enum ivq_status ivq_list(ivq *ctx, FILE *out, enum ivq_list what)
{
    locale_t before = enter(ctx);
    int bad = what == IVQ_LIST_PARAMS    ? list_params(out, &ctx->study)
              : what == IVQ_LIST_MODELS  ? list_models(out)
              : what == IVQ_LIST_SCHEMES ? list_schemes(out)
              : what == IVQ_LIST_LAYERS  ? list_layers(out)
                                         : list_metrics(out);
    return leave(before, bad ? IVQ_OUTPUT : IVQ_OK);
}
