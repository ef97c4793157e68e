/* tiling.c - which part of a layer the buffers hold, and what that costs */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/spatial/tiling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Whether an operand is another one in every turn of a loop. */
static const bool depends[OPERANDS][LOOPS] = {
    [INPUT] = {[LOOP_MAP] = true, [LOOP_IC] = true},
    [WEIGHT] = {[LOOP_IC] = true, [LOOP_OC] = true},
    [OUTPUT] = {[LOOP_MAP] = true, [LOOP_OC] = true}};

/* Sides of a tile that grow apart from each other. */
enum side { SIDE_OC, SIDE_IC, SIDE_MAP, SIDE_BATCH, SIDES };

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
    struct tile grain;              /* the smallest */
    int sides[SIDES];               /* doublings of it until a side is whole */
    double ratio[OPERANDS];         /* bits over the link for a bit */
    double compute_cycles, link_cycles, link_bits; /* no plan takes less */
};

/* What comes before the array begins (first) and goes after it has ended
 * (last). */
struct ends {
    double first, last;          /* bits */
    double first_cycles, cycles; /* of first; of both */
};

/* A layer cut into tiles. */
struct cut {
    double turns[LOOPS];
    double rows, columns;  /* of the map of one input */
    double bits[OPERANDS]; /* of one tile */
    double all[OPERANDS];  /* of all tiles, each once */
    double left;           /* of the unified buffer */
    double compute_cycles;
    struct ends ends; /* a tile of each operand */
};

static struct job job_of(const struct accelerator *x, const struct dataflow *d,
                         const struct loops *l)
{
    const struct buffers *b = &x->buffers;
    double part = b->twice ? 0.5 : 1;
    struct job j = {.x = x, .d = d, .l = l, .rate = memory_rate(x)};
    j.result = (double)l->bits[OUTPUT] / l->sum_bits;
    j.unified = part * b->unified_bits;
    for (int o = 0; o < OPERANDS; o++) {
        j.room[o] = part * b->bits[o];
        j.shared[o] = b->bits[o] == 0 && b->unified_bits > 0;
        j.ratio[o] = o == INPUT || l->products ? x->memory.map_ratio : 1;
    }
    return j;
}

/* Bits of the tiles, all of them; false if a buffer does not hold them. What
 * stays on the chip anyway, and what has no buffer, needs no room. */
static bool fit(const struct job *j, const struct tile *t, struct cut *c)
{
    bool fits = true;
    c->left = j->unified;
    for (int o = 0; o < OPERANDS; o++) {
        c->bits[o] = 0;
        if (j->l->resident[o])
            continue;
        c->bits[o] = j->d->place ? j->d->place(j->x, j->l, t, (enum operand)o)
                                 : tile_bits(j->l, t, (enum operand)o);
        if (j->shared[o])
            c->left -= c->bits[o];
        else
            fits &= j->room[o] <= 0 || c->bits[o] <= j->room[o];
    }
    return fits && c->left >= 0;
}

