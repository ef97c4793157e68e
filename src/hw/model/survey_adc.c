/* survey_adc.c - a regression on published converters */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/converter.h"

#include <math.h>
#include <stdio.h>

enum quality { BEST_FIFTH, MEAN };
static const char *const qualities[] = {"best_fifth", "mean", NULL};

/* The regression's smallest resolution. */
static const double LEAST_BITS = 4;

/*
 * Andrulis, Chen, Lee, Emer, Sze, arXiv 2404.06553; with the coefficients of
 * github.com/Accelergy-Project/hwcomponents-adc, commit 246af7e,
 * adc_data/model.yaml: fitted on Murmann's survey, which goes on; so they are
 * parameters. Logarithms of f in 1/s, t in nm, E in pJ.
 */
struct survey_adc {
    struct circuit circuit;
    int bits, quality;
    double effective_bits, rate_Hz, static_share;
    double fom_0, fom_f;   /* limit by speed: fom_0 + fom_f ln f */
    double cap_0, cap_bit; /* limit by noise: cap_0 + cap_bit b */
    double energy_0, energy_t, energy_b, energy_best;
    double area_0, area_t, area_f, area_E;
};

/* Schreier's figure of merit, FOM = SNDR + 10 lg(f / 2 / P) (Schreier and
 * Temes, Understanding Delta-Sigma Data Converters, 2005; Murmann's survey),
 * solved for E = P / f = 10^((SNDR - FOM)/10) / 2; then the regression on node
 * and bits. SNDR of b bits: 6.02 b + 1.76 dB, a full-scale sine against its
 * quantization. */
static double line_J(const struct survey_adc *p, double b, double nm)
{
    double sndr_dB = 6.0206 * b + 1.7609; /* of a sine, quantized */
    double fom_dB = fmin(p->fom_0 + p->fom_f * log(p->rate_Hz),
                         p->cap_0 + p->cap_bit * ceil(b));
    double shift = p->energy_0 + p->energy_t * log(nm) + p->energy_b * log(b);
    if (p->quality == BEST_FIFTH)
        shift += p->energy_best;
    return 1e-12 * 0.5 * pow(10, (sndr_dB - fom_dB) / 10) * exp(shift);
}

/*
 * Between 4 bits, the least that the regression knows, and where its line
 * begins to rise (by 4.4) it would fall; with ceil(b) it falls again behind
 * each whole number. More bits never cost less: the highest so far, which at
 * whole numbers is the line itself.
 */
static double energy_J(const struct survey_adc *p, double nm)
{
    double b = p->effective_bits > 0 ? p->effective_bits : p->bits;
    double whole_J = line_J(p, floor(b), nm);
    double least_J = line_J(p, LEAST_BITS, nm);
    return fmax(fmax(line_J(p, b, nm), whole_J), least_J);
}

static double area_m2(const struct survey_adc *p, double nm, double e_J)
{
    return 1e-12 *
           exp(p->area_0 + p->area_t * log(nm) + p->area_f * log(p->rate_Hz) +
               p->area_E * log(e_J * 1e12));
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    const struct survey_adc *p = params;
    double b = p->effective_bits > 0 ? p->effective_bits : p->bits;
    (void)site;
    if (b < LEAST_BITS || b > p->bits) {
        snprintf(why, (size_t)size,
                 "%g effective bits: the survey's regression holds from %g, "
                 "and %d bits have at most %d",
                 b, LEAST_BITS, p->bits, p->bits);
        return -1;
    }
    return 0;
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct survey_adc *p = params;
    double nm = site_technology(site, &p->circuit)->node_m * 1e9;
    double e_J = energy_J(p, nm);

    *out = (struct cost){.area_m2 = area_m2(p, nm, e_J),
                         .static_W = p->static_share * e_J * p->rate_Hz,
                         .delay_s = 1 / p->rate_Hz};
    out->energy_J[ACTION_FIRST] = (1 - p->static_share) * e_J;
    out->time_s[ACTION_FIRST] = 1 / p->rate_Hz;
    cost_set_peak(out);
}

/* clang-format off */
#define AT(member) offsetof(struct survey_adc, member)
#define COEFFICIENT(name, member, min, max, def, text) \
    {name, FIELD_REAL, DIM_NONE, AT(member), min, max, def, NULL, text}
static const struct field fields[] = {
    CIRCUIT_FIELDS,
    {"bits", FIELD_COUNT, DIM_NONE, AT(bits), 4, 16, NULL, NULL,
     "resolution"},
    {"effective_bits", FIELD_REAL, DIM_NONE, AT(effective_bits), 0, 16, "0",
     NULL, "that noise and distortion leave of them; 0: all"},
    /* the regression's own upper limit; the survey's slowest has 2 kS/s */
    {"rate", FIELD_QUANTITY, DIM_HZ, AT(rate_Hz), 1e3, 1e10, NULL, NULL,
     "conversions a second"},
    {"quality", FIELD_CHOICE, DIM_NONE, AT(quality), 0, 0, "best_fifth",
     qualities, "of published converters: their best 20 %, or their mean"},
    {"static_share", FIELD_REAL, DIM_NONE, AT(static_share), 0, 1, "0", NULL,
     "share of the power that is drawn without conversions"},
    COEFFICIENT("fom_0", fom_0, 100, 300, "213.7806687348118",
                "dB; Schreier FOM at 1 S/s, limited by speed"),
    COEFFICIENT("fom_f", fom_f, -10, 0, "-2.8719030399529957",
                "dB for ln f"),
    COEFFICIENT("cap_0", cap_0, 50, 200, "128.3068287398817",
                "dB; Schreier FOM at 0 bits, limited by noise"),
    COEFFICIENT("cap_bit", cap_bit, 0, 6, "3.2205215113741",
                "dB a bit"),
    COEFFICIENT("energy_0", energy_0, 0, 50, "26.0496215686518",
                "ln pJ; of the energy"),
    COEFFICIENT("energy_t", energy_t, 0, 5, "1.8800369206815004",
                "for ln nm"),
    COEFFICIENT("energy_b", energy_b, -5, 5, "-2.8291256050594527",
                "for ln bits"),
    COEFFICIENT("energy_best", energy_best, -5, 5, "-1.4702022133784405",
                "residual of the best 20 %"),
    COEFFICIENT("area_0", area_0, -10, 10, "1.3461916439910742",
                "ln um2; of the area"),
    COEFFICIENT("area_t", area_t, 0, 5, "0.9932794744745022", "for ln nm"),
    COEFFICIENT("area_f", area_f, 0, 1, "0.18071538424508238", "for ln f"),
    COEFFICIENT("area_E", area_E, 0, 2, "0.29912426192653485",
                "for ln pJ"),
    {0}};
/* clang-format on */

const struct model model_survey_adc = {
    .name = "survey_adc",
    .text = "regression on published converters: bits, rate and node",
    .source = "Andrulis, Chen, Lee, Emer, Sze, arXiv 2404.06553, on "
              "Murmann's ADC survey",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct survey_adc),
    .check = check,
    .eval = eval,
    .formula = "10^((SNDR - FOM(bits, rate)) / 10) / 2 x exp(energy_0 + "
               "energy_t ln nm + energy_b ln bits + energy_best)",
};
