/* t_conf.c - configuration files: their text, what they inherit, overrides */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conf/source.h"
#include "conf_case.h"
#include "random.h"

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
    {"", ""}, {"/**/", "/**/"}, {"\"", "\""}, {"\"\\", "\"\\"}, {"-", "-"},
    {"a = 1.5e-3;", "a = 1.5e-3;"},
};

static const struct { const char *text, *message; } sick[] = {
    {"a = 1;\nb = 1e400;", ":2: number 1e400 does not fit a double"},
    {"\n\nb = -1e400;", ":3: number -1e400 does not fit"},
    {"a = 1;\n/* b = 2;", ":2: this comment is not closed"},
    {"/*/", ":1: this comment is not closed"},
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
int main(void)
{
    Suite *s = suite_create("conf");
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
    suite_add_tcase(s, c);
    return unit_run(s);
}
