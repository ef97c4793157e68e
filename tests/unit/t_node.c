/* t_node.c - technology nodes: sourced, smooth, interpolated, refused */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "conf_case.h"

#include "circuit/device.h"
#include "circuit/node_file.h"

#include <math.h>

static const double nodes[] = {180, 130, 90, 65, 45, 32, 22, 16, 14, 10, 7, 5};
enum { NODES = sizeof nodes / sizeof *nodes };

/* Tables are interpolated in logarithms: what shall be equal may differ so. */
static const double rounding = 1e-9;

static int load_node(double nm, const struct technology_choice *choice,
                     struct technologies *t)
{
    const char *const folders[] = {source_file("tech"), NULL};
    struct conf_env env = {.arena = &arena, .msgs = &msgs, .folders = folders};
    struct place at = {"chip.cfg", 1};
    return technology_load(&env, &at, nm * 1e-9, choice, t);
}

static struct technologies node_at(double nm, double temperature_K, int wires)
{
    struct technologies t;
    struct technology_choice c = {
        .temperature_K = temperature_K, .wires = wires, .file = ""};
    ck_need(!load_node(nm, &c, &t), "%g nm: %s", nm, message(0));
    return t;
}

/* ---- the files ---- */

/* A number or a list of points, its source and its uncertainty. */
static void check_entry(const struct node *group, const struct node *entry)
{
    const struct node *value = entry->kind == NODE_LIST ? entry->child : NULL;
    const struct node *source = value ? value->next : NULL;
    const struct node *relative = source ? source->next : NULL;

    ck_need(source && source->kind == NODE_TEXT && strlen(source->text) > 4,
            "%s:%d: %s.%s has no source", entry->at.file, entry->at.line,
            group->name, entry->name);
    ck_need(relative && relative->real >= 0 && relative->real <= 1,
            "%s:%d: %s.%s has no uncertainty of 0 to 1", entry->at.file,
            entry->at.line, group->name, entry->name);
}

START_TEST(every_value_has_source_and_uncertainty)
{
    char name[40];
    int entries = 0;
    snprintf(name, sizeof name, "tech/node/%gnm.cfg", nodes[_i]);
    struct node *root = load(source_file(name), NULL);
    ck_assert_ptr_nonnull(root);
    for (struct node *g = root->child; g; g = g->next)
        if (g->kind == NODE_GROUP && strcmp(g->name, "sources") != 0)
            for (struct node *e = g->child; e; e = e->next, entries++)
                check_entry(g, e);
    ck_assert_int_gt(entries, 80);
}
END_TEST

/* A source that no value names is a leftover. */
static int mentions(const struct node *n, const char *key)
{
    int found = n->kind == NODE_TEXT && strstr(n->text, key) != NULL;
    for (const struct node *c = n->child; c && !found; c = c->next)
        found = mentions(c, key);
    return found;
}

START_TEST(every_source_is_used)
{
    char name[40];
    snprintf(name, sizeof name, "tech/node/%gnm.cfg", nodes[_i]);
    struct node *root = load(source_file(name), NULL);
    ck_assert_ptr_nonnull(root);
    for (struct node *s = node_get(root, "sources")->child; s; s = s->next) {
        int found = 0;
        for (struct node *g = root->child; g; g = g->next)
            if (strcmp(g->name, "sources") != 0)
                found |= mentions(g, s->name);
        ck_need(found, "%s: nothing names the source '%s'", name, s->name);
    }
}
END_TEST

START_TEST(loads_for_its_roadmaps_and_temperatures)
{
    for (double T = 300; T <= 400; T += 50)
        for (int wires = 0; wires < 2; wires++) {
            struct technologies t = node_at(nodes[_i], T, wires);
            ck_assert(t.has[ROADMAP_HP]);
            ck_assert_int_eq(t.has[ROADMAP_LSTP], nodes[_i] < 180);
            ck_assert_int_eq(t.has[ROADMAP_LOP], nodes[_i] < 180);
            for (int r = 0; r < ROADMAPS; r++)
                if (t.has[r])
                    ck_assert(t.of[r].temperature_K == T);
        }
    ck_assert_int_eq(msgs.n, 0);
}
END_TEST

/* ---- one node ---- */

