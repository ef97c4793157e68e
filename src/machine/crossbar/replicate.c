/* replicate.c - copies of each stage within a budget of crossbars */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/crossbar.h"

#include <math.h>

/*
 * One copy holds crossbars / (crossbars a tile) tiles and that share of their
 * parts' bandwidth: buffer, bus, registers, router, activation, pooling.
 */
static void set_pace(const struct crossbar *x, struct stage *s, double cycle_s)
{
    double tiles = s->crossbars / chip_crossbars_per_tile(&x->chip);
    s->vector_s = s->interval_cycles * cycle_s;
    s->parts_s = 0;
    for (int r = 0; r < ROLES; r++) {
        const struct component *part = &x->chip.part[r];
        if (s->work[r] <= 0 || !part->model)
            continue;
        double t = s->work[r] * part->cost.time_s[ACTION_FIRST] /
                   (part->instances * tiles);
        if (t > s->parts_s) {
            s->parts_s = t;
            s->parts_limit = r;
        }
    }
}

static double vectors_time_s(const struct stage *s, double copies)
{
    return ceil(s->vectors / copies) * s->vector_s;
}

static double time_s(const struct stage *s, double copies)
{
    return fmax(vectors_time_s(s, copies), s->parts_s / copies);
}

/* Fewest copies with which the stage takes at most t; never more than are of
 * use, so that the result may still be slower than t. */
static double copies_for(const struct stage *s, double t)
{
    double steps = floor(t / s->vector_s * (1 + 1e-12));
    double r = steps < 1 ? s->vectors : ceil(s->vectors / steps);
    r = fmax(r, ceil(s->parts_s / t * (1 - 1e-12)));
    return fmax(1, fmin(r, s->most_copies));
}

static double work_s(const struct stage *s)
{
    return fmax(s->vectors * s->vector_s, s->parts_s);
}

/* Copies that minimise the sum of times when a crossbar costs `price`:
 * d(work / r)/dr = -price crossbars. */
static double copies_at(const struct stage *s, double price)
{
    double r = floor(sqrt(work_s(s) / (price * s->crossbars)));
    return fmax(1, fmin(r, s->most_copies));
}

typedef double rule(const struct stage *, double);

/* Crossbars that all stages take under a rule at a value of its argument. */
static double take(struct stage *s, int n, rule *copies, double at)
{
    double sum = 0;
    for (int i = 0; i < n; i++) {
        s[i].copies = copies(&s[i], at);
        sum += s[i].copies * s[i].crossbars;
    }
    return sum;
}

/*
 * The crossbars taken fall as the argument grows: the smallest argument that
 * fits the budget lies between lo and hi, which fits.
 */
static void bisect(struct stage *s, int n, rule *copies, double budget,
                   double lo, double hi)
{
    if (take(s, n, copies, lo) <= budget)
        return;
    while (hi > lo * (1 + 1e-9)) {
        double mid = sqrt(lo * hi);
        if (take(s, n, copies, mid) <= budget)
            hi = mid;
        else
            lo = mid;
    }
    take(s, n, copies, hi);
}

void replicate(const struct crossbar *x, struct stage *s, int n, double budget,
               double cycle_s, double least_s)
{
    double fastest = least_s, slowest = least_s, dearest = 0;
    for (int i = 0; i < n; i++) {
        set_pace(x, &s[i], cycle_s);
        fastest = fmax(fastest, time_s(&s[i], s[i].most_copies));
        slowest = fmax(slowest, time_s(&s[i], 1));
        dearest = fmax(dearest, work_s(&s[i]) / s[i].crossbars);
    }
    if (x->when.execution == EXECUTE_PIPELINED)
        bisect(s, n, copies_for, budget, fastest, slowest * (1 + 1e-9));
    else /* a crossbar dearer than all work: one copy each */
        bisect(s, n, copies_at, budget, dearest * 1e-18, dearest);
    for (int i = 0; i < n; i++) {
        double array_s = vectors_time_s(&s[i], s[i].copies);
        s[i].time_s = s[i].pieces * time_s(&s[i], s[i].copies);
        s[i].limit =
            s[i].parts_s / s[i].copies > array_s ? s[i].parts_limit : -1;
    }
}
