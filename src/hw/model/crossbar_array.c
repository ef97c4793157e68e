/* crossbar_array.c - an array of cells that multiplies: limits, fields */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/crossbar_array.h"

#include "circuit/array.h"

#include <math.h>
#include <stdio.h>

static const char *const input_names[] = {"auto", "gate", "line", NULL};
static const char *const polarity_names[] = {"bipolar", "unipolar", NULL};
static const char *const bias_names[] = {"half", "third", NULL};
static const char *const wire_names[] = {"local", "semi_global", "global",
                                         NULL};

static double mean_S(const struct crossbar_view *v)
{
    double share = v->p->on_share;
    return share / v->cell.on_ohm + (1 - share) / v->cell.off_ohm;
}

/* Wires between two neighbours that cells' currents pass. Gated cells: none on
 * wordlines, but back through source lines along the bitlines. */
struct segments {
    double row_ohm, column_ohm;
};

static struct segments segments_of(const struct crossbar_view *v)
{
    double per_m = v->t->wire[v->p->wires].r_ohm_m;
    return (struct segments){v->gated ? 0 : per_m * v->cell.width_m,
                             (v->gated ? 2 : 1) * per_m * v->cell.height_m};
}

/* Charge cells carry no current once they have settled. */
static int check_loss(const struct crossbar_view *v, char *why, int size)
{
    struct segments r = segments_of(v);
    double S = mean_S(v), most = v->p->max_ir_drop;
    double loss = array_loss(S, r.row_ohm, v->columns, r.column_ohm, v->rows);

    if (v->charge || loss <= most)
        return 0;
    int side = array_loss_square(S, r.row_ohm, r.column_ohm, most);
    snprintf(why, (size_t)size,
             "wires lose %.1f %% of the current, more than max_ir_drop %g %%; "
             "at most %d x %d of these cells, or a higher r_on",
             100 * loss, 100 * most, side, side);
    return -1;
}

static double step_A(const struct crossbar_view *v, int cell_bits)
{
    double V = v->p->read_V;
    return V * (1 / v->cell.on_ohm - 1 / v->cell.off_ohm) /
           (exp2(cell_bits) - 1);
}

/* The limit of a check as text, in out or constant. */
static const char *rows_text(double rows, char *out, size_t size)
{
    if (rows < 1)
        return "not even one row";
    snprintf(out, size, "at most %.0f rows", floor(rows));
    return out;
}

/* What no reference can take off: idle cells always; cells that are off where
 * nothing cancels them. */
static int check_off(const struct crossbar_view *v, const struct site *site,
                     char *why, int size)
{
    double step = step_A(v, site->cell_bits);
    double off = v->p->offset_cancelled ? 0 : v->p->read_V / v->cell.off_ohm;
    double each = fmax(v->cell.idle_A, off);
    char rows[40];

    if (v->charge || v->rows * each <= v->p->max_off_steps * step)
        return 0;
    snprintf(why, (size_t)size,
             "off cells of a bitline let through %.3g uA, more than "
             "max_off_current: %g levels of %.3g uA; %s",
             v->rows * each * 1e6, v->p->max_off_steps, step * 1e6,
             rows_text(v->p->max_off_steps * step / each, rows, sizeof rows));
    return -1;
}

static int check_settle(const struct crossbar_view *v, char *why, int size)
{
    double most_s = v->p->max_settle_s, now_s = crossbar_settle_s(v);
    int works = 0, fails = v->rows;
    char rows[40];

    if (!(most_s > 0) || now_s <= most_s)
        return 0;
    while (fails - works > 1) { /* settling grows with rows */
        int middle = works + (fails - works) / 2;
        if (crossbar_settle_with_s(v, middle) <= most_s)
            works = middle;
        else
            fails = middle;
    }
    snprintf(why, (size_t)size,
             "a bitline cannot settle: %.3g ns to %g LSB, max_settle is %.3g "
             "ns; %s",
             now_s * 1e9, v->p->settle_lsb, most_s * 1e9,
             rows_text(works, rows, sizeof rows));
    return -1;
}

/* The transistor that was asked for must pass the writing current. */
static int check_access(const struct crossbar_view *v, char *why, int size)
{
    double need = fmax(v->set.A, v->reset.A);
    double has =
        v->cell.access_m > 0 ? on_A(v->t, CHANNEL_N, v->cell.access_m) : need;
    if (!v->resistive || has >= need * (1 - 1e-9))
        return 0;
    snprintf(why, (size_t)size,
             "access_width %.3g nm passes %.3g uA, writing needs %.3g uA: at "
             "least %.3g nm, or 0",
             v->cell.access_m * 1e9, has * 1e6, need * 1e6,
             need / v->t->mos.on_n_A_m * 1e9);
    return -1;
}

