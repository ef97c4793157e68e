/* timeloop.c - Timeloop's problems to a network */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Format: Timeloop (A. Parashar et al., ISPASS 2019) v1 to v4 and CiMLoop
 * (T. Andrulis et al., ISPASS 2024): `problem` has the sizes of the loops in
 * `instance`, or, older, itself. A loop that is left out runs once. A
 * convolution has C, M (older: K), P, Q, R, S, G and N; a product of matrices
 * M, N, K: M vectors times K x N weights.
 */
#include "conf/yaml.h"
#include "net/peers/peers.h"
#include "net/types.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* clang-format off */
enum loop { C, M, K, N, P, Q, R, S, G,
            STRIDE_W, STRIDE_H, DILATION_W, DILATION_H, LOOPS };
static const char *const loops[] = {
    "C", "M", "K", "N", "P", "Q", "R", "S", "G",
    "Wstride", "Hstride", "Wdilation", "Hdilation"};
/* That say nothing of the layer's size. */
static const char *const others[] = {
    "version", "name", "notes", "dnn_name", "shape", "instance", "<<", "<<<"};
/* clang-format on */
#define COUNT(a) (sizeof(a) / sizeof *(a))
enum { UNUSED_MAX = 16, MERGE_MAX = 8 };

/* The files of one network. */
struct import {
    const struct conf_env *env;
    struct chain chain;
    const char *unused[UNUSED_MAX]; /* keys that were named in a warning */
    int n_unused;
    bool templates, batch; /* were mentioned */
};

struct problem {
    struct place at;
    int64_t size[LOOPS];
    bool given[LOOPS];
    bool depthwise;
};

static bool is_one_of(const char *name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, list[i]) == 0)
            return true;
    return false;
}

/* A letter is one; CiMLoop's files write HStride and Hstride. */
static int loop_of(const char *name)
{
    for (int i = 0; i < LOOPS; i++)
        if (strlen(loops[i]) == 1 ? !strcmp(name, loops[i])
                                  : !strcasecmp(name, loops[i]))
            return i;
    return -1;
}

/* Once for all files: they are alike. */
static void warn_unused(struct import *m, const struct node *n)
{
    if (is_one_of(n->name, m->unused, (size_t)m->n_unused) ||
        m->n_unused == UNUSED_MAX)
        return;
    m->unused[m->n_unused++] = n->name;
    msg_warn(m->env->msgs, &n->at, "'%s' is not used", n->name);
}

/* ---- sizes ---- */

static int read_size(struct import *m, struct problem *p, int loop,
                     const struct node *n)
{
    if (p->given[loop])
        return msg_error(m->env->msgs, &n->at, "'%s' is there twice",
                         loops[loop]);
    if (n->kind != NODE_INT || n->integer < 1 || n->integer > SIZE_LIMIT)
        return msg_error(m->env->msgs, &n->at,
                         "'%s' must be a whole number from 1 to %d%s%s%s",
                         loops[loop], SIZE_LIMIT, n->text ? ", not '" : "",
                         n->text ? n->text : "", n->text ? "'" : "");
    p->size[loop] = n->integer;
    p->given[loop] = true;
    return 0;
}

/* A loop of another kind that runs more than once: what it counts is unknown.
 * X, Y and Z are CiMLoop's bits, H and W its sizes of the input. */
static int read_other(struct import *m, const struct node *n)
{
    if (n->kind == NODE_INT && n->integer != 1 && strlen(n->name) == 1 &&
        !strchr("XYZHW", *n->name))
        return msg_error(m->env->msgs, &n->at,
                         "the loop '%s' is not known; known are C, M, K, N, P, "
                         "Q, R, S and G",
                         n->name);
    if (n->kind != NODE_INT || n->integer != 1)
        warn_unused(m, n);
    return 0;
}

static bool is_merge(const struct node *n)
{
    return strcmp(n->name, "<<") == 0 || strcmp(n->name, "<<<") == 0;
}

/* What the group is merged with, YAML's and CiMLoop's way, or NULL. */
static struct node *merged(const struct node *group)
{
    for (struct node *n = group->child; n; n = n->next)
        if (is_merge(n))
            return n->kind == NODE_GROUP ? n : NULL;
    return NULL;
}

/* A key that is no loop; `base` is what its group is merged with. Aliases of
 * texts that a template would bring in are spoken of with the template. */
static int read_key(struct import *m, const struct node *base,
                    const struct node *n)
{
    if (is_merge(n)) {
        if (n != base && !(m->templates && n->kind == NODE_TEXT))
            warn_unused(m, n);
        return 0;
    }
    return is_one_of(n->name, others, COUNT(others)) ? 0 : read_other(m, n);
}

/* The sizes that a group itself gives, where none is known yet. */
static int read_group(struct import *m, struct problem *p,
                      const struct node *group)
{
    const struct node *base = merged(group);
    struct problem own = {.at = p->at};
    int bad = 0;
    for (const struct node *n = group->child; n; n = n->next) {
        int loop = loop_of(n->name);
        if (loop < 0)
            bad |= read_key(m, base, n);
        else if (loop != N || n->kind != NODE_TEXT) /* N: BATCH_SIZE */
            bad |= read_size(m, &own, loop, n);
    }
    for (int i = 0; i < LOOPS; i++)
        if (own.given[i] && !p->given[i]) {
            p->given[i] = true;
            p->size[i] = own.size[i];
        }
    return bad;
}