/* Bits of one side of the input under all tiles: their borders overlap. */
static double side(double n, double tiles, double stride, double kernel,
                   double most)
{
    return smaller((n - tiles) * stride + tiles * kernel, tiles * most);
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

static void count_link(const struct job *j, const struct cut *c,
                       const struct stay *s, struct plan *p)
{
    p->bits = 0;
    for (int o = 0; o < OPERANDS; o++) {
        double held = smaller(s->held[o], c->all[o]);
        double bits = c->all[o] * times(j->l, o, c->all[o], held);
        p->memory_bits[o][WRITTEN] = 0;
        p->memory_bits[o][READ] = bits * s->visits[o] * j->ratio[o];
        if (o == OUTPUT)
            count_output(j, bits, s->visits[o], p->memory_bits[o]);
        p->bits += p->memory_bits[o][READ] + p->memory_bits[o][WRITTEN];
    }
}

static struct ends ends_of(const struct job *j, const double *bits)
{
    const struct memory *m = &j->x->memory;
    struct ends e = {.first = bits[INPUT] * j->ratio[INPUT]};
    e.first += bits[WEIGHT] * j->ratio[WEIGHT];
    e.first += m->reads_sums ? bits[OUTPUT] * j->ratio[OUTPUT] : 0;
    e.last = bits[OUTPUT] * j->result * m->map_ratio;
    e.first_cycles = m->latency_cycles + whole_above(e.first / j->rate);
    e.cycles = e.first_cycles + whole_above(e.last / j->rate);
    return e;
}

/* Of a tile of each operand, or of all that is held. */
static struct ends ends_held(const struct job *j, const struct cut *c,
                             const struct stay *s)
{
    double bits[OPERANDS];
    if (!j->x->memory.fills_first)
        return c->ends;
    for (int o = 0; o < OPERANDS; o++)
        bits[o] = smaller(s->held[o], c->all[o]);
    return ends_of(j, bits);
}

/*
 *     cycles = compute + max(0, memory - compute) + first loads + last stores
 * where memory is what the link moves besides those.
 */
static double wait_cycles(const struct job *j, double compute, double bits,
                          const struct ends *e)
{
    double middle = larger(0, bits - e->first - e->last);
    return larger(0, whole_above(middle / j->rate) - compute) + e->cycles;
}

static void set_cost(const struct job *j, const struct cut *c,
                     const struct stay *s, struct plan *p)
{
    struct ends e = ends_held(j, c, s);
    count_link(j, c, s, p);
    p->compute_cycles = c->compute_cycles;
    p->first_cycles = e.first_cycles;
    p->wait_cycles = wait_cycles(j, c->compute_cycles, p->bits, &e);
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
    c.ends = ends_of(&j, c.bits);
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

static bool is_beaten(double cycles, double bits, const struct plan *best)
{
    return cycles > best->cycles ||
           (cycles == best->cycles && bits >= best->bits);
}

/* Cycles of a plan that moves so many bits at least. Where buffers are filled
 * first, the ends grow with the loops to come and leave less in between: all
 * bits count together. */
static double least_cycles(const struct job *j, const struct cut *c,
                           double bits)
{
    const struct memory *m = &j->x->memory;
    bits *= 1 - 1e-12; /* rounding */
    if (!m->fills_first)
        return c->compute_cycles +
               wait_cycles(j, c->compute_cycles, bits, &c->ends);
    return larger(c->compute_cycles + c->ends.cycles,
                  m->latency_cycles + whole_above(bits / j->rate));
}

/* Bits that an operand brings anew in the turns of the one loop that does not
 * change it, unless the buffer has room for what the loops inside ask for. */
static double again(const struct job *j, const struct cut *c, int loop,
                    double inside)
{
    static const int same[LOOPS] = {
        [LOOP_MAP] = WEIGHT, [LOOP_IC] = OUTPUT, [LOOP_OC] = INPUT};
    int o = same[loop];
    double room = j->shared[o] ? j->unified : j->room[o];
    if (c->bits[o] * inside <= room)
        return 0;
    return c->all[o] * (c->turns[loop] - 1) * (o == OUTPUT ? 2 : 1);
}

/* Bits that an order moves at least: operands share a buffer, and weights may
 * come again in the next step. */
static double least_bits(const struct job *j, const struct cut *c,
                         const unsigned char *order)
{
    const struct memory *m = &j->x->memory;
    double inner = c->turns[order[2]], both = inner * c->turns[order[1]];
    double sums = j->result + (m->reads_sums ? 1 : 0);
    double bits = c->all[INPUT] + c->all[WEIGHT] + c->all[OUTPUT] * sums +
                  again(j, c, order[1], inner) + again(j, c, order[0], both);
    return j->l->groups * smaller(1, m->map_ratio) * bits;
}

/* Loops that turn once stand outside, by number, so that no order comes
 * twice. */
static bool is_new(const struct cut *c, const unsigned char *order)
{
    for (int k = 1; k < LOOPS; k++)
        if (c->turns[order[k]] == 1 &&
            (c->turns[order[k - 1]] > 1 || order[k - 1] > order[k]))
            return false;
    return true;
}

static void try_order(const struct job *j, const struct cut *c, struct plan *p,
                      struct plan *best)
{
    struct stay s = stay_begin(c);
    for (int k = LOOPS - 1; k >= 0; k--)
        stay_turn(j, c, p->order[k], &s);
    set_cost(j, c, &s, p);
    if (is_better(p, best))
        *best = *p;
}

static void try_cut(const struct job *j, struct cut *c, struct plan *p,
                    struct plan *best)
{
    static const unsigned char orders[][LOOPS] = {
        {2, 1, 0}, {1, 2, 0}, {2, 0, 1}, {0, 2, 1}, {1, 0, 2}, {0, 1, 2}};
    cut_layer(j, &p->tile, c);
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        if (!is_new(c, orders[i]))
            continue;
        double bits = least_bits(j, c, orders[i]);
        if (is_beaten(least_cycles(j, c, bits), bits, best))
            continue;
        memcpy(p->order, orders[i], sizeof p->order);
        try_order(j, c, p, best);
    }
}

/* Doublings of a grain until the loop is whole. */
static int doublings(double n, double grain)
{
    int k = 0;
    for (; grain < n; grain *= 2)
        k++;
    return k;
}

/* What no plan undercuts: the layer as one tile, each operand moved once, but
 * for rows and columns of the input that strides leave out. */
static void set_least(struct job *j)
{
    const struct loops *l = j->l;
    struct tile all = {l->batch, l->oc, l->ic, l->oh, l->ow};
    struct cut c;
    fit(j, &all, &c);
    c.bits[INPUT] *=
        smaller(1, l->kh / l->stride_h) * smaller(1, l->kw / l->stride_w);
    double sums = j->result + (j->x->memory.reads_sums ? 1 : 0);
    j->link_bits = l->groups * smaller(1, j->x->memory.map_ratio) *
                   (c.bits[INPUT] + c.bits[WEIGHT] + c.bits[OUTPUT] * sums);
    j->link_cycles = j->x->memory.latency_cycles +
                     whole_above(j->link_bits * (1 - 1e-12) / j->rate);
    j->compute_cycles = j->d->cycles(j->x, l, &all);
}

static void set_space(struct job *j)
{
    const struct loops *l = j->l;
    struct tile *g = &j->grain;
    *g = (struct tile){1, 1, 1, 1, 1};
    if (j->d->grain)
        j->d->grain(j->x, l, g);
    j->sides[SIDE_OC] = doublings(l->oc, g->oc);
    j->sides[SIDE_IC] = doublings(l->ic, g->ic);
    j->sides[SIDE_MAP] = doublings(larger(l->oh / g->oh, l->ow / g->ow), 1);
    j->sides[SIDE_BATCH] = doublings(l->batch, g->batch);
    set_least(j);
}

static double grown(double n, double grain, int k)
{
    return smaller(grain * (double)(1LL << k), n);
}

/* Doublings of a side of n at the i-th step: from the grain on, or, where the
 * stride is negative, back from the whole. */
static int doublings_at(int i, int n, int stride)
{
    return stride > 0 ? i : n - i;
}

/* Tiles of the map and batch for given channels, which take the array so long
 * at least. The ends grow with the batch. */
static void try_maps(const struct job *j, int stride, double compute,
                     struct plan *p, struct plan *best)
{
    const struct loops *l = j->l;
    const int n = j->sides[SIDE_MAP], by = abs(stride);
    struct cut c;
    for (int i = 0; i <= n; i += by) {
        int m = doublings_at(i, n, stride);
        p->tile.oh = grown(l->oh, j->grain.oh, m);
        p->tile.ow = grown(l->ow, j->grain.ow, m);
        for (int b = 0; b <= j->sides[SIDE_BATCH]; b += by) {
            p->tile.batch = grown(l->batch, j->grain.batch, b);
            if (!fit(j, &p->tile, &c))
                break;
            c.ends = ends_of(j, c.bits);
            if (compute + c.ends.cycles > best->cycles)
                break;
            c.compute_cycles = j->d->cycles(j->x, l, &p->tile);
            if (c.compute_cycles + c.ends.cycles <= best->cycles)
                try_cut(j, &c, p, best);
        }
    }
}

/* Can tiles of these channels be better? The smallest map has the shortest
 * ends, the largest takes the array the shortest (*compute). */
static bool is_worth(const struct job *j, const struct tile *t,
                     const struct plan *best, double *compute)
{
    const struct loops *l = j->l;
    struct tile small = {j->grain.batch, t->oc, t->ic, j->grain.oh,
                         j->grain.ow};
    struct tile large = {l->batch, t->oc, t->ic, l->oh, l->ow};
    struct cut c;
    if (is_beaten(j->link_cycles, j->link_bits, best) || !fit(j, &small, &c))
        return false;
    double ends = ends_of(j, c.bits).cycles;
    if (j->compute_cycles + ends > best->cycles)
        return false;
    *compute = j->d->cycles(j->x, l, &large);
    return *compute + ends <= best->cycles;
}

static void sweep(const struct job *j, int stride, struct plan *best)
{
    const struct loops *l = j->l;
    const int n_oc = j->sides[SIDE_OC], n_ic = j->sides[SIDE_IC];
    struct plan p = {.wait_cycles = 0};
    double compute;
    for (int i = 0; i <= n_oc; i += abs(stride)) {
        p.tile.oc = grown(l->oc, j->grain.oc, doublings_at(i, n_oc, stride));
        for (int k = 0; k <= n_ic; k += abs(stride)) {
            p.tile.ic =
                grown(l->ic, j->grain.ic, doublings_at(k, n_ic, stride));
            if (is_worth(j, &p.tile, best, &compute))
                try_maps(j, stride, compute, &p, best);
        }
    }
}

/* Each second size first, from small ones on, for a bound; then all, from
 * large ones on: of equal plans the one with the largest tiles is taken. */
bool plan_search(const struct accelerator *x, const struct dataflow *d,
                 const struct loops *l, struct plan *best)
{
    struct job j = job_of(x, d, l);
    set_space(&j);
    *best = (struct plan){.cycles = HUGE_VAL, .bits = HUGE_VAL};
    sweep(&j, 2, best);
    best->cycles = nextafter(best->cycles, HUGE_VAL);
    best->bits = HUGE_VAL;
    sweep(&j, -1, best);
    return best->cycles < HUGE_VAL;
}
