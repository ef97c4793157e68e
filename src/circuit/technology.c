/* technology.c - a node of the table or between two, at a temperature */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/node_file.h"

#include <gsl/gsl_const_mksa.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const roadmap_names[] = {"hp", "lstp", "lop", NULL};
static const char *const wire_names[] = {"aggressive", "conservative", NULL};

/* clang-format off */
#define C(member) offsetof(struct technology_choice, member)
const struct field technology_fields[] = {
    {"temperature", FIELD_QUANTITY, DIM_K, C(temperature_K), 200, 500, "300 K",
     NULL, "of the junctions"},
    {"roadmap", FIELD_CHOICE, DIM_NONE, C(roadmap), 0, 0, "hp", roadmap_names,
     "family of transistors of every component that names none"},
    {"supply", FIELD_QUANTITY, DIM_V, C(supply_V), 0, 10, "0 V", NULL,
     "of the logic; 0: the node's own"},
    {"wires", FIELD_CHOICE, DIM_NONE, C(wires), 0, 0, "aggressive", wire_names,
     "projection of the wires' materials"},
    {"file", FIELD_TEXT, DIM_NONE, C(file), 0, 0, "", NULL,
     "a node file of one's own; empty: by the chip's node"},
    {0}};
#undef C
/* clang-format on */

/* ---- the table ---- */

/* Of two sizes of a node that text says in different units. */
static const double SAME = 1e-9;

/* The names of the neighbours in the table, nm: both equal to the node, or
 * the next smaller and the next larger. */
static int find_neighbours(const struct conf_env *env, const struct place *at,
                           double nm, double *small, double *large)
{
    struct conf_env plain = *env;
    plain.sets = NULL;
    struct node *root = conf_load(&plain, "node/nodes");
    struct node *list = root ? node_get(root, "nodes") : NULL;
    if (!list)
        return root ? msg_error(env->msgs, &root->at, "'nodes' is missing")
                    : -1;
    double least = HUGE_VAL, most = 0;
    *small = 0;
    *large = HUGE_VAL;
    for (struct node *n = list->child; n; n = n->next) {
        least = fmin(least, n->real);
        most = fmax(most, n->real);
        if (n->real <= nm * (1 + SAME))
            *small = fmax(*small, n->real);
        if (n->real >= nm * (1 - SAME))
            *large = fmin(*large, n->real);
    }
    if (*small > 0 && *large < HUGE_VAL)
        return 0;
    return msg_error(env->msgs, at,
                     "node: %g nm is outside the table, %g nm to %g nm; name a "
                     "file of your own in technology.file",
                     nm, least, most);
}

static int read_neighbours(const struct conf_env *env, const struct place *at,
                           struct technologies *out)
{
    double nm = out->node_m * 1e9, small = 0, large = 0;
    struct node_file *a, *b;
    char name[32];
    if (find_neighbours(env, at, nm, &small, &large))
        return -1;
    snprintf(name, sizeof name, "node/%gnm", small);
    if (node_file_read(env, name, &a))
        return -1;
    out->small = out->large = a;
    if (large <= small)
        return 0;
    snprintf(name, sizeof name, "node/%gnm", large);
    if (node_file_read(env, name, &b))
        return -1;
    out->large = b;
    msg_warn(env->msgs, at, "node: %g nm is interpolated between %g and %g nm",
             nm, small, large);
    return 0;
}

int technology_read(const struct conf_env *env, const struct place *at,
                    double node_m, const struct technology_choice *choice,
                    struct technologies *out)
{
    struct node_file *f;
    *out = (struct technologies){.node_m = node_m};
    if (!*choice->file)
        return read_neighbours(env, at, out);
    if (node_file_read(env, choice->file, &f))
        return -1;
    if (node_m > 0 && fabs(f->node_m - node_m) > SAME * node_m)
        return msg_error(env->msgs, at,
                         "node: %g nm, but technology.file '%s' is of %g nm",
                         node_m * 1e9, choice->file, f->node_m * 1e9);
    out->small = out->large = f;
    out->node_m = f->node_m;
    return 0;
}

/* ---- evaluation ---- */

