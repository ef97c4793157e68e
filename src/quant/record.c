/* record.c - the statistics of a layer's weights, kept without the weights */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/record.h"
#include "conf/field.h"
#include "quant/levels.h"

#include <math.h>

enum { WHY = 200, SPEC_TEXT = 96, SAMPLE = 1024, GRID = 2048 };

/* In the order of enum clip; what is auto was decided. */
static const char *const clips[] = {"auto", "max",    "percentile",
                                    "mse",  "scheme", NULL};

/* What is written beside the scheme and the densities. */
#define MEMBER(m) offsetof(struct weight_record, m)
/* clang-format off */
static const struct field record_fields[] = {
    {"weight_clip", FIELD_CHOICE, DIM_NONE, MEMBER(rule.clip), 0, 0, "max",
     clips, "how the largest level was found"},
    {"weight_percentile", FIELD_REAL, DIM_NONE, MEMBER(rule.percentile),
     1, 100, "99.9", NULL, "of the clip 'percentile'"},
    {"per_column", FIELD_FLAG, DIM_NONE, MEMBER(rule.per_column), 0, 1,
     "false", NULL, "whether each column had a scale of its own"},
    {"share", FIELD_REAL, DIM_NONE, MEMBER(share), 0, 1, "1", NULL,
     "of the layer's output channels"},
    {"rows", FIELD_REAL, DIM_NONE, MEMBER(rows), 0, 1e15, NULL, NULL,
     "rows with a weight that is not zero, over all groups"},
    {"columns", FIELD_REAL, DIM_NONE, MEMBER(columns), 0, 1e15, NULL, NULL,
     "columns, likewise"},
    {"live", FIELD_REAL, DIM_NONE, MEMBER(live), 0, 1, NULL, NULL,
     "share of the weights in such rows and columns"},
    {"max", FIELD_REAL, DIM_NONE, MEMBER(max), 0, 1e38, NULL, NULL,
     "largest magnitude of a weight"},
    {"clip", FIELD_REAL, DIM_NONE, MEMBER(clip), 0, 1e38, NULL, NULL,
     "weight of the largest level"},
    {"rms", FIELD_REAL, DIM_NONE, MEMBER(rms), 0, 1e38, NULL, NULL,
     "root mean square of the live weights, in units of clip"},
    {"mean_abs", FIELD_REAL, DIM_NONE, MEMBER(mean_abs), 0, 1e38, NULL, NULL,
     "their mean magnitude, in units of clip"},
    {0}
};
/* clang-format on */

/* The weight of the largest level in units of the smallest bit. */
static double top_of(const struct quantizer *q)
{
    return 0.5 * (q->half_top - q->half_centre);
}

void record_fill(struct weight_record *r, const struct quantizer *q,
                 const struct weights *w, const float *scale,
                 const struct clip_rule *rule, const struct weight_stats *s)
{
    size_t n = (size_t)w->groups * (size_t)w->columns;
    r->spec = *q->spec;
    r->rule = *rule;
    r->max = weights_largest(w->value, weights_count(w));
    r->clip = 0;
    for (size_t i = 0; i < n; i++)
        if (scale[i] > 0)
            r->clip = fmax(r->clip, top_of(q) / (double)scale[i]);
    r->rms = s->rms / top_of(q);
    r->mean_abs = s->mean_abs / top_of(q);
    r->rows = (double)s->live_rows;
    r->columns = (double)s->live_columns;
    r->live = s->live;
}

/* ---- whether a record holds, and what it says of another scheme ---- */

static bool equal(double a, double b)
{
    return !(a < b || a > b);
}

static bool same_levels(const struct quant_spec *a, const struct quant_spec *b)
{
    return a->scheme == b->scheme && a->bits == b->bits &&
           a->terms == b->terms && a->roll_bits == b->roll_bits &&
           a->delta == b->delta && equal(a->clip, b->clip);
}

/* A spec may bring its own clip. */
static enum clip clip_of(const struct quant_spec *spec,
                         const struct clip_rule *rule)
{
    return spec->clip > 0 ? CLIP_SCHEME : quant_clip_rule(spec, rule).clip;
}

static bool same_rule(const struct weight_record *r,
                      const struct quant_spec *spec,
                      const struct clip_rule *rule)
{
    enum clip clip = clip_of(spec, rule);
    return clip == clip_of(&r->spec, &r->rule) &&
           rule->per_column == r->rule.per_column &&
           (clip != CLIP_PERCENTILE ||
            equal(rule->percentile, r->rule.percentile));
}

bool record_is_of(const struct weight_record *r, const struct quant_spec *spec,
                  const struct clip_rule *rule)
{
    return same_levels(&r->spec, spec) && same_rule(r, spec, rule);
}

/*
 * Weights with the record's moments, in units of its clip: quantiles of the
 * live part's distribution, which ends at the largest weight, signs in turn,
 * and zeros. A percentile or the least squared error can be asked of them, the
 * largest weight cannot.
 */
