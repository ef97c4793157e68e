/* crossbar_view.c - an array of cells at its site: cells, lines, clamps */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/array.h"
#include "hw/model/crossbar_array.h"

#include <math.h>

static double levels_of(const struct crossbar_array *p, const struct site *site)
{
    if (p->level_bits > 0)
        return exp2(p->level_bits) - 1;
    return site->rows * (exp2(site->cell_bits) - 1) *
           (exp2(site->dac_bits) - 1);
}

/* Bias across the element at which a pulse writes; a latch or a capacitor is
 * written by its supply and draws no current through an element. */
static struct pulse pulse_of(const struct crossbar_view *v, struct pulse asked)
{
    struct pulse out = asked;
    if (!v->resistive)
        return (struct pulse){v->charge ? v->t->edram.vdd_V : v->t->mos.vdd_V,
                              0, 0};
    if (!(out.A > 0))
        out.A = out.V / v->p->on_ohm;
    return out;
}

static bool gated(const struct crossbar_array *p)
{
    if (p->input == INPUT_AUTO)
        return p->cell != CELL_1S1R;
    return p->input == INPUT_GATE;
}

static struct cell_choice choice_of(const struct crossbar_view *v)
{
    const struct crossbar_array *p = v->p;
    const struct technology *t = v->t;
    double F = t->node_m;
    return (struct cell_choice){.kind = p->cell,
                                .gated = v->gated,
                                .on_ohm = p->on_ohm,
                                .off_ohm = p->off_ohm,
                                .read_V = p->read_V,
                                .write_A = fmax(v->set.A, v->reset.A),
                                .access_m = p->access_m,
                                .area_m2 = p->area_F2 * F * F,
                                .store_F = p->store_F,
                                .pitch_m = t->wire[p->wires].pitch_m};
}

static void add_lines(struct crossbar_view *v)
{
    const struct cell *c = &v->cell;
    enum wire_class class = (enum wire_class)v->p->wires;

    v->wordline = wire_rc(v->t, class, v->columns * c->width_m);
    v->bitline = wire_rc(v->t, class, v->rows * c->height_m);
    v->wordline.F += v->columns * c->wordline_F;
    v->bitline.F += v->rows * c->bitline_F;
    v->wordline_V = !v->gated   ? v->p->read_V
                    : v->charge ? v->t->edram.vpp_V
                                : v->t->mos.vdd_V;
}

/*
 * What holds a bitline (ours, small signal): a common-gate transistor of 1 /
 * gm, its gate and drain on the line. Unless told, it gives way by as much as
 * the wires may lose.
 */
static void add_clamp(struct crossbar_view *v)
{
    const struct crossbar_array *p = v->p;
    const struct technology *t = v->t;
    double least_m = width_cell_m(t);
    double least_F = gate_F(t, least_m) + drain_F(t, CHANNEL_N, least_m, 1);

    v->clamp_ohm = p->clamp_ohm > 0 ? p->clamp_ohm
                                    : p->max_ir_drop * v->cell.on_ohm / v->rows;
    if (!v->charge)
        v->bitline.F += least_F / (gm_S(t, CHANNEL_N, least_m) * v->clamp_ohm);
}

struct crossbar_view crossbar_view_of(const struct crossbar_array *p,
                                      const struct site *site)
{
    struct crossbar_view v = {.p = p,
                              .t = site_technology(site, &p->circuit),
                              .rows = site->rows,
                              .columns = site->columns,
                              .gated = gated(p),
                              .charge = p->cell == CELL_1T1C,
                              .resistive = p->cell <= CELL_1S1R,
                              .steps = levels_of(p, site)};
    v.set = pulse_of(&v, p->set);
    v.reset = pulse_of(&v, p->reset);
    struct cell_choice choice = choice_of(&v);
    v.cell = cell_of(v.t, &choice);
    add_lines(&v);
    add_clamp(&v);
    return v;
}

/*
 * Ours from Sakurai's line and series capacitors. Current cells: the clamped
 * bitline. Charge cells: each capacitor shares with
 * its part of the bitline through its transistor, and the line evens out.
 */
double crossbar_settle_s(const struct crossbar_view *v)
{
    double ratio = v->steps / v->p->settle_lsb;
    const struct cell *c = &v->cell;

    if (!v->charge)
        return bitline_settle_s(v->clamp_ohm, v->bitline, ratio);
    double part_F = v->bitline.F / v->rows;
    double series_F = c->store_F * part_F / (c->store_F + part_F);
    struct rc line = {v->bitline.ohm, v->bitline.F + v->rows * c->store_F};
    return c->on_ohm * series_F * log(ratio) + bitline_settle_s(0, line, ratio);
}

double crossbar_settle_with_s(const struct crossbar_view *v, int rows)
{
    struct crossbar_view w = *v;
    w.rows = rows;
    if (!v->p->level_bits)
        w.steps = v->steps / v->rows * rows;
    add_lines(&w);
    add_clamp(&w);
    return crossbar_settle_s(&w);
}
