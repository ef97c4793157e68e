/* t_quant_plan.c - the quantization setting of a network and shipped files */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "unit.h"

#include "quant/plan.h"

#include <dirent.h>
#include <fenv.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))

static struct arena arena;
static struct msgs msgs;
static struct conf_env env;
static const char *folders[2];
static char path[64], shipped[256], layers[256];

static void setup(void)
{
    const char *source = getenv("srcdir");
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    arena_init(&arena, NULL);
    memset(&msgs, 0, sizeof msgs);
    snprintf(shipped, sizeof shipped, "%s/workloads/quant",
             source ? source : ".");
    snprintf(layers, sizeof layers, "%s/tests/data/network_layers.csv",
             source ? source : ".");
    folders[0] = shipped;
    env = (struct conf_env){&arena, &msgs, folders, NULL};
    snprintf(path, sizeof path, "/tmp/t_quant_plan.XXXXXX");
    close(mkstemp(path));
}

static void teardown(void)
{
    unlink(path);
    arena_release(&arena);
}

/* Writes a file that may hold `quant` and `sources`, and loads its plan. */
static int load_text(const char *text, const char *override, int n,
                     struct quant_plan *plan)
{
    FILE *out = fopen(path, "w");
    fputs(text, out);
    fclose(out);
    struct node *root = conf_load(&env, path);
    ck_assert_ptr_nonnull(root);
    return quant_plan_load(&env, node_get(root, "quant"), override, n,
                           node_get(root, "sources"), plan);
}

static struct quant_plan plan_of(const char *text, int n)
{
    struct quant_plan plan;
    ck_assert_msg(!load_text(text, NULL, n, &plan), "%s", msgs.list[0].text);
    ck_assert_int_eq(msgs.n, *text == 0); /* a warning that none is given */
    return plan;
}

static struct quant layer_of(struct quant_plan *plan, int i)
{
    struct quant q;
    ck_assert_msg(!quant_plan_layer(plan, i, NULL, &q), "%s",
                  msgs.list[0].text);
    return q;
}

START_TEST(nothing_given_is_an_assumption)
{
    struct quant_plan plan = plan_of("", 3);
    ck_assert_int_eq(msgs.errors, 0);
    ck_assert_str_eq(msgs.list[0].text,
                     "no quantization is given; uniform:8/8 is assumed");
    ck_assert_str_eq(plan.source, "assumption: no quantization is given, "
                                  "uniform:8/8");
    struct quant q = layer_of(&plan, 2);
    ck_assert_str_eq(q.label, "uniform 8/8");
    ck_assert_int_eq(q.n, 1);
    ck_assert_int_eq(q.group[0].n, 7);
    ck_near(q.group[0].share, 1, 0);
    ck_assert_int_eq(q.input_bits, 8);
}
END_TEST

START_TEST(text)
{
    char place[80];
    struct quant_plan plan = plan_of("\nquant = \"apot:4/5\";", 1);
    ck_assert(strncmp(plan.source, "assumption", 10) != 0);
    snprintf(place, sizeof place, "%s:2", path);
    ck_assert_str_eq(plan.source, place);
    ck_assert_str_eq(layer_of(&plan, 0).label, "apot 4/5");
    plan = plan_of("quant = \"twn\";", 1); /* inputs: 8 bits */
    ck_assert_str_eq(layer_of(&plan, 0).label, "twn 2/8");
}
END_TEST

START_TEST(group_with_edges)
{
    struct quant_plan plan =
        plan_of("quant = { scheme = \"apot:4/4\"; first = \"uniform:8/8\";\n"
                "last = { scheme = \"lsq:8\"; input_bits = 6; };\n"
                "clip = 2.5; source = \"assumption of a test\"; };",
                4);
    ck_assert(strncmp(plan.source, "assumption", 10) == 0);
    ck_assert_str_eq(layer_of(&plan, 0).label, "uniform 8/8");
    ck_assert_str_eq(layer_of(&plan, 1).label, "apot 4/4");
    ck_assert_str_eq(layer_of(&plan, 3).label, "lsq 8/6");
    struct quant_spec s;
    struct planes p;
    char why[80];
    int input_bits;
    quant_spec_parse("apot:4,clip=2.5", &s, &input_bits, why, sizeof why);
    ck_assert_int_eq(quant_planes(&s, &arena, &p, why, sizeof why), 0);
    ck_near(layer_of(&plan, 1).group[0].density[3], p.density[3], 0);
}
END_TEST

