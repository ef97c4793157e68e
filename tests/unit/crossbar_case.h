/* crossbar_case.h - what the tests of crossbars share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CROSSBAR_CASE_H
#define CROSSBAR_CASE_H

#include "each_technology.h"
#include "part_load.h"

extern const struct model model_crossbar_array, model_wordline_driver,
    model_switch_matrix, model_dac, model_sample_hold, model_column_mux,
    model_row_decoder;

__attribute__((unused)) static const double nm = 1e-9, fF = 1e-15, kohm = 1e3,
                                            uA = 1e-6;

/* A planar node with three-F gate pitch, so that NVSim's layout applies. */
__attribute__((unused)) static const struct technology paper = {
    .node_m = 32e-9,
    .temperature_K = 300,
    .mos = {.vdd_V = 1,
            .vth_V = 0.3,
            .gate_length_m = 20e-9,
            .gate_F_m = 0.5e-9,
            .overlap_F_m = 0.1e-9,
            .fringe_F_m = 0.05e-9,
            .junction_F_m2 = 1e-3,
            .sidewall_F_m = 0.25e-9,
            .channel_F_m = 0.05e-9,
            .r_factor = 1.5,
            .pn_ratio = 2,
            .on_n_A_m = 1000,
            .on_p_A_m = 500,
            .off_n_A_m = 1e-4,
            .off_p_A_m = 1e-4,
            .gate_leak_A_m = 0,
            .alpha = 1.3},
    .wire = {{64e-9, 20e6, 0.2e-9},
             {128e-9, 5e6, 0.2e-9},
             {256e-9, 1e6, 0.2e-9}},
    .layout = {96e-9, 80e-9, 896e-9, 256e-9, 1, 0, 96e-9},
    .sram = {0.15e-12, 1.5, 60e-9, 90e-9, 48e-9},
    .edram = {.area_m2 = 0.03e-12,
              .aspect = 1.5,
              .storage_F = 20e-15,
              .vdd_V = 1,
              .vpp_V = 1.5,
              .access_m = 48e-9,
              .on_A = 30e-6,
              .off_A = 1e-12},
};

__attribute__((unused)) static struct technologies
tech_of(const struct technology *t)
{
    struct technologies tech = {.has = {true, true, true}};
    for (int r = 0; r < ROADMAPS; r++)
        tech.of[r] = *t;
    return tech;
}

__attribute__((unused)) static struct site
site_of(const struct technologies *tech, int rows, int columns)
{
    return (struct site){.tech = tech,
                         .rows = rows,
                         .columns = columns,
                         .cell_bits = 1,
                         .dac_bits = 1,
                         .ports = 128};
}

#define PULSES                                                                 \
    "set_voltage = \"2 V\"; set_current = \"50 uA\"; set_pulse = \"10 ns\";"   \
    "reset_voltage = \"1 V\"; reset_current = \"100 uA\";"                     \
    "reset_pulse = \"20 ns\";"
#define CROSS_POINT                                                            \
    "cell = \"1s1r\"; r_on = \"1 Mohm\"; r_off = \"10 Mohm\";"                 \
    "read_voltage = \"0.4 V\";" PULSES
#define TRANSISTOR                                                             \
    "cell = \"1t1r\"; r_on = \"500 kohm\"; r_off = \"5 Mohm\";"                \
    "read_voltage = \"0.2 V\";" PULSES

__attribute__((unused)) static void *array_of(const char *text)
{
    return part_params(&arena, &model_crossbar_array, text);
}

#define LOOP(tests, rows)                                                      \
    tcase_add_loop_test(c, tests, 0, (int)(sizeof(rows) / sizeof *(rows)))

#endif
