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
    struct net *net;
    struct quant *quant; /* a layer each */
    struct quant_plan plan;
    struct run run;
    struct estimate est;
    bool mapped, estimated;
};

/* Every writer returns 0, or -1 if the stream fails. */
int report_write(FILE *out, const struct study *s, struct arena *a);
int report_layers(FILE *out, const struct study *s, struct arena *a);
int report_components(FILE *out, const struct study *s, struct arena *a);
int report_network(FILE *out, const struct study *s);

/* The chain behind a figure. */
int explain_write(FILE *out, const struct study *s, const struct metric *m);

int list_params(FILE *out, const struct study *s);
int list_models(FILE *out);
int list_schemes(FILE *out);
int list_layers(FILE *out);
int list_metrics(FILE *out);

#endif
