/* logic_cell.c - full adder, comparator bit, multiplexer, AND */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/logic_cell.h"

#include <math.h>

static const double switching = 0.5, ramp_share = 0.5; /* as in gate.c */

double pair_gate_F(const struct technology *t, double width_m)
{
    return gate_F(t, width_m) + gate_F(t, width_p_m(t, width_m));
}

double pair_drain_F(const struct technology *t, double width_m, int stack)
{
    return drain_F(t, CHANNEL_N, width_m, stack) +
           drain_F(t, CHANNEL_P, width_p_m(t, width_m), stack);
}

double pair_ohm(const struct technology *t, double width_m, int stack)
{
    return (on_ohm(t, CHANNEL_N, width_m, stack) +
            on_ohm(t, CHANNEL_P, width_p_m(t, width_m), stack)) /
           2;
}

/* As gate.c: columns grow with the fingers, not rounded. */
static double columns_m(const struct technology *t, double columns,
                        double width_m)
{
    double p_m = width_drawn_m(t, width_p_m(t, width_m));
    double most_m = fmax(p_m, width_drawn_m(t, width_m));
    double finger_m = t->layout.active_height_m * t->layout.width_gain;
    return columns * fmax(1, most_m / finger_m) * t->layout.gate_pitch_m;
}

double cell_width_m(const struct technology *t, double columns, double width_m)
{
    return columns_m(t, columns, width_m) + t->layout.gate_pitch_m;
}

double gate_after_s(double tau_s)
{
    double half = ramp_share * tau_s, step = log(switching) * tau_s;
    return half + sqrt(half * half + step * step);
}

double toggle_J(const struct technology *t, double F)
{
    return 0.5 * F * t->mos.vdd_V * t->mos.vdd_V;
}

void cells_add(struct cells *sum, double n, double area_m2, double leakage_W,
               double energy_J)
{
    sum->area_m2 += n * area_m2;
    sum->leakage_W += n * leakage_W;
    sum->energy_J += n * energy_J;
}

void cells_add_block(struct cells *sum, double n, const struct block *b)
{
    cells_add(sum, n, block_area_m2(b), b->leakage_W, b->energy_J);
}

struct block cells_block(const struct cells *c)
{
    double side_m = sqrt(c->area_m2);
    return (struct block){.width_m = side_m,
                          .height_m = side_m,
                          .leakage_W = c->leakage_W,
                          .energy_J = c->energy_J};
}

struct block logic_join(struct block a, struct block b)
{
    struct block sum = block_series(a, b);
    sum.width_m = sum.height_m = sqrt(block_area_m2(&a) + block_area_m2(&b));
    return sum;
}

struct block logic_copies(struct block b, double n)
{
    b.width_m *= sqrt(n);
    b.height_m *= sqrt(n);
    b.leakage_W *= n;
    b.energy_J *= n;
    b.input_F *= n;
    return b;
}

enum { FANOUT = 4 };

struct block fanout_buffer(const struct technology *t, struct rc line,
                           double load_F)
{
    double w_m = width_cell_m(t), unit_F = pair_gate_F(t, w_m);
    double out_F = pair_drain_F(t, w_m, 1), drive_F = line.F + load_F;
    double ratio = fmax(FANOUT, drive_F / unit_F);
    double stages = log2(ratio) / log2(FANOUT);
    double sizes = (ratio - 1) / (FANOUT - 1); /* their sum, geometric */
    double side_m =
        sqrt((columns_m(t, stages, w_m) + columns_m(t, 1, sizes * w_m)) *
             t->layout.cell_height_m);
    double vdd2 = t->mos.vdd_V * t->mos.vdd_V;
    double stage_s =
        gate_after_s(pair_ohm(t, w_m, 1) * (out_F + FANOUT * unit_F));

    return (struct block){
        .width_m = side_m,
        .height_m = side_m,
        .leakage_W =
            sizes * gate_leakage_W(t, GATE_INV, 1, w_m, width_p_m(t, w_m)),
        .energy_J = vdd2 * (drive_F + sizes * (unit_F + out_F)),
        .delay_s = stages * stage_s + line_delay_s(0, line, load_F),
        .rise_s = stage_s / (1 - switching),
        .input_F = unit_F,
    };
}

