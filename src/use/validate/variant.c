/* variant.c - steps from one machine to another, and assumptions */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "use/validate/validate.h"

#include <math.h>
#include <string.h>

/* What becomes of a run; "" and no_texts: nothing. */
struct change {
    const char *tech, *quant;
    const char *const *sets;
    bool bare; /* without the run's own overrides, but for its network's */
    const struct trial *equal;
    int how; /* enum normalise */
};

/* A step or an assumption as a file has it. */
struct wanted {
    const char *name;
    struct change run, over;
    int mean;
};

/* clang-format off */
static const char *const normalises[] = {"none", "area", "crossbars", NULL};
static const char *const means[] = {"same", "geometric", "arithmetic", NULL};
#define W(member) offsetof(struct wanted, member)
static const struct field step_fields[] = {
    {"name", FIELD_TEXT, DIM_NONE, W(name), 0, 0, NULL, NULL, "what changes"},
    {"tech", FIELD_TEXT, DIM_NONE, W(run.tech), 0, 0, NULL, NULL,
     "technology file"},
    {"quant", FIELD_TEXT, DIM_NONE, W(run.quant), 0, 0, "", NULL,
     "quantization in place of that of the run"},
    {0}};
static const struct field assumption_fields[] = {
    {"name", FIELD_TEXT, DIM_NONE, W(name), 0, 0, NULL, NULL,
     "what is assumed"},
    {"over_tech", FIELD_TEXT, DIM_NONE, W(over.tech), 0, 0, "", NULL,
     "technology file in place of that of 'over'"},
    {"normalise", FIELD_CHOICE, DIM_NONE, W(over.how), 0, 0, "none",
     normalises, "the other machine gets area or cells of the run's"},
    {"mean", FIELD_CHOICE, DIM_NONE, W(mean), 0, 0, "same", means,
     "of several runs; same: as the case's"},
    {0}};
/* clang-format on */

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
            !strcmp(t->quant, like->quant) && t->equal == like->equal &&
            t->how == like->how && same_texts(t->sets, like->sets))
            return t;
    return trial_add(v, p, *like);
}

/* The run with the change, which may be none. */
static struct trial *changed(struct validation *v, struct paper *p,
                             const struct trial *t, const struct change *by,
                             const struct variant *x)
{
    struct trial like = *t;
    const char *const *own =
        by->bare ? sets_of(v->arena, t->sets, true, 0) : t->sets;
    like.name = arena_printf(v->arena, "%s, '%s'", t->name, x->name);
    like.tech = *by->tech ? by->tech : t->tech;
    like.quant = *by->quant ? by->quant : t->quant;
    like.sets = texts_joined(v->arena, own, by->sets);
    like.how = (enum normalise)by->how;
    like.equal = by->how ? by->equal : NULL;
    like.at = x->at;
    return trial_like(v, p, &like);
}

static int read_wanted(struct validation *v, const struct claim *c,
                       struct node *group, bool step, struct wanted *w)
{
    const struct change none = {.tech = "", .quant = "", .sets = no_texts};
    struct bound b = {.path = step ? "steps" : "assumptions",
                      .fields = step ? step_fields : assumption_fields,
                      .data = w};
    *w = (struct wanted){.run = none, .over = none};
    w->run.bare = step;
    if (group->kind != NODE_GROUP)
        return msg_error(v->msgs, &group->at, "'%s' is a list of groups",
                         b.path);
    if (texts_read(v, group, "set", &w->run.sets) ||
        (!step && texts_read(v, group, "over_set", &w->over.sets)) ||
        field_read(&b, group, NULL, group->at, v->arena, v->msgs))
        return -1;
    if (!c->pair->theirs && (w->over.how || *w->over.sets || *w->over.tech))
        return msg_error(v->msgs, &group->at,
                         "an assumption about another machine needs 'over'");
    if (c->pairs == 1 && w->mean)
        return msg_error(v->msgs, &group->at,
                         "'mean' is of several runs; here is one");
    return 0;
}

static int read_variant(struct validation *v, struct paper *p, struct claim *c,
                        struct node *group, bool step, struct variant ***end)
{
    struct wanted w;
    if (read_wanted(v, c, group, step, &w))
        return -1;
    struct variant *x = arena_alloc(v->arena, sizeof *x);
    x->name = w.name;
    x->at = group->at;
    x->mean = w.mean ? w.mean - 1 : c->mean; /* behind "same" */
    x->pair = arena_array(v->arena, (size_t)c->pairs, sizeof *x->pair);
    for (int i = 0; i < c->pairs; i++) {
        const struct answer *over = c->pair[i].theirs;
        struct trial *t = changed(v, p, c->pair[i].ours->trial, &w.run, x);
        x->pair[i].ours = trial_ask(v, t, &c->question);
        w.over.equal = t;
        if (over)
            x->pair[i].theirs =
                trial_ask(v, changed(v, p, over->trial, &w.over, x), &c->over);
    }
    **end = x;
    *end = &x->next;
    v->variants++;
    return 0;
}

static int read_list(struct validation *v, struct paper *p, struct claim *c,
                     struct node *group, bool step)
{
    struct variant **end = step ? &c->step : &c->assumption;
    struct node *list = node_get(group, step ? "steps" : "assumptions");
    if (!list)
        return 0;
    bool good = list->kind == NODE_LIST;
    if (step)
        good = good && c->pair->theirs && !node_get(group, "over_figure") &&
               !node_get(group, "over_part") && !node_get(group, "over_layer");
    if (!good)
        return msg_error(v->msgs, &list->at,
                         step ? "steps are a list between 'over' and 'run', of "
                                "one figure"
                              : "'assumptions' is a list of groups");
    int bad = 0;
    for (struct node *g = list->child; g; g = g->next)
        bad |= read_variant(v, p, c, g, step, &end);
    return bad;
}

int variants_read(struct validation *v, struct paper *p, struct claim *c,
                  struct node *group)
{
    return read_list(v, p, c, group, true) | read_list(v, p, c, group, false);
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
    double before = 1; /* of the machine of `over` to itself */
    for (struct variant *x = c->step; x; x = x->next) {
        double now = pairs_mean(c, x->pair, x->mean);
        if (isnan(now) || (!x->next && check_last(v, c, x)))
            return -1;
        x->value = now / before;
        before = now;
    }
    for (struct variant *x = c->assumption; x; x = x->next) {
        x->value = pairs_mean(c, x->pair, x->mean);
        if (isnan(x->value))
            return -1;
    }
    return 0;
}
