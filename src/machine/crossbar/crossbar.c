/* crossbar.c - the crossbar machine: what it reads, and the order of its run
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/crossbar.h"

#include "base/suggest.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- parameters ---- */

/* clang-format off */
static const char *const squeezes[] = {"L0", "L1", "L2", "SME", "L3", "L4",
                                       NULL};
static const char *const executions[] = {"pipelined", "layerwise", NULL};

/* What every style reads, then the rules of each. */
#define M(member) offsetof(struct mapping, member)
static const struct field mapping_fields[] = {
    {"style", FIELD_TEXT, DIM_NONE, M(style), 0, 0, NULL, NULL,
     "how weights lie on crossbars; see --list-models"},
    {"skip_columns", FIELD_FLAG, DIM_NONE, M(rule.skip_columns), 0, 0,
     "false", NULL, "empty columns are masked and not converted"},

    {"weight_bits", FIELD_COUNT, DIM_NONE, M(rule.weight_bits), 1, 64, "16",
     NULL, "all but ivq: fixed-point bits that every weight is rolled back to"},
    {"input_bits", FIELD_COUNT, DIM_NONE, M(rule.input_bits), 1, 64, "16",
     NULL, "all but ivq: bits of every activation"},
    {"flip", FIELD_FLAG, DIM_NONE, M(rule.flip), 0, 0, "false", NULL,
     "bitslice, cascade, forms: flip encoding, which saves one ADC bit"},

    {"level", FIELD_CHOICE, DIM_NONE, M(squeeze), 0, 0, "L4", squeezes,
     "ivq: how far bit planes are squeezed"},
    {"sme_degree", FIELD_COUNT, DIM_NONE, M(rule.sme_degree), 1, 16, "1", NULL,
     "ivq, level SME: planes that are released"},
    {"two_arrays", FIELD_FLAG, DIM_NONE, M(rule.two_arrays), 0, 0, "false",
     NULL, "ivq: positive and negative weights in arrays of their own"},
    {"sort_channels", FIELD_FLAG, DIM_NONE, M(rule.sort_channels), 0, 0,
     "true", NULL, "ivq: output channels of equal planes lie together"},

    {"fragment", FIELD_COUNT, DIM_NONE, M(rule.forms.fragment), 1, 65536, "8",
     NULL, "forms: rows of a column that are read together"},

    {"weight_slices", FIELD_TEXT, DIM_NONE, M(rule.raella.weight_slices), 0, 0,
     "4-2-2", NULL, "raella: bits of the columns that hold a weight"},
    {"speculation", FIELD_TEXT, DIM_NONE, M(rule.raella.speculation), 0, 0,
     "none", NULL,
     "raella: bits of the input slices that sums are guessed from"},
    {"misses", FIELD_REAL, DIM_NONE, M(rule.raella.misses), 0, 1, "0", NULL,
     "raella: share of the guessed sums that saturate and are made again"},
    {"train", FIELD_REAL, DIM_NONE, M(rule.raella.train), 0, 1, "1", NULL,
     "raella: pulses of a guess, over those that bits which are alike make"},
    {0}};
#undef M

#define S(member) offsetof(struct schedule_rule, member)
static const struct field schedule_fields[] = {
    {"execution", FIELD_CHOICE, DIM_NONE, S(execution), 0, 0, "pipelined",
     executions, "layers at once on successive inputs, or one by one"},
    {"fixed_cycles", FIELD_REAL, DIM_NONE, S(fixed_cycles), 0, 1000, NULL,
     NULL, "cycles of a vector's way besides those that feed its bits"},
    {"overlap", FIELD_REAL, DIM_NONE, S(overlap), 0, 1, "1", NULL,
     "eta, the share of temporal scheduling's extra cycles that is hidden"},
    {0}};
#undef S
/* clang-format on */

static const struct map_style *read_style(const struct conf_env *env,
                                          struct node *root, const char *name)
{
    const char *known[16];
    int n = 0;
    for (; map_styles[n]; n++) {
        known[n] = map_styles[n]->name;
        if (!strcmp(name, known[n]))
            return map_styles[n];
    }
    struct node *group = node_get(root, "mapping");
    msg_error(env->msgs, &node_get(group, "style")->at,
              "unknown mapping style '%s'%s", name,
              suggest_end(name, known, n, "; see --list-models").text);
    return NULL;
}

