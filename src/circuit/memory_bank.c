/* memory_bank.c - a bank: subarrays side by side, wires to its port, sums */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/memory_parts.h"

#include "circuit/device.h"

#include <math.h>

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
    const struct memory_way *way;
    const struct memory_column *column;
    struct floor f;
    double sensed, ports; /* amplifiers, bits of one subarray */
    double select_F;      /* a line along all columns */
    double vdd, supply_V; /* of the bitlines' charge */
    double read_J[MEMORY_PARTS], read_s[MEMORY_PARTS];
    struct memory *out;
};

/* fmax() is a call, and these are the innermost functions. */
static double larger(double a, double b)
{
    return a > b ? a : b;
}

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

/* ---- floor ---- */

static double peripheral_m2(const struct work *w)
{
    const struct memory_fixed *m = w->m;
    double sense_m2 = m->spec->external ? 0 : w->sensed * m->sense_m2;
    return w->way->predecoder_m2 + w->c->columns * m->column_m2[w->c->mux > 1] +
           sense_m2 + w->ports * m->write_m2;
}

/* What belongs to rows lies beside the cells, the predecoder and what belongs
 * to columns below both, as wide or as high as its area asks for. */
static void subarray_floor(struct work *w)
{
    struct floor *f = &w->f;
    const struct memory_cell *cell = w->m->cell;

    f->core_width_m = w->c->columns * cell->width_m;
    f->core_height_m = w->c->rows * cell->height_m;
    f->rows_m = w->way->row_m2 / cell->height_m;
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

/* Amplifiers at the port. */
static double outside_m2(const struct work *w)
{
    const struct memory_fixed *m = w->m;
    return m->spec->external ? w->sensed * w->c->active * m->sense_m2 : 0;
}

/* A bus wider than half of its cells goes in two layers. */
static double spread_m(const struct work *w)
{
    const struct floor *f = &w->f;
    return f->sub_width_m -
           smaller(w->ports * w->m->wire.pitch_m, f->core_width_m / 2);
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

    f->n = larger(w->c->active, ceil(m->spec->bits / cells));
    f->nx =
        smaller(larger(sqrt(f->n * f->sub_height_m / f->sub_width_m), 1), f->n);
    f->ny = f->n / f->nx;
    double others_x = 1 - 1 / f->nx, others_y = 1 - 1 / f->ny;
    f->split = smaller(w->c->active, f->nx);
    f->width_m =
        f->nx * f->sub_width_m + f->nx * others_y * spine_wires(w) * pitch_m;
    f->height_m = f->ny * f->sub_height_m + others_x * trunk_wires(w) * pitch_m;
    f->trunk_m = f->width_m * others_x;
    f->spine_m = f->height_m * others_y;
    f->path_m = f->trunk_m / 2 + f->spine_m;
    f->spread_m = spread_m(w);
    if (m->spec->external)
        f->height_m += outside_m2(w) / f->width_m;
}

/* ---- shares ---- */

static struct memory_share *share(struct work *w, enum memory_part part)
{
    return &w->out->part[part];
}

/* Within a subarray the bits come together in a bus at its middle: they go a
 * quarter of what it is wider than the bus on average, half of it the last. */
static double data_J(const struct work *w)
{
    const struct memory_fixed *m = w->m;
    double data_m = w->f.path_m + w->f.spread_m / 4;
    return m->word_J_m * data_m;
}

static double data_s(const struct work *w)
{
    return memory_wire_s(w->m, w->f.path_m + w->f.spread_m / 2);
}

static void routing_read(struct work *w)
{
    const struct memory_fixed *m = w->m;
    const struct floor *f = &w->f;
    double address_m =
        f->path_m + (f->split - 1) * (f->spine_m + f->width_m / f->nx);

    w->read_J[PART_REQUEST] = m->address_J_m * address_m;
    w->read_s[PART_REQUEST] = memory_wire_s(m, f->path_m);
    /* signals of amplifiers outside come on the bitlines' account */
    w->read_J[PART_REPLY] = m->spec->external ? 0 : data_J(w);
    w->read_s[PART_REPLY] = m->spec->external ? 0 : data_s(w);
}

static void routing_rest(struct work *w)
{
    const struct memory_fixed *m = w->m;
    const struct floor *f = &w->f;
    struct memory_share *in = share(w, PART_REQUEST);
    struct memory_share *out = share(w, PART_REPLY);
    double spines_m = f->nx * f->spine_m;
    double back = m->spec->word * (f->trunk_m + spines_m / f->split);
    double there = m->address_wires * (f->trunk_m + spines_m);
    bool two = m->spec->routing == ROUTING_REPEATED;
    double wires_m2 = f->width_m * f->height_m - outside_m2(w) -
                      f->n * f->sub_width_m * f->sub_height_m;

    there += two ? back : 0;
    in->write_J = in->read_J + data_J(w);
    in->write_s = data_s(w);
    in->leakage_W = there * m->wire.W_m;
    out->leakage_W = back * m->wire.W_m;
    in->area_m2 = there + back > 0 ? wires_m2 * there / (there + back) : 0;
    out->area_m2 = there + back > 0 ? wires_m2 * back / (there + back) : 0;
}

/* Every active subarray selects a row. */
static void selection_read(struct work *w)
{
    const struct memory_way *way = w->way;
    double active = w->c->active;

    w->read_J[PART_PREDECODER] = active * way->predecoder->energy_J;
    w->read_s[PART_PREDECODER] = way->predecoder->delay_s;
    w->read_J[PART_WORDLINE] =
        active * (way->gate->energy_J + way->drive->energy_J);
    w->read_s[PART_WORDLINE] = way->gate->delay_s + way->drive->delay_s;
}

static void selection_rest(struct work *w)
{
    const struct floor *f = &w->f;
    const struct memory_way *way = w->way;
    struct memory_share *pre = share(w, PART_PREDECODER);
    struct memory_share *line = share(w, PART_WORDLINE);

    pre->area_m2 = f->n * way->predecoder_m2;
    pre->leakage_W = f->n * way->predecoder->leakage_W;
    pre->write_J = pre->read_J;
    pre->write_s = pre->read_s;

    line->area_m2 = f->n * f->rows_m * f->core_height_m;
    line->leakage_W =
        f->n * w->c->rows * (way->gate->leakage_W + way->drive->leakage_W);
    line->write_J = line->read_J;
    line->write_s = line->read_s;
}

/* Precharge and its clock. */
static double clock_J(const struct work *w)
{
    return w->c->active *
           (w->c->columns * w->m->precharge.input_F + w->select_F) * w->vdd *
           w->vdd;
}

static void bitlines_read(struct work *w)
{
    const struct memory_column *b = w->column;
    double active = w->c->active, all = active * w->c->columns;
    double sensed = active * w->sensed;

    w->read_J[PART_BITLINE] =
        (sensed * b->read_C + (all - sensed) * b->idle_C) * w->supply_V +
        sensed * w->m->cell->read_J + clock_J(w);
    w->read_s[PART_BITLINE] = b->read_s;
}

/* Charges come from the supply, those above it through a pump (Dickson, JSSC
 * 11(3) 1976). */
static void bitlines_rest(struct work *w)
{
    const struct memory_fixed *m = w->m;
    const struct memory_column *b = w->column;
    struct memory_share *s = share(w, PART_BITLINE);
    double all = (double)w->c->active * w->c->columns, word = m->spec->word;
    double high_V = fmax(m->cell->set_V, m->cell->reset_V);
    double write_V = w->supply_V * fmax(1, ceil(high_V / w->supply_V));

    s->area_m2 = w->f.n * w->c->columns * m->column_m2[0];
    s->write_J = word * b->write_C * write_V +
                 (all - word) * b->disturb_C * w->supply_V + clock_J(w);
    s->write_s = b->write_s;
}

static void columns_read(struct work *w)
{
    const struct memory_fixed *m = w->m;
    double gates_F = w->sensed * m->lines * m->mux_gate_F + w->select_F;

    w->read_J[PART_COLUMN] =
        w->c->mux > 1 ? w->c->active * gates_F * w->vdd * w->vdd : 0;
    w->read_s[PART_COLUMN] = 0; /* the bitline's */
}

static void columns_rest(struct work *w)
{
    const struct memory_fixed *m = w->m;
    struct memory_share *s = share(w, PART_COLUMN);
    double pass_m2 = w->c->mux > 1 ? m->pass_m2 : 0;

    s->area_m2 = w->f.n * (w->c->columns * pass_m2 + w->ports * m->write_m2);
    s->leakage_W = w->f.n * w->ports * m->write.leakage_W;
    s->write_J = s->read_J + m->spec->word * m->write.energy_J;
}

static void amplifiers_read(struct work *w)
{
    const struct block *sense = &w->m->sense;

    w->read_J[PART_SENSE] = w->c->active * (w->sensed * sense->energy_J +
                                            w->select_F * w->vdd * w->vdd);
    w->read_s[PART_SENSE] = sense->delay_s;
}

static void amplifiers_rest(struct work *w)
{
    const struct memory_fixed *m = w->m;
    struct memory_share *s = share(w, PART_SENSE);
    double where = m->spec->external ? w->c->active : w->f.n;

    s->area_m2 = where * w->sensed * m->sense_m2;
    s->leakage_W = where * w->sensed * m->sense.leakage_W;
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
    double row_s = p[PART_WORDLINE].read_s + w->column->restore_s;
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

/* ---- the whole ---- */

static void work_init(struct work *w, const struct memory_fixed *m,
                      const struct memory_way *way)
{
    const struct memory_choice *c = &way->choice;

    w->m = m;
    w->way = way;
    w->c = c;
    w->column = way->column;
    w->ports = way->ports;
    w->sensed = way->sensed;
    w->select_F =
        c->columns * m->cell->width_m * m->t->wire[m->cell->wordline].c_F_m;
    w->vdd = m->t->mos.vdd_V;
    w->supply_V = m->line_V;
    subarray_floor(w);
}

static void read(struct work *w)
{
    w->read_J[PART_CELLS] = w->read_s[PART_CELLS] = 0; /* the bitlines' */
    routing_read(w);
    selection_read(w);
    bitlines_read(w);
    columns_read(w);
    amplifiers_read(w);
}

static struct memory_merits merits_of(const struct work *w, double area_m2)
{
    struct memory_merits sum = {.area_m2 = area_m2};
    for (int i = 0; i < MEMORY_PARTS; i++) {
        sum.read_s += w->read_s[i];
        sum.read_J += w->read_J[i];
    }
    return sum;
}

/*
 * Of n subarrays, w by h, in nx columns, the path is at least
 * (nx - 1) w / 2 + (n / nx - 1) h >= sqrt(2 n w h) - w / 2 - h, whatever nx;
 * channels come on top.
 */
static double least_m(const struct work *w, double area_m2)
{
    const struct floor *f = &w->f;
    return larger(0, sqrt(2 * area_m2) - f->sub_width_m / 2 - f->sub_height_m);
}

/* The same sums without channels, without rounding the number of subarrays,
 * and with an address that goes to one spine. */
struct memory_merits memory_bound(const struct memory_fixed *m,
                                  const struct memory_way *way)
{
    struct work w;
    work_init(&w, m, way);
    double cells = (double)w.c->rows * w.c->columns;
    double n = larger(w.c->active, m->spec->bits / cells);
    double area_m2 = n * w.f.sub_width_m * w.f.sub_height_m;

    w.f.path_m = least_m(&w, area_m2);
    w.f.spread_m = spread_m(&w);
    w.f.width_m = w.f.spine_m = 0;
    w.f.nx = w.f.split = 1;
    read(&w);
    return merits_of(&w, area_m2);
}

struct memory_merits memory_bank_merits(const struct memory_fixed *m,
                                        const struct memory_way *way)
{
    struct work w;
    struct memory_column column;

    work_init(&w, m, way);
    bank_floor(&w);
    if (m->spec->external) {
        column = memory_column_read(m, w.c, far_wire(&w));
        w.column = &column;
    }
    read(&w);
    return merits_of(&w, w.f.width_m * w.f.height_m);
}

static void rest(struct work *w)
{
    for (int i = 0; i < MEMORY_PARTS; i++) {
        w->out->part[i].read_J = w->read_J[i];
        w->out->part[i].read_s = w->read_s[i];
    }
    routing_rest(w);
    selection_rest(w);
    bitlines_rest(w);
    columns_rest(w);
    amplifiers_rest(w);
    cells(w);
    memory_add_up(w->out);
    cycles(w);
    refresh(w);
}

struct memory memory_bank(const struct memory_fixed *m,
                          const struct memory_way *way)
{
    struct work w;
    work_init(&w, m, way);
    bank_floor(&w);
    struct memory_column column = memory_column(m, w.c, far_wire(&w));
    struct memory out = {.valid = true,
                         .rows = w.c->rows,
                         .columns = w.c->columns,
                         .mux = w.c->mux,
                         .active = w.c->active,
                         .subarrays = w.f.n,
                         .width_m = w.f.width_m,
                         .height_m = w.f.height_m};
    w.column = &column;
    w.out = &out;
    read(&w);
    rest(&w);
    return out;
}
