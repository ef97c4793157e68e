/* t_row_stationary.c - filter rows that stay in the units, as in Eyeriss */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "random.h"
#include "unit.h"

#include "machine/spatial/dataflow.h"

#include <fenv.h>
#include <string.h>

/* Y.-H. Chen et al., JSSC 52(1), 2017: the chip, 16 bit throughout. */
static const struct accelerator eyeriss = {
    .array = {.rows = 12,
              .columns = 14,
              .macs = 1,
              .clock_Hz = 200e6,
              .input_bits = 16,
              .weight_bits = 16,
              .sum_bits = 16,
              .store_bits = {12 * 16, 224 * 16, 24 * 16},
              .bus_bits = {16, 64, 64}},
    .buffers = {.bits = {[WEIGHT] = 8 * 8192},
                .unified_bits = 100 * 8192,
                .bank_bits = 4 * 8192},
    .memory = {.bandwidth_bit_s = 3.84e9, .map_ratio = 0.455}};

/* AlexNet's convolutions, batch 4: columns of Tables III and V. */
static const struct row {
    double groups, ic, oc, oh, kernel, stride, ih;
    double units, buffer_MB, passes; /* 0: not known */
} alexnet[] = {{1, 3, 96, 55, 11, 4, 227, 154, 18.5, 8 * 3 * 3 * 4},
               {2, 48, 128, 27, 5, 1, 27, 135, 77.6, 0},
               {1, 256, 384, 13, 3, 1, 13, 156, 50.2, 0},
               {2, 192, 192, 13, 3, 1, 13, 156, 37.4, 2 * 6 * 32},
               {2, 192, 128, 13, 3, 1, 13, 156, 24.9, 2 * 4 * 32}};
enum { ROWS = sizeof alexnet / sizeof *alexnet };

static void setup(void)
{
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    seed = 20170101;
}

static void teardown(void)
{
    fedisableexcept(FE_ALL_EXCEPT);
}

static struct loops square(double groups, double batch, double ic, double oc,
                           double oh, double kernel, double stride, double ih)
{
    return (struct loops){.groups = groups,
                          .batch = batch,
                          .ic = ic,
                          .oc = oc,
                          .oh = oh,
                          .ow = oh,
                          .kh = kernel,
                          .kw = kernel,
                          .ih = ih,
                          .iw = ih,
                          .stride_h = stride,
                          .stride_w = stride,
                          .steps = 1,
                          .bits = {16, 16, 16},
                          .sum_bits = 16,
                          .lanes = 1,
                          .step_cycles = 1};
}

static struct loops conv(const struct row *r)
{
    return square(r->groups, 4, r->ic, r->oc, r->oh, r->kernel, r->stride,
                  r->ih);
}

static const struct dataflow *flow(void)
{
    const struct dataflow *d = dataflow_find("row_stationary");
    ck_need(d, "row_stationary is not listed");
    return d;
}

static struct activity whole(const struct accelerator *x, const struct loops *l)
{
    struct tile all = {l->batch, l->oc, l->ic, l->oh, l->ow};
    struct activity a = {0};
    flow()->map(x, l, &all, &a);
    ck_near(flow()->cycles(x, l, &all), a.cycles, 1e-12);
    return a;
}

static double total(double bits[OPERANDS][DIRECTIONS])
{
    double sum = 0;
    for (int o = 0; o < OPERANDS; o++)
        sum += bits[o][READ] + bits[o][WRITTEN];
    return sum;
}

static struct accelerator without_buses(void)
{
    struct accelerator x = eyeriss;
    memset(x.array.bus_bits, 0, sizeof x.array.bus_bits);
    return x;
}

/* Units at work, Table V. 55 output rows are 8 strips of 7, the last of 6. */
START_TEST(active_units)
{
    struct accelerator x = without_buses();
    struct loops l = conv(&alexnet[_i]);
    struct activity a = whole(&x, &l);
    double share = _i == 0 ? 55.0 / 56 : 1;
    ck_near(a.unit_cycles / a.cycles, alexnet[_i].units * share, 1e-9);
}
END_TEST

/* Words between array and buffer, Table V; 5 % is the rounding of its maps'
 * padding and of the passes that are not known. */
START_TEST(buffer_traffic)
{
    struct loops l = conv(&alexnet[_i]);
    struct activity a = whole(&eyeriss, &l);
    ck_near(total(a.buffer_bits) / 8e6, alexnet[_i].buffer_MB, 0.05);
    if (alexnet[_i].passes > 0)
        ck_near(a.passes, alexnet[_i].passes, 1e-12);
}
END_TEST

/* CONV4: m = 64 of 192 filters, n = 4: inputs three times, all else once. */
START_TEST(memory_traffic)
{
    struct loops l = conv(&alexnet[3]);
    struct activity a = whole(&eyeriss, &l);
    double map = 2 * 4 * 192 * 13 * 13 * 16.0 * 0.455;
    ck_near(a.memory_bits[INPUT][READ], 3 * map, 1e-9);
    ck_near(a.memory_bits[OUTPUT][WRITTEN], map, 1e-9);
    ck_near(a.memory_bits[WEIGHT][READ], 2 * 192 * 192 * 9 * 16.0, 1e-9);
    ck_near(a.wait_cycles, 4 * map / 3.84e9 * 200e6, 1e-9);
    l.first = true;
    a = whole(&eyeriss, &l);
    ck_near(a.memory_bits[INPUT][READ], 3 * map / 0.455, 1e-9);
    l.resident[INPUT] = l.resident[WEIGHT] = l.resident[OUTPUT] = true;
    a = whole(&eyeriss, &l);
    ck_need(total(a.memory_bits) == 0 && a.wait_cycles == 0, "kept, yet moved");
}
END_TEST

