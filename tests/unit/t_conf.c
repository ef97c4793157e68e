/* t_conf.c - quantities, suggestions, configuration files, field tables */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/suggest.h"
#include "conf/field.h"
#include "conf/source.h"
#include "files.h"
#include "hw/model.h"
#include "machine/machine.h"

#include <fenv.h>
#include <stdint.h>

/* Debian's libconfig 1.5 loses a text that does not end. */
const char *__lsan_default_suppressions(void)
    __attribute__((visibility("default")));
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig";
}

static struct arena arena;
static struct msgs msgs;

static void setup(void)
{
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    arena_init(&arena, NULL);
    msgs = (struct msgs){.n = 0};
    files_setup();
}

static void teardown(void)
{
    files_teardown();
    arena_release(&arena);
}

static const char *message(int i)
{
    return i < msgs.n ? msgs.list[i].text : "(no message)";
}

/* The i-th message contains `part`. */
#define ck_message(i, part)                                                    \
    ck_assert_msg(strstr(message(i), part) != NULL,                            \
                  "message %d is \"%s\", without \"%s\"", i, message(i), part)

/* Random numbers that are the same on every machine (splitmix64). */
static uint64_t seed;
static uint64_t next_random(void)
{
    uint64_t z = (seed += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static double uniform(double min, double max)
{
    return min + (max - min) * ((double)(next_random() >> 11) * 0x1p-53);
}

/* ---- quantities ---- */

/* clang-format off */
static const struct { const char *text; enum dim dim; double si; } good[] = {
    {"0.6 pJ", DIM_J, 0.6e-12}, {"0.6pJ", DIM_J, 0.6e-12},
    {"1.6667 pJ", DIM_J, 1.6667e-12}, {"12 aJ", DIM_J, 12e-18},
    {"3 fJ", DIM_J, 3e-15}, {"-2.5 nJ", DIM_J, -2.5e-9},
    {"+4 uJ", DIM_J, 4e-6}, {".5 mJ", DIM_J, .5e-3}, {"5. J", DIM_J, 5},
    {"1e-3 kJ", DIM_J, 1}, {"1E2 mJ", DIM_J, 0.1}, {"  7  J  ", DIM_J, 7},
    {"100 ns", DIM_S, 100e-9}, {"1.76 us", DIM_S, 1.76e-6},
    {"2 h", DIM_N, 0}, /* the end of what has a unit of its own is below */
    {"1.28 GHz", DIM_HZ, 1.28e9}, {"1.28 GS/s", DIM_HZ, 1.28e9},
    {"1 THz", DIM_HZ, 1e12}, {"3 PHz", DIM_HZ, 3e15},
    {"16 mW", DIM_W, 16e-3}, {"5 uA", DIM_A, 5e-6}, {"0.9 V", DIM_V, 0.9},
    {"10 kohm", DIM_OHM, 10e3}, {"2 Mohm", DIM_OHM, 2e6},
    {"2 fF", DIM_F, 2e-15}, {"32 nm", DIM_M, 32e-9}, {"1 cm", DIM_M, 0.01},
    {"25 um2", DIM_M2, 25e-12}, {"0.0096 mm2", DIM_M2, 0.0096e-6},
    {"2 cm2", DIM_M2, 2e-4}, {"3 m2", DIM_M2, 3}, {"7 nm2", DIM_M2, 7e-18},
    {"25 um^2", DIM_M2, 25e-12}, {"300 K", DIM_K, 300},
    {"64 KB", DIM_BIT, 524288}, {"64 kB", DIM_BIT, 524288},
    {"1 MB", DIM_BIT, 8388608}, {"1 GB", DIM_BIT, 8589934592.},
    {"3 B", DIM_BIT, 24}, {"5 bit", DIM_BIT, 5}, {"2 kbit", DIM_BIT, 2000},
    {"25.6 GB/s", DIM_BIT_S, 204.8e9}, {"6.4 Gbit/s", DIM_BIT_S, 6.4e9},
    {"0.5", DIM_NONE, 0.5}, {"0 mm2", DIM_M2, 0},
};

static const struct { const char *text; enum dim dim; } refused[] = {
    {"", DIM_J}, {" ", DIM_J}, {"pJ", DIM_J}, {"1.5", DIM_J}, {"0", DIM_W},
    {"5 pW", DIM_J}, {"5 ns", DIM_J}, {"5 J", DIM_W}, {"1.5 pJ x", DIM_J},
    {"1.5 p J", DIM_J}, {"1,5 pJ", DIM_J}, {"1.5.2 pJ", DIM_J},
    {"nan J", DIM_J}, {"NaN", DIM_NONE}, {"inf J", DIM_J}, {"-inf", DIM_NONE},
    {"infinity", DIM_NONE}, {"0x10 J", DIM_J}, {"0x1p4", DIM_NONE},
    {"1e400 J", DIM_J}, {"1e300 PJ pJ", DIM_J}, {"1e306 PJ", DIM_J},
    {"-1e400 s", DIM_S}, {"1e99999999999999999999 s", DIM_S},
    {"1e-400 s", DIM_S}, {"5 pj", DIM_J}, {"5 PJJ", DIM_J}, {"5 mm", DIM_M2},
    {"5 mm2", DIM_M}, {"1 KJ", DIM_J}, {"5 GHZ", DIM_HZ}, {"--5 J", DIM_J},
    {"+-5 J", DIM_J}, {"5 uuJ", DIM_J}, {"e5 J", DIM_J}, {".", DIM_NONE},
    {".J", DIM_J}, {"1e J", DIM_J}, {"5 J/s", DIM_W}, {"one J", DIM_J},
    {"9 GB", DIM_BIT_S}, {"9 GB/s", DIM_BIT}, {"5 %", DIM_NONE},
};
/* clang-format on */

START_TEST(quantity_is_read)
{
    char why[160];
    double si = -1;
    if (good[_i].dim == DIM_N)
        return;
    ck_assert_msg(
        !quantity_parse(good[_i].text, good[_i].dim, &si, why, sizeof why),
        "'%s' refused: %s", good[_i].text, why);
    ck_assert_msg(si == good[_i].si, "'%s' is %.17g, not %.17g", good[_i].text,
                  si, good[_i].si);
}
END_TEST

START_TEST(quantity_is_refused)
{
    char why[160] = "";
    double si;
    fedisableexcept(FE_ALL_EXCEPT); /* strtod of 1e400 overflows */
    int bad =
        quantity_parse(refused[_i].text, refused[_i].dim, &si, why, sizeof why);
    ck_assert_msg(bad == -1, "'%s' was read as %g", refused[_i].text, si);
    ck_assert_str_ne(why, "");
}
END_TEST

/* The double nearest to the decimal value, for any digits and prefix:
 * multiplying by the power of ten would be off by an ulp for a third. */
START_TEST(quantity_rounds_once)
{
    static const struct {
        char letter;
        int exponent;
    } prefix[] = {{'a', -18}, {'f', -15}, {'p', -12}, {'n', -9}, {'u', -6},
                  {'m', -3},  {'k', 3},   {'M', 6},   {'G', 9},  {'T', 12}};
    seed = 1;
    for (int i = 0; i < 20000; i++) {
        char text[64], want[64], why[160];
        int k = (int)(next_random() % 10), digits = (int)(next_random() % 18);
        double x = uniform(-1000, 1000), si;
        snprintf(text, sizeof text, "%.*f %cJ", digits, x, prefix[k].letter);
        snprintf(want, sizeof want, "%.*fe%d", digits, x, prefix[k].exponent);
        ck_assert_int_eq(quantity_parse(text, DIM_J, &si, why, sizeof why), 0);
        ck_assert_msg(si == strtod(want, NULL), "%s is %.17g", text, si);
    }
}
END_TEST

START_TEST(number_survives_text)
{
    seed = 2;
    for (int i = 0; i < 50000; i++) {
        uint64_t bits = next_random();
        double x, back;
        char text[40];
        memcpy(&x, &bits, sizeof x);
        uint64_t exponent = bits >> 52 & 0x7ff;
        if (exponent == 0 || exponent == 0x7ff) /* subnormal; infinity, NaN */
            continue;
        number_format(text, sizeof text, x);
        ck_assert_int_eq(number_parse(text, &back), 0);
        ck_assert_msg(back == x, "%.17g was written as %s", x, text);
    }
}
END_TEST

START_TEST(number_is_short)
{
    char text[40];
    ck_assert_str_eq(number_format(text, sizeof text, 0.1), "0.1");
    ck_assert_str_eq(number_format(text, sizeof text, 5e-13), "5e-13");
    ck_assert_str_eq(number_format(text, sizeof text, 3), "3");
    ck_assert_str_eq(number_format(text, sizeof text, 1.0 / 3),
                     "0.3333333333333333");
    ck_assert_str_eq(number_format(text, sizeof text, 0), "0");
}
END_TEST

/* clang-format off */
static const struct { double si; enum dim dim; const char *text; } shown[] = {
    {1.23e-3, DIM_J, "1.23 mJ"}, {0, DIM_J, "0 J"}, {1, DIM_S, "1.00 s"},
    {999.6e-9, DIM_S, "1.00 us"}, {99.94e-9, DIM_S, "99.9 ns"},
    {99.96e-9, DIM_S, "100 ns"}, {9.996e-9, DIM_S, "10.0 ns"},
    {-16e-3, DIM_W, "-16.0 mW"}, {75.8e-6, DIM_M2, "75.8 mm2"},
    {587.5e-12, DIM_M2, "588 um2"}, {522240e-12, DIM_M2, "0.522 mm2"},
    {11670e-12, DIM_M2, "0.0117 mm2"}, {1e-6, DIM_M2, "1.00 mm2"},
    {1.28e9, DIM_HZ, "1.28 GHz"}, {10e3, DIM_OHM, "10.0 kohm"},
    {1e-18, DIM_J, "1.00 aJ"}, {3e15, DIM_HZ, "3.00 PHz"},
};
/* clang-format on */

START_TEST(quantity_is_shown)
{
    char text[40];
    quantity_format(text, sizeof text, shown[_i].si, shown[_i].dim);
    ck_assert_str_eq(text, shown[_i].text);
}
END_TEST

/* What is shown can be written into a file again, and is near. */
START_TEST(shown_is_readable)
{
    seed = 3;
    for (int i = 0; i < 20000; i++) {
        char text[40], why[160];
        double si = pow(10, uniform(-17.9, 17.9)), back;
        enum dim dim = (enum dim)(1 + next_random() % (DIM_K));
        if (dim == DIM_M2)
            si = pow(10, uniform(-30, 6));
        quantity_format(text, sizeof text, si, dim);
        ck_assert_msg(!quantity_parse(text, dim, &back, why, sizeof why),
                      "%g was shown as '%s': %s", si, text, why);
        ck_assert_msg(fabs(back - si) <= 0.0051 * si, "%g was shown as '%s'",
                      si, text);
    }
}
END_TEST

/* ---- suggestions ---- */

/* clang-format off */
static const struct { const char *word, *near; } misspelt[] = {
    {"kernal", "kernel"}, {"bist", "bits"}, {"Rate", "rate"},
    {"colums", "columns"}, {"powr", "power"}, {"energie", "energy"},
    {"xyzzy", NULL}, {"", NULL}, {"stride_w", NULL}, {"pow", "power"},
};
/* clang-format on */

START_TEST(suggestion)
{
    static const char *const known[] = {"rate",  "bits",   "kernel",
                                        "power", "energy", "columns",
                                        "area",  "stride", "padding"};
    const char *near = suggest(misspelt[_i].word, known, 9);
    if (misspelt[_i].near)
        ck_assert_pstr_eq(near, misspelt[_i].near);
    else if (strcmp(misspelt[_i].word, "stride_w"))
        ck_assert_ptr_null(near);
    else
        ck_assert_pstr_eq(near, "stride");
}
END_TEST

START_TEST(suggestion_of_long_words)
{
    char word[500];
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = 0;
    const char *known[] = {word, "b"};
    ck_assert_ptr_eq(suggest(word, known, 2), word);
    ck_assert_ptr_null(suggest("x", known, 0));
}
END_TEST

/* ---- the text of a file ---- */

/* clang-format off */
static const struct { const char *in, *out; } cured[] = {
    {"a = 5000000000;", "a = 5000000000L;"},
    {"a = -5000000000;", "a = -5000000000L;"},
    {"a = 5000000000L;", "a = 5000000000L;"},
    {"a = 2147483647;", "a = 2147483647;"},
    {"a = 2147483648;", "a = 2147483648L;"},
    {"a = 0xFF;", "a = 0xFF;"}, {"a = 0xFFFFFFFF;", "a = 0xFFFFFFFFL;"},
    {"a = 0xFFFFFFFFFFL;", "a = 0xFFFFFFFFFFL;"},
    {"a = 5000000000LL;", "a = 5000000000LL;"},
    {"a = [5000000000,5000000000]", "a = [5000000000L,5000000000L]"},
    {"a = \"5000000000\";", "a = \"5000000000\";"},
    {"a = \"x\\\"5000000000\";", "a = \"x\\\"5000000000\";"},
    {"// 5000000000 @include\na = 1;", "// 5000000000 @include\na = 1;"},
    {"# 5000000000", "# 5000000000"},
    {"/* 5000000000\n */ a = 1;", "/* 5000000000\n */ a = 1;"},
    {"a5000000000 = 1;", "a5000000000 = 1;"},
    {"a = 5000000000.;", "a = 5000000000.;"}, {"a = 5e9;", "a = 5e9;"},
    {"", ""}, {"/*", "/*"}, {"\"", "\""}, {"\"\\", "\"\\"}, {"-", "-"},
    {"a = 1.5e-3;", "a = 1.5e-3;"},
};

static const struct { const char *text, *message; } sick[] = {
    {"a = 1;\nb = 1e400;", ":2: number 1e400 does not fit a double"},
    {"\n\nb = -1e400;", ":3: number -1e400 does not fit"},
    {"a = 99999999999999999999;", ":1: integer 99999999999999999999"},
    {"a = 99999999999999999999L;", ":1: integer 99999999999999999999L"},
    {"a = 0xFFFFFFFFFFFFFFFFFF;", ":1: integer 0xFFFFFFFFFFFFFFFFFF"},
    {"\n@include \"/\"\n", ":2: '@include' is not used here"},
    {"a = 1; @include \".\"", ":1: '@include'"},
    {"/* \n\n */ @include \"x\"", ":3: '@include'"},
    {"\"a\nb\" @include \"x\"", ":2: '@include'"},
};
/* clang-format on */

START_TEST(text_is_cured)
{
    const char *path = file_text("t.cfg", cured[_i].in);
    const char *text = source_read(path, &arena, &msgs);
    ck_assert_pstr_eq(text, cured[_i].out);
    ck_assert_int_eq(msgs.errors, 0);
}
END_TEST

START_TEST(text_is_refused)
{
    fedisableexcept(FE_ALL_EXCEPT);
    const char *path = file_text("t.cfg", sick[_i].text);
    ck_assert_ptr_null(source_read(path, &arena, &msgs));
    ck_assert_int_eq(msgs.errors, 1);
    ck_message(0, sick[_i].message);
}
END_TEST

/* Random bytes, and random pieces of the language: an answer, never a crash,
 * and no byte written beyond what was asked for (under a sanitizer). */
START_TEST(any_text_is_survived)
{
    static const char *const piece[] = {
        "a",        "=",          ";",
        "{",        "}",          "(",
        ")",        ",",          "\"",
        "\\",       "5000000000", "2147483648",
        "1e400",    "0x",         "//",
        "/*",       "*/",         "#",
        "@include", "\n",         " ",
        "-",        "+",          ".",
        "1",        "L",          "0xFFFFFFFFFF",
        "[",        "]",          "\t",
        "base",     "true",       "99999999999999999999"};
    fedisableexcept(FE_ALL_EXCEPT);
    seed = 10 + (uint64_t)_i;
    char text[700];
    for (int i = 0; i < 400; i++) {
        size_t n = 0;
        while (n < 600 && next_random() % 40) {
            const char *p = piece[next_random() % 33];
            n += (size_t)snprintf(text + n, sizeof text - n, "%s", p);
        }
        if (_i == 0)
            for (n = 0; n < sizeof text - 1 && next_random() % 200; n++)
                text[n] = (char)(next_random() & 255);
        const char *path = file_bytes("t.cfg", text, n);
        struct conf_env env = {.arena = &arena, .msgs = &msgs};
        int errors = msgs.errors;
        bool loaded = conf_load(&env, path) != NULL;
        ck_assert_int_eq(loaded, msgs.errors == errors);
        files_count--;
    }
}
END_TEST

/* ---- files that inherit ---- */

static struct node *load(const char *path, const char *const *sets)
{
    const char *folders[] = {files_folder, NULL};
    struct conf_env env = {&arena, &msgs, folders, sets};
    return conf_load(&env, path);
}

static struct node *at(struct node *root, const char *group, const char *key)
{
    struct node *g = node_get(root, group);
    ck_assert_msg(g != NULL, "no group '%s'", group);
    return node_get(g, key);
}

START_TEST(nearest_file_wins)
{
    file_text("old.cfg", "a = 1; b = 2; g = { x = 1; y = 2; };");
    file_text("mid.cfg", "base = \"old\"; b = 3; g = { y = 4; };");
    const char *path =
        file_text("new.cfg", "base = \"mid\";\ng = { z = 5; };\n");
    struct node *root = load(path, NULL);
    ck_assert_ptr_nonnull(root);
    ck_assert_int_eq(node_get(root, "a")->integer, 1);
    ck_assert_int_eq(node_get(root, "b")->integer, 3);
    ck_assert_int_eq(at(root, "g", "x")->integer, 1);
    ck_assert_int_eq(at(root, "g", "y")->integer, 4);
    ck_assert_int_eq(at(root, "g", "z")->integer, 5);
    ck_assert_int_eq(at(root, "g", "z")->at.line, 2);
    ck_assert_ptr_nonnull(strstr(at(root, "g", "x")->at.file, "old.cfg"));
}
END_TEST

START_TEST(another_model_replaces_its_group)
{
    file_text("old.cfg", "g = { model = \"a\"; x = 1; };"
                         "h = { model = \"a\"; x = 1; };");
    const char *path =
        file_text("new.cfg", "base = \"old\"; g = { model = \"b\"; y = 2; };"
                             "h = { model = \"a\"; y = 2; };");
    struct node *root = load(path, NULL);
    ck_assert_ptr_nonnull(root);
    ck_assert_ptr_null(at(root, "g", "x"));
    ck_assert_ptr_nonnull(at(root, "h", "x"));
}
END_TEST

/* A name is looked up beside the file that inherits, wherever one stands. */
START_TEST(base_is_beside_its_file)
{
    file_text("sibling.cfg", "a = 7;");
    const char *path = file_text("new.cfg", "base = \"sibling\";");
    struct conf_env env = {.arena = &arena, .msgs = &msgs};
    struct node *root = conf_load(&env, path);
    ck_assert_ptr_nonnull(root);
    ck_assert_int_eq(node_get(root, "a")->integer, 7);
}
END_TEST

/* clang-format off */
static const struct { const char *text, *message; } orphans[] = {
    {"base = \"none-such\";", ":1: cannot find 'none-such'"},
    {"\nbase = \"odl\";", ":2: cannot find 'odl'; did you mean 'old'?"},
    {"base = \"new\";", "is it a circle?"},
    {"base = \"/\";", "it is a directory"},
    {"base = 5;", ":1: 'base' must be the name of a file"},
    {"base = \"broken\";", "broken.cfg:2: syntax error"},
    {"base = \"old\"", NULL}, /* the last semicolon may be left out */
};
/* clang-format on */

START_TEST(base_is_refused)
{
    file_text("old.cfg", "a = 1;");
    file_text("broken.cfg", "a = 1;\nb = ;\n");
    struct node *root = load(file_text("new.cfg", orphans[_i].text), NULL);
    if (!orphans[_i].message) {
        ck_assert_ptr_nonnull(root);
        return;
    }
    ck_assert_ptr_null(root);
    ck_message(0, orphans[_i].message);
    ck_assert_int_eq(msgs.errors, 1);
}
END_TEST

/* ---- overrides ---- */

START_TEST(overrides)
{
    static const char *const sets[] = {
        "a=9", "g.x=text", "new.deep.key=5", "g.model=b", "g.y=3", NULL};
    const char *path =
        file_text("t.cfg", "a = 1; g = { model = \"a\"; x = 1; gone = 2; };");
    struct node *root = load(path, sets);
    ck_assert_ptr_nonnull(root);
    ck_assert_int_eq(node_get(root, "a")->kind, NODE_RAW);
    ck_assert_str_eq(node_get(root, "a")->text, "9");
    ck_assert_ptr_nonnull(at(root, "new", "deep"));
    ck_assert_str_eq(at(root, "g", "model")->text, "b");
    ck_assert_ptr_null(at(root, "g", "gone")); /* belonged to model a */
    ck_assert_str_eq(at(root, "g", "y")->text, "3");
    ck_assert_str_eq(at(root, "new", "deep")->child->text, "5");
    ck_assert_str_eq(at(root, "new", "deep")->child->at.file,
                     "-s new.deep.key=5");
}
END_TEST

/* clang-format off */
static const struct { const char *set, *message; } bad_sets[] = {
    {"a", "-s a: write an override as path=value"},
    {"=5", "write an override as path=value"},
    {"", "write an override as path=value"},
    {"a.b=1", "'a' is no group"},
    {".=1", "write an override"}, {"a.=1", "write an override"},
    {".a=1", "write an override"}, {"g..x=1", "write an override"},
};
/* clang-format on */

START_TEST(override_is_refused)
{
    const char *sets[] = {bad_sets[_i].set, NULL};
    load(file_text("t.cfg", "a = 1; g = { x = 1; };"), sets);
    ck_assert_int_eq(msgs.errors, 1);
    ck_message(0, bad_sets[_i].message);
}
END_TEST

/* ---- field tables ---- */

struct thing {
    int count, choice;
    double real, energy;
    bool flag;
    const char *text;
    struct points curve;
};

static const char *const colours[] = {"red", "green", NULL};
/* clang-format off */
#define T(m) offsetof(struct thing, m)
static const struct field thing_fields[] = {
    {"count", FIELD_COUNT, DIM_NONE, T(count), 1, 10, NULL, NULL, "a count"},
    {"real", FIELD_REAL, DIM_NONE, T(real), 0, 1, "0.5", NULL, "a share"},
    {"energy", FIELD_QUANTITY, DIM_J, T(energy), 0, 1, "2 pJ", NULL, "a cost"},
    {"flag", FIELD_FLAG, DIM_NONE, T(flag), 0, 0, "true", NULL, "a flag"},
    {"choice", FIELD_CHOICE, DIM_NONE, T(choice), 0, 0, "green", colours, "x"},
    {"text", FIELD_TEXT, DIM_NONE, T(text), 0, 0, "none", NULL, "a text"},
    {"curve", FIELD_POINTS, DIM_NONE, T(curve), 0, 0,
     NULL, NULL, "a curve"},
    {0}};
#undef T
/* clang-format on */

#define CURVE "curve = ((1, \"1 pJ\", \"1 um2\"), (2, \"3 pJ\", \"4 um2\"));"

static int read_thing(const char *text, struct thing *out, struct bound *bound)
{
    struct node *root = load(file_text("t.cfg", text), NULL);
    ck_assert_ptr_nonnull(root);
    *bound = (struct bound){"thing", thing_fields, out, NULL};
    return field_read(bound, node_get(root, "thing"), node_get(root, "sources"),
                      root->at, &arena, &msgs);
}

START_TEST(fields_are_read)
{
    struct thing t = {0};
    struct bound b;
    ck_assert_int_eq(
        read_thing("sources = { Key2020 = \"A paper\"; };\n"
                   "thing = { count = 3; real = 1;\n"
                   "energy = (\"5 pJ\", \"Key2020 p.3\", 0.1);\n"
                   "flag = false; choice = \"red\"; text = \"hello\"; " CURVE
                   " };",
                   &t, &b),
        0);
    ck_assert_int_eq(t.count, 3);
    ck_assert_double_eq(t.real, 1);
    ck_assert_double_eq(t.energy, 5e-12);
    ck_assert(!t.flag);
    ck_assert_int_eq(t.choice, 0);
    ck_assert_str_eq(t.text, "hello");
    ck_assert_int_eq(t.curve.n, 2);
    ck_assert_double_eq(t.curve.z[1], 4e-12);
    ck_assert_str_eq(b.origin[2].source, "Key2020 p.3");
    ck_assert_double_eq(b.origin[2].relative, 0.1);
    ck_assert_int_eq(b.origin[2].at.line, 3);
}
END_TEST

START_TEST(defaults_are_read)
{
    struct thing t = {0};
    struct bound b;
    ck_assert_int_eq(read_thing("thing = { count = 10; " CURVE " };", &t, &b),
                     0);
    ck_assert_double_eq(t.real, 0.5);
    ck_assert_double_eq(t.energy, 2e-12);
    ck_assert(t.flag);
    ck_assert_int_eq(t.choice, 1);
    ck_assert_str_eq(t.text, "none");
    ck_assert_ptr_null(b.origin[1].at.file);
}
END_TEST

/* clang-format off */
static const struct { const char *text, *message; } bad_fields[] = {
    {"count = 0;", ":1: count: 0 is outside 1 to 10"},
    {"count = 11;", "count: 11 is outside 1 to 10"},
    {"count = -1;", "count: -1 is outside"},
    {"count = 5000000000;", "count: 5000000000 is outside"},
    {"count = 2.5;", "count must be a whole number"},
    {"count = \"3\";", "count must be a whole number, not 3"},
    {"count = true;", "count must be a whole number, not a flag"},
    {"count = { };", "count must be a whole number, not a group"},
    {"count = ();", "count: write (value, \"source\""},
    {"count = (1, \"assumption\", 0.1, 5);", "count: write (value, "},
    {"count = (1, 2);", "count: the source must be text"},
    {"count = (1, \"assumption\", -1);", "relative uncertainty must be"},
    {"count = (1, \"assumption\", true);", "relative uncertainty must be"},
    {"count = (1, \"Kay2020\");",
     "source 'Kay2020' is not in 'sources'; did you mean 'Key2020'?"},
    {"count = (1, \"assumptions\");", "source 'assumptions' is not in"},
    {"real = \"0.5\";", "real must be a number, not 0.5"},
    {"real = 1.5;", "real: 1.5 is outside 0 to 1"},
    {"energy = 5;", "a quantity in J is wanted, with its unit, such as"},
    {"energy = 5e-12;", "a quantity in J is wanted"},
    {"energy = \"5\";", "energy: '5' has no unit in J; write it like"},
    {"energy = \"5 mW\";", "energy: 'mW' is no unit in J"},
    {"energy = \"-5 pJ\";", "energy: -5.00 pJ is outside 0 J to 1.00 J"},
    {"energy = \"nan J\";", "energy: 'nan J' is no quantity"},
    {"energy = \"1e400 J\";", "energy: '1e400 J' does not fit a number"},
    {"flag = 1;", "flag must be true or false"},
    {"flag = \"true\";", "flag must be true or false"},
    {"choice = \"blue\";", "choice: 'blue' is none of red, green"},
    {"choice = 1;", "choice: 'an integer' is none of red, green"},
    {"text = 5;", "text must be text, not an integer"},
    {"enrgy = \"5 pJ\";",
     ":1: unknown key 'enrgy' in 'thing'; did you mean 'energy'?"},
    {"zzzzzzzz = 1;", ":1: unknown key 'zzzzzzzz' in 'thing'"},
};

static const struct { const char *text, *message; } bad_curves[] = {
    {"", ":1: 'thing.curve' is missing: a curve"},
    {"curve = 5;", "curve needs at least two points"},
    {"curve = ();", "curve needs at least two points"},
    {"curve = ((1, \"1 pJ\", \"1 um2\"));", "curve needs at least two points"},
    {"curve = ((1, \"1 pJ\"), (2, \"1 pJ\"));", "curve: a point is (number,"},
    {"curve = ((1, 1, 1), (2, 2, 2));", "curve: a point is (number,"},
    {"curve = ((1, \"1 W\", \"1 um2\"), (2, \"3 pJ\", \"4 um2\"));",
     "curve: 'W' is no unit in J"},
    {"curve = ((true, \"1 pJ\", \"1 um2\"), (2, \"3 pJ\", \"4 um2\"));",
     "curve: a point is (number,"},
    {"curve = (({}, \"1 pJ\", \"1 um2\"), (2, \"3 pJ\", \"4 um2\"));",
     "curve: a point is (number,"},
};
/* clang-format on */

START_TEST(field_is_refused)
{
    struct thing t = {0};
    struct bound b;
    char text[400];
    bool counted = strstr(bad_fields[_i].text, "count") != NULL;
    fedisableexcept(FE_ALL_EXCEPT);
    snprintf(text, sizeof text,
             "sources = { Key2020 = \"A paper\"; }; thing = { %s %s %s };",
             counted ? "" : "count = 1;", bad_fields[_i].text, CURVE);
    ck_assert_int_eq(read_thing(text, &t, &b), -1);
    ck_assert_int_eq(msgs.errors, 1);
    ck_message(0, bad_fields[_i].message);
}
END_TEST

START_TEST(curve_is_refused)
{
    struct thing t = {0};
    struct bound b;
    char text[400];
    snprintf(text, sizeof text, "thing = { count = 1; %s };",
             bad_curves[_i].text);
    ck_assert_int_eq(read_thing(text, &t, &b), -1);
    ck_assert_int_eq(msgs.errors, 1);
    ck_message(0, bad_curves[_i].message);
}
END_TEST

/* One run shows all: 20 are kept, the rest is counted. */
START_TEST(many_mistakes_are_reported)
{
    struct thing t = {0};
    struct bound b;
    char text[2000] = "thing = { count = 1; " CURVE "\n";
    for (int i = 0; i < 25; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text),
                 "typo%d = 1;\n", i);
    strcat(text, "};");
    ck_assert_int_eq(read_thing(text, &t, &b), -1);
    ck_assert_int_eq(msgs.errors, 25);
    ck_assert_int_eq(msgs.n, MSG_MAX);
    ck_assert_int_eq(msgs.dropped, 5);
    ck_message(19, ":21: unknown key 'typo19'");
}
END_TEST

START_TEST(missing_keys_are_reported)
{
    struct thing t = {0};
    struct bound b;
    ck_assert_int_eq(read_thing("a = 1;\nthing = { real = 1; };", &t, &b), -1);
    ck_assert_int_eq(msgs.errors, 2);
    ck_message(0, ":2: 'thing.count' is missing: a count");
    ck_message(1, ":2: 'thing.curve' is missing: a curve");
}
END_TEST

START_TEST(numbers_are_set)
{
    struct thing t = {0};
    ck_assert_int_eq(field_set(&thing_fields[0], &t, 5), 0);
    ck_assert_double_eq(field_get(&thing_fields[0], &t), 5);
    ck_assert_int_eq(field_set(&thing_fields[0], &t, 5.5), -1);
    ck_assert_int_eq(field_set(&thing_fields[0], &t, 0), -1);
    ck_assert_int_eq(field_set(&thing_fields[0], &t, 11), -1);
    ck_assert_int_eq(field_set(&thing_fields[2], &t, (double)NAN), -1);
    ck_assert_int_eq(field_set(&thing_fields[2], &t, HUGE_VAL), -1);
    ck_assert_int_eq(field_set(&thing_fields[2], &t, -1e-30), -1);
    ck_assert_int_eq(field_set(&thing_fields[3], &t, 1), -1);
    ck_assert_double_eq(t.count, 5);
    ck_assert_double_nan(field_get(&thing_fields[5], &t));
}
END_TEST

/* ---- the tables that are compiled in ---- */

static void check_table(const char *owner, const struct field *fields)
{
    int n = field_rows(fields);
    ck_assert_msg(n > 0 && n <= FIELDS_MAX, "%s has %d fields", owner, n);
    for (int i = 0; i < n; i++) {
        const struct field *f = &fields[i];
        ck_assert_msg(f->text && *f->text, "%s.%s has no text", owner, f->name);
        ck_assert_msg(isfinite(f->min) && isfinite(f->max) && f->min <= f->max,
                      "%s.%s has no range", owner, f->name);
        ck_assert_msg((f->kind == FIELD_CHOICE) == (f->choices != NULL),
                      "%s.%s: choices", owner, f->name);
        for (int k = 0; k < i; k++)
            ck_assert_str_ne(f->name, fields[k].name);
    }
}

/* Every default can be read and lies in its range: reading an empty group
 * complains of the keys without a default and of nothing else. */
static void check_defaults(const char *owner, const struct field *fields)
{
    static max_align_t data[256];
    struct node empty = {.kind = NODE_GROUP};
    struct bound b = {owner, fields, data, NULL};
    int required = 0;
    for (int i = 0; fields[i].name; i++)
        required += !fields[i].def;
    msgs = (struct msgs){.n = 0};
    field_read(&b, &empty, NULL, empty.at, &arena, &msgs);
    ck_assert_msg(msgs.errors == required, "%s: %d errors for %d required: %s",
                  owner, msgs.errors, required, message(0));
}

START_TEST(tables_are_sound)
{
    int tables = 0;
    for (int m = 0; models[m]; m++, tables++) {
        ck_assert(models[m]->text && models[m]->source && models[m]->formula);
        ck_assert_ptr_eq(model_find(models[m]->name), models[m]);
        ck_assert_str_eq(models[m]->fields[0].name, "count");
        ck_assert_uint_le(models[m]->params_size, 256 * sizeof(max_align_t));
        check_table(models[m]->name, models[m]->fields);
        check_defaults(models[m]->name, models[m]->fields);
    }
    ck_assert_int_ge(tables, 4);
    for (int t = 0; machine_types[t]; t++)
        for (const struct param_group *g = machine_types[t]->groups; g->path;
             g++) {
            check_table(g->path, g->fields);
            check_defaults(g->path, g->fields);
        }
}
END_TEST

static void randomise(const struct field *f, void *data)
{
    double x = f->min > 0 ? exp(uniform(log(f->min), log(f->max)))
                          : f->max * pow(10, uniform(-20, 0));
    struct points *curve = (struct points *)((char *)data + f->offset);
    switch (f->kind) {
    case FIELD_COUNT:
        x = fmin(fmax(floor(x), f->min), f->max);
        ck_assert_int_eq(field_set(f, data, x), 0);
        break;
    case FIELD_REAL:
    case FIELD_QUANTITY:
        if (next_random() % 8 == 0)
            x = next_random() % 2 ? f->min : f->max;
        x = fmin(fmax(x, f->min), f->max);
        ck_assert_int_eq(field_set(f, data, x), 0);
        break;
    case FIELD_POINTS:
        *curve = (struct points){.n = 2 + (int)(next_random() % 3)};
        for (int i = 0; i < curve->n; i++) {
            curve->x[i] =
                i ? curve->x[i - 1] + 1 + (double)(next_random() % 6) : 1;
            curve->y[i] = uniform(1, 2) * (i ? curve->y[i - 1] : 1e-13);
            curve->z[i] = uniform(1, 2) * (i ? curve->z[i - 1] : 1e-12);
        }
        break;
    default:
        break;
    }
}

/* Whatever ranges and check() let through has finite, non-negative costs. */
START_TEST(models_cannot_fail)
{
    seed = 4;
    for (int m = 0; models[m]; m++) {
        static max_align_t data[256];
        int tried = 0;
        for (int i = 0; i < 20000 && tried < 2000; i++) {
            char why[160] = "";
            struct cost c;
            memset(data, 0, sizeof data);
            for (int k = 0; models[m]->fields[k].name; k++)
                randomise(&models[m]->fields[k], data);
            if (models[m]->check && models[m]->check(data, why, sizeof why)) {
                ck_assert_str_ne(why, "");
                continue;
            }
            tried++;
            models[m]->eval(data, &c);
            const double *all = (const double *)&c;
            for (size_t k = 0; k < sizeof c / sizeof(double); k++)
                ck_assert_msg(isfinite(all[k]) && all[k] >= 0,
                              "%s: cost %zu is %g", models[m]->name, k, all[k]);
            ck_assert(c.static_W <= c.peak_W * (1 + 1e-12));
            for (int k = 0; k < ACTIONS; k++)
                ck_assert_double_gt(c.time_s[ACTION_FIRST], 0);
        }
        ck_assert_msg(tried >= 500, "%s: only %d tried", models[m]->name,
                      tried);
    }
}
END_TEST

#define LOOP(tests, rows)                                                      \
    tcase_add_loop_test(c, tests, 0, (int)(sizeof(rows) / sizeof *(rows)))

static TCase *texts(void)
{
    TCase *c = tcase_create("texts");
    tcase_add_checked_fixture(c, setup, teardown);
    LOOP(quantity_is_read, good);
    LOOP(quantity_is_refused, refused);
    LOOP(quantity_is_shown, shown);
    LOOP(suggestion, misspelt);
    tcase_add_test(c, quantity_rounds_once);
    tcase_add_test(c, number_survives_text);
    tcase_add_test(c, number_is_short);
    tcase_add_test(c, shown_is_readable);
    tcase_add_test(c, suggestion_of_long_words);
    return c;
}

static TCase *files(void)
{
    TCase *c = tcase_create("files");
    tcase_add_checked_fixture(c, setup, teardown);
    LOOP(text_is_cured, cured);
    LOOP(text_is_refused, sick);
    LOOP(base_is_refused, orphans);
    LOOP(override_is_refused, bad_sets);
    tcase_add_loop_test(c, any_text_is_survived, 0, 4);
    tcase_add_test(c, nearest_file_wins);
    tcase_add_test(c, another_model_replaces_its_group);
    tcase_add_test(c, base_is_beside_its_file);
    tcase_add_test(c, overrides);
    return c;
}

static TCase *tables(void)
{
    TCase *c = tcase_create("tables");
    tcase_add_checked_fixture(c, setup, teardown);
    LOOP(field_is_refused, bad_fields);
    LOOP(curve_is_refused, bad_curves);
    tcase_add_test(c, fields_are_read);
    tcase_add_test(c, defaults_are_read);
    tcase_add_test(c, many_mistakes_are_reported);
    tcase_add_test(c, missing_keys_are_reported);
    tcase_add_test(c, numbers_are_set);
    tcase_add_test(c, tables_are_sound);
    tcase_add_test(c, models_cannot_fail);
    return c;
}

int main(void)
{
    Suite *s = suite_create("conf");
    suite_add_tcase(s, texts());
    suite_add_tcase(s, files());
    suite_add_tcase(s, tables());
    return unit_run(s);
}
