/* edram.c - a memory of one-transistor one-capacitor cells */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/macro.h"

#include <stdio.h>

struct edram {
    struct macro macro;
    int process;
    double retention_s; /* 0: from the leakage of the cell */
};

/* Whose cells: embedded DRAM of a logic process, or commodity DRAM. */
enum { PROCESS_LOGIC, PROCESS_MEMORY };
static const char *const processes[] = {"logic", "memory", NULL};

static const struct dram_cell *cell_at(const struct edram *p,
                                       const struct technology *t)
{
    return p->process == PROCESS_MEMORY ? &t->dram : &t->edram;
}

static struct memory_cell cell_of(const struct edram *p,
                                  const struct technology *t)
{
    struct memory_cell cell = memory_dram(cell_at(p, t), t);
    cell.retention_s = p->retention_s;
    return cell;
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    const struct edram *p = params;
    const struct technology *t = site_technology(site, &p->macro.circuit);
    struct memory_spec spec = macro_spec(&p->macro, site);

    if (!(cell_at(p, t)->area_m2 > 0)) {
        snprintf(why, (size_t)size,
                 "no group '%s', the cell of a %s process, in the file of the "
                 "%g nm node or in one that it is interpolated from; name a "
                 "file that has it in technology.file, or take model 'sram'",
                 p->process == PROCESS_MEMORY ? "dram" : "edram",
                 processes[p->process], t->node_m * 1e9);
        return -1;
    }
    struct memory_cell cell = cell_of(p, t);
    return macro_check(&p->macro, site, &cell, &spec, why, size);
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct edram *p = params;
    const struct technology *t = site_technology(site, &p->macro.circuit);
    struct memory_cell cell = cell_of(p, t);
    struct memory_spec spec = macro_spec(&p->macro, site);
    macro_cost(&p->macro, site, &cell, &spec, out);
}

static const struct field fields[] = {
    MACRO_FIELDS,
    {"process", FIELD_CHOICE, DIM_NONE, offsetof(struct edram, process), 0, 0,
     "logic", processes,
     "of the cells: logic, embedded DRAM; memory, commodity DRAM"},
    {"retention", FIELD_QUANTITY, DIM_S, offsetof(struct edram, retention_s), 0,
     10, "0 s", NULL,
     "in which each row is refreshed once; 0: until a cell has leaked half of "
     "its signal"},
    {0}};

const struct model model_edram = {
    .name = "edram",
    .text = "DRAM, embedded or not: as sram, with 1T1C cells, restoring and "
            "refresh",
    .source = "CACTI-D (Thoziyoor et al., ISCA 2008); CACTI 6 (HPL-2009-85)",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct edram),
    .check = check,
    .eval = eval,
    .formula = "(request + decoder + wordline + restored bitlines + sense + "
               "reply of a word) / width",
};
