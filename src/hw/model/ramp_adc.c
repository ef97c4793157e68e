/* ramp_adc.c - single slope: a counter and a ramp that columns share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/array.h"
#include "circuit/sense.h"
#include "hw/model/converter.h"

#include <math.h>
#include <stdio.h>

struct ramp_adc {
    struct circuit circuit;
    int bits, shared;
    bool calibrated;
    double rate_Hz, reference_V, density_F_m2, overhead;
};

/* What the parts of a converter have in common. */
struct ramp {
    const struct technology *t;
    double vdd_V, reference_V, lsb_V;
    double steps;
    double clock_s, least_clock_s;
    double clockings; /* of flip-flops in a conversion of one column */
    struct block comparator, flip_flop;
};

/* Of flip-flops: a column's register half of its bits, a share of the counter:
 * two bits a step in the mean and one of its Gray code. */
static double changes(const struct ramp_adc *p, const struct ramp *r)
{
    return 0.5 * p->bits + 3 * r->steps / p->shared;
}

static struct ramp ramp_of(const struct ramp_adc *p, const struct site *site)
{
    struct ramp r = {.t = site_technology(site, &p->circuit)};

    r.vdd_V = r.t->mos.vdd_V;
    /* the input pair sees the whole scale: about half the supply */
    r.reference_V = p->reference_V > 0 ? p->reference_V : r.vdd_V / 2;
    r.steps = ldexp(1, p->bits);
    r.lsb_V = r.reference_V / r.steps;
    r.comparator = comparator(r.t, r.lsb_V, p->calibrated ? 0 : r.lsb_V);
    r.clockings = p->bits * (1 + 2 * r.steps / p->shared);
    r.flip_flop = flip_flop(r.t, changes(p, &r) / r.clockings);
    /* a comparison and its reset; a count: flip-flop and half-adder */
    r.clock_s = fmax(r.comparator.delay_s + r.comparator.rise_s,
                     r.flip_flop.delay_s + 2 * fo4_s(r.t));
    return r;
}

/*
 * Counted. A column: its comparator decides at every step until it has tripped,
 * half of them in the mean over all codes, and a register of b bits keeps the
 * count, whose Gray code changes one line a step.
 */
static void add_column(const struct ramp_adc *p, const struct ramp *r,
                       struct converter *c)
{
    converter_add(c, &r->comparator, 1);
    converter_add(c, &r->flip_flop, p->bits);
    struct rc line = wire_rc(r->t, WIRE_SEMI_GLOBAL, sqrt(c->area_m2));
    double count_F = 0.5 * (r->flip_flop.input_F + line.F), clock_F = line.F;

    c->energy_J += 0.5 * (r->steps + 1) * r->comparator.energy_J +
                   r->steps * (count_F + clock_F) * r->vdd_V * r->vdd_V;
}

/*
 * The column's share of the counter with its Gray code, and of a current that
 * charges a capacitor and the columns' comparators; the capacitor keeps k T / C
 * below lsb^2 / 12.
 */
static void add_shared(const struct ramp_adc *p, const struct ramp *r,
                       struct converter *c)
{
    double share = 1.0 / p->shared;
    double quiet_F = noise_F(r->t->temperature_K, r->reference_V, r->steps);
    double ramp_F = fmax(quiet_F * share, r->comparator.input_F);

    converter_add(c, &r->flip_flop, 2 * p->bits * share);
    c->area_m2 += quiet_F / p->density_F_m2 * share;
    c->energy_J += r->clockings * r->flip_flop.energy_J +
                   ramp_F * r->reference_V * r->vdd_V;
}

static struct converter convert(const struct ramp_adc *p, const struct ramp *r)
{
    struct converter c = {0};

    add_column(p, r, &c);
    add_shared(p, r, &c);
    c.energy_J *= 1 + p->overhead;
    c.cycle_s = (r->steps + 1) * r->clock_s; /* one to discharge the ramp */
    c.delay_s = p->rate_Hz > 0 ? 1 / p->rate_Hz : c.cycle_s;
    return c;
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    const struct ramp_adc *p = params;
    const struct technology *t = site_technology(site, &p->circuit);
    char limit[120], clock[32];

    if (converter_supply(t, p->reference_V, why, size))
        return -1;
    struct ramp r = ramp_of(p, site);
    struct converter c = convert(p, &r);
    snprintf(limit, sizeof limit, "%g steps of %s each", r.steps + 1,
             quantity_format(clock, sizeof clock, r.clock_s, DIM_S));
    return converter_rate(&c, p->rate_Hz, 1, limit, why, size);
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct ramp_adc *p = params;
    struct ramp r = ramp_of(p, site);
    struct converter c = convert(p, &r);
    converter_cost(&c, p->rate_Hz, 1, out);
}

/* clang-format off */
#define AT(member) offsetof(struct ramp_adc, member)
static const struct field fields[] = {
    CIRCUIT_FIELDS,
    {"bits", FIELD_COUNT, DIM_NONE, AT(bits), 1, 14, NULL, NULL,
     "resolution"},
    {"rate", FIELD_QUANTITY, DIM_HZ, AT(rate_Hz), 0, 1e12, "0 Hz", NULL,
     "conversions a second of one column; 0: as many as it can"},
    {"shared", FIELD_COUNT, DIM_NONE, AT(shared), 1, 65536, "1", NULL,
     "columns that share one ramp and one counter"},
    {"reference", FIELD_QUANTITY, DIM_V, AT(reference_V), 0, 10, "0 V", NULL,
     "full scale; 0: half the supply"},
    {"calibrated", FIELD_FLAG, DIM_NONE, AT(calibrated), 0, 0, "true", NULL,
     "offsets of the columns are subtracted later, not kept small by size"},
    /* MIM of GF180MCU and of IHP SG13G2, open design kits: 1.5 fF/um2 */
    {"density", FIELD_QUANTITY, DIM_F_M2, AT(density_F_m2), 1e-5, 1,
     "1.5 fF/um2", NULL, "of the ramp's capacitor"},
    {"overhead", FIELD_REAL, DIM_NONE, AT(overhead), 0, 10, "0", NULL,
     "energy of ramp buffer and clock over that of the rest"},
    {0}};
/* clang-format on */

const struct model model_ramp_adc = {
    .name = "ramp_adc",
    .text = "single slope: a comparator and a register a column, one ramp",
    .source = "counting; Razavi 2015 (comparator)",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct ramp_adc),
    .check = check,
    .eval = eval,
    .formula = "(1 + overhead) (2^bits / 2 E_comparator + E_register + "
               "(E_counter + E_ramp) / shared)",
};
