/* edges.c - on which tiles layers work, and what goes between them */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/crossbar.h"

#include <math.h>

static void allocate(struct crossbar *x, struct arena *a)
{
    size_t n = 0, layers = (size_t)x->net->n;
    for (int i = 0; i < x->net->n; i++)
        n += (size_t)x->net->layer[i].n_in;
    x->stage = arena_array(a, (size_t)x->net->n_weight, sizeof *x->stage);
    x->stage_of = arena_array(a, layers, sizeof *x->stage_of);
    x->edge = arena_array(a, n, sizeof *x->edge);
    x->width = arena_array(a, layers, sizeof *x->width);
    x->where = arena_array(a, layers, sizeof *x->where);
    x->passes = arena_array(a, layers, sizeof *x->passes);
    x->outside_bits = arena_array(a, layers, sizeof *x->outside_bits);
}

/* ---- where a layer works ---- */

static bool only_rearranges(const struct layer *l)
{
    double work = 0;
    for (int w = 0; w < WORK_N; w++)
        work += l->work[w];
    return l->groups == 0 && l->n_in > 0 && l->fetched == 0 && work == 0;
}

/* The weight layer that gets a layer's output first, through layers without
 * weights as well; -1: none. */
static const int *find_takers(const struct net *net, struct arena *a)
{
    int *taker = arena_array(a, (size_t)net->n, sizeof *taker);
    for (int i = 0; i < net->n; i++)
        taker[i] = -1;
    for (int i = net->n - 1; i >= 0; i--) {
        const struct layer *l = &net->layer[i];
        int to = l->groups > 0 ? i : taker[i];
        for (int k = 0; k < l->n_in && to >= 0; k++)
            if (l->in[k] >= 0)
                taker[l->in[k]] = to;
    }
    return taker;
}

/* The stage on whose tiles all inputs of a layer lie, -1: on several, or
 * outside. */
static int common_home(const struct layer *l, const int *home)
{
    int first = l->n_in && l->in[0] >= 0 ? home[l->in[0]] : -1;
    for (int k = 1; k < l->n_in; k++)
        if (l->in[k] < 0 || home[l->in[k]] != first)
            return -1;
    return first;
}

/*
 * A weight layer is a stage. Other layers work on the tiles where their first
 * input lies; where that is spread over several stages (a concatenation), on
 * those of the weight layer that they feed. Returns layer -> stage on which
 * its output lies, -1: on several.
 */
static const int *assign_stages(struct crossbar *x, struct arena *a)
{
    const struct net *net = x->net;
    const int *taker = find_takers(net, a);
    int *home = arena_array(a, (size_t)net->n, sizeof *home);

    x->stages = 0;
    for (int i = 0; i < net->n; i++)
        if (net->layer[i].groups > 0) {
            x->stage[x->stages].layer = i;
            x->stage_of[i] = x->stages++;
        }
    for (int i = 0; i < net->n; i++) {
        const struct layer *l = &net->layer[i];
        int from = l->n_in ? l->in[0] : -1;
        bool spread = from < 0 || home[from] < 0;
        x->passes[i] = only_rearranges(l);
        if (l->groups == 0 && spread && taker[i] >= 0)
            x->stage_of[i] = x->stage_of[taker[i]];
        else if (l->groups == 0)
            x->stage_of[i] = from < 0 ? 0 : x->stage_of[from];
        home[i] = x->passes[i] ? common_home(l, home) : x->stage_of[i];
    }
    return home;
}

/* ---- what goes between layers ---- */

/* The widest input that a consumer asks for decides the width of a value. */
static void set_widths(struct crossbar *x)
{
    const struct net *net = x->net;
    x->input_width = 0;
    for (int i = net->n - 1; i >= 0; i--) {
        const struct layer *l = &net->layer[i];
        double in = x->map[i].input_bits;
        if (x->width[i] == 0) /* a result: as wide as its stage's inputs */
            x->width[i] = x->map[x->stage[x->stage_of[i]].layer].input_bits;
        if (in == 0)
            in = x->width[i];
        for (int k = 0; k < l->n_in; k++) {
            double *w = l->in[k] < 0 ? &x->input_width : &x->width[l->in[k]];
            *w = fmax(*w, in);
        }
    }
}

/* A recurrent layer reads its own output of the step before; what it waits
 * for is moved as an input of other layers. */
static double edge_bits(const struct crossbar *x, int from, int to)
{
    const struct layer *l = &x->net->layer[to];
    const struct shape *in = &x->net->input;
    if (x->passes[to])
        return 0;
    if (l->recurrent)
        return (double)l->in_values * x->width[to];
    return from < 0 ? (double)in->c * in->h * in->w * x->input_width
                    : (double)x->net->layer[from].out_values * x->width[from];
}

/* What nobody reads is a result of the network and leaves the chip. */
static void send_results(const struct crossbar *x, struct arena *a)
{
    const struct net *net = x->net;
    bool *read = arena_array(a, (size_t)net->n, sizeof *read);
    for (int k = 0; k < x->edges; k++)
        if (x->edge[k].from >= 0)
            read[x->edge[k].from] = true;
    for (int i = 0; i < net->n; i++)
        if (!read[i])
            x->outside_bits[i] = (double)net->layer[i].out_values * x->width[i];
}

void edges_build(struct crossbar *x, struct arena *a)
{
    const struct net *net = x->net;
    allocate(x, a);
    const int *home = assign_stages(x, a);
    set_widths(x);
    x->edges = 0;
    for (int i = 0; i < net->n; i++)
        for (int k = 0; k < net->layer[i].n_in; k++) {
            int from = net->layer[i].in[k];
            bool stays = from >= 0 && home[from] == x->stage_of[i];
            x->edge[x->edges++] =
                (struct edge){from, i, edge_bits(x, from, i), stays};
        }
    send_results(x, a);
}
