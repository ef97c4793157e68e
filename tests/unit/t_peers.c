/* t_peers.c - networks from NeuroSim's tables and Timeloop's problems */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "files.h"
#include "net/layer_types.h"
#include "net_load.h"
#include "random.h"
#include <inttypes.h>

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

static int load_as(const char *name, const char *text)
{
    files_count = 0;
    return load(file_text(name, text));
}

static void good(int result)
{
    ck_assert_msg(result == 0, "%s", first_message());
}

static void refused(const char *name, const char *text, const char *why)
{
    ck_need(load_as(name, text) == -1, "read, not refused: %s", text);
    ck_need(strstr(msgs.list[msgs.n - 1].text, why), "not '%s' but '%s'", why,
            msgs.list[msgs.n - 1].text);
    msgs = (struct msgs){.n = 0};
}

/* The only layer, or the last, as G x (K x N) and its vectors. */
static void check_matrix(int groups, int rows, int columns, int64_t vectors)
{
    const struct layer *l = &net.layer[net.n - 1];
    ck_need(l->groups == groups && l->rows == rows && l->columns == columns &&
                l->vectors == vectors,
            "%d x (%d x %d), %" PRId64 " vectors", l->groups, l->rows,
            l->columns, l->vectors);
}

/* ---- NeuroSim ---- */

/* NeuroSim's own VGG-8 is ours, layer by layer. */
START_TEST(vgg8)
{
    struct net table;
    good(load(source_path("tests/data/peers/NetWork_VGG8.csv")));
    ck_assert_int_eq(msgs.n, 1);
    ck_assert_ptr_nonnull(strstr(first_message(), "taken as padded"));
    table = net;
    good(load(source_path("workloads/vgg8_cifar10.cfg")));
    ck_assert_int_eq(table.n, net.n);
    for (int i = 0; i < net.n; i++) {
        const struct layer *a = &table.layer[i], *b = &net.layer[i];
        ck_need(a->type == b->type && a->groups == b->groups &&
                    a->rows == b->rows && a->columns == b->columns &&
                    a->vectors == b->vectors && a->macs == b->macs &&
                    a->params == b->params && a->in_values == b->in_values &&
                    a->out_values == b->out_values && a->in[0] == b->in[0] &&
                    !memcmp(&a->win, &b->win, sizeof a->win) &&
                    !memcmp(a->work, b->work, sizeof a->work),
                "%s is not as %s", a->name, b->name);
    }
    ck_assert_str_eq(table.name, "NetWork_VGG8");
    ck_assert_int_eq(strncmp(table.source, "NeuroSim NetWork.csv: ", 22), 0);
}
END_TEST

/* Strides, branches (which a table cannot say) and pooling of a whole map. */
START_TEST(resnet18)
{
    int64_t macs;
    int weight;
    good(load(source_path("tests/data/peers/NetWork_ResNet18.csv")));
    ck_assert_int_eq(msgs.n, 2);
    ck_assert_ptr_nonnull(
        strstr(msgs.list[1].text, "the input of layer8, layer13, layer18 is"));
    const struct layer *pool = layer_named("pool20");
    ck_assert_int_eq(pool->out.h * pool->out.w, 1);
    ck_assert_int_eq(layer_named("layer8")->in_shape.c, 64);
    macs = net.macs;
    weight = net.n_weight;
    good(load(source_path("workloads/resnet18.cfg")));
    ck_assert_int_eq(macs, net.macs);
    ck_assert_int_eq(weight, net.n_weight);
}
END_TEST

/* LeNet-5's maps shrink: no padding, no warning; 7 columns, ends of lines and
 * the mark of a spreadsheet. */