START_TEST(heat_leaks_and_weakens)
{
    struct technologies cold = node_at(nodes[_i], 300, 0);
    for (double T = 310; T <= 400; T += 10) {
        struct technologies hot = node_at(nodes[_i], T, 0);
        for (int r = 0; r < ROADMAPS; r++) {
            const struct transistor *c = &cold.of[r].mos, *h = &hot.of[r].mos;
            if (!cold.has[r])
                continue;
            ck_need(h->off_n_A_m > c->off_n_A_m && h->off_p_A_m > c->off_p_A_m,
                    "%g nm %s leaks less at %g K", nodes[_i], roadmap_names[r],
                    T);
            ck_need(h->on_n_A_m < c->on_n_A_m && h->on_p_A_m < c->on_p_A_m,
                    "%g nm %s is stronger at %g K", nodes[_i], roadmap_names[r],
                    T);
            /* no typing error hides in a list: a decade in 30 K is the most
             * that 60 mV a decade and -1 mV/K allow */
            ck_need(h->off_n_A_m < 2.2 * c->off_n_A_m,
                    "%g nm %s: leakage jumps at %g K", nodes[_i],
                    roadmap_names[r], T);
        }
        cold = hot;
    }
}
END_TEST

/* m Vdd / Ion, ohm metre. */
static double on_ohm_m(const struct transistor *m)
{
    return m->r_factor * m->vdd_V / m->on_n_A_m;
}

static double gate_F_m(const struct transistor *m)
{
    return m->gate_F_m + m->overlap_F_m + 3 * m->fringe_F_m;
}

START_TEST(families_keep_their_order)
{
    struct technologies t = node_at(nodes[_i], 300, 0);
    const struct transistor *hp = &t.of[ROADMAP_HP].mos;
    const struct transistor *lop = &t.of[ROADMAP_LOP].mos;
    const struct transistor *lstp = &t.of[ROADMAP_LSTP].mos;
    if (!t.has[ROADMAP_LSTP])
        return;
    ck_assert(lstp->off_n_A_m < lop->off_n_A_m / 10);
    ck_assert(lop->off_n_A_m < hp->off_n_A_m);
    ck_assert(on_ohm_m(hp) < on_ohm_m(lop));
    ck_assert(on_ohm_m(lop) < on_ohm_m(lstp));
    ck_assert(hp->vth_V < lstp->vth_V);
    ck_assert(lop->vdd_V <= hp->vdd_V);
}
END_TEST

START_TEST(numbers_fit_each_other)
{
    struct technologies t = node_at(nodes[_i], 300, 0);
    for (int r = 0; r < ROADMAPS; r++) {
        const struct technology *n = &t.of[r];
        if (!t.has[r])
            continue;
        ck_assert(n->mos.vth_V < 0.6 * n->mos.vdd_V);
        ck_assert(n->mos.gate_length_m < n->layout.poly_pitch_m);
        ck_assert(n->layout.poly_pitch_m <= n->layout.gate_pitch_m);
        ck_assert(n->wire[WIRE_LOCAL].pitch_m <= n->wire[1].pitch_m);
        ck_assert(n->wire[1].pitch_m <= n->wire[WIRE_GLOBAL].pitch_m);
        ck_assert(n->wire[WIRE_LOCAL].r_ohm_m >= n->wire[1].r_ohm_m);
        ck_assert(n->wire[1].r_ohm_m >= n->wire[WIRE_GLOBAL].r_ohm_m);
        /* a PMOS of pn_ratio is an NMOS's equal, a third more or less */
        ck_near(n->mos.pn_ratio * n->mos.on_p_A_m, n->mos.on_n_A_m, 0.34);
        /* a cell of six transistors on two gate pitches */
        double height_m = sqrt(n->sram.area_m2 / n->sram.aspect);
        ck_assert(height_m > 1.5 * n->layout.gate_pitch_m);
        ck_assert(height_m < 3.5 * n->layout.gate_pitch_m);
    }
}
END_TEST

/*
 * fF/um of an NMOS gate between 0 and Vdd: charge over voltage of PTM's bulk
 * cards (Zhao and Cao, IEEE TED 53(11) 2006) in a circuit simulator, ngspice
 * 39, W = 1 um, L = node, source and drain at 0 V. The files' sums of ideal,
 * overlap and fringe capacitance come from other tables.
 */
static const struct {
    double nm, fF_um;
} simulated[] = {{180, 1.79}, {130, 1.82}, {90, 1.58}, {65, 1.38},
                 {45, 1.24},  {32, 1.10},  {22, 1.01}};

