/* record.h - the statistics of a layer's weights, kept without the weights */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef QUANT_RECORD_H
#define QUANT_RECORD_H

#include "conf/print.h"
#include "quant/bits.h"

/*
 * The weights of a layer that share a scheme, as they were once quantized and
 * counted. rms and mean_abs are those of the live part, in units of `clip`,
 * the weight of the largest level (with a scale for each column: of each
 * column's own; `clip` is then the largest of them).
 */
struct weight_record {
    struct quant_spec spec;
    struct clip_rule rule; /* never CLIP_AUTO */
    double share; /* of the layer's output channels */
    double max; /* largest |w| */
    double clip, rms, mean_abs;
    double rows, columns; /* live ones, over all groups */
    double live;          /* share of the weights in both */
    int n;                /* planes, */
    double density[PLANES_MAX]; /* as counted */
};

/* Moments and scales of weights that were just quantized, as weight_stats()
 * has them; densities and share are the caller's. */
void record_fill(struct weight_record *r, const struct quantizer *q,
                 const struct weights *w, const float *scale,
                 const struct clip_rule *rule, const struct weight_stats *s);

/* Whether planes of the spec, clipped so, would be those that were counted. */
bool record_is_of(const struct weight_record *r, const struct quant_spec *spec,
                  const struct clip_rule *rule);

/*
 * Moments in units of q's smallest bit, for weights clipped by `rule`; where
 * that is another one than the record's, the clip is that of a sample with its
 * moments. -1 if it would be another for each column. Scratch from `a`.
 */
int record_moments(const struct weight_record *r, const struct quantizer *q,
                   const struct clip_rule *rule, struct arena *a,
                   struct weight_stats *out);

/*
 * A group of a file of statistics but for its key `layer`; memory from `a`.
 * -1 having reported. record_write writes the group and what comes `after` it.
 */
int record_read(struct node *group, struct arena *a, struct msgs *msgs,
                struct weight_record *out);
void record_write(struct conf_pen *pen, const char *layer,
                  const struct weight_record *r, const char *after);

#endif
