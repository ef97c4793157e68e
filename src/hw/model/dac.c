/* dac.c - an input of several bits: resistor string, capacitors, or pulses */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/array.h"
#include "circuit/decoder.h"
#include "hw/model/driven.h"

#include <math.h>

enum kind { STRING, CAPACITIVE, PULSE_WIDTH };
static const char *const kind_names[] = {"string", "capacitive", "pulse_width",
                                         NULL};

struct dac {
    struct driven driven;
    int kind, bits;
    double unit_F, density_F_m2, step_s;
};

/* What every kind adds to the switches of a one-bit driver. */
struct dac_view {
    const struct dac *p;
    const struct technology *t;
    struct driven_line line;
    double levels, bits;
    double ohm;    /* of the driver */
    double hold_s; /* the level is held so long */
    int rows;      /* of a crossbar: they share a counter */
};

enum {
    XOR_NANDS = 4, /* an XOR is four NANDs */
    TAP_SHARE = 4, /* a string is R / 4 at its middle tap: halves of R / 2
                      side by side */
    TOGGLES = 2    /* a binary counter flips 1 + 1/2 + 1/4 ... bits a step */
};

/* 2^m resistors, as many switches, and a decoder that opens one (Razavi, Data
 * Conversion System Design, 1995, on resistor-ladder DACs). Its current flows
 * while the level is held: V^2 t / R. */
static struct block string(const struct dac_view *v)
{
    const struct technology *t = v->t;
    struct block tap = pass_gate(t, v->ohm);
    double V = v->line.swing_V;

    tap.width_m += t->layout.gate_pitch_m; /* its resistor */
    struct block select =
        select_one(t, v->levels, t->layout.cell_height_m, tap.input_F);
    struct block b = block_row(block_copies(tap, v->levels, 0), select);
    b.energy_J += V * V / (TAP_SHARE * v->ohm) * v->hold_s;
    b.delay_s += v->ohm * v->line.line.F * log(v->line.settle);
    return b;
}

/* The capacitors' mean energy over all codes, shares k of 2^m: after a reset
 * the reference delivers the charge k (1 - k) C V (conservation of charge); the
 * sum of squares gives C V^2 (1 - 4^-m) / 6. */
static double mean_code_J(const struct dac_view *v, double total_F)
{
    double V = v->line.swing_V;
    return total_F * V * V * (1 - pow(4, -v->bits)) / 6;
}

/* A follower of output resistance 1 / gm holds the line: gm = alpha I /
 * (Vdd - Vth) (Sakurai and Newton 1990), and as much again as its sink. */
static struct block follower(const struct dac_view *v)
{
    const struct technology *t = v->t;
    double amp = (t->mos.vdd_V - t->mos.vth_V) / (t->mos.alpha * v->ohm);
    double w_m = width_drawn_m(t, amp / t->mos.on_n_A_m);
    struct block b = gate_block(t, GATE_INV, 1, w_m, w_m);

    b.energy_J = t->mos.vdd_V * amp * v->hold_s;
    return b;
}

static struct block capacitive(const struct dac_view *v)
{
    const struct technology *t = v->t;
    double noise = noise_F(t->temperature_K, v->line.swing_V, v->levels);
    double total_F = fmax(v->levels * v->p->unit_F, noise);
    double least_ohm = on_ohm(t, CHANNEL_N, width_cell_m(t), 1);
    struct block bit = pass_gate(t, least_ohm);
    struct block b =
        block_row(block_copies(bit, 2 * v->bits, v->bits), follower(v));

    b.width_m += total_F / v->p->density_F_m2 / b.height_m;
    b.energy_J += mean_code_J(v, total_F);
    b.delay_s += least_ohm * total_F / 2 * log(v->line.settle);
    return b;
}

/* A register and a comparator with a counter that all wordlines share; the
 * pulse ends when they are equal. */
static struct block pulse_width(const struct dac_view *v)
{
    const struct technology *t = v->t;
    static const double activity = 0.5; /* random input bits */
    double least_m = width_cell_m(t), steps = v->levels - 1;
    struct block nand = gate_block(t, GATE_NAND, 2, least_m, least_m);
    struct block flip = flip_flop(t, activity);
    double nands = (XOR_NANDS + 1) * v->bits; /* and one to join each bit */
    double vdd2 = t->mos.vdd_V * t->mos.vdd_V;
    double step_s =
        v->p->step_s > 0 ? v->p->step_s : driven_settle_s(t, &v->line);

    /* a change of a counter's bit is half a cycle of every gate behind it */
    nand.energy_J += 2 * nand.input_F * vdd2;
    struct block compare =
        block_copies(nand, nands, TOGGLES * XOR_NANDS * steps / 2);
    struct block b = block_row(block_copies(flip, v->bits, v->bits), compare);
    b.width_m += flip.width_m * v->bits / v->rows;
    b.energy_J += flip.energy_J * TOGGLES * steps / v->rows;
    b.delay_s = step_s * steps;
    return b;
}

static struct block (*const kinds[])(const struct dac_view *) = {
    [STRING] = string, [CAPACITIVE] = capacitive, [PULSE_WIDTH] = pulse_width};

static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct dac *p = params;
    struct dac_view v = {.p = p,
                         .t = site_technology(site, &p->driven.circuit),
                         .line = driven_line_of(&p->driven, site),
                         .bits = p->bits > 0 ? p->bits : site->dac_bits,
                         .rows = site->rows};
    v.levels = exp2(v.bits);
    v.ohm = line_driver_ohm(v.t, &v.line);
    v.hold_s = fmax(site->lines.read_s, driven_settle_s(v.t, &v.line));

    struct block b = line_driver(v.t, &v.line);
    if (v.bits > 1)
        b = block_row(b, kinds[p->kind](&v));
    b.energy_J += driven_load_J(&p->driven, site);
    cost_of_block(&b, out);
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    return driven_check(params, site, why, size);
}

static const struct field fields[] = {
    DRIVEN_FIELDS,
    {"kind", FIELD_CHOICE, DIM_NONE, offsetof(struct dac, kind), 0, 0, "string",
     kind_names, "how more than one bit becomes a level"},
    {"bits", FIELD_COUNT, DIM_NONE, offsetof(struct dac, bits), 0, 10, "0",
     NULL, "of an input; 0: crossbar.dac_bits"},
    /* assumption: twice the smallest that is drawn (Harpe et al., JSSC 46(7)
     * 2011: 0.5 fF), since nothing trims it; density as in sample_hold */
    {"unit_capacitance", FIELD_QUANTITY, DIM_F, offsetof(struct dac, unit_F), 0,
     1e-9, "1 fF", NULL, "capacitive: of one level, as it matches"},
    {"capacitor_density", FIELD_QUANTITY, DIM_F_M2,
     offsetof(struct dac, density_F_m2), 1e-5, 1, "2 fF/um2", NULL,
     "capacitive: of its capacitors"},
    {"step", FIELD_QUANTITY, DIM_S, offsetof(struct dac, step_s), 0, 1, "0 s",
     NULL, "pulse_width: of one level; 0: the wordline settles in it"},
    {0}};

const struct model model_dac = {
    .name = "dac",
    .text = "drives a wordline to one of 2^bits levels, or for as many steps",
    .source = "Sakurai 1983; Sakurai and Newton 1990; charge of a capacitor "
              "array summed over its codes",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct dac),
    .check = check,
    .eval = eval,
    .formula = "driver + string: V^2 / R t; capacitive: C V^2 (1 - 4^-b) / 6 + "
               "follower; pulse_width: compared steps",
};
