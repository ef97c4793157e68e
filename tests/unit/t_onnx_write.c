/* t_onnx_write.c - ONNX graphs, made here, as workload files */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "onnx_make.h"

static const char *text;

/* Loads, writes and reads again; the file as one line. */
static void written(void)
{
    good();
    char *to = round_text(&net, &arena);
    text = to;
    for (const char *p = to; *p; to++) {
        bool end = *p == '\n';
        size_t n = end ? 1 + strspn(p + 1, " ") : 1;
        *to = end ? ' ' : *p;
        p += n;
    }
    *to = 0;
}

static void has(const char *what)
{
    ck_need(strstr(text, what), "no '%s' in\n%s", what, text);
}

static void lacks(const char *what)
{
    ck_need(!strstr(text, what), "'%s' in\n%s", what, text);
}

/* What was absorbed stands as the keys that it is, not as counts. */
START_TEST(absorbed)
{
    INPUT(1, 3, 8, 8);
    WEIGHTS("w", 4, 3, 3, 3);
    WEIGHTS("g", 4);
    WEIGHTS("b", 4);
    WEIGHTS("m", 4);
    WEIGHTS("v", 4);
    WEIGHTS("u", 4, 2);
    WEIGHTS("c", 2);
    LIST(add("Conv", "x w", "y"), "pads", 1, 1, 1, 1);
    add("BatchNormalization", "y g b m v", "z");
    add("Relu", "z", "r");
    add("GlobalAveragePool", "r", "p");
    add("Flatten", "p", "f");
    add("MatMul", "f u", "o");
    add("Add", "o c", "s");
    add("Sigmoid", "s", "t");
    written();
    has("{ name = \"y\"; type = \"conv\"; out = 4; kernel = 3; pad = 1; norm "
        "= \"batch\"; act = \"relu\"; },");
    has("{ name = \"p\"; type = \"avgpool\"; kernel = \"global\"; },");
    has("{ name = \"o\"; type = \"fc\"; out = 2; bias = true; act = "
        "\"sigmoid\"; } );");
    lacks("work =");
    lacks("params =");
    lacks("from =");
    lacks("view =");
}
END_TEST

/* A second function, and one without a name here. */
START_TEST(functions)
{
    AFTER_CONV();
    add("Mish", "c", "m");
    add("Exp", "m", "e");
    add("Relu", "x", "r");
    add("Add", "e r", "s");
    written();
    has("act = \"other\"; work = { activate = 512; }; },");
    has("{ name = \"r\"; type = \"act\"; from = \"in\"; act = \"relu\"; },");
    has("{ name = \"s\"; type = \"add\"; from = (\"c\", \"r\"); }");
}
END_TEST

START_TEST(windows)
{
    INPUT(2, 3, 9, 7);
    WEIGHTS("w", 4, 3, 3, 3);
    WEIGHTS("d", 4, 1, 3, 3);
    WEIGHTS("t", 4, 2, 2, 2);
    LIST(LIST(add("Conv", "x w", "y"), "strides", 2, 1), "pads", 1, 0, 0, 2);
    with_int(with_text(add("Conv", "y d", "z"), "auto_pad", "SAME_UPPER"),
             "group", 4);
    LIST(add("ConvTranspose", "z t", "u"), "strides", 2, 2);
    LIST(LIST(add("ConvTranspose", "z t", "v"), "strides", 2, 2),
         "output_padding", 1, 0);
    LIST(add("AveragePool", "v", "a"), "kernel_shape", 2, 3);
    written();
    has("kernel = 3; stride = [2, 1]; pad = [1, 0, 0, 2];");
    has("view = [3, 9, 7]; batch = 2; }");
    has("{ name = \"u\"; type = \"deconv\"; out = 2; kernel = 2; stride = 2;");
    has("stride = 2; size = [9, 14];");
    has("kernel = [2, 3]; stride = 1;");
}
END_TEST

