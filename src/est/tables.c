/* tables.c - an estimate as tables: layers, components, the whole network */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "est/est.h"

#include <math.h>
#include <string.h>

/* A cell that is either a number or a text. */
static union cell number(double x)
{
    return (union cell){.number = x};
}

/* What machines without crossbars do not have. */
static union cell of_crossbars(const struct run *run, double x)
{
    return number(run->crossbars_have > 0 ? x : (double)NAN);
}

static union cell text(const char *t)
{
    return (union cell){.text = t ? t : ""};
}

/* ---- layers ---- */

/* clang-format off */
static const struct column layer_columns[] = {
    {"layer", NULL}, {"type", NULL}, {"scheme", NULL},
    {"groups", ""}, {"rows", ""}, {"columns", ""}, {"vectors", ""},
    {"macs", ""}, {"params", ""},
    {"planes", ""}, {"input_bits", ""}, {"extra_cycles", ""},
    {"adc_bits_needed", ""},
    {"crossbars", ""}, {"crossbars_expected", ""}, {"copies", ""},
    {"crossbars_total", ""}, {"used_cells", ""}, {"one_cells", ""},
    {"tiles", ""}, {"round", ""}, {"buffer", "bit"}, {"hops", ""},
    {"start", "s"}, {"first_output", "s"}, {"last_output", "s"},
    {"busy", "s"}, {"limit", NULL}, {"energy", "J"},
    {"weights", NULL}, {"ones_per_weight", ""}, {"ones_stats", ""},
    {"ones_model", ""},
};
/* clang-format on */
enum { LAYER_COLUMNS = sizeof layer_columns / sizeof *layer_columns };

const char *est_weights_as(const struct run_layer *r)
{
    static const char *const names[] = {"", "exact", "stats", "model",
                                        "recorded"};
    return names[r->weights];
}

/* Ones in a weight, mean over the layer: counted, or by a distribution. */
static union cell ones_of(const struct run_layer *r, enum weights_as as)
{
    const struct quant *q = r->quant;
    const struct ones *o = q ? &q->ones : NULL;
    if (!q || (as == WEIGHTS_EXACT && !o->known) ||
        (as == WEIGHTS_STATS && !q->record))
        return number((double)NAN);
    return number(as == WEIGHTS_EXACT   ? o->exact.ones
                  : as == WEIGHTS_STATS ? o->stats.ones
                                        : o->model.ones);
}

static void fill_layer(const struct run *run, const struct run_layer *r,
                       double energy_J, union cell *c)
{
    const struct layer *l = r->layer;
    double total = r->crossbars * r->copies;
    const union cell row[LAYER_COLUMNS] = {text(l->name),
                                           text(layer_type_name(l)),
                                           text(r->scheme),
                                           number(l->groups),
                                           number(l->rows),
                                           number(l->columns),
                                           number((double)l->vectors),
                                           number((double)l->macs),
                                           number((double)l->params),
                                           of_crossbars(run, r->planes),
                                           number(r->input_bits),
                                           of_crossbars(run, r->extra_cycles),
                                           of_crossbars(run, r->adc_bits),
                                           of_crossbars(run, r->crossbars),
                                           of_crossbars(run, r->expected),
                                           of_crossbars(run, r->copies),
                                           of_crossbars(run, total),
                                           number(r->used),
                                           of_crossbars(run, r->ones),
                                           of_crossbars(run, r->tiles),
                                           of_crossbars(run, r->round),
                                           of_crossbars(run, r->buffer_bits),
                                           of_crossbars(run, r->hops),
                                           number(r->start_s),
                                           number(r->first_s),
                                           number(r->last_s),
                                           number(r->busy_s),
                                           text(r->limit),
                                           number(energy_J),
                                           text(est_weights_as(r)),
                                           ones_of(r, WEIGHTS_EXACT),
                                           ones_of(r, WEIGHTS_STATS),
                                           ones_of(r, WEIGHTS_MODEL)};
    memcpy(c, row, sizeof row);
}

