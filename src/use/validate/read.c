/* read.c - a file of published figures: its runs and its cases */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "use/validate/validate.h"

#include "base/suggest.h"

#include <math.h>
#include <string.h>

enum { NAMES_MAX = 128 };

/* ---- field tables ---- */

/* clang-format off */
#define T(member) offsetof(struct trial, member)
static const struct field run_fields[] = {
    {"name", FIELD_TEXT, DIM_NONE, T(name), 0, 0, NULL, NULL,
     "what cases call the run"},
    {"tech", FIELD_TEXT, DIM_NONE, T(tech), 0, 0, NULL, NULL,
     "technology file"},
    {"network", FIELD_TEXT, DIM_NONE, T(network), 0, 0, "", NULL,
     "workload file; without it, each of the networks"},
    {"quant", FIELD_TEXT, DIM_NONE, T(quant), 0, 0, "", NULL,
     "in place of the network's own quantization"},
    {0}};
static const struct field network_fields[] = {
    {"network", FIELD_TEXT, DIM_NONE, T(network), 0, 0, NULL, NULL,
     "workload file"},
    {"quant", FIELD_TEXT, DIM_NONE, T(quant), 0, 0, "", NULL,
     "in place of the network's own quantization"},
    {0}};

#define C(member) offsetof(struct claim, member)
static const struct field claim_fields[] = {
    {"id", FIELD_TEXT, DIM_NONE, C(id), 0, 0, "", NULL, "key of the case"},
    {"name", FIELD_TEXT, DIM_NONE, C(name), 0, 0, "", NULL,
     "in place of the figure's name"},
    {"figure", FIELD_TEXT, DIM_NONE, C(question.figure), 0, 0, NULL, NULL,
     "what is compared"},
    {"part", FIELD_TEXT, DIM_NONE, C(question.part), 0, 0, "", NULL,
     "component that the figure is of"},
    {"over_figure", FIELD_TEXT, DIM_NONE, C(over.figure), 0, 0, "", NULL,
     "figure of the divisor"},
    {"over_part", FIELD_TEXT, DIM_NONE, C(over.part), 0, 0, "", NULL,
     "component of the divisor"},
    {"mean", FIELD_CHOICE, DIM_NONE, C(mean), 0, 0, "geometric", claim_means,
     "of several runs"},
    {"per", FIELD_REAL, DIM_NONE, C(per), 1e-30, 1e30, "1", NULL,
     "divides the published value"},
    {"within", FIELD_REAL, DIM_NONE, C(within), 0, 100, NULL, NULL,
     "a relative error, from 1 on a factor of 1 + within"},
    {"kind", FIELD_CHOICE, DIM_NONE, C(kind), 0, 0, NULL, claim_kinds,
     "what agreement means"},
    {"role", FIELD_CHOICE, DIM_NONE, C(role), 0, 0, NULL, claim_roles,
     "calibrated: the value has set a parameter"},
    {"reason", FIELD_TEXT, DIM_NONE, C(reason), 0, 0, "", NULL,
     "why ours lies outside the tolerance"},
    {0}};
/* clang-format on */

/* Keys of a case that are no field: each has a reader. */
static const char *const claim_keys[] = {
    "published", "until",       "peer", "layer", "over_layer", "run", "over",
    "steps",     "assumptions", "of",   "rate",  "writes",     "ones"};
enum { CLAIM_KEYS = sizeof claim_keys / sizeof *claim_keys };

/* ---- helpers ---- */

static int count_texts(const char *const *text)
{
    int n = 0;
    while (text && text[n])
        n++;
    return n;
}