START_TEST(given_shapes)
{
    AFTER_CONV();
    Onnx__TensorProto *up;
    up = add_tensor("up", ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT,
                    (const int[]){4, -1});
    up->n_float_data = 4;
    up->float_data = make(4 * sizeof(float));
    memcpy(up->float_data, (float[]){1, 1, 1.5F, 2}, 4 * sizeof(float));
    LIST(add("ReduceMax", "c", "m"), "axes", 2, 3);
    LIST(add("ReduceMean", "c", "n"), "axes", 1);
    add("Mul", "c m", "g");
    add("Mul", "g n", "h");
    add("Div", "h c", "q");
    with_text(add("Resize", "q - up", "r"), "mode", "linear");
    with_int(add("Concat", "r r", "j"), "axis", 3);
    written();
    has("{ name = \"m\"; type = \"reduce\"; kind = \"max\"; shape = [4]; },");
    has("{ name = \"n\"; type = \"reduce\"; from = \"c\"; shape = [1, 8, 8];");
    has("{ name = \"g\"; type = \"mul\"; from = (\"c\", \"m\"); },");
    has("{ name = \"h\"; type = \"mul\"; from = (\"g\", \"n\"); shape = [4, 8, "
        "8]; },");
    has("work = { activate = 256; mac = 256; }; },");
    has("{ name = \"r\"; type = \"resize\"; kind = \"linear\"; shape = [4, 12, "
        "16]; },");
    has("{ name = \"j\"; type = \"join\"; from = (\"r\", \"r\"); shape = [4, "
        "12, 32]; }");
}
END_TEST

/* Names as ONNX allows them; none may mean the network's input. */
START_TEST(names)
{
    static const char *const odd[] = {
        "in", "",         "a \"b\" \\n \\", "??",  "\xc3\xa9",
        "#",  "a.b.c #2", "// }; )",        "/* ", "@include \"x\""};
    INPUT(1, 4, 8, 8);
    WEIGHTS("w", 4, 4, 1, 1);
    char last[16] = "x";
    for (int i = 0; i < 10; i++) {
        char next[16];
        snprintf(next, sizeof next, "y%d", i);
        add("Conv", arena_printf(&arena, "%s w", last), next)->name =
            arena_strdup(&arena, odd[i]);
        snprintf(last, sizeof last, "%s", next);
    }
    add("Add", "y9 y0", "s");
    add("Add", "s y4", "t");
    written();
    ck_assert_int_eq(net.n, 12);
    for (int i = 2; i < 10; i++)
        ck_assert_str_eq(net.layer[i].name, odd[i]);
    ck_assert_str_eq(net.layer[0].name, "y0");
    ck_assert_str_eq(net.layer[1].name, "y1");
}
END_TEST

/* Nodes and tensors of every name that there is. */
START_TEST(taken_names)
{
    INPUT(1, 4, 8, 8);
    WEIGHTS("w", 4, 4, 1, 1);
    add("Conv", "x w", "in");
    add("Conv", "in w", "in2")->name = arena_strdup(&arena, "in");
    add("Conv", "in2 w", "in3")->name = arena_strdup(&arena, "in2");
    written();
    ck_assert_str_eq(net.layer[0].name, "Conv.2");
    ck_assert_str_eq(net.layer[1].name, "in2");
    ck_assert_str_eq(net.layer[2].name, "in3");
}
END_TEST

/* A stream that takes nothing. */
START_TEST(full_disk)
{
    AFTER_CONV();
    good();
    FILE *f = fopen("/dev/full", "w");
    if (!f)
        return;
    ck_assert_int_eq(net_write(f, &net, &arena), -1);
    fclose(f);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("onnx_write");
    TCase *test = tcase_create("onnx_write");
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_add_test(test, absorbed);
    tcase_add_test(test, functions);
    tcase_add_test(test, windows);
    tcase_add_test(test, given_shapes);
    tcase_add_test(test, names);
    tcase_add_test(test, taken_names);
    tcase_add_test(test, full_disk);
    suite_add_tcase(suite, test);
    return unit_run(suite);
}
