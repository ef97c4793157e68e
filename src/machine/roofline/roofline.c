/* roofline.c - GPUs: what they read, and a network layer after layer */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/roofline/roofline.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- parameters ---- */

/* clang-format off */
static const char *const stacks[] = {"eager", "engine", NULL};
static const char *const precisions[] = {"auto", "int4", "int8", "fp16",
                                         "tf32", "fp32", NULL};

#define D(member) offsetof(struct device, member)
static const struct field device_fields[] = {
    {"sms", FIELD_COUNT, DIM_NONE, D(sms), 1, 1e4, NULL, NULL,
     "streaming multiprocessors"},
    {"clock", FIELD_QUANTITY, DIM_HZ, D(clock_Hz), 1e6, 1e11, NULL, NULL,
     "of the SMs, that its peak is stated at"},
    {"fp32", FIELD_REAL, DIM_NONE, D(ops[FP32]), 1, 1e6, NULL, NULL,
     "operations an SM makes in a cycle, two a MAC, on its cores"},
    {"tf32", FIELD_REAL, DIM_NONE, D(ops[TF32]), 0, 1e6, "0", NULL,
     "the same in TF32; 0: none"},
    {"fp16", FIELD_REAL, DIM_NONE, D(ops[FP16]), 0, 1e6, "0", NULL,
     "the same in FP16; 0: none"},
    {"int8", FIELD_REAL, DIM_NONE, D(ops[INT8]), 0, 1e6, "0", NULL,
     "the same in INT8; 0: none"},
    {"int4", FIELD_REAL, DIM_NONE, D(ops[INT4]), 0, 1e6, "0", NULL,
     "the same in INT4; 0: none"},
    {"bandwidth", FIELD_QUANTITY, DIM_BIT_S, D(bandwidth_bit_s), 1e6, 1e15,
     NULL, NULL, "of its memory"},
    {"memory", FIELD_QUANTITY, DIM_BIT, D(memory_bits), 8e6, 1e15, NULL, NULL,
     "capacity: parameters and the largest layer's values must fit"},
    {"cache", FIELD_QUANTITY, DIM_BIT, D(cache_bits), 0, 1e13, "0 B", NULL,
     "last level; values of a kernel that fit do not go to memory"},
    {"units_draw", FIELD_REAL, DIM_NONE, D(units_draw), 0, 1, NULL, NULL,
     "share of busy less idle power that units at work draw; memory the rest"},
    {"power_limit", FIELD_QUANTITY, DIM_W, D(power_limit_W), 0, 1e6, "0 W",
     NULL,
     "the clock falls until a batch draws no more in the mean; 0: no limit"},
    {"engines", FIELD_REAL, DIM_NONE, D(engines), 0, 100, "0", NULL,
     "other engines that take inputs of their own: their rate over the SMs'"},
    {0}};
#undef D

#define S(member) offsetof(struct stack, member)
#define SHARE(name, units, class, what) \
    {name, FIELD_REAL, DIM_NONE, S(share[units][class]), 1e-4, 1, NULL, NULL, \
     "share of the peak that " what}