/* A style that keeps sums analog needs the parts for it; others have none. */
static int check_buffer(const struct crossbar *x, const struct map_style *style,
                        struct fault *f)
{
    static const enum role_id needed[] = {ROLE_TIA, ROLE_BUFFER_ARRAY};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!x->chip.part[needed[i]].model == style->analog_buffer) {
            const char *verb = style->analog_buffer ? "needs" : "has no";
            snprintf(f->why, sizeof f->why, "style '%s' %s component '%s'",
                     style->name, verb, roles[needed[i]].name);
            return -1;
        }
    return 0;
}

/* The rule from what was read, and what it asks of the cycle. -1 having filled
 * *f. */
static int set_rule(struct crossbar *x, struct fault *f)
{
    struct xbar array = {x->chip.geo.rows, x->chip.geo.columns,
                         x->chip.geo.cell_bits, x->chip.geo.dac_bits};
    const struct map_style *style = x->mapping.rule.style;
    x->rule = x->mapping.rule;
    x->rule.squeeze = (enum squeeze)x->mapping.squeeze;
    f->path = "mapping";
    if (check_buffer(x, style, f) ||
        (style->check && style->check(&x->rule, &array, f->why, sizeof f->why)))
        return -1;
    x->chip.reads = style->reads ? style->reads(&x->rule, &array) : 1;
    return chip_clock(&x->chip, f);
}

/* The style is held against the chip only if that is sound. */
static int load_mapping(const struct conf_env *env, struct node *root,
                        bool sound, struct crossbar *x)
{
    struct mapping *m = &x->mapping;
    struct fault f;
    if (chip_bind(env, root, &x->chip, "mapping", mapping_fields, m))
        return -1;
    m->rule.style = read_style(env, root, m->style);
    if (!m->rule.style)
        return -1;
    if (sound && set_rule(x, &f))
        return msg_error(env->msgs, &node_get(root, f.path)->at, "%s: %s",
                         f.path, f.why);
    return 0;
}

static int load(const struct conf_env *env, struct node *root, void **self)
{
    struct crossbar *x = arena_alloc(env->arena, sizeof *x);
    const char *known[ROLES + 16];
    int n = 0;
    int bad = chip_load(env, root, &x->chip);
    bad |=
        chip_bind(env, root, &x->chip, "schedule", schedule_fields, &x->when);
    bad |= load_mapping(env, root, !bad, x);
    for (; n < x->chip.bounds; n++)
        known[n] = x->chip.bound[n].path;
    node_report_unused(root, known, n, "", env->msgs);
    *self = x;
    return bad;
}

/* ---- the run ---- */

static void fill_parts(const struct crossbar *x, struct run *run)
{
    for (int i = 0; i < ROLES; i++) {
        struct part *p = &run->part[i];
        *p = (struct part){.name = roles[i].name,
                           .level = level_names[roles[i].level],
                           .action = roles[i].action,
                           .model = x->chip.part[i].model,
                           .on_chip = roles[i].level != LEVEL_HOST};
        for (int b = 0; b < x->chip.bounds; b++)
            if (!strcmp(x->chip.bound[b].path, roles[i].name))
                p->bound = &x->chip.bound[b];
    }
}

static int map(void *self, const struct net *net, const struct quant *quant,
               struct arena *a, struct msgs *msgs, struct run *run)
{
    struct crossbar *x = self;
    x->net = net;
    *run = (struct run){.layers = net->n,
                        .parts = ROLES,
                        .rows = x->chip.geo.rows,
                        .columns = x->chip.geo.columns,
                        .batch = 1};
    run->layer = arena_array(a, (size_t)net->n, sizeof *run->layer);
    run->part = arena_array(a, ROLES, sizeof *run->part);
    run->actions =
        arena_array(a, (size_t)net->n * ROLES * ACTIONS, sizeof *run->actions);
    fill_parts(x, run);
    return stages_build(x, quant, a, msgs, run);
}

/* Consecutive stages share a round of weights as far as they fit; a stage
 * larger than the budget has a round of its own, loaded piece by piece. */
