/* apot.c - additive powers of two: sums of a few powers of two */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/levels.h"

#include <stdio.h>

/*
 * Codes are in units of the smallest power, 2^-lowest. An exponent e of the
 * paper (the term 2^-e) is the bit lowest - e.
 */
static void add_power(struct choice *c, int lowest, int e)
{
    c->code[c->n++] = UINT64_C(1) << (lowest - e);
}

/*
 * Eq. 5: n = B/k terms, p_i in {0, 2^-i, 2^-(i+n), .. 2^-(i+(2^k-2)n)}, B the
 * bits of the magnitude.
 */
static void build_eq5(int n, int k, struct arena *a, struct levels *out)
{
    struct choice term[PLANES_MAX];
    int powers = (1 << k) - 1, lowest = powers * n - 1;
    for (int i = 0; i < n; i++) {
        term[i] = (struct choice){.n = 1};
        for (int j = 0; j < powers; j++)
            add_power(&term[i], lowest, i + j * n);
    }
    levels_sums(out, a, term, n);
}

/*
 * Eq. 6: B = 2n+1, p_i in {0, 2^-i, 2^-(i+n), 2^-(i+2n+1)} and one more term
 * p~ in {0, 2^-2n}.
 */
static void build_eq6(int n, struct arena *a, struct levels *out)
{
    struct choice term[PLANES_MAX];
    int lowest = 3 * n;
    for (int i = 0; i < n; i++) {
        term[i] = (struct choice){.n = 1};
        add_power(&term[i], lowest, i);
        add_power(&term[i], lowest, i + n);
        add_power(&term[i], lowest, i + 2 * n + 1);
    }
    term[n] = (struct choice){.n = 1};
    add_power(&term[n], lowest, 2 * n);
    levels_sums(out, a, term, n + 1);
}

/* ---- the authors' code: a sign and B = b-1 bits, eq. 5 with k = 2 where B
 * is even and eq. 6 where it is odd ---- */

static void build_apot(const struct quant_spec *spec, struct arena *a,
                       struct levels *out)
{
    int magnitude = spec->bits - 1;
    if (magnitude % 2)
        build_eq6(magnitude / 2, a, out);
    else
        build_eq5(magnitude / 2, 2, a, out);
}

/* The code writes out 3 to 7 bits; 8 bits follow from eq. 6 with n = 3. */
const struct scheme scheme_apot = {
    .name = "apot",
    .text = "additive powers of two, as the authors' code has them",
    .source = "Li 2020, APoT, arXiv:1909.13144, eq. 5, 6 and authors' code",
    .bits_min = 3,
    .bits_max = 8,
    .bits_default = 4,
    .clip_default = 3, /* the code's first alpha, unit variance */
    .build = build_apot,
};

/* ---- eq. 5 with any k: terms = k, 1 is fixed point, b-1 is PoT ---- */

enum { K_DEFAULT = 2 }; /* the paper's choice */

static int bits_per_term(const struct quant_spec *spec)
{
    return spec->terms ? spec->terms : K_DEFAULT;
}

static int check_apot_k(const struct quant_spec *spec, char *why, int size)
{
    int k = bits_per_term(spec), magnitude = spec->bits - 1;
    if (magnitude % k) {
        snprintf(why, (size_t)size,
                 "scheme 'apot_k' splits the %d bits of the magnitude into "
                 "terms of 'terms' bits; %d does not divide %d",
                 magnitude, k, magnitude);
        return -1;
    }
    int planes = ((1 << k) - 1) * (magnitude / k);
    if (planes <= PLANES_MAX)
        return 0;
    snprintf(why, (size_t)size,
             "scheme 'apot_k' with %d bits, %d a term, needs %d bit planes; "
             "%d are the most",
             spec->bits, k, planes, PLANES_MAX);
    return -1;
}

static void build_apot_k(const struct quant_spec *spec, struct arena *a,
                         struct levels *out)
{
    int k = bits_per_term(spec);
    build_eq5((spec->bits - 1) / k, k, a, out);
}

const struct scheme scheme_apot_k = {
    .name = "apot_k",
    .text = "additive powers of two, 'terms' bits a term",
    .source = "Li 2020, APoT, arXiv:1909.13144, eq. 5",
    .bits_min = 2,
    .bits_max = 13,
    .bits_default = 5,
    .clip_default = 3,
    .takes = TAKES_TERMS,
    .check = check_apot_k,
    .build = build_apot_k,
};

/* ---- eq. 6 ---- */

static int check_apot_odd(const struct quant_spec *spec, char *why, int size)
{
    if (spec->bits % 2 == 0)
        return 0;
    snprintf(why, (size_t)size,
             "scheme 'apot_odd' has a sign and an odd number of bits, 4, 6, 8 "
             ".. in all, not %d",
             spec->bits);
    return -1;
}

static void build_apot_odd(const struct quant_spec *spec, struct arena *a,
                           struct levels *out)
{
    build_eq6((spec->bits - 2) / 2, a, out);
}

const struct scheme scheme_apot_odd = {
    .name = "apot_odd",
    .text = "additive powers of two with 2n+1 bits of magnitude",
    .source = "Li 2020, APoT, arXiv:1909.13144, eq. 6",
    .bits_min = 4,
    .bits_max = 12,
    .bits_default = 4,
    .clip_default = 3,
    .check = check_apot_odd,
    .build = build_apot_odd,
};
