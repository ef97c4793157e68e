/* window.c - the sliding windows of convolutions and pools */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/item.h"
#include <string.h>

/* A setting that is one whole number, or [height, width]. */
struct pair {
    const char *name;
    int min;
    int *h, *w;
};

static int read_one(const struct pair *p, const struct node *n,
                    const char *what, int *out, struct msgs *msgs)
{
    if (n->kind != NODE_INT)
        return msg_error(msgs, &n->at,
                         "%s of '%s' must be a whole number or [height, "
                         "width], not %s",
                         p->name, what, node_kind_name(n->kind));
    if (n->integer < p->min || n->integer > SIZE_LIMIT)
        return msg_error(msgs, &n->at, "%s of '%s': %lld is outside %d to %d",
                         p->name, what, (long long)n->integer, p->min,
                         SIZE_LIMIT);
    *out = (int)n->integer;
    return 0;
}

static int read_pair(const struct pair *p, const struct node *n,
                     const char *what, struct msgs *msgs)
{
    if (n->kind != NODE_LIST) {
        int bad = read_one(p, n, what, p->h, msgs);
        *p->w = *p->h;
        return bad;
    }
    if (node_count(n) != 2)
        return msg_error(msgs, &n->at,
                         "%s of '%s' needs two numbers, [height, width], not "
                         "%d",
                         p->name, what, node_count(n));
    int bad = read_one(p, n->child, what, p->h, msgs);
    return read_one(p, n->child->next, what, p->w, msgs) | bad;
}

/* A word may stand in place of the numbers: "global", "same". */
static bool is_word(const struct node *n, const char *word)
{
    return n && n->kind == NODE_TEXT && strcmp(n->text, word) == 0;
}

static int read_kernel(struct node *group, const char *what, bool is_pool,
                       struct window *w, struct msgs *msgs)
{
    struct node *n = node_get(group, "kernel");
    struct pair p = {"kernel", is_pool ? 0 : 1, &w->kh, &w->kw};
    if (!n)
        return msg_error(msgs, &group->at,
                         "'%s.kernel' is missing: height and width of the "
                         "window",
                         what);
    if (is_pool && is_word(n, "global"))
        return 0; /* 0 x 0: the whole map */
    return read_pair(&p, n, what, msgs);
}

/* [top, left, bottom, right], or as other pairs, or "same" */
static int read_pad(struct node *group, const char *what, struct args *arg,
                    struct msgs *msgs)
{
    struct node *n = node_get(group, "pad");
    struct pair near = {"pad", 0, &arg->win.pad_h, &arg->win.pad_w};
    int size[4], i = 0, bad = 0;
    arg->same = is_word(n, "same");
    if (!n || arg->same)
        return 0;
    if (n->kind != NODE_LIST || node_count(n) != 4)
        return read_pair(&near, n, what, msgs);
    for (const struct node *e = n->child; e; e = e->next)
        bad |= read_one(&near, e, what, &size[i++], msgs);
    if (bad)
        return -1;
    arg->win.pad_h = size[0];
    arg->win.pad_w = size[1];
    arg->more_h = size[2] - size[0];
    arg->more_w = size[3] - size[1];
    return 0;
}

/* What there is without a key: of pools the stride is the kernel. */
static struct window window_of(bool is_pool, int kh, int kw)
{
    bool own = is_pool && kh > 0 && kw > 0;
    return (struct window){kh, kw, own ? kh : 1, own ? kw : 1, 0, 0, 1, 1};
}

int window_read(struct node *group, const char *what,
                const struct layer_type *type, struct args *arg,
                struct msgs *msgs)
{
    struct window *w = &arg->win;
    bool is_pool = !type->has_codes;
    int bad = read_kernel(group, what, is_pool, w, msgs);
    *w = window_of(is_pool, w->kh, w->kw);
    const struct pair pairs[] = {{"stride", 1, &w->stride_h, &w->stride_w},
                                 {"dilation", 1, &w->dil_h, &w->dil_w},
                                 {"size", 1, &arg->size_h, &arg->size_w}};
    for (int i = 0; i < (type->has_size ? 3 : 2); i++) {
        struct node *n = node_get(group, pairs[i].name);
        if (n)
            bad |= read_pair(&pairs[i], n, what, msgs);
    }
    return read_pad(group, what, arg, msgs) | bad;
}

static void write_pair(struct conf_pen *pen, const char *name, int h, int w)
{
    if (h == w)
        pen_word(pen, "%s = %d;", name, h);
    else
        pen_word(pen, "%s = [%d, %d];", name, h, w);
}

