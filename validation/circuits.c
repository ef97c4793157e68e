/* circuits.c - component models beside published parts and other tools' runs */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/part.h"
#include "out/out.h"

#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef CASES_DIR
#define CASES_DIR "validation/circuits"
#endif
#ifndef TECH_DIR
#define TECH_DIR "tech"
#endif

enum { TEXT = 24, ROOM = 64 }; /* beside "    explained: " */

/* ---- what is compared ---- */

/* clang-format off */
#define C(member) offsetof(struct cost, member)
static const struct figure {
    enum dim dim;
    size_t offset; /* of the double in struct cost */
} figures[] = {
    {DIM_J, C(energy_J[ACTION_FIRST])}, {DIM_W, C(static_W)},
    {DIM_M2, C(area_m2)}, {DIM_W, C(static_W)},
    {DIM_J, C(energy_J[ACTION_WRITE])}, {DIM_S, C(time_s[ACTION_FIRST])},
    {DIM_S, C(time_s[ACTION_WRITE])}, {DIM_S, C(delay_s)}, {DIM_W, C(peak_W)}};
/* power: a row of a power table, static_power and energies at a rate */
static const char *const figure_names[] = {
    "energy", "power", "area", "static_power", "write_energy",
    "time", "write_time", "delay", "peak_power", NULL};
enum { ENERGY, POWER }; /* the two that are more than a member */
/* clang-format on */
_Static_assert(sizeof figures / sizeof *figures + 1 ==
                   sizeof figure_names / sizeof *figure_names,
               "every figure has a name");

/* ---- cases as a file has them ---- */

/* run: of another tool; silicon: measured; model: what a paper's authors
 * estimated; arithmetic: catches typing and unit errors, is no evidence of
 * accuracy. Recalled: not found again in its source; printed, not counted. */
enum { ARITHMETIC = 3 };
static const char *const kinds[] = {"run", "silicon", "model", "arithmetic",
                                    NULL};
static const char *const roles_of_case[] = {"predicted", "calibrated", NULL};
static const char *const statuses[] = {"read", "recalled", NULL};

struct published {
    const char *file, *name;
    const char *tool_node; /* the other tool's own transistors and wires */
    int kind, role, status;
};

struct result {
    const struct published *of_case;
    const char *why, *source, *tool;
    int figure;
    double instances, rate_Hz, writes, ones, within; /* within 0: any */
    double published, ours, tool_error;
    double ours_here; /* where ours is on the tool's node: on our own; or 0 */
    struct result *next;
};

#define P(member) offsetof(struct published, member)
#define R(member) offsetof(struct result, member)
/* clang-format off */
static const struct field case_fields[] = {
    {"name", FIELD_TEXT, DIM_NONE, P(name), 0, 0, NULL, NULL, "what"},
    {"kind", FIELD_CHOICE, DIM_NONE, P(kind), 0, 0, NULL, kinds,
     "what agreement means"},
    {"role", FIELD_CHOICE, DIM_NONE, P(role), 0, 0, "predicted",
     roles_of_case, "calibrated: the value has set a parameter"},
    {"status", FIELD_CHOICE, DIM_NONE, P(status), 0, 0, "read", statuses,
     "recalled: not found again in its source"},
    {"tool_node", FIELD_TEXT, DIM_NONE, P(tool_node), 0, 0, "", NULL,
     "file of the tool's node: circuits are compared on its transistors"},
    {0}};

static const struct field result_fields[] = {
    {"figure", FIELD_CHOICE, DIM_NONE, R(figure), 0, 0, NULL, figure_names,
     "figure of the component"},
    {"of", FIELD_REAL, DIM_NONE, R(instances), 1e-9, 1e12, "1", NULL,
     "instances that the published value is of"},
    {"rate", FIELD_QUANTITY, DIM_HZ, R(rate_Hz), 0, 1e15, "0 Hz", NULL,
     "of power: actions of one instance a second"},
    {"writes", FIELD_REAL, DIM_NONE, R(writes), 0, 1e6, "0", NULL,
     "of power: writes for each of these actions"},
    {"ones", FIELD_REAL, DIM_NONE, R(ones), 0, 1, "0", NULL,
     "of energy and power: mean of what the cells store"},
    {"within", FIELD_REAL, DIM_NONE, R(within), 0, 10, "0", NULL,
     "bound: relative error; from 1 on a factor of 1 + within"},
    {"why", FIELD_TEXT, DIM_NONE, R(why), 0, 0, "", NULL, "reason"},
    {0}};
