/* sar_adc.c - successive approximation on a differential capacitor array */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/array.h"
#include "circuit/sense.h"
#include "hw/model/converter.h"

#include <math.h>
#include <stdio.h>

static const char *const schemes[] = {"conventional", "monotonic", "vcm", NULL};

struct sar_adc {
    struct circuit circuit;
    int bits, ways, scheme;
    double rate_Hz, reference_V, unit_F, mismatch_m, density_F_m2, overhead;
};

/* What the parts of a converter have in common. */
struct sar {
    const struct technology *t;
    double reference_V, lsb_V;
    double units, side_F; /* of one side's array */
    double array_m2;      /* both sides */
    double switch_m;      /* NMOS width of the largest bit's switch */
    double settle_s, bit_s;
    struct rc line;   /* from logic and comparator across the arrays */
    double clockings; /* of flip-flops in a conversion */
    struct block comparator, gate, flip_flop;
};

/* NAND a bit: set and reset of the register on either side, and the clock
 * that the comparator's decision makes. */
enum {
    GATES = 3,
    CLOCK_GATES = 4 /* in the loop: both of the register, the detection of a
                       decision, the clock's driver */
};

double sar_switching(enum sar_scheme scheme, int bits)
{
    double sum = 0;
    for (int i = 1; i < bits; i++)
        sum += scheme == SAR_MONOTONIC
                   ? ldexp(1, bits - 2 - i)
                   : ldexp(ldexp(1, i) - 1, bits - 2 - 2 * i);
    /* its sum to b of 2^(b+1-2i) (2^i - 1) is 8 times the Vcm sum and one
     * term more */
    return scheme == SAR_CONVENTIONAL ? 8 * sum + 2 * (1 - ldexp(1, -bits))
                                      : sum;
}

/*
 * One side's array. Noise: both sides' k T / C below lsb^2 / 12, the
 * quantization's. Matching: 3 sigma of the DNL below half an lsb, C_u =
 * 18 (2^b - 1) K^2 density (Saberi, Lotfi, Mafinezhad, Serdijn, TCAS-I 58(8),
 * 2011).
 */
static double side_F(const struct sar_adc *p, const struct sar *s)
{
    double quiet_F = 2 * noise_F(s->t->temperature_K, s->lsb_V, 1);
    double matched_F = 18 * (ldexp(1, p->bits) - 1) * p->mismatch_m *
                       p->mismatch_m * p->density_F_m2;
    return fmax(s->units * fmax(p->unit_F, matched_F), quiet_F);
}

/*
 * Each unit stands beside a track for its top plate and one for its bottom
 * plate; a ring of units that are not used surrounds each side, so that all
 * that are have the same neighbours (Hastings, The Art of Analog Layout, 2nd
 * ed., ch. 7).
 */
static double array_m2(const struct sar_adc *p, const struct sar *s)
{
    double unit_F = s->side_F / s->units;
    double pitch_m =
        sqrt(unit_F / p->density_F_m2) + 2 * s->t->wire[WIRE_LOCAL].pitch_m;
    double row = sqrt(s->units) + 2;
    return 2 * row * row * pitch_m * pitch_m;
}

/*
 * Switches as wide as lets the largest capacitor, half of a side in series with
 * the other half, settle to half an lsb, (b + 1) ln 2 R C, while the
 * comparator would decide once more: neither then waits for the other. Its
 * reset falls into the same time.
 */
static void settle(const struct sar_adc *p, struct sar *s)
{
    double least_m = width_cell_m(s->t), aim_s = s->comparator.delay_s;
    double slow_s = (p->bits + 1) * M_LN2 *
                    on_ohm(s->t, CHANNEL_N, least_m, 1) * s->side_F / 4;
    s->switch_m = least_m * fmax(slow_s / aim_s, 1);
    s->settle_s = fmax(fmin(slow_s, aim_s), s->comparator.rise_s);
}

/* From the comparator to the register and from there to the largest switch:
 * two lines across the arrays, each with drivers of fan-out 4. */
