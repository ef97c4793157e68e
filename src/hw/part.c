/* part.c - a component: its model, its parameters, its cost at a site */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/part.h"

#include "base/suggest.h"
#include "hw/chip.h"

#include <stdio.h>
#include <string.h>

static const struct model *read_model(const struct conf_env *env,
                                      struct node *group, const char *path)
{
    const char *name = NULL, *known[64];
    int n = 0;
    if (node_text(group, "model", &name, env->msgs))
        return NULL;
    if (!name) {
        msg_error(env->msgs, &group->at, "'%s.model' is missing", path);
        return NULL;
    }
    const struct model *model = model_find(name);
    if (model)
        return model;
    for (; models[n]; n++)
        known[n] = models[n]->name;
    msg_error(env->msgs, &node_get(group, "model")->at,
              "%s: unknown model '%s'%s", path, name,
              suggest_end(name, known, n, "; see --list-models").text);
    return NULL;
}

int part_read(const struct conf_env *env, struct node *root, const char *path,
              const struct node *sources, struct component *part,
              struct bound *bound)
{
    struct node *group = node_get(root, path);
    if (group->kind != NODE_GROUP)
        return msg_error(env->msgs, &group->at, "'%s' must be a group { ... }",
                         path);
    part->model = read_model(env, group, path);
    if (!part->model)
        return -1;
    part->params = arena_alloc(env->arena, part->model->params_size);
    *bound = (struct bound){
        .path = path, .fields = part->model->fields, .data = part->params};
    return field_read(bound, group, sources, root->at, env->arena, env->msgs);
}

/* Has the site the transistors that the model is made of? */
static int check_technology(const struct component *part,
                            const struct site *site, char *why, int size)
{
    const struct circuit *c = (const void *)part->params;
    if (!part->model->circuit)
        return 0;
    int roadmap = c->roadmap ? c->roadmap - 1 : site->roadmap;
    if (site->tech && site->tech->has[roadmap])
        return 0;
    snprintf(why, (size_t)size, "the %g nm node has no roadmap '%s'",
             site->tech ? site->tech->node_m * 1e9 : 0, roadmap_names[roadmap]);
    return -1;
}

int part_eval(struct component *part, const struct site *site, char *why,
              int size)
{
    const struct model *m = part->model;
    if (check_technology(part, site, why, size))
        return -1;
    if (m->check && m->check(part->params, site, why, size))
        return -1;
    m->eval(part->params, site, &part->cost);
    return 0;
}

int part_lines(const struct component *array, struct site *site, char *why,
               int size)
{
    site->lines = (struct lines){{0}};
    if (!array->model || !array->model->lines)
        return 0;
    if (check_technology(array, site, why, size))
        return -1;
    array->model->lines(array->params, site, &site->lines);
    return 0;
}

/* ---- alone ---- */

static int read_site(const struct conf_env *env, struct node *root,
                     const struct node *sources, struct technologies *tech,
                     struct site *site)
{
    struct technology_choice choice;
    struct geometry geo = {.rows = 0};
    struct bound b = {
        .path = "technology", .fields = technology_fields, .data = &choice};
    double node_m;
    if (node_size_read(env, root, &node_m) ||
        field_read(&b, node_get(root, "technology"), sources, root->at,
                   env->arena, env->msgs) ||
        technology_load(env, &root->at, node_m, &choice, tech))
        return -1;
    struct node *crossbar = node_get(root, "crossbar");
    b = (struct bound){
        .path = "crossbar", .fields = crossbar_fields, .data = &geo};
    if (crossbar &&
        field_read(&b, crossbar, sources, root->at, env->arena, env->msgs))
        return -1;
    *site = (struct site){.tech = tech,
                          .roadmap = choice.roadmap,
                          .rows = geo.rows,
                          .columns = geo.columns,
                          .cell_bits = geo.cell_bits,
                          .dac_bits = geo.dac_bits,
                          .ports = 1};
    return 0;
}

int parts_technology(const struct conf_env *env, struct node *root,
                     const struct component *part, int n, double node_m,
                     const struct technology_choice *choice,
                     struct technologies **out)
{
    bool wanted = false;
    for (int i = 0; i < n; i++)
        wanted |= part[i].model && part[i].model->circuit;
    if (!wanted)
        return 0;
    struct conf_env beside = conf_beside(env, &root->at);
    *out = arena_alloc(env->arena, sizeof **out);
    return technology_read(&beside, &node_get(root, "node")->at, node_m, choice,
                           *out);
}

int part_alone(const struct conf_env *env, struct node *root, const char *path,
               const struct node *sources, struct component *out)
{
    struct technologies *tech = arena_alloc(env->arena, sizeof *tech);
    struct component array = {NULL};
    struct bound b;
    struct site site;
    char why[200] = "";
    struct node *group = node_get(root, path);

    if (!group)
        return msg_error(env->msgs, &root->at, "'%s' is missing", path);
    if (read_site(env, root, sources, tech, &site) ||
        part_read(env, root, path, sources, out, &b))
        return -1;
    if (node_get(root, "array") &&
        part_read(env, root, "array", sources, &array, &b))
        return -1;
    if (part_lines(strcmp(path, "array") ? &array : out, &site, why,
                   sizeof why) ||
        part_eval(out, &site, why, sizeof why))
        return msg_error(env->msgs, &group->at, "%s: %s", path, why);
    return 0;
}
