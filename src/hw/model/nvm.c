/* nvm.c - a memory of resistive cells: ReRAM, PCM, STT-MRAM */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/model/macro.h"

#include <stdio.h>

struct nvm {
    struct macro macro;
    struct memory_device device;
    int sensing, external;
    double sense_s, sense_J, sense_m2;
};

enum { SENSE_CURRENT, SENSE_VOLTAGE };
static const char *const sensings[] = {"current", "voltage", NULL};
static const char *const places[] = {"subarray", "port", NULL};

static struct memory_device device_of(const struct nvm *p)
{
    struct memory_device d = p->device;
    d.voltage = p->sensing == SENSE_VOLTAGE;
    return d;
}

static struct memory_spec spec_of(const struct nvm *p, const struct site *site)
{
    struct memory_spec spec = macro_spec(&p->macro, site);
    spec.external = p->external;
    spec.sense_s = p->sense_s;
    spec.sense_J = p->sense_J;
    spec.sense_m2 = p->sense_m2;
    return spec;
}

/* Of the device alone, whatever the organisation. */
static int check_device(const struct nvm *p, const struct technology *t,
                        char *why, int size)
{
    const struct memory_device *d = &p->device;
    struct memory_device full = device_of(p);
    double width_m = d->access_F * t->node_m;
    double most_A = on_A(t, CHANNEL_N, width_m);

    if (d->off_ohm <= d->on_ohm)
        return snprintf(why, (size_t)size, "r_off must be above r_on"), -1;
    if (!(d->access_F > 0) && p->sensing == SENSE_VOLTAGE)
        return snprintf(why, (size_t)size,
                        "a cross-point is sensed as a current: its idle lines "
                        "must be held at one level"),
               -1;
    double write_A = memory_resistive(t, &full).write_A;
    if (d->access_F > 0 && write_A > most_A)
        return snprintf(why, (size_t)size,
                        "writing takes %.3g uA, but a transistor of %.3g F "
                        "carries at most %.3g uA",
                        write_A * 1e6, d->access_F, most_A * 1e6),
               -1;
    return 0;
}

static int check(const void *params, const struct site *site, char *why,
                 int size)
{
    const struct nvm *p = params;
    const struct technology *t = site_technology(site, &p->macro.circuit);
    struct memory_device d = device_of(p);
    struct memory_spec spec = spec_of(p, site);

    if (check_device(p, t, why, size))
        return -1;
    struct memory_cell cell = memory_resistive(t, &d);
    return macro_check(&p->macro, site, &cell, &spec, why, size);
}

static void eval(const void *params, const struct site *site, struct cost *out)
{
    const struct nvm *p = params;
    const struct technology *t = site_technology(site, &p->macro.circuit);
    struct memory_device d = device_of(p);
    struct memory_cell cell = memory_resistive(t, &d);
    struct memory_spec spec = spec_of(p, site);
    macro_cost(&p->macro, site, &cell, &spec, out);
}

#define DEVICE(name, member, kind, dim, low, high, def, text)                  \
    {                                                                          \
        name, kind, dim, offsetof(struct nvm, device.member), low, high, def,  \
            NULL, text                                                         \
    }

