/* t_interconnect.c - buses, trees, routers, links, memories */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "each_technology.h"

#include "circuit/device.h"

#include <stddef.h>

/* A model with its parameters at a place. */
struct trial {
    const struct model *model;
    struct technologies tech;
    struct site site;
    max_align_t data[64];
};

static const struct field *field_of(const struct trial *x, const char *name)
{
    const struct field *f = x->model->fields;
    while (f->name && strcmp(f->name, name))
        f++;
    ck_need(f->name, "%s has no %s", x->model->name, name);
    return f;
}

static void set(struct trial *x, const char *name, double value)
{
    const struct field *f = field_of(x, name);
    if (f->kind == FIELD_CHOICE)
        *(int *)((char *)x->data + f->offset) = (int)value;
    else
        ck_need(!field_set(f, x->data, value), "%s = %g", name, value);
}

/* All defaults, in a tile of 0.6 mm. */
static struct trial *trial(const char *name, double node_nm)
{
    static struct trial x;
    struct msgs ignored = {.n = 0};
    struct place at = {NULL, 0};

    memset(&x, 0, sizeof x);
    x.model = model_find(name);
    ck_need(x.model, "no model %s", name);
    ck_assert_uint_le(x.model->params_size, sizeof x.data);
    struct bound b = {name, x.model->fields, x.data, NULL};
    field_read(&b, NULL, NULL, at, &arena, &ignored);
    x.tech = node_load(&arena, node_nm * 1e-9, 300);
    x.site.tech = &x.tech;
    x.site.tile_side_m = 0.6e-3;
    return &x;
}

static struct cost cost_of(struct trial *x)
{
    struct cost c = {0};
    char why[200] = "";
    ck_need(!x->model->check ||
                !x->model->check(x->data, &x->site, why, sizeof why),
            "%s: %s", x->model->name, why);
    x->model->eval(x->data, &x->site, &c);
    const double *all = (const double *)&c;
    for (size_t k = 0; k < sizeof c / sizeof(double); k++)
        ck_need(isfinite(all[k]) && all[k] >= 0, "%s: cost %zu is %g",
                x->model->name, k, all[k]);
    return c;
}

static bool refused(struct trial *x, const char *word)
{
    char why[200] = "";
    if (!x->model->check(x->data, &x->site, why, sizeof why))
        return false;
    ck_need(strstr(why, word), "'%s' does not say '%s'", why, word);
    return true;
}

/* ---- arithmetic ---- */

/* HyperTransport of ISAAC's Table I: four links of 6.4 GB/s, 10.4 W and
 * 22.88 mm2, always on; 16 lanes of 3.2 Gbit/s each. */
START_TEST(link_by_hand)
{
    struct trial *x = trial("serial_link", 32);
    set(x, "lanes", 16);
    set(x, "rate", 3.2e9);
    set(x, "power", 10.4 / 64);
    set(x, "area", 22.88e-6 / 64);
    struct cost all = cost_of(x);
    ck_near(all.static_W, 2.6, 1e-12);
    ck_near(all.area_m2, 5.72e-6, 1e-12);
    ck_near(all.time_s[ACTION_FIRST], 1 / 51.2e9, 1e-12);
    ck_assert(all.energy_J[ACTION_FIRST] <= 0);
    set(x, "static_share", 0);
    struct cost none = cost_of(x);
    ck_near(none.energy_J[ACTION_FIRST], 50.78125e-12, 1e-12);
    ck_near(none.peak_W, all.peak_W, 1e-12);
    ck_near(none.peak_W,
            none.energy_J[ACTION_FIRST] / none.time_s[ACTION_FIRST], 1e-12);
}
END_TEST

START_TEST(dram_by_hand)
{
    struct trial *x = trial("dram", 32);
    set(x, "io", 1e-12);
    set(x, "read", 2e-12);
    set(x, "write", 3e-12);
    set(x, "activate", 1e-9);
    set(x, "row", 16384);
    set(x, "burst", 512);
    set(x, "row_hit", 0.5);
    set(x, "bandwidth", 100e9);
    set(x, "background", 0.1);
    set(x, "refresh", 0.02);
    struct cost c = cost_of(x);
    /* 1024 bits per row that is opened */
    ck_near(c.energy_J[ACTION_FIRST], 3e-12 + 1e-9 / 1024, 1e-12);
    ck_near(c.energy_J[ACTION_WRITE], 4e-12 + 1e-9 / 1024, 1e-12);
    ck_near(c.static_W, 0.12, 1e-12);
    ck_near(c.time_s[ACTION_FIRST], 1e-11, 1e-12);
    /* always the same row: read to its end */
    set(x, "row_hit", 1);
    ck_near(cost_of(x).energy_J[ACTION_FIRST], 3e-12 + 1e-9 / 16384, 1e-12);
    /* always another row, of two banks of 50 ns: 512 bits in 25 ns */
    set(x, "row_hit", 0);
    set(x, "row_cycle", 50e-9);
    set(x, "banks", 2);
    ck_near(cost_of(x).time_s[ACTION_FIRST], 25e-9 / 512, 1e-12);
    set(x, "burst", 20000);
    ck_assert(refused(x, "at most 16384 bits"));
}
END_TEST

