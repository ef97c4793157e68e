/* t_roofline.c - kernels by hand, what must not get slower, energy bounds */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "net_load.h"
#include "random.h"

#include "ivq.h"
#include "machine/roofline/roofline.h"
#include "net/layer_types.h"

/* ---- by hand: 10 SMs at 1 GHz, 1 TOPS in fp32, 8 in int8, 10 Gbit/s ---- */

static const struct device device = {.sms = 10,
                                     .clock_Hz = 1e9,
                                     .ops = {[FP32] = 100, [INT8] = 800},
                                     .bandwidth_bit_s = 10e9};

static struct stack stack_with(bool fused, double launch_s)
{
    struct stack s = {.launch_s = launch_s,
                      .fill_cycles = 1000,
                      .step_cycles = 2,
                      .fused = fused,
                      .winograd = 2,
                      .memory = 0.5};
    for (int u = 0; u < UNITS; u++)
        for (int c = 0; c < CLASSES; c++)
            s.share[u][c] = u == UNITS_CORES ? 0.5 : 0.25;
    return s;
}

/* 1 GOP at half of 1 TOPS is 2 ms; 1 Mbit at half of 10 Gbit/s is 0.2 ms;
 * 1000 cycles are 1 us. */
START_TEST(kernel_by_hand)
{
    struct stack s = stack_with(false, 10e-6);
    struct job j = {.class = CLASS_DENSE,
                    .precision = FP32,
                    .steps = 1,
                    .ops = 1e9,
                    .depth_bits = 100,
                    .weight_bits = 0.5e6,
                    .value_bits = 0.5e6,
                    .kernels = 1};
    struct layer_time t = roofline_time(&j, &device, &s, 1);
    ck_near(t.total_s, 2e-3 + 1e-6, 1e-12);
    ck_near(t.units_s, 2e-3, 1e-12);
    ck_near(t.memory_s, 0.2e-3, 1e-12);
    ck_assert_str_eq(t.limit, "fp32 units");
    j.precision = INT8; /* 1 GOP at a quarter of 8 TOPS: 0.5 ms */
    ck_near(roofline_time(&j, &device, &s, 1).units_s, 0.5e-3, 1e-12);
    ck_near(roofline_time(&j, &device, &s, 4).memory_s, 0.5e-3, 1e-12);
    j.ops = 1e3;
    t = roofline_time(&j, &device, &s, 1);
    ck_near(t.total_s, 0.2e-3 + 1e-6, 1e-12);
    ck_assert_str_eq(t.limit, "memory");
    j.depth_bits = 1e6; /* 2 cycles a bit: 2 ms in one block */
    t = roofline_time(&j, &device, &s, 1);
    ck_near(t.total_s, 2e-3 + 1e-6, 1e-12);
    ck_assert_str_eq(t.limit, "blocks");
}
END_TEST

START_TEST(small_kernels_wait_for_the_host)
{
    struct stack s = stack_with(false, 10e-6);
    struct job j = {.class = CLASS_MEMORY, .steps = 1, .kernels = 1};
    struct layer_time t = roofline_time(&j, &device, &s, 1);
    ck_near(t.total_s, 10e-6, 1e-12);
    ck_assert_str_eq(t.limit, "launch");
    j.after = 2; /* normalisation and function: two launches more */
    ck_near(roofline_time(&j, &device, &s, 1).total_s, 30e-6, 1e-12);
    j.steps = 5; /* each waits for the one before */
    ck_near(roofline_time(&j, &device, &s, 1).total_s, 70e-6, 1e-12);
    j = (struct job){.class = CLASS_MEMORY, .steps = 1};
    ck_assert_double_eq(roofline_time(&j, &device, &s, 1).total_s, 0);
}
END_TEST

START_TEST(cache_holds_values_not_parameters)
{
    struct stack s = stack_with(false, 0);
    struct device d = device;
    struct job j = {.class = CLASS_MEMORY,
                    .steps = 1,
                    .weight_bits = 1e6,
                    .value_bits = 1e6,
                    .kernels = 1};
    d.cache_bits = 3e6;
    ck_near(roofline_time(&j, &d, &s, 2).memory_s, 0.2e-3, 1e-12);
    ck_near(roofline_time(&j, &d, &s, 5).memory_s, 0.6e-3, 1e-12);
}
END_TEST

/* ---- layers as kernels ---- */

