/* roofline.h - processors known by peak, bandwidth and launch time: GPUs */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MACHINE_ROOFLINE_ROOFLINE_H
#define MACHINE_ROOFLINE_ROOFLINE_H

#include "hw/part.h"
#include "machine/machine.h"

extern const struct machine_type machine_roofline;

/* Narrowest first, so that the first that holds an operand is taken. */
enum precision { INT4, INT8, FP16, TF32, FP32, PRECISIONS };

/* What a layer is to a processor; each class has an efficiency of its own. */
enum layer_class {
    CLASS_DENSE,     /* convolution, one group, a window */
    CLASS_POINTWISE, /* convolution, one group, 1 x 1 */
    CLASS_GROUPED,   /* depthwise or grouped convolution */
    CLASS_PRODUCT,   /* fully connected, product of two activations */
    CLASSES,
    CLASS_MEMORY = CLASSES /* no matrix: only moves and combines values */
};

/* Which units make the products: cores have fp32, matrix units the rest. */
enum units { UNITS_CORES, UNITS_MATRIX, UNITS };

/* Group `device`. */
struct device {
    int sms;
    double clock_Hz;
    double ops[PRECISIONS]; /* of an SM a cycle, 2 a MAC; 0: it cannot */
    double bandwidth_bit_s, memory_bits, cache_bits;
    double units_draw; /* of its dynamic power; the memory has the rest */
    double power_limit_W; /* the clock falls until it is met; 0: none */
    double engines; /* beside the SMs, for inputs of their own: their rate over
                       that of the SMs */
};

/* Groups `eager` and `engine`: the software between network and device. */
struct stack {
    double launch_s;    /* from one kernel to the next, at least */
    double fill_cycles; /* of a kernel before and after its SMs are at work */
    double step_cycles; /* of a block of threads, a bit of an operand's depth */
    bool fused;         /* element-wise layers are part of their producer */
    double share[UNITS][CLASSES]; /* of the peak that is reached */
    double winograd;    /* gain of a fast algorithm, 3 x 3 at stride 1, fp32 */
    double memory;      /* of the bandwidth that is reached */
};
enum { STACK_EAGER, STACK_ENGINE, STACKS };

/* Group `schedule`. */
struct roofline_rule {
    int stack, precision; /* precision - 1: enum precision; 0: auto */
    int batch;
};

/* A layer as work for a processor, per input of the batch. */
struct job {
    enum layer_class class;
    enum precision precision;
    double steps;       /* kernels that wait for one another: recurrence */
    double ops;         /* 2 per MAC, of a step; of the fast algorithm's */
    double depth_bits;  /* operand bits that make an output */
    double weight_bits; /* read in every step, once a batch */
    double value_bits;  /* read and written in a step */
    double kernels;     /* of a step: 0 if it is part of another */
    double after;       /* kernels of normalisation and function behind it */
    double after_bits;  /* that one of them reads and writes */
};

/* Whether it is known how many kernels a layer of that type is: every type
 * without a matrix of weights or of activations must be. */
bool roofline_knows(const char *type);

/* What a layer is on a device; q->n == 0 for layers without weights. `before`
 * is the precision of the values that reach it. */
void job_of_layer(const struct layer *l, const struct quant *q,
                   const struct device *d, const struct roofline_rule *rule,
                   const struct stack *s, enum precision before,
                   struct job *out);

extern const double precision_bits[PRECISIONS]; /* of a stored value */

/* Times of a layer, of the whole batch. */
struct layer_time {
    double total_s;
    double units_s;    /* that the units need at the peak they reach */
    double memory_s;   /* that the memory needs at the bandwidth it reaches */
    const char *limit; /* what sets the longest kernel */
};
struct layer_time roofline_time(const struct job *w, const struct device *d,
                                const struct stack *s, int batch);

#endif
