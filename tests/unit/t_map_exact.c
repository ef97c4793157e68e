/* t_map_exact.c - tests of counting and placing real weights on crossbars */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "unit.h"
#include "machine/crossbar/place.h"
#include <fenv.h>
#include <gsl/gsl_rng.h>
#include <string.h>

static struct arena arena;
static gsl_rng *rng;

static void setup(void)
{
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    arena_init(&arena, NULL);
    rng = gsl_rng_alloc(gsl_rng_taus2);
    gsl_rng_set(rng, 20220315);
}

static void teardown(void)
{
    gsl_rng_free(rng);
    arena_release(&arena);
}

/* A case: crossbar, rule, weights, inputs. */
struct trial {
    struct xbar x;
    struct map_rule rule;
    struct matrix m;
    const int64_t *code;
    const int64_t *in; /* [rows], unsigned, input_bits wide */
    int planes, input_bits;
};

static struct bits bits_of(const struct trial *t)
{
    struct bits b;

    bits_pack(t->code, t->m.groups, t->m.rows, t->m.columns, 0, true, &arena,
              &b);
    return b;
}

static struct mapped count(const struct trial *t)
{
    struct quant q = {.n = 1, .input_bits = t->input_bits};
    struct bits b = bits_of(t);
    struct mapped out;

    q.group[0].n = t->planes;
    map_exact(&t->x, &t->rule, &t->m, &q, &b, &arena, &out);
    return out;
}

/* Replays placed crossbars cycle by cycle, one input digit a cycle. */
struct replay {
    const struct trial *t;
    int64_t *y;        /* [columns] */
    int64_t largest;   /* sum seen on a bitline */
    double row_cycles; /* wordlines x (A + the wordline's delay) */
    int crossbars, cycles;
};

static int64_t digit(const struct replay *r, int row, int cycle)
{
    const int v = r->t->x.dac_bits;

    if (cycle < 0 || cycle * v >= r->t->input_bits)
        return 0;
    return r->t->in[row] >> (cycle * v) & ((1 << v) - 1);
}

static int64_t bitline(const struct replay *r, const struct placed *p,
                       int column, int cycle)
{
    const struct xbar *x = &r->t->x;
    int64_t sum = 0;

    for (int i = 0; i < p->lines; i++) {
        const struct wordline *w = &p->line[i];
        int wait = w->delay * x->cell_bits / x->dac_bits;
        sum += digit(r, w->row, cycle - wait) *
               placed_cell(p, x->cell_bits, i, column);
    }
    return sum;
}

static void replay_crossbar(void *self, const struct placed *p)
{
    struct replay *r = self;
    const struct xbar *x = &r->t->x;
    int cycles = (r->t->input_bits + x->dac_bits - 1) / x->dac_bits +
                 p->delay * x->cell_bits / x->dac_bits;

    ck_assert_int_le(p->lines, x->rows);
    ck_assert_int_le(p->columns, x->columns);
    for (int t = 0; t < cycles; t++)
        for (int c = 0; c < p->columns; c++) {
            int64_t sum = bitline(r, p, c, t);
            int64_t value = sum << (p->base * x->cell_bits + t * x->dac_bits);
            r->y[p->column[c]] += p->array ? -value : value;
            r->largest = sum > r->largest ? sum : r->largest;
        }
    for (int i = 0; i < p->lines; i++)
        r->row_cycles += cycles - (p->delay - p->line[i].delay);
    r->crossbars++;
    r->cycles = cycles > r->cycles ? cycles : r->cycles;
}

static struct replay replay(const struct trial *t)
{
    struct replay r = {.t = t};

    r.y = arena_array(&arena, (size_t)t->m.columns, sizeof *r.y);
    struct bits b = bits_of(t);
    place(&t->x, &t->rule, &b, t->planes, t->rule.two_arrays, &arena,
          replay_crossbar, &r);
    return r;
}

static int top_bit(uint64_t set)
{
    return set ? 63 - __builtin_clzll(set) : 0;
}

/*
 * What SME leaves of weight (k, n): bits below the shift of its row are lost;
 * the shift follows from the row's largest magnitude in the column group.
 */
