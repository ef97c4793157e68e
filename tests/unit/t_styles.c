/* t_styles.c - what holds for every mapping style, whatever the layer */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "map_case.h"

#include "estimate.h"
#include "random.h"

#include <fenv.h>

static void setup(void)
{
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    files_setup();
}

/* Styles of fixed point; of raella with guesses. */
static const char *const fixed[] = {"bitslice", "cascade", "forms", "raella"};
enum { FIXED = sizeof fixed / sizeof *fixed, DRAWS = 1000 };
static const char *const chips[] = {"isaac-32nm", "cascade-65nm", "forms-32nm",
                                    "raella-32nm"}; /* of these styles */

static int one_to(int n)
{
    return 1 + (int)(next_random() % (uint64_t)n);
}

struct trial {
    const char *style;
    struct xbar x;
    struct map_rule rule;
    struct quant q;
    struct matrix m;
};

static struct trial draw(const char *style, int groups)
{
    static const double half[] = {0.5, 0};
    struct trial t = {.style = style, .q = quant(half, one_to(20))};
    bool bits = !strcmp(style, "cascade"), pulses = !strcmp(style, "raella");

    t.rule.weight_bits = one_to(64);
    t.rule.input_bits = one_to(64);
    t.rule.flip = next_random() % 2;
    t.rule.forms.fragment = one_to(16);
    t.rule.raella = (struct raella_rule){next_random() % 2 ? "4-2-2" : "1",
                                         next_random() % 2 ? "8-1" : "none",
                                         uniform(0, 1), uniform(0, 1)};
    t.x.rows = t.rule.forms.fragment * one_to(40);
    t.x.columns = one_to(600);
    t.x.cell_bits = bits ? 1 : pulses ? 3 + one_to(5) : one_to(8);
    t.x.dac_bits = bits || pulses ? 1 : one_to(16);
    t.m = (struct matrix){one_to(groups), one_to(2000), one_to(600)};
    return t;
}

static struct mapped mapped(const struct trial *t)
{
    return map(t->style, t->x, t->rule, t->m, &t->q);
}

/* ---- one layer ---- */

START_TEST(counts_are_sane)
{
    seed = 1 + (uint64_t)_i;
    for (int i = 0; i < DRAWS; i++) {
        struct trial t = draw(fixed[_i], 60);
        if (next_random() % 2) {
            t.m.rows = one_to(100);
            t.m.columns = one_to(10);
            t.m.steps = one_to(300);
            t.m.step_rows = one_to(t.m.rows);
        }
        struct mapped o = mapped(&t);
        const double all[] = {o.crossbars,   o.cells_used,  o.ones,
                              o.conversions, o.drives,      o.cell_reads,
                              o.shift_adds,  o.input_fetch, o.multiplies,
                              o.buffered,    o.mean_cycles, o.amplified,
                              o.feeds};
        for (size_t k = 0; k < sizeof all / sizeof *all; k++)
            ck_need(isfinite(all[k]) && all[k] >= 0, "%s: count %zu is %g",
                    t.style, k, all[k]);
        double lines = o.crossbars * t.x.rows, grain = 1 + 1e-9;
        ck_assert(o.cells_used <= lines * t.x.columns * grain);
        ck_assert(o.ones <= o.cells_used * t.x.cell_bits * grain);
        ck_assert(o.cell_reads <= o.drives * t.x.columns * grain);
        ck_assert(o.shift_adds >= o.conversions);
        ck_assert(o.feeds > 0 && o.feeds <= 1);
        ck_assert(o.feeds * o.mean_cycles * t.m.steps >=
                  (t.m.steps > 0 ? o.mean_cycles * (1 - 1e-9) : 0));
        ck_assert_int_ge(o.adc_bits, 0);
    }
}
END_TEST

#define NOT_LESS(member)                                                       \
    ck_need(b.member >= a.member * (1 - 1e-12),                                \
            "%s: " #member " falls from %g to %g: %d x %d, then %d x %d",      \
            t.style, a.member, b.member, t.m.rows, t.m.columns, more.m.rows,   \
            more.m.columns)

/* A larger matrix, wider weights or inputs: never less of anything. */
START_TEST(more_takes_more)
{
    seed = 11 + (uint64_t)_i;
    for (int i = 0; i < DRAWS; i++) {
        struct trial t = draw(fixed[_i], 1), more = t;
        int *const sizes[] = {&more.m.rows, &more.m.columns,
                              &more.rule.weight_bits, &more.rule.input_bits};
        int which = i % 4;
        *sizes[which] += which < 2 ? one_to(300) : 1;
        struct mapped a = mapped(&t), b = mapped(&more);
        NOT_LESS(crossbars);
        NOT_LESS(cells_used);
        NOT_LESS(drives);
        NOT_LESS(cell_reads);
        NOT_LESS(input_fetch);
        NOT_LESS(buffered);
        NOT_LESS(amplified);
        NOT_LESS(multiplies);
        NOT_LESS(mean_cycles);
        /* more weight bits or fewer rows may leave it one column less */
        if (strcmp(t.style, "cascade") || which < 2) {
            NOT_LESS(conversions);
            NOT_LESS(shift_adds);
        }
    }
}
END_TEST