static int check_pulses(const struct crossbar_array *p, char *why, int size)
{
    if (p->cell > CELL_1S1R ||
        (p->set.V > 0 && p->reset.V > 0 && p->set.s > 0 && p->reset.s > 0))
        return 0;
    snprintf(why, (size_t)size,
             "cell %s needs set_voltage, reset_voltage, set_pulse and "
             "reset_pulse above 0",
             cell_names[p->cell]);
    return -1;
}

static int check_input(const struct crossbar_array *p, char *why, int size)
{
    if ((p->cell != CELL_1S1R || p->input != INPUT_GATE) &&
        (p->cell <= CELL_1S1R || p->input != INPUT_LINE))
        return 0;
    snprintf(why, (size_t)size,
             "cell %s cannot have input %s: a cross-point has no gate, a "
             "charge or SRAM cell nothing else",
             cell_names[p->cell], input_names[p->input]);
    return -1;
}

/* What an array must have before it can be looked at. */
static int check_whole(const struct crossbar_array *p, const struct site *site,
                       char *why, int size)
{
    const struct technology *t = site_technology(site, &p->circuit);
    struct cell_choice kind = {
        .kind = p->cell, .on_ohm = p->on_ohm, .off_ohm = p->off_ohm};

    return check_input(p, why, size) || check_pulses(p, why, size) ||
                   cell_check(t, &kind, why, size)
               ? -1
               : 0;
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    const struct crossbar_array *p = params;

    if (check_whole(p, site, why, size))
        return -1;
    struct crossbar_view v = crossbar_view_of(p, site);
    return check_access(&v, why, size) || check_loss(&v, why, size) ||
                   check_off(&v, site, why, size) || check_settle(&v, why, size)
               ? -1
               : 0;
}

/* ---- the model ---- */

/* Comes before check(): nothing is known of an array that makes no sense. */
static void lines(const void *params, const struct site *site,
                  struct lines *out)
{
    char why[200];
    *out = (struct lines){.read_V = 0};
    if (check_whole(params, site, why, sizeof why))
        return;
    struct crossbar_view v = crossbar_view_of(params, site);
    double V = v.p->read_V, t = crossbar_read_s(&v), C = v.cell.store_F;
    /* charge cells: the mean current of their charge in a read, which takes
     * one of their time constants at least */
    double on_A =
        v.charge ? C * V / (t + v.cell.on_ohm * C) : V / v.cell.on_ohm;
    double off_A = v.charge ? 0 : V / v.cell.off_ohm;

    *out =
        (struct lines){.wordline = v.wordline,
                       .bitline = v.bitline,
                       .cell_height_m = v.cell.height_m,
                       .cell_width_m = v.cell.width_m,
                       .read_V = V,
                       .wordline_V = v.wordline_V,
                       .gated = v.gated,
                       .settle = v.steps / v.p->settle_lsb,
                       .read_s = t,
                       .on_ohm = v.cell.on_ohm,
                       .off_ohm = v.cell.off_ohm,
                       .step_A = (on_A - off_A) / (exp2(site->cell_bits) - 1),
                       .write_V = fmax(v.set.V, v.reset.V),
                       .write_A = fmax(v.set.A, v.reset.A)};
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    struct crossbar_view v = crossbar_view_of(params, site);
    struct crossbar_read read = crossbar_read(&v);

    *out = (struct cost){.area_m2 = v.cell.width_m * v.cell.height_m,
                         .static_W = v.cell.leakage_W,
                         .delay_s = crossbar_read_s(&v)};
    out->energy_J[ACTION_FIRST] = read.line_J + read.off_J;
    out->energy_J[ACTION_ON] = read.on_J;
    out->energy_J[ACTION_WRITE] = crossbar_write_J(&v);
    out->time_s[ACTION_FIRST] = out->time_s[ACTION_ON] = out->delay_s;
    out->time_s[ACTION_WRITE] = crossbar_row_s(&v);
    cost_set_peak(out);
    if (out->delay_s > 0)
        out->peak_W += read.on_J / out->delay_s;
}

/* clang-format off */
#define P(member) offsetof(struct crossbar_array, member)
#define CHOICE(name, member, def, names, text) \
    {name, FIELD_CHOICE, DIM_NONE, P(member), 0, 0, def, names, text}
#define Q(name, dim, member, min, max, def, text) \
    {name, FIELD_QUANTITY, dim, P(member), min, max, def, NULL, text}
#define R(name, member, min, max, def, text) \
    {name, FIELD_REAL, DIM_NONE, P(member), min, max, def, NULL, text}
#define N(name, member, min, max, def, text) \
    {name, FIELD_COUNT, DIM_NONE, P(member), min, max, def, NULL, text}
