/* neurosim.c - NeuroSim's table of layers to a network */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Format: DNN+NeuroSim V1.3 (P. Chen et al., IEEE TCAD 37 (2018) 3067, and its
 * successors), NetWork.csv: a row a layer, without a heading; columns below.
 * NeuroSim numbers layers from 1 and counts (input - kernel + 1) / stride
 * windows in each direction: it knows no padding. Its chips apply ReLU to what
 * a layer gives out and have 2 x 2 maximum pooling.
 */
#include "conf/source.h"
#include "net/act.h"
#include "net/peers/peers.h"
#include "net/types.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum column { LENGTH, WIDTH, DEPTH, KERNEL_H, KERNEL_W, OUT, POOL, STRIDE };
enum { COLUMNS = 8, NEEDED = 7, LIST_MAX = 120 };

static const struct {
    const char *name;
    int min, max;
} columns[COLUMNS] = {{"length of the input", 1, SIZE_LIMIT},
                      {"width of the input", 1, SIZE_LIMIT},
                      {"depth of the input", 1, SIZE_LIMIT},
                      {"length of the kernel", 1, SIZE_LIMIT},
                      {"width of the kernel", 1, SIZE_LIMIT},
                      {"depth of the kernels", 1, SIZE_LIMIT},
                      {"whether pooling follows", 0, 1},
                      {"stride", 1, SIZE_LIMIT}};

struct row {
    int at[COLUMNS];
    int line;
    bool padded;
};

struct table {
    const struct conf_env *env;
    const char *path;
    struct row *row;
    int n, size;
    bool wide; /* columns that are not known were reported */
};

/* Layers of which the same is said. */
struct some {
    int n;
    char text[LIST_MAX]; /* the first of them */
};

static void list_row(struct some *s, int i)
{
    size_t n = strlen(s->text);
    if (++s->n <= 8)
        snprintf(s->text + n, sizeof s->text - n, "%slayer%d", n ? ", " : "",
                 i + 1);
    else if (s->n == 9)
        snprintf(s->text + n, sizeof s->text - n, ", ...");
}

/* ---- rows ---- */

/* A whole number up to the next comma; p goes behind it. */
static int read_number(struct table *t, struct row *r, int column,
                       const char **p)
{
    const struct place at = {t->path, r->line};
    const char *from = *p + strspn(*p, " \t"), *end = from;
    int64_t value = 0;
    while (isdigit((unsigned char)*end) && value <= SIZE_LIMIT)
        value = 10 * value + (*end++ - '0');
    const char *after = end + strspn(end, " \t\r");
    if (end == from || !strchr(",\n", *after))
        return msg_error(t->env->msgs, &at,
                         "column %d, %s, must be a whole number, not '%.*s'",
                         column + 1, columns[column].name,
                         (int)strcspn(from, ",\r\n"), from);
    if (value < columns[column].min || value > columns[column].max)
        return msg_error(t->env->msgs, &at,
                         "column %d, %s: %lld is outside %d to %d", column + 1,
                         columns[column].name, (long long)value,
                         columns[column].min, columns[column].max);
    r->at[column] = (int)value;
    *p = after + (*after == ',');
    return 0;
}

static int read_row(struct table *t, struct row *r, const char *p)
{
    const struct place at = {t->path, r->line};
    int column = 0;
    r->at[STRIDE] = 1;
    for (; column < COLUMNS && *p && !strchr("\r\n", *p); column++)
        if (read_number(t, r, column, &p))
            return -1;
    if (column < NEEDED)
        return msg_error(t->env->msgs, &at,
                         "the row has %d of %d columns: length, width and "
                         "depth of the input, length, width and depth of the "
                         "kernels, pooling, and stride if it is not 1",
                         column, COLUMNS);
    if (*p && !strchr("\r\n", *p) && !t->wide) {
        msg_warn(t->env->msgs, &at,
                 "columns beyond the stride are not known and left out");
        t->wide = true;
    }
    return 0;
}

static struct row *new_row(struct table *t)
{
    if (t->n == t->size) {
        struct row *old = t->row;
        t->size = t->size ? 2 * t->size : 64;
        t->row = arena_array(t->env->arena, (size_t)t->size, sizeof *t->row);
        if (t->n)
            memcpy(t->row, old, (size_t)t->n * sizeof *old);
    }
    return &t->row[t->n++];
}

static int read_rows(struct table *t)
{
    size_t size = 0;
    char *text = source_text(t->path, t->env->arena, &size, t->env->msgs);
    int bad = 0, line = 1;
    if (!text)
        return -1;
    if (!strncmp(text, "\xef\xbb\xbf", 3)) /* a spreadsheet's mark of UTF-8 */
        text += 3;
    for (char *p = text; *p; p += strcspn(p, "\n"), p += *p == '\n', line++) {
        if (p[strspn(p, " \t,\r")] == '\n' || !p[strspn(p, " \t,\r")])
            continue;
        struct row *r = new_row(t);
        r->line = line;
        bad |= read_row(t, r, p);
        if (bad || t->n > LAYERS_MAX)
            break;
    }
    if (t->n || bad)
        return bad;
    return msg_error(t->env->msgs, &(struct place){t->path, 0},
                     "the table has no rows");
}

/* ---- padding: what the next row's input tells ---- */

static int windows(const struct row *r, int column, bool padded)
{
    int n = r->at[column], kernel = r->at[column - LENGTH + KERNEL_H];
    int stride = r->at[STRIDE];
    return padded || n < kernel ? (n + stride - 1) / stride
                                : (n - kernel) / stride + 1;
}

