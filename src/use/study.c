/* study.c - loads a technology and a network, and estimates */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "use/study.h"

#include "base/suggest.h"
#include "net/trained.h"
#include "quant/record.h"

#include <math.h>
#include <string.h>

enum { WHY = 200 };
#define SHARES 1e-6 /* a sum of them may be off by that */

static const struct machine_type *type_of(const struct conf_env *env,
                                          struct node *root)
{
    const char *name = NULL, *known[8];
    int n = 0;
    for (; machine_types[n]; n++)
        known[n] = machine_types[n]->name;
    if (node_text(root, "machine", &name, env->msgs))
        return NULL;
    if (!name) {
        msg_error(env->msgs, &root->at,
                  "'machine' is missing: \"crossbar\"; is this a technology "
                  "file?");
        return NULL;
    }
    const struct machine_type *type = machine_find(name);
    if (!type)
        msg_error(env->msgs, &node_get(root, "machine")->at,
                  "unknown machine '%s'%s", name,
                  suggest_end(name, known, n, "; see --list-models").text);
    return type;
}

int study_tech(struct study *s, const struct conf_env *env, const char *name)
{
    int errors = env->msgs->errors;
    struct node *root = conf_load(env, name);
    const struct machine_type *type = root ? type_of(env, root) : NULL;
    if (!type || type->load(env, root, &s->machine) ||
        env->msgs->errors > errors)
        return -1;
    s->type = type;
    s->tech = type->identity(s->machine);
    return 0;
}

/* Activations are rounded to at most so many bits. */
static void limit_inputs(struct quant *q, int bits)
{
    char *slash = strrchr(q->label, '/');
    if (q->input_bits <= bits)
        return;
    q->input_bits = bits;
    q->low_input_bits = q->low_input_bits > bits ? bits : q->low_input_bits;
    if (slash)
        snprintf(slash + 1, sizeof q->label - (size_t)(slash + 1 - q->label),
                 "%d", bits);
}

/* The quantization of every layer, in the order of the layers. */
static int load_quant(const struct conf_env *env, struct study *s,
                      const char *override)
{
    struct net *net = s->net;
    s->quant = arena_array(env->arena, (size_t)net->n, sizeof *s->quant);
    int bad = quant_plan_load(env, net->quant, override, net->n_weight,
                              net->sources, &s->plan);
    for (int i = 0, weight = 0; i < net->n && !bad; i++)
        if (net->layer[i].groups > 0) {
            bad = quant_plan_layer(&s->plan, weight++, net->layer[i].quant,
                                   &s->quant[i]);
            limit_inputs(&s->quant[i], net->max_input_bits);
        }
    return bad;
}

/* Whoever reads weights leaves it to us to refuse NaN and infinity. */
static int check_finite(const struct layer *l, const struct weights *w,
                        struct msgs *msgs)
{
    ptrdiff_t at = w->value ? weights_infinite(w->value, weights_count(w)) : -1;
    if (at < 0)
        return 0;
    return msg_error(msgs, &l->at,
                     "weights of '%s': row %td, column %td is no finite number",
                     l->name, at / l->columns + 1, at % l->columns + 1);
}

static struct clip_rule rule_of(const struct net_weights *from)
{
    return (struct clip_rule){(enum clip)from->clip, from->percentile,
                              from->scale == 1};
}

/* What a group says against the layer that it is of. */
static int check_record(const struct layer *l, const struct weight_record *r,
                        const struct node *group, struct msgs *msgs)
{
    if (r->rows <= (double)l->groups * l->rows &&
        r->columns <= (double)l->groups * l->columns)
        return 0;
    return msg_error(msgs, &group->at,
                     "statistics of '%s': %g live rows and %g columns of a "
                     "layer with %d x %d in %d group%s",
                     l->name, r->rows, r->columns, l->rows, l->columns,
                     l->groups, l->groups == 1 ? "" : "s");
}