static const char layers[] =
    "{ name = \"dense\"; type = \"conv\"; out = 16; kernel = 3; pad = 1;\n"
    "  norm = \"batch\"; act = \"relu\"; },\n"
    "{ name = \"strided\"; type = \"conv\"; out = 16; kernel = 3; pad = 1;\n"
    "  stride = 2; from = \"in\"; bias = true; },\n"
    "{ name = \"point\"; type = \"conv\"; from = \"dense\"; out = 16;\n"
    "  kernel = 1; },\n"
    "{ name = \"depth\"; type = \"dwconv\"; kernel = 3; pad = 1; },\n"
    "{ name = \"sum\"; type = \"add\"; from = [\"dense\", \"depth\"];\n"
    "  act = \"relu\"; },\n"
    "{ name = \"pool\"; type = \"avgpool\"; kernel = \"global\"; },\n"
    "{ name = \"fc\"; type = \"fc\"; out = 10; bias = true; }";

static struct job job_of(const char *name, const struct stack *s, int precision)
{
    struct roofline_rule rule = {.precision = precision + 1, .batch = 1};
    struct quant q = {.n = 0};
    struct job j;
    job_of_layer(layer_named(name), &q, &device, &rule, s, FP32, &j);
    return j;
}

START_TEST(layers_as_kernels)
{
    struct stack eager = stack_with(false, 0), engine = stack_with(true, 0);
    ck_need(!load_layers("[8, 10, 10]", layers), "%s", first_message());
    struct job j = job_of("dense", &eager, FP32);
    ck_assert_int_eq(j.class, CLASS_DENSE);
    /* 16 x 100 outputs of 72 MACs, halved by the fast algorithm */
    ck_near(j.ops, 2 * 16 * 100 * 72 / 2.0, 1e-12);
    ck_near(j.depth_bits, 72 * 32, 1e-12);
    ck_near(j.weight_bits, 72 * 16 * 32, 1e-12);
    ck_near(j.value_bits, (8 + 16) * 100 * 32, 1e-12);
    ck_assert_double_eq(j.after, 2);
    ck_near(j.after_bits, 2 * 16 * 100 * 32, 1e-12);
    ck_near(job_of("dense", &eager, INT8).ops, 2 * 16 * 100 * 72, 1e-12);
    ck_assert_double_eq(job_of("dense", &engine, FP32).after, 0);
    j = job_of("strided", &eager, FP32);
    ck_near(j.ops, 2 * 16 * 25 * 72, 1e-12);
    ck_assert_double_eq(j.after, 0); /* a bias is no kernel */
    ck_assert_int_eq(job_of("point", &eager, FP32).class, CLASS_POINTWISE);
    ck_assert_int_eq(job_of("depth", &eager, FP32).class, CLASS_GROUPED);
    ck_assert_int_eq(job_of("fc", &eager, FP32).class, CLASS_PRODUCT);
    j = job_of("sum", &eager, FP32);
    ck_assert_int_eq(j.class, CLASS_MEMORY);
    ck_near(j.value_bits, 3 * 1600 * 32, 1e-12);
    ck_assert_double_eq(j.kernels + j.after, 2);
    j = job_of("sum", &engine, FP32); /* reads what was not just made */
    ck_near(j.value_bits, 1600 * 32, 1e-12);
    ck_assert_double_eq(j.kernels + j.after, 0);
    ck_assert_double_eq(job_of("pool", &engine, FP32).kernels, 1);
}
END_TEST

/* Weights of `width` bits with inputs of `input` bits on a device. */
static enum precision chosen(const struct device *d, int width, int input)
{
    struct stack s = stack_with(true, 0);
    struct roofline_rule rule = {.precision = 0, .batch = 1};
    struct quant q = {.n = 1, .input_bits = input};
    struct job j;
    q.group[0].width = width;
    job_of_layer(layer_named("dense"), &q, d, &rule, &s, FP32, &j);
    return j.precision;
}

START_TEST(every_type_is_known)
{
    for (int i = 0; layer_types[i]; i++) {
        const struct layer_type *t = layer_types[i];
        bool matrix = t->has_codes || !strcmp(t->name, "matmul");
        bool parts = t->expand != NULL;
        ck_need((matrix || parts) != roofline_knows(t->name),
                "type %s has %s kernels", t->name,
                matrix || parts ? "needless" : "no");
    }
}
END_TEST

START_TEST(narrowest_format_that_holds)
{
    struct device d = device;
    d.ops[INT4] = 1600;
    d.ops[FP16] = 400;
    ck_need(!load_layers("[8, 10, 10]", layers), "%s", first_message());
    ck_assert_int_eq(chosen(&d, 4, 4), INT4);
    ck_assert_int_eq(chosen(&d, 4, 5), INT8);
    ck_assert_int_eq(chosen(&d, 8, 4), INT8);
    ck_assert_int_eq(chosen(&d, 9, 4), FP16);
    ck_assert_int_eq(chosen(&d, 12, 12), FP16);
    ck_assert_int_eq(chosen(&d, 13, 8), FP32);
    ck_assert_int_eq(chosen(&d, 32, 32), FP32);
    ck_assert_int_eq(chosen(&device, 4, 4), INT8);
    ck_assert_int_eq(chosen(&device, 9, 4), FP32);
}
END_TEST