START_TEST(lists_per_layer)
{
    struct quant_plan plan =
        plan_of("sources = { Me = \"a test\"; };\n"
                "quant = { scheme = \"hawq\"; bits = [8, 4, 2];\n"
                "input_bits = [8, 5, 3]; source = \"Me Tab.1\"; };",
                3);
    ck_assert_str_eq(plan.source, "Me Tab.1");
    ck_assert_str_eq(layer_of(&plan, 0).label, "hawq 8/8");
    ck_assert_str_eq(layer_of(&plan, 1).label, "hawq 4/5");
    ck_assert_str_eq(layer_of(&plan, 2).label, "hawq 2/3");
    ck_assert_int_eq(layer_of(&plan, 2).group[0].n, 1);
    plan =
        plan_of("quant = { scheme = \"lsq\"; bits = 3; input_bits = 2; };", 3);
    ck_assert_str_eq(layer_of(&plan, 1).label, "lsq 3/2");
}
END_TEST

START_TEST(mixtures)
{
    struct quant_plan plan =
        plan_of("quant = { mix = ((2, \"sp2:4\"), (1, \"uniform:4\"));\n"
                "input_bits = 4; };",
                3);
    struct quant q = layer_of(&plan, 1);
    ck_assert_str_eq(q.label, "mixed 2:1 sp2 4 + uniform 4 / 4");
    ck_assert_int_eq(q.n, 2);
    ck_near(q.group[0].share, 2.0 / 3, 1e-15);
    ck_near(q.group[1].share, 1.0 / 3, 1e-15);
    ck_assert_int_eq(q.group[0].n, 4);
    ck_assert_int_eq(q.group[1].n, 3);
}
END_TEST

START_TEST(inputs_of_two_widths)
{
    struct quant_plan plan =
        plan_of("quant = { scheme = \"drq:8/8\"; low_share = 0.75; };", 1);
    struct quant q = layer_of(&plan, 0);
    ck_assert_int_eq(q.low_input_bits, 4);
    ck_near(q.low_input_share, 0.75, 0);
    ck_assert_int_eq(q.input_bits, 8);
}
END_TEST

/* The layer's own comes before the network's, --quant before both. */
START_TEST(who_wins)
{
    struct node own = {.kind = NODE_TEXT, .text = "twn:2"};
    struct quant_plan plan = plan_of("quant = \"apot:4/4\";", 3);
    struct quant q;
    ck_assert_int_eq(quant_plan_layer(&plan, 1, &own, &q), 0);
    ck_assert_str_eq(q.label, "twn 2/4"); /* inputs: the network's */
    ck_assert_int_eq(
        load_text("quant = \"apot:4/4\";", "uniform:5/6", 3, &plan), 0);
    ck_assert_int_eq(quant_plan_layer(&plan, 1, &own, &q), 0);
    ck_assert_str_eq(q.label, "uniform 5/6");
    ck_assert_str_eq(plan.source, "command line");
    ck_assert(strncmp(plan.source, "assumption", 10) != 0);
    ck_assert_int_eq(
        load_text("quant = \"apot:4/4\";", "hawq-resnet18-size0.5", 21, &plan),
        0);
    ck_assert_str_eq(layer_of(&plan, 16).label, "hawq 4/4");
}
END_TEST

/* 160 layers of three distinct specs are three evaluations. */
START_TEST(specs_are_evaluated_once)
{
    struct quant_plan plan = plan_of(
        "quant = { scheme = \"uniform:12\"; first = \"uniform:16\"; };", 160);
    struct quant q = layer_of(&plan, 0);
    layer_of(&plan, 1);
    const struct quant_cache *cache = plan.cache;
    for (int i = 0; i < 160; i++)
        q = layer_of(&plan, i);
    ck_assert_ptr_eq(plan.cache, cache);
    ck_assert_int_eq(q.group[0].n, 11);
}
END_TEST

