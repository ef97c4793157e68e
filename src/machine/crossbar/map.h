/* map.h - one layer on crossbars: which, how many, and the actions they take
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MACHINE_CROSSBAR_MAP_H
#define MACHINE_CROSSBAR_MAP_H

#include "quant/bits.h"
#include "quant/quant.h"
#include <stdbool.h>
#include <stdint.h>

/* The crossbar as the mapper sees it. */
struct xbar {
    int rows, columns; /* cells */
    int cell_bits;     /* bits per cell */
    int dac_bits;      /* input bits per cycle */
};

/* How far the ivq style squeezes; each is described in ivq-tech(5). */
enum squeeze { SQUEEZE_L0, SQUEEZE_L1, SQUEEZE_L2, SQUEEZE_SME, SQUEEZE_L3,
               SQUEEZE_L4 };

struct forms_rule {
    int fragment; /* rows of a column that are read together */
};

struct raella_rule {
    const char *weight_slices; /* bits of a weight's columns, "4-2-2" */
    const char *speculation;   /* bits of the input slices that sums are
                                  guessed from first; "none" */
    double misses;             /* share of the guesses that saturate */
    double train;              /* mean pulses of a guess over those of bits
                                  that are alike */
};

/* Choices of the mapping, from the technology file: of all styles, then of
 * each. */
struct map_rule {
    const struct map_style *style;
    bool skip_columns; /* empty columns are not converted */

    /* fixed point: all styles but ivq */
    int weight_bits; /* of every weight */
    int input_bits;  /* of every activation */
    bool flip;       /* flip encoding, one ADC bit less */

    /* ivq */
    enum squeeze squeeze;
    int sme_degree;     /* SQUEEZE_SME: planes (slices of a multi-bit cell)
                           released, D; one of them always stays */
    bool two_arrays;    /* + and - weights in two arrays (sgn = 2) */
    bool sort_channels; /* order channels by their planes before cutting */

    struct forms_rule forms;
    struct raella_rule raella;
};

/* A layer as a matrix: `groups` matrices of rows x columns, block-diagonal. */
struct matrix {
    int groups, rows, columns; /* G, K, N; K and N of one group */
    int steps;     /* vectors of one row of outputs, next to one another, */
    int step_rows; /* and rows of each that the one before it has not */
};

/*
 * Result of mapping one layer once (no replication). Counts are per input
 * vector of the layer (all groups), as expectations where they come from
 * densities and exact where they come from weights.
 */
struct mapped {
    double crossbars;    /* expected; allocate ceil */
    double cells_used;   /* cells inside the allocated rectangles that hold a
                            bit position of a weight, zero or one */
    double ones;         /* bits of cells that are one */
    double conversions;  /* ADC conversions, all columns of each crossbar */
    double conversions_nonempty; /* the same without the empty columns */
    double buffered;     /* cascade: sums written into buffer arrays, where
                            each is read once */
    double amplified;    /* cascade: columns that TIAs read, of both arrays */
    double drives;       /* wordline drives: wordline x cycle */
    double cell_reads;   /* driven wordline x connected column x cycle */
    double shift_adds;   /* digital shift-and-add operations */
    double input_fetch;  /* bits read from the input registers */
    double index_bits;   /* stored masks, delays and row indices, bits */
    double index_reads;  /* index bits read */
    double multiplies;   /* real-scale multiplications of outputs; one common
                            scale per channel is folded away and not counted */
    int planes;          /* bit planes (ivq) or slices (bitslice) per weight */
    int input_bits;      /* of one activation as it is fed */
    int input_cycles;    /* A: cycles to feed one input vector */
    double mean_cycles;  /* the same, over a mixture of input widths */
    double feeds;        /* times that the crossbars are fed for one vector: 1,
                            less where vectors are fed together */
    int extra_cycles;    /* max D over the crossbars */
    int adc_bits;        /* resolution for a lossless conversion */
    int row_blocks;      /* partial sums per output that are added up */
};

/* A mapping style is one const object in its own file under style/. */
struct map_style {
    const char *name;   /* "bitslice", "ivq" */
    const char *text;   /* one line */
    const char *source;
    bool analog_buffer; /* sums go through TIAs into buffer arrays */
    bool by_density;    /* map() looks at the densities of planes */
    /* NULL: any rule goes. -1 with the reason in why: cannot be mapped so. */
    int (*check)(const struct map_rule *rule, const struct xbar *x, char *why,
                 int size);
    void (*map)(const struct xbar *x, const struct map_rule *rule,
                const struct matrix *m, const struct quant *q,
                struct mapped *out);
    /* Reads of a column in one cycle, each with a conversion. NULL: one. */
    int (*reads)(const struct map_rule *rule, const struct xbar *x);
    /* map(), counted from weights of the same groups, rows and columns; the
     * naive mapping pays for the planes of the quantization. Scratch from `a`.
     */
    void (*map_exact)(const struct xbar *x, const struct map_rule *rule,
                      const struct matrix *m, const struct quant *q,
                      const struct bits *weights, struct arena *a,
                      struct mapped *out);
};

extern const struct map_style *const map_styles[]; /* NULL at the end */

/* Native bit planes counted from weights. */
void map_exact(const struct xbar *x, const struct map_rule *rule,
               const struct matrix *m, const struct quant *q,
               const struct bits *weights, struct arena *a,
               struct mapped *out);

/* Mean cycles of an input vector over a mixture of input widths. */
double map_mean_cycles(const struct quant *q, int dac_bits);

#endif