int texts_read(struct validation *v, struct node *group, const char *key,
               const char *const **out)
{
    struct node *n = node_get(group, key);
    if (!n)
        return 0;
    struct node *first = n->kind == NODE_LIST ? n->child : n;
    int count = n->kind == NODE_LIST ? node_count(n) : 1, i = 0;
    const char **text = arena_array(v->arena, (size_t)count + 1, sizeof *text);
    for (struct node *t = first; i < count; t = t->next, i++) {
        if (t->kind != NODE_TEXT)
            return msg_error(v->msgs, &t->at,
                             "'%s' must be a text or a list of texts, not %s",
                             key, node_kind_name(t->kind));
        text[i] = t->text;
    }
    if (!count)
        return msg_error(v->msgs, &n->at, "'%s' is an empty list", key);
    *out = text;
    return 0;
}

/* A copy of what an outer group says for all within it. */
static void inherit(struct validation *v, struct node *group,
                    struct node *outer, const char *key)
{
    struct node *n =
        outer && !node_get(group, key) ? node_get(outer, key) : NULL;
    if (!n)
        return;
    struct node *copy = arena_alloc(v->arena, sizeof *copy);
    *copy = *n;
    copy->next = group->child;
    group->child = copy;
}

/* Unknown keys of a case, the nearest of all keys named. */
static void check_keys(struct validation *v, struct node *group)
{
    const char *known[NAMES_MAX];
    int n = 0;
    for (; claim_fields[n].name; n++)
        known[n] = claim_fields[n].name;
    for (int i = 0; i < CLAIM_KEYS; i++)
        known[n++] = claim_keys[i];
    for (int i = 0; i < n; i++)
        node_get(group, known[i]);
    node_report_unused(group, known, n, " in a case", v->msgs);
    for (struct node *c = group->child; c; c = c->next)
        c->used = true; /* reported once */
}

/* ---- runs ---- */

struct trial *trial_add(struct validation *v, struct paper *p,
                        struct trial like)
{
    struct trial *t = arena_alloc(v->arena, sizeof *t);
    *t = like;
    t->first = NULL;
    t->next = NULL;
    *p->trial_end = t;
    p->trial_end = &t->next;
    return t;
}

struct answer *trial_ask(struct validation *v, struct trial *t,
                         struct question *q)
{
    struct answer *a = arena_alloc(v->arena, sizeof *a);
    *a = (struct answer){
        .question = q, .trial = t, .value = (double)NAN, .next = t->first};
    t->first = a;
    return a;
}

static struct trial *trial_find(const struct paper *p, const char *name)
{
    for (struct trial *t = p->trial; t; t = t->next)
        if (!strcmp(t->name, name))
            return t;
    return NULL;
}

static int unknown_run(struct validation *v, const struct paper *p,
                       const char *name, const struct place *at)
{
    const char *known[NAMES_MAX];
    int n = 0;
    for (struct trial *t = p->trial; t && n < NAMES_MAX; t = t->next)
        known[n++] = t->name;
    return msg_error(v->msgs, at, "unknown run '%s'%s", name,
                     suggest_end(name, known, n, "").text);
}

const char *const no_texts[] = {NULL};

/* The run once, or on each of the networks: under one name. */
static int add_runs(struct validation *v, struct paper *p, struct trial t)
{
    if (*t.network) {
        trial_add(v, p, t);
        return 0;
    }
    if (!p->networks)
        return msg_error(v->msgs, &t.at,
                         "run '%s' has no 'network', and the file no list "
                         "'networks' that it could stand for",
                         t.name);
    p->networks_used = true;
    for (const struct trial *n = p->networks; n; n = n->next) {
        struct trial one = t;
        one.network = n->network;
        one.quant = *t.quant ? t.quant : n->quant;
        one.sets = texts_joined(v->arena, n->sets, t.sets);
        trial_add(v, p, one);
    }
    return 0;
}

static int read_run(struct validation *v, struct paper *p, struct node *group)
{
    struct trial t = {.sets = no_texts, .at = group->at};
    struct bound b = {.path = "runs", .fields = run_fields, .data = &t};
    int bad = texts_read(v, group, "set", &t.sets);
    if (field_read(&b, group, NULL, group->at, v->arena, v->msgs) || bad)
        return -1;
    if (trial_find(p, t.name))
        return msg_error(v->msgs, &group->at, "there are two runs '%s'",
                         t.name);
    p->runs++;
    return add_runs(v, p, t);
}

