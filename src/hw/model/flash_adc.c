/* flash_adc.c - a comparator for each threshold, and an encoder */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/sense.h"
#include "circuit/wire.h"
#include "hw/model/converter.h"

#include <math.h>
#include <stdio.h>

struct flash_adc {
    struct circuit circuit;
    int bits, ways;
    bool calibrated;
    double rate_Hz, reference_V, overhead;
};

/* What the parts of a converter have in common. */
struct flash {
    const struct technology *t;
    double vdd2_V2, reference_V, lsb_V;
    double levels; /* comparators */
    double encode_s;
    struct block comparator, gate, flip_flop;
    struct rc line; /* along all comparators */
};

/* Inputs of a comparator that hang on the ladder: both sides' references. */
enum { LADDER_INPUTS = 2 };

static double reference_V(const struct flash_adc *p, const struct technology *t)
{
    /* a clocked pair is linear over about half the supply */
    return p->reference_V > 0 ? p->reference_V : t->mos.vdd_V / 2;
}

static struct flash flash_of(const struct flash_adc *p, const struct site *site)
{
    struct flash f = {.t = site_technology(site, &p->circuit)};
    double w_m = finger_m(f.t);

    f.vdd2_V2 = f.t->mos.vdd_V * f.t->mos.vdd_V;
    f.reference_V = reference_V(p, f.t);
    f.levels = ldexp(1, p->bits) - 1;
    f.lsb_V = 2 * f.reference_V * ldexp(1, -p->bits); /* differential */
    f.comparator = comparator(f.t, f.lsb_V, p->calibrated ? 0 : f.lsb_V);
    f.gate = gate_drive(
        f.t, GATE_NAND, 2, w_m,
        2 * gate_block(f.t, GATE_INV, 1, w_m, width_p_m(f.t, w_m)).input_F, 0,
        0);
    f.flip_flop = flip_flop(f.t, 0.5);
    f.line = wire_rc(f.t, WIRE_SEMI_GLOBAL,
                     f.levels * sqrt(block_area_m2(&f.comparator)));
    /* the edge of the thermometer, then b - 1 levels of two gates */
    f.encode_s = (1 + 2 * (p->bits - 1)) * f.gate.delay_s +
                 line_delay_s(on_ohm(f.t, CHANNEL_N, 4 * w_m, 1), f.line, 0) +
                 f.flip_flop.delay_s;
    return f;
}

/*
 * Ours, from the diffusion equation: the comparators' kick-back charges the
 * ladder; its slowest mode decays with R C / pi^2 (a line held at both ends)
 * and must be down to half an lsb in half a cycle T: R = pi^2 T / (2 (b + 1) ln
 * 2 C), which draws V^2 T / R.
 */
static double ladder_J(const struct flash_adc *p, const struct flash *f)
{
    double load_F = f->levels * LADDER_INPUTS * f->comparator.input_F;
    return f->reference_V * f->reference_V * 2 * (p->bits + 1) * M_LN2 *
           load_F / (M_PI * M_PI);
}

/*
 * Counted: a gate a level finds the edge; each of b trees joins the 2^(b-1)
 * levels in which its bit is set, two NAND-like gates a joint. The gate of one
 * edge falls and that of another rises; in each tree half of the time a path of
 * b - 1 joints changes, and so does the bit's line. A transition takes C V^2 /
 * 2: the comparators' latches keep the code while they are reset.
 */
static void add_encoder(const struct flash_adc *p, const struct flash *f,
                        struct converter *c)
{
    double b = p->bits, joints = b * (ldexp(1, p->bits - 1) - 1);

    converter_add(c, &f->gate, f->levels + 2 * joints);
    converter_add(c, &f->flip_flop, b);
    double gates = 2 + 0.5 * b * 2 * (b - 1), lines = 0.5 * b; /* transitions */
    c->energy_J += gates / 2 * f->gate.energy_J + b * f->flip_flop.energy_J +
                   lines / 2 * f->line.F * f->vdd2_V2;
}

