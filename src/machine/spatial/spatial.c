/* spatial.c - the spatial machine: layer after layer on one array */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/spatial/spatial.h"

#include "machine/spatial/loops.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What a layer costs, a whole batch of it. */
struct effort {
    struct loops loops;
    struct activity act;
};

/* ---- a layer on the array ---- */

/* What comes over the link is written into a buffer; what leaves is read. */
static void count_fills(struct activity *a)
{
    for (int o = 0; o < OPERANDS; o++) {
        a->fill_bits[o][WRITTEN] = a->memory_bits[o][READ];
        a->fill_bits[o][READ] = a->memory_bits[o][WRITTEN];
    }
}

/* false: not even the smallest tile fits the buffers. */
static bool run_loops(const struct spatial *s, struct effort *e)
{
    const struct loops *l = &e->loops;
    struct plan p = {.tile = {l->batch, l->oc, l->ic, l->oh, l->ow}};
    bool tiled = !s->dataflow->counts_link;
    if (tiled && !plan_search(&s->x, s->dataflow, l, &p))
        return false;
    s->dataflow->map(&s->x, l, &p.tile, &e->act);
    if (!tiled)
        return true;
    memcpy(e->act.memory_bits, p.memory_bits, sizeof p.memory_bits);
    e->act.wait_cycles = p.wait_cycles;
    e->act.first_cycles = p.first_cycles;
    count_fills(&e->act);
    return true;
}

/* An earlier layer with the same loops, or NULL. */
static const struct effort *find_like(const struct net *net,
                                      const struct effort *all, int index)
{
    for (int i = 0; i < index; i++)
        if (layer_is_product(&net->layer[i]) &&
            !memcmp(&all[i].loops, &all[index].loops, sizeof all[i].loops))
            return &all[i];
    return NULL;
}

/* Layers from index on that the array does not take. */
static int count_refused(const struct spatial *s, const struct net *net,
                         const struct quant *quant, const struct widths *w,
                         int index)
{
    struct loops l;
    char why[200];
    int n = 0;
    for (int i = index; i < net->n; i++)
        n += layer_is_product(&net->layer[i]) &&
             loops_of(&s->x, s->rule.batch, net, i, &quant[i], w, &l, why,
                      sizeof why);
    return n;
}

static int run_layer(const struct spatial *s, const struct net *net,
                     const struct quant *quant, const struct widths *w,
                     struct effort *all, int i, struct msgs *msgs)
{
    const struct layer *l = &net->layer[i];
    struct effort *e = &all[i];
    char why[200], more[60] = "";
    if (loops_of(&s->x, s->rule.batch, net, i, &quant[i], w, &e->loops, why,
                 sizeof why)) {
        int n = count_refused(s, net, quant, w, i + 1);
        if (n > 0)
            snprintf(more, sizeof more, "; nor can %d more layer%s", n,
                     n > 1 ? "s" : "");
        return msg_error(msgs, &l->at, "layer '%s': %s%s", l->name, why, more);
    }
    const struct effort *like = find_like(net, all, i);
    if (like)
        *e = *like;
    else if (!run_loops(s, e))
        return msg_error(msgs, &l->at,
                         "layer '%s': the buffers do not hold its smallest "
                         "part; enlarge group 'buffers'",
                         l->name);
    return 0;
}

/* ---- a layer beside it ---- */

static double operations(const struct layer *l)
{
    double sum = 0;
    for (int w = 0; w < WORK_N; w++)
        sum +=
            w == WORK_MAC && layer_is_product(l) && !l->groups ? 0 : l->work[w];
    return sum;
}

/* Maps stay on the chip where inputs and outputs have room together. */
static bool is_kept(const struct spatial *s, double bits)
{
    const struct buffers *b = &s->x.buffers;
    int keeps = s->x.memory.keeps;
    double room = fmax(b->unified_bits, fmax(b->bits[INPUT], b->bits[OUTPUT]));
    return (keeps == KEEPS_MAPS || keeps == KEEPS_ALL) && bits <= room;
}

