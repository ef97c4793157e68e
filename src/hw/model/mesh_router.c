/* mesh_router.c - a router of a mesh, and its link to the next */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/wired.h"

#include <math.h>

/*
 * Parts and energies as in Wang, Zhu, Peh, Malik, "Orion", MICRO 2002, sec. 3:
 * a flit is written to and read from the input buffer, asks an arbiter, passes
 * the matrix crossbar and the link. Buffers are flip-flops here.
 */
struct mesh_router {
    struct wired wired; /* width: the flit; length: the link */
    int ports, flits, channels;
    double span; /* of the link, in tiles */
};

enum {
    MESH_LINKS = 4,    /* to the neighbours; further ports serve tiles */
    ARBITER_GATES = 6, /* per request of a round-robin arbiter: two chains of
                          two, their merging, the grant (Dally and Towles
                          2004, sec. 18.4) */
    CONNECTOR_FANOUT = 4,
    REGISTERS = 3, /* behind buffer, crossbar and link: routing, switch and
                      link traversal are stages of a pipeline (Peh and Dally,
                      HPCA 2001) */
};

/* A tree over n points spread over an area A is as long as sqrt(n A)
 * (Beardwood, Halton, Hammersley 1959), times 0.6 to 0.8; its buffers, each a
 * quarter of what it drives, add 1/4 + 1/16 + ... = 1/3. */
static const double tree_length = 0.7, tree_buffers = 4.0 / 3;

/* A part of the router: per flit, of the whole router, and its cycle. */
struct stage {
    const char *name;
    double flit_J, leakage_W, area_m2, delay_s;
};

/* What all parts are made of. */
struct kit {
    const struct technology *t;
    struct block ff, nand; /* data of the given activity; NAND2 on NAND2 */
    double connector_m;    /* of the crossbar: clocked inverters */
    double side_m;         /* of the crossbar's wires */
    double vdd2;
};

static double length_m(const struct mesh_router *p, const struct site *site)
{
    return p->wired.length_m > 0 ? p->wired.length_m
                                 : p->span * site->tile_side_m;
}

static int log2_up(double n)
{
    int k = 0;
    while (ldexp(1, k) < n)
        k++;
    return k;
}

/* A connector drives one wire across the crossbar. */
static struct kit kit_of(const struct mesh_router *p, const struct site *site)
{
    const struct technology *t = site_technology(site, &p->wired.circuit);
    const struct wire *wire = &t->wire[p->wired.wire];
    double w_m = width_cell_m(t), p_m = width_p_m(t, w_m);
    double in_F = gate_F(t, w_m) + gate_F(t, p_m);
    double side_m = (double)p->ports * p->wired.width * wire->pitch_m;

    return (struct kit){
        .t = t,
        .ff = flip_flop(t, fmin(1, 2 * p->wired.activity)),
        .nand = gate_drive(t, GATE_NAND, 2, w_m, in_F, 0, 0),
        .connector_m =
            fmax(w_m, wire->c_F_m * side_m / (in_F / w_m) / CONNECTOR_FANOUT),
        .side_m = side_m,
        .vdd2 = t->mos.vdd_V * t->mos.vdd_V,
    };
}

/* Input buffers: written through a line to all places, read through a tree of
 * pairs of NANDs into a register; only the place that is written is clocked. */
static struct stage buffers(const struct mesh_router *p, const struct kit *k)
{
    double places = (double)p->flits * p->channels, a = p->wired.activity;
    double bits = p->wired.width;
    struct rc none = {0, 0};
    struct block line =
        chain_drive(k->t, 0, none, places * k->ff.input_F, 0, 0);
    int levels = 1 + log2_up(places);

    double bit_J =
        k->ff.energy_J + a * (line.energy_J + line.input_F * k->vdd2 +
                              levels * k->nand.energy_J);
    double bit_W =
        places * (k->ff.leakage_W + 2 * k->nand.leakage_W) + line.leakage_W;
    double bit_m2 =
        places * (block_area_m2(&k->ff) + 2 * block_area_m2(&k->nand)) +
        block_area_m2(&line);
    return (struct stage){
        "reading its buffer",
        bits * bit_J,
        p->ports * bits * bit_W,
        p->ports * bits * bit_m2,
        k->ff.delay_s + fmax(line.delay_s, levels * k->nand.delay_s),
    };
}

/* One round-robin arbiter per output, a request from each channel. The grant of
 * an input opens the connectors of a flit, every other time others than
 * before. */
static struct stage arbiters(const struct mesh_router *p, const struct kit *k)
{
    double requests = (double)p->ports * p->channels;
    struct rc none = {0, 0};
    double open_F = gate_F(k->t, k->connector_m) +
                    gate_F(k->t, width_p_m(k->t, k->connector_m));
    struct block grant =
        chain_drive(k->t, 0, none, p->wired.width * open_F, 0, k->nand.rise_s);
    double gates = ARBITER_GATES * requests;

    return (struct stage){
        "arbitration",
        /* all flip-flops are clocked; the last winner's and the next one's
         * change, which is less than a datum's activity */
        requests * k->ff.energy_J +
            gates * p->wired.activity * k->nand.energy_J + grant.energy_J / 2,
        p->ports * (requests * k->ff.leakage_W + gates * k->nand.leakage_W +
                    p->ports * grant.leakage_W),
        p->ports * (requests * block_area_m2(&k->ff) +
                    gates * block_area_m2(&k->nand) +
                    p->ports * block_area_m2(&grant)),
        /* a chain of requests, as a tree, goes round once */
        k->ff.delay_s + 2 * (1 + log2_up(requests)) * k->nand.delay_s +
            grant.delay_s,
    };
}

