/* quantizer.c - a level set made ready to be searched, and its scale */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/bits.h"
#include "quant/lanes.h"
#include "quant/levels.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum {
    TABLE_TOP = 1 << 15, /* largest code that a table is made for */
    SAMPLE = 8192,       /* weights that the least squared error is of */
    STEPS = 48,          /* clips tried, */
    STEPS_AN_OCTAVE = 8, /* down to 1/64 of the largest weight */
    DIGITS = 1 << 16
};

static uint64_t top_code(const struct levels *l)
{
    return l->code[l->n - 1];
}

/* Largest m with 2x >= l_m-1 + l_m, as quant_nearest(). */
static const uint32_t *table_of(const struct levels *l, struct arena *a)
{
    uint64_t n = 2 * top_code(l) + 1;
    uint32_t *table = arena_array(a, n, sizeof *table);
    int m = 0;
    for (uint64_t i = 0; i < n; i++) {
        while (m + 1 < l->n && i >= l->code[m] + l->code[m + 1])
            m++;
        table[i] = (uint32_t)l->code[m];
    }
    return table;
}

int quantizer_init(struct quantizer *q, const struct quant_spec *spec,
                   struct arena *a, char *why, int size)
{
    struct levels *l = &q->levels;
    *q = (struct quantizer){.spec = spec};
    if (quant_levels(spec, a, l, why, size))
        return -1;
    uint64_t top = top_code(l);
    q->planes = top ? 64 - __builtin_clzll(top) : 0;
    q->is_uniform = top == (uint64_t)l->n - 1 && !l->plane_threshold;
    q->half_top = 2 * (double)top;
    q->half_centre = 2 * levels_centre(l);
    if (!q->is_uniform && !l->plane_threshold && top <= TABLE_TOP)
        q->table = table_of(l, a);
    return 0;
}

/* A bit a base: one where the weight exceeds its threshold. */
static uint64_t bases_code(const struct levels *l, double x)
{
    uint64_t code = 0;
    for (int b = 0; b < l->real_scales; b++)
        code |= (uint64_t)(x > l->plane_threshold[b]) << b;
    return code;
}

uint64_t quantizer_code(const struct quantizer *q, double x)
{
    const struct levels *l = &q->levels;
    if (l->plane_threshold)
        return bases_code(l, x);
    double half = 2 * (l->is_signed ? fabs(x) : x) + q->half_centre;
    half = half < q->half_top ? half : q->half_top;
    half = half > 0 ? half : 0;
    if (q->is_uniform)
        return ((uint64_t)half + 1) >> 1;
    if (q->table)
        return q->table[(uint64_t)half];
    return l->code[quant_nearest(l, x)];
}

/* ---- clips ---- */

/* Every `step`-th of n weights from `value` on. */
struct strand {
    const float *value;
    size_t n, step;
};

static uint32_t magnitude_bits(float w)
{
    uint32_t u;
    memcpy(&u, &w, sizeof u);
    return u & 0x7fffffff;
}

static double from_bits(uint32_t u)
{
    float w;
    memcpy(&w, &u, sizeof w);
    return (double)w;
}

typedef int32_t lanes __attribute__((vector_size(32)));
enum { LANES = 8 };

INLINE void raise_most(lanes *most, const void *value)
{
    lanes u;
    memcpy(&u, value, sizeof u);
    u = (u & INT32_MAX) - *most;
    *most += u & ~(u >> 31); /* a comparison would be taken apart */
}

/* Of n weights next to one another, whole lots of 2 LANES. */
WIDE static uint32_t largest_of_many(const float *value, size_t n)
{
    lanes even = {0}, odd = {0};
    uint32_t largest = 0;
    for (size_t i = 0; i < n; i += 2 * LANES) {
        raise_most(&even, value + i);
        raise_most(&odd, value + i + LANES);
    }
    raise_most(&even, &odd);
    for (int k = 0; k < LANES; k++)
        largest = (uint32_t)even[k] > largest ? (uint32_t)even[k] : largest;
    return largest;
}

/* IEEE numbers are in the order of their bits. */
static uint32_t largest_bits(const struct strand *s)
{
    size_t i = s->step == 1 ? s->n - s->n % (2 * LANES) : 0;
    uint32_t largest = i ? largest_of_many(s->value, i) : 0;
    for (; i < s->n; i++) {
        uint32_t u = magnitude_bits(s->value[i * s->step]);
        largest = u > largest ? u : largest;
    }
    return largest;
}

double weights_largest(const float *value, size_t n)
{
    struct strand all = {value, n, 1};
    return from_bits(largest_bits(&all));
}

ptrdiff_t weights_infinite(const float *value, size_t n)
{
    const uint32_t infinity = 0x7f800000;
    struct strand all = {value, n, 1};
    if (largest_bits(&all) < infinity)
        return -1;
    ptrdiff_t i = 0;
    while (magnitude_bits(value[i]) < infinity)
        i++;
    return i;
}

