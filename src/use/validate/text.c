/* text.c - published figures beside ours, for people */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "use/validate/validate.h"

#include <math.h>
#include <string.h>

enum { TEXT = 32, LABEL = 29, PAGE = 79, LINE = 80 };

/* ---- words ---- */

/* Quantities with their unit; plain numbers as they are, large ones short. */
static const char *format(char *out, double x, enum dim dim)
{
    if (dim != DIM_NONE || x >= 1e6)
        quantity_format(out, TEXT, x, dim);
    else if (x == floor(x))
        snprintf(out, TEXT, "%.0f", x);
    else
        snprintf(out, TEXT, x < 1000 ? "%.3g" : "%.0f", x);
    return out;
}

static const char *tolerance(char *out, double within)
{
    if (within == 0)
        return "exact";
    snprintf(out, TEXT, within < 1 ? "%.3g %%" : "x%.3g",
             within < 1 ? 100 * within : 1 + within);
    return out;
}

/* A factor with three digits: x1.05. */
static const char *times(char *out, double x)
{
    snprintf(out, TEXT, "x%.*f", x < 9.995 ? 2 : x < 99.95 ? 1 : 0, x);
    return out;
}

/* Text behind a lead, in lines of the page. */
static void put_wrapped(FILE *out, const char *lead, const char *text)
{
    int indent = 4 + (int)strlen(lead), room = PAGE - indent;
    for (const char *first = lead; *text; first = "") {
        int n = (int)strlen(text);
        if (n > room)
            for (n = room; n > 1 && text[n] != ' ';)
                n--;
        fprintf(out, "    %-*s%.*s\n", indent - 4, first, n, text);
        text += n + (int)strspn(text + n, " ");
    }
}

/* What is too long keeps its beginning. */
static const char *cut(char *out, const char *text, int width)
{
    bool fits = (int)strlen(text) <= width;
    snprintf(out, LINE, "%.*s%s", fits ? width : width - 1, text,
             fits ? "" : "~");
    return out;
}

/* ---- a case ---- */

static void put_steps(FILE *out, const struct claim *c)
{
    char name[LINE], step[TEXT], sum[TEXT];
    double all = 1;
    if (c->step)
        fprintf(out, "    %-40s %10s %10s\n", "step by step", "step", "all");
    for (const struct variant *x = c->step; x; x = x->next) {
        all *= x->value;
        fprintf(out, "      %-38s %10s %10s\n", cut(name, x->name, 38),
                times(step, x->value), times(sum, all));
    }
}

static void put_assumptions(FILE *out, const struct claim *c)
{
    char name[LINE], ours[TEXT], high[TEXT];
    double least = c->ours, most = c->ours;
    if (!c->assumption)
        return;
    fprintf(out, "    %-40s %10s %10s\n", "otherwise assumed", "ours", "ratio");
    for (const struct variant *x = c->assumption; x; x = x->next) {
        fprintf(out, "      %-38s %10s %10.3f\n", cut(name, x->name, 38),
                format(ours, x->value, c->dim),
                x->value / claim_nearest(c, x->value));
        least = fmin(least, x->value);
        most = fmax(most, x->value);
    }
    fprintf(out, "      from %s to %s\n", format(ours, least, c->dim),
            format(high, most, c->dim));
}

/* Where another tool is, and ours on our own transistors. */
static void put_peers(FILE *out, const struct claim *c)
{
    bool peer = *c->peer, own = !isnan(c->own_node_ratio);
    if (!peer && !own)
        return;
    fputs("    ", out);
    if (peer)
        fprintf(out, "%.40s itself %.3f%s", c->peer, c->peer_ratio,
                own ? ", " : "");
    if (own)
        fprintf(out, "on our node %.3f", c->own_node_ratio);
    putc('\n', out);
}

/* The published value, or the span that it is. */
static const char *published_text(char *out, const struct claim *c)
{
    char first[TEXT], last[TEXT];
    format(first, c->published, c->dim);
    snprintf(out, TEXT, c->until > 0 ? "%.14s..%.14s" : "%s", first,
             format(last, c->until, c->dim));
    return out;
}

static void put_claim(FILE *out, const struct claim *c, bool all)
{
    char name[LINE], published[TEXT], ours[TEXT], within[TEXT];
    bool stale = c->verdict == VERDICT_STALE;
    fprintf(out, "  %-*s %10s %10s %7.3f %6s  %s\n", LABEL,
            cut(name, c->label, LABEL), published_text(published, c),
            format(ours, c->ours, c->dim), c->ratio,
            tolerance(within, c->within),
            verdict_names[stale ? VERDICT_OK : c->verdict]);
    if (stale)
        fprintf(out, "    %s: it lies within its tolerance\n",
                verdict_names[VERDICT_STALE]);
    put_steps(out, c);
    put_assumptions(out, c);
    if (!all)
        return;
    put_peers(out, c);
    put_wrapped(out, "explained: ", c->reason);
}

/* A line where component, kind or role change. */
static void put_group(FILE *out, const struct claim *c,
                      const struct claim *before)
{
    if (before && before->group == c->group && before->kind == c->kind &&
        before->role == c->role)
        return;
    fprintf(out, "%s%s%s, %s%s\n", c->group ? c->group : "",
            c->group ? " (" : "", claim_kinds[c->kind], claim_roles[c->role],
            c->group ? ")" : "");
}

