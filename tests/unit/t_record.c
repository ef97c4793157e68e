/* t_record.c - statistics of weights, kept without the weights */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bits_case.h"
#include "files.h"
#include "quant/record.h"

static struct msgs msgs;

static void record_setup(void)
{
    setup();
    files_setup();
    msgs = (struct msgs){.n = 0};
}

static void record_teardown(void)
{
    files_teardown();
    teardown();
}

static struct quant quant_of(const char *text)
{
    struct quant q = {.n = 1, .input_bits = 8};
    char why[WHY] = "";
    int bits = 0;
    ck_need(!quant_spec_parse(text, &q.spec[0], &bits, why, WHY), "%s", why);
    ck_need(!quant_planes(&q.spec[0], &arena, &q.group[0], why, WHY), "%s",
            why);
    return q;
}

static struct quant counted(const char *text, const struct weights *w,
                            const struct clip_rule *rule)
{
    struct quant q = quant_of(text);
    char why[WHY] = "";
    ck_need(!quant_weights(&q, w, false, rule, WEIGHTS_BEST, &arena, why, WHY),
            "%s: %s", text, why);
    return q;
}

static int recorded(struct quant *q, const struct weight_record *r,
                    const struct clip_rule *rule)
{
    char why[WHY] = "";
    return quant_records(q, r, 1, rule, WEIGHTS_BEST, &arena, why, WHY);
}

/* Bell-shaped, no outliers. */
static struct weights bell(int n)
{
    struct weights w = {1, n, n, NULL, NULL};
    float *value = arena_array(&arena, weights_count(&w), sizeof *value);
    for (size_t i = 0; i < weights_count(&w); i++) {
        double sum = 0;
        for (int k = 0; k < 6; k++)
            sum += uniform(-1, 1);
        value[i] = (float)(0.01 * sum);
    }
    w.value = value;
    return w;
}

START_TEST(same_quantization_same_densities)
{
    static const char *const specs[] = {"uniform:8", "apot:4", "sme:8",
                                        "abcnet:3",  "ttq:2",  "asymmetric:8"};
    const struct clip_rule rule = {CLIP_AUTO, 99.9, false};
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        struct weights w = any_weights();
        struct quant q = counted(specs[i], &w, &rule), p = quant_of(specs[i]);
        ck_assert_int_eq(recorded(&p, q.record, &rule), 0);
        ck_assert_int_eq(p.ones.as, WEIGHTS_RECORDED);
        ck_near(p.ones.exact.ones, q.ones.exact.ones, 1e-12);
        ck_near(p.ones.stats.ones, q.ones.stats.ones, 1e-9);
        for (int b = 0; b < q.group[0].n; b++)
            ck_near(p.group[0].density[b], q.group[0].density[b], 1e-12);
    }
}
END_TEST

/* Ones of another scheme, clip or percentile from the record of one. */
START_TEST(another_quantization_is_near)
{
    static const struct {
        const char *spec;
        enum clip clip;
    } cases[] = {
        {"uniform:4", CLIP_MSE},         {"uniform:6", CLIP_PERCENTILE},
        {"uniform:6", CLIP_SCHEME},      {"apot:4", CLIP_LARGEST},
        {"uniform:5,clip=2", CLIP_AUTO}, {"ttq:2", CLIP_AUTO}};
    const struct clip_rule first = {CLIP_LARGEST, 99.9, false};
    struct weights w = bell(128);
    struct quant q = counted("uniform:8", &w, &first);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct clip_rule rule = {cases[i].clip, 99, false};
        struct quant p = quant_of(cases[i].spec);
        struct quant own = counted(cases[i].spec, &w, &rule);
        ck_assert_int_eq(recorded(&p, q.record, &rule), 0);
        ck_assert_int_eq(p.ones.as, WEIGHTS_STATS);
        ck_need(fabs(p.ones.stats.ones / own.ones.exact.ones - 1) < 0.04,
                "%s: %g, counted %g", cases[i].spec, p.ones.stats.ones,
                own.ones.exact.ones);
    }
}
END_TEST

/* Ones of `now` from a record of `then`, which is no count of it. */
static void check_again(const char *then, const struct clip_rule *before,
                        const char *now, const struct clip_rule *after)
{
    struct weights w = bell(128);
    struct quant q = counted(then, &w, before), p = quant_of(now);
    struct quant own = counted(now, &w, after);
    ck_assert_int_eq(recorded(&p, q.record, after), 0);
    ck_assert_int_eq(p.ones.as, WEIGHTS_STATS);
    ck_need(fabs(p.ones.stats.ones / own.ones.exact.ones - 1) < 0.04,
            "%s: %g, counted %g", now, p.ones.stats.ones, own.ones.exact.ones);
}

START_TEST(another_clip_is_no_count)
{
    const struct clip_rule largest = {CLIP_LARGEST, 99.9, false};
    const struct clip_rule tight = {CLIP_PERCENTILE, 80, false};
    const struct clip_rule loose = {CLIP_PERCENTILE, 99, false};
    check_again("uniform:8", &tight, "uniform:8", &largest);
    check_again("uniform:8", &tight, "uniform:8", &loose);
    check_again("uniform:5,clip=2", &largest, "uniform:5,clip=3", &largest);
}
END_TEST

