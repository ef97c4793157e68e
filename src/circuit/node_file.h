/* node_file.h - a technology node as its file has it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CIRCUIT_NODE_FILE_H
#define CIRCUIT_NODE_FILE_H

#include "circuit/technology.h"

struct mos_file {
    struct transistor at_300K; /* all but the currents */
    struct points on, off;     /* T, n, p */
};

struct wire_file {
    double pitch_m, aspect, barrier_m, dishing_m, ild_m;
    double k_horizontal, k_vertical, miller, fringe_F_m;
    double resistivity_ohm_m, scatter;
};

struct layout_file {
    double gate_pitch_m, poly_pitch_m, cell_height_m, active_share;
    double fin_pitch_m, fin_height_m, fin_width_m;
};

struct node_file {
    double node_m;
    bool has[ROADMAPS];
    struct mos_file mos[ROADMAPS];
    struct wire_file wire[2][WIRES]; /* aggressive, conservative */
    struct layout_file layout;
    struct sram_cell sram;
    struct dram_cell edram, dram; /* area 0: the node has none */
};

/* The tables of a node file's groups. */
extern const struct field mos_fields[], wire_fields[], layout_fields[],
    sram_fields[], dram_fields[];

/* Reads NAME (as conf_find takes it) into memory of env's arena; -s does not
 * reach into it. 0, or -1 having reported. */
int node_file_read(const struct conf_env *env, const char *name,
                   struct node_file **out);

#endif
