/* sense_adc.c - a sense amplifier: a converter of one bit */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/sense.h"
#include "hw/model/converter.h"

#include <stdio.h>

enum mode { VOLTAGE, CURRENT };
static const char *const modes[] = {"voltage", "current", NULL};

struct sense_adc {
    struct circuit circuit;
    int mode;
    double rate_Hz, swing_V, signal_A;
};

/* Over the gate of a smallest NMOS: an inverter of it and its PMOS, twice. */
enum { FAN_OUT = 6 };

/* Between the two levels lies the reference. */
static double signal_A(const struct sense_adc *p, const struct site *site)
{
    return p->signal_A > 0 ? p->signal_A : site->lines.step_A / 2;
}

static struct converter convert(const struct sense_adc *p,
                                const struct site *site)
{
    const struct technology *t = site_technology(site, &p->circuit);
    /* a latch behind it */
    double load_F = FAN_OUT * gate_F(t, width_cell_m(t));
    struct block b = p->mode == VOLTAGE
                         ? voltage_sense(t, p->swing_V, load_F)
                         : current_sense(t, signal_A(p, site), load_F);
    struct converter c = {.energy_J = b.energy_J,
                          .cycle_s = b.delay_s + sense_reset_s(t),
                          .delay_s = b.delay_s};
    converter_add(&c, &b, 1);
    return c;
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    const struct sense_adc *p = params;
    const struct technology *t = site_technology(site, &p->circuit);

    if (converter_supply(t, 0, why, size))
        return -1;
    if (p->mode == CURRENT && !(signal_A(p, site) > 0)) {
        snprintf(why, (size_t)size,
                 "signal is missing: the array does not say the current of a "
                 "level; write signal");
        return -1;
    }
    struct converter c = convert(p, site);
    return converter_rate(&c, p->rate_Hz, 1,
                          "it has to resolve its signal and to recover", why,
                          size);
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct sense_adc *p = params;
    struct converter c = convert(p, site);
    converter_cost(&c, p->rate_Hz, 1, out);
}

/* clang-format off */
#define AT(member) offsetof(struct sense_adc, member)
static const struct field fields[] = {
    CIRCUIT_FIELDS,
    {"mode", FIELD_CHOICE, DIM_NONE, AT(mode), 0, 0, "voltage", modes,
     "what it compares: voltages of lines, or currents behind a clamp"},
    {"swing", FIELD_QUANTITY, DIM_V, AT(swing_V), 1e-3, 10, "0.1 V", NULL,
     "voltage: difference that it is given"},
    {"signal", FIELD_QUANTITY, DIM_A, AT(signal_A), 0, 1, "0 A", NULL,
     "current: difference to the reference; 0: half a level of the array"},
    {"rate", FIELD_QUANTITY, DIM_HZ, AT(rate_Hz), 0, 1e12, "0 Hz", NULL,
     "decisions a second; 0: as many as it can"},
    {0}};
/* clang-format on */

const struct model model_sense_adc = {
    .name = "sense_adc",
    .text = "a sense amplifier as a converter of one bit",
    .source = "CACTI 6 (latch); Chang JSSC 2013 (current sampling); Takeuchi "
              "2007 (offset)",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct sense_adc),
    .check = check,
    .eval = eval,
    .formula = "n (C_latch + C_clock) Vdd^2, n from offset; current: + 8 "
               "signal Vdd delay",
};
