/* tensor.c - the numbers of an ONNX tensor, whatever way they are stored */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx/tensor.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DIM_MAX ((int64_t)1 << 38) /* products of a few still fit */

/* ---- one number; raw data is little-endian, as are the machines here ---- */

#define GETTER(name, type)                                                     \
    static double get_##name(const void *at)                                   \
    {                                                                          \
        type x;                                                                \
        memcpy(&x, at, sizeof x);                                              \
        return (double)x;                                                      \
    }
GETTER(i8, int8_t)
GETTER(u8, uint8_t)
GETTER(i16, int16_t)
GETTER(u16, uint16_t)
GETTER(i32, int32_t)
GETTER(u32, uint32_t)
GETTER(i64, int64_t)
GETTER(u64, uint64_t)

/* Signalling NaNs of a file must not trap: the bits are looked at first. */
static double get_f64(const void *at)
{
    uint64_t bits;
    double x;
    memcpy(&bits, at, sizeof bits);
    if (~bits << 1 >> 53 == 0 && bits << 12)
        return (double)NAN;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static double get_f32(const void *at)
{
    uint32_t bits;
    float x;
    memcpy(&bits, at, sizeof bits);
    if ((bits & 0x7f800000u) == 0x7f800000u && bits & 0x7fffffu)
        return (double)NAN;
    memcpy(&x, &bits, sizeof x);
    return (double)x;
}

static double get_bf16(const void *at)
{
    uint16_t half;
    memcpy(&half, at, sizeof half);
    uint32_t bits = (uint32_t)half << 16;
    return get_f32(&bits);
}

/* IEEE 754 binary16: 5 bits of exponent, 10 of fraction. */
static double get_f16(const void *at)
{
    uint16_t bits;
    memcpy(&bits, at, sizeof bits);
    int exponent = bits >> 10 & 31, fraction = bits & 1023;
    double x = exponent == 0   ? ldexp(fraction, -24)
               : exponent < 31 ? ldexp(1024 + fraction, exponent - 25)
               : fraction == 0 ? (double)INFINITY
                               : (double)NAN;
    return bits & 0x8000 ? -x : x;
}

/* ---- the types ---- */

enum list { IN_FLOAT, IN_INT32, IN_INT64, IN_DOUBLE, IN_UINT64 };

/* How a type stands in raw_data, and in which list else, in elements of what
 * width; the getters read the low bytes there. */
static const struct kind {
    int type;
    int width;
    enum list list;
    bool whole;
    double (*get)(const void *at);
} kinds[] = {
    {ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, 4, IN_FLOAT, false, get_f32},
    {ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16, 2, IN_INT32, false, get_f16},
    {ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16, 2, IN_INT32, false, get_bf16},
    {ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE, 8, IN_DOUBLE, false, get_f64},
    {ONNX__TENSOR_PROTO__DATA_TYPE__INT8, 1, IN_INT32, true, get_i8},
    {ONNX__TENSOR_PROTO__DATA_TYPE__UINT8, 1, IN_INT32, true, get_u8},
    {ONNX__TENSOR_PROTO__DATA_TYPE__INT16, 2, IN_INT32, true, get_i16},
    {ONNX__TENSOR_PROTO__DATA_TYPE__UINT16, 2, IN_INT32, true, get_u16},
    {ONNX__TENSOR_PROTO__DATA_TYPE__INT32, 4, IN_INT32, true, get_i32},
    {ONNX__TENSOR_PROTO__DATA_TYPE__UINT32, 4, IN_UINT64, true, get_u32},
    {ONNX__TENSOR_PROTO__DATA_TYPE__INT64, 8, IN_INT64, true, get_i64},
    {ONNX__TENSOR_PROTO__DATA_TYPE__UINT64, 8, IN_UINT64, true, get_u64},
    {ONNX__TENSOR_PROTO__DATA_TYPE__BOOL, 1, IN_INT32, true, get_u8},
};

static const struct kind *kind_of(int type)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].type == type)
            return &kinds[i];
    return NULL;
}

int tensor_of_type(struct tensor *t, int type)
{
    const struct kind *kind = kind_of(type);
    if (!kind)
        return -1;
    t->get = kind->get;
    t->whole = kind->whole;
    t->width = kind->width;
    return 0;
}

static int read_shape(const struct conf_env *env, const struct place *at,
                      const Onnx__TensorProto *proto, struct tensor *t)
{
    if (proto->n_dims > RANK_MAX)
        return msg_error(env->msgs, at,
                         "tensor '%s' has %zu dimensions, more than %d",
                         t->name, proto->n_dims, RANK_MAX);
    t->rank = (int)proto->n_dims;
    t->n = 1;
    for (int i = 0; i < t->rank; i++) {
        t->dim[i] = proto->dims[i];
        if (t->dim[i] < 0 || t->dim[i] > DIM_MAX ||
            __builtin_mul_overflow(t->n, t->dim[i], &t->n) ||
            t->n > INT64_MAX / 8)
            return msg_error(env->msgs, at,
                             "tensor '%s' has an impossible dimension %lld",
                             t->name, (long long)t->dim[i]);
    }
    return 0;
}

/* ---- where the bytes are ---- */

static int too_short(const struct conf_env *env, const struct place *at,
                     const struct tensor *t, size_t have, const char *unit)
{
    return msg_error(
        env->msgs, at, "tensor '%s' has %zu %s but its shape wants %lld",
        t->name, have, unit, (long long)t->n * (*unit == 'b' ? t->width : 1));
}

