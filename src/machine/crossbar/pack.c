/* pack.c - a weight matrix cut into column groups and row blocks */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/pack.h"
#include <math.h>
#include <string.h>

int bits_for(int values)
{
    int bits = 0;

    while (bits < 30 && (1 << bits) < values)
        bits++;
    return bits;
}

int pack_together(const struct xbar *x, const struct matrix *m,
                  int columns_per_weight)
{
    int by_rows = x->rows / m->rows;
    int by_columns = x->columns / columns_per_weight / m->columns;
    int t = by_rows < by_columns ? by_rows : by_columns;

    if (t > m->groups)
        t = m->groups;
    return t < 1 ? 1 : t;
}

/* What is common to all column groups of a layer while it is being cut. */
struct cutter {
    const struct matrix *m;
    const struct quant *q;
    int together; /* matrices that share a crossbar */
    int width;    /* channels of a full column group */
    int channels; /* channels to cut, */
    double times; /* so many times over */
    struct cut *cut;
    int n;
};

static struct cut *add(struct cutter *c, double times, int columns)
{
    struct cut *cut = &c->cut[c->n++];

    memset(cut, 0, sizeof *cut);
    cut->times = times * c->times;
    cut->columns = columns;
    if (c->together > 1) {
        cut->row_columns = c->m->columns;
        cut->rows = columns / c->m->columns * c->m->rows;
    } else {
        cut->row_columns = columns;
        cut->rows = c->m->rows;
    }
    return cut;
}

static void cut_even(struct cutter *c)
{
    int width[2] = {c->width, c->channels % c->width};
    int times[2] = {c->channels / c->width, 1};

    for (int i = 0; i < 2; i++) {
        if (times[i] == 0 || width[i] == 0)
            continue;
        struct cut *cut = add(c, times[i], width[i]);
        for (int g = 0; g < c->q->n; g++)
            cut->scheme[g] = width[i] * c->q->group[g].share;
    }
}

/* order[]: schemes from the widest significance range to the narrowest */
static void sort_schemes(const struct quant *q, int order[GROUPS_MAX])
{
    for (int g = 0; g < q->n; g++) {
        int i = g;
        while (i > 0 && q->group[order[i - 1]].n < q->group[g].n) {
            order[i] = order[i - 1];
            i--;
        }
        order[i] = g;
    }
}

/* end[i]: channels of the i+1 widest schemes together, whole channels */
static void scheme_ends(const struct cutter *c, const int order[GROUPS_MAX],
                        int end[GROUPS_MAX])
{
    double share = 0;

    for (int i = 0; i < c->q->n; i++) {
        share += c->q->group[order[i]].share;
        end[i] = (int)floor(c->channels * share + 0.5);
        if (end[i] > c->channels)
            end[i] = c->channels;
    }
    end[c->q->n - 1] = c->channels;
}

static void add_mixed(struct cutter *c, const int order[GROUPS_MAX],
                      const int end[GROUPS_MAX], int at, int width)
{
    struct cut *cut = add(c, 1, width);

    for (int i = 0; i < c->q->n; i++) {
        int from = i > 0 && end[i - 1] > at ? end[i - 1] : at;
        int to = end[i] < at + width ? end[i] : at + width;
        cut->scheme[order[i]] = to > from ? to - from : 0;
    }
}

static void cut_sorted(struct cutter *c)
{
    int order[GROUPS_MAX], end[GROUPS_MAX], i = 0;

    sort_schemes(c->q, order);
    scheme_ends(c, order, end);
    for (int at = 0; at < c->channels;) {
        while (end[i] <= at)
            i++;
        int run = (end[i] - at) / c->width;
        if (run > 0) {
            add(c, run, c->width)->scheme[order[i]] = c->width;
            at += run * c->width;
        } else {
            int left = c->channels - at;
            int width = left < c->width ? left : c->width;
            add_mixed(c, order, end, at, width);
            at += width;
        }
    }
}

int pack_cut(const struct xbar *x, const struct map_rule *rule,
             const struct matrix *m, const struct quant *q,
             struct cut cut[CUTS_MAX])
{
    struct cutter c = {.m = m, .q = q, .cut = cut};

    c.together = pack_together(x, m, 1);
    if (c.together > 1) {
        c.width = c.together * m->columns;
        c.channels = m->groups * m->columns;
        c.times = 1;
    } else {
        c.width = x->columns;
        c.channels = m->columns;
        c.times = m->groups;
    }
    if (rule->sort_channels && q->n > 1)
        cut_sorted(&c);
    else
        cut_even(&c);
    return c.n;
}
