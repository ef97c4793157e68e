/* t_field.c - field tables: reading, ranges, and those compiled in */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conf/field.h"
#include "conf_case.h"
#include "hw/model.h"
#include "machine/machine.h"
#include "random.h"

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

START_TEST(no_error_is_behind_warnings)
{
    const struct place at = {"f", 1};
    for (int i = 0; i < 21; i++)
        msg_warn(&msgs, &at, "warning %d", i);
    msg_error(&msgs, &at, "one");
    msg_error(&msgs, &at, "two");
    msg_warn(&msgs, &at, "late");
    ck_assert_int_eq(msgs.errors, 2);
    ck_assert_int_eq(msgs.n, MSG_MAX);
    ck_assert_int_eq(msgs.dropped, 4);
    ck_message(17, "f:1: warning 17");
    ck_message(18, "f:1: one");
    ck_message(19, "f:1: two");
    for (int i = 0; i < MSG_MAX; i++)
        msg_error(&msgs, &at, "more");
    ck_message(0, "f:1: one");
    ck_message(19, "f:1: more");
    ck_assert_int_eq(msgs.n + msgs.dropped, 24 + MSG_MAX);
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

int main(void)
{
    Suite *s = suite_create("field");
    TCase *c = tcase_create("tables");
    tcase_add_checked_fixture(c, setup, teardown);
    LOOP(field_is_refused, bad_fields);
    LOOP(curve_is_refused, bad_curves);
    tcase_add_test(c, fields_are_read);
    tcase_add_test(c, defaults_are_read);
    tcase_add_test(c, many_mistakes_are_reported);
    tcase_add_test(c, no_error_is_behind_warnings);
    tcase_add_test(c, missing_keys_are_reported);
    tcase_add_test(c, numbers_are_set);
    tcase_add_test(c, tables_are_sound);
    suite_add_tcase(s, c);
    return unit_run(s);
}