/* A wire alone: c l Vdd^2 / 4 for random bits; repeaters at most double it at
 * full speed (Weste and Harris, 4th ed., sec. 6.4.2: 1.87 times the wire's
 * energy). */
START_TEST(bus_energy_is_that_of_its_wire)
{
    struct trial *x = trial("bus", 32);
    const struct technology *t = &x->tech.of[ROADMAP_HP];
    double wire_J = 0.25 * t->wire[WIRE_SEMI_GLOBAL].c_F_m * 20e-3 *
                    t->mos.vdd_V * t->mos.vdd_V;
    set(x, "length", 20e-3);
    set(x, "slack", 1);
    double fast = cost_of(x).energy_J[ACTION_FIRST] / wire_J;
    set(x, "slack", 4);
    double slow = cost_of(x).energy_J[ACTION_FIRST] / wire_J;
    ck_need(fast > 1.4 && fast < 2.1, "%g of the wire's", fast);
    ck_need(slow > 1 && slow < 1.05, "%g of the wire's", slow);
}
END_TEST

START_TEST(bus_in_its_tile)
{
    struct trial *x = trial("bus", 32);
    struct cost side = cost_of(x);
    set(x, "length", 0.6e-3);
    struct cost same = cost_of(x);
    ck_near(side.energy_J[ACTION_FIRST], same.energy_J[ACTION_FIRST], 1e-12);
    /* twice the wires: twice the area, half the time, the same energy */
    set(x, "width", 512);
    struct cost wide = cost_of(x);
    ck_near(wide.area_m2, 2 * same.area_m2, 1e-12);
    ck_near(wide.static_W, 2 * same.static_W, 1e-12);
    ck_near(wide.time_s[ACTION_FIRST], same.time_s[ACTION_FIRST] / 2, 1e-12);
    ck_near(wide.energy_J[ACTION_FIRST], same.energy_J[ACTION_FIRST], 1e-12);
    set(x, "clock", 1.2e9);
    ck_near(cost_of(x).time_s[ACTION_FIRST], 1 / 1.2e9 / 512, 1e-12);
    set(x, "clock", 90e9);
    ck_assert(refused(x, "clock at most"));
    x->site.tile_side_m = 0;
    set(x, "length", 0);
    ck_assert(refused(x, "set length"));
}
END_TEST

/* A tree of 16 leaves: half a side to the centre, then 1/4, 1/4, 1/8, 1/8:
 * 1.25 sides of wire for one path, 1/2 + 2/4 + 4/4 + 8/8 + 16/8 = 5 in all. */
START_TEST(tree_has_the_wires_it_should)
{
    struct trial *tree = trial("htree", 32);
    set(tree, "length", 20e-3);
    struct cost path = cost_of(tree);
    struct trial *bus = trial("bus", 32);
    set(bus, "length", 25e-3);
    double energy = cost_of(bus).energy_J[ACTION_FIRST];
    set(bus, "length", 100e-3);
    double area = cost_of(bus).area_m2;
    ck_near(path.energy_J[ACTION_FIRST], energy, 0.05);
    ck_near(path.area_m2, area, 0.05);
}
END_TEST

/* ---- published parts ---- */

struct published {
    const char *what;
    double ours, theirs, least, most;
};

static void compare(const struct published *p, int n)
{
    for (int i = 0; i < n; i++) {
        double ratio = p[i].ours / p[i].theirs;
        printf("# %-44s %10.4g %10.4g %7.3f\n", p[i].what, p[i].ours,
               p[i].theirs, ratio);
        ck_need(ratio >= p[i].least && ratio <= p[i].most,
                "%s: %g, published %g", p[i].what, p[i].ours, p[i].theirs);
    }
}

/* Shafiee et al., ISCA 2016, Table I: 384 wires, 7 mW, 0.09 mm2 in a tile of
 * 0.372 mm2; 1 KB each 100 ns (sec. VI) makes it 85.4 fJ a bit. First as
 * CACTI lays out a bank's wires, global and at full speed, then by default. */