/* clang-format on */

struct study {
    struct arena arena;
    struct msgs msgs;
    struct result *first, **end;
    int results;
    const char *file;
    struct node *sources;
};

static int complain(struct study *s, const struct node *n, const char *what)
{
    return msg_error(&s->msgs, &n->at, "%s", what);
}

/* ("4.638 pJ", "source"): the value in SI. */
static int read_published(struct study *s, struct node *group, struct result *r)
{
    struct node *tuple = node_get(group, "published");
    struct node *value = tuple ? tuple->child : NULL;
    char why[160];
    if (!value || !value->text || !value->next || !value->next->text)
        return complain(s, group, "published is (\"4.6 pJ\", \"source\")");
    r->source = value->next->text;
    if (quantity_parse(value->text, figures[r->figure].dim, &r->published, why,
                       sizeof why))
        return complain(s, value, why);
    if (!(r->published > 0))
        return complain(s, value, "a published value is greater than zero");
    return source_check(value->next, s->sources, &s->msgs);
}

/* ("NVSim", -0.0269): another tool's own relative error at this figure. */
static int read_tool(struct study *s, struct node *group, struct result *r)
{
    struct node *tuple = node_get(group, "tool");
    if (!tuple)
        return 0;
    struct node *name = tuple->child, *error = name ? name->next : NULL;
    if (!name || !name->text || !error || error->text)
        return complain(s, tuple, "tool is (\"NVSim\", its relative error)");
    r->tool = name->text;
    r->tool_error = error->real;
    return 0;
}

static double evaluate(const struct result *r, const struct cost *c)
{
    const double *J = c->energy_J;
    double action_J = J[ACTION_FIRST] + r->ones * J[ACTION_ON];
    if (r->figure == ENERGY)
        return r->instances * action_J;
    action_J += r->writes * J[ACTION_WRITE];
    if (r->figure == POWER)
        return r->instances * (c->static_W + r->rate_Hz * action_J);
    const void *member = (const char *)c + figures[r->figure].offset;
    return r->instances * *(const double *)member;
}

static int read_result(struct study *s, struct node *group,
                       const struct published *p, const struct cost *cost,
                       const struct cost *here)
{
    struct result *r = arena_alloc(&s->arena, sizeof *r);
    struct bound b = {.path = "results", .fields = result_fields, .data = r};
    node_get(group, "published");
    node_get(group, "tool");
    if (field_read(&b, group, NULL, group->at, &s->arena, &s->msgs) ||
        read_published(s, group, r) || read_tool(s, group, r))
        return -1;
    if ((r->figure == POWER) != (r->rate_Hz > 0))
        return complain(s, group, "power needs a rate, nothing else has one");
    r->ours = evaluate(r, cost);
    r->ours_here = here ? evaluate(r, here) : 0;
    r->of_case = p;
    *s->end = r;
    s->end = &r->next;
    s->results++;
    return 0;
}

/* The same part on the tool's node instead of ours. */
static void take_tool_node(struct study *s, struct node *one, const char *file)
{
    struct node *group = node_get(one, "technology");
    struct node *entry = arena_alloc(&s->arena, sizeof *entry);
    *entry = (struct node){.name = "file",
                           .kind = NODE_TEXT,
                           .at = group->at,
                           .text = file,
                           .next = group->child};
    group->child = entry;
}

static int read_case(struct study *s, struct node *one)
{
    static const char *const parts[] = {"node",  "technology", "crossbar",
                                        "array", "part",       "results"};
    static const char *const folders[] = {TECH_DIR, CASES_DIR, NULL};
    struct conf_env env = {&s->arena, &s->msgs, folders, NULL, NULL};
    struct published *p = arena_alloc(&s->arena, sizeof *p);
    p->file = s->file;
    struct bound b = {.path = "cases", .fields = case_fields, .data = p};
    struct component part = {.model = NULL}, here = {.model = NULL};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        node_get(one, parts[i]);
    struct node *list = node_get(one, "results");
    int bad = field_read(&b, one, NULL, one->at, &s->arena, &s->msgs);
    if (!list || list->kind != NODE_LIST)
        return complain(s, one, "a case has a list of results");
    if (bad || part_alone(&env, one, "part", s->sources, &part))
        return -1;
    if (*p->tool_node) {
        here = part;
        take_tool_node(s, one, p->tool_node);
        if (part_alone(&env, one, "part", s->sources, &part))
            return -1;
    }
    for (struct node *n = list->child; n; n = n->next)
        bad |= read_result(s, n, p, &part.cost, here.model ? &here.cost : NULL);
    return bad;
}

