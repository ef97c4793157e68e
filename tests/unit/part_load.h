/* part_load.h - component models with parameters from text, for unit tests */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PART_LOAD_H
#define PART_LOAD_H

#include "hw/model.h"
#include "node_load.h"

/* Parameters of `model` from libconfig text; the defaults where it is silent.
 * Between files_setup and files_teardown; they live in `a`. */
__attribute__((unused)) static void *
part_params(struct arena *a, const struct model *model, const char *text)
{
    struct msgs msgs = {0};
    const char *const folders[] = {files_folder, NULL};
    struct conf_env env = {.arena = a, .msgs = &msgs, .folders = folders};
    const char *path = file_text("part.cfg", text);
    struct node *root = conf_load(&env, path);
    struct place at = {"test", 1};
    void *params = arena_alloc(a, model->params_size);
    struct bound bound = {.path = "", .fields = model->fields, .data = params};

    unlink(files_path[--files_count]);
    ck_need(root && !field_read(&bound, root, NULL, at, a, &msgs), "%s: %s",
            text, msgs.n ? msgs.list[0].text : "?");
    return params;
}

/* The cost of a model that must not refuse. */
__attribute__((unused)) static struct cost
part_cost(const struct model *model, const void *params,
          const struct site *site)
{
    char why[300] = "";
    struct cost cost;
    ck_need(!model->check || !model->check(params, site, why, sizeof why),
            "%s: %s", model->name, why);
    model->eval(params, site, &cost);
    return cost;
}

#endif
