/* from_onnx.h - an ONNX graph on its way to layers */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NET_FROM_ONNX_H
#define NET_FROM_ONNX_H

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
    const struct value *scale, *zero; /* of integers (DequantizeLinear) */
    const double *number; /* contents of a small constant, or NULL */
    bool whole_type;      /* they are integers: division drops the rest */
};

struct from_onnx {
    const struct conf_env *env;
    struct build build;
    struct item item; /* what layers are built from: place and view */
    const Onnx__GraphProto *graph;
    int opset;
    struct value *value;
    int n_value;
    struct names names; /* of values */
    bool *fused;        /* nodes that another one stands for */
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
};

/* What is done with a node of a type. -1 having reported. */
struct op_rule {
    const char *type;
    int (*make)(struct op *o, const struct op_rule *rule);
    int a, b; /* as `make` says: an enum work, an input */
};

/* ---- from_onnx.c ---- */
int op_error(const struct op *o, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void op_warn(const struct op *o, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct value *value_find(struct from_onnx *m, const char *name);
int64_t value_count(const struct value *v);
/* A number of a small constant as an integer, far from overflow. */
int64_t number_whole(double x);

/* ---- from_onnx_op.c: what all rules use ---- */
int64_t op_int(const struct op *o, const char *name, int64_t missing);
double op_float(const struct op *o, const char *name, double missing);
const char *op_text(const struct op *o, const char *name, const char *missing);
/* Attribute or, since a later version, input number `at`; n = -1: neither. */
struct list {
    int n;
    int64_t item[RANK_MAX];
};
struct list op_list(const struct op *o, const char *name, int at);
bool is_activation(const struct value *v);
/* An axis counted from the end if negative; -1 having reported. */
int op_axis(const struct op *o, int64_t axis, int rank);
void set_dims(struct value *out, int rank, const int64_t *dim, int channel);
/* out becomes in under another name, its dimensions too. */
void op_alias(struct value *out, const struct value *in);
/* The value as channels x positions; reports what does not fit. */
int op_shape(const struct op *o, const struct value *v, struct shape *s);
/*
 * Adds a layer that reads in[0..n_in-1] seen as view[], and makes it the
 * producer of the node's first output. NULL having reported.
 */
struct layer *op_layer(struct op *o, const struct layer_type *type,
                       const struct args *arg, int n_in,
                       struct value *const *in, const struct shape *view);
/* A layer whose output has the shape of the node's first output. */
struct layer *op_given(struct op *o, const struct layer_type *type,
                       struct args arg, int n_in, struct value *const *in);
/* Says a flag or a choice of a layer that its type has and that is not said
 * yet, so that what the caller counts follows from its keys. */
bool op_mark(struct layer *l, const char *key, int value);
/* The layer that may take the node in, since nobody else reads it; or NULL. */
struct layer *op_absorber(const struct op *o, const struct value *in);

/* from_onnx_matrix.c: windows over maps, for convolutions and pools. Kernel,
 * stride, dilation and padding of n directions into arg. */
int op_window(const struct op *o, int n, const int64_t *in,
              const int64_t *kernel, struct args *arg);
/* One map of N x C x H x W or N x C x L, and a layer on each of them. */
int op_map(const struct op *o, const struct value *x, struct shape *s);
int op_map_layer(struct op *o, const struct layer_type *type,
                 const struct args *arg, const struct shape *s,
                 struct layer **made);

/* ---- the rules, by files; NULL at the end ---- */
extern const struct op_rule matrix_rules[], element_rules[], view_rules[],
    map_rules[];

/* from_onnx_element.c: all numbers of a constant, NULL if they are unknown */
const double *numbers_of(struct op *o, const struct value *v);
/* A factor of the weights of l: s for all of them, or one for each of n
 * channels; what is divided by zero is left alone. */
void scale_weights(struct op *o, struct layer *l, const double *s, int64_t n,
                   bool divide);

/* from_onnx_map.c: a Gather from a constant by computed indices */
int make_embedding(struct op *o);

/* Computes with small constants; 1: done, 0: it is no such node. */
int op_fold(struct op *o);
void keep_numbers(struct op *o);

/* from_onnx_match.c: activation functions and normalisation that a file writes
 * as several nodes become one. */
void match_patterns(struct from_onnx *m);

/* Input and layers of a network whose other members are set; `input`, of
 * net_load(). */
int from_onnx(const struct conf_env *env, const char *path, const char *input,
              struct net *net);

#endif
