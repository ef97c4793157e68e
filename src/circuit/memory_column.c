/* memory_column.c - a bitline with its cells, precharge, multiplexer, sense
 * amplifier and write driver: times, and charges that it takes */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/memory_parts.h"

#include "circuit/sense.h"

#include <math.h>

/*
 * Widths of the column's own transistors over the smallest NMOS: pass
 * transistor 4 (6 F, as NVSim's precharger and a little less than its 9 F
 * multiplexer); the precharge, which has to undo in one cycle what cell and
 * full write do to the line, and the write driver, which has to overpower a
 * precharged line, twice that.
 */
enum { PASS = 4, PRECHARGE = 8, WRITE = 8, OUTPUT = 4 };

/* Transistors that precharge: a pair and its equalizer; or one. */
enum { PAIR = 3, DRAINS = 2 };

/* Precharge and restoring of a cell end within 5 %: 3 tau. */
static const double settled = 3.0;

/* A clamped or written line is waited for until it is within a tenth of its
 * level. */
static const double clamped = 0.9, clamp_share = 0.5;

/* Subthreshold slope over that of an ideal transistor, as in sense.c; k / q. */
static const double SLOPE = 1.5, BOLTZMANN_V_K = 8.617333e-5;

/* An output node of the mean bit: as many ones as zeros. */
static const double ones = 0.5;

static struct block sense_of(const struct technology *t,
                             const struct memory_cell *cell, double swing_V)
{
    double w_m = OUTPUT * width_min_m(t);
    double load_F = gate_F(t, w_m) + gate_F(t, width_p_m(t, w_m));

    switch (cell->read) {
    case READ_SINGLE:
        return gate_drive(t, GATE_INV, 1, w_m, load_F, 0, 2 * fo4_s(t));
    case READ_CURRENT:
        return current_sense(t, cell->read_A, load_F);
    default:
        return voltage_sense(t, swing_V, load_F);
    }
}

/* What is known of the amplifier replaces what is computed. */
static void given_sense(const struct memory_spec *spec, struct block *sense)
{
    if (spec->sense_s > 0)
        sense->delay_s = spec->sense_s;
    if (spec->sense_J > 0)
        sense->energy_J = spec->sense_J;
    if (spec->sense_m2 > 0)
        sense->width_m = sense->height_m = sqrt(spec->sense_m2);
}

static bool is_pair(const struct memory_cell *cell)
{
    return cell->read == READ_SWING || cell->read == READ_SHARE;
}

/* SRAM lines rest at the supply, DRAM's in the middle, others at ground. */
static void precharge_of(struct memory_fixed *m)
{
    const struct technology *t = m->t;
    double w_m = PRECHARGE * width_min_m(t);
    int n = is_pair(m->cell) ? PAIR : 1;
    enum channel c =
        m->cell->storage_F > 0 || m->cell->on_ohm > 0 ? CHANNEL_N : CHANNEL_P;
    struct block one = gate_block(t, GATE_INV, 1, w_m, w_m);

    m->precharge = block_copies(one, n * 0.5, 0); /* half an inverter each */
    m->precharge.leakage_W = 0; /* no voltage across it at rest */
    m->precharge.input_F = n * gate_F(t, w_m);
    m->precharge_ohm = on_ohm(t, c, w_m, 1);
    m->precharge_F = (n > 1 ? DRAINS : 1) * drain_F(t, c, w_m, 1);
}

/* Width of a pass transistor that takes a sixth of the signal of a resistive
 * cell that is on: a fifth of its resistance. */
static double cell_m(const struct technology *t, const struct memory_cell *cell)
{
    static const double share = 0.2;
    double ohm_m = on_ohm(t, CHANNEL_N, width_min_m(t), 1) * width_min_m(t);
    return cell->on_ohm > 0 ? ohm_m / (share * cell->on_ohm) : 0;
}

void memory_column_fixed(struct memory_fixed *m)
{
    const struct technology *t = m->t;
    double least_m = width_min_m(t);
    double current_m = m->cell->write_A / t->mos.on_n_A_m;
    double write_m = fmax(WRITE * least_m, current_m);

    m->lines = is_pair(m->cell) ? 2 : 1;
    m->sense = sense_of(t, m->cell, m->spec->swing_V);
    given_sense(m->spec, &m->sense);
    precharge_of(m);
    m->mux_m = fmax(fmax(PASS * least_m, current_m), cell_m(t, m->cell));
    m->slope_V = SLOPE * BOLTZMANN_V_K * t->temperature_K;
    m->mux_ohm = on_ohm(t, CHANNEL_N, m->mux_m, 1);
    m->mux_F = drain_F(t, CHANNEL_N, m->mux_m, 1);
    m->mux_gate_F = gate_F(t, m->mux_m);
    m->pass =
        block_copies(gate_block(t, GATE_INV, 1, m->mux_m, m->mux_m), 0.5, 0);
    /* with the gate that enables it */
    m->write = block_copies(
        gate_block(t, GATE_INV, 1, write_m, width_p_m(t, write_m)), 2, 1);
    m->write_ohm = on_ohm(t, CHANNEL_N, write_m, 1);
    m->latch_S = gm_S(t, CHANNEL_N, write_m);
    m->write_F = drain_F(t, CHANNEL_N, write_m, 1);
    m->clamp_taus = log(1 / (1 - clamped));
    m->sense_m2 = block_area_m2(&m->sense);
    m->write_m2 = block_area_m2(&m->write);
    m->pass_m2 = m->lines * block_area_m2(&m->pass);
    m->column_m2[0] = block_area_m2(&m->precharge);
    m->column_m2[1] = m->column_m2[0] + m->pass_m2;
}

