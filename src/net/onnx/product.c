/* product.c - ONNX matrix products */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/onnx/convert.h"
#include "net/types.h"
#include <string.h>

/*
 * A product of matrices, batch by batch: [batch.., left.., inner..] with
 * [batch.., inner.., right..] gives [batch.., left.., right..]. Dimensions are
 * those of the factors, brought into this order; sizes their products.
 */
struct product {
    struct value a, b;
    int n_batch, n_left, n_inner, n_right; /* dimensions */
    int64_t batch, left, inner, right;     /* sizes */
    int zero, scale; /* inputs about the weights' integers; 0: none */
    bool bias;
};

static int measure(const struct op *o, struct product *p)
{
    int a = p->n_batch + p->n_left, b = p->n_batch + p->n_inner;
    p->batch = value_part(&p->a, 0, p->n_batch);
    p->left = value_part(&p->a, p->n_batch, a);
    p->inner = value_part(&p->a, a, a + p->n_inner);
    p->right = value_part(&p->b, b, b + p->n_right);
    int64_t inner = value_part(&p->b, p->n_batch, b);
    if (p->inner != inner)
        return op_error(o, "the inner sizes %lld and %lld differ",
                        (long long)p->inner, (long long)inner);
    int64_t size[] = {p->left,
                      p->inner,
                      p->right,
                      count_mul(p->batch, p->inner),
                      count_mul(p->batch, p->left),
                      count_mul(p->batch, p->right)};
    for (int i = 0; i < 6; i++)
        if (size[i] < 1 || size[i] > SIZE_LIMIT)
            return op_error(o,
                            "a product of %lld x %lld and %lld positions is "
                            "too large or empty",
                            (long long)p->inner, (long long)p->right,
                            (long long)p->left);
    return 0;
}

/* One matrix for all positions, or a matrix for each of the batch: groups. Of
 * weights to the left the roles of left and right are exchanged. */
static int weights(struct op *o, const struct product *p, bool left)
{
    struct value x = left ? p->b : p->a, w = left ? p->a : p->b, *in = &x;
    int64_t columns = left ? p->left : p->right;
    int64_t positions = left ? p->right : p->left;
    int k = p->n_batch, n = k + (left ? p->n_left : p->n_inner);
    int end = n + (left ? p->n_inner : p->n_right);
    struct args arg = {.out = (int)(p->batch * columns),
                       .bias = p->bias,
                       .groups = (int)p->batch,
                       .apply = APPLY_POSITION,
                       .win = {1, 1, 1, 1, 0, 0, 1, 1}};
    struct shape s = {(int)(p->batch * p->inner), (int)positions, 1};
    struct layer *l =
        op_layer(o, p->batch > 1 ? &type_conv : &type_fc, &arg, 1, &in, &s);
    if (!l)
        return -1;
    set_weights(o, l,
                &(struct matrix_of){.v = &w,
                                    .group = {0, p->batch > 1 ? k : 0},
                                    .row = {left ? n : k, left ? end : n},
                                    .column = {left ? k : n, left ? n : end},
                                    .zero = p->zero,
                                    .scale = p->scale});
    return 0;
}

/* As many heads as matrices. */
static int no_weights(struct op *o, const struct product *p)
{
    struct value a = p->a, b = p->b, *in[] = {&a, &b};
    int k = (int)(p->batch * p->inner);
    struct shape s[] = {{k, (int)p->left, 1}, {k, (int)p->right, 1}};
    struct args arg = {.heads = (int)p->batch, .transpose = true};
    return op_layer(o, &type_matmul, &arg, 2, in, s) ? 0 : -1;
}

