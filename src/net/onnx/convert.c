/* convert.c - an ONNX graph to the layers of a network */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/onnx/convert.h"
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- messages ---- */

static const char *node_name(const struct op *o)
{
    const Onnx__NodeProto *n = o->node;
    if (n->name && *n->name)
        return n->name;
    return n->n_output ? n->output[0] : "";
}

int op_error(const struct op *o, const char *format, ...)
{
    char text[200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return msg_error(o->m->env->msgs, &o->m->item.at,
                     "node '%.80s' (%.40s): %s", node_name(o), o->type, text);
}

void op_warn(const struct op *o, const char *format, ...)
{
    char text[200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    msg_warn(o->m->env->msgs, &o->m->item.at, "node '%.80s' (%.40s): %s",
             node_name(o), o->type, text);
}

/* The text, then the name that it is about. */
static int graph_error(const struct from_onnx *m, const char *text,
                       const char *name)
{
    return msg_error(m->env->msgs, &m->item.at, "%s '%.80s'", text, name);
}

/* ---- values ---- */

struct value *value_find(struct from_onnx *m, const char *name)
{
    if (!name || !*name)
        return NULL;
    struct name_slot *slot = names_find(&m->names, "", name);
    if (slot)
        return &m->value[slot->index];
    names_add(&m->names, name, m->n_value);
    struct value *v = &m->value[m->n_value++];
    *v = (struct value){.name = name, .node = -1, .from = FROM_UNKNOWN};
    return v;
}

/* The graph's names, each once, at most so many. */
static size_t names_in(const Onnx__GraphProto *g)
{
    size_t n = g->n_input + g->n_output + g->n_initializer;
    for (size_t i = 0; i < g->n_node; i++)
        n += g->node[i]->n_input + g->node[i]->n_output;
    return n;
}

/* ---- constants ---- */

static int take_tensor(struct from_onnx *m, const Onnx__TensorProto *proto,
                       struct value *v)
{
    struct tensor *t = arena_alloc(m->env->arena, sizeof *t);
    if (tensor_open(m->env, m->item.at.file, proto, t))
        return -1;
    v->from = FROM_CONSTANT;
    set_dims(v, t->rank, t->dim, t->rank - 1);
    v->tensor = t;
    constant_steps(v);
    if (t->n <= NUMBERS_MAX) {
        double *number =
            arena_array(m->env->arena, (size_t)t->n + 1, sizeof *number);
        for (int64_t i = 0; i < t->n; i++)
            number[i] = tensor_at(t, i);
        v->number = number;
        v->whole_type = t->whole;
    }
    return 0;
}

/* value_float, value_int, value_floats, value_ints */
static int take_plain(struct from_onnx *m, const Onnx__AttributeProto *a,
                      struct value *v)
{
    bool list = a->n_ints || a->n_floats;
    size_t n = a->n_ints ? a->n_ints : list ? a->n_floats : 1;
    if (!list && !a->has_i && !a->has_f)
        return graph_error(m, "no tensor in the constant", v->name);
    double *number = arena_array(m->env->arena, n, sizeof *number);
    number[0] = a->has_i ? (double)a->i : a->has_f ? (double)a->f : 0;
    for (size_t i = 0; list && i < n; i++)
        number[i] = a->n_ints ? (double)a->ints[i] : (double)a->floats[i];
    v->from = FROM_CONSTANT;
    set_dims(v, list, (int64_t[]){(int64_t)n}, 0);
    v->number = n <= NUMBERS_MAX ? number : NULL;
    v->whole_type = a->n_ints || (!list && a->has_i);
    return 0;
}

static bool makes_constant(const Onnx__NodeProto *n)
{
    return n->op_type && !strcmp(n->op_type, "Constant");
}

static int take_constants(struct from_onnx *m)
{
    const Onnx__GraphProto *g = m->graph;
    int bad = 0;
    for (size_t i = 0; i < g->n_initializer; i++) {
        struct value *v = value_find(m, g->initializer[i]->name);
        if (v && v->from == FROM_CONSTANT)
            bad |= graph_error(m, "two initializers are called", v->name);
        else if (v)
            bad |= take_tensor(m, g->initializer[i], v);
    }
    for (size_t i = 0; i < g->n_node; i++) {
        const Onnx__NodeProto *n = g->node[i];
        struct value *v = n->n_output ? value_find(m, n->output[0]) : NULL;
        if (!v || !makes_constant(n))
            continue;
        if (v->from == FROM_CONSTANT)
            bad |= graph_error(m, "two constants are called", v->name);
        else if (n->n_attribute != 1)
            bad |= graph_error(m, "no value in the constant", v->name);
        else if (n->attribute[0]->t)
            bad |= take_tensor(m, n->attribute[0]->t, v);
        else
            bad |= take_plain(m, n->attribute[0], v);
    }
    return bad ? -1 : 0;
}

/* ---- the input ---- */

/* "1,3,640,640" */
static int read_input_shape(struct from_onnx *m, const char *text)
{
    int64_t *dim = arena_array(m->env->arena, RANK_MAX, sizeof *dim);
    const char *p = text;
    char *end;
    for (m->n_input = 0; m->n_input < RANK_MAX; m->n_input++) {
        dim[m->n_input] = *p >= '0' && *p <= '9' ? strtoll(p, &end, 10) : 0;
        if (dim[m->n_input] < 1 || dim[m->n_input] > SIZE_LIMIT)
            break;
        p = end + 1;
        if (!*end) {
            m->n_input++;
            m->input = dim;
            return 0;
        }
        if (*end != ',')
            break;
    }
    return msg_error(m->env->msgs, NULL,
                     "the input shape '%s' must be whole numbers from 1 to %d, "
                     "batch first, as in 1,3,224,224",
                     text, SIZE_LIMIT);
}

static int open_shape(struct from_onnx *m, const struct value *v)
{
    return msg_error(m->env->msgs, &m->item.at,
                     "the size of the input '%.80s' is open; give one with "
                     "--input-shape, as in 1,3,224,224",
                     v->name);
}

static const Onnx__TensorShapeProto *shape_of(const Onnx__ValueInfoProto *info)
{
    const Onnx__TypeProto *t = info->type;
    return t && t->value_case == ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE &&
                   t->tensor_type
               ? t->tensor_type->shape
               : NULL;
}

/* A dimension's size as the file says it, 0: it is open. */
static int64_t fixed_size(const Onnx__TensorShapeProto__Dimension *d)
{
    bool fixed = d && d->value_case ==
                          ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
    return fixed && d->dim_value > 0 ? d->dim_value : 0;
}

/* What a dimension is called where it is open, or NULL. */
static const char *open_name(const Onnx__TensorShapeProto__Dimension *d)
{
    bool named = d && d->value_case ==
                          ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
    return named && *d->dim_param ? d->dim_param : NULL;
}

/* The size of that name among the inputs before, 0: there is none. A language
 * model's inputs share one length. */
static int64_t size_named(struct from_onnx *m, size_t inputs, const char *name)
{
    for (size_t i = 0; i < inputs; i++) {
        const Onnx__TensorShapeProto *s = shape_of(m->graph->input[i]);
        const struct value *v = value_find(m, m->graph->input[i]->name);
        for (size_t k = 0; s && v && v->from == FROM_INPUT && k < s->n_dim;
             k++) {
            const char *other = open_name(s->dim[k]);
            if (other && !strcmp(other, name))
                return v->dim[k];
        }
    }
    return 0;
}

/* One dimension of input number `input`, 0: it is open. The user's goes first,
 * an open batch is one. */
static int64_t input_dim(struct from_onnx *m, size_t input, int i,
                         const Onnx__TensorShapeProto__Dimension *d)
{
    const char *name = open_name(d);
    int64_t known = name ? size_named(m, input, name) : fixed_size(d);
    if (m->input)
        return m->input[i];
    return known ? known : i == 0;
}

/* The dimensions that the file says, but for the batch, must be the user's. */
static int input_dims(struct from_onnx *m, size_t input, struct value *v)
{
    const Onnx__TensorShapeProto *s = shape_of(m->graph->input[input]);
    v->rank = s ? (int)s->n_dim : m->n_input;
    if (s && s->n_dim > RANK_MAX)
        return msg_error(m->env->msgs, &m->item.at,
                         "the input '%.80s' has %zu dimensions, more than %d",
                         v->name, s->n_dim, RANK_MAX);
    if (m->input && v->rank != m->n_input)
        return msg_error(m->env->msgs, &m->item.at,
                         "the input '%.80s' has %d dimensions, not %d as in "
                         "--input-shape",
                         v->name, v->rank, m->n_input);
    for (int i = 0; i < v->rank; i++) {
        const Onnx__TensorShapeProto__Dimension *d = s ? s->dim[i] : NULL;
        int64_t fixed = fixed_size(d);
        v->dim[i] = input_dim(m, input, i, d);
        if (v->dim[i] == 0)
            return open_shape(m, v);
        if (fixed && i && v->dim[i] != fixed)
            return msg_error(m->env->msgs, &m->item.at,
                             "dimension %d of the input '%.80s' is %lld, not "
                             "%lld",
                             i + 1, v->name, (long long)fixed,
                             (long long)v->dim[i]);
    }
    return s || v->rank ? 0 : open_shape(m, v);
}

/* The first input is the network's; sizes of others must be fixed, or have the
 * name of one before. */
static int take_inputs(struct from_onnx *m)
{
    bool first = true;
    for (size_t i = 0; i < m->graph->n_input; i++) {
        struct value *v = value_find(m, m->graph->input[i]->name);
        if (!v || v->from == FROM_CONSTANT)
            continue;
        if (input_dims(m, i, v))
            return -1;
        Onnx__NodeProto node = ONNX__NODE_PROTO__INIT;
        struct op at = {.m = m, .node = &node, .type = "input"};
        set_dims(v, v->rank, v->dim, v->rank >= 4 ? 1 : v->rank - 1);
        v->from = FROM_INPUT;
        struct shape s;
        if (op_shape(&at, v, &s))
            return -1;
        if (first)
            m->build.net->input = s;
        m->input = NULL; /* it was for the first */
        first = false;
    }
    return first
               ? msg_error(m->env->msgs, &m->item.at, "the graph has no input")
               : 0;
}

/* ---- the order of the nodes ---- */

static int count_uses(struct from_onnx *m)
{
    const Onnx__GraphProto *g = m->graph;
    int bad = 0;
    for (size_t i = 0; i < g->n_node; i++) {
        for (size_t k = 0; k < g->node[i]->n_output; k++) {
            struct value *v = value_find(m, g->node[i]->output[k]);
            bool own = k == 0 && makes_constant(g->node[i]);
            if (v && v->node >= 0)
                bad |= graph_error(m, "two nodes make", v->name);
            else if (v && v->from != FROM_UNKNOWN && !own)
                bad |= graph_error(m, "a node makes what is given:", v->name);
            else if (v)
                v->node = (int)i;
        }
        for (size_t k = 0; k < g->node[i]->n_input; k++) {
            struct value *v = value_find(m, g->node[i]->input[k]);
            if (v)
                v->uses++;
        }
        count_inner_uses(m, g->node[i]);
    }
    for (size_t i = 0; i < g->n_output; i++) {
        struct value *v = value_find(m, g->output[i]->name);
        if (v)
            v->uses++;
    }
    return bad ? -1 : 0;
}

/* A walk in depth first, without recursion: next[] is the input of a node that
 * comes next, ~0: the node is done. */
struct walk {
    size_t *next;
    int *stack, *order, depth, n;
    bool *open;
};

static int visit(struct from_onnx *m, struct walk *w)
{
    int i = w->stack[w->depth - 1];
    const Onnx__NodeProto *node = m->graph->node[i];
    if (w->next[i] < node->n_input) {
        const struct value *v = value_find(m, node->input[w->next[i]++]);
        if (!v || v->node < 0 || w->next[v->node] == SIZE_MAX)
            return 0;
        if (w->open[v->node])
            return graph_error(m, "the graph has a cycle through", v->name);
        w->open[v->node] = true;
        w->stack[w->depth++] = v->node;
        return 0;
    }
    w->next[i] = SIZE_MAX;
    w->order[w->n++] = i;
    w->depth--;
    return 0;
}

static int sort_nodes(struct from_onnx *m, struct walk *w)
{
    size_t n = m->graph->n_node;
    struct arena *a = m->env->arena;
    w->next = arena_array(a, n + 1, sizeof *w->next);
    w->stack = arena_array(a, n + 1, sizeof *w->stack);
    w->order = arena_array(a, n + 1, sizeof *w->order);
    w->open = arena_array(a, n + 1, sizeof *w->open);
    for (size_t i = 0; i < n; i++) {
        if (w->next[i] == SIZE_MAX)
            continue;
        w->stack[0] = (int)i;
        w->open[i] = true;
        for (w->depth = 1; w->depth > 0;)
            if (visit(m, w))
                return -1;
    }
    return 0;
}

/* ---- the nodes ---- */

const struct op_rule *op_rule_of(const char *type)
{
    static const struct op_rule *const lists[] = {
        matrix_rules,  product_rules, rnn_rules,      attention_rules,
        element_rules, norm_rules,    view_rules,     index_rules,
        map_rules,     graph_rules,   quantized_rules};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (const struct op_rule *r = lists[i]; r->type; r++)
            if (!strcmp(r->type, type))
                return r;
    return NULL;
}

static void unknown(struct op *o)
{
    if (!o->n_in || !o->in[0]) {
        op_error(o, "the operator is not known, and has no input that could "
                    "stand for its output");
        return;
    }
    op_warn(o, "the operator is not known; it is taken as one that leaves its "
               "input as it is and costs nothing");
    for (int i = 0; i < o->n_out; i++)
        if (o->out[i])
            op_alias(o->out[i], o->in[0]);
}

/* Outputs beside the first that a rule says nothing of. */
static void other_outputs(struct op *o)
{
    for (int i = 1; i < o->n_out; i++) {
        struct value *v = o->out[i];
        if (!v || v->from != FROM_UNKNOWN || o->out[0]->from == FROM_UNKNOWN)
            continue;
        if (v->uses > 0)
            op_warn(o, "its output '%.80s' is taken to be as its first",
                    v->name);
        op_alias(v, o->out[0]);
    }
}

static struct value **values_of(struct from_onnx *m, size_t n, char **name)
{
    struct value **v = arena_array(m->env->arena, n + 1, sizeof *v);
    for (size_t i = 0; i < n; i++)
        v[i] = value_find(m, name[i]);
    return v;
}

/* The first output, or one that nobody reads in its place; false if there is
 * none at all. */
static bool has_output(struct op *o)
{
    bool any = false;
    for (int i = 0; i < o->n_out; i++)
        any = any || o->out[i];
    if (any && !o->out[0]) {
        o->out[0] = arena_alloc(o->m->env->arena, sizeof *o->out[0]);
        *o->out[0] = (struct value){.name = o->type, .from = FROM_UNKNOWN};
    }
    return any;
}

/* False if an input is not known, for which somebody has an error. */
static bool has_inputs(struct op *o)
{
    for (int k = 0; k < o->n_in; k++) {
        if (o->in[k] && o->in[k]->from == FROM_UNKNOWN) {
            if (o->in[k]->node < 0)
                op_error(o, "nothing makes its input '%.80s'", o->in[k]->name);
            return false;
        }
        if (is_constant(o->in[k]))
            constant_open(o, o->in[k]);
    }
    return true;
}

static void run_node(struct from_onnx *m, int i)
{
    const Onnx__NodeProto *n = m->graph->node[i];
    struct op o = {.m = m,
                   .node = n,
                   .type = n->op_type ? n->op_type : "",
                   .n_in = (int)n->n_input,
                   .n_out = (int)n->n_output,
                   .in = values_of(m, n->n_input, n->input),
                   .out = values_of(m, n->n_output, n->output)};
    if (!strcmp(o.type, "Constant") || m->fused[i] || !has_output(&o) ||
        !has_inputs(&o) || op_fold(&o))
        return;
    const struct op_rule *rule = op_rule_of(o.type);
    if (!rule)
        unknown(&o);
    else if (!o.n_in || !o.in[0])
        op_error(&o, "its first input is missing");
    else if (rule->make(&o, rule))
        o.out[0]->from = FROM_UNKNOWN;
    else
        keep_numbers(&o);
    other_outputs(&o);
}

static int run_nodes(struct from_onnx *m)
{
    struct walk w = {.n = 0};
    if (sort_nodes(m, &w))
        return -1;
    match_patterns(m);
    for (int i = 0; i < w.n && !m->build.full; i++)
        run_node(m, w.order[i]);
    return 0;
}

/* ---- the network ---- */

/* The version of ONNX's own operators; the newest if the file says none. */
static int64_t opset_of(const Onnx__ModelProto *model)
{
    for (size_t i = 0; i < model->n_opset_import; i++) {
        const Onnx__OperatorSetIdProto *id = model->opset_import[i];
        bool own =
            !id->domain || !*id->domain || !strcmp(id->domain, "ai.onnx");
        if (own && id->has_version)
            return id->version;
    }
    return INT64_MAX;
}

int from_onnx(const struct conf_env *env, const char *path, const char *input,
              struct net *net)
{
    int before = env->msgs->errors;
    struct from_onnx m = {.env = env,
                          .item = {.at = {path, 0}},
                          .names = {.arena = env->arena},
                          .build = {.net = net,
                                    .names = {.arena = env->arena},
                                    .arena = env->arena,
                                    .msgs = env->msgs}};
    const Onnx__ModelProto *model = onnx_read(env, path);
    if (!model || (input && read_input_shape(&m, input)))
        return -1;
    m.graph = model->graph;
    m.opset = opset_of(model);
    m.value = arena_array(env->arena, names_in(m.graph) + 1, sizeof *m.value);
    m.fused = arena_array(env->arena, m.graph->n_node + 1, sizeof *m.fused);
    if (take_constants(&m) || take_inputs(&m) || count_uses(&m) ||
        run_nodes(&m))
        return -1;
    return env->msgs->errors > before ? -1 : 0;
}
