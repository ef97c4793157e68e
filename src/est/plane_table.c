/* plane_table.c - bit planes of every layer: densities three ways, counts */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "est/est.h"
#include "quant/bits.h"

#include <math.h>
#include <string.h>

/* clang-format off */
static const struct column plane_columns[] = {
    {"layer", NULL}, {"scheme", NULL}, {"weights", NULL},
    {"groups", ""}, {"rows", ""}, {"columns", ""}, {"plane", ""},
    {"density", ""}, {"density_stats", ""}, {"density_model", ""},
    {"ones", ""}, {"tiles", ""}, {"tiles_filled", ""},
    {"row_slices", ""}, {"row_slices_filled", ""},
    {"column_slices", ""}, {"column_slices_filled", ""},
    {"most_ones", ""}, {"adc_bits", ""},
};
/* clang-format on */
enum { LAYER, SCHEME, WEIGHTS, GROUPS, ROWS, COLUMNS, PLANE, FIRST };
enum { N = sizeof plane_columns / sizeof *plane_columns, NUMBERS = N - FIRST };

/* The numbers of a row, in the order of the columns. */
enum {
    DENSITY,
    DENSITY_STATS,
    DENSITY_MODEL,
    ONES,
    TILES,
    TILES_FILLED,
    ROW_SLICES,
    ROW_SLICES_FILLED,
    COLUMN_SLICES,
    COLUMN_SLICES_FILLED,
    MOST,
    ADC_BITS
};

/* Planes of one layer, or of the network. */
struct planes_of {
    double weights;
    int n;
    double at[PLANES_MAX][NUMBERS];
};

static double blocks(double n, double size)
{
    return ceil(n / size);
}

/* What is on crossbars of so many rows and columns. */
static void fill_tiles(const struct bits *b, const struct plane_count *c,
                       int rows, int columns, double *to)
{
    double high = blocks(b->rows, rows), wide = blocks(b->columns, columns);
    to[TILES] = b->groups * high * wide;
    to[TILES_FILLED] = (double)c->tiles;
    to[ROW_SLICES] = b->groups * (double)b->rows * wide;
    to[ROW_SLICES_FILLED] = (double)c->row_slices;
    to[COLUMN_SLICES] = b->groups * high * b->columns;
    to[COLUMN_SLICES_FILLED] = (double)c->columns;
    to[MOST] = c->most;
    to[ADC_BITS] = ceil(log2(c->most + 1.0));
}

static void fill_counts(const struct run *run, const struct bits *b,
                        struct arena *a, struct planes_of *out)
{
    struct bit_count *count = arena_alloc(a, sizeof *count);
    int rows = run->rows ? run->rows : b->rows;
    int wide = run->rows ? run->columns : b->columns;
    bits_count(b, rows, wide, a, count);
    for (int p = 0; p < out->n; p++) {
        out->at[p][ONES] = (double)count->plane[p].ones;
        if (run->rows)
            fill_tiles(b, &count->plane[p], rows, wide, out->at[p]);
    }
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static struct planes_of *planes_of(const struct run *run, const struct quant *q,
                                   struct arena *a)
{
    struct planes_of *out = arena_alloc(a, sizeof *out);
    const struct ones *o = &q->ones;
    out->n = larger(o->model.n, larger(o->exact.n, o->stats.n));
    for (int p = 0; p < out->n; p++) {
        for (int i = 0; i < NUMBERS; i++)
            out->at[p][i] = (double)NAN;
        out->at[p][DENSITY_MODEL] = o->model.density[p];
        if (o->known)
            out->at[p][DENSITY] = o->exact.density[p];
        if (q->record)
            out->at[p][DENSITY_STATS] = o->stats.density[p];
    }
    if (q->bits)
        fill_counts(run, q->bits, a, out);
    return out;
}

/* Densities are means over the weights, the last two numbers the largest. */
static void add_to_total(const struct planes_of *p, struct planes_of *total)
{
    total->weights += p->weights;
    total->n = larger(total->n, p->n);
    for (int b = 0; b < p->n; b++)
        for (int i = 0; i < NUMBERS; i++) {
            double x = p->at[b][i], *sum = &total->at[b][i];
            if (i >= MOST)
                *sum = fmax(*sum, x);
            else
                *sum += i <= DENSITY_MODEL ? x * p->weights : x;
        }
}

/* Sums of nothing, and no largest number yet. */
static struct planes_of *new_total(struct arena *a)
{
    struct planes_of *total = arena_alloc(a, sizeof *total);
    for (int b = 0; b < PLANES_MAX; b++)
        total->at[b][MOST] = total->at[b][ADC_BITS] = (double)NAN;
    return total;
}

static void finish_total(struct planes_of *total)
{
    for (int b = 0; b < total->n; b++)
        for (int i = 0; i <= DENSITY_MODEL; i++)
            total->at[b][i] /= total->weights;
}

static void put_planes(const struct planes_of *p, const union cell *head,
                       struct table *t, int *row)
{
    for (int b = 0; b < p->n; b++, ++*row) {
        union cell *c = table_at(t, *row, 0);
        memcpy(c, head, FIRST * sizeof *c);
        c[PLANE].number = b;
        for (int i = 0; i < NUMBERS; i++)
            c[FIRST + i].number = p->at[b][i];
    }
}

static void put_layer(const struct run_layer *r, const struct quant *q,
                      const struct planes_of *p, struct table *t, int *row)
{
    const struct layer *l = r->layer;
    union cell head[FIRST];
    head[LAYER].text = l->name;
    head[SCHEME].text = q->label;
    head[WEIGHTS].text = est_weights_as(r);
    head[GROUPS].number = l->groups;
    head[ROWS].number = l->rows;
    head[COLUMNS].number = l->columns;
    put_planes(p, head, t, row);
}

static void put_total(const struct planes_of *total, struct table *t, int *row)
{
    union cell head[FIRST];
    head[LAYER].text = "total";
    head[SCHEME].text = head[WEIGHTS].text = "";
    head[GROUPS].number = head[ROWS].number = head[COLUMNS].number =
        (double)NAN;
    put_planes(total, head, t, row);
}

/* How much is known of a layer's planes; the total is of those that are known
 * best. */
static int known_of(const struct quant *q)
{
    return q->ones.known ? 2 : q->record != NULL;
}

struct table *est_planes(const struct estimate *e, const struct quant *quant,
                         struct arena *a)
{
    const struct run *run = e->run;
    struct planes_of **of = arena_array(a, (size_t)run->layers, sizeof *of);
    struct planes_of *total = new_total(a);
    int known = 0;
    int rows = 0, row = 0;
    for (int i = 0; i < run->layers; i++)
        if (quant[i].n)
            known = larger(known, known_of(&quant[i]));
    for (int i = 0; i < run->layers; i++) {
        const struct layer *l = run->layer[i].layer;
        if (!quant[i].n)
            continue;
        of[i] = planes_of(run, &quant[i], a);
        of[i]->weights = (double)l->groups * l->rows * l->columns;
        rows += of[i]->n;
        if (known_of(&quant[i]) == known)
            add_to_total(of[i], total);
    }
    finish_total(total);
    struct table *t = table_new(a, "planes", N, plane_columns, rows + total->n);
    for (int i = 0; i < run->layers; i++)
        if (of[i])
            put_layer(&run->layer[i], &quant[i], of[i], t, &row);
    put_total(total, t, &row);
    return t;
}
