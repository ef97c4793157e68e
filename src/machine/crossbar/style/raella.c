/* raella.c - RAELLA's mapping: signed offsets in few columns, sums guessed
 * from wide input slices first */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/fixed.h"
#include "machine/crossbar/pack.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLICE_BITS = 8, SLICES_BITS = 64 };

/* "4-2-2": slices of a value from its top bit down. */
struct slicing {
    int n, bits; /* how many; of all of them */
    int widest;
    int pulses; /* a slice of b bits is a train of 2^b - 1 pulses at most */
};

/* -1: not a list of 1 to 8 bits each. "none" has no slices. */
static int slices_read(const char *text, struct slicing *s)
{
    *s = (struct slicing){0};
    if (!strcmp(text, "none"))
        return 0;
    for (;; text++) {
        int bits = *text - '0';
        if (bits < 1 || bits > SLICE_BITS || s->bits + bits > SLICES_BITS)
            return -1;
        s->n++;
        s->bits += bits;
        s->widest = bits > s->widest ? bits : s->widest;
        s->pulses += (1 << bits) - 1;
        text++;
        if (*text != '-')
            return *text ? -1 : 0;
    }
}

static int check_weights(const struct raella_rule *r, const struct xbar *x,
                         char *why, int size)
{
    struct slicing s;
    if (slices_read(r->weight_slices, &s) || s.n == 0) {
        snprintf(why, (size_t)size,
                 "weight_slices '%s' must be bits of 1 to 8 with '-' between "
                 "them, as \"4-2-2\"",
                 r->weight_slices);
        return -1;
    }
    if (s.widest > x->cell_bits) {
        snprintf(why, (size_t)size,
                 "weight_slices '%s' has a slice of %d bits, too many for a "
                 "cell; narrow it or raise 'cell_bits'",
                 r->weight_slices, s.widest);
        return -1;
    }
    return 0;
}

static int check_inputs(const struct raella_rule *r, const struct xbar *x,
                        char *why, int size)
{
    struct slicing s;
    if (slices_read(r->speculation, &s)) {
        snprintf(why, (size_t)size,
                 "speculation '%s' must be \"none\" or bits of 1 to 8 with "
                 "'-' between them, as \"4-2-2\"",
                 r->speculation);
        return -1;
    }
    if (s.n > 0 && x->dac_bits > 1) {
        snprintf(why, (size_t)size,
                 "speculation makes guesses good bit by bit, not by %d bits; "
                 "use 'dac_bits' 1",
                 x->dac_bits);
        return -1;
    }
    return 0;
}

static int check(const struct map_rule *rule, const struct xbar *x, char *why,
                 int size)
{
    if (check_weights(&rule->raella, x, why, size) ||
        check_inputs(&rule->raella, x, why, size))
        return -1;
    return fixed_check(rule, x, why, size);
}

/* A column for each slice, whatever its width; values that are wider than all
 * of them take them again. */
static int columns_of(const struct map_rule *rule, const struct quant *q)
{
    struct slicing s;

    slices_read(rule->raella.weight_slices, &s);
    return s.n * div_up(fixed_weight_bits(rule, q), s.bits);
}

/*
 * First every column is converted for each speculative slice; then the input
 * goes bit by bit, and what had saturated is converted again. Conversions of
 * A cycles become guesses + misses A. Wordlines see all pulses; wide slices
 * have fewer than bits of one density would make, which train says.
 */
static void speculate(const struct raella_rule *rule, struct mapped *out)
{
    struct slicing s;
    double a = out->mean_cycles;

    slices_read(rule->speculation, &s);
    if (s.n == 0)
        return;
    int times = div_up(out->input_bits, s.bits), guesses = times * s.n;
    double converted = (guesses + rule->misses * a) / a;
    double pulses = (a + rule->train * times * s.pulses) / a;
    out->conversions *= converted;
    out->conversions_nonempty *= converted;
    out->drives *= pulses;
    out->cell_reads *= pulses;
    out->input_fetch *= 2; /* for the guess and to make good */
    out->input_cycles += guesses;
    out->mean_cycles += guesses;
}

/* Vectors of one row of outputs that a crossbar takes at once, if it takes
 * them at the price of one. */
static int fed_together(const struct xbar *x, const struct matrix *m,
                        int columns_per_weight)
{
    int t = x->columns / columns_per_weight / m->columns;
    int spare = (x->rows - m->rows % x->rows) % x->rows; /* of all blocks */

    if (m->groups > 1 || m->steps < 2 || m->step_rows < 1)
        return 1;
    if (t > m->steps)
        t = m->steps;
    if (t > 1 + spare / m->step_rows)
        t = 1 + spare / m->step_rows;
    return t < 1 ? 1 : t;
}

/*
 * A matrix that leaves columns empty is repeated in them for the next steps of
 * its convolution, which share inputs (partial Toeplitz expansion): t vectors
 * are fed at once on K + (t - 1) s wordlines, s new ones a step, as far as
 * that takes no more crossbars. A row of outputs is fed ceil(steps / t) times,
 * the last time with what is left of it.
 */
static void expand(const struct xbar *x, const struct matrix *m,
                   struct mapped *out)
{
    int t = fed_together(x, m, out->planes);
    if (t < 2)
        return;
    double feeds = div_up(m->steps, t);
    double lines = feeds * m->rows + (m->steps - feeds) * m->step_rows;
    double share = lines / ((double)m->steps * m->rows);

