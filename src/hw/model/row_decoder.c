/* row_decoder.c - selects the wordline that is written */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/decoder.h"
#include "hw/model/driven.h"

#include <math.h>

struct row_decoder {
    struct circuit circuit;
    int rows;      /* 0: of a crossbar */
    double load_F; /* on each of its outputs; 0: a write switch */
};

/* What an output opens: the switch of a wordline that passes the writing
 * current with a tenth of the voltage, as the drivers' default. */
static double load_F(const struct row_decoder *p, const struct site *site,
                     const struct technology *t)
{
    static const double DROP = 0.1;
    const struct lines *l = &site->lines;

    if (p->load_F > 0)
        return p->load_F;
    double ohm = l->write_A > 0 ? DROP * l->write_V / l->write_A
                                : on_ohm(t, CHANNEL_N, width_cell_m(t), 1);
    return stand_voltage(t, pass_gate(t, ohm), l->write_V).input_F;
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct row_decoder *p = params;
    const struct technology *t = site_technology(site, &p->circuit);
    double pitch_m =
        fmax(site->lines.cell_height_m, t->wire[WIRE_LOCAL].pitch_m);
    struct block b = select_one(t, p->rows > 0 ? p->rows : site->rows, pitch_m,
                                load_F(p, site, t));

    cost_of_block(&b, out);
    out->delay_s = 0; /* no part of a read, which drives all wordlines */
}

static const struct field fields[] = {
    CIRCUIT_FIELDS,
    {"rows", FIELD_COUNT, DIM_NONE, offsetof(struct row_decoder, rows), 0,
     DECODER_ROWS_MAX, "0", NULL, "wordlines; 0: of a crossbar"},
    {"load", FIELD_QUANTITY, DIM_F, offsetof(struct row_decoder, load_F), 0,
     1e-9, "0 F", NULL,
     "capacitance on each output; 0: the write switch of a wordline"},
    {0}};

const struct model model_row_decoder = {
    .name = "row_decoder",
    .text = "predecoder and a gate a row, that select a wordline for writing",
    .source = "Wilton and Jouppi 1996; Sutherland 1999",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct row_decoder),
    .eval = eval,
    .formula = "C Vdd^2 of predecoded lines, one row's gate and its load",
};
