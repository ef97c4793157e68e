/* t_logic_count.c - transitions and cells of arithmetic, counted net by net */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "node_load.h"
#include "random.h"

#include "circuit/logic_cell.h"

#include <fenv.h>

static struct arena arena;

static void setup(void)
{
    arena_init(&arena, NULL);
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    seed = 20220301;
}

static void teardown(void)
{
    fedisableexcept(FE_ALL_EXCEPT);
    arena_release(&arena);
}

/* ---- transitions, counted ----
 *
 * Gates with a delay of whole steps, all nodes in one array; new random words
 * at the inputs, then steps until nothing changes. A carry takes a step after
 * what it depends on, a sum two. */

enum { NETS = 16384, LATE = 3 };
enum net_kind { NET_INPUT, NET_SUM, NET_CARRY, NET_AND };

static struct net {
    enum net_kind kind;
    int from[3];
} net[NETS];
static unsigned char value[LATE][NETS];
static double changes[NETS];
static int nets;

static int net_add(enum net_kind kind, int a, int b, int c)
{
    ck_assert_int_lt(nets, NETS);
    net[nets] = (struct net){kind, {a, b, c}};
    return nets++;
}

static void nets_clear(void)
{
    nets = 0;
    memset(value, 0, sizeof value);
    memset(changes, 0, sizeof changes);
    net_add(NET_INPUT, 0, 0, 0); /* net 0: always zero */
}

static void inputs(int n, int *word)
{
    for (int i = 0; i < n; i++)
        word[i] = net_add(NET_INPUT, 0, 0, 0);
}

static unsigned char next_value(int i)
{
    const struct net *g = &net[i];
    const unsigned char *v = value[g->kind == NET_SUM];
    int a = v[g->from[0]], b = v[g->from[1]], c = v[g->from[2]];
    switch (g->kind) {
    case NET_SUM:
        return (unsigned char)(a ^ b ^ c);
    case NET_CARRY:
        return a + b + c > 1;
    case NET_AND:
        return (unsigned char)(a & b);
    default:
        return value[0][i];
    }
}

/* One step; whether anything still moves. */
static bool step(bool count)
{
    static unsigned char next[NETS];
    bool moved = false;
    for (int i = 0; i < nets; i++) {
        next[i] = next_value(i);
        if (next[i] == value[0][i])
            continue;
        moved = true;
        changes[i] += count;
    }
    size_t n = (size_t)nets;
    moved =
        moved || memcmp(value[0], value[1], n) || memcmp(value[1], value[2], n);
    memcpy(value[2], value[1], n);
    memcpy(value[1], value[0], n);
    memcpy(value[0], next, n);
    return moved;
}

static void simulate(double activity, int operations)
{
    for (int k = -4; k < operations; k++) {
        for (int i = 1; i < nets; i++)
            if (net[i].kind == NET_INPUT && uniform(0, 1) < activity)
                value[0][i] ^= 1;
        while (step(k >= 0))
            ;
    }
    for (int i = 0; i < nets; i++)
        changes[i] /= operations;
}

static double mean(enum net_kind kind, int first, int last)
{
    double sum = 0;
    int n = 0;
    for (int i = first; i < last; i++)
        if (net[i].kind == kind)
            sum += changes[i], n++;
    return n ? sum / n : 0;
}

static void ripple_nets(const int *a, const int *b, int bits, int *sum)
{
    int carry = 0;
    for (int i = 0; i < bits; i++) {
        sum[i] = net_add(NET_SUM, a[i], b[i], carry);
        carry = net_add(NET_CARRY, a[i], b[i], carry);
    }
    sum[bits] = carry;
}