/* Specs that differ in one member are not one another's; what a part says
 * comes before what its group says. */
START_TEST(specs_are_told_apart)
{
    static const char *const mixes[][GROUPS_MAX] = {
        {"sme:8,clip=4", "sme:8,clip=4,dist=laplace", "sme:8,clip=4,terms=2",
         "sme:8,clip=5"},
        {"codebook:4,clip=4", "codebook:4,clip=4,roll_bits=9",
         "biscaled:5,clip=4,delta=1", "biscaled:5,clip=4,delta=3"},
        {"lsq:4,clip=4,dist=ggd,shape=0.8", "lsq:4,clip=4,dist=ggd,shape=3",
         "lsq:5,clip=4", "apot:5,clip=4"}};
    for (int m = 0; m < 3; m++) {
        const char *const *p = mixes[m];
        struct quant_plan plan =
            plan_of(arena_printf(&arena,
                                 "quant = { clip = 3; mix = ((1, \"%s\"), "
                                 "(1, \"%s\"), (1, \"%s\"), (1, \"%s\")); };",
                                 p[0], p[1], p[2], p[3]),
                    1);
        struct quant q = layer_of(&plan, 0);
        for (int g = 0; g < GROUPS_MAX; g++) {
            struct quant_spec spec;
            struct planes alone;
            char why[80];
            int input_bits;
            quant_spec_parse(p[g], &spec, &input_bits, why, sizeof why);
            quant_planes(&spec, &arena, &alone, why, sizeof why);
            ck_assert_int_eq(q.group[g].n, alone.n);
            ck_near(q.group[g].share, 0.25, 0);
            for (int b = 0; b < alone.n; b++)
                ck_near(q.group[g].density[b], alone.density[b], 0);
        }
    }
}
END_TEST

/* What -s quant.bits=6 makes of a file. */
START_TEST(overridden_numbers)
{
    const char *const sets[] = {"quant.bits=6", "quant.input_bits=3",
                                "quant.clip=4", NULL};
    env.sets = sets;
    struct quant_plan plan =
        plan_of("quant = { scheme = \"uniform:8/8\"; clip = 3; };", 1);
    struct quant q = layer_of(&plan, 0);
    ck_assert_str_eq(q.label, "uniform 6/3");
    ck_near(q.group[0].density[4], erfc(15.5 / 31 * 4 * M_SQRT1_2), 1e-12);
}
END_TEST

/* ---- messages ---- */

