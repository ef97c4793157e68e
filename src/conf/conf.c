/* conf.c - configuration files: libconfig text to a tree that knows its lines
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conf/conf.h"

#include "base/suggest.h"
#include "conf/source.h"

#include <dirent.h>
#include <libconfig.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { BASES_MAX = 8 }; /* files that inherit from one another */

/* ---- finding a file ---- */

static bool is_file(const char *path)
{
    struct stat st;
    return !stat(path, &st) && S_ISREG(st.st_mode);
}

static const char *in_folder(const struct conf_env *env, const char *folder,
                             const char *name)
{
    const char *path = arena_printf(env->arena, "%s/%s.cfg", folder, name);
    if (is_file(path))
        return path;
    path = arena_printf(env->arena, "%s/%s", folder, name);
    return is_file(path) ? path : NULL;
}

enum { NAMES_MAX = 200 };

/* Adds the names of a folder's files, without .cfg, to names[0..n-1]. */
static int folder_names(const struct conf_env *env, const char *folder,
                        const char **names, int n)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return n;
    for (struct dirent *e; n < NAMES_MAX && (e = readdir(dir));) {
        const char *dot = strstr(e->d_name, ".cfg");
        if (dot && !dot[4])
            names[n++] =
                arena_strndup(env->arena, e->d_name, (size_t)(dot - e->d_name));
    }
    closedir(dir);
    return n;
}

static void report_missing(const struct conf_env *env, const char *name,
                           const struct place *at)
{
    const char *names[NAMES_MAX];
    int n = 0;
    for (int i = 0; env->folders && env->folders[i]; i++)
        n = folder_names(env, env->folders[i], names, n);
    msg_error(env->msgs, at, "cannot find '%s'%s", name,
              suggest_end(name, names, n, "").text);
}

/* `folder` (may be NULL) comes before all others. */
static const char *find(const struct conf_env *env, const char *name,
                        const char *folder, const struct place *at)
{
    struct stat st;
    const char *path = folder ? in_folder(env, folder, name) : NULL;
    if (!path && is_file(name))
        path = arena_strdup(env->arena, name);
    for (int i = 0; !path && env->folders && env->folders[i]; i++)
        path = in_folder(env, env->folders[i], name);
    if (path)
        return path;
    if (stat(name, &st))
        report_missing(env, name, at);
    else if (S_ISDIR(st.st_mode))
        msg_error(env->msgs, at, "cannot read '%s': it is a directory", name);
    else /* no regular file: its reader says so */
        return arena_strdup(env->arena, name);
    return NULL;
}

const char *conf_find(const struct conf_env *env, const char *name)
{
    return find(env, name, NULL, NULL);
}

/* ---- libconfig's tree to ours ---- */

static struct node *convert(struct arena *a, const config_setting_t *s,
                            const char *file)
{
    struct node *n = arena_alloc(a, sizeof *n);
    const char *name = config_setting_name(s);
    n->name = name ? arena_strdup(a, name) : NULL;
    n->at = (struct place){file, (int)config_setting_source_line(s)};

    switch (config_setting_type(s)) {
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        n->kind = NODE_INT;
        n->integer = config_setting_get_int64(s);
        n->real = (double)n->integer;
        return n;
    case CONFIG_TYPE_FLOAT:
        n->kind = NODE_REAL;
        n->real = config_setting_get_float(s);
        return n;
    case CONFIG_TYPE_BOOL:
        n->kind = NODE_BOOL;
        n->integer = config_setting_get_bool(s);
        return n;
    case CONFIG_TYPE_STRING:
        n->kind = NODE_TEXT;
        n->text = arena_strdup(a, config_setting_get_string(s));
        return n;
    default:
        n->kind = config_setting_is_group(s) ? NODE_GROUP : NODE_LIST;
    }
    struct node **end = &n->child;
    for (int i = 0; i < config_setting_length(s); i++) {
        *end = convert(a, config_setting_get_elem(s, (unsigned)i), file);
        end = &(*end)->next;
    }
    return n;
}

