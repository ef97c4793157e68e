/* part.c - published components beside component models */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/suggest.h"
#include "hw/part.h"
#include "use/validate/validate.h"

#include <math.h>
#include <string.h>

/* clang-format off */
#define C(member) offsetof(struct cost, member)
static const struct figure {
    const char *name;
    enum dim dim;
    size_t offset; /* of the double in struct cost */
} figures[] = {
    {"energy", DIM_J, C(energy_J[ACTION_FIRST])},
    {"power", DIM_W, C(static_W)},
    {"area", DIM_M2, C(area_m2)},
    {"static_power", DIM_W, C(static_W)},
    {"write_energy", DIM_J, C(energy_J[ACTION_WRITE])},
    {"time", DIM_S, C(time_s[ACTION_FIRST])},
    {"write_time", DIM_S, C(time_s[ACTION_WRITE])},
    {"delay", DIM_S, C(delay_s)},
    {"peak_power", DIM_W, C(peak_W)}};
/* power: a row of a power table, static_power and energies at a rate */
enum { ENERGY, POWER }; /* the two that are more than a member */
/* clang-format on */
enum { FIGURES = sizeof figures / sizeof *figures };

/* The component, on its node and on that of the tool it is compared with. */
struct published_part {
    const char *name, *tool_node;
    struct component part, here; /* here.model NULL: the same */
};

/* How a published value is of a component. */
struct measure {
    double instances, rate_Hz, writes, ones;
};

/* clang-format off */
#define P(member) offsetof(struct published_part, member)
static const struct field part_fields[] = {
    {"name", FIELD_TEXT, DIM_NONE, P(name), 0, 0, NULL, NULL, "what it is"},
    {"tool_node", FIELD_TEXT, DIM_NONE, P(tool_node), 0, 0, "", NULL,
     "file of the tool's node: circuits are compared on its transistors"},
    {0}};
#define M(member) offsetof(struct measure, member)
static const struct field measure_fields[] = {
    {"of", FIELD_REAL, DIM_NONE, M(instances), 1e-9, 1e12, "1", NULL,
     "instances that the published value is of"},
    {"rate", FIELD_QUANTITY, DIM_HZ, M(rate_Hz), 0, 1e15, "0 Hz", NULL,
     "of power: actions of one instance a second"},
    {"writes", FIELD_REAL, DIM_NONE, M(writes), 0, 1e6, "0", NULL,
     "of power: writes for each of these actions"},
    {"ones", FIELD_REAL, DIM_NONE, M(ones), 0, 1, "0", NULL,
     "of energy and power: mean of what the cells store"},
    {0}};
/* clang-format on */

static double evaluate(const struct measure *m, int figure,
                       const struct cost *c)
{
    const double *J = c->energy_J;
    double action_J = J[ACTION_FIRST] + m->ones * J[ACTION_ON];
    if (figure == ENERGY)
        return m->instances * action_J;
    action_J += m->writes * J[ACTION_WRITE];
    if (figure == POWER)
        return m->instances * (c->static_W + m->rate_Hz * action_J);
    const void *member = (const char *)c + figures[figure].offset;
    return m->instances * *(const double *)member;
}

static int find_figure(struct validation *v, const struct claim *c)
{
    const char *known[FIGURES], *name = c->question.figure;
    for (int i = 0; i < FIGURES; i++) {
        if (!strcmp(figures[i].name, name))
            return i;
        known[i] = figures[i].name;
    }
    return msg_error(v->msgs, &c->question.at,
                     "unknown figure '%s' of a component%s", name,
                     suggest_end(name, known, FIGURES, "").text);
}

/* One figure of the component, a case by itself. */
static int read_result(struct validation *v, struct paper *p,
                       struct node *group, struct node *one,
                       const struct published_part *x)
{
    struct measure m;
    struct bound b = {.path = "results", .fields = measure_fields, .data = &m};
    struct claim *c = claim_read(v, p, group, one);
    int f = c ? find_figure(v, c) : -1;
    if (f < 0 || field_read(&b, group, NULL, group->at, v->arena, v->msgs))
        return -1;
    if ((f == POWER) != (m.rate_Hz > 0))
        return msg_error(v->msgs, &group->at,
                         "power needs a rate, nothing else has one");
    c->group = x->name;
    c->dim = figures[f].dim;
    c->ours = evaluate(&m, f, &x->part.cost);
    if (!(c->ours > 0))
        return msg_error(v->msgs, &group->at,
                         "'%s' of the model is zero: nothing to compare",
                         c->question.figure);
    if (claim_settle(v, c))
        return -1;
    if (x->here.model)
        c->own_node_ratio = evaluate(&m, f, &x->here.cost) / c->published;
    return 0;
}

/* The same part on the tool's node instead of ours. */
static int take_tool_node(struct validation *v, struct node *one,
                          const char *file)
{
    struct node *group = node_get(one, "technology");
    if (!group)
        return msg_error(v->msgs, &one->at,
                         "'technology' is missing: the tool's node is laid "
                         "upon it");
    struct node *entry = arena_alloc(v->arena, sizeof *entry);
    *entry = (struct node){.name = "file",
                           .kind = NODE_TEXT,
                           .at = group->at,
                           .text = file,
                           .next = group->child};
    group->child = entry;
    return 0;
}

/* Its costs; errors are passed on, what is interpolated is not. */
static int load_part(struct validation *v, struct paper *p, struct node *one,
                     struct component *part)
{
    struct msgs msgs = {.n = 0};
    struct conf_env env = {v->arena, &msgs, p->folders, NULL, NULL};
    int bad = part_alone(&env, one, "part", p->sources, part);
    pass_on(v, &msgs, NULL, "");
    return bad;
}

static int read_part(struct validation *v, struct paper *p, struct node *one,
                     struct published_part *x)
{
    static const char *const keys[] = {"node",  "technology", "crossbar",
                                       "array", "part",       "kind",
                                       "role",  "within",     "results"};
    struct bound b = {.path = "cases", .fields = part_fields, .data = x};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        node_get(one, keys[i]);
    if (field_read(&b, one, NULL, one->at, v->arena, v->msgs) ||
        load_part(v, p, one, &x->part))
        return -1;
    if (!*x->tool_node)
        return 0;
    x->here = x->part;
    return take_tool_node(v, one, x->tool_node) ||
                   load_part(v, p, one, &x->part)
               ? -1
               : 0;
}

int part_claims(struct validation *v, struct paper *p, struct node *one)
{
    struct published_part x = {.name = NULL};
    struct node *list = node_get(one, "results");
    if (list->kind != NODE_LIST || !list->child)
        return msg_error(v->msgs, &list->at,
                         "'results' is a list of the component's figures");
    int bad = read_part(v, p, one, &x);
    for (struct node *r = bad ? NULL : list->child; r; r = r->next)
        bad |= read_result(v, p, r, one, &x);
    return bad;
}
