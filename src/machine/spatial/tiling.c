/* tiling.c - which part of a layer the buffers hold, and what that costs */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/spatial/tiling.h"

#include <math.h>
#include <string.h>

/* Whether an operand is another one in every turn of a loop. */
static const bool depends[OPERANDS][LOOPS] = {
    [INPUT] = {[LOOP_MAP] = true, [LOOP_IC] = true},
    [WEIGHT] = {[LOOP_IC] = true, [LOOP_OC] = true},
    [OUTPUT] = {[LOOP_MAP] = true, [LOOP_OC] = true}};

/* What does not change while a layer's tiles are searched. */
struct job {
    const struct accelerator *x;
    const struct dataflow *d;
    const struct loops *l;
    double rate;                    /* bits a cycle */
    double room[OPERANDS], unified; /* capacities, halved where one half is
                                       filled meanwhile */
    bool shared[OPERANDS];          /* in the unified buffer */
    double result;                  /* bits of a result over those of its sum */
    double least_cycle;             /* for a bit, compressed or not */
};

/* A layer cut into tiles. */
struct cut {
    double turns[LOOPS];
    double rows, columns;  /* of the map of one input */
    double bits[OPERANDS]; /* of one tile */
    double all[OPERANDS];  /* of all tiles, each once */
    double left;           /* of the unified buffer */
    double compute_cycles;
};

static double least(double a, double b)
{
    return a < b ? a : b;
}

static double most(double a, double b)
{
    return a > b ? a : b;
}

static struct job job_of(const struct accelerator *x, const struct dataflow *d,
                         const struct loops *l)
{
    const struct buffers *b = &x->buffers;
    double part = b->twice ? 0.5 : 1;
    struct job j = {.x = x, .d = d, .l = l, .rate = memory_rate(x)};
    j.result = (double)l->bits[OUTPUT] / l->sum_bits;
    j.least_cycle = fmin(1, x->memory.map_ratio) / j.rate;
    j.unified = part * b->unified_bits;
    for (int o = 0; o < OPERANDS; o++) {
        j.room[o] = part * b->bits[o];
        j.shared[o] = b->bits[o] == 0 && b->unified_bits > 0;
    }
    return j;
}

/* Bits of the tiles; false if a buffer does not hold them. What stays on the
 * chip anyway, and what has no buffer, needs no room. */
static bool fit(const struct job *j, const struct tile *t, struct cut *c)
{
    c->left = j->unified;
    for (int o = 0; o < OPERANDS; o++) {
        c->bits[o] = 0;
        if (j->l->resident[o])
            continue;
        c->bits[o] = j->d->place ? j->d->place(j->x, j->l, t, (enum operand)o)
                                 : tile_bits(j->l, t, (enum operand)o);
        if (j->shared[o])
            c->left -= c->bits[o];
        else if (j->room[o] > 0 && c->bits[o] > j->room[o])
            return false;
    }
    return c->left >= 0;
}

/* Bits of one side of the input under all tiles: their borders overlap. */
static double side(double n, double tiles, double stride, double kernel,
                   double most)
{
    return least((n - tiles) * stride + tiles * kernel, tiles * most);
}

/* Bits of all tiles of an operand, each once; all of the same size where the
 * dataflow pads them. */
static double all_bits(const struct job *j, const struct cut *c, int o)
{
    const struct loops *l = j->l;
    double tiles = 1;
    for (int k = 0; k < LOOPS; k++)
        tiles *= depends[o][k] ? c->turns[k] : 1;
    if (j->d->whole_tiles || c->bits[o] == 0)
        return c->bits[o] * tiles;
    struct tile all = {l->batch, l->oc, l->ic, l->oh, l->ow};
    if (o != INPUT || l->unrolled)
        return tile_bits(l, &all, (enum operand)o);
    return l->batch * l->ic * l->bits[INPUT] *
           side(l->oh, c->rows, l->stride_h, l->kh, l->ih) *
           side(l->ow, c->columns, l->stride_w, l->kw, l->iw);
}

/* The rest of a cut whose tiles fit. */
static void cut_layer(const struct job *j, const struct tile *t, struct cut *c)
{
    const struct loops *l = j->l;
    c->rows = loop_tiles(l->oh, t->oh);
    c->columns = loop_tiles(l->ow, t->ow);
    c->turns[LOOP_MAP] = loop_tiles(l->batch, t->batch) * c->rows * c->columns;
    c->turns[LOOP_IC] = loop_tiles(l->ic, t->ic);
    c->turns[LOOP_OC] = loop_tiles(l->oc, t->oc);
    for (int o = 0; o < OPERANDS; o++)
        c->all[o] = all_bits(j, c, o);
}

/* How the operands come, from the innermost loop to the one reached. */
struct stay {
    double visits[OPERANDS]; /* how often all of it */
    double bits[OPERANDS];   /* that the turns so far have asked for */
    double held[OPERANDS];   /* of them, what is in the buffer at once */
    bool holds[OPERANDS];    /* all of them */
    double left;             /* of the unified buffer */
};

