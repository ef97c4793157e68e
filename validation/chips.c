/* chips.c - two chips side by side, component by component */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/chip.h"

#include <stdio.h>
#include <stdlib.h>

#ifndef TECH_DIR
#define TECH_DIR "tech"
#endif

enum { TEXT = 32 };

static int load(struct arena *a, const char *name, struct chip *c)
{
    struct msgs msgs = {.n = 0};
    static const char *const folders[] = {TECH_DIR, NULL};
    struct conf_env env = {.arena = a, .msgs = &msgs, .folders = folders};
    struct node *root = conf_load(&env, name);
    int bad = !root || chip_load(&env, root, c);
    for (int i = 0; i < msgs.n; i++)
        fprintf(stderr, "chips: %s\n", msgs.list[i].text);
    return bad;
}

/* What one instance's action costs when its cells store as many ones as
 * zeros; a part of the leakage is not in it. */
static double action_J(const struct cost *c)
{
    return c->energy_J[ACTION_FIRST] + c->energy_J[ACTION_ON] / 2;
}

static void compare(double a, double b, enum dim dim)
{
    char left[TEXT] = "-", right[TEXT] = "-", ratio[TEXT] = "-";
    if (a > 0)
        quantity_format(left, TEXT, a, dim);
    if (b > 0)
        quantity_format(right, TEXT, b, dim);
    if (a > 0 && b > 0)
        snprintf(ratio, TEXT, "%.2f", b / a);
    printf(" %11s %11s %6s", left, right, ratio);
}

static void print_parts(const struct chip *a, const struct chip *b)
{
    printf("%-16s %11s %11s %6s %11s %11s %6s\n", "", "area", "ours", "ratio",
           "energy", "ours", "ratio");
    for (int i = 0; i < ROLES; i++) {
        const struct component *p = &a->part[i], *q = &b->part[i];
        if (!p->model && !q->model)
            continue;
        printf("%-16s", roles[i].name);
        compare(p->cost.area_m2 * p->instances, q->cost.area_m2 * q->instances,
                DIM_M2);
        compare(action_J(&p->cost), action_J(&q->cost), DIM_J);
        putchar('\n');
    }
}

static void print_whole(const char *name, double a, double b, enum dim dim)
{
    printf("%-16s", name);
    compare(a, b, dim);
    putchar('\n');
}

int main(int argc, char **argv)
{
    struct arena arena;
    struct chip a = {.tech = NULL}, b = {.tech = NULL};
    if (argc != 3) {
        fputs("usage: chips PUBLISHED COMPUTED\n", stderr);
        return 2;
    }
    arena_init(&arena, NULL);
    if (load(&arena, argv[1], &a) || load(&arena, argv[2], &b)) {
        arena_release(&arena);
        return 1;
    }
    print_parts(&a, &b);
    print_whole("chip area", chip_area_m2(&a, a.geo.tiles),
                chip_area_m2(&b, b.geo.tiles), DIM_M2);
    print_whole("peak power", chip_peak_W(&a, a.geo.tiles),
                chip_peak_W(&b, b.geo.tiles), DIM_W);
    print_whole("crossbar cycle", a.cycle_s, b.cycle_s, DIM_S);
    arena_release(&arena);
    return 0;
}
