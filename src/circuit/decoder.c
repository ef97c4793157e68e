/* decoder.c - row selection: predecoder, a gate and a driver for each row */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/decoder.h"

#include "circuit/line_driver.h"

#include <math.h>

/* Decoders of CACTI's family are made of 2:4 and 3:8 blocks and of gates of
 * up to three inputs (Wilton and Jouppi, JSSC 31(5) 1996,
 * on the decoder). */
enum { GROUP_BITS = 3, INPUTS_MAX = 3 };

/* A random new address changes half of its bits. */
static const double address_activity = 0.5;

/* The ramp at the inputs of each gate, in FO4: that of an inverter in a row of
 * such (delay / (1 - 1/2), see horowitz_s), so that a part does not depend on
 * the part before it. */
static const double stage_ramp = 2;

/* Fan-out of a chain (Sutherland, Sproull, Harris 1999, sec. 1.4). The last
 * inverter of a wordline exists once a row and works once in so many rows: its
 * effort is twice that, for half of the area and leakage. */
enum { FANOUT = 4, LAST_EFFORT = 8 };

int decoder_bits(double rows)
{
    return rows > 1 ? (int)ceil(log2(rows)) : 0;
}

/* n groups of at most three bits: of `bits`, `larger` of them of one more. */
struct groups {
    int n, bits, larger;
};

static struct groups groups_of(double rows)
{
    int bits = decoder_bits(rows);
    int n = (bits + GROUP_BITS - 1) / GROUP_BITS;
    return n ? (struct groups){n, bits / n, bits % n} : (struct groups){0};
}

/* ---- parts ---- */

static struct block smallest(const struct technology *t, enum gate g,
                             int inputs, double load_F, double rise_s)
{
    return gate_drive(t, g, inputs, width_min_m(t), load_F, 0, rise_s);
}

/* The NAND of n groups; above three, two NANDs of half of them each and a
 * NOR. It drives a smallest inverter. */
static struct block row_of(const struct decoder_parts *p, int n)
{
    double rise_s = stage_ramp * p->fo4_s;
    if (n <= INPUTS_MAX)
        return p->nand[n > 1 ? n : 1];
    struct block nor = smallest(p->t, GATE_NOR, 2, p->inverter.input_F, rise_s);
    struct block nand =
        smallest(p->t, GATE_NAND, (n + 1) / 2, nor.input_F, rise_s);
    double input_F = nand.input_F; /* a line loads one of the two */
    nor = block_series(block_copies(nand, 2, 1), nor);
    nor.input_F = input_F;
    return nor;
}

/*
 * With one address bit more, groups may become more and smaller, and stacks
 * higher, and leak or take some percent less than before. What serves more
 * rows is taken to cost no less than what serves fewer.
 */
static struct block at_least(struct block b, struct block less)
{
    double height_m = fmax(b.height_m, less.height_m);
    double area_m2 = fmax(block_area_m2(&b), block_area_m2(&less));
    return (struct block){
        .width_m = height_m > 0 ? area_m2 / height_m : 0,
        .height_m = height_m,
        .leakage_W = fmax(b.leakage_W, less.leakage_W),
        .energy_J = fmax(b.energy_J, less.energy_J),
        .delay_s = fmax(b.delay_s, less.delay_s),
        .rise_s = fmax(b.rise_s, less.rise_s),
        .input_F = fmax(b.input_F, less.input_F),
    };
}

struct decoder_parts decoder_parts(const struct technology *t, double most)
{
    struct decoder_parts p = {.t = t, .fo4_s = fo4_s(t)};
    double w_m = width_min_m(t), p_m = width_p_m(t, w_m);

    p.inverter = gate_block(t, GATE_INV, 1, w_m, p_m);
    p.inverter_ohm =
        (on_ohm(t, CHANNEL_N, w_m, 1) + on_ohm(t, CHANNEL_P, p_m, 1)) / 2;
    for (int i = 1; i <= INPUTS_MAX; i++)
        p.nand[i] = smallest(t, i > 1 ? GATE_NAND : GATE_INV, i,
                             p.inverter.input_F, stage_ramp * p.fo4_s);
    p.row[0] = row_of(&p, 0);
    for (int n = 1; n <= groups_of(most).n; n++)
        p.row[n] = at_least(row_of(&p, n), p.row[n - 1]);
    return p;
}

/*
 * A chain of fan-out 4 from the smallest inverter to one that drives load_F;
 * the number of stages is not rounded, so that nothing falls when the load
 * grows. Widths are a geometric sum. energy_J without the load's.
 */
static struct block taper(const struct decoder_parts *p, double load_F)
{
    const struct block *inv = &p->inverter;
    double vdd = p->t->mos.vdd_V, pitch_m = p->t->layout.gate_pitch_m;
    double effort = fmax(load_F / inv->input_F, FANOUT);
    double stages = log(effort) / log(FANOUT);
    double widths = (effort - 1) / (FANOUT - 1); /* 1 + 4 + ... effort / 4 */

    return (struct block){
        /* each stage a break in the diffusion, as in gate_block */
        .width_m = stages * pitch_m + widths * (inv->width_m - pitch_m),
        .height_m = inv->height_m,
        .leakage_W = widths * inv->leakage_W,
        .energy_J =
            widths * inv->energy_J + (widths - 1) * inv->input_F * vdd * vdd,
        .delay_s = stages * p->fo4_s,
        .rise_s = stage_ramp * p->fo4_s,
        .input_F = inv->input_F,
    };
}

