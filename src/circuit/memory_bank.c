/* memory_bank.c - a bank: subarrays side by side, wires to its port, sums */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/memory_parts.h"

#include "circuit/device.h"

#include <math.h>

/* Half of the address wires of a random new address change; so do the select
 * and the write wire. */
static const double address_activity = 0.5;

/* A stored one still gives half of its signal when it has lost this share of
 * its level: signals are measured from half the level. */
static const double retained = 0.25;

/* Subarrays in a rectangle as square as they allow, nx by ny of them, both
 * continuous. Wires run between their columns, the spines, to a trunk, and
 * along it to the port in the middle of the edge. */
struct floor {
    double n, nx, ny;
    double core_width_m, core_height_m; /* of cells alone */
    double rows_m;                      /* width of what drives them */
    double sub_width_m, sub_height_m;
    double width_m, height_m;
    double trunk_m, spine_m; /* lengths with wires on them */
    double path_m;           /* from the port to a subarray */
    double spread_m;         /* of its bits, beyond the width of their bus */
    double split;            /* active subarrays on spines of their own */
};

struct work {
    const struct memory_fixed *m;
    const struct memory_choice *c;
    const struct block *drive, *gate, *predecoder;
    struct memory_column column;
    struct floor f;
    double sensed, ports; /* amplifiers, bits of one subarray */
    double select_F;      /* a line along all columns */
    double vdd, supply_V; /* of the bitlines' charge */
    struct memory *out;
};

/* ---- floor ---- */

static double peripheral_m2(const struct work *w)
{
    const struct memory_fixed *m = w->m;
    double pass_m2 = w->c->mux > 1 ? m->lines * block_area_m2(&m->pass) : 0;
    double sense_m2 =
        m->spec->external ? 0 : w->sensed * block_area_m2(&m->sense);
    return block_area_m2(w->predecoder) +
           w->c->columns * (block_area_m2(&m->precharge) + pass_m2) + sense_m2 +
           w->ports * block_area_m2(&m->write);
}

/* What belongs to rows lies beside the cells, the predecoder and what belongs
 * to columns below both, as wide or as high as its area asks for. */
static void subarray_floor(struct work *w)
{
    struct floor *f = &w->f;
    const struct memory_cell *cell = w->m->cell;

    f->core_width_m = w->c->columns * cell->width_m;
    f->core_height_m = w->c->rows * cell->height_m;
    f->rows_m =
        (block_area_m2(w->gate) + block_area_m2(w->drive)) / cell->height_m;
    f->sub_width_m = f->core_width_m + f->rows_m;
    f->sub_height_m = f->core_height_m + peripheral_m2(w) / f->sub_width_m;
}

/* Wires on the trunk, and on each spine: repeated ones go one way, bare ones
 * both. */
static double trunk_wires(const struct work *w)
{
    int ways = w->m->spec->routing == ROUTING_REPEATED ? 2 : 1;
    return w->m->address_wires + ways * w->m->spec->word;
}

static double spine_wires(const struct work *w)
{
    int ways = w->m->spec->routing == ROUTING_REPEATED ? 2 : 1;
    return w->m->address_wires + ways * w->m->spec->word / w->f.split;
}

/* A single subarray is its own port; the factors 1 - 1/n take the wires away
 * steadily. Repeaters stand in channels, bare wires lie above the cells. */
static void bank_floor(struct work *w)
{
    struct floor *f = &w->f;
    const struct memory_fixed *m = w->m;
    bool channels = m->spec->routing == ROUTING_REPEATED;
    double pitch_m = channels ? m->wire.pitch_m : 0;
    double cells = (double)w->c->rows * w->c->columns;
    double outside_m2 =
        m->spec->external ? w->sensed * w->c->active * block_area_m2(&m->sense)
                          : 0;

    f->n = fmax(w->c->active, ceil(m->spec->bits / cells));
    f->nx = fmin(fmax(sqrt(f->n * f->sub_height_m / f->sub_width_m), 1), f->n);
    f->ny = f->n / f->nx;
    f->split = fmin(w->c->active, f->nx);
    f->width_m = f->nx * f->sub_width_m +
                 f->nx * (1 - 1 / f->ny) * spine_wires(w) * pitch_m;
    f->height_m =
        f->ny * f->sub_height_m + (1 - 1 / f->nx) * trunk_wires(w) * pitch_m;
    f->trunk_m = f->width_m * (1 - 1 / f->nx);
    f->spine_m = f->height_m * (1 - 1 / f->ny);
    f->path_m = f->trunk_m / 2 + f->spine_m;
    /* a bus wider than half of its cells goes in two layers */
    f->spread_m =
        f->sub_width_m - fmin(w->ports * m->wire.pitch_m, f->core_width_m / 2);
    f->height_m += outside_m2 / f->width_m;
}