/* ---- lines ---- */

/*
 * A driven distributed line with a load to the share v of its swing (Sakurai,
 * JSSC 18(4) 1983, eq. 8): 0.1 R C + ln(1 / (1 - v)) (Rd C + Rd Cl + R Cl +
 * 0.4 R C).
 */
double memory_settle_s(double taus, double driver_ohm, struct rc line,
                       double load_F)
{
    double rc = line.ohm * line.F;
    return 0.1 * rc + taus * (driver_ohm * (line.F + load_F) +
                              line.ohm * load_F + 0.4 * rc);
}

/* The bitline, its load, and what lies between. */
struct view {
    const struct memory_fixed *m;
    struct rc line; /* with its precharge and its pass transistor */
    struct rc far;  /* the wire to a sense amplifier outside */
    double between_ohm, node_F, total_F;
    bool muxed;
};

/*
 * A cell at the far end draws a constant current. In the steady ramp all
 * nodes fall alike, and the sense amplifier's lags behind the mean, by which
 * the charge is counted, by the sum of C (V - Vend) over the current. Along a
 * line the current falls by what its charge takes: R C / 2 - R C^2 / (3 Ct)
 * for the bitline, R C / 6 for the wire behind it, the rest is lumped.
 */
static double lag_s(const struct view *v)
{
    double node = v->node_F / v->total_F; /* of the current goes there */
    return v->line.ohm * v->line.F * (0.5 - v->line.F / v->total_F / 3) +
           node * (v->between_ohm * v->line.F +
                   v->far.ohm * (v->far.F / 6 + v->line.F / 2));
}

static struct view view_of(const struct memory_fixed *m,
                           const struct memory_choice *c, struct rc far)
{
    const struct memory_cell *cell = m->cell;
    const struct wire *w = &m->t->wire[cell->bitline];
    double length_m = c->rows * cell->height_m;
    struct view v = {.m = m, .far = far, .muxed = c->sense_mux > 1};

    v.line.ohm = length_m * w->r_ohm_m;
    v.line.F = length_m * w->c_F_m + c->rows * cell->bitline_F +
               m->precharge_F + (v.muxed ? m->mux_F : 0);
    v.node_F = m->sense.input_F + m->write_F + far.F +
               (v.muxed ? c->sense_mux * m->mux_F : 0);
    v.between_ohm = v.muxed ? m->mux_ohm : 0;
    v.total_F = v.line.F + v.node_F;
    return v;
}

/* ---- the ways of reading ---- */

/*
 * The cell discharges its line until the sense amplifier has decided and the
 * wordline falls; an idle column's cell does the same (both at most to the
 * ground).
 */
static void read_swing(const struct view *v, double swing_V,
                       struct memory_column *out)
{
    const struct memory_cell *cell = v->m->cell;
    double vdd = cell->bitline_V;
    double charge_C = v->total_F * swing_V + cell->read_A * v->m->sense.delay_s;

    out->read_s = v->total_F * swing_V / cell->read_A + lag_s(v);
    out->read_C = fmin(charge_C, v->total_F * vdd);
    out->idle_C = fmin(charge_C, v->line.F * vdd);
    out->restore_s =
        settled * (v->m->precharge_ohm + v->line.ohm / 2) * v->line.F;
}

/* One line of a precharged single end falls when the cell stores a one. */
static void read_single(const struct view *v, struct memory_column *out)
{
    read_swing(v, v->m->cell->bitline_V / 2, out);
    out->read_C *= ones;
    out->idle_C *= ones;
}

/*
 * Charge sharing, until the line has the swing that the amplifier needs; every
 * column is sensed and restored: from half the level one line of the pair goes
 * up, the other down, and a stored one is filled up again (CACTI-D). The latch
 * that restores is as wide as the write driver; the bitlines are its nodes, so
 * that it takes C / gm ln(V / dV) more to a decision (HPL-2009-85, as in
 * voltage_sense).
 */
