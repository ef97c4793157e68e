/* convert.h - an ONNX graph on its way to layers */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NET_ONNX_CONVERT_H
#define NET_ONNX_CONVERT_H

#include "net/expand.h"
#include "net/trained.h"
#include "onnx/tensor.h"

#define FROM_CONSTANT (-3) /* no producer: a tensor of the file */
enum { NUMBERS_MAX = 256 }; /* of a tensor that shapes are computed with */

/*
 * A tensor between nodes. Views (reshape, transpose, slice) are values of the
 * same producer with other dimensions; only layers cost anything.
 */
struct value {
    const char *name;
    int node; /* that makes it; -1: none */
    int uses; /* nodes that read it, and 1 if the graph gives it out */
    int from; /* producer: layer, FROM_INPUT, FROM_UNKNOWN, FROM_CONSTANT */
    bool whole; /* just what the layer gives out, no view of it */
    int rank;
    int64_t dim[RANK_MAX];
    int channel;                 /* which dimension the channels are */
    const struct tensor *tensor; /* of a constant whose data are in the file */
    int64_t start, step[RANK_MAX]; /* where in it: start + sum of index step */
    bool unrounded; /* as before a QuantizeLinear, which nothing follows */
    const double *number; /* contents of a small constant, or NULL */
    bool whole_type;      /* they are integers: division drops the rest */
};

struct from_onnx {
    const struct conf_env *env;
    struct build build;
    struct item item; /* what layers are built from: place and view */
    const Onnx__GraphProto *graph;
    int64_t opset;
    struct value *value;
    int n_value;
    struct names names; /* of values */
    bool *fused;        /* nodes that another one stands for */
    int64_t copied; /* numbers of constants that had to be put in order */
    int n_input;
    const int64_t *input; /* dimensions that the user gives, or NULL */
};

/* One node with its values; inputs that are left out are NULL. */
struct op {
    struct from_onnx *m;
    const Onnx__NodeProto *node;
    const char *type;
    int n_in, n_out;
    struct value **in, **out;
    const char *part; /* of a node that becomes several layers, or NULL */
};

/* What is done with a node of a type. -1 having reported. */
struct op_rule {
    const char *type;
    int (*make)(struct op *o, const struct op_rule *rule);
    int a, b; /* as `make` says: an enum work, an input */
};

/* Functions by the files that they are in. Those that return an int return -1
 * having reported, unless they say something else; all that they allocate is
 * from env->arena. */

/* ---- convert.c: the graph ---- */

/* Input and layers of a network whose other members are set; `input`, of
 * net_load(). */
int from_onnx(const struct conf_env *env, const char *path, const char *input,
              struct net *net);
