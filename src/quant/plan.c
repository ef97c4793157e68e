/* plan.c - the quantization of every weight layer of a network */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/plan.h"

#include "quant/plan_read.h"

#include <stdio.h>
#include <string.h>

enum {
    INPUT_BITS = 8, /* where nobody says: Liu 2021, SME, section IV-C */
    WHY = 200
};

/* An evaluated spec; a network has few distinct ones. */
struct quant_cache {
    struct quant_spec spec;
    struct planes planes;
    struct quant_cache *next;
};

static bool same_spec(const struct quant_spec *a, const struct quant_spec *b)
{
    return a->scheme == b->scheme && a->bits == b->bits &&
           a->terms == b->terms && a->roll_bits == b->roll_bits &&
           a->delta == b->delta && a->dist == b->dist &&
           !(a->clip < b->clip || a->clip > b->clip) &&
           !(a->shape < b->shape || a->shape > b->shape);
}

/* Returns NULL having reported. */
static const struct planes *evaluate(struct quant_plan *plan,
                                     const struct quant_spec *spec,
                                     const struct place *at)
{
    char why[WHY];
    for (struct quant_cache *c = plan->cache; c; c = c->next)
        if (same_spec(&c->spec, spec))
            return &c->planes;
    struct quant_cache *c = arena_alloc(plan->env->arena, sizeof *c);
    c->spec = *spec;
    if (quant_planes(spec, plan->env->arena, &c->planes, why, sizeof why)) {
        msg_error(plan->env->msgs, at, "%s", why);
        return NULL;
    }
    c->next = plan->cache;
    plan->cache = c;
    return &c->planes;
}

int quant_plan_load(const struct conf_env *env, struct node *quant,
                    const char *override, int n_weight,
                    const struct node *sources, struct quant_plan *plan)
{
    struct quant_context c = {env, sources, n_weight, false};
    *plan = (struct quant_plan){.env = env,
                                .n_weight = n_weight,
                                .sources = sources,
                                .is_override = override != NULL};
    if (override) {
        static const struct place command_line = {"--quant", 0};
        plan->setting = quant_setting_text(&c, &command_line, override);
        plan->source = "command line";
    } else if (quant) {
        plan->setting = quant_setting_read(&c, quant);
        plan->source = quant->at.file
                           ? arena_printf(env->arena, "%s:%d", quant->at.file,
                                          quant->at.line)
                           : "command line";
    } else {
        plan->setting = quant_setting_text(&c, NULL, "uniform:8/8");
        plan->source = "assumption: no quantization is given, uniform:8/8";
        msg_warn(env->msgs, NULL,
                 "no quantization is given; uniform:8/8 is assumed");
    }
    if (!plan->setting)
        return -1;
    if (plan->setting->source)
        plan->source = plan->setting->source;
    return 0;
}

/* The setting that rules layer i. NULL having reported. */
static const struct quant_setting *setting_of(struct quant_plan *plan, int i,
                                              struct node *layer_quant)
{
    const struct quant_setting *s = plan->setting;
    struct quant_context c = {plan->env, plan->sources, plan->n_weight, true};
    if (layer_quant && !plan->is_override)
        return quant_setting_read(&c, layer_quant);
    if (i == 0 && s->first)
        return s->first;
    if (i == plan->n_weight - 1 && s->last)
        return s->last;
    return s;
}

static int input_bits_of(const struct quant_plan *plan, int i,
                         const struct quant_setting *own)
{
    const struct quant_setting *whole = plan->setting;
    if (own->inputs)
        return own->inputs[i];
    if (own->input_bits)
        return own->input_bits;
    if (whole->inputs)
        return whole->inputs[i];
    return whole->input_bits ? whole->input_bits : INPUT_BITS;
}

/* "apot 4/4", "mixed 2:1 sp2 4 + uniform 4 / 4" */
static void write_label(const struct quant_setting *s,
                        const struct quant_spec *spec, struct quant *out)
{
    size_t size = sizeof out->label, n = 0;
    if (out->n == 1) {
        snprintf(out->label, size, "%s %d/%d", spec[0].scheme->name,
                 spec[0].bits, out->input_bits);
        return;
    }
    for (int i = 0; i < out->n && n < size; i++)
        n += (size_t)snprintf(out->label + n, size - n, "%s%g",
                              i ? ":" : "mixed ", s->part[i].ratio);
    for (int i = 0; i < out->n && n < size; i++)
        n += (size_t)snprintf(out->label + n, size - n, "%s%s %d",
                              i ? " + " : " ", spec[i].scheme->name,
                              spec[i].bits);
    if (n < size)
        snprintf(out->label + n, size - n, " / %d", out->input_bits);
}

static int fill(struct quant_plan *plan, int i, const struct quant_setting *s,
                struct quant *out)
{
    struct quant_spec spec[GROUPS_MAX];
    double sum = 0;
    *out = (struct quant){.n = s->n,
                          .input_bits = input_bits_of(plan, i, s),
                          .low_input_bits = s->low_input_bits,
                          .low_input_share = s->low_share};
    for (int g = 0; g < s->n; g++)
        sum += s->part[g].ratio;
    for (int g = 0; g < s->n; g++) {
        spec[g] = s->part[g].spec;
        if (s->bits)
            spec[g].bits = s->bits[i];
        const struct planes *p = evaluate(plan, &spec[g], &s->at);
        if (!p)
            return -1;
        out->group[g] = *p;
        out->spec[g] = spec[g];
        out->group[g].share = s->part[g].ratio / sum;
    }
    write_label(s, spec, out);
    return 0;
}

int quant_plan_layer(struct quant_plan *plan, int i, struct node *layer_quant,
                     struct quant *out)
{
    const struct quant_setting *s = setting_of(plan, i, layer_quant);
    if (!s || fill(plan, i, s, out))
        return -1;
    if (out->low_input_bits >= out->input_bits && out->low_input_bits)
        return msg_error(plan->env->msgs, &s->at,
                         "'low_input_bits' must be below the %d bits of the "
                         "inputs, not %d",
                         out->input_bits, out->low_input_bits);
    return 0;
}
