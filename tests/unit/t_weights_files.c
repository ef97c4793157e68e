/* t_weights_files.c - weights from numpy, zip and safetensors files */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "files.h"
#include "net/trained.h"
#include "net_load.h"
#include <stdint.h>
#include <sys/stat.h>
#include <zip.h>

enum { GROUPS = 2, ROWS = 12, COLUMNS = 2, ALL = GROUPS * ROWS * COLUMNS };
enum { CHANNELS = 2, KH = 2, KW = 3, BYTES_MAX = 1 << 16 };

static void begin(void)
{
    setup();
    files_setup();
}

static void end(void)
{
    files_teardown();
    teardown();
}

#define CONV                                                                   \
    "input = [4, 4, 4]; layers = ( { name = \"a\"; type = \"conv\"; out = 4; " \
    "kernel = [2, 3]; groups = 2; } );"
#define SQUARE                                                                 \
    "input = [2]; layers = ( { name = \"a\"; type = \"fc\"; out = 2; } );"

/* A network of one layer "a" that takes its weights from `file`. */
static int load_with(const char *file, const char *layers)
{
    char text[600];
    snprintf(text, sizeof text, "name = \"t\"; weights = \"%s\";\n%s", file,
             layers);
    return load(file_text("t.cfg", text));
}

/* ---- arrays in every layout ---- */

/* Distinct small integers: every type holds them. */
static int value(int g, int r, int n)
{
    return (g * ROWS + r) * COLUMNS + n - ALL / 2;
}

struct bytes {
    uint8_t at[BYTES_MAX];
    size_t n;
};

static void put(struct bytes *b, const void *from, size_t n)
{
    ck_need(b->n + n <= BYTES_MAX, "too many bytes");
    memcpy(b->at + b->n, from, n);
    b->n += n;
}

/* One of the whole numbers from -24 to 23 in a type of safetensors. */
static void put_number(struct bytes *b, const char *type, int x)
{
    float f = (float)x;
    double d = x;
    int8_t i = (int8_t)x;
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    uint16_t brain = (uint16_t)(bits >> 16), half = 0;
    if (x) /* exponent's bias 127 becomes 15; all 5 bits of the number stay */
        half = (uint16_t)((bits >> 16 & 0x8000) |
                          ((bits >> 13 & 0x3ffff) - (112u << 10)));
    if (!strcmp(type, "F32"))
        put(b, &f, 4);
    else if (!strcmp(type, "F64"))
        put(b, &d, 8);
    else if (!strcmp(type, "I8"))
        put(b, &i, 1);
    else
        put(b, !strcmp(type, "BF16") ? &brain : &half, 2);
}

/* Size of a dimension, letters as in net/weights/weights_file.c. */
static int dimension(char letter)
{
    static const struct {
        char letter;
        int size;
    } sizes[] = {{'g', GROUPS},   {'k', ROWS}, {'n', COLUMNS}, {'o', 4},
                 {'c', CHANNELS}, {'y', KH},   {'x', KW}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (sizes[i].letter == letter)
            return sizes[i].size;
    ck_abort_msg("no dimension %c", letter);
    return 0;
}

/* The array of the convolution's weights in a layout, first or last dimension
 * fastest. */
static void put_array(struct bytes *b, const char *layout, bool fortran,
                      const char *type)
{
    int rank = (int)strlen(layout);
    for (int i = 0; i < ALL; i++) {
        int at[128] = {0}, rest = i;
        for (int d = 0; d < rank; d++) {
            char letter = layout[fortran ? d : rank - 1 - d];
            at[(int)letter] = rest % dimension(letter);
            rest /= dimension(letter);
        }
        int r = at['k'] + (at['c'] * KH + at['y']) * KW + at['x'];
        int g = at['g'] + at['o'] / COLUMNS;
        put_number(b, type, value(g, r, at['n'] + at['o'] % COLUMNS));
    }
}

static const char *dimensions(const char *layout)
{
    static char text[64];
    int n = 0;
    for (; *layout; layout++)
        n += snprintf(text + n, sizeof text - (size_t)n, "%d%s",
                      dimension(*layout), layout[1] ? ", " : "");
    return text;
}

static void put_npy(struct bytes *b, const char *type, const char *shape,
                    bool fortran)
{
    char text[200];
    snprintf(text, sizeof text,
             "{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }", type,
             fortran ? "True" : "False", shape);
    put(b, "\x93NUMPY\1\0\x80\0", 10);
    for (size_t n = strlen(text); n < 127; n++)
        strcat(text, " ");
    put(b, strcat(text, "\n"), 128);
}

static void put_tensors(struct bytes *b, const char *header)
{
    uint64_t length = strlen(header);
    put(b, &length, 8);
    put(b, header, length);
}

/* Writes an archive; method ZIP_CM_STORE or ZIP_CM_DEFLATE. */
static void write_zip(const char *name, const char *member,
                      const struct bytes *b, int method)
{
    const char *path = file_bytes(name, "", 0);
    zip_t *z = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    ck_assert_ptr_nonnull(z);
    zip_source_t *from = zip_source_buffer(z, b->at, b->n, 0);
    zip_int64_t at = zip_file_add(z, member, from, 0);
    ck_assert_int_ge(at, 0);
    zip_set_file_compression(z, (zip_uint64_t)at, method, 0);
    ck_assert_int_eq(zip_close(z), 0);
}

static size_t read_back(const char *name, uint8_t *to)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", files_folder, name);
    FILE *f = fopen(path, "rb");
    size_t n = fread(to, 1, BYTES_MAX, f);
    fclose(f);
    return n;
}

