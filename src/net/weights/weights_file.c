/* weights_file.c - trained weights from files beside a workload file */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/weights/weights_file.h"
#include "net/count.h"
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* In the order in which they are tried; a folder has no end of its own. */
static const struct weights_reader *const readers[] = {
    &npz_file, &safetensors_file, &npy_folder};

int weights_refuse(const struct weights_file *f, const char *what,
                   const char *format, ...)
{
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!f->l)
        return msg_error(f->env->msgs, f->key ? &f->key->at : NULL,
                         "weights: %s %s", what, text);
    return msg_error(f->env->msgs, &f->l->at, "weights of '%s': %s %s",
                     f->l->name, what, text);
}

int weights_stat(struct weights_file *f, const char *path)
{
    const char *what = arena_printf(f->env->arena, "'%s'", path);
    struct stat st;
    if (stat(path, &st))
        return weights_refuse(f, what, "cannot be read: %s", strerror(errno));
    f->size = st.st_size;
    return S_ISREG(st.st_mode) ? 0
                               : weights_refuse(f, what, "is no regular file");
}

int weights_open(struct weights_file *f, const char *path)
{
    if (weights_stat(f, path))
        return -1;
    f->in = fopen(path, "rb");
    return f->in ? 0
                 : weights_refuse(f, arena_printf(f->env->arena, "'%s'", path),
                                  "cannot be read: %s", strerror(errno));
}

/* ---- what the dimensions of an array are ---- */

/*
 * A layout is a letter a dimension: g group, k row, n column of a group's
 * matrix; o output channel of all groups; c input channel of a group, y and x
 * row and column of the window. Rows of a convolution's matrix run over
 * channels, then rows, then columns of the window.
 */
static int64_t size_of(const struct layer *l, char letter)
{
    int64_t window = (int64_t)l->win.kh * l->win.kw;
    switch (letter) {
    case 'g':
        return l->groups;
    case 'k':
        return l->rows;
    case 'n':
        return l->columns;
    case 'o':
        return (int64_t)l->groups * l->columns;
    case 'c':
        return l->rows % window ? -1 : l->rows / window;
    case 'y':
        return l->win.kh;
    default:
        return l->win.kw;
    }
}

static int64_t weights_of(const struct layer *l)
{
    return (int64_t)l->groups * l->rows * l->columns;
}

/* A dimension that the layout leaves out has one size only: 1. */
static bool fits(const struct tensor *t, const struct layer *l,
                 const char *layout)
{
    int64_t n = 1;
    if (strlen(layout) != (size_t)t->rank)
        return false;
    for (int i = 0; i < t->rank; i++) {
        if (t->dim[i] != size_of(l, layout[i]))
            return false;
        n *= t->dim[i];
    }
    return n == weights_of(l);
}

static const char *find_layout(const struct entry *e, const struct layer *l)
{
    for (const char *const *at = e->layouts; *at; at++)
        if (fits(&e->tensor, l, *at))
            return *at;
    return NULL;
}

static const char *shape_text(const struct entry *e, struct arena *a)
{
    const char *text = e->tensor.rank ? "" : "one number";
    for (int i = 0; i < e->tensor.rank; i++)
        text = arena_printf(a, "%s%s%lld", text, i ? " x " : "",
                            (long long)e->tensor.dim[i]);
    return text;
}

/* Steps from one number to the next along the letters of the layout. */
static int set_steps(const struct entry *e, const char *layout,
                     const struct layer *l, struct trained *w)
{
    int64_t step[128] = {0}, all = 1;
    int rank = e->tensor.rank;
    for (int i = 0; i < rank; i++) {
        int at = e->fortran ? i : rank - 1 - i;
        step[(int)layout[at]] = all;
        all *= e->tensor.dim[at];
    }
    w->group_step = step['g'] + l->columns * step['o'];
    w->column_step = step['n'] + step['o'];
    w->row_step = step['k'] + step['c'];
    if (!step['c'])
        return 0;
    w->window = l->win.kh * l->win.kw;
    w->window_step = l->win.kw > 1 ? step['x'] : step['y'];
    return l->win.kh > 1 && l->win.kw > 1 && step['y'] != l->win.kw * step['x']
               ? -1
               : 0;
}

