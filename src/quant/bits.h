/* bits.h - real weights as bit planes, 64 rows to a word */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef QUANT_BITS_H
#define QUANT_BITS_H

#include "quant/quant.h"
#include <stddef.h>

/*
 * `groups` matrices of rows x columns, column by column: bit k % 64 of word
 * k / 64 is row k. Bits behind the last row are zero.
 */
struct bits {
    int groups, rows, columns; /* rows and columns of one group */
    int planes, words;         /* of a weight; of a plane of one column */
    bool is_signed;            /* planes are those of the magnitude */
    uint64_t *plane;           /* [group][column][plane][word] */
    uint64_t *negative;        /* [group][column][word]: below zero */
    const uint8_t *scheme;     /* [group][column]: which of the layer's schemes
                                  it has, planes aligned at plane 0; NULL: all
                                  have the first */
};

/* The planes of one column, [plane][word], and which rows are negative. */
static inline const uint64_t *bits_column(const struct bits *b, int group,
                                          int column)
{
    size_t at = (size_t)group * (size_t)b->columns + (size_t)column;
    return b->plane + at * (size_t)b->planes * (size_t)b->words;
}
static inline const uint64_t *bits_negative(const struct bits *b, int group,
                                            int column)
{
    size_t at = (size_t)group * (size_t)b->columns + (size_t)column;
    return b->negative + at * (size_t)b->words;
}

static inline int bits_scheme(const struct bits *b, int group, int column)
{
    size_t at = (size_t)group * (size_t)b->columns + (size_t)column;
    return b->scheme ? b->scheme[at] : 0;
}

/* popcount that needs no instruction of its own: Warren, Hacker's Delight,
 * 2nd ed., fig. 5-2 */
static inline int bits_ones(uint64_t x)
{
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (int)(x * 0x0101010101010101u >> 56);
}

/* Rows from..to-1 as they lie in word i. */
static inline uint64_t bits_rows(int i, int from, int to)
{
    int low = from - 64 * i, high = to - 64 * i;
    uint64_t mask = low < 64 ? ~UINT64_C(0) << (low > 0 ? low : 0) : 0;
    if (high < 64)
        mask &= high > 0 ? ~(~UINT64_C(0) << high) : 0;
    return mask;
}

struct clip_rule {
    enum clip clip;
    double percentile; /* 0..100 */
    bool per_column;   /* a scale for each column, not for the tensor */
};

/* The rule for weights of the spec where CLIP_AUTO leaves it to that. */
struct clip_rule quant_clip_rule(const struct quant_spec *spec,
                                 const struct clip_rule *rule);

/* Weights before quantization: groups x rows x columns, row-major. Finite. */
struct weights {
    int groups, rows, columns;
    const float *value;
    const int64_t *code; /* in their place, in units of the smallest bit,
                            |code| < 2^32 */
};
static inline size_t weights_count(const struct weights *w)
{
    return (size_t)w->groups * (size_t)w->rows * (size_t)w->columns;
}

static inline size_t weights_columns(const struct weights *w)
{
    return (size_t)w->groups * (size_t)w->columns;
}

double weights_largest(const float *value, size_t n); /* |w|, of finite ones */
/* Index of the first NaN or infinity, -1: all are finite. */
ptrdiff_t weights_infinite(const float *value, size_t n);

/*
 * A level set made ready to be searched: 2x, a weight in halves of the
 * smallest bit, counts through a table, as all thresholds between levels are
 * whole numbers of such halves.
 */
struct quantizer {
    const struct quant_spec *spec;
    struct levels levels;
    int planes;
    bool is_uniform;       /* codes 0, 1, 2 .. */
    double half_top, half_centre; /* 2 x the largest code, the code of 0 */
    const uint32_t *table; /* [2 top + 1] code by floor(2x); NULL: search */
};

/* Memory from `a`. -1 with the reason in `why`. */
int quantizer_init(struct quantizer *q, const struct quant_spec *spec,
                   struct arena *a, char *why, int size);

/* The code nearest to x, a weight in units of the smallest bit, as
 * quant_nearest() finds it; ABC-Net: x in rms of the weights. */
uint64_t quantizer_code(const struct quantizer *q, double x);

/*
 * Units of the smallest bit in 1, for each column (all alike, per tensor), of
 * ABC-Net 1/rms: scale[groups x columns]. 0 where all weights are zero. A
 * weight in such units is the float product of both.
 */
