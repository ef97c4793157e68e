/* row_stationary.c - rows of a filter stay in the units, as in Eyeriss */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/spatial/dataflow.h"

#include <math.h>
#include <stddef.h>

/*
 * Y.-H. Chen et al., JSSC 52(1), 2017, sec. IV and V; the letters are theirs.
 * A unit convolves one row of a filter with one row of the input. A set of
 * R x e units, filter rows by output rows, makes a 2-D convolution; a set
 * that is wider than the array is cut into segments, one that has more units
 * than the array into strips of e < E rows. A processing pass runs r x t sets
 * on q x r channels, p x t filters and n maps; the buffer holds the n x q x r
 * maps of a pass and n x m maps of sums.
 */
struct mapping {
    double e, strips;
    double p, q, r, t;
    double m, n;
    bool stay; /* sums, in the units, until all channels are done */
};

/* A layer whose kernel fits the array, and what the chip has for it. */
struct job {
    const struct accelerator *x;
    struct loops l;
    double words[OPERANDS]; /* in a unit's local stores */
    double lanes;           /* channels that a unit takes at once */
    double filled;          /* share of the kernel's pieces that is kernel */
    double width;           /* of the input, with padding */
    double unpadded;        /* share of the padded input that memory holds */
    double link_bits;       /* a cycle */
};

/* What a mapping moves and takes, all groups and steps. Counts are words. */
struct counts {
    double passes;
    double steps;                /* of every unit, one after the other */
    double into_array[OPERANDS]; /* OUTPUT: sums, back into the array */
    double sums;                 /* out of the array */
    double fill, drain;          /* first inputs, last sums of a pass */
    double loaded;               /* inputs from memory, with their padding */
    double filters;              /* from memory */
    double maps;                 /* cycles of the link for inputs and results */
    double cycles;               /* the array's */
};

/* A store of nothing is a pipeline register: one word. */
static double store_words(const struct accelerator *x, const struct loops *l,
                          enum operand operand)
{
    int bits = operand == OUTPUT ? l->sum_bits : l->bits[operand];
    return larger(1, whole_below(x->array.store_bits[operand] / bits));
}

/* Input rows under e output rows; those that a stride leaves out are not
 * read. */
static double input_rows(const struct loops *l, double e, double strips)
{
    double stride = smaller(l->stride_h, l->kh);
    return (e - strips) * stride + strips * l->kh;
}

/* Pieces of a kernel that exceeds the array or a store are channels more. */
static struct job begin(const struct accelerator *x, const struct loops *l)
{
    struct job j = {.x = x, .l = *l, .lanes = x->array.macs * l->lanes};
    for (int i = 0; i < OPERANDS; i++)
        j.words[i] = store_words(x, l, i);
    double high = whole_above(l->kh / x->array.rows);
    double wide = whole_above(l->kw / smaller(j.words[INPUT], j.words[WEIGHT]));
    j.l.kh = whole_above(l->kh / high);
    j.l.kw = whole_above(l->kw / wide);
    j.l.ic *= high * wide;
    j.filled = l->kh * l->kw / (j.l.kh * high * j.l.kw * wide);
    j.width = (l->ow - 1) * l->stride_w + j.l.kw;
    j.unpadded = smaller(1, l->ih / input_rows(&j.l, l->oh, 1)) *
                 smaller(1, l->iw / j.width);
    j.link_bits = memory_rate(x);
    return j;
}

/* Segments of a set; 0 if the array has no room for it. */
static double segments(const struct job *j, double e)
{
    const struct array *a = &j->x->array;
    double n = whole_above(e / a->columns);
    return n <= whole_below(a->rows / j->l.kh) ? n : 0;
}

/* Sets that stand one above the other, and side by side. */
static double sets_high(const struct job *j, double e)
{
    return whole_below(whole_below(j->x->array.rows / j->l.kh) /
                       segments(j, e));
}

static double sets_wide(const struct job *j, double e)
{
    return larger(1, whole_below(j->x->array.columns / e));
}

static double bank_round(const struct buffers *b, double bits)
{
    return b->bank_bits > 0 ? whole_above(bits / b->bank_bits) * b->bank_bits
                            : bits;
}

/* Bits that an operand's own buffer, or the common one, has for it. */
static double capacity(const struct buffers *b, enum operand operand)
{
    double bits = b->bits[operand] > 0 ? b->bits[operand] : b->unified_bits;
    return b->twice ? bits / 2 : bits;
}