/* ---- a layer's weights ---- */

static int check_entry(const struct weights_file *f, const struct entry *e,
                       struct trained *w)
{
    const struct layer *l = f->l;
    const char *layout = find_layout(e, l);
    if (!layout)
        return weights_refuse(f, e->what,
                              "is %s; the layer has %d matri%s of %d rows x "
                              "%d columns",
                              shape_text(e, f->env->arena), l->groups,
                              l->groups == 1 ? "x" : "ces", l->rows,
                              l->columns);
    int64_t wanted = count_mul(weights_of(l), e->tensor.width);
    if (e->bytes != wanted)
        return weights_refuse(f, e->what, "has %lld bytes of numbers, not %lld",
                              (long long)e->bytes, (long long)wanted);
    if (set_steps(e, layout, l, w))
        return weights_refuse(f, e->what,
                              "is in Fortran order; save a copy made by "
                              "numpy.ascontiguousarray");
    return 0;
}

/* As struct entry: 1, 0, -1. */
static int read_layer(struct weights_file *f, const struct weights_reader *r,
                      struct layer *l)
{
    struct arena *a = f->env->arena;
    struct entry e = {.what = ""};
    f->l = l;
    int there = r->find(f, l->name, &e);
    if (there <= 0)
        return there;
    struct trained *w = arena_alloc(a, sizeof *w);
    struct tensor *t = arena_alloc(a, sizeof *t);
    if (check_entry(f, &e, w))
        return -1;
    uint8_t *data = arena_alloc(a, (size_t)e.bytes);
    if (r->read(f, &e, data))
        return -1;
    *t = e.tensor;
    t->data = data;
    w->tensor = t;
    l->trained = w;
    l->stored = t->whole;
    return 1;
}

static int read_all(struct weights_file *f, const struct weights_reader *r,
                    struct net *net)
{
    int found = 0, bad = 0;
    if (r->open(f))
        return -1;
    for (int i = 0; i < net->n; i++) {
        struct layer *l = &net->layer[i];
        int there = l->groups ? read_layer(f, r, l) : 1;
        found += l->groups && there;
        bad |= there < 0;
        if (!there)
            msg_warn(f->env->msgs, &l->at, "layer '%s' has no weights in '%s'",
                     l->name, f->path);
    }
    if (!found)
        return msg_error(f->env->msgs, f->key ? &f->key->at : NULL,
                         "'%s' has no weights of any layer; %s", f->path,
                         r->entry);
    return -bad;
}

/* Closes what is open also when the memory runs out. */
static int read_guarded(struct weights_file *f, const struct weights_reader *r,
                        struct net *net)
{
    jmp_buf here, *outer = f->env->arena->no_memory;
    if (setjmp(here)) {
        r->close(f);
        f->env->arena->no_memory = outer;
        if (outer)
            longjmp(*outer, 1);
        abort();
    }
    f->env->arena->no_memory = &here;
    int bad = read_all(f, r, net);
    f->env->arena->no_memory = outer;
    r->close(f);
    return bad;
}

static const struct weights_reader *reader_of(const char *path)
{
    size_t n = strlen(path), i = 0;
    for (;; i++) {
        size_t end = strlen(readers[i]->end);
        if (n > end && !strcmp(path + n - end, readers[i]->end))
            return readers[i];
    }
}

int weights_read(const struct conf_env *env, const struct node *key,
                 struct net *net)
{
    const char *path = net->weights.folder;
    if (!*path)
        return 0;
    if (*path != '/' && key && key->at.line) /* not one given with -s */
        path = arena_printf(env->arena, "%s/%s",
                            conf_beside(env, &key->at).folders[0], path);
    struct weights_file f = {.env = env, .path = path, .key = key};
    return read_guarded(&f, reader_of(path), net);
}