struct table *est_layers(const struct estimate *e, struct arena *a)
{
    const struct run *run = e->run;
    int columns = LAYER_COLUMNS + run->parts;
    struct column *column = arena_array(a, (size_t)columns, sizeof *column);
    memcpy(column, layer_columns, sizeof layer_columns);
    for (int p = 0; p < run->parts; p++)
        column[LAYER_COLUMNS + p] = (struct column){
            arena_printf(a, "energy_%s", run->part[p].name), "J"};

    struct table *t = table_new(a, "layers", columns, column, run->layers);
    for (int i = 0; i < run->layers; i++) {
        fill_layer(run, &run->layer[i], e->layer_J[i], table_at(t, i, 0));
        for (int p = 0; p < run->parts; p++)
            *table_at(t, i, LAYER_COLUMNS + p) =
                number(e->energy_J[i * run->parts + p]);
    }
    return t;
}

/* ---- components ---- */

/* clang-format off */
static const struct column component_columns[] = {
    {"component", NULL}, {"level", NULL}, {"model", NULL}, {"action", NULL},
    {"instances", ""}, {"area_each", "m^2"}, {"area", "m^2"},
    {"actions", ""}, {"energy_per_action", "J"},
    {"writes", ""}, {"energy_per_write", "J"},
    {"full_reads", ""}, {"energy_per_full_read", "J"},
    {"static_power", "W"}, {"static_energy", "J"}, {"energy", "J"},
    {"peak_power", "W"},
};
/* clang-format on */
enum {
    COMPONENT_COLUMNS = sizeof component_columns / sizeof *component_columns
};

static void fill_component(const struct estimate *e, int p, union cell *c)
{
    const struct part *part = &e->run->part[p];
    const struct cost *cost = &part->cost;
    const double *n = &e->part_actions[p * ACTIONS];
    const union cell row[COMPONENT_COLUMNS] = {
        text(part->name),
        text(part->level),
        text(part->model->name),
        text(part->action),
        number(part->instances),
        number(cost->area_m2),
        number(e->part_area_m2[p]),
        number(n[ACTION_FIRST]),
        number(cost->energy_J[ACTION_FIRST]),
        number(n[ACTION_WRITE]),
        number(cost->energy_J[ACTION_WRITE]),
        number(n[ACTION_ON]),
        number(cost->energy_J[ACTION_ON]),
        number(cost->static_W * part->instances),
        number(e->part_static_J[p]),
        number(e->part_J[p]),
        number(part->on_chip ? cost->peak_W * part->instances : 0)};
    memcpy(c, row, sizeof row);
}

struct table *est_components(const struct estimate *e, struct arena *a)
{
    int rows = 0;
    for (int p = 0; p < e->run->parts; p++)
        rows += e->run->part[p].model != NULL;
    struct table *t =
        table_new(a, "components", COMPONENT_COLUMNS, component_columns, rows);
    for (int p = 0, row = 0; p < e->run->parts; p++)
        if (e->run->part[p].model)
            fill_component(e, p, table_at(t, row++, 0));
    return t;
}

/* ---- the network in one row ---- */

struct table *est_network(const struct estimate *e, const char *machine,
                          struct arena *a)
{
    int n = 0;
    while (metrics[n].name)
        n++;
    struct column *column = arena_array(a, (size_t)n + 3, sizeof *column);
    column[0] = (struct column){"network", NULL};
    column[1] = (struct column){"machine", NULL};
    column[2] = (struct column){"limit", NULL};
    struct table *t = table_new(a, "network", n + 3, column, 1);
    *table_at(t, 0, 0) = text(e->net->name);
    *table_at(t, 0, 1) = text(machine);
    *table_at(t, 0, 2) = text(e->run->limit);
    for (int i = 0; i < n; i++) {
        column[i + 3] = (struct column){metrics[i].name, metrics[i].unit};
        *table_at(t, 0, i + 3) = number(metric_value(&metrics[i], &e->sum));
    }
    return t;
}
