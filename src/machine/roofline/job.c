/* job.c - a layer as kernels of a processor, and how long they take */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/roofline/roofline.h"

#include <math.h>
#include <string.h>

const double precision_bits[PRECISIONS] = {
    [INT4] = 4, [INT8] = 8, [FP16] = 16, [TF32] = 32, [FP32] = 32};

/* Widest fixed-point operand, sign included, that a format holds exactly: a
 * sign, a leading one and the mantissa's bits. fp32 takes all that is wider. */
static const int precision_holds[PRECISIONS] = {
    [INT4] = 4, [INT8] = 8, [FP16] = 12, [TF32] = 12, [FP32] = 25};

/* ---- what a layer is ---- */

/* Kernels of layers without a matrix, in a framework that runs operations one
 * by one and in an engine that fuses them. A view moves nothing. */
static const struct kind {
    const char *type;
    double eager, engine;
    bool function; /* its activation is what it is, not one behind it */
} kinds[] = {
    {"maxpool", 1, 1, false},  {"avgpool", 1, 1, false},
    {"add", 1, 0, false},      {"mul", 1, 0, false},
    {"act", 1, 0, true},       {"concat", 1, 0, false},
    {"slice", 0, 0, false},    {"sequence", 0, 0, false},
    {"shuffle", 1, 1, false},  {"upsample", 1, 1, false},
    {"shortcut", 1, 1, true},  {"norm", 1, 1, false},
    {"softmax", 1, 1, true},   {"embedding", 1, 1, true},
    {"position", 1, 0, true},  {"token", 1, 1, true},
    {"gates", 0, 0, true},     /* cuDNN: in the recurrent layer's kernel */
    {"operation", 1, 0, true}, /* of each value: behind what makes it */
    {"reduce", 1, 1, false},   /* as a pool, across the threads' blocks */
    {"resize", 1, 1, false},   /* as upsample */
    {"join", 1, 1, false},     /* not by channels: written between others */
};

static const struct kind *kind_of(const char *type)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i].type, type))
            return &kinds[i];
    return NULL;
}

bool roofline_knows(const char *type)
{
    return kind_of(type) != NULL;
}

static bool is_window(const struct layer *l)
{
    return l->win.kh * l->win.kw > 1;
}

static enum layer_class class_of(const struct layer *l)
{
    const char *name = layer_type_name(l);
    if (!strcmp(name, "matmul"))
        return CLASS_PRODUCT;
    if (l->groups == 0)
        return CLASS_MEMORY;
    if (l->groups > 1 || !strcmp(name, "dwconv"))
        return CLASS_GROUPED;
    if (strcmp(name, "conv"))
        return CLASS_PRODUCT;
    return is_window(l) ? CLASS_DENSE : CLASS_POINTWISE;
}

static int operand_bits(const struct quant *q)
{
    int bits = q->input_bits;
    for (int g = 0; g < q->n; g++)
        if (q->group[g].width > bits)
            bits = q->group[g].width;
    return bits;
}

/* The narrowest native format that holds operands of so many bits. */
static enum precision narrowest(const struct device *d, int bits)
{
    int p = INT4;
    while (p < FP32 && (d->ops[p] == 0 || precision_holds[p] < bits))
        p++;
    return (enum precision)p;
}

static enum precision precision_of(const struct layer *l, const struct quant *q,
                                   const struct device *d,
                                   const struct roofline_rule *rule,
                                   enum precision before)
{
    if (rule->precision)
        return (enum precision)(rule->precision - 1);
    if (l->groups > 0)
        return narrowest(d, operand_bits(q));
    if (class_of(l) == CLASS_PRODUCT) /* activations are no fixed point */
        return narrowest(d, precision_holds[before < FP16 ? FP16 : before]);
    return before;
}

/* ---- a layer as kernels ---- */

static void count_after(const struct layer *l, bool function, struct job *w)
{
    double out = (double)l->out_values;
    double weights = (double)l->groups * l->rows * l->columns;
    double outputs = (double)l->groups * l->columns;
    bool norm = l->groups > 0 && (double)l->params - weights >= 2 * outputs;
    bool act = !function && l->work[WORK_ACTIVATE] >= out;
    w->after = norm + act;
    w->after_bits = 2 * out * precision_bits[w->precision];
}

/* Winograd's algorithm: Lavin and Gray, CVPR 2016, arXiv:1509.09308. */
static bool is_fast(const struct layer *l, const struct job *w)
{
    const struct window *v = &l->win;
    return w->precision == FP32 && w->class == CLASS_DENSE && v->kh == 3 &&
           v->kw == 3 && v->stride_h == 1 && v->stride_w == 1 &&
           v->dil_h == 1 && v->dil_w == 1;
}