/*
 * The mirror adder (Weste and Harris, CMOS VLSI Design, 4th ed., sec. 11.2):
 * carry gate of ten transistors, two in series everywhere, twice the smallest
 * width; sum gate of fourteen, up to three in series, and two inverters, of the
 * smallest. In a chain the carries of odd bits stay inverted (same place), and
 * the inverter that this saves stands at operands or sums.
 */
enum {
    CARRY_SIZE = 2,
    CARRY_COLUMNS = 5,
    SUM_COLUMNS = 7,
    INVERTERS = 2,
    OPERAND_CARRY = 2,
    OPERAND_SUM = 2, /* pairs that an operand drives */
    ENTER_CARRY = 1,
    ENTER_SUM = 2,      /* and the carry that enters */
    CARRY_BRANCHES = 2, /* drains at the carry */
};

/* What adder and comparator cells share. */
struct parts {
    double unit_m, carry_m;    /* widths of NMOS */
    double unit_F, carry_F;    /* gate capacitance of a pair */
    double out_F;              /* drains of an inverter */
    double carry_out_F;        /* of the carry gate */
    double nand_W, inverter_W; /* leakage of the smallest */
};

/* The branches of a gate's networks as NAND gates: an upper bound, as its
 * PMOS are in series too. */
static double nand_W(const struct technology *t, int inputs, double width_m)
{
    return gate_leakage_W(t, GATE_NAND, inputs, width_m, width_p_m(t, width_m));
}

static struct parts parts_of(const struct technology *t)
{
    double unit_m = width_cell_m(t), carry_m = CARRY_SIZE * unit_m;

    return (struct parts){
        .nand_W = nand_W(t, 2, unit_m),
        .inverter_W =
            gate_leakage_W(t, GATE_INV, 1, unit_m, width_p_m(t, unit_m)),
        .unit_m = unit_m,
        .carry_m = carry_m,
        .unit_F = pair_gate_F(t, unit_m),
        .carry_F = pair_gate_F(t, carry_m),
        .out_F = pair_drain_F(t, unit_m, 1),
        .carry_out_F = CARRY_BRANCHES * pair_drain_F(t, carry_m, 2),
    };
}

/* An inverter that drives load_F through no wire. */
static double inverter_s(const struct technology *t, const struct parts *p,
                         double load_F)
{
    return gate_after_s(pair_ohm(t, p->unit_m, 1) * (p->out_F + load_F));
}

struct adder_cell adder_cell(const struct technology *t, bool in_chain)
{
    struct parts p = parts_of(t);
    double width_m = cell_width_m(t, SUM_COLUMNS + INVERTERS, p.unit_m) +
                     columns_m(t, CARRY_COLUMNS, p.carry_m);
    /* each net of a cell runs along the cell */
    double wire_F = t->wire[WIRE_LOCAL].c_F_m * width_m;
    double operand_F =
        OPERAND_CARRY * p.carry_F + OPERAND_SUM * p.unit_F + wire_F;
    double enter_F = ENTER_CARRY * p.carry_F + ENTER_SUM * p.unit_F;
    double carry_F =
        p.carry_out_F + p.unit_F + wire_F + (in_chain ? enter_F : p.unit_F);
    double bar_F = pair_drain_F(t, p.unit_m, 2) + pair_drain_F(t, p.unit_m, 3) +
                   p.unit_F + wire_F;
    double carry_s = gate_after_s(pair_ohm(t, p.carry_m, 2) * carry_F);

    return (struct adder_cell){
        .area_m2 = width_m * t->layout.cell_height_m,
        .leakage_W = CARRY_BRANCHES * CARRY_SIZE * p.nand_W + p.nand_W +
                     nand_W(t, 3, p.unit_m) + INVERTERS * p.inverter_W,
        .operand_J = toggle_J(t, operand_F),
        .carry_J = toggle_J(t, carry_F + (in_chain ? 0 : p.out_F)),
        .sum_J = toggle_J(t, bar_F + p.out_F),
        .operand_F = operand_F,
        .carry_s = carry_s,
        .sum_s = gate_after_s(pair_ohm(t, p.unit_m, 3) * bar_F) +
                 inverter_s(t, &p, operand_F),
        .rise_s = inverter_s(t, &p, operand_F) / (1 - switching),
        .sum_ohm = pair_ohm(t, p.unit_m, 1),
    };
}

