/* validate_variant.c - steps from one machine to another, and assumptions */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "use/validate.h"

#include <math.h>
#include <string.h>

/* A step or an assumption as a file has it. */
struct wanted {
    const char *name, *tech, *quant; /* tech of an assumption: of `over` */
    const char *const *sets, *const *over_sets;
    int normalise, mean;
};

/* clang-format off */
static const char *const normalises[] = {"none", "area", NULL};
static const char *const means[] = {"same", "geometric", "arithmetic", NULL};
#define W(member) offsetof(struct wanted, member)
static const struct field step_fields[] = {
    {"name", FIELD_TEXT, DIM_NONE, W(name), 0, 0, NULL, NULL, "what changes"},
    {"tech", FIELD_TEXT, DIM_NONE, W(tech), 0, 0, NULL, NULL,
     "technology file"},
    {"quant", FIELD_TEXT, DIM_NONE, W(quant), 0, 0, "", NULL,
     "quantization in place of that of the run"},
    {0}};
static const struct field assumption_fields[] = {
    {"name", FIELD_TEXT, DIM_NONE, W(name), 0, 0, NULL, NULL,
     "what is assumed"},
    {"over_tech", FIELD_TEXT, DIM_NONE, W(tech), 0, 0, "", NULL,
     "technology file in place of that of 'over'"},
    {"normalise", FIELD_CHOICE, DIM_NONE, W(normalise), 0, 0, "none",
     normalises, "area: the other machine gets the area of the run's"},
    {"mean", FIELD_CHOICE, DIM_NONE, W(mean), 0, 0, "same", means,
     "of several runs; same: as the case's"},
    {0}};
/* clang-format on */

static const char *const none[] = {NULL};

static int read_wanted(struct validation *v, struct node *group,
                       const char *path, const struct field *fields,
                       struct wanted *w)
{
    struct bound b = {.path = path, .fields = fields, .data = w};
    *w = (struct wanted){.sets = none, .over_sets = none};
    if (group->kind != NODE_GROUP)
        return msg_error(v->msgs, &group->at, "'%s' is a list of groups", path);
    int bad = texts_read(v, group, "set", &w->sets);
    if (fields == assumption_fields)
        bad |= texts_read(v, group, "over_set", &w->over_sets);
    return bad | field_read(&b, group, NULL, group->at, v->arena, v->msgs);
}

static size_t count(const char *const *text)
{
    size_t n = 0;
    while (text[n])
        n++;
    return n;
}

static bool same_texts(const char *const *a, const char *const *b)
{
    while (*a && *b && !strcmp(*a, *b))
        a++, b++;
    return !*a && !*b;
}

/* The run that is the same but for its name, or a new one. */
static struct trial *trial_like(struct validation *v, struct paper *p,
                                const struct trial *like)
{
    for (struct trial *t = p->trial; t; t = t->next)
        if (!strcmp(t->tech, like->tech) &&
            !strcmp(t->network, like->network) &&
            !strcmp(t->quant, like->quant) && t->area == like->area &&
            same_texts(t->sets, like->sets))
            return t;
    return trial_add(v, p, *like);
}

static struct variant *add_variant(struct validation *v, struct claim *c,
                                   struct variant ***end,
                                   const struct node *group, const char *name)
{
    struct variant *x = arena_alloc(v->arena, sizeof *x);
    x->name = name;
    x->at = group->at;
    x->mean = c->mean;
    x->pair = arena_array(v->arena, (size_t)c->pairs, sizeof *x->pair);
    **end = x;
    *end = &x->next;
    return x;
}

/* ---- steps ---- */

/* Overrides of the run's network stay. */
static const char *const *network_sets(struct arena *a, const struct trial *t)
{
    const char **sets = arena_array(a, count(t->sets) + 1, sizeof *sets);
    int n = 0;
    for (const char *const *s = t->sets; *s; s++)
        if (!strncmp(*s, "workload.", 9))
            sets[n++] = *s;
    return sets;
}

/* The machine of the step with the networks of the runs, over what was before
 * it: at first the machine of `over`. */
static int read_step(struct validation *v, struct paper *p, struct claim *c,
                     struct node *group, struct trial *const *trial,
                     const struct pair *before, struct variant ***end)
{
    struct wanted w;
    if (read_wanted(v, group, "steps", step_fields, &w))
        return -1;
    struct variant *x = add_variant(v, c, end, group, w.name);
    for (int i = 0; i < c->pairs; i++) {
        struct trial t = *trial[2 * i];
        t.name = arena_printf(v->arena, "%s, step '%s'", t.name, w.name);
        t.tech = w.tech;
        t.sets = texts_joined(v->arena, network_sets(v->arena, &t), w.sets);
        t.quant = *w.quant ? w.quant : t.quant;
        t.at = group->at;
        x->pair[i].ours = trial_ask(v, trial_like(v, p, &t), &c->question);
        x->pair[i].theirs = before ? before[i].ours : c->pair[i].theirs;
    }
    return 0;
}