static int64_t sme_weight(const struct trial *t, int k, int n, int array)
{
    const int c = t->x.cell_bits, columns = t->m.columns;
    int from = n - n % t->x.columns, top, shift;
    uint64_t row = 0;

    for (int j = from; j < from + t->x.columns && j < columns; j++) {
        int64_t w = t->code[k * columns + j];
        if (!t->rule.two_arrays || (w < 0) == array)
            row |= (uint64_t)llabs(w);
    }
    top = (t->planes + c - 1) / c - 1 - t->rule.sme_degree;
    shift = (top_bit(row) / c - (top > 0 ? top : 0)) * c;
    shift = shift > 0 ? shift : 0;
    int64_t w = t->code[k * columns + n];
    int64_t kept = llabs(w) >> shift << shift;
    return w < 0 ? -kept : kept;
}

static int64_t expected_output(const struct trial *t, int n)
{
    int64_t y = 0;

    for (int k = 0; k < t->m.rows; k++) {
        int64_t w = t->code[k * t->m.columns + n];
        if (t->rule.squeeze == SQUEEZE_SME)
            w = sme_weight(t, k, n, w < 0);
        /* one array keeps the magnitude; the sign is applied outside it */
        y += (t->rule.two_arrays ? w : llabs(w)) * t->in[k];
    }
    return y;
}

static void check_outputs(const struct trial *t)
{
    struct replay r = replay(t);
    struct mapped out = count(t);

    for (int n = 0; n < t->m.columns; n++)
        ck_assert_msg(r.y[n] == expected_output(t, n),
                      "level %d, output %d: %lld, not %lld",
                      (int)t->rule.squeeze, n, (long long)r.y[n],
                      (long long)expected_output(t, n));
    ck_assert(out.crossbars == r.crossbars);
    if (r.crossbars > 0)
        ck_assert_int_eq(out.input_cycles + out.extra_cycles, r.cycles);
    ck_assert_int_lt(r.largest, (int64_t)1 << out.adc_bits);
}

/* Example A: 8 x 4 APoT-4 weights in units of 1/16, 4 x 4 crossbars, A = 4. */
/* clang-format off */
static const int64_t code_a[] = {
    10, 8, 0, 8,
     2, 0, 1, 3,
     4, 2, 0, 1,
     0, 3, 2, 6,
     2, 0, 0, 2,
     4, 6, 0, 0,
     0, 2, 6, 4,
     2, 4, 0, 6,
};
/* clang-format on */
static const int64_t in_a[] = {3, 5, 1, 2, 7, 4, 6, 1};
static const struct trial trial_a = {
    .x = {4, 4, 1, 1},
    .m = {1, 8, 4},
    .code = code_a,
    .in = in_a,
    .planes = 4,
    .input_bits = 4,
};

static const struct {
    enum squeeze squeeze;
    int crossbars, conversions, nonempty, latency;
} table_a[] = {
    {SQUEEZE_L0, 8, 128, 80, 4}, {SQUEEZE_L1, 6, 96, 80, 4},
    {SQUEEZE_L2, 5, 92, 87, 5},  {SQUEEZE_L3, 5, 92, 84, 6},
    {SQUEEZE_L4, 5, 92, 75, 5},
};
#define TABLE_A (int)(sizeof table_a / sizeof table_a[0])

START_TEST(counts_every_level_of_the_example)
{
    struct trial t = trial_a;

    t.rule.squeeze = table_a[_i].squeeze;
    struct mapped out = count(&t);
    ck_assert(out.crossbars == table_a[_i].crossbars);
    ck_assert(out.conversions == table_a[_i].conversions);
    ck_assert(out.conversions_nonempty == table_a[_i].nonempty);
    ck_assert_int_eq(out.input_cycles + out.extra_cycles, table_a[_i].latency);
    ck_assert(out.ones == 4 + 14 + 8 + 3);
    ck_assert_int_eq(out.row_blocks, 2);
    ck_assert_int_eq(out.planes, 4);
    check_outputs(&t);
}
END_TEST

