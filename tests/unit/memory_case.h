/* memory_case.h - memory cells and specifications for unit tests */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MEMORY_CASE_H
#define MEMORY_CASE_H

#include "circuit/memory.h"
#include "unit.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))

__attribute__((unused)) static const struct memory_device
    reram = {.area_F2 = 12,
                                           .aspect = 1,
                                           .access_F = 4,
                                           .on_ohm = 1e4,
                                           .off_ohm = 1e6,
                                           .read_V = 0.2,
                                           .set_V = 1.5,
                                           .reset_V = 1.2,
                                           .write_ohm = 5e4,
                                           .set_s = 20e-9,
                                           .reset_s = 50e-9,
                                           .efficiency = 1};

__attribute__((unused)) static const struct memory_device
    pcm = {.area_F2 = 9,
                                         .aspect = 1,
                                         .access_F = 2,
                                         .drop_V = 0.3,
                                         .on_ohm = 1e3,
                                         .off_ohm = 1e6,
                                         .read_V = 0.04,
                                         .read_A = 4e-5,
                                         .voltage = true,
                                         .set_A = 5e-5,
                                         .reset_A = 1e-4,
                                         .write_ohm = 1e3,
                                         .set_s = 150e-9,
                                         .reset_s = 40e-9,
                                         .efficiency = 0.2};

__attribute__((unused)) static const struct memory_device
    crosspoint = {.area_F2 = 4,
                                                .aspect = 1,
                                                .on_ohm = 1e6,
                                                .off_ohm = 1e7,
                                                .read_V = 0.4,
                                                .capacity_F = 1e-16,
                                                .set_V = 2,
                                                .reset_V = 2,
                                                .write_ohm = 1e5,
                                                .half_ohm = 5e5,
                                                .set_s = 1e-8,
                                                .reset_s = 1e-8,
                                                .efficiency = 1};

enum { SRAM6, SRAM8, EDRAM, RERAM, PCM, CROSSPOINT, CELLS };

__attribute__((unused)) static struct memory_cell
cell_of(const struct technology *t, int kind)
{
    switch (kind) {
    case SRAM6:
        return memory_sram(t, 1, false);
    case SRAM8:
        return memory_sram(t, 1, true);
    case EDRAM:
        return memory_dram(&t->edram, t);
    case RERAM:
        return memory_resistive(t, &reram);
    case PCM:
        return memory_resistive(t, &pcm);
    default:
        return memory_resistive(t, &crosspoint);
    }
}

__attribute__((unused)) static struct memory_spec
spec_of(double bits, int word)
{
    return (struct memory_spec){.bits = bits,
                                .banks = 1,
                                .word = word,
                                .target = TARGET_ED2,
                                .wires = WIRE_SEMI_GLOBAL,
                                .slack = 1.3,
                                .activity = 0.5,
                                .swing_V = 0.1};
}

#endif