/* The whole tree. libconfig's own memory is given back even if there is none
 * for ours, before the jump goes on to where it was to go. */
static struct node *convert_root(struct arena *a, config_t *config,
                                 const char *path)
{
    jmp_buf here, *outer = a->no_memory;
    if (setjmp(here)) {
        config_destroy(config);
        a->no_memory = outer;
        if (outer)
            longjmp(*outer, 1);
        abort();
    }
    a->no_memory = &here;
    struct node *root = convert(a, config_root_setting(config), path);
    a->no_memory = outer;
    root->at.line = 0;
    return root;
}

/* libconfig leaves the thread in the program's global locale, whatever it was
 * in before: its numbers may have a comma. */
static bool read_text(config_t *config, const char *text)
{
    locale_t own = uselocale((locale_t)0);
    bool good = config_read_string(config, text);
    uselocale(own);
    return good;
}

static struct node *parse(const struct conf_env *env, const char *path)
{
    const char *text = source_read(path, env->arena, env->msgs);
    if (!text)
        return NULL;
    config_t config;
    struct node *root = NULL;
    config_init(&config);
    if (read_text(&config, text)) {
        root = convert_root(env->arena, &config, path);
    } else {
        struct place at = {path, config_error_line(&config)};
        msg_error(env->msgs, &at, "%s", config_error_text(&config));
    }
    config_destroy(&config);
    return root;
}

/* ---- inheritance and overrides ---- */

static struct node *child(const struct node *group, const char *name)
{
    for (struct node *n = group->child; n; n = n->next)
        if (n->name && !strcmp(n->name, name))
            return n;
    return NULL;
}

static void append(struct node *group, struct node *n)
{
    struct node **end = &group->child;
    while (*end)
        end = &(*end)->next;
    *end = n;
    n->next = NULL;
}

/* The same component model: parameters may be taken over key by key. */
static bool same_model(const struct node *a, const struct node *b)
{
    const struct node *ma = child(a, "model"), *mb = child(b, "model");
    return !ma || !mb || !ma->text || !mb->text || !strcmp(ma->text, mb->text);
}

static void replace(struct node *old, const struct node *with)
{
    struct node *next = old->next;
    *old = *with;
    old->next = next;
}

/* Lays the keys of `over` upon `base`. */
static void merge(struct node *base, struct node *over)
{
    for (struct node *n = over->child, *next; n; n = next) {
        next = n->next;
        struct node *old = child(base, n->name);
        if (!old)
            append(base, n);
        else if (old->kind == NODE_GROUP && n->kind == NODE_GROUP &&
                 same_model(old, n)) {
            merge(old, n);
            old->at = n->at; /* what concerns the group is said of this file */
        } else
            replace(old, n);
    }
}

static const char *folder_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? arena_strndup(a, path, (size_t)(slash - path)) : ".";
}

struct conf_env conf_beside(const struct conf_env *env, const struct place *at)
{
    struct conf_env beside = *env;
    size_t n = 0;
    while (env->folders && env->folders[n])
        n++;
    const char **folders = arena_array(env->arena, n + 2, sizeof *folders);
    folders[0] = folder_of(env->arena, at->file);
    for (size_t i = 0; i < n; i++)
        folders[i + 1] = env->folders[i];
    beside.folders = folders;
    return beside;
}

static struct node *load(const struct conf_env *env, const char *path,
                         int depth)
{
    struct node *root = parse(env, path);
    struct node *base = root ? node_get(root, "base") : NULL;
    if (!base)
        return root;
    if (base->kind != NODE_TEXT) {
        msg_error(env->msgs, &base->at, "'base' must be the name of a file");
        return NULL;
    }
    if (depth == BASES_MAX) {
        msg_error(env->msgs, &base->at,
                  "'base' inherits over more than %d files; is it a circle?",
                  BASES_MAX);
        return NULL;
    }
    const char *from =
        find(env, base->text, folder_of(env->arena, path), &base->at);
    struct node *inherited = from ? load(env, from, depth + 1) : NULL;
    if (inherited) {
        merge(inherited, root);
        inherited->at = root->at;
    }
    return inherited;
}