/* ---- what is read ---- */

static void check_weights(const char *what)
{
    float w[ROWS * COLUMNS];
    const struct layer *l = layer_named("a");
    ck_need(l->trained, "%s: no weights", what);
    for (int g = 0; g < GROUPS; g++) {
        trained_matrix(l, g, w);
        for (int i = 0; i < ROWS * COLUMNS; i++)
            ck_need((int)w[i] == value(g, i / COLUMNS, i % COLUMNS),
                    "%s: group %d, number %d is %g", what, g, i, (double)w[i]);
    }
}

START_TEST(numpy_layouts)
{
    static const struct {
        const char *layout;
        bool fortran;
    } arrays[] = {{"gkn", false}, {"ocyx", false}, {"gkn", true}};
    static const struct {
        const char *numpy, *type;
    } types[] = {{"<f4", "F32"}, {"<f8", "F64"}, {"<f2", "F16"}, {"|i1", "I8"}};
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 4; k++) {
            struct bytes b = {.n = 0};
            put_npy(&b, types[k].numpy, dimensions(arrays[i].layout),
                    arrays[i].fortran);
            put_array(&b, arrays[i].layout, arrays[i].fortran, types[k].type);
            file_bytes("a.npy", (char *)b.at, b.n);
            ck_assert_msg(load_with(".", CONV) == 0, "%s", first_message());
            check_weights(arrays[i].layout);
            ck_assert_int_eq(layer_named("a")->stored, k == 3);
            write_zip("w.npz", "a.npy", &b,
                      k % 2 ? ZIP_CM_DEFLATE : ZIP_CM_STORE);
            ck_assert_msg(load_with("w.npz", CONV) == 0, "%s", first_message());
            check_weights("npz");
            files_count = 0; /* the same names again */
        }
    files_count = 3;
}
END_TEST

START_TEST(fortran_windows_are_refused)
{
    struct bytes b = {.n = 0};
    put_npy(&b, "<f4", dimensions("ocyx"), true);
    put_array(&b, "ocyx", true, "F32");
    file_bytes("a.npy", (char *)b.at, b.n);
    ck_assert_int_eq(load_with(".", CONV), -1);
    ck_assert_ptr_nonnull(strstr(first_message(), "ascontiguousarray"));
}
END_TEST

START_TEST(safetensors_layouts)
{
    static const struct {
        const char *name, *layout;
    } arrays[] = {{"a", "ocyx"}, {"a.weight", "ocyx"}, {"a.kernel", "yxco"},
                  {"a", "gkn"},  {"a.kernel", "gkn"},  {"a.weight", "gkn"}};
    static const struct {
        const char *name;
        int size;
    } types[] = {{"F32", 4}, {"F64", 8}, {"F16", 2}, {"BF16", 2}, {"I8", 1}};
    for (int i = 0; i < 6; i++)
        for (int k = 0; k < 5; k++) {
            char text[300];
            struct bytes b = {.n = 0};
            snprintf(text, sizeof text,
                     "{\"__metadata__\": {\"format\": \"pt\"}, \"z.bias\": "
                     "{\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": "
                     "[0, 4]}, \"%s\": {\"dtype\": \"%s\", \"shape\": [%s], "
                     "\"data_offsets\": [4, %d]}}",
                     arrays[i].name, types[k].name,
                     dimensions(arrays[i].layout), 4 + ALL * types[k].size);
            put_tensors(&b, text);
            put(&b, "bias", 4);
            put_array(&b, arrays[i].layout, false, types[k].name);
            file_bytes("w.safetensors", (char *)b.at, b.n);
            ck_assert_msg(load_with("w.safetensors", CONV) == 0, "%s",
                          first_message());
            check_weights(arrays[i].name);
            ck_assert_int_eq(layer_named("a")->stored, k == 4);
            files_count = 0;
        }
    files_count = 2;
}
END_TEST

