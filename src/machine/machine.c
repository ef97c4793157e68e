/* machine.c - the list of machine families */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/machine.h"

#include "machine/crossbar/crossbar.h"
#include "machine/roofline/roofline.h"
#include "machine/spatial/spatial.h"

#include <string.h>

const struct machine_type *const machine_types[] = {
    &machine_crossbar, &machine_roofline, &machine_spatial, NULL};

const struct machine_type *machine_find(const char *name)
{
    for (int i = 0; machine_types[i]; i++)
        if (!strcmp(machine_types[i]->name, name))
            return machine_types[i];
    return NULL;
}