/* Errors, and warnings such as that a node was interpolated. */
static void put_messages(struct msgs *m)
{
    for (int i = 0; i < m->n; i++)
        fprintf(stderr, "%s\n", m->list[i].text);
    *m = (struct msgs){.n = 0};
}

static int read_file(struct study *s, const char *path)
{
    struct conf_env env = {&s->arena, &s->msgs, NULL, NULL, NULL};
    struct node *root = conf_load(&env, path);
    if (!root)
        return -1;
    s->file = path;
    int bad = node_text(root, "title", &s->file, &s->msgs);
    struct node *cases = node_get(root, "cases");
    s->sources = node_get(root, "sources");
    if (!cases || cases->kind != NODE_LIST || !s->sources)
        return complain(s, root, "a file has sources and a list of cases");
    node_report_unused(root, (const char *const[]){"title", "sources", "cases"},
                       3, "", &s->msgs);
    for (struct node *one = cases->child; one; one = one->next) {
        bad |= read_case(s, one);
        put_messages(&s->msgs);
    }
    return bad;
}

/* ---- the comparison ---- */

/* Within 30 %: 0.7 to 1.3. Within a factor of two, 1: 0.5 to 2. */
static bool lies_within(const struct result *r, double within)
{
    double x = r->ours / r->published, rounding = 1e-9;
    if (within < 1)
        return fabs(x - 1) <= within + rounding;
    return x > 0 && fmax(x, 1 / x) <= (1 + within) * (1 + rounding);
}

static const char *verdict(const struct result *r)
{
    if (r->within > 0)
        return lies_within(r, r->within) ? " in" : " OUT";
    return lies_within(r, 1) ? "" : " far";
}

static void put_reason(const char *text)
{
    for (const char *lead = "explained: "; *text; lead = "") {
        int n = (int)strlen(text);
        if (n > ROOM)
            for (n = ROOM; n > 1 && text[n] != ' ';)
                n--;
        printf("    %-11s%.*s\n", lead, n, text);
        text += n + (int)strspn(text + n, " ");
    }
}

static void put_result(const struct result *r)
{
    enum dim dim = figures[r->figure].dim;
    char published[TEXT], ours[TEXT], bound[TEXT] = "-", tool[40] = "";
    if (r->within >= 1)
        snprintf(bound, sizeof bound, "x%g", 1 + r->within);
    else if (r->within > 0)
        snprintf(bound, sizeof bound, "%g %%", 100 * r->within);
    if (r->tool)
        snprintf(tool, sizeof tool, "  %s %.3f", r->tool, 1 + r->tool_error);
    else if (r->ours_here > 0)
        snprintf(tool, sizeof tool, "  our node %.2f",
                 r->ours_here / r->published);
    printf("  %-14s %11s %11s %7.3f %7s%-*s%s\n", figure_names[r->figure],
           quantity_format(published, TEXT, r->published, dim),
           quantity_format(ours, TEXT, r->ours, dim), r->ours / r->published,
           bound, *tool ? 4 : 0, verdict(r), tool);
    if (!lies_within(r, r->within > 0 ? r->within : 1))
        put_reason(r->why);
}

static void put_table(const struct study *s)
{
    const struct published *last = &(struct published){.file = ""}, *p;
    for (const struct result *r = s->first; r; r = r->next, last = p) {
        p = r->of_case;
        if (p->file != last->file)
            printf("%s%s\n\n  %-14s %11s %11s %7s %7s\n",
                   r == s->first ? "" : "\n", p->file, "figure", "published",
                   "ours", "ratio", "bound");
        if (p != last)
            printf("%s (%s%s%s)\n", p->name, kinds[p->kind],
                   p->role ? ", calibrated" : "",
                   p->status ? ", recalled" : "");
        put_result(r);
    }
}

