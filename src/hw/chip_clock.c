/* chip_clock.c - the crossbar cycle follows from its parts */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/chip.h"

#include <math.h>
#include <stdio.h>

enum { TEXT = 40 };

/* What a read goes through, one after another. */
static const enum role_id read_path[] = {ROLE_DAC, ROLE_ARRAY,
                                         ROLE_SAMPLE_HOLD};
enum { READ_PATH = sizeof read_path / sizeof *read_path };

static double read_needs_s(const struct chip *c, enum role_id *slowest)
{
    double sum = 0, most = 0;
    *slowest = ROLE_ARRAY;
    for (int i = 0; i < READ_PATH; i++) {
        double t = c->part[read_path[i]].cost.delay_s;
        sum += t;
        if (t > most) {
            most = t;
            *slowest = read_path[i];
        }
    }
    return sum;
}

/* What takes the sums off the bitlines once a cycle. */
static enum role_id taker(const struct chip *c)
{
    return c->part[ROLE_TIA].model ? ROLE_TIA : ROLE_ADC;
}

/* Bitlines of a PE that are read in a cycle in which all crossbars work. */
static double columns_read(const struct chip *c)
{
    return (double)c->geo.columns * c->geo.crossbars * c->reads;
}

/* All of them through the PE's ADCs or TIAs. */
static double convert_needs_s(const struct chip *c)
{
    const struct component *part = &c->part[taker(c)];
    double each_s =
        part->cost.time_s[ACTION_FIRST] + c->part[ROLE_MUX].cost.delay_s;
    return columns_read(c) / part->instances * each_s;
}

static int too_short(struct fault *f, const char *what, double given_s,
                     double needed_s, const char *who)
{
    char given[TEXT], needed[TEXT];
    f->path = "crossbar";
    snprintf(f->why, sizeof f->why, "%s %s is too short: %s; at least %s", what,
             quantity_format(given, TEXT, given_s, DIM_S), who,
             quantity_format(needed, TEXT, needed_s, DIM_S));
    return -1;
}

static int find_read(const struct chip *c, double *read_s, struct fault *f)
{
    enum role_id slowest;
    char who[120], own[TEXT];
    double needed_s = read_needs_s(c, &slowest), given_s = c->geo.read_s;
    *read_s = given_s > 0 ? given_s : needed_s;
    if (!(*read_s > 0)) {
        f->path = "crossbar";
        snprintf(f->why, sizeof f->why,
                 "'crossbar.read_time' is missing: no part of this chip says "
                 "how long a read takes");
        return -1;
    }
    if (*read_s >= needed_s * (1 - 1e-9))
        return 0;
    snprintf(who, sizeof who, "'%s' alone takes %s", roles[slowest].name,
             quantity_format(own, TEXT, c->part[slowest].cost.delay_s, DIM_S));
    return too_short(f, "read_time", given_s, needed_s, who);
}

/* Actions of a PE's part in one cycle in which all crossbars work; 0: not
 * known. */
static double most_per_cycle(const struct chip *c, enum role_id role)
{
    const struct geometry *g = &c->geo;
    switch (role) {
    case ROLE_ARRAY:
    case ROLE_DAC:
        return c->part[role].instances;
    case ROLE_SAMPLE_HOLD:
        return c->part[role].instances * c->reads;
    case ROLE_TIA:
    case ROLE_MUX:
    case ROLE_ADC:
    case ROLE_SHIFT_ADD: /* behind TIAs they take what the mapping leaves */
        return role == ROLE_TIA || taker(c) == ROLE_ADC ? columns_read(c) : 0;
    case ROLE_INPUT_REGISTER:
        return (double)g->rows * g->crossbars * g->dac_bits;
    default:
        return role == ROLE_CONTROL ? 1 : 0;
    }
}

/* Parts made of transistors are faster than a cycle asks of them: everything
 * busy means one cycle's work a cycle. */
static void limit_peaks(struct chip *c)
{
    for (int i = 0; i < ROLES; i++) {
        struct component *part = &c->part[i];
        double most = most_per_cycle(c, (enum role_id)i);
        if (!part->model || !part->model->circuit || most <= 0)
            continue;
        struct cost *k = &part->cost;
        double rate_Hz = most / part->instances / c->cycle_s;
        if (k->time_s[ACTION_FIRST] > 0)
            rate_Hz = fmin(rate_Hz, 1 / k->time_s[ACTION_FIRST]);
        k->peak_W = k->static_W + rate_Hz * (k->energy_J[ACTION_FIRST] +
                                             k->energy_J[ACTION_ON]);
    }
}

int chip_clock(struct chip *c, struct fault *f)
{
    double read_s, convert_s = convert_needs_s(c), given_s = c->geo.cycle_s;
    if (find_read(c, &read_s, f))
        return -1;
    double needed_s = fmax(read_s, convert_s);
    c->cycle_s = given_s > 0 ? given_s : needed_s;
    limit_peaks(c);
    if (c->cycle_s >= needed_s * (1 - 1e-9))
        return 0;
    return too_short(f, "cycle", given_s, needed_s,
                     convert_s <= read_s ? "a read takes longer"
                     : taker(c) == ROLE_TIA
                         ? "'tia' is too slow for all bitlines of a PE"
                         : "'adc' is too slow for all bitlines of a PE");
}
