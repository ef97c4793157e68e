/* layer_types.h - what a type of layer is: its keys and its shape rule */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NET_LAYER_TYPES_H
#define NET_LAYER_TYPES_H

#include "conf/field.h"
#include "net/count.h"
#include "net/net.h"

/*
 * The keys of all types together; each type's fields fill the members it has.
 */
struct args {
    int out;            /* output channels, features or cells */
    int groups, factor; /* convolution and shuffle; dwconv and upsample */
    bool bias, tied;    /* tied: the weights are another layer's parameters */
    int norm, act;      /* enum norm, index into act_names */
    int apply;          /* enum apply */
    bool ceil;          /* pools: the last window may hang over the edge */
    int heads;
    bool transpose;
    int count, at, axis; /* slice, token; enum axis */
    int stride;          /* shortcut */
    int project;         /* lstm: outputs after projection, 0: none */
    int cell, direction; /* lstm, gru, rnn: enum cell, enum direction */
    bool recurrent_bias; /* their recurrent matrix adds constants as well */
    struct window win;   /* kernel 0: the whole map */
    bool same;           /* pad = "same" */
    int more_h, more_w;  /* padding at the far side beyond that at the near */
    int size_h, size_w;  /* deconv: the output, 0: as its window makes it */
    int kind;            /* reduce: enum work; resize: enum resize */
    struct shape shape;  /* of the output where it is given; c = 0: it is not */
    int batch;           /* maps that the layer is applied to apart; 0 is 1 */
    double lead;         /* of the layer, 0: as its window says */
};

enum norm { NORM_NONE, NORM_BATCH, NORM_LAYER };
enum apply { APPLY_AUTO, APPLY_POSITION, APPLY_MAP };
enum axis { AXIS_CHANNELS, AXIS_POSITIONS };
enum resize { RESIZE_NEAREST, RESIZE_LINEAR, RESIZE_CUBIC };
/* Whether a file says the shape of the output. */
enum given { GIVEN_NOT, GIVEN_MAY, GIVEN_MUST };

extern const char *const norm_names[], *const direction_names[];
extern const char *const work_names[]; /* of enum work, as keys */

/* One layer on its way: where its rule reads and writes. */
struct infer {
    const struct args *arg;
    const struct shape *in; /* of the producers, l->n_in of them */
    struct layer *l;        /* name, at, in, in_shape, win: set before */
    struct msgs *msgs;
};

struct build; /* net/expand.h */
struct item;  /* net/item.h */
struct scope;

/*
 * A type is one const object in a type_*.c file, listed in layer_types.c. The
 * rule fills shape, matrix and counts; counts that do not fit become TOO_MANY
 * and are reported by its caller. -1 if it has reported.
 */
struct layer_type {
    const char *name;
    const char *text;           /* one line */
    const struct field *fields; /* into struct args */
    bool has_window;            /* kernel, stride, pad, dilation as well */
    bool has_size;              /* size as well: of the output of a window */
    bool has_codes;             /* a weight matrix: codes as well */
    enum given shape;           /* shape as well */
    int in_min, in_max;         /* producers */
    int (*infer)(struct infer *x);
    /* a type that makes several layers (lstm); NULL: one, by infer. Returns
     * the index of the last, -1 if it has reported. */
    int (*expand)(struct build *b, const struct item *item,
                  const struct scope *scope, int producer);
};

extern const struct layer_type *const layer_types[]; /* NULL at the end */
const struct layer_type *layer_type_find(const char *name);

/* The key of that name, or NULL. */
const struct field *layer_type_field(const struct layer_type *type,
                                     const char *name);

/* Reports and returns -1. */
int infer_error(struct infer *x, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static inline int64_t shape_positions(const struct shape *s)
{
    return count_mul(s->h, s->w);
}

static inline int64_t shape_values(const struct shape *s)
{
    return count_mul(s->c, shape_positions(s));
}

/* Share of the input needed where each position stands for itself. */
static inline double lead_element(const struct shape *in)
{
    return 1 / ((double)in->h * in->w);
}

/*
 * Makes the layer `groups` matrices of rows x columns on `vectors` vectors:
 * MACs, parameters (with bias and batch normalisation as the args say, none
 * if tied) and the activation function on l->out, which must be set.
 */
int infer_matrix(struct infer *x, int groups, int64_t rows, int columns,
                 int64_t vectors);

/* window.c: completes l->win (whole map, "same"), sets l->out.h, .w and
 * l->lead. -1 having reported. */
int infer_window(struct infer *x);

#endif
