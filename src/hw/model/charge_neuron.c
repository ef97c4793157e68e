/* charge_neuron.c - a neuron that integrates pulses, then takes charge off */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/pulses.h"
#include "hw/model.h"

#include <math.h>

struct charge_neuron {
    struct placed placed;
    int bits, split_above;
    double cycle_s, energy_J, area_m2, leakage_W;
};

/*
 * Cycles for `pulses` inputs of rising weight and a code of `bits`: it is
 * initialised; the pulse of bit k is sampled once and integrated 2^k times;
 * then the polarity of what is left is latched and a decreasing charge is
 * taken off or added, a bit each time (Wan 2022, Methods).
 */
static double part_cycles(int pulses, int bits)
{
    return 1 + (ldexp(1, pulses) - 1) + bits;
}

/* Long inputs come as two parts; the second, of less weight, is converted
 * without the bits that the first has shifted it down by. */
static double cycles(const struct charge_neuron *p, int input_bits)
{
    int n = pulses_of(input_bits), low = n / 2, high = n - low;

    if (input_bits <= p->split_above || low == 0)
        return part_cycles(n, p->bits);
    int rest = p->bits > high ? p->bits - high : 0;
    return part_cycles(high, p->bits) + part_cycles(low, rest);
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct charge_neuron *p = params;
    double n = cycles(p, site->dac_bits);

    *out = (struct cost){.area_m2 = p->area_m2, .static_W = p->leakage_W};
    out->energy_J[ACTION_FIRST] = n * p->energy_J;
    out->time_s[ACTION_FIRST] = n * p->cycle_s;
    cost_set_peak(out);
}

#define M(member) offsetof(struct charge_neuron, member)
static const struct field fields[] = {
    PLACED_FIELDS,
    {"bits", FIELD_COUNT, DIM_NONE, M(bits), 1, 16, NULL, NULL,
     "of the code, its sign included"},
    {"split_above", FIELD_COUNT, DIM_NONE, M(split_above), 1, 16, "16", NULL,
     "inputs of more bits are fed and converted as two parts"},
    {"cycle", FIELD_QUANTITY, DIM_S, M(cycle_s), 1e-12, 1, NULL, NULL,
     "one operation: initialise, sample and integrate, or compare and "
     "decrement"},
    {"energy", FIELD_QUANTITY, DIM_J, M(energy_J), 0, 1, NULL, NULL,
     "of one such operation"},
    {"area", FIELD_QUANTITY, DIM_M2, M(area_m2), 0, 1, NULL, NULL,
     "of one neuron"},
    {"leakage", FIELD_QUANTITY, DIM_W, M(leakage_W), 0, 1e6, "0 W", NULL,
     "power of one neuron that does nothing"},
    {0}};
#undef M

const struct model model_charge_neuron = {
    .name = "charge_neuron",
    .text = "voltage-mode neuron: integrates pulses, converts by charge "
            "decrement",
    .source = "Wan 2022, Nature 608, Methods; operations of equal length are "
              "ours",
    .fields = fields,
    .params_size = sizeof(struct charge_neuron),
    .eval = eval,
    .formula = "energy x sum over parts of (1 + 2^pulses - 1 + bits)",
};
