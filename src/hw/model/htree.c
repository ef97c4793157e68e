/* htree.c - a binary tree of wires from the edge of a tile to its leaves */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/wired.h"

#include <math.h>

struct htree {
    struct wired wired;
    int leaves;
};

static double side_m(const struct htree *p, const struct site *site)
{
    return p->wired.length_m > 0 ? p->wired.length_m : site->tile_side_m;
}

static int levels(const struct htree *p)
{
    int n = 0;
    while (n < 20 && (1 << n) < p->leaves)
        n++;
    return n;
}

/* A branch of level 1, 2, ...: a quarter of the side, halved every second
 * level, horizontal and vertical in turn; the trunk (0) from the middle of an
 * edge to the centre (CACTI 6, HPL-2009-85). */
static double branch_m(double side, int level)
{
    return level ? ldexp(side / 4, -((level - 1) / 2)) : side / 2;
}

/* All levels: the blocks of one path, the leakage and area of all branches. */
struct tree {
    double energy_J, delay_s, leakage_W, area_m2;
};

static struct tree tree_of(const struct htree *p, const struct site *site)
{
    const struct technology *t = site_technology(site, &p->wired.circuit);
    double w_m = width_cell_m(t), in_F = gate_F(t, w_m) * 2;
    /* where the tree forks, a NAND lets the bit into one of the branches */
    struct block fork = gate_drive(t, GATE_NAND, 2, w_m, in_F, 0, 0);
    struct tree sum = {0};

    for (int i = 0; i <= levels(p); i++) {
        double silicon_m2, n = ldexp(1, i);
        struct block wire = wired_path(
            &p->wired, t, branch_m(side_m(p, site), i), in_F, &silicon_m2);
        sum.energy_J += wire.energy_J + fork.energy_J;
        sum.delay_s += wire.delay_s + fork.delay_s;
        sum.leakage_W += n * (wire.leakage_W + fork.leakage_W);
        sum.area_m2 +=
            n * (block_area_m2(&wire) + silicon_m2 + block_area_m2(&fork));
    }
    return sum;
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    const struct htree *p = params;
    return wired_check(&p->wired, side_m(p, site), tree_of(p, site).delay_s,
                       "a bit's way through the tree", why, size);
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct htree *p = params;
    struct tree tree = tree_of(p, site);
    double n = p->wired.width;

    *out = (struct cost){
        .area_m2 = n * tree.area_m2,
        .static_W = n * tree.leakage_W,
        .energy_J[ACTION_FIRST] = p->wired.activity * tree.energy_J,
        .time_s[ACTION_FIRST] = wired_time_s(&p->wired, tree.delay_s, n),
    };
    cost_set_peak(out);
}

static const struct field fields[] = {
    WIRED_FIELDS("256", "side of the square that it covers; 0: the tile's"),
    {"leaves", FIELD_COUNT, DIM_NONE, offsetof(struct htree, leaves), 1,
     1 << 20, "16", NULL, "ends of the tree, rounded up to a power of two"},
    {0}};

const struct model model_htree = {
    .name = "htree",
    .text = "a binary tree of repeated wires; one action moves a bit to a leaf",
    .source = "CACTI 6, HPL-2009-85; Bakoglu 1990",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct htree),
    .check = check,
    .eval = eval,
    .formula = "activity sum over levels (C_wire + C_repeaters + C_fork) Vdd^2",
};
