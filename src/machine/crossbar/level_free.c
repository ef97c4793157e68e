/* level_free.c - L4: row slices on any wordline of the column group */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/level.h"

#define SLIVER 1e-9 /* wordlines: rounding, not a slice */

/* A crossbar that is being filled, most significant slices first. */
struct fill {
    double lines;             /* in use so far */
    double slice[PLANES_MAX]; /* by slice lo..hi */
    int lo, hi;
};

/* A slice counts for the delay from half a wordline on. */
static int fill_delay(const struct fill *f)
{
    int first = f->hi, last = f->lo;

    while (first > f->lo && f->slice[first] < 0.5)
        first--;
    while (last < first && f->slice[last] < 0.5)
        last++;
    return first - last;
}

static double fill_room(const struct fill *f, const struct colgroup *cg)
{
    double room = 0;

    for (int b = f->lo; b <= f->hi; b++)
        room += f->slice[b] * cg->room[b];
    return room / f->lines;
}

/* Counts `times` such crossbars and starts an empty one. */
static void fill_flush(struct tally *t, const struct colgroup *cg,
                       struct fill *f, double times, struct squeezed *result)
{
    double carry[PLANES_MAX];
    int delay = fill_delay(f);

    for (int b = f->lo; b <= f->hi; b++)
        carry[b] = f->slice[b] > 0 ? f->slice[b] / f->lines / cg->q[b] : 0;
    tally_add(t, cg,
              &(struct shot){times, 1, f->lines, f->lines * cg->part, delay,
                             fill_room(f, cg), f->lo, f->hi, &carry[f->lo]});
    result->lines += times * f->lines;
    if (delay > result->delay)
        result->delay = delay;
    f->lines = 0;
}

/*
 * Slices of the whole column group, sorted, on ceil(sum n_b / R) crossbars,
 * n_b = rows q_b. Crossbars full of one slice are counted at once.
 */
struct squeezed level_free(struct tally *t, const struct colgroup *cg)
{
    struct squeezed result = {0, 0, 0};
    const double rows = t->x->rows;
    struct fill f = {.lines = 0};

    for (int b = cg->n - 1; b >= 0; b--) {
        double n = cg->rows * cg->q[b];
        while (n > SLIVER) {
            bool fresh = f.lines <= 0;
            double room = rows - f.lines;
            double take = n < room ? n : room;
            double times = fresh && n >= rows ? (double)(int64_t)(n / rows) : 1;
            if (fresh)
                f.hi = b;
            else
                for (int gap = b + 1; gap < f.lo; gap++)
                    f.slice[gap] = 0;
            f.lo = b;
            f.slice[b] = take;
            f.lines += take;
            n -= times * take;
            if (rows - f.lines <= SLIVER)
                fill_flush(t, cg, &f, times, &result);
        }
    }
    if (f.lines > 0)
        fill_flush(t, cg, &f, 1, &result);
    return result;
}
