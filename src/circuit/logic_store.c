/* logic_store.c - registers, counters, register files, ROM, random logic */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/logic_cell.h"

#include <math.h>
#include <stddef.h>

const char *const store_names[] = {"flip_flop", "latch", NULL};

/* ---- registers ---- */

/* The buffer of a clock of n pins of pin_F, its wire along all cells, one
 * cycle; what the pins themselves take is the flip-flops'. */
static struct block clock_buffer(const struct technology *t, double n,
                                 double pin_F, double length_m)
{
    /* fed in the middle of short rows: its resistance does not count */
    struct rc line = {0, wire_rc(t, WIRE_LOCAL, length_m).F};
    struct block b = fanout_buffer(t, line, n * pin_F);

    b.energy_J -= 2 * toggle_J(t, n * pin_F);
    return b;
}

struct block logic_register(const struct technology *t, int bits,
                            double activity)
{
    struct block ff = flip_flop(t, activity);
    struct block clock = clock_buffer(t, bits, ff.input_F, bits * ff.width_m);
    struct cells sum = {0};

    cells_add_block(&sum, bits, &ff);
    cells_add_block(&sum, 1, &clock);
    struct block b = cells_block(&sum);
    b.delay_s = ff.delay_s; /* the clock's own way is the same everywhere */
    b.rise_s = ff.rise_s;
    b.input_F = ff.input_F;
    return b;
}

struct block logic_mux(const struct technology *t, int bits, double activity)
{
    struct mux_cell m = mux_cell(t);
    /* the buffer in front: a quarter more, and again of that (fan-out 4) */
    double select_J = m.select_J + toggle_J(t, m.select_F) / 3;
    struct cells sum = {0};

    cells_add(&sum, bits, m.area_m2, m.leakage_W,
              activity * (m.data_J + select_J));
    struct block b = cells_block(&sum);
    b.delay_s = m.select_s + m.data_s;
    b.rise_s = m.rise_s;
    b.input_F = m.data_F;
    return b;
}

/*
 * Bit i of a count changes once in 2^i counts, two bits a count on average.
 * Each bit has an AND for the carry and an exclusive or, which is a multiplexer
 * of a bit and its inverse (Weste and Harris, 4th ed., sec. 11.7).
 */
struct block logic_counter(const struct technology *t, int bits)
{
    double changes = 2 - ldexp(2, -bits);
    struct and_cell g = and_cell(t);
    struct mux_cell m = mux_cell(t);
    struct cells sum = {0};

    cells_add(
        &sum, bits, g.area_m2 + m.area_m2, g.leakage_W + m.leakage_W,
        changes / bits *
            (g.out_J + 2 * toggle_J(t, g.input_F) + m.data_J + m.select_J));
    struct block next = cells_block(&sum);
    next.delay_s = bits * g.delay_s + m.select_s + m.data_s;
    return logic_join(logic_register(t, bits, changes / bits), next);
}

/* ---- random logic ---- */

/* Mean length of a wire among n gates, in gates: Donath, IEEE Trans. CAS 26(4)
 * 1979, for Rent's exponent p; 0.6 for random logic (Landman and Russo 1971:
 * 0.57 to 0.75). 4/3 for four, as it is in a square of four. */
static double mean_wire_gates(double n)
{
    static const double p = 0.6;
    double far = 7 * (pow(n, p - 0.5) - 1) / (pow(4, p - 0.5) - 1);
    double near = (1 - pow(n, p - 1.5)) / (1 - pow(4, p - 1.5));
    return 2.0 / 9 * (far - near) * (1 - pow(4, p - 1)) / (1 - pow(n, p - 1));
}

/* As many inputs as gates times two: each output drives two. */
enum { GATE_INPUTS = 2, GATE_COLUMNS = 2 };

struct block logic_gates(const struct technology *t, double gates, int depth,
                         double activity)
{
    double w_m = width_cell_m(t);
    double area_m2 =
        cell_width_m(t, GATE_COLUMNS, w_m) * t->layout.cell_height_m;
    double length_m = mean_wire_gates(fmax(4, gates)) * sqrt(area_m2);
    double load_F =
        GATE_INPUTS * pair_gate_F(t, w_m) + wire_rc(t, WIRE_LOCAL, length_m).F;
    struct block gate =
        gate_block(t, GATE_NAND, GATE_INPUTS, w_m, width_p_m(t, w_m));
    double node_J = gate.energy_J / 2 + toggle_J(t, load_F);
    double out_F = pair_drain_F(t, w_m, 2) + load_F;
    struct cells sum = {0};

    cells_add(&sum, gates, area_m2, gate.leakage_W, activity * node_J);
    struct block b = cells_block(&sum);
    b.delay_s = depth * gate_after_s(pair_ohm(t, w_m, 2) * out_F);
    b.input_F = gate.input_F;
    return b;
}

