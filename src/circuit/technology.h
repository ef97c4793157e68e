/* technology.h - a technology node: transistors, wires, layout, memory cells */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CIRCUIT_TECHNOLOGY_H
#define CIRCUIT_TECHNOLOGY_H

#include "conf/field.h"

/* ITRS families of transistors: high performance, low standby power, low
 * operating power. */
enum roadmap { ROADMAP_HP, ROADMAP_LSTP, ROADMAP_LOP, ROADMAPS };
extern const char *const roadmap_names[]; /* "hp", "lstp", "lop", NULL */

enum wire_class { WIRE_LOCAL, WIRE_SEMI_GLOBAL, WIRE_GLOBAL, WIRES };

/* Transistors of one roadmap, at one temperature and supply. Per metre of
 * channel width (planar: drawn; FinFET: the perimeter of the fins). */
struct transistor {
    double vdd_V, vth_V;
    double gate_length_m;
    double gate_F_m;       /* ideal: oxide x length */
    double overlap_F_m, fringe_F_m;      /* of one side */
    double junction_F_m2, sidewall_F_m, channel_F_m; /* drain: bottom, side,
                                                        towards the channel */
    double r_factor;       /* m of R = m Vdd / (Ion W) */
    double pn_ratio;       /* width of a PMOS as strong as an NMOS */
    double on_n_A_m, on_p_A_m;
    double off_n_A_m, off_p_A_m, gate_leak_A_m;
    double alpha;          /* of the alpha-power law, Sakurai 1990 */
};

/* A wire of a class, per metre, at the temperature. */
struct wire {
    double pitch_m, r_ohm_m, c_F_m;
};

/* Design rules. Lengths of planar nodes scale with F. */
struct layout {
    double gate_pitch_m;    /* contacted; one finger */
    double poly_pitch_m;    /* of a series stack, uncontacted */
    double cell_height_m;   /* of a logic cell, rails included */
    double active_height_m; /* of it, what one NMOS or PMOS finger may use */
    double width_gain;      /* channel width per height of a finger: 1 planar,
                               (2 fin height + fin width) / fin pitch */
    double fin_m;           /* channel width of one fin; 0: any width */
    double cell_width_m;    /* of the smallest NMOS of a logic cell */
};

/* The node's densest six-transistor cell, and its transistors' widths. */
struct sram_cell {
    double area_m2, aspect; /* width over height */
    double access_m, pull_down_m, pull_up_m;
};

/* One transistor, one capacitor; logic process (eDRAM) or commodity. */
struct dram_cell {
    double area_m2, aspect;
    double storage_F;
    double vdd_V, vpp_V; /* bitline and boosted wordline */
    double access_m;     /* width of its transistor */
    double on_A;         /* that it conducts */
    double off_A;        /* leakage of one cell, worst case */
};

struct technology {
    double node_m;        /* F, the name of the node */
    double temperature_K;
    struct transistor mos;
    struct wire wire[WIRES];
    struct layout layout;
    struct sram_cell sram;
    struct dram_cell edram, dram;
};

/* What a chip asks for: the group `technology` of its file. */
struct technology_choice {
    double temperature_K;
    int roadmap;      /* enum roadmap: of every component that names none */
    double supply_V;  /* 0: the node's own */
    int wires;        /* 0 aggressive, 1 conservative projections */
    const char *file; /* "" : tech/node/ by the chip's `node` */
};
extern const struct field technology_fields[];

struct node_file; /* a node as its file has it */

/* The node of a chip, for each roadmap. */
struct technologies {
    bool has[ROADMAPS]; /* the node's file knows this roadmap */
    struct technology of[ROADMAPS];
    const struct node_file *small, *large; /* neighbours in the table; the
                                              same: nothing is interpolated */
    double node_m;
};

/* The size that `node` of a file's root names, 1 nm to 1 um. 0, or -1 having
 * reported. */
int node_size_read(const struct conf_env *env, struct node *root,
                   double *node_m);

/*
 * Reads the node from env's folders: node/NNnm.cfg for the nodes that
 * node/nodes.cfg lists, or `choice->file`. A node between two files is
 * interpolated: every number on a straight line between its neighbours in the
 * logarithms of node and number, which is monotone; that is reported as a
 * warning. Errors: a node outside of the table, with its ends; a file of
 * another node than node_m (0: whatever the file is of). 0, or -1 having
 * reported at `at`. Nothing is evaluated yet.
 */
int technology_read(const struct conf_env *env, const struct place *at,
                    double node_m, const struct technology_choice *choice,
                    struct technologies *out);

/*
 * The node at a temperature, a supply, with its wires; reads nothing. A
 * roadmap that it lacks, a temperature outside of a current's points, a supply
 * outside of 0.6 to 1.3 of the node's own: -1 with the limit in why[size].
 */
int technology_eval(struct technologies *t,
                    const struct technology_choice *choice, char *why,
                    int size);

/* Both. 0, or -1 having reported at `at`. */
int technology_load(const struct conf_env *env, const struct place *at,
                    double node_m, const struct technology_choice *choice,
                    struct technologies *out);

#endif
