/* cell.h - cells of computing arrays: outline, capacitance, conductance */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CIRCUIT_CELL_H
#define CIRCUIT_CELL_H

#include "circuit/device.h"

enum cell_kind {
    CELL_1T1R,   /* resistive element behind a transistor */
    CELL_1S1R,   /* cross-point: resistive element, with or without selector */
    CELL_1T1C,   /* charge on a capacitor, shared with the bitline */
    CELL_SRAM6T, /* a latch that pulls its bitline down */
    CELL_SRAM8T, /* the same through a read port of its own */
    CELL_KINDS
};
extern const char *const cell_names[]; /* "1t1r" ..., NULL at the end */

struct cell_choice {
    int kind;              /* enum cell_kind */
    bool gated;            /* wordlines open gates; else they carry current */
    double on_ohm, off_ohm; /* of the resistive element alone */
    double read_V;         /* across the cell */
    double write_A;        /* that its transistor must carry; 0: the smallest */
    double access_m;       /* width of its transistor; 0: by write_A */
    double area_m2;        /* 0: from the layout */
    double store_F;        /* capacitor of a 1T1C, 0: the node's eDRAM;
                              electrodes of a resistive element */
    double pitch_m;        /* of the wires over it: no cell is smaller */
};

struct cell {
    double width_m, height_m;     /* pitch of bitlines, of wordlines */
    double access_m;              /* width of its transistor, 0: none */
    double wordline_F, bitline_F; /* it hangs on them */
    double store_F;               /* charge cells only, else 0 */
    double on_ohm, off_ohm;       /* transistor in series */
    double idle_A;                /* through it while its wordline is idle */
    double leakage_W;             /* while it keeps its state */
};

/* What it needs is in the choice and in the node (a 1T1C: the node's eDRAM);
 * -1 with the reason in why[size]. */
int cell_check(const struct technology *t, const struct cell_choice *c,
               char *why, int size);

struct cell cell_of(const struct technology *t, const struct cell_choice *c);

#endif
