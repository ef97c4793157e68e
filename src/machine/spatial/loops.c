/* loops.c - a network's layers as nests of loops on an array */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/spatial/loops.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool layer_is_product(const struct layer *l)
{
    return l->groups > 0 || l->macs > 0;
}

/* ---- widths of values ---- */

void widths_set(const struct net *net, const struct quant *quant,
                struct arena *a, struct widths *out)
{
    double last = 8;
    out->input = 0;
    out->bits = arena_array(a, (size_t)net->n, sizeof *out->bits);
    for (int i = 0; i < net->n; i++)
        if (net->layer[i].groups > 0)
            last = quant[i].input_bits;
    for (int i = net->n - 1; i >= 0; i--) {
        const struct layer *l = &net->layer[i];
        if (out->bits[i] == 0)
            out->bits[i] = last;
        double in = l->groups > 0 ? quant[i].input_bits : out->bits[i];
        for (int k = 0; k < l->n_in; k++) {
            double *w = l->in[k] < 0 ? &out->input : &out->bits[l->in[k]];
            *w = fmax(*w, in);
        }
    }
}

/* ---- operands on the array ---- */

/* A width as the array takes it: any, a power of two, or its own. */
static int stored_width(const struct array *a, int bits, int widest)
{
    int w = 1;
    if (a->narrow == NARROW_NONE)
        return bits <= widest ? widest : (bits + widest - 1) / widest * widest;
    if (a->narrow != NARROW_FUSED)
        return bits;
    while (w < bits)
        w *= 2;
    return w;
}

/* Operands of a width in the place of the widest, or the part of one that a
 * pass takes. */
static double fused(int widest, double width)
{
    return width <= widest ? floor(widest / width) : 1 / ceil(width / widest);
}

/* Products of one MAC in a cycle, 1 at the widest operands. */
static double product_rate(const struct array *a, int input, int weight)
{
    double i = larger(stored_width(a, input, a->input_bits), a->smallest_bits);
    double w =
        larger(stored_width(a, weight, a->weight_bits), a->smallest_bits);
    switch (a->narrow) {
    case NARROW_SERIAL_WEIGHT:
        return 1 / (w * ceil(i / a->input_bits));
    case NARROW_SERIAL:
        return 1 / (i * w);
    default:
        return fused(a->input_bits, i) * fused(a->weight_bits, w);
    }
}

/* Mean cycles of a product over the shares of inputs and of output channels
 * that are of different widths. */
static double product_cycles(const struct array *a, const struct quant *q)
{
    double sum = 0, low = q->low_input_bits ? q->low_input_share : 0;
    for (int g = 0; g < q->n; g++) {
        int w = q->group[g].width;
        sum +=
            q->group[g].share * (1 - low) / product_rate(a, q->input_bits, w);
        if (low > 0)
            sum +=
                q->group[g].share * low / product_rate(a, q->low_input_bits, w);
    }
    return sum;
}

static int widest_weight(const struct quant *q)
{
    int w = 1;
    for (int g = 0; g < q->n; g++)
        w = q->group[g].width > w ? q->group[g].width : w;
    return w;
}

static int check_widths(const struct array *a, int input, int weight, char *why,
                        int size)
{
    if (a->wider == WIDER_PASSES ||
        (input <= a->input_bits && weight <= a->weight_bits))
        return 0;
    bool of_input = input > a->input_bits;
    snprintf(why, (size_t)size,
             "its %s of %d bits cannot run: the array takes %d at most",
             of_input ? "inputs" : "weights", of_input ? input : weight,
             of_input ? a->input_bits : a->weight_bits);
    return -1;
}

/* lanes and step_cycles from the cycles of a product. */
static void set_pace(double cycles, struct loops *out)
{
    out->lanes = cycles < 1 ? ceil(1 / cycles - 1e-9) : 1;
    out->step_cycles = cycles * out->lanes;
}

static int set_operands(const struct array *a, const struct quant *q,
                        double width, struct loops *out, char *why, int size)
{
    struct quant same = {.n = 1, .input_bits = (int)width};
    same.group[0] = (struct planes){.share = 1, .width = (int)width};
    if (out->products)
        q = &same;
    int weight = widest_weight(q);
    if (check_widths(a, q->input_bits, weight, why, size))
        return -1;
    out->bits[INPUT] = stored_width(a, q->input_bits, a->input_bits);
    out->bits[WEIGHT] = stored_width(a, weight, a->weight_bits);
    out->bits[OUTPUT] = a->output_bits
                            ? a->output_bits
                            : stored_width(a, (int)width, a->input_bits);
    out->sum_bits =
        a->sum_bits > out->bits[OUTPUT] ? a->sum_bits : out->bits[OUTPUT];
    set_pace(product_cycles(a, q), out);
    return 0;
}