static const struct field stack_fields[] = {
    {"launch", FIELD_QUANTITY, DIM_S, S(launch_s), 0, 1, NULL, NULL,
     "from the start of a kernel to that of the next, at least"},
    {"fill", FIELD_REAL, DIM_NONE, S(fill_cycles), 0, 1e6, NULL, NULL,
     "cycles of a kernel before and after its SMs are at work"},
    {"step", FIELD_REAL, DIM_NONE, S(step_cycles), 0, 1e3, NULL, NULL,
     "cycles of a block of threads for each bit of an operand's depth"},
    {"winograd", FIELD_REAL, DIM_NONE, S(winograd), 1, 2.25, NULL, NULL,
     "gain of the fast algorithm for 3 x 3 at stride 1 in fp32"},
    {"fused", FIELD_FLAG, DIM_NONE, S(fused), 0, 0, NULL, NULL,
     "normalisation, functions and additions are part of their producer"},
    SHARE("dense_cores", UNITS_CORES, CLASS_DENSE,
          "convolutions reach in fp32"),
    SHARE("pointwise_cores", UNITS_CORES, CLASS_POINTWISE,
          "1 x 1 convolutions reach in fp32"),
    SHARE("grouped_cores", UNITS_CORES, CLASS_GROUPED,
          "depthwise and grouped convolutions reach in fp32"),
    SHARE("product_cores", UNITS_CORES, CLASS_PRODUCT,
          "fully connected layers and products reach in fp32"),
    SHARE("dense_matrix", UNITS_MATRIX, CLASS_DENSE,
          "convolutions reach in tf32, fp16, int8 and int4"),
    SHARE("pointwise_matrix", UNITS_MATRIX, CLASS_POINTWISE,
          "1 x 1 convolutions reach in tf32, fp16, int8 and int4"),
    SHARE("grouped_matrix", UNITS_MATRIX, CLASS_GROUPED,
          "depthwise and grouped convolutions reach in tf32 ... int4"),
    SHARE("product_matrix", UNITS_MATRIX, CLASS_PRODUCT,
          "fully connected layers and products reach in tf32 ... int4"),
    {"memory", FIELD_REAL, DIM_NONE, S(memory), 1e-3, 1, NULL, NULL,
     "share of the bandwidth that is reached"},
    {0}};
#undef S
#undef SHARE

#define R(member) offsetof(struct roofline_rule, member)
static const struct field rule_fields[] = {
    {"stack", FIELD_CHOICE, DIM_NONE, R(stack), 0, 0, NULL, stacks,
     "the software: group eager or group engine"},
    {"precision", FIELD_CHOICE, DIM_NONE, R(precision), 0, 0, "auto",
     precisions, "auto: of each layer, the narrowest that holds its operands"},
    {"batch", FIELD_COUNT, DIM_NONE, R(batch), 1, 1e6, "1", NULL,
     "inputs that are worked on together"},
    {0}};
#undef R
/* clang-format on */

enum { GROUP_DEVICE, GROUP_SCHEDULE, GROUP_EAGER, GROUP_ENGINE, GROUP_CHIP };
enum { BOUNDS = GROUP_CHIP + 1 };

static const struct param_group groups[] = {{"device", device_fields},
                                            {"schedule", rule_fields},
                                            {"eager", stack_fields},
                                            {"engine", stack_fields},
                                            {NULL, NULL}};

struct roofline {
    struct identity identity;
    struct device device;
    struct roofline_rule rule;
    struct stack stack[STACKS];
    struct component chip; /* without a model: no power is known */
    struct bound bound[BOUNDS];
    int bounds;
    struct job *job; /* a layer */
};

/* ---- loading ---- */

static int load_groups(const struct conf_env *env, struct node *root,
                       struct roofline *x)
{
    void *const data[] = {&x->device, &x->rule, &x->stack[STACK_EAGER],
                          &x->stack[STACK_ENGINE]};
    int bad = 0;
    for (; groups[x->bounds].path; x->bounds++) {
        const struct param_group *g = &groups[x->bounds];
        struct bound *b = &x->bound[x->bounds];
        *b = (struct bound){
            .path = g->path, .fields = g->fields, .data = data[x->bounds]};
        bad |= field_read(b, node_get(root, g->path), x->identity.sources,
                          root->at, env->arena, env->msgs);
    }
    return bad;
}

/* Beyond what is drawn at rest, at the stated clock. */
static double busy_W(const struct roofline *x)
{
    return x->chip.cost.energy_J[ACTION_FIRST]; /* in a second of work */
}

