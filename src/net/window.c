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

int window_read(struct node *group, const char *what, bool is_pool,
                struct args *arg, struct msgs *msgs)
{
    struct window *w = &arg->win;
    *w = (struct window){.stride_h = 1, .stride_w = 1, .dil_h = 1, .dil_w = 1};
    int bad = read_kernel(group, what, is_pool, w, msgs);
    if (is_pool && w->kh > 0 && w->kw > 0) {
        w->stride_h = w->kh;
        w->stride_w = w->kw;
    }
    struct node *n = node_get(group, "stride");
    if (n)
        bad |=
            read_pair(&(struct pair){"stride", 1, &w->stride_h, &w->stride_w},
                      n, what, msgs);
    if ((n = node_get(group, "dilation")))
        bad |= read_pair(&(struct pair){"dilation", 1, &w->dil_h, &w->dil_w}, n,
                         what, msgs);
    n = node_get(group, "pad");
    arg->same = is_word(n, "same");
    if (n && !arg->same)
        bad |= read_pair(&(struct pair){"pad", 0, &w->pad_h, &w->pad_w}, n,
                         what, msgs);
    return bad;
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
