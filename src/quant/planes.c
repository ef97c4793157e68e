/* planes.c - from a level set and a distribution to densities of bit planes */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/levels.h"

#include <math.h>

/* Fixed-point bits of real-valued levels after roll-back, sign included: 8 as
 * in the networks of SME (Liu 2021, arXiv:2103.01705); an assumption. */
enum { ROLL_BITS = 8 };

/* P(w <= x) of the weight, or of its magnitude for signed level sets */
static double cdf(const struct weight_dist *w, bool is_signed, double x)
{
    double p = quant_cdf_abs(w->dist, w->shape, fabs(x));
    if (is_signed)
        return p;
    return x < 0 ? 0.5 - 0.5 * p : 0.5 + 0.5 * p;
}

/* P of each level */
static void probabilities(const struct levels *l, const struct weight_dist *w,
                          double *p)
{
    double centre = levels_centre(l), below = 0;
    double unit = w->top / ((double)l->code[l->n - 1] - centre);
    for (int m = 0; m + 1 < l->n; m++) {
        double middle = 0.5 * ((double)l->code[m] + (double)l->code[m + 1]);
        double upto = cdf(w, l->is_signed, unit * (middle - centre));
        p[m] = upto - below;
        below = upto;
    }
    p[l->n - 1] = 1 - below;
}

/*
 * Codes 0, 1, .. 2^P-1: the upper half has the top bit; laid on the lower
 * half it leaves the same question for P-1 bits. 2^(P+1) additions instead of
 * P 2^(P-1). `p` is overwritten.
 */
static void fold(double *p, struct planes *out)
{
    for (int b = out->n - 1; b >= 0; b--) {
        int half = 1 << b;
        double sum = 0;
        for (int i = 0; i < half; i++) {
            sum += p[half + i];
            p[i] += p[half + i];
        }
        out->density[b] = sum;
    }
}

static void add_up(const struct levels *l, const double *p, struct planes *out)
{
    for (int m = 0; m < l->n; m++)
        for (uint64_t c = l->code[m]; c; c &= c - 1)
            out->density[__builtin_ctzll(c)] += p[m];
}

static bool is_full_range(const struct levels *l)
{
    uint64_t top = l->code[l->n - 1];
    return top == (uint64_t)l->n - 1 && (top & (top + 1)) == 0;
}

/* What does not depend on the distribution. */
static void shape_of(const struct levels *l, const struct quant_spec *s,
                     struct planes *out)
{
    for (int m = 0; m < l->n; m++) {
        uint64_t c = l->code[m];
        if (!c)
            continue;
        int top = 64 - __builtin_clzll(c), ones = __builtin_popcountll(c);
        int span = top - __builtin_ctzll(c);
        out->n = top > out->n ? top : out->n;
        out->terms = ones > out->terms ? ones : out->terms;
        out->span = span > out->span ? span : out->span;
    }
    out->is_signed = l->is_signed;
    out->two_arrays = l->two_arrays;
    out->real_scales = l->real_scales;
    out->width = out->n + l->is_signed;
    if (l->real_scales || l->two_arrays)
        out->width = s->roll_bits ? s->roll_bits : ROLL_BITS;
}

static double zero_share(const struct levels *l, const double *p)
{
    if (!l->is_signed && l->zero_code < 0)
        return 0;
    uint64_t zero = l->is_signed ? 0 : (uint64_t)l->zero_code;
    for (int m = 0; m < l->n && l->code[m] <= zero; m++)
        if (l->code[m] == zero)
            return p[m];
    return 0;
}

void quant_planes_of(const struct quant_spec *spec, const struct levels *l,
                     const struct weight_dist *w, struct arena *a,
                     struct planes *out)
{
    *out = (struct planes){.share = 1};
    shape_of(l, spec, out);
    if (l->real_scales) {
        for (int b = 0; b < out->n; b++)
            out->density[b] = 1 - cdf(w, false, l->plane_threshold[b]);
        return;
    }
    double *p = arena_array(a, (size_t)l->n, sizeof *p);
    probabilities(l, w, p);
    out->zero = zero_share(l, p);
    if (is_full_range(l))
        fold(p, out);
    else
        add_up(l, p, out);
}

int quant_planes(const struct quant_spec *spec, struct arena *a,
                 struct planes *out, char *why, int size)
{
    struct levels l;
    if (quant_levels(spec, a, &l, why, size))
        return -1;
    struct weight_dist w = {spec->dist, spec->shape, quant_clip(spec)};
    quant_planes_of(spec, &l, &w, a, out);
    return 0;
}

int quant_nearest(const struct levels *l, double w)
{
    double x = l->is_signed ? fabs(w) : w + levels_centre(l);
    int low = 0, high = l->n - 1; /* the answer is in low..high */
    while (low < high) {
        int m = low + (high - low) / 2;
        if (x >= 0.5 * ((double)l->code[m] + (double)l->code[m + 1]))
            low = m + 1;
        else
            high = m;
    }
    return low;
}