/* The groups of the layer's name, one behind the other. */
static int use_records(const struct conf_env *env, const struct study *s,
                       const struct layer *l, struct quant *q)
{
    const struct clip_rule rule = rule_of(&s->net->weights);
    struct weight_record *record =
        arena_array(env->arena, GROUPS_MAX, sizeof *record);
    char why[WHY];
    double share = 0;
    int n = 0;
    for (struct node *g = l->statistics; n < l->n_statistics; g = g->next) {
        if (record_read(g, env->arena, env->msgs, &record[n]) ||
            check_record(l, &record[n], g, env->msgs))
            return -1;
        share += record[n++].share;
    }
    if (fabs(share - 1) > SHARES)
        return msg_error(env->msgs, &l->statistics->at,
                         "statistics of '%s': shares sum to %g, not 1", l->name,
                         share);
    if (!quant_records(q, record, n, &rule, s->weights, env->arena, why,
                       sizeof why))
        return 0;
    return msg_error(env->msgs, &l->at, "statistics of '%s': %s", l->name, why);
}

static int use_weights(const struct conf_env *env, const struct study *s,
                       const struct layer *l, const float *value, bool stored,
                       struct quant *q)
{
    const struct clip_rule rule = rule_of(&s->net->weights);
    const struct weights w = {l->groups, l->rows, l->columns, value,
                              value ? NULL : l->codes};
    char why[WHY];
    if (check_finite(l, &w, env->msgs))
        return -1;
    if (!quant_weights(q, &w, stored, &rule, s->weights, env->arena, why,
                       sizeof why))
        return 0;
    return msg_error(env->msgs, &l->at, "weights of '%s': %s", l->name, why);
}

/* Weights that were quantized to 8 bits are so already, unless somebody says
 * how they are to be. */
static bool has_codes(const struct layer *l, const struct quant *q,
                      const struct clip_rule *rule)
{
    const struct quant_spec *spec = &q->spec[0];
    return trained_is_byte(l) && q->n == 1 && spec->bits == 8 &&
           spec->scheme == scheme_find("uniform") && !(spec->clip > 0) &&
           rule->clip == CLIP_AUTO && !rule->per_column;
}

/* Matrices of a layer live as long as it takes to count them. */
static int load_layer(const struct conf_env *env, const struct study *s,
                      const struct layer *l, struct quant *q)
{
    struct arena *scratch = arena_scratch(env->arena);
    struct arena_mark mark = arena_mark(scratch);
    const struct clip_rule rule = rule_of(&s->net->weights);
    bool stored = l->stored || has_codes(l, q, &rule);
    const float *value = !l->trained ? NULL
                         : stored    ? trained_codes(l, scratch)
                                     : trained_weights(l, scratch);
    int bad = 0;
    if (value || l->codes)
        bad = use_weights(env, s, l, value, stored, q);
    else if (l->statistics && s->weights != WEIGHTS_EXACT)
        bad = use_records(env, s, l, q);
    else
        quant_ones_of_model(q);
    arena_rewind(scratch, mark);
    return bad;
}

/* Real weights in place of distributions, where there are some. */
static int load_weights(const struct conf_env *env, const struct study *s)
{
    int found = 0, bad = 0;
    for (int i = 0; i < s->net->n; i++) {
        const struct layer *l = &s->net->layer[i];
        if (!l->groups)
            continue;
        found += l->codes || l->trained ||
                 (l->statistics && s->weights != WEIGHTS_EXACT);
        bad |= load_layer(env, s, l, &s->quant[i]);
    }
    if (!found && (s->weights == WEIGHTS_EXACT || s->weights == WEIGHTS_STATS))
        return msg_error(env->msgs, NULL,
                         "'%s' has no weights that could be counted; give "
                         "them with 'weights', or use --weights model",
                         s->net->name);
    return bad;
}

int study_network(struct study *s, const struct conf_env *env, const char *name,
                  const char *quant)
{
    int errors = env->msgs->errors;
    struct net *net = arena_alloc(env->arena, sizeof *net);
    if (net_load(env, name, s->input_shape, net))
        return -1;
    s->net = net;
    if (load_quant(env, s, quant) || env->msgs->errors > errors ||
        load_weights(env, s))
        return -1;
    return 0;
}

int study_estimate(struct study *s, struct arena *a, struct msgs *msgs)
{
    s->estimated = false;
    if (!s->mapped) {
        if (s->type->map(s->machine, s->net, s->quant, a, msgs, &s->run))
            return -1;
        est_init(&s->est, s->net, &s->run, a);
        s->mapped = true;
    }
    if (s->type->schedule(s->machine, msgs, &s->run))
        return -1;
    est_sum(&s->est);
    s->estimated = true;
    return 0;
}
