/* parts.c - how long the components of a chip take to evaluate: parts TECH */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/chip.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TIMES = 2000, BATCHES = 9 };

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Median of some batches, a call; role -1: the whole chip. */
static double median_us(struct chip *c, int role)
{
    double batch[BATCHES];
    struct fault fault;
    for (int b = 0; b < BATCHES; b++) {
        double begin = cpu_s();
        for (int i = 0; i < TIMES; i++)
            if (role < 0)
                chip_eval(c, &fault);
            else
                part_eval(&c->part[role], &c->site, fault.why,
                          sizeof fault.why);
        batch[b] = 1e6 * (cpu_s() - begin) / TIMES;
    }
    qsort(batch, BATCHES, sizeof *batch, by_value);
    return batch[BATCHES / 2];
}

int main(int argc, char **argv)
{
    struct arena arena;
    struct msgs msgs = {.n = 0};
    const char *const folders[] = {argc == 2 ? argv[1] : "tech", NULL};
    struct conf_env env = {.arena = &arena, .msgs = &msgs, .folders = folders};
    static struct chip c;
    arena_init(&arena, NULL);
    struct node *root = conf_load(&env, "ivq-32nm-analytic");
    if (!root || chip_load(&env, root, &c)) {
        fprintf(stderr, "parts: %s\n", msgs.list[0].text);
        return 1;
    }
    printf("components of ivq-32nm-analytic, median of %d\n", BATCHES);
    for (int i = 0; i < ROLES; i++)
        if (c.part[i].model && c.part[i].model->circuit)
            printf("  %-16s %6.2f us\n", roles[i].name, median_us(&c, i));
    printf("  %-16s %6.2f us   target 50 us\n", "all, and cycle",
           median_us(&c, -1));
    arena_release(&arena);
    return 0;
}