/* Room for sums beside the inputs of a pass; below 0: these do not fit. */
static double room_for_sums(const struct job *j, const struct mapping *a)
{
    const struct buffers *b = &j->x->buffers;
    const struct loops *l = &j->l;
    double inputs =
        bank_round(b, a->n * smaller(a->q * a->r, l->ic) *
                          input_rows(l, a->e, 1) * j->width * l->bits[INPUT]);
    double room = capacity(b, INPUT) - inputs;
    if (room < 0 || (b->bits[INPUT] <= 0 && b->bits[OUTPUT] <= 0))
        return room;
    return capacity(b, OUTPUT);
}

/* The most filters whose sums the buffer, or the units, hold at a time. */
static double most_filters(const struct job *j, const struct mapping *a,
                           double room)
{
    const struct buffers *b = &j->x->buffers;
    const struct loops *l = &j->l;
    if (a->stay)
        return whole_below(j->words[OUTPUT] / (a->n * l->ow)) * a->t;
    if (b->bank_bits > 0)
        room = whole_below(room / b->bank_bits) * b->bank_bits;
    return whole_below(room / (a->n * a->e * l->ow * l->sum_bits));
}

/*
 * Sets m, in whole passes; false if there is no room. Filters of the next pass
 * wait in a buffer of their own, if there is one.
 */
static bool set_m(const struct job *j, struct mapping *a)
{
    const struct buffers *b = &j->x->buffers;
    const struct loops *l = &j->l;
    double pass = smaller(a->p * a->t, l->oc);
    double filters = pass * smaller(a->q * a->r, l->ic) * l->kh * l->kw;
    double room = room_for_sums(j, a);
    if (b->bits[WEIGHT] > 0 && filters * l->bits[WEIGHT] > b->bits[WEIGHT])
        return false;
    if (room < 0)
        return false;
    a->m = smaller(l->oc, whole_below(most_filters(j, a, room) / pass) * pass);
    return a->m >= 1;
}

/* Filter steps of a unit over all blocks of m filters, t sets side by side. */
static double filter_steps(double oc, double m, double t)
{
    double whole = whole_below(oc / m);
    return whole * whole_above(m / t) + whole_above((oc - whole * m) / t);
}

static double bus_cycles(const struct job *j, enum operand o, double words)
{
    double bus = j->x->array.bus_bits[o];
    int bits = o == OUTPUT ? j->l.sum_bits : j->l.bits[o];
    return bus > 0 ? words * bits / bus : 0;
}

/*
 * Inputs and sums pass while the units work; filters, the first inputs and
 * the last sums of a pass do not (sec. VI-A: time to ramp up each pass).
 */
static double array_cycles(const struct job *j, const struct counts *c)
{
    double sums = larger(c->sums, c->into_array[OUTPUT]);
    double steady = c->steps * j->l.step_cycles;
    steady = larger(steady, bus_cycles(j, INPUT, c->into_array[INPUT]));
    steady = larger(steady, bus_cycles(j, OUTPUT, sums));
    return steady + bus_cycles(j, WEIGHT, c->into_array[WEIGHT]) +
           bus_cycles(j, INPUT, c->passes * c->fill) +
           bus_cycles(j, OUTPUT, c->passes * c->drain) +
           c->passes * j->x->array.pass_cycles;
}

/* Bits of maps over the link; all but the network's input are compressed. */
static double map_bits(const struct job *j, const struct counts *c,
                       enum operand o)
{
    const struct loops *l = &j->l;
    double ratio = j->x->memory.map_ratio;
    if (l->resident[o])
        return 0;
    if (o == INPUT)
        return c->loaded * j->unpadded * l->bits[INPUT] *
               (l->first ? 1 : ratio);
    return l->steps * l->groups * l->batch * l->oc * l->oh * l->ow *
           l->bits[OUTPUT] * ratio;
}

static double filter_bits(const struct job *j, const struct counts *c)
{
    return j->l.resident[WEIGHT] ? 0 : c->filters * j->l.bits[WEIGHT];
}

/*
 * Filters are loaded ahead. Single-buffered maps are not: no unit works while
 * they come or go (sec. VI-A).
 */
static double wait_cycles(const struct job *j, const struct counts *c)
{
    double filters = filter_bits(j, c) / j->link_bits;
    if (j->x->buffers.twice)
        return larger(0, c->maps + filters - c->cycles);
    return c->maps + larger(0, filters - c->cycles);
}

