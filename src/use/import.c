/* import.c - a network that was loaded, written as a workload file */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "use/study.h"

#include "net/net.h"
#include "quant/record.h"

/* The quantization that was asked for in place of the network's own. */
static void override_quant(struct net *net, const char *quant, struct arena *a)
{
    struct node *n = arena_alloc(a, sizeof *n);
    *n = (struct node){.name = "quant", .kind = NODE_TEXT, .text = quant};
    net->quant = n;
    for (int i = 0; i < net->n; i++)
        net->layer[i].quant = NULL;
}

int import_network(FILE *out, const struct study *s, const char *quant,
                   const char *statistics, struct arena *a)
{
    struct net net = *s->net;
    net.layer = arena_array(a, (size_t)net.n, sizeof *net.layer);
    for (int i = 0; i < net.n; i++)
        net.layer[i] = s->net->layer[i];
    if (statistics) {
        net.statistics = statistics;
        net.weights.folder = "";
    }
    if (quant)
        override_quant(&net, quant, a);
    return net_write(out, &net, a);
}

/* Codes are written with the network. */
static bool is_recorded(const struct study *s, int layer)
{
    return s->quant[layer].record && !s->net->layer[layer].codes;
}

int import_weighted(const struct study *s)
{
    int n = 0;
    for (int i = 0; s->net && i < s->net->n; i++)
        n += is_recorded(s, i);
    return n;
}

int import_statistics(FILE *out, const struct study *s, struct arena *a)
{
    struct conf_pen pen = {.out = out, .arena = a, .first = 4, .more = 6};
    int left = import_weighted(s);
    fputs("// What became of weights when they were quantized; see STATISTICS "
          "in\n// ivq-workload(5).\nlayers = (\n",
          out);
    for (int i = 0; i < s->net->n; i++) {
        const struct quant *q = &s->quant[i];
        left -= is_recorded(s, i);
        for (int g = 0; is_recorded(s, i) && g < q->n; g++)
            record_write(&pen, s->net->layer[i].name, &q->record[g],
                         left || g + 1 < q->n ? "," : "");
    }
    fputs(");\n", out);
    return ferror(out) ? -1 : 0;
}