/* Trimming: a register in each comparator for steps of half an lsb over six
 * standard deviations of its offset. */
static void add_trim(const struct flash *f, struct converter *c)
{
    double least_m = width_cell_m(f->t);
    double input_m = f->comparator.input_F / gate_F(f->t, least_m) * least_m;
    double sigma_V =
        mismatch_Vm(f->t) / sqrt(input_m * f->t->mos.gate_length_m);
    double steps = 1 + 6 * sigma_V / (0.5 * f->lsb_V);
    converter_add(c, &f->flip_flop, f->levels * log2(steps));
}

static struct converter convert(const struct flash_adc *p,
                                const struct flash *f)
{
    struct converter c = {0};

    converter_add(&c, &f->comparator, f->levels);
    if (p->calibrated)
        add_trim(f, &c);
    add_encoder(p, f, &c);
    /* the clock runs along the comparators */
    c.energy_J += f->levels * f->comparator.energy_J + ladder_J(p, f) +
                  f->line.F * f->vdd2_V2;
    c.energy_J *= 1 + p->overhead;
    c.cycle_s = fmax(f->comparator.delay_s + f->comparator.rise_s, f->encode_s);
    c.delay_s = f->comparator.delay_s + f->encode_s;
    return c;
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    const struct flash_adc *p = params;
    const struct technology *t = site_technology(site, &p->circuit);
    char limit[160], compare[32], encode[32];

    if (converter_supply(t, p->reference_V, why, size))
        return -1;
    struct flash f = flash_of(p, site);
    struct converter c = convert(p, &f);
    quantity_format(compare, sizeof compare,
                    f.comparator.delay_s + f.comparator.rise_s, DIM_S);
    quantity_format(encode, sizeof encode, f.encode_s, DIM_S);
    snprintf(limit, sizeof limit,
             "a comparison with its reset takes %s, the encoder %s, with "
             "ways = %d",
             compare, encode, p->ways);
    return converter_rate(&c, p->rate_Hz, p->ways, limit, why, size);
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct flash_adc *p = params;
    struct flash f = flash_of(p, site);
    struct converter c = convert(p, &f);
    converter_cost(&c, p->rate_Hz, p->ways, out);
}

/* clang-format off */
#define AT(member) offsetof(struct flash_adc, member)
static const struct field fields[] = {
    CIRCUIT_FIELDS,
    {"bits", FIELD_COUNT, DIM_NONE, AT(bits), 1, 10, NULL, NULL,
     "resolution"},
    {"rate", FIELD_QUANTITY, DIM_HZ, AT(rate_Hz), 0, 1e12, "0 Hz", NULL,
     "conversions a second of all its ways; 0: as many as it can"},
    {"ways", FIELD_COUNT, DIM_NONE, AT(ways), 1, 64, "1", NULL,
     "interleaved converters that take turns"},
    {"reference", FIELD_QUANTITY, DIM_V, AT(reference_V), 0, 10, "0 V", NULL,
     "full scale is twice it, differential; 0: half the supply"},
    {"calibrated", FIELD_FLAG, DIM_NONE, AT(calibrated), 0, 0, "false", NULL,
     "offsets are trimmed by a register in each comparator, not by size"},
    {"overhead", FIELD_REAL, DIM_NONE, AT(overhead), 0, 10, "0", NULL,
     "energy of reference buffer and clock over that of the rest"},
    {0}};
/* clang-format on */

const struct model model_flash_adc = {
    .name = "flash_adc",
    .text = "flash: 2^bits - 1 comparators, resistor ladder, encoder",
    .source = "Pelgrom 1989, Takeuchi 2007 (offset); Razavi 2015 (comparator)",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct flash_adc),
    .check = check,
    .eval = eval,
    .formula = "(1 + overhead) ((2^bits - 1) E_comparator + E_ladder + "
               "E_encoder + E_clock)",
};