/* ---- predecoder ---- */

/*
 * One group of `bits`: 2^bits gates and drivers, each along all rows to its
 * share of their gates. The lines stand at the pitch of semi-global wires.
 */
static struct block group_of(const struct decoder_parts *p, int bits,
                             const struct block *row, double rows,
                             double pitch_m)
{
    const struct technology *t = p->t;
    double lines = ldexp(1, bits), vdd = t->mos.vdd_V;
    struct rc line = wire_rc(t, WIRE_SEMI_GLOBAL, rows * pitch_m);
    const struct block *in = &p->nand[bits];
    double gates_F = rows / lines * row->input_F;
    struct block chain = taper(p, line.F + gates_F);
    struct block b = block_series(*in, chain);

    b.delay_s += line_delay_s(0, line, gates_F / 2); /* gates along it */
    b.energy_J += (line.F + gates_F) * vdd * vdd;
    /* true and complement of each bit reach half of the gates */
    b.input_F = lines / 2 * in->input_F;
    b.energy_J += address_activity * bits * b.input_F * vdd * vdd;
    b.leakage_W *= lines;
    b.width_m = lines * (block_area_m2(in) + block_area_m2(&chain)) +
                lines * t->wire[WIRE_SEMI_GLOBAL].pitch_m * rows * pitch_m;
    b.height_m = 1; /* an area until the whole is known */
    return b;
}

static struct block groups_block(const struct decoder_parts *p, double rows,
                                 double pitch_m)
{
    struct groups g = groups_of(rows);
    struct block sum = {.height_m = rows * pitch_m};

    for (int larger = 0; larger <= 1; larger++) {
        int n = larger ? g.larger : g.n - g.larger;
        if (n < 1)
            continue;
        struct block b =
            group_of(p, g.bits + larger, &p->row[g.n], rows, pitch_m);
        sum.width_m += n * b.width_m / sum.height_m;
        sum.leakage_W += n * b.leakage_W;
        sum.energy_J += n * b.energy_J;
        sum.delay_s = fmax(sum.delay_s, b.delay_s);
        sum.rise_s = fmax(sum.rise_s, b.rise_s);
        sum.input_F = fmax(sum.input_F, b.input_F);
    }
    return sum;
}

struct block predecoder(const struct decoder_parts *p, double rows,
                        double pitch_m)
{
    struct block b = groups_block(p, rows, pitch_m);
    int bits = decoder_bits(rows);
    if (bits < 1)
        return b;
    return at_least(b, groups_block(p, ldexp(1, bits - 1), pitch_m));
}

void predecoders(const struct decoder_parts *p, double rows, double pitch_m,
                 int n, struct block *out)
{
    struct block less = groups_block(p, rows / 2, pitch_m);
    for (int i = 0; i < n; i++, rows *= 2) {
        struct block b = groups_block(p, rows, pitch_m);
        out[i] = at_least(b, less);
        less = b;
    }
}

/* ---- rows ---- */

const struct block *row_gate(const struct decoder_parts *p, double rows)
{
    return &p->row[groups_of(rows).n];
}

/* A pump of n stages gives at most n + 1 times the supply and takes as many
 * times the charge from it (Dickson, JSSC 11(3) 1976). */
static double pump_J(double charge_C, double high_V, double vdd_V)
{
    return charge_C * vdd_V * ceil(high_V / vdd_V);
}

struct block wordline_drive(const struct decoder_parts *p, struct rc wordline,
                            double high_V, double drive_A)
{
    const struct technology *t = p->t;
    double vdd = t->mos.vdd_V, w_m = width_min_m(t);
    double effort_m = wordline.F / p->inverter.input_F / LAST_EFFORT * w_m;
    double width_m = fmax(fmax(w_m, effort_m), drive_A / t->mos.on_n_A_m);
    struct block last = stand_voltage(
        t, gate_block(t, GATE_INV, 1, width_m, width_p_m(t, width_m)), high_V);
    struct block b = block_series(taper(p, last.input_F), last);
    double ohm = p->inverter_ohm * w_m / width_m;
    /* its own drains as those of the smallest: folded ones are smaller, and
     * a longer line would be faster */
    double step_s = line_delay_s(ohm, wordline, 0) / M_LN2 +
                    p->inverter_ohm * p->inverter.energy_J / vdd / vdd;

    b.energy_J += last.input_F * vdd * vdd +
                  (high_V > vdd ? pump_J(wordline.F * high_V, high_V, vdd)
                                : wordline.F * vdd * vdd);
    b.delay_s += horowitz_s(step_s, stage_ramp * p->fo4_s, 0.5, 0.5);
    if (high_V > vdd) /* a level shifter: one half pulls, then the other */
        b.delay_s += 2 * high_V / vdd * p->fo4_s;
    b.rise_s = b.delay_s; /* of the whole: never less than of its end */
    return b;
}

struct block decoder(const struct technology *t, double rows, double pitch_m,
                     struct rc wordline, double high_V, double drive_A)
{
    struct decoder_parts p = decoder_parts(t, rows);
    struct block pre = predecoder(&p, rows, pitch_m);
    struct block row = wordline_drive(&p, wordline, high_V, drive_A);

    row = block_series(*row_gate(&p, rows), row);
    /* each row's gate and driver lie within its pitch */
    row.width_m = block_area_m2(&row) / pitch_m;
    row.height_m = rows * pitch_m;
    row.leakage_W *= rows;
    return rows > 1 ? block_series(pre, row) : row;
}