/* The carry gate of an adder with one operand inverted: a > b is the carry of
 * a - b (Weste and Harris, sec. 11.4, magnitude comparators). */
struct adder_cell compare_cell(const struct technology *t)
{
    struct parts p = parts_of(t);
    double width_m =
        cell_width_m(t, 1, p.unit_m) + columns_m(t, CARRY_COLUMNS, p.carry_m);
    double wire_F = t->wire[WIRE_LOCAL].c_F_m * width_m;
    double operand_F = OPERAND_CARRY * p.carry_F + wire_F;
    /* half of the operands pass an inverter first */
    double inverter_F = (p.unit_F + p.out_F) / 2;
    double carry_F = p.carry_out_F + ENTER_CARRY * p.carry_F + wire_F;

    return (struct adder_cell){
        .area_m2 = width_m * t->layout.cell_height_m,
        .leakage_W = CARRY_BRANCHES * CARRY_SIZE * p.nand_W + 1 * p.inverter_W,
        .operand_J = toggle_J(t, operand_F + inverter_F),
        .carry_J = toggle_J(t, carry_F),
        .operand_F = operand_F,
        .carry_s = gate_after_s(pair_ohm(t, p.carry_m, 2) * carry_F),
        .sum_s = inverter_s(t, &p, operand_F),
        .rise_s = inverter_s(t, &p, operand_F) / (1 - switching),
        .sum_ohm = pair_ohm(t, p.unit_m, 1),
    };
}

/* Two clocked inverters on a node (Weste and Harris, sec. 1.4), an inverter
 * after them and one for the select: twelve transistors. */
enum { MUX_COLUMNS = 6, MUX_INVERTERS = 2, MUX_WAYS = 2 };

struct mux_cell mux_cell(const struct technology *t)
{
    struct parts p = parts_of(t);
    double width_m = cell_width_m(t, MUX_COLUMNS, p.unit_m);
    double wire_F = t->wire[WIRE_LOCAL].c_F_m * width_m;
    double bar_F = MUX_WAYS * pair_drain_F(t, p.unit_m, 2) + p.unit_F;
    /* each phase of the select drives half a pair in either way */
    double select_F = 2 * p.unit_F + wire_F;
    double other_F = p.out_F + p.unit_F;
    double load_F = pair_gate_F(t, p.unit_m) * 4; /* fan-out 4 */

    return (struct mux_cell){
        .area_m2 = width_m * t->layout.cell_height_m,
        .leakage_W = MUX_WAYS * p.nand_W + MUX_INVERTERS * p.inverter_W,
        .data_J = toggle_J(t, p.unit_F + wire_F + bar_F + p.out_F),
        .select_J = toggle_J(t, select_F + other_F),
        .data_F = p.unit_F + wire_F,
        .select_F = select_F,
        .data_s = gate_after_s(pair_ohm(t, p.unit_m, 2) * bar_F) +
                  inverter_s(t, &p, load_F),
        .select_s = inverter_s(t, &p, load_F) + inverter_s(t, &p, p.unit_F),
        .rise_s = inverter_s(t, &p, load_F) / (1 - switching),
    };
}

struct and_cell and_cell(const struct technology *t)
{
    struct parts p = parts_of(t);
    double width_m = cell_width_m(t, 3, p.unit_m); /* two and one columns */
    double bar_F = pair_drain_F(t, p.unit_m, 1) * 2 + p.unit_F;

    return (struct and_cell){
        .area_m2 = width_m * t->layout.cell_height_m,
        .leakage_W = p.nand_W + 1 * p.inverter_W,
        .out_J = toggle_J(t, bar_F + p.out_F),
        .input_F = p.unit_F,
        .delay_s = gate_after_s(pair_ohm(t, p.unit_m, 2) * bar_F) +
                   inverter_s(t, &p, 4 * p.unit_F),
    };
}