START_TEST(example_gives_its_outputs)
{
    static const int64_t y[] = {76, 72, 45, 96};
    struct trial t = trial_a;

    t.rule.squeeze = table_a[_i].squeeze;
    struct replay r = replay(&t);
    ck_assert_mem_eq(r.y, y, sizeof y);
}
END_TEST

START_TEST(counts_the_rest_of_the_example_at_l2)
{
    struct trial t = trial_a;

    t.rule.squeeze = SQUEEZE_L2;
    struct mapped out = count(&t);
    ck_assert(out.drives == 5 * 4 * 4); /* 5 crossbars, 4 rows, A */
    ck_assert(out.cell_reads == 5 * 4 * 4 * 4);
    ck_assert(out.cells_used == 5 * 16);
    /* conversions, C (A + D), one more row block of 4 outputs */
    ck_assert(out.shift_adds == 92 + 4 * 5 + 4);
    ck_assert(out.input_fetch == 8 * 4);
    /* a mask bit a tile, a delay of 0 or 1 a row */
    ck_assert(out.index_bits == 2 * 4 + 8);
    /* at most two ones in a column of a plane: sums 0..2 */
    t.rule.squeeze = SQUEEZE_L1;
    ck_assert_int_eq(count(&t).adc_bits, 2);
}
END_TEST

START_TEST(counts_the_rest_of_the_example_at_l4)
{
    struct trial t = trial_a;

    t.rule.squeeze = SQUEEZE_L4;
    struct mapped out = count(&t);
    ck_assert(out.drives == 17 * 4);
    ck_assert(out.cell_reads == 17 * 4 * 4);
    ck_assert(out.cells_used == 17 * 4);
    ck_assert(out.input_fetch == 17 * 4);
    ck_assert(out.index_bits == 17 * (3 + 2));
    t.rule.squeeze = SQUEEZE_L3;
    ck_assert(count(&t).index_bits == 17 * 2);
    t.rule.squeeze = SQUEEZE_L0;
    ck_assert(count(&t).index_bits == 0);
}
END_TEST

/* Liu 2021, SME, ICCD, fig. 3: naive, hollows dropped, one bit squeezed */
START_TEST(squeezes_the_example_of_sme)
{
    static const int64_t code[] = {10, 12, 4, 1, 6, 2, 4, 6};
    static const int64_t in[] = {2, 6, 4, 5};
    static const int crossbars[] = {8, 6, 5};
    static const enum squeeze level[] = {SQUEEZE_L0, SQUEEZE_L1, SQUEEZE_SME};

    for (int i = 0; i < 3; i++) {
        struct trial t = {.x = {2, 2, 1, 1},
                          .rule = {.squeeze = level[i], .sme_degree = 1},
                          .m = {1, 4, 2},
                          .code = code,
                          .in = in,
                          .planes = 4,
                          .input_bits = 3};
        struct replay r = replay(&t);
        struct mapped out = count(&t);
        ck_assert(out.crossbars == crossbars[i]);
        ck_assert_int_eq(out.extra_cycles, i == 2);
        ck_assert_int_eq(r.y[0], 88);
        ck_assert_int_eq(r.y[1], 68);
        check_outputs(&t);
    }
}
END_TEST

/* Row-cycles of 128 rows of 8 bits, `squeezed` of them with a top bit. */
static double sme_work(int degree, int squeezed)
{
    int64_t code[128], in[128] = {0};
    struct trial t = {.x = {128, 1, 1, 1},
                      .rule = {.squeeze = SQUEEZE_SME, .sme_degree = degree},
                      .m = {1, 128, 1},
                      .code = code,
                      .in = in,
                      .planes = 8,
                      .input_bits = 8};

    /* all planes that stay are in use; top bit in the lowest released plane
     * shifts by 1, so set the highest to shift by the degree */
    for (int k = 0; k < 128; k++)
        code[k] = k < squeezed ? 255 : (1 << (8 - degree)) - 1;
    return replay(&t).row_cycles;
}

