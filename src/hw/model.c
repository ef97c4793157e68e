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