static struct stay stay_begin(const struct cut *c)
{
    struct stay s = {.left = c->left};
    for (int o = 0; o < OPERANDS; o++) {
        s.visits[o] = 1;
        s.bits[o] = s.held[o] = c->bits[o];
        s.holds[o] = true;
    }
    return s;
}

/* Takes so many bits if there is room for them. */
static bool hold(const struct job *j, struct stay *s, int o, double bits)
{
    double more = bits - s->held[o];
    if (j->shared[o] ? more > s->left : bits > j->room[o])
        return false;
    s->left -= j->shared[o] ? more : 0;
    s->held[o] = bits;
    return true;
}

/*
 * One loop further out. As long as all that the turns so far have asked for
 * has room, it is held, and turns that ask for the same again are free; after
 * that every turn brings it anew.
 */
static void stay_turn(const struct job *j, const struct cut *c, int loop,
                      struct stay *s)
{
    double turns = c->turns[loop];
    for (int o = 0; o < OPERANDS; o++) {
        if (!depends[o][loop]) {
            s->visits[o] *= s->holds[o] ? 1 : turns;
        } else if (s->holds[o]) {
            double bits = s->bits[o];
            s->bits[o] *= turns;
            s->holds[o] = hold(j, s, o, s->bits[o]);
            if (!s->holds[o] && loop == LOOP_MAP &&
                !hold(j, s, o, bits * c->rows * c->columns))
                hold(j, s, o, bits * c->columns);
        }
    }
}

/* The nest is run for each group and step; recurrent weights that have all
 * been held are there in the next step. */
static double times(const struct loops *l, int o, double all_bits,
                    double held_bits)
{
    bool stays = o == WEIGHT && l->groups == 1 && held_bits >= all_bits;
    return l->groups * (stays ? 1 : l->steps);
}

/* Sums come back and go again for every visit but the first and last; only
 * the last brings results. */
static void count_output(const struct job *j, double bits, double visits,
                         double out[DIRECTIONS])
{
    const struct memory *m = &j->x->memory;
    out[READ] = bits * (visits - (m->reads_sums ? 0 : 1));
    out[WRITTEN] = bits * (visits - 1 + j->result * m->map_ratio);
}

/* Fills p->memory_bits; returns the bits that come before the array begins
 * (first) and go after it has ended (last). */
static double count_link(const struct job *j, const struct cut *c,
                         const struct stay *s, struct plan *p, double *first)
{
    const struct memory *m = &j->x->memory;
    double last = 0;
    *first = 0;
    for (int o = 0; o < OPERANDS; o++) {
        double held = least(s->held[o], c->all[o]);
        double bits = c->all[o] * times(j->l, o, c->all[o], held);
        double begin = m->fills_first ? held : least(c->bits[o], c->all[o]);
        double ratio = o == INPUT || j->l->products ? m->map_ratio : 1;
        p->memory_bits[o][WRITTEN] = 0;
        p->memory_bits[o][READ] = bits * s->visits[o] * ratio;
        if (o == OUTPUT) {
            count_output(j, bits, s->visits[o], p->memory_bits[o]);
            last = begin * j->result * m->map_ratio;
            begin = m->reads_sums ? begin : 0;
        }
        *first += begin * ratio;
    }
    return last;
}

static double link_bits(const struct plan *p)
{
    double sum = 0;
    for (int o = 0; o < OPERANDS; o++)
        sum += p->memory_bits[o][READ] + p->memory_bits[o][WRITTEN];
    return sum;
}

/*
 *     cycles = compute + max(0, memory - compute) + first loads + last stores
 * where memory is what the link moves besides those.
 */
static void set_cost(const struct job *j, const struct cut *c,
                     const struct stay *s, struct plan *p)
{
    double first, last = count_link(j, c, s, p, &first);
    p->bits = link_bits(p);
    double middle = most(0, p->bits - first - last);
    p->compute_cycles = c->compute_cycles;
    double more = most(0, whole_above(middle / j->rate) - c->compute_cycles);
    p->first_cycles =
        j->x->memory.latency_cycles + whole_above(first / j->rate);
    p->wait_cycles = more + p->first_cycles + whole_above(last / j->rate);
    p->cycles = p->compute_cycles + p->wait_cycles;
}

bool plan_cost(const struct accelerator *x, const struct dataflow *d,
               const struct loops *l, struct plan *p)
{
    struct job j = job_of(x, d, l);
    struct cut c;
    if (!fit(&j, &p->tile, &c))
        return false;
    cut_layer(&j, &p->tile, &c);
    c.compute_cycles = d->cycles(x, l, &p->tile);
    struct stay s = stay_begin(&c);
    for (int k = LOOPS - 1; k >= 0; k--)
        stay_turn(&j, &c, p->order[k], &s);
    set_cost(&j, &c, &s, p);
    return true;
}

/* ---- the search ---- */

static bool is_better(const struct plan *p, const struct plan *best)
{
    return p->cycles < best->cycles ||
           (p->cycles == best->cycles && p->bits < best->bits);
}