/* [1, 2; 3, 4] in a file: what a square matrix means is the name's to say. */
/* Numbers 0 to 11 of a window of 3 rows and one column. */
static void check_line(const char *file, const struct bytes *b, int o_step,
                       int c_step, int y_step)
{
    float w[12];
    file_bytes(file, (const char *)b->at, b->n);
    ck_need(!load_with(strstr(file, ".npy") ? "." : file,
                       "input = [2, 6, 1]; layers = ( { name = \"a\"; type = "
                       "\"conv\"; out = 2; kernel = [3, 1]; } );"),
            "%s", msgs.list[0].text);
    trained_matrix(layer_named("a"), 0, w);
    for (int i = 0; i < 12; i++) {
        int o = i % 2, c = i / 6, y = i / 2 % 3;
        ck_assert_int_eq((int)w[i], o * o_step + c * c_step + y * y_step);
    }
}

START_TEST(windows_of_one_column)
{
    static const char *const headers[] = {
        "{\"a.weight\": {\"dtype\": \"F32\", \"shape\": [2, 2, 3], "
        "\"data_offsets\": [0, 48]}}",
        "{\"a.kernel\": {\"dtype\": \"F32\", \"shape\": [3, 2, 2], "
        "\"data_offsets\": [0, 48]}}"};
    for (int k = 0; k < 3; k++) {
        struct bytes b = {.n = 0};
        if (k < 2)
            put_tensors(&b, headers[k]);
        else
            put_npy(&b, "<f4", "2, 2, 3, 1", true);
        for (int i = 0; i < 12; i++)
            put_number(&b, "F32", i);
        if (k == 0)
            check_line("w.safetensors", &b, 6, 3, 1);
        else if (k == 1)
            check_line("w.safetensors", &b, 1, 2, 4);
        else
            check_line("a.npy", &b, 1, 2, 4);
    }
}
END_TEST

START_TEST(square_matrices)
{
    static const struct {
        const char *name;
        float second; /* of the first row, to the second output */
    } names[] = {{"a", 3}, {"a.weight", 3}, {"a.kernel", 2}};
    static const float numbers[] = {1, 2, 3, 4};
    float w[4];
    for (int i = 0; i < 3; i++) {
        char text[200];
        struct bytes b = {.n = 0};
        snprintf(text, sizeof text,
                 "{\"%s\": {\"dtype\": \"F32\", \"shape\": [2, 2], "
                 "\"data_offsets\": [0, 16]}}",
                 names[i].name);
        put_tensors(&b, text);
        put(&b, numbers, sizeof numbers);
        file_bytes("w.safetensors", (char *)b.at, b.n);
        ck_assert_msg(load_with("w.safetensors", SQUARE) == 0, "%s",
                      first_message());
        trained_matrix(layer_named("a"), 0, w);
        ck_near((double)w[1], (double)names[i].second, 0);
    }
    for (int fortran = 0; fortran < 2; fortran++) {
        struct bytes b = {.n = 0};
        put_npy(&b, "<f4", "2, 2", fortran);
        put(&b, numbers, sizeof numbers);
        file_bytes("a.npy", (char *)b.at, b.n);
        ck_assert_msg(load_with(".", SQUARE) == 0, "%s", first_message());
        trained_matrix(layer_named("a"), 0, w);
        ck_near((double)w[1], fortran ? 3 : 2, 0);
    }
}
END_TEST

/* ---- what is refused ---- */

static void refused(const char *file, const char *why)
{
    int before = msgs.errors;
    ck_need(load_with(file, SQUARE) == -1, "%s is read, not refused: %s", file,
            why);
    ck_need(msgs.errors == before + 1, "%d errors of %s", msgs.errors - before,
            file);
    ck_need(strstr(msgs.list[msgs.n - 1].text, why), "not '%s' but '%s'", why,
            msgs.list[msgs.n - 1].text);
    msgs = (struct msgs){.n = 0};
}

#define TENSOR(name, shape, from, to)                                          \
    "\"" name "\": {\"dtype\": \"F32\", \"shape\": " shape                     \
    ", \"data_offsets\": [" from ", " to "]}"

