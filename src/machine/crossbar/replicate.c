/* replicate.c - copies of each stage within a budget of crossbars */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/crossbar.h"

#include <math.h>

/*
 * One copy holds crossbars / (crossbars a tile) tiles and that share of their
 * parts' bandwidth: buffer, bus, registers, router, activation, pooling, and
 * of the ADCs behind TIAs.
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
                   chip_instances(&x->chip, (enum role_id)r, tiles);
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

/*
 * A rule gives every stage its copies as a step function that falls as its
 * argument grows. `edge` is the smallest argument at which the present copies
 * still hold.
 */
struct rule {
    double (*copies)(const struct stage *s, double at);
    double (*edge)(const struct stage *s);
};

/* Fewest copies with which the stage takes at most t; never more than are of
 * use, so that the result may still be slower than t. */
static double copies_for(const struct stage *s, double t)
{
    double steps = floor(t / s->vector_s * (1 + 1e-12));
    double r = steps < 1 ? s->vectors : ceil(s->vectors / steps);
    r = fmax(r, ceil(s->parts_s / t * (1 - 1e-12)));
    return fmax(1, fmin(r, s->most_copies));
}

static double time_now(const struct stage *s)
{
    return time_s(s, s->copies);
}

static const struct rule by_interval = {copies_for, time_now};

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

static double price_now(const struct stage *s)
{
    double more = s->copies + 1;
    return work_s(s) / (more * more * s->crossbars) * (1 + 1e-9);
}

static const struct rule by_price = {copies_at, price_now};

/* Crossbars that all stages take under a rule at a value of its argument. */
static double take(struct stage *s, int n, const struct rule *rule, double at)
{
    double sum = 0;
    for (int i = 0; i < n; i++) {
        s[i].copies = rule->copies(&s[i], at);
        sum += s[i].copies * s[i].crossbars;
    }
    return sum;
}

/* Down to which argument no stage changes its copies, but not below lo. */
static double edge(const struct stage *s, int n, const struct rule *rule,
                   double lo)
{
    for (int i = 0; i < n; i++)
        if (s[i].copies < s[i].most_copies)
            lo = fmax(lo, rule->edge(&s[i]));
    return lo;
}

/*
 * The crossbars taken fall as the argument grows: the smallest argument that
 * fits the budget lies between lo and hi. What fits is followed down to its
 * edge; once lo and hi are close, the first edge that has nothing below it
 * that fits is the one.
 */
static void bisect(struct stage *s, int n, const struct rule *rule,
                   double budget, double lo, double hi)
{
    const double below = 1 - 3e-9, close = 1.002;
    if (take(s, n, rule, lo) <= budget || take(s, n, rule, hi) > budget)
        return;
    for (hi = edge(s, n, rule, lo); hi * below > lo;) {
        bool last = hi < lo * close;
        double at = last ? hi * below : sqrt(lo * hi);
        if (take(s, n, rule, at) <= budget)
            hi = edge(s, n, rule, lo);
        else if (last)
            break;
        else
            lo = at;
    }
    take(s, n, rule, hi);
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
        bisect(s, n, &by_interval, budget, fastest, slowest * (1 + 1e-9));
    else /* a crossbar dearer than all work: one copy each */
        bisect(s, n, &by_price, budget, dearest * 1e-18, dearest);
    for (int i = 0; i < n; i++) {
        double array_s = vectors_time_s(&s[i], s[i].copies);
        s[i].time_s = s[i].pieces * time_s(&s[i], s[i].copies);
        s[i].limit =
            s[i].parts_s / s[i].copies > array_s ? s[i].parts_limit : -1;
    }
}