START_TEST(bus_of_isaac)
{
    struct trial *x = trial("bus", 32);
    x->site.tile_side_m = sqrt(0.372e-6);
    set(x, "width", 384);
    struct cost lean = cost_of(x);
    set(x, "slack", 1);
    set(x, "wire", WIRE_GLOBAL);
    struct cost c = cost_of(x);
    const struct published p[] = {
        {"ISAAC bus, energy per bit, fJ", c.energy_J[ACTION_FIRST] * 1e15, 85.4,
         0.5, 2},
        {"ISAAC bus, area, mm2", c.area_m2 * 1e6, 0.09, 0.5, 2},
        {"ISAAC bus, default wires, fJ", lean.energy_J[ACTION_FIRST] * 1e15,
         85.4, 0.33, 2},
        {"ISAAC bus, default wires, mm2", lean.area_m2 * 1e6, 0.09, 0.33, 2},
    };
    compare(p, 4);
}
END_TEST

/*
 * Routers of 32-bit flits at 32 nm: PUMA (puma-simulator a206f75,
 * include/constants.py, at 1 GHz) and ISAAC's Table I (8 ports). Both come from
 * Orion, with buffers and activity that the papers do not give; Orion 2 is up
 * to 185 % off routers that were laid out (Kahng, Lin, Nath 2012). Ours counts
 * what a flit moves, with the clock of idle ports at rest, in cells side by
 * side: a floor without the link, and near ISAAC's with it. So these rows have
 * an upper bound only; the router below was measured.
 */
START_TEST(routers)
{
    struct trial *x = trial("mesh_router", 32);
    set(x, "clock", 1e9);
    struct cost eight = cost_of(x);
    set(x, "length", 1e-6);
    struct cost bare8 = cost_of(x);
    set(x, "ports", 4);
    struct cost bare4 = cost_of(x);
    const struct published p[] = {
        {"PUMA router, 8 ports, dynamic, mW",
         (bare8.peak_W - bare8.static_W) * 1e3, 51.48, 0, 2},
        {"PUMA router, 8 ports, leakage, mW", bare8.static_W * 1e3, 1.04, 0, 2},
        {"PUMA router, 8 ports, mm2", bare8.area_m2 * 1e6, 0.116, 0, 2},
        {"PUMA router, 4 ports, dynamic, mW",
         (bare4.peak_W - bare4.static_W) * 1e3, 16.13, 0, 2},
        {"PUMA router, 4 ports, mm2", bare4.area_m2 * 1e6, 0.047, 0, 2},
        {"ISAAC router with links, mW", eight.peak_W * 1e3, 42, 0, 2},
        {"ISAAC router with links, mm2", eight.area_m2 * 1e6, 0.151, 0, 2},
    };
    compare(p, 7);
}
END_TEST

/* A bit that does not change still clocks four flip-flops on its way: the place
 * in the buffer, and those behind buffer, crossbar and link. */
START_TEST(a_flit_is_registered_at_every_stage)
{
    struct trial *x = trial("mesh_router", 32);
    const struct technology *t = &x->tech.of[ROADMAP_HP];
    double ff_J = flip_flop(t, 0).energy_J;
    set(x, "activity", 0);
    set(x, "ports", 2); /* and next to nothing for clock tree and arbiter */
    set(x, "flits", 1);
    set(x, "channels", 1);
    set(x, "width", 64);
    ck_assert(cost_of(x).energy_J[ACTION_FIRST] > 4 * ff_J);
    ck_assert(cost_of(x).energy_J[ACTION_FIRST] < 6 * ff_J);
}
END_TEST

/*
 * Salihundam et al., JSSC 46(4) 2011: 45 nm, 1.1 V, 2 GHz, five ports of 16
 * bytes (1.28 Tbit/s), links of 5.4 mm, 550 mW (24 of them are 10 % of the
 * chip's power, links included). Eight channels of three flits are assumed;
 * they hardly move the energy. Ours has all ports busy with random bits.
 */
START_TEST(router_of_a_cloud_computer)
{
    struct trial *x = trial("mesh_router", 45);
    x->tech.of[ROADMAP_HP].mos.vdd_V = 1.1;
    set(x, "ports", 5);
    set(x, "width", 128);
    set(x, "channels", 8);
    set(x, "flits", 3);
    set(x, "length", 5.4e-3);
    struct cost c = cost_of(x);
    double ours_mW = (c.energy_J[ACTION_FIRST] * 1.28e12 + c.static_W) * 1e3;
    const struct published p[] = {
        {"SCC router with links, mW", ours_mW, 550, 0.5, 2}};
    compare(p, 1);
}
END_TEST