/*
 * Liu 2021, SME, eq. 3 in its consistent form: the work of the squeezed form,
 * [(Ma + D) A + Ma (K - A)] (Mw - D), is at most K Mw Ma as long as
 * A <= K Ma / (Mw - D).
 */
START_TEST(meets_the_inequality_of_sme)
{
    static const double limit[] = {146.3, 170.7, 204.8};

    for (int d = 1; d <= 3; d++) {
        double none = sme_work(d, 0), all = sme_work(d, 128);
        double at = (128. * 8 * 8 - none) / ((all - none) / 128);
        ck_assert(none == 8. * 128 * (8 - d));
        ck_assert(all == (8. + d) * 128 * (8 - d));
        ck_near(at, 128. * 8 / (8 - d), 1e-12);
        ck_assert(fabs(at - limit[d - 1]) <= 0.05);
    }
}
END_TEST

/* Channels of 3 planes and of 1 plane by turns, 2 columns a crossbar. */
START_TEST(sorts_channels)
{
    static const int64_t code[] = {7, 1, 7, 1, 5, 1, 2, 0,
                                   3, 0, 4, 1, 7, 1, 1, 1};
    struct trial t = {.x = {4, 2, 1, 1},
                      .rule = {.squeeze = SQUEEZE_L1},
                      .m = {1, 4, 4},
                      .code = code,
                      .in = in_a,
                      .planes = 3,
                      .input_bits = 3};

    ck_assert(count(&t).crossbars == 6);
    t.rule.sort_channels = true;
    ck_assert(count(&t).crossbars == 4);
    check_outputs(&t);
}
END_TEST

START_TEST(takes_zero_weights)
{
    static const int64_t zero[12];
    static const double want[] = {3, 0, 0, 0, 0, 0};
    struct trial t = {.x = {4, 4, 1, 1},
                      .m = {1, 3, 4},
                      .code = zero,
                      .in = in_a,
                      .planes = 3,
                      .input_bits = 3};

    t.rule.squeeze = (enum squeeze)_i;
    t.rule.sme_degree = 1;
    struct mapped out = count(&t);
    ck_assert(out.crossbars == want[_i]);
    ck_assert(out.ones == 0 && out.conversions_nonempty == 0);
    ck_assert_int_eq(out.extra_cycles, 0);
    check_outputs(&t);
}
END_TEST

/* Weights as wide as they come: the planes asked for are too few. */
START_TEST(widens_the_planes_to_the_weights)
{
    static const int64_t code[] = {INT64_C(0x7fffffff), -INT64_C(0x40000001)};
    struct trial t = {.x = {2, 1, 1, 1},
                      .m = {1, 2, 1},
                      .code = code,
                      .in = in_a,
                      .planes = 3,
                      .input_bits = 3};

    t.rule.two_arrays = true;
    ck_assert_int_eq(count(&t).planes, 31);
    ck_assert(count(&t).crossbars == 62);
    check_outputs(&t);
}
END_TEST

static int below(int n)
{
    return (int)gsl_rng_uniform_int(rng, (unsigned long)n);
}

/* A random case: few ones at the top, holes of zero rows and zero columns. */
static struct trial random_trial(void)
{
    static const int cells[] = {1, 1, 2, 2, 4}, dacs[] = {1, 1, 1, 2, 2};
    struct trial t = {.m = {1, 1, 1}};
    int kind = below(5);

    t.x = (struct xbar){1, 1, cells[kind], dacs[kind]};
    t.x.rows += below(9);
    t.x.columns += below(9);
    t.m.rows += below(24);
    t.m.columns += below(20);
    t.planes = 1 + below(10);
    t.input_bits = 1 + below(8);
    size_t n = (size_t)t.m.rows * (size_t)t.m.columns;
    int64_t *code = arena_array(&arena, n, sizeof *code);
    int64_t *in = arena_array(&arena, (size_t)t.m.rows, sizeof *in);

