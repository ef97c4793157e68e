/* raella.c - RAELLA's mapping: signed offsets in few columns, sums guessed
 * from wide input slices first */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/pack.h"
#include <stdio.h>
#include <string.h>

extern const struct map_style style_bitslice;

enum { SLICE_BITS = 8, SLICES_BITS = 64 };

/* "4-2-2": slices of a value from its top bit down. */
struct slicing {
    int n, bits; /* how many; of all of them */
    int pulses;  /* a slice of b bits is a train of 2^b - 1 pulses at most */
};

/* -1: not a list of 1 to 8 bits each. "none" has no slices. */
static int slices_read(const char *text, struct slicing *s)
{
    *s = (struct slicing){0, 0, 0};
    if (!strcmp(text, "none"))
        return 0;
    for (;; text++) {
        int bits = *text - '0';
        if (bits < 1 || bits > SLICE_BITS || s->bits + bits > SLICES_BITS)
            return -1;
        s->n++;
        s->bits += bits;
        s->pulses += (1 << bits) - 1;
        text++;
        if (*text != '-')
            return *text ? -1 : 0;
    }
}

static int check(const struct map_rule *rule, const struct xbar *x, char *why,
                 int size)
{
    struct slicing s;
    (void)x;
    if (slices_read(rule->weight_slices, &s) || s.n == 0) {
        snprintf(why, (size_t)size,
                 "weight_slices '%s' must be bits of 1 to 8 with '-' between "
                 "them, as \"4-2-2\"",
                 rule->weight_slices);
        return -1;
    }
    if (slices_read(rule->speculation, &s)) {
        snprintf(why, (size_t)size,
                 "speculation '%s' must be \"none\" or bits of 1 to 8 with "
                 "'-' between them, as \"4-2-2\"",
                 rule->speculation);
        return -1;
    }
    return style_bitslice.check(rule, x, why, size);
}

/* Columns of a weight: values wider than the slices take them again. */
static int columns_of(const struct map_rule *rule, const struct quant *q)
{
    struct slicing s;
    int bits = rule->weight_bits;

    slices_read(rule->weight_slices, &s);
    for (int g = 0; g < q->n; g++)
        if (q->group[g].width > bits)
            bits = q->group[g].width;
    return s.n * div_up(bits, s.bits);
}

/* As bitslice, with a column for each slice whatever its width. */
static void map_columns(const struct xbar *x, const struct map_rule *rule,
                        const struct matrix *m, const struct quant *q,
                        struct mapped *out)
{
    struct xbar unit = *x;
    struct map_rule flat = *rule;
    struct quant columns = *q;

    unit.cell_bits = 1;
    flat.weight_bits = columns_of(rule, q);
    for (int g = 0; g < q->n; g++)
        columns.group[g].width = 0;
    style_bitslice.map(&unit, &flat, m, &columns, out);
}

/* Bits of an offset that are one: magnitudes around the centre. */
static double ones(const struct quant *q)
{
    double sum = 0;

    for (int g = 0; g < q->n; g++)
        for (int b = 0; b < q->group[g].n; b++)
            sum += q->group[g].share * q->group[g].density[b];
    return sum;
}

/*
 * First every column is converted for each speculative slice; then the input
 * goes bit by bit, and what had saturated is converted again. Conversions of
 * A cycles become guesses + misses A. Wordlines see all pulses; wide slices
 * have fewer than bits of one density would make, which train says.
 */
static void speculate(const struct map_rule *rule, struct mapped *out)
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

/*
 * A matrix that leaves columns empty is repeated in them for the next steps of
 * its convolution, which share inputs (partial Toeplitz expansion): t vectors
 * are fed at once on K + (t - 1) s wordlines, s new ones a step, as far as
 * that takes no more crossbars.
 */
static void expand(const struct xbar *x, const struct matrix *m,
                   struct mapped *out)
{
    int t = x->columns / (out->planes * m->columns);
    int spare = out->row_blocks * x->rows - m->rows;

    if (m->groups > 1 || m->steps < 2 || m->step_rows < 1)
        return;
    if (t > m->steps)
        t = m->steps;
    if (t > 1 + spare / m->step_rows)
        t = 1 + spare / m->step_rows;
    if (t < 2)
        return;
    double rows = m->rows + (t - 1.) * m->step_rows;
    out->cells_used *= t;
    out->ones *= t;
    out->drives *= rows / (t * m->rows);
    out->input_fetch *= rows / (t * m->rows);
    out->cell_reads *= rows / m->rows; /* on the columns of all of them */
    out->mean_cycles /= t;
}

static void map(const struct xbar *x, const struct map_rule *rule,
                const struct matrix *m, const struct quant *q,
                struct mapped *out)
{
    double outputs = (double)m->groups * m->columns;

    map_columns(x, rule, m, q, out);
    speculate(rule, out);
    out->ones = outputs * m->rows * ones(q);
    expand(x, m, out);
    out->shift_adds = out->conversions + outputs * (out->row_blocks - 1);
    /* centre x sum of inputs for each row block, and the output's scale */
    out->multiplies = outputs * (out->row_blocks + 1);
    out->adc_bits = 0; /* sums may saturate: that is the point */
}

const struct map_style style_raella = {
    .name = "raella",
    .text = "signed offsets from a centre in few columns, sums guessed first",
    .source = "Andrulis 2023, RAELLA, ISCA",
    .check = check,
    .map = map,
};