/* Makes the layer, and its output [batch.., left.., right..]. */
static int multiply(struct op *o, struct product *p)
{
    bool wa = is_constant(&p->a), wb = is_constant(&p->b);
    int64_t dim[3 * RANK_MAX];
    int n = p->n_batch + p->n_left, rank = n + p->n_right;
    if (rank > RANK_MAX)
        return op_error(o, "more than %d dimensions", RANK_MAX);
    if (wa && wb)
        return op_error(o, "the product of two constants is not known");
    if (measure(o, p))
        return -1;
    memcpy(dim, p->a.dim, (size_t)n * sizeof *dim);
    memcpy(dim + n, p->b.dim + p->n_batch + p->n_inner,
           (size_t)p->n_right * sizeof *dim);
    if (wa || wb ? weights(o, p, wa) : no_weights(o, p))
        return -1;
    /* of weights on the left, outputs are the first of their two */
    int channel = wa && p->n_left ? n - 1 : rank - 1;
    set_dims(o->out[0], rank, dim, channel);
    return 0;
}

/* The value with its dimensions in this order. */
static struct value ordered(const struct value *v, int rank, const int *order)
{
    int64_t dim[RANK_MAX], step[RANK_MAX];
    struct value out = *v;
    for (int i = 0; i < rank; i++) {
        dim[i] = v->dim[order[i]];
        step[i] = v->step[order[i]];
    }
    op_view_by_steps(&out, v, rank, dim, rank - 1, 0, step);
    return out;
}

static struct value transposed(const struct value *v)
{
    return ordered(v, 2, (const int[]){1, 0});
}

/* ---- Gemm ---- */

/* An activation that is added. */
static int add_activation(struct op *o, struct value *c)
{
    struct value y = *o->out[0], *in[] = {&y, c};
    struct layer *l = op_given(o, &type_add, (struct args){0}, 2, in);
    if (!l)
        return -1;
    l->work[WORK_ADD] = (double)l->out_values;
    return 0;
}

/* alpha A' B' + beta C; rule->a: B, rule->b: its zero point, as of MatMul */
static int make_gemm(struct op *o, const struct op_rule *rule)
{
    int last = rule->b ? 6 : 2;
    struct value *a = o->in[0], *b = op_input(o, rule->a);
    struct value *c = op_input(o, last);
    double alpha = op_float(o, "alpha", 1);
    if (!b || a->rank != 2 || b->rank != 2)
        return op_error(o, "two matrices are wanted");
    struct product p = {.a = op_int(o, "transA", 0) ? transposed(a) : *a,
                        .b = op_int(o, "transB", 0) ? transposed(b) : *b,
                        .n_left = 1,
                        .n_inner = 1,
                        .n_right = 1,
                        .zero = is_constant(a) && rule->b ? 2 : rule->b,
                        .scale = rule->b ? (is_constant(a) ? 1 : 4) : 0};
    p.bias = is_constant(c);
    if (multiply(o, &p))
        return -1;
    struct layer *l = &o->m->build.net->layer[o->out[0]->from];
    scale_weights(o, l, &alpha, 1, false);
    if (!is_constant(c) && c)
        return add_activation(o, c);
    if (c && !l->groups) /* of two activations */
        l->params = value_count(c), l->work[WORK_ADD] += (double)l->out_values;
    return 0;
}

/* ---- MatMul: numpy's rules ---- */

/* Batch dimensions, from the end, that both have; what is one in one factor is
 * more positions of the other. Dimensions of one in front are left out. */
static void numpy_dims(struct value *v, int wanted, struct value *out)
{
    int rank = v->rank < wanted ? wanted : v->rank, more = rank - v->rank;
    int64_t dim[RANK_MAX], step[RANK_MAX];
    for (int i = 0; i < rank; i++) {
        dim[i] = i < more ? 1 : v->dim[i - more];
        step[i] = i < more ? 1 : v->step[i - more];
    }
    *out = *v;
    op_view_by_steps(out, v, rank, dim, rank - 1, 0, step);
}

/* Whether a dimension of the batch is one of both: -1 if they do not fit. */
static int batch_kind(int64_t a, int64_t b)
{
    return a == b && a > 1 ? 0 : b == 1 ? 1 : a == 1 ? 2 : -1;
}

/*
 * Sorts the batch dimensions: of both; of a alone, which count as rows of a; of
 * b alone, which count as columns of b. False if they do not go together.
 */
