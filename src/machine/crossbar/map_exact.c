/* map_exact.c - one layer on crossbars, counted from its weights */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/pack.h"
#include "machine/crossbar/place.h"
#include <string.h>

struct count {
    const struct xbar *x;
    const struct map_rule *rule;
    struct mapped *out;
    int cycles;            /* A */
    double per_slice;      /* cycles that delay an input by one slice */
    uint64_t peak;         /* largest column sum */
    uint64_t *sum;         /* of each column of a crossbar */
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
    c->out->shift_adds += (double)c->columns * (c->cycles + extra);
    c->row_delay_bits += bits_for(c->delay + 1);
}

/* Sums the columns; returns how many are not empty. */
static int sum_columns(struct count *c, const struct placed *p)
{
    int filled = 0;

    memset(c->sum, 0, (size_t)p->columns * sizeof *c->sum);
    for (int i = 0; i < p->lines; i++)
        for (int j = 0; j < p->columns; j++) {
            unsigned cell = placed_cell(p, c->x->cell_bits, i, j);
            c->sum[j] += cell;
            c->out->ones += __builtin_popcount(cell);
        }
    for (int j = 0; j < p->columns; j++) {
        filled += c->sum[j] > 0;
        c->peak = c->sum[j] > c->peak ? c->sum[j] : c->peak;
    }
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
    out->cells_used += cells;
    c->lines += p->lines;
}

static double index_bits(const struct count *c, const struct matrix *m,
                         int slices)
{
    int arrays = c->rule->two_arrays ? 2 : 1;
    double tiles = (double)arrays * slices * div_up(m->rows, c->x->rows) *
                   div_up(m->columns, c->x->columns);

    switch (c->rule->squeeze) {
    case SQUEEZE_L0:
        return 0;
    case SQUEEZE_L3:
        return c->lines * bits_for(slices);
    case SQUEEZE_L4:
        return c->lines * (bits_for(slices) + bits_for(m->rows));
    default:
        return tiles + m->rows * c->row_delay_bits;
    }
}

static double input_fetch(const struct count *c, const struct matrix *m,
                          int input_bits)
{
    if (c->rule->squeeze == SQUEEZE_L4)
        return c->lines * input_bits;
    return (double)m->rows * div_up(m->columns, c->x->columns) * input_bits;
}

/* ceil(log2(m + 1)), m the largest sum of a column */
static int adc_bits(const struct count *c)
{
    uint64_t most = c->peak * ((1u << c->x->dac_bits) - 1);

    return most ? 64 - __builtin_clzll(most) : 0;
}

void map_exact(const struct xbar *x, const struct map_rule *rule,
               const struct matrix *m, const int64_t *code, int planes,
               int input_bits, struct arena *a, struct mapped *out)
{
    struct count c = {.x = x, .rule = rule, .out = out, .group = -1};

    memset(out, 0, sizeof *out);
    c.cycles = div_up(input_bits, x->dac_bits);
    c.per_slice = (double)x->cell_bits / x->dac_bits;
    c.sum = arena_array(a, (size_t)x->columns, sizeof *c.sum);
    out->planes = place(x, rule, m, code, planes, a, see, &c);
    close_group(&c);
    out->row_blocks = div_up(m->rows, x->rows);
    out->shift_adds +=
        (rule->skip_columns ? out->conversions_nonempty : out->conversions) +
        (double)m->columns * (out->row_blocks - 1 + rule->two_arrays);
    out->input_fetch = input_fetch(&c, m, input_bits);
    out->index_bits = index_bits(&c, m, out->planes);
    out->index_reads = out->index_bits;
    out->input_bits = input_bits;
    out->input_cycles = c.cycles;
    out->mean_cycles = c.cycles;
    out->feeds = 1;
    out->adc_bits = adc_bits(&c);
}