START_TEST(columns_have_their_own_scale)
{
    const struct clip_rule tensor = {CLIP_LARGEST, 99.9, false};
    const struct clip_rule column = {CLIP_LARGEST, 99.9, true};
    struct weights w = bell(32);
    struct quant a = counted("uniform:8", &w, &tensor), p = quant_of("sme:8");
    struct quant b = counted("uniform:8", &w, &column);
    ck_assert_int_eq(recorded(&p, a.record, &column), -1);
    ck_assert_int_eq(recorded(&p, b.record, &tensor), -1);
    ck_assert_int_eq(recorded(&p, b.record, &column), 0);
}
END_TEST

/* Of another number of schemes, or of scales. */
START_TEST(too_little_for_all_but_the_model)
{
    const struct clip_rule tensor = {CLIP_LARGEST, 99.9, false};
    const struct clip_rule column = {CLIP_LARGEST, 99.9, true};
    struct weights w = bell(32);
    struct quant a = counted("uniform:8", &w, &tensor), p;
    struct weight_record two[] = {*a.record, *a.record};
    for (int n = 1; n <= 2; n++)
        for (int as = WEIGHTS_BEST; as <= WEIGHTS_MODEL; as++) {
            char why[WHY] = "";
            if (as == WEIGHTS_EXACT)
                continue;
            p = quant_of("sme:8");
            int bad = quant_records(&p, two, n, n == 1 ? &column : &tensor,
                                    (enum weights_as)as, &arena, why, WHY);
            ck_assert_int_eq(bad, as == WEIGHTS_MODEL ? 0 : -1);
            ck_assert_ptr_null(p.record);
            ck_assert_int_eq(p.ones.as, WEIGHTS_MODEL);
        }
}
END_TEST

/* Codes may be wider than their scheme. */
START_TEST(as_wide_as_what_was_counted)
{
    const struct clip_rule rule = {CLIP_AUTO, 99.9, false};
    static const int64_t code[] = {INT64_C(4294967295), -3, 0, 1};
    const struct weights w = {1, 2, 2, NULL, code};
    struct quant q = counted("uniform:4", &w, &rule), p = quant_of("uniform:4");
    ck_assert_int_eq(recorded(&p, q.record, &rule), 0);
    ck_assert_int_eq(p.ones.as, WEIGHTS_RECORDED);
    ck_assert_int_eq(p.group[0].n, 32);
    ck_assert_int_eq(p.group[0].width, 33);
}
END_TEST

START_TEST(written_and_read)
{
    const struct clip_rule rule = {CLIP_PERCENTILE, 98, true};
    struct weights w = any_weights();
    const struct quant q = counted("apot:4,clip=2,dist=laplace", &w, &rule);
    const char *path = file_text("r.cfg", "");
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    struct conf_pen pen = {.out = out, .arena = &arena, .first = 4, .more = 6};
    fputs("layers = (\n", out);
    record_write(&pen, "a \"b\"\\", q.record, "");
    fputs(");\n", out);
    fclose(out);

    struct conf_env env = {.arena = &arena, .msgs = &msgs};
    struct node *root = conf_load(&env, path);
    ck_need(root, "%s", msgs.n ? msgs.list[0].text : "?");
    struct node *group = node_get(root, "layers")->child;
    ck_assert_str_eq(node_get(group, "layer")->text, "a \"b\"\\");
    struct weight_record r;
    ck_need(!record_read(group, &arena, &msgs, &r), "%s", msgs.list[0].text);
    ck_assert(record_is_of(&r, &q.spec[0], &rule));
    ck_assert_int_eq(r.spec.dist, DIST_LAPLACE);
    ck_near(r.rms, q.record->rms, 1e-6);
    ck_near(r.max, q.record->max, 1e-6);
    ck_near(r.live, q.record->live, 1e-6);
    ck_assert_int_eq(r.n, q.record->n);
    for (int i = 0; i < r.n; i++)
        ck_near(r.density[i], q.record->density[i], 1e-6);
}
END_TEST

/* A spec printed and read again, for every scheme and all its bits. */
START_TEST(specs_are_read_back)
{
    for (int i = 0; schemes[i]; i++)
        for (int bits = schemes[i]->bits_min; bits <= schemes[i]->bits_max;
             bits++) {
            struct quant_spec spec, back;
            char text[96], why[WHY];
            int inputs = 0;
            quant_spec_init(&spec, schemes[i]);
            spec.bits = bits;
            spec.clip = 2.5;
            spec.dist = DIST_GGD;
            spec.shape = 1.1;
            if (quant_spec_check(&spec, why, WHY))
                continue;
            quant_spec_print(&spec, text, sizeof text);
            ck_need(!quant_spec_parse(text, &back, &inputs, why, WHY), "%s: %s",
                    text, why);
            ck_assert(back.scheme == spec.scheme && back.bits == spec.bits &&
                      back.terms == spec.terms && back.dist == spec.dist);
            ck_near(back.clip, 2.5, 0);
            ck_near(back.shape, 1.1, 0);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("record");
    TCase *test = tcase_create("record");
    tcase_add_checked_fixture(test, record_setup, record_teardown);
    tcase_add_test(test, same_quantization_same_densities);
    tcase_add_test(test, another_quantization_is_near);
    tcase_add_test(test, another_clip_is_no_count);
    tcase_add_test(test, columns_have_their_own_scale);
    tcase_add_test(test, too_little_for_all_but_the_model);
    tcase_add_test(test, as_wide_as_what_was_counted);
    tcase_add_test(test, written_and_read);
    tcase_add_test(test, specs_are_read_back);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
