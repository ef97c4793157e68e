/* net.h - a network as matrix-vector work and the digital work beside it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NET_NET_H
#define NET_NET_H

#include "conf/conf.h"
#include <stdint.h>
#include <stdio.h>

/* Classes of work that is no weight matrix, in operations. */
enum work {
    WORK_COMPARE,  /* max pooling: comparisons */
    WORK_ADD,      /* average pooling, residual additions */
    WORK_ACTIVATE, /* element-wise functions: ReLU, sigmoid, exp of a softmax */
    WORK_MAC,      /* products of two activations: attention, gates, layer
                      normalisation */
    WORK_SCALE,    /* products with a constant: batch normalisation that no
                      layer takes in */
    WORK_N
};

struct shape {
    int c, h, w; /* channels, height, width; a sequence is c x length x 1 */
};

struct window {
    int kh, kw, stride_h, stride_w, pad_h, pad_w, dil_h, dil_w;
};

/* Which row of the table of layer types a layer is (net/layer_types). */
struct layer_type;

struct trained; /* net/trained.h */
struct args;    /* net/layer_types.h */

/*
 * One layer. A weight layer (groups > 0) is `groups` matrices of rows x
 * columns (fan-in x output channels of one group) applied to `vectors` input
 * vectors per inference.
 */
struct layer {
    const char *name; /* "layer1.0.conv1" */
    const struct layer_type *type;
    struct args *arg; /* the keys of its type, its own copy */
    struct place at; /* where the workload file writes it */
    int n_in;
    const int *in;         /* producers, indices below this layer's;
                              -1: the network's input */
    const struct shape *view; /* the inputs as it sees them, or NULL: as
                                 their producers give them out */
    struct shape in_shape; /* of the first producer */
    struct shape out;
    struct window win;         /* convolutions and pools, else all ones */
    int groups, rows, columns; /* 0 if the layer has no weight matrix */
    int64_t vectors;
    int64_t macs;         /* exact, of weight matrices and of products
                             of two activations */
    int64_t params;       /* exact, as the network's source counts */
    double work[WORK_N];  /* per inference */
    double lead;          /* share of the producers' outputs that must
                             exist before the first output: 0..1 */
    bool recurrent;       /* its input is not `in` (which says when it
                             may start) but its own output one step
                             earlier: vectors follow one another */
    int64_t in_values;    /* values read from all producers */
    int64_t out_values;   /* values produced */
    int64_t fetched;      /* of them, looked up in a table outside the chip */
    struct node *quant;   /* the layer's own `quant` setting or NULL */
    const int64_t *codes; /* rows x columns weights in units of the
                             smallest bit, row-major; NULL if none */
    const struct trained *trained; /* as a file has them, or NULL */
    bool stored;          /* they are codes already, as `codes` */
    struct node *statistics; /* of weights that were left out: the first of
                             its groups in that file, one a scheme, or NULL */
    int n_statistics;        /* how many they are, at most 4 */
};

/* How weights become codes, as the workload file says. */
struct net_weights {
    const char *folder; /* or file; "": none */
    int clip;           /* enum clip of quant/quant.h */
    double percentile;
    int scale; /* 0: one a layer, 1: one a column */
    bool fold; /* batch normalisation and factors of channels go into them */
};

struct net {
    const char *name;    /* "ResNet-18" */
    const char *source;  /* where its shapes come from */
    const char *dataset; /* "ImageNet" */
    struct shape input;
    int n;
    struct layer *layer;  /* in topological order */
    int n_weight;         /* layers with a weight matrix */
    int64_t macs, params; /* sums */
    struct node *quant;   /* the network's `quant` setting or NULL */
    struct node *sources; /* its `sources` group or NULL */
    double input_density; /* share of ones among input bits, 0..1 */
    struct net_weights weights;
    const char *statistics; /* file that stands for weights left out; "":
                               none */
    int max_input_bits;   /* that an activation has, whatever `quant` says */
};

/*
 * Reads a workload file (see ivq-workload(5)): conf_load, repeats expanded,
 * shapes inferred, edges resolved, counts filled. The end of the name says if
 * it is of another format: formats[] of load.c. `input`, "1,3,224,224" or NULL,
 * is the size of an ONNX file's input. Memory from env->arena. Returns 0, or -1
 * having reported.
 */
int net_load(const struct conf_env *env, const char *name, const char *input,
             struct net *net);

/*
 * Writes a network as a workload file, one layer after another without groups:
 * read again it has the same layers, and is written as the same bytes. Weights
 * stay where net->weights.folder says. `scratch` is for its own use. Returns 0,
 * or -1 if the stream has failed.
 */
int net_write(FILE *out, const struct net *net, struct arena *scratch);

const char *layer_type_name(const struct layer *layer); /* "conv" */

#endif