static const struct field fields[] = {
    CIRCUIT_FIELDS,
    CHOICE("cell", cell, NULL, cell_names, "kind of cell"),
    CHOICE("input", input, "auto", input_names,
           "what a wordline drives: gates, or the cells themselves; auto: "
           "gates where the cell has one"),
    CHOICE("wires", wires, "local", wire_names,
           "class of wordlines and bitlines"),
    Q("r_on", DIM_OHM, on_ohm, 0, 1e12, "0 ohm",
      "element that conducts fully; not for SRAM and 1t1c"),
    Q("r_off", DIM_OHM, off_ohm, 0, 1e15, "0 ohm",
      "element that conducts least; not for SRAM and 1t1c"),
    Q("read_voltage", DIM_V, read_V, 1e-3, 10, NULL,
      "across a cell that is read; 1t1c: that a full one stores"),
    Q("access_width", DIM_M, access_m, 0, 1e-4, "0 m",
      "width of the cell's transistor; 0: by the writing current, or the "
      "node's own cell"),
    R("cell_area_F2", area_F2, 0, 1e6, "0",
      "area of a cell in squares of the node; 0: from the layout"),
    Q("cell_capacitance", DIM_F, store_F, 0, 1e-9, "0 F",
      "of an element's electrodes; 1t1c: its capacitor, 0: the node's eDRAM"),
    Q("integration_time", DIM_S, integration_s, 0, 1, "0 s",
      "that cells conduct beyond the settling of the bitline"),
    R("settle_lsb", settle_lsb, 1e-3, 1, "0.5",
      "error left when a bitline counts as settled, in steps of its full "
      "scale"),
    N("level_bits", level_bits, 0, 24, "0",
      "steps of a bitline's full scale as bits; 0: rows x cell x input "
      "levels"),
    Q("clamp", DIM_OHM, clamp_ohm, 0, 1e9, "0 ohm",
      "resistance of what holds a bitline; 0: loses max_ir_drop at full "
      "scale"),
    R("on_share", on_share, 0, 1, "0.5",
      "mean stored value, 0 to 1, for wire losses and verifying reads"),
    R("max_ir_drop", max_ir_drop, 1e-4, 1, "0.1",
      "mean share of a cell's current that wires may lose; more is an error"),
    Q("max_settle", DIM_S, max_settle_s, 0, 1, "0 s",
      "longest settling of a bitline, more is an error; 0: any"),
    R("max_off_current", max_off_steps, 1e-3, 1e6, "1",
      "current of a bitline's off cells in level steps; more is an error"),
    {"offset_cancelled", FIELD_FLAG, DIM_NONE, P(offset_cancelled), 0, 0,
     "true", NULL,
     "a reference column takes off what driven cells conduct that store a "
     "zero"},
    Q("set_voltage", DIM_V, set.V, 0, 20, "0 V", "of a SET pulse"),
    Q("set_current", DIM_A, set.A, 0, 0.1, "0 A",
      "of a SET pulse; 0: set_voltage / r_on"),
    Q("set_pulse", DIM_S, set.s, 0, 1, "0 s", "length of a SET pulse"),
    Q("reset_voltage", DIM_V, reset.V, 0, 20, "0 V", "of a RESET pulse"),
    Q("reset_current", DIM_A, reset.A, 0, 0.1, "0 A",
      "of a RESET pulse; 0: reset_voltage / r_on"),
    Q("reset_pulse", DIM_S, reset.s, 0, 1, "0 s", "length of a RESET pulse"),
    N("pulses_per_cell", pulses_per_cell, 1, 100000, "1",
      "pulses until a cell has its level"),
    N("verify_reads", verify_reads, 0, 100, "0", "reads after each pulse"),
    N("rows_in_parallel", rows_in_parallel, 1, 65536, "1",
      "wordlines of a crossbar that are written at once"),
    N("columns_in_parallel", columns_in_parallel, 0, 65536, "0",
      "bitlines that are written at once; 0: all"),
    CHOICE("polarity", polarity, "bipolar", polarity_names,
           "bipolar: SET and RESET of a row one after the other; unipolar: "
           "together"),
    CHOICE("bias", bias, "half", bias_names,
           "1s1r: lines that are not selected stand at a half or thirds of "
           "the voltage"),
    R("half_select", half_select, 0, 1, "0.001",
      "1s1r: share of its current that a cell conducts at half the voltage"),
    R("read_efficiency", regulator, 0.01, 1, "1",
      "of what makes the read voltage; read_voltage / supply if it is a "
      "transistor that drops the rest"),
    R("pulse_shaper_efficiency", shaper, 0.01, 1, "1",
      "of what shapes the pulses; 0.2 for PCM in NVSim"),
    R("pump_efficiency", pump, 0.01, 1, "1",
      "of what makes the write voltage; 1: it comes over a pin"),
    {0}};
/* clang-format on */

const struct model model_crossbar_array = {
    .name = "crossbar_array",
    .text = "cells at the crossings of wordlines and bitlines, from layout, "
            "resistances and pulses",
    .source = "Dong 2012 (NVSim), MOS-accessed cells; Sakurai 1983; Ohm's law "
              "summed over the lines",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct crossbar_array),
    .check = check,
    .eval = eval,
    .lines = lines,
    .formula = "C_wl V_wl^2 / columns + C_bl V^2 / rows + V^2 t / R_off; "
               "on: V^2 t (1 / R_on - 1 / R_off)",
};