static double drive_s(const struct sar *s)
{
    const struct technology *t = s->t;
    double least_F = s->gate.input_F;
    double switch_F =
        gate_F(t, s->switch_m) + gate_F(t, width_p_m(t, s->switch_m));
    double stages = log((1 + s->line.F / least_F) *
                        (1 + (s->line.F + switch_F) / least_F)) /
                    log(4);
    return stages * fo4_s(t) + 2 * line_delay_s(0, s->line, 0);
}

/*
 * Sequencer and register after Anderson (Computer Group News 4, 1972): a ring
 * of b + 2 flip-flops passes a one in b + 1 clocks, of which two change; of the
 * register one is clocked in each, and changes half of the time.
 */
static void add_flip_flops(const struct sar_adc *p, struct sar *s)
{
    double b = p->bits, changes = 2 * (b + 1) + 0.5 * b;
    s->clockings = (b + 1) * (b + 2) + b;
    s->flip_flop = flip_flop(s->t, changes / s->clockings);
}

static struct sar sar_of(const struct sar_adc *p, const struct site *site)
{
    struct sar s = {.t = site_technology(site, &p->circuit)};

    s.reference_V = p->reference_V > 0 ? p->reference_V : s.t->mos.vdd_V;
    s.lsb_V = 2 * s.reference_V * ldexp(1, -p->bits); /* differential */
    s.units = ldexp(1, p->scheme == SAR_CONVENTIONAL ? p->bits : p->bits - 1);
    s.side_F = side_F(p, &s);
    s.array_m2 = array_m2(p, &s);
    s.line = wire_rc(s.t, WIRE_SEMI_GLOBAL, sqrt(s.array_m2));
    s.comparator = comparator(s.t, s.lsb_V, 0); /* offset: of all codes alike */
    add_flip_flops(p, &s);
    s.gate = gate_drive(s.t, GATE_NAND, 2, finger_m(s.t),
                        4 * gate_F(s.t, finger_m(s.t)), 0, 0);
    settle(p, &s);
    /* asynchronous (Chen and Brodersen, JSSC 41(12), 2006): the decision
     * makes the next clock; the ring of flip-flops runs beside it */
    s.bit_s = fmax(s.comparator.delay_s + CLOCK_GATES * s.gate.delay_s +
                       drive_s(&s) + s.settle_s,
                   s.flip_flop.delay_s);
    return s;
}

static void add_logic(const struct sar_adc *p, const struct sar *s,
                      struct converter *c)
{
    double b = p->bits, vdd_V = s->t->mos.vdd_V;
    double lines = 3 * b + 1; /* C V^2 each a conversion: decisions, switches,
                                 clocks of the ring */

    converter_add(c, &s->flip_flop, 2 * b + 2);
    converter_add(c, &s->gate, GATES * b);
    c->energy_J += s->clockings * s->flip_flop.energy_J +
                   GATES * b * s->gate.energy_J +
                   lines * s->line.F * vdd_V * vdd_V;
}

/*
 * Switches in proportion to their capacitors but none below the smallest: at
 * most twice the largest and b small ones a side; for sampling one that
 * settles the whole side in the same time, four times the largest. In a
 * conversion each bit switches one side. Drivers of fan-out 4 before them:
 * 1/4 + 1/16 + ... = 1/3.
 */
static void add_array(const struct sar_adc *p, const struct sar *s,
                      struct converter *c)
{
    const struct technology *t = s->t;
    double vdd_V = t->mos.vdd_V;
    double bits_m = 2 * s->switch_m + p->bits * width_cell_m(t);
    double sample_m = 4 * s->switch_m, n_m = bits_m + sample_m;
    struct block switches =
        gate_block(t, GATE_INV, 1, n_m, width_p_m(t, bits_m));
    double gates_F = gate_F(t, bits_m) + gate_F(t, width_p_m(t, bits_m)) +
                     2 * gate_F(t, sample_m);
    double unit_F = s->side_F / s->units;

    converter_add(c, &switches, 2 * (1 + 1.0 / 3));
    c->area_m2 += s->array_m2;
    c->energy_J += gates_F * (1 + 1.0 / 3) * vdd_V * vdd_V +
                   sar_switching((enum sar_scheme)p->scheme, p->bits) * unit_F *
                       s->reference_V * s->reference_V;
}