static const struct field fields[] = {
    MACRO_FIELDS,
    /* clang-format off */
    DEVICE("cell_area", area_F2, FIELD_REAL, DIM_NONE, 1, 1000, NULL,
           "of a cell, in squares of the node"),
    DEVICE("aspect", aspect, FIELD_REAL, DIM_NONE, 0.1, 10, "1",
           "of a cell, width over height"),
    DEVICE("access_width", access_F, FIELD_REAL, DIM_NONE, 0, 100, "0",
           "of its transistor, in lengths of the node; 0: a cross-point"),
    DEVICE("access_drop", drop_V, FIELD_QUANTITY, DIM_V, 0, 5, "0 V",
           "over transistor or selector while a cell is written"),
    DEVICE("r_on", on_ohm, FIELD_QUANTITY, DIM_OHM, 10, 1e10, NULL,
           "of the device at the read voltage"),
    DEVICE("r_off", off_ohm, FIELD_QUANTITY, DIM_OHM, 10, 1e12, NULL,
           "of the device at the read voltage"),
    DEVICE("read_voltage", read_V, FIELD_QUANTITY, DIM_V, 1e-3, 5, "0.2 V",
           "on the bitline"),
    DEVICE("read_current", read_A, FIELD_QUANTITY, DIM_A, 0, 1e-2, "0 A",
           "forced in voltage sensing; 0: read_voltage over r_on"),
    DEVICE("read_energy", read_J, FIELD_QUANTITY, DIM_J, 0, 1e-9, "0 J",
           "of a cell's read; 0: its current while it flows"),
    DEVICE("electrodes", capacity_F, FIELD_QUANTITY, DIM_F, 0, 1e-13, "0.1 fF",
           "capacitance of a cross-point on both of its lines"),
    DEVICE("set_voltage", set_V, FIELD_QUANTITY, DIM_V, 0, 20, "0 V",
           "over the device; 0: set_current times r_write"),
    DEVICE("reset_voltage", reset_V, FIELD_QUANTITY, DIM_V, 0, 20, "0 V",
           "over the device; 0: reset_current times r_write"),
    DEVICE("set_current", set_A, FIELD_QUANTITY, DIM_A, 0, 1e-2, "0 A",
           "0: set_voltage over r_write"),
    DEVICE("reset_current", reset_A, FIELD_QUANTITY, DIM_A, 0, 1e-2, "0 A",
           "0: reset_voltage over r_write"),
    DEVICE("r_write", write_ohm, FIELD_QUANTITY, DIM_OHM, 10, 1e10, NULL,
           "of the device while it is written"),
    DEVICE("r_half", half_ohm, FIELD_QUANTITY, DIM_OHM, 0, 1e12, "0 ohm",
           "of a cell of a cross-point at half the voltage; 0: it takes none"),
    DEVICE("set_pulse", set_s, FIELD_QUANTITY, DIM_S, 0, 1e-3, NULL,
           "length of a SET"),
    DEVICE("reset_pulse", reset_s, FIELD_QUANTITY, DIM_S, 0, 1e-3, NULL,
           "length of a RESET"),
    DEVICE("set_energy", set_J, FIELD_QUANTITY, DIM_J, 0, 1e-6, "0 J",
           "of a cell; 0: supply times current times pulse"),
    DEVICE("reset_energy", reset_J, FIELD_QUANTITY, DIM_J, 0, 1e-6, "0 J",
           "of a cell; 0: supply times current times pulse"),
    DEVICE("efficiency", efficiency, FIELD_REAL, DIM_NONE, 0.01, 1, "1",
           "of whatever shapes the pulses"),
    /* clang-format on */
    {"sensing", FIELD_CHOICE, DIM_NONE, offsetof(struct nvm, sensing), 0, 0,
     "current", sensings,
     "current: of a clamped bitline; voltage: under a forced current"},
    {"amplifiers", FIELD_CHOICE, DIM_NONE, offsetof(struct nvm, external), 0, 0,
     "subarray", places,
     "where they stand: in the subarrays, or behind wires at the port"},
    {"sense_time", FIELD_QUANTITY, DIM_S, offsetof(struct nvm, sense_s), 0,
     1e-3, "0 s", NULL,
     "of a given amplifier with its clamp; 0: computed from the current"},
    {"sense_energy", FIELD_QUANTITY, DIM_J, offsetof(struct nvm, sense_J), 0,
     1e-6, "0 J", NULL, "of a given amplifier; 0: computed"},
    {"sense_area", FIELD_QUANTITY, DIM_M2, offsetof(struct nvm, sense_m2), 0,
     1e-6, "0 m2", NULL, "of a given amplifier; 0: computed"},
    {0}};

const struct model model_nvm = {
    .name = "nvm",
    .text =
        "memory of resistive cells: ReRAM, PCM, STT-MRAM; 1T1R, cross-point",
    .source = "NVSim (Dong, Xu, Xie, Jouppi, TCAD 31(7) 2012), restated",
    .circuit = true,
    .fields = fields,
    .params_size = sizeof(struct nvm),
    .check = check,
    .eval = eval,
    .formula = "(request + decoder + wordline + bitlines + cells + sense + "
               "reply of a word) / width",
};