/* ---- decoder ---- */

/* Address bits in groups of up to three, each with a wire for every value of
 * it (Wilton and Jouppi, JSSC 31(5) 1996); a gate a word that takes one of
 * each. */
enum { GROUP_BITS = 3 };

/*
 * Of `words` lines, each driving line and load_F, over side_m. One action: one
 * line goes up and down, one wire in each group.
 */
static struct block one_of(const struct technology *t, double words,
                           double side_m, struct rc line, double load_F)
{
    if (words < 2)
        return (struct block){0};
    double bits = ceil(log2(words)), groups = ceil(bits / GROUP_BITS);
    double values = exp2(fmin(bits, GROUP_BITS)), w_m = width_cell_m(t);
    int inputs = groups > 1 ? (int)groups : 2; /* or an enable */
    struct block gate =
        gate_block(t, GATE_NAND, inputs, w_m, width_p_m(t, w_m));
    struct block driver = fanout_buffer(t, line, load_F);
    struct block wire = fanout_buffer(t, wire_rc(t, WIRE_LOCAL, side_m),
                                      fmax(1, words / values) * gate.input_F);
    double tau_s = inputs * pair_ohm(t, w_m, 1) * 2 * pair_gate_F(t, w_m);
    struct cells sum = {0};

    cells_add_block(&sum, words, &gate);
    cells_add_block(&sum, words, &driver);
    cells_add_block(&sum, groups * values, &gate);
    cells_add_block(&sum, groups * values, &wire);
    sum.energy_J = gate.energy_J + driver.energy_J +
                   groups * (gate.energy_J + wire.energy_J);
    struct block b = cells_block(&sum);
    b.delay_s = wire.delay_s + driver.delay_s + 2 * gate_after_s(tau_s);
    return b;
}

/* ---- ROM ---- */

/*
 * A NOR array (Rabaey, Chandrakasan, Nikolic, Digital Integrated Circuits, 2nd
 * ed. 2003, sec. 12.2.1): a smallest NMOS for each zero, bitlines precharged
 * each time. Along a bitline a cell takes a contacted gate pitch, along a
 * wordline the pitch of a bitline and of a ground line. As many words beside
 * each other as make it square, with a tree of multiplexers behind them.
 */
enum { CELL_LINES = 2 };

static const double address_activity = 0.5; /* of random words */

static int rom_rows_log2(int address_bits)
{
    int rows = (address_bits + 1) / 2 + 1;
    return rows < address_bits ? rows : address_bits;
}

/* One bitline: precharge, cells, its way through the multiplexer. energy_J of
 * a cycle in which half of the bitlines fall. */
static struct block rom_bitline(const struct technology *t, double rows,
                                double length_m, double pitch_m)
{
    double w_m = width_cell_m(t);
    struct rc line = wire_rc(t, WIRE_LOCAL, length_m);
    /* two cells share a contact; half of the places have a transistor */
    double cells_F = rows / 4 * drain_F(t, CHANNEL_N, w_m, 1);
    double load_F = cells_F + pair_drain_F(t, w_m, 1) + pair_gate_F(t, w_m);
    struct block b = {.width_m = pitch_m,
                      .height_m = length_m + t->layout.cell_height_m};

    b.energy_J = toggle_J(t, line.F + load_F) +
                 2 * toggle_J(t, gate_F(t, width_p_m(t, w_m)));
    b.leakage_W = rows / 2 * t->mos.vdd_V * off_A(t, CHANNEL_N, w_m);
    b.delay_s = line_delay_s(on_ohm(t, CHANNEL_N, w_m, 1), line, load_F) +
                gate_after_s(pair_ohm(t, w_m, 1) * 4 * pair_gate_F(t, w_m));
    return b;
}

struct block logic_rom(const struct technology *t, int address_bits,
                       int word_bits)
{
    int rows_log2 = rom_rows_log2(address_bits);
    double rows = ldexp(1, rows_log2);
    double ways = ldexp(1, address_bits - rows_log2), bits = word_bits;
    double lines = bits * ways, w_m = width_cell_m(t);
    double pitch_m = CELL_LINES * t->wire[WIRE_LOCAL].pitch_m;
    double high_m = rows * t->layout.gate_pitch_m, wide_m = lines * pitch_m;
    struct block bitline = rom_bitline(t, rows, high_m, pitch_m);
    struct block decode =
        one_of(t, rows, high_m, wire_rc(t, WIRE_LOCAL, wide_m),
               lines / 2 * gate_F(t, w_m));
    struct mux_cell m = mux_cell(t);
    double muxes = bits * (ways - 1);
    struct cells sum = {0};

    cells_add_block(&sum, lines, &bitline);
    cells_add(&sum, muxes, m.area_m2, m.leakage_W, 0);
    /* all words of a row are read: half of the bitlines fall and rise again,
     * one transition of each multiplexer behind them; a random address changes
     * its selecting bit every other time */
    sum.energy_J += muxes * (m.data_J + address_activity * m.select_J);
    struct block b = cells_block(&sum);
    b.delay_s =
        bitline.delay_s + (address_bits - rows_log2) * (m.data_s + m.select_s);
    b.rise_s = m.rise_s;
    return logic_join(decode, b);
}

