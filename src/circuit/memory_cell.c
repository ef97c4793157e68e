/* memory_cell.c - the cells of a memory macro, from the node or a device */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/memory.h"

#include "circuit/device.h"

#include <math.h>

/* The contact to a bitline is shared by the cells above and below it. */
static const double contact_share = 0.5;

/* An 8T cell with single-ended read port beside its 6T: Chang et al., "Stable
 * SRAM cell design for the 32 nm node and beyond", VLSI Technology 2005. */
static const double eight_transistors = 1.3;

static void outline(struct memory_cell *cell, double area_m2, double aspect)
{
    cell->height_m = sqrt(area_m2 / aspect);
    cell->width_m = area_m2 / cell->height_m;
}

/*
 * Lines are as coarse as the cell leaves room for, its supply lines counted;
 * none is coarser than semi-global. So in a 6T cell of 146 F^2, 14.6 F by 10 F
 * (CACTI 7), both lines have 4 F; in a cell of 4 F^2 they have 2 F.
 */
static enum wire_class line_class(const struct technology *t, double room_m)
{
    static const double rounding = 1 + 1e-9;
    return t->wire[WIRE_SEMI_GLOBAL].pitch_m <= room_m * rounding
               ? WIRE_SEMI_GLOBAL
               : WIRE_LOCAL;
}

static void line_classes(const struct technology *t, struct memory_cell *cell,
                         int across, int along)
{
    cell->wordline = line_class(t, cell->height_m / across);
    cell->bitline = line_class(t, cell->width_m / along);
}

static double bitline_F(const struct technology *t, double access_m)
{
    return contact_share * drain_F(t, CHANNEL_N, access_m, 1);
}

/* The cell's own transistors may be narrower than any in logic. */
static double channel_ohm(const struct technology *t, double width_m)
{
    return t->mos.r_factor * t->mos.vdd_V / (t->mos.on_n_A_m * width_m);
}

/* Between two accesses one access transistor of each port, one pull-down and
 * one pull-up have the supply across them; gates of those that conduct leak. */
static double sram_leakage_W(const struct technology *t, int ports)
{
    const struct sram_cell *c = &t->sram;
    double off_A = t->mos.off_n_A_m * (ports * c->access_m + c->pull_down_m) +
                   t->mos.off_p_A_m * c->pull_up_m;
    double gate_A = t->mos.gate_leak_A_m * (c->pull_down_m + c->pull_up_m);
    return t->mos.vdd_V * (off_A + gate_A);
}

/*
 * The cell pulls through its access transistor and its pull-down, Vdd /
 * (Rp + Ra) (Wilton and Jouppi 1994, sec. 4.4); an 8T cell through two like
 * its pull-down, which leak together when they store a one. Each port more
 * brings a wordline and a pair of bitlines (sec. 3.3).
 */
struct memory_cell memory_sram(const struct technology *t, int ports,
                               bool single)
{
    const struct sram_cell *c = &t->sram;
    const double vdd = t->mos.vdd_V, pitch_m = t->wire[WIRE_LOCAL].pitch_m;
    double first_m = single ? c->pull_down_m : c->access_m;
    double ohm = channel_ohm(t, first_m) + channel_ohm(t, c->pull_down_m);
    struct memory_cell cell = {
        .read = single ? READ_SINGLE : READ_SWING,
        .wordline_F = (single ? 1 : 2) * gate_F(t, first_m),
        .bitline_F = bitline_F(t, first_m),
        .bitline_V = vdd,
        .read_A = vdd / ohm,
        .access_ohm = ohm,
        .leakage_W = sram_leakage_W(t, ports),
    };
    if (single)
        cell.leakage_W += t->mos.off_n_A_m * first_m * vdd / 2;
    outline(&cell, c->area_m2 * (single ? eight_transistors : 1), c->aspect);
    cell.width_m += 2 * (ports - 1) * pitch_m;
    cell.height_m += (ports - 1) * pitch_m;
    /* beside one supply line each way */
    line_classes(t, &cell, 2, single ? 2 : 3);
    return cell;
}

