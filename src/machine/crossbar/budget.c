/* budget.c - how many crossbars, tiles and chips a network gets */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/crossbar.h"

#include <math.h>

static double needed(const struct crossbar *x)
{
    double sum = 0;
    for (int i = 0; i < x->stages; i++)
        sum += x->stage[i].crossbars;
    return sum;
}

/* Tiles of the chip that fits the area budget, 0 if not even one does. */
static double tiles_in_area(const struct chip *c)
{
    double room = c->geo.max_area_m2 - chip_area_m2(c, 0);
    return fmax(0, floor(room / chip_tile_area_m2(c) * (1 + 1e-12)));
}

static int too_small(const struct crossbar *x, struct msgs *msgs, double need,
                     double have)
{
    if (have < 1)
        return msg_error(msgs, NULL,
                         "the budget of '%s' holds no tile of %.4g mm2; raise "
                         "it",
                         x->chip.who.name, chip_tile_area_m2(&x->chip) * 1e6);
    return msg_error(msgs, NULL,
                     "network '%s' needs %.0f crossbars and the budget holds "
                     "%.0f; raise it, or reload weights with "
                     "-s chip.overflow=reload",
                     x->net->name, need, have);
}

/* Weights that a cell holds times the vectors it sees per cycle, as a mean
 * over the network's crossbars: what its mapping makes of a busy chip. */
static double macs_per_cell_cycle(const struct crossbar *x)
{
    double sum = 0, crossbars = 0;
    for (int i = 0; i < x->stages; i++) {
        const struct stage *s = &x->stage[i];
        const struct layer *l = &x->net->layer[s->layer];
        const struct mapped *m = &x->map[s->layer];
        double weights = (double)l->groups * l->rows * l->columns;
        if (m->cells_used <= 0)
            continue; /* every weight is zero */
        sum += s->crossbars * weights /
               (m->cells_used * m->mean_cycles * m->feeds);
        crossbars += s->crossbars;
    }
    return crossbars > 0 ? sum / crossbars : 0;
}

/* Everything that follows from tiles and chips. */
static void fill_run(const struct crossbar *x, struct run *run, double need)
{
    const struct chip *c = &x->chip;
    double cells = run->crossbars_have * c->geo.rows * c->geo.columns;

    run->crossbars_needed = need;
    run->peak_W = run->chips * chip_peak_W(c, run->tiles);
    run->storage_bits = cells * c->geo.cell_bits;
    run->peak_ops = 2 * cells * macs_per_cell_cycle(x) / run->cycle_s;
    for (int i = 0; i < ROLES; i++)
        run->part[i].instances =
            run->chips * chip_instances(c, (enum role_id)i, run->tiles);
    for (int i = 0; i < ROLES; i++)
        if (roles[i].level == LEVEL_HOST)
            run->part[i].instances = c->part[i].instances;
}

int budget_fit(struct crossbar *x, struct msgs *msgs, struct run *run)
{
    const struct geometry *g = &x->chip.geo;
    double per_tile = chip_crossbars_per_tile(&x->chip);
    double need = needed(x), limit = HUGE_VAL;

    run->tiles = g->tiles;
    run->chips = g->chips;
    if (g->max_crossbars) {
        limit = g->max_crossbars;
        run->tiles = ceil(limit / per_tile);
        run->chips = 1;
    }
    if (g->max_area_m2 > 0 && chip_tile_area_m2(&x->chip) <= 0)
        return msg_error(msgs, NULL,
                         "chip.max_area cannot size a chip whose tiles take no "
                         "area");
    if (g->max_area_m2 > 0) {
        double tiles = tiles_in_area(&x->chip);
        run->tiles = g->max_crossbars ? fmin(run->tiles, tiles) : tiles;
        run->chips = 1;
    }
    bool budgeted = g->max_crossbars || g->max_area_m2 > 0;
    if (!budgeted && g->overflow == OVERFLOW_CHIPS)
        run->chips = fmax(run->chips, ceil(need / (run->tiles * per_tile)));
    double have = fmin(limit, run->chips * run->tiles * per_tile);
    if (have < 1 || (need > have && g->overflow != OVERFLOW_RELOAD))
        return too_small(x, msgs, need, have);
    run->crossbars_have = have;
    fill_run(x, run, need);
    return 0;
}