/* ---- the same as a table ---- */

/* clang-format off */
static const struct column columns[] = {
    {"file", NULL}, {"case", NULL}, {"kind", NULL}, {"role"},
    {"status", NULL}, {"figure", NULL}, {"unit", NULL}, {"published", ""},
    {"ours", ""}, {"ratio", ""}, {"within", ""}, {"verdict"},
    {"our_node_ratio", ""}, {"tool", NULL}, {"tool_ratio", ""},
    {"source", NULL}, {"why"},
};
/* clang-format on */
enum { COLUMNS = sizeof columns / sizeof *columns };

static void fill_row(const struct result *r, union cell *cell)
{
    const struct published *p = r->of_case;
    const union cell row[COLUMNS] = {
        {.text = p->file},
        {.text = p->name},
        {.text = kinds[p->kind]},
        {.text = roles_of_case[p->role]},
        {.text = statuses[p->status]},
        {.text = figure_names[r->figure]},
        {.text = dim_unit(figures[r->figure].dim)},
        {.number = r->published},
        {.number = r->ours},
        {.number = r->ours / r->published},
        {.number = r->within > 0 ? r->within : (double)NAN},
        {.text = verdict(r) + (*verdict(r) == ' ')},
        {.number =
             r->ours_here > 0 ? r->ours_here / r->published : (double)NAN},
        {.text = r->tool ? r->tool : ""},
        {.number = r->tool ? 1 + r->tool_error : (double)NAN},
        {.text = r->source},
        {.text = r->why}};
    memcpy(cell, row, sizeof row);
}

static int write_csv(struct study *s, const char *path)
{
    struct table *t =
        table_new(&s->arena, "circuits", COLUMNS, columns, s->results);
    union cell *row = t->cell;
    for (const struct result *r = s->first; r; r = r->next, row += COLUMNS)
        fill_row(r, row);
    FILE *out = fopen(path, "wb");
    int bad = !out || csv_table(out, t);
    if ((out && fclose(out)) || bad)
        return fprintf(stderr, "circuits: cannot write %s\n", path);
    return 0;
}

/* ---- the program ---- */

/* Returns how many are out of their bound and give no reason. */
static int close_count(const struct study *s)
{
    int bounded[2] = {0}, others[2] = {0}, explained = 0, aside = 0, out = 0;
    for (const struct result *r = s->first; r; r = r->next) {
        bool near = lies_within(r, r->within > 0 ? r->within : 1);
        bool evidence = r->of_case->kind != ARITHMETIC && !r->of_case->role;
        out += !near && r->within > 0 && !*r->why && !r->of_case->status;
        if (!evidence || r->of_case->status) {
            aside++;
            continue;
        }
        (r->within > 0 ? bounded : others)[near]++;
        explained += !near && *r->why;
    }
    printf(
        "\n%d of %d bounded figures lie within their bound, %d of %d others "
        "within a\nfactor of two; %d of the %d that do not are explained; %d "
        "more are arithmetic,\ncalibrated or recalled and do not count\n",
        bounded[1], bounded[0] + bounded[1], others[1], others[0] + others[1],
        explained, bounded[0] + others[0], aside);
    return out;
}

static int run(struct study *s, char *const *files, size_t n, const char *csv)
{
    int bad = n == 0;
    for (size_t i = 0; i < n; i++)
        bad |= read_file(s, files[i]);
    put_messages(&s->msgs);
    put_table(s);
    bad |= close_count(s) > 0;
    return csv ? bad | write_csv(s, csv) : bad;
}

int main(int argc, char **argv)
{
    static struct study s;
    const char *csv = NULL;
    char **files = argv + 1;
    size_t n = (size_t)argc - 1;
    glob_t found = {.gl_pathc = 0};

    if (n >= 2 && !strcmp(files[0], "--csv")) {
        csv = files[1];
        files += 2;
        n -= 2;
    }
    if (n == 0 && !glob(CASES_DIR "/*.cfg", 0, NULL, &found)) {
        files = found.gl_pathv;
        n = found.gl_pathc;
    }
    s.end = &s.first;
    arena_init(&s.arena, NULL);
    int bad = run(&s, files, n, csv);
    globfree(&found);
    arena_release(&s.arena);
    return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
