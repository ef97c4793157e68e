/* plan_read.c - a quantization setting as it is written */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/plan_read.h"

#include "base/quantity.h"
#include "base/suggest.h"
#include "quant/plan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WHY = 200, BITS_MAX = 32, KEYS_MAX = 24, DRQ_LOW_BITS = 4 };

/* ---- the scalar keys ---- */

struct scalars {
    int terms, roll_bits, delta, dist, low_input_bits;
    double clip, shape, low_share;
};

static const char *const dists[] = {"gaussian", "laplace", "ggd", NULL};

/* clang-format off */
#define AT(m) offsetof(struct scalars, m)
const struct field quant_fields[] = {
    {"clip", FIELD_REAL, DIM_NONE, AT(clip), 0, 100, "0", NULL,
     "largest level in standard deviations of the weights; 0: the scheme's"},
    {"dist", FIELD_CHOICE, DIM_NONE, AT(dist), 0, 0, "gaussian", dists,
     "distribution of the weights"},
    {"shape", FIELD_REAL, DIM_NONE, AT(shape), 0, 10, "0", NULL,
     "shape of the generalised Gaussian, 0.3 to 10; 0: 1.37, a median"},
    {"terms", FIELD_COUNT, DIM_NONE, AT(terms), 0, PLANES_MAX, "0", NULL,
     "sme: consecutive ones; apot_k: bits a term; admm: powers; abcnet: bases"},
    {"roll_bits", FIELD_COUNT, DIM_NONE, AT(roll_bits), 0, 32, "0", NULL,
     "fixed-point bits of levels that are no integers; 0: the scheme's"},
    {"delta", FIELD_COUNT, DIM_NONE, AT(delta), 0, PLANES_MAX, "0", NULL,
     "biscaled: difference of the two scale exponents; 0: the scheme's"},
    {"low_input_bits", FIELD_COUNT, DIM_NONE, AT(low_input_bits), 0, BITS_MAX,
     "0", NULL, "activation bits of the insensitive regions"},
    {"low_share", FIELD_REAL, DIM_NONE, AT(low_share), 0, 1, "0", NULL,
     "share of the input vectors that come at low_input_bits"},
    {.name = NULL},
};
#undef AT
/* clang-format on */

static const char *const other_keys[] = {"scheme",     "mix",     "bits",
                                         "input_bits", "first",   "last",
                                         "source",     "sources", NULL};

/* Unknown keys, told before field_read() so that the nearest of all the keys
 * is named and not that of the scalar ones alone. */
static void report_unknown(struct node *group, struct msgs *msgs)
{
    const char *known[KEYS_MAX];
    int n = 0;
    for (const struct field *f = quant_fields; f->name; f++)
        known[n++] = f->name;
    for (int i = 0; other_keys[i]; i++)
        known[n++] = other_keys[i];
    for (int i = 0; i < n; i++)
        node_get(group, known[i]);
    node_report_unused(group, known, n, " in a quantization", msgs);
    for (struct node *child = group->child; child; child = child->next)
        child->used = true;
}

static int read_scalars(const struct quant_context *c, struct node *group,
                        const struct node *sources, struct scalars *out)
{
    struct bound bound = {.path = "quant", .fields = quant_fields, .data = out};
    return field_read(&bound, group, sources, group->at, c->env->arena,
                      c->env->msgs);
}

/* What a part does not say itself comes from the group. */
static void fill_part(struct quant_spec *spec, const struct scalars *s,
                      bool has_dist)
{
    if (!(spec->clip > 0))
        spec->clip = s->clip;
    if (!(spec->shape > 0))
        spec->shape = s->shape;
    if (has_dist && spec->dist == DIST_GAUSSIAN)
        spec->dist = (enum dist)s->dist;
    if (!spec->terms)
        spec->terms = s->terms;
    if (!spec->roll_bits)
        spec->roll_bits = s->roll_bits;
    if (!spec->delta)
        spec->delta = s->delta;
}

/* ---- scheme and mix ---- */

