/* validate.c - files of published figures: runs, values, verdicts */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "use/validate/validate.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char *const claim_kinds[] = {"silicon",    "model",  "tool",
                                   "arithmetic", "target", NULL};
const char *const claim_roles[] = {"predicted", "calibrated", "recalled", NULL};
const char *const claim_means[] = {"geometric", "arithmetic", "sum", NULL};
const char *const verdict_names[] = {"ok", "off", "explained",
                                     "no longer needs a reason"};

void pass_on(struct validation *v, const struct msgs *from,
             const struct place *at, const char *lead)
{
    for (int i = 0; i < from->n; i++)
        if (from->list[i].is_error)
            msg_error(v->msgs, at, "%s%s", lead, from->list[i].text);
}

/* ---- one case ---- */

/* Of run_i, or of run_i over that of over_i. */
static double pair_value(const struct pair *p)
{
    return p->theirs ? p->ours->value / p->theirs->value : p->ours->value;
}

double pairs_mean(const struct claim *c, const struct pair *pair, int mean)
{
    double sum = 0;
    if (c->pairs == 1)
        return pair_value(pair);
    for (int i = 0; i < c->pairs; i++)
        sum += mean == MEAN_GEOMETRIC ? log(pair_value(&pair[i]))
                                      : pair_value(&pair[i]);
    if (mean == MEAN_SUM)
        return sum;
    sum /= c->pairs;
    return mean == MEAN_GEOMETRIC ? exp(sum) : sum;
}

/* A quantity of the figure's dimension, or a number; divided by c->per. */
static int parse(struct validation *v, const struct claim *c,
                 const struct node *n, const char *key, double *out)
{
    char why[160];
    *out = n->real;
    if (n->text && quantity_parse(n->text, c->dim, out, why, sizeof why))
        return msg_error(v->msgs, &n->at, "%s: %s", key, why);
    if (!n->text && c->dim != DIM_NONE)
        return msg_error(
            v->msgs, &n->at, "%s: '%s' is in %s; write it like \"%s\"", key,
            c->question.figure, dim_unit(c->dim), dim_example(c->dim));
    if (!(*out > 0))
        return msg_error(v->msgs, &n->at,
                         "%s: a value must be greater than zero", key);
    *out /= c->per;
    return 0;
}

static int parse_published(struct validation *v, struct claim *c)
{
    const struct node *end = c->written_end;
    if (parse(v, c, c->written, "published", &c->published) ||
        (end && parse(v, c, end, "until", &c->until)))
        return -1;
    if (end && c->until <= c->published)
        return msg_error(v->msgs, &end->at,
                         "until: a span ends above the value that it begins "
                         "with");
    return 0;
}

/* Within 30 %: 0.7 to 1.3. Within 1, a factor of two: 0.5 to 2. */
static bool is_within(double ratio, double within)
{
    const double rounding = 1e-9;
    if (within < 1)
        return fabs(ratio - 1) <= within + rounding;
    return fmax(ratio, 1 / ratio) <= (1 + within) * (1 + rounding);
}

double claim_nearest(const struct claim *c, double ours)
{
    return fmax(c->published, fmin(ours, c->until));
}

int claim_settle(struct validation *v, struct claim *c)
{
    if (parse_published(v, c))
        return -1;
    c->ratio = c->ours / claim_nearest(c, c->ours);
    bool good = is_within(c->ratio, c->within), reason = *c->reason;
    c->verdict = good     ? reason ? VERDICT_STALE : VERDICT_OK
                 : reason ? VERDICT_EXPLAINED
                          : VERDICT_OFF;
    return 0;
}

/* A case of runs, all of which have been made. */
static int settle(struct validation *v, struct claim *c)
{
    c->dim = c->pair->theirs ? DIM_NONE : c->pair->ours->dim;
    c->ours = pairs_mean(c, c->pair, c->mean);
    if (isnan(c->ours) || claim_settle(v, c))
        return -1;
    return variants_settle(v, c);
}

/* ---- files ---- */

static int add_file(struct validation *v, const char *path)
{
    struct paper *p = arena_alloc(v->arena, sizeof *p);
    p->trial_end = &p->trial;
    p->claim_end = &p->claim;
    *v->end = p;
    v->end = &p->next;
    if (paper_read(v, path, p))
        return -1;
    int bad = 0;
    for (struct trial *t = p->trial; t; t = t->next)
        bad |= trial_run(v, p, t);
    for (struct claim *c = p->claim; c; c = c->next) {
        v->claims++;
        if (!c->group)
            bad |= settle(v, c);
    }
    return bad;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum { FILES_MAX = 512 };

/* The paths of the .cfg files of a folder, sorted; how many. */
static int files_of(struct validation *v, const char *folder, const char **path)
{
    DIR *dir = opendir(folder);
    int n = 0;
    for (struct dirent *e; dir && n < FILES_MAX && (e = readdir(dir));) {
        size_t length = strlen(e->d_name);
        if (length < 5 || strcmp(e->d_name + length - 4, ".cfg") ||
            *e->d_name == '.')
            continue;
        path[n++] = arena_printf(v->arena, "%s/%s", folder, e->d_name);
    }
    if (dir)
        closedir(dir);
    qsort(path, (size_t)n, sizeof *path, by_name);
    return n;
}

static int add_folder(struct validation *v, const char *folder)
{
    const char **path = arena_array(v->arena, FILES_MAX, sizeof *path);
    int n = files_of(v, folder, path), bad = 0;
    if (!n)
        return msg_error(v->msgs, NULL, "'%s' has no .cfg file of cases",
                         folder);
    for (int i = 0; i < n; i++)
        bad |= add_file(v, path[i]);
    return bad;
}

static int add_installed(struct validation *v)
{
    const char *parts = arena_printf(v->arena, "%s/circuits", v->home);
    return add_folder(v, v->home) || add_folder(v, parts) ? -1 : 0;
}

int validate_add(struct validation *v, const char *name)
{
    struct stat st;
    if (!name)
        return add_installed(v);
    if (!stat(name, &st) && S_ISDIR(st.st_mode))
        return add_folder(v, name);
    return add_file(v, name);
}

int validate_failures(const struct validation *v)
{
    int n = 0;
    for (const struct paper *p = v->first; p; p = p->next)
        for (const struct claim *c = p->claim; c; c = c->next)
            n += c->role != ROLE_RECALLED &&
                 (c->verdict == VERDICT_OFF || c->verdict == VERDICT_STALE);
    return n;
}
