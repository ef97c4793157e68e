/* node_file.c - reads a technology node */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/node_file.h"

/* clang-format off */
#define Q(name, dim, member, min, max, text) \
    {name, FIELD_QUANTITY, dim, offsetof(struct mos_file, member), min, max, \
     NULL, NULL, text}
#define R(name, member, min, max, text) \
    {name, FIELD_REAL, DIM_NONE, offsetof(struct mos_file, member), min, max, \
     NULL, NULL, text}
const struct field mos_fields[] = {
    Q("supply", DIM_V, at_300K.vdd_V, 0.1, 10, "nominal supply"),
    Q("threshold", DIM_V, at_300K.vth_V, 0.01, 5, "in saturation"),
    Q("gate_length", DIM_M, at_300K.gate_length_m, 1e-9, 1e-6, "physical"),
    Q("gate_cap", DIM_F_M, at_300K.gate_F_m, 1e-12, 1e-7,
      "ideal: oxide times length, a channel width"),
    Q("overlap_cap", DIM_F_M, at_300K.overlap_F_m, 0, 1e-7, "gate to drain"),
    Q("fringe_cap", DIM_F_M, at_300K.fringe_F_m, 0, 1e-7, "of one side"),
    Q("junction_cap", DIM_F_M2, at_300K.junction_F_m2, 0, 1, "drain bottom"),
    Q("sidewall_cap", DIM_F_M, at_300K.sidewall_F_m, 0, 1e-7, "drain sides"),
    Q("channel_cap", DIM_F_M, at_300K.channel_F_m, 0, 1e-7,
      "drain towards the channel"),
    R("resistance_factor", at_300K.r_factor, 0.5, 5, "m of R = m Vdd/(Ion W)"),
    R("pn_ratio", at_300K.pn_ratio, 0.5, 5,
      "width of a PMOS as strong as an NMOS"),
    R("alpha", at_300K.alpha, 1, 2, "of the alpha-power law"),
    {"on_current", FIELD_CURRENTS, DIM_NONE, offsetof(struct mos_file, on), 0,
     0, NULL, NULL, "(T in K, NMOS, PMOS)"},
    {"off_current", FIELD_CURRENTS, DIM_NONE, offsetof(struct mos_file, off), 0,
     0, NULL, NULL, "(T in K, NMOS, PMOS)"},
    Q("gate_leakage", DIM_A_M, at_300K.gate_leak_A_m, 0, 1, "through the gate"),
    {0}};
#undef Q
#undef R

#define Q(name, dim, member, min, max, text) \
    {name, FIELD_QUANTITY, dim, offsetof(struct wire_file, member), min, max, \
     NULL, NULL, text}
#define R(name, member, min, max, text) \
    {name, FIELD_REAL, DIM_NONE, offsetof(struct wire_file, member), min, max, \
     NULL, NULL, text}
const struct field wire_fields[] = {
    Q("pitch", DIM_M, pitch_m, 1e-9, 1e-4, "width and space"),
    R("aspect_ratio", aspect, 0.1, 10, "thickness over width"),
    Q("barrier", DIM_M, barrier_m, 0, 1e-7, "each side and below"),
    Q("dishing", DIM_M, dishing_m, 0, 1e-6, "lost of the thickness"),
    Q("ild", DIM_M, ild_m, 1e-9, 1e-5, "dielectric between the layers"),
    R("k_horizontal", k_horizontal, 1, 10, "dielectric constant, in the layer"),
    R("k_vertical", k_vertical, 1, 10, "dielectric constant, between layers"),
    R("miller", miller, 0, 3, "factor of the coupling"),
    Q("fringe", DIM_F_M, fringe_F_m, 0, 1e-8, "of both sides"),
    Q("resistivity", DIM_OHM_M, resistivity_ohm_m, 1e-8, 1e-5, "at 300 K"),
    R("scatter", scatter, 1, 10, "of electrons at surfaces"),
    {0}};
#undef Q
#undef R

#define Q(name, member, min, max, text) \
    {name, FIELD_QUANTITY, DIM_M, offsetof(struct layout_file, member), min, \
     max, NULL, NULL, text}
