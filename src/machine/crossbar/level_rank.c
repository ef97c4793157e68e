/* level_rank.c - L3: the n-th slice of every row on the n-th crossbar */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/level.h"

/* Columns that hold a bit position, averaged over what a wordline carries. */
static double mean_room(const struct colgroup *cg, const struct shot *shot)
{
    double lines = 0, room = 0;

    for (int b = shot->lo; b <= shot->hi; b++) {
        double line = shot->carry[b - shot->lo] * cg->q[b];
        lines += line;
        room += line * cg->room[b];
    }
    return lines > 0 ? room / lines : 0;
}

/*
 * E[(max - min) over r rows of the slice a row has in this crossbar], 0 where
 * no row has one. A row has slice b with probability carry_b q_b and none
 * with `absent`; E[max] = sum of b (F(b)^r - F(b-1)^r), E[min] likewise.
 */
static double spread(const struct colgroup *cg, const double *carry,
                     double absent, int r)
{
    double up = absent, down = absent, mean = 0;
    double before = tally_power(absent, r), after = before;

    for (int b = 0; b < cg->n; b++) {
        int a = cg->n - 1 - b;
        up += carry[b] * cg->q[b];
        down += carry[a] * cg->q[a];
        double at_most = tally_power(up < 1 ? up : 1, r);
        double at_least = tally_power(down < 1 ? down : 1, r);
        mean += b * (at_most - before) - a * (at_least - after);
        before = at_most;
        after = at_least;
    }
    return mean > 0 ? mean : 0;
}

/* count[b][j] = P(j of the slices below b are filled), Poisson-binomial */
static void count_below(const struct colgroup *cg,
                        double count[PLANES_MAX + 1][PLANES_MAX + 1])
{
    count[0][0] = 1;
    for (int b = 0; b < cg->n; b++) {
        double q = cg->q[b];
        count[b + 1][0] = count[b][0] * (1 - q);
        for (int j = 1; j <= b; j++)
            count[b + 1][j] = count[b][j] * (1 - q) + count[b][j - 1] * q;
        count[b + 1][b + 1] = count[b][b] * q;
    }
}

/* Crossbars of the slices of one rank, the n-th smallest of each row. */
static void rank_crossbar(struct tally *t, const struct colgroup *cg,
                          const struct block *kind, const double *carry,
                          double absent, struct squeezed *result)
{
    double exists = 1 - tally_power(absent, kind->rows);
    double lines = kind->rows * (1 - absent);
    struct shot shot = {kind->times, exists, lines, kind->rows * cg->part,
                        0,           0,      0,     cg->n - 1,
                        carry};

    if (exists < 1e-12)
        return;
    shot.delay = spread(cg, carry, absent, kind->rows) / exists;
    shot.room = mean_room(cg, &shot);
    tally_add(t, cg, &shot);
    result->lines += kind->times * lines;
    int largest = level_largest(shot.delay, cg->times * kind->times * exists);
    if (largest > result->delay)
        result->delay = largest;
}

struct squeezed level_rank(struct tally *t, const struct colgroup *cg)
{
    double count[PLANES_MAX + 1][PLANES_MAX + 1], carry[PLANES_MAX];
    struct squeezed result = {0, 0, 0};
    struct block kind[2];
    double absent = 0;

    count_below(cg, count);
    level_blocks(t, cg, kind);
    for (int rank = 0; rank < cg->n; rank++) {
        absent += count[cg->n][rank];
        for (int b = 0; b < cg->n; b++)
            carry[b] = b < rank ? 0 : count[b][rank];
        for (int i = 0; i < 2; i++)
            if (kind[i].times > 0 && kind[i].rows > 0)
                rank_crossbar(t, cg, &kind[i], carry, absent < 1 ? absent : 1,
                              &result);
    }
    return result;
}
