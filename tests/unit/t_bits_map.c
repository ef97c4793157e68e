/* t_bits_map.c - tests of maps of real weights against single cells */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "bits_case.h"
#include "machine/crossbar/fixed.h"

struct brute {
    const struct xbar *x;
    const struct map_rule *rule;
    const struct bits *b;
    const struct quant *q;
    int columns, column[64];     /* of one array */
    int array, from, to, slices; /* columns from..to of them */
    double crossbars, nonempty, conversions, ones, drives, cycles;
    uint64_t peak;
    int top_delay;
};

/* Do the signs of a column have arrays of their own? */
static bool is_split(const struct brute *t, int j)
{
    const struct planes *p = &t->q->group[bits_scheme(t->b, 0, j)];
    return p->is_signed && (t->rule->two_arrays || p->two_arrays);
}

static uint64_t cell(const struct brute *t, int k, int j, int s)
{
    int64_t code = bits_code(t->b, 0, k, t->column[j]);
    if (is_split(t, t->column[j]) && (code < 0) != t->array)
        return 0;
    return (uint64_t)llabs(code) >> (s * t->x->cell_bits) &
           ((UINT64_C(1) << t->x->cell_bits) - 1);
}

static bool is_filled(const struct brute *t, int k, int s)
{
    for (int j = t->from; j < t->to; j++)
        if (cell(t, k, j, s))
            return true;
    return false;
}

/* One crossbar with slice line[i] of row row[i]. */
static void add(struct brute *t, int n, const int *row, const int *slice,
                int delay)
{
    int per_slice = t->x->cell_bits / t->x->dac_bits;
    double cycles = t->cycles + delay * per_slice;
    t->crossbars++;
    t->top_delay = delay > t->top_delay ? delay : t->top_delay;
    t->conversions += (t->to - t->from) * cycles;
    t->drives += n * t->cycles;
    for (int j = t->from; j < t->to; j++) {
        uint64_t sum = 0;
        for (int i = 0; i < n; i++) {
            uint64_t c = cell(t, row[i], j, slice[i]);
            sum += c;
            t->ones += __builtin_popcountll(c);
        }
        t->nonempty += (sum > 0) * cycles;
        t->peak = sum > t->peak ? sum : t->peak;
    }
}

enum { LINES = 512 };

/* Slices packed in order, R a crossbar: L3 rank by rank, L4 slice by slice. */
static void add_packed(struct brute *t, int n, const int *row, const int *slice)
{
    for (int i = 0; i < n; i += t->x->rows) {
        int m = n - i < t->x->rows ? n - i : t->x->rows, lo = 99, hi = 0;
        for (int k = i; k < i + m; k++) {
            lo = slice[k] < lo ? slice[k] : lo;
            hi = slice[k] > hi ? slice[k] : hi;
        }
        add(t, m, row + i, slice + i, hi - lo);
    }
}

static void brute_rank(struct brute *t, int from, int to)
{
    for (int rank = 0; rank < t->slices; rank++) {
        int n = 0, row[LINES], slice[LINES];
        for (int k = from; k < to; k++)
            for (int s = 0, seen = 0; s < t->slices; s++)
                if (is_filled(t, k, s) && seen++ == rank) {
                    row[n] = k;
                    slice[n++] = s;
                }
        if (n)
            add_packed(t, n, row, slice);
    }
}

static void brute_free(struct brute *t)
{
    int n = 0;
    int *row = arena_array(&arena, (size_t)(t->b->rows * 16), sizeof *row);
    int *slice = arena_array(&arena, (size_t)(t->b->rows * 16), sizeof *row);
    for (int s = t->slices - 1; s >= 0; s--)
        for (int k = 0; k < t->b->rows; k++)
            if (is_filled(t, k, s)) {
                row[n] = k;
                slice[n++] = s;
            }
    add_packed(t, n, row, slice);
}

