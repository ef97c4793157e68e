/* npy.c - weights from numpy's files: one matrix a file */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Format: numpy 1.26, "A simple file format for NumPy arrays" (lib.format). */
#include "net/net.h"
#include <endian.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { DIMENSIONS = 4, HEADER_MAX = 4096, CHUNK = 4096 };

/* What the header says. */
struct head {
    char type; /* 'f': float32, 'd': float64, 'b': int8 */
    int size;  /* bytes of a number */
    bool fortran;
    int n;
    int64_t shape[DIMENSIONS];
    int seen; /* keys, a bit each */
};

struct npy {
    const struct conf_env *env;
    const char *path;
    struct layer *l;
    FILE *in;
    struct head head;
};

static int refuse(const struct npy *f, const char *what)
{
    return msg_error(f->env->msgs, &f->l->at, "weights of '%s': '%s' %s",
                     f->l->name, f->path, what);
}

/* ---- the header, a Python dictionary ---- */

static const char *skip(const char *s)
{
    return s + strspn(s, " ");
}

/* Past `word` and blanks, or NULL. */
static const char *expect(const char *s, const char *word)
{
    size_t n = strlen(word);
    return s && !strncmp(s, word, n) ? skip(s + n) : NULL;
}

static const char *read_type(const char *s, struct head *h)
{
    static const struct {
        const char *text;
        char type;
        int size;
    } types[] = {{"'<f4'", 'f', 4},
                 {"'<f8'", 'd', 8},
                 {"'|i1'", 'b', 1},
                 {"'i1'", 'b', 1}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (expect(s, types[i].text)) {
            h->type = types[i].type;
            h->size = types[i].size;
            return expect(s, types[i].text);
        }
    return NULL;
}

/* "(3, 4)", "(3,)" */
static const char *read_shape(const char *s, struct head *h)
{
    s = expect(s, "(");
    while (s && *s >= '0' && *s <= '9') {
        int64_t size = 0;
        for (; *s >= '0' && *s <= '9'; s++) {
            size = 10 * size + (*s - '0');
            if (size > INT32_MAX)
                return NULL;
        }
        if (h->n == DIMENSIONS)
            return NULL;
        h->shape[h->n++] = size;
        s = skip(s);
        if (*s == ',')
            s = skip(s + 1);
        else
            break;
    }
    return expect(s, ")");
}

static const char *read_value(const char *s, struct head *h, int key)
{
    if (key == 0)
        return read_type(s, h);
    if (key == 2)
        return read_shape(s, h);
    h->fortran = expect(s, "True") != NULL;
    return expect(s, h->fortran ? "True" : "False");
}

/* The three keys in any order, each once. -1: it is something else. */
static int read_dictionary(const char *s, struct head *h)
{
    static const char *const keys[] = {"'descr'", "'fortran_order'", "'shape'"};
    s = expect(skip(s), "{");
    while (s && *s == '\'') {
        int key = 0;
        while (key < 3 && !expect(s, keys[key]))
            key++;
        if (key == 3 || h->seen >> key & 1)
            return -1;
        h->seen |= 1 << key;
        s = expect(expect(s, keys[key]), ":");
        s = s ? read_value(s, h, key) : NULL;
        if (s && *s == ',')
            s = skip(s + 1);
    }
    s = expect(s, "}");
    return s && h->seen == 7 && !strcmp(s, "\n") ? 0 : -1;
}

static int read_head(struct npy *f)
{
    unsigned char fixed[12];
    char text[HEADER_MAX + 1];
    if (fread(fixed, 1, 10, f->in) != 10 || memcmp(fixed, "\x93NUMPY", 6))
        return refuse(f, "is no numpy file");
    if (fixed[6] < 1 || fixed[6] > 3 || fixed[7])
        return refuse(f, "is of a version of the format that is not known");
    size_t length = fixed[8] | (size_t)fixed[9] << 8;
    if (fixed[6] > 1) {
        if (fread(fixed + 10, 1, 2, f->in) != 2)
            return refuse(f, "ends in its header");
        length |= (size_t)fixed[10] << 16 | (size_t)fixed[11] << 24;
    }
    if (length > HEADER_MAX)
        return refuse(f, "has a header of more than 4096 bytes");
    if (fread(text, 1, length, f->in) != length)
        return refuse(f, "ends in its header");
    text[length] = 0;
    if (strlen(text) != length || read_dictionary(text, &f->head))
        return refuse(f, "has a header that is not understood; wanted are "
                         "float32, float64 or int8, little-endian");
    return f->head.fortran ? refuse(f, "is in Fortran order; save a copy made "
                                       "by numpy.ascontiguousarray")
                           : 0;
}

/* ---- the numbers ---- */

/* Is the file's shape one of those of the layer's matrices? */
static bool fits(const struct head *h, const struct layer *l)
{
    const int64_t *s = h->shape, g = l->groups, k = l->rows, n = l->columns;
    if (h->n == 2)
        return g == 1 && s[0] == k && s[1] == n;
    if (h->n == 3)
        return s[0] == g && s[1] == k && s[2] == n;
    return h->n == 4 && s[0] == g * n && s[2] == l->win.kh &&
           s[3] == l->win.kw && s[1] <= k && s[1] * s[2] * s[3] == k;
}

static const char *shape_text(const struct npy *f)
{
    const struct head *h = &f->head;
    const char *text = "";
    for (int i = 0; i < h->n; i++)
        text = arena_printf(f->env->arena, "%s%s%lld", text, i ? " x " : "",
                            (long long)h->shape[i]);
    return text;
}

static int check_shape(const struct npy *f)
{
    const struct layer *l = f->l;
    if (fits(&f->head, l))
        return 0;
    return msg_error(f->env->msgs, &l->at,
                     "weights of '%s': '%s' is %s; the layer has %d matri%s of "
                     "%d rows x %d columns",
                     l->name, f->path, shape_text(f), l->groups,
                     l->groups == 1 ? "x" : "ces", l->rows, l->columns);
}

/* The file has its numbers and nothing behind them: known before memory is
 * asked for. */
static int check_length(const struct npy *f, int64_t count)
{
    long at = ftell(f->in), end;
    if (at < 0 || fseek(f->in, 0, SEEK_END) || (end = ftell(f->in)) < 0 ||
        fseek(f->in, at, SEEK_SET))
        return refuse(f, "cannot be read");
    if (end - at == count * f->head.size)
        return 0;
    return msg_error(f->env->msgs, &f->l->at,
                     "weights of '%s': '%s' has %ld bytes of numbers, not %lld",
                     f->l->name, f->path, end - at,
                     (long long)(count * f->head.size));
}

static float number(const struct head *h, const unsigned char *p)
{
    uint32_t u;
    uint64_t v;
    float f;
    double d;
    if (h->type == 'b')
        return (float)(signed char)*p;
    if (h->type == 'f') {
        memcpy(&u, p, sizeof u);
        u = le32toh(u);
        memcpy(&f, &u, sizeof f);
        return f;
    }
    memcpy(&v, p, sizeof v);
    v = le64toh(v);
    memcpy(&d, &v, sizeof d);
    return isnan(d) || fabs(d) > (double)FLT_MAX ? INFINITY : (float)d;
}

static bool is_finite(float w)
{
    uint32_t u;
    memcpy(&u, &w, sizeof u);
    return (u & 0x7f800000) != 0x7f800000;
}

/* Where number i of the file goes: a convolution's come channel by channel. */
static size_t place_of(const struct npy *f, size_t i)
{
    size_t k = (size_t)f->l->rows, n = (size_t)f->l->columns;
    if (f->head.n < 4)
        return i;
    size_t channel = i / k, row = i % k;
    return (channel / n * k + row) * n + channel % n;
}

static int read_numbers(const struct npy *f, float *to, size_t count)
{
    unsigned char chunk[CHUNK * 8];
    size_t size = (size_t)f->head.size;
    for (size_t at = 0; at < count;) {
        size_t n = count - at < CHUNK ? count - at : CHUNK;
        if (fread(chunk, size, n, f->in) != n)
            return refuse(f, "cannot be read");
        for (size_t i = 0; i < n; i++, at++) {
            float w = number(&f->head, chunk + i * size);
            if (!is_finite(w))
                return msg_error(f->env->msgs, &f->l->at,
                                 "weights of '%s': '%s', number %zu is not "
                                 "finite in single precision",
                                 f->l->name, f->path, at + 1);
            to[place_of(f, at)] = w;
        }
    }
    return 0;
}

static int read_file(struct npy *f)
{
    struct layer *l = f->l;
    int64_t count = (int64_t)l->groups * l->rows * l->columns;
    struct stat st;
    if (fstat(fileno(f->in), &st) || !S_ISREG(st.st_mode))
        return refuse(f, "is no regular file");
    if (read_head(f) || check_shape(f) || check_length(f, count))
        return -1;
    float *to = arena_array(f->env->arena, (size_t)count, sizeof *to);
    if (read_numbers(f, to, (size_t)count))
        return -1;
    l->weights = to;
    l->stored = f->head.type == 'b';
    return 0;
}

int npy_read(const struct conf_env *env, const char *path, struct layer *l)
{
    struct npy f = {.env = env, .path = path, .l = l};
    f.in = fopen(path, "rb");
    if (!f.in)
        return refuse(&f, strerror(errno));
    int bad = read_file(&f);
    fclose(f.in);
    return bad;
}
