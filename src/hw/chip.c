/* chip.c - a crossbar chip: chip > tile > PE > crossbar, and its components */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/chip.h"

#include "base/suggest.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const level_names[] = {[LEVEL_CHIP] = "chip",
                                   [LEVEL_TILE] = "tile",
                                   [LEVEL_PE] = "PE",
                                   [LEVEL_HOST] = "host"};

/* clang-format off */
const struct role roles[ROLES] = {
    [ROLE_ARRAY] = {"array", LEVEL_PE, PER_CELL, true, "cell read",
        "the cells of the crossbars"},
    [ROLE_DAC] = {"dac", LEVEL_PE, PER_WORDLINE, true, "wordline drive",
        "a driver or DAC on every wordline"},
    [ROLE_SAMPLE_HOLD] = {"sample_hold", LEVEL_PE, PER_BITLINE, true, "sample",
        "a sample-and-hold on every bitline"},
    [ROLE_MUX] = {"mux", LEVEL_PE, PER_NODE, false, "conversion",
        "column multiplexers between bitlines and ADCs"},
    [ROLE_ADC] = {"adc", LEVEL_PE, PER_NODE, true, "conversion",
        "the ADCs shared by a PE's crossbars"},
    [ROLE_SHIFT_ADD] = {"shift_add", LEVEL_PE, PER_NODE, true, "shift-and-add",
        "shift-and-add of converted columns"},
    [ROLE_INPUT_REGISTER] = {"input_register", LEVEL_PE, PER_NODE, true, "bit",
        "holds the input vectors of a PE"},
    [ROLE_OUTPUT_REGISTER] = {"output_register", LEVEL_PE, PER_NODE, true,
        "bit", "holds the partial sums of a PE"},
    [ROLE_INDEX] = {"index", LEVEL_PE, PER_NODE, false, "index bit",
        "masks, delays and row indices of the ivq mapping"},
    [ROLE_BUFFER] = {"buffer", LEVEL_TILE, PER_NODE, true, "bit",
        "the tile's eDRAM or SRAM: line buffers of its layers"},
    [ROLE_BUS] = {"bus", LEVEL_TILE, PER_NODE, true, "bit",
        "between buffer, PEs and the tile's output register"},
    [ROLE_TILE_REGISTER] = {"tile_register", LEVEL_TILE, PER_NODE, true, "bit",
        "holds finished sums for pooling, activation and sending"},
    [ROLE_TILE_ADD] = {"tile_add", LEVEL_TILE, PER_NODE, true, "addition",
        "additions of partial sums, shortcuts and averages"},
    [ROLE_ACTIVATION] = {"activation", LEVEL_TILE, PER_NODE, true, "function",
        "element-wise functions"},
    [ROLE_POOL] = {"pool", LEVEL_TILE, PER_NODE, true, "comparison",
        "comparisons of max pooling"},
    [ROLE_VECTOR] = {"vector", LEVEL_TILE, PER_NODE, false, "MAC",
        "products of two activations; without it the host makes them"},
    [ROLE_ROUTER] = {"router", LEVEL_TILE, PER_NODE, true, "bit hop",
        "routers of the mesh between tiles, with their links"},
    [ROLE_LINK] = {"link", LEVEL_CHIP, PER_NODE, true, "bit",
        "links to other chips and to the host"},
    [ROLE_HOST] = {"host", LEVEL_HOST, PER_NODE, false, "MAC",
        "an outside processor for work the chip has no unit for"},
};

static const char *const overflows[] = {"chips", "reload", "error", NULL};

#define G(member) offsetof(struct geometry, member)
const struct field chip_fields[] = {
    {"tiles", FIELD_COUNT, DIM_NONE, G(tiles), 1, 1e6, NULL, NULL,
     "tiles of one chip"},
    {"mesh_columns", FIELD_COUNT, DIM_NONE, G(mesh_columns), 1, 1e4, NULL,
     NULL, "routers in a row of the mesh"},
    {"chips", FIELD_COUNT, DIM_NONE, G(chips), 1, 1e5, "1", NULL,
     "chips at least"},
    {"overflow", FIELD_CHOICE, DIM_NONE, G(overflow), 0, 0, "chips", overflows,
     "what a network that does not fit gets: more chips, reloading, an error"},
    {"batch", FIELD_COUNT, DIM_NONE, G(batch), 1, 1e6, "1", NULL,
     "inputs that pass between two reloads of the weights"},
    {"max_crossbars", FIELD_COUNT, DIM_NONE, G(max_crossbars), 0, 1e8, "0",
     NULL, "budget of crossbars; the chip is sized to it; 0: as many as it has"},
    {"max_area", FIELD_QUANTITY, DIM_M2, G(max_area_m2), 0, 1, "0 mm2", NULL,
     "budget of chip area; the chip is sized to it; 0: as large as it is"},
    {0}};