void quantizer_scale(const struct quantizer *q, const struct weights *w,
                     const struct clip_rule *rule, struct arena *a,
                     float *scale);

/* All weights zero. */
void bits_alloc(struct bits *b, int groups, int rows, int columns, int planes,
                bool is_signed, struct arena *a);

/* Quantized weights; memory of the result from `a`. */
void bits_quantize(const struct quantizer *q, const struct weights *w,
                   const float *scale, struct arena *a, struct bits *out);

/* Codes in units of the smallest bit, |code| < 2^63: up to 63 planes, where
 * bits_quantize() makes up to 64; at least so many planes. */
void bits_pack(const int64_t *code, int groups, int rows, int columns,
               int planes, bool is_signed, struct arena *a, struct bits *out);

/* Groups from..from+n-1 as one matrix: blocks along its diagonal. */
void bits_diagonal(const struct bits *b, int from, int n, struct arena *a,
                   struct bits *out);

/* Modulo 2^64 where there are 64 planes. */
int64_t bits_code(const struct bits *b, int group, int row, int column);

/* ---- encodings ---- */

enum encoding {
    ENCODE_MAGNITUDE,    /* the sign is kept elsewhere */
    ENCODE_TWOS,         /* two's complement, one plane more */
    ENCODE_DIFFERENTIAL, /* positive and negative weights in two arrays */
};

/* Planes as an encoding stores them, in one array or two; returns how many. */
int bits_encode(const struct bits *b, enum encoding how, struct arena *a,
                struct bits out[2]);

/* ---- counts ---- */

/* Of one plane, over all groups. Blocks at the edges count as blocks. */
struct plane_count {
    int64_t ones;
    double density;
    int64_t tiles;      /* blocks of tile rows x tile columns with a one */
    int64_t row_slices; /* rows of such blocks with a one */
    int64_t columns;    /* columns of row blocks with a one */
    int most;           /* ones in a column of a row block */
};

struct bit_count {
    int64_t ones;
    int64_t dead_rows, dead_columns; /* without a one, over all groups */
    struct plane_count plane[PLANES_MAX];
};

void bits_count(const struct bits *b, int tile_rows, int tile_columns,
                struct arena *a, struct bit_count *out);

/*
 * Puts real weights into a quantization: quantized, unless they are codes of
 * uniform levels (`stored`) or of their scheme (w->code); densities counted, or
 * those of weight_planes(); with WEIGHTS_MODEL as they were. Of several schemes
 * each has the columns of mix_assign(), and their share. Fills q->ones, q->bits
 * and q->record. Memory from `a`. -1 with the reason in `why`.
 */
int quant_weights(struct quant *q, const struct weights *w, bool stored,
                  const struct clip_rule *rule, enum weights_as as,
                  struct arena *a, char *why, int size);

/*
 * The same from records in place of weights, one for each scheme: planes as
 * counted where they were counted of this quantization (WEIGHTS_RECORDED), else
 * those of weight_planes(). Not for WEIGHTS_EXACT. The records live as long as
 * q, their shares sum to 1. What they do not say is unknown with WEIGHTS_MODEL,
 * an error otherwise.
 */
int quant_records(struct quant *q, const struct weight_record *record, int n,
                  const struct clip_rule *rule, enum weights_as as,
                  struct arena *a, char *why, int size);

/* q->ones of a layer without weights. */
void quant_ones_of_model(struct quant *q);

/* ---- the weights as a distribution ---- */

/*
 * The zero-inflated generalised Gaussian by moments: rows and columns of
 * which every weight goes to zero are dead; the others have the shape beta
 * with (E|w|)^2 / E[w^2] of theirs and their rms. All in units of the
 * smallest bit. *out: densities of the live part times its share.
 */
struct weight_stats {
    double rms, mean_abs, shape; /* of the live part */
    double live;                 /* its share of the weights */
    int64_t live_rows, live_columns;
};
void weight_stats(const struct quantizer *q, const struct weights *w,
                  const float *scale, const struct bits *b, struct arena *a,
                  struct weight_stats *out);
/* The shape of which E|w| / rms is `ratio`, which grows with it; at the ends
 * of what quant_cdf_abs() takes, those. */
double weight_shape(double ratio);
void weight_planes(const struct quantizer *q, const struct weight_stats *s,
                   struct arena *a, struct planes *out);

#endif