START_TEST(without_padding)
{
    good(load_as("t.csv", "\xef\xbb\xbf"
                          "28,28,1,5,5,6,1\r\n12, 12 ,6,5,5,16,1\r\n"
                          "1,1,256,1,1,120,0\r\n\r\n,,,\r\n1,1,120,1,1,10,0"));
    ck_assert_int_eq(msgs.n, 0);
    ck_assert_int_eq(net.n, 6);
    ck_assert_int_eq(layer_named("layer1")->macs, 24 * 24 * 25 * 6);
    ck_assert_int_eq(layer_named("layer2")->macs, 8 * 8 * 25 * 6 * 16);
    ck_assert_int_eq(layer_named("layer3")->macs, 256 * 120);
    ck_assert_int_eq(layer_named("pool2")->out.h, 4);
    good(load_as("t.csv", "227,227,3,11,11,64,1,4\n27,27,64,5,5,192,1,1\n"));
    ck_assert_int_eq(layer_named("layer1")->out.h, 55);
    good(load_as("t.csv", "4,4,1,3,3,2,0,1\n1,1,8,1,1,5,0,1\n"));
    ck_assert_int_eq(layer_named("layer1")->out.h, 2); /* 2 x 2 x 2 in all */
    good(load_as("t.csv", "8,6,3,3,1,4,0,1\n"));
    check_matrix(1, 9, 4, 8 * 6);
}
END_TEST

START_TEST(odd_tables)
{
    good(load_as("t.csv", "8,8,3,3,3,4,0,1,7,8\n8,8,4,3,3,4,0,1,7,8\n"));
    ck_assert_ptr_nonnull(strstr(first_message(), "beyond the stride"));
    ck_assert_int_eq(msgs.n, 2); /* that, and the padding */
    msgs = (struct msgs){.n = 0};
    good(load_as("t.csv", "1,1,8,1,1,4,1,1\n1,1,4,1,1,2,0,1\n"));
    ck_assert_ptr_nonnull(strstr(first_message(), "nothing to pool"));
}
END_TEST

START_TEST(bad_tables)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"", "the table has no rows"},
        {"\n , ,\n", "the table has no rows"},
        {"8,8,3,3,3,4\n", "the row has 6 of 8 columns"},
        {"length,width\n", "t.csv:1: column 1, length of the input, must be a "
                           "whole number, not 'length'"},
        {"8,8,3,3,3,4,0,1\n8,x,3,3,3,4,0,1\n", "t.csv:2: column 2"},
        {"8,8,3,3,3,4,2,1\n", "column 7, whether pooling follows: 2 is"},
        {"8,8,3,3,3,4,0,0\n", "column 8, stride: 0 is outside 1"},
        {"8,8,-3,3,3,4,0,1\n", "not '-3'"},
        {"8,8,3.5,3,3,4,0,1\n", "not '3.5'"},
        {"8,8,,3,3,4,0,1\n", "not ''"},
        {"8 8,3,3,3,4,0,1\n", "not '8 8'"},
        {"99999999999999999999,8,3,3,3,4,0,1\n", "must be a whole number"},
        {"16777217,8,3,3,3,4,0,1\n", "16777217 is outside 1 to 16777216"},
        {"16777216,16777216,16777216,3,3,16777216,0,1\n", "exceeds 2^63"},
        {"8,8,3,3,3,4,0,1\n6,6,4,9,9,4,0,1\n", "the kernel covers 9 rows"},
        {"8,8,3,\x01,3,4,0,1\n", "no text file"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refused("t.csv", cases[i].text, cases[i].why);
}
END_TEST

/* ---- Timeloop ---- */

#define INSTANCE(list) "problem:\n  instance: {" list "}\n"

