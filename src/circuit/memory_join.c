/* memory_join.c - several banks and the wires to their common port */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "circuit/memory_parts.h"

#include <math.h>

double memory_wire_s(const struct memory_fixed *m, double length_m)
{
    const struct memory_wire *wire = &m->wire;
    struct rc line = {wire->ohm_m * length_m, wire->F_m * length_m};
    if (m->spec->routing == ROUTING_REPEATED)
        return wire->s_m * length_m;
    return length_m > 0 ? wire->driver_s +
                              memory_settle_s(M_LN2, wire->driver_ohm, line, 0)
                        : 0;
}

/* The floor of the banks, as that of subarrays within a bank: as square as
 * they allow, wires between their columns and to the middle of an edge. */
static double join_floor(struct memory *b, double n, double wires_m)
{
    double nx = fmin(fmax(sqrt(n * b->height_m / b->width_m), 1), n);
    double ny = n / nx;

    b->width_m = nx * (b->width_m + (1 - 1 / ny) * wires_m);
    b->height_m = ny * b->height_m + (1 - 1 / nx) * wires_m;
    return b->width_m / 2 * (1 - 1 / nx) + b->height_m * (1 - 1 / ny);
}

static void copy_parts(struct memory *b, double n)
{
    for (int i = 0; i < MEMORY_PARTS; i++) {
        b->part[i].area_m2 *= n;
        b->part[i].leakage_W *= n;
    }
    b->refresh_W *= n;
}

/* Request and reply go on to the port; every bank hangs on its own share of
 * repeated wires, about the path of each. */
void memory_join(const struct memory_fixed *m, struct memory *b)
{
    const struct memory_spec *spec = m->spec;
    bool repeated = spec->routing == ROUTING_REPEATED;
    double n = spec->banks, word = spec->word;
    double there = m->address_wires + (repeated ? word : 0);
    double pitch_m = repeated ? m->wire.pitch_m : 0;
    double alone_m2 = n * b->width_m * b->height_m;
    double path_m = join_floor(b, n, (there + word) * pitch_m);
    double wires_m2 = b->width_m * b->height_m - alone_m2;
    double time_s = memory_wire_s(m, path_m);
    struct memory_share *in = &b->part[PART_REQUEST];
    struct memory_share *out = &b->part[PART_REPLY];
    double data_J = m->word_J_m * path_m;
    double address_J = m->address_J_m * path_m;

    copy_parts(b, n);
    in->area_m2 += wires_m2 * there / (there + word);
    out->area_m2 += wires_m2 * word / (there + word);
    in->leakage_W += there * path_m * m->wire.W_m;
    out->leakage_W += word * path_m * m->wire.W_m;
    in->read_J += address_J;
    in->write_J += address_J + data_J;
    out->read_J += data_J;
    in->read_s += time_s;
    in->write_s += time_s;
    out->read_s += time_s;
    memory_add_up(b);
}
