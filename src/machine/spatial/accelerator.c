/* accelerator.c - a spatial accelerator: what it reads, and its components */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/spatial/spatial.h"

#include "base/suggest.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
const struct place_role places[PLACES] = {
    [PLACE_MAC] = {"mac", "unit", "unit cycle", true, false,
        "a unit of the array at work"},
    [PLACE_REGISTER] = {"register", "unit", "bit", true, false,
        "a unit's local store"},
    [PLACE_NETWORK] = {"network", "unit", "bit", true, false,
        "from unit to unit"},
    [PLACE_INPUT_BUFFER] = {"input_buffer", "chip", "bit", false, false,
        "inputs (buffers.input)"},
    [PLACE_WEIGHT_BUFFER] = {"weight_buffer", "chip", "bit", false, false,
        "weights (buffers.weight)"},
    [PLACE_OUTPUT_BUFFER] = {"output_buffer", "chip", "bit", false, false,
        "outputs and partial sums (buffers.output)"},
    [PLACE_BUFFER] = {"buffer", "chip", "bit", false, false,
        "whatever has no buffer of its own (buffers.unified)"},
    [PLACE_VECTOR] = {"vector", "chip", "operation", false, false,
        "pools, additions, element-wise functions"},
    [PLACE_CONTROL] = {"control", "chip", "cycle", false, false,
        "the whole array in a cycle of work"},
    [PLACE_CHIP] = {"chip", "chip", "busy second", false, false,
        "power and area of a chip that publishes no split"},
    [PLACE_DRAM] = {"dram", "host", "bit", false, true,
        "memory outside"},
};
/* clang-format on */

static int bind(const struct conf_env *env, struct node *root,
                struct spatial *s, const char *path, const struct field *fields,
                void *data)
{
    struct bound *b = &s->bound[s->bounds++];
    *b = (struct bound){.path = path, .fields = fields, .data = data};
    return field_read(b, node_get(root, path), s->who.sources, root->at,
                      env->arena, env->msgs);
}

static int load_components(const struct conf_env *env, struct node *root,
                           struct spatial *s)
{
    int bad = 0;
    for (int i = 0; i < PLACES; i++)
        if (node_get(root, places[i].name))
            bad |= part_read(env, root, places[i].name, s->who.sources,
                             &s->part[i], &s->bound[s->bounds++]);
    return bad;
}

static int load_dataflow(const struct conf_env *env, struct node *root,
                         struct spatial *s)
{
    const char *known[16];
    int n = 0;
    s->dataflow = dataflow_find(s->rule.dataflow);
    if (s->dataflow)
        return 0;
    for (; dataflows[n]; n++)
        known[n] = dataflows[n]->name;
    struct node *group = node_get(root, "schedule");
    return msg_error(
        env->msgs, &node_get(group, "dataflow")->at, "unknown dataflow '%s'%s",
        s->rule.dataflow,
        suggest_end(s->rule.dataflow, known, n, "; see --list-models").text);
}

/* Capacity that a component's model may take for its own. */
static double capacity_bits(const struct buffers *b, int place)
{
    switch (place) {
    case PLACE_INPUT_BUFFER:
        return b->bits[INPUT];
    case PLACE_WEIGHT_BUFFER:
        return b->bits[WEIGHT];
    case PLACE_OUTPUT_BUFFER:
        return b->bits[OUTPUT];
    default:
        return b->unified_bits;
    }
}

static int eval_part(struct spatial *s, int i, char *why, int size)
{
    struct component *part = &s->part[i];
    const struct array *a = &s->x.array;
    struct site site = {.tech = s->tech,
                        .roadmap = s->choice.roadmap,
                        .rows = a->rows,
                        .columns = a->columns,
                        .cell_bits = 1,
                        .dac_bits = 1,
                        .ports = 1,
                        .buffer_bits = capacity_bits(&s->x.buffers, i)};
    if (part_eval(part, &site, why, size))
        return -1;
    part->instances = part->params->count;
    if (places[i].per_unit)
        part->instances *= (double)a->rows * a->columns;
    return 0;
}

/* What the machine cannot be; *path is the group to blame. */
static int check(const struct spatial *s, const char **path, char *why,
                 int size)
{
    const struct memory *m = &s->x.memory;
    *path = "memory";
    if ((m->width_bits > 0) == (m->bandwidth_bit_s > 0)) {
        snprintf(why, (size_t)size, "give either 'width' or 'bandwidth'");
        return -1;
    }
    *path = "schedule";
    return s->dataflow->check ? s->dataflow->check(&s->x, why, size) : 0;
}

static int eval_all(struct spatial *s, const char **path, char *why, int size)
{
    if (check(s, path, why, size))
        return -1;
    *path = "technology";
    if (s->tech && technology_eval(s->tech, &s->choice, why, size))
        return -1;
    for (int i = 0; i < PLACES; i++) {
        *path = places[i].name;
        if (s->part[i].model && eval_part(s, i, why, size))
            return -1;
    }
    return 0;
}

static int first_eval(const struct conf_env *env, struct node *root,
                      struct spatial *s)
{
    char why[240] = "";
    const char *path;
    if (!eval_all(s, &path, why, sizeof why))
        return 0;
    struct node *group = node_get(root, path);
    return msg_error(env->msgs, group ? &group->at : &root->at, "%s: %s", path,
                     why);
}

int spatial_load(const struct conf_env *env, struct node *root, void **self)
{
    struct spatial *s = arena_alloc(env->arena, sizeof *s);
    const char *known[SPATIAL_BOUNDS + PLACES];
    int n = 0;
    *self = s;
    int bad = identity_read(env, root, &s->who);
    bad |= bind(env, root, s, "technology", technology_fields, &s->choice);
    bad |= bind(env, root, s, "array", array_fields, &s->x.array);
    bad |= bind(env, root, s, "buffers", buffers_fields, &s->x.buffers);
    bad |= bind(env, root, s, "memory", memory_fields, &s->x.memory);
    bad |= bind(env, root, s, "schedule", spatial_schedule_fields, &s->rule);
    bad |= bind(env, root, s, "elementwise", elementwise_fields, &s->other);
    for (; n < s->bounds; n++)
        known[n] = s->bound[n].path;
    for (int i = 0; i < PLACES; i++)
        known[n++] = places[i].name;
    bad |= load_components(env, root, s);
    node_report_unused(root, known, n, "", env->msgs);
    if (bad || load_dataflow(env, root, s) ||
        parts_technology(env, root, s->part, PLACES, s->who.node_m, &s->choice,
                         &s->tech))
        return -1;
    return first_eval(env, root, s);
}

int spatial_changed(void *self, const struct bound *b)
{
    struct spatial *s = self;
    char why[240];
    const char *path;
    for (int i = 0; i < PLACES; i++)
        if (s->part[i].model && s->part[i].params == b->data)
            return eval_part(s, i, why, sizeof why);
    return eval_all(s, &path, why, sizeof why) ? -1 : 1;
}