static void write_pad(struct conf_pen *pen, const struct args *a)
{
    const struct window *w = &a->win;
    if (a->same)
        pen_word(pen, "pad = \"same\";");
    else if (a->more_h || a->more_w)
        pen_word(pen, "pad = [%d, %d, %d, %d];", w->pad_h, w->pad_w,
                 w->pad_h + a->more_h, w->pad_w + a->more_w);
    else if (w->pad_h || w->pad_w)
        write_pair(pen, "pad", w->pad_h, w->pad_w);
}

void window_write(struct conf_pen *pen, const struct layer_type *type,
                  const struct args *arg)
{
    const struct window *w = &arg->win;
    struct window def = window_of(!type->has_codes, w->kh, w->kw);
    /* a kernel over the whole of a direction has no stride there */
    int stride_h = w->kh ? w->stride_h : def.stride_h;
    int stride_w = w->kw ? w->stride_w : def.stride_w;
    if (w->kh || w->kw)
        write_pair(pen, "kernel", w->kh, w->kw);
    else
        pen_word(pen, "kernel = \"global\";");
    if (stride_h != def.stride_h || stride_w != def.stride_w)
        write_pair(pen, "stride", stride_h, stride_w);
    write_pad(pen, arg);
    if (w->dil_h != 1 || w->dil_w != 1)
        write_pair(pen, "dilation", w->dil_h, w->dil_w);
    if (arg->size_h)
        write_pair(pen, "size", arg->size_h, arg->size_w);
}

/* One of the two directions of a window. */
struct axis_of {
    const char *name;
    int in, kernel, stride, dil;
    int *pad, more;
};

/* pad = "same": as many outputs as strides fit into the input; an odd row of
 * padding goes to the far side. */
static int same_size(const struct axis_of *d, int64_t reach)
{
    int64_t out = (d->in + (int64_t)d->stride - 1) / d->stride;
    int64_t total = (out - 1) * d->stride + reach - d->in;
    *d->pad = total > 0 ? (int)(total / 2) : 0;
    return (int)out;
}

/* Outputs along one direction; 0 having reported. */
static int window_size(struct infer *x, const struct axis_of *d)
{
    int64_t reach = (int64_t)d->dil * (d->kernel - 1) + 1;
    if (reach > SIZE_LIMIT) {
        infer_error(x, "the kernel covers %lld %s, more than %d",
                    (long long)reach, d->name, SIZE_LIMIT);
        return 0;
    }
    if (x->arg->same)
        return same_size(d, reach);

    int64_t free = d->in + 2 * (int64_t)*d->pad + d->more - reach;
    if (free < 0) {
        infer_error(x,
                    "the kernel covers %lld %s but the padded input has %lld",
                    (long long)reach, d->name, (long long)(free + reach));
        return 0;
    }
    if (*d->pad >= reach) {
        infer_error(x,
                    "pad %d leaves windows without any input: the kernel "
                    "covers %lld %s",
                    *d->pad, (long long)reach, d->name);
        return 0;
    }
    int64_t out = free / d->stride + 1;
    /* The last window may hang over the edge but must start on the input. */
    if (x->arg->ceil && free % d->stride && out * d->stride < d->in + *d->pad)
        out++;
    return (int)out;
}

/* Index of the last input that the first output needs. */
static int64_t last_needed(int in, int kernel, int dil, int pad)
{
    int64_t last = (int64_t)(kernel - 1) * dil - pad;
    return last < 0 ? 0 : last < in ? last : in - 1;
}

int infer_window(struct infer *x)
{
    struct layer *l = x->l;
    struct window *w = &l->win;
    const struct shape *in = x->in;

    if (w->kh == 0)
        w->kh = w->stride_h = in->h;
    if (w->kw == 0)
        w->kw = w->stride_w = in->w;
    struct axis_of h = {"rows",   in->h,     w->kh,         w->stride_h,
                        w->dil_h, &w->pad_h, x->arg->more_h};
    struct axis_of v = {"columns", in->w,     w->kw,         w->stride_w,
                        w->dil_w,  &w->pad_w, x->arg->more_w};
    l->out.h = window_size(x, &h);
    l->out.w = l->out.h ? window_size(x, &v) : 0;
    if (!l->out.w)
        return -1;
    /* Row-major order: whole rows, then part of one. */
    int64_t row = last_needed(in->h, w->kh, w->dil_h, w->pad_h);
    int64_t column = last_needed(in->w, w->kw, w->dil_w, w->pad_w);
    l->lead = (double)(row * in->w + column + 1) / ((double)in->h * in->w);
    return 0;
}