static void count(const struct job *j, const struct mapping *a,
                  struct counts *c)
{
    const struct loops *l = &j->l;
    double times = l->steps * l->groups, maps = times * l->batch;
    double channel_blocks = whole_above(l->ic / (a->q * a->r));
    double sum_blocks = a->stay ? 1 : channel_blocks;
    double m_blocks = whole_above(l->oc / a->m),
           n_blocks = whole_above(l->batch / a->n);
    double p_blocks = filter_steps(l->oc, a->m, a->p * a->t);
    double rows = input_rows(l, l->oh, a->strips);

    c->passes = times * a->strips * n_blocks * channel_blocks * p_blocks;
    c->steps = maps * a->strips * whole_above(l->ic / (a->r * j->lanes)) *
               filter_steps(l->oc, a->m, a->t) * l->ow * l->kw;
    c->filters = times * a->strips * n_blocks * l->ic * l->oc * l->kh * l->kw *
                 j->filled;
    c->into_array[WEIGHT] = c->filters;
    c->into_array[INPUT] = maps * l->ic * rows * j->width * p_blocks;
    c->loaded = maps * l->ic * rows * j->width * m_blocks;
    c->sums = maps * l->oc * l->oh * l->ow * sum_blocks;
    c->into_array[OUTPUT] = maps * l->oc * l->oh * l->ow * (sum_blocks - 1);
    c->fill = input_rows(l, a->e, 1) * smaller(a->q * a->r, l->ic) * l->kw;
    c->drain = smaller(a->p * a->t, l->oc) * a->e * sum_blocks / channel_blocks;
    c->cycles = array_cycles(j, c);
    c->maps = (map_bits(j, c, INPUT) + map_bits(j, c, OUTPUT)) / j->link_bits;
}

/*
 * The paper takes the mapping with the least energy. This takes the least
 * product of time, maps on their way included, and words over the link,
 * padding included: it is near the paper's Table III and needs no energies.
 */
static double merit(const struct job *j, const struct counts *c)
{
    const struct loops *l = &j->l;
    double out = l->steps * l->groups * l->batch * l->oc * l->oh * l->ow;
    return (c->cycles + c->maps) * (c->loaded + c->filters + out);
}

struct best {
    struct mapping mapping;
    double merit;
};

static void try(const struct job *j, struct mapping a, struct best *best)
{
    struct counts c;
    if (!set_m(j, &a))
        return;
    count(j, &a, &c);
    double found = merit(j, &c);
    if (best->merit > 0 && found >= best->merit)
        return;
    *best = (struct best){a, found};
}

static void try_sums(const struct job *j, struct mapping a, struct best *best)
{
    a.stay = true;
    if (j->x->array.keep_sums)
        try(j, a, best);
    a.stay = false;
    try(j, a, best);
}

/* Filters of a unit: as many as its stores take, or a power of two. */
static void try_filters(const struct job *j, struct mapping a,
                        struct best *best)
{
    const struct loops *l = &j->l;
    double most = smaller(j->words[OUTPUT], j->words[WEIGHT] / (a.q * l->kw));
    most = smaller(whole_below(most), l->oc);
    double power = exp2(whole_below(log2(most)));
    for (a.n = l->batch; a.n >= 1; a.n = a.n > 1 ? whole_above(a.n / 2) : 0) {
        a.p = most;
        try_sums(j, a, best);
        a.p = power;
        if (power < most)
            try_sums(j, a, best);
    }
}

/* Channels of a unit: each number that fits, or, of many, halves. */
static void try_channels(const struct job *j, struct mapping a,
                         struct best *best)
{
    const struct loops *l = &j->l;
    double most = smaller(j->words[INPUT], j->words[WEIGHT]) / l->kw;
    most = smaller(whole_below(most), whole_above(l->ic / a.r));
    for (a.q = most; a.q >= 1; a.q = most > 4 ? whole_below(a.q / 2) : a.q - 1)
        try_filters(j, a, best);
}

/* Sets above each other take channels (r) or filters (t), those side by side
 * filters. */
static void try_sets(const struct job *j, struct mapping a, struct best *best)
{
    double high = sets_high(j, a.e), wide = sets_wide(j, a.e);
    for (a.r = 1; a.r <= smaller(high, j->l.ic);
         a.r = 2 * a.r > high && a.r < high ? high : 2 * a.r) {
        a.t = smaller(whole_below(high / a.r) * wide, j->l.oc);
        try_channels(j, a, best);
    }
}

