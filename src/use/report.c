/* report.c - an estimate for people, 80 columns wide */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "use/study.h"

#include "out/out.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 32, BAR = 16 };

/* ---- head ---- */

static char *si(char *out, double x, enum dim dim)
{
    return quantity_format(out, TEXT, x, dim);
}

/* Counts and rates that have no unit of their own: "1.81 G". */
static char *plain(char *out, double x)
{
    if (isnan(x)) {
        snprintf(out, TEXT, "- ");
        return out;
    }
    if (x < 1 || (x < 1000 && x == floor(x))) {
        snprintf(out, TEXT, "%.3g ", x);
        return out;
    }
    return quantity_format(out, TEXT, x, DIM_NONE);
}

static void line(FILE *out, const char *label, const char *value,
                 const char *text)
{
    fprintf(out, "  %-11s %-11s %s\n", label, value, text);
}

static const char *of_chips(const struct summary *s, char *out, int size)
{
    if (isnan(s->tiles))
        snprintf(out, (size_t)size, s->chips == 1 ? "one chip" : "%.0f chips",
                 s->chips);
    else if (s->chips == 1)
        snprintf(out, (size_t)size, "one chip of %.0f tiles", s->tiles);
    else
        snprintf(out, (size_t)size, "%.0f chips of %.0f tiles", s->chips,
                 s->tiles);
    return out;
}

static void head_times(FILE *out, const struct study *s)
{
    const struct summary *e = &s->est.sum;
    char a[TEXT], b[TEXT], text[160];

    if (s->run.batch > 1)
        snprintf(text, sizeof text,
                 "of a batch of %.0f, which is worked on "
                 "together",
                 s->run.batch);
    else
        snprintf(text, sizeof text, "from the input to its result");
    line(out, "latency", si(a, e->latency_s, DIM_S), text);
    snprintf(text, sizeof text, "%s/s, set by %s (%s)",
             plain(b, e->results_per_s), s->run.limit, s->run.limit_by);
    line(out, "interval", si(a, e->interval_s, DIM_S), text);
}

static void head_energy(FILE *out, const struct study *s)
{
    const struct summary *e = &s->est.sum;
    char a[TEXT], b[TEXT + 8], c[TEXT], text[160];

    if (isnan(e->energy_J)) {
        line(out, "energy", "-", "not modelled: no source for its power");
        snprintf(b, sizeof b, "%sOPS", plain(a, e->ops_per_s));
        snprintf(text, sizeof text, "of %sOPS with everything busy",
                 plain(c, e->peak_ops_per_s));
        line(out, "performance", b, text);
        return;
    }
    snprintf(text, sizeof text, "an inference: %s of work, %s static",
             si(b, e->dynamic_J, DIM_J), si(c, e->static_J, DIM_J));
    line(out, "energy", si(a, e->energy_J, DIM_J), text);
    snprintf(text, sizeof text, "on average; %s with everything busy",
             si(b, e->peak_W, DIM_W));
    line(out, "power", si(a, e->power_W, DIM_W), text);
    snprintf(b, sizeof b, "%sOPS/W", plain(a, e->ops_per_J));
    snprintf(text, sizeof text, "%sOPS, %sOPS/mm2; 2 operations a MAC",
             plain(a, e->ops_per_s), plain(c, e->ops_per_s_m2 * 1e-6));
    line(out, "efficiency", b, text);
    snprintf(b, sizeof b, "%sOPS", plain(a, e->peak_ops_per_s));
    snprintf(text, sizeof text, "with everything busy: %sOPS/W, %sOPS/mm2",
             plain(a, e->peak_ops_per_J),
             plain(c, e->peak_ops_per_s_m2 * 1e-6));
    line(out, "peak", b, text);
}