/* ---- shares ---- */

static struct memory_share *share(struct work *w, enum memory_part part)
{
    return &w->out->part[part];
}

/* Within a subarray the bits come together in a bus at its middle: they go a
 * quarter of what it is wider than the bus on average, half of it the last. */
static void routing(struct work *w)
{
    const struct memory_fixed *m = w->m;
    const struct floor *f = &w->f;
    struct memory_share *in = share(w, PART_REQUEST);
    struct memory_share *out = share(w, PART_REPLY);
    double data_m = f->path_m + f->spread_m / 4;
    double data_J = m->spec->word * m->spec->activity * m->wire.J_m * data_m;
    double address_m =
        f->path_m + (f->split - 1) * (f->spine_m + f->width_m / f->nx);
    double address_J =
        address_activity * m->address_wires * m->wire.J_m * address_m;
    double spines_m = f->nx * f->spine_m;
    double back = m->spec->word * (f->trunk_m + spines_m / f->split);
    double there = m->address_wires * (f->trunk_m + spines_m);
    bool two = m->spec->routing == ROUTING_REPEATED;
    double wires_m2 =
        f->width_m * f->height_m - f->n * f->sub_width_m * f->sub_height_m;

    there += two ? back : 0;
    in->read_J = address_J;
    in->write_J = address_J + data_J;
    in->read_s = memory_wire_s(m, f->path_m);
    in->write_s = memory_wire_s(m, f->path_m + f->spread_m / 2);
    in->leakage_W = there * m->wire.W_m;
    out->leakage_W = back * m->wire.W_m;
    if (!m->spec->external) {
        out->read_J = data_J;
        out->read_s = in->write_s;
        in->area_m2 = there + back > 0 ? wires_m2 * there / (there + back) : 0;
        out->area_m2 = there + back > 0 ? wires_m2 * back / (there + back) : 0;
    }
}

/* Every active subarray selects a row. */
static void selection(struct work *w)
{
    const struct floor *f = &w->f;
    struct memory_share *pre = share(w, PART_PREDECODER);
    struct memory_share *line = share(w, PART_WORDLINE);
    double rows = w->c->rows, active = w->c->active;

    pre->area_m2 = f->n * block_area_m2(w->predecoder);
    pre->leakage_W = f->n * w->predecoder->leakage_W;
    pre->read_J = pre->write_J = active * w->predecoder->energy_J;
    pre->read_s = pre->write_s = w->predecoder->delay_s;

    line->area_m2 = f->n * f->rows_m * f->core_height_m;
    line->leakage_W = f->n * rows * (w->gate->leakage_W + w->drive->leakage_W);
    line->read_J = line->write_J =
        active * (w->gate->energy_J + w->drive->energy_J);
    line->read_s = line->write_s = w->gate->delay_s + w->drive->delay_s;
}

/* Charges come from the supply, those above it through a pump (Dickson, JSSC
 * 11(3) 1976). */