/* ---- what must not get slower ---- */

static double spread(double low, double high)
{
    return exp(uniform(log(low), log(high)));
}

static struct job random_job(void)
{
    return (struct job){.class = (enum layer_class)(next_random() % 5),
                        .precision = next_random() % 2 ? FP32 : INT8,
                        .steps = 1 + (double)(next_random() % 3),
                        .ops = spread(1e3, 1e11),
                        .depth_bits = spread(1, 1e5),
                        .weight_bits = spread(1, 1e9),
                        .value_bits = spread(1, 1e9),
                        .kernels = (double)(next_random() % 2),
                        .after = (double)(next_random() % 3),
                        .after_bits = spread(1, 1e9)};
}

START_TEST(more_is_never_slower)
{
    seed = 2080;
    for (int i = 0; i < 20000; i++) {
        struct stack s = stack_with(next_random() % 2, spread(1e-7, 1e-4));
        struct job j = random_job();
        int batch = 1 + (int)(next_random() % 64);
        struct layer_time t = roofline_time(&j, &device, &s, batch);
        struct device d = device;
        d.bandwidth_bit_s *= spread(1, 10);
        ck_need(roofline_time(&j, &d, &s, batch).total_s <= t.total_s, "wider");
        d = device;
        d.sms *= 2;
        ck_need(roofline_time(&j, &d, &s, batch).total_s <= t.total_s, "more");
        d = device;
        d.cache_bits = spread(1, 1e9);
        ck_need(roofline_time(&j, &d, &s, batch).total_s <= t.total_s, "cache");
        double more = roofline_time(&j, &device, &s, batch + 1).total_s;
        ck_need(more / (batch + 1) <= t.total_s / batch * (1 + 1e-12),
                "a larger batch is slower an input");
        ck_need(fmax(t.units_s, t.memory_s) <= t.total_s * (1 + 1e-12),
                "busy %g and %g of %g s", t.units_s, t.memory_s, t.total_s);
    }
}
END_TEST

/* ---- whole networks ---- */

static const char *const cards[] = {"rtx2080",
                                    "rtx2080ti",
                                    "titanrtx",
                                    "t4",
                                    "v100",
                                    "a100-pcie",
                                    "a100-sxm",
                                    "h100",
                                    "a2",
                                    "l4",
                                    "gtx1080ti",
                                    "titanx",
                                    "jetson-tx2",
                                    "jetson-xavier-nx",
                                    "jetson-agx-xavier",
                                    "jetson-orin"};
enum { CARDS = sizeof cards / sizeof *cards };

static ivq *card_with(const char *card, const char *network, const char *set)
{
    ivq *ctx = ivq_new();
    ck_assert_ptr_nonnull(ctx);
    ivq_folder(ctx, source_path("tech"));
    ivq_folder(ctx, source_path("workloads"));
    ivq_folder(ctx, source_path("workloads/quant"));
    if (set)
        ck_assert_int_eq(ivq_set(ctx, set), IVQ_OK);
    ck_need(ivq_load_tech(ctx, card) == IVQ_OK &&
                ivq_load_network(ctx, network) == IVQ_OK,
            "%s: %s", card, ivq_message(ctx, 0, NULL));
    return ctx;
}

/* Idle power is always drawn, and busy power is the most. */
START_TEST(power_between_idle_and_busy)
{
    static const char *const networks[] = {"lenet5", "resnet50", "bert_base"};
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
        ivq *ctx = card_with(cards[_i], networks[i], NULL);
        ck_assert_int_eq(ivq_estimate(ctx), IVQ_OK);
        double static_J = ivq_value(ctx, "static_energy");
        ck_need(static_J > 0 && ivq_value(ctx, "energy") >= static_J,
                "%s on %s", networks[i], cards[_i]);
        ck_need(ivq_value(ctx, "power") <= ivq_value(ctx, "peak_power"),
                "%s on %s", networks[i], cards[_i]);
        ck_need(ivq_value(ctx, "ops_per_s") <= ivq_value(ctx, "peak_ops_per_s"),
                "%s on %s", networks[i], cards[_i]);
        ivq_free(ctx);
    }
}
END_TEST

/* Latency is of the batch; engines beside the GPU shorten the interval. */
START_TEST(interval_of_a_batch)
{
    ivq *ctx = card_with("jetson-agx-xavier", "resnet50", "schedule.batch=16");
    ck_assert_int_eq(ivq_estimate(ctx), IVQ_OK);
    ck_near(ivq_value(ctx, "latency"), 16 * 1.4545 * ivq_value(ctx, "interval"),
            1e-9);
    ivq_free(ctx);
}
END_TEST

