/* tally.c - crossbars in expectation, added up to a layer */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/tally.h"
#include "machine/crossbar/pack.h"
#include <math.h>

double tally_power(double x, double n)
{
    int whole = (int)n;
    double y = 1;

    if (n > whole)
        return pow(x, n);
    for (; whole > 0; whole >>= 1, x *= x)
        if (whole & 1)
            y *= x;
    return y;
}

void side_build(const struct planes *planes, int cell_bits, double share,
                struct side *out)
{
    out->n = div_up(planes->n, cell_bits);
    for (int s = 0; s < out->n; s++) {
        double empty = 1, mean = 0, variance = 0, ones = 0, unit = 1;
        for (int i = 0; i < cell_bits; i++, unit *= 2) {
            int b = s * cell_bits + i;
            double p = b < planes->n ? share * planes->density[b] : 0;
            empty *= 1 - p;
            mean += p * unit;
            variance += p * (1 - p) * unit * unit;
            ones += p;
        }
        out->p[s] = 1 - empty;
        out->mean[s] = mean;
        out->square[s] = variance + mean * mean;
        out->ones[s] = ones;
    }
}

/* A cell of one scheme on a crossbar, whatever slice its wordline carries. */
struct cell {
    double p, mean, square;
};

static struct cell mixed_cell(const struct side *side, const struct shot *shot)
{
    struct cell cell = {0, 0, 0};

    for (int b = shot->lo; b <= shot->hi && b < side->n; b++) {
        double carry = shot->carry[b - shot->lo];
        cell.p += carry * side->p[b];
        cell.mean += carry * side->mean[b];
        cell.square += carry * side->square[b];
    }
    if (cell.p > 1)
        cell.p = 1;
    return cell;
}

/*
 * Largest column sum among C columns of r cells, the extreme-value estimate
 *
 *     m = r mean + sqrt(2 r variance ln C),
 *
 * at most what r full cells give. ln C is taken as at least 1, so that one
 * or two columns keep a margin over their mean too.
 */
static void raise_peak(struct tally *t, const struct colgroup *cg,
                       const struct shot *shot, const struct cell *cell)
{
    double variance = cell->square - cell->mean * cell->mean;
    double full = shot->met * ((1 << t->x->cell_bits) - 1);
    double sum = shot->met * cell->mean;

    if (variance > 0)
        sum += sqrt(2 * shot->met * variance * cg->log_columns);
    if (sum > full)
        sum = full;
    if (sum > t->peak)
        t->peak = sum;
}

void tally_add(struct tally *t, const struct colgroup *cg,
               const struct shot *shot)
{
    struct mapped *out = t->out;
    double times = cg->times * shot->times;
    double cycles = t->cycles + shot->delay * t->slice_cycles;
    double filled = 0;

    for (int g = 0; g < cg->schemes; g++) {
        if (cg->scheme[g] <= 0)
            continue;
        struct cell cell = mixed_cell(&cg->side[g], shot);
        filled += cg->scheme[g] * (1 - tally_power(1 - cell.p, shot->met));
        raise_peak(t, cg, shot, &cell);
    }
    out->crossbars += times * shot->exists;
    out->conversions += times * shot->exists * cg->columns * cycles;
    out->conversions_nonempty += times * filled * cycles;
    out->drives += times * shot->lines * t->cycles;
    out->cell_reads += times * shot->lines * cg->columns * t->cycles;
    out->cells_used += times * shot->lines * shot->room * cg->part;
}