static void head_crossbars(FILE *out, const struct study *s)
{
    const struct summary *e = &s->est.sum;
    char a[TEXT], b[TEXT], text[160];

    snprintf(a, sizeof a, "%.0f", e->crossbars_used);
    snprintf(text, sizeof text,
             "of %.0f in use; one copy is %.0f; %.0f%% of cells used",
             e->crossbars_have, e->crossbars_needed, 100 * e->used_cells);
    line(out, "crossbars", a, text);
    snprintf(a, sizeof a, "%.3g", e->conversions_per_mac);
    line(out, "conversions", a, "ADC conversions a MAC");
    snprintf(text, sizeof text, "to load the weights once: %s%s",
             si(b, e->program_J, DIM_J),
             e->rounds > 1 ? ", at every batch" : "");
    line(out, "programming", si(a, e->program_s, DIM_S), text);
    if (e->rounds > 1) {
        snprintf(a, sizeof a, "%.0f", e->rounds);
        line(out, "rounds", a, "the weights do not fit and are reloaded");
    }
}

static void head(FILE *out, const struct study *s)
{
    const struct summary *e = &s->est.sum;
    char a[TEXT], b[TEXT], text[160];

    fprintf(out, "%s on %s, %g nm\n", s->net->name, s->tech.title,
            s->tech.node_m * 1e9);
    plain(b, e->params);
    fprintf(out, "%sMACs, %s%sparameters, %.0f layer%s with weights\n\n",
            plain(a, e->macs), b, b[strlen(b) - 1] == ' ' ? "" : " ",
            e->weight_layers, e->weight_layers == 1 ? "" : "s");
    line(out, "area", isnan(e->area_m2) ? "-" : si(a, e->area_m2, DIM_M2),
         isnan(e->area_m2) ? "not published" : of_chips(e, text, sizeof text));
    head_times(out, s);
    head_energy(out, s);
    if (s->run.crossbars_have > 0)
        head_crossbars(out, s);
}

/* ---- where it goes ---- */

/* Part of a whole; of nothing, nothing. */
static double share_of(double part, double whole)
{
    return !isnan(whole) && whole > 0 ? part / whole : 0;
}

static void bar(char *out, double share)
{
    int n = (int)lround(share * BAR);
    memset(out, '#', (size_t)n);
    out[n] = 0;
}

/* Parts that cost anything, in descending order of energy; a stable, small
 * sort. */
static int by_energy(const struct study *s, int *order)
{
    int n = 0;
    for (int p = 0; p < s->run.parts; p++) {
        if (s->est.part_J[p] <= 0 && s->est.part_area_m2[p] <= 0)
            continue;
        int k = n++;
        for (; k > 0 && s->est.part_J[order[k - 1]] < s->est.part_J[p]; k--)
            order[k] = order[k - 1];
        order[k] = p;
    }
    return n;
}

static void parts(FILE *out, const struct study *s, struct arena *a)
{
    const struct summary *e = &s->est.sum;
    int *order = arena_array(a, (size_t)s->run.parts, sizeof *order);
    int n = by_energy(s, order);
    if (!n)
        return;
    char J[TEXT], m2[TEXT], hashes[BAR + 1];

    fprintf(out, "\n%-16s %9s %7s  %-*s %9s\n", "component", "energy", "", BAR,
            "", "area");
    for (int i = 0; i < n; i++) {
        int p = order[i];
        double share = share_of(s->est.part_J[p], e->energy_J);
        bar(hashes, share);
        fprintf(out, "%-16s %9s %6.1f%%  %-*s %9s %6.1f%%\n",
                s->run.part[p].name, si(J, s->est.part_J[p], DIM_J),
                100 * share, BAR, hashes,
                si(m2, s->est.part_area_m2[p], DIM_M2),
                100 * share_of(s->est.part_area_m2[p], e->area_m2));
    }
    fprintf(out, "%-16s %9s %7s  %-*s %9s\n", "total",
            si(J, e->energy_J, DIM_J), "", BAR, "", si(m2, e->area_m2, DIM_M2));
}

/* ---- layers ---- */