static int set_rounds(struct crossbar *x, struct msgs *msgs, struct run *run)
{
    double have = run->crossbars_have, taken = 0, pieces = 0;
    int round = 0;
    for (int i = 0; i < x->stages; i++) {
        struct stage *s = &x->stage[i];
        s->pieces = ceil(s->crossbars / have);
        double own = s->crossbars / s->pieces;
        if (taken > 0 && taken + own > have) {
            round++;
            taken = 0;
        }
        taken += s->pieces > 1 ? have : own;
        s->round = round;
        pieces += s->pieces - 1;
    }
    if (round + 1 + pieces > INT_MAX)
        return msg_error(msgs, NULL,
                         "weights of network '%s' come in %.3g rounds; give "
                         "the chip more crossbars",
                         x->net->name, round + 1 + pieces);
    run->rounds = round + 1 + (int)pieces;
    return 0;
}

static void replicate_rounds(struct crossbar *x, struct run *run)
{
    run->crossbars_used = 0;
    for (int i = 0, n; i < x->stages; i += n) {
        double taken = 0;
        for (n = 0;
             i + n < x->stages && x->stage[i + n].round == x->stage[i].round;
             n++)
            ;
        replicate(x, &x->stage[i], n, run->crossbars_have, run->cycle_s, 0);
        for (int k = i; k < i + n; k++)
            taken +=
                x->stage[k].copies * x->stage[k].crossbars / x->stage[k].pieces;
        run->crossbars_used = fmax(run->crossbars_used, taken);
    }
}

/*
 * Writing all copies once: at every inference (of a batch) when rounds reload,
 * else a price on its own. A wordline is selected once for all its cells. What
 * brings the weights, links and memory, counts their bits as writes: they take
 * their time while the crossbars wait, not between results.
 */
static void count_writes(struct crossbar *x, struct run *run)
{
    double share = run->rounds > 1 ? 1.0 / x->chip.geo.batch : 0;
    run->program_J = 0;
    for (int i = 0; i < x->stages; i++) {
        const struct stage *s = &x->stage[i];
        double cells = x->map[s->layer].cells_used;
        double written = cells * s->copies;
        double bits = cells * x->chip.geo.cell_bits;
        const struct {
            enum role_id role;
            enum action action;
            double count;
        } counts[] = {
            {ROLE_ARRAY, ACTION_WRITE, written},
            {ROLE_ROW_DECODER, ACTION_FIRST, written / x->chip.geo.columns},
            {ROLE_WRITE_DRIVER, ACTION_FIRST, written},
            {ROLE_LINK, ACTION_WRITE, bits},
            {ROLE_DRAM, ACTION_WRITE, bits},
        };
        for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
            enum role_id role = counts[k].role;
            run_actions(run, s->layer, role)[counts[k].action] =
                counts[k].count * share;
            run->program_J += counts[k].count *
                              run->part[role].cost.energy_J[counts[k].action];
        }
    }
}

static void count_notes(const struct crossbar *x, struct run *run)
{
    const struct bound *adc = run->part[ROLE_ADC].bound;
    run->adc_bits = run->adc_short = run->buffers_over = 0;
    run->conversions = 0;
    for (int k = 0; adc->fields[k].name; k++)
        if (!strcmp(adc->fields[k].name, "bits"))
            run->adc_bits = (int)field_get(&adc->fields[k], adc->data);
    for (int i = 0; i < run->layers; i++) {
        const struct run_layer *l = &run->layer[i];
        run->conversions += *run_actions(run, i, ROLE_ADC);
        run->adc_short += run->adc_bits && l->adc_bits > run->adc_bits;
        run->buffers_over +=
            l->buffer_bits > fmax(1, ceil(l->tiles)) * x->chip.geo.buffer_bits;
    }
}

/* Nothing has changed that times, places or copies depend on: only energies,
 * or areas where no area budget sizes the chip. Keeps what it compares. */