/* Rows move down until they fit under `top`; all slices when they need not. */
static void brute_shift(struct brute *t, int from, int to, int least, int top,
                        bool keep_hollow)
{
    int shift[LINES] = {0}, delay = 0;
    for (int k = from; k < to; k++) {
        for (int s = top + 1; s < t->slices; s++)
            if (is_filled(t, k, s))
                shift[k - from] = s - top;
        delay = shift[k - from] > delay ? shift[k - from] : delay;
    }
    for (int s = least; s <= top; s++) {
        int n = 0, row[LINES], slice[LINES];
        bool any = keep_hollow;
        for (int k = from; k < to; k++) {
            row[n] = k;
            slice[n] = s + shift[k - from];
            any |= slice[n] < t->slices && is_filled(t, k, slice[n]);
            n++;
        }
        if (any)
            add(t, n, row, slice, delay);
    }
}

static void brute_block(struct brute *t, int from, int to)
{
    int least = t->slices, span = 0;
    enum squeeze level = t->rule->squeeze;
    for (int k = from; k < to; k++) {
        int lo = t->slices, hi = -1;
        for (int s = 0; s < t->slices; s++)
            if (is_filled(t, k, s)) {
                lo = s < lo ? s : lo;
                hi = s;
            }
        least = lo < least ? lo : least;
        span = hi - lo + 1 > span ? hi - lo + 1 : span;
    }
    if (level == SQUEEZE_L3)
        brute_rank(t, from, to);
    else if (level == SQUEEZE_L2)
        brute_shift(t, from, to, least, least + span - 1, false);
    else if (level == SQUEEZE_SME) {
        int top = t->slices - 1 - t->rule->sme_degree;
        brute_shift(t, from, to, 0, top > 0 ? top : 0, false);
    } else
        brute_shift(t, from, to, 0, t->slices - 1, level == SQUEEZE_L0);
}

static void brute_map(struct brute *t, int planes)
{
    t->slices = (planes + t->x->cell_bits - 1) / t->x->cell_bits;
    for (t->array = 0; t->array < 2; t->array++) {
        t->columns = 0;
        for (int j = 0; j < t->b->columns; j++)
            if (t->array == 0 || is_split(t, j))
                t->column[t->columns++] = j;
        for (t->from = 0; t->from < t->columns; t->from = t->to) {
            t->to = t->from + t->x->columns;
            t->to = t->to < t->columns ? t->to : t->columns;
            if (t->rule->squeeze == SQUEEZE_L4) {
                brute_free(t);
                continue;
            }
            for (int k = 0; k < t->b->rows; k += t->x->rows)
                brute_block(t, k,
                            k + t->x->rows < t->b->rows ? k + t->x->rows
                                                        : t->b->rows);
        }
    }
}

static void check_map(const char *name, const struct quant *q,
                      const struct bits *b, int planes, const struct xbar *x,
                      const struct map_rule *rule)
{
    struct brute t = {.x = x, .rule = rule, .b = b, .q = q};
    struct matrix m = {b->groups, b->rows, b->columns, 1, 0};
    struct mapped out;
    t.cycles = (q->input_bits + x->dac_bits - 1) / x->dac_bits;
    brute_map(&t, planes);
    map_exact(x, rule, &m, q, b, &arena, &out);
    const double got[] = {out.crossbars, out.conversions_nonempty,
                          out.conversions, out.ones, out.drives};
    const double want[] = {t.crossbars, t.nonempty, t.conversions, t.ones,
                           t.drives};
    for (int i = 0; i < 5; i++)
        ck_need(!(fabs(got[i] - want[i]) > 0),
                "%s, level %d, %d x %d on %d x %d, %d-bit cells: count %d is "
                "%g, not %g",
                name, (int)rule->squeeze, b->rows, b->columns, x->rows,
                x->columns, x->cell_bits, i, got[i], want[i]);
    uint64_t most = t.peak * ((1u << x->dac_bits) - 1);
    ck_assert_int_eq(out.adc_bits, most ? 64 - __builtin_clzll(most) : 0);
    ck_assert_int_eq(out.extra_cycles,
                     t.top_delay * x->cell_bits / x->dac_bits);
    if (rule->squeeze != SQUEEZE_L0)
        return;
    int split = 0, blocks = (b->rows + x->rows - 1) / x->rows;
    for (int j = 0; j < b->columns; j++)
        split += is_split(&t, j);
    /* each conversion, the sums over cycles, blocks and both signs */
    ck_near(out.shift_adds,
            t.conversions + (b->columns + split) * t.cycles +
                b->columns * (blocks - 1) + split,
            1e-12);
}