static void matrix_job(const struct layer *l, const struct stack *s,
                       struct job *w)
{
    double bits = precision_bits[w->precision];
    double out = (double)l->out_values;
    w->kernels = 1;
    w->steps = l->recurrent ? (double)l->vectors : 1;
    w->ops = 2 * (double)l->macs / w->steps;
    w->depth_bits = (double)l->macs / out * bits;
    w->value_bits = ((double)l->in_values + out) * bits / w->steps;
    if (is_fast(l, w))
        w->ops /= s->winograd;
    w->weight_bits = (double)l->groups * l->rows * l->columns * bits;
}

/* What an engine has fused still reads its other inputs. */
static void memory_job(const struct layer *l, const struct kind *kind,
                       bool fused, struct job *w)
{
    double in = (double)l->in_values, out = (double)l->out_values;
    double first =
        (double)l->in_shape.c * l->in_shape.h * (double)l->in_shape.w;
    w->steps = 1;
    w->kernels = fused ? kind->engine : kind->eager;
    double values = w->kernels > 0 ? in + out
                    : kind->eager > 0 && strcmp(kind->type, "concat")
                        ? fmax(0, in - first)
                        : 0;
    w->value_bits =
        (values + (double)l->fetched) * precision_bits[w->precision];
}

void job_of_layer(const struct layer *l, const struct quant *q,
                  const struct device *d, const struct roofline_rule *rule,
                  const struct stack *s, enum precision before, struct job *w)
{
    const struct kind *kind = kind_of(layer_type_name(l));
    *w = (struct job){.class = class_of(l),
                      .precision = precision_of(l, q, d, rule, before)};
    if (w->class == CLASS_MEMORY)
        memory_job(l, kind, s->fused, w);
    else
        matrix_job(l, s, w);
    if (!s->fused)
        count_after(l, w->class == CLASS_MEMORY && kind->function, w);
}

/* ---- times ---- */

static const char *const unit_limits[PRECISIONS] = {[INT4] = "int4 units",
                                                    [INT8] = "int8 units",
                                                    [FP16] = "fp16 units",
                                                    [TF32] = "tf32 units",
                                                    [FP32] = "fp32 units"};

/* One kernel: its longest part, and what that is. */
static void longest(double s, const char *limit, struct layer_time *t)
{
    if (s > t->total_s) {
        t->total_s = s;
        t->limit = limit;
    }
}

/*
 * A kernel takes as long as its products at the peak that its class reaches,
 * or its bits; but no less than one block of threads, which steps through the
 * depth of its outputs at its own pace, however many SMs wait; nor than the
 * time to launch it.
 */
static struct layer_time main_kernel(const struct job *w,
                                     const struct device *d,
                                     const struct stack *s, int batch)
{
    struct layer_time t = {0};
    double values = fmax(0, w->value_bits * batch - d->cache_bits);
    double peak = d->sms * d->clock_Hz * d->ops[w->precision];
    enum units u = w->precision == FP32 ? UNITS_CORES : UNITS_MATRIX;
    t.memory_s = (w->weight_bits + values) / (d->bandwidth_bit_s * s->memory);
    if (w->class != CLASS_MEMORY)
        t.units_s = w->ops * batch / (peak * s->share[u][w->class]);
    longest(t.memory_s, "memory", &t);
    longest(t.units_s, unit_limits[w->precision], &t);
    longest(w->depth_bits * s->step_cycles / d->clock_Hz, "blocks", &t);
    if (w->kernels > 0) {
        double fill_s = s->fill_cycles / d->clock_Hz;
        if (fill_s > t.total_s)
            t.limit = "fill";
        t.total_s += fill_s;
        longest(s->launch_s, "launch", &t);
    }
    t.total_s *= w->steps;
    t.units_s *= w->steps;
    t.memory_s *= w->steps;
    return t;
}

/* With the kernels of normalisation and function behind it. */
struct layer_time roofline_time(const struct job *w, const struct device *d,
                                const struct stack *s, int batch)
{
    struct layer_time t = main_kernel(w, d, s, batch);
    double bits = fmax(0, w->after_bits * batch - d->cache_bits);
    double memory_s = bits / (d->bandwidth_bit_s * s->memory);
    double after_s = fmax(s->launch_s, memory_s + s->fill_cycles / d->clock_Hz);
    if (w->after * after_s > t.total_s)
        t.limit = after_s > s->launch_s ? "memory" : "launch";
    t.total_s += w->after * after_s;
    t.memory_s += w->after * memory_s;
    return t;
}