static void read_share(const struct view *v, struct memory_column *out)
{
    const struct memory_cell *cell = v->m->cell;
    double level_V = cell->bitline_V, store_F = cell->storage_F;
    double series_F = store_F * v->total_F / (store_F + v->total_F);
    double signal_V = level_V / 2 * store_F / (store_F + v->total_F);
    double share = v->m->spec->swing_V / signal_V;

    out->valid = share < 1;
    if (!out->valid)
        return;
    out->read_s =
        (cell->access_ohm + v->line.ohm / 2) * series_F * -log1p(-share) +
        v->total_F / v->m->latch_S * log(level_V / v->m->spec->swing_V + 1);
    out->restore_s =
        settled * ((v->m->write_ohm + v->line.ohm / 2) * v->total_F +
                   cell->access_ohm * store_F +
                   (v->m->precharge_ohm + v->line.ohm / 2) * v->total_F);
    out->read_C = out->idle_C = (v->total_F / 2 + ones * store_F / 2) * level_V;
}

/*
 * A clamp brings the line to its level through the pass transistor and holds
 * it there with gm = I / (n kT / q) of its bias, in weak inversion. Its bias
 * is such that it settles in half of the time that line and comparison take:
 * more would cost more current than it gains time.
 */
static void read_current(const struct view *v, struct memory_column *out)
{
    const struct memory_cell *cell = v->m->cell;
    double read_A = cell->crosspoint ? cell->wordline_A : cell->mean_A;
    double cell_A = cell->read_J > 0 ? 0 : read_A;
    double line_s = memory_settle_s(
        v->m->clamp_taus, v->between_ohm + v->far.ohm / 2, v->line, v->node_F);
    bool given = v->m->spec->sense_s > 0;
    double clamp_s = given ? 0 : (line_s + v->m->sense.delay_s) * clamp_share;
    double bias_A = given ? 0 : settled * v->total_F / clamp_s * v->m->slope_V;
    double time_s = line_s + clamp_s + v->m->sense.delay_s;

    out->read_s = line_s + clamp_s;
    out->read_C = v->total_F * cell->bitline_V + (cell_A + bias_A) * time_s;
    out->idle_C = cell->crosspoint ? cell->wordline_A * time_s : 0;
    out->restore_s =
        settled * (v->m->precharge_ohm + v->line.ohm / 2) * v->line.F;
}

/*
 * A current through either state: I (Roff - Ron) in the end, half of it to
 * either side of the reference, approached with the slower time constant.
 */
static void read_voltage(const struct view *v, struct memory_column *out)
{
    const struct memory_cell *cell = v->m->cell;
    double half_V = cell->read_A * (cell->off_ohm - cell->on_ohm) / 2;
    double swing_V = v->m->spec->swing_V;

    out->valid = half_V > swing_V;
    if (!out->valid)
        return;
    out->read_s =
        cell->off_ohm * v->total_F * -log1p(-swing_V / half_V) + lag_s(v);
    if (!(cell->read_J > 0))
        out->read_C = cell->read_A * (out->read_s + v->m->sense.delay_s);
    out->restore_s =
        settled * (v->m->precharge_ohm + v->line.ohm / 2) * v->total_F;
}

/* ---- writing ---- */

/* The line goes to its full level; the cell turns over within two FO4, or in
 * the time of its pulses. */
static void write_line(const struct view *v, struct memory_column *out)
{
    const struct memory_cell *cell = v->m->cell;
    double ohm = v->m->write_ohm + (v->muxed ? v->m->mux_ohm : 0);
    double set_V = fmax(cell->set_V, cell->reset_V);

    out->write_s = memory_settle_s(v->m->clamp_taus, ohm, v->line, v->node_F);
    if (cell->on_ohm > 0) {
        out->write_C = v->total_F * set_V;
        return;
    }
    out->write_s += 2 * v->m->fo4_s;
    out->write_C = v->total_F * cell->bitline_V;
    out->disturb_C =
        fmin(cell->read_A * out->write_s, v->line.F * cell->bitline_V);
    if (cell->storage_F > 0) {
        out->write_C = out->read_C + ones * out->write_C;
        out->disturb_C = out->idle_C;
    }
}

static void read_line(const struct view *v, struct memory_column *out)
{
    switch (v->m->cell->read) {
    case READ_SWING:
        read_swing(v, v->m->spec->swing_V, out);
        break;
    case READ_SINGLE:
        read_single(v, out);
        break;
    case READ_SHARE:
        read_share(v, out);
        break;
    case READ_CURRENT:
        read_current(v, out);
        break;
    case READ_VOLTAGE:
        read_voltage(v, out);
        break;
    }
}

struct memory_column memory_column_read(const struct memory_fixed *m,
                                        const struct memory_choice *c,
                                        struct rc far)
{
    struct view v = view_of(m, c, far);
    struct memory_column out = {
        .valid = true, .line_F = v.line.F, .node_F = v.node_F};

    read_line(&v, &out);
    return out;
}

struct memory_column memory_column(const struct memory_fixed *m,
                                   const struct memory_choice *c, struct rc far)
{
    struct memory_column out = memory_column_read(m, c, far);
    /* what writes stands at the column, wherever the amplifiers are */
    struct view v = view_of(m, c, (struct rc){0, 0});

    if (out.valid)
        write_line(&v, &out);
    return out;
}