const struct field layout_fields[] = {
    Q("gate_pitch", gate_pitch_m, 1e-9, 1e-5, "contacted"),
    Q("poly_pitch", poly_pitch_m, 1e-9, 1e-5, "in a series stack"),
    Q("cell_height", cell_height_m, 1e-9, 1e-4, "of a logic cell"),
    {"active_share", FIELD_REAL, DIM_NONE,
     offsetof(struct layout_file, active_share), 0.05, 0.5, NULL, NULL,
     "of the cell height, for one finger of one kind"},
    Q("fin_pitch", fin_pitch_m, 0, 1e-6, "0: planar"),
    Q("fin_height", fin_height_m, 0, 1e-6, "0: planar"),
    Q("fin_width", fin_width_m, 0, 1e-6, "0: planar"),
    {0}};
#undef Q

#define Q(name, dim, member, min, max, text) \
    {name, FIELD_QUANTITY, dim, offsetof(struct sram_cell, member), min, max, \
     NULL, NULL, text}
const struct field sram_fields[] = {
    Q("area", DIM_M2, area_m2, 1e-16, 1e-9, "of the densest 6T cell"),
    {"aspect", FIELD_REAL, DIM_NONE, offsetof(struct sram_cell, aspect), 0.1,
     10, NULL, NULL, "width over height"},
    Q("access", DIM_M, access_m, 1e-9, 1e-5, "channel width"),
    Q("pull_down", DIM_M, pull_down_m, 1e-9, 1e-5, "channel width"),
    Q("pull_up", DIM_M, pull_up_m, 1e-9, 1e-5, "channel width"),
    {0}};
#undef Q

#define Q(name, dim, member, min, max, text) \
    {name, FIELD_QUANTITY, dim, offsetof(struct dram_cell, member), min, max, \
     NULL, NULL, text}
const struct field dram_fields[] = {
    Q("area", DIM_M2, area_m2, 1e-16, 1e-9, "of a 1T1C cell"),
    {"aspect", FIELD_REAL, DIM_NONE, offsetof(struct dram_cell, aspect), 0.1,
     10, NULL, NULL, "width over height"},
    Q("storage", DIM_F, storage_F, 1e-16, 1e-12, "its capacitor"),
    Q("supply", DIM_V, vdd_V, 0.1, 10, "of bitline and capacitor"),
    Q("boost", DIM_V, vpp_V, 0.1, 10, "of the wordline"),
    Q("access", DIM_M, access_m, 1e-9, 1e-5, "channel width"),
    Q("on_current", DIM_A, on_A, 1e-9, 1e-2, "of its transistor"),
    Q("off_current", DIM_A, off_A, 1e-21, 1e-6, "of one cell, worst case"),
    {0}};
#undef Q
/* clang-format on */

/* ---- reading ---- */

static const char *const wire_groups[2][WIRES] = {
    {"local", "semi_global", "global"},
    {"local_conservative", "semi_global_conservative", "global_conservative"}};

static int read_group(const struct conf_env *env, struct node *root,
                      const char *name, const struct field *fields, void *data)
{
    struct bound b = {.path = name, .fields = fields, .data = data};
    struct node *group = node_get(root, name);
    if (!group) /* one line, not one for each key */
        return msg_error(env->msgs, &root->at, "group '%s' is missing", name);
    return field_read(&b, group, node_get(root, "sources"), root->at,
                      env->arena, env->msgs);
}

static int read_optional(const struct conf_env *env, struct node *root,
                         const char *name, const struct field *fields,
                         void *data, bool *has)
{
    *has = node_get(root, name) != NULL;
    return *has ? read_group(env, root, name, fields, data) : 0;
}

/* What no single field's range can see: 0, or -1 having reported it at the
 * group. */
static int need(const struct conf_env *env, struct node *root,
                const char *group, bool holds, const char *text)
{
    return holds ? 0
                 : msg_error(env->msgs, &node_get(root, group)->at, "%s: %s",
                             group, text);
}

/* Of a list of currents; per channel width, from what no circuit can notice to
 * what no channel can carry. */
static int check_points(const struct conf_env *env, struct node *root,
                        const char *roadmap, const struct points *p)
{
    static const double LEAST = 1e-18, MOST = 1e6;
    bool holds = true;
    for (int i = 0; i < p->n; i++)
        holds &= p->y[i] >= LEAST && p->z[i] >= LEAST && p->y[i] <= MOST &&
                 p->z[i] <= MOST && p->x[i] > (i ? p->x[i - 1] : 0);
    return need(env, root, roadmap, holds,
                "currents must lie between 1e-18 and 1e6 uA/um, and their "
                "temperatures must rise from above 0 K");
}