/* Orion's matrix crossbar, activity C V^2 of an input and an output line: ports
 * x flit wires either way, at each crossing of an input with an output a
 * connector. */
static struct stage crossbar(const struct mesh_router *p, const struct kit *k)
{
    const struct technology *t = k->t;
    double bits = p->wired.width, ports = p->ports, w_m = k->connector_m;
    struct rc line = wire_rc(t, (enum wire_class)p->wired.wire, k->side_m);
    struct block open = gate_block(t, GATE_NAND, 2, w_m, width_p_m(t, w_m));
    double drains_F = ports * (drain_F(t, CHANNEL_N, w_m, 2) +
                               drain_F(t, CHANNEL_P, width_p_m(t, w_m), 2));
    struct block in = chain_drive(t, 0, line, ports * open.input_F, 0, 0);
    double ohm = on_ohm(t, CHANNEL_N, w_m, 2);

    double bit_J = in.energy_J + (in.input_F + line.F + drains_F) * k->vdd2;
    double gates_m2 =
        ports * bits * (ports * block_area_m2(&open) + block_area_m2(&in));
    return (struct stage){
        "the crossbar",
        bits * p->wired.activity * bit_J,
        ports * bits * (in.leakage_W + ports * open.leakage_W),
        fmax(k->side_m * k->side_m, gates_m2), /* wires above gates */
        k->ff.delay_s + in.delay_s + line_delay_s(ohm, line, drains_F),
    };
}

/* To the next router; one for each neighbour. */
static struct stage links(const struct mesh_router *p, const struct site *site,
                          const struct kit *k)
{
    double silicon_m2, bits = p->wired.width;
    double n = fmin(p->ports, MESH_LINKS);
    struct block wire = wired_path(&p->wired, k->t, length_m(p, site),
                                   k->ff.input_F, &silicon_m2);

    return (struct stage){
        "the link",
        bits * p->wired.activity * wire.energy_J,
        n * bits * wire.leakage_W,
        n * bits * (block_area_m2(&wire) + silicon_m2),
        k->ff.delay_s + wire.delay_s,
    };
}

/* The registers of the pipeline, and the clock's tree to those of one port;
 * that of an idle port stands still. */
static struct stage registers(const struct mesh_router *p, const struct kit *k,
                              double buffers_m2)
{
    double bits = p->wired.width, n = REGISTERS * bits;
    double port_m2 = n * block_area_m2(&k->ff) + buffers_m2 / p->ports;
    double tree_m = tree_length * sqrt((n + bits) * port_m2);
    double tree_F = wire_rc(k->t, (enum wire_class)p->wired.wire, tree_m).F;

    return (struct stage){
        "a register",
        n * k->ff.energy_J + tree_buffers * tree_F * k->vdd2,
        p->ports * n * k->ff.leakage_W,
        p->ports * n * block_area_m2(&k->ff),
        k->ff.delay_s,
    };
}

enum { STAGES = 5 };

static void stages_of(const struct mesh_router *p, const struct site *site,
                      struct stage *out)
{
    struct kit k = kit_of(p, site);
    out[0] = buffers(p, &k);
    out[1] = arbiters(p, &k);
    out[2] = crossbar(p, &k);
    out[3] = links(p, site, &k);
    out[4] = registers(p, &k, out[0].area_m2);
}

static const struct stage *slowest(const struct stage *stage)
{
    const struct stage *worst = stage;
    for (int i = 1; i < STAGES; i++)
        if (stage[i].delay_s > worst->delay_s)
            worst = &stage[i];
    return worst;
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    const struct mesh_router *p = params;
    struct stage stage[STAGES];
    stages_of(p, site, stage);
    const struct stage *worst = slowest(stage);
    return wired_check(&p->wired, length_m(p, site), worst->delay_s,
                       worst->name, why, size);
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct mesh_router *p = params;
    struct stage stage[STAGES];
    double bits = p->wired.width;

    stages_of(p, site, stage);
    *out = (struct cost){
        .time_s[ACTION_FIRST] =
            wired_time_s(&p->wired, slowest(stage)->delay_s, p->ports * bits),
    };
    for (int i = 0; i < STAGES; i++) {
        out->area_m2 += stage[i].area_m2;
        out->static_W += stage[i].leakage_W;
        out->energy_J[ACTION_FIRST] += stage[i].flit_J / bits;
    }
    cost_set_peak(out);
}

static const struct field fields[] = {
    WIRED_FIELDS("32", "of the link to the next router; 0: span tiles"),
    {"ports", FIELD_COUNT, DIM_NONE, offsetof(struct mesh_router, ports), 2, 64,
     "8", NULL, "inputs, and as many outputs: neighbours and tiles"},
    {"flits", FIELD_COUNT, DIM_NONE, offsetof(struct mesh_router, flits), 1,
     256, "4", NULL, "flits that the buffer of a channel holds"},
    {"channels", FIELD_COUNT, DIM_NONE, offsetof(struct mesh_router, channels),
     1, 32, "2", NULL, "virtual channels of an input"},
    {"span", FIELD_REAL, DIM_NONE, offsetof(struct mesh_router, span), 0.1, 100,
     "2", NULL,
     "tiles from one router to the next; 2: a router for 2 x 2 tiles"},
    {0}};

const struct model model_mesh_router = {
    .name = "mesh_router",
    .text = "a router of a mesh with its link; one action moves a bit one hop",
    .source = "Wang, Zhu, Peh, Malik, Orion, MICRO 2002; Dally and Towles 2004",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct mesh_router),
    .check = check,
    .eval = eval,
    .formula = "(E_buffer + E_arbiter + E_crossbar + E_link) / flit",
};
