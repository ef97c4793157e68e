/* register_file.c - registers of standard cells, read and written by words */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/digital.h"

#include <math.h>
#include <stdio.h>

struct register_file {
    struct digital head;
    double capacity_bits;
    int width, kind;
    bool gated;
};

static double words_of(const struct register_file *p)
{
    return ceil(p->capacity_bits / p->width);
}

static struct store_costs store_of(const struct register_file *p,
                                   const struct site *site)
{
    const struct technology *t = site_technology(site, &p->head.circuit);
    return logic_store(t, (enum store)p->kind, words_of(p), p->width,
                       p->head.activity);
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    const struct register_file *p = params;
    if (p->capacity_bits < p->width) {
        snprintf(why, (size_t)size,
                 "capacity of %g bits is less than one word of width %d",
                 p->capacity_bits, p->width);
        return -1;
    }
    struct store_costs s = store_of(p, site);
    return digital_check(&p->head, fmax(s.read_s, s.write_s), why, size);
}

/* An action is one bit; a period reads or writes a word. */
static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct register_file *p = params;
    struct store_costs s = store_of(p, site);
    double period_s = digital_period_s(&p->head, fmax(s.read_s, s.write_s));
    double width = p->width;

    *out = (struct cost){.area_m2 = s.area_m2, .static_W = s.leakage_W};
    for (int i = ACTION_FIRST; i <= ACTION_WRITE; i++) {
        out->energy_J[i] = s.read_J / width;
        out->time_s[i] = period_s / width;
    }
    out->energy_J[ACTION_WRITE] = s.write_J / width;
    if (!p->gated) { /* every word's clock always runs */
        out->static_W += s.clock_J / period_s;
        out->energy_J[ACTION_WRITE] -= s.clock_J / words_of(p) / width;
    }
    cost_set_peak(out);
}

static const struct field fields[] = {
    DIGITAL_FIELDS("0.5"),
    {"capacity", FIELD_QUANTITY, DIM_BIT,
     offsetof(struct register_file, capacity_bits), 1, 8388608, NULL, NULL,
     "bits that it holds, to 1 MB"},
    {"width", FIELD_COUNT, DIM_NONE, offsetof(struct register_file, width), 1,
     4096, "16", NULL, "bits of a word, read or written in one period"},
    {"kind", FIELD_CHOICE, DIM_NONE, offsetof(struct register_file, kind), 0, 0,
     "flip_flop", store_names, "what holds a bit"},
    {"gated", FIELD_FLAG, DIM_NONE, offsetof(struct register_file, gated), 0, 0,
     "true", NULL, "only the word that is written gets a clock"},
    {0}};

const struct model model_register_file = {
    .name = "register_file",
    .text = "register file of standard cells",
    .source = "standard-cell memory, Meinerzhagen, Roth, Burg, MWSCAS 2010",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct register_file),
    .check = check,
    .eval = eval,
    .formula = "read: (decoder + width x read path) / width; write: (decoder "
               "+ clock of a word + width x (cell + data line)) / width",
};