static const struct {
    const char *header;
    size_t bytes;
    const char *why;
} lying_headers[] = {
    {"{" TENSOR("a", "[2, 2]", "0", "16") "}", 15, "ends within"},
    {"{" TENSOR("a", "[2, 2]", "0", "16") "}", 17, "bytes behind"},
    {"{" TENSOR("a", "[2, 2]", "4", "20") "}", 20, "holes between"},
    {"{" TENSOR("a", "[2, 2]", "-4", "12") "}", 16, "data_offsets"},
    {"{" TENSOR("a", "[2, 2]", "16", "0") "}", 16, "data_offsets"},
    {"{" TENSOR("a", "[2, 2]", "0", "4611686018427387904") "}", 16,
     "ends within"},
    {"{" TENSOR("a", "[2, 2]", "0", "16") ", " TENSOR("b", "[2, 2]", "8",
                                                      "24") "}",
     24, "overlap"},
    {"{" TENSOR("a", "[2, 2]", "0", "12") "}", 12, "has 12 bytes"},
    {"{" TENSOR("a", "[3, 2]", "0", "24") "}", 24, "is 3 x 2; the layer"},
    {"{" TENSOR("a", "[]", "0", "4") "}", 4, "is one number; the layer"},
    {"{" TENSOR("a", "[4611686018427387904, 2]", "0", "16") "}", 16,
     "impossible shape"},
    {"{" TENSOR("a", "[-2, -2]", "0", "16") "}", 16, "impossible shape"},
    {"{" TENSOR("a", "[2, 2.0]", "0", "16") "}", 16, "impossible shape"},
    {"{" TENSOR("a", "\"2\"", "0", "16") "}", 16, "has no shape"},
    {"{" TENSOR("a", "[1,1,1,1,1,1,1,2,2]", "0", "16") "}", 16, "has no shape"},
    {"{\"a\": {\"dtype\": \"I64\", \"shape\": [2, 2], \"data_offsets\": "
     "[0, 32]}}",
     32, "numbers of type 'I64'"},
    {"{\"a\": {\"shape\": [2, 2], \"data_offsets\": [0, 16]}}", 16,
     "numbers of type '?'"},
    {"{\"a\": {\"dtype\": \"F32\", \"shape\": [2, 2]}}", 0, "data_offsets"},
    {"{\"a\": 3}", 0, "data_offsets"},
    {"{" TENSOR("b", "[2, 2]", "0", "16") "}", 16, "no weights of any"},
    {"{" TENSOR("a", "[2, 2]", "0", "16") "," TENSOR("a", "[2, 2]", "0",
                                                     "16") "}",
     16, "no JSON object"},
    {"[1]", 0, "no JSON object"},
    {"{\"a\": ", 0, "no JSON object"},
    {"", 0, "no JSON object"},
};

START_TEST(hostile_safetensors)
{
    for (size_t i = 0; i < sizeof lying_headers / sizeof *lying_headers; i++) {
        struct bytes b = {.n = 0};
        static const uint8_t numbers[64];
        put_tensors(&b, lying_headers[i].header);
        put(&b, numbers, lying_headers[i].bytes);
        file_bytes("w.safetensors", (char *)b.at, b.n);
        refused("w.safetensors", lying_headers[i].why);
        files_count = 0;
    }
    files_count = 2;
}
END_TEST

/* Opening a pipe would wait for whoever writes. */
static void mkfifo_in(const char *name)
{
    unlink(file_text(name, ""));
    ck_assert_int_eq(mkfifo(files_path[files_count - 1], 0600), 0);
}

START_TEST(impossible_headers)
{
    static const uint64_t lengths[] = {(uint64_t)1 << 62, UINT64_MAX, 9,
                                       INT64_MAX};
    for (int i = 0; i < 4; i++) {
        struct bytes b = {.n = 0};
        put(&b, &lengths[i], 8);
        put(&b, "{      }", 8);
        file_bytes("w.safetensors", (char *)b.at, b.n);
        refused("w.safetensors", "its header would be larger");
        files_count = 0;
    }
    file_bytes("w.safetensors", "1234567", 7);
    refused("w.safetensors", "is no safetensors file");
    unlink(files_path[0]);
    refused("w.safetensors", "No such file");
    refused("gone.npz", "No such file");
    mkfifo_in("pipe.npz");
    refused("pipe.npz", "is no regular file");
}
END_TEST

