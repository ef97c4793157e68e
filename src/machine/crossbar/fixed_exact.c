/* fixed_exact.c - fixed point in adjacent columns, counted from weights */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/fixed.h"
#include "machine/crossbar/pack.h"

/* Weights as they are stored: planes of two's complement, in `bits` planes
 * biased by half the range, so that the top plane is inverted. */
struct stored {
    struct bits twos;
    bool biased; /* of the column now */
    int bits, cell_bits;
    int lossless; /* ADC bits of a column that is not flipped */
    bool flip;
};

/* Plane p of some rows of a column, mask says which. */
static uint64_t stored_word(const struct stored *s, const uint64_t *plane,
                            int p, int word, uint64_t mask)
{
    int have = s->twos.planes;

    if (p >= s->bits || (p >= have && !s->biased))
        return 0;
    uint64_t w = plane[(p < have ? p : have - 1) * s->twos.words + word];
    return (s->biased && p == s->bits - 1 ? ~w : w) & mask;
}

/*
 * Ones of one slice of a column, in rows from..to-1. Where all inputs are one
 * and the sum's top bit too, the flip encoding stores the inverse: Shafiee
 * 2016, ISAAC, section V.
 */
static double slice_ones(const struct stored *s, const uint64_t *plane,
                         int slice, int from, int to)
{
    int64_t ones = 0, sum = 0;

    for (int i = 0; i < s->cell_bits; i++)
        for (int k = from / 64; 64 * k < to; k++) {
            int n = bits_ones(stored_word(s, plane, slice * s->cell_bits + i, k,
                                          bits_rows(k, from, to)));
            ones += n;
            sum += (int64_t)n << i;
        }
    if (s->flip && sum >> (s->lossless - 1))
        ones = (int64_t)(to - from) * s->cell_bits - ones;
    return (double)ones;
}

static bool is_biased(const struct bits *b, const struct quant *q, int group,
                      int column)
{
    return b->scheme ? q->group[bits_scheme(b, group, column)].is_signed
                     : b->is_signed;
}

double fixed_ones(const struct xbar *x, const struct map_rule *rule,
                  const struct quant *q, const struct bits *weights,
                  struct arena *a)
{
    struct stored s = {.bits = fixed_weight_bits(rule, q),
                       .cell_bits = x->cell_bits,
                       .flip = rule->flip};
    struct map_rule plain = *rule;
    struct arena *scratch = arena_scratch(a);
    struct arena_mark mark = arena_mark(scratch);
    struct bits two[2];
    double ones = 0;

    plain.flip = false;
    s.lossless = fixed_adc_bits(x, &plain, x->rows) - (x->dac_bits - 1);
    bits_encode(weights, ENCODE_TWOS, scratch, two);
    s.twos = two[0];
    for (int g = 0; g < weights->groups; g++)
        for (int j = 0; j < weights->columns; j++) {
            const uint64_t *plane = bits_column(&s.twos, g, j);
            s.biased = is_biased(weights, q, g, j);
            for (int k = 0; k < weights->rows; k += x->rows) {
                int left = weights->rows - k;
                for (int i = 0; i < div_up(s.bits, x->cell_bits); i++)
                    ones += slice_ones(&s, plane, i, k,
                                       k + (left < x->rows ? left : x->rows));
            }
        }
    arena_rewind(scratch, mark);
    return ones;
}

void fixed_skip_empty(const struct map_rule *rule, double filled,
                      struct mapped *out)
{
    out->conversions_nonempty = out->conversions * filled;
    if (rule->skip_columns)
        out->shift_adds -= out->conversions - out->conversions_nonempty;
}

void fixed_map_exact(const struct xbar *x, const struct map_rule *rule,
                     const struct matrix *m, const struct quant *q,
                     const struct bits *weights, struct arena *a,
                     struct mapped *out)
{
    rule->style->map(x, rule, m, q, out);
    out->ones = fixed_ones(x, rule, q, weights, a);
}
