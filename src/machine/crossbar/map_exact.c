/* map_exact.c - one layer on crossbars, counted from its weights */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/pack.h"
#include "machine/crossbar/place.h"
#include "quant/lanes.h"
#include <limits.h>
#include <string.h>

struct count {
    const struct xbar *x;
    const struct map_rule *rule;
    struct mapped *out;
    int planes;            /* of the widest scheme */
    unsigned split;        /* schemes whose signs have arrays of their own */
    double cycles;         /* A, mean over a mixture of input widths */
    double per_slice;      /* cycles that delay an input by one slice */
    uint64_t peak;         /* largest column sum */
    uint64_t *mask;        /* [slice][word]: rows whose slice is there */
    int matrix_columns;    /* of one matrix, if several share a crossbar */
    int group;             /* column group now, -1 before the first */
    int delay;             /* its largest, slices */
    int columns;           /* of it */
    double lines;          /* wordlines in use, over all crossbars */
    double row_delay_bits; /* stored for a row's delay, over column groups */
};

static int delay_cycles(const struct count *c, int slices)
{
    return (int)(slices * c->per_slice);
}

/* Closes a column group: what depends on its largest delay. */
static void close_group(struct count *c)
{
    int extra = delay_cycles(c, c->delay);

    if (c->group < 0)
        return;
    if (extra > c->out->extra_cycles)
        c->out->extra_cycles = extra;
    c->out->shift_adds += c->columns * (c->cycles + extra);
    c->row_delay_bits += bits_for(c->delay + 1);
}

/* Slices and words that a crossbar has wordlines of. */
struct extent {
    int low, high, first, last;
};

/* Sets (or clears again) the rows of each slice. */
static struct extent mark(struct count *c, const struct placed *p, bool set)
{
    struct extent e = {PLANES_MAX, 0, INT_MAX, 0};

    for (int i = 0; i < p->lines; i++) {
        const struct wordline *w = &p->line[i];
        int word = w->row / 64;
        uint64_t bit = set ? UINT64_C(1) << w->row % 64 : 0;
        uint64_t *to = &c->mask[w->slice * p->words + word];
        *to = set ? *to | bit : 0;
        e.low = w->slice < e.low ? w->slice : e.low;
        e.high = w->slice > e.high ? w->slice : e.high;
        e.first = word < e.first ? word : e.first;
        e.last = word > e.last ? word : e.last;
    }
    return e;
}

/* Sum of a column's cells; adds its ones. */
INLINE uint64_t column_sum(struct count *c, const struct placed *p,
                           const struct extent *e, const uint64_t *plane)
{
    const int bits = c->x->cell_bits;
    uint64_t sum = 0;

    for (int s = e->low; s <= e->high; s++)
        for (int i = 0; i < bits && s * bits + i < p->planes; i++) {
            const uint64_t *from = plane + (s * bits + i) * p->words;
            const uint64_t *mask = c->mask + s * p->words;
            unsigned ones = 0;
            for (int k = e->first; k <= e->last; k++)
                ones += (unsigned)bits_ones(from[k] & mask[k]);
            sum += (uint64_t)ones << i;
            c->out->ones += ones;
        }
    return sum;
}

/* Sums the columns; returns how many are not empty. */
WIDE static int sum_columns(struct count *c, const struct placed *p)
{
    struct extent e = mark(c, p, true);
    int filled = 0;

    for (int j = 0; j < p->columns; j++) {
        uint64_t sum = column_sum(c, p, &e, p->plane[j]);
        filled += sum > 0;
        c->peak = sum > c->peak ? sum : c->peak;
    }
    mark(c, p, false);
    return filled;
}

static void see(void *self, const struct placed *p)
{
    struct count *c = self;
    struct mapped *out = c->out;
    double cycles = c->cycles + delay_cycles(c, p->delay);
    double cells = (double)p->lines * p->columns;

    if (p->group != c->group) {
        close_group(c);
        c->group = p->group;
        c->columns = p->columns;
        c->delay = 0;
    }
    if (p->delay > c->delay)
        c->delay = p->delay;
    out->crossbars += 1;
    out->conversions += p->columns * cycles;
    out->conversions_nonempty += sum_columns(c, p) * cycles;
    out->drives += (double)p->lines * c->cycles;
    out->cell_reads += cells * c->cycles;
    out->cells_used +=
        c->matrix_columns ? (double)p->lines * c->matrix_columns : cells;
    c->lines += p->lines;
}

/* Output channels that lie in both arrays. */
static int split_columns(const struct bits *b, unsigned split)
{
    int n = 0;

    for (int g = 0; g < b->groups; g++)
        for (int j = 0; j < b->columns; j++)
            n += (int)(split >> bits_scheme(b, g, j) & 1);
    return n;
}

