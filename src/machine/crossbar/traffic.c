/* traffic.c - where the stages lie, and what crosses mesh and links */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/crossbar.h"

#include <math.h>
#include <stdlib.h>

/* A router of the mesh, on one of the chips. */
struct spot {
    int chip, x, y;
};

/*
 * Stages lie one behind the other along a line that winds through the mesh
 * row by row, so that neighbours in the network are neighbours on the chip.
 * A stage is as far away as the middle of its tiles.
 */
static struct spot spot_of(const struct crossbar *x, double tile, double tiles)
{
    double routers = x->chip.part[ROLE_ROUTER].params->count;
    int columns = x->chip.geo.mesh_columns;
    int chip = (int)floor(tile / tiles);
    int index = (int)floor((tile - chip * tiles) * routers);
    int row = index / columns, column = index % columns;
    return (struct spot){chip, row % 2 ? columns - 1 - column : column, row};
}

/* The links leave the chip at the corner of the first router. */
static double hops_to_link(struct spot s)
{
    return s.x + s.y + 1;
}

static double hops_between(struct spot a, struct spot b)
{
    if (a.chip != b.chip)
        return hops_to_link(a) + hops_to_link(b);
    int distance = abs(a.x - b.x) + abs(a.y - b.y);
    return distance ? distance : 1;
}

/* Tiles one behind the other; a new round of weights starts at tile 0. */
static void place_stages(struct crossbar *x)
{
    double tile = 0, per_tile = chip_crossbars_per_tile(&x->chip);
    for (int i = 0; i < x->stages; i++) {
        struct stage *s = &x->stage[i];
        if (i > 0 && s->round != s[-1].round)
            tile = 0;
        s->first_tile = tile;
        s->tiles = s->copies * s->crossbars / per_tile;
        tile += s->tiles;
    }
}

/* A layer's output lies in the middle of its stage; what only rearranges
 * leaves values where they are, on the mean of their places. */
static void place_outputs(const struct crossbar *x)
{
    for (int i = 0; i < x->net->n; i++) {
        const struct layer *l = &x->net->layer[i];
        const struct stage *s = &x->stage[x->stage_of[i]];
        double sum = 0, values = 0;
        for (int k = 0; k < l->n_in && x->passes[i]; k++) {
            double n =
                l->in[k] < 0 ? 1 : (double)x->net->layer[l->in[k]].out_values;
            sum += n * (l->in[k] < 0 ? 0 : x->where[l->in[k]]);
            values += n;
        }
        x->where[i] =
            x->passes[i] ? sum / values : s->first_tile + s->tiles / 2;
    }
}

static void count_edge(const struct crossbar *x, const struct edge *e,
                       struct run *run)
{
    double *router = run_actions(run, e->to, ROLE_ROUTER);
    double *link = run_actions(run, e->to, ROLE_LINK);
    struct spot to = spot_of(x, x->where[e->to], run->tiles);
    double hops;

    if (e->stays || e->bits == 0)
        return;
    if (e->from < 0) {
        hops = hops_to_link(to);
        *link += e->bits;
        *run_actions(run, e->to, ROLE_DRAM) += e->bits;
    } else {
        struct spot from = spot_of(x, x->where[e->from], run->tiles);
        hops = hops_between(from, to);
        *link += e->bits * abs(from.chip - to.chip);
    }
    *router += e->bits * hops;
    run->layer[e->to].hops += hops / x->net->layer[e->to].n_in;
}

/* What comes from the host and from tables, and the results. */
static void count_outside(const struct crossbar *x, struct run *run)
{
    for (int i = 0; i < run->layers; i++) {
        double bits = x->outside_bits[i];
        struct spot at = spot_of(x, x->where[i], run->tiles);
        *run_actions(run, i, ROLE_LINK) += bits;
        *run_actions(run, i, ROLE_DRAM) += bits;
        *run_actions(run, i, ROLE_ROUTER) += bits * hops_to_link(at);
    }
}

void traffic_count(struct crossbar *x, struct run *run)
{
    place_stages(x);
    place_outputs(x);
    for (int i = 0; i < run->layers; i++) {
        run->layer[i].tiles = x->stage[x->stage_of[i]].tiles;
        run->layer[i].hops = 0;
        *run_actions(run, i, ROLE_ROUTER) = 0;
        *run_actions(run, i, ROLE_LINK) = 0;
        *run_actions(run, i, ROLE_DRAM) = 0;
    }
    for (int k = 0; k < x->edges; k++)
        count_edge(x, &x->edge[k], run);
    count_outside(x, run);
}
