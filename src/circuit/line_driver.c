/* line_driver.c - what pulls a wordline to its voltage, and holds it there */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/line_driver.h"

#include "circuit/array.h"

#include <math.h>

enum {
    FANOUT = 4,      /* of the last stage: Sutherland, Sproull, Harris 1999 */
    SHIFTER_PULL = 4 /* NMOS over PMOS of a cross-coupled level shifter: it
                        turns over with its gates at the low supply */
};

struct block block_row(struct block a, struct block b)
{
    struct block sum = block_series(a, b);

    if (!(a.height_m > 0))
        return sum;
    sum.width_m = a.width_m + block_area_m2(&b) / a.height_m;
    sum.height_m = a.height_m;
    return sum;
}

/* R W is a constant of the node. */
static double width_for_m(const struct technology *t, double ohm)
{
    double least_m = width_cell_m(t);
    return fmax(least_m, on_ohm(t, CHANNEL_N, least_m, 1) * least_m / ohm);
}

double line_driver_ohm(const struct technology *t, const struct driven_line *l)
{
    double least_m = width_cell_m(t);
    double per_m = 2 * gate_F(t, least_m) / least_m; /* both transistors */
    double width_m = fmax(least_m, l->line.F / FANOUT / per_m);

    if (l->current_A > 0)
        width_m =
            fmax(width_m, width_for_m(t, l->drop * l->swing_V / l->current_A));
    /* not rounded to fins, which would make a larger line settle earlier */
    return on_ohm(t, CHANNEL_N, least_m, 1) * least_m / width_m;
}

struct block pass_gate(const struct technology *t, double ohm)
{
    double w_m = width_for_m(t, ohm), vdd = t->mos.vdd_V;
    struct block b = gate_block(t, GATE_INV, 1, w_m, w_m);

    b.energy_J = b.input_F * vdd * vdd;
    return b;
}

struct block stand_voltage(const struct technology *t, struct block b,
                           double write_V)
{
    double by = fmax(1, write_V / t->mos.vdd_V);

    b.width_m *= by * by; /* all of its area; the row keeps its height */
    b.energy_J *= by;     /* of gates: length x width / insulator */
    b.input_F *= by;
    return b;
}

/* Two cross-coupled halves and the inverter of the input; it also switches
 * when the line carries no more than the supply. */
static struct block level_shifter(const struct technology *t, double write_V)
{
    double least_m = width_cell_m(t), vdd = t->mos.vdd_V;
    struct block half =
        gate_block(t, GATE_INV, 1, SHIFTER_PULL * least_m, least_m);
    struct block b = block_copies(half, 2, 2);
    struct block inv = gate_drive(t, GATE_INV, 1, least_m, half.input_F, 0, 0);

    b.energy_J += 2 * gate_F(t, least_m) * vdd * vdd; /* crossed gates */
    b.delay_s = 2 * inv.delay_s; /* one half, then the other */
    return block_row(inv, stand_voltage(t, b, write_V));
}

/* A chain to a line of gates, whose last inverter stands the writing level;
 * the line's own energy is taken off again. */
static struct block gate_driver(const struct technology *t,
                                const struct driven_line *l)
{
    double vdd = t->mos.vdd_V, least_m = width_cell_m(t);
    struct block chain = chain_drive(t, 0, l->line, 0, 0, 0);
    double per_m = gate_F(t, least_m) / least_m;
    double w_m =
        fmax(least_m, l->line.F / FANOUT / per_m / (1 + t->mos.pn_ratio));
    struct block last = gate_block(t, GATE_INV, 1, w_m, width_p_m(t, w_m));
    struct block high = stand_voltage(t, last, l->write_V);

    chain.energy_J = fmax(0, chain.energy_J - l->line.F * vdd * vdd) +
                     (high.energy_J - last.energy_J) +
                     (high.input_F - last.input_F) * vdd * vdd;
    chain.width_m += high.width_m - last.width_m;
    return chain;
}

/* Switches to the read level, to ground and to the writing level, and the
 * chain that opens one as the other closes. */
static struct block level_driver(const struct technology *t,
                                 const struct driven_line *l)
{
    double ohm = line_driver_ohm(t, l);
    double write_ohm = l->write_A > 0 ? l->drop * l->write_V / l->write_A : ohm;
    struct block read = pass_gate(t, ohm);
    struct block write = stand_voltage(t, pass_gate(t, write_ohm), l->write_V);
    struct block chain =
        chain_drive(t, 0, (struct rc){0, 0}, 2 * read.input_F, 0, 0);

    write.energy_J = 0; /* idle in a read */
    write.delay_s = 0;
    /* the chain charges the gates of both read switches */
    read.energy_J = 0;
    return block_row(block_row(chain, block_copies(read, 2, 2)), write);
}

double driven_settle_s(const struct technology *t, const struct driven_line *l)
{
    return line_settle_s(line_driver_ohm(t, l), l->line, 0, l->settle);
}

struct block line_driver(const struct technology *t,
                         const struct driven_line *l)
{
    struct block driver = l->gates ? gate_driver(t, l) : level_driver(t, l);

    if (!l->gates)
        driver.delay_s += driven_settle_s(t, l);
    if (l->write_V > t->mos.vdd_V)
        driver = block_row(level_shifter(t, l->write_V), driver);
    return driver;
}

struct block write_driver(const struct technology *t, double write_V,
                          double write_A, double drop)
{
    struct block on =
        stand_voltage(t, pass_gate(t, drop * write_V / write_A), write_V);
    struct block chain =
        chain_drive(t, 0, (struct rc){0, 0}, 2 * on.input_F, 0, 0);

    on.energy_J = on.delay_s = 0; /* the chain charges their gates */
    chain = block_row(chain, block_copies(on, 2, 2));
    return write_V > t->mos.vdd_V ? block_row(level_shifter(t, write_V), chain)
                                  : chain;
}
