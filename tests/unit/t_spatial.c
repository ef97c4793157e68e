/* t_spatial.c - tests of arrays of MAC units: loops, dataflows, tiles */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "machine/spatial/tiling.h"

#include "property.h"

#include <string.h>

/* ---- loops cut into tiles ---- */

START_TEST(tiles_add_up_to_the_loop)
{
    seed = 1;
    for (int k = 0; k < 1000; k++) {
        double n = floor(uniform(1, 300)), tile = floor(uniform(1, n + 1));
        double step = floor(uniform(1, 20)), sum = 0, steps = 0;
        for (double at = 0; at < n; at += tile) {
            sum += fmin(tile, n - at);
            steps += ceil(fmin(tile, n - at) / step);
        }
        ck_assert(loop_extent(n, tile, false) == sum);
        ck_assert(loop_steps(n, tile, 1, false) == n);
        ck_assert(loop_steps(n, tile, step, false) == steps);
        ck_assert(loop_steps(n, tile, step, true) >= steps);
        ck_assert(loop_extent(n, tile, true) == ceil(n / tile) * tile);
    }
}
END_TEST

/* ---- layers by hand ---- */

static struct accelerator array_of(int rows, int columns)
{
    return (struct accelerator){.array = {.rows = rows,
                                          .columns = columns,
                                          .macs = 1,
                                          .clock_Hz = 1e9,
                                          .input_bits = 8,
                                          .weight_bits = 8,
                                          .smallest_bits = 1,
                                          .sum_bits = 32},
                                .buffers = {.bits = {8e6, 8e6, 8e6}},
                                .memory = {.width_bits = 64, .map_ratio = 1}};
}

static struct loops conv(double ic, double oc, double side, double kernel)
{
    return (struct loops){.groups = 1,
                          .batch = 1,
                          .ic = ic,
                          .oc = oc,
                          .oh = side,
                          .ow = side,
                          .kh = kernel,
                          .kw = kernel,
                          .ih = side,
                          .iw = side,
                          .stride_h = 1,
                          .stride_w = 1,
                          .steps = 1,
                          .bits = {8, 8, 8},
                          .sum_bits = 32,
                          .lanes = 1,
                          .step_cycles = 1};
}

static struct tile whole(const struct loops *l)
{
    return (struct tile){l->batch, l->oc, l->ic, l->oh, l->ow};
}

static double cycles(const char *name, const struct accelerator *x,
                     const struct loops *l)
{
    struct tile t = whole(l);
    return dataflow_find(name)->cycles(x, l, &t);
}

/* 20 channels on 8 rows take 3 steps, 10 on 4 columns 3, for 36 positions and
 * 9 kernel positions. */
START_TEST(channels_by_hand)
{
    struct accelerator x = array_of(8, 4);
    struct loops l = conv(20, 10, 6, 3);
    ck_assert(cycles("channel_parallel", &x, &l) == 36 * 9 * 3 * 3);
    l.unrolled = true; /* 180 products on 8 rows: 23 steps */
    ck_assert(cycles("channel_parallel", &x, &l) == 36 * 23 * 3);
    l.lanes = 4; /* on 32: 6 */
    ck_assert(cycles("channel_parallel", &x, &l) == 36 * 6 * 3);
    l.groups = 5;
    ck_assert(cycles("channel_parallel", &x, &l) == 5 * 36 * 6 * 3);
    l.step_cycles = 4;
    ck_assert(cycles("channel_parallel", &x, &l) == 4 * 5 * 36 * 6 * 3);
}
END_TEST

/* 64 x 64 x 64 on 16 x 16: 16 fillings of 64 vectors, the first weights and
 * the way of the last vector. */