/* One of the networks that runs without one stand for; in the file's order. */
static int read_network(struct validation *v, struct paper *p,
                        struct node *group)
{
    struct trial **end = &p->networks;
    struct trial *t = arena_alloc(v->arena, sizeof *t);
    struct bound b = {.path = "networks", .fields = network_fields, .data = t};
    while (*end)
        end = &(*end)->next;
    t->sets = no_texts;
    *end = t;
    p->network_count++;
    return texts_read(v, group, "set", &t->sets) |
           field_read(&b, group, NULL, group->at, v->arena, v->msgs);
}

/* ---- a case ---- */

static bool is_value(const struct node *n)
{
    return n->kind == NODE_TEXT || n->kind == NODE_INT || n->kind == NODE_REAL;
}

/* ("16.5 ms", "source"), and where the span ends */
static int read_published(struct validation *v, struct claim *c,
                          struct node *group)
{
    struct node *n = node_get(group, "published");
    if (!n)
        return msg_error(v->msgs, &group->at,
                         "'published' is missing: (\"16.5 ms\", \"source\")");
    struct node *value = n->kind == NODE_LIST ? n->child : NULL;
    struct node *source = value ? value->next : NULL;
    if (!source || source->next || source->kind != NODE_TEXT ||
        !is_value(value))
        return msg_error(v->msgs, &n->at,
                         "published: write (value, \"source\"); a value "
                         "without its source is none");
    c->written = value;
    c->written_end = node_get(group, "until");
    c->source = source->text;
    if (c->written_end && !is_value(c->written_end))
        return msg_error(v->msgs, &c->written_end->at,
                         "until: write a value like the published one");
    if (!strncmp(source->text, "assumption", 10))
        return msg_error(v->msgs, &source->at,
                         "published: an assumption is no published value");
    return source_check(source, c->paper->sources, v->msgs);
}

/* ("NVSim", -0.0269): another tool's own relative error at this figure. */
static int read_peer(struct validation *v, struct claim *c, struct node *group)
{
    struct node *n = node_get(group, "peer");
    c->peer = "";
    c->peer_ratio = c->own_node_ratio = (double)NAN;
    if (!n)
        return 0;
    struct node *name = n->kind == NODE_LIST ? n->child : NULL;
    struct node *error = name ? name->next : NULL;
    if (!error || name->kind != NODE_TEXT || error->next ||
        (error->kind != NODE_INT && error->kind != NODE_REAL))
        return msg_error(v->msgs, &n->at,
                         "peer: write (\"NVSim\", its relative error)");
    c->peer = name->text;
    c->peer_ratio = 1 + error->real;
    return 0;
}

struct claim *claim_read(struct validation *v, struct paper *p,
                         struct node *group, struct node *outer)
{
    static const char *const shared[] = {"within", "kind", "role"};
    struct claim *c = arena_alloc(v->arena, sizeof *c);
    struct bound b = {.path = "cases", .fields = claim_fields, .data = c};
    int errors = v->msgs->errors;
    c->paper = p;
    for (int i = 0; i < 3; i++) {
        inherit(v, group, outer, shared[i]);
        inherit(v, group, p->root, shared[i]);
    }
    check_keys(v, group);
    field_read(&b, group, p->sources, group->at, v->arena, v->msgs);
    read_published(v, c, group);
    read_peer(v, c, group);
    c->label = *c->name ? c->name : c->question.figure;
    c->runs = c->overs = c->layers = "";
    c->question.at = c->over.at = group->at;
    *p->claim_end = c;
    p->claim_end = &c->next;
    return v->msgs->errors > errors ? NULL : c;
}

