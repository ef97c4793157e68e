/* plan_read.h - a quantization setting as it is written */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef QUANT_PLAN_READ_H
#define QUANT_PLAN_READ_H

#include "conf/conf.h"
#include "quant/quant.h"

/* Output channels in the ratio of the parts, each by its own scheme. */
struct quant_part {
    double ratio;
    struct place at;
    struct quant_spec spec;
};

struct quant_setting {
    struct place at;
    int n;
    struct quant_part part[GROUPS_MAX];
    int input_bits;       /* 0: not said */
    int low_input_bits;   /* DRQ, else 0 */
    double low_share;     /* DRQ */
    const int *bits;      /* one per weight layer, or NULL */
    const int *inputs;    /* activation bits per weight layer, or NULL */
    struct quant_setting *first, *last; /* of the network, or NULL */
    const char *source;   /* NULL: none given */
};

/* What reading a setting needs to know. */
struct quant_context {
    const struct conf_env *env;
    const struct node *sources;
    int n_weight;
    bool is_one_layer; /* no lists over layers, no first, no last */
};

/* Text or a group. Returns NULL having reported. */
struct quant_setting *quant_setting_read(const struct quant_context *c,
                                         struct node *node);
struct quant_setting *quant_setting_text(const struct quant_context *c,
                                         const struct place *at,
                                         const char *text);

/* quant_spec_parse() without its last step, quant_spec_check(): a group may
 * say the rest of the spec. */
int quant_spec_read(const char *text, struct quant_spec *spec, int *input_bits,
                    char *why, int size);

#endif
