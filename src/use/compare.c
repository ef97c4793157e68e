/* compare.c - one network on several machines */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "use/compare.h"

#include "base/suggest.h"
#include "out/out.h"

#include <math.h>
#include <string.h>

enum { TEXT = 64, RIVALS_MAX = 64 };

/* ---- what is compared, in the order of the columns below ---- */

/* clang-format off */
#define M(member) offsetof(struct summary, member)
static const struct {
    size_t offset;
    bool less_is_better;
} figures[] = {{M(latency_s), true}, {M(results_per_s), false},
               {M(energy_J), true},  {M(area_m2), true},
               {M(ops_per_J), false}, {M(ops_per_s_m2), false}};
#undef M
/* clang-format on */
enum { FIGURES = sizeof figures / sizeof *figures };

static double figure(const struct summary *s, int i)
{
    return *(const double *)((const char *)s + figures[i].offset);
}

static double ratio(const struct summary *ours, const struct summary *theirs,
                    int i)
{
    double a = figure(ours, i), b = figure(theirs, i);
    if (isnan(a) || isnan(b))
        return (double)NAN;
    return figures[i].less_is_better ? b / a : a / b;
}

/* ---- loading ---- */

/* The names of a comma-separated list; -1 having reported. */
static int split(struct comparison *c, const struct conf_env *env,
                 const char *names)
{
    c->rival = arena_array(env->arena, RIVALS_MAX, sizeof *c->rival);
    char *rest = arena_strdup(env->arena, names), *name;
    while ((name = strsep(&rest, ","))) {
        if (!*name)
            return msg_error(env->msgs, NULL,
                             "'%s' has an empty name; separate technologies "
                             "by one comma",
                             names);
        if (c->n == RIVALS_MAX)
            return msg_error(env->msgs, NULL,
                             "'%s' has more than %d technologies", names,
                             RIVALS_MAX);
        c->rival[c->n++] = (struct rival){.name = name, .copies = 1};
    }
    return 0;
}

/* Is "NAME:path=value" for this machine? */
static bool is_for(const char *set, const char *name)
{
    size_t n = strlen(name);
    return !strncmp(set, name, n) && set[n] == ':';
}

static int check_sets(const struct comparison *c, const struct conf_env *env,
                      const char *const *sets)
{
    const char *known[RIVALS_MAX];
    for (int k = 0; k < c->n; k++)
        known[k] = c->rival[k].name;
    for (; *sets; sets++) {
        int k = 0;
        while (k < c->n && !is_for(*sets, c->rival[k].name))
            k++;
        if (k < c->n)
            continue;
        char *name = arena_strdup(env->arena, *sets);
        *strchr(name, ':') = 0;
        return msg_error(env->msgs, NULL,
                         "override '%s' is for no technology of --vs%s", *sets,
                         suggest_end(name, known, c->n, "").text);
    }
    return 0;
}

static double cells(const struct study *s)
{
    int n;
    double rows = 0, columns = 0;
    const struct bound *b = s->type->bounds(s->machine, &n);
    for (int i = 0; i < n; i++)
        for (int k = 0; b[i].fields[k].name && !strcmp(b[i].path, "crossbar");
             k++) {
            const struct field *f = &b[i].fields[k];
            if (!strcmp(f->name, "rows"))
                rows = field_get(f, b[i].data);
            if (!strcmp(f->name, "columns"))
                columns = field_get(f, b[i].data);
        }
    return rows * columns;
}

/* The override that brings a crossbar chip to our size; NULL: none. */
static const char *budget(const struct comparison *c, const struct rival *r,
                          struct arena *a)
{
    const struct machine_type *type = r->study.type;
    const struct run *ours = &c->ours->run;
    char number[TEXT];
    if (c->how == NORMALISE_AREA && type->area_limit)
        return arena_printf(
            a, "%s=%s m2", type->area_limit,
            number_format(number, TEXT, c->ours->est.sum.area_m2));
    if (c->how == NORMALISE_CROSSBARS && type->crossbar_limit)
        return arena_printf(a, "%s=%.0f", type->crossbar_limit,
                            fmax(1, floor(ours->crossbars_have *
                                          cells(c->ours) / cells(&r->study))));
    return NULL;
}

/* The user's overrides for this machine, then `more`, which may be NULL. */
static const char *const *sets_for(const struct rival *r, const char *more,
                                   const char *const *sets, struct arena *a)
{
    int n = 0;
    for (const char *const *s = sets; *s; s++)
        n++;
    const char **mine = arena_array(a, (size_t)n + 3, sizeof *mine);
    n = 0;
    for (; *sets; sets++)
        if (is_for(*sets, r->name))
            mine[n++] = *sets + strlen(r->name) + 1;
    if (more) {
        mine[n++] = "chip.overflow=reload";
        mine[n++] = more;
    }
    mine[n] = NULL;
    return mine;
}

static int load(struct rival *r, const struct conf_env *env, const char *more,
                const char *const *sets)
{
    struct conf_env own = *env;
    own.sets = sets_for(r, more, sets, env->arena);
    own.prefix = arena_printf(env->arena, "%s:", r->name);
    return study_tech(&r->study, &own, r->name);
}

/* So many machines side by side as our area holds. */
static void scale(const struct comparison *c, struct rival *r)
{
    struct summary *s = &r->sum;
    *s = r->study.est.sum;
    if (c->how != NORMALISE_AREA || r->study.type->area_limit)
        return;
    r->copies = c->ours->est.sum.area_m2 / s->area_m2;
    s->results_per_s *= r->copies;
    s->area_m2 *= r->copies;
}