const struct field tile_fields[] = {
    {"pes", FIELD_COUNT, DIM_NONE, G(pes), 1, 1e4, NULL, NULL,
     "PEs (IMAs, computing units) of a tile"},
    {"buffer_capacity", FIELD_QUANTITY, DIM_BIT, G(buffer_bits), 8, 1e12, NULL,
     NULL, "capacity of a tile's buffer"},
    {0}};

const struct field pe_fields[] = {
    {"crossbars", FIELD_COUNT, DIM_NONE, G(crossbars), 1, 1e4, NULL, NULL,
     "crossbars of a PE"},
    {0}};

const struct field crossbar_fields[] = {
    {"rows", FIELD_COUNT, DIM_NONE, G(rows), 1, 65536, NULL, NULL,
     "wordlines"},
    {"columns", FIELD_COUNT, DIM_NONE, G(columns), 1, 65536, NULL, NULL,
     "bitlines"},
    {"cell_bits", FIELD_COUNT, DIM_NONE, G(cell_bits), 1, 8, NULL, NULL,
     "bits of a cell"},
    {"dac_bits", FIELD_COUNT, DIM_NONE, G(dac_bits), 1, 16, "1", NULL,
     "input bits driven per cycle"},
    {"read_time", FIELD_QUANTITY, DIM_S, G(read_s), 1e-12, 1, NULL, NULL,
     "one read: drive the wordlines, settle, sample"},
    {0}};
#undef G
/* clang-format on */

struct identity {
    const char *name, *title, *source;
    double node_m;
};

int chip_bind(const struct conf_env *env, struct node *root, struct chip *c,
              const char *path, const struct field *fields, void *data)
{
    struct bound *b = &c->bound[c->bounds++];
    *b = (struct bound){.path = path, .fields = fields, .data = data};
    return field_read(b, node_get(root, path), c->sources, root->at, env->arena,
                      env->msgs);
}

/* ---- components ---- */

static const struct model *read_model(const struct conf_env *env,
                                      struct node *group, const char *path)
{
    const char *name = NULL, *known[64];
    int n = 0;
    if (node_text(group, "model", &name, env->msgs))
        return NULL;
    if (!name) {
        msg_error(env->msgs, &group->at, "'%s.model' is missing", path);
        return NULL;
    }
    const struct model *model = model_find(name);
    if (model)
        return model;
    for (; models[n]; n++)
        known[n] = models[n]->name;
    msg_error(env->msgs, &node_get(group, "model")->at,
              "%s: unknown model '%s'%s", path, name,
              suggest_end(name, known, n, "; see --list-models").text);
    return NULL;
}

static int load_component(const struct conf_env *env, struct node *root,
                          struct chip *c, enum role_id id)
{
    const char *path = roles[id].name;
    struct component *part = &c->part[id];
    struct node *group = node_get(root, path);
    char why[160];

    if (!group)
        return roles[id].required ? msg_error(env->msgs, &root->at,
                                              "component '%s' is missing: %s",
                                              path, roles[id].text)
                                  : 0;
    if (group->kind != NODE_GROUP)
        return msg_error(env->msgs, &group->at, "'%s' must be a group { ... }",
                         path);
    const struct model *model = read_model(env, group, path);
    if (!model)
        return -1;
    part->params = arena_alloc(env->arena, model->params_size);
    if (chip_bind(env, root, c, path, model->fields, part->params))
        return -1;
    if (model->check && model->check(part->params, why, sizeof why))
        return msg_error(env->msgs, &group->at, "%s: %s", path, why);
    part->model = model;
    return 0;
}

