/* level_shift.c - L2: each row delayed as a whole, without loss */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/level.h"
#include <string.h>

#define UNLIKELY 1e-9 /* states of a block that are left out */

/*
 * A row block, by what its rows allow: the least slice `min` of any row and
 * the widest row, `span` = max - min + 1. pi_min = min, Q = span planes.
 */
struct states {
    /* ends[a][z]: P(a row's least slice is a and its greatest is z) */
    double ends[PLANES_MAX][PLANES_MAX];
    /* fits[a][w]: P(a row is empty, or min >= a and span <= w) */
    double fits[PLANES_MAX + 1][PLANES_MAX + 1];
    double top;  /* E[greatest slice of the block | not empty] */
    double some; /* P(the block is not empty) */
    int n, rows;
};

static void states_ends(struct states *s, const struct colgroup *cg)
{
    const int n = cg->n;
    const double empty = cg->above[0];

    for (int a = 0; a < n; a++) {
        double start = cg->below[a] * cg->q[a];
        s->ends[a][a] = start * cg->above[a + 1];
        for (int z = a + 1; z < n; z++)
            s->ends[a][z] = start * cg->q[z] * cg->above[z + 1];
    }
    for (int w = 0; w <= n; w++)
        s->fits[n][w] = empty;
    for (int a = n - 1; a >= 0; a--) {
        double sum = 0;
        s->fits[a][0] = empty;
        for (int w = 1; w <= n; w++) {
            if (a + w <= n)
                sum += s->ends[a][a + w - 1];
            s->fits[a][w] = s->fits[a + 1][w] + sum;
        }
    }
}

static void states_init(struct states *s, const struct colgroup *cg, int rows)
{
    double sum = 0, before = tally_power(cg->above[0], rows);

    s->n = cg->n;
    s->rows = rows;
    s->some = 1 - before;
    for (int z = 0; z < cg->n; z++) {
        double at_most = tally_power(cg->above[z + 1], rows);
        sum += z * (at_most - before);
        before = at_most;
    }
    s->top = s->some > 0 ? sum / s->some : 0;
    states_ends(s, cg);
}

/*
 * carry[t][b]: P(a wordline of physical plane min + t carries slice b) / q_b
 * when the block has that min and span. A row that reaches above the highest
 * physical plane is shifted down to it. Rows are taken as drawn independently
 * among those that fit the state.
 */
static void state_carry(const struct states *s, const struct colgroup *cg,
                        int min, int span, double carry[PLANES_MAX][PLANES_MAX])
{
    const double all = s->fits[min][span];
    const int top = min + span - 1;

    for (int t = 0; t < span; t++)
        memset(carry[t], 0, (size_t)s->n * sizeof carry[t][0]);
    for (int a = min; a < s->n; a++)
        for (int z = a; z < s->n && z < a + span; z++) {
            double p = s->ends[a][z] / all;
            int at = min + (z > top ? z - top : 0); /* min + d_k */
            if (p <= 0)
                continue;
            carry[a - at][a] += p / cg->q[a];
            if (z > a)
                carry[z - at][z] += p / cg->q[z];
            for (int b = a + 1; b < z; b++)
                carry[b - at][b] += p;
        }
}

/*
 * The lowest and the highest physical plane are never empty: one holds the
 * row that gave min, the other the row that gave the span or the greatest
 * slice. D = greatest - (min + span - 1), with the mean greatest slice.
 */
static void state_add(struct tally *t, const struct colgroup *cg,
                      const struct states *s, int min, int span, double times,
                      struct squeezed *sum)
{
    double carry[PLANES_MAX][PLANES_MAX];
    double delay = s->top - (min + span - 1);

    delay = delay > 0 ? delay : 0;
    state_carry(s, cg, min, span, carry);
    for (int p = 0; p < span; p++) {
        double u = 0, exists = 1;
        for (int b = min + p; b < s->n; b++)
            u += carry[p][b] * cg->q[b];
        if (p > 0 && p < span - 1)
            exists -= tally_power(1 - (u < 1 ? u : 1), s->rows);
        tally_add(t, cg,
                  &(struct shot){times, exists, s->rows * exists,
                                 s->rows * cg->part, delay, cg->columns,
                                 min + p, s->n - 1, &carry[p][min + p]});
        sum->lines += times * s->rows * exists;
    }
}

/* All states of a block: returns E[D of a block]. */
static double block_add(struct tally *t, const struct colgroup *cg,
                        const struct states *s, int times, struct squeezed *sum)
{
    double power[PLANES_MAX + 1][PLANES_MAX + 1], mean = 0;

    for (int a = 0; a <= s->n; a++)
        for (int w = 0; w <= s->n; w++)
            power[a][w] = tally_power(s->fits[a][w], s->rows);
    for (int a = 0; a < s->n; a++)
        for (int w = 1; w <= s->n - a; w++) {
            double p = power[a][w] - power[a][w - 1] - power[a + 1][w] +
                       power[a + 1][w - 1];
            double delay = s->top - (a + w - 1);
            if (p < UNLIKELY)
                continue;
            state_add(t, cg, s, a, w, times * p, sum);
            mean += p * (delay > 0 ? delay : 0);
        }
    return mean;
}

/* Lossless form of the row shift of Liu 2021, SME, ICCD, section III-C. */
struct squeezed level_shift(struct tally *t, const struct colgroup *cg)
{
    struct squeezed result = {0, 0, 0};
    struct states s;
    struct block kind[2];

    level_blocks(t, cg, kind);
    for (int i = 0; i < 2; i++) {
        if (kind[i].times == 0 || kind[i].rows == 0)
            continue;
        states_init(&s, cg, kind[i].rows);
        double mean = block_add(t, cg, &s, kind[i].times, &result);
        int largest = level_largest(mean, cg->times * kind[i].times);
        if (largest > result.delay)
            result.delay = largest;
    }
    return result;
}
