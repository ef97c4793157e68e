/* quant.h - what a quantization leaves to be stored: bit planes and densities
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef QUANT_QUANT_H
#define QUANT_QUANT_H

#include "base/arena.h"
#include "base/msg.h"
#include <stdbool.h>
#include <stdint.h>

#define PLANES_MAX 64 /* bit planes of a level set */
#define GROUPS_MAX 4  /* schemes mixed within one layer, by output channel */

/* Distribution of the weights before quantization, zero mean, unit variance */
enum dist { DIST_GAUSSIAN, DIST_LAPLACE, DIST_GGD };

/*
 * A scheme as the user names it. Zero in an optional member means the
 * scheme's own default (each scheme's file says which).
 */
struct quant_spec {
    const struct scheme *scheme;
    int bits;        /* stored bits of a weight, sign included */
    int terms;       /* SME: S; APoT: k bits per term; ABC-Net: bases */
    int roll_bits;   /* codebook: fixed-point bits of the rolled-back values */
    int delta;       /* BiScaled: difference of the two scale exponents */
    double clip;     /* largest level in standard deviations of the weights */
    enum dist dist;  /* of the weights */
    double shape;    /* beta of the generalised Gaussian, 2 = Gaussian */
};

/*
 * The non-negative side of a scheme's level set, as integers in units of the
 * smallest representable bit. Everything else follows from it.
 */
struct levels {
    int n;            /* levels, zero included if the scheme has one */
    uint64_t *code;   /* n codes, ascending, distinct */
    bool is_signed;   /* sign apart (the other half mirrors this one);
                         false: the code is the whole stored value */
    int zero_code;    /* unsigned schemes: the code that stands for 0; -1: none,
                         the levels lie symmetric about 0 (binary) */
    bool two_arrays;  /* + and - have different scales (TTQ) */
    int real_scales;  /* planes that carry a real scale each and cannot be
                         merged by shift-and-add (ABC-Net: bases), else 0 */
    const double *plane_threshold; /* real_scales planes: the bit is one where
                         w exceeds it, in standard deviations; else NULL */
};

/*
 * One group of output channels that share a scheme. Plane 0 is the least
 * significant; the planes of all groups of a layer are aligned at plane 0.
 */
struct planes {
    double share;               /* of the layer's output channels */
    int n;                      /* significance range P, planes */
    double density[PLANES_MAX]; /* probability that the bit is one */
    double zero;                /* P(w = 0) */
    int terms;                  /* most ones in one weight (T) */
    int span;                   /* leading to last one, widest weight (s) */
    int width;                  /* fixed-point bits after roll-back and sign */
    bool is_signed, two_arrays; /* as in levels */
    int real_scales;            /* as in levels */
};

/* What stands for a layer's weights. */
enum weights_as {
    WEIGHTS_BEST,  /* exact where there are weights, recorded or stats where
                      there are records, else the model */
    WEIGHTS_EXACT, /* themselves, counted */
    WEIGHTS_STATS, /* a zero-inflated generalised Gaussian by their moments */
    WEIGHTS_MODEL, /* the distribution of the scheme's spec */
    WEIGHTS_RECORDED /* planes as once counted, the places of ones unknown; not
                      asked for: the best where there are records only */
};

/* Means over the weights of a layer. */
struct plane_means {
    int n;                      /* planes */
    double density[PLANES_MAX]; /* of a plane; */
    double ones;                /* their sum: ones in a weight */
};

/* The three ways to them. Without weights only `model`. */
struct ones {
    bool known; /* exact is; stats is if there are records */
    enum weights_as as; /* what the groups' densities are of */
    struct plane_means exact, stats, model;
};

/* The quantization of one layer. Shares of the groups sum to 1. */
struct quant {
    int n;
    struct planes group[GROUPS_MAX];
    struct quant_spec spec[GROUPS_MAX]; /* that the planes follow from */
    int input_bits;        /* activation bits A */
    int low_input_bits;    /* DRQ: bits of the insensitive share, else 0 */
    double low_input_share;/* DRQ: share of input vectors at the low width */
    const struct bits *bits; /* real weights, whatever ones.as; NULL: none */
    const struct weight_record *record; /* quant/record.h: of each scheme's
                                weights; NULL: nothing is known of them */
    struct ones ones;
    char label[48];        /* "apot 4/4", "mixed 2:1 sp2 4 + uniform 4 / 4" */
};

