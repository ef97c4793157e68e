/* plan.h - the quantization of every weight layer of a network */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef QUANT_PLAN_H
#define QUANT_PLAN_H

#include "conf/conf.h"
#include "conf/field.h"
#include "quant/quant.h"

/*
 * A `quant` setting is text, "apot:4/4" or the name of a quantization file, or
 * a group; see ivq-workload(5). This layer knows nothing of networks: it takes
 * the number of weight layers and their indices, in the network's order.
 */
struct quant_setting; /* plan_read.h */
struct quant_cache;

struct quant_plan {
    const char *source; /* "HAQ README", "command line", "assumption: ..." */
    /* for plan.c */
    const struct conf_env *env;
    int n_weight;
    const struct node *sources;
    bool is_override;
    struct quant_setting *setting;
    struct quant_cache *cache;
};

/*
 * Reads the network's setting `quant` (NULL: uniform:8/8, an assumption) or,
 * in its place, `override`, the text or file name of --quant (NULL: none).
 * `sources` (may be NULL) is the group of the network's file that `source`
 * refers to. Everything lives in env->arena; env must outlive the plan.
 * Returns 0, or -1 having reported.
 */
int quant_plan_load(const struct conf_env *env, struct node *quant,
                    const char *override, int n_weight,
                    const struct node *sources, struct quant_plan *plan);

/*
 * Quantization of weight layer i, 0 <= i < n_weight. `layer_quant` is the
 * layer's own setting or NULL; it comes before the network's, and after the
 * override. Each distinct spec is evaluated once in the plan's life.
 * Returns 0, or -1 having reported.
 */
int quant_plan_layer(struct quant_plan *plan, int i, struct node *layer_quant,
                     struct quant *out);

/* The scalar keys of a `quant` group, for lists of parameters. */
extern const struct field quant_fields[];

#endif
