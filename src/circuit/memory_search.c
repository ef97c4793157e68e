/* memory_search.c - the organisation of a memory that is best for a target */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/memory_parts.h"

#include <math.h>

/* What is searched: powers of two. Columns behind one bit: a current sense
 * amplifier is as large as many bitlines, others as few. */
enum {
    MUX_MOST = 8,
    MUX_MOST_RESISTIVE = 64,
    MUX_KINDS = 4,
    ACTIVE_MOST = 4,
    ACTIVE_KINDS = 3,
    COLUMNS_MOST = 4096,
    WAYS_MOST = MUX_KINDS * ACTIVE_KINDS * MEMORY_ROWS_KINDS
};

static double merit(enum memory_target target, struct memory_merits s)
{
    switch (target) {
    case TARGET_AREA:
        return s.area_m2;
    case TARGET_LATENCY:
        return s.read_s;
    case TARGET_ENERGY:
        return s.read_J;
    case TARGET_ED:
        return s.read_J * s.read_s;
    case TARGET_ED2:
        return s.read_J * s.read_s * s.read_s;
    }
    return 0;
}

/* What ways share: by rows, by what drives a row, by rows and multiplexer. */
struct search {
    const struct memory_fixed *m;
    int kinds, rows[MEMORY_ROWS_KINDS]; /* numbers of rows */
    struct block predecoder[MEMORY_ROWS_KINDS];
    const struct block *gate[MEMORY_ROWS_KINDS];
    double predecoder_m2[MEMORY_ROWS_KINDS], gate_m2[MEMORY_ROWS_KINDS];
    int drives;
    struct {
        int columns, written;
        struct block block;
    } drive[MUX_KINDS * ACTIVE_KINDS];
    int muxes;
    struct memory_column column[MUX_KINDS][MEMORY_ROWS_KINDS];
    int n;
    struct memory_way way[WAYS_MOST];
    double bound[WAYS_MOST];
};

/* ---- what there is to choose from ---- */

/* Fewer rows than 16 are a register file and no memory, unless there are not
 * more words. */
int memory_rows_least(const struct memory_spec *spec)
{
    static const int least = 16;
    int rows = MEMORY_ROWS_LEAST;

    if (spec->rows)
        return spec->rows;
    while (rows < least && rows < spec->bits / spec->word)
        rows *= 2;
    return rows;
}

/* More rows than hold twice the words are not looked at. */
static void rows_of(struct search *s)
{
    const struct memory_spec *spec = s->m->spec;
    const struct decoder_parts *parts = &s->m->parts;
    double pitch_m = s->m->cell->height_m, words = spec->bits / spec->word;
    int rows = memory_rows_least(spec);
    int most = MEMORY_ROWS_LEAST << (MEMORY_ROWS_KINDS - 1);

    if (spec->rows) {
        s->kinds = 1;
        s->rows[0] = rows;
        s->predecoder[0] = predecoder(parts, rows, pitch_m);
        s->gate[0] = row_gate(parts, rows);
        return;
    }
    do {
        s->rows[s->kinds] = rows;
        s->gate[s->kinds++] = row_gate(parts, rows);
        rows *= 2;
    } while (rows <= most && rows < 2 * words);
    predecoders(parts, s->rows[0], pitch_m, s->kinds, s->predecoder);
}

static void choose_rows(struct search *s)
{
    rows_of(s);
    for (int i = 0; i < s->kinds; i++) {
        s->gate_m2[i] = block_area_m2(s->gate[i]);
        s->predecoder_m2[i] = block_area_m2(&s->predecoder[i]);
    }
}

/* From `first` to `most`, each so many times the one before. */
struct range {
    int first, most, times;
};

static struct range muxes(const struct memory_cell *cell,
                          const struct memory_spec *spec)
{
    if (spec->mux)
        return (struct range){spec->mux, spec->mux, 2};
    return cell->on_ohm > 0 ? (struct range){1, MUX_MOST_RESISTIVE, 4}
                            : (struct range){1, MUX_MOST, 2};
}

static struct range actives(const struct memory_spec *spec)
{
    int first = spec->active ? spec->active : 1;
    return (struct range){
        first, spec->active || spec->columns ? first : ACTIVE_MOST, 2};
}

/* Columns follow from word, mux and active subarrays, or active from given
 * columns. false: these do not go together. Of a DRAM all columns are sensed.
 */