/* Reports of the node; returns -1. */
int op_error(const struct op *o, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void op_warn(const struct op *o, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The value of that name, made where there is none; "" and NULL: NULL. */
struct value *value_find(struct from_onnx *m, const char *name);
/* What is done with nodes of a type; NULL: it is not known. */
const struct op_rule *op_rule_of(const char *type);

/* ---- op.c: what all rules use ---- */

/* Attributes; `missing` if there is none of that name and kind. */
int64_t op_int(const struct op *o, const char *name, int64_t missing);
double op_float(const struct op *o, const char *name, double missing);
const char *op_text(const struct op *o, const char *name, const char *missing);
/* Whether the attribute `to` of a Cast is a type of integers. */
bool op_to_whole(const struct op *o);
/* Attribute or, since a later version, input number `at` (-1: none), within
 * +-WHOLE_MAX. n = -1: neither is there; REPORTED: it is not known. */
#define WHOLE_MAX ((int64_t)1 << 52)
enum { LIST_MAX = NUMBERS_MAX, REPORTED = -2 };
struct list {
    int n;
    int64_t item[LIST_MAX];
};
struct list op_list(const struct op *o, const char *name, int at);
/* A number of a small constant as an integer, far from overflow; NaN is 0. */
int64_t number_whole(double x);
static inline int64_t bounded(int64_t x, int64_t low, int64_t high)
{
    return x < low ? low : x > high ? high : x;
}

/* Input i; NULL: it is left out. */
struct value *op_input(const struct op *o, int i);
/* Neither for an input that is left out. */
bool is_activation(const struct value *v);
static inline bool is_constant(const struct value *v)
{
    return v && v->from == FROM_CONSTANT;
}
/* How many numbers there are, in dimensions from..to-1; TOO_MANY. */
int64_t value_count(const struct value *v);
int64_t value_part(const struct value *v, int from, int to);
/* An axis, counted from the end if negative, from the beginning. */
int op_axis(const struct op *o, int64_t axis, int rank);
/* A channel beyond the last dimension is the last. */
void set_dims(struct value *out, int rank, const int64_t *dim, int channel);
/* out becomes in under another name, its dimensions too. */
void op_alias(struct value *out, const struct value *in);
/* The value as channels x positions, a map as channels x rows x columns. */
int op_shape(const struct op *o, const struct value *v, struct shape *s);

/*
 * Adds a layer that reads in[0..n_in-1] seen as view[] (NULL: as op_shape()
 * has them), and makes it the producer of the node's first output. NULL having
 * reported.
 */
struct layer *op_layer(struct op *o, const struct layer_type *type,
                       const struct args *arg, int n_in,
                       struct value *const *in, const struct shape *view);
/* A layer whose output has the shape of the node's first output. */
struct layer *op_given(struct op *o, const struct layer_type *type,
                       struct args arg, int n_in, struct value *const *in);
/* A name for the node's layer that nobody has. */
const char *op_layer_name(const struct op *o);
/* The layer that may take the node in, since nobody else reads it; or NULL. */
struct layer *op_absorber(const struct op *o, const struct value *in);
/* Says a flag or a choice of a layer that its type has and that is not said
 * yet, so that what the caller counts follows from its keys. */
void op_mark(struct layer *l, const char *key, int value);

/* ---- constant.c: numbers of the file, seen in many ways ---- */

/* Steps of a tensor that is read in its own order. */
void constant_steps(struct value *v);
/* A small constant that has numbers only becomes a tensor of them. */
void constant_open(struct op *o, struct value *v);
/* The numbers of `in` in their order, as out->dim. */
void constant_reshape(struct op *o, struct value *out, const struct value *in);
/* All numbers of a constant, NULL if they are unknown. */
const double *numbers_of(struct op *o, const struct value *v);
/* Integers that stand for (x - zero) scale, one each or one for each index of
 * the axis: v afterwards gives the latter. NULL: 1 and 0. */
int constant_dequantize(struct op *o, struct value *v,
                        const struct value *scale, const struct value *zero,
                        int64_t axis);
/* Where the matrices of a layer are: dimensions of a constant, which are
 * [from, to) of each; group: of the layer's groups, outermost. */
struct matrix_of {
    struct value *v;
    int group[2], row[2], column[2];
    int zero, scale; /* inputs that say what integers stand for; 0: none */
};
/* Gives the layer its weights; says so if they cannot be followed. */
void set_weights(struct op *o, struct layer *l, const struct matrix_of *from);
/* A factor of the weights of l: s for all of them, or one for each of n
 * channels; what is divided by zero is left alone. */
void scale_weights(struct op *o, struct layer *l, const double *s, int64_t n,
                   bool divide);

/* ---- fold.c: the arithmetic of shapes ---- */

/* Computes with small constants; 1: done, 0: it is no such node. */
int op_fold(struct op *o);
/* Keeps the numbers of small constants that a rule has looked at another way.
 */
void keep_numbers(struct op *o);

/* ---- graph.c: graphs inside a node ---- */

/* They read values of the outer graph, too. */
void count_inner_uses(struct from_onnx *m, const Onnx__NodeProto *node);

/* ---- match.c ---- */

/* Activation functions and normalisation that a file writes as several nodes
 * become one. */
void match_patterns(struct from_onnx *m);

/* ---- matrix.c: windows over maps, for convolutions and pools ---- */

/* Kernel, stride, dilation and padding of directions first and first + 1 of n
 * into arg; kernel: that of the weights, or NULL. */
int op_window(const struct op *o, int n, int first, const int64_t *in,
              const int64_t *kernel, struct args *arg);
/* Outputs along direction i of the window; 0 having reported. */
int64_t op_window_out(const struct op *o, int64_t in, const struct args *arg,
                      int i);
/* The first of three directions, of N x C x D x H x W: maps that come out, maps
 * that must have come in before the one that completes the first. */
struct depth {
    int kernel;
    int64_t out;
    double before;
};
int op_depth(const struct op *o, const struct value *x, const int64_t *kernel,
             struct depth *d);
/* One map of N x C x H x W or N x C x L, and a layer on each of them. */
int op_map(const struct op *o, const struct value *x, struct shape *s);
int op_map_layer(struct op *o, const struct layer_type *type,
                 const struct args *arg, const struct shape *s,
                 struct layer **made);

/* ---- view.c ---- */

/* out is in with other dimensions, a part, or another order; by steps: of the
 * numbers of a constant from `start` on. */
void op_view(struct value *out, const struct value *in, int rank,
             const int64_t *dim, int channel);
void op_view_by_steps(struct value *out, const struct value *in, int rank,
                      const int64_t *dim, int channel, int64_t start,
                      const int64_t *step);

/* ---- the rules, by files; a row without a type at the end ---- */

extern const struct op_rule attention_rules[], element_rules[], graph_rules[],
    index_rules[], map_rules[], matrix_rules[], norm_rules[], product_rules[],
    quantized_rules[], rnn_rules[], view_rules[];

#endif