/* A given precision must be one that the device has. */
static int check_precision(const struct roofline *x, char *why, int size)
{
    int p = x->rule.precision;
    if (p == 0 || x->device.ops[p - 1] > 0)
        return 0;
    snprintf(why, (size_t)size,
             "the device has no %s; give device.%s or choose another precision",
             precisions[p], precisions[p]);
    return -1;
}

/* A limit must leave something to the units while the memory is at work. */
static int check_limit(const struct roofline *x, char *why, int size)
{
    double limit_W = x->device.power_limit_W;
    double rest_W =
        x->chip.cost.static_W + (1 - x->device.units_draw) * busy_W(x);
    if (limit_W == 0 || limit_W > rest_W)
        return 0;
    snprintf(why, (size_t)size,
             "%g W leave nothing to the units, as rest and memory draw %g W; "
             "give more, or 0 W for no limit",
             limit_W, rest_W);
    return -1;
}

static int eval_chip(struct roofline *x, char *why, int size)
{
    struct site site = {.rows = 1, .columns = 1, .ports = 1};
    return x->chip.model ? part_eval(&x->chip, &site, why, size) : 0;
}

static int load_chip(const struct conf_env *env, struct node *root,
                     struct roofline *x)
{
    char why[200];
    if (!node_get(root, "chip"))
        return 0;
    if (part_read(env, root, "chip", x->identity.sources, &x->chip,
                  &x->bound[x->bounds++]))
        return -1;
    if (eval_chip(x, why, sizeof why))
        return msg_error(env->msgs, &node_get(root, "chip")->at, "chip: %s",
                         why);
    return 0;
}

static int load(const struct conf_env *env, struct node *root, void **self)
{
    struct roofline *x = arena_alloc(env->arena, sizeof *x);
    static const char *const known[] = {"device", "schedule", "eager", "engine",
                                        "chip"};
    char why[200];
    int bad = identity_read(env, root, &x->identity);
    bad |= load_groups(env, root, x);
    bad |= load_chip(env, root, x);
    if (!bad && check_precision(x, why, sizeof why))
        bad = msg_error(env->msgs, &node_get(root, "schedule")->at,
                        "schedule.precision: %s", why);
    if (!bad && check_limit(x, why, sizeof why))
        bad = msg_error(env->msgs, &node_get(root, "device")->at,
                        "device.power_limit: %s", why);
    node_report_unused(root, known, (int)(sizeof known / sizeof *known), "",
                       env->msgs);
    *self = x;
    return bad;
}

/* ---- the run ---- */

static double peak_ops_s(const struct device *d, enum precision p)
{
    return d->sms * d->clock_Hz * d->ops[p];
}

static const struct stack *stack_of(const struct roofline *x)
{
    return &x->stack[x->rule.stack];
}

/* Parameters, and what the largest layer reads and writes for a batch. */
static int check_memory(const struct roofline *x, const struct net *net,
                        struct msgs *msgs)
{
    double weights = 0, most = 0, have = x->device.memory_bits;
    for (int i = 0; i < net->n; i++) {
        const struct layer *l = &net->layer[i];
        double bits = precision_bits[x->job[i].precision];
        double values = (double)l->in_values + (double)l->out_values;
        weights += (double)l->params * bits;
        most = fmax(most, values * x->rule.batch * bits);
    }
    if (weights + most <= have)
        return 0;
    return msg_error(msgs, NULL,
                     "'%s' needs %.2f GB on %s (parameters %.2f GB, values of "
                     "a batch of %d %.2f GB), which has %.2f GB; use a smaller "
                     "schedule.batch or a narrower precision",
                     net->name, (weights + most) / 8e9, x->identity.name,
                     weights / 8e9, x->rule.batch, most / 8e9, have / 8e9);
}

/* The precision of the first layer's input: that of the first weights. */
static enum precision first_precision(const struct roofline *x,
                                      const struct net *net,
                                      const struct quant *quant)
{
    struct job w;
    for (int i = 0; i < net->n; i++)
        if (net->layer[i].groups > 0) {
            job_of_layer(&net->layer[i], &quant[i], &x->device, &x->rule,
                         stack_of(x), FP32, &w);
            return w.precision;
        }
    return x->rule.precision ? (enum precision)(x->rule.precision - 1) : FP32;
}