START_TEST(gates_are_as_heavy_as_simulated)
{
    struct technologies t = node_at(simulated[_i].nm, 300, 0);
    ck_near(gate_F_m(&t.of[ROADMAP_HP].mos), 1e-9 * simulated[_i].fF_um, 0.13);
}
END_TEST

/* An inverter that drives four takes 0.36 ns (typical) to 0.5 ns (hot and
 * slow) a micrometre of the node: Ho, Mai, Horowitz 2001, sec. II. A quarter
 * of room on both sides. */
START_TEST(planar_inverters_follow_the_rule)
{
    struct technologies t = node_at(simulated[_i].nm, 300, 0);
    double ps_nm = fo4_s(&t.of[ROADMAP_HP]) * 1e12 / simulated[_i].nm;
    ck_need(ps_nm > 0.36 * 0.75 && ps_nm < 0.5 * 1.25, "%g nm: %g ps a nm",
            simulated[_i].nm, ps_nm);
}
END_TEST

/* The capacitance of a wire per length follows its shape, not its size: Ho,
 * Mai, Horowitz 2001 find 0.2 to 0.4 fF/um from 180 nm on. */
START_TEST(wires_have_the_capacitance_of_wires)
{
    for (int wires = 0; wires < 2; wires++) {
        struct technologies t = node_at(nodes[_i], 300, wires);
        for (int w = 0; w < WIRES; w++) {
            double c = t.of[ROADMAP_HP].wire[w].c_F_m * 1e9;
            ck_need(c > 0.2 && c < 0.45, "%g nm class %d: %g fF/um", nodes[_i],
                    w, c);
        }
    }
}
END_TEST

/* ---- neighbours in the table ---- */

static double cell_area_m2(const struct technology *t)
{
    return t->layout.gate_pitch_m * t->layout.cell_height_m;
}

START_TEST(a_scaled_node_is_never_larger)
{
    for (int wires = 0; wires < 2; wires++) {
        struct technologies a = node_at(nodes[_i], 300, wires);
        struct technologies b = node_at(nodes[_i + 1], 300, wires);
        const struct technology *l = &a.of[0], *s = &b.of[0];
        ck_assert(s->layout.gate_pitch_m <= l->layout.gate_pitch_m);
        ck_assert(s->layout.poly_pitch_m <= l->layout.poly_pitch_m);
        ck_assert(s->layout.cell_height_m < l->layout.cell_height_m);
        ck_assert(s->sram.area_m2 < l->sram.area_m2);
        ck_assert(cell_area_m2(s) < cell_area_m2(l));
        ck_assert(s->layout.width_gain >= l->layout.width_gain);
        for (int w = 0; w < WIRES; w++) {
            ck_assert(s->wire[w].pitch_m <= l->wire[w].pitch_m);
            /* a thinner wire resists more; as thin a wire may be a better
             * one, by its barrier */
            ck_assert(s->wire[w].r_ohm_m >= 0.95 * l->wire[w].r_ohm_m);
        }
        if (l->dram.area_m2 > 0 && s->dram.area_m2 > 0)
            ck_assert(s->dram.area_m2 < l->dram.area_m2);
        if (l->edram.area_m2 > 0 && s->edram.area_m2 > 0)
            ck_assert(s->edram.area_m2 < l->edram.area_m2);
    }
}
END_TEST

/* Delay of an inverter that drives another, but for drains. */
static double stage_s(const struct transistor *m)
{
    return on_ohm_m(m) * gate_F_m(m) * (1 + m->pn_ratio);
}

/* Where the sources demand a step: planar LSTP at 95 mV a decade to FinFETs
 * at 63. PTM's 22 nm LP against ASAP7's SRAM threshold shows the same. */
static bool step_in_source(int roadmap, double nm)
{
    return roadmap == ROADMAP_LSTP && nm == 22;
}

