/* memory_search.c - the organisation of a memory that is best for a target */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/memory_parts.h"

#include <math.h>

/* What is searched: powers of two. Columns behind one bit: a current sense
 * amplifier is as large as many bitlines, others as few. */
enum {
    ROWS_KINDS = 8, /* from MEMORY_ROWS_LEAST, 4, to 512: the cells of a
                       longer line leak as much as one conducts */
    MUX_MOST = 8,
    MUX_MOST_RESISTIVE = 64,
    ACTIVE_MOST = 4,
    COLUMNS_MOST = 4096
};

static double merit(enum memory_target target, const struct memory_share *s)
{
    switch (target) {
    case TARGET_AREA:
        return s->area_m2;
    case TARGET_LATENCY:
        return s->read_s;
    case TARGET_ENERGY:
        return s->read_J;
    case TARGET_ED:
        return s->read_J * s->read_s;
    case TARGET_ED2:
        return s->read_J * s->read_s * s->read_s;
    }
    return 0;
}

struct search {
    const struct memory_fixed *m;
    struct block predecoder[ROWS_KINDS];
    bool has[ROWS_KINDS];
    struct memory best, next;
    double least;
};

static void consider(struct search *s, const struct memory_choice *c,
                     const struct block *drive, const struct block *pre)
{
    const enum memory_target target = s->m->spec->target;
    struct memory_share bound;

    if (!memory_bound(s->m, c, drive, pre, &bound) ||
        (s->best.valid && merit(target, &bound) >= s->least))
        return;
    memory_bank(s->m, c, drive, pre, &s->next);
    double value = merit(target, &s->next.sum);
    if (s->next.valid && (!s->best.valid || value < s->least)) {
        s->best = s->next;
        s->least = value;
    }
}

static void consider_rows(struct search *s, struct memory_choice *c,
                          const struct block *drive, int i)
{
    c->rows = MEMORY_ROWS_LEAST << i;
    if (!s->has[i])
        s->predecoder[i] =
            predecoder(&s->m->parts, c->rows, s->m->cell->height_m);
    s->has[i] = true;
    consider(s, c, drive, &s->predecoder[i]);
}

/* Subarrays that together hold twice what is wanted are not looked at. */
static int most_kinds(const struct search *s, const struct memory_choice *c)
{
    double row = (double)c->columns * c->active;
    int n = 1;
    while (n < ROWS_KINDS &&
           row * (MEMORY_ROWS_LEAST << n) < 2 * s->m->spec->bits)
        n++;
    return n;
}

/* Fewer rows than 16 are a register file and no memory, unless there are not
 * more words. */
static int least_kind(const struct memory_spec *spec)
{
    static const int least = 16;
    int i = 0, rows = MEMORY_ROWS_LEAST;
    for (; rows < least && rows * (double)spec->word < spec->bits; rows *= 2)
        i++;
    return i;
}

static void try_rows(struct search *s, struct memory_choice *c)
{
    struct block drive = memory_row(s->m, c->columns, c->columns / c->mux);
    int least = least_kind(s->m->spec), n = most_kinds(s, c);

    if (s->m->spec->rows) {
        c->rows = s->m->spec->rows;
        struct block pre =
            predecoder(&s->m->parts, c->rows, s->m->cell->height_m);
        consider(s, c, &drive, &pre);
        return;
    }
    consider_rows(s, c, &drive, least);
    for (int i = least + 1; i < n; i++)
        consider_rows(s, c, &drive, i);
}

/* Columns follow from word, mux and active subarrays, or active from given
 * columns. false: these do not go together. */
static bool choose(const struct memory_spec *spec, int mux, int active,
                   bool shared, struct memory_choice *c)
{
    int bits = spec->columns ? spec->columns / mux
                             : (spec->word + active - 1) / active;
    if (bits < 1 || (spec->columns && spec->columns % mux))
        return false;
    *c = (struct memory_choice){.columns = bits * mux, .mux = mux};
    c->active = (spec->word + bits - 1) / bits;
    c->sense_mux = shared ? 1 : spec->sense_mux ? spec->sense_mux : mux;
    return mux % c->sense_mux == 0 && (!spec->active || c->active == active);
}

static void try_active(struct search *s, int mux)
{
    const struct memory_spec *spec = s->m->spec;
    bool shared = s->m->cell->read == READ_SHARE; /* all columns are sensed */
    int active = spec->active ? spec->active : 1;
    int most = spec->active ? spec->active : ACTIVE_MOST;

    if (spec->columns)
        most = active;
    for (; active <= most; active *= 2) {
        struct memory_choice c;
        if (!choose(spec, mux, active, shared, &c))
            continue;
        if (c.columns <= COLUMNS_MOST || spec->columns || mux == 1)
            try_rows(s, &c);
    }
}

struct memory memory_plan(const struct technology *t,
                          const struct memory_cell *cell,
                          const struct memory_spec *spec)
{
    struct memory_fixed m = memory_fixed(t, cell, spec);
    struct search s = {.m = &m};
    bool resistive = cell->on_ohm > 0;
    int most = resistive ? MUX_MOST_RESISTIVE : MUX_MOST;

    if (spec->mux)
        try_active(&s, spec->mux);
    for (int mux = 1; !spec->mux && mux <= most; mux *= resistive ? 4 : 2)
        try_active(&s, mux);
    if (s.best.valid && spec->banks > 1)
        memory_join(&m, &s.best);
    return s.best;
}