struct memory_cell memory_dram(const struct dram_cell *c,
                               const struct technology *t)
{
    struct memory_cell cell = {
        .read = READ_SHARE,
        .wordline_F = gate_F(t, c->access_m),
        .bitline_F = bitline_F(t, c->access_m),
        .wordline_V = c->vpp_V,
        .bitline_V = c->vdd_V,
        .read_A = c->on_A,
        .access_ohm = c->vdd_V / c->on_A,
        .storage_F = c->storage_F,
        .off_A = c->off_A,
    };
    outline(&cell, c->area_m2, c->aspect);
    line_classes(t, &cell, 1, 1);
    return cell;
}

/* ---- resistive cells ---- */

/* Current and voltage of one programming pulse over device and access. */
struct pulse {
    double A, V;
};

static struct pulse pulse_of(const struct memory_device *d, double V, double A)
{
    double amps = A > 0 ? A : V / d->write_ohm;
    double volts = V > 0 ? V : A * d->write_ohm;
    return (struct pulse){amps, volts + d->drop_V};
}

/* The current comes from the supply, or through a pump of whole stages from
 * it (Dickson, JSSC 11(3) 1976), whatever the cell's own share of the voltage
 * is; NVSim's E = Vdd I t where one stage is enough. */
static double pulse_J(const struct technology *t, const struct memory_device *d,
                      struct pulse p, double pulse_s, double given_J)
{
    double stages = fmax(1, ceil(p.V / t->mos.vdd_V));
    double drawn_J = p.A * t->mos.vdd_V * stages * pulse_s;
    return (given_J > 0 ? given_J : drawn_J) / d->efficiency;
}

/* A 1T1R cell: the transistor's gate on the wordline, its drain on the
 * bitline. A cross-point: the device between both. */
static void lines(const struct technology *t, const struct memory_device *d,
                  struct memory_cell *cell)
{
    double access_m = d->access_F * t->node_m;
    cell->crosspoint = !(d->access_F > 0);
    if (cell->crosspoint) {
        cell->wordline_F = cell->bitline_F = d->capacity_F;
        return;
    }
    cell->wordline_F = gate_F(t, access_m);
    cell->bitline_F = bitline_F(t, access_m);
    cell->access_ohm = pass_ohm(t, CHANNEL_N, access_m);
}

/*
 * Sensed as a current: the reference lies midway, so that half of the
 * difference tells. A cross-point's unselected lines rest at the clamp's
 * level, and all cells of the selected wordline conduct. As a voltage: a
 * current that puts read_V over the mean of both states.
 */
static void reading(const struct memory_device *d, struct memory_cell *cell)
{
    double on = d->on_ohm + cell->access_ohm;
    double off = d->off_ohm + cell->access_ohm;
    cell->read = d->voltage ? READ_VOLTAGE : READ_CURRENT;
    cell->on_ohm = on;
    cell->off_ohm = off;
    cell->bitline_V = d->read_V;
    cell->read_J = d->read_J;
    if (d->voltage)
        cell->read_A = d->read_A > 0 ? d->read_A : d->read_V / on;
    else
        cell->read_A = d->read_V * (1 / on - 1 / off) / 2;
    cell->mean_A = d->read_V * (1 / on + 1 / off) / 2;
    if (cell->crosspoint)
        cell->wordline_A = cell->mean_A;
}

struct memory_cell memory_resistive(const struct technology *t,
                                    const struct memory_device *d)
{
    struct pulse set = pulse_of(d, d->set_V, d->set_A);
    struct pulse reset = pulse_of(d, d->reset_V, d->reset_A);
    struct memory_cell cell = {
        .set_s = d->set_s,
        .reset_s = d->reset_s,
        .set_J = pulse_J(t, d, set, d->set_s, d->set_J),
        .reset_J = pulse_J(t, d, reset, d->reset_s, d->reset_J),
        .set_V = set.V,
        .reset_V = reset.V,
        .write_A = fmax(set.A, reset.A),
    };
    lines(t, d, &cell);
    reading(d, &cell);
    if (cell.crosspoint && d->half_ohm > 0) {
        double half_V = fmax(set.V, reset.V) / 2;
        cell.half_W = half_V * half_V / d->half_ohm;
    }
    outline(&cell, d->area_F2 * t->node_m * t->node_m, d->aspect);
    /* a source line beside the bitline, if there is a transistor */
    line_classes(t, &cell, 1, cell.crosspoint ? 1 : 2);
    return cell;
}