START_TEST(nothing_jumps)
{
    struct technologies a = node_at(nodes[_i], 300, 0);
    struct technologies b = node_at(nodes[_i + 1], 300, 0);
    for (int r = 0; r < ROADMAPS; r++) {
        if (!a.has[r])
            continue;
        const struct transistor *l = &a.of[r].mos, *s = &b.of[r].mos;
        double faster = stage_s(l) / stage_s(s);
        ck_need(faster > 1 / 1.25 &&
                    (faster < 1.6 || step_in_source(r, nodes[_i])),
                "%g to %g nm %s: %.3g times faster", nodes[_i], nodes[_i + 1],
                roadmap_names[r], faster);
        ck_need(s->vdd_V <= l->vdd_V + 0.101 && s->vdd_V > 0.74 * l->vdd_V,
                "%g nm %s: supply %g to %g V", nodes[_i], roadmap_names[r],
                l->vdd_V, s->vdd_V);
        double light = gate_F_m(l) / gate_F_m(s);
        ck_need(light > 0.87 && light < 1.3,
                "%g nm %s: gate %.3g times lighter", nodes[_i],
                roadmap_names[r], light);
    }
    for (int w = 0; w < WIRES; w++) {
        double r = b.of[0].wire[w].r_ohm_m / a.of[0].wire[w].r_ohm_m;
        double c = b.of[0].wire[w].c_F_m / a.of[0].wire[w].c_F_m;
        ck_need(r < 3 && c > 0.75 && c < 1.1,
                "%g nm class %d: wire r x %.3g, c x %.3g", nodes[_i], w, r, c);
    }
}
END_TEST

/* C V^2 of a gate one F wide. */
START_TEST(a_gate_of_one_F_takes_less)
{
    struct technologies a = node_at(nodes[_i], 300, 0);
    struct technologies b = node_at(nodes[_i + 1], 300, 0);
    for (int r = 0; r < ROADMAPS; r++) {
        const struct transistor *l = &a.of[r].mos, *s = &b.of[r].mos;
        double large = gate_F_m(l) * l->vdd_V * l->vdd_V * nodes[_i];
        double small = gate_F_m(s) * s->vdd_V * s->vdd_V * nodes[_i + 1];
        ck_need(!a.has[r] || (small < large && small > 0.4 * large),
                "%g nm %s: C V^2 F x %.3g", nodes[_i], roadmap_names[r],
                small / large);
    }
}
END_TEST

/* ---- between the nodes ---- */

/* clang-format off */
static const struct { double nm, small, large; } between[] = {
    {150, 130, 180}, {110, 90, 130}, {55, 45, 65}, {40, 32, 45}, {28, 22, 32},
    {20, 16, 22}, {15, 14, 16}, {12, 10, 14}, {8, 7, 10}, {6, 5, 7},
};
/* clang-format on */

/* Every number of a technology lies between those of its neighbours. */
static void check_between(const struct technology *t,
                          const struct technology *a,
                          const struct technology *b)
{
    enum { NUMBERS = sizeof *t / sizeof(double) };
    double x[NUMBERS], y[NUMBERS], z[NUMBERS];
    memcpy(x, t, sizeof x);
    memcpy(y, a, sizeof y);
    memcpy(z, b, sizeof z);
    for (int i = 0; i < NUMBERS; i++)
        ck_need(x[i] >= fmin(y[i], z[i]) * (1 - rounding) &&
                    x[i] <= fmax(y[i], z[i]) * (1 + rounding),
                "%g nm: number %d is %g, not between %g and %g",
                t->node_m * 1e9, i, x[i], y[i], z[i]);
}

START_TEST(lies_between_neighbours_and_says_so)
{
    for (double T = 300; T <= 400; T += 25) {
        msgs.n = 0;
        struct technologies t = node_at(between[_i].nm, T, 0);
        ck_assert_int_eq(msgs.errors, 0);
        ck_message(0, "interpolated between");
        struct technologies a = node_at(between[_i].small, T, 0);
        struct technologies b = node_at(between[_i].large, T, 0);
        for (int r = 0; r < ROADMAPS; r++) {
            ck_assert_int_eq(t.has[r], a.has[r] && b.has[r]);
            if (t.has[r])
                check_between(&t.of[r], &a.of[r], &b.of[r]);
        }
    }
}
END_TEST

/* Between two nodes every number is a power of the node: half way in the
 * logarithm it is the geometric mean. */
START_TEST(half_way_is_the_geometric_mean)
{
    struct technologies t = node_at(sqrt(45 * 65), 300, 0);
    struct technologies a = node_at(45, 300, 0), b = node_at(65, 300, 0);
    ck_near(t.of[0].sram.area_m2,
            sqrt(a.of[0].sram.area_m2 * b.of[0].sram.area_m2), 1e-9);
    ck_near(t.of[0].mos.off_n_A_m,
            sqrt(a.of[0].mos.off_n_A_m * b.of[0].mos.off_n_A_m), 1e-9);
}
END_TEST

