/* explain.c - the chain behind a figure, down to inputs and their sources */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "use/study.h"

#include <math.h>
#include <string.h>

enum { TEXT = 64, LARGEST = 5 /* layers named under a component */ };

static void value(FILE *out, double x, enum dim dim)
{
    char text[TEXT];
    fputs(quantity_format(text, TEXT, x, dim), out);
}

/* "adc.rate = 1.2 GHz +-5 %  [Shafiee2016 Tab.1]" */
static void input(FILE *out, const struct bound *b, int k)
{
    const struct origin *o = &b->origin[k];
    char text[TEXT];
    field_print(&b->fields[k], b->data, text, TEXT);
    fprintf(out, "        %s.%s = %s", b->path, b->fields[k].name, text);
    if (o->relative > 0)
        fprintf(out, " +-%.0f%%", 100 * o->relative);
    if (o->source)
        fprintf(out, "  [%s]", o->source);
    else
        fprintf(out, "  [%s]", o->at.file ? "assumption" : "default");
    putc('\n', out);
}

static void inputs(FILE *out, const struct study *s, const struct part *p)
{
    for (int k = 0; p->bound && p->bound->fields[k].name; k++)
        input(out, p->bound, k);
    if (p->model->circuit)
        fprintf(out,
                "        node = %g nm  [transistors and wires with their "
                "sources: node/*.cfg]\n",
                s->tech.node_m * 1e9);
}

/* What the keys in brackets stand for. */
static void sources(FILE *out, const struct study *s)
{
    const struct node *n = s->tech.sources ? s->tech.sources->child : NULL;
    if (n)
        fputs("\n  sources\n", out);
    for (; n; n = n->next)
        if (n->text)
            fprintf(out, "    %s: %s\n", n->name, n->text);
}

/* Comes layer a before layer b in falling order of energy? */
static bool before(double a_J, int a, double b_J, int b)
{
    return a_J > b_J || (a_J == b_J && a < b);
}

/* The next layer after `last` (-1: from the top) in that order, or -1. */
static int next_layer(const struct study *s, int p, int last)
{
    const struct run *run = &s->run;
    const double *J = &s->est.energy_J[p];
    int best = -1;
    for (int i = 0; i < run->layers; i++) {
        double mine = J[i * run->parts];
        bool open = last < 0 || before(J[last * run->parts], last, mine, i);
        if (mine > 0 && open &&
            (best < 0 || before(mine, i, J[best * run->parts], best)))
            best = i;
    }
    return best;
}

/* The layers that add most to a component's energy. */
static void largest(FILE *out, const struct study *s, int p)
{
    const struct run *run = &s->run;
    int i = -1;
    for (int n = 0; n < LARGEST && (i = next_layer(s, p, i)) >= 0; n++) {
        fprintf(out, "        %-24s %.6g %ss = ", run->layer[i].layer->name,
                *run_actions(run, i, p), run->part[p].action);
        value(out, s->est.energy_J[i * run->parts + p], DIM_J);
        putc('\n', out);
    }
}

/* " + 12 writes x 3 pJ", where they cost anything. */
static void also(FILE *out, double n, const char *what, double each_J)
{
    if (n * each_J <= 0)
        return;
    fprintf(out, " + %.6g %s x ", n, what);
    value(out, each_J, DIM_J);
}

static void explain_energy(FILE *out, const struct study *s)
{
    const struct run *run = &s->run;
    fputs("  = sum over components of actions x energy + static power x "
          "interval\n",
          out);
    for (int p = 0; p < run->parts; p++) {
        const struct part *part = &run->part[p];
        const double *n = &s->est.part_actions[p * ACTIONS];
        if (!part->model || s->est.part_J[p] == 0)
            continue;
        fprintf(out, "\n    %-16s ", part->name);
        value(out, s->est.part_J[p], DIM_J);
        fprintf(out, " = %.6g %ss x ", n[ACTION_FIRST], part->action);
        value(out, part->cost.energy_J[ACTION_FIRST], DIM_J);
        also(out, n[ACTION_WRITE], "writes", part->cost.energy_J[ACTION_WRITE]);
        also(out, n[ACTION_ON], "full reads", part->cost.energy_J[ACTION_ON]);
        fputs(" + static ", out);
        value(out, s->est.part_static_J[p], DIM_J);
        fprintf(out, "\n      energy of one = %s   (model %s)\n",
                part->model->formula, part->model->name);
        inputs(out, s, part);
        fputs("      largest layers\n", out);
        largest(out, s, p);
    }
}

static void explain_area(FILE *out, const struct study *s)
{
    fputs("  = sum over components of instances x area\n", out);
    for (int p = 0; p < s->run.parts; p++) {
        const struct part *part = &s->run.part[p];
        if (s->est.part_area_m2[p] == 0)
            continue;
        fprintf(out, "\n    %-16s ", part->name);
        value(out, s->est.part_area_m2[p], DIM_M2);
        fprintf(out, " = %.6g x ", part->instances);
        value(out, part->cost.area_m2, DIM_M2);
        fprintf(out, "   (model %s)\n", part->model->name);
        inputs(out, s, part);
    }
}