/* The divisor is what is asked of the run unless said otherwise. */
static int read_questions(struct validation *v, struct claim *c,
                          struct node *group)
{
    int bad = texts_read(v, group, "layer", &c->question.layers);
    bool same = !node_get(group, "over_figure");
    if (same)
        c->over.figure = c->question.figure;
    if (same && !node_get(group, "over_part"))
        c->over.part = c->question.part;
    if (same && !node_get(group, "over_layer"))
        c->over.layers = c->question.layers;
    return bad | texts_read(v, group, "over_layer", &c->over.layers);
}

/* "a, b, c" */
static const char *in_one(struct arena *a, const char *const *text)
{
    const char *all = text && *text ? *text : "";
    for (int i = 1; text && *text && text[i]; i++)
        all = arena_printf(a, "%s, %s", all, text[i]);
    return all;
}

/* The runs of a list; *n of them, and their names. */
static int find_runs(struct validation *v, struct paper *p, struct node *group,
                     const char *key, struct trial ***out, int *n,
                     const char **all)
{
    const char *const *name = no_texts;
    struct node *list = node_get(group, key);
    int each = p->network_count > 1 ? p->network_count : 1;
    if (texts_read(v, group, key, &name))
        return -1;
    *n = 0;
    *all = in_one(v->arena, name);
    *out = arena_array(v->arena, (size_t)(count_texts(name) * each) + 1,
                       sizeof **out);
    for (; *name; name++) {
        int before = *n;
        for (struct trial *t = p->trial; t; t = t->next)
            if (!strcmp(t->name, *name))
                (*out)[(*n)++] = t;
        if (*n == before)
            return unknown_run(v, p, *name, &list->at);
    }
    return 0;
}

/* "CASE-049 busy conv1, alexnet" */
static void make_label(struct validation *v, struct claim *c)
{
    const struct answer *ours = c->pair->ours, *theirs = c->pair->theirs;
    struct arena *a = v->arena;
    const char *const *layer = c->question.layers;
    const char *part = c->question.part;
    const char *text = c->label;
    if (!*c->name) {
        text = arena_printf(a, "%s%s%s%s%s", text, *part ? " " : "", part,
                            layer ? " " : "", layer ? layer[0] : "");
        if (layer && layer[1])
            text =
                arena_printf(a, "%s..%s", text, layer[count_texts(layer) - 1]);
        if (c->pairs > 1)
            text = arena_printf(a, "%s, %d runs", text, c->pairs);
        else if (c->paper->runs > 1)
            text = arena_printf(a, "%s, %s%s%s", text, ours->trial->name,
                                theirs ? "/" : "",
                                theirs ? theirs->trial->name : "");
    }
    c->label = *c->id ? arena_printf(a, "%s %s", c->id, text) : text;
}

static int read_pairs(struct validation *v, struct paper *p, struct claim *c,
                      struct node *group)
{
    struct trial **run, **over;
    int overs;
    if (find_runs(v, p, group, "run", &run, &c->pairs, &c->runs) ||
        find_runs(v, p, group, "over", &over, &overs, &c->overs))
        return -1;
    if (!c->pairs && p->runs == 1) {
        run[0] = p->trial; /* the only one need not be named */
        c->runs = p->trial->name;
        c->pairs = 1;
    }
    if (!c->pairs)
        return msg_error(v->msgs, &group->at,
                         "'run' is missing: the name of a run");
    if (overs > 1 && overs != c->pairs)
        return msg_error(v->msgs, &group->at,
                         "'run' has %d runs, 'over' %d; write one, or as many",
                         c->pairs, overs);
    if (c->pairs == 1 && node_get(group, "mean"))
        return msg_error(v->msgs, &node_get(group, "mean")->at,
                         "'mean' is of several runs; here is one");
    c->pair = arena_array(v->arena, (size_t)c->pairs, sizeof *c->pair);
    for (int i = 0; i < c->pairs; i++) {
        c->pair[i].ours = trial_ask(v, run[i], &c->question);
        if (overs)
            c->pair[i].theirs = trial_ask(v, over[overs > 1 ? i : 0], &c->over);
    }
    c->layers = in_one(v->arena, c->question.layers);
    make_label(v, c);
    return variants_read(v, p, c, group);
}