START_TEST(weights_by_hand)
{
    struct accelerator x = array_of(16, 16);
    struct loops l = conv(64, 64, 64, 1);
    l.ow = l.iw = 1;
    ck_assert(cycles("weight_stationary", &x, &l) == 16 * 64 + 16 + 30);
    l.oh = l.ih = 4; /* fewer vectors than rows of weights: these count */
    ck_assert(cycles("weight_stationary", &x, &l) == 16 * 16 + 16 + 30);
    x.array.pass_cycles = 3;
    ck_assert(cycles("weight_stationary", &x, &l) == 16 * 19 + 16 + 30);
    x.array.bus_bits[WEIGHT] = 64; /* 2048 bits of weights: 32 cycles */
    ck_assert(cycles("weight_stationary", &x, &l) == 16 * 35 + 32 + 30);
}
END_TEST

/* 36 positions on 8 rows: 5; 10 channels on 4 columns: 3; 9 x 20 products. */
START_TEST(outputs_by_hand)
{
    struct accelerator x = array_of(8, 4);
    struct loops l = conv(20, 10, 6, 3);
    ck_assert(cycles("output_stationary", &x, &l) == 15 * 180 + 10);
    x.array.macs = 8; /* 20 channels on 8: 3 steps */
    ck_assert(cycles("output_stationary", &x, &l) == 15 * 27 + 10);
    x.array.bus_bits[OUTPUT] = 32; /* 32 sums leave in 32 cycles */
    ck_assert(cycles("output_stationary", &x, &l) == 15 * 32 + 10);
}
END_TEST

/* Every product is made once, and each operand read as often as it enters. */
START_TEST(accesses_by_hand)
{
    struct accelerator x = array_of(16, 16);
    struct loops l = conv(64, 64, 64, 1);
    struct activity a = {.cycles = 0}, b = {.cycles = 0};
    l.ow = l.iw = 1;
    struct tile t = whole(&l);
    dataflow_find("weight_stationary")->map(&x, &l, &t, &a);
    ck_assert(a.passes == 16 && a.unit_cycles == 64 * 64 * 64);
    ck_assert(a.buffer_bits[WEIGHT][READ] == 64 * 64 * 8);
    ck_assert(a.buffer_bits[INPUT][READ] == 4 * 64 * 64 * 8);
    ck_assert(a.buffer_bits[OUTPUT][WRITTEN] == 4 * 64 * 64 * 32);
    ck_assert(a.buffer_bits[OUTPUT][READ] == 3 * 64 * 64 * 32);
    dataflow_find("output_stationary")->map(&x, &l, &t, &b);
    ck_assert(b.unit_cycles == 64 * 64 * 64);
    ck_assert(b.buffer_bits[OUTPUT][WRITTEN] == 64 * 64 * 32);
    ck_assert(b.buffer_bits[OUTPUT][READ] == 0);
    ck_assert(b.buffer_bits[WEIGHT][READ] == 4 * 64 * 64 * 8);
}
END_TEST

/* ---- the link, against a walk over the tiles one by one ---- */

static const bool depends[OPERANDS][LOOPS] = {[INPUT] = {true, true, false},
                                              [WEIGHT] = {false, true, true},
                                              [OUTPUT] = {true, false, true}};

/*
 * Loads of an operand's tiles. What may be held is known from the order: all
 * that the loops inside of `flush` ask for. Whenever a loop from `flush`
 * outwards moves on, it is forgotten.
 */
static double loads(const double *turns, const unsigned char *order, int o,
                    double tile, double room)
{
    static bool have[1 << 16];
    int flush = LOOPS - 1, n[LOOPS], at[LOOPS] = {0};
    double bits = tile, count = 0;
    for (; flush >= 0; flush--) {
        bits *= depends[o][order[flush]] ? turns[order[flush]] : 1;
        if (bits > room && depends[o][order[flush]])
            break;
    }
    for (int k = 0; k < LOOPS; k++)
        n[k] = (int)turns[order[k]];
    memset(have, 0, sizeof have);
    for (bool more = true; more;) {
        int id = 0;
        for (int k = 0; k < LOOPS; k++)
            if (depends[o][order[k]])
                id = id * n[k] + at[k];
        count += !have[id];
        have[id] = true;
        int k = LOOPS - 1;
        while (k >= 0 && ++at[k] == n[k])
            at[k--] = 0;
        more = k >= 0;
        if (k <= flush)
            memset(have, 0, sizeof have);
    }
    return count;
}

