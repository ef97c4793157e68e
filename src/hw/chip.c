/* chip.c - a crossbar chip: chip > tile > PE > crossbar, and its components */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/chip.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const level_names[] = {[LEVEL_CHIP] = "chip",
                                   [LEVEL_TILE] = "tile",
                                   [LEVEL_PE] = "PE",
                                   [LEVEL_HOST] = "host"};

/* clang-format off */
const struct role roles[ROLES] = {
    [ROLE_ARRAY] = {"array", LEVEL_PE, PER_CELL, true, false, "cell read",
        "the cells of the crossbars"},
    [ROLE_ROW_DECODER] = {"row_decoder", LEVEL_PE, PER_NODE, false, false,
        "row write", "selects wordlines for writing"},
    [ROLE_WRITE_DRIVER] = {"write_driver", LEVEL_PE, PER_BITLINE, false, false,
        "bitline write", "puts bitlines on the level of writing"},
    [ROLE_DAC] = {"dac", LEVEL_PE, PER_WORDLINE, true, false,
        "wordline drive", "a driver or DAC on every wordline"},
    [ROLE_SAMPLE_HOLD] = {"sample_hold", LEVEL_PE, PER_BITLINE, true, false,
        "sample", "a sample-and-hold on every bitline"},
    [ROLE_TIA] = {"tia", LEVEL_PE, PER_NODE, false, false, "column",
        "amplifiers that carry column sums into the buffer arrays"},
    [ROLE_BUFFER_ARRAY] = {"buffer_array", LEVEL_PE, PER_NODE, false, false,
        "cell read", "cells that hold and add analog sums until the ADC"},
    [ROLE_MUX] = {"mux", LEVEL_PE, PER_NODE, false, false, "conversion",
        "column multiplexers between bitlines and ADCs"},
    [ROLE_ADC] = {"adc", LEVEL_PE, PER_NODE, true, false, "conversion",
        "the ADCs shared by a PE's crossbars"},
    [ROLE_SHIFT_ADD] = {"shift_add", LEVEL_PE, PER_NODE, true, false,
        "shift-and-add", "shift-and-add of converted columns"},
    [ROLE_INPUT_REGISTER] = {"input_register", LEVEL_PE, PER_NODE, true, false,
        "bit", "holds the input vectors of a PE"},
    [ROLE_OUTPUT_REGISTER] = {"output_register", LEVEL_PE, PER_NODE, true,
        false, "bit", "holds the partial sums of a PE"},
    [ROLE_INDEX] = {"index", LEVEL_PE, PER_NODE, false, false, "index bit",
        "masks, delays and row indices of the ivq mapping"},
    [ROLE_CONTROL] = {"control", LEVEL_PE, PER_NODE, false, false, "step",
        "sequences the PE: one step a crossbar cycle"},
    [ROLE_BUFFER] = {"buffer", LEVEL_TILE, PER_NODE, true, false, "bit",
        "the tile's eDRAM or SRAM: line buffers of its layers"},
    [ROLE_BUS] = {"bus", LEVEL_TILE, PER_NODE, true, true, "bit",
        "between buffer, PEs and the tile's output register"},
    [ROLE_TILE_REGISTER] = {"tile_register", LEVEL_TILE, PER_NODE, true, false,
        "bit", "holds finished sums for pooling, activation and sending"},
    [ROLE_TILE_ADD] = {"tile_add", LEVEL_TILE, PER_NODE, true, false,
        "addition", "additions of partial sums, shortcuts and averages"},
    [ROLE_ACTIVATION] = {"activation", LEVEL_TILE, PER_NODE, true, false,
        "function", "element-wise functions"},
    [ROLE_POOL] = {"pool", LEVEL_TILE, PER_NODE, true, false, "comparison",
        "comparisons of max pooling"},
    [ROLE_VECTOR] = {"vector", LEVEL_TILE, PER_NODE, false, false, "MAC",
        "products of two activations; without it the host makes them"},
    [ROLE_ROUTER] = {"router", LEVEL_TILE, PER_NODE, true, true, "bit hop",
        "routers of the mesh between tiles, with their links"},
    [ROLE_LINK] = {"link", LEVEL_CHIP, PER_NODE, true, true, "bit",
        "links to other chips and to the host"},
    [ROLE_HOST] = {"host", LEVEL_HOST, PER_NODE, false, false, "MAC",
        "an outside processor for work the chip has no unit for"},
    [ROLE_DRAM] = {"dram", LEVEL_HOST, PER_NODE, false, false, "bit",
        "memory outside: inputs, results, weights that are reloaded"},
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
     NULL,
     "budget of crossbars; the chip is sized to it; 0: as many as it has"},
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
    {"read_time", FIELD_QUANTITY, DIM_S, G(read_s), 0, 1, "0 s", NULL,
     "one read: drive the wordlines, settle, sample; 0: as its parts need"},
    {"cycle", FIELD_QUANTITY, DIM_S, G(cycle_s), 0, 1, "0 s", NULL,
     "step of the crossbars; 0: the slower of read and conversions"},
    {0}};
