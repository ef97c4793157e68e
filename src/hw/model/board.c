/* board.c - a whole chip or card that publishes its power and no split of it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model.h"

#include <stdio.h>

struct board {
    struct placed placed;
    double idle_W, busy_W, area_m2;
};

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    (void)site;
    const struct board *p = params;
    if (p->busy_W >= p->idle_W)
        return 0;
    snprintf(why, (size_t)size,
             "busy_power %g W is below idle_power %g W; busy means all of it "
             "at work",
             p->busy_W, p->idle_W);
    return -1;
}

/* Its action is a second of everything at work; both directions are one. */
static void eval(const void *params, const struct site *site, struct cost *out)
{
    (void)site;
    const struct board *p = params;
    *out = (struct cost){
        .area_m2 = p->area_m2, .static_W = p->idle_W, .peak_W = p->busy_W};
    for (int i = ACTION_FIRST; i <= ACTION_WRITE; i++) {
        out->energy_J[i] = (p->busy_W - p->idle_W) * 1;
        out->time_s[i] = 1;
    }
}

static const struct field fields[] = {
    PLACED_FIELDS,
    {"idle_power", FIELD_QUANTITY, DIM_W, offsetof(struct board, idle_W), 0,
     1e6, NULL, NULL, "drawn while it is on and does nothing"},
    {"busy_power", FIELD_QUANTITY, DIM_W, offsetof(struct board, busy_W), 0,
     1e6, NULL, NULL, "drawn with everything at work"},
    {"area", FIELD_QUANTITY, DIM_M2, offsetof(struct board, area_m2), 0, 1,
     "0 mm^2", NULL, "of the die; 0: not known"},
    {0}};

const struct model model_board = {
    .name = "board",
    .text = "a whole chip or card: idle and busy power, no split",
    .source = "arithmetic; the card's own source stands beside its values",
    .fields = fields,
    .params_size = sizeof(struct board),
    .check = check,
    .eval = eval,
    .formula = "(busy_power - idle_power) x 1 s of work",
};