static bool choose(const struct memory_cell *cell,
                   const struct memory_spec *spec, int mux, int active,
                   struct memory_choice *c)
{
    bool shared = cell->read == READ_SHARE;
    int bits = spec->columns ? spec->columns / mux
                             : (spec->word + active - 1) / active;
    if (bits < 1 || (spec->columns && spec->columns % mux))
        return false;
    *c = (struct memory_choice){.columns = bits * mux, .mux = mux};
    c->active = (spec->word + bits - 1) / bits;
    c->sense_mux = shared ? 1 : spec->sense_mux ? spec->sense_mux : mux;
    return mux % c->sense_mux == 0 && (!spec->active || c->active == active) &&
           (c->columns <= COLUMNS_MOST || spec->columns || mux == 1);
}

bool memory_fits(const struct memory_cell *cell, const struct memory_spec *spec)
{
    struct range x = muxes(cell, spec), y = actives(spec);
    struct memory_choice c;

    for (int mux = x.first; mux <= x.most; mux *= x.times)
        for (int active = y.first; active <= y.most; active *= y.times)
            if (choose(cell, spec, mux, active, &c))
                return true;
    return false;
}

/* Rows of as many columns are driven alike, but in a cross-point those that
 * are written load them, too. */
static const struct block *drive_of(struct search *s,
                                    const struct memory_choice *c)
{
    int written = s->m->cell->crosspoint ? c->columns / c->mux : 0, i = 0;
    while (i < s->drives && (s->drive[i].columns != c->columns ||
                             s->drive[i].written != written))
        i++;
    if (i == s->drives) {
        s->drive[i].columns = c->columns;
        s->drive[i].written = written;
        s->drive[i].block = memory_row(s->m, c->columns, written);
        s->drives++;
    }
    return &s->drive[i].block;
}

/* Subarrays that together hold twice what is wanted are not looked at, but
 * the lowest. */
static void add_rows(struct search *s, struct memory_choice *c)
{
    const struct block *drive = drive_of(s, c);
    double row = (double)c->columns * c->active;

    for (int i = 0; i < s->kinds; i++) {
        c->rows = s->rows[i];
        if (i > 0 && row * c->rows >= 2 * s->m->spec->bits)
            break;
        const struct memory_column *column = &s->column[s->muxes][i];
        struct memory_way *way = &s->way[s->n];
        if (!column->valid)
            continue;
        way->choice = *c;
        way->drive = drive;
        way->gate = s->gate[i];
        way->predecoder = &s->predecoder[i];
        way->column = column;
        way->ports = c->columns / c->mux;
        way->sensed = c->columns / c->sense_mux;
        way->row_m2 = s->gate_m2[i] + block_area_m2(drive);
        way->predecoder_m2 = s->predecoder_m2[i];
        s->bound[s->n++] = merit(s->m->spec->target, memory_bound(s->m, way));
    }
}

static void add_columns(struct search *s, struct memory_choice c)
{
    struct rc none = {0, 0};
    for (int i = 0; i < s->kinds; i++) {
        c.rows = s->rows[i];
        s->column[s->muxes][i] = memory_column_read(s->m, &c, none);
    }
}

static void add_mux(struct search *s, int mux)
{
    struct range y = actives(s->m->spec);
    bool has = false;

    for (int active = y.first; active <= y.most; active *= y.times) {
        struct memory_choice c;
        if (!choose(s->m->cell, s->m->spec, mux, active, &c))
            continue;
        if (!has)
            add_columns(s, c);
        has = true;
        add_rows(s, &c);
    }
    s->muxes += has;
}

/* ---- the choice ---- */

/* The least bound is looked into first: others are seldom below what it
 * gives. */
static const struct memory_way *best_of(const struct search *s)
{
    enum memory_target target = s->m->spec->target;
    int best = 0;

    for (int i = 1; i < s->n; i++)
        if (s->bound[i] < s->bound[best])
            best = i;
    if (!s->n)
        return NULL;
    int first = best;
    double least = merit(target, memory_bank_merits(s->m, &s->way[best]));
    for (int i = 0; i < s->n; i++) {
        if (s->bound[i] >= least || i == first)
            continue;
        double value = merit(target, memory_bank_merits(s->m, &s->way[i]));
        if (value < least) {
            least = value;
            best = i;
        }
    }
    return &s->way[best];
}

struct memory memory_plan(const struct technology *t,
                          const struct memory_cell *cell,
                          const struct memory_spec *spec)
{
    struct memory_fixed m = memory_fixed(t, cell, spec);
    struct search s;
    struct range x = muxes(cell, spec);

    s.m = &m;
    s.kinds = s.drives = s.muxes = s.n = 0;
    choose_rows(&s);
    for (int mux = x.first; mux <= x.most; mux *= x.times)
        add_mux(&s, mux);
    const struct memory_way *best = best_of(&s);
    if (!best)
        return (struct memory){.valid = false};
    struct memory all = memory_bank(&m, best);
    if (spec->banks > 1)
        memory_join(&m, &all);
    return all;
}