START_TEST(forms_of_problems)
{
    static const struct {
        const char *text;
        int groups, rows, columns;
        int64_t vectors;
    } cases[] = {
        {INSTANCE("C: 64, M: 128, P: 28, Q: 14, R: 3, S: 5"), 1, 960, 128, 392},
        {INSTANCE("C: 4, M: 8, G: 3, P: 5, Q: 5, R: 3, S: 3"), 3, 36, 8, 25},
        {INSTANCE("G: 16, P: 112, Q: 112, R: 3, S: 3"), 16, 9, 1, 12544},
        {INSTANCE("C: 1024, M: 512, P: 256"), 1, 1024, 512, 256},
        {INSTANCE("C: 8, M: 4, P: 5, Wstride: 2"), 1, 8, 4, 5},
        {INSTANCE("C: 10, M: 20"), 1, 10, 20, 1},
        {"problem:\n  shape: cnn-layer\n  R: 3\n  S: 3\n  P: 7\n  Q: 7\n"
         "  C: 2\n  K: 6\n  N: 1\n",
         1, 18, 6, 49},
        {"problem:\n  shape: {name: gemm_ABZ, dimensions: [M, N, K]}\n"
         "  instance: {M: 256, N: 1024, K: 512}\n",
         1, 512, 1024, 256},
        {"problem:\n  shape:\n    name: \"CNN-Layer\"\n"
         "    dimensions: [ C, R, S, N, P, Q ]\n"
         "  instance:\n    C: 16\n    N: 1\n    P: 10\n    Q: 10\n    R: 5\n"
         "    S: 5\n    Wdilation: 1\n    Wstride: 1\n",
         16, 25, 1, 100},
        {"problem: {shape: DepthwiseConv, instance: {C: 8, R: 3, S: 3, P: 4, "
         "Q: 4}}",
         8, 9, 1, 16},
        {"problem: {shape: DepthwiseConv, instance: {G: 2, C: 4, R: 3, P: 4}}",
         8, 3, 1, 4},
        {"base: &b\n  instance: {N: BATCH_SIZE, C: 3, M: 7, P: 2}\n"
         "problem:\n  <<<: *b\n  instance: {M: 5, Q: 4}\n",
         1, 3, 5, 8},
        {"%YAML 1.2\n---\nsizes: &s {C: 3, M: 4}\nproblem:\n  instance: {<<: "
         "*s, M: 9, B: 1}\n...\n",
         1, 3, 9, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        good(load_as("t.yaml", cases[i].text));
        check_matrix(cases[i].groups, cases[i].rows, cases[i].columns,
                     cases[i].vectors);
        ck_assert_int_eq(msgs.n, 0);
        ck_assert_str_eq(net.layer[0].name, "t");
        if (strstr(cases[i].text, "Wstride: 2")) /* every other is skipped */
            ck_assert_int_eq(net.input.w, 2 * 4 + 1);
    }
}
END_TEST

/* The loops' product is the MACs; the input is what the outputs need. */
START_TEST(any_sizes)
{
    int s[13];
    seed = (uint64_t)_i;
    char text[300];
    for (int i = 0; i < 13; i++)
        s[i] = 1 + (int)(next_random() % (i < 9 ? 12 : 3));
    snprintf(text, sizeof text,
             INSTANCE("C: %d, M: %d, G: %d, P: %d, Q: %d, R: %d, S: %d, "
                      "Wstride: %d, HStride: %d, Wdilation: %d, Hdilation: %d"),
             s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[9], s[10], s[11],
             s[12]);
    good(load_as("t.yml", text));
    int64_t product = 1;
    for (int i = 0; i < 7; i++)
        product *= s[i];
    ck_assert_int_eq(net.macs, product);
    ck_assert_int_eq(net.input.c, s[0] * s[2]);
    const struct layer *l = &net.layer[0];
    ck_assert_int_eq(l->out.c * l->out.h * l->out.w, s[1] * s[2] * s[3] * s[4]);
    if (l->type->has_window) {
        ck_assert_int_eq(net.input.w,
                         (s[3] - 1) * s[9] + (s[5] - 1) * s[11] + 1);
        ck_assert_int_eq(net.input.h,
                         (s[4] - 1) * s[10] + (s[6] - 1) * s[12] + 1);
    }
}
END_TEST

/* CiMLoop's AlexNet has the matrices of torchvision's. */
START_TEST(alexnet)
{
    struct net folder;
    good(load(source_path("tests/data/peers/alexnet/")));
    ck_assert_int_eq(msgs.n, 1);
    ck_assert_ptr_nonnull(strstr(first_message(), "is not expanded"));
    folder = net;
    good(load(source_path("workloads/alexnet.cfg")));
    ck_assert_int_eq(folder.n, 8);
    ck_assert_int_eq(folder.macs, net.macs);
    ck_assert_str_eq(folder.name, "alexnet");
    for (int i = 0, k = 0; i < net.n; i++) {
        const struct layer *a = &net.layer[i], *b = &folder.layer[k];
        if (!a->groups)
            continue;
        ck_need(a->rows == b->rows && a->columns == b->columns &&
                    a->vectors == b->vectors && a->macs == b->macs,
                "%s is not as %s", b->name, a->name);
        ck_assert_int_eq(b->in[0], k++ - 1);
    }
}
END_TEST

/* 9 comes before 10; the layers read what their files say, not what the layer
 * before gives out; what is not used is said once. */
START_TEST(folders)
{
    static const char *const names[] = {"10.yaml", "9.yml", "notes.txt",
                                        ".yaml"};
    for (int i = 0; i < 4; i++)
        file_text(names[i], i < 2 ? "problem:\n  instance: {C: 5, M: 3, P: 2, "
                                    "N: 4}\n  histograms: [1]\n"
                                  : "nothing");
    good(load(arena_printf(&arena, "%s/", files_folder)));
    ck_assert_int_eq(net.n, 2);
    ck_assert_str_eq(net.layer[0].name, "9");
    ck_assert_str_eq(net.layer[1].name, "10");
    ck_assert_int_eq(net.layer[1].in[0], 0);
    ck_assert_int_eq(net.layer[1].rows, 5);
    ck_assert_int_eq(msgs.n, 2);
    ck_assert_ptr_nonnull(strstr(first_message(), "'histograms' is not used"));
    ck_assert_ptr_nonnull(strstr(msgs.list[1].text, "a batch of 4"));
    unlink(files_path[0]);
    unlink(files_path[1]);
    ck_assert_int_eq(load(arena_printf(&arena, "%s/", files_folder)), -1);
    ck_assert_ptr_nonnull(strstr(msgs.list[2].text, "has no files .yaml"));
    ck_assert_int_eq(load("/nowhere/at/all/"), -1);
    ck_assert_ptr_nonnull(strstr(msgs.list[3].text, "cannot read"));
}
END_TEST

START_TEST(bad_problems)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"", "the file is empty"},
        {"# nothing\n", "the file is empty"},
        {"- 1\n", "there is no mapping 'problem'"},
        {"arch: {}\n", "there is no mapping 'problem'"},
        {"problem: 3\n", "there is no mapping 'problem'"},
        {"problem: {}\n", "the problem has no sizes"},
        {"problem: {instance: {}}\n", "the problem has no sizes"},
        {"problem: {instance: '0 <= C < 8'}\n", "must be a mapping of loops"},
        {"problem:\n  instance: {C: 4,\n    M: 0}\n",
         "t.yaml:3: 'M' must be a whole number from 1 to 16777216"},
        {INSTANCE("C: 4, M: 16777217"), "'M' must be a whole number"},
        {INSTANCE("C: 4, M: 99999999999999999999"), "not '99999999999999999"},
        {INSTANCE("C: 4, M: '8'"), "'M' must be a whole number"},
        {INSTANCE("C: 4, M: 2.5"), "not '2.5'"},
        {INSTANCE("C: 4, M: [1]"), "'M' must be a whole number"},
        {INSTANCE("C: 4, C: 4, M: 1"), "'C' is there twice"},
        {INSTANCE("C: 4, M: 1, B: 8"), "the loop 'B' is not known"},
        {INSTANCE("C: 4, M: 1, K: 8"), "both K and M"},
        {INSTANCE("C: 16777216, G: 2, M: 1"), "larger than 16777216"},
        {INSTANCE("C: 1, M: 1, P: 16777216, Wstride: 16777216, R: 2"),
         "larger than 16777216"},
        {INSTANCE("C: 16777216, M: 16777216, R: 4096, S: 4096"), "rows"},
        {"problem: {instance: {C: 4, M: 1\n", "t.yaml:2: this is no YAML"},
        {"problem: *p\n", "there is no mapping 'problem'"},
        {INSTANCE("C: 4, M: 1, '': 3, Wstrides: 2, c: 2"), "'c' is not known"},
        {"problem: {? [1] : 2}\n", "must be a word"},
        {"a: &a [*a, *a]\nproblem: *a\n", "there is no mapping"},
        {"a: &a {<<: *a, C: 3}\nproblem: *a\n", NULL},
        {"problem:\n\tinstance: 3\n", "this is no YAML"},
        {"problem: \"\\\n", "this is no YAML"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (cases[i].why)
            refused("t.yaml", cases[i].text, cases[i].why);
        else
            good(load_as("t.yaml", cases[i].text));
}
END_TEST

