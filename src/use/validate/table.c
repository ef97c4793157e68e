/* table.c - published figures beside ours, as tables */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "use/validate/validate.h"

#include <math.h>
#include <string.h>

/* clang-format off */
static const struct column columns[] = {
    {"file", NULL}, {"title", NULL}, {"id", NULL}, {"case", NULL},
    {"component", NULL}, {"figure", NULL}, {"layer", NULL}, {"part", NULL},
    {"run", NULL}, {"over", NULL}, {"mean", NULL}, {"unit", NULL},
    {"kind", NULL}, {"role", NULL}, {"per", ""}, {"published", ""},
    {"until", ""}, {"ours", ""}, {"ratio", ""},
    {"within", ""}, {"verdict", NULL}, {"peer", NULL}, {"peer_ratio", ""},
    {"own_node_ratio", ""}, {"source", NULL}, {"reason", NULL},
};
static const struct column variant_columns[] = {
    {"file", NULL}, {"case", NULL}, {"what", NULL}, {"name", NULL},
    {"value", ""},
};
/* clang-format on */
enum {
    COLUMNS = sizeof columns / sizeof *columns,
    VARIANT_COLUMNS = sizeof variant_columns / sizeof *variant_columns
};

static void fill_row(const struct claim *c, union cell *cell)
{
    const union cell row[COLUMNS] = {
        {.text = c->paper->path},
        {.text = c->paper->title},
        {.text = c->id},
        {.text = c->label},
        {.text = c->group ? c->group : ""},
        {.text = c->question.figure},
        {.text = c->layers},
        {.text = c->question.part},
        {.text = c->runs},
        {.text = c->overs},
        {.text = claim_means[c->mean]},
        {.text = dim_unit(c->dim)},
        {.text = claim_kinds[c->kind]},
        {.text = claim_roles[c->role]},
        {.number = c->per},
        {.number = c->published},
        {.number = c->until > 0 ? c->until : (double)NAN},
        {.number = c->ours},
        {.number = c->ratio},
        {.number = c->within},
        {.text = verdict_names[c->verdict]},
        {.text = c->peer},
        {.number = c->peer_ratio},
        {.number = c->own_node_ratio},
        {.text = c->source},
        {.text = c->reason}};
    memcpy(cell, row, sizeof row);
}

struct table *validate_table(const struct validation *v, struct arena *a)
{
    struct table *t = table_new(a, "cases", COLUMNS, columns, v->claims);
    union cell *row = t->cell;
    for (const struct paper *p = v->first; p; p = p->next)
        for (const struct claim *c = p->claim; c; c = c->next, row += COLUMNS)
            fill_row(c, row);
    return t;
}

/* Rows of one list; behind the last of them. */
static union cell *fill_list(const struct claim *c, const struct variant *x,
                             const char *what, union cell *cell)
{
    for (; x; x = x->next, cell += VARIANT_COLUMNS) {
        const union cell row[VARIANT_COLUMNS] = {{.text = c->paper->path},
                                                 {.text = c->label},
                                                 {.text = what},
                                                 {.text = x->name},
                                                 {.number = x->value}};
        memcpy(cell, row, sizeof row);
    }
    return cell;
}

struct table *validate_variants(const struct validation *v, struct arena *a)
{
    struct table *t =
        table_new(a, "variants", VARIANT_COLUMNS, variant_columns, v->variants);
    union cell *cell = t->cell;
    for (const struct paper *p = v->first; p; p = p->next)
        for (const struct claim *c = p->claim; c; c = c->next) {
            cell = fill_list(c, c->step, "step", cell);
            cell = fill_list(c, c->assumption, "assumption", cell);
        }
    return t;
}