/* clang-format off */
static const struct { const char *text, *message; int line; } wrong[] = {
    {"quant = \"apott:4\";", "unknown scheme 'apott'; did you mean 'apot'?", 1},
    {"quant = \"unifrom\";", "'unifrom' is neither a scheme nor a file; did you mean 'uniform'?", 1},
    {"quant = \"hawq-resnet18-size0.4\";", "'hawq-resnet18-size0.4' is neither a scheme nor a file; did you mean 'hawq-resnet18-size0.", 1},
    {"quant = \"zzzzzzzzz\";", "'zzzzzzzzz' is neither a scheme nor a file", 1},
    {"quant = \"apot:9\";", "scheme 'apot' has 3 to 8 bits, not 9", 1},
    {"quant = \"pot:8\";", "scheme 'pot' has 2 to 7 bits, not 8", 1},
    {"quant = 8;", "a quantization is text, as in \"apot:4/4\", or a group, not an integer", 1},
    {"quant = { };", "a quantization needs a 'scheme', as in scheme = \"apot:4/4\", or a 'mix'", 1},
    {"quant = {\n schem = \"apot:4\"; };", "unknown key 'schem' in a quantization; did you mean 'scheme'?", 2},
    {"quant = { scheme = \"apot:4\";\n bit = 4; };", "unknown key 'bit' in a quantization; did you mean 'bits'?", 2},
    {"quant = { scheme = \"apot:4\";\n bits = [4, 4]; };", "'bits' has 2 values; the network has 3 weight layers", 2},
    {"quant = { scheme = \"apot:4\";\n bits = [4,\n 4, 9]; };", "scheme 'apot' has 3 to 8 bits, not 9", 3},
    {"quant = { scheme = \"apot:4\";\n bits = [4, 4, 0]; };", "'bits' must be a whole number from 1 to 32, or a list of them, one for each weight layer", 2},
    {"quant = { scheme = \"apot:4\";\n bits = 4.5; };", "'bits' must be a whole number from 1 to 32, or a list of them, one for each weight layer", 2},
    {"quant = { scheme = \"apot:4\";\n bits = 9; };", "scheme 'apot' has 3 to 8 bits, not 9", 1},
    {"quant = { scheme = \"apot:4\";\n input_bits = [4, 4, 4, 4]; };", "'input_bits' has 4 values; the network has 3 weight layers", 2},
    {"quant = { scheme = \"apot:4\";\n input_bits = 33; };", "'input_bits' must be a whole number from 1 to 32, or a list of them, one for each weight layer", 2},
    {"quant = { scheme = \"apot:4\"; bits = [4, 4, 4];\n first = \"uniform:8\"; };", "'first' and the list 'bits' both set that layer", 2},
    {"quant = { scheme = \"apot:4\";\n first = { scheme = \"lsq\"; bits = [4, 4, 4]; }; };", "'bits' lists weight layers; this quantization is for one", 2},
    {"quant = { scheme = \"apot:4\";\n first = { scheme = \"lsq\";\n last = \"lsq\"; }; };", "'last' belongs to the quantization of a network", 3},
    {"quant = { scheme = \"apot:4\";\n mix = ((1, \"lsq:4\"), (1, \"apot:4\")); };", "a quantization has a 'scheme' or a 'mix', not both", 2},
    {"quant = {\n mix = ((1, \"lsq:4\")); };", "'mix' is a list of 2 to 4 parts (ratio, \"scheme:bits\")", 2},
    {"quant = {\n mix = \"lsq:4\"; };", "'mix' is a list of 2 to 4 parts (ratio, \"scheme:bits\")", 2},
    {"quant = { mix = ((1, \"lsq:4\"),\n (0, \"apot:4\")); };", "the ratio of a part of 'mix' must be above 0, not 0", 2},
    {"quant = { mix = ((1, \"lsq:4\"),\n (-1.5, \"apot:4\")); };", "the ratio of a part of 'mix' must be above 0, not -1.5", 2},
    {"quant = { mix = ((1, \"lsq:4\"),\n (\"lsq:4\", 1)); };", "a part of 'mix' is written (ratio, \"scheme:bits\")", 2},
    {"quant = { mix = ((1, \"lsq:4/4\"),\n (1, \"lsq:4/8\")); };", "the parts of a mix share their inputs; give 'input_bits' once", 2},
    {"quant = { mix = ((1, \"lsq:4\"), (1, \"sp2:4\"));\n bits = 4; };", "'bits' goes with one 'scheme', not with a 'mix'", 2},
    {"quant = { scheme = \"drq:8/8\"; };", "'low_share' is missing: the share of the input vectors that come at 4 bits", 1},
    {"quant = \"drq:8/8\";", "'low_share' is missing: the share of the input vectors that come at 4 bits", 1},
    {"quant = { scheme = \"lsq:8/8\"; low_share = 0.5; };", "'low_share' needs 'low_input_bits'", 1},
    {"sources = { Liu2021 = \"\"; };\nquant = { scheme = \"lsq\"; source = \"Liu2012\"; };", "source 'Liu2012' is not in 'sources'; did you mean 'Liu2021'?", 2},
    {"quant = { scheme = \"lsq\";\n source = 3; };", "", 2},
    {"quant = { scheme = \"lsq\";\n clip = 101; };", "", 2},
    {"quant = { scheme = \"lsq\";\n dist = \"normal\"; };", "", 2},
    {"quant = { scheme = \"lsq\"; terms = 2; };", "scheme 'lsq' takes no 'terms'", 1},
    {"quant = { scheme = \"lsq\"; shape = 1.5; };", "'shape' belongs to dist=ggd", 1},
};
/* clang-format on */

