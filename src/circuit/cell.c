/* cell.c - cells of computing arrays: outline, capacitance, conductance */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/cell.h"

#include <math.h>
#include <stdio.h>

const char *const cell_names[] = {"1t1r",   "1s1r",   "1t1c",
                                  "sram6t", "sram8t", NULL};

/* Knowledge of a kind. `gates`: transistors on a (read) wordline; `area`: of
 * an SRAM cell over the node's six-transistor cell. 8T: 30 % larger at equal
 * design rules (Chang et al., VLSI Symposium 2005, p. 128). */
static const struct kind {
    bool resistive, sram;
    int gates;
    double area;
} kinds[CELL_KINDS] = {
    [CELL_1T1R] = {.resistive = true, .gates = 1},
    [CELL_1S1R] = {.resistive = true},
    [CELL_1T1C] = {.gates = 1},
    [CELL_SRAM6T] = {.sram = true, .gates = 2, .area = 1},
    [CELL_SRAM8T] = {.sram = true, .gates = 1, .area = 1.3},
};

static int check_element(const struct cell_choice *c, char *why, int size)
{
    if (!(c->on_ohm > 0 && c->off_ohm > 0))
        snprintf(why, (size_t)size, "cell %s needs r_on and r_off above 0",
                 cell_names[c->kind]);
    else if (c->on_ohm >= c->off_ohm)
        snprintf(why, (size_t)size,
                 "r_on %g ohm is not below r_off %g ohm: exchange them",
                 c->on_ohm, c->off_ohm);
    else
        return 0;
    return -1;
}

int cell_check(const struct technology *t, const struct cell_choice *c,
               char *why, int size)
{
    const char *name = c->kind == CELL_1T1C ? "eDRAM" : "SRAM";
    double area_m2 = c->kind == CELL_1T1C ? t->edram.area_m2 : t->sram.area_m2;

    if (kinds[c->kind].resistive)
        return check_element(c, why, size);
    if (area_m2 > 0)
        return 0;
    snprintf(why, (size_t)size, "cell %s: the %g nm node has no %s cell",
             cell_names[c->kind], t->node_m * 1e9, name);
    return -1;
}

/*
 * One transistor a cell: a gate and half of each contact it shares with its
 * neighbours along the bitline, which is one contacted pitch; the channel and
 * one isolation of F along the wordline. With a pitch of 3 F that is the
 * 3 (W/F + 1) F^2 of NVSim's MOS-accessed cells (Dong et al., TCAD 31(7) 2012).
 */
static void layout_transistor(const struct technology *t, struct cell *cell)
{
    cell->height_m = t->layout.gate_pitch_m;
    cell->width_m = cell->access_m / t->layout.width_gain + t->node_m;
}

/* A cell of an area, with the proportions that it has. */
static void scale_to(struct cell *cell, double area_m2)
{
    double by = sqrt(area_m2 / (cell->width_m * cell->height_m));
    cell->width_m *= by;
    cell->height_m *= by;
}

static void layout_memory(double area_m2, double aspect, struct cell *cell)
{
    cell->height_m = sqrt(area_m2 / aspect);
    cell->width_m = aspect * cell->height_m;
}

/* A cross-point is a square of one wire pitch (4 F^2 where that is 2 F). */
static void layout(const struct technology *t, const struct cell_choice *c,
                   struct cell *cell)
{
    if (c->kind == CELL_1T1R)
        layout_transistor(t, cell);
    else if (c->kind == CELL_1T1C)
        layout_memory(t->edram.area_m2, t->edram.aspect, cell);
    else if (kinds[c->kind].sram)
        layout_memory(t->sram.area_m2 * kinds[c->kind].area, t->sram.aspect,
                      cell);
    else
        cell->width_m = cell->height_m = c->pitch_m;
    if (c->area_m2 > 0)
        scale_to(cell, c->area_m2);
    else if (kinds[c->kind].resistive) {
        cell->width_m = fmax(cell->width_m, c->pitch_m);
        cell->height_m = fmax(cell->height_m, c->pitch_m);
    }
}

