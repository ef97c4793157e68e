/* each_technology.h - every roadmap of every node, for properties */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EACH_TECHNOLOGY_H
#define EACH_TECHNOLOGY_H

#include "hw/model.h"
#include "node_load.h"

#include <fenv.h>

static struct arena arena;

__attribute__((unused)) static void setup(void)
{
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    arena_init(&arena, NULL);
    files_setup();
}

__attribute__((unused)) static void teardown(void)
{
    files_teardown();
    arena_release(&arena);
}

/* With files of their own; then some between two. */
__attribute__((unused)) static const double nodes_nm[] = {
    180, 130, 90, 65, 45, 32, 22, 16, 14, 10, 7, 5, 150, 55, 40, 28, 12, 6};
enum { NODES = sizeof nodes_nm / sizeof *nodes_nm, FILES = 12 };

/* Calls one of the two for each roadmap of each node, at both ends of the range
 * of temperatures and between. */
__attribute__((unused)) static void
each_of(void (*at_site)(const struct site *),
        void (*of_technology)(const struct technology *))
{
    static const double temperatures_K[] = {300, 333, 400};
    for (int i = 0; i < 3 * NODES; i++) {
        struct technologies tech =
            node_load(&arena, nodes_nm[i / 3] * 1e-9, temperatures_K[i % 3]);
        for (int r = 0; r < ROADMAPS; r++) {
            struct site site = {.tech = &tech, .roadmap = r};
            site.lines.step_A = 1e-6;
            if (tech.has[r] && at_site)
                at_site(&site);
            else if (tech.has[r])
                of_technology(&tech.of[r]);
        }
    }
}

__attribute__((unused)) static void
each_site(void (*check)(const struct site *))
{
    each_of(check, NULL);
}

__attribute__((unused)) static void
each_technology(void (*check)(const struct technology *))
{
    each_of(NULL, check);
}

__attribute__((unused)) static const struct technology *
of(const struct site *site)
{
    return &site->tech->of[site->roadmap];
}

#endif