static double under_limit(ivq *ctx, double limit_W, const char *figure)
{
    int param = ivq_param(ctx, "device.power_limit");
    ck_assert_int_eq(ivq_param_set(ctx, param, limit_W), IVQ_OK);
    ck_assert_int_eq(ivq_estimate(ctx), IVQ_OK);
    return ivq_value(ctx, figure);
}

/* A limit that binds is drawn to the last watt, and costs time. */
START_TEST(clock_falls_to_the_limit)
{
    ivq *ctx = card_with("t4", "vgg16", "schedule.batch=64");
    double free_W = under_limit(ctx, 0, "power");
    double free_s = under_limit(ctx, 0, "latency");
    double last_s = free_s;
    ck_near(under_limit(ctx, 1.01 * free_W, "latency"), free_s, 1e-12);
    for (double limit_W = 0.95 * free_W; limit_W > 22.2; limit_W *= 0.9) {
        ck_near(under_limit(ctx, limit_W, "power"), limit_W, 1e-9);
        ck_need(under_limit(ctx, limit_W, "latency") > last_s, "%g W", limit_W);
        last_s = ivq_value(ctx, "latency");
    }
    /* 12 W at rest and a tenth of 101 W for the memory */
    int param = ivq_param(ctx, "device.power_limit");
    ck_assert_int_eq(ivq_param_set(ctx, param, 22), IVQ_INPUT);
    ivq_free(ctx);
}
END_TEST

/* With the memory idle, half the dynamic power is 0.794 of the clock. */
START_TEST(power_is_cubic_in_the_clock)
{
    ivq *ctx = card_with("t4", "vgg16", "schedule.batch=64");
    static const char *const sets[] = {"device.bandwidth", "engine.fill"};
    static const double values[] = {1e15, 0};
    for (int i = 0; i < 2; i++) {
        int param = ivq_param(ctx, sets[i]);
        ck_assert_int_eq(ivq_param_set(ctx, param, values[i]), IVQ_OK);
    }
    double free_W = under_limit(ctx, 0, "power");
    double free_s = under_limit(ctx, 0, "latency");
    double half_W = 12 + (free_W - 12) / 2;
    ck_near(free_s / under_limit(ctx, half_W, "latency"), cbrt(0.5), 0.01);
    ivq_free(ctx);
}
END_TEST

/* 256 bit at 14 Gbit/s; 2944 cores; 8 GB. */
START_TEST(rtx2080_as_published)
{
    ivq *ctx = card_with("rtx2080", "resnet50", "schedule.precision=fp32");
    int param = ivq_param(ctx, "device.bandwidth");
    ck_near(ivq_param_get(ctx, param), 256 * 14e9, 1e-12); /* CASE-099 */
    ck_assert_int_eq(ivq_estimate(ctx), IVQ_OK);
    ck_near(ivq_value(ctx, "peak_ops_per_s"), 2944 * 2 * 1.71e9, 1e-12);
    param = ivq_param(ctx, "device.sms"); /* a change maps again */
    ck_assert_int_eq(ivq_param_set(ctx, param, 92), IVQ_OK);
    ck_assert_int_eq(ivq_estimate(ctx), IVQ_OK);
    ck_near(ivq_value(ctx, "peak_ops_per_s"), 5888 * 2 * 1.71e9, 1e-12);
    ivq_free(ctx);
    ctx = card_with("rtx2080", "resnet50", "schedule.batch=100000");
    ck_assert_int_eq(ivq_estimate(ctx), IVQ_INPUT);
    const char *text = ivq_message(ctx, 0, NULL);
    ck_need(strstr(text, "which has 8.59 GB"), "%s", text);
    ivq_free(ctx);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("roofline");
    TCase *c = tcase_create("kernels");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, every_type_is_known);
    tcase_add_test(c, kernel_by_hand);
    tcase_add_test(c, small_kernels_wait_for_the_host);
    tcase_add_test(c, cache_holds_values_not_parameters);
    tcase_add_test(c, layers_as_kernels);
    tcase_add_test(c, narrowest_format_that_holds);
    tcase_add_test(c, more_is_never_slower);
    tcase_add_loop_test(c, power_between_idle_and_busy, 0, CARDS);
    tcase_add_test(c, interval_of_a_batch);
    tcase_add_test(c, clock_falls_to_the_limit);
    tcase_add_test(c, power_is_cubic_in_the_clock);
    tcase_add_test(c, rtx2080_as_published);
    suite_add_tcase(s, c);
    return unit_run(s);
}