#undef G
/* clang-format on */

int chip_bind(const struct conf_env *env, struct node *root, struct chip *c,
              const char *path, const struct field *fields, void *data)
{
    struct bound *b = &c->bound[c->bounds++];
    *b = (struct bound){.path = path, .fields = fields, .data = data};
    return field_read(b, node_get(root, path), c->who.sources, root->at,
                      env->arena, env->msgs);
}

/* ---- loading ---- */

static int load_component(const struct conf_env *env, struct node *root,
                          struct chip *c, enum role_id id)
{
    const char *path = roles[id].name;
    if (!node_get(root, path))
        return roles[id].required ? msg_error(env->msgs, &root->at,
                                              "component '%s' is missing: %s",
                                              path, roles[id].text)
                                  : 0;
    return part_read(env, root, path, c->who.sources, &c->part[id],
                     &c->bound[c->bounds++]);
}

static int first_eval(const struct conf_env *env, struct node *root,
                      struct chip *c)
{
    struct fault f;
    if (!chip_eval(c, &f))
        return 0;
    struct node *group = node_get(root, f.path);
    return msg_error(env->msgs, group ? &group->at : &root->at, "%s: %s",
                     f.path, f.why);
}

int chip_load(const struct conf_env *env, struct node *root, struct chip *c)
{
    struct geometry *g = &c->geo;
    int bad = identity_read(env, root, &c->who);
    c->reads = 1;
    bad |= chip_bind(env, root, c, "technology", technology_fields, &c->choice);
    bad |= chip_bind(env, root, c, "chip", chip_fields, g);
    bad |= chip_bind(env, root, c, "tile", tile_fields, g);
    bad |= chip_bind(env, root, c, "pe", pe_fields, g);
    bad |= chip_bind(env, root, c, "crossbar", crossbar_fields, g);
    for (int i = 0; i < ROLES; i++)
        bad |= load_component(env, root, c, (enum role_id)i);
    if (bad || parts_technology(env, root, c->part, ROLES, c->who.node_m,
                                &c->choice, &c->tech))
        return -1;
    return first_eval(env, root, c);
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

static struct site site_of(const struct chip *c)
{
    const struct geometry *g = &c->geo;
    const struct component *adc = &c->part[ROLE_ADC];
    double bitlines = (double)g->crossbars * g->columns;
    return (struct site){
        .tech = c->tech,
        .roadmap = c->choice.roadmap,
        .rows = g->rows,
        .columns = g->columns,
        .cell_bits = g->cell_bits,
        .dac_bits = g->dac_bits,
        .buffer_bits = g->buffer_bits,
        .ports = (int)fmin(ceil(bitlines / adc->params->count), INT_MAX)};
}

static int eval_one(struct chip *c, int role, struct fault *f)
{
    struct component *part = &c->part[role];
    f->path = roles[role].name;
    if (part_eval(part, &c->site, f->why, sizeof f->why))
        return -1;
    part->instances =
        part->params->count * multiple(&c->geo, roles[role].multiple);
    return 0;
}

static int eval_all(struct chip *c, bool wires, struct fault *f)
{
    for (int i = 0; i < ROLES; i++)
        if (c->part[i].model && roles[i].wires == wires && eval_one(c, i, f))
            return -1;
    return 0;
}

/* The side of a tile is that of what wires connect, without the wires. */
static int eval_wires(struct chip *c, struct fault *f)
{
    for (int i = 0; i < ROLES; i++)
        if (roles[i].wires)
            c->part[i].instances = 0;
    c->site.tile_side_m = sqrt(fmax(0, chip_tile_area_m2(c)));
    return eval_all(c, true, f) || chip_clock(c, f) ? -1 : 0;
}

int chip_eval(struct chip *c, struct fault *f)
{
    c->site = site_of(c);
    f->path = "technology";
    if (c->tech && technology_eval(c->tech, &c->choice, f->why, sizeof f->why))
        return -1;
    f->path = roles[ROLE_ARRAY].name;
    if (part_lines(&c->part[ROLE_ARRAY], &c->site, f->why, sizeof f->why) ||
        eval_all(c, false, f))
        return -1;
    return eval_wires(c, f);
}

/* The role whose parameters these are, or ROLES. */
static int role_of(const struct chip *c, const void *data)
{
    int i = 0;
    while (i < ROLES && !(c->part[i].model && c->part[i].params == data))
        i++;
    return i;
}

int chip_change(struct chip *c, const void *data, bool *mapping,
                struct fault *f)
{
    int role = role_of(c, data);
    *mapping = role == ROLES;
    if (*mapping || role == ROLE_ARRAY || site_of(c).ports != c->site.ports)
        return chip_eval(c, f);
    const struct component *part = &c->part[role];
    double area_m2 = part->instances * part->cost.area_m2;
    if (eval_one(c, role, f))
        return -1;
    if (roles[role].wires || part->instances * part->cost.area_m2 == area_m2)
        return chip_clock(c, f);
    return eval_wires(c, f);
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