START_TEST(messages)
{
    struct quant_plan plan;
    char begin[400];
    ck_assert_int_eq(load_text(wrong[_i].text, NULL, 3, &plan), -1);
    ck_assert_msg(msgs.errors == 1, "%d messages: %s; %s", msgs.errors,
                  msgs.list[0].text, msgs.list[1].text);
    snprintf(begin, sizeof begin, "%s:%d: %s", path, wrong[_i].line,
             wrong[_i].message);
    ck_assert_msg(!strncmp(msgs.list[0].text, begin, strlen(begin)),
                  "%s\nis not\n%s", msgs.list[0].text, begin);
}
END_TEST

START_TEST(low_input_bits_below_input_bits)
{
    struct quant_plan plan =
        plan_of("quant = { scheme = \"drq:8/4\"; low_share = 0.5; };", 1);
    struct quant q;
    ck_assert_int_eq(quant_plan_layer(&plan, 0, NULL, &q), -1);
    ck_assert_ptr_nonnull(strstr(msgs.list[0].text,
                                 "'low_input_bits' must be below the 4 bits "
                                 "of the inputs, not 4"));
}
END_TEST

/* ---- shipped files ---- */

enum { LAYERS_MAX = 64 };

/* Weights of each weight layer of a network in the table of layers. */
static int weights_of(const char *network, double weights[LAYERS_MAX])
{
    char line[300], name[40], layer[80], type[20];
    int c, k, r, s, groups, n = 0;
    FILE *in = fopen(layers, "r");
    ck_assert_ptr_nonnull(in);
    while (fgets(line, sizeof line, in)) {
        if (sscanf(line,
                   "%39[^,],%*d,%79[^,],%19[^,],%d,%*d,%*d,%d,%d,%d,%*d,%*d,"
                   "%*d,%*d,%d,",
                   name, layer, type, &c, &k, &r, &s, &groups) != 8)
            continue;
        if (strcmp(name, network) ||
            (strcmp(type, "conv") && strcmp(type, "dwconv") &&
             strcmp(type, "fc")))
            continue;
        ck_assert_int_lt(n, LAYERS_MAX);
        weights[n++] = (double)c / groups * r * s * k;
    }
    fclose(in);
    return n;
}

/* The network in the name of a file; files without one go with any. */
static const struct {
    const char *part, *network;
    int n;
} networks[] = {{"-resnet18", "resnet18", 21},
                {"-resnet50", "resnet50", 54},
                {"-mobilenetv2", "mobilenet_v2", 53},
                {"-vgg16", "vgg16", 16},
                {"", "resnet18", 21}};

/* What the source of a file begins with. */
static const struct {
    const char *file, *source;
} authors[] = {{"hawq-", "Yao2021 "},
               {"haq-", "Wang2019 "},
               {"ant-", "Guo2022 "},
               {"mixmatch", "Chang2021: "},
               {"drq-", "assumption: "}};

/* Stored bits of a layer: of sign and magnitude. */
static double bits_of(const struct quant *q)
{
    return q->group[0].n + 1;
}

static void check_source(const char *file, const char *source)
{
    int i = 0;
    while (strncmp(file, authors[i].file, strlen(authors[i].file)) != 0)
        ck_assert_msg(++i < COUNT(authors), "%s: whose is it?", file);
    ck_assert_msg(
        !strncmp(source, authors[i].source, strlen(authors[i].source)),
        "%s is of '%s', not of '%s'", file, source, authors[i].source);
}

/* Weights x bits of a shipped file, and the weights alone. */
static double stored_bits(const char *file, double *all)
{
    double weights[LAYERS_MAX], sum = 0;
    struct quant_plan plan;
    int i = 0;
    while (!strstr(file, networks[i].part))
        i++;
    int n = weights_of(networks[i].network, weights);
    ck_assert_int_eq(n, networks[i].n);
    ck_assert_msg(!quant_plan_load(&env, NULL, file, n, NULL, &plan), "%s",
                  msgs.list[0].text);
    check_source(file, plan.source);
    *all = 0;
    for (int l = 0; l < n; l++) {
        struct quant q = layer_of(&plan, l);
        sum += weights[l] * bits_of(&q);
        *all += weights[l];
    }
    return sum;
}