static struct weights sample_of(const struct weight_record *r, struct arena *a)
{
    double shape = weight_shape(r->mean_abs / r->rms), sum[GRID + 1] = {0};
    double top = r->max / r->clip, width = r->rms * dist_width(shape);
    float *value = arena_array(a, SAMPLE, sizeof *value);
    int live = (int)ceil(SAMPLE * r->live), i = 0;
    double x[GRID + 1] = {0};
    for (int g = 1; g <= GRID; g++) { /* densest where the peak may be */
        x[g] = top * pow((double)g / GRID, 3);
        double density = exp(-pow(fmin(x[g] / width, 1e30), shape));
        sum[g] = sum[g - 1] + (x[g] - x[g - 1]) * density;
    }
    for (int k = 0; k < live; k++) {
        while (i + 1 < GRID && sum[i + 1] * live < (k + 0.5) * sum[GRID])
            i++;
        value[k] = (float)(k % 2 ? -x[i + 1] : x[i + 1]);
    }
    return (struct weights){1, SAMPLE, 1, value, NULL};
}

/* Units of the smallest bit in what was the clip; 0: unknown. */
static double scale_of(const struct weight_record *r, const struct quantizer *q,
                       const struct clip_rule *rule, struct arena *a)
{
    struct clip_rule now = quant_clip_rule(q->spec, rule);
    enum clip clip = clip_of(q->spec, rule);
    bool by_weights = clip == CLIP_LARGEST || clip == CLIP_PERCENTILE;
    float scale;
    if (same_rule(r, q->spec, rule) &&
        (by_weights || same_levels(&r->spec, q->spec)))
        return top_of(q);
    if (rule->per_column || r->rule.per_column)
        return 0;
    if (clip == CLIP_LARGEST)
        return top_of(q) * r->clip / r->max;
    struct weights w = sample_of(r, a);
    quantizer_scale(q, &w, &now, a, &scale);
    return (double)scale;
}

int record_moments(const struct weight_record *r, const struct quantizer *q,
                   const struct clip_rule *rule, struct arena *a,
                   struct weight_stats *out)
{
    *out = (struct weight_stats){.live = r->live,
                                 .live_rows = (int64_t)r->rows,
                                 .live_columns = (int64_t)r->columns};
    if (!(r->rms > 0))
        return 0; /* all weights are zero */
    double scale = scale_of(r, q, rule, a);
    if (!(scale > 0))
        return -1;
    out->rms = r->rms * scale;
    out->mean_abs = r->mean_abs * scale;
    out->shape = weight_shape(r->mean_abs / r->rms);
    return 0;
}

/* ---- as text ---- */

static int read_scheme(struct node *group, struct weight_record *r,
                       struct msgs *msgs)
{
    const char *text = NULL;
    char why[WHY];
    int bits = 0;
    if (node_text(group, "scheme", &text, msgs))
        return -1;
    if (!text)
        return msg_error(msgs, &group->at, "'scheme' is missing: \"apot:4\"");
    if (quant_spec_parse(text, &r->spec, &bits, why, sizeof why))
        return msg_error(msgs, &node_get(group, "scheme")->at, "%s", why);
    return 0;
}

static int read_density(struct node *group, struct weight_record *r,
                        struct msgs *msgs)
{
    const struct node *list = node_get(group, "density");
    if (!list || list->kind != NODE_LIST || node_count(list) > PLANES_MAX)
        return msg_error(msgs, list ? &list->at : &group->at,
                         "'density' must be a list of shares, plane 0 first");
    for (const struct node *e = list->child; e; e = e->next) {
        if ((e->kind != NODE_REAL && e->kind != NODE_INT) || e->real < 0 ||
            e->real > 1)
            return msg_error(msgs, &e->at,
                             "density: number %d is no share from 0 to 1",
                             r->n + 1);
        r->density[r->n++] = e->real;
    }
    return 0;
}

int record_read(struct node *group, struct arena *a, struct msgs *msgs,
                struct weight_record *out)
{
    struct bound bound = {.path = "", .fields = record_fields, .data = out};
    *out = (struct weight_record){.n = 0};
    if (read_scheme(group, out, msgs) || read_density(group, out, msgs) ||
        field_read(&bound, group, NULL, group->at, a, msgs))
        return -1;
    if (out->rms > 0 && !(out->live > 0 && out->clip > 0 && out->max > 0))
        return msg_error(msgs, &group->at,
                         "rms is above 0, but live, clip or max is not");
    if (out->mean_abs > out->rms * (1 + 1e-6)) /* they are rounded */
        return msg_error(msgs, &group->at, "mean_abs is above rms");
    return 0;
}

/* Seven digits tell more than the moments of a sample do. */
void record_write(struct conf_pen *pen, const char *layer,
                  const struct weight_record *r, const char *after)
{
    char text[SPEC_TEXT];
    pen_word(pen, "{ layer = %s;", conf_quoted(pen->arena, layer));
    pen_word(pen, "scheme = \"%s\";",
             quant_spec_print(&r->spec, text, sizeof text));
    for (const struct field *f = record_fields; f->name; f++)
        if (f->kind == FIELD_REAL && !f->def)
            pen_word(pen, "%s = %.7g;", f->name, field_get(f, r));
        else
            field_write(pen, f, r);
    pen_word(pen, "density = ("); /* an array is of one type */
    for (int i = 0; i < r->n; i++)
        pen_word(pen, "%.7g%s", r->density[i], i + 1 < r->n ? "," : "");
    pen_word(pen, "); }%s", after);
    pen_line(pen);
}
