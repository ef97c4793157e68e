/* fuzz.c - any bytes as a file that the program reads, for libFuzzer */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"
#include "use/study.h"

#include <fenv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the formats: a file that is given, and a network that reads it ---- */

/* Networks of which the file says more: matrices, groups, windows, layers of
 * one scheme and of two. */
#define WITH(key, file)                                                        \
    "name = \"t\"; input = [4, 6, 6]; " key " = \"" file "\"; layers = ("      \
    "{name = \"a\"; type = \"conv\"; out = 4; kernel = 3; groups = 2;},"       \
    "{name = \"b\"; type = \"fc\"; out = 3;});"                                \
    "quant = {mix = ((2, \"sp2:4\"), (1, \"uniform:4\")); "                    \
    "first = \"uniform:8/8\";};"

static const struct format {
    const char *name, *file;
    const char *network; /* workload file that refers to it; NULL: the file is
                            the network */
} formats[] = {
    {"onnx", "a.onnx", NULL},
    {"cfg", "a.cfg", NULL},
    {"csv", "a.csv", NULL},
    {"yaml", "a.yaml", NULL},
    {"npy", "a.npy", WITH("weights", ".")},
    {"npz", "a.npz", WITH("weights", "a.npz")},
    {"safetensors", "a.safetensors", WITH("weights", "a.safetensors")},
    {"stats", "a.stats", WITH("statistics", "a.stats")},
};
enum { FORMATS = sizeof formats / sizeof *formats };

/* So that weights are counted in all ways; files choose one by their size.
 * NULL: as the network itself says. */
static const char *const counted_as[] = {
    "uniform:8/8", "uniform:4", "apot:4/4",     "sme:8", "binary",
    "ttq",         "abcnet:3",  "asymmetric:8", NULL,
};
enum { WAYS = sizeof counted_as / sizeof *counted_as };

/* ---- files, in a folder of this process ---- */

static char folder[] = "/dev/shm/ivq-fuzz-XXXXXX";

static const char *path_of(const char *file)
{
    static char path[100];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    return path;
}

static void write_file(const char *file, const void *data, size_t n)
{
    FILE *f = fopen(path_of(file), "wb");
    if (!f || fwrite(data, 1, n, f) != n || fclose(f))
        abort();
}

static void leave(void)
{
    for (int i = 0; i < FORMATS; i++)
        unlink(path_of(formats[i].file));
    unlink(path_of("network.cfg"));
    unlink(path_of("written.cfg"));
    rmdir(folder);
}

static void enter(void)
{
    static bool inside;
    if (!inside && !mkdtemp(folder) &&
        !mkdtemp(strcpy(folder, "/tmp/ivq-fuzz-XXXXXX")))
        abort();
    if (!inside)
        atexit(leave);
    inside = true;
}

/* ---- what holds of every network ---- */

static void holds(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}
#define need(x) holds(x, #x)

static void check_layer(const struct layer *l, int at)
{
    for (int i = 0; i < l->n_in; i++)
        need(l->in[i] >= -1 && l->in[i] < at);
    need(l->out.c > 0 && l->out.h > 0 && l->out.w > 0);
    need(l->macs >= 0 && l->params >= 0 && l->lead >= 0 && l->lead <= 1);
    need(l->in_values >= 0 && l->out_values >= 0 && l->vectors >= 0);
    for (int i = 0; i < WORK_N; i++)
        need(isfinite(l->work[i]) && l->work[i] >= 0);
    if (l->groups)
        need(l->groups > 0 && l->rows > 0 && l->columns > 0 && l->vectors > 0);
}

static void check_planes(const struct quant *q)
{
    for (int g = 0; g < q->n; g++)
        for (int p = 0; p < q->group[g].n; p++)
            need(q->group[g].density[p] >= 0 && q->group[g].density[p] <= 1);
}

static void check_network(const struct study *s)
{
    for (int i = 0; i < s->net->n; i++) {
        check_layer(&s->net->layer[i], i);
        if (s->net->layer[i].groups)
            check_planes(&s->quant[i]);
    }
}

/* ---- written, and read again ---- */

enum { WRITTEN = 4 }; /* one file of so many, by their size */