static double rms_of(const struct strand *s)
{
    double sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        double w = (double)s->value[i * s->step];
        sum += w * w;
    }
    return sqrt(sum / (double)s->n);
}

/* The first digit whose running count reaches rank; *rank: within it. */
static uint32_t digit_at(const uint32_t *count, size_t *rank)
{
    uint32_t d = 0;
    for (; *rank > count[d]; d++)
        *rank -= count[d];
    return d;
}

/* Least |w| that so many per cent do not exceed, by two digits of 16 bits. */
static double percentile_of(const struct strand *s, double percent,
                            uint32_t *count)
{
    size_t rank = (size_t)ceil(percent / 100 * (double)s->n - 1e-9);
    rank = rank < 1 ? 1 : rank;
    memset(count, 0, DIGITS * sizeof *count);
    for (size_t i = 0; i < s->n; i++)
        count[magnitude_bits(s->value[i * s->step]) >> 16]++;
    uint32_t high = digit_at(count, &rank);
    memset(count, 0, DIGITS * sizeof *count);
    for (size_t i = 0; i < s->n; i++) {
        uint32_t u = magnitude_bits(s->value[i * s->step]);
        count[u & 0xffff] += u >> 16 == high;
    }
    return from_bits(high << 16 | digit_at(count, &rank));
}

static double units(const struct quantizer *q, double clip)
{
    double scale = clip > 0 ? 0.5 * (q->half_top - q->half_centre) / clip : 0;
    return scale < (double)FLT_MAX ? scale : (double)FLT_MAX;
}

static double squared_error(const struct quantizer *q, const struct strand *s,
                            double scale)
{
    size_t skip = s->n / SAMPLE + 1;
    double sum = 0, centre = 0.5 * q->half_centre;
    for (size_t i = 0; i < s->n; i += skip) {
        double x = scale * (double)s->value[i * s->step];
        x = q->levels.is_signed ? fabs(x) : x;
        double error = x + centre - (double)quantizer_code(q, x);
        sum += error * error;
    }
    return sum / (scale * scale);
}

static double least_squares(const struct quantizer *q, const struct strand *s,
                            double largest)
{
    double best = largest, least = HUGE_VAL;
    for (int i = 0; i < STEPS && largest > 0; i++) {
        double clip = largest * exp2(-(double)i / STEPS_AN_OCTAVE);
        double error = squared_error(q, s, units(q, clip));
        if (error < least) {
            least = error;
            best = clip;
        }
    }
    return best;
}

static double scale_of(const struct quantizer *q, const struct strand *s,
                       const struct clip_rule *rule, uint32_t *count)
{
    const struct quant_spec *spec = q->spec;
    double largest = from_bits(largest_bits(s));
    if (!(largest > 0))
        return 0;
    if (q->levels.plane_threshold)
        return fmin(1 / rms_of(s), (double)FLT_MAX);
    if (spec->clip > 0 || rule->clip == CLIP_SCHEME)
        return units(q, quant_clip(spec) * rms_of(s));
    if (rule->clip == CLIP_PERCENTILE) {
        double clip = percentile_of(s, rule->percentile, count);
        return units(q, clip > 0 ? clip : largest);
    }
    return units(q, rule->clip == CLIP_MSE ? least_squares(q, s, largest)
                                           : largest);
}

/* A scale for each column. Weights that single precision loses beside the
 * largest of the tensor are noise: they are not blown up to the full range. */
static void column_scales(const struct quantizer *q, const struct weights *w,
                          const struct clip_rule *rule, uint32_t *count,
                          float *scale)
{
    size_t columns = (size_t)w->columns, rows = (size_t)w->rows;
    size_t all = (size_t)w->groups * columns;
    double least =
        (double)FLT_EPSILON * weights_largest(w->value, weights_count(w));
    double most = q->levels.plane_threshold ? 1 / fmax(least, (double)FLT_MIN)
                                            : units(q, least);
    for (size_t i = 0; i < all; i++) {
        const float *first =
            w->value + i / columns * rows * columns + i % columns;
        struct strand one = {first, rows, columns};
        scale[i] = (float)fmin(scale_of(q, &one, rule, count), most);
    }
}

void quantizer_scale(const struct quantizer *q, const struct weights *w,
                     const struct clip_rule *rule, struct arena *a,
                     float *scale)
{
    size_t all = (size_t)w->groups * (size_t)w->columns;
    uint32_t *count = rule->clip == CLIP_PERCENTILE
                          ? arena_array(a, DIGITS, sizeof *count)
                          : NULL;
    struct strand whole = {w->value, weights_count(w), 1};
    if (rule->per_column) {
        column_scales(q, w, rule, count, scale);
        return;
    }
    float of_all = (float)scale_of(q, &whole, rule, count);
    for (size_t i = 0; i < all; i++)
        scale[i] = of_all;
}