/*
 * In the stream of the layer before: only what that does not bring, the other
 * inputs of an addition and entries of tables, comes over the link. With
 * lanes of its own: all inputs come and all outputs go.
 */
static void run_beside(const struct spatial *s, const struct layer *l,
                       double width, double out_width, struct effort *e)
{
    bool fused = s->other.lanes == 0;
    double batch = s->rule.batch, ratio = s->x.memory.map_ratio;
    double in = (double)l->in_values * batch * width;
    double out = (double)l->out_values * batch * out_width;
    bool moves = operations(l) > 0 && !is_kept(s, in + out);
    if (fused)
        in *= l->n_in > 1 ? (l->n_in - 1.0) / l->n_in : 0;
    e->act.memory_bits[INPUT][READ] =
        (moves ? in * ratio : 0) + (double)l->fetched * batch * width;
    e->act.memory_bits[OUTPUT][WRITTEN] = moves && !fused ? out * ratio : 0;
    e->act.cycles = fused ? 0 : batch * operations(l) / s->other.lanes;
    double link =
        e->act.memory_bits[INPUT][READ] + e->act.memory_bits[OUTPUT][WRITTEN];
    e->act.wait_cycles = fmax(0, link / memory_rate(&s->x) - e->act.cycles);
    count_fills(&e->act);
}

/* ---- counting ---- */

static void add(struct run *run, int layer, int place, double first,
                double written)
{
    double *n = run_actions(run, layer, place);
    n[ACTION_FIRST] += first;
    n[ACTION_WRITE] += written;
}

static int buffer_of(const struct buffers *b, int operand)
{
    static const int own[OPERANDS] = {[INPUT] = PLACE_INPUT_BUFFER,
                                      [WEIGHT] = PLACE_WEIGHT_BUFFER,
                                      [OUTPUT] = PLACE_OUTPUT_BUFFER};
    return b->bits[operand] > 0 ? own[operand] : PLACE_BUFFER;
}

/* Actions of one inference: a batch's share. */
static void count_layer(const struct spatial *s, const struct layer *l,
                        const struct effort *e, int i, struct run *run)
{
    const struct activity *a = &e->act;
    double part = 1.0 / s->rule.batch;
    bool array = layer_is_product(l);
    add(run, i, PLACE_MAC, part * a->unit_cycles, 0);
    add(run, i, PLACE_REGISTER, part * a->store_bits[READ],
        part * a->store_bits[WRITTEN]);
    add(run, i, PLACE_NETWORK, part * a->network_bits, 0);
    for (int o = 0; o < OPERANDS; o++) {
        add(run, i, buffer_of(&s->x.buffers, o),
            part * (a->buffer_bits[o][READ] + a->fill_bits[o][READ]),
            part * (a->buffer_bits[o][WRITTEN] + a->fill_bits[o][WRITTEN]));
        add(run, i, PLACE_DRAM, part * e->act.memory_bits[o][READ],
            part * e->act.memory_bits[o][WRITTEN]);
    }
    add(run, i, PLACE_VECTOR, operations(l), 0);
    add(run, i, PLACE_CONTROL, array ? part * a->cycles : 0, 0);
    add(run, i, PLACE_CHIP, run->layer[i].busy_s, 0);
}

/* What the array could have done in that time at these widths. */
static double utilisation(const struct spatial *s, const struct effort *e,
                          double cycles)
{
    const struct array *a = &s->x.array;
    double most = (double)a->rows * a->columns * a->macs * cycles *
                  e->loops.lanes / e->loops.step_cycles;
    return loops_macs(&e->loops) / most;
}

/* What sets the time: the link, loads and stores that nothing hides, the start
 * of a layer, or the units. */
static const char *limit_of(const struct spatial *s, const struct effort *e,
                            bool array)
{
    double link = 0, work = e->act.cycles;
    for (int o = 0; o < OPERANDS; o++)
        link += e->act.memory_bits[o][READ] + e->act.memory_bits[o][WRITTEN];
    if (array && s->x.array.layer_cycles > fmax(work, e->act.wait_cycles))
        return "start";
    if (link / memory_rate(&s->x) > work)
        return "dram";
    if (e->act.wait_cycles > work)
        return "fill";
    return array ? "mac" : "vector";
}

