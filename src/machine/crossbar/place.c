/* place.c - which row slice of real weights goes onto which wordline */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/place.h"
#include "machine/crossbar/pack.h"
#include <stdlib.h>
#include <string.h>

/* A column group of one array while it is being placed. */
struct placer {
    const struct xbar *x;
    const struct map_rule *rule;
    unsigned split; /* schemes whose signs have arrays of their own */
    int rows, slices;
    const uint64_t **plane; /* of each column */
    uint64_t *kept;         /* planes of one sign, columns one by one */
    uint64_t *any;          /* planes of all columns, ORed */
    uint64_t *filled;       /* per row, bit s: slice s is not empty */
    struct wordline *line;
    struct placed at;
    void (*see)(void *self, const struct placed *p);
    void *self;
};

static int lowest(uint64_t set)
{
    return __builtin_ctzll(set);
}

static int highest(uint64_t set)
{
    return 63 - __builtin_clzll(set);
}

static void put(struct placer *p, int row, int slice, int delay)
{
    p->line[p->at.lines++] = (struct wordline){row, slice, delay};
}

static void finish(struct placer *p, int base, int delay)
{
    p->at.base = base;
    p->at.delay = delay;
    p->at.line = p->line;
    p->see(p->self, &p->at);
    p->at.lines = 0;
}

/* L0 and L1: one crossbar a slice of a row block, hollow ones kept or not */
static void place_apart(struct placer *p, int from, int to, bool drop)
{
    uint64_t all = 0;

    for (int k = from; k < to; k++)
        all |= p->filled[k];
    for (int s = 0; s < p->slices; s++) {
        if (drop && !(all >> s & 1))
            continue;
        for (int k = from; k < to; k++)
            put(p, k, s, 0);
        finish(p, s, 0);
    }
}

static int shift_of(uint64_t set, int top)
{
    int shift = set ? highest(set) - top : 0;

    return shift > 0 ? shift : 0;
}

/* Rows shifted down under slice `top`, onto physical slices least..top. */
static void place_shifted(struct placer *p, int from, int to, int least,
                          int top)
{
    int delay = 0;

    for (int k = from; k < to; k++) {
        int shift = shift_of(p->filled[k], top);
        delay = shift > delay ? shift : delay;
    }
    for (int s = least; s <= top; s++) {
        uint64_t any = 0;
        for (int k = from; k < to; k++) {
            int shift = shift_of(p->filled[k], top);
            any |= p->filled[k] >> (s + shift) & 1;
            put(p, k, s + shift, shift);
        }
        if (any)
            finish(p, s, delay);
        else
            p->at.lines = 0;
    }
}

/* L2: as many slices as the widest row needs, from the least slice up */
static void place_shift(struct placer *p, int from, int to)
{
    uint64_t all = 0;
    int span = 0;

    for (int k = from; k < to; k++) {
        uint64_t set = p->filled[k];
        int wide = set ? highest(set) - lowest(set) + 1 : 0;
        span = wide > span ? wide : span;
        all |= set;
    }
    if (all)
        place_shifted(p, from, to, lowest(all), lowest(all) + span - 1);
}

static void place_sme(struct placer *p, int from, int to)
{
    int top = p->slices - 1 - p->rule->sme_degree;

    place_shifted(p, from, to, 0, top > 0 ? top : 0);
}

/* The crossbar's base is its lowest slice; the others wait for it. */
static void finish_packed(struct placer *p)
{
    int lo = p->line[0].slice, hi = lo;

    for (int i = 1; i < p->at.lines; i++) {
        lo = p->line[i].slice < lo ? p->line[i].slice : lo;
        hi = p->line[i].slice > hi ? p->line[i].slice : hi;
    }
    for (int i = 0; i < p->at.lines; i++)
        p->line[i].delay = p->line[i].slice - lo;
    finish(p, lo, hi - lo);
}

/* L3: rank by rank, each row's lowest slice that is still to be placed */
static void place_rank(struct placer *p, int from, int to)
{
    for (int rank = 0; rank < p->slices; rank++) {
        for (int k = from; k < to; k++) {
            uint64_t set = p->filled[k];
            for (int i = 0; i < rank; i++)
                set &= set - 1;
            if (set)
                put(p, k, lowest(set), 0);
        }
        if (p->at.lines == 0)
            break;
        finish_packed(p);
    }
}

/* L4: all rows of the column group, most significant slices first */
static void place_free(struct placer *p)
{
    for (int s = p->slices - 1; s >= 0; s--)
        for (int k = 0; k < p->rows; k++) {
            if (!(p->filled[k] >> s & 1))
                continue;
            put(p, k, s, 0);
            if (p->at.lines == p->x->rows)
                finish_packed(p);
        }
    if (p->at.lines > 0)
        finish_packed(p);
}

static void place_block(struct placer *p, int from, int to)
{
    switch (p->rule->squeeze) {
    case SQUEEZE_L0:
        place_apart(p, from, to, false);
        break;
    case SQUEEZE_L1:
        place_apart(p, from, to, true);
        break;
    case SQUEEZE_L2:
        place_shift(p, from, to);
        break;
    case SQUEEZE_SME:
        place_sme(p, from, to);
        break;
    case SQUEEZE_L3:
        place_rank(p, from, to);
        break;
    case SQUEEZE_L4: /* knows no blocks */
        break;
    }
}

static void place_group(struct placer *p)
{
    const int block = p->x->rows;

    if (p->rule->squeeze == SQUEEZE_L4)
        place_free(p);
    else
        for (int k = 0; k < p->rows; k += block)
            place_block(p, k, k + block < p->rows ? k + block : p->rows);
}