static void bitlines(struct work *w)
{
    const struct memory_fixed *m = w->m;
    const struct memory_column *b = &w->column;
    struct memory_share *s = share(w, PART_BITLINE);
    double active = w->c->active, all = active * w->c->columns;
    double sensed = active * w->sensed, word = m->spec->word;
    double high_V = fmax(m->cell->set_V, m->cell->reset_V);
    double write_V = w->supply_V * fmax(1, ceil(high_V / w->supply_V));
    double clock_J = active *
                     (w->c->columns * m->precharge.input_F + w->select_F) *
                     w->vdd * w->vdd;

    s->area_m2 = w->f.n * w->c->columns * block_area_m2(&m->precharge);
    s->read_J =
        (sensed * b->read_C + (all - sensed) * b->idle_C) * w->supply_V +
        sensed * m->cell->read_J + clock_J;
    s->write_J = word * b->write_C * write_V +
                 (all - word) * b->disturb_C * w->supply_V + clock_J;
    s->read_s = b->read_s;
    s->write_s = b->write_s;
}

static void columns(struct work *w)
{
    const struct memory_fixed *m = w->m;
    struct memory_share *s = share(w, PART_COLUMN);
    double pass_m2 = w->c->mux > 1 ? m->lines * block_area_m2(&m->pass) : 0;
    double gates_F = w->sensed * m->lines * m->mux_gate_F + w->select_F;
    double select_J =
        w->c->mux > 1 ? w->c->active * gates_F * w->vdd * w->vdd : 0;

    s->area_m2 = w->f.n * (w->c->columns * pass_m2 +
                           w->ports * block_area_m2(&m->write));
    s->leakage_W = w->f.n * w->ports * m->write.leakage_W;
    s->read_J = select_J;
    s->write_J = select_J + m->spec->word * m->write.energy_J;
}

static void amplifiers(struct work *w)
{
    const struct memory_fixed *m = w->m;
    struct memory_share *s = share(w, PART_SENSE);
    double where = m->spec->external ? w->c->active : w->f.n;
    double active = w->c->active;

    s->area_m2 = where * w->sensed * block_area_m2(&m->sense);
    s->leakage_W = where * w->sensed * m->sense.leakage_W;
    s->read_J = active *
                (w->sensed * m->sense.energy_J + w->select_F * w->vdd * w->vdd);
    s->read_s = m->sense.delay_s;
    if (m->cell->storage_F > 0) /* a DRAM row is sensed before it is written */
        s->write_J = s->read_J;
}

/* What cells take beyond the lines: leakage, programming pulses. SET and
 * RESET of a cross-point have opposite signs and so follow each other;
 * otherwise the longer pulse counts. A bit is set as often as reset. */
static void cells(struct work *w)
{
    const struct memory_cell *cell = w->m->cell;
    struct memory_share *s = share(w, PART_CELLS);
    double rows = w->c->rows, cols = w->c->columns, word = w->m->spec->word;
    double active = w->c->active;
    double half = active * cols + word * rows; /* half-selected, each phase */

    s->area_m2 = w->f.n * w->f.core_width_m * w->f.core_height_m;
    s->leakage_W = w->f.n * rows * cols * cell->leakage_W;
    s->write_s = cell->crosspoint ? cell->set_s + cell->reset_s
                                  : fmax(cell->set_s, cell->reset_s);
    w->out->set_J = word * cell->set_J + half * cell->half_W * cell->set_s;
    w->out->reset_J =
        word * cell->reset_J + half * cell->half_W * cell->reset_s;
    s->write_J = (w->out->set_J + w->out->reset_J) / 2;
}

void memory_add_up(struct memory *b)
{
    b->sum = (struct memory_share){0};
    for (int i = 0; i < MEMORY_PARTS; i++) {
        const struct memory_share *s = &b->part[i];
        b->sum.area_m2 += s->area_m2;
        b->sum.leakage_W += s->leakage_W;
        b->sum.read_J += s->read_J;
        b->sum.write_J += s->write_J;
        b->sum.read_s += s->read_s;
        b->sum.write_s += s->write_s;
    }
}

/* ---- times and powers of the whole ---- */

/* A subarray is busy from wordline to precharge; before and after it the next
 * access and the last one are on their way, one each. */
