/* tool_nodes.h - nodes as two tools have them, to compare circuits alone */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TOOL_NODES_H
#define TOOL_NODES_H

#include "circuit/technology.h"

/*
 * The transistors, wires and cells of CACTI 7 (HewlettPackard/cacti 1ffd8df,
 * tech_params/32nm.dat and 45nm.dat: itrs-hp, conservative wires, lp-dram
 * cells, 360 K) and of NVSim (SEAL-UCSB/NVSim 6334d00, Technology.cpp and
 * Wire.cpp: 90 nm LOP with conservative wires at 340 K, 32 and 22 nm HP with
 * aggressive ones at 350 K). They are projections of ITRS 2007 and not what
 * tech/node/ has. Overlap of CACTI as in NVSim; layout of a finger of 8.4 F in
 * a cell of 28 F.
 */
/* clang-format off */
__attribute__((unused)) static const struct technology cacti_32 = {
    .node_m = 3.2e-08, .temperature_K = 360,
    .mos = {.vdd_V = 0.9, .vth_V = 0.21835, .gate_length_m = 1.3e-08,
 .gate_F_m = 5.34e-10, .overlap_F_m = 1.068e-10, .fringe_F_m = 4e-11,
        .junction_F_m2 = 0.001, .sidewall_F_m = 2.5e-10, .channel_F_m = 0,
        .r_factor = 1.49, .pn_ratio = 2.41, .on_n_A_m = 2211.7,
        .on_p_A_m = 1105.85, .off_n_A_m = 0.532, .off_p_A_m = 0.532,
        .gate_leak_A_m = 0.0655, .alpha = 1.3},
    .wire = {{8e-08, 1.037e+07, 2.458e-10}, {1.28e-07, 3.7446e+06, 2.537e-10},
        {2.56e-07, 8.8853e+05, 2.673e-10}},
    .layout = {1.12e-07, 1.12e-07, 8.96e-07, 2.688e-07, 1, 0},
    .sram = {1.49504e-13, 1.46, 4.192e-08, 6.656e-08, 3.936e-08},
    .edram = {3.136e-14, 1.46, 2e-14, 1, 1.5, 5.6e-08, 3.6e-05, 1.0584e-12}};

__attribute__((unused)) static const struct technology cacti_45 = {
    .node_m = 4.5e-08, .temperature_K = 360,
    .mos = {.vdd_V = 1, .vth_V = 0.18035, .gate_length_m = 1.8e-08,
 .gate_F_m = 6.78e-10, .overlap_F_m = 1.356e-10, .fringe_F_m = 5e-11,
        .junction_F_m2 = 0.001, .sidewall_F_m = 2.5e-10, .channel_F_m = 0,
        .r_factor = 1.51, .pn_ratio = 2.41, .on_n_A_m = 2046.6,
        .on_p_A_m = 1023.3, .off_n_A_m = 0.642, .off_p_A_m = 0.642,
        .gate_leak_A_m = 0.0359, .alpha = 1.3},
    .wire = {{1.125e-07, 5.1857e+06, 2.58e-10}, {1.8e-07, 1.8811e+06,
        2.654e-10}, {3.6e-07, 4.4789e+05, 2.814e-10}},
    .layout = {1.575e-07, 1.125e-07, 1.26e-06, 3.78e-07, 1, 0},
    .sram = {2.9565e-13, 1.46, 5.895e-08, 9.36e-08, 5.535e-08},
    .edram = {6.162e-14, 1.46, 2e-14, 1.1, 1.5, 7.9e-08, 3.6e-05, 1.5405e-12}};

__attribute__((unused)) static const struct technology nvsim_90 = {
    .node_m = 9e-08, .temperature_K = 340,
    .mos = {.vdd_V = 0.9, .vth_V = 0.2645, .gate_length_m = 5.3e-08,
 .gate_F_m = 7.95e-10, .overlap_F_m = 1.59e-10, .fringe_F_m = 2.4e-10,
        .junction_F_m2 = 0.0007071, .sidewall_F_m = 1.989e-10,
        .channel_F_m = 3.978e-11, .r_factor = 1.77, .pn_ratio = 2.54,
        .on_n_A_m = 500.58, .on_p_A_m = 270.2, .off_n_A_m = 0.00285144,
        .off_p_A_m = 0.00675684, .gate_leak_A_m = 0, .alpha = 1.3},
    .wire = {{2.25e-07, 1.2473e+06, 2.926e-10}, {3.6e-07, 4.5257e+05,
        3.023e-10}, {7.2e-07, 96873, 3.151e-10}},
    .layout = {3.15e-07, 2.25e-07, 2.52e-06, 7.56e-07, 1, 0},
    .sram = {1.1826e-12, 1.46, 1.179e-07, 1.872e-07, 1.107e-07}};

__attribute__((unused)) static const struct technology nvsim_22 = {
    .node_m = 2.2e-08, .temperature_K = 350,
    .mos = {.vdd_V = 0.9, .vth_V = 0.1287, .gate_length_m = 1e-08,
 .gate_F_m = 3.83e-10, .overlap_F_m = 7.66e-11, .fringe_F_m = 1.6e-10,
        .junction_F_m2 = 0.0007071, .sidewall_F_m = 1.989e-10,
        .channel_F_m = 3.978e-11, .r_factor = 1.45, .pn_ratio = 2,
        .on_n_A_m = 1930.7, .on_p_A_m = 974.9, .off_n_A_m = 1.057,
        .off_p_A_m = 1.057, .gate_leak_A_m = 0, .alpha = 1.3},
    .wire = {{4.4e-08, 8.0101e+07, 2.8e-10}, {8.8e-08, 2.0028e+07, 2.8e-10},
        {1.76e-07, 2.0325e+06, 2.945e-10}},
    .layout = {7.7e-08, 7.7e-08, 6.16e-07, 1.848e-07, 1, 0},
    .sram = {7.0664e-14, 1.46, 2.882e-08, 4.576e-08, 2.706e-08}};

__attribute__((unused)) static const struct technology nvsim_32 = {
    .node_m = 3.2e-08, .temperature_K = 350,
    .mos = {.vdd_V = 0.9, .vth_V = 0.1317, .gate_length_m = 1.4e-08,
 .gate_F_m = 6.42e-10, .overlap_F_m = 1.284e-10, .fringe_F_m = 1.6e-10,
        .junction_F_m2 = 0.0007071, .sidewall_F_m = 1.989e-10,
        .channel_F_m = 3.978e-11, .r_factor = 1.49, .pn_ratio = 2.41,
        .on_n_A_m = 1715.7, .on_p_A_m = 1565.1, .off_n_A_m = 1.18,
        .off_p_A_m = 1.18, .gate_leak_A_m = 0, .alpha = 1.3},
    .wire = {{6.4e-08, 3.3305e+07, 2.882e-10}, {1.28e-07, 7.887e+06,
        2.937e-10}, {2.56e-07, 8.0048e+05, 3.113e-10}},
    .layout = {1.12e-07, 1.12e-07, 8.96e-07, 2.688e-07, 1, 0},
    .sram = {1.49504e-13, 1.46, 4.192e-08, 6.656e-08, 3.936e-08}};

/* clang-format on */

#endif