static double access_m(const struct technology *t, const struct cell_choice *c)
{
    double carries_m = c->write_A / t->mos.on_n_A_m;

    if (c->kind == CELL_1S1R)
        return 0;
    if (c->access_m > 0)
        return width_drawn_m(t, c->access_m);
    if (c->kind == CELL_1T1R)
        return width_drawn_m(t, carries_m);
    return c->kind == CELL_1T1C ? t->edram.access_m : t->sram.access_m;
}

/*
 * On the bitline: half a drain, its contact shared with a neighbour (NVSim,
 * TCAD 2012, sec. on the bitline), or the electrodes. A wordline that carries
 * the current of the cells has their other end on it.
 */
static void load_lines(const struct technology *t, const struct cell_choice *c,
                       struct cell *cell)
{
    double drain =
        cell->access_m > 0 ? drain_F(t, CHANNEL_N, cell->access_m, 1) / 2 : 0;
    double electrodes = kinds[c->kind].resistive ? c->store_F : 0;

    cell->bitline_F = drain + electrodes;
    cell->wordline_F = c->gated
                           ? kinds[c->kind].gates * gate_F(t, cell->access_m)
                           : electrodes;
}

/* Counted: the latch leaks through one transistor of each of its three pairs:
 * off pull-down, off pull-up, and the access towards a bitline that is high. */
static double latch_leakage_W(const struct technology *t)
{
    return t->mos.vdd_V * (off_A(t, CHANNEL_N, t->sram.pull_down_m) +
                           off_A(t, CHANNEL_P, t->sram.pull_up_m) +
                           off_A(t, CHANNEL_N, t->sram.access_m));
}

/* Read path of a latch: access and pull-down in series (the 8T cell's read
 * port has two transistors of the same widths). Off: its access leaks. */
static void conduct_latch(const struct technology *t,
                          const struct cell_choice *c, struct cell *cell)
{
    cell->on_ohm = on_ohm(t, CHANNEL_N, cell->access_m, 1) +
                   on_ohm(t, CHANNEL_N, t->sram.pull_down_m, 1);
    cell->idle_A = off_A(t, CHANNEL_N, cell->access_m);
    cell->off_ohm = fmax(cell->on_ohm, c->read_V / cell->idle_A);
    cell->leakage_W = latch_leakage_W(t);
}

/* Element and transistor in series (Ohm's law). */
static void conduct(const struct technology *t, const struct cell_choice *c,
                    struct cell *cell)
{
    double series =
        cell->access_m > 0 ? pass_ohm(t, CHANNEL_N, cell->access_m) : 0;

    cell->on_ohm = c->on_ohm + series;
    cell->off_ohm = c->off_ohm + series;
    if (c->gated && cell->access_m > 0)
        cell->idle_A =
            fmin(off_A(t, CHANNEL_N, cell->access_m), c->read_V / cell->on_ohm);
}

/* The capacitor's transistor is the node's own, with its own currents. */
static void conduct_charge(const struct technology *t,
                           const struct cell_choice *c, struct cell *cell)
{
    cell->store_F = c->store_F > 0 ? c->store_F : t->edram.storage_F;
    cell->on_ohm = t->edram.vdd_V / t->edram.on_A;
    cell->off_ohm =
        fmax(cell->on_ohm, t->edram.vdd_V / fmax(t->edram.off_A, 1e-18));
    cell->idle_A = t->edram.off_A;
}

struct cell cell_of(const struct technology *t, const struct cell_choice *c)
{
    struct cell cell = {.access_m = access_m(t, c)};

    layout(t, c, &cell);
    load_lines(t, c, &cell);
    if (kinds[c->kind].sram)
        conduct_latch(t, c, &cell);
    else if (c->kind == CELL_1T1C)
        conduct_charge(t, c, &cell);
    else
        conduct(t, c, &cell);
    return cell;
}