/* The table with a column of what a person reads: "1152 x 128". */
static struct table *layers_for_people(const struct study *s, struct arena *a)
{
    static const struct column columns[] = {
        {"layer", NULL},   {"matrix", NULL}, {"vectors", ""}, {"scheme", NULL},
        {"crossbars", ""}, {"copies", ""},   {"used", ""},    {"busy", "s"},
        {"energy", "J"},   {"limit", NULL}};
    const int n = sizeof columns / sizeof *columns;
    struct table *t = table_new(a, "layers", n, columns, s->run.layers);
    for (int i = 0; i < s->run.layers; i++) {
        const struct run_layer *r = &s->run.layer[i];
        const struct layer *l = r->layer;
        union cell *c = table_at(t, i, 0);
        const char *matrix = layer_type_name(l);
        if (l->groups == 1)
            matrix = arena_printf(a, "%dx%d", l->rows, l->columns);
        else if (l->groups > 1)
            matrix =
                arena_printf(a, "%dx%dx%d", l->groups, l->rows, l->columns);
        c[0].text = l->name;
        c[1].text = matrix;
        c[2].number = (double)l->vectors;
        c[3].text = r->scheme ? r->scheme : "";
        c[4].number = r->crossbars;
        c[5].number = r->copies;
        c[6].number = r->used;
        c[7].number = r->busy_s;
        c[8].number = s->est.layer_J[i];
        c[9].text = r->limit ? r->limit : "";
    }
    return t;
}

int report_layers(FILE *out, const struct study *s, struct arena *a)
{
    static const struct view crossbars[] = {
        {"layer", "layer", LOOK_TEXT, 24},
        {"matrix", "matrix", LOOK_TEXT, 10},
        {"vectors", "vecs", LOOK_COUNT, 0},
        {"scheme", "scheme", LOOK_START, 12},
        {"crossbars", "xbars", LOOK_COUNT, 0},
        {"copies", "x", LOOK_COUNT, 0},
        {"used", "use", LOOK_SHARE, 0},
        {"busy", "busy", LOOK_SI, 0},
        {"energy", "energy", LOOK_SI, 0},
    };
    static const struct view others[] = {
        {"layer", "layer", LOOK_TEXT, 24},
        {"matrix", "matrix", LOOK_TEXT, 10},
        {"vectors", "vecs", LOOK_COUNT, 0},
        {"scheme", "scheme", LOOK_START, 12},
        {"used", "use", LOOK_SHARE, 0},
        {"busy", "busy", LOOK_SI, 0},
        {"limit", "limit", LOOK_TEXT, 8},
        {"energy", "energy", LOOK_SI, 0},
    };
    const struct table *t = layers_for_people(s, a);
    return s->run.crossbars_have > 0
               ? text_table(out, t, crossbars,
                            sizeof crossbars / sizeof *crossbars)
               : text_table(out, t, others, sizeof others / sizeof *others);
}

int report_components(FILE *out, const struct study *s, struct arena *a)
{
    static const struct view views[] = {
        {"component", "component", LOOK_TEXT, 16},
        {"level", "at", LOOK_TEXT, 5},
        {"instances", "instances", LOOK_SI, 0},
        {"area", "area", LOOK_SI, 0},
        {"actions", "actions", LOOK_SI, 0},
        {"action", "of", LOOK_TEXT, 14},
        {"energy_per_action", "each", LOOK_SI, 0},
        {"energy", "energy", LOOK_SI, 0},
    };
    return text_table(out, est_components(&s->est, a), views,
                      sizeof views / sizeof *views);
}

int report_planes(FILE *out, const struct study *s, struct arena *a)
{
    static const struct view crossbars[] = {
        {"layer", "layer", LOOK_TEXT, 24},
        {"scheme", "scheme", LOOK_START, 12},
        {"plane", "plane", LOOK_INDEX, 0},
        {"density", "density", LOOK_RATIO, 0},
        {"density_stats", "stats", LOOK_RATIO, 0},
        {"density_model", "model", LOOK_RATIO, 0},
        {"tiles", "tiles", LOOK_COUNT, 0},
        {"tiles_filled", "filled", LOOK_COUNT, 0},
        {"most_ones", "most", LOOK_COUNT, 0},
        {"adc_bits", "bits", LOOK_COUNT, 0},
    };
    const int n = sizeof crossbars / sizeof *crossbars, of_tiles = 4;
    return text_table(out, est_planes(&s->est, s->quant, a), crossbars,
                      s->run.rows ? n : n - of_tiles);
}