/* Every column of a crossbar in use, every row: two halves make a whole. */
static struct trial full(const char *style)
{
    struct trial t = draw(style, 1);
    t.x.columns = one_to(8);
    t.m.rows = t.x.rows * one_to(5);
    t.m.columns = t.x.columns * one_to(5);
    return t;
}

#define TWICE(member)                                                          \
    ck_need(b.member == 2 * a.member, "%s: " #member " is %.17g, twice %.17g", \
            t.style, b.member, a.member)

START_TEST(halves_make_a_whole)
{
    seed = 21 + (uint64_t)_i;
    for (int i = 0; i < DRAWS; i++) {
        struct trial t = full(fixed[_i]);
        struct mapped a = mapped(&t);
        *(i % 3 == 0   ? &t.m.rows
          : i % 3 == 1 ? &t.m.columns
                       : &t.m.groups) *= 2;
        struct mapped b = mapped(&t);
        TWICE(crossbars);
        TWICE(cells_used);
        TWICE(conversions);
        TWICE(drives);
        TWICE(cell_reads);
        TWICE(buffered);
        TWICE(amplified);
        TWICE(input_fetch);
        if (i % 3 == 0) /* and an addition for each output */
            ck_assert(b.shift_adds - a.shift_adds >= t.m.columns);
        else
            TWICE(multiplies);
    }
}
END_TEST

/* Steps fed together are never dearer than one after another, and cost no
 * crossbar. */
START_TEST(steps_together_are_never_dearer)
{
    seed = 31;
    for (int i = 0; i < DRAWS; i++) {
        struct trial t = draw("raella", 1);
        t.m.rows = one_to(200);
        t.m.columns = one_to(20);
        struct mapped a = mapped(&t);
        t.m.steps = one_to(300);
        t.m.step_rows = one_to(t.m.rows);
        struct mapped b = mapped(&t);
        ck_assert(b.crossbars == a.crossbars);
        ck_assert(b.conversions == a.conversions);
        ck_assert(b.feeds <= 1 && b.feeds * t.m.steps >= 1 - 1e-12);
        ck_assert(b.drives <= a.drives * (1 + 1e-12));
        ck_assert(b.drives >= a.drives * b.feeds * (1 - 1e-12));
        ck_assert(b.cells_used >= a.cells_used);
    }
}
END_TEST

/* ---- chips ---- */

#define V(name) ivq_value(ctx, name)

static ivq *on_chip(const char *chip, const char *set, const char *network)
{
    ivq *ctx = context();
    if (set)
        ck_ok(ctx, ivq_set(ctx, set));
    ck_ok(ctx, ivq_load_tech(ctx, chip));
    ck_ok(ctx, ivq_load_network(ctx, network));
    ck_ok(ctx, ivq_estimate(ctx));
    return ctx;
}

/* A network of one layer whose weights are given, and the same without. */
static const char *weights(bool given)
{
    return file_text(given ? "given.cfg" : "drawn.cfg",
                     given ? "name = \"w\"; input = [4]; quant = \"uniform:5/"
                             "4\"; layers = ({ type = \"fc\"; out = 2; codes = "
                             "[10, 12, 4, 1, 6, 2, 4, 0]; });\n"
                           : "name = \"w\"; input = [4]; quant = \"uniform:5/"
                             "4\"; layers = ({ type = \"fc\"; out = 2; });\n");
}

/* Given weights are mapped by the chip's own style, not by that of ivq: fixed
 * point looks at their ones alone. */
START_TEST(given_weights_keep_the_style)
{
    static const char *const same[] = {"crossbars_needed", "used_cells",
                                       "conversions", "latency", "area"};
    char *given = strdup(weights(true));
    const char *drawn = weights(false);
    ivq *ctx = on_chip(chips[_i], NULL, given);
    ivq *other = on_chip(chips[_i], NULL, drawn);
    char *a = written(ctx, IVQ_CSV, IVQ_COMPONENTS);
    char *b = written(other, IVQ_CSV, IVQ_COMPONENTS);
    ck_need(strcmp(a, b) != 0, "parts on %s", chips[_i]);
    for (size_t k = 0; k < sizeof same / sizeof *same; k++)
        ck_need(!(fabs(V(same[k]) - ivq_value(other, same[k])) > 0),
                "not the same %s on %s", same[k], chips[_i]);
    ivq_free(ctx);
    ivq_free(other);
    free(a);
    free(b);
    free(given);
}
END_TEST

/* ivq looks: a crossbar of two columns for each of four planes, though the
 * lowest has a single one; four cycles. */
