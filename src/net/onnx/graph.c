/* graph.c - ONNX operators with graphs of their own */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/onnx/convert.h"

/* What a graph inside a node reads from outside, one call for each; values
 * that are not there yet, or are the inner graph's own, are left out. The first
 * that `take` wants. */
static struct value *read_outside(struct from_onnx *m,
                                  const Onnx__NodeProto *node,
                                  bool (*take)(struct value *v))
{
    for (size_t a = 0; a < node->n_attribute; a++) {
        const Onnx__GraphProto *g = node->attribute[a]->g;
        for (size_t i = 0; g && i < g->n_node; i++)
            for (size_t k = 0; k < g->node[i]->n_input; k++) {
                const struct name_slot *slot =
                    names_find(&m->names, "", g->node[i]->input[k]);
                if (slot && take(&m->value[slot->index]))
                    return &m->value[slot->index];
            }
    }
    return NULL;
}

static bool count_one(struct value *v)
{
    v->uses++;
    return false;
}

void count_inner_uses(struct from_onnx *m, const Onnx__NodeProto *node)
{
    read_outside(m, node, count_one);
}

static bool is_made(struct value *v)
{
    return is_activation(v) && v->from != FROM_UNKNOWN;
}

/* rule->a: the first input that comes out again, changed by the inner graph; a
 * condition and a number of rounds are before it. */
static int make_subgraph(struct op *o, const struct op_rule *rule)
{
    struct value *other = read_outside(o->m, o->node, is_made);
    for (int i = 0; i < o->n_out; i++) {
        int at = rule->a + i;
        struct value *v = at < o->n_in && o->in[at] ? o->in[at] : other;
        if (!o->out[i])
            continue;
        if (!v)
            return op_error(o, "no input could stand for its output '%.80s'",
                            o->out[i]->name);
        op_alias(o->out[i], v);
    }
    op_warn(o, "its inner graph is not entered and costs nothing; its outputs "
               "are taken to be as its inputs");
    return 0;
}

const struct op_rule graph_rules[] = {{"If", make_subgraph, 1, 0},
                                      {"Loop", make_subgraph, 2, 0},
                                      {"Scan", make_subgraph, 0, 0},
                                      {0}};