/* Currents at T, between the points of the table: on currents on a line, off
 * currents, which rise exponentially, on a line in their logarithms. -1: T lies
 * outside of the points. */
static int currents_at(const struct points *p, double T, bool logarithmic,
                       double *n, double *pmos)
{
    int i = 0;
    if (T < p->x[0] || T > p->x[p->n - 1])
        return -1;
    while (i + 2 < p->n && p->x[i + 1] <= T)
        i++;
    double s = (T - p->x[i]) / (p->x[i + 1] - p->x[i]);
    const double *y = &p->y[i], *z = &p->z[i];
    *n = logarithmic ? y[0] * pow(y[1] / y[0], s) : y[0] + s * (y[1] - y[0]);
    *pmos = logarithmic ? z[0] * pow(z[1] / z[0], s) : z[0] + s * (z[1] - z[0]);
    return 0;
}

/* What lattice vibrations add to copper's resistivity, 0.393 % of 17.24 nohm.m
 * a kelvin (annealed copper standard, IEC 60028). What surfaces and grain
 * boundaries add stays as it is (Matthiessen's rule; arXiv 1812.01379), so a
 * narrow wire gains no more ohm m than a wide one. */
static const double copper_ohm_m_K = 0.00393 * 17.24e-9;

/* r = rho / ((t - barrier - dishing)(w - 2 barrier)); c = 2 eps0 (miller k_h
 * t/s + k_v w/ild) + fringe. Ho, Mai, Horowitz, The Future of Wires, Proc. IEEE
 * 89(4) 2001, on wire characteristics, as in CACTI 6 (HPL-2009-85). */
static struct wire wire_at(const struct wire_file *f, double T)
{
    double width_m = f->pitch_m / 2, space_m = width_m;
    double thick_m = f->aspect * width_m;
    double rho = f->resistivity_ohm_m * f->scatter + copper_ohm_m_K * (T - 300);
    return (struct wire){
        .pitch_m = f->pitch_m,
        .r_ohm_m = rho / ((thick_m - f->barrier_m - f->dishing_m) *
                          (width_m - 2 * f->barrier_m)),
        .c_F_m = 2 * GSL_CONST_MKSA_VACUUM_PERMITTIVITY *
                     (f->miller * f->k_horizontal * thick_m / space_m +
                      f->k_vertical * width_m / f->ild_m) +
                 f->fringe_F_m};
}

/*
 * A fin offers twice its height and its width on every fin pitch. The smallest
 * NMOS of a logic cell is a fin, or 3 F: open libraries draw no smaller ones,
 * 0.42 um in SkyWater's 130 nm sky130_fd_sc_hd, 90 nm as the narrowest and
 * 415 nm as the usual one in NanGate's 45 nm.
 */
static struct layout layout_at(const struct layout_file *f, double node_m)
{
    static const double cell_width_F = 3;
    double fin_m = 2 * f->fin_height_m + f->fin_width_m;
    return (struct layout){
        .gate_pitch_m = f->gate_pitch_m,
        .poly_pitch_m = f->poly_pitch_m,
        .cell_height_m = f->cell_height_m,
        .active_height_m = f->active_share * f->cell_height_m,
        .width_gain = f->fin_pitch_m > 0 ? fin_m / f->fin_pitch_m : 1,
        .fin_m = fin_m,
        .cell_width_m = fin_m > 0 ? fin_m : cell_width_F * node_m};
}

static int node_at(const struct node_file *f, int roadmap,
                   const struct technology_choice *c, struct technology *out,
                   char *why, int size)
{
    const struct mos_file *m = &f->mos[roadmap];
    double T = c->temperature_K;
    *out = (struct technology){.node_m = f->node_m,
                               .temperature_K = T,
                               .mos = m->at_300K,
                               .layout = layout_at(&f->layout, f->node_m),
                               .sram = f->sram,
                               .edram = f->edram,
                               .dram = f->dram};
    for (int w = 0; w < WIRES; w++)
        out->wire[w] = wire_at(&f->wire[c->wires][w], T);
    struct transistor *t = &out->mos;
    if (!currents_at(&m->on, T, false, &t->on_n_A_m, &t->on_p_A_m) &&
        !currents_at(&m->off, T, true, &t->off_n_A_m, &t->off_p_A_m))
        return 0;
    snprintf(why, (size_t)size,
             "temperature %g K is outside the currents of %s at %g nm, %g K to "
             "%g K",
             T, roadmap_names[roadmap], f->node_m * 1e9,
             fmax(m->on.x[0], m->off.x[0]),
             fmin(m->on.x[m->on.n - 1], m->off.x[m->off.n - 1]));
    return -1;
}