static void layer_times(FILE *out, const struct study *s)
{
    fprintf(out, "    %-24s %10s %10s %10s %10s  %s\n", "layer", "start",
            "first", "last", "busy", "limit");
    for (int i = 0; i < s->run.layers; i++) {
        const struct run_layer *l = &s->run.layer[i];
        char t[4][TEXT];
        fprintf(out, "    %-24.24s %10s %10s %10s %10s  %s\n", l->layer->name,
                quantity_format(t[0], TEXT, l->start_s, DIM_S),
                quantity_format(t[1], TEXT, l->first_s, DIM_S),
                quantity_format(t[2], TEXT, l->last_s, DIM_S),
                quantity_format(t[3], TEXT, l->busy_s, DIM_S),
                l->limit ? l->limit : "");
    }
}

static void explain_latency(FILE *out, const struct study *s)
{
    fprintf(out, "  = %s\n    A cycle takes ", s->type->latency);
    value(out, s->run.cycle_s, DIM_S);
    fputs(".\n", out);
    layer_times(out, s);
}

static void explain_interval(FILE *out, const struct study *s)
{
    fprintf(out,
            "  = time of the slowest stage or shared resource: '%s'\n"
            "    %s\n",
            s->run.limit, s->type->interval);
    layer_times(out, s);
}

static void explain_crossbars(FILE *out, const struct study *s)
{
    fputs("  = sum over layers of crossbars of one copy x copies\n", out);
    fprintf(out, "    %-24s %-14s %6s %10s %10s %8s\n", "layer", "scheme",
            "planes", "expected", "crossbars", "copies");
    for (int i = 0; i < s->run.layers; i++) {
        const struct run_layer *l = &s->run.layer[i];
        if (l->crossbars > 0)
            fprintf(out, "    %-24.24s %-14.14s %6d %10.2f %10.0f %8.0f\n",
                    l->layer->name, l->scheme, l->planes, l->expected,
                    l->crossbars, l->copies);
    }
}

/* Figures that are quotients of others say so. */
static const struct {
    const char *metric, *text;
    void (*more)(FILE *, const struct study *);
} chains[] = {
    {"energy", NULL, explain_energy},
    {"dynamic_energy", NULL, explain_energy},
    {"static_energy", NULL, explain_energy},
    {"area", NULL, explain_area},
    {"latency", NULL, explain_latency},
    {"interval", NULL, explain_interval},
    {"results_per_s", "1 / interval", explain_interval},
    {"power", "energy / interval", explain_energy},
    {"ops_per_s", "2 MACs / interval", explain_interval},
    {"ops_per_J", "2 MACs / energy", explain_energy},
    {"ops_per_s_m2", "2 MACs / interval / area", explain_area},
    {"crossbars_needed", NULL, explain_crossbars},
    {"crossbars_used", NULL, explain_crossbars},
};

/* What the counts of the layers with weights were made of. */
static void weights(FILE *out, const struct study *s)
{
    static const char *const how[] = {
        [WEIGHTS_BEST] = "make no difference",
        [WEIGHTS_EXACT] = "are counted",
        [WEIGHTS_STATS] = "are a distribution with their moments",
        [WEIGHTS_MODEL] = "are the distribution of the scheme",
        [WEIGHTS_RECORDED] = "are bit planes that were counted once"};
    int n[sizeof how / sizeof *how] = {0};
    for (int i = 0; i < s->run.layers; i++)
        if (s->run.layer[i].layer->groups > 0)
            n[s->run.layer[i].weights]++;
    for (size_t k = 0; k < sizeof how / sizeof *how; k++)
        if (n[k])
            fprintf(out, "\n  weights of %d layer%s %s\n", n[k],
                    n[k] == 1 ? "" : "s", how[k]);
}

int explain_write(FILE *out, const struct study *s, const struct metric *m)
{
    double x = metric_value(m, &s->est.sum);
    fprintf(out, "%s of %s on %s: ", m->name, s->net->name, s->tech.title);
    if (isnan(x)) {
        fputs("the technology does not say\n", out);
        return ferror(out) ? -1 : 0;
    }
    if (m->dim == DIM_NONE)
        fprintf(out, "%.6g %s", x, m->unit);
    else
        value(out, x, m->dim);
    fprintf(out, "\n  %s\n", m->text);
    for (size_t i = 0; i < sizeof chains / sizeof *chains; i++)
        if (!strcmp(chains[i].metric, m->name)) {
            if (chains[i].text)
                fprintf(out, "  = %s\n", chains[i].text);
            chains[i].more(out, s);
        }
    weights(out, s);
    sources(out, s);
    return ferror(out) ? -1 : 0;
}