/* Aliases of aliases, and deep nesting: little memory, a clear end. */
START_TEST(hostile_yaml)
{
    char text[8000] = "a0: &a0 [1, 1]\n";
    size_t n = strlen(text);
    for (int i = 1; i < 60; i++)
        n += (size_t)snprintf(text + n, sizeof text - n,
                              "a%d: &a%d [*a%d, *a%d, *a%d, *a%d]\n", i, i,
                              i - 1, i - 1, i - 1, i - 1);
    snprintf(text + n, sizeof text - n, "problem: {instance: {C: 2, M: 3}}\n");
    good(load_as("t.yaml", text));
    check_matrix(1, 2, 3, 1);
    memset(text, '[', sizeof text - 1);
    refused("t.yaml", text, "nested more than 64 deep");
    for (n = 0; n + 6 < sizeof text; n += 5)
        memcpy(text + n, "{a: b", 6);
    for (n = 0; n < 7000; n += 4)
        memcpy(text + n, "{a: ", 5);
    refused("t.yaml", text, "nested more than 64 deep");
}
END_TEST

/* Merges that take in merges that take in ... stop; a second one, and an alias
 * that nothing is behind, are not passed over in silence. */
START_TEST(many_merges)
{
    char text[8000] = "a0: &a0 {C: 3}\n";
    size_t n = strlen(text);
    for (int i = 1; i < 40; i++)
        n += (size_t)snprintf(text + n, sizeof text - n,
                              "a%d: &a%d {<<: *a%d, <<<: *a%d}\n", i, i, i - 1,
                              i - 1);
    snprintf(text + n, sizeof text - n,
             "problem: {instance: {<<: *a39, M: 3}}\n");
    refused("t.yaml", text, "merged more than 8 deep");
    good(load_as("t.yaml", "a: &a {C: 3}\nproblem: {instance: {<<: *a, <<<: "
                           "*a, M: 3}}\n"));
    ck_assert_ptr_nonnull(strstr(first_message(), "'<<<' is not used"));
    good(load_as("t.yaml", "problem: {instance: {<<: *a, M: 3}}\n"));
    ck_assert_ptr_nonnull(strstr(msgs.list[1].text, "'<<' is not used"));
}
END_TEST