static int read_claim(struct validation *v, struct paper *p, struct node *group)
{
    if (group->kind != NODE_GROUP)
        return msg_error(v->msgs, &group->at, "a case is a group { ... }");
    if (node_get(group, "results"))
        return part_claims(v, p, group);
    struct claim *c = claim_read(v, p, group, NULL);
    if (!c || read_questions(v, c, group))
        return -1;
    return read_pairs(v, p, c, group);
}

/* ---- the file ---- */

/* The list `key` of the root; NULL if it is missing, -1 in *bad if it is no
 * list of groups. */
static struct node *list_of(struct validation *v, struct paper *p,
                            const char *key, int *bad)
{
    struct node *n = node_get(p->root, key);
    if (!n)
        return NULL;
    bool good = n->kind == NODE_LIST;
    for (struct node *c = n->child; c && good; c = c->next)
        good = c->kind == NODE_GROUP;
    if (!good)
        *bad = msg_error(v->msgs, &n->at, "'%s' must be a list of groups", key);
    return good ? n : NULL;
}

/* The folders of names, and one more. */
static const char *const *folders_and(struct validation *v, const char *last)
{
    const char *const more[] = {last, NULL};
    return texts_joined(v->arena, v->folders, more);
}

static const char *folder_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? arena_strndup(a, path, (size_t)(slash - path)) : ".";
}

static int read_lists(struct validation *v, struct paper *p)
{
    int bad = 0;
    struct node *networks = list_of(v, p, "networks", &bad);
    struct node *runs = list_of(v, p, "runs", &bad);
    struct node *cases = list_of(v, p, "cases", &bad);
    for (struct node *n = networks ? networks->child : NULL; n; n = n->next)
        bad |= read_network(v, p, n);
    if (networks && !networks->child)
        bad = msg_error(v->msgs, &networks->at, "'networks' is an empty list");
    if (bad)
        return -1;
    for (struct node *r = runs ? runs->child : NULL; r; r = r->next)
        bad |= read_run(v, p, r);
    if (bad)
        return -1;
    if (networks && !p->networks_used)
        return msg_error(v->msgs, &networks->at,
                         "no run stands for the 'networks': each has its own");
    for (struct node *c = cases->child; c; c = c->next)
        bad |= read_claim(v, p, c);
    for (struct trial *t = bad ? NULL : p->trial; t; t = t->next)
        if (!t->first)
            return msg_error(v->msgs, &t->at, "no case uses run '%s'", t->name);
    return bad;
}

static bool has_cases(struct node *root)
{
    struct node *cases = node_get(root, "cases");
    return cases && cases->child;
}

int paper_read(struct validation *v, const char *name, struct paper *p)
{
    static const char *const keys[] = {"title",    "sources", "runs", "cases",
                                       "networks", "within",  "kind", "role"};
    struct conf_env env = {v->arena, v->msgs, folders_and(v, v->home), NULL,
                           NULL};
    int errors = v->msgs->errors;
    p->root = conf_load(&env, name);
    if (!p->root)
        return -1;
    p->path = p->root->at.file;
    p->folders = folders_and(v, folder_of(v->arena, p->path));
    if (!has_cases(p->root))
        return msg_error(v->msgs, &p->root->at,
                         "there are no 'cases'; is this a file of published "
                         "figures?");
    node_text(p->root, "title", &p->title, v->msgs);
    p->sources = node_get(p->root, "sources");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        node_get(p->root, keys[i]);
    node_report_unused(p->root, keys, sizeof keys / sizeof *keys, "", v->msgs);
    if (!p->title)
        msg_error(v->msgs, &p->root->at, "'title' is missing: the paper");
    if (!p->sources || p->sources->kind != NODE_GROUP)
        msg_error(v->msgs, &p->root->at,
                  "'sources' is missing: { Key = \"where\"; }");
    if (v->msgs->errors > errors)
        return -1;
    return read_lists(v, p);
}
