/* column_mux.c - one of several bitlines' samples to a converter */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/array.h"
#include "circuit/decoder.h"
#include "hw/model/driven.h"
#include "hw/model/sampled.h"

#include <math.h>

struct column_mux {
    struct sampled sampled; /* its capacitor is the converter's input */
    int ways;               /* 0: bitlines that share a converter */
    int levels;             /* switches in series */
    int served;             /* multiplexers of one decoder */
    double width;           /* of a switch, in smallest transistors */
};

struct mux_view {
    const struct technology *t;
    double ways, levels, fan; /* fan: of one level, ways^(1 / levels) */
    double switches, served;  /* of all levels; multiplexers of a decoder */
    struct block pass;
    struct rc wire;
    double ohm, level_F; /* one level: a switch, and the drains it meets */
    double load_F, swing_V, settle;
};

static struct mux_view view_of(const struct column_mux *p,
                               const struct site *site)
{
    const struct technology *t = site_technology(site, &p->sampled.circuit);
    double w_m = width_drawn_m(t, p->width * width_cell_m(t));
    double ways = p->ways > 0 ? p->ways : site->ports;
    struct mux_view v = {.t = t,
                         .ways = ways,
                         .levels = p->levels,
                         .served = p->served,
                         .fan = pow(ways, 1.0 / p->levels),
                         .ohm = on_ohm(t, CHANNEL_N, w_m, 1),
                         .load_F = sampled_cap_F(&p->sampled, site),
                         .swing_V = sampled_swing_V(&p->sampled, site),
                         .settle = sampled_settle(&p->sampled, site)};

    for (int k = 0; k < p->levels; k++)
        v.switches += ways / pow(v.fan, k);
    v.pass = pass_gate(t, v.ohm);
    /* along the bitlines, the switches in as many rows as they need */
    double pitch_m = site->lines.cell_width_m;
    v.wire =
        wire_rc(t, WIRE_LOCAL, ways * (pitch_m > 0 ? pitch_m : v.pass.width_m));
    /* and those of the next level's switch */
    v.level_F = (v.fan + 1) *
                (drain_F(t, CHANNEL_N, w_m, 1) + drain_F(t, CHANNEL_P, w_m, 1));
    return v;
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    return sampled_check(params, site, why, size);
}

/* Charge from the supply, C Vdd dV: two levels that know nothing of each other
 * rise by a sixth of the swing in the mean (E max(0, x - y) of uniform x and
 * y). */
static double sample_J(const struct mux_view *v)
{
    static const double MEAN_RISE = 1.0 / 6;
    return (v->wire.F + v->levels * v->level_F + v->load_F) * v->t->mos.vdd_V *
           v->swing_V * MEAN_RISE;
}

/* Elmore: the k-th level's node hangs behind k switches; the wire along all
 * bitlines and the converter behind all of them. */
static double sample_s(const struct mux_view *v)
{
    double nodes_s = v->ohm * v->level_F * v->levels * (v->levels + 1) / 2;
    return nodes_s * log(v->settle) +
           line_settle_s(v->levels * v->ohm, v->wire, v->load_F, v->settle);
}

/* The first level's select lines are the longest: each opens a switch in every
 * group of every multiplexer that the decoder serves, and each pays its share
 * of it. One line falls and another rises, once up and down for the pair. */
static struct block select_lines(const struct mux_view *v)
{
    struct block b = select_one(v->t, v->fan, v->pass.width_m,
                                v->pass.input_F * v->ways / v->fan * v->served);
    struct block all;

    b.width_m /= v->served;
    b.leakage_W /= v->served;
    b.energy_J /= v->served;
    all = b;

    b.delay_s = 0; /* the levels decode at the same time */
    for (int k = 1; k < v->levels; k++)
        all = block_row(all, b);
    return all;
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    struct mux_view v = view_of(params, site);
    struct block b =
        block_row(block_copies(v.pass, v.switches, 0), select_lines(&v));

    b.energy_J += sample_J(&v);
    b.delay_s += sample_s(&v);
    cost_of_block(&b, out);
}

static const struct field fields[] = {
    SAMPLED_FIELDS,
    {"ways", FIELD_COUNT, DIM_NONE, offsetof(struct column_mux, ways), 0,
     DECODER_ROWS_MAX, "0", NULL,
     "bitlines of one converter; 0: as the PE's converters share them"},
    {"levels", FIELD_COUNT, DIM_NONE, offsetof(struct column_mux, levels), 1, 4,
     "2", NULL, "switches in series: a tree of so many levels"},
    {"served", FIELD_COUNT, DIM_NONE, offsetof(struct column_mux, served), 1,
     4096, "1", NULL, "multiplexers that switch together, by one decoder"},
    {"width", FIELD_REAL, DIM_NONE, offsetof(struct column_mux, width), 1, 1e4,
     "4", NULL, "of a switch, in the node's smallest transistors"},
    {0}};

const struct model model_column_mux = {
    .name = "column_mux",
    .text = "transmission gates and a decoder that put one of several samples "
            "on a converter",
    .source = "Sakurai 1983; Wilton and Jouppi 1996",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct column_mux),
    .check = check,
    .eval = eval,
    .formula = "C Vdd swing / 6 of wire, drains and converter + decoder",
};
