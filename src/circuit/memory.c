/* memory.c - what all organisations of a memory share; whether there is one */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/memory_parts.h"

#include "circuit/device.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>

const char *const memory_targets[] = {"area",         "latency",       "energy",
                                      "energy_delay", "energy_delay2", NULL};
const char *const memory_routings[] = {"repeated", "bare", NULL};
const char *const memory_parts[] = {"cells",    "request", "predecoder",
                                    "wordline", "bitline", "column",
                                    "sense",    "reply",   NULL};

/* Half of the address wires of a random new address change; so do the select
 * and the write wire. */
static const double address_activity = 0.5;

/* Select and write, beside the address. */
enum { CONTROL_WIRES = 2 };

/* The last inverter of a bare wire's driver over the smallest, and the FO4 of
 * the three before it. */
enum { BARE_DRIVER = 64, BARE_STAGES = 3 };

static struct memory_wire wire_of(const struct technology *t,
                                  const struct memory_spec *spec, double fo4)
{
    static const double length_m = 1e-3; /* many repeaters: a mean */
    const struct wire *w = &t->wire[spec->wires];
    double driver_m = BARE_DRIVER * width_min_m(t), vdd = t->mos.vdd_V;
    struct memory_wire out = {
        .ohm_m = w->r_ohm_m, .F_m = w->c_F_m, .pitch_m = w->pitch_m};

    out.driver_ohm = on_ohm(t, CHANNEL_N, driver_m, 1);
    out.driver_s = BARE_STAGES * fo4;
    out.J_m = w->c_F_m * vdd * vdd;
    if (spec->routing == ROUTING_REPEATED) {
        struct block b = wire_repeated(t, spec->wires, length_m, spec->slack);
        out.J_m = b.energy_J / length_m;
        out.s_m = b.delay_s / length_m;
        out.W_m = b.leakage_W / length_m;
    }
    return out;
}

struct memory_fixed memory_fixed(const struct technology *t,
                                 const struct memory_cell *cell,
                                 const struct memory_spec *spec)
{
    struct memory_fixed m = {.t = t, .cell = cell, .spec = spec};
    m.parts = decoder_parts(t, spec->rows ? spec->rows
                                          : MEMORY_ROWS_LEAST
                                                << (MEMORY_ROWS_KINDS - 1));
    m.fo4_s = m.parts.fo4_s;
    m.address_wires = fmax(0, log2(spec->bits / spec->word)) + CONTROL_WIRES;
    m.line_V = cell->storage_F > 0 ? cell->bitline_V : t->mos.vdd_V;
    m.wire = wire_of(t, spec, m.fo4_s);
    m.word_J_m = spec->word * spec->activity * m.wire.J_m;
    m.address_J_m = address_activity * m.address_wires * m.wire.J_m;
    memory_column_fixed(&m);
    return m;
}

struct block memory_row(const struct memory_fixed *m, int columns, int written)
{
    const struct memory_cell *cell = m->cell;
    struct rc line = wire_rc(m->t, cell->wordline, columns * cell->width_m);

    line.F += columns * cell->wordline_F;
    return wordline_drive(&m->parts, line, cell->wordline_V,
                          cell->crosspoint ? written * cell->write_A : 0);
}

/* ---- check ---- */

static bool enough(const struct memory_fixed *m, int rows)
{
    struct memory_choice c = {rows, 1, 1, 1, 1};
    return memory_column_read(m, &c, (struct rc){0, 0}).valid;
}

/* The longest bitline of a DRAM whose charge is enough: the signal falls with
 * every row, so the largest number is found by halving. */
static int rows_most(const struct memory_fixed *m)
{
    int good = 0, bad = DECODER_ROWS_MAX + 1;
    while (bad - good > 1) {
        int rows = (good + bad) / 2;
        if (enough(m, rows))
            good = rows;
        else
            bad = rows;
    }
    return good;
}

static int check_charge(const struct technology *t,
                        const struct memory_cell *cell,
                        const struct memory_spec *spec, char *why, int size)
{
    struct memory_fixed m = {.t = t, .cell = cell, .spec = spec};
    char limit[32] = "not even one row";

    memory_column_fixed(&m);
    if (enough(&m, memory_rows_least(spec)))
        return 0;
    int most = rows_most(&m);
    if (most > 0)
        snprintf(limit, sizeof limit, "at most %d rows", most);
    snprintf(why, (size_t)size,
             "a bitline cannot settle: the charge of a cell moves it less than "
             "the swing of %.3g mV; %s",
             spec->swing_V * 1e3, limit);
    return -1;
}

static int check_voltage(const struct memory_cell *cell,
                         const struct memory_spec *spec, char *why, int size)
{
    double half_V = cell->read_A * (cell->off_ohm - cell->on_ohm) / 2;

    if (half_V > spec->swing_V)
        return 0;
    snprintf(why, (size_t)size,
             "a bitline cannot settle: its states lie %.3g mV from the "
             "reference, the swing asks for %.3g mV; take a larger "
             "read_current or a smaller swing",
             half_V * 1e3, spec->swing_V * 1e3);
    return -1;
}

int memory_check(const struct technology *t, const struct memory_cell *cell,
                 const struct memory_spec *spec, char *why, int size)
{
    if (cell->read == READ_VOLTAGE && check_voltage(cell, spec, why, size))
        return -1;
    if (cell->read == READ_SHARE && check_charge(t, cell, spec, why, size))
        return -1;
    if (memory_fits(cell, spec))
        return 0;
    snprintf(why, (size_t)size,
             "no subarray fits: %d columns with mux %d and %d active do not "
             "make words of %d bits; leave one of them at 0",
             spec->columns, spec->mux, spec->active, spec->word);
    return -1;
}