static int read_transistors(const struct conf_env *env, struct node *root,
                            struct node_file *f)
{
    int bad = 0;
    for (int r = 0; r < ROADMAPS; r++) {
        struct mos_file *m = &f->mos[r];
        if (read_optional(env, root, roadmap_names[r], mos_fields, m,
                          &f->has[r]))
            bad = -1;
        else if (f->has[r])
            bad |= check_points(env, root, roadmap_names[r], &m->on) |
                   check_points(env, root, roadmap_names[r], &m->off) |
                   need(env, root, roadmap_names[r],
                        1.1 * m->at_300K.vth_V <= m->at_300K.vdd_V,
                        "supply must be at least 1.1 threshold");
    }
    return bad;
}

int node_size_read(const struct conf_env *env, struct node *root,
                   double *node_m)
{
    struct node *n = node_get(root, "node");
    char why[160];
    if (!n)
        return msg_error(env->msgs, &root->at,
                         "'node' is missing: the technology node, \"32 nm\"");
    if (!n->text || quantity_parse(n->text, DIM_M, node_m, why, sizeof why))
        return msg_error(env->msgs, &n->at, "node: %s",
                         n->text ? why : "write it like \"32 nm\"");
    if (!(*node_m >= 1e-9 && *node_m <= 1e-6))
        return msg_error(env->msgs, &n->at,
                         "node: '%s' is outside 1 nm to 1 um", n->text);
    return 0;
}

static int read_wires(const struct conf_env *env, struct node *root,
                      struct node_file *f)
{
    int bad = 0;
    for (int i = 0; i < 2 * WIRES; i++) {
        const char *group = wire_groups[i / WIRES][i % WIRES];
        struct wire_file *w = &f->wire[i / WIRES][i % WIRES];
        if (read_group(env, root, group, wire_fields, w)) {
            bad = -1;
            continue;
        }
        double width_m = w->pitch_m / 2, thick_m = w->aspect * width_m;
        bad |= need(env, root, group,
                    width_m > 2 * w->barrier_m &&
                        thick_m > w->barrier_m + w->dishing_m,
                    "barrier and dishing leave no conductor");
    }
    return bad;
}

static int read_layout(const struct conf_env *env, struct node *root,
                       struct node_file *f)
{
    struct layout_file *l = &f->layout;
    if (read_group(env, root, "layout", layout_fields, l))
        return -1;
    bool planar =
        !(l->fin_pitch_m > 0 || l->fin_height_m > 0 || l->fin_width_m > 0);
    bool fins = l->fin_height_m > 0 && l->fin_width_m > 0 &&
                l->fin_width_m < l->fin_pitch_m;
    return need(env, root, "layout", planar || fins,
                "fin_pitch, fin_height and fin_width: all 0, or a fin that is "
                "narrower than its pitch") |
           need(env, root, "layout", l->poly_pitch_m <= l->gate_pitch_m,
                "poly_pitch must not be above gate_pitch");
}

int node_file_read(const struct conf_env *env, const char *name,
                   struct node_file **out)
{
    struct conf_env plain = *env; /* -s means the chip, not its node */
    static const char *const known[] = {"node", "title", "sources"};
    const char *title;
    plain.sets = NULL;
    struct node *root = conf_load(&plain, name);
    if (!root)
        return -1;
    struct node_file *f = *out = arena_alloc(env->arena, sizeof *f);
    bool has;
    int bad = node_size_read(env, root, &f->node_m);
    bad |= node_text(root, "title", &title, env->msgs);
    bad |= read_transistors(env, root, f);
    bad |= read_wires(env, root, f);
    bad |= read_layout(env, root, f);
    bad |= read_group(env, root, "sram", sram_fields, &f->sram);
    bad |= read_optional(env, root, "edram", dram_fields, &f->edram, &has);
    bad |= read_optional(env, root, "dram", dram_fields, &f->dram, &has);
    node_report_unused(root, known, 3, "", env->msgs);
    return bad;
}