static void map_layers(struct roofline *x, const struct net *net,
                       const struct quant *quant, struct run *run)
{
    enum precision now = first_precision(x, net, quant);
    for (int i = 0; i < net->n; i++) {
        const struct layer *l = &net->layer[i];
        struct run_layer *out = &run->layer[i];
        struct job *w = &x->job[i];
        job_of_layer(l, &quant[i], &x->device, &x->rule, stack_of(x), now, w);
        *out = (struct run_layer){.layer = l, .copies = 1};
        if (l->groups > 0) {
            now = w->precision;
            out->scheme = quant[i].label;
            out->input_bits = quant[i].input_bits;
        }
    }
}

static struct device at_clock(const struct roofline *x, double share)
{
    struct device d = x->device;
    d.clock_Hz *= share;
    return d;
}

/* Seconds of everything at work at the stated clock that draw the same. Units
 * draw in proportion to the cube of the clock: their voltage follows it. */
static double full_s(const struct device *d, double clock_share,
                     const struct layer_time *t)
{
    double units = d->units_draw * pow(clock_share, 3);
    return units * t->units_s + (1 - d->units_draw) * t->memory_s;
}

/* Of a batch. */
static double mean_W(const struct roofline *x, int layers, double clock_share)
{
    const struct device d = at_clock(x, clock_share);
    double sum_s = 0, work_s = 0;
    for (int i = 0; i < layers; i++) {
        struct layer_time t =
            roofline_time(&x->job[i], &d, stack_of(x), x->rule.batch);
        sum_s += t.total_s;
        work_s += full_s(&d, clock_share, &t);
    }
    return x->chip.cost.static_W + busy_W(x) * work_s / sum_s;
}

/* Share of the stated clock at which a batch draws no more than the limit in
 * the mean. Power rises with the clock: halve until the share is known as well
 * as a double can hold it. */
static double limited_clock(const struct roofline *x, int layers)
{
    double limit_W = x->device.power_limit_W, low = 0, high = 1;
    if (limit_W == 0 || mean_W(x, layers, 1) <= limit_W)
        return 1;
    for (int i = 0; i < DBL_MANT_DIG; i++) {
        double middle = (low + high) / 2;
        if (mean_W(x, layers, middle) > limit_W)
            high = middle;
        else
            low = middle;
    }
    return low;
}

/* One layer after another, each of the whole batch. */
static void time_layers(struct roofline *x, struct run *run)
{
    double clock_share = limited_clock(x, run->layers);
    const struct device d = at_clock(x, clock_share);
    double now_s = 0, batch = x->rule.batch;
    double each = batch * (1 + d.engines); /* other engines' inputs */
    for (int i = 0; i < run->layers; i++) {
        const struct job *w = &x->job[i];
        struct run_layer *l = &run->layer[i];
        struct layer_time t = roofline_time(w, &d, stack_of(x), x->rule.batch);
        l->start_s = l->first_s = now_s;
        l->last_s = now_s += t.total_s;
        l->busy_s = t.total_s / each;
        l->limit = t.limit;
        l->used = t.total_s > 0 ? w->ops * w->steps * batch / t.total_s /
                                      peak_ops_s(&x->device, w->precision)
                                : 0;
        *run_actions(run, i, 0) = full_s(&d, clock_share, &t) / each;
    }
    run->latency_s = now_s;
    run->interval_s = now_s / each;
    run->cycle_s = 1 / d.clock_Hz;
}