START_TEST(area_falls_with_every_nanometre)
{
    enum { STEPS = 120 };
    struct technologies last = node_at(180, 350, 0);
    for (int i = 1; i <= STEPS; i++) {
        double nm = 180 * pow(5. / 180, (double)i / STEPS);
        msgs.n = 0;
        struct technologies t = node_at(fmax(nm, 5), 350, 0);
        const struct technology *s = &t.of[0], *l = &last.of[0];
        ck_need(cell_area_m2(s) <= cell_area_m2(l) * (1 + rounding) &&
                    s->sram.area_m2 <= l->sram.area_m2 * (1 + rounding),
                "%g nm is larger than the node before", nm);
        for (int w = 0; w < WIRES; w++)
            ck_need(s->wire[w].pitch_m <= l->wire[w].pitch_m * (1 + rounding),
                    "%g nm: wires %d are wider", nm, w);
        last = t;
    }
}
END_TEST

/* ---- outside ---- */

/* clang-format off */
static const struct {
    double nm;
    struct technology_choice choice;
    const char *part;
} refused[] = {
    {250, {.temperature_K = 300, .file = ""}, "the table, 5 nm to 180 nm"},
    {3, {.temperature_K = 300, .file = ""}, "the table, 5 nm to 180 nm"},
    {180, {.temperature_K = 300, .roadmap = ROADMAP_LSTP, .file = ""},
     "180 nm has no roadmap 'lstp', only hp"},
    {150, {.temperature_K = 300, .roadmap = ROADMAP_LOP, .file = ""},
     "150 nm has no roadmap 'lop', only hp"},
    {32, {.temperature_K = 299, .file = ""}, "300 K to 400 K"},
    {32, {.temperature_K = 401, .file = ""}, "300 K to 400 K"},
    {28, {.temperature_K = 500, .file = ""}, "300 K to 400 K"},
    {32, {.temperature_K = 300, .supply_V = 0.4, .file = ""},
     "supply 0.4 V is outside 0.54 V to 1.17 V"},
    {7, {.temperature_K = 300, .supply_V = 1, .file = ""},
     "supply 1 V is outside 0.42 V to 0.91 V"},
};
/* clang-format on */

START_TEST(outside_is_an_error_with_its_limit)
{
    struct technologies t;
    int interpolated = refused[_i].nm == 150 || refused[_i].nm == 28;
    ck_assert_int_eq(load_node(refused[_i].nm, &refused[_i].choice, &t), -1);
    ck_assert_int_eq(msgs.errors, 1);
    ck_message(interpolated, refused[_i].part);
}
END_TEST

/* ---- node files of one's own ---- */

/* clang-format off */
static const struct {
    const char *text, *part;
} broken[] = {
    {"node = \"0 nm\";", "node.cfg:2: node: '0 nm' is outside 1 nm to 1 um"},
    {"node = \"-5 nm\";", "'-5 nm' is outside"},
    {"node = 32;", "node.cfg:2: node: write it like \"32 nm\""},
    {"node = \"45 nm\";", "chip.cfg:1: node: 32 nm, but technology.file"},
    {"hp = { threshold = \"5 V\"; };", "node.cfg:2: hp: supply must be"},
    {"hp = { supply = \"0.1 V\"; };", "supply must be at least"},
    {"local = { barrier = \"60 nm\"; };", "local: barrier and dishing leave"},
    {"global_conservative = { dishing = \"1 um\"; };", "no conductor"},
    {"layout = { fin_height = \"30 nm\"; };", "layout: fin_pitch, fin_height"},
    {"layout = { fin_height = \"30 nm\"; fin_width = \"30 nm\"; "
     "fin_pitch = \"20 nm\"; };", "narrower than its pitch"},
    {"layout = { poly_pitch = \"1 um\"; };", "poly_pitch must not"},
    {"lop = { on_current = ((300, \"-1 uA/um\", \"1 uA/um\"), "
     "(400, \"1 uA/um\", \"1 uA/um\")); };", "lop: currents must lie"},
    {"hp = { off_current = ((300, \"1e200 uA/um\", \"1 uA/um\"), "
     "(400, \"1 uA/um\", \"1 uA/um\")); };", "currents must lie"},
    {"hp = { off_current = ((-300, \"1 uA/um\", \"1 uA/um\"), "
     "(400, \"1 uA/um\", \"1 uA/um\")); };", "must rise from above 0 K"},
};
/* clang-format on */