START_TEST(given_weights_count_in_ivq)
{
    ivq *ctx = on_chip("ivq-32nm", "mapping.level=L1", weights(true));
    json_t *root = tables(ctx);
    const json_t *adc = row_of(root, "components", "component", "adc");
    ck_assert(V("crossbars_needed") == 4);
    ck_assert(number_at(adc, "actions") == 4 * 2 * 4);
    json_decref(root);
    ivq_free(ctx);
}
END_TEST

/* What reads a column more often in a cycle needs a cycle so much longer. */
START_TEST(cycle_of_fragments)
{
    ivq *ctx = on_chip("forms-32nm", "crossbar.cycle=0 s", "lenet5");
    ck_near(V("cycle"), 128. / 8 * 128 * 8 / (32 * 2.1e9), 1e-12);
    int fragment = ivq_param(ctx, "mapping.fragment");
    ck_ok(ctx, ivq_param_set(ctx, fragment, 4));
    ck_ok(ctx, ivq_estimate(ctx));
    ck_near(V("cycle"), 128. / 4 * 128 * 8 / (32 * 2.1e9), 1e-12);
    ck_ok(ctx, ivq_param_set(ctx, fragment, 64)); /* the read is longer */
    ck_ok(ctx, ivq_estimate(ctx));
    ck_near(V("cycle"), 100e-9, 1e-12);
    ivq_free(ctx);
    ctx = context();
    ck_ok(ctx, ivq_set(ctx, "mapping.fragment=4"));
    ck_assert(ivq_load_tech(ctx, "forms-32nm") != IVQ_OK);
    ck_need(strstr(first_message(ctx), "crossbar: cycle 244 ns is too short"),
            "%s", first_message(ctx));
    ivq_free(ctx);
}
END_TEST

/*
 * 10 rows of 10 outputs, of which 8 are fed together: 20 times 11 cycles. More
 * copies than 20 are of no use, and no copy is faster than its cycles.
 */
START_TEST(copies_of_what_is_fed)
{
    const char *path =
        file_text("small.cfg", "name = \"s\"; input = [16, 12, 12]; layers = ("
                               "{ type = \"conv\"; out = 20; kernel = 3; });");
    ivq *ctx = on_chip("raella-32nm", "chip.max_crossbars=4096", path);
    ck_assert(V("crossbars_needed") == 1 && V("crossbars_used") == 20);
    ck_assert(V("interval") >= 11 * V("cycle") * (1 - 1e-12));
    ivq_free(ctx);
}
END_TEST

/* Kernels with gaps meet again only where the gaps do. */
START_TEST(gaps_share_no_inputs)
{
    static const struct {
        const char *window;
        double new_columns; /* of three */
    } cases[] = {{"pad = 1;", 1},
                 {"pad = 1; stride = 2;", 2},
                 {"pad = 1; stride = 4;", 3},
                 {"pad = 2; dilation = 2;", 3},
                 {"pad = 2; dilation = 2; stride = 2;", 1},
                 {"pad = 2; dilation = 2; stride = 4;", 2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[200];
        snprintf(text, sizeof text,
                 "name = \"g\"; input = [8, 32, 32]; layers = ({ type = "
                 "\"conv\"; out = 10; kernel = 3; %s });",
                 cases[i].window);
        ivq *ctx = on_chip("raella-32nm", "mapping.speculation=none",
                           file_text("gaps.cfg", text));
        json_t *root = tables(ctx);
        const json_t *dac = row_of(root, "components", "component", "dac");
        double steps = 32 / (i == 0 || i == 3 ? 1 : i == 1 || i == 4 ? 2 : 4);
        double new_rows = cases[i].new_columns * 3 * 8;
        double t = fmin(steps, fmin(floor(512 / 30), /* columns, rows */
                                    1 + floor((512 - 72) / new_rows)));
        double feeds = ceil(steps / t);
        double lines = feeds * 72 + (steps - feeds) * new_rows;
        double ours = number_at(dac, "actions"), want = lines * steps * 8;
        ck_need(fabs(ours - want) <= 1e-12 * want, "%s: %g drives, not %g",
                cases[i].window, ours, want);
        json_decref(root);
        ivq_free(ctx);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("styles");
    TCase *c = tcase_create("layers");
    tcase_add_checked_fixture(c, setup, files_teardown);
    tcase_add_loop_test(c, counts_are_sane, 0, FIXED);
    tcase_add_loop_test(c, more_takes_more, 0, FIXED);
    tcase_add_loop_test(c, halves_make_a_whole, 0, FIXED);
    tcase_add_test(c, steps_together_are_never_dearer);
    tcase_add_loop_test(c, given_weights_keep_the_style, 0, FIXED);
    tcase_add_test(c, given_weights_count_in_ivq);
    tcase_add_test(c, cycle_of_fragments);
    tcase_add_test(c, copies_of_what_is_fed);
    tcase_add_test(c, gaps_share_no_inputs);
    suite_add_tcase(s, c);
    return unit_run(s);
}