/* Any part of a good file is refused; no changed bit of one is a crash. */
static void damage(const char *name)
{
    struct bytes b;
    ck_assert_msg(load_with(name, SQUARE) == 0, "%s", first_message());
    b.n = read_back(name, b.at);
    for (size_t n = 0; n < b.n; n++) {
        files_count = 0;
        file_bytes(name, (char *)b.at, n);
        ck_need(load_with(name, SQUARE) == -1,
                "%zu of %zu bytes of %s are "
                "read",
                n, b.n, name);
        ck_need(msgs.errors == 1, "%d messages", msgs.errors);
        msgs = (struct msgs){.n = 0};
    }
    for (size_t bit = 0; bit < 8 * b.n; bit++) {
        files_count = 0;
        b.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
        file_bytes(name, (char *)b.at, b.n);
        load_with(name, SQUARE);
        b.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
        arena_release(&arena);
        msgs = (struct msgs){.n = 0};
    }
}

static const float whole[] = {1, -0.5f, 0, 1};

START_TEST(damaged_safetensors)
{
    struct bytes b = {.n = 0};
    put_tensors(&b, "{" TENSOR("a", "[2, 2]", "0", "16") "}");
    put(&b, whole, sizeof whole);
    file_bytes("w.safetensors", (char *)b.at, b.n);
    damage("w.safetensors");
}
END_TEST

static const int methods[] = {ZIP_CM_STORE, ZIP_CM_DEFLATE};

START_TEST(damaged_archives)
{
    struct bytes b = {.n = 0};
    put_npy(&b, "<f4", "2, 2", false);
    put(&b, whole, sizeof whole);
    write_zip("w.npz", "a.npy", &b, methods[_i]);
    damage("w.npz");
}
END_TEST

/* Where `what` is in the archive, from the end: the directory's entry. */
static uint8_t *last(struct bytes *b, const char *what)
{
    for (size_t i = b->n - 4; i > 0; i--)
        if (!memcmp(b->at + i, what, 4))
            return b->at + i;
    ck_abort_msg("no entry");
    return NULL;
}

/* Sizes in an entry of the directory: 24 packed at 20, unpacked at 24. */
START_TEST(archives_that_lie)
{
    static const struct {
        const char *shape;
        size_t zeros;
        uint32_t claim; /* 0: the truth */
        const char *why;
    } cases[] = {
        {"2, 2", 16, 0x7fffffff, "claims to unpack to 2147483647 bytes"},
        {"2, 2", 60000, 0, "has 60000 bytes of numbers, not 16"},
        {"2, 2", 60000, 154, "is damaged"},
        {"100, 150", 60000, 0, "is 100 x 150; the layer has"},
        {"2, 2", 8, 154, "is damaged"},
        {"2, 2", 8, 0, "has 8 bytes of numbers, not 16"},
        {"2, 2", 0, 12, "ends in its header"},
    };
    static const uint8_t zeros[60000];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bytes b = {.n = 0};
        put_npy(&b, "<f4", cases[i].shape, false);
        put(&b, zeros, cases[i].zeros);
        write_zip("w.npz", "a.npy", &b, ZIP_CM_DEFLATE);
        b.n = read_back("w.npz", b.at);
        if (cases[i].claim)
            memcpy(last(&b, "PK\1\2") + 24, &cases[i].claim, 4);
        files_count = 0;
        file_bytes("w.npz", (char *)b.at, b.n);
        refused("w.npz", cases[i].why);
        files_count = 0;
    }
    files_count = 2;
}
END_TEST

START_TEST(other_archives)
{
    struct bytes b = {.n = 0};
    put_npy(&b, "<f4", "2, 2", false);
    put(&b, whole, sizeof whole);
    write_zip("w.npz", "b.npy", &b, ZIP_CM_STORE);
    refused("w.npz", "no weights of any layer; arrays are named LAYER");
    files_count = 0;
    write_zip("w.npz", "a.npy", &b, ZIP_CM_STORE);
    struct bytes z;
    z.n = read_back("w.npz", z.at);
    last(&z, "PK\1\2")[10] = 14; /* LZMA */
    files_count = 0;
    file_bytes("w.npz", (char *)z.at, z.n);
    refused("w.npz", "a method that numpy does not use");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("weights_files");
    TCase *t = tcase_create("files");
    tcase_add_checked_fixture(t, begin, end);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, numpy_layouts);
    tcase_add_test(t, fortran_windows_are_refused);
    tcase_add_test(t, safetensors_layouts);
    tcase_add_test(t, windows_of_one_column);
    tcase_add_test(t, square_matrices);
    tcase_add_test(t, hostile_safetensors);
    tcase_add_test(t, impossible_headers);
    tcase_add_test(t, damaged_safetensors);
    tcase_add_loop_test(t, damaged_archives, 0, 2);
    tcase_add_test(t, archives_that_lie);
    tcase_add_test(t, other_archives);
    suite_add_tcase(s, t);
    return unit_run(s);
}
