/* run.c - makes the runs of published figures and asks them */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "use/validate/validate.h"

#include "base/suggest.h"

#include <math.h>
#include <string.h>

enum { NAMES_MAX = 256 };

/* A run that has been made, and its tables. */
struct made {
    struct validation *v;
    const struct trial *trial;
    struct study study;
    const struct table *layers, *parts;
};

/* ---- finding rows and columns ---- */

/* Says once that what a question names is not there; -1. */
static int unknown(struct made *m, struct question *q, const char *what,
                   const char *name, const char *const *known, int n,
                   const char *otherwise)
{
    if (!q->refused)
        msg_error(m->v->msgs, &q->at, "unknown %s '%s'%s", what, name,
                  suggest_end(name, known, n, otherwise).text);
    q->refused = true;
    return -1;
}

static int find_column(struct made *m, struct question *q,
                       const struct table *t, const char *name)
{
    const char *known[NAMES_MAX];
    int n = 0;
    for (int c = 0; c < t->columns; c++) {
        if (t->column[c].unit && !strcmp(t->column[c].name, name))
            return c;
        if (t->column[c].unit && n < NAMES_MAX)
            known[n++] = t->column[c].name;
    }
    return unknown(m, q, "figure", name, known, n,
                   t == m->layers ? " of a layer" : " of a component");
}

static int find_row(struct made *m, struct question *q, const struct table *t,
                    const char *what, const char *name)
{
    const char *known[NAMES_MAX];
    int n = 0;
    for (int r = 0; r < t->rows; r++) {
        const char *text = table_at(t, r, 0)->text;
        if (!strcmp(text, name))
            return r;
        if (n < NAMES_MAX)
            known[n++] = text;
    }
    return unknown(m, q, what, name, known, n, "");
}

static enum dim dim_of(const char *unit)
{
    for (int d = 1; d < DIM_N; d++)
        if (!strcmp(unit, dim_unit((enum dim)d)))
            return (enum dim)d;
    return DIM_NONE;
}

/* ---- answers ---- */

/* A part of the run, of all that a technology may have: those with a model
 * have a row among the components. */
static int find_part(struct made *m, struct question *q)
{
    const struct run *run = m->study.est.run;
    if (find_row(m, q, m->parts, "component", q->part) < 0)
        return -1;
    for (int p = 0; p < run->parts; p++)
        if (run->part[p].model && !strcmp(run->part[p].name, q->part))
            return p;
    return -1;
}

/* Energy, actions or writes of a part in the layers. */
static int ask_layer_part(struct made *m, struct answer *a)
{
    static const char *const known[] = {"energy", "actions", "writes"};
    struct question *q = a->question;
    const struct estimate *e = &m->study.est;
    int p = find_part(m, q), what = 0;
    while (what < 3 && strcmp(q->figure, known[what]))
        what++;
    if (what == 3)
        return unknown(m, q, "figure", q->figure, known, 3,
                       " of a component in a layer");
    if (p < 0)
        return -1;
    a->dim = what == 0 ? DIM_J : DIM_NONE;
    a->value = 0;
    for (const char *const *name = q->layers; *name; name++) {
        int l = find_row(m, q, m->layers, "layer", *name);
        if (l < 0)
            return -1;
        const double *n = run_actions(e->run, l, p);
        a->value += what == 0   ? e->energy_J[l * e->run->parts + p]
                    : what == 1 ? n[ACTION_FIRST]
                                : n[ACTION_WRITE];
    }
    return 0;
}

/* The sum over the named rows of a table's column. */
static int ask_table(struct made *m, struct answer *a, const struct table *t,
                     const char *what, const char *const *name)
{
    struct question *q = a->question;
    int column = find_column(m, q, t, q->figure);
    if (column < 0)
        return -1;
    a->dim = dim_of(t->column[column].unit);
    a->value = 0;
    for (; *name; name++) {
        int row = find_row(m, q, t, what, *name);
        if (row < 0)
            return -1;
        a->value += table_at(t, row, column)->number;
    }
    return 0;
}

static int ask_network(struct made *m, struct answer *a)
{
    struct question *q = a->question;
    const char *known[NAMES_MAX];
    int n = 0;
    for (; metrics[n].name && n < NAMES_MAX; n++)
        known[n] = metrics[n].name;
    const struct metric *metric = metric_find(q->figure);
    if (!metric)
        return unknown(m, q, "figure", q->figure, known, n,
                       "; see ivq-est --list-metrics");
    a->dim = metric->dim;
    a->value = metric_value(metric, &m->study.est.sum);
    return 0;
}