/* ---- properties ---- */

/* What grows when a parameter does. */
enum { AREA = 1, LEAKAGE = 2, ENERGY = 4, TIME = 8 };

static const struct rise {
    const char *model, *field;
    double from, to, step; /* a factor; 0: 1, 2, 3 ... */
    int grows;
} rises[] = {
    {"bus", "width", 1, 2000, 0, AREA | LEAKAGE | ENERGY},
    {"bus", "length", 1e-6, 0.05, 1.1, AREA | LEAKAGE | ENERGY | TIME},
    {"bus", "load", 1e-17, 1e-11, 1.3, AREA | LEAKAGE | ENERGY | TIME},
    {"bus", "activity", 1e-3, 1, 1.5, ENERGY},
    {"htree", "length", 1e-6, 0.05, 1.1, AREA | LEAKAGE | ENERGY | TIME},
    {"htree", "leaves", 1, 1000, 0, AREA | LEAKAGE | ENERGY | TIME},
    {"mesh_router", "length", 1e-6, 0.05, 1.1, AREA | LEAKAGE | ENERGY},
    {"mesh_router", "ports", 2, 64, 0, AREA | LEAKAGE | ENERGY},
    {"mesh_router", "width", 1, 512, 0, AREA | LEAKAGE},
    {"mesh_router", "flits", 1, 256, 0, AREA | LEAKAGE | ENERGY | TIME},
    {"mesh_router", "channels", 1, 32, 0, AREA | LEAKAGE | ENERGY | TIME},
};
enum { RISES = sizeof rises / sizeof *rises };

static void need_rise(const struct rise *r, double x, double a, double b,
                      int grows, const char *what)
{
    if (r->grows & grows)
        ck_need(b >= a * (1 - 1e-9), "%s, %s %g: %s from %g to %g", r->model,
                r->field, x, what, a, b);
}

static void rise(const struct rise *r, struct trial *x)
{
    struct cost last = {0};
    for (double v = r->from; v <= r->to;
         v = r->step > 0 ? v * r->step : v + 1) {
        set(x, r->field, v);
        struct cost c = cost_of(x);
        need_rise(r, v, last.area_m2, c.area_m2, AREA, "area");
        need_rise(r, v, last.static_W, c.static_W, LEAKAGE, "leakage");
        need_rise(r, v, last.energy_J[0], c.energy_J[0], ENERGY, "energy");
        need_rise(r, v, last.time_s[0], c.time_s[0], TIME, "time");
        last = c;
    }
}

START_TEST(costs_rise)
{
    const struct rise *r = &rises[_i % RISES];
    for (int roadmap = 0; roadmap < ROADMAPS; roadmap++) {
        struct trial *x = trial(r->model, nodes_nm[_i / RISES]);
        x->site.roadmap = roadmap;
        for (int wire = 0; wire < WIRES && x->tech.has[roadmap]; wire++) {
            set(x, "wire", wire);
            rise(r, x);
        }
    }
}
END_TEST

/* Two halves of a bus with all that is between cost as much as the whole. */
START_TEST(halves_cost_no_less)
{
    struct trial *x = trial("bus", 32);
    for (double m = 1e-5; m < 0.05; m *= 1.3) {
        set(x, "length", m);
        struct cost whole = cost_of(x);
        set(x, "length", m / 2);
        struct cost half = cost_of(x);
        ck_need(2 * half.energy_J[0] >= whole.energy_J[0] * (1 - 1e-9),
                "%g m: energy", m);
        ck_need(2 * half.area_m2 >= whole.area_m2 * (1 - 1e-9), "%g m: area",
                m);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("interconnect");
    TCase *c = tcase_create("parts"), *all = tcase_create("properties");

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, link_by_hand);
    tcase_add_test(c, dram_by_hand);
    tcase_add_test(c, bus_energy_is_that_of_its_wire);
    tcase_add_test(c, bus_in_its_tile);
    tcase_add_test(c, tree_has_the_wires_it_should);
    tcase_add_test(c, bus_of_isaac);
    tcase_add_test(c, routers);
    tcase_add_test(c, a_flit_is_registered_at_every_stage);
    tcase_add_test(c, router_of_a_cloud_computer);
    tcase_add_test(c, halves_cost_no_less);
    suite_add_tcase(suite, c);
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, costs_rise, 0, FILES * RISES);
    suite_add_tcase(suite, all);
    return unit_run(suite);
}