/* Can an order with these innermost loops be better? Each operand comes once
 * at least, and a tile of each before the array begins. */
static bool is_hopeful(const struct job *j, const struct cut *c,
                       const struct stay *s, const struct plan *best)
{
    const double *begin = j->x->memory.fills_first ? s->held : c->bits;
    double ends = least(begin[INPUT], c->all[INPUT]) +
                  least(begin[WEIGHT], c->all[WEIGHT]) +
                  least(begin[OUTPUT], c->all[OUTPUT]) * j->result;
    double sums = s->visits[OUTPUT] - 1 + (j->x->memory.reads_sums ? 0.5 : 0);
    double moved = c->all[INPUT] * s->visits[INPUT] +
                   c->all[WEIGHT] * s->visits[WEIGHT] +
                   c->all[OUTPUT] * (j->result + 2 * sums);
    double compute = c->compute_cycles + j->least_cycle * ends;
    double link = j->least_cycle * j->l->groups * moved;
    double cycles = most(compute, link);
    return cycles < best->cycles ||
           (cycles == best->cycles && link * j->rate < best->bits);
}

/* All orders of the loops that turn more than once, from the inside; `k` is
 * where the next stands. The others stand outside, by number. */
static void try_orders(const struct job *j, const struct cut *c,
                       const struct stay *inner, unsigned rest, int k,
                       struct plan *p, struct plan *best)
{
    if (!is_hopeful(j, c, inner, best))
        return;
    if (!rest) {
        set_cost(j, c, inner, p);
        if (is_better(p, best))
            *best = *p;
        return;
    }
    for (int loop = 0; loop < LOOPS; loop++) {
        if (!(rest & 1u << loop))
            continue;
        struct stay s = *inner;
        stay_turn(j, c, loop, &s);
        p->order[k] = (unsigned char)loop;
        try_orders(j, c, &s, rest & ~(1u << loop), k - 1, p, best);
    }
}

static void try_cut(const struct job *j, struct cut *c, struct plan *p,
                    struct plan *best)
{
    unsigned rest = 0;
    int k = 0;
    cut_layer(j, &p->tile, c);
    struct stay s = stay_begin(c);
    for (int loop = 0; loop < LOOPS; loop++) {
        if (c->turns[loop] > 1)
            rest |= 1u << loop;
        else
            p->order[k++] = (unsigned char)loop;
    }
    try_orders(j, c, &s, rest, LOOPS - 1, p, best);
}

/* Doublings of a grain until the loop is whole. */
static int doublings(double n, double grain)
{
    int k = 0;
    for (; grain < n; grain *= 2)
        k++;
    return k;
}

static double grown(double n, double grain, int k)
{
    return least(grain * (double)(1LL << k), n);
}

/* Tiles of the map and batch for given channels, large maps first. */
static void try_maps(const struct job *j, const struct tile *grain,
                     struct plan *p, struct plan *best)
{
    const struct loops *l = j->l;
    struct cut c;
    int map = doublings(fmax(l->oh / grain->oh, l->ow / grain->ow), 1);
    int inputs = doublings(l->batch, grain->batch);
    for (int m = map; m >= 0; m--) {
        p->tile.oh = grown(l->oh, grain->oh, m);
        p->tile.ow = grown(l->ow, grain->ow, m);
        for (int b = 0; b <= inputs; b++) {
            p->tile.batch = grown(l->batch, grain->batch, b);
            if (!fit(j, &p->tile, &c))
                break;
            c.compute_cycles = j->d->cycles(j->x, l, &p->tile);
            if (c.compute_cycles <= best->cycles)
                try_cut(j, &c, p, best);
        }
    }
}

/* Can tiles of these channels be better: does the smallest of them fit, and
 * is the array quick enough with the largest? */
static bool is_worth(const struct job *j, const struct tile *grain,
                     const struct tile *t, const struct plan *best)
{
    struct tile small = {grain->batch, t->oc, t->ic, grain->oh, grain->ow};
    struct tile large = {j->l->batch, t->oc, t->ic, j->l->oh, j->l->ow};
    struct cut c;
    return fit(j, &small, &c) &&
           j->d->cycles(j->x, j->l, &large) <= best->cycles;
}

bool plan_search(const struct accelerator *x, const struct dataflow *d,
                 const struct loops *l, struct plan *best)
{
    struct job j = job_of(x, d, l);
    struct tile grain = {1, 1, 1, 1, 1};
    struct plan p = {.wait_cycles = 0};
    if (d->grain)
        d->grain(x, l, &grain);
    *best = (struct plan){.cycles = HUGE_VAL, .bits = HUGE_VAL};
    for (int oc = doublings(l->oc, grain.oc); oc >= 0; oc--) {
        p.tile.oc = grown(l->oc, grain.oc, oc);
        for (int ic = doublings(l->ic, grain.ic); ic >= 0; ic--) {
            p.tile.ic = grown(l->ic, grain.ic, ic);
            if (is_worth(&j, &grain, &p.tile, best))
                try_maps(&j, &grain, &p, best);
        }
    }
    return best->cycles < HUGE_VAL;
}