static const char *written(const struct net *net, struct arena *a)
{
    char *text = NULL;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    need(f && !net_write(f, net, a) && !fclose(f));
    const char *copy = arena_strndup(a, text, n);
    free(text);
    return copy;
}

static void check_same(const struct net *a, const struct net *b)
{
    need(a->n == b->n && a->macs == b->macs && a->params == b->params);
    for (int i = 0; i < a->n; i++) {
        const struct layer *x = &a->layer[i], *y = &b->layer[i];
        need(x->groups == y->groups && x->rows == y->rows);
        need(x->columns == y->columns && x->vectors == y->vectors);
        need(x->in_values == y->in_values && x->out_values == y->out_values);
        need(!memcmp(&x->out, &y->out, sizeof x->out));
        need(!memcmp(x->work, y->work, sizeof x->work));
        need(!memcmp(&x->lead, &y->lead, sizeof x->lead));
    }
}

static void check_written(const struct conf_env *env, const struct net *net)
{
    static struct msgs msgs;
    struct conf_env again = {.arena = env->arena, .msgs = &msgs};
    struct net back;
    const char *text = written(net, env->arena);
    const char *path = arena_strdup(env->arena, path_of("written.cfg"));
    msgs.n = msgs.errors = msgs.dropped = 0;
    write_file("written.cfg", text, strlen(text));
    int bad = net_load(&again, path, NULL, &back);
    if (bad)
        fprintf(stderr, "%s\n%s", msgs.list[0].text, text);
    need(!bad);
    check_same(net, &back);
    const char *second = written(&back, env->arena);
    if (strcmp(text, second) != 0)
        fprintf(stderr, "%s\n%s", text, second);
    need(strcmp(text, second) == 0);
}

/* ---- one file ---- */

static int load(const struct conf_env *env, const char *path, const char *shape,
                const char *scheme, bool write)
{
    struct study *s = arena_alloc(env->arena, sizeof *s);
    s->input_shape = shape;
    if (study_network(s, env, path, scheme)) {
        need(env->msgs->errors > 0);
        return -1;
    }
    check_network(s);
    if (write)
        check_written(env, s->net);
    return 0;
}

/* Whether it is a network, without counting its weights a second time. */
static void load_and_count(const struct conf_env *env,
                           const struct format *format, size_t size)
{
    const char *path = arena_strdup(
        env->arena, path_of(format->network ? "network.cfg" : format->file));
    const char *scheme = counted_as[size % WAYS];
    bool write = size % WRITTEN == 0;
    int bad = load(env, path, NULL, scheme, write);
    if (bad && !strcmp(format->name, "onnx"))
        load(env, path, "1,3,32,32", scheme, write);
}

static int run(const struct format *format, const uint8_t *data, size_t size)
{
    static struct msgs msgs;
    struct arena arena;
    jmp_buf no_memory;
    struct conf_env env = {.arena = &arena, .msgs = &msgs};
    enter();
    if (format->network)
        write_file("network.cfg", format->network, strlen(format->network));
    write_file(format->file, data, size);
    msgs.n = msgs.errors = msgs.dropped = 0;
    arena_init(&arena, &no_memory);
    feenableexcept(FE_DIVBYZERO | FE_INVALID); /* as in unit tests */
    if (!setjmp(no_memory))
        load_and_count(&env, format, size);
    fedisableexcept(FE_DIVBYZERO | FE_INVALID);
    arena_release(&arena);
    return 0;
}

static const struct format *format_of(const char *name)
{
    for (int i = 0; name && i < FORMATS; i++)
        if (!strcmp(name, formats[i].name))
            return &formats[i];
    return NULL;
}

/* ---- entries ---- */

int fuzz_file(const char *path, const uint8_t *data, size_t size)
{
    const char *dot = strrchr(path, '.');
    const struct format *format = format_of(dot ? dot + 1 : NULL);
    return format ? run(format, data, size) : -1;
}

/* FUZZ_FORMAT in the environment says what the bytes are, else ONNX. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct format *format;
    if (!format)
        format = format_of(getenv("FUZZ_FORMAT"));
    if (!format)
        format = formats;
    return run(format, data, size);
}

/* Debian's libconfig 1.5 loses memory on a text that does not end. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig";
}