static int read_spec(const struct quant_context *c, const struct place *at,
                     const char *text, struct quant_setting *out, double ratio)
{
    char why[WHY];
    int input_bits = 0;
    struct quant_part *part = &out->part[out->n];
    part->ratio = ratio;
    if (at)
        part->at = *at;
    if (quant_spec_read(text, &part->spec, &input_bits, why, sizeof why))
        return msg_error(c->env->msgs, at, "%s", why);
    if (out->n && input_bits != out->input_bits)
        return msg_error(c->env->msgs, at,
                         "the parts of a mix share their inputs; give "
                         "'input_bits' once");
    out->input_bits = input_bits;
    out->n++;
    return 0;
}

static int read_mix_part(const struct quant_context *c, const struct node *pair,
                         struct quant_setting *out)
{
    struct node *ratio = pair->kind == NODE_LIST ? pair->child : NULL;
    struct node *text = ratio ? ratio->next : NULL;
    if (!text || text->next || text->kind != NODE_TEXT ||
        (ratio->kind != NODE_INT && ratio->kind != NODE_REAL))
        return msg_error(c->env->msgs, &pair->at,
                         "a part of 'mix' is written (ratio, \"scheme:bits\")");
    if (!(ratio->real > 0))
        return msg_error(c->env->msgs, &ratio->at,
                         "the ratio of a part of 'mix' must be above 0, not %g",
                         ratio->real);
    return read_spec(c, &text->at, text->text, out, ratio->real);
}

static int read_mix(const struct quant_context *c, const struct node *mix,
                    struct quant_setting *out)
{
    int n = mix->kind == NODE_LIST ? node_count(mix) : 0, bad = 0;
    if (n < 2 || n > GROUPS_MAX)
        return msg_error(c->env->msgs, &mix->at,
                         "'mix' is a list of 2 to %d parts (ratio, "
                         "\"scheme:bits\")",
                         GROUPS_MAX);
    for (const struct node *pair = mix->child; pair && !bad; pair = pair->next)
        bad = read_mix_part(c, pair, out);
    return bad;
}

static int read_schemes(const struct quant_context *c, struct node *group,
                        struct quant_setting *out)
{
    const char *text = NULL;
    struct node *mix = node_get(group, "mix");
    struct node *scheme = node_get(group, "scheme");
    if (node_text(group, "scheme", &text, c->env->msgs))
        return -1;
    if (text && mix)
        return msg_error(c->env->msgs, &mix->at,
                         "a quantization has a 'scheme' or a 'mix', not both");
    if (mix)
        return read_mix(c, mix, out);
    if (!text)
        return msg_error(c->env->msgs, &group->at,
                         "a quantization needs a 'scheme', as in scheme = "
                         "\"apot:4/4\", or a 'mix'");
    return read_spec(c, &scheme->at, text, out, 1);
}

/* ---- numbers per layer ---- */

static int get_bits(const struct node *n, int *out)
{
    double x = n->real;
    bool is_number = n->kind == NODE_INT ||
                     (n->kind == NODE_RAW && !number_parse(n->text, &x));
    if (!is_number || !(x >= 1 && x <= BITS_MAX) || x > floor(x))
        return -1;
    *out = (int)x;
    return 0;
}

static int report_bits(const struct quant_context *c, const struct node *n,
                       const char *name)
{
    return msg_error(c->env->msgs, &n->at,
                     "'%s' must be a whole number from 1 to %d, or a list of "
                     "them, one for each weight layer",
                     name, BITS_MAX);
}

/* The list, or NULL having reported. */
static const int *read_list(const struct quant_context *c,
                            const struct node *list)
{
    int n = node_count(list), i = 0;
    if (c->is_one_layer) {
        msg_error(c->env->msgs, &list->at,
                  "'%s' lists weight layers; this quantization is for one",
                  list->name);
        return NULL;
    }
    if (n != c->n_weight) {
        msg_error(c->env->msgs, &list->at,
                  "'%s' has %d values; the network has %d weight layers",
                  list->name, n, c->n_weight);
        return NULL;
    }
    int *out = arena_array(c->env->arena, (size_t)n, sizeof *out);
    for (const struct node *v = list->child; v; v = v->next) {
        if (get_bits(v, &out[i++])) {
            report_bits(c, v, list->name);
            return NULL;
        }
    }
    return out;
}

