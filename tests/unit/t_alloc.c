/* t_alloc.c - memory that runs out at any point, and comes back */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "estimate.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * The linker sends the library's calls of calloc here (--wrap=calloc): but for
 * the context itself they are in one place, arena.c. The fail_at-th from now
 * fails.
 */
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
static long calls, fail_at;

void *__wrap_calloc(size_t n, size_t size)
{
    bool fails = ++calls == fail_at || size > SIZE_MAX / 128;
    return fails ? NULL : __real_calloc(n, size);
}

/* Everything that a program asks for. The first failure ends it. */
static enum ivq_status whole_job(ivq *ctx, char **json)
{
    enum ivq_status s = ivq_set(ctx, "adc.rate=1.1 GHz");
    size_t size;
    FILE *out = open_memstream(json, &size);
    if (!s)
        s = ivq_set(ctx, "workload.input_density=0.9");
    if (!s)
        s = ivq_quant(ctx, "apot:3/4");
    if (!s)
        s = ivq_load_tech(ctx, "ivq-32nm");
    if (!s)
        s = ivq_load_network(ctx, "googlenet");
    if (!s)
        s = ivq_estimate(ctx);
    if (!s)
        s = ivq_param_set(ctx, ivq_param(ctx, "crossbar.rows"), 64);
    if (!s)
        s = ivq_estimate(ctx);
    for (int f = 0; f < 3 && !s; f++)
        s = ivq_write(ctx, out, (enum ivq_format)f, IVQ_REPORT);
    for (int v = 0; v < 4 && !s; v++)
        s = ivq_write(ctx, out, IVQ_TEXT, (enum ivq_view)v);
    if (!s)
        s = ivq_explain(ctx, out, "energy");
    fclose(out);
    return s;
}

/* Whatever failed, the context lives on: what is there can be asked for, and
 * with memory again the job is the same, byte for byte. */
START_TEST(memory_runs_out)
{
    char *plain = NULL;
    ivq *ctx = context();
    calls = 0;
    ck_ok(ctx, whole_job(ctx, &plain));
    long all = calls;
    ivq_free(ctx);
    ck_assert_int_gt(all, 10);

    for (long n = 1; n <= all; n++) {
        char *half = NULL, *again = NULL;
        ctx = context();
        calls = 0;
        fail_at = n;
        enum ivq_status s = whole_job(ctx, &half);
        ck_need(s == IVQ_MEMORY, "call %ld of %ld: status %d", n, all, (int)s);
        if (ivq_estimate(ctx) == IVQ_OK) /* all was loaded before */
            ck_need(ivq_value(ctx, "energy") > 0, "call %ld: no energy", n);
        ivq_clear(ctx);
        ck_ok(ctx, whole_job(ctx, &again));
        ck_need(!strcmp(plain, again), "call %ld: another result", n);
        free(half);
        free(again);
        ivq_free(ctx);
        fail_at = 0;
    }
    free(plain);
}
END_TEST

/* Published cases, with steps of their own arena: all or nothing. */
static enum ivq_status validated(ivq *ctx, char **csv)
{
    size_t size;
    FILE *out = open_memstream(csv, &size);
    enum ivq_status s =
        ivq_validate(ctx, source_file("validation/circuits/nvsim.cfg"));
    if (!s)
        s = ivq_validate(ctx, source_file("validation/isaac2016.cfg"));
    if (!s)
        s = ivq_validation_write(ctx, out, IVQ_TEXT, IVQ_REASONS);
    if (!s)
        s = ivq_validation_write(ctx, out, IVQ_JSON, IVQ_CASES);
    fclose(out);
    return s;
}

START_TEST(memory_runs_out_of_cases)
{
    char *plain = NULL;
    ivq *ctx = context();
    calls = 0;
    ck_ok(ctx, validated(ctx, &plain));
    long all = calls;
    ivq_free(ctx);
    for (long n = 1; n <= all; n++) {
        char *half = NULL, *again = NULL;
        ctx = context();
        calls = 0;
        fail_at = n;
        ck_assert_int_eq(validated(ctx, &half), IVQ_MEMORY);
        ivq_clear(ctx);
        if (!*half) { /* nothing was written, and all of it is forgotten */
            ck_ok(ctx, validated(ctx, &again));
            ck_need(!strcmp(plain, again), "call %ld: another result", n);
        }
        free(half);
        free(again);
        ivq_free(ctx);
        fail_at = 0;
    }
    free(plain);
}
END_TEST

START_TEST(no_such_memory)
{
    struct arena a;
    jmp_buf back;
    volatile int failed = 0;
    static const size_t count[] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 8 + 1,
                                   SIZE_MAX / 64};
    arena_init(&a, &back);
    if (setjmp(back))
        failed++;
    else
        arena_array(&a, count[_i], _i < 3 ? 16 : 2);
    ck_assert_int_eq(failed, 1);
    arena_release(&a);
}
END_TEST

/* What was allocated stays zeroed, aligned and apart. */
START_TEST(blocks_are_apart)
{
    struct arena a;
    char *last = NULL;
    size_t last_n = 0;
    arena_init(&a, NULL);
    for (size_t n = 0; n < 3000; n = n * 17 / 16 + 1) {
        char *p = arena_alloc(&a, n);
        ck_assert_uint_eq((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < n; i++)
            ck_need(p[i] == 0, "byte %zu of %zu is not zero", i, n);
        if (last && n)
            ck_need(p >= last + last_n || p + n <= last, "%zu overlap", n);
        memset(p, 0x5a, n);
        last = p;
        last_n = n;
    }
    ck_assert_str_eq(arena_printf(&a, "%s-%d", "x", 5), "x-5");
    char *large = arena_alloc(&a, 1 << 20);
    large[(1 << 20) - 1] = 1;
    arena_release(&a);
    ck_assert_ptr_nonnull(arena_alloc(&a, 1)); /* usable again */
    arena_release(&a);
}
END_TEST

/* What was there before the mark stays; what comes after is zeroed again. */
START_TEST(memory_given_back)
{
    static const size_t size[] = {1, 100, 40000, 70000, 1 << 20};
    struct arena a, *s;
    arena_init(&a, NULL);
    s = arena_scratch(&a);
    ck_assert_ptr_eq(arena_scratch(&a), s);
    struct arena_mark empty = arena_mark(s);
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 5; k++) {
            char *kept = arena_alloc(s, size[i]);
            memset(kept, 7, size[i]);
            struct arena_mark mark = arena_mark(s);
            for (int n = 0; n < 3; n++) {
                char *p = arena_alloc(s, size[k]);
                for (size_t b = 0; b < size[k]; b++)
                    ck_need(p[b] == 0, "byte %zu of %zu", b, size[k]);
                memset(p, 9, size[k]);
                memset(arena_alloc(s, 10), 9, 10);
                arena_rewind(s, mark);
            }
            ck_assert(kept[0] == 7 && kept[size[i] - 1] == 7);
        }
    arena_rewind(s, empty);
    ck_assert_ptr_null(s->block);
    memset(arena_alloc(s, 100), 1, 100); /* and with its arena the rest goes */
    arena_release(&a);
    ck_assert_ptr_null(a.scratch);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("alloc");
    TCase *c = tcase_create("arena");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, memory_runs_out);
    tcase_add_test(c, memory_runs_out_of_cases);
    tcase_add_loop_test(c, no_such_memory, 0, 4);
    tcase_add_test(c, blocks_are_apart);
    tcase_add_test(c, memory_given_back);
    suite_add_tcase(s, c);
    return unit_run(s);
}