/* All schemes, levels, arrays of a sign, cells of one bit and of two. */
START_TEST(map_is_that_of_single_cells)
{
    for (int s = 0; schemes[s]; s++)
        for (int l = SQUEEZE_L0; l <= SQUEEZE_L4; l++) {
            struct quantized z = {
                .w = random_weights(1, 1 + below(150), 1 + below(40))};
            struct clip_rule clip = any_rule();
            int bits = schemes[s]->bits_default;
            quantize(&z, schemes[s], bits < 6 ? bits : 6, &clip);
            struct xbar x = {1 + below(130), 1 + below(30), 1 + below(2), 1};
            struct map_rule rule = {.squeeze = (enum squeeze)l,
                                    .sme_degree = 1 + below(2),
                                    .two_arrays = below(2) == 1};
            struct quant q = {.n = 1, .input_bits = 6};
            q.group[0].n = z.q.planes;
            q.group[0].is_signed = z.b.is_signed;
            if (z.q.planes / x.cell_bits < 16)
                check_map(schemes[s]->name, &q, &z.b, z.q.planes, &x, &rule);
            teardown();
        }
}
END_TEST

/* Groups narrower than the crossbar share it: as one block-diagonal matrix. */
START_TEST(groups_share_a_crossbar)
{
    for (int i = 0; i < TRIALS; i++) {
        int g = 1 + below(9), k = 1 + below(12), n = 1 + below(5);
        struct quantized z = {.w = random_weights(g, k, n)}, one = z;
        struct clip_rule clip = {.clip = CLIP_LARGEST};
        const struct scheme *scheme = scheme_find(i % 3 ? "uniform" : "pot");
        int bits = i % 3 ? 5 : 7; /* or 64 planes */
        quantize(&z, scheme, bits, &clip);
        float *value =
            arena_array(&arena, (size_t)(g * k * g * n), sizeof *value);
        for (int a = 0; a < g * k * n; a++) {
            int from = a / (k * n), row = a / n % k, column = a % n;
            value[(from * k + row) * g * n + from * n + column] = z.w.value[a];
        }
        one.w = (struct weights){1, g * k, g * n, value};
        quantize(&one, scheme, bits, &clip);
        for (int l = SQUEEZE_L0; l <= SQUEEZE_L4; l++) {
            struct xbar x = {g * k, g * n, 1, 1};
            struct map_rule rule = {.squeeze = (enum squeeze)l,
                                    .sme_degree = 1};
            struct quant q = {.n = 1, .input_bits = 4};
            struct matrix many = {g, k, n, 1, 0},
                          whole = {1, g * k, g * n, 1, 0};
            struct mapped a, b;
            q.group[0].n = 4;
            map_exact(&x, &rule, &many, &q, &z.b, &arena, &a);
            map_exact(&x, &rule, &whole, &q, &one.b, &arena, &b);
            ck_assert(!(fabs(a.crossbars - b.crossbars) > 0));
            ck_assert(!(fabs(a.ones - b.ones) > 0));
            ck_assert(!(fabs(a.drives - b.drives) > 0));
            ck_assert(!(fabs(a.shift_adds - b.shift_adds) > 0));
            ck_assert(!(fabs(a.cells_used * g - b.cells_used) > 1e-9));
        }
        teardown();
    }
}
END_TEST

/* Shafiee 2016, ISAAC, section V: biased codes, two bits a cell, columns whose
 * sum has its top bit are stored inverted. */