static struct converter convert(const struct sar_adc *p, const struct sar *s)
{
    struct converter c = {0};
    double b = p->bits;

    converter_add(&c, &s->comparator, 1);
    c.energy_J += b * s->comparator.energy_J;
    add_logic(p, s, &c);
    add_array(p, s, &c);
    c.energy_J *= 1 + p->overhead;
    /* sampling settles like a bit and takes a clock of the ring */
    c.cycle_s = s->settle_s + s->flip_flop.delay_s + b * s->bit_s;
    c.delay_s = c.cycle_s;
    return c;
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    const struct sar_adc *p = params;
    const struct technology *t = site_technology(site, &p->circuit);
    char limit[160], bit[32];

    if (converter_supply(t, p->reference_V, why, size))
        return -1;
    struct sar s = sar_of(p, site);
    struct converter c = convert(p, &s);
    quantity_format(bit, sizeof bit, s.bit_s, DIM_S);
    snprintf(limit, sizeof limit,
             "each of %d bits takes %s to compare, to store and to settle, "
             "with ways = %d",
             p->bits, bit, p->ways);
    return converter_rate(&c, p->rate_Hz, p->ways, limit, why, size);
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct sar_adc *p = params;
    struct sar s = sar_of(p, site);
    struct converter c = convert(p, &s);
    converter_cost(&c, p->rate_Hz, p->ways, out);
}

/* clang-format off */
#define AT(member) offsetof(struct sar_adc, member)
static const struct field fields[] = {
    CIRCUIT_FIELDS,
    {"bits", FIELD_COUNT, DIM_NONE, AT(bits), 1, 14, NULL, NULL,
     "resolution"},
    {"rate", FIELD_QUANTITY, DIM_HZ, AT(rate_Hz), 0, 1e12, "0 Hz", NULL,
     "conversions a second of all its ways; 0: as many as it can"},
    {"ways", FIELD_COUNT, DIM_NONE, AT(ways), 1, 64, "1", NULL,
     "interleaved converters that take turns"},
    {"switching", FIELD_CHOICE, DIM_NONE, AT(scheme), 0, 0, "monotonic",
     schemes, "how the capacitors are switched"},
    {"reference", FIELD_QUANTITY, DIM_V, AT(reference_V), 0, 10, "0 V", NULL,
     "full scale is twice it, differential; 0: the supply"},
    /* Harpe et al., JSSC 46(7), 2011: 0.5 fF, metal fingers */
    {"unit", FIELD_QUANTITY, DIM_F, AT(unit_F), 1e-17, 1e-12, "0.5 fF", NULL,
     "smallest capacitor that is drawn"},
    /* assumption, and what follows from it is Pelgrom's law */
    {"mismatch", FIELD_QUANTITY, DIM_M, AT(mismatch_m), 0, 1e-6, "10 nm",
     NULL, "of two capacitors, 1 sigma, times root of area: 1 % um"},
    /* MIM of GF180MCU and of IHP SG13G2, open design kits: 1.5 fF/um2 */
    {"density", FIELD_QUANTITY, DIM_F_M2, AT(density_F_m2), 1e-5, 1,
     "1.5 fF/um2", NULL, "of the capacitors"},
    {"overhead", FIELD_REAL, DIM_NONE, AT(overhead), 0, 10, "0", NULL,
     "energy of reference buffer and clock over that of the rest"},
    {0}};
/* clang-format on */

const struct model model_sar_adc = {
    .name = "sar_adc",
    .text = "successive approximation: capacitor array, comparator, logic",
    .source = "Liu JSSC 2010, Zhu JSSC 2010 (switching); Saberi TCAS-I 2011 "
              "(matching); Razavi 2015 (comparator)",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct sar_adc),
    .check = check,
    .eval = eval,
    .formula = "(1 + overhead) (k(switching, bits) C_u reference^2 + bits "
               "E_comparator + E_logic + E_switches)",
};