/* The recurrence is exact: what differs is chance, 1 % at so many words. */
START_TEST(test_adder_toggles)
{
    static const int bits[] = {1, 2, 5, 16, 32};
    for (size_t k = 0; k < 5; k++)
        for (double activity = 0.1; activity <= 1; activity += 0.2) {
            int a[32], b[32], sum[33];
            nets_clear();
            inputs(bits[k], a);
            inputs(bits[k], b);
            ripple_nets(a, b, bits[k], sum);
            simulate(activity, 40000);
            struct toggles n = adder_toggles(activity, bits[k]);
            ck_near(mean(NET_SUM, 0, nets), n.sum, 0.03);
            ck_near(mean(NET_CARRY, 0, nets), n.carry, 0.03);
        }
}
END_TEST

/* Levels that arrive in steps: one number a level for all trees. */
START_TEST(test_tree_toggles)
{
    enum { WORDS = 16, BITS = 8 };
    static int word[WORDS][16];
    int bits = BITS, first[6] = {0}, level = 1;
    nets_clear();
    for (int k = 0; k < WORDS; k++)
        inputs(BITS, word[k]);
    for (int m = WORDS / 2; m > 0; m /= 2, bits++, level++) {
        first[level] = nets;
        for (int k = 0; k < m; k++) {
            int sum[16];
            ripple_nets(word[2 * k], word[2 * k + 1], bits, sum);
            memcpy(word[k], sum, sizeof sum);
        }
    }
    first[level] = nets;
    simulate(0.5, 4000);
    for (int l = 1; l < level; l++) {
        struct toggles n = tree_toggles(0.5, BITS + l - 1, l);
        ck_near(mean(NET_SUM, first[l], first[l + 1]), n.sum, 0.15);
        ck_near(mean(NET_CARRY, first[l], first[l + 1]), n.carry, 0.15);
    }
}
END_TEST

/* Partial products by columns, reduced to the heights of Dadda's series. */
enum { COLUMNS = 72, HEIGHT = 72 };
static int column[COLUMNS][HEIGHT], height[COLUMNS];

static void reduce_column(int c, int target, int (*next)[HEIGHT], int *out)
{
    int from = 0;
    for (int total = height[c] + out[c]; total > target;) {
        bool full = total > target + 1;
        const int *x = &column[c][from];
        int third = full ? x[2] : 0;
        next[c][out[c]++] = net_add(NET_SUM, x[0], x[1], third);
        next[c + 1][out[c + 1]++] = net_add(NET_CARRY, x[0], x[1], third);
        from += full ? 3 : 2;
        total -= full ? 2 : 1;
    }
    while (from < height[c])
        next[c][out[c]++] = column[c][from++];
}

static int highest(void)
{
    int most = 0;
    for (int c = 0; c < COLUMNS; c++)
        most = height[c] > most ? height[c] : most;
    return most;
}

static void reduce_all(void)
{
    static int next[COLUMNS][HEIGHT];
    for (int most; (most = highest()) > 2;) {
        int target = 2, out[COLUMNS] = {0};
        while (target * 3 / 2 < most)
            target = target * 3 / 2;
        for (int c = 0; c + 1 < COLUMNS; c++)
            reduce_column(c, target, next, out);
        memcpy(column, next, sizeof next);
        memcpy(height, out, sizeof out);
    }
}

static void products_nets(int bits, const int *a, const int *b)
{
    memset(height, 0, sizeof height);
    for (int i = 0; i < bits; i++)
        for (int j = 0; j < bits; j++)
            column[i + j][height[i + j]++] = net_add(NET_AND, a[i], b[j], 0);
}

static int product[COLUMNS]; /* its bits */

/* First net of the final adder; *first: of the tree. */
static int tree_nets(int bits, const int *a, const int *b, int *first)
{
    products_nets(bits, a, b);
    *first = nets;
    reduce_all();
    int last = nets, carry = 0;
    for (int c = 0; c < 2 * bits; c++) {
        int x = height[c] > 0 ? column[c][0] : 0;
        int y = height[c] > 1 ? column[c][1] : 0;
        product[c] = x;
        if (!carry && !y)
            continue; /* nothing to add yet */
        product[c] = net_add(NET_SUM, x, y, carry);
        carry = net_add(NET_CARRY, x, y, carry);
    }
    return last;
}