static double brute_fixed(const struct xbar *x, bool flip, int width,
                          const struct quant *q, const struct bits *b)
{
    double all = 0;
    int lossless = 0;
    while (1 << lossless < x->rows)
        lossless++;
    lossless += x->cell_bits; /* inputs of one bit */
    for (int g = 0; g < b->groups; g++)
        for (int j = 0; j < b->columns; j++)
            for (int k0 = 0; k0 < b->rows; k0 += x->rows)
                for (int s = 0; s * x->cell_bits < width; s++) {
                    int ones = 0, sum = 0, rows = 0;
                    for (int k = k0; k < k0 + x->rows && k < b->rows; k++) {
                        int64_t code = bits_code(b, g, k, j);
                        if (q->group[bits_scheme(b, g, j)].is_signed)
                            code += INT64_C(1) << (width - 1);
                        int c = (int)(code >> (s * x->cell_bits)) &
                                ((1 << x->cell_bits) - 1);
                        ones += __builtin_popcount((unsigned)c);
                        sum += c;
                        rows++;
                    }
                    bool turned = flip && sum >= 1 << (lossless - 1);
                    all += turned ? rows * x->cell_bits - ones : ones;
                }
    return all;
}

START_TEST(fixed_point_ones_are_those_of_single_cells)
{
    for (int i = 0; i < TRIALS; i++) {
        struct quantized z = {.w = any_weights()};
        struct clip_rule clip = any_rule();
        struct xbar x = {1 + below(150), 16, 1 + below(2), 1};
        struct map_rule rule = {.weight_bits = i % 2 ? 16 : 8,
                                .input_bits = 8,
                                .flip = below(2) == 1};
        struct quant q = {.n = 1, .input_bits = 8};
        quantize(&z, scheme_find(i % 3 ? "uniform" : "asymmetric"),
                 i % 3 ? 4 + i % 5 : 8, &clip);
        q.group[0].is_signed = z.b.is_signed;
        ck_near(fixed_ones(&x, &rule, &q, &z.b, &arena),
                brute_fixed(&x, rule.flip, rule.weight_bits, &q, &z.b), 1e-15);
        teardown();
    }
}
END_TEST

/* ---- schemes mixed in a layer ---- */

/* Levels with a sign, without, and with a scale for each sign. */
static struct quant mixture(int n)
{
    static const struct {
        const char *name;
        int bits;
    } of[] = {{"sp2", 4}, {"uniform", 5}, {"asymmetric", 4}, {"ttq", 2}};
    struct quant q = {.n = n, .input_bits = 6};
    char why[WHY];
    double sum = 0;
    for (int g = 0; g < n; g++) {
        int k = below(4);
        quant_spec_init(&q.spec[g], scheme_find(of[k].name));
        q.spec[g].bits = of[k].bits;
        ck_need(!quant_planes(&q.spec[g], &arena, &q.group[g], why, WHY), "%s",
                why);
        q.group[g].share = uniform(0, 1);
        sum += q.group[g].share;
    }
    for (int g = 0; g < n; g++)
        q.group[g].share /= sum;
    return q;
}

static void quantize_mixture(struct quant *q, const struct weights *w)
{
    struct clip_rule clip = any_rule();
    char why[WHY];
    ck_need(!quant_weights(q, w, false, &clip, WEIGHTS_EXACT, &arena, why, WHY),
            "%s", why);
}

START_TEST(mixtures_map_as_single_cells)
{
    for (int i = 0; i < 3 * TRIALS; i++) {
        struct weights w = random_weights(1, 1 + below(150), 1 + below(40));
        struct quant q = mixture(2 + below(3));
        struct xbar x = {1 + below(130), 1 + below(30), 1 + below(2), 1};
        struct map_rule rule = {.squeeze = (enum squeeze)(i % 6),
                                .sme_degree = 1 + below(2),
                                .two_arrays = below(2) == 1};
        int planes = 0;
        quantize_mixture(&q, &w);
        for (int g = 0; g < q.n; g++)
            if (q.group[g].share > 0)
                planes = planes > q.group[g].n ? planes : q.group[g].n;
        check_map("mixed", &q, q.bits, planes, &x, &rule);
        teardown();
    }
}
END_TEST

/* Groups from..from+n of a layer as a layer of their own. */
static struct bits some_groups(const struct bits *b, int from, int n)
{
    struct bits out = *b;
    out.groups = n;
    out.plane += bits_column(b, from, 0) - b->plane;
    out.negative += bits_negative(b, from, 0) - b->negative;
    out.scheme += from * b->columns;
    return out;
}