/* The planes of a column, of this array's weights. */
static const uint64_t *load_column(const struct placer *p, const struct bits *b,
                                   int n, uint64_t *kept)
{
    const uint64_t *from = bits_column(b, 0, n);
    const uint64_t *negative = bits_negative(b, 0, n);
    const uint64_t flip = p->at.array ? 0 : ~UINT64_C(0);

    if (!(p->split >> bits_scheme(b, 0, n) & 1))
        return from;
    for (int i = 0; i < b->planes * b->words; i++)
        kept[i] = from[i] & (negative[i % b->words] ^ flip);
    return kept;
}

/* The planes of this array's weights, and which slices they fill. */
static void load_group(struct placer *p, const struct bits *b)
{
    const size_t size = (size_t)b->planes * (size_t)b->words;

    for (int j = 0; j < p->at.columns; j++)
        p->plane[j] = load_column(p, b, p->at.column[j],
                                  p->kept ? &p->kept[(size_t)j * size] : NULL);
    memset(p->any, 0, size * sizeof *p->any);
    for (int j = 0; j < p->at.columns; j++)
        for (size_t i = 0; i < size; i++)
            p->any[i] |= p->plane[j][i];
    memset(p->filled, 0, (size_t)p->rows * sizeof *p->filled);
    for (size_t i = 0; i < size; i++) {
        size_t plane = i / (size_t)b->words, word = i % (size_t)b->words;
        for (uint64_t any = p->any[i]; any; any &= any - 1)
            p->filled[64 * word + (size_t)lowest(any)] |=
                UINT64_C(1) << plane / (size_t)p->x->cell_bits;
    }
}

/* A column's place in the order: highest bit, then lowest, then its number. */
struct key {
    int planes, lowest, column;
};

static bool is_empty(const struct bits *b, const uint64_t *plane)
{
    for (int i = 0; i < b->words; i++)
        if (plane[i])
            return false;
    return true;
}

static struct key column_key(const struct bits *b, int n)
{
    const uint64_t *plane = bits_column(b, 0, n);
    struct key key = {b->planes, 0, n};

    while (key.planes && is_empty(b, plane + (key.planes - 1) * b->words))
        key.planes--;
    while (key.lowest < key.planes &&
           is_empty(b, plane + key.lowest * b->words))
        key.lowest++;
    return key;
}

static int compare_keys(const void *left, const void *right)
{
    const struct key *a = left, *b = right;

    if (a->planes != b->planes)
        return a->planes > b->planes ? -1 : 1;
    if (a->lowest != b->lowest)
        return a->lowest > b->lowest ? -1 : 1;
    return a->column < b->column ? -1 : a->column > b->column;
}

/* Fills order[columns] and returns the planes that the weights need. */
static int order_columns(const struct map_rule *rule, const struct bits *b,
                         struct key *key, int *order)
{
    int need = 0;

    for (int n = 0; n < b->columns; n++) {
        key[n] = column_key(b, n);
        need = key[n].planes > need ? key[n].planes : need;
    }
    if (rule->sort_channels)
        qsort(key, (size_t)b->columns, sizeof *key, compare_keys);
    for (int n = 0; n < b->columns; n++)
        order[n] = key[n].column;
    return need;
}

static void placer_init(struct placer *p, const struct bits *b, int columns,
                        struct arena *a)
{
    size_t size = (size_t)b->planes * (size_t)b->words;

    p->plane = arena_array(a, (size_t)columns, sizeof *p->plane);
    p->any = arena_array(a, size, sizeof *p->any);
    p->filled = arena_array(a, (size_t)b->rows, sizeof *p->filled);
    p->line = arena_array(a, (size_t)p->x->rows, sizeof *p->line);
    if (p->split)
        p->kept = arena_array(a, (size_t)columns * size, sizeof *p->kept);
    p->at.plane = p->plane;
    p->at.planes = b->planes;
    p->at.words = b->words;
}

/* Leaves the columns whose signs lie apart, in their order. */
static int keep_split(unsigned split, const struct bits *b, int *order)
{
    int n = 0;

    for (int j = 0; j < b->columns; j++)
        if (split >> bits_scheme(b, 0, order[j]) & 1)
            order[n++] = order[j];
    return n;
}

int place(const struct xbar *x, const struct map_rule *rule,
          const struct bits *weights, int planes, unsigned split,
          struct arena *a, void (*see)(void *self, const struct placed *p),
          void *self)
{
    int columns = weights->columns;
    struct placer p = {.x = x,
                       .rule = rule,
                       .split = split,
                       .rows = weights->rows,
                       .see = see,
                       .self = self};
    int *order = arena_array(a, (size_t)columns, sizeof *order);
    struct key *key = arena_array(a, (size_t)columns, sizeof *key);
    int need = order_columns(rule, weights, key, order);

    p.slices = div_up(need > planes ? need : planes, x->cell_bits);
    placer_init(&p, weights, columns < x->columns ? columns : x->columns, a);
    for (int s = 0; s < (split ? 2 : 1); s++) {
        columns = s ? keep_split(split, weights, order) : columns;
        for (int n = 0; n < columns; n += x->columns) {
            int left = columns - n;
            p.at.array = s;
            p.at.column = &order[n];
            p.at.columns = left < x->columns ? left : x->columns;
            load_group(&p, weights);
            place_group(&p);
            p.at.group++;
        }
    }
    return p.slices;
}