static void put_paper(FILE *out, const struct paper *p, bool all)
{
    fprintf(out, "%.*s\n\n  %-*s %10s %10s %7s %6s\n", PAGE, p->title, LABEL,
            "", "published", "ours", "ratio", "within");
    for (const struct claim *c = p->claim, *before = NULL; c;
         before = c, c = c->next) {
        put_group(out, c, before);
        put_claim(out, c, all);
    }
    putc('\n', out);
}

/* ---- all of them ---- */

/* Cases of one kind; errors are of those that are predicted. */
struct tally {
    int cases, predicted, within, explained;
    double sum_log; /* of the factors by which ours is off */
    const struct claim *worst;
};

/* 1.3 if ours is 1.3 times too large, or too small. */
static double factor(const struct claim *c)
{
    return c->ratio < 1 ? 1 / c->ratio : c->ratio;
}

static void add(struct tally *t, const struct claim *c)
{
    t->cases++;
    if (c->role != ROLE_PREDICTED)
        return;
    t->predicted++;
    t->within += c->verdict == VERDICT_OK || c->verdict == VERDICT_STALE;
    t->explained += c->verdict == VERDICT_EXPLAINED;
    t->sum_log += log(factor(c));
    if (!t->worst || factor(c) > factor(t->worst))
        t->worst = c;
}

/* A line a kind, and one that names its worst case. */
static void put_tally(FILE *out, const char *name, const struct tally *t)
{
    char all[160], label[LINE], mean[TEXT], worst[TEXT];
    const struct claim *w = t->worst;
    if (!t->cases)
        return;
    fprintf(out, "  %-10s %6d %10d %8d %10d %7s\n", name, t->cases,
            t->predicted, t->within, t->explained,
            w ? times(mean, exp(t->sum_log / t->predicted)) : "-");
    if (!w || w->verdict == VERDICT_OK)
        return;
    snprintf(all, sizeof all, "%s%s%s", w->group ? w->group : "",
             w->group ? ": " : "", w->label);
    fprintf(out, "    worst %s %s\n", times(worst, factor(w)),
            cut(label, all, 60));
}

/* A block for cases of runs, and one for those of components. */
static void put_tallies(FILE *out, const char *what, const struct tally *kind)
{
    int cases = 0;
    for (int k = 0; k < KINDS; k++)
        cases += kind[k].cases;
    if (!cases)
        return;
    fprintf(out, "%-12s %6s %10s %8s %10s %7s\n", what, "cases", "predicted",
            "within", "explained", "error");
    for (int k = 0; k < KINDS; k++)
        put_tally(out, claim_kinds[k], &kind[k]);
}

static void put_summary(FILE *out, const struct validation *v)
{
    struct tally kind[2][KINDS] = {{{0}}}; /* of runs, of components */
    int role[ROLES_OF] = {0}, off = 0, stale = 0;
    for (const struct paper *p = v->first; p; p = p->next)
        for (const struct claim *c = p->claim; c; c = c->next) {
            bool counts = c->role != ROLE_RECALLED;
            add(&kind[c->group != NULL][c->kind], c);
            role[c->role]++;
            off += counts && c->verdict == VERDICT_OFF;
            stale += counts && c->verdict == VERDICT_STALE;
        }
    put_tallies(out, "machines", kind[0]);
    put_tallies(out, "components", kind[1]);
    fprintf(out,
            "\nwithin, explained and error (geometric mean) are of predicted "
            "cases; arithmetic\nand targets are no evidence of accuracy; %d "
            "calibrated and %d recalled cases do\nnot count. %d off without a "
            "reason, %d no longer need one.\n",
            role[ROLE_CALIBRATED], role[ROLE_RECALLED], off, stale);
}

/* The predicted cases of one file, a line a kind. */
static void put_brief(FILE *out, const struct paper *p)
{
    struct tally kind[KINDS] = {{0}};
    char title[LINE], mean[TEXT];
    for (const struct claim *c = p->claim; c; c = c->next)
        add(&kind[c->kind], c);
    for (int k = 0; k < KINDS; k++) {
        const struct tally *t = &kind[k];
        if (t->predicted)
            fprintf(out, "%-40s %-10s %9d %7d %9s\n", cut(title, p->title, 40),
                    claim_kinds[k], t->predicted, t->within,
                    times(mean, exp(t->sum_log / t->predicted)));
    }
}

int validate_text(FILE *out, const struct validation *v,
                  enum validate_detail detail)
{
    if (detail == DETAIL_FILES)
        fprintf(out, "%-40s %-10s %9s %7s %9s\n", "", "", "predicted", "within",
                "error");
    for (const struct paper *p = v->first; p; p = p->next)
        if (detail == DETAIL_FILES)
            put_brief(out, p);
        else
            put_paper(out, p, detail == DETAIL_REASONS);
    if (detail == DETAIL_FILES)
        putc('\n', out);
    put_summary(out, v);
    return ferror(out) ? -1 : 0;
}
