/* stages.c - the network on the crossbar machine: mapping, actions, pace */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/crossbar.h"

#include <math.h>

/* Are there products of two activations that the host has to make? */
static bool needs_host(const struct crossbar *x, const struct layer *l)
{
    return l->work[WORK_MAC] > 0 && !x->chip.part[ROLE_VECTOR].model;
}

static double *actions_of(const struct run *run, int layer, enum role_id role)
{
    return run_actions(run, layer, (int)role);
}

/* ---- actions that do not depend on the schedule ---- */

/* What the cells of the layer's crossbars store, as a share of the most they
 * could: the bits of a multi-bit cell count alike. */
static double stored_share(const struct crossbar *x, const struct mapped *m)
{
    const struct geometry *g = &x->chip.geo;
    double bits = m->crossbars * g->rows * (double)g->columns * g->cell_bits;
    return bits > 0 ? fmin(1, m->ones / bits) : 0;
}

/* Per input vector of the layer: what the mapper counted, and its sums on
 * their way out of the PE (one a row block) and into the tile's register. */
static void count_crossbars(const struct crossbar *x, int i,
                            const struct run *run)
{
    const struct layer *l = &x->net->layer[i];
    const struct mapped *m = &x->map[i];
    double v = (double)l->vectors, d = x->net->input_density;
    double convert =
        x->rule.skip_columns ? m->conversions_nonempty : m->conversions;
    double sums = (double)l->groups * l->columns * x->width[i];
    const struct {
        enum role_id role;
        double count;
    } counts[] = {
        {ROLE_ARRAY, m->cell_reads * d},
        {ROLE_DAC, m->drives * d}, /* a zero bit leaves the wordline idle */
        {ROLE_SAMPLE_HOLD, convert},
        {ROLE_TIA, m->amplified},
        {ROLE_BUFFER_ARRAY, m->buffered},
        {ROLE_MUX, convert},
        {ROLE_ADC, convert},
        {ROLE_SHIFT_ADD, m->shift_adds},
        {ROLE_INPUT_REGISTER, m->input_fetch},
        {ROLE_OUTPUT_REGISTER, sums * m->row_blocks},
        {ROLE_INDEX, m->index_reads},
        {ROLE_BUS, sums * m->row_blocks},
        {ROLE_TILE_REGISTER, sums},
        {ROLE_CONTROL,
         m->mean_cycles * m->feeds * m->crossbars / x->chip.geo.crossbars},
    };
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
        *actions_of(run, i, counts[k].role) += v * counts[k].count;
    actions_of(run, i, ROLE_BUFFER_ARRAY)[ACTION_WRITE] += v * m->buffered;
    actions_of(run, i, ROLE_ARRAY)[ACTION_ON] +=
        v * m->cell_reads * d * stored_share(x, m);
}

/*
 * Work of the tile's units. Products of two activations need a vector unit,
 * or the host; a product with a constant of w bits is w shift-and-adds of the
 * tile's adder where there is no vector unit.
 */
static void count_digital(const struct crossbar *x, int i,
                          const struct run *run)
{
    const struct layer *l = &x->net->layer[i];
    bool vector = x->chip.part[ROLE_VECTOR].model != NULL;
    double scales =
        l->work[WORK_SCALE] + (double)l->vectors * x->map[i].multiplies;

    *actions_of(run, i, ROLE_POOL) += l->work[WORK_COMPARE];
    *actions_of(run, i, ROLE_TILE_ADD) += l->work[WORK_ADD];
    *actions_of(run, i, ROLE_ACTIVATION) += l->work[WORK_ACTIVATE];
    *actions_of(run, i, vector ? ROLE_VECTOR : ROLE_HOST) += l->work[WORK_MAC];
    *actions_of(run, i, vector ? ROLE_VECTOR : ROLE_TILE_ADD) +=
        vector ? scales : scales * x->width[i];
}

/*
 * Every value that comes from another stage is written once into the buffer
 * of the tiles that read it and read from there once: windows overlap in the
 * line buffers and input registers, not in the buffer's traffic. Within a
 * stage values pass through the tile's register.
 */
static void count_edges(const struct crossbar *x, const struct run *run)
{
    for (int k = 0; k < x->edges; k++) {
        const struct edge *e = &x->edge[k];
        double *buffer = actions_of(run, e->to, ROLE_BUFFER);
        if (e->stays && x->net->layer[e->to].groups == 0) {
            *actions_of(run, e->to, ROLE_TILE_REGISTER) += e->bits;
            continue;
        }
        buffer[ACTION_FIRST] += e->bits;
        buffer[ACTION_WRITE] += e->bits;
        *actions_of(run, e->to, ROLE_BUS) += e->bits;
        if (x->net->layer[e->to].groups > 0)
            *actions_of(run, e->to, ROLE_INPUT_REGISTER) += e->bits;
    }
}

/* Work for the host crosses the link, there and back; so does what is looked
 * up in tables that lie outside. */
static void add_outside(struct crossbar *x, int i, const struct run *run)
{
    const struct layer *l = &x->net->layer[i];
    double values = (double)l->fetched;
    if (needs_host(x, l))
        values += (double)(l->in_values + l->out_values);
    x->outside_bits[i] += values * x->width[i];
    actions_of(run, i, ROLE_BUFFER)[ACTION_WRITE] +=
        (double)l->fetched * x->width[i];
}

/* ---- stages' timing ---- */

/* An expectation rounded up; a layer whose weights are all zero keeps one, so
 * that its stage has tiles to work on. */
static double whole_crossbars(const struct mapped *m)
{
    return fmax(1, ceil(m->crossbars - 1e-9));
}