/* One 3 x 3 filter on 6 x 6: 12 units, each a row of four outputs by three
 * taps. 9 filter words at 4 a cycle, six rows' first three inputs at one, then
 * 36 inputs at one, then 4 sums at 4. */
START_TEST(one_filter)
{
    struct loops l = square(1, 1, 1, 1, 4, 3, 1, 6);
    struct activity a = whole(&eyeriss, &l);
    ck_near(a.passes, 1, 0);
    ck_near(a.unit_cycles, 144, 0);
    ck_near(a.cycles, 9 / 4.0 + 6 * 3 + 36 + 1, 1e-12);
    struct accelerator x = without_buses();
    ck_near(whole(&x, &l).cycles, 12, 1e-12);
    ck_near(a.buffer_bits[INPUT][READ], 36 * 16, 0);
    ck_near(a.buffer_bits[WEIGHT][READ], 9 * 16, 0);
    ck_near(a.buffer_bits[OUTPUT][WRITTEN], 16 * 16, 0);
    ck_need(a.buffer_bits[OUTPUT][READ] == 0, "sums came back");
    /* filters to 4 units a row, inputs to 36 of 3 x 4 units by 6 words a row,
     * sums through 3 rows */
    ck_near(a.network_bits, (9 * 4 + 36 * 2 + 16 * 3) * 16, 1e-12);
}
END_TEST

START_TEST(sums_stay)
{
    struct accelerator x = eyeriss;
    struct loops l = conv(&alexnet[3]);
    double out = loops_bits(&l, OUTPUT);
    ck_near(whole(&x, &l).buffer_bits[OUTPUT][WRITTEN], 32 * out, 1e-9);
    x.array.keep_sums = true;
    ck_near(whole(&x, &l).buffer_bits[OUTPUT][WRITTEN], 32 * out, 1e-9);
    x.array.store_bits[OUTPUT] = 1e6;
    struct activity a = whole(&x, &l);
    ck_near(a.buffer_bits[OUTPUT][WRITTEN], out, 1e-9);
    ck_need(a.buffer_bits[OUTPUT][READ] == 0, "sums came back");
}
END_TEST

/* Maps that come and go behind the array cost only what exceeds it. */
START_TEST(double_buffered)
{
    struct accelerator x = eyeriss;
    struct loops l = conv(&alexnet[_i]);
    double once = whole(&x, &l).wait_cycles;
    x.buffers.twice = true;
    x.buffers.unified_bits *= 2;
    struct activity a = whole(&x, &l);
    ck_need(once > 0 && a.wait_cycles == 0, "waits %g, then %g", once,
            a.wait_cycles);
    x.memory.bandwidth_bit_s = 1e6;
    a = whole(&x, &l);
    ck_near(a.cycles + a.wait_cycles, total(a.memory_bits) / 1e6 * 200e6, 1e-9);
}
END_TEST

static double pick(double max)
{
    return 1 + floor(exp2(uniform(0, log2(max))));
}

static struct loops random_layer(void)
{
    double oh = pick(120), kernel = 1 + floor(uniform(0, 14));
    double stride = 1 + floor(uniform(0, kernel < 4 ? kernel : 4));
    struct loops l = square(pick(3), pick(8), pick(600), pick(600), oh, kernel,
                            stride, (oh - 1) * stride + kernel);
    l.steps = pick(3);
    return l;
}

/* Whatever the layer: no unit does two things at once, every operand is moved
 * once at least, nothing is free. */
START_TEST(bounds)
{
    struct accelerator x = eyeriss;
    x.memory.map_ratio = 1;
    for (int i = 0; i < 3000; i++) {
        struct loops l = random_layer();
        struct activity a = whole(&x, &l);
        double most = 12 * 14 * a.cycles * (1 + 1e-12);
        ck_near(a.unit_cycles, loops_macs(&l), 1e-12);
        ck_need(a.unit_cycles <= most, "%g units at work in %g cycles",
                a.unit_cycles, a.cycles);
        double input = loops_bits(&l, INPUT) * (1 - 1e-12);
        double weight = l.steps * loops_bits(&l, WEIGHT) * (1 - 1e-12);
        ck_need(a.memory_bits[INPUT][READ] >= input, "inputs are missing");
        ck_need(a.memory_bits[WEIGHT][READ] >= weight, "weights are missing");
        ck_near(a.memory_bits[OUTPUT][WRITTEN], loops_bits(&l, OUTPUT), 1e-9);
        ck_need(a.buffer_bits[INPUT][READ] >= input, "inputs are missing");
        ck_need(a.buffer_bits[WEIGHT][READ] >= weight, "weights are missing");
    }
}
END_TEST

/* A faster link is never slower, a wider bus neither. */
START_TEST(monotone)
{
    for (int i = 0; i < 1000; i++) {
        struct accelerator x = eyeriss;
        struct loops l = random_layer();
        struct activity a = whole(&x, &l);
        x.memory.bandwidth_bit_s *= uniform(1, 100);
        struct activity b = whole(&x, &l);
        ck_need(b.cycles + b.wait_cycles <=
                    (a.cycles + a.wait_cycles) * (1 + 1e-9),
                "link: %g, then %g", a.cycles + a.wait_cycles,
                b.cycles + b.wait_cycles);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("row_stationary");
    TCase *t = tcase_create("row_stationary");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, active_units, 0, ROWS);
    tcase_add_loop_test(t, buffer_traffic, 0, ROWS);
    tcase_add_test(t, memory_traffic);
    tcase_add_test(t, one_filter);
    tcase_add_test(t, sums_stay);
    tcase_add_loop_test(t, double_buffered, 0, ROWS);
    tcase_add_test(t, bounds);
    tcase_add_test(t, monotone);
    suite_add_tcase(suite, t);
    return unit_run(suite);
}