/* The group that a dotted path leads to, made where it does not exist. */
static struct node *walk(const struct conf_env *env, struct node *root,
                         char *path, const struct place *at, char **last)
{
    char *dot;
    while ((dot = strchr(path, '.'))) {
        *dot = 0;
        struct node *n = child(root, path);
        if (!n) {
            n = arena_alloc(env->arena, sizeof *n);
            *n = (struct node){.name = path, .kind = NODE_GROUP, .at = *at};
            append(root, n);
        } else if (n->kind != NODE_GROUP) {
            msg_error(env->msgs, at, "'%s' is no group", path);
            return NULL;
        }
        root = n;
        path = dot + 1;
    }
    *last = path;
    return root;
}

/* "adc.bits": names with dots between them. */
static bool is_path(const char *path)
{
    size_t n = strlen(path);
    return n && *path != '.' && path[n - 1] != '.' && !strstr(path, "..");
}

static void apply_set(const struct conf_env *env, struct node *root,
                      const char *set)
{
    const char *prefix = env->prefix ? env->prefix : "";
    struct place at = {arena_printf(env->arena, "-s %s%s", prefix, set), 0};
    const char *equal = strchr(set, '=');
    size_t n = equal ? (size_t)(equal - set) : 0;
    char *path = arena_strndup(env->arena, set, n), *last;
    if (!is_path(path)) {
        msg_error(env->msgs, &at, "write an override as path=value");
        return;
    }
    struct node *group = walk(env, root, path, &at, &last);
    if (!group)
        return;
    struct node *old = child(group, last);
    struct node with = {
        .name = last, .kind = NODE_RAW, .at = at, .text = equal + 1};
    if (!strcmp(last, "model") && old && old->text &&
        strcmp(old->text, equal + 1))
        group->child = old = NULL; /* another model: other parameters */
    if (!old) {
        old = arena_alloc(env->arena, sizeof *old);
        append(group, old);
    }
    replace(old, &with);
}

static struct node *apply_sets(const struct conf_env *env, struct node *root)
{
    for (int i = 0; root && env->sets && env->sets[i]; i++)
        apply_set(env, root, env->sets[i]);
    return root;
}

struct node *conf_load(const struct conf_env *env, const char *name)
{
    const char *path = conf_find(env, name);
    return apply_sets(env, path ? load(env, path, 0) : NULL);
}

struct node *conf_overrides(const struct conf_env *env, const char *path)
{
    struct node *root = arena_alloc(env->arena, sizeof *root);
    *root = (struct node){.kind = NODE_GROUP, .at = {path, 0}};
    return apply_sets(env, root);
}

/* ---- reading ---- */

struct node *node_get(struct node *group, const char *name)
{
    struct node *n = child(group, name);
    if (n)
        n->used = true;
    return n;
}

int node_count(const struct node *list)
{
    int n = 0;
    for (const struct node *c = list->child; c; c = c->next)
        n++;
    return n;
}

const char *node_kind_name(enum node_kind kind)
{
    static const char *const names[] = {
        [NODE_GROUP] = "a group",  [NODE_LIST] = "a list",
        [NODE_INT] = "an integer", [NODE_REAL] = "a number",
        [NODE_BOOL] = "a flag",    [NODE_TEXT] = "text",
        [NODE_RAW] = "text"};
    return names[kind];
}

int node_text(struct node *group, const char *name, const char **out,
              struct msgs *msgs)
{
    struct node *n = node_get(group, name);
    if (!n)
        return 0;
    if (n->kind != NODE_TEXT && n->kind != NODE_RAW)
        return msg_error(msgs, &n->at, "'%s' must be text, not %s", name,
                         node_kind_name(n->kind));
    *out = n->text;
    return 0;
}

void node_report_unused(struct node *group, const char *const *known, int n,
                        const char *what, struct msgs *msgs)
{
    for (struct node *c = group->child; c; c = c->next) {
        if (!c->used && c->name)
            msg_error(msgs, &c->at, "unknown key '%s'%s%s", c->name, what,
                      suggest_end(c->name, known, n, "").text);
    }
}