/* Each group has schemes of its own, on crossbars of one group or of two. */
START_TEST(mixtures_of_groups)
{
    for (int i = 0; i < TRIALS; i++) {
        int together = 1 + below(2), k = 1 + below(40), n = 1 + below(12);
        struct weights w = random_weights(2 * together, k, n);
        struct quant q = mixture(2 + below(3));
        struct xbar x = {together * k, together * n, 1, 1};
        struct map_rule rule = {.squeeze = (enum squeeze)(i % 6),
                                .sme_degree = 1,
                                .two_arrays = below(2) == 1};
        struct matrix whole = {2 * together, k, n, 1, 0}, half = whole;
        struct mapped all, part[2];
        half.groups = together;
        quantize_mixture(&q, &w);
        map_exact(&x, &rule, &whole, &q, q.bits, &arena, &all);
        for (int h = 0; h < 2; h++) {
            struct bits b = some_groups(q.bits, h * together, together);
            map_exact(&x, &rule, &half, &q, &b, &arena, &part[h]);
        }
        ck_near(all.crossbars, part[0].crossbars + part[1].crossbars, 0);
        ck_near(all.ones, part[0].ones + part[1].ones, 0);
        ck_near(all.drives, part[0].drives + part[1].drives, 1e-12);
        teardown();
    }
}
END_TEST

START_TEST(mixtures_in_fixed_point)
{
    for (int i = 0; i < TRIALS; i++) {
        struct weights w = any_weights();
        struct quant q = mixture(2 + below(3));
        struct xbar x = {1 + below(150), 16, 1 + below(2), 1};
        struct map_rule rule = {
            .weight_bits = 8, .input_bits = 8, .flip = below(2) == 1};
        quantize_mixture(&q, &w);
        ck_near(fixed_ones(&x, &rule, &q, q.bits, &arena),
                brute_fixed(&x, rule.flip, 8, &q, q.bits), 1e-15);
        teardown();
    }
}
END_TEST

/* ---- other styles ---- */

static const struct map_style *style(const char *name)
{
    int i = 0;
    while (strcmp(map_styles[i]->name, name))
        i++;
    return map_styles[i];
}

/* A case of a style: weights of uniform or unsigned levels on a crossbar. */
struct styled {
    struct weights w;
    struct quant q;
    struct matrix m;
    struct map_rule rule;
    struct xbar x;
    struct mapped out, model;
};

static struct styled styled(const char *name, int i)
{
    struct styled s = {.w = any_weights(), .q = {.n = 1, .input_bits = 8}};
    char why[WHY];
    s.m = (struct matrix){s.w.groups, s.w.rows, s.w.columns, 1, s.w.rows};
    s.rule = (struct map_rule){.weight_bits = 8,
                               .input_bits = 8,
                               .flip = below(2) == 1,
                               .skip_columns = below(2) == 1,
                               .forms.fragment = 1 + below(20),
                               .raella = {"4-2-2", "none", 0, 1}};
    s.x = (struct xbar){s.rule.forms.fragment * (1 + below(20)),
                        16 + below(200), 4, 1};
    if (!strcmp(name, "forms"))
        s.x.cell_bits = 1 + below(3);
    quant_spec_init(&s.q.spec[0],
                    scheme_find(i % 3 ? "uniform" : "asymmetric"));
    s.q.spec[0].bits = i % 2 ? 8 : 5;
    ck_assert(!quant_planes(&s.q.spec[0], &arena, &s.q.group[0], why, WHY));
    quantize_mixture(&s.q, &s.w);
    style(name)->map(&s.x, &s.rule, &s.m, &s.q, &s.model);
    style(name)->map_exact(&s.x, &s.rule, &s.m, &s.q, s.q.bits, &arena, &s.out);
    return s;
}

/* Conversions: none of empty columns, whose sums need no addition. */
static void check_filled(const struct styled *s, double filled, double all)
{
    double spared = s->rule.skip_columns ? all - filled : 0;
    ck_near(s->out.conversions, s->model.conversions, 1e-15);
    ck_near(s->out.conversions / all * filled, s->out.conversions_nonempty,
            1e-12);
    ck_near(s->out.shift_adds,
            s->model.shift_adds - s->out.conversions / all * spared, 1e-12);
}