static struct loops random_layer(void)
{
    struct loops l = conv(floor(uniform(1, 40)), floor(uniform(1, 40)),
                          floor(uniform(1, 14)), 1);
    l.batch = floor(uniform(1, 5));
    l.kh = l.kw = floor(uniform(1, 4));
    l.ih = l.iw = l.oh + l.kh - 1;
    return l;
}

static struct accelerator random_array(void)
{
    struct accelerator x = array_of((int)uniform(1, 9), (int)uniform(1, 9));
    for (int o = 0; o < OPERANDS; o++)
        x.buffers.bits[o] = floor(uniform(500, 40000));
    x.buffers.twice = uniform(0, 1) < 0.5;
    x.memory.width_bits = floor(uniform(1, 200));
    x.memory.fills_first = uniform(0, 1) < 0.5;
    return x;
}

static double power_of_two(double n)
{
    return fmin(n, floor(exp2(floor(uniform(0, log2(n) + 1.999)))));
}

static void shuffle(unsigned char *order)
{
    for (int k = 0; k < LOOPS; k++)
        order[k] = (unsigned char)k;
    for (int k = LOOPS - 1; k > 0; k--) {
        int with = (int)uniform(0, k + 1);
        unsigned char keep = order[k];
        order[k] = order[with];
        order[with] = keep;
    }
}

/* Tiles are padded here, so that all are alike. */
START_TEST(link_as_tile_by_tile)
{
    const struct dataflow *d = dataflow_find("channel_parallel");
    int tried = 0;
    seed = 7;
    for (int k = 0; k < 4000; k++) {
        struct loops l = random_layer();
        struct accelerator x = random_array();
        struct plan p = {.tile = {power_of_two(l.batch), power_of_two(l.oc),
                                  power_of_two(l.ic), power_of_two(l.oh), 0}};
        p.tile.ow = p.tile.oh;
        shuffle(p.order);
        if (!plan_cost(&x, d, &l, &p))
            continue;
        double side = ceil(l.oh / p.tile.oh);
        double turns[LOOPS] = {[LOOP_MAP] =
                                   ceil(l.batch / p.tile.batch) * side * side,
                               [LOOP_IC] = ceil(l.ic / p.tile.ic),
                               [LOOP_OC] = ceil(l.oc / p.tile.oc)};
        for (int o = 0; o < OUTPUT; o++) {
            double room = x.buffers.bits[o] / (x.buffers.twice ? 2 : 1);
            double tile = d->place(&x, &l, &p.tile, (enum operand)o);
            ck_near(p.memory_bits[o][READ],
                    tile * loads(turns, p.order, o, tile, room), 1e-12);
        }
        tried++;
    }
    ck_assert_int_gt(tried, 300);
}
END_TEST

/* ---- the search ---- */

static double plan_bits(const struct plan *p)
{
    double sum = 0;
    for (int o = 0; o < OPERANDS; o++)
        sum += p->memory_bits[o][READ] + p->memory_bits[o][WRITTEN];
    return sum;
}

static double plan_cycles(const struct plan *p)
{
    return p->compute_cycles + p->wait_cycles;
}