START_TEST(a_broken_file_is_one_line)
{
    char text[300];
    struct technologies t;
    snprintf(text, sizeof text, "base = \"node/32nm\";\n%s\n", broken[_i].text);
    struct technology_choice c = {.temperature_K = 300,
                                  .file = file_text("node.cfg", text)};
    ck_assert_int_eq(load_node(32, &c, &t), -1);
    ck_assert_int_eq(msgs.errors, 1);
    ck_message(0, broken[_i].part);
}
END_TEST

START_TEST(a_group_that_is_missing_is_one_line)
{
    struct technologies t;
    struct technology_choice c = {
        .temperature_K = 300,
        .file = file_text("node.cfg", "node = \"32 nm\";")};
    ck_assert_int_eq(load_node(32, &c, &t), -1);
    ck_assert_int_eq(msgs.errors, 2 * WIRES + 2);
    ck_message(0, "group 'local' is missing");
}
END_TEST

/* Vibrations add as much to a narrow wire's resistivity as to a wide one's,
 * 0.393 % of bulk copper's a kelvin: less than that of its own. */
START_TEST(warm_wires_gain_what_copper_gains)
{
    for (int w = 0; w < WIRES; w++) {
        struct technologies cold = node_at(_i ? 180 : 5, 300, 0);
        struct technologies hot = node_at(_i ? 180 : 5, 400, 0);
        double gain = hot.of[0].wire[w].r_ohm_m / cold.of[0].wire[w].r_ohm_m;
        double rho = cold.small->wire[0][w].resistivity_ohm_m;
        ck_near(gain, 1 + 0.393 * 17.24e-9 / rho, 1e-9);
        ck_assert(gain > 1 && gain < 1.393);
    }
}
END_TEST

/* Ion ~ (Vdd - Vth)^alpha. A simulator finds 0.792 of the 22 nm HP current
 * with PTM's card at Vgs = 0.7 V, Vds = 0.8 V; alpha is from 0.6 V. */
START_TEST(supply_takes_its_toll)
{
    struct technology_choice c = {
        .temperature_K = 300, .supply_V = 0.7, .file = ""};
    struct technologies full = node_at(22, 300, 0), low;
    ck_assert_int_eq(load_node(22, &c, &low), 0);
    ck_near(low.of[0].mos.on_n_A_m / full.of[0].mos.on_n_A_m, 0.792, 0.015);
    ck_assert(low.of[0].mos.vdd_V == 0.7);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("node");
    TCase *c = tcase_create("files");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    LOOP(every_value_has_source_and_uncertainty, nodes);
    LOOP(every_source_is_used, nodes);
    LOOP(loads_for_its_roadmaps_and_temperatures, nodes);
    LOOP(heat_leaks_and_weakens, nodes);
    LOOP(families_keep_their_order, nodes);
    LOOP(numbers_fit_each_other, nodes);
    LOOP(gates_are_as_heavy_as_simulated, simulated);
    LOOP(planar_inverters_follow_the_rule, simulated);
    LOOP(wires_have_the_capacitance_of_wires, nodes);
    suite_add_tcase(s, c);

    c = tcase_create("neighbours");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_loop_test(c, a_scaled_node_is_never_larger, 0, NODES - 1);
    tcase_add_loop_test(c, nothing_jumps, 0, NODES - 1);
    tcase_add_loop_test(c, a_gate_of_one_F_takes_less, 0, NODES - 1);
    LOOP(lies_between_neighbours_and_says_so, between);
    tcase_add_test(c, half_way_is_the_geometric_mean);
    tcase_add_test(c, area_falls_with_every_nanometre);
    LOOP(outside_is_an_error_with_its_limit, refused);
    tcase_add_test(c, supply_takes_its_toll);
    LOOP(a_broken_file_is_one_line, broken);
    tcase_add_test(c, a_group_that_is_missing_is_one_line);
    tcase_add_loop_test(c, warm_wires_gain_what_copper_gains, 0, 2);
    suite_add_tcase(s, c);
    return unit_run(s);
}
