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

/* What is not known, NaN, stays so. */
static double ratio(const struct summary *ours, const struct summary *theirs,
                    int i)
{
    double a = figure(ours, i), b = figure(theirs, i);
    return figures[i].less_is_better ? b / a : a / b;
}

/* ---- made equal ---- */

/* A parameter of the machine; 0 if it has none of that name. */
static double parameter(const struct study *s, const char *path,
                        const char *name)
{
    int n;
    const struct bound *b = s->type->bounds(s->machine, &n);
    for (int i = 0; i < n; i++)
        for (const struct field *f = b[i].fields; f->name; f++)
            if (!strcmp(b[i].path, path) && !strcmp(f->name, name))
                return field_get(f, b[i].data);
    return 0;
}

/* Of one crossbar. */
static double cells(const struct study *s)
{
    return parameter(s, "crossbar", "rows") *
           parameter(s, "crossbar", "columns");
}

struct size size_of(const struct study *s)
{
    const struct summary *sum = &s->est.sum;
    return (struct size){s->tech.name, sum->area_m2,
                         sum->crossbars_have * cells(s)};
}

int size_check(const struct size *size, enum normalise how, struct msgs *msgs)
{
    if (how == NORMALISE_CROSSBARS && !(size->cells > 0))
        return msg_error(msgs, NULL,
                         "'%s' has no crossbars; normalise by area or not at "
                         "all",
                         size->name);
    if (how == NORMALISE_AREA && isnan(size->area_m2))
        return msg_error(msgs, NULL,
                         "the area of '%s' is not known and cannot be made "
                         "equal",
                         size->name);
    return 0;
}

const char *const *texts_joined(struct arena *a, const char *const *first,
                                const char *const *last)
{
    const char *const *const list[] = {first, last};
    size_t n = 0;
    for (int i = 0; i < 2; i++)
        for (const char *const *text = list[i]; *text; text++)
            n++;
    const char **all = arena_array(a, n + 1, sizeof *all);
    n = 0;
    for (int i = 0; i < 2; i++)
        for (const char *const *text = list[i]; *text; text++)
            all[n++] = *text;
    return all;
}

/* The override that brings a crossbar chip to the size; NULL: none. */
static const char *budget(const struct study *s, const struct size *size,
                          enum normalise how, struct arena *a)
{
    const struct machine_type *type = s->type;
    char number[TEXT];
    if (how == NORMALISE_AREA && type->area_limit)
        return arena_printf(a, "%s=%s m2", type->area_limit,
                            number_format(number, TEXT, size->area_m2));
    if (how == NORMALISE_CROSSBARS && type->crossbar_limit)
        return arena_printf(a, "%s=%.0f", type->crossbar_limit,
                            fmax(1, floor(size->cells / cells(s))));
    return NULL;
}

int size_tech(struct study *s, const struct conf_env *env, const char *name,
              const struct size *size, enum normalise how)
{
    if (study_tech(s, env, name))
        return -1;
    const char *limit = budget(s, size, how, env->arena);
    if (!limit)
        return 0;
    const char *const more[] = {"chip.overflow=reload", limit, NULL};
    struct conf_env sized = *env;
    sized.sets = texts_joined(env->arena, env->sets, more);
    return study_tech(s, &sized, name);
}