/* What the technology does not say, and what is zero: nothing to compare. */
static int check_known(struct made *m, struct answer *a)
{
    struct question *q = a->question;
    unsigned lacks = m->study.run.unknown;
    const char *tech = m->trial->tech;
    bool energy = a->dim == DIM_J || a->dim == DIM_W;
    if (q->refused)
        return -1;
    if (!isnan(a->value) && a->value > 0 &&
        !(energy && lacks & RUN_NO_ENERGY) &&
        !(a->dim == DIM_M2 && lacks & RUN_NO_AREA))
        return 0;
    q->refused = true;
    if (isnan(a->value) || energy || a->dim == DIM_M2) {
        bool area = strstr(q->figure, "area") || strstr(q->figure, "m2");
        if (lacks & (area ? RUN_NO_AREA : RUN_NO_ENERGY))
            return msg_error(
                m->v->msgs, &q->at, "'%s' of run '%s': '%s' has no %s model",
                q->figure, m->trial->name, tech, area ? "area" : "energy");
    }
    return msg_error(m->v->msgs, &q->at,
                     "'%s' of run '%s' is %s on '%s': nothing to compare",
                     q->figure, m->trial->name,
                     isnan(a->value) ? "unknown" : "zero", tech);
}

static int ask(struct made *m, struct answer *a)
{
    const struct question *q = a->question;
    const char *const part[] = {q->part, NULL};
    int bad;
    if (q->layers && *q->part)
        bad = ask_layer_part(m, a);
    else if (q->layers)
        bad = ask_table(m, a, m->layers, "layer", q->layers);
    else if (*q->part)
        bad = ask_table(m, a, m->parts, "component", part);
    else
        bad = ask_network(m, a);
    if (bad || check_known(m, a)) {
        a->value = (double)NAN;
        return -1;
    }
    return 0;
}

/* ---- a run ---- */

const char *const *sets_of(struct arena *a, const char *const *sets,
                           bool network, int skip)
{
    static const char prefix[] = "workload.";
    size_t n = 0, mine = 0;
    while (sets[n])
        n++;
    const char **out = arena_array(a, n + 1, sizeof *out);
    for (; *sets; sets++)
        if (!strncmp(*sets, prefix, sizeof prefix - 1) == network)
            out[mine++] = *sets + skip;
    return out;
}

/* Loads and estimates; the run keeps its size for those that are brought to
 * it. */
static int estimate(struct made *m, struct conf_env *env,
                    const struct conf_env *net_env, struct trial *t)
{
    struct study *s = &m->study;
    const struct size *size = t->equal ? &t->equal->size : NULL;
    if ((size && size_check(size, t->how, env->msgs)) ||
        size_tech(s, env, t->tech, size, t->how) ||
        study_network(s, net_env, t->network, *t->quant ? t->quant : NULL) ||
        study_estimate(s, env->arena, env->msgs))
        return -1;
    t->size = size_of(s);
    t->size.name = t->tech; /* the machine's own goes with this run */
    if (size && size_check(&t->size, t->how, env->msgs))
        return -1;
    size_copies(s, size, t->how);
    return 0;
}

static int make(struct made *m, struct paper *p, struct trial *t,
                struct msgs *msgs)
{
    struct arena *a = m->v->run;
    struct conf_env env = {a, msgs, p->folders, sets_of(a, t->sets, false, 0),
                           NULL};
    struct conf_env net_env = {a, msgs, p->folders,
                               sets_of(a, t->sets, true, 9), "workload."};
    if (estimate(m, &env, &net_env, t))
        return -1;
    int bad = 0;
    m->layers = est_layers(&m->study.est, a);
    m->parts = est_components(&m->study.est, a);
    for (struct answer *q = t->first; q; q = q->next)
        bad |= ask(m, q);
    return bad;
}

int trial_run(struct validation *v, struct paper *p, struct trial *t)
{
    struct made m = {.v = v, .trial = t};
    struct msgs msgs = {.n = 0};
    if (t->equal && !t->equal->size.name)
        return -1; /* reported */
    int bad = make(&m, p, t, &msgs);
    char lead[200];
    snprintf(lead, sizeof lead, "run '%s': ", t->name);
    pass_on(v, &msgs, &t->at, lead);
    arena_release(v->run);
    return bad;
}