/* One number into *one, or a list. */
static int read_numbers(const struct quant_context *c, struct node *group,
                        const char *name, int *one, const int **list)
{
    struct node *n = node_get(group, name);
    if (!n)
        return 0;
    if (n->kind == NODE_LIST) {
        *list = read_list(c, n);
        return *list ? 0 : -1;
    }
    return get_bits(n, one) ? report_bits(c, n, name) : 0;
}

/* Every width in the list must be one of the scheme's. */
static int check_list(const struct quant_context *c, const struct node *list,
                      const struct quant_setting *s)
{
    char why[WHY];
    struct quant_spec spec = s->part[0].spec;
    const struct node *v = list->child;
    for (int i = 0; v; i++, v = v->next) {
        spec.bits = s->bits[i];
        if (quant_spec_check(&spec, why, sizeof why))
            return msg_error(c->env->msgs, &v->at, "%s", why);
    }
    return 0;
}

static int read_bits(const struct quant_context *c, struct node *group,
                     struct quant_setting *out)
{
    struct node *bits = node_get(group, "bits");
    int one = 0;
    if (read_numbers(c, group, "bits", &one, &out->bits) ||
        read_numbers(c, group, "input_bits", &out->input_bits, &out->inputs))
        return -1;
    if (bits && out->n > 1)
        return msg_error(c->env->msgs, &bits->at,
                         "'bits' goes with one 'scheme', not with a 'mix'");
    if (one)
        out->part[0].spec.bits = one;
    return 0;
}

/* ---- the rest of a group ---- */

static int read_edge(const struct quant_context *c, struct node *group,
                     const char *name, bool has_list,
                     struct quant_setting **out)
{
    struct node *n = node_get(group, name);
    struct quant_context inner = *c;
    if (!n)
        return 0;
    if (c->is_one_layer)
        return msg_error(c->env->msgs, &n->at,
                         "'%s' belongs to the quantization of a network", name);
    if (has_list)
        return msg_error(c->env->msgs, &n->at,
                         "'%s' and the list 'bits' both set that layer", name);
    inner.is_one_layer = true;
    *out = quant_setting_read(&inner, n);
    return *out ? 0 : -1;
}

static int check_drq(const struct quant_context *c, struct quant_setting *s)
{
    bool is_drq = s->n && !strcmp(s->part[0].spec.scheme->name, "drq");
    if (is_drq && !s->low_input_bits)
        s->low_input_bits = DRQ_LOW_BITS; /* INT8 and INT4 (Song 2020) */
    if (s->low_input_bits && !(s->low_share > 0))
        return msg_error(c->env->msgs, &s->at,
                         "'low_share' is missing: the share of the input "
                         "vectors that come at %d bits",
                         s->low_input_bits);
    if (s->low_share > 0 && !s->low_input_bits)
        return msg_error(c->env->msgs, &s->at,
                         "'low_share' needs 'low_input_bits'");
    return 0;
}

static int check_parts(const struct quant_context *c,
                       const struct quant_setting *s)
{
    char why[WHY];
    for (int i = 0; i < s->n; i++)
        if (quant_spec_check(&s->part[i].spec, why, sizeof why))
            return msg_error(c->env->msgs, &s->part[i].at, "%s", why);
    return 0;
}

static int read_source(const struct quant_context *c, struct node *group,
                       const struct node *sources, const char **out)
{
    if (node_text(group, "source", out, c->env->msgs))
        return -1;
    return *out ? source_check(node_get(group, "source"), sources, c->env->msgs)
                : 0;
}

