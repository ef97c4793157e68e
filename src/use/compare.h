/* compare.h - one network on several machines: values and ratios */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef USE_COMPARE_H
#define USE_COMPARE_H

#include "use/study.h"

/*
 * What is made equal before two machines are compared. AREA: a crossbar chip
 * gets as many tiles as fit our area and reloads weights that do not fit; of
 * other machines as many copies work as our area holds, a share of one too:
 * throughput, power and area scale, latency and energy do not. CROSSBARS:
 * crossbar chips get as many cells as ours has; others are as published.
 */
enum normalise { NORMALISE_NONE, NORMALISE_AREA, NORMALISE_CROSSBARS };

/* A machine that ours is compared with. */
struct rival {
    const char *name;    /* as the user wrote it: "isaac-32nm" */
    struct study study;  /* network and quantization are those of ours */
    double copies;       /* that work side by side, 1 unless scaled */
    struct summary sum;  /* of all copies */
};

struct comparison {
    const struct study *ours;
    enum normalise how;
    int n;
    struct rival *rival;
};

/*
 * Loads the machines of a comma-separated list and estimates ours' network on
 * each. `sets` are the user's overrides "NAME:path=value", NULL at the end;
 * one whose NAME is not in the list is an error. Memory from env's arena; env's
 * own sets are not used. 0, or -1 having reported.
 */
int compare_run(struct comparison *c, const struct conf_env *env,
                const char *names, const char *const *sets);

/*
 * A row a machine, ours first: values, SI, and ratios that say how many times
 * better ours is: theirs / ours of latency, energy, area; ours / theirs of
 * throughput, operations per joule, per second and area. NaN: not modelled.
 */
struct table *compare_table(const struct comparison *c, struct arena *a);

/* The same for people, 79 columns, with what they lack. -1: the stream fails. */
int report_comparison(FILE *out, const struct comparison *c, struct arena *a);

#endif