static void fill_layer(const struct spatial *s, const struct layer *l,
                       const struct quant *q, const struct effort *e,
                       struct run_layer *out)
{
    bool array = layer_is_product(l);
    double start = array ? s->x.array.layer_cycles : 0;
    double cycles = e->act.cycles + e->act.wait_cycles + start;
    *out = (struct run_layer){.layer = l};
    out->busy_s = cycles / s->x.array.clock_Hz / s->rule.batch;
    out->first_s = (start + e->act.first_cycles) / s->x.array.clock_Hz;
    out->limit = cycles > 0 ? limit_of(s, e, array) : NULL;
    if (array)
        out->used = utilisation(s, e, cycles);
    if (l->groups > 0) {
        out->scheme = q->label;
        out->input_bits = e->loops.bits[INPUT];
        out->planes = e->loops.bits[WEIGHT];
    }
}

/* Weights that stay must fit, all layers' together. */
static int check_kept(const struct spatial *s, const struct net *net,
                      const struct effort *all, struct msgs *msgs, double *bits)
{
    const struct buffers *b = &s->x.buffers;
    double room = b->bits[WEIGHT] > 0 ? b->bits[WEIGHT] : b->unified_bits;
    *bits = 0;
    for (int i = 0; i < net->n; i++)
        if (net->layer[i].groups > 0 && all[i].loops.resident[WEIGHT])
            *bits += loops_bits(&all[i].loops, WEIGHT);
    if (*bits <= room)
        return 0;
    return msg_error(msgs, NULL,
                     "%s keeps all weights on the chip: %.3g MB of %s do not "
                     "fit %.3g MB; set memory.keeps=nothing or a larger "
                     "buffer",
                     s->who.name, *bits / 8388608, net->name, room / 8388608);
}

static void fill_parts(const struct spatial *s, struct run *run)
{
    for (int i = 0; i < PLACES; i++) {
        struct part *p = &run->part[i];
        *p = (struct part){.name = places[i].name,
                           .level = places[i].level,
                           .action = places[i].action,
                           .model = s->part[i].model,
                           .on_chip = !places[i].outside};
        for (int b = 0; b < s->bounds; b++)
            if (!strcmp(s->bound[b].path, places[i].name))
                p->bound = &s->bound[b];
    }
}

/* -1 at the first layer that cannot run: one reason is enough. */
static int run_all(const struct spatial *s, const struct net *net,
                   const struct quant *quant, const struct widths *w,
                   struct effort *all, struct msgs *msgs, struct run *run)
{
    int out_bits = s->x.array.output_bits;
    for (int i = 0; i < net->n; i++) {
        const struct layer *l = &net->layer[i];
        if (!layer_is_product(l))
            run_beside(s, l, w->bits[i], out_bits ? out_bits : w->bits[i],
                       &all[i]);
        else if (run_layer(s, net, quant, w, all, i, msgs))
            return -1;
        fill_layer(s, l, &quant[i], &all[i], &run->layer[i]);
        count_layer(s, l, &all[i], i, run);
    }
    return 0;
}

/* Layer after layer, each with the whole batch. */
static void set_times(const struct spatial *s, struct run *run)
{
    double now = 0, longest = 0;
    for (int i = 0; i < run->layers; i++) {
        struct run_layer *l = &run->layer[i];
        l->start_s = now;
        l->first_s += now;
        now += l->busy_s * s->rule.batch;
        l->last_s = now;
        if (l->busy_s > longest) {
            longest = l->busy_s;
            run->limit = l->layer->name;
        }
    }
    run->limit_by = "all layers";
    run->latency_s = now;
    run->interval_s = now / s->rule.batch;
    for (int i = 0; i < run->layers; i++)
        run->layer[i].static_share = run->layer[i].busy_s / run->interval_s;
}

/* Every unit busy, at the mean of the operands' widths over the network's
 * MACs: each takes step_cycles / lanes of a unit's MAC. */