static int read_sizes(struct import *m, struct problem *p,
                      const struct node *group)
{
    int bad = 0, depth = 0;
    for (; group && depth < MERGE_MAX; group = merged(group), depth++)
        bad |= read_group(m, p, group);
    return group ? msg_error(m->env->msgs, &group->at,
                             "merged more than %d deep", MERGE_MAX)
                 : bad;
}

/* ---- the shape: only whether each channel has a window of its own ---- */

static bool has_dimension(const struct node *list, const char *name)
{
    for (const struct node *n = list->child; n; n = n->next)
        if (n->kind == NODE_TEXT && strcmp(n->text, name) == 0)
            return true;
    return false;
}

static bool is_depthwise(struct node *shape)
{
    const char *name = shape->kind == NODE_TEXT ? shape->text : NULL;
    struct node *list = NULL, *given = NULL;
    if (shape->kind == NODE_GROUP) {
        list = node_get(shape, "dimensions");
        given = node_get(shape, "name");
    }
    if (given && given->kind == NODE_TEXT)
        name = given->text;
    if (list && list->kind == NODE_LIST)
        return has_dimension(list, "C") && has_dimension(list, "R") &&
               !has_dimension(list, "M") && !has_dimension(list, "K");
    return name &&
           (strcasestr(name, "depthwise") || strcasestr(name, "depth-wise") ||
            strcasestr(name, "depth_wise"));
}

/* The member of the group, or of what it is merged with. */
static struct node *find_member(struct node *group, const char *name)
{
    struct node *found = NULL;
    for (int depth = 0; group && !found && depth < MERGE_MAX; depth++) {
        found = node_get(group, name);
        group = merged(group);
    }
    return found;
}

/* ---- a problem ---- */

/* The sizes of `instance`, and of those of what the problem is merged with. */
static int read_instances(struct import *m, struct problem *p,
                          struct node *problem)
{
    int bad = 0, depth = 0;
    for (const struct node *n = problem->child; n; n = n->next)
        if (!is_one_of(n->name, others, COUNT(others)))
            warn_unused(m, n);
    for (; problem && depth < MERGE_MAX; problem = merged(problem), depth++) {
        struct node *instance = node_get(problem, "instance");
        if (instance && instance->kind != NODE_GROUP)
            return msg_error(m->env->msgs, &instance->at,
                             "'instance' must be a mapping of loops to sizes: "
                             "{ C: 64, M: 64, P: 56, ... }");
        if (instance)
            bad |= read_sizes(m, p, instance);
    }
    return problem ? msg_error(m->env->msgs, &problem->at,
                               "merged more than %d deep", MERGE_MAX)
                   : bad;
}

static int read_problem(struct import *m, struct node *root, struct problem *p)
{
    struct node *problem = node_get(root, "problem");
    if (!problem || problem->kind != NODE_GROUP)
        return msg_error(m->env->msgs, &root->at,
                         "there is no mapping 'problem'; is this a problem of "
                         "Timeloop?");
    p->at = problem->at;
    if (find_member(problem, "instance") ? read_instances(m, p, problem)
                                         : read_sizes(m, p, problem))
        return -1;
    struct node *shape = find_member(problem, "shape");
    p->depthwise = shape && is_depthwise(shape);
    int given = 0;
    for (int i = 0; i < LOOPS; i++) {
        given += p->given[i];
        p->size[i] = p->given[i] ? p->size[i] : 1;
    }
    return given ? 0
                 : msg_error(m->env->msgs, &p->at,
                             "the problem has no sizes of its loops");
}

/* ---- a layer ---- */

/* K x N weights and M vectors as a convolution over M positions. */
static void from_product(struct problem *p)
{
    int64_t inputs = p->size[K], outputs = p->size[N], vectors = p->size[M];
    p->size[C] = inputs;
    p->size[M] = outputs;
    p->size[P] = vectors;
    p->size[N] = 1;
}

/* Every problem as G groups of C inputs and M outputs. */
static int normalise(struct import *m, struct problem *p)
{
    if (p->given[K] && p->given[C] && p->given[M])
        return msg_error(m->env->msgs, &p->at,
                         "both K and M beside C: which of them are the "
                         "outputs?");
    if (p->given[K] && p->given[C])
        p->size[M] = p->size[K];
    else if (p->given[K])
        from_product(p);
    if (p->depthwise) {
        p->size[G] *= p->size[C];
        p->size[C] = p->size[M] = 1;
    }
    if (p->size[N] > 1 && !m->batch) {
        msg_warn(m->env->msgs, &p->at,
                 "a batch of %lld: figures are of one of them",
                 (long long)p->size[N]);
        m->batch = true;
    }
    return 0;
}

