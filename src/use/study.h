/* study.h - one network on one machine, and what is said about it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef USE_STUDY_H
#define USE_STUDY_H

#include "est/est.h"
#include "quant/plan.h"
#include <stdio.h>

/* What is loaded; members are NULL until then. */
struct study {
    const struct machine_type *type; /* of the technology */
    void *machine;
    struct identity tech;
    const char *input_shape; /* of ONNX files: "1,3,224,224" or NULL */
    struct net *net;
    struct quant *quant; /* a layer each */
    enum weights_as weights; /* asked for */
    struct quant_plan plan;
    struct run run;
    struct estimate est;
    bool mapped, estimated;
};

/*
 * Loads a technology, or a network with its quantization (`quant` replaces the
 * network's own; NULL: leave it), into s. env's arena and, of a network, env
 * itself must live as long as s. 0, or -1 having reported.
 */
int study_tech(struct study *s, const struct conf_env *env, const char *name);
int study_network(struct study *s, const struct conf_env *env,
                  const char *name, const char *quant);

/* Maps the network unless s->mapped, with memory from `a` that lives as long
 * as the results, schedules and sums. 0, or -1 having reported. */
int study_estimate(struct study *s, struct arena *a, struct msgs *msgs);

/* Every writer returns 0, or -1 if the stream fails. */
int report_write(FILE *out, const struct study *s, struct arena *a);
int report_layers(FILE *out, const struct study *s, struct arena *a);
int report_components(FILE *out, const struct study *s, struct arena *a);
int report_planes(FILE *out, const struct study *s, struct arena *a);
int report_network(FILE *out, const struct study *s);

/* The chain behind a figure. */
int explain_write(FILE *out, const struct study *s, const struct metric *m);

/*
 * The network as a workload file that refers to `statistics` (NULL: none) and
 * has `quant` for its own quantization (NULL: leave it); scratch from `a`. The
 * statistics: for each layer with known weights a record of each scheme.
 * import_weighted: how many layers have them.
 */
int import_network(FILE *out, const struct study *s, const char *quant,
                   const char *statistics, struct arena *a);
int import_statistics(FILE *out, const struct study *s, struct arena *a);
int import_weighted(const struct study *s);

int list_params(FILE *out, const struct study *s);
int list_models(FILE *out);
int list_schemes(FILE *out);
int list_layers(FILE *out);
int list_metrics(FILE *out);

#endif