static int read_group(const struct quant_context *c, struct node *group,
                      struct quant_setting *out)
{
    struct scalars s = {0};
    struct node *own = node_get(group, "sources");
    const struct node *sources = own ? own : c->sources;
    int bad = 0, before = c->env->msgs->errors;

    report_unknown(group, c->env->msgs);
    if (c->env->msgs->errors > before && !node_get(group, "scheme") &&
        !node_get(group, "mix"))
        return -1; /* the misspelt key is likely the one that is missing */
    bad |= read_source(c, group, sources, &out->source);
    bad |= read_schemes(c, group, out);
    bad |= read_scalars(c, group, sources, &s);
    if (bad)
        return -1;
    bool has_dist = node_get(group, "dist") != NULL;
    for (int i = 0; i < out->n; i++)
        fill_part(&out->part[i].spec, &s, has_dist);
    out->low_input_bits = s.low_input_bits;
    out->low_share = s.low_share;
    bad |= read_bits(c, group, out);
    if (!bad)
        bad |= out->bits ? check_list(c, node_get(group, "bits"), out)
                         : check_parts(c, out);
    bad |= check_drq(c, out);
    bad |= read_edge(c, group, "first", out->bits, &out->first);
    bad |= read_edge(c, group, "last", out->bits, &out->last);
    return bad || c->env->msgs->errors > before ? -1 : 0;
}

/* ---- text ---- */

static bool is_spec(const char *text)
{
    char head[40];
    size_t n = strcspn(text, ":/,");
    if (text[n] == ':')
        return true;
    snprintf(head, sizeof head, "%.*s", (int)n, text);
    return scheme_find(head) != NULL;
}

/* A name that is neither: the nearest scheme or else what conf_find() says. */
static const char *find_file(const struct quant_context *c,
                             const struct place *at, const char *text)
{
    struct msgs quiet = {.n = 0};
    struct conf_env env = *c->env;
    const char *names[64];
    int n = 0;
    env.msgs = &quiet;
    env.sets = NULL; /* -s is about the files of the run, not this one */
    const char *path = conf_find(&env, text);
    if (path)
        return path;
    for (; n < 64 && schemes[n]; n++)
        names[n] = schemes[n]->name;
    const char *said = quiet.n ? strstr(quiet.list[0].text, "; did") : NULL;
    msg_error(c->env->msgs, at, "'%s' is neither a scheme nor a file%s", text,
              suggest_end(text, names, n, said ? said : "").text);
    return NULL;
}

static int read_file(const struct quant_context *c, const struct place *at,
                     const char *text, struct quant_setting *out)
{
    struct conf_env env = *c->env;
    const char *path = find_file(c, at, text);
    if (!path)
        return -1;
    env.sets = NULL;
    struct node *root = conf_load(&env, path);
    if (!root)
        return -1;
    if (read_group(c, root, out))
        return -1;
    if (!out->source)
        out->source = arena_strdup(c->env->arena, path);
    return 0;
}

struct quant_setting *quant_setting_text(const struct quant_context *c,
                                         const struct place *at,
                                         const char *text)
{
    struct quant_setting *s = arena_alloc(c->env->arena, sizeof *s);
    if (at)
        s->at = *at;
    int bad = is_spec(text) ? read_spec(c, at, text, s, 1)
                            : read_file(c, at, text, s);
    if (!bad && is_spec(text))
        bad = check_parts(c, s) || check_drq(c, s);
    return bad ? NULL : s;
}

struct quant_setting *quant_setting_read(const struct quant_context *c,
                                         struct node *node)
{
    if (node->kind == NODE_TEXT || node->kind == NODE_RAW)
        return quant_setting_text(c, &node->at, node->text);
    if (node->kind != NODE_GROUP) {
        msg_error(c->env->msgs, &node->at,
                  "a quantization is text, as in \"apot:4/4\", or a group, "
                  "not %s",
                  node_kind_name(node->kind));
        return NULL;
    }
    struct quant_setting *s = arena_alloc(c->env->arena, sizeof *s);
    s->at = node->at;
    return read_group(c, node, s) ? NULL : s;
}