static int load_identity(const struct conf_env *env, struct node *root,
                         struct chip *c)
{
    struct node *node = node_get(root, "node");
    char why[160];
    int bad = node_text(root, "name", &c->name, env->msgs);
    bad |= node_text(root, "title", &c->title, env->msgs);
    bad |= node_text(root, "source", &c->source, env->msgs);
    if (!c->name)
        bad = msg_error(env->msgs, &root->at, "'name' is missing");
    if (!node)
        return msg_error(env->msgs, &root->at,
                         "'node' is missing: the technology node, \"32 nm\"");
    if (!node->text ||
        quantity_parse(node->text, DIM_M, &c->node_m, why, sizeof why))
        return msg_error(env->msgs, &node->at, "node: %s",
                         node->text ? why : "write it like \"32 nm\"");
    if (!(c->node_m >= 1e-9 && c->node_m <= 1e-6))
        return msg_error(env->msgs, &node->at,
                         "node: '%s' is outside 1 nm to 1 um", node->text);
    return bad;
}

int chip_load(const struct conf_env *env, struct node *root, struct chip *c)
{
    c->sources = node_get(root, "sources");
    struct geometry *g = &c->geo;
    int bad = load_identity(env, root, c);
    if (c->sources && c->sources->kind != NODE_GROUP) {
        bad = msg_error(env->msgs, &c->sources->at,
                        "'sources' must be a group { ... }");
        c->sources = NULL;
    }
    bad |= chip_bind(env, root, c, "chip", chip_fields, g);
    bad |= chip_bind(env, root, c, "tile", tile_fields, g);
    bad |= chip_bind(env, root, c, "pe", pe_fields, g);
    bad |= chip_bind(env, root, c, "crossbar", crossbar_fields, g);
    for (int i = 0; i < ROLES; i++)
        bad |= load_component(env, root, c, (enum role_id)i);
    if (!bad)
        chip_eval(c);
    return bad;
}

/* ---- sums over the tree ---- */

static double multiple(const struct geometry *g, enum multiple m)
{
    double crossbars = g->crossbars;
    switch (m) {
    case PER_CELL:
        return crossbars * g->rows * g->columns;
    case PER_WORDLINE:
        return crossbars * g->rows;
    case PER_BITLINE:
        return crossbars * g->columns;
    default:
        return 1;
    }
}

void chip_eval(struct chip *c)
{
    for (int i = 0; i < ROLES; i++) {
        struct component *part = &c->part[i];
        if (!part->model)
            continue;
        part->model->eval(part->params, &part->cost);
        part->instances =
            part->params->count * multiple(&c->geo, roles[i].multiple);
    }
}

int chip_crossbars_per_tile(const struct chip *c)
{
    return c->geo.pes * c->geo.crossbars;
}

/* Nodes of a level on one chip; the host stands outside. */
static double nodes(const struct chip *c, enum level level, double tiles)
{
    switch (level) {
    case LEVEL_PE:
        return tiles * c->geo.pes;
    case LEVEL_TILE:
        return tiles;
    case LEVEL_CHIP:
        return 1;
    default:
        return 0;
    }
}

double chip_instances(const struct chip *c, enum role_id role, double tiles)
{
    return c->part[role].instances * nodes(c, roles[role].level, tiles);
}

double chip_area_m2(const struct chip *c, double tiles)
{
    double sum = 0;
    for (int i = 0; i < ROLES; i++)
        sum +=
            chip_instances(c, (enum role_id)i, tiles) * c->part[i].cost.area_m2;
    return sum;
}

double chip_tile_area_m2(const struct chip *c)
{
    return chip_area_m2(c, 1) - chip_area_m2(c, 0);
}

double chip_peak_W(const struct chip *c, double tiles)
{
    double sum = 0;
    for (int i = 0; i < ROLES; i++)
        sum +=
            chip_instances(c, (enum role_id)i, tiles) * c->part[i].cost.peak_W;
    return sum;
}

double chip_cycle_s(const struct chip *c)
{
    const struct component *adc = &c->part[ROLE_ADC];
    double conversions = (double)c->geo.columns * c->geo.crossbars;
    double convert_s =
        conversions / adc->instances * adc->cost.time_s[ACTION_FIRST];
    return fmax(c->geo.read_s, convert_s);
}