static void cycles(struct work *w)
{
    const struct memory_share *p = w->out->part;
    double before_s = p[PART_REQUEST].write_s + p[PART_PREDECODER].read_s;
    double outside_s = fmax(before_s, p[PART_REPLY].read_s);
    double row_s = p[PART_WORDLINE].read_s + w->column.restore_s;
    double read_s = row_s + p[PART_BITLINE].read_s + p[PART_SENSE].read_s;
    double write_s = row_s + p[PART_BITLINE].write_s + p[PART_CELLS].write_s;

    if (w->m->cell->storage_F > 0)
        write_s = fmax(write_s, read_s);
    w->out->cycle_s = fmax(read_s, outside_s);
    w->out->write_cycle_s = fmax(write_s, outside_s);
}

/* All rows are read once within the retention time: the leak of a cell takes
 * `retained` of its level. */
static void refresh(struct work *w)
{
    const struct memory_cell *cell = w->m->cell;
    const struct memory_share *p = w->out->part;
    double leaked_C = cell->storage_F * cell->bitline_V * retained;
    double kept_s = cell->retention_s;

    if (!(kept_s > 0) && cell->off_A > 0)
        kept_s = leaked_C / cell->off_A;
    if (!(cell->storage_F > 0 && kept_s > 0))
        return;
    double row_J = (p[PART_PREDECODER].read_J + p[PART_WORDLINE].read_J +
                    p[PART_BITLINE].read_J + p[PART_SENSE].read_J) /
                   w->c->active;
    w->out->retention_s = kept_s;
    w->out->refresh_W = w->f.n * w->c->rows * row_J / kept_s;
}

static struct rc far_wire(const struct work *w)
{
    const struct memory_wire *wire = &w->m->wire;
    double length_m =
        w->m->spec->external ? w->f.path_m + w->f.spread_m / 4 : 0;
    return (struct rc){wire->ohm_m * length_m, wire->F_m * length_m};
}

bool memory_bound(const struct memory_fixed *m, const struct memory_choice *c,
                  const struct block *drive, const struct block *pre,
                  struct memory_share *least)
{
    const struct block *gate = row_gate(&m->parts, c->rows);
    struct memory_column b = memory_column(m, c, (struct rc){0, 0});
    double supply_V =
        m->cell->storage_F > 0 ? m->cell->bitline_V : m->t->mos.vdd_V;
    double active = c->active, sensed = (double)c->columns / c->sense_mux;
    double charge_C = sensed * b.read_C + (c->columns - sensed) * b.idle_C;

    least->area_m2 = m->spec->bits * m->cell->width_m * m->cell->height_m;
    least->read_s = pre->delay_s + gate->delay_s + drive->delay_s + b.read_s +
                    m->sense.delay_s;
    least->read_J = active * (pre->energy_J + gate->energy_J + drive->energy_J +
                              charge_C * supply_V +
                              sensed * (m->sense.energy_J + m->cell->read_J));
    return b.valid;
}

void memory_bank(const struct memory_fixed *m, const struct memory_choice *c,
                 const struct block *drive, const struct block *predecoder,
                 struct memory *out)
{
    struct work w = {.m = m,
                     .c = c,
                     .drive = drive,
                     .gate = row_gate(&m->parts, c->rows),
                     .predecoder = predecoder,
                     .vdd = m->t->mos.vdd_V,
                     .out = out};

    w.ports = (double)c->columns / c->mux;
    w.sensed = (double)c->columns / c->sense_mux;
    w.supply_V = m->cell->storage_F > 0 ? m->cell->bitline_V : w.vdd;
    subarray_floor(&w);
    bank_floor(&w);
    w.select_F = w.f.core_width_m * m->t->wire[m->cell->wordline].c_F_m;
    w.column = memory_column(m, c, far_wire(&w));
    *out = (struct memory){.valid = w.column.valid,
                           .rows = c->rows,
                           .columns = c->columns,
                           .mux = c->mux,
                           .active = c->active,
                           .subarrays = w.f.n,
                           .width_m = w.f.width_m,
                           .height_m = w.f.height_m};
    if (!out->valid)
        return;
    cells(&w);
    routing(&w);
    selection(&w);
    bitlines(&w);
    columns(&w);
    amplifiers(&w);
    memory_add_up(out);
    cycles(&w);
    refresh(&w);
}
