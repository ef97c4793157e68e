/* sample_hold.c - a switch and a capacitor at the end of a bitline */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/driven.h"
#include "hw/model/sampled.h"

#include <math.h>

struct sample_hold {
    struct sampled sampled;
    double density_F_m2, bias_A;
};

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    return sampled_check(params, site, why, size);
}

/* The smallest switch; the capacitor charges through it until half a step is
 * left, R C ln(2 steps). It lies over nothing: its area counts. Energy of a
 * sample of full scale after a reset, C V^2: the most that a sample takes. */
static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct sample_hold *p = params;
    const struct technology *t = site_technology(site, &p->sampled.circuit);
    double ohm = on_ohm(t, CHANNEL_N, width_cell_m(t), 1);
    double cap_F = sampled_cap_F(&p->sampled, site);
    double swing_V = sampled_swing_V(&p->sampled, site);
    struct block b = pass_gate(t, ohm);
    double drains_F = drain_F(t, CHANNEL_N, width_cell_m(t), 1) +
                      drain_F(t, CHANNEL_P, width_cell_m(t), 1);

    b.width_m += cap_F / p->density_F_m2 / b.height_m;
    b.energy_J += (cap_F + drains_F) * swing_V * swing_V;
    b.leakage_W += p->bias_A * t->mos.vdd_V;
    b.delay_s =
        ohm * (cap_F + drains_F) * log(sampled_settle(&p->sampled, site));
    cost_of_block(&b, out);
}

static const struct field fields[] = {
    SAMPLED_FIELDS,
    /* assumption: open kits have 1 to 2 fF/um2 of MIM (GF180MCU: 1.5) */
    {"capacitor_density", FIELD_QUANTITY, DIM_F_M2,
     offsetof(struct sample_hold, density_F_m2), 1e-5, 1, "2 fF/um2", NULL,
     "of the capacitor"},
    {"bias", FIELD_QUANTITY, DIM_A, offsetof(struct sample_hold, bias_A), 0,
     0.1, "0 A", NULL,
     "standing current of a clamp or follower beside it; 0: none"},
    {0}};

const struct model model_sample_hold = {
    .name = "sample_hold",
    .text = "a switch and a capacitor that is large enough for its thermal "
            "noise",
    .source = "k T / C against quantization noise: Razavi 1995, ch. 2",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct sample_hold),
    .check = check,
    .eval = eval,
    .formula = "C swing^2 + C_gates Vdd^2; C >= 12 k T (steps / swing)^2",
};