int report_network(FILE *out, const struct study *s)
{
    head(out, s);
    return ferror(out) ? -1 : 0;
}

/* ---- notes ---- */

static void count_sources(const struct study *s, int *given, int *assumed)
{
    int n;
    struct bound *b = s->type->bounds(s->machine, &n);
    *given = *assumed = 0;
    for (int i = 0; i < n; i++)
        for (int k = 0; b[i].fields[k].name; k++) {
            const struct origin *o = &b[i].origin[k];
            if (!o->at.file)
                continue;
            if (o->source && strncmp(o->source, "assumption", 10))
                ++*given;
            else
                ++*assumed;
        }
}

/* Text in lines of at most WIDTH characters, broken at blanks. */
static void wrap(FILE *out, const char *text)
{
    enum { WIDTH = 79 };
    while (strlen(text) > WIDTH) {
        int n = WIDTH;
        while (n > 0 && text[n] != ' ')
            n--;
        n = n > 0 ? n : WIDTH;
        fprintf(out, "%.*s\n", n, text);
        text += n + (text[n] == ' ');
    }
    fprintf(out, "%s\n", text);
}

/* Ones in a weight, three ways, where something is known of the weights. */
static void note_weights(FILE *out, const struct study *s, struct arena *a)
{
    double all = 0, exact = 0, stats = 0, model = 0;
    bool counted = true;
    int n = 0;
    for (int i = 0; i < s->net->n; i++) {
        const struct layer *l = &s->net->layer[i];
        const struct ones *o = &s->quant[i].ones;
        double weights = (double)l->groups * l->rows * l->columns;
        if (!s->quant[i].record)
            continue;
        n++;
        all += weights;
        exact += weights * o->exact.ones;
        stats += weights * o->stats.ones;
        model += weights * o->model.ones;
        counted &= o->known;
    }
    if (n == 0)
        return;
    const char *first =
        counted ? arena_printf(a, "%.3g as counted, ", exact / all) : "";
    wrap(out,
         arena_printf(a,
                      "Ones in a weight, of %d layer%s: %s%.3g by the weights' "
                      "moments, %.3g by the scheme's distribution; see "
                      "--per plane.",
                      n, n == 1 ? "" : "s", first, stats / all, model / all));
}

static void notes(FILE *out, const struct study *s, struct arena *a)
{
    int given, assumed;
    count_sources(s, &given, &assumed);
    putc('\n', out);
    wrap(out, arena_printf(a,
                           "Parameters: %d with a source, %d assumptions; "
                           "--list-params shows them.",
                           given, assumed));
    wrap(out, arena_printf(a, "Quantization: %s.",
                           s->plan.source ? s->plan.source
                                          : "its source is not given"));
    note_weights(out, s, a);
    if (s->tech.source)
        wrap(out, arena_printf(a, "Chip: %s.", s->tech.source));
    if (s->run.adc_short)
        wrap(out, arena_printf(
                      a,
                      "Note: %d layer%s would need more than the ADC's %d bits "
                      "for lossless sums; the loss of signal is not part of "
                      "this estimate.",
                      s->run.adc_short, s->run.adc_short == 1 ? "" : "s",
                      s->run.adc_bits));
    if (s->run.buffers_over)
        wrap(out, arena_printf(
                      a,
                      "Note: the line buffers of %d layers do not fit their "
                      "tiles' buffers; what spills is not part of this "
                      "estimate.",
                      s->run.buffers_over));
}

int report_write(FILE *out, const struct study *s, struct arena *a)
{
    head(out, s);
    parts(out, s, a);
    putc('\n', out);
    report_layers(out, s, a);
    notes(out, s, a);
    return ferror(out) ? -1 : 0;
}