double size_copies(struct study *s, const struct size *size, enum normalise how)
{
    struct summary *sum = &s->est.sum;
    if (how != NORMALISE_AREA || s->type->area_limit)
        return 1;
    double *const scaled[] = {&sum->area_m2,     &sum->results_per_s,
                              &sum->ops_per_s,   &sum->peak_ops_per_s,
                              &sum->power_W,     &sum->peak_W,
                              &sum->storage_bits};
    double copies = size->area_m2 / sum->area_m2;
    for (size_t i = 0; i < sizeof scaled / sizeof *scaled; i++)
        *scaled[i] *= copies;
    sum->interval_s /= copies;
    return copies;
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
                             "more than %d technologies to compare with",
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

/* The user's overrides for this machine. */
static const char *const *sets_for(const struct rival *r,
                                   const char *const *sets, struct arena *a)
{
    int n = 0, mine = 0;
    while (sets[n])
        n++;
    const char **all = arena_array(a, (size_t)n + 1, sizeof *all);
    for (int i = 0; i < n; i++)
        if (is_for(sets[i], r->name))
            all[mine++] = sets[i] + strlen(r->name) + 1;
    return all;
}

static int estimate(struct comparison *c, struct rival *r,
                    const struct conf_env *env, const char *const *sets)
{
    struct conf_env own = *env;
    own.sets = sets_for(r, sets, env->arena);
    own.prefix = arena_printf(env->arena, "%s:", r->name);
    if (size_tech(&r->study, &own, r->name, &c->size, c->how))
        return -1;
    r->study.net = c->ours->net;
    r->study.quant = c->ours->quant;
    r->study.plan = c->ours->plan;
    if (study_estimate(&r->study, env->arena, env->msgs))
        return msg_error(env->msgs, NULL, "'%s' cannot be compared", r->name);
    r->copies = size_copies(&r->study, &c->size, c->how);
    return 0;
}

int compare_run(struct comparison *c, const struct conf_env *env,
                const char *names, const char *const *sets)
{
    c->size = size_of(c->ours);
    if (split(c, env, names) || check_sets(c, env, sets) ||
        size_check(&c->size, c->how, env->msgs))
        return -1;
    for (int i = 0; i < c->n; i++)
        if (estimate(c, &c->rival[i], env, sets))
            return -1;
    return 0;
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
                 const struct summary *ours, double copies)
{
    const struct summary *sum = &s->est.sum;
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
    fill(table_at(t, 0, 0), c->ours, ours, 1);
    for (int k = 0; k < c->n; k++) {
        const struct rival *r = &c->rival[k];
        fill(table_at(t, k + 1, 0), &r->study, ours, r->copies);
    }
    return t;
}

/* ---- for people ---- */

static const char *const equal[] = {"as published", "at equal area",
                                    "at equal cells in crossbars"};

static const char *add(struct arena *a, const char *notes, const char *note)
{
    return *notes ? arena_printf(a, "%s; %s", notes, note) : note;
}

/* What is not known of a machine and what was done to it, "" if nothing. */
static const char *notes_of(const struct rival *r, struct arena *a)
{
    const struct summary *sum = &r->study.est.sum;
    bool power = isnan(sum->energy_J), area = isnan(sum->area_m2);
    const char *notes = "";
    if (power || area)
        notes =
            arena_printf(a, "no source for its %s%s%s", power ? "power" : "",
                         power && area ? " and " : "", area ? "area" : "");
    if (!isnan(r->copies) && r->copies != 1)
        notes = add(a, notes,
                    arena_printf(a, "%.3g copies fill our area", r->copies));
    if (r->study.run.rounds > 1)
        notes = add(a, notes, "weights do not fit: reloaded");
    return notes;
}

/* A line a machine of which there is something to note. */
static int put_notes(FILE *out, const struct comparison *c, struct arena *a)
{
    static const struct column heads[] = {{"machine", NULL}, {"notes", NULL}};
    static const struct view views[] = {{"machine", "machine", LOOK_TEXT, 24},
                                        {"notes", "notes", LOOK_TEXT, 68}};
    struct table *t = table_new(a, "notes", 2, heads, c->n);
    t->rows = 0;
    for (int k = 0; k < c->n; k++) {
        const char *text = notes_of(&c->rival[k], a);
        if (!*text)
            continue;
        table_at(t, t->rows, 0)->text = c->rival[k].study.tech.name;
        table_at(t, t->rows++, 1)->text = text;
    }
    if (!t->rows)
        return 0;
    putc('\n', out);
    return text_table(out, t, views, 2);
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
    return put_notes(out, c, a);
}
