/* dataflow.h - a layer as a nest of loops, the accelerator that runs it, and
 * what a dataflow makes of both */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MACHINE_SPATIAL_DATAFLOW_H
#define MACHINE_SPATIAL_DATAFLOW_H

#include <stdbool.h>
#include <stdint.h>

enum operand { INPUT, WEIGHT, OUTPUT, OPERANDS };
enum direction { READ, WRITTEN, DIRECTIONS };

/*
 * One layer: `groups` times the nest
 *     for batch, oc, ic, oh, ow, kh, kw: out[b][oc][oh][ow] += in x weight.
 * A fully connected layer has oh = vectors, ow = kh = kw = 1. A product of two
 * activations has batch 1 and a group for each head and input. Whole numbers,
 * none 0.
 */
struct loops {
    double groups;
    double batch;
    double ic, oc; /* of one group */
    double oh, ow, kh, kw;
    double ih, iw; /* of the input, without padding */
    double stride_h, stride_w;
    double steps;       /* such nests one after the other (recurrent), else 1 */
    bool first;         /* reads the network's input */
    bool unrolled;      /* kernel positions lie beside input channels (im2col);
                           input elements then are repeated in memory */
    bool products;      /* "weights" are activations */
    bool resident[OPERANDS]; /* kept on the chip: never over the link */
    int bits[OPERANDS]; /* as memory and buffers hold them; OUTPUT: of a
                           finished result */
    int sum_bits;       /* of a partial sum */
    double lanes;       /* products that one MAC of a unit makes in a step, of
                           successive input channels; fused operands: > 1 */
    double step_cycles; /* cycles of a step; serial operands, passes: > 1; a
                           mean over a mixture of widths */
};

/* How operands narrower than the array's take less time. */
enum narrow {
    NARROW_NONE,          /* they do not */
    NARROW_FUSED,         /* (widest / input) x (widest / weight) products in
                             the place of one, powers of two */
    NARROW_SERIAL_WEIGHT, /* a cycle a weight bit */
    NARROW_SERIAL         /* a cycle for each pair of bits */
};
enum wider { WIDER_ERROR, WIDER_PASSES };
enum unroll { UNROLL_NEVER, UNROLL_FIRST, UNROLL_ALWAYS };

struct array {
    int rows, columns;  /* units */
    int macs;           /* of a unit, of successive input channels */
    double clock_Hz;
    int input_bits, weight_bits; /* widest operands of one step */
    int smallest_bits;           /* narrowest that saves anything */
    int output_bits;             /* of a result in memory; 0: as the layers
                                    that read it take it */
    int sum_bits;                /* of a partial sum */
    int narrow, wider, unroll;   /* enum narrow, enum wider, enum unroll */
    double store_bits[OPERANDS]; /* a unit's local store: of inputs, weights,
                                    partial sums; 0: a pipeline register */
    double bus_bits[OPERANDS];   /* a cycle from buffers to units (OUTPUT:
                                    either way); 0: never the limit */
    bool keep_sums;              /* sums stay in the units over all input
                                    channels where the store has room */
    double pass_cycles;          /* besides, for every filling of the array */
    double layer_cycles;         /* besides, for every layer */
};

struct buffers {
    double bits[OPERANDS]; /* capacities; 0: the operand has none of its own */
    double unified_bits;   /* of one buffer for all that have none of their
                              own */
    double bank_bits;      /* an operand takes whole banks; 0: any share */
    bool twice;            /* double-buffered: half is filled while half is
                              worked from */
};

enum keeps { KEEPS_NOTHING, KEEPS_WEIGHTS, KEEPS_MAPS, KEEPS_ALL };

struct memory {
    double width_bits;      /* a cycle of the array's clock; or */
    double bandwidth_bit_s; /* a second */
    double latency_cycles;  /* before the first bit of a layer */
    int keeps;              /* what stays on the chip between layers */
    bool fills_first;       /* all that a buffer will hold comes before the
                               array begins; else one tile of it */
    bool reads_sums;        /* sums are read from memory even where they begin
                               (with biases or zeros) */
    double map_ratio;       /* bits of maps in memory / bits of their values:
                               compression */
};

struct accelerator {
    struct array array;
    struct buffers buffers;
    struct memory memory;
};

