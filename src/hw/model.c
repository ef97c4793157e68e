/* model.c - the list of component models */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model.h"

#include <string.h>

#define MODEL(m) extern const struct model m;
#include "hw/model_list.h"
#undef MODEL

#define MODEL(m) &m,
const struct model *const models[] = {
#include "hw/model_list.h"
    NULL};

const struct model *model_find(const char *name)
{
    for (int i = 0; models[i]; i++)
        if (!strcmp(models[i]->name, name))
            return models[i];
    return NULL;
}

const char *const circuit_roadmaps[] = {"chip", "hp", "lstp", "lop", NULL};

const struct technology *site_technology(const struct site *site,
                                         const struct circuit *c)
{
    return &site->tech->of[c->roadmap ? c->roadmap - 1 : site->roadmap];
}

void cost_set_peak(struct cost *c)
{
    c->peak_W = c->static_W;
    if (c->time_s[ACTION_FIRST] > 0)
        c->peak_W += c->energy_J[ACTION_FIRST] / c->time_s[ACTION_FIRST];
}