static int read_steps(struct validation *v, struct paper *p, struct claim *c,
                      struct node *list, struct trial *const *trial)
{
    struct variant **end = &c->step, *last = NULL;
    bool same = c->over.figure == c->question.figure &&
                c->over.part == c->question.part;
    if (list->kind != NODE_LIST || !trial[1] || !same ||
        (c->pairs > 1 && c->mean != MEAN_GEOMETRIC))
        return msg_error(v->msgs, &list->at,
                         "steps are a list between 'over' and 'run', of one "
                         "figure and with a geometric mean");
    for (struct node *g = list->child; g; g = g->next) {
        if (read_step(v, p, c, g, trial, last ? last->pair : NULL, &end))
            return -1;
        last = last ? last->next : c->step;
    }
    return 0;
}

/* ---- assumptions ---- */

/* The run with another technology (not if ""), more overrides, an area, or
 * itself if there are none of these. */
static struct trial *with_sets(struct validation *v, struct paper *p,
                               struct trial *t, const struct wanted *w,
                               const char *tech, const char *const *sets,
                               const struct answer *area)
{
    if (!t || (!*tech && !*sets && !area))
        return t;
    struct trial like = *t;
    like.tech = *tech ? tech : t->tech;
    like.name = arena_printf(v->arena, "%s, '%s'", t->name, w->name);
    like.sets = texts_joined(v->arena, t->sets, sets);
    like.area = area;
    return trial_like(v, p, &like);
}

static int read_assumption(struct validation *v, struct paper *p,
                           struct claim *c, struct node *group,
                           struct trial *const *trial, struct variant ***end)
{
    struct wanted w;
    if (read_wanted(v, group, "assumptions", assumption_fields, &w))
        return -1;
    if (!trial[1] && (w.normalise || *w.over_sets || *w.tech))
        return msg_error(v->msgs, &group->at,
                         "an assumption about another machine needs 'over'");
    struct variant *x = add_variant(v, c, end, group, w.name);
    if (w.mean)
        x->mean = w.mean - 1; /* behind "same" */
    struct question *area = arena_alloc(v->arena, sizeof *area);
    *area = (struct question){"area", "", NULL, group->at, false};
    for (int i = 0; i < c->pairs; i++) {
        struct trial *run = with_sets(v, p, trial[2 * i], &w, "", w.sets, NULL);
        struct trial *over =
            with_sets(v, p, trial[2 * i + 1], &w, w.tech, w.over_sets,
                      w.normalise ? trial_ask(v, run, area) : NULL);
        x->pair[i].ours = trial_ask(v, run, &c->question);
        if (over)
            x->pair[i].theirs = trial_ask(v, over, &c->over);
    }
    return 0;
}

int variants_read(struct validation *v, struct paper *p, struct claim *c,
                  struct node *group, struct trial *const *trial)
{
    struct variant **end = &c->assumption;
    struct node *steps = node_get(group, "steps");
    struct node *list = node_get(group, "assumptions");
    int bad = steps ? read_steps(v, p, c, steps, trial) : 0;
    if (list && list->kind != NODE_LIST)
        return msg_error(v->msgs, &list->at,
                         "'assumptions' is a list of groups");
    for (struct node *g = list ? list->child : NULL; g; g = g->next)
        bad |= read_assumption(v, p, c, g, trial, &end);
    return bad;
}

/* ---- after the runs ---- */

static bool differ(double a, double b)
{
    return fabs(a - b) > 1e-9 * fabs(b);
}

/* The last step must have led to the runs themselves. */
static int check_last(struct validation *v, const struct claim *c,
                      const struct variant *x)
{
    char there[32], here[32];
    for (int i = 0; i < c->pairs; i++) {
        double a = x->pair[i].ours->value, b = c->pair[i].ours->value;
        if (differ(a, b))
            return msg_error(
                v->msgs, &x->at,
                "the last step is another machine than that of 'run': '%s' is "
                "%s, there %s",
                c->question.figure,
                quantity_format(here, sizeof here, a, c->pair->ours->dim),
                quantity_format(there, sizeof there, b, c->pair->ours->dim));
    }
    return 0;
}

int variants_settle(struct validation *v, struct claim *c)
{
    struct variant *const lists[] = {c->step, c->assumption};
    for (int k = 0; k < 2; k++)
        for (struct variant *x = lists[k]; x; x = x->next) {
            for (int i = 0; i < c->pairs; i++)
                if (isnan(x->pair[i].ours->value) ||
                    (x->pair[i].theirs && isnan(x->pair[i].theirs->value)))
                    return -1; /* reported */
            x->value = pairs_mean(c, x->pair, x->mean);
            if (k == 0 && !x->next && check_last(v, c, x))
                return -1;
        }
    return 0;
}
