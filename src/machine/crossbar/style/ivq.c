/* ivq.c - native bit planes, squeezed: crossbars in expectation */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/level.h"
#include "machine/crossbar/pack.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static int check(const struct map_rule *rule, const struct xbar *x, char *why,
                 int size)
{
    if (x->cell_bits < 1 || x->cell_bits > 8 || x->dac_bits < 1 ||
        x->dac_bits > 16) {
        snprintf(why, (size_t)size,
                 "cells of %d bits with inputs of %d bits are not modelled",
                 x->cell_bits, x->dac_bits);
        return -1;
    }
    if (levels[rule->squeeze].delays && x->cell_bits % x->dac_bits != 0) {
        snprintf(why, (size_t)size,
                 "a cell of %d bits is no whole number of %d-bit input "
                 "cycles, so rows cannot be delayed; use level 'L0' or 'L1'",
                 x->cell_bits, x->dac_bits);
        return -1;
    }
    if (rule->squeeze == SQUEEZE_SME && rule->sme_degree < 1) {
        snprintf(why, (size_t)size, "'sme_degree' must be 1 or more, not %d",
                 rule->sme_degree);
        return -1;
    }
    return 0;
}

/* Signed weights of a scheme in two arrays, half of the ones in each? */
static bool is_split(const struct map_rule *rule, const struct planes *p)
{
    return p->is_signed && (rule->two_arrays || p->two_arrays);
}

/* One array, or two that are equal in expectation. */
struct array {
    double times;
    struct side side[GROUPS_MAX];
};

/* Fills one or two arrays and returns how many. */
static int arrays_init(const struct xbar *x, const struct map_rule *rule,
                       const struct quant *q, struct array array[2])
{
    int split = 0, used = 0;

    for (int g = 0; g < q->n; g++) {
        bool two = is_split(rule, &q->group[g]);
        used += q->group[g].share > 0;
        split += q->group[g].share > 0 && two;
        side_build(&q->group[g], x->cell_bits, two ? 0.5 : 1,
                   &array[0].side[g]);
    }
    array[0].times = split > 0 && split == used ? 2 : 1;
    if (split == 0 || split == used)
        return 1;
    array[1].times = 1;
    for (int g = 0; g < q->n; g++) {
        if (is_split(rule, &q->group[g]))
            array[1].side[g] = array[0].side[g];
        else
            array[1].side[g].n = 0;
    }
    return 2;
}

/*
 * P(row slice not empty): 1 - product of (1 - p)^columns over the schemes of
 * the columns that the row spans. One column is of one scheme or another.
 */
static double slice_filled(const struct colgroup *cg, const struct cut *cut,
                           int b)
{
    double empty = 1, filled = 0;

    for (int g = 0; g < cg->schemes; g++) {
        if (b >= cg->side[g].n || cg->scheme[g] <= 0)
            continue;
        double columns = cg->scheme[g] * cut->row_columns / cut->columns;
        empty *= tally_power(1 - cg->side[g].p[b], columns);
        filled += cg->side[g].p[b] * columns;
    }
    return cut->row_columns == 1 ? filled : 1 - empty;
}

static void rows_init(struct colgroup *cg, const struct cut *cut)
{
    for (int b = 0; b < cg->n; b++) {
        cg->q[b] = slice_filled(cg, cut, b);
        cg->room[b] = 0;
        for (int g = 0; g < cg->schemes; g++)
            if (b < cg->side[g].n)
                cg->room[b] += cg->scheme[g];
    }
    cg->below[0] = 1;
    for (int b = 0; b < cg->n; b++)
        cg->below[b + 1] = cg->below[b] * (1 - cg->q[b]);
    cg->above[cg->n] = 1;
    for (int b = cg->n - 1; b >= 0; b--)
        cg->above[b] = cg->above[b + 1] * (1 - cg->q[b]);
}

/* Less than one column on average: one in that share of the column groups. */
static void one_column(struct colgroup *cg)
{
    if (cg->columns >= 1)
        return;
    cg->times *= cg->columns;
    for (int g = 0; g < cg->schemes; g++)
        cg->scheme[g] /= cg->columns;
    cg->columns = 1;
}

/* A column group in one array; false: nothing of it lies in that array. */
static bool colgroup_init(struct colgroup *cg, const struct cut *cut,
                          const struct array *array, const struct quant *q)
{
    cg->times = cut->times * array->times;
    cg->columns = 0;
    cg->part = (double)cut->row_columns / cut->columns;
    cg->rows = cut->rows;
    cg->n = 0;
    cg->schemes = q->n;
    cg->side = array->side;
    cg->real_scales = false;
    for (int g = 0; g < q->n; g++) {
        cg->scheme[g] = array->side[g].n > 0 ? cut->scheme[g] : 0;
        if (cg->scheme[g] <= 0)
            continue;
        cg->columns += cg->scheme[g];
        cg->real_scales |= q->group[g].real_scales > 0;
        if (array->side[g].n > cg->n)
            cg->n = array->side[g].n;
    }
    if (cg->n == 0)
        return false;
    one_column(cg);
    cg->log_columns = cg->columns > 3 ? log(cg->columns) : 1;
    rows_init(cg, cut);
    return true;
}

/*
 * Stored index bits: a mask bit for each tile; a delay per row where rows are
 * delayed as a whole; a slice, and for free inputs a row, per wordline.
 */
