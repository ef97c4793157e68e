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

/* What a machine is brought to, of one that has been estimated. */
struct size {
    const char *name;      /* whose it is: "IVQ" */
    double area_m2, cells; /* NaN: not known; 0: no crossbars */
};

/* A machine that ours is compared with. */
struct rival {
    const char *name;   /* as the user wrote it: "isaac-32nm" */
    struct study study; /* network and quantization are those of ours */
    double copies;      /* that work side by side, 1 unless made equal */
};

struct comparison {
    const struct study *ours;
    enum normalise how;
    struct size size; /* of ours */
    int n;
    struct rival *rival;
};

struct size size_of(const struct study *s);
/* Can others be brought to it? -1 having reported. */
int size_check(const struct size *size, enum normalise how, struct msgs *msgs);
/* Loads a technology as study_tech does; a crossbar chip gets the budget that
 * the size is for it. */
int size_tech(struct study *s, const struct conf_env *env, const char *name,
              const struct size *size, enum normalise how);
/* After the estimate: of any other machine so many copies as fill the area,
 * whose throughput, power and area s->est.sum then has. How many; 1: itself. */
double size_copies(struct study *s, const struct size *size,
                   enum normalise how);

/* Both lists in one, NULL at the end. */
const char *const *texts_joined(struct arena *a, const char *const *first,
                                const char *const *last);

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

/* The same for people, 79 columns, and notes. -1: the stream fails. */
int report_comparison(FILE *out, const struct comparison *c, struct arena *a);

#endif