/* ---- register file ---- */

/*
 * Standard cells in place of SRAM (Meinerzhagen, Roth, Burg, MWSCAS 2010): a
 * clock gate a word; a bit is read through a gate that its word's line opens
 * and a tree of gates that join all words, of which only one path changes.
 */
struct store_bit {
    double area_m2, leakage_W, input_F, clock_J, data_J, settle_s;
    double gate_J; /* of one transition of a gate of the read tree */
    double gate_s;
    double gating_m2, gating_W; /* of a word: a latch and an AND */
};

enum { READ_GATES = 2 }; /* a bit: its own, and one in the tree */

static struct store_bit store_bit(const struct technology *t, enum store kind,
                                  double words, double activity)
{
    /* a flip-flop is two latches (Weste and Harris, sec. 10.3) */
    double half = kind == STORE_LATCH ? 0.5 : 1;
    double w_m = width_cell_m(t);
    struct block still = flip_flop(t, 0), ff = flip_flop(t, activity);
    double gates = words > 1 ? READ_GATES : 0;
    struct block gate = gate_block(t, GATE_NAND, 2, w_m, width_p_m(t, w_m));
    struct and_cell and = and_cell(t);
    double load_F = gate.input_F;

    return (struct store_bit){
        .gating_m2 = block_area_m2(&ff) / 2 + and.area_m2,
        .gating_W = ff.leakage_W / 2 + and.leakage_W,
        .area_m2 = half * block_area_m2(&ff) + gates * block_area_m2(&gate),
        .leakage_W = half * ff.leakage_W + gates * gate.leakage_W,
        .input_F = ff.input_F,
        .clock_J = half * still.energy_J,
        .data_J = half * (ff.energy_J - still.energy_J),
        .settle_s = ff.delay_s,
        .gate_J = gate.energy_J / 2 + toggle_J(t, load_F),
        .gate_s = gate_after_s(pair_ohm(t, w_m, 2) *
                               (pair_drain_F(t, w_m, 2) + load_F)),
    };
}

struct store_costs logic_store(const struct technology *t, enum store kind,
                               double words, int word_bits, double activity)
{
    struct store_bit bit = store_bit(t, kind, words, activity);
    double bits = words * word_bits, levels = ceil(log2(words));
    double side_m = sqrt(bits * bit.area_m2);
    struct rc line = wire_rc(t, WIRE_LOCAL, side_m);
    struct block decode = one_of(t, words, side_m, line,
                                 word_bits * pair_gate_F(t, width_cell_m(t)));
    struct block clock = clock_buffer(t, word_bits, bit.input_F, side_m);
    /* a word that is written shows its bits to all words */
    struct block in = fanout_buffer(t, line, words * bit.input_F);
    double across_J = activity * toggle_J(t, line.F);
    double path_J = words > 1 ? (levels + 1) * bit.gate_J + across_J : 0;
    double path_s = words > 1 ? (levels + 1) * bit.gate_s : 0;
    double clock_J = clock.energy_J + word_bits * bit.clock_J; /* of a word */
    struct cells sum = {0};

    cells_add(&sum, bits, bit.area_m2, bit.leakage_W, 0);
    cells_add(&sum, words, bit.gating_m2, bit.gating_W, 0);
    cells_add_block(&sum, 1, &decode);
    cells_add_block(&sum, words, &clock);
    cells_add_block(&sum, word_bits, &in);
    return (struct store_costs){
        .area_m2 = sum.area_m2,
        .leakage_W = sum.leakage_W,
        .read_J = decode.energy_J + word_bits * path_J,
        .write_J = decode.energy_J + clock_J +
                   word_bits * (bit.data_J + activity / 2 * in.energy_J),
        .clock_J = words * clock_J,
        .read_s = decode.delay_s + path_s +
                  line_delay_s(pair_ohm(t, width_cell_m(t), 1), line, 0),
        .write_s = fmax(decode.delay_s, in.delay_s) + bit.settle_s,
    };
}