static double index_bits(const struct tally *t, const struct colgroup *cg,
                         const struct level *level,
                         const struct squeezed *squeezed)
{
    double mask = (double)cg->n * div_up(cg->rows, t->x->rows);

    if (level == &levels[SQUEEZE_L0])
        return 0;
    if (level->free_input)
        return squeezed->lines * (bits_for(cg->rows) + bits_for(cg->n));
    if (level->per_line)
        return squeezed->lines * bits_for(cg->n);
    return mask + (double)cg->rows * bits_for(squeezed->delay + 1);
}

static double kept_ones(const struct colgroup *cg)
{
    double ones = 0;

    for (int g = 0; g < cg->schemes; g++)
        for (int b = 0; b < cg->side[g].n; b++)
            ones += cg->scheme[g] * cg->side[g].ones[b];
    return ones * cg->rows * cg->part;
}

/* Slices with a real scale each may not share a bitline: L1 at most. */
static const struct level *pick(const struct map_rule *rule,
                                const struct colgroup *cg)
{
    const struct level *level = &levels[rule->squeeze];

    return cg->real_scales && level->delays ? &levels[SQUEEZE_L1] : level;
}

/*
 * Fetched per row: input_bits where each crossbar has its own inputs, else
 * shared_bits, which both arrays together fetch once.
 */
static void add_group(struct tally *t, const struct colgroup *cg,
                      double shared_bits, double input_bits)
{
    const struct level *level = pick(t->rule, cg);
    struct squeezed s = level->squeeze(t, cg);
    struct mapped *out = t->out;
    int extra = (int)(s.delay * t->slice_cycles);

    if (extra > out->extra_cycles)
        out->extra_cycles = extra;
    out->ones += cg->times * (level->lossy ? s.ones : kept_ones(cg));
    out->shift_adds += cg->times * cg->columns * (t->cycles + extra);
    out->index_bits += cg->times * index_bits(t, cg, level, &s);
    if (level->free_input)
        out->input_fetch += cg->times * s.lines * input_bits;
    else
        out->input_fetch += cg->times * cg->rows * shared_bits;
}

/* Sums of an output's partial results, and products with its scales. */
static void add_outputs(const struct tally *t, const struct matrix *m,
                        const struct quant *q)
{
    double outputs = matrix_outputs(m);
    struct mapped *out = t->out;

    out->row_blocks = div_up(m->rows, t->x->rows);
    out->shift_adds += block_sums(m, out->row_blocks);
    out->shift_adds +=
        t->rule->skip_columns ? out->conversions_nonempty : out->conversions;
    for (int g = 0; g < q->n; g++) {
        const struct planes *p = &q->group[g];
        int slices = div_up(p->n, t->x->cell_bits);
        int scales = p->two_arrays ? 2 : p->real_scales;
        out->shift_adds += is_split(t->rule, p) ? outputs * p->share : 0;
        out->multiplies += outputs * p->share * scales;
        if (p->share > 0 && slices > out->planes)
            out->planes = slices;
    }
}

double map_mean_cycles(const struct quant *q, int dac_bits)
{
    double low = q->low_input_bits > 0 ? q->low_input_share : 0;

    return (1 - low) * div_up(q->input_bits, dac_bits) +
           low * div_up(q->low_input_bits, dac_bits);
}

/* ceil(log2(m + 1)), m the largest expected sum of a column */
static int adc_bits(double peak)
{
    return peak > 0 ? (int)ceil(log2((peak > 1 ? peak : 1) + 1)) : 0;
}

static void map(const struct xbar *x, const struct map_rule *rule,
                const struct matrix *m, const struct quant *q,
                struct mapped *out)
{
    struct tally t = {.x = x, .rule = rule, .out = out};
    struct cut cut[CUTS_MAX];
    struct array array[2];
    struct colgroup cg;
    int cuts = pack_cut(x, rule, m, q, cut);
    int arrays = arrays_init(x, rule, q, array);
    double bits = map_mean_cycles(q, 1);

    memset(out, 0, sizeof *out);
    t.cycles = map_mean_cycles(q, x->dac_bits);
    t.slice_cycles = (double)x->cell_bits / x->dac_bits;
    for (int a = 0; a < arrays; a++)
        for (int i = 0; i < cuts; i++)
            if (colgroup_init(&cg, &cut[i], &array[a], q))
                add_group(&t, &cg, a == 0 ? bits / array[0].times : 0, bits);
    add_outputs(&t, m, q);
    out->input_bits = q->input_bits;
    out->input_cycles = div_up(q->input_bits, x->dac_bits);
    out->mean_cycles = t.cycles;
    out->feeds = 1;
    out->adc_bits = adc_bits(t.peak * ((1 << x->dac_bits) - 1));
    out->index_reads = out->index_bits;
}

/* The level as it is for the whole layer, see pick(). */
static void exact(const struct xbar *x, const struct map_rule *rule,
                  const struct matrix *m, const struct quant *q,
                  const struct bits *weights, struct arena *a,
                  struct mapped *out)
{
    struct map_rule own = *rule;
    double multiplies = 0;

    for (int g = 0; g < q->n; g++) {
        const struct planes *p = &q->group[g];
        int scales = p->two_arrays ? 2 : p->real_scales;
        if (p->share > 0 && p->real_scales > 0 && levels[rule->squeeze].delays)
            own.squeeze = SQUEEZE_L1;
        multiplies += matrix_outputs(m) * p->share * scales;
    }
    map_exact(x, &own, m, q, weights, a, out);
    out->multiplies = multiplies;
}

const struct map_style style_ivq = {
    .name = "ivq",
    .text = "native bit planes, hollows dropped, slices squeezed",
    .source = "Liu 2022, IVQ, TCAD; Liu 2021, SME, ICCD",
    .by_density = true,
    .check = check,
    .map = map,
    .map_exact = exact,
};