/* Sizes in MB of 2^20 bytes: ours, and HAWQ's model_zoo.md's, which counts
 * scales and biases, too. */
static const struct {
    const char *file;
    double size_MB, published_MB;
} sizes[] = {
    {"hawq-resnet18-size0.75", 9.73, 9.9},
    {"hawq-resnet18-size0.5", 7.76, 7.9},
    {"hawq-resnet18-size0.25", 7.14, 7.3},
    {"hawq-resnet18-bops0.75", 8.54, 8.7},
    {"hawq-resnet18-bops0.5", 6.49, 6.7},
    {"hawq-resnet18-bops0.25", 5.91, 6.1},
    {"hawq-resnet50-size0.75", 20.95, 21.3},
    {"hawq-resnet50-size0.5", 18.70, 19.0},
    {"hawq-resnet50-size0.25", 15.76, 16.0},
    {"hawq-resnet50-bops0.75", 21.58, 22.0},
    {"hawq-resnet50-bops0.5", 18.43, 18.7},
    {"hawq-resnet50-bops0.25", 16.50, 16.7},
};

START_TEST(hawq_model_sizes)
{
    double all;
    double size_MB = stored_bits(sizes[_i].file, &all) / 8 / (1 << 20);
    ck_assert_double_le(fabs(size_MB - sizes[_i].size_MB), 0.00501);
    ck_near(size_MB, sizes[_i].published_MB, 0.04);
}
END_TEST

START_TEST(uniform_model_sizes)
{
    static const double size_MB[] = {11.14, 24.32};
    for (int i = 0; i < 2; i++) {
        double weights[LAYERS_MAX], all = 0;
        int n = weights_of(networks[i].network, weights);
        for (int l = 0; l < n; l++)
            all += weights[l];
        ck_assert_double_le(fabs(all / (1 << 20) - size_MB[i]), 0.00501);
    }
}
END_TEST

START_TEST(haq_mean_bits)
{
    static const char *const files[] = {"haq-resnet50", "haq-resnet50-finetune",
                                        "haq-mobilenetv2"};
    static const double mean[] = {3.187, 3.163, 6.492};
    for (int i = 0; i < 3; i++) {
        double all, bits = stored_bits(files[i], &all);
        ck_assert_double_le(fabs(bits / all - mean[i]), 0.000501);
    }
}
END_TEST

/* Every file that is shipped loads and names its source. */
START_TEST(shipped_files)
{
    struct dirent **list;
    int n = scandir(shipped, &list, NULL, alphasort), files = 0;
    for (int i = 0; i < n; i++) {
        char *dot = strstr(list[i]->d_name, ".cfg");
        double all;
        if (dot && !dot[4]) {
            *dot = '\0';
            ck_assert_double_gt(stored_bits(list[i]->d_name, &all), 0);
            files++;
        }
        free(list[i]);
    }
    free(list);
    ck_assert_int_eq(files, 25);
    ck_assert_int_eq(msgs.n, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("quant_plan");
    TCase *t = tcase_create("quant_plan");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, nothing_given_is_an_assumption);
    tcase_add_test(t, text);
    tcase_add_test(t, group_with_edges);
    tcase_add_test(t, lists_per_layer);
    tcase_add_test(t, mixtures);
    tcase_add_test(t, inputs_of_two_widths);
    tcase_add_test(t, who_wins);
    tcase_add_test(t, specs_are_evaluated_once);
    tcase_add_test(t, specs_are_told_apart);
    tcase_add_test(t, overridden_numbers);
    tcase_add_loop_test(t, messages, 0, COUNT(wrong));
    tcase_add_test(t, low_input_bits_below_input_bits);
    tcase_add_loop_test(t, hawq_model_sizes, 0, COUNT(sizes));
    tcase_add_test(t, uniform_model_sizes);
    tcase_add_test(t, haq_mean_bits);
    tcase_add_test(t, shipped_files);
    suite_add_tcase(suite, t);
    return unit_run(suite);
}
