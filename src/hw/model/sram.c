/* sram.c - a buffer of static memory cells */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/macro.h"

struct sram {
    struct macro macro;
    int cell, ports;
};

enum { CELL_6T, CELL_8T };
static const char *const cells[] = {"6t", "8t", NULL};

static struct memory_cell cell_of(const struct sram *p,
                                  const struct technology *t)
{
    return memory_sram(t, p->ports, p->cell == CELL_8T);
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    const struct sram *p = params;
    const struct technology *t = site_technology(site, &p->macro.circuit);
    struct memory_cell cell = cell_of(p, t);
    struct memory_spec spec = macro_spec(&p->macro, site);
    return macro_check(&p->macro, site, &cell, &spec, why, size);
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct sram *p = params;
    const struct technology *t = site_technology(site, &p->macro.circuit);
    struct memory_cell cell = cell_of(p, t);
    struct memory_spec spec = macro_spec(&p->macro, site);
    macro_cost(&p->macro, site, &cell, &spec, out);
}

static const struct field fields[] = {
    MACRO_FIELDS,
    {"cell", FIELD_CHOICE, DIM_NONE, offsetof(struct sram, cell), 0, 0, "6t",
     cells, "6t: a pair of bitlines; 8t: a read port of its own"},
    {"ports", FIELD_COUNT, DIM_NONE, offsetof(struct sram, ports), 1, 8, "1",
     NULL, "that read and write, each with its own lines"},
    {0}};

const struct model model_sram = {
    .name = "sram",
    .text = "static memory: subarrays, decoders, sense amplifiers, wires",
    .source = "Wilton and Jouppi 1994; CACTI 6 (HPL-2009-85); NVSim (Dong et "
              "al., TCAD 31(7) 2012)",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct sram),
    .check = check,
    .eval = eval,
    .formula = "(request + decoder + wordline + bitlines + sense + reply of a "
               "word) / width",
};