static int estimate(struct comparison *c, struct rival *r,
                    const struct conf_env *env, const char *const *sets)
{
    if (load(r, env, NULL, sets))
        return -1;
    const char *more = budget(c, r, env->arena);
    if (more && load(r, env, more, sets))
        return -1;
    r->study.net = c->ours->net;
    r->study.quant = c->ours->quant;
    r->study.plan = c->ours->plan;
    if (study_estimate(&r->study, env->arena, env->msgs))
        return msg_error(env->msgs, NULL, "'%s' cannot be compared", r->name);
    scale(c, r);
    return 0;
}

int compare_run(struct comparison *c, const struct conf_env *env,
                const char *names, const char *const *sets)
{
    int bad = split(c, env, names) || check_sets(c, env, sets);
    if (!bad && c->how == NORMALISE_CROSSBARS &&
        c->ours->run.crossbars_have == 0)
        return msg_error(env->msgs, NULL,
                         "'%s' has no crossbars that others could be brought "
                         "to; normalise by area or not at all",
                         c->ours->tech.name);
    if (!bad && c->how == NORMALISE_AREA && isnan(c->ours->est.sum.area_m2))
        return msg_error(env->msgs, NULL,
                         "the area of '%s' is not known, so that others "
                         "cannot be brought to it",
                         c->ours->tech.name);
    for (int i = 0; i < c->n && !bad; i++)
        bad = estimate(c, &c->rival[i], env, sets);
    return bad ? -1 : 0;
}

/* ---- the table ---- */

/* clang-format off */
static const struct column columns[] = {
    {"machine", NULL},
    {"latency", "s"}, {"results_per_s", ""}, {"energy", "J"}, {"area", "m^2"},
    {"ops_per_J", ""}, {"ops_per_s_m2", ""}, {"copies", ""},
    {"latency_ratio", ""}, {"results_per_s_ratio", ""}, {"energy_ratio", ""},
    {"area_ratio", ""}, {"ops_per_J_ratio", ""}, {"ops_per_s_m2_ratio", ""}};
/* clang-format on */
enum { COLUMNS = sizeof columns / sizeof *columns };

static void fill(union cell *cell, const struct study *s,
                 const struct summary *sum, const struct summary *ours,
                 double copies)
{
    (cell++)->text = s->tech.name;
    for (int i = 0; i < FIGURES; i++)
        (cell++)->number = figure(sum, i);
    (cell++)->number = copies;
    for (int i = 0; i < FIGURES; i++)
        (cell++)->number = ratio(ours, sum, i);
}

struct table *compare_table(const struct comparison *c, struct arena *a)
{
    const struct summary *ours = &c->ours->est.sum;
    struct table *t = table_new(a, "comparison", COLUMNS, columns, c->n + 1);
    fill(table_at(t, 0, 0), c->ours, ours, ours, 1);
    for (int k = 0; k < c->n; k++) {
        const struct rival *r = &c->rival[k];
        fill(table_at(t, k + 1, 0), &r->study, &r->sum, ours, r->copies);
    }
    return t;
}

/* ---- for people ---- */

static const char *const equal[] = {"as published", "at equal area",
                                    "at equal cells in crossbars"};

static void lacks(FILE *out, const struct comparison *c)
{
    for (int k = 0; k < c->n; k++) {
        const struct rival *r = &c->rival[k];
        const char *name = r->study.tech.name;
        if (isnan(r->sum.energy_J))
            fprintf(out,
                    "%s: no source for its power; energy is not "
                    "compared.\n",
                    name);
        if (isnan(r->sum.area_m2))
            fprintf(out, "%s: no source for its area%s.\n", name,
                    c->how == NORMALISE_AREA ? "; it cannot be brought to ours"
                                             : "");
        if (!isnan(r->copies) && r->copies != 1)
            fprintf(out, "%s: %.3g copies side by side fill our area.\n", name,
                    r->copies);
        if (r->study.run.rounds > 1)
            fprintf(out, "%s: weights do not fit and are reloaded.\n", name);
    }
}

int report_comparison(FILE *out, const struct comparison *c, struct arena *a)
{
    static const struct view values[] = {
        {"machine", "machine", LOOK_TEXT, 24},
        {"latency", "latency", LOOK_SI, 0},
        {"results_per_s", "results/s", LOOK_SI, 0},
        {"energy", "energy", LOOK_SI, 0},
        {"area", "area", LOOK_SI, 0},
        {"ops_per_J", "OPS/W", LOOK_SI, 0},
        {"ops_per_s_m2", "OPS/mm2", LOOK_PER_MM2, 0}};
    static const struct view ratios[] = {
        {"machine", "times better than", LOOK_TEXT, 24},
        {"latency_ratio", "latency", LOOK_RATIO, 0},
        {"results_per_s_ratio", "results/s", LOOK_RATIO, 0},
        {"energy_ratio", "energy", LOOK_RATIO, 0},
        {"area_ratio", "area", LOOK_RATIO, 0},
        {"ops_per_J_ratio", "OPS/W", LOOK_RATIO, 0},
        {"ops_per_s_m2_ratio", "OPS/mm2", LOOK_RATIO, 0}};
    const int n = sizeof values / sizeof *values;
    const struct table *t = compare_table(c, a);
    struct table theirs = *t;
    theirs.rows--;
    theirs.cell += theirs.columns;

    fprintf(out, "%s on %s, %s\n\n", c->ours->net->name, c->ours->tech.title,
            equal[c->how]);
    text_table(out, t, values, n);
    putc('\n', out);
    text_table(out, &theirs, ratios, n);
    putc('\n', out);
    lacks(out, c);
    return ferror(out) ? -1 : 0;
}