/* The input without padding that these outputs need. */
static int input_of(struct import *m, const struct problem *p, struct shape *in)
{
    const int64_t *s = p->size;
    int64_t c = s[C] * s[G], out = s[M] * s[G];
    int64_t w = (s[P] - 1) * s[STRIDE_W] + (s[R] - 1) * s[DILATION_W] + 1;
    int64_t h = (s[Q] - 1) * s[STRIDE_H] + (s[S] - 1) * s[DILATION_H] + 1;
    if (c > SIZE_LIMIT || out > SIZE_LIMIT || w > SIZE_LIMIT || h > SIZE_LIMIT)
        return msg_error(m->env->msgs, &p->at,
                         "the input or the output is larger than %d channels, "
                         "rows or columns",
                         SIZE_LIMIT);
    *in = (struct shape){(int)c, (int)h, (int)w};
    return 0;
}

/* Windows of one value at positions in a line are vectors: a fully connected
 * layer at each. */
static int add_layer(struct import *m, struct problem *p, const char *name)
{
    const int64_t *s = p->size;
    struct shape *in = arena_alloc(m->env->arena, sizeof *in);
    if (normalise(m, p) || input_of(m, p, in))
        return -1;
    struct args arg = {.out = (int)(s[M] * s[G]),
                       .groups = (int)s[G],
                       .apply = APPLY_POSITION,
                       .win = {(int)s[S], (int)s[R], (int)s[STRIDE_H],
                               (int)s[STRIDE_W], 0, 0, (int)s[DILATION_H],
                               (int)s[DILATION_W]}};
    bool line =
        s[R] == 1 && s[S] == 1 && s[G] == 1 && s[Q] == 1 && s[STRIDE_W] == 1;
    if (line)
        *in = (struct shape){(int)s[C], (int)s[P], 1};
    return chain_add(&m->chain, line ? &type_fc : &type_conv, &arg, name,
                     &p->at, in)
               ? 0
               : -1;
}

/* ---- files ---- */

/* "layers/conv1.yaml": "conv1" */
static const char *stem(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    return arena_strndup(a, name, dot ? (size_t)(dot - name) : strlen(name));
}

static int import_file(struct import *m, const char *path)
{
    struct problem p = {.given = {false}};
    bool templates = false;
    struct node *root = yaml_read(m->env, path, &templates);
    if (!root)
        return -1;
    if (root->kind != NODE_GROUP)
        return msg_error(m->env->msgs, &root->at,
                         "there is no mapping 'problem'; is this a problem of "
                         "Timeloop?");
    if (templates && !m->templates)
        msg_warn(m->env->msgs, &(struct place){path, 0},
                 "{{ }} is not expanded; loops that the file does not give run "
                 "once");
    m->templates = m->templates || templates;
    if (read_problem(m, root, &p))
        return -1;
    return add_layer(m, &p, stem(m->env->arena, path));
}

static void import_begin(struct import *m, const struct conf_env *env,
                         struct net *net)
{
    *m = (struct import){.env = env};
    chain_begin(&m->chain, env, net);
}

int from_timeloop(const struct conf_env *env, const char *path,
                  const char *input, struct net *net)
{
    struct import m;
    (void)input;
    import_begin(&m, env, net);
    return import_file(&m, path);
}

static bool is_yaml(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && dot > name && (!strcmp(dot, ".yaml") || !strcmp(dot, ".yml"));
}

static int by_number(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strverscmp(*x, *y);
}

/* Adds a path to the list, which grows in powers of two. */
static const char **add_file(struct arena *a, const char **list, size_t n,
                             const char *path)
{
    if ((n & (n - 1)) == 0) {
        const char **old = list;
        list = arena_array(a, n ? 2 * n : 1, sizeof *list);
        if (n)
            memcpy(list, old, n * sizeof *list);
    }
    list[n] = path;
    return list;
}

/* Paths of the folder's files, *n of them, in natural order: 2 before 10. -1
 * having reported. */
static int list_files(const struct conf_env *env, const char *folder,
                      const char ***list, size_t *n)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return msg_error(env->msgs, NULL, "cannot read '%s': %s", folder,
                         strerror(errno));
    for (struct dirent *e; *n < LAYERS_MAX && (e = readdir(dir));)
        if (is_yaml(e->d_name)) {
            *list =
                add_file(env->arena, *list, *n,
                         arena_printf(env->arena, "%s/%s", folder, e->d_name));
            ++*n;
        }
    closedir(dir);
    if (*n == 0)
        return msg_error(env->msgs, NULL,
                         "'%s' has no files .yaml, a layer each", folder);
    qsort(*list, *n, sizeof **list, by_number);
    return 0;
}

int from_timeloop_folder(const struct conf_env *env, const char *path,
                         const char *input, struct net *net)
{
    struct import m;
    const char **file = NULL;
    size_t n = 0;
    (void)input;
    if (list_files(env, path, &file, &n))
        return -1;
    import_begin(&m, env, net);
    for (size_t i = 0; i < n; i++)
        if (import_file(&m, file[i]))
            return -1;
    return 0;
}