/* Where the largest level lies among real weights. */
enum clip {
    CLIP_AUTO,       /* as the scheme's real_clip says; if that is CLIP_AUTO,
                        too, largest for 8 bits and more, else least squares */
    CLIP_LARGEST,    /* at the largest |w| */
    CLIP_PERCENTILE, /* at that percentile of |w| */
    CLIP_MSE,        /* where the squared error is least */
    CLIP_SCHEME      /* at the scheme's own, in rms of the weights */
};

/* Optional members of a spec that a scheme reads; others are refused. */
enum { TAKES_TERMS = 1, TAKES_ROLL_BITS = 2, TAKES_DELTA = 4 };

/*
 * A scheme is one const object in its own file under quant/scheme/. build()
 * fills `levels` (memory from `a`) for a checked spec; it cannot fail: check()
 * (may be NULL) has refused whatever it cannot build and said why in `why`.
 */
struct scheme {
    const char *name;         /* "apot" */
    const char *text;         /* one line for --list-schemes */
    const char *source;       /* the publication */
    int bits_min, bits_max;   /* stored bits it is defined for */
    int bits_default;
    double clip_default;      /* standard deviations */
    double (*clip)(const struct quant_spec *spec); /* default clip where it
                                 depends on the spec; NULL: clip_default */
    enum clip real_clip;      /* of real weights, where nobody says */
    unsigned takes;           /* TAKES_...: optional members it reads */
    int (*check)(const struct quant_spec *spec, char *why, int size);
    void (*build)(const struct quant_spec *spec, struct arena *a,
                  struct levels *out);
};

extern const struct scheme *const schemes[]; /* NULL at the end */
const struct scheme *scheme_find(const char *name);

/* A spec with the scheme's defaults; clip stays 0, see quant_clip(). */
void quant_spec_init(struct quant_spec *spec, const struct scheme *scheme);

/* The largest level in standard deviations: spec->clip or the default. */
double quant_clip(const struct quant_spec *spec);

/* 0, or -1 with the reason in `why` when the scheme cannot build the spec. */
int quant_spec_check(const struct quant_spec *spec, char *why, int size);

/*
 * Reads "apot:4", "apot:4/4" (activation bits after the slash),
 * "sme:8,terms=3,clip=4,dist=laplace". *input_bits is left alone where the
 * text names none. Returns 0, or -1 with the reason in `why`.
 */
int quant_spec_parse(const char *text, struct quant_spec *spec,
                     int *input_bits, char *why, int size);

/* The spec as quant_spec_parse() reads it: "sme:8,terms=3"; 96 bytes are
 * enough. Returns out. */
char *quant_spec_print(const struct quant_spec *spec, char *out, int size);

/* The level set of a spec; memory from `a`. -1 with the reason in `why`. */
int quant_levels(const struct quant_spec *spec, struct arena *a,
                 struct levels *out, char *why, int size);

/*
 * Densities of the planes when weights of the spec's distribution, clipped at
 * spec->clip standard deviations, go to their nearest level.
 *
 *     t_m = (l_m + l_m+1) / 2,  P(l_m) = 2 (F(t_m) - F(t_m-1)),
 *     density_b = sum of P(l_m) over the levels that have bit b
 *
 * Scratch memory from `a`. share is set to 1.
 */
int quant_planes(const struct quant_spec *spec, struct arena *a,
                 struct planes *out, char *why, int size);

/* Weights of a distribution; the largest level in their standard deviations. */
struct weight_dist {
    enum dist dist;
    double shape, top;
};

/* The same for a level set of the spec that is there already, and weights of
 * another distribution; cannot fail. */
void quant_planes_of(const struct quant_spec *spec, const struct levels *levels,
                     const struct weight_dist *weights, struct arena *a,
                     struct planes *out);

/* Cumulative distribution of |w| <= x, x in standard deviations. `shape` is
 * that of the generalised Gaussian, 0.3 to 10; 0: its default. */
double quant_cdf_abs(enum dist dist, double shape, double x);

/* Index of the level nearest to |w|; w in units of the smallest bit. Half-way
 * goes to the larger level. Unsigned schemes: nearest to w itself. */
int quant_nearest(const struct levels *levels, double w);

#endif