static double index_bits(const struct count *c, const struct bits *b,
                         int slices)
{
    int groups = div_up(b->columns, c->x->columns) +
                 div_up(split_columns(b, c->split), c->x->columns);
    double tiles = (double)slices * div_up(b->rows, c->x->rows) * groups;

    switch (c->rule->squeeze) {
    case SQUEEZE_L0:
        return 0;
    case SQUEEZE_L3:
        return c->lines * bits_for(slices);
    case SQUEEZE_L4:
        return c->lines * (bits_for(slices) + bits_for(b->rows));
    default:
        return tiles + b->rows * c->row_delay_bits;
    }
}

static double input_fetch(const struct count *c, const struct bits *b,
                          double input_bits)
{
    if (c->rule->squeeze == SQUEEZE_L4)
        return c->lines * input_bits;
    return (double)b->rows * div_up(b->columns, c->x->columns) * input_bits;
}

/* ceil(log2(m + 1)), m the largest sum of a column */
static int adc_bits(const struct count *c)
{
    uint64_t most = c->peak * ((1u << c->x->dac_bits) - 1);

    return most ? 64 - __builtin_clzll(most) : 0;
}

/* Adds one matrix, or those that share a crossbar as one. */
static void add_matrix(struct count *c, const struct bits *b,
                       const struct quant *q, struct arena *a)
{
    struct mapped *out = c->out;

    c->group = -1;
    c->lines = c->row_delay_bits = 0;
    int slices = place(c->x, c->rule, b, c->planes, c->split, a, see, c);
    close_group(c);
    out->planes = slices > out->planes ? slices : out->planes;
    out->input_fetch += input_fetch(c, b, map_mean_cycles(q, 1));
    out->index_bits += index_bits(c, b, slices);
}

/* Group `from` and those behind it, `n` together, as a matrix of one group:
 * blocks along the diagonal. */
static struct bits matrices(const struct bits *b, int from, int n,
                            struct arena *a)
{
    struct bits d;

    bits_diagonal(b, from, n, a, &d);
    if (b->scheme)
        d.scheme = b->scheme + (size_t)from * (size_t)b->columns;
    return d;
}

/* One group, as it lies. */
static struct bits matrix(const struct bits *b, int group)
{
    struct bits d = *b;

    d.groups = 1;
    d.plane += bits_column(b, group, 0) - b->plane;
    d.negative += bits_negative(b, group, 0) - b->negative;
    if (b->scheme)
        d.scheme += (size_t)group * (size_t)b->columns;
    return d;
}

/* Planes of the widest scheme, and those whose signs lie apart. */
static void see_schemes(struct count *c, const struct quant *q,
                        const struct bits *weights)
{
    for (int g = 0; g < q->n; g++) {
        const struct planes *p = &q->group[g];
        bool has_sign = weights->scheme ? p->is_signed : weights->is_signed;
        if (has_sign && (c->rule->two_arrays || p->two_arrays))
            c->split |= 1u << g;
        if (p->n > c->planes && (q->n == 1 || p->share > 0))
            c->planes = p->n;
    }
}

void map_exact(const struct xbar *x, const struct map_rule *rule,
               const struct matrix *m, const struct quant *q,
               const struct bits *weights, struct arena *a, struct mapped *out)
{
    struct count c = {.x = x, .rule = rule, .out = out};
    struct arena *scratch = arena_scratch(a);
    struct arena_mark begin = arena_mark(scratch);
    int together = pack_together(x, m, 1);
    size_t lines = (size_t)together * (size_t)m->rows;

    memset(out, 0, sizeof *out);
    see_schemes(&c, q, weights);
    c.cycles = map_mean_cycles(q, x->dac_bits);
    c.per_slice = (double)x->cell_bits / x->dac_bits;
    c.matrix_columns = together > 1 ? m->columns : 0;
    c.mask =
        arena_array(scratch, PLANES_MAX * (lines / 64 + 1), sizeof *c.mask);
    for (int g = 0; g < m->groups; g += together) {
        int left = m->groups - g, n = left < together ? left : together;
        struct arena_mark one = arena_mark(scratch);
        struct bits b =
            n > 1 ? matrices(weights, g, n, scratch) : matrix(weights, g);
        add_matrix(&c, &b, q, scratch);
        arena_rewind(scratch, one);
    }
    arena_rewind(scratch, begin);
    out->row_blocks = div_up(m->rows, x->rows);
    out->shift_adds +=
        (rule->skip_columns ? out->conversions_nonempty : out->conversions) +
        block_sums(m, out->row_blocks) + split_columns(weights, c.split);
    out->index_reads = out->index_bits;
    out->input_bits = q->input_bits;
    out->input_cycles = div_up(q->input_bits, x->dac_bits);
    out->mean_cycles = c.cycles;
    out->feeds = 1;
    out->adc_bits = adc_bits(&c);
}