/* Yuan 2021, FORMS: magnitudes, read by fragments, the larger half inverted */
START_TEST(fragments_are_those_of_single_cells)
{
    for (int i = 0; i < 2 * TRIALS; i++) {
        struct styled s = styled("forms", i);
        int f = s.rule.forms.fragment, c = s.x.cell_bits;
        int slices = (8 + c - 1) / c, half = 1;
        double ones = 0, filled = 0, all = 0;
        int64_t most = 0;
        while (half < f)
            half *= 2;
        half *= 1 << (c - 1); /* of the sums that lossless bits can say */
        for (int g = 0; g < s.w.groups; g++)
            for (int j = 0; j < s.w.columns; j++)
                for (int k0 = 0; k0 < s.w.rows; k0 += f)
                    for (int b = 0; b < slices; b++) {
                        int sum = 0, set = 0, n = 0;
                        for (int k = k0; k < k0 + f && k < s.w.rows; k++, n++) {
                            int64_t code = llabs(bits_code(s.q.bits, g, k, j));
                            int cell = (int)(code >> (b * c)) & ((1 << c) - 1);
                            sum += cell;
                            set += __builtin_popcount((unsigned)cell);
                        }
                        if (s.rule.flip && sum >= half) {
                            sum = n * ((1 << c) - 1) - sum;
                            set = n * c - set;
                        }
                        ones += set;
                        filled += sum > 0;
                        all++;
                        most = sum > most ? sum : most;
                    }
        ck_near(s.out.ones, ones, 1e-15);
        check_filled(&s, filled, all);
        int bits = 0;
        while ((INT64_C(1) << bits) <= most)
            bits++;
        ck_assert_int_eq(s.out.adc_bits, bits);
        ck_assert_int_le(s.out.adc_bits, s.model.adc_bits);
        teardown();
    }
}
END_TEST

/* Andrulis 2023, RAELLA: offsets from the mean in slices of 4, 2 and 2 bits */
START_TEST(offsets_are_those_of_single_weights)
{
    static const int top[] = {8, 4, 2, 0};
    for (int i = 0; i < 2 * TRIALS; i++) {
        struct styled s = styled("raella", i);
        const struct bits *b = s.q.bits;
        double ones = 0, filled = 0, all = 0;
        for (int g = 0; g < s.w.groups; g++)
            for (int j = 0; j < s.w.columns; j++) {
                double sum = 0;
                for (int k = 0; k < s.w.rows; k++)
                    sum += (double)bits_code(b, g, k, j);
                int64_t centre = (int64_t)floor(sum / s.w.rows + 0.5);
                for (int k0 = 0; k0 < s.w.rows; k0 += s.x.rows)
                    for (int n = 0; n < 3; n++) {
                        bool any = false;
                        for (int k = k0; k < k0 + s.x.rows && k < s.w.rows;
                             k++) {
                            int64_t size =
                                llabs(bits_code(b, g, k, j) - centre);
                            int mask = (1 << top[n]) - (1 << top[n + 1]);
                            int part = (int)size & mask;
                            any |= part != 0;
                            ones += __builtin_popcount((unsigned)part);
                        }
                        filled += any;
                        all++;
                    }
            }
        int t =
            (int)(s.model.cells_used / s.w.groups / s.w.columns / s.w.rows / 3 +
                  0.5); /* repeated for other steps */
        ck_near(s.out.ones, ones * t, 1e-12);
        check_filled(&s, filled, all);
        teardown();
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("bits_map");
    TCase *t = tcase_create("bits_map");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, map_is_that_of_single_cells);
    tcase_add_test(t, groups_share_a_crossbar);
    tcase_add_test(t, fixed_point_ones_are_those_of_single_cells);
    tcase_add_test(t, mixtures_map_as_single_cells);
    tcase_add_test(t, mixtures_of_groups);
    tcase_add_test(t, mixtures_in_fixed_point);
    tcase_add_test(t, fragments_are_those_of_single_cells);
    tcase_add_test(t, offsets_are_those_of_single_weights);
    suite_add_tcase(s, t);
    return unit_run(s);
}