static bool same_pace(struct crossbar *x, const struct run *run)
{
    bool same = run->interval_s > 0 && run->cycle_s == x->chip.cycle_s;
    for (int i = 0; i < ROLES; i++) {
        const struct component *part = &x->chip.part[i];
        struct pace now = {part->cost.time_s[ACTION_FIRST],
                           part->cost.time_s[ACTION_WRITE], part->instances,
                           x->chip.geo.max_area_m2 > 0 ? part->cost.area_m2
                                                       : 0};
        struct pace *was = &x->pace[i];
        same = same && now.first_s == was->first_s &&
               now.write_s == was->write_s && now.instances == was->instances &&
               now.area_m2 == was->area_m2;
        *was = now;
    }
    return same;
}

/* Static power is paid by the layers that hold weights, by their tiles. */
static void share_static(struct run *run)
{
    double held = 0;
    for (int i = 0; i < run->layers; i++)
        if (run->layer[i].crossbars > 0)
            held += run->layer[i].tiles;
    for (int i = 0; i < run->layers; i++) {
        struct run_layer *l = &run->layer[i];
        l->static_share = l->crossbars > 0 ? l->tiles / held : 0;
    }
}

static int schedule(void *self, struct msgs *msgs, struct run *run)
{
    struct crossbar *x = self;
    bool same = same_pace(x, run);
    for (int i = 0; i < ROLES; i++)
        run->part[i].cost = x->chip.part[i].cost;
    run->cycle_s = x->chip.cycle_s;
    if (budget_fit(x, msgs, run))
        return -1;
    if (!same) {
        run->interval_s = 0; /* not the same again, if this fails */
        if (set_rounds(x, msgs, run))
            return -1;
        replicate_rounds(x, run);
        traffic_count(x, run);
        pipeline_time(x, run);
        share_static(run);
    }
    count_writes(x, run);
    count_notes(x, run);
    return 0;
}

static struct bound *bounds(void *self, int *n)
{
    struct crossbar *x = self;
    *n = x->chip.bounds;
    return x->chip.bound;
}

static int changed(void *self, const struct bound *b)
{
    struct crossbar *x = self;
    struct fault fault;
    bool mapping;
    if (chip_change(&x->chip, b->data, &mapping, &fault))
        return -1;
    if (!mapping)
        return 0;
    return set_rule(x, &fault) ? -1 : 1;
}

static void list(FILE *out)
{
    fputs("mapping styles\n", out);
    for (int i = 0; map_styles[i]; i++)
        fprintf(out, "  %-12s %s\n               %s\n", map_styles[i]->name,
                map_styles[i]->text, map_styles[i]->source);
    fputs("components of a crossbar chip\n", out);
    for (int i = 0; i < ROLES; i++)
        fprintf(out, "  %-16s per %-5s %s%s\n", roles[i].name,
                level_names[roles[i].level], roles[i].text,
                roles[i].required ? "" : " (optional)");
}

static const struct param_group groups[] = {{"technology", technology_fields},
                                            {"chip", chip_fields},
                                            {"tile", tile_fields},
                                            {"pe", pe_fields},
                                            {"crossbar", crossbar_fields},
                                            {"mapping", mapping_fields},
                                            {"schedule", schedule_fields},
                                            {NULL, NULL}};

static struct identity identity(void *self)
{
    return ((struct crossbar *)self)->chip.who;
}

const struct machine_type machine_crossbar = {
    .name = "crossbar",
    .text = "weights resident in crossbars, inputs bit-serial on wordlines",
    .groups = groups,
    .latency = "last output of the last layer, but no less than the interval. "
               "A layer starts\n    when its window is filled:\n"
               "    start = max over inputs of first + lead (last - first)\n"
               "    first = start + depth x cycle\n"
               "    last  = max(start + busy + max(0, depth x cycle - step),\n"
               "                last of the inputs + depth x cycle)\n"
               "    cycle = max(crossbar read, columns x crossbars / (ADCs x "
               "rate))",
    .interval = "a stage takes max(ceil(vectors / copies) x (A + (1 - overlap)"
                " D) x cycle,\n    work of its tiles' parts / their rate)",
    .area_limit = "chip.max_area",
    .crossbar_limit = "chip.max_crossbars",
    .list = list,
    .load = load,
    .map = map,
    .schedule = schedule,
    .bounds = bounds,
    .changed = changed,
    .identity = identity,
};
