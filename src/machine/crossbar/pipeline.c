/* pipeline.c - when layers start and end; the two latencies */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/crossbar.h"

#include <math.h>

/* Outputs of a layer, or the network's input: first and last of them. */
struct span {
    double first_s, last_s;
};

static struct span producer(const struct run *run, int from, double input_s)
{
    if (from < 0)
        return (struct span){0, input_s};
    return (struct span){run->layer[from].first_s, run->layer[from].last_s};
}

/*
 * A layer starts when its producers have delivered the share `lead` of their
 * outputs that its first window covers, and cannot end before they do.
 */
static struct span inputs(const struct crossbar *x, const struct run *run,
                          int i, double input_s)
{
    const struct layer *l = &x->net->layer[i];
    double lead = x->when.execution == EXECUTE_LAYERWISE ? 1 : l->lead;
    struct span all = {0, 0};
    for (int k = 0; k < l->n_in; k++) {
        struct span p = producer(run, l->in[k], input_s);
        all.first_s =
            fmax(all.first_s, p.first_s + lead * (p.last_s - p.first_s));
        all.last_s = fmax(all.last_s, p.last_s);
    }
    return all;
}

/* A weight layer: fill, one vector a step on every copy, drain. A step that
 * waits for the tile's parts may be longer than a vector's way. */
static void time_stage(const struct crossbar *x, int i, struct span in,
                       double cycle_s, struct run_layer *out)
{
    const struct stage *s = &x->stage[x->stage_of[i]];
    double steps = ceil(s->vectors / s->copies) * s->pieces;
    double step_s = s->time_s / steps, depth_s = s->depth_cycles * cycle_s;

    out->start_s = in.first_s;
    out->busy_s = s->time_s;
    out->first_s = out->start_s + depth_s;
    out->last_s = fmax(out->start_s + s->time_s + fmax(0, depth_s - step_s),
                       in.last_s + depth_s);
}

/* Seconds that all instances of a part need for so many actions; none where
 * the chip has no such part. */
static double part_s(const struct run *run, enum role_id role, double actions)
{
    const struct part *p = &run->part[role];
    return p->model && actions > 0
               ? actions * p->cost.time_s[ACTION_FIRST] / p->instances
               : 0;
}

/* Digital work keeps pace with its stage (the stage's time holds its load);
 * the host does its share at its own speed, tables come over the link. */
static void time_digital(const struct crossbar *x, const struct run *run, int i,
                         struct span in, struct run_layer *out)
{
    double host_s = part_s(run, ROLE_HOST, *run_actions(run, i, ROLE_HOST));
    double step_s = x->passes[i] ? 0 : run->cycle_s;
    double link_s = part_s(run, ROLE_LINK, x->outside_bits[i]);
    double dram_s = part_s(run, ROLE_DRAM, x->outside_bits[i]);
    out->busy_s = fmax(host_s, fmax(link_s, dram_s));
    out->start_s = in.first_s;
    out->first_s = in.first_s + step_s;
    out->last_s = fmax(in.last_s + step_s, out->first_s + out->busy_s);
}

static double all_layers_s(const struct run *run, enum role_id role)
{
    double actions = 0;
    for (int i = 0; i < run->layers; i++)
        actions += *run_actions(run, i, (int)role);
    return part_s(run, role, actions);
}

/* The slowest stage or shared resource sets the interval. */
static double slowest(const struct crossbar *x, struct run *run, int round)
{
    double worst = 0;
    for (int k = 0; k < x->stages; k++)
        if (x->stage[k].round == round && x->stage[k].time_s > worst) {
            worst = x->stage[k].time_s;
            run->limit = x->net->layer[x->stage[k].layer].name;
            run->limit_by = run->layer[x->stage[k].layer].limit;
        }
    return worst;
}

/* Links, host and memory serve all layers; the mesh shares its routers. */
static double shared_s(struct run *run, double worst)
{
    static const enum role_id shared[] = {ROLE_LINK, ROLE_HOST, ROLE_ROUTER,
                                          ROLE_DRAM};
    for (size_t k = 0; k < sizeof shared / sizeof *shared; k++) {
        double t = all_layers_s(run, shared[k]);
        if (t > worst) {
            worst = t;
            run->limit = roles[shared[k]].name;
            run->limit_by = "all layers";
        }
    }
    return worst;
}

/* Loading the weights of one round: all crossbars at once, wordline after
 * wordline, as fast as links and memory bring them. */
static double write_s(const struct crossbar *x, const struct run *run,
                      int round)
{
    const struct part *array = &run->part[ROLE_ARRAY];
    double bits = 0, pieces = 1;
    for (int k = 0; k < x->stages; k++)
        if (x->stage[k].round == round) {
            bits +=
                x->map[x->stage[k].layer].cells_used * x->chip.geo.cell_bits;
            pieces = fmax(pieces, x->stage[k].pieces);
        }
    double rows_s =
        pieces * x->chip.geo.rows * array->cost.time_s[ACTION_WRITE];
    double bring_s =
        fmax(part_s(run, ROLE_LINK, bits), part_s(run, ROLE_DRAM, bits));
    return fmax(rows_s, bring_s);
}

static double layer_time(struct crossbar *x, struct run *run, int i,
                         double not_before, double input_s)
{
    struct run_layer *out = &run->layer[i];
    const struct stage *s = &x->stage[x->stage_of[i]];
    struct span in = inputs(x, run, i, input_s);
    in.first_s = fmax(in.first_s, not_before);
    in.last_s = fmax(in.last_s, in.first_s);
    bool weights = x->net->layer[i].groups > 0;

    if (weights)
        time_stage(x, i, in, run->cycle_s, out);
    else
        time_digital(x, run, i, in, out);
    out->copies = weights ? s->copies : 0;
    out->crossbars = weights ? s->crossbars : 0;
    out->round = s->round;
    out->limit = !weights       ? (out->busy_s > 0 ? "outside" : "")
                 : s->limit < 0 ? "crossbars"
                                : roles[s->limit].name;
    return out->last_s;
}

/*
 * One pass in topological order. Rounds follow one another: a round starts
 * when everything before it is done and its weights are written.
 */
void pipeline_time(struct crossbar *x, struct run *run)
{
    double in_bits = (double)x->net->input.c * x->net->input.h *
                     x->net->input.w * x->input_width;
    double input_s = part_s(run, ROLE_LINK, in_bits);
    bool reloads = run->rounds > 1;
    int round = 0;
    double written = reloads ? write_s(x, run, 0) : 0;
    double begin = written, end = written, steady = 0;

    for (int i = 0; i < run->layers; i++) {
        int own = x->stage[x->stage_of[i]].round;
        if (own > round) {
            steady += slowest(x, run, round);
            round = own;
            double w = write_s(x, run, round);
            written += w;
            begin = end + w;
        }
        if (x->when.execution == EXECUTE_LAYERWISE)
            begin = fmax(begin, end);
        end = fmax(end, layer_time(x, run, i, begin, input_s));
    }
    steady = shared_s(run, steady + slowest(x, run, round));
    run->latency_s = fmax(end, written + steady); /* one input is a load, too */
    double batch = x->chip.geo.batch;
    if (x->when.execution == EXECUTE_LAYERWISE)
        run->interval_s = written / batch + (run->latency_s - written);
    else if (reloads)
        run->interval_s = (run->latency_s + (batch - 1) * steady) / batch;
    else
        run->interval_s = steady;
    if (written / batch > steady) {
        run->limit = "array";
        run->limit_by = "writing";
    }
    run->program_s = reloads ? written : write_s(x, run, 0);
}
