/* pot.c - one power of two a weight: PoT, INQ and the like */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/levels.h"

#include <stdio.h>

/* ---- PoT: {0} and 2^-e, e = 0 .. 2^(b-1)-1 (APoT, eq. 3) ---- */

static int pot_planes(const struct quant_spec *spec)
{
    return 1 << (spec->bits - 1);
}

static void build_pot(const struct quant_spec *spec, struct arena *a,
                      struct levels *out)
{
    levels_powers(out, a, pot_planes(spec));
}

const struct scheme scheme_pot = {
    .name = "pot",
    .text = "powers of two, as the paper counts them",
    .source = "Li 2020, APoT, arXiv:1909.13144, eq. 3",
    .bits_min = 2,
    .bits_max = 7, /* 2^6 exponents are PLANES_MAX */
    .bits_default = 4,
    .clip_default = 3,
    .build = build_pot,
};

/* The authors' code has one exponent less, so that zero, too, has a codeword
 * among the 2^(b-1) magnitudes. */
static void build_pot_code(const struct quant_spec *spec, struct arena *a,
                           struct levels *out)
{
    levels_powers(out, a, pot_planes(spec) - 1);
}

const struct scheme scheme_pot_code = {
    .name = "pot_code",
    .text = "powers of two that fit b bits, as the authors' code has them",
    .source = "Li 2020, APoT, arXiv:1909.13144, authors' code",
    .bits_min = 2,
    .bits_max = 7, /* 2^6 exponents are PLANES_MAX */
    .bits_default = 4,
    .clip_default = 3,
    .build = build_pot_code,
};

/* ---- INQ: {0, 2^n2 .. 2^n1}, n2 = n1 + 1 - 2^(b-1)/2 ---- */

static void build_inq(const struct quant_spec *spec, struct arena *a,
                      struct levels *out)
{
    levels_powers(out, a, 1 << (spec->bits - 2));
}

const struct scheme scheme_inq = {
    .name = "inq",
    .text = "incremental quantization to powers of two",
    .source = "Zhou 2017, INQ, arXiv:1702.03044",
    .bits_min = 2,
    .bits_max = 8,
    .bits_default = 5,
    .real_clip = CLIP_LARGEST, /* the top power follows from max |w| */
    .clip_default = 3,
    .build = build_inq,
};

/* ---- ADMM: {0, 2^0 .. 2^N} ---- */

/*
 * N of a given number of bits is open: 2 bits are ternary, N = 0; 3 bits
 * {0,1,2}, 4 bits {0,1,2,4} is an assumption. terms = N + 1 sets it, up to
 * the 2^(b-1)-1 powers for which b bits have room.
 */
static int admm_powers(const struct quant_spec *spec)
{
    return spec->terms ? spec->terms : spec->bits - 1;
}

static int check_admm(const struct quant_spec *spec, char *why, int size)
{
    int most = (1 << (spec->bits - 1)) - 1;
    if (admm_powers(spec) <= most)
        return 0;
    snprintf(why, (size_t)size,
             "scheme 'admm' with %d bits has at most %d powers of two "
             "('terms'), not %d",
             spec->bits, most, spec->terms);
    return -1;
}

static void build_admm(const struct quant_spec *spec, struct arena *a,
                       struct levels *out)
{
    levels_powers(out, a, admm_powers(spec));
}

const struct scheme scheme_admm = {
    .name = "admm",
    .text = "ternary or a few powers of two, trained with ADMM",
    .source = "Leng 2018, arXiv:1707.09870",
    .bits_min = 2,
    .bits_max = 4,
    .bits_default = 3,
    .clip_default = 3,
    .takes = TAKES_TERMS,
    .check = check_admm,
    .build = build_admm,
};