static bool sort_batch(struct product *p, const struct value *a,
                       const struct value *b, int *order)
{
    int rank = a->rank, oa[RANK_MAX], ob[RANK_MAX], na = 0, nb = 0, n = 0;
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < rank - 2; i++) {
            int k = batch_kind(a->dim[i], b->dim[i]);
            if (k < 0)
                return false;
            if (k != kind)
                continue;
            order[n++] = i;
            if (k == 0)
                oa[na++] = ob[nb++] = i;
            else if (k == 1)
                oa[na++] = i;
        }
    p->n_batch = nb;
    p->n_left = na - nb + 1;
    oa[na++] = rank - 2;
    oa[na++] = rank - 1;
    ob[nb++] = rank - 2;
    for (int i = na - 2; i < n; i++)
        ob[nb++] = order[i];
    p->n_right = n - (na - 2) + 1;
    ob[nb++] = rank - 1;
    p->n_inner = 1;
    p->a = ordered(a, na, oa);
    p->b = ordered(b, nb, ob);
    return true;
}

/* a and b of one rank, their last dimensions M x K and K x N. */
static int matmul(struct op *o, const struct value *a, const struct value *b,
                  struct product *p)
{
    int rank = a->rank, order[RANK_MAX];
    int64_t dim[RANK_MAX];
    for (int i = 0; i < rank; i++)
        dim[i] = i == rank - 1 || a->dim[i] == 1 ? b->dim[i] : a->dim[i];
    dim[rank - 2] = a->dim[rank - 2];
    if (!sort_batch(p, a, b, order))
        return op_error(o, "the sizes of its inputs do not go together");
    if (multiply(o, p))
        return -1;
    bool left = is_constant(a);
    set_dims(o->out[0], rank, dim, left ? rank - 2 : rank - 1);
    return 0;
}

/* rule->a: second factor; rule->b: its zero point */
static int make_matmul(struct op *o, const struct op_rule *rule)
{
    struct value *x = o->in[0], *y = op_input(o, rule->a);
    struct value a, b;
    if (!y || x->rank < 1 || y->rank < 1)
        return op_error(o, "two matrices are wanted");
    int rank = x->rank > y->rank ? x->rank : y->rank, n = rank < 2 ? 2 : rank;
    if ((x->rank == 1 || y->rank == 1) && n == RANK_MAX)
        return op_error(o, "more than %d dimensions", RANK_MAX);
    numpy_dims(x, n, &a);
    numpy_dims(y, n, &b);
    if (y->rank == 1) { /* a vector of K: K x 1 */
        b.dim[n - 2] = b.dim[n - 1];
        b.step[n - 2] = b.step[n - 1];
        b.dim[n - 1] = 1;
    }
    bool left = is_constant(x);
    struct product p = {.zero = left && rule->b ? 2 : rule->b,
                        .scale = rule->b == 5 ? (left ? 1 : 4) : 0};
    if (matmul(o, &a, &b, &p))
        return -1;
    struct value *out = o->out[0];
    if (x->rank == 1 || y->rank == 1) { /* that dimension goes */
        int gone = y->rank == 1 ? n - 1 : n - 2;
        memmove(out->dim + gone, out->dim + gone + 1,
                (size_t)(n - 1 - gone) * sizeof *out->dim);
        set_dims(out, n - 1, out->dim, n - 2);
    }
    return 0;
}

/* ---- Einsum of two factors, each label once in a factor ---- */

/* "bhid,bhjd->bhij": letters of the factors and of the output. False if it is
 * no product of two matrices. */
struct labels {
    char text[3][RANK_MAX + 1];
};

static bool read_labels(const char *equation, struct labels *l)
{
    int at = 0, n = 0;
    memset(l, 0, sizeof *l);
    for (const char *p = equation; *p; p++) {
        bool comma = *p == ',', arrow = *p == '-' && p[1] == '>';
        bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z');
        if (*p == ' ')
            continue;
        if ((comma && at != 0) || (arrow && at != 1) ||
            (!letter && !comma && !arrow) ||
            (letter && (n == RANK_MAX || strchr(l->text[at], *p))))
            return false;
        if (letter) {
            l->text[at][n++] = *p;
            continue;
        }
        p += arrow;
        at++;
        n = 0;
    }
    return at == 2;
}