static const unsigned char orders[6][LOOPS] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                               {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

/* The best of a tile over all orders, if it is better. */
static void best_order(const struct accelerator *x, const struct dataflow *d,
                       const struct loops *l, struct tile t, struct plan *best)
{
    for (int k = 0; k < 6; k++) {
        struct plan p = {.tile = t};
        memcpy(p.order, orders[k], sizeof p.order);
        if (!plan_cost(x, d, l, &p))
            return;
        double more = plan_cycles(&p) - plan_cycles(best);
        if (more < 0 || (more == 0 && plan_bits(&p) < plan_bits(best)))
            *best = p;
    }
}

static double next(double n, double t)
{
    return t < n ? fmin(2 * t, n) : 2 * n;
}

static struct plan brute_force(const struct accelerator *x,
                               const struct dataflow *d, const struct loops *l)
{
    struct plan best = {.wait_cycles = HUGE_VAL};
    struct tile g = {1, 1, 1, 1, 1}, t;
    if (d->grain)
        d->grain(x, l, &g);
    for (t.oc = fmin(g.oc, l->oc); t.oc <= l->oc; t.oc = next(l->oc, t.oc))
        for (t.ic = fmin(g.ic, l->ic); t.ic <= l->ic; t.ic = next(l->ic, t.ic))
            for (t.batch = 1; t.batch <= l->batch;
                 t.batch = next(l->batch, t.batch))
                for (t.oh = 1; t.oh <= l->oh; t.oh = next(l->oh, t.oh)) {
                    t.ow = t.oh;
                    best_order(x, d, l, t, &best);
                }
    return best;
}

/* Whatever the bounds of the search have to do with. */
static void vary(struct accelerator *x, struct loops *l)
{
    struct buffers *b = &x->buffers;
    l->steps = uniform(0, 1) < 0.2 ? 3 : 1;
    l->unrolled = uniform(0, 1) < 0.3;
    l->stride_h = l->stride_w = floor(uniform(1, 3));
    l->ih = (l->oh - 1) * l->stride_h + l->kh;
    l->iw = (l->ow - 1) * l->stride_w + l->kw;
    l->resident[INPUT] = uniform(0, 1) < 0.2;
    x->memory.reads_sums = uniform(0, 1) < 0.5;
    x->memory.latency_cycles = floor(uniform(0, 50));
    x->memory.map_ratio = uniform(0, 1) < 0.5 ? 1 : uniform(0.3, 1.2);
    if (uniform(0, 1) < 0.3) {
        b->unified_bits = b->bits[INPUT] + b->bits[WEIGHT];
        b->bits[INPUT] = b->bits[WEIGHT] = 0;
    }
}

START_TEST(search_finds_the_best)
{
    static const char *const names[] = {"channel_parallel", "weight_stationary",
                                        "output_stationary"};
    const struct dataflow *d = dataflow_find(names[_i]);
    int found = 0;
    seed = 11 + (uint64_t)_i;
    for (int k = 0; k < 600; k++) {
        struct loops l = random_layer();
        struct accelerator x = random_array();
        vary(&x, &l);
        struct plan ours, best = brute_force(&x, d, &l);
        bool fits = plan_search(&x, d, &l, &ours);
        ck_assert_int_eq(fits, best.wait_cycles < HUGE_VAL);
        if (!fits)
            continue;
        ck_near(plan_cycles(&ours), plan_cycles(&best), 1e-12);
        ck_near(plan_bits(&ours), plan_bits(&best), 1e-12);
        found++;
    }
    ck_assert_int_gt(found, 100);
}
END_TEST

/* One buffer for inputs and weights is as good as the two that it is made of,
 * at least. */
START_TEST(unified_is_no_worse)
{
    const struct dataflow *d = dataflow_find("channel_parallel");
    seed = 5;
    for (int k = 0; k < 200; k++) {
        struct loops l = random_layer();
        struct accelerator x = random_array();
        struct plan apart, one;
        x.memory.fills_first = false;
        if (!plan_search(&x, d, &l, &apart))
            continue;
        x.buffers.unified_bits = x.buffers.bits[INPUT] + x.buffers.bits[WEIGHT];
        x.buffers.bits[INPUT] = x.buffers.bits[WEIGHT] = 0;
        ck_assert(plan_search(&x, d, &l, &one));
        ck_need(plan_cycles(&one) <= plan_cycles(&apart), "%g cycles > %g",
                plan_cycles(&one), plan_cycles(&apart));
    }
}
END_TEST

START_TEST(more_is_never_worse)
{
    const struct dataflow *d = dataflow_find("channel_parallel");
    seed = 3;
    for (int k = 0; k < 300; k++) {
        struct loops l = random_layer();
        struct accelerator x = random_array(), wide;
        struct plan p, q;
        x.memory.fills_first = false;
        if (!plan_search(&x, d, &l, &p))
            continue;
        wide = x;
        wide.memory.width_bits *= 2;
        ck_assert(plan_search(&wide, d, &l, &q));
        ck_assert(plan_cycles(&q) <= plan_cycles(&p));
        wide = x;
        for (int o = 0; o < OPERANDS; o++)
            wide.buffers.bits[o] *= 2;
        ck_assert(plan_search(&wide, d, &l, &q));
        ck_assert(plan_cycles(&q) <= plan_cycles(&p));
    }
}
END_TEST

/* Where the link alone counts, more buffer is less traffic. */
START_TEST(buffers_save_traffic)
{
    const struct dataflow *d = dataflow_find("channel_parallel");
    seed = 13;
    for (int k = 0; k < 200; k++) {
        struct loops l = random_layer();
        struct accelerator x = random_array();
        struct plan p, q;
        x.memory.fills_first = false;
        x.memory.width_bits = 1e-3;
        if (!plan_search(&x, d, &l, &p))
            continue;
        for (int o = 0; o < OPERANDS; o++)
            x.buffers.bits[o] *= 4;
        ck_assert(plan_search(&x, d, &l, &q));
        ck_assert(plan_bits(&q) <= plan_bits(&p) * (1 + 1e-9));
    }
}
END_TEST

/* ---- whole networks ---- */

static double interval(ivq *ctx)
{
    json_t *root = tables(ctx);
    double s = column_sum(root, "network", "interval_s");
    json_decref(root);
    return s;
}

static ivq *run(const char *tech, const char *network, const char *quant,
                const char *set)
{
    ivq *ctx = context();
    if (quant)
        ck_ok(ctx, ivq_quant(ctx, quant));
    if (set)
        ck_ok(ctx, ivq_set(ctx, set));
    ck_ok(ctx, ivq_load_tech(ctx, tech));
    ck_ok(ctx, ivq_load_network(ctx, network));
    ck_ok(ctx, ivq_estimate(ctx));
    return ctx;
}

/* 4096 x 4096 on 16 x 32 units of (8 / i) (8 / w) products: bound by the
 * array where the link is wide. */
START_TEST(widths_of_operands)
{
    static const struct {
        const char *quant;
        double cycles;
    } cases[] = {{"uniform:8/8", 32768},  {"uniform:4/8", 16384},
                 {"uniform:4/4", 8192},   {"uniform:2/2", 2048},
                 {"binary:1/1", 2048},    {"uniform:3/4", 8192},
                 {"uniform:16/8", 65536}, {"uniform:16/16", 131072}};
    ivq *ctx = run("bitfusion-45nm", "bf_rnn", cases[_i].quant,
                   "memory.width=1000000 bit");
    ck_near(interval(ctx) * 500e6, cases[_i].cycles, 0.005);
    ivq_free(ctx);
}
END_TEST

START_TEST(too_wide_is_an_error)
{
    ivq *ctx = context();
    ck_ok(ctx, ivq_quant(ctx, "uniform:16/16"));
    ck_ok(ctx, ivq_set(ctx, "array.wider=error"));
    ck_ok(ctx, ivq_load_tech(ctx, "gemmini-22nm"));
    ck_ok(ctx, ivq_load_network(ctx, "lenet5"));
    ck_assert_int_ne(ivq_estimate(ctx), IVQ_OK);
    ck_assert_ptr_nonnull(strstr(first_message(ctx), "cannot run"));
    ck_assert_ptr_nonnull(strstr(first_message(ctx), "nor can 4 more layers"));
    ck_assert_ptr_null(ivq_message(ctx, 1, NULL));
    ivq_free(ctx);
}
END_TEST

/* Layers fill the time, none does more than its units could. */
START_TEST(networks_add_up)
{
    static const char *const accelerators[] = {"bitfusion-45nm",
                                               "gemmini-22nm"};
    int n = list_networks();
    for (int k = 0; k < n; k++) {
        ivq *ctx = run(accelerators[_i], network_name[k], "uniform:8/8", NULL);
        json_t *root = tables(ctx), *row;
        size_t i;
        ck_near(column_sum(root, "layers", "busy_s"),
                column_sum(root, "network", "interval_s"), 1e-9);
        json_array_foreach(json_object_get(root, "layers"), i, row)
        {
            json_t *used = json_object_get(row, "used_cells");
            ck_need(!json_is_number(used) || json_number_value(used) <= 1,
                    "%s: a layer is used more than whole", network_name[k]);
        }
        json_decref(root);
        ivq_free(ctx);
    }
}
END_TEST

/* 1 if it runs; an array may refuse wide operands. */
static int check_peak(const char *tech, const char *network, const char *quant)
{
    ivq *ctx = context();
    if (quant)
        ck_ok(ctx, ivq_quant(ctx, quant));
    ck_ok(ctx, ivq_load_tech(ctx, tech));
    ck_ok(ctx, ivq_load_network(ctx, network));
    int runs = ivq_estimate(ctx) == IVQ_OK;
    double ours = ivq_value(ctx, "ops_per_s");
    double peak = ivq_value(ctx, "peak_ops_per_s");
    if (runs)
        ck_need(ours <= peak * (1 + 1e-12), "%s on %s: %g op/s, peak %g",
                network, tech, ours, peak);
    ivq_free(ctx);
    return runs;
}

static bool is_array(const char *tech)
{
    ivq *ctx = context();
    ck_ok(ctx, ivq_load_tech(ctx, tech));
    bool is = ivq_param(ctx, "array.narrow") >= 0;
    ivq_free(ctx);
    return is;
}

/* At a network's own widths nothing exceeds the peak, on any array. */
START_TEST(none_above_the_peak)
{
    int n = list_networks(), arrays = 0, runs = 0;
    DIR *dir = opendir(source_file("tech"));
    ck_assert_ptr_nonnull(dir);
    for (struct dirent *e; (e = readdir(dir));) {
        char *end = strstr(e->d_name, ".cfg");
        if (!end)
            continue;
        *end = '\0';
        if (!is_array(e->d_name))
            continue;
        arrays++;
        runs += check_peak(e->d_name, "resnet18", "apot:4/4");
        for (int k = 0; k < n; k++)
            runs += check_peak(e->d_name, network_name[k], NULL);
    }
    closedir(dir);
    ck_assert_int_ge(arrays, 18);
    ck_assert_int_gt(runs, arrays * n / 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("spatial");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 120);
    tcase_add_checked_fixture(c, setup, NULL);
    tcase_add_test(c, tiles_add_up_to_the_loop);
    tcase_add_test(c, channels_by_hand);
    tcase_add_test(c, weights_by_hand);
    tcase_add_test(c, outputs_by_hand);
    tcase_add_test(c, accesses_by_hand);
    tcase_add_test(c, link_as_tile_by_tile);
    tcase_add_loop_test(c, search_finds_the_best, 0, 3);
    tcase_add_test(c, unified_is_no_worse);
    tcase_add_test(c, more_is_never_worse);
    tcase_add_test(c, buffers_save_traffic);
    tcase_add_loop_test(c, widths_of_operands, 0, 8);
    tcase_add_test(c, too_wide_is_an_error);
    tcase_add_loop_test(c, networks_add_up, 0, 2);
    tcase_add_test(c, none_above_the_peak);
    suite_add_tcase(suite, c);
    return unit_run(suite);
}