static int array_nets(int bits, const int *a, const int *b, int *first)
{
    int sum[33] = {0}, carry[32] = {0}, ripple = 0;
    for (int i = 0; i < bits; i++)
        sum[i] = net_add(NET_AND, a[i], b[0], 0);
    *first = nets;
    product[0] = sum[0];
    for (int r = 1; r < bits; r++) {
        for (int i = 0; i < bits; i++) {
            int x = net_add(NET_AND, a[i], b[r], 0), up = sum[i + 1];
            sum[i] = net_add(NET_SUM, x, up, carry[i]);
            carry[i] = net_add(NET_CARRY, x, up, carry[i]);
        }
        product[r] = sum[0];
    }
    int last = nets;
    for (int i = 0; i < bits; i++) {
        product[bits + i] = net_add(NET_SUM, sum[i + 1], carry[i], ripple);
        ripple = net_add(NET_CARRY, sum[i + 1], carry[i], ripple);
    }
    return last;
}

static double word_of(int bits, const int *word)
{
    double sum = 0;
    for (int i = 0; i < bits; i++)
        sum += ldexp(value[0][word[i]], i);
    return sum;
}

static void check_multiplier(enum multiplier_style style, int bits)
{
    int a[32] = {0}, b[32] = {0}, first, last;
    nets_clear();
    inputs(bits, a);
    inputs(bits, b);
    last = style == MULTIPLIER_TREE ? tree_nets(bits, a, b, &first)
                                    : array_nets(bits, a, b, &first);
    simulate(0.5, bits > 16 ? 400 : 6000);
    /* they do multiply; to 53 bits in a double */
    ck_near(word_of(2 * bits, product), word_of(bits, a) * word_of(bits, b),
            1e-15);
    struct toggles n = multiplier_toggles(style, 0.5, bits, false);
    ck_near(mean(NET_AND, 0, nets), n.operand, 0.05);
    if (first < last) {
        ck_near(mean(NET_SUM, first, last), n.sum, 0.06);
        ck_near(mean(NET_CARRY, first, last), n.carry, 0.1);
    }
    n = multiplier_toggles(style, 0.5, bits, true);
    ck_near(mean(NET_SUM, last, nets), n.sum, 0.1);
}

START_TEST(test_multiplier_toggles)
{
    static const int bits[] = {3, 4, 8, 16, 32};
    for (size_t i = 0; i < 5; i++) {
        check_multiplier(MULTIPLIER_TREE, bits[i]);
        check_multiplier(MULTIPLIER_ARRAY, bits[i]);
    }
}
END_TEST

/* Dadda's counts of full and half adders, as built here: n^2 - 4 n + 3 and
 * n - 1; our areas follow them. */
START_TEST(test_multiplier_cells)
{
    struct technologies tech = node_load(&arena, 45e-9, 300);
    const struct technology *t = &tech.of[ROADMAP_HP];
    double adder_m2 = adder_cell(t, false).area_m2;
    for (int bits = 3; bits <= 32; bits++) {
        int a[32], b[32], first;
        nets_clear();
        inputs(bits, a);
        inputs(bits, b);
        int last = tree_nets(bits, a, b, &first);
        ck_assert_int_eq((last - first) / 2, bits * bits - 3 * bits + 2);
        struct block m = logic_multiplier(t, MULTIPLIER_TREE, bits, bits, 0.5);
        ck_assert(block_area_m2(&m) > (last - first) / 2 * adder_m2);
        ck_assert(block_area_m2(&m) < 4.0 * bits * bits * adder_m2);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("logic_count");
    TCase *c = tcase_create("counts");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, test_adder_toggles);
    tcase_add_test(c, test_tree_toggles);
    tcase_add_test(c, test_multiplier_toggles);
    tcase_add_test(c, test_multiplier_cells);
    suite_add_tcase(s, c);
    return s;
}

int main(void)
{
    return unit_run(suite());
}