static bool has(const char *labels, char c)
{
    return strchr(labels, c) != NULL;
}

/* Dimensions of factor `own` whose label is in the other factor or not, in the
 * output or not, put into order[n..]; returns how many. Those of both factors
 * stand as in the first, the others as in their own. */
static int pick(const struct labels *l, int own, bool both, bool given,
                int *order)
{
    const char *from = l->text[both ? 0 : own];
    int n = 0;
    for (const char *p = from; *p; p++)
        if (has(l->text[0], *p) == (both || own == 0) &&
            has(l->text[1], *p) == (both || own == 1) &&
            has(l->text[2], *p) == given)
            order[n++] = (int)(strchr(l->text[own], *p) - l->text[own]);
    return n;
}

/* The output as the equation orders it: its labels are those of the product
 * [batch.., left.., right..]. */
static int einsum_output(struct op *o, const struct labels *l,
                         const struct product *p, const int *oa, const int *ob)
{
    char made[2 * RANK_MAX + 1] = "";
    int n = 0, order[RANK_MAX] = {0};
    for (int i = 0; i < p->n_batch + p->n_left; i++)
        made[n++] = l->text[0][oa[i]];
    for (int i = 0; i < p->n_right; i++)
        made[n++] = l->text[1][ob[p->n_batch + p->n_inner + i]];
    for (int i = 0; i < n; i++) {
        const char *at = strchr(made, l->text[2][i]);
        if ((int)strlen(l->text[2]) != n || !at)
            return op_error(o, "an output of labels that no input has");
        order[i] = (int)(at - made);
    }
    struct value y = ordered(o->out[0], n, order);
    int channel = 0;
    for (int i = 0; i < n; i++)
        if (order[i] == o->out[0]->channel)
            channel = i;
    set_dims(o->out[0], n, y.dim, channel);
    return 0;
}

static int make_einsum(struct op *o, const struct op_rule *rule)
{
    struct value *a = o->in[0], *b = op_input(o, 1);
    const char *equation = op_text(o, "equation", "");
    struct labels l;
    struct product p = {.n_batch = 0};
    int oa[RANK_MAX], ob[RANK_MAX], n;
    (void)rule;
    if (!b || o->n_in > 2 || !read_labels(equation, &l) ||
        (int)strlen(l.text[0]) != a->rank || (int)strlen(l.text[1]) != b->rank)
        return op_error(o, "the equation '%.40s' is no product of two matrices",
                        equation);
    p.n_batch = pick(&l, 0, true, true, oa);
    p.n_left = pick(&l, 0, false, true, oa + p.n_batch);
    n = p.n_batch + p.n_left;
    p.n_inner = pick(&l, 0, true, false, oa + n);
    if (n + p.n_inner != a->rank)
        return op_error(o, "sums of one factor in '%.40s' are not known",
                        equation);
    n = pick(&l, 1, true, true, ob);
    n += pick(&l, 1, true, false, ob + n);
    p.n_right = pick(&l, 1, false, true, ob + n);
    if (n + p.n_right != b->rank)
        return op_error(o, "sums of one factor in '%.40s' are not known",
                        equation);
    for (int i = 0; i < p.n_batch; i++)
        if (a->dim[oa[i]] != b->dim[ob[i]])
            return op_error(o, "the sizes of its inputs do not go together");
    p.a = ordered(a, a->rank, oa);
    p.b = ordered(b, b->rank, ob);
    return multiply(o, &p) ? -1 : einsum_output(o, &l, &p, oa, ob);
}

const struct op_rule product_rules[] = {{"Gemm", make_gemm, 1, 0},
                                        {"QGemm", make_gemm, 3, 5},
                                        {"MatMul", make_matmul, 1, 0},
                                        {"MatMulInteger", make_matmul, 1, 3},
                                        {"QLinearMatMul", make_matmul, 3, 5},
                                        {"Einsum", make_einsum, 0, 0},
                                        {0}};