/* Every number of a and b on a line in logarithms; what one of them lacks
 * (fins, a DRAM cell) the node between them lacks. */
static void between(const struct technology *a, const struct technology *b,
                    double share, struct technology *out)
{
    enum { NUMBERS = sizeof *out / sizeof(double) };
    _Static_assert(sizeof *out == NUMBERS * sizeof(double),
                   "a technology is doubles and nothing else");
    double x[NUMBERS], y[NUMBERS];
    memcpy(x, a, sizeof x);
    memcpy(y, b, sizeof y);
    for (int i = 0; i < NUMBERS; i++)
        x[i] = x[i] > 0 && y[i] > 0 ? x[i] * pow(y[i] / x[i], share) : 0;
    memcpy(out, x, sizeof x);
}

/* Ion ~ (Vdd - Vth)^alpha: the alpha-power law (Sakurai and Newton, JSSC 25(2)
 * 1990). What leaks stays as the node's file has it for its own supply. */
static int set_supply(struct transistor *t, double supply_V, char *why,
                      int size)
{
    double low = fmax(0.6 * t->vdd_V, 1.1 * t->vth_V), high = 1.3 * t->vdd_V;
    if (!(supply_V > 0))
        return 0;
    if (supply_V < low || supply_V > high) {
        snprintf(why, (size_t)size,
                 "supply %g V is outside %.3g V to %.3g V of this node",
                 supply_V, low, high);
        return -1;
    }
    double gain = pow((supply_V - t->vth_V) / (t->vdd_V - t->vth_V), t->alpha);
    t->on_n_A_m *= gain;
    t->on_p_A_m *= gain;
    t->vdd_V = supply_V;
    return 0;
}

static int eval_roadmap(struct technologies *t, int r,
                        const struct technology_choice *c, char *why, int size)
{
    struct technology a, b;
    const struct node_file *small = t->small, *large = t->large;
    if (node_at(small, r, c, &a, why, size))
        return -1;
    if (small == large) {
        t->of[r] = a;
    } else {
        if (node_at(large, r, c, &b, why, size))
            return -1;
        between(&a, &b,
                log(t->node_m / small->node_m) /
                    log(large->node_m / small->node_m),
                &t->of[r]);
        t->of[r].node_m = t->node_m;
        t->of[r].temperature_K = c->temperature_K;
    }
    /* a supply is meant for the transistors that the chip names */
    return r == c->roadmap ? set_supply(&t->of[r].mos, c->supply_V, why, size)
                           : 0;
}

int technology_eval(struct technologies *t,
                    const struct technology_choice *choice, char *why, int size)
{
    for (int r = 0; r < ROADMAPS; r++) {
        t->has[r] = t->small->has[r] && t->large->has[r];
        if (t->has[r] && eval_roadmap(t, r, choice, why, size))
            return -1;
    }
    if (t->has[choice->roadmap])
        return 0;
    int used = snprintf(why, (size_t)size, "%g nm has no roadmap '%s', only",
                        t->node_m * 1e9, roadmap_names[choice->roadmap]);
    for (int r = 0; r < ROADMAPS; r++)
        if (t->has[r] && used < size)
            used += snprintf(why + used, (size_t)(size - used), " %s",
                             roadmap_names[r]);
    return -1;
}

int technology_load(const struct conf_env *env, const struct place *at,
                    double node_m, const struct technology_choice *choice,
                    struct technologies *out)
{
    char why[200];
    if (technology_read(env, at, node_m, choice, out))
        return -1;
    if (technology_eval(out, choice, why, sizeof why))
        return msg_error(env->msgs, at, "technology: %s", why);
    return 0;
}