/* ---- the nest ---- */

/* out = a b, for each head and input. */
static void nest_of_product(const struct layer *l, int batch, struct loops *out)
{
    double rows = (double)l->macs / ((double)l->out.h * l->out.c);
    double heads = l->in_shape.c / rows;
    out->groups = heads * batch;
    out->ic = rows;
    out->oc = l->out.c / heads;
    out->oh = out->ih = l->out.h;
}

static bool is_window(const struct layer *l)
{
    int64_t window = (int64_t)l->win.kh * l->win.kw;
    return !l->recurrent && window > 0 && l->rows % window == 0 &&
           l->vectors == (int64_t)l->out.h * l->out.w;
}

/* Fully connected: the vectors stand in a column. Recurrent: one at a time. */
static void nest_of_matrix(const struct layer *l, struct loops *out)
{
    out->groups = l->groups;
    out->ic = l->rows;
    out->oc = l->columns;
    out->steps = l->recurrent ? (double)l->vectors : 1;
    out->oh = out->ih = l->recurrent ? 1 : (double)l->vectors;
}

static void nest_of_window(const struct layer *l, struct loops *out)
{
    const struct window *w = &l->win;
    out->groups = l->groups;
    out->ic = l->rows / (w->kh * w->kw);
    out->oc = l->columns;
    out->oh = l->out.h;
    out->ow = l->out.w;
    out->kh = w->kh;
    out->kw = w->kw;
    out->ih = l->in_shape.h;
    out->iw = l->in_shape.w;
    out->stride_h = w->stride_h;
    out->stride_w = w->stride_w;
}

static bool reads_input(const struct layer *l)
{
    for (int k = 0; k < l->n_in; k++)
        if (l->in[k] < 0)
            return true;
    return false;
}

static bool is_read(const struct net *net, int index)
{
    for (int i = index + 1; i < net->n; i++)
        for (int k = 0; k < net->layer[i].n_in; k++)
            if (net->layer[i].in[k] == index)
                return true;
    return false;
}

/* Maps stay on the chip where a layer's inputs and outputs have room there
 * together; the network's own come from outside and go there. */
static void set_resident(const struct accelerator *x, const struct net *net,
                         int index, struct loops *l)
{
    const struct buffers *b = &x->buffers;
    int keeps = x->memory.keeps;
    bool maps = keeps == KEEPS_MAPS || keeps == KEEPS_ALL;
    double in = loops_bits(l, INPUT), out = loops_bits(l, OUTPUT);
    double room_in = b->bits[INPUT] > 0 ? b->bits[INPUT] : b->unified_bits;
    double room_out = b->bits[OUTPUT] > 0 ? b->bits[OUTPUT] : b->unified_bits;
    bool apart = b->bits[INPUT] > 0 && b->bits[OUTPUT] > 0;
    maps = maps && (apart ? in <= room_in && out <= room_out
                          : in + out <= larger(room_in, room_out));
    l->resident[INPUT] = maps && !l->first;
    l->resident[OUTPUT] = maps && is_read(net, index);
    l->resident[WEIGHT] =
        l->products ? maps : keeps == KEEPS_WEIGHTS || keeps == KEEPS_ALL;
}

int loops_of(const struct accelerator *x, int batch, const struct net *net,
             int index, const struct quant *q, const struct widths *w,
             struct loops *out, char *why, int size)
{
    const struct layer *l = &net->layer[index];
    memset(out, 0, sizeof *out);
    out->batch = batch;
    out->steps = out->ow = out->iw = out->kh = out->kw = 1;
    out->stride_h = out->stride_w = 1;
    out->products = l->groups == 0;
    out->first = reads_input(l);
    if (out->products) {
        out->batch = 1;
        nest_of_product(l, batch, out);
    } else if (is_window(l)) {
        nest_of_window(l, out);
    } else {
        nest_of_matrix(l, out);
    }
    int unroll = x->array.unroll;
    out->unrolled =
        unroll == UNROLL_ALWAYS || (unroll == UNROLL_FIRST && out->first);
    if (set_operands(&x->array, q, w->bits[index], out, why, size))
        return -1;
    set_resident(x, net, index, out);
    return 0;
}
