/* level.c - levels without a delay, L0 and L1, and one with a fixed one, SME
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/level.h"
#include <math.h>

int level_largest(double mean, double n)
{
    double whole = floor(mean + 1e-9);
    double rest = mean - whole;

    if (rest <= 1e-9)
        return (int)whole;
    return (int)whole + (1 - pow(1 - rest, n) >= 0.5);
}

/* One crossbar a plane; hollow ones are dropped if asked for. */
static struct squeezed planes_apart(struct tally *t, const struct colgroup *cg,
                                    bool drop)
{
    const double all = 1;
    struct squeezed result = {0, 0, 0};
    struct block kind[2];

    level_blocks(t, cg, kind);
    for (int i = 0; i < 2; i++) {
        int r = kind[i].rows;
        if (kind[i].times == 0 || r == 0)
            continue;
        for (int b = 0; b < cg->n; b++) {
            double exists = drop ? 1 - tally_power(1 - cg->q[b], r) : 1;
            tally_add(t, cg,
                      &(struct shot){.times = kind[i].times,
                                     .exists = exists,
                                     .lines = r * exists,
                                     .met = r * cg->part,
                                     .room = cg->room[b],
                                     .lo = b,
                                     .hi = b,
                                     .carry = &all});
            result.lines += kind[i].times * r * exists;
        }
    }
    return result;
}

static struct squeezed level_naive(struct tally *t, const struct colgroup *cg)
{
    return planes_apart(t, cg, false);
}

static struct squeezed level_spatial(struct tally *t, const struct colgroup *cg)
{
    return planes_apart(t, cg, true);
}

/*
 * P(wordline of physical plane pi carries slice b) / q_b after SME's squeeze:
 * a row whose top slice is T + d, T the last physical plane, is shifted down
 * by d <= D; what falls below plane 0 is lost.
 */
static void sme_carry(const struct colgroup *cg, int top, int pi, double *carry)
{
    carry[0] = cg->above[top + 1];
    for (int d = 1; top + d < cg->n; d++) {
        double rest = cg->above[top + d + 1]; /* P(nothing above the top) */
        carry[d] = pi == top ? rest : cg->q[top + d] * rest;
    }
}

static double sme_ones(const struct colgroup *cg, int lo, int hi,
                       const double *carry)
{
    double ones = 0;

    for (int g = 0; g < cg->schemes; g++)
        for (int b = lo; b <= hi && b < cg->side[g].n; b++)
            ones += cg->scheme[g] * carry[b - lo] * cg->side[g].ones[b];
    return ones;
}

/* E[largest shift of a row among r rows] */
static double sme_delay(const struct colgroup *cg, int top, int r)
{
    double mean = 0;

    for (int b = top + 1; b < cg->n; b++)
        mean += 1 - tally_power(cg->above[b], r);
    return mean;
}

/* The D most significant planes released. Liu 2021, SME, ICCD, III-C. */
static void sme_block(struct tally *t, const struct colgroup *cg, int top,
                      const struct block *kind, struct squeezed *result)
{
    double carry[PLANES_MAX], delay = sme_delay(cg, top, kind->rows);
    double met = kind->rows * cg->part;
    int largest = level_largest(delay, cg->times * kind->times);

    for (int pi = 0; pi <= top; pi++) {
        int hi = pi + cg->n - 1 - top;
        double u = 0;
        sme_carry(cg, top, pi, carry);
        for (int b = pi; b <= hi; b++)
            u += carry[b - pi] * cg->q[b];
        double exists = 1 - tally_power(1 - (u < 1 ? u : 1), kind->rows);
        tally_add(t, cg,
                  &(struct shot){kind->times, exists, kind->rows * exists, met,
                                 delay, cg->columns, pi, hi, carry});
        result->lines += kind->times * kind->rows * exists;
        result->ones += kind->times * met * sme_ones(cg, pi, hi, carry);
    }
    if (largest > result->delay)
        result->delay = largest;
}

struct squeezed level_sme(struct tally *t, const struct colgroup *cg)
{
    struct squeezed result = {0, 0, 0};
    int top = cg->n - 1 - t->rule->sme_degree;
    struct block kind[2];

    level_blocks(t, cg, kind);
    for (int i = 0; i < 2; i++)
        if (kind[i].times > 0 && kind[i].rows > 0)
            sme_block(t, cg, top > 0 ? top : 0, &kind[i], &result);
    return result;
}

/* clang-format off */
const struct level levels[] = {
    /*               squeeze        delays lossy  per_line free_input */
    [SQUEEZE_L0]  = {level_naive,   false, false, false,   false},
    [SQUEEZE_L1]  = {level_spatial, false, false, false,   false},
    [SQUEEZE_L2]  = {level_shift,   true,  false, false,   false},
    [SQUEEZE_SME] = {level_sme,     true,  true,  false,   false},
    [SQUEEZE_L3]  = {level_rank,    true,  false, true,    false},
    [SQUEEZE_L4]  = {level_free,    true,  false, true,    true},
};
/* clang-format on */