/* What the buffers hold at a time: a part of the nest of one group; kernels
 * are whole. Edge tiles are smaller. */
struct tile {
    double batch, oc, ic, oh, ow;
};

/* What the array does for a layer, all groups, steps and tiles together. */
struct activity {
    double cycles;      /* the array's, with its fillings, without memory and
                           without layer_cycles */
    double unit_cycles; /* units at work, summed over the cycles */
    double passes;      /* fillings of the array */
    double store_bits[DIRECTIONS];            /* in the units' local stores */
    double network_bits;                      /* from unit to unit */
    double buffer_bits[OPERANDS][DIRECTIONS]; /* between buffers and array */
    /* map() leaves these alone but where the dataflow counts_link: */
    double memory_bits[OPERANDS][DIRECTIONS]; /* over the link */
    double fill_bits[OPERANDS][DIRECTIONS];   /* WRITTEN into buffers from
                                                 memory, READ for it */
    double wait_cycles;                       /* that the link costs */
    double first_cycles; /* of these: before the array begins */
};

/*
 * A dataflow is one const object in a file of its own, dataflow_NAME, listed
 * in dataflow.c. Pure functions.
 */
struct dataflow {
    const char *name;
    const char *text;
    const char *source;
    /* edge tiles are padded: they take the time and place of whole ones */
    bool whole_tiles;
    /* -1 with the reason in why[size]: not on this accelerator; may be NULL */
    int (*check)(const struct accelerator *x, char *why, int size);
    /* the smallest useful tile: others are power-of-two multiples, up to the
     * layer's size; NULL: all ones */
    void (*grain)(const struct accelerator *x, const struct loops *l,
                  struct tile *out);
    /* bits of one tile in a buffer, with the padding that the array wants;
     * NULL: what it needs without any (tile_bits) */
    double (*place)(const struct accelerator *x, const struct loops *l,
                    const struct tile *tile, enum operand operand);
    /* the array's cycles for a layer cut into such tiles, as map() has them;
     * the search asks for these alone */
    double (*cycles)(const struct accelerator *x, const struct loops *l,
                     const struct tile *tile);
    /* Fills *out, which is zero, for a layer cut into such tiles. */
    void (*map)(const struct accelerator *x, const struct loops *l,
                const struct tile *tile, struct activity *out);
    /* Common code chooses tiles and counts the link's bits and waits. Unless
     * the dataflow has its own way with buffers and memory: then tile is the
     * whole layer, and map() fills memory_bits, fill_bits and
     * wait_cycles. */
    bool counts_link;
};

extern const struct dataflow *const dataflows[]; /* NULL at the end */
const struct dataflow *dataflow_find(const char *name);

/* ---- for dataflows ---- */

/* ceil(x), 0 <= x < 2^62, where a call of ceil() would be too slow */
static inline double whole_above(double x)
{
    double below = (double)(int64_t)x;
    return below < x ? below + 1 : below;
}

/* floor(x), likewise */
static inline double whole_below(double x)
{
    return (double)(int64_t)x;
}

static inline double smaller(double a, double b)
{
    return a < b ? a : b;
}

static inline double larger(double a, double b)
{
    return a > b ? a : b;
}

static inline double loop_tiles(double n, double tile)
{
    return whole_above(n / tile);
}

/* Sum over the tiles of a loop of ceil(tile / step); all tiles whole if so. */
double loop_steps(double n, double tile, double step, bool whole);

/* Sum over the tiles of their sizes: n, or more where tiles are whole. */
double loop_extent(double n, double tile, bool whole);

/* Steps of a reduction over input channels and kernel, summed over the tiles
 * of the input channels, where `across` of them fit side by side. */
double loops_reduction(const struct loops *l, double ic_tile, double across,
                       bool whole);

static inline double loops_macs(const struct loops *l)
{
    return l->steps * l->groups * l->batch * l->oc * l->ic * l->oh * l->ow *
           l->kh * l->kw;
}

/* Bits of one tile of an operand, without padding. OUTPUT: as sums. */
double tile_bits(const struct loops *l, const struct tile *tile,
                 enum operand operand);

/* Bits of an operand of the whole layer, each once. OUTPUT: as results. */
double loops_bits(const struct loops *l, enum operand operand);

/* Bits that the link moves in a cycle. */
double memory_rate(const struct accelerator *x);

#endif
