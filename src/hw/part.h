/* part.h - a component: its model, its parameters, its cost at a site */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HW_PART_H
#define HW_PART_H

#include "hw/model.h"

struct component {
    const struct model *model; /* NULL: the chip has none */
    struct placed *params;
    struct cost cost;
    double instances; /* per node of its level; chip_eval() sets it */
};

/*
 * Reads the group `path` of root: its `model`, and the model's parameters into
 * memory from env's arena; fills *bound for lists and overrides. The group
 * must be there. Nothing is checked against a site yet. 0, or -1 having
 * reported.
 */
int part_read(const struct conf_env *env, struct node *root, const char *path,
              const struct node *sources, struct component *part,
              struct bound *bound);

/* Checks and evaluates it at a site: fills part->cost. -1 with the reason in
 * why[size]: the site has no such technology, or the model refuses. */
int part_eval(struct component *part, const struct site *site, char *why,
              int size);

/* Fills site->lines from the array's model, or leaves them 0. As part_eval. */
int part_lines(const struct component *array, struct site *site, char *why,
               int size);

/*
 * The technology of a machine's parts, in memory from env's arena; left alone
 * if none of part[0 .. n - 1] is made of transistors. Its file may lie beside
 * that of `root`. 0, or -1 having reported.
 */
int parts_technology(const struct conf_env *env, struct node *root,
                     const struct component *part, int n, double node_m,
                     const struct technology_choice *choice,
                     struct technologies **out);

/*
 * One component on its own, from a file that has `node`, `technology`, and
 * where the component needs the lines of a crossbar, `crossbar` (rows,
 * columns ...) and `array`; `sources` may be NULL. Fills *out. 0, or -1 having
 * reported.
 */
int part_alone(const struct conf_env *env, struct node *root, const char *path,
               const struct node *sources, struct component *out);

#endif
