/* adc_curve.c - a published ADC, carried to other resolutions by a curve */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/nameplate.h"

#include <math.h>
#include <stdio.h>

struct adc_curve {
    struct nameplate row; /* at the published resolution */
    int published_bits, bits;
    struct points curve; /* bits, energy, area: only ratios are used */
};

/* Index of the last point at or below `bits`. */
static int below(const struct points *c, int bits)
{
    int i = 0;
    while (i + 2 < c->n && c->x[i + 1] <= bits)
        i++;
    return i;
}

/* y at `bits`, a geometric line between the neighbouring points. */
static double along(const struct points *c, const double *y, int bits)
{
    int i = below(c, bits);
    double t = (bits - c->x[i]) / (c->x[i + 1] - c->x[i]);
    return y[i] * pow(y[i + 1] / y[i], t);
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    (void)site;
    const struct adc_curve *p = params;
    const struct points *c = &p->curve;
    for (int i = 0; i + 1 < c->n; i++)
        if (c->x[i + 1] <= c->x[i] || c->y[i + 1] < c->y[i] ||
            c->z[i + 1] < c->z[i] || !(c->y[i] > 0) || !(c->z[i] > 0)) {
            snprintf(why, (size_t)size,
                     "curve must rise in bits, energy and area");
            return -1;
        }
    double low = c->x[0], high = c->x[c->n - 1];
    if (p->bits < low || p->bits > high || p->published_bits < low ||
        p->published_bits > high) {
        snprintf(why, (size_t)size,
                 "bits %d and published_bits %d must lie on the curve, %g to "
                 "%g bits",
                 p->bits, p->published_bits, low, high);
        return -1;
    }
    return 0;
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    (void)site;
    const struct adc_curve *p = params;
    const struct points *c = &p->curve;
    double energy = 1, area = 1;

    if (p->bits != p->published_bits) {
        energy = along(c, c->y, p->bits) / along(c, c->y, p->published_bits);
        area = along(c, c->z, p->bits) / along(c, c->z, p->published_bits);
    }
    nameplate_eval(&p->row, out);
    out->area_m2 *= area;
    out->static_W *= energy;
    out->peak_W *= energy;
    for (int i = 0; i < ACTIONS; i++)
        out->energy_J[i] *= energy;
}

static const struct field fields[] = {
    PLACED_FIELDS,
    NAMEPLATE_FIELDS,
    {"bits", FIELD_COUNT, DIM_NONE, offsetof(struct adc_curve, bits), 1, 16,
     NULL, NULL, "resolution wanted"},
    {"published_bits", FIELD_COUNT, DIM_NONE,
     offsetof(struct adc_curve, published_bits), 1, 16, NULL, NULL,
     "resolution of the published row"},
    {"curve", FIELD_POINTS, DIM_NONE, offsetof(struct adc_curve, curve), 0, 0,
     NULL, NULL,
     "list of (bits, energy, area), rising; gives the ratio to the row"},
    {0}};

const struct model model_adc_curve = {
    .name = "adc_curve",
    .text = "a published ADC row, carried to other resolutions by a curve",
    .source = "geometric interpolation; row and curve carry their sources",
    .fields = fields,
    .params_size = sizeof(struct adc_curve),
    .check = check,
    .eval = eval,
    .formula = "(1 - static_share) power / (of rate) curve(bits) / "
               "curve(published_bits)",
};