/* Strips: none if the array holds the set, else as few as it wants, or up to
 * four times as many, for the buffer's sake. */
static struct mapping choose(const struct job *j)
{
    double oh = j->l.oh, fewest = 1;
    while (segments(j, whole_above(oh / fewest)) < 1)
        fewest++;
    struct best best = {{.e = 1, .strips = oh, 1, 1, 1, 1, 1, 1, false}, 0};
    double most = fewest > 1 ? smaller(4 * fewest, oh) : 1;
    for (double i = fewest; i <= oh && (i <= most || best.merit <= 0);
         i = i < most ? i + fewest : 2 * i) {
        double e = whole_above(oh / i);
        try_sets(j, (struct mapping){.e = e, .strips = whole_above(oh / e)},
                 &best);
    }
    return best.mapping;
}

static double cycles(const struct accelerator *x, const struct loops *l,
                     const struct tile *tile)
{
    (void)tile;
    struct job j = begin(x, l);
    struct mapping a = choose(&j);
    struct counts c;
    count(&j, &a, &c);
    return c.cycles;
}

/* A word on a network counts once for every unit that takes it: filters go
 * to e units of a row, inputs to a diagonal of each set, sums up a column. */
static double delivered(const struct job *j, const struct mapping *a,
                        const struct counts *c, enum operand o)
{
    const struct loops *l = &j->l;
    if (o == WEIGHT)
        return c->into_array[WEIGHT] * l->oh / a->strips;
    if (o == OUTPUT)
        return c->sums * smaller(a->r, l->ic) * l->kh;
    double diagonal = l->kh * l->oh / input_rows(l, l->oh, a->strips);
    return c->into_array[INPUT] * diagonal * a->t;
}

static void fill_array(const struct job *j, const struct mapping *a,
                       const struct counts *c, struct activity *out)
{
    const struct loops *l = &j->l;
    double macs = loops_macs(l) * j->filled;
    double sums = macs / j->lanes * l->sum_bits;
    double filters = delivered(j, a, c, WEIGHT) * l->bits[WEIGHT];
    double inputs = delivered(j, a, c, INPUT) * l->bits[INPUT];

    out->cycles = c->cycles;
    out->passes = c->passes;
    out->unit_cycles = macs * l->step_cycles / j->lanes;
    out->store_bits[READ] = macs * (l->bits[INPUT] + l->bits[WEIGHT]) + sums;
    out->store_bits[WRITTEN] = sums + filters + inputs;
    out->network_bits =
        filters + inputs + delivered(j, a, c, OUTPUT) * l->sum_bits;
    for (int i = 0; i < OPERANDS; i++)
        out->buffer_bits[i][READ] =
            c->into_array[i] * (i == OUTPUT ? l->sum_bits : l->bits[i]);
    out->buffer_bits[OUTPUT][WRITTEN] = c->sums * l->sum_bits;
}

static void fill_link(const struct job *j, const struct counts *c,
                      struct activity *out)
{
    const struct loops *l = &j->l;
    out->wait_cycles = wait_cycles(j, c);
    out->memory_bits[INPUT][READ] = map_bits(j, c, INPUT);
    out->memory_bits[WEIGHT][READ] = filter_bits(j, c);
    out->memory_bits[OUTPUT][WRITTEN] = map_bits(j, c, OUTPUT);
    out->fill_bits[INPUT][WRITTEN] = c->loaded * j->unpadded * l->bits[INPUT];
    out->fill_bits[WEIGHT][WRITTEN] = filter_bits(j, c);
    out->fill_bits[OUTPUT][READ] = loops_bits(l, OUTPUT);
}

static void map(const struct accelerator *x, const struct loops *l,
                const struct tile *tile, struct activity *out)
{
    (void)tile;
    struct job j = begin(x, l);
    struct mapping a = choose(&j);
    struct counts c;
    count(&j, &a, &c);
    fill_array(&j, &a, &c, out);
    fill_link(&j, &c, out);
}

const struct dataflow dataflow_row_stationary = {
    .name = "row_stationary",
    .text = "filter rows stay in the units; inputs pass along diagonals, sums "
            "up columns",
    .source = "Chen et al., Eyeriss, ISCA 2016 and JSSC 2017",
    .cycles = cycles,
    .map = map,
    .counts_link = true,
};
