/* t_alloc.c - memory that runs out at any point, and comes back */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "estimate.h"
#include "net/net.h"

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

/* ---- files that are open when the memory runs out are closed ---- */

/* The lowest number that is free tells whether one was left open. */
static int next_file(void)
{
    int fd = dup(STDERR_FILENO);
    close(fd);
    return fd;
}

/* 0: loaded, -1: refused, 1: no memory */
static int load_net(const char *path)
{
    struct arena a;
    jmp_buf back;
    struct msgs msgs = {.n = 0};
    struct net net;
    struct conf_env env = {.arena = &a, .msgs = &msgs};
    arena_init(&a, &back);
    int result = setjmp(back);
    if (!result)
        result = net_load(&env, path, NULL, &net);
    arena_release(&a);
    return result;
}

/* 64 Ki weights of one byte: more than a block of the arena. */
static void write_weights(void)
{
    static const char header[] = "{\"a\": {\"dtype\": \"I8\", \"shape\": "
                                 "[256, 256], \"data_offsets\": [0, 65536]}}";
    static char all[8 + sizeof header - 1 + 65536] = {sizeof header - 1};
    memcpy(all + 8, header, sizeof header - 1);
    file_bytes("w.safetensors", all, sizeof all);
}

START_TEST(memory_runs_out_of_files)
{
    static const char *const names[] = {"t.cfg", "t.yaml", "t.csv"};
    const char *path[3];
    char *yaml;
    size_t n;
    files_setup();
    write_weights();
    path[0] = file_text(names[0],
                        "name = \"t\"; weights = \"w.safetensors\"; input = "
                        "[256]; layers = ( { name = \"a\"; type = \"fc\"; "
                        "out = 256; } );");
    FILE *out = open_memstream(&yaml, &n);
    fputs("problem: {instance: {C: 3, M: 4}}\nlist: [0", out);
    for (int i = 0; i < 1000; i++)
        fputs(", a", out);
    fputs("]\n", out);
    fclose(out);
    path[1] = file_text(names[1], yaml);
    path[2] = file_text(names[2], "8,8,3,3,3,4,0,1\n");
    free(yaml);
    for (int i = 0; i < 3; i++) {
        calls = fail_at = 0;
        int result = load_net(path[i]), before = next_file();
        long all = calls; /* the assertions have theirs */
        ck_assert_int_eq(result, 0);
        for (long call = 1; call <= all; call++) {
            calls = 0;
            fail_at = call;
            result = load_net(path[i]);
            fail_at = 0;
            ck_need(result == 1, "%s: call %ld of %ld: %d", names[i], call, all,
                    result);
            ck_need(next_file() == before, "%s: a file is open", names[i]);
        }
    }
    files_teardown();
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
    tcase_add_test(c, memory_runs_out_of_files);
    tcase_add_loop_test(c, no_such_memory, 0, 4);
    tcase_add_test(c, blocks_are_apart);
    tcase_add_test(c, memory_given_back);
    suite_add_tcase(s, c);
    return unit_run(s);
}