static int use_list(const struct conf_env *env, const struct place *at,
                    const Onnx__TensorProto *p, const struct kind *kind,
                    struct tensor *t)
{
    const struct {
        const void *data;
        size_t n;
        int width;
    } lists[] = {
        [IN_FLOAT] = {p->float_data, p->n_float_data, 4},
        [IN_INT32] = {p->int32_data, p->n_int32_data, 4},
        [IN_INT64] = {p->int64_data, p->n_int64_data, 8},
        [IN_DOUBLE] = {p->double_data, p->n_double_data, 8},
        [IN_UINT64] = {p->uint64_data, p->n_uint64_data, 8},
    };
    t->data = lists[kind->list].data;
    t->width = lists[kind->list].width;
    if (lists[kind->list].n != (size_t)t->n)
        return too_short(env, at, t, lists[kind->list].n, "numbers");
    return 0;
}

/* The value of a key of the tensor's list, or NULL. */
static const char *external(const Onnx__TensorProto *p, const char *key)
{
    for (size_t i = 0; i < p->n_external_data; i++) {
        const Onnx__StringStringEntryProto *e = p->external_data[i];
        if (e->key && e->value && !strcmp(e->key, key))
            return e->value;
    }
    return NULL;
}

static bool leaves_folder(const char *path)
{
    if (*path == '/' || *path == '\0')
        return true;
    for (const char *p = path; p; p = strchr(p, '/')) {
        p += *p == '/';
        if (!strncmp(p, "..", 2) && (p[2] == '/' || !p[2]))
            return true;
    }
    return false;
}

/* Whether a file lies below a folder once links are followed. */
static bool is_inside(const char *file, const char *folder)
{
    char real_file[PATH_MAX], real_folder[PATH_MAX];
    if (!realpath(folder, real_folder) || !realpath(file, real_file))
        return true; /* it does not exist: the reader says so */
    size_t n = strlen(real_folder);
    return !strncmp(real_file, real_folder, n) &&
           (real_file[n] == '/' || n == 1);
}

static int64_t external_number(const Onnx__TensorProto *p, const char *key,
                               int64_t missing)
{
    const char *text = external(p, key);
    char *end = NULL;
    long long x = text ? strtoll(text, &end, 10) : missing;
    return text && (end == text || *end) ? -1 : x;
}

static int use_file(const struct conf_env *env, const struct place *at,
                    const Onnx__TensorProto *p, struct tensor *t)
{
    const char *name = external(p, "location"), *slash = strrchr(at->file, '/');
    const char *folder = slash ? arena_strndup(env->arena, at->file,
                                               (size_t)(slash - at->file) + 1)
                               : arena_strdup(env->arena, "./");
    if (!name || leaves_folder(name))
        return msg_error(env->msgs, at,
                         "the data of tensor '%s' must lie in the model's "
                         "folder, not in '%s'",
                         t->name, name ? name : "");
    const char *file = arena_printf(env->arena, "%s%s", folder, name);
    if (!is_inside(file, folder))
        return msg_error(env->msgs, at,
                         "the data of tensor '%s' must lie in the model's "
                         "folder; '%s' leads out of it",
                         t->name, name);
    size_t size;
    int64_t offset = external_number(p, "offset", 0), bytes = t->n * t->width;
    int64_t length = external_number(p, "length", bytes);
    if (offset < 0 || length != bytes)
        return too_short(env, at, t, length < 0 ? 0 : (size_t)length, "bytes");
    t->data = onnx_read_bytes(env, file, offset, length, &size);
    return t->data ? 0 : -1;
}

int tensor_open(const struct conf_env *env, const char *path,
                const Onnx__TensorProto *proto, struct tensor *t)
{
    struct place at = {path, 0};
    const struct kind *kind = kind_of(proto->data_type);
    *t = (struct tensor){.name = proto->name ? proto->name : ""};
    if (tensor_of_type(t, proto->data_type))
        return msg_error(env->msgs, &at,
                         "tensor '%s' is of type %d, which is no number",
                         t->name, proto->data_type);
    if (read_shape(env, &at, proto, t))
        return -1;
    if (proto->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL)
        return use_file(env, &at, proto, t);
    if (!proto->has_raw_data)
        return use_list(env, &at, proto, kind, t);
    t->data = proto->raw_data.data;
    if (proto->raw_data.len / (size_t)t->width != (size_t)t->n ||
        proto->raw_data.len % (size_t)t->width)
        return too_short(env, &at, t, proto->raw_data.len, "bytes");
    return 0;
}

bool tensor_is_float(const struct tensor *t)
{
    return t->get == get_f32 && !t->scale;
}

void tensor_strip(const struct tensor *t, int64_t first, int64_t step, int n,
                  double *out)
{
    const uint8_t *at = t->data + first * t->width;
    if (t->scale)
        for (int i = 0; i < n; i++)
            out[i] = tensor_at(t, first + i * step);
    else if (t->get == get_f32) /* most are, and without the call it is quick */
        for (int i = 0; i < n; i++)
            out[i] = get_f32(at + i * step * t->width);
    else
        for (int i = 0; i < n; i++)
            out[i] = t->get(at + i * step * t->width);
}

bool tensor_is_byte(const struct tensor *t)
{
    return t->get == get_i8 || t->get == get_u8;
}