static void set_peak(const struct spatial *s, const struct effort *all,
                     struct run *run)
{
    const struct array *a = &s->x.array;
    double macs = 0, cycles = 0;
    for (int i = 0; i < run->layers; i++) {
        const struct loops *l = &all[i].loops;
        if (!layer_is_product(run->layer[i].layer))
            continue;
        macs += loops_macs(l);
        cycles += loops_macs(l) * l->step_cycles / l->lanes;
    }
    double products = cycles > 0 ? macs / cycles : 0;
    run->peak_ops =
        2.0 * a->rows * a->columns * a->macs * products * a->clock_Hz;
}

static int map(void *self, const struct net *net, const struct quant *quant,
               struct arena *a, struct msgs *msgs, struct run *run)
{
    struct spatial *s = self;
    size_t n = (size_t)net->n;
    struct effort *all = arena_array(a, n, sizeof *all);
    struct widths w;
    *run =
        (struct run){.layers = net->n, .parts = PLACES, .batch = s->rule.batch};
    run->layer = arena_array(a, n, sizeof *run->layer);
    run->part = arena_array(a, PLACES, sizeof *run->part);
    run->actions = arena_array(a, n * PLACES * ACTIONS, sizeof *run->actions);
    fill_parts(s, run);
    widths_set(net, quant, a, &w);
    if (run_all(s, net, quant, &w, all, msgs, run) ||
        check_kept(s, net, all, msgs, &run->storage_bits))
        return -1;
    set_times(s, run);
    set_peak(s, all, run);
    run->chips = run->rounds = 1;
    return 0;
}

/* Times do not depend on what components cost. */
static int schedule(void *self, struct msgs *msgs, struct run *run)
{
    struct spatial *s = self;
    const struct array *a = &s->x.array;
    double area_m2 = 0;
    bool energy = false;
    (void)msgs;
    run->cycle_s = 1 / a->clock_Hz;
    run->peak_W = 0;
    for (int i = 0; i < PLACES; i++) {
        struct part *p = &run->part[i];
        p->cost = s->part[i].cost;
        p->instances = s->part[i].model ? s->part[i].instances : 0;
        run->peak_W += p->instances * p->cost.peak_W;
        area_m2 += p->on_chip ? p->instances * p->cost.area_m2 : 0;
        energy |= p->cost.energy_J[ACTION_FIRST] > 0 || p->cost.static_W > 0;
    }
    run->unknown =
        (energy ? 0 : RUN_NO_ENERGY) | (area_m2 > 0 ? 0 : RUN_NO_AREA);
    return 0;
}

static struct bound *bounds(void *self, int *n)
{
    struct spatial *s = self;
    *n = s->bounds;
    return s->bound;
}

static struct identity identity(void *self)
{
    return ((struct spatial *)self)->who;
}

static void list(FILE *out)
{
    fputs("dataflows\n", out);
    for (int i = 0; dataflows[i]; i++)
        fprintf(out, "  %-18s %s\n                     %s\n",
                dataflows[i]->name, dataflows[i]->text, dataflows[i]->source);
    fputs("components of a spatial accelerator\n", out);
    for (int i = 0; i < PLACES; i++)
        fprintf(out, "  %-16s per %-5s %s (optional)\n", places[i].name,
                places[i].level, places[i].text);
}

static const struct param_group groups[] = {
    {"technology", technology_fields},
    {"array", array_fields},
    {"buffers", buffers_fields},
    {"memory", memory_fields},
    {"schedule", spatial_schedule_fields},
    {"elementwise", elementwise_fields},
    {NULL, NULL}};

const struct machine_type machine_spatial = {
    .name = "spatial",
    .text = "an array of MAC units with buffers and a memory link, layer "
            "after layer",
    .groups = groups,
    .latency = "sum over the layers, a batch at a time, of\n"
               "    start + compute + max(0, memory - compute) + first loads "
               "+ last stores\n"
               "    compute: as the dataflow has it; memory: bits over the "
               "link / its width",
    .interval = "latency / batch",
    .list = list,
    .load = spatial_load,
    .map = map,
    .schedule = schedule,
    .bounds = bounds,
    .changed = spatial_changed,
    .identity = identity,
};