static void fill_stage(const struct crossbar *x, struct stage *s)
{
    const struct mapped *m = &x->map[s->layer];
    const struct layer *l = &x->net->layer[s->layer];
    double d = m->extra_cycles;
    s->vectors = s->most_copies = round((double)l->vectors * m->feeds);
    s->interval_cycles = m->mean_cycles + (1 - x->when.overlap) * d;
    s->depth_cycles = m->input_cycles + d + x->when.fixed_cycles;
    s->crossbars = whole_crossbars(m);
    if (l->recurrent) { /* one result before the next begins, on one copy */
        double wait = s->depth_cycles - s->interval_cycles;
        s->interval_cycles += wait * (s->vectors - 1) / s->vectors;
        s->most_copies = 1;
    }
}

/* Bits of an edge that a stage sends into the mesh. What a layer only
 * rearranges has been sent by those that made it. */
static double bits_sent(const struct crossbar *x, const struct edge *e)
{
    if (e->stays || x->passes[e->from])
        return 0;
    return (double)x->net->layer[e->from].out_values * x->width[e->from];
}

/* Parts that set a stage's pace beside its crossbars: those of its tiles, and
 * the ADCs where TIAs, not they, keep step with the crossbars. */
static bool sets_pace(const struct crossbar *x, enum role_id role)
{
    if (role == ROLE_ADC)
        return x->chip.part[ROLE_TIA].model != NULL;
    return roles[role].level == LEVEL_TILE && role != ROLE_ROUTER;
}

static void sum_stage_work(struct crossbar *x, const struct run *run)
{
    for (int i = 0; i < x->net->n; i++) {
        struct stage *s = &x->stage[x->stage_of[i]];
        for (int r = 0; r < ROLES; r++) {
            if (!sets_pace(x, (enum role_id)r))
                continue;
            const double *n = run_actions(run, i, r);
            s->work[r] += n[ACTION_FIRST] + n[ACTION_WRITE];
        }
    }
    for (int k = 0; k < x->edges; k++)
        if (x->edge[k].from >= 0)
            x->stage[x->stage_of[x->edge[k].from]].work[ROLE_ROUTER] +=
                bits_sent(x, &x->edge[k]);
}

/* What stands for the weights of a layer in what the style counts. */
static enum weights_as taken(const struct map_style *style,
                             const struct quant *q)
{
    if (q->bits && q->ones.as == WEIGHTS_EXACT)
        return WEIGHTS_EXACT;
    return style->by_density ? q->ones.as : WEIGHTS_MODEL;
}

static void fill_layer(const struct crossbar *x, const struct quant *q, int i,
                       struct run_layer *out)
{
    const struct layer *l = &x->net->layer[i];
    const struct mapped *m = &x->map[i];
    double edge_bits = 0;
    for (int k = 0; k < l->n_in; k++)
        edge_bits += l->in[k] < 0 ? x->input_width : x->width[l->in[k]];

    *out = (struct run_layer){.layer = l};
    if (l->n_in)
        out->buffer_bits = l->lead * (double)l->in_values * edge_bits / l->n_in;
    if (!l->groups)
        return;
    double cells = whole_crossbars(m) * x->chip.geo.rows * x->chip.geo.columns;
    out->quant = q;
    out->scheme = q->label;
    out->weights = taken(x->rule.style, q);
    out->planes = m->planes;
    out->input_bits = m->input_bits;
    out->extra_cycles = m->extra_cycles;
    out->adc_bits = m->adc_bits;
    out->expected = m->crossbars;
    out->used = m->cells_used / cells;
    out->ones = m->ones / (cells * x->chip.geo.cell_bits);
}

/* Rows of a window that the window before it, to the left, does not have. */
static int step_rows(const struct layer *l)
{
    const struct window *w = &l->win;
    int columns = w->stride_w % w->dil_w ? w->kw : w->stride_w / w->dil_w;
    return l->rows / w->kw * (columns < w->kw ? columns : w->kw);
}

static void map_layer(struct crossbar *x, const struct quant *q, int i,
                      struct arena *a)
{
    const struct layer *l = &x->net->layer[i];
    struct xbar array = {x->chip.geo.rows, x->chip.geo.columns,
                         x->chip.geo.cell_bits, x->chip.geo.dac_bits};
    struct matrix m = {l->groups, l->rows, l->columns, l->out.w, step_rows(l)};
    const struct map_style *style = x->rule.style;
    if (taken(style, q) == WEIGHTS_EXACT)
        style->map_exact(&array, &x->rule, &m, q, q->bits, a, &x->map[i]);
    else
        style->map(&array, &x->rule, &m, q, &x->map[i]);
}

int stages_build(struct crossbar *x, const struct quant *quant, struct arena *a,
                 struct msgs *msgs, struct run *run)
{
    const struct net *net = x->net;
    int errors = msgs->errors;

    x->map = arena_array(a, (size_t)net->n, sizeof *x->map);
    for (int i = 0; i < net->n; i++)
        if (net->layer[i].groups > 0)
            map_layer(x, &quant[i], i, a);
    edges_build(x, a);
    for (int i = 0; i < net->n; i++) {
        const struct layer *l = &net->layer[i];
        if (needs_host(x, l) && !x->chip.part[ROLE_HOST].model)
            msg_error(msgs, &l->at,
                      "layer '%s' multiplies activations; the chip has "
                      "neither 'vector' nor 'host' that does",
                      l->name);
        if (l->groups > 0)
            count_crossbars(x, i, run);
        count_digital(x, i, run);
        add_outside(x, i, run);
        fill_layer(x, &quant[i], i, &run->layer[i]);
    }
    count_edges(x, run);
    for (int s = 0; s < x->stages; s++)
        fill_stage(x, &x->stage[s]);
    sum_stage_work(x, run);
    return msgs->errors > errors ? -1 : 0;
}