    for (size_t i = 0; i < n; i++) {
        int64_t w = below(1 << (1 + below(t.planes)));
        w >>= below(3);
        code[i] = below(2) ? w : -w;
        if (below(3) == 0)
            code[i] = 0;
    }
    for (int k = 0; k < t.m.rows; k++)
        in[k] = below(1 << t.input_bits);
    t.code = code;
    t.in = in;
    t.rule.two_arrays = below(2);
    t.rule.sort_channels = false;
    t.rule.sme_degree = 1 + below(4);
    return t;
}

START_TEST(outputs_are_exact_on_random_weights)
{
    for (int i = 0; i < 400; i++) {
        struct trial t = random_trial();
        for (int level = SQUEEZE_L0; level <= SQUEEZE_L4; level++) {
            t.rule.squeeze = (enum squeeze)level;
            /* sme_weight() knows the columns in their given order only */
            t.rule.sort_channels = level != SQUEEZE_SME && below(2);
            check_outputs(&t);
        }
    }
}
END_TEST

START_TEST(levels_are_ordered_on_random_weights)
{
    for (int i = 0; i < 400; i++) {
        struct trial t = random_trial();
        double n[SQUEEZE_L4 + 1], ones[SQUEEZE_L4 + 1];
        for (int level = SQUEEZE_L0; level <= SQUEEZE_L4; level++) {
            t.rule.squeeze = (enum squeeze)level;
            struct mapped out = count(&t);
            n[level] = out.crossbars;
            ones[level] = out.ones;
            ck_assert(out.conversions_nonempty <= out.conversions);
            ck_assert(out.ones <= out.cells_used * t.x.cell_bits);
            ck_assert(out.cells_used <= out.crossbars * t.x.rows * t.x.columns);
            if (level != SQUEEZE_SME)
                ck_assert(out.ones == ones[0]);
        }
        ck_assert(n[SQUEEZE_L4] <= n[SQUEEZE_L1]);
        ck_assert(n[SQUEEZE_L3] <= n[SQUEEZE_L1]);
        ck_assert(n[SQUEEZE_L1] <= n[SQUEEZE_L0]);
        ck_assert(n[SQUEEZE_L2] <= n[SQUEEZE_L0]);
        ck_assert(n[SQUEEZE_SME] <= n[SQUEEZE_L0]);
        ck_assert(ones[SQUEEZE_SME] <= ones[0]);
    }
}
END_TEST

START_TEST(more_planes_never_take_fewer_crossbars)
{
    static const enum squeeze level[] = {SQUEEZE_L0, SQUEEZE_L1, SQUEEZE_L2,
                                         SQUEEZE_L3, SQUEEZE_L4};

    for (int i = 0; i < 300; i++) {
        struct trial t = random_trial();
        size_t n = (size_t)t.m.rows * (size_t)t.m.columns;
        int64_t *wider = arena_array(&arena, n, sizeof *wider);
        t.rule.squeeze = level[below(5)];
        double before = count(&t).crossbars;
        for (size_t j = 0; j < n; j++) /* one more plane above all others */
            wider[j] = t.code[j] + (t.code[j] < 0 ? -1 : below(2)) * (1 << 20);
        t.code = wider;
        ck_assert(count(&t).crossbars >= before);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("map_exact");
    TCase *c = tcase_create("map_exact");

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(c, counts_every_level_of_the_example, 0, TABLE_A);
    tcase_add_loop_test(c, example_gives_its_outputs, 0, TABLE_A);
    tcase_add_test(c, counts_the_rest_of_the_example_at_l2);
    tcase_add_test(c, counts_the_rest_of_the_example_at_l4);
    tcase_add_test(c, squeezes_the_example_of_sme);
    tcase_add_test(c, meets_the_inequality_of_sme);
    tcase_add_test(c, sorts_channels);
    tcase_add_loop_test(c, takes_zero_weights, 0, SQUEEZE_L4 + 1);
    tcase_add_test(c, widens_the_planes_to_the_weights);
    tcase_add_test(c, outputs_are_exact_on_random_weights);
    tcase_add_test(c, levels_are_ordered_on_random_weights);
    tcase_add_test(c, more_planes_never_take_fewer_crossbars);
    suite_add_tcase(s, c);
    return s;
}

int main(void)
{
    return unit_run(suite());
}
