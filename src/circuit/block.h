/* block.h - a piece of circuit: its outline, leakage, energy and delay */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CIRCUIT_BLOCK_H
#define CIRCUIT_BLOCK_H

/*
 * energy_J is that of one action as the maker says, without leakage; where
 * nodes switch, what the supply gives: C V^2 for a node that goes up and comes
 * down again, half of it a transition (Weste and Harris, CMOS VLSI Design, 4th
 * ed. 2010, sec. 5.2). A node that is drawn up by less takes C V dV.
 */
struct block {
    double width_m, height_m; /* outline; 0: takes no place of its own */
    double leakage_W;
    double energy_J;
    double delay_s; /* from 50 % of its input to 50 % of its output */
    double rise_s;  /* ramp of its output, for the next Horowitz delay */
    double input_F; /* that it presents to its driver */
};

double block_area_m2(const struct block *b);

/* b after a: delays and energies add, a's input, b's ramp; outlines side by
 * side (widths add, the higher height). */
struct block block_series(struct block a, struct block b);

/* n like b, side by side, of which `active` spend energy; the delay of one. */
struct block block_copies(struct block b, double n, double active);

#endif