/* No changed bit and no missing end of a good file is a crash. */
START_TEST(damaged_files)
{
    static const char *const texts[][2] = {
        {"t.csv", "8,8,3,3,3,4,1,1\n4,4,4,3,3,8,1,1\n1,1,32,1,1,9,0,1\n"},
        {"t.yaml",
         "{{include_text('../base.yaml')}}\nb: &b {P: 5, Q: 5}\n"
         "problem:\n  <<<: *base\n  instance: {<<: *b, C: 3, M: 6, R: 3, S: 3,"
         " HStride: 4}\n  shape: {name: x, dimensions: [C, M, R]}\n"}};
    const char *name = texts[_i][0];
    char text[300];
    size_t n = strlen(strcpy(text, texts[_i][1]));
    good(load_as(name, text));
    for (size_t bit = 0; bit < 8 * n; bit++) {
        text[bit / 8] ^= (char)(1 << bit % 8);
        load_as(name, text);
        text[bit / 8] ^= (char)(1 << bit % 8);
        arena_release(&arena);
        msgs = (struct msgs){.n = 0};
    }
    for (; n > 0; n--) {
        text[n] = 0;
        load_as(name, text);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("peers");
    TCase *t = tcase_create("neurosim");
    tcase_add_checked_fixture(t, begin, end);
    tcase_add_test(t, vgg8);
    tcase_add_test(t, resnet18);
    tcase_add_test(t, without_padding);
    tcase_add_test(t, odd_tables);
    tcase_add_test(t, bad_tables);
    suite_add_tcase(s, t);
    t = tcase_create("timeloop");
    tcase_add_checked_fixture(t, begin, end);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, forms_of_problems);
    tcase_add_loop_test(t, any_sizes, 0, 50);
    tcase_add_test(t, alexnet);
    tcase_add_test(t, folders);
    tcase_add_test(t, bad_problems);
    tcase_add_test(t, hostile_yaml);
    tcase_add_test(t, many_merges);
    tcase_add_loop_test(t, damaged_files, 0, 2);
    suite_add_tcase(s, t);
    return unit_run(s);
}