    out->cells_used *= t;
    out->ones *= t;
    out->drives *= share;
    out->input_fetch *= share;
    out->cell_reads *= t * share; /* on the columns of all of them */
    out->feeds = feeds / m->steps;
}

/* `ones`: of all offsets */
static void count(const struct xbar *x, const struct map_rule *rule,
                  const struct matrix *m, const struct quant *q, double ones,
                  struct mapped *out)
{
    double outputs = matrix_outputs(m);

    fixed_count(x, m, columns_of(rule, q), fixed_input_bits(rule, q), out);
    out->ones = ones;
    speculate(&rule->raella, out);
    expand(x, m, out);
    out->shift_adds = out->conversions + block_sums(m, out->row_blocks);
    /* centre x sum of inputs for each row block, and the output's scale */
    out->multiplies = outputs * (out->row_blocks + 1);
    out->adc_bits = 0; /* sums may saturate: that is the point */
}

/* Magnitudes around a centre of 0. */
static void map(const struct xbar *x, const struct map_rule *rule,
                const struct matrix *m, const struct quant *q,
                struct mapped *out)
{
    double weights = matrix_outputs(m) * m->rows;

    count(x, rule, m, q, weights * fixed_magnitude_ones(q), out);
}

/* ---- from weights ---- */

enum { CENTRED = 32 }; /* planes of weights that are stored as offsets */

/* Offsets of one column. */
struct offsets {
    int rows;
    uint64_t *size; /* [rows] magnitudes */
    bool *minus;
};

/* Codes of a column; returns their sum. */
static int64_t load(const struct bits *b, int group, int column,
                    struct offsets *o)
{
    const uint64_t *plane = bits_column(b, group, column);
    const uint64_t *negative = bits_negative(b, group, column);
    int64_t sum = 0;

    memset(o->size, 0, (size_t)b->rows * sizeof *o->size);
    for (int p = 0; p < b->planes; p++)
        for (int i = 0; i < b->words; i++)
            for (uint64_t w = plane[p * b->words + i]; w; w &= w - 1)
                o->size[64 * i + __builtin_ctzll(w)] |= UINT64_C(1) << p;
    for (int k = 0; k < b->rows; k++) {
        o->minus[k] = negative[k / 64] >> k % 64 & 1;
        if (b->planes <= CENTRED)
            sum += o->minus[k] ? -(int64_t)o->size[k] : (int64_t)o->size[k];
    }
    return sum;
}

/*
 * To offsets from the whole number next to the mean, where their sum is least:
 * an assumption; Andrulis 2023, section 4.1, searches for the centre with the
 * least column sums. Wider codes keep a centre of 0.
 */
static void centre(const struct bits *b, int64_t sum, struct offsets *o)
{
    int64_t middle = (int64_t)floor((double)sum / b->rows + 0.5);

    if (b->planes > CENTRED)
        return;
    for (int k = 0; k < b->rows; k++) {
        int64_t code = o->minus[k] ? -(int64_t)o->size[k] : (int64_t)o->size[k];
        o->size[k] = (uint64_t)llabs(code - middle);
    }
}

/* Slices, from the top bit down, in which one of the rows has a bit. */
static int filled(const struct slicing *s, const char *text, int times,
                  uint64_t any)
{
    int top = s->bits * times, n = 0;

    for (int t = 0; t < times; t++)
        for (const char *c = text; *c; c++) {
            if (*c == '-')
                continue;
            int low = top - (*c - '0');
            n += low < 64 && any >> low & ((UINT64_C(1) << (top - low)) - 1);
            top = low;
        }
    return n;
}

static void exact(const struct xbar *x, const struct map_rule *rule,
                  const struct matrix *m, const struct quant *q,
                  const struct bits *weights, struct arena *a,
                  struct mapped *out)
{
    const char *text = rule->raella.weight_slices;
    const size_t rows = (size_t)weights->rows;
    struct arena *scratch = arena_scratch(a);
    struct arena_mark mark = arena_mark(scratch);
    struct offsets o = {.size = arena_array(scratch, rows, sizeof *o.size),
                        .minus = arena_array(scratch, rows, sizeof *o.minus)};
    struct slicing s;
    double ones = 0, slices = 0, all;

    slices_read(text, &s);
    int times = div_up(fixed_weight_bits(rule, q), s.bits);
    for (int g = 0; g < weights->groups; g++)
        for (int j = 0; j < weights->columns; j++) {
            centre(weights, load(weights, g, j, &o), &o);
            for (int from = 0; from < weights->rows; from += x->rows) {
                uint64_t any = 0;
                for (int k = from; k < weights->rows && k < from + x->rows;
                     k++) {
                    ones += bits_ones(o.size[k]);
                    any |= o.size[k];
                }
                slices += filled(&s, text, times, any);
            }
        }
    arena_rewind(scratch, mark);
    count(x, rule, m, q, ones, out);
    all = matrix_outputs(m) * out->row_blocks * out->planes;
    fixed_skip_empty(rule, slices / all, out);
}

const struct map_style style_raella = {
    .name = "raella",
    .text = "signed offsets from a centre in few columns, sums guessed first",
    .source = "Andrulis 2023, RAELLA, ISCA",
    .by_density = true,
    .check = check,
    .map = map,
    .map_exact = exact,
};