/* Whether the next row takes in what this one gives out: a map, halved if
 * pooling follows, or all of it in one vector. */
static bool leads_to(const struct row *r, bool padded, const struct row *next)
{
    int64_t h = windows(r, LENGTH, padded), w = windows(r, WIDTH, padded);
    if (r->at[POOL]) {
        h /= 2;
        w /= 2;
    }
    if (next->at[LENGTH] == 1 && next->at[WIDTH] == 1)
        return next->at[DEPTH] == count_mul(h * w, r->at[OUT]);
    return next->at[LENGTH] == h && next->at[WIDTH] == w;
}

/* As the next row says; else, as the row before. The first is taken as padded:
 * so are the maps of most networks. */
static void find_padding(struct table *t, struct some *some)
{
    bool before = true;
    for (int i = 0; i < t->n; i++) {
        struct row *r = &t->row[i];
        bool yes = i + 1 < t->n && leads_to(r, true, r + 1);
        bool no = i + 1 < t->n && leads_to(r, false, r + 1);
        r->padded = yes != no ? yes : before;
        if (yes != no)
            before = yes;
        if (r->padded && (windows(r, LENGTH, true) != windows(r, LENGTH, 0) ||
                          windows(r, WIDTH, true) != windows(r, WIDTH, false)))
            list_row(some, i);
    }
}

/* ---- layers ---- */

static const struct shape *input_of(const struct table *t, const struct row *r)
{
    struct shape *in = arena_alloc(t->env->arena, sizeof *in);
    *in = (struct shape){r->at[DEPTH], r->at[LENGTH], r->at[WIDTH]};
    return in;
}

static bool is_vector(const struct row *r)
{
    return r->at[LENGTH] == 1 && r->at[WIDTH] == 1 && r->at[KERNEL_H] == 1 &&
           r->at[KERNEL_W] == 1;
}

/* Pooling is of 2 x 2, or of the whole map where the next row has one vector of
 * its channels. */
static int add_pool(struct table *t, struct chain *c, int i,
                    const struct layer *l)
{
    const struct row *r = &t->row[i], *next = i + 1 < t->n ? r + 1 : NULL;
    const struct place at = {t->path, r->line};
    struct shape *in = arena_alloc(t->env->arena, sizeof *in);
    struct args arg = {.win = {2, 2, 2, 2, 0, 0, 1, 1}};
    *in = l->out;
    bool whole = next && is_vector(next) && next->at[DEPTH] == in->c;
    if ((in->h == 1 && in->w == 1) || (!whole && (in->h < 2 || in->w < 2))) {
        msg_warn(t->env->msgs, &at,
                 "pooling of a map of %d x %d is left out: there is nothing to "
                 "pool",
                 in->h, in->w);
        return 0;
    }
    if (whole)
        arg.win = (struct window){.dil_h = 1, .dil_w = 1};
    return chain_add(c, &type_maxpool, &arg,
                     arena_printf(t->env->arena, "pool%d", i + 1), &at, in)
               ? 0
               : -1;
}

static int add_row(struct table *t, struct chain *c, int i)
{
    const struct row *r = &t->row[i];
    const struct place at = {t->path, r->line};
    int s = r->at[STRIDE];
    struct args arg = {
        .out = r->at[OUT],
        .groups = 1,
        .same = r->padded,
        .act = i + 1 < t->n ? act_find("Relu") : 0,
        .win = {r->at[KERNEL_H], r->at[KERNEL_W], s, s, 0, 0, 1, 1}};
    const struct layer *l = chain_add(
        c, is_vector(r) ? &type_fc : &type_conv, &arg,
        arena_printf(t->env->arena, "layer%d", i + 1), &at, input_of(t, r));
    if (!l)
        return -1;
    return r->at[POOL] ? add_pool(t, c, i, l) : 0;
}

/* Whether the row takes in something else than the row before gives out. */
static bool is_branch(const struct chain *c, const struct row *r)
{
    const struct shape *out = producer_shape(c->build.net, c->last);
    const struct shape in = {r->at[DEPTH], r->at[LENGTH], r->at[WIDTH]};
    return c->last != FROM_INPUT && shape_values(out) != shape_values(&in);
}

static void warn(const struct table *t, const struct some *padded,
                 const struct some *branch)
{
    const struct place at = {t->path, 0};
    if (padded->n)
        msg_warn(t->env->msgs, &at,
                 "taken as padded, as the next inputs say, or the layers "
                 "before: %s; NeuroSim itself counts fewer windows of %s",
                 padded->text, padded->n > 1 ? "these" : "it");
    if (branch->n)
        msg_warn(t->env->msgs, &at,
                 "the table has no edges: layers follow one another, though "
                 "the input of %s is not the output before",
                 branch->text);
}

int from_neurosim(const struct conf_env *env, const char *path,
                  const char *input, struct net *net)
{
    struct table t = {.env = env, .path = path};
    struct some padded = {.n = 0}, branch = {.n = 0};
    struct chain c;
    (void)input;
    if (read_rows(&t))
        return -1;
    find_padding(&t, &padded);
    chain_begin(&c, env, net);
    for (int i = 0; i < t.n; i++) {
        if (is_branch(&c, &t.row[i]))
            list_row(&branch, i);
        if (add_row(&t, &c, i))
            return -1;
    }
    warn(&t, &padded, &branch);
    return 0;
}