/* What sets most of the time; limits are constant texts. */
static const char *main_limit(const struct run *run)
{
    const char *best = NULL;
    double most_s = 0;
    for (int i = 0; i < run->layers; i++) {
        double sum_s = 0;
        for (int k = i; k < run->layers; k++)
            if (run->layer[k].limit == run->layer[i].limit)
                sum_s += run->layer[k].busy_s;
        if (run->layer[i].limit && sum_s > most_s) {
            most_s = sum_s;
            best = run->layer[i].limit;
        }
    }
    return best;
}

static void fill_run(struct roofline *x, struct run *run)
{
    enum precision fastest = FP32;
    for (int i = 0; i < run->layers; i++) {
        struct run_layer *l = &run->layer[i];
        enum precision p = x->job[i].precision;
        l->static_share = l->busy_s / run->interval_s;
        if (x->job[i].class != CLASS_MEMORY &&
            x->device.ops[p] > x->device.ops[fastest])
            fastest = p;
    }
    run->limit = "all layers";
    run->limit_by = main_limit(run);
    run->peak_ops = peak_ops_s(&x->device, fastest);
    run->batch = x->rule.batch;
    run->chips = run->rounds = 1;
    run->tiles = (double)NAN;
    run->storage_bits = x->device.memory_bits;
}

static int map(void *self, const struct net *net, const struct quant *quant,
               struct arena *a, struct msgs *msgs, struct run *run)
{
    struct roofline *x = self;
    size_t n = (size_t)net->n;
    *run = (struct run){.layers = net->n, .parts = 1};
    run->layer = arena_array(a, n, sizeof *run->layer);
    run->part = arena_array(a, 1, sizeof *run->part);
    run->actions = arena_array(a, n * ACTIONS, sizeof *run->actions);
    x->job = arena_array(a, n, sizeof *x->job);
    *run->part = (struct part){.name = "chip",
                               .level = "chip",
                               .action = "busy second",
                               .model = x->chip.model,
                               .on_chip = true};
    if (x->chip.model) {
        run->part->bound = &x->bound[GROUP_CHIP];
        run->part->instances = x->chip.params->count;
    }
    map_layers(x, net, quant, run);
    return check_memory(x, net, msgs);
}

static int schedule(void *self, struct msgs *msgs, struct run *run)
{
    struct roofline *x = self;
    (void)msgs;
    run->part->cost = x->chip.cost;
    time_layers(x, run);
    fill_run(x, run);
    run->peak_W = x->chip.cost.peak_W * run->part->instances;
    run->unknown = (x->chip.model ? 0 : RUN_NO_ENERGY) |
                   (x->chip.cost.area_m2 > 0 ? 0 : RUN_NO_AREA);
    return 0;
}

/* ---- the rest of a machine ---- */

static struct bound *bounds(void *self, int *n)
{
    struct roofline *x = self;
    *n = x->bounds;
    return x->bound;
}

static int changed(void *self, const struct bound *b)
{
    struct roofline *x = self;
    char why[200];
    bool chip = b == &x->bound[GROUP_CHIP];
    if ((chip && eval_chip(x, why, sizeof why)) ||
        check_precision(x, why, sizeof why) || check_limit(x, why, sizeof why))
        return -1;
    return !chip;
}

static void list(FILE *out)
{
    fputs("components of a roofline machine\n"
          "  chip             per chip  all of it: power and area (optional)\n",
          out);
}

static struct identity identity(void *self)
{
    return ((struct roofline *)self)->identity;
}

const struct machine_type machine_roofline = {
    .name = "roofline",
    .text = "kernels one after another at peak, bandwidth or launch time: GPUs",
    .groups = groups,
    .latency =
        "sum over layers of the kernels of a batch. A kernel takes\n"
        "    max(launch, fill + max(operations / (share of its class x peak),\n"
        "                           bits / (share x bandwidth),\n"
        "                           one block of threads on one SM))",
    .interval = "latency / batch",
    .list = list,
    .load = load,
    .map = map,
    .schedule = schedule,
    .bounds = bounds,
    .changed = changed,
    .identity = identity,
};
