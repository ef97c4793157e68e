/* t_net_rules.c - the workload language: shapes, edges, messages, cost */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "net/act.h"
#include "net/layer_types.h"
#include "net_load.h"
#include "net_round.h"
#include <time.h>

/* ---- shape rules ---- */

#define FC "{ type = \"fc\"; out = 1; apply = \"position\"; }"

/* One layer on an input: shape, share of the input needed, work, MACs. */
static const struct rule {
    const char *input, *layer;
    struct shape out;
    double lead, work[WORK_N]; /* compare, add, activate, mac, scale */
    int64_t macs, params;
} rules[] = {
    /* clang-format off */
    {"[3, 224, 224]", "type = \"conv\"; out = 64; kernel = 7; stride = 2; "
     "pad = 3; norm = \"batch\";", {64, 112, 112},
     (3. * 224 + 4) / (224 * 224), {0}, 118013952, 9408 + 128},
    {"[4, 6, 5]", "type = \"conv\"; out = 2; kernel = [3, 1]; bias = true;",
     {2, 4, 5}, (2. * 5 + 1) / 30, {0}, 4 * 3 * 2 * 20, 24 + 2},
    {"[4, 9, 9]", "type = \"conv\"; out = 4; groups = 2; kernel = 3; "
     "dilation = 2; act = \"silu\";", {4, 5, 5}, (4. * 9 + 5) / 81,
     {0, 0, 100}, 2 * 3 * 3 * 4 * 25, 72},
    {"[4, 5, 5]", "type = \"conv\"; out = 4; kernel = 3; stride = 2; "
     "pad = \"same\";", {4, 3, 3}, 7. / 25, {0}, 36 * 4 * 9, 144},
    {"[4, 6, 6]", "type = \"dwconv\"; factor = 2; kernel = 3; pad = 1; "
     "act = \"relu\";", {8, 6, 6}, 8. / 36, {0, 0, 288}, 9 * 8 * 36, 72},
    {"[2, 13, 13]", "type = \"maxpool\"; kernel = 2; stride = 1; "
     "pad = \"same\";", {2, 13, 13}, 15. / 169, {3 * 338.}, 0, 0},
    {"[2, 54, 54]", "type = \"maxpool\"; kernel = 3; stride = 2; "
     "ceil = true;", {2, 27, 27}, (2. * 54 + 3) / (54 * 54), {8 * 1458.}, 0,
     0},
    {"[2, 54, 54]", "type = \"maxpool\"; kernel = 3; stride = 2;",
     {2, 26, 26}, (2. * 54 + 3) / (54 * 54), {8 * 1352.}, 0, 0},
    /* a window that would start in the far padding does not count */
    {"[1, 3, 3]", "type = \"maxpool\"; kernel = 2; stride = 2; pad = 1; "
     "ceil = true;", {1, 2, 2}, 1. / 9, {3 * 4.}, 0, 0},
    {"[8, 7, 5]", "type = \"avgpool\"; kernel = \"global\";", {8, 1, 1}, 1,
     {0, 34 * 8.}, 0, 0},
    {"[8, 7, 5]", "type = \"avgpool\"; kernel = 0;", {8, 1, 1}, 1,
     {0, 34 * 8.}, 0, 0},
    {"[8, 4, 4]", "type = \"avgpool\"; kernel = 2;", {8, 2, 2}, 6. / 16,
     {0, 3 * 32.}, 0, 0},
    {"[8, 4, 4]", "type = \"fc\"; out = 3; bias = true;", {3, 1, 1}, 1, {0},
     384, 387},
    /* a window wider than the map needs all of it, not more */
    {"[1, 2, 2]", "type = \"conv\"; out = 1; kernel = 5; pad = 2;",
     {1, 2, 2}, 1, {0}, 100, 25},
    {"[8, 4, 2]", "type = \"fc\"; out = 3;", {3, 1, 1}, 1, {0}, 192, 192},
    {"[8, 4]", "type = \"fc\"; out = 3; act = \"gelu\";", {3, 4, 1}, 0.25,
     {0, 0, 12}, 96, 24},
    {"[8, 4]", "type = \"linear\"; out = 3; apply = \"map\"; tied = true;",
     {3, 1, 1}, 1, {0}, 96, 0},
    {"[8, 4, 4]", "type = \"fc\"; out = 3; apply = \"position\";", {3, 4, 4},
     1. / 16, {0}, 384, 24},
    {"[8, 4, 4]", "type = \"add\"; from = (\"in\", \"in\", \"in\");",
     {8, 4, 4}, 1. / 16, {0, 256}, 0, 0},
    {"[8, 4, 4]", "type = \"mul\"; from = (\"in\", \"in\");", {8, 4, 4},
     1. / 16, {0, 0, 0, 128}, 0, 0},
    {"[8, 4, 4]", "type = \"concat\"; from = (\"in\", \"in\");", {16, 4, 4},
     1. / 16, {0}, 0, 0},
    {"[8, 4, 4]", "type = \"act\"; act = \"hard_swish\";", {8, 4, 4}, 1. / 16,
     {0, 0, 128}, 0, 0},
    {"[8, 4, 4]", "type = \"slice\"; at = 2; count = 5;", {5, 4, 4}, 1. / 16,
     {0}, 0, 0},
    {"[8, 4]", "type = \"slice\"; axis = \"positions\"; at = 2; count = 2;",
     {8, 2, 1}, 0.75, {0}, 0, 0},
    {"[8, 4, 4]", "type = \"shuffle\"; groups = 2;", {8, 4, 4}, 1. / 16, {0},
     0, 0},
    {"[8, 4, 3]", "type = \"upsample\"; factor = 3;", {8, 12, 9}, 1. / 12,
     {0}, 0, 0},
    {"[8, 4, 3]", "type = \"sequence\";", {8, 12, 1}, 1. / 12, {0}, 0, 0},
    {"[8, 5, 5]", "type = \"shortcut\"; out = 16; stride = 2;", {16, 3, 3},
     1. / 25, {0}, 0, 0},
    {"[8, 4]", "type = \"norm\";", {8, 4, 1}, 0.25, {0, 64, 4, 96}, 0, 16},
    {"[8, 4]", "type = \"norm\"; kind = \"batch\"; act = \"relu\";",
     {8, 4, 1}, 0.25, {0, 0, 32, 0, 32}, 0, 16},
    {"[8, 4]", "type = \"softmax\"; heads = 2;", {8, 4, 1}, 0.25,
     {0, 32 - 8, 32 + 8, 32}, 0, 0},
    {"[8, 4]", "type = \"matmul\"; heads = 2; transpose = true; "
     "from = (\"in\", \"in\");", {8, 4, 1}, 1, {0, 0, 0, 128}, 128, 0},
    {"[4, 4]", "type = \"matmul\"; from = (\"in\", \"in\");", {4, 4, 1}, 1,
     {0, 0, 0, 64}, 64, 0},
    {"[1, 6]", "type = \"embedding\"; entries = 100; out = 8;", {8, 6, 1},
     1. / 6, {0}, 0, 800},
    {"[8, 6]", "type = \"position\"; entries = 10;", {8, 6, 1}, 1. / 6,
     {0, 48}, 0, 80},
    {"[8, 6]", "type = \"position\";", {8, 6, 1}, 1. / 6, {0, 48}, 0, 48},
    {"[8, 6]", "type = \"token\"; count = 2;", {8, 8, 1}, 1. / 6, {0}, 0, 16},
    /* clang-format on */
};
#define N_RULES ((int)(sizeof rules / sizeof *rules))

START_TEST(test_rule)
{
    const struct rule *r = &rules[_i];
    const char *text = arena_printf(&arena, "{ %s },\n" FC, r->layer);
    ck_assert_msg(load_layers(r->input, text) == 0, "%s", first_message());
    const struct layer *l = &net.layer[0];
    ck_assert_int_eq(l->out.c, r->out.c);
    ck_assert_int_eq(l->out.h, r->out.h);
    ck_assert_int_eq(l->out.w, r->out.w);
    ck_near(l->lead, r->lead, 1e-15);
    for (int i = 0; i < WORK_N; i++)
        ck_assert_msg(l->work[i] == r->work[i], "work %d is %g, not %g", i,
                      l->work[i], r->work[i]);
    ck_assert_int_eq(l->macs, r->macs);
    ck_assert_int_eq(l->params, r->params);
    int64_t in = (int64_t)net.input.c * net.input.h * net.input.w;
    ck_assert_int_eq(l->in_values, l->n_in * in);
    round_trip(&net, &arena);
}
END_TEST

/* Gate of one value a channel, as in squeeze and excitation. */
START_TEST(test_gate)
{
    ck_assert_int_eq(
        load_layers("[8, 4, 4]",
                    "{ name = \"p\"; type = \"avgpool\"; kernel = \"global\"; "
                    "},\n{ type = \"mul\"; from = (\"in\", \"p\"); },\n" FC),
        0);
    ck_assert_int_eq(net.layer[1].out.h, 4);
    ck_assert_int_eq(net.layer[1].in_values, 128 + 8);
    ck_assert(net.layer[1].work[WORK_MAC] == 128);
    round_trip(&net, &arena);
}
END_TEST

START_TEST(test_lstm)
{
    ck_assert_msg(
        load_layers("[10, 5]",
                    "{ name = \"a\"; type = \"lstm\"; out = 6; project = 3; "
                    "bias = true; },\n{ name = \"b\"; type = \"fc\"; out = 2; "
                    "from = \"a\"; }") == 0,
        "%s", first_message());
    const struct layer *x = layer_named("a.x"), *h = layer_named("a.h");
    const struct layer *g = layer_named("a.gates"), *p = layer_named("a.p");
    ck_assert_int_eq(x->rows, 10);
    ck_assert_int_eq(x->columns, 24);
    ck_assert_int_eq(x->vectors, 5);
    ck_assert_int_eq(x->params, 264);
    ck_assert(!x->recurrent && h->recurrent);
    ck_assert_int_eq(h->rows, 3);
    ck_assert_int_eq(h->params, 72);
    ck_assert_int_eq(h->in_values, 15);
    ck_assert_int_eq(g->out.c, 6);
    ck_assert(g->work[WORK_ACTIVATE] == 5 * 30);
    ck_assert(g->work[WORK_ADD] == 4 * 30 && g->work[WORK_MAC] == 3 * 30);
    ck_assert_int_eq(p->rows, 6);
    ck_assert_int_eq(layer_named("b")->in[0], index_named("a.p"));
    round_trip(&net, &arena);
}
END_TEST

/* ---- repeats, names, edges ---- */

#define C1(name, more)                                                         \
    "{ name = \"" name "\"; type = \"conv\"; out = 4; kernel = 1; " more " }"

START_TEST(test_nested_repeats)
{
    ck_assert_msg(
        load_layers(
            "[4, 2, 2]",
            C1("stem",
               "") ",\n"
                   "{ name = \"s\"; repeat = 2; quant = \"q\"; layers = (\n"
                   "  { name = \"b#\"; repeat = 3; first = 1; layers = (\n" C1("c", "") ",\n" C1(
                       "d",
                       "from = \"in\"; quant = 8;") ",\n{ name = \"e\"; type = "
                                                    "\"add\";"
                                                    " from = (\"c\", \"d\", "
                                                    "\"stem\"); }\n) }\n) "
                                                    "},\n" C1(
                                                        "x",
                                                        "from = "
                                                        "\"s.0\";") "," C1("y",
                                                                           "fro"
                                                                           "m "
                                                                           "= "
                                                                           "\"s"
                                                                           "\""
                                                                           ";") "," C1("z",
                                                                                       "from = \"s.1.b2.c\";")) ==
            0,
        "%s", first_message());
    ck_assert_int_eq(net.n, 1 + 2 * 3 * 3 + 3);
    const struct layer *e = layer_named("s.1.b2.e");
    ck_assert_int_eq(e->in[0], index_named("s.1.b2.c"));
    ck_assert_int_eq(e->in[2], index_named("stem"));
    ck_assert_int_eq(layer_named("s.1.b2.d")->in[0], index_named("s.1.b1.e"));
    ck_assert_int_eq(layer_named("s.1.b1.d")->in[0], index_named("s.0.b3.e"));
    ck_assert_int_eq(layer_named("s.0.b1.d")->in[0], index_named("stem"));
    ck_assert_int_eq(layer_named("x")->in[0], index_named("s.0.b3.e"));
    ck_assert_int_eq(layer_named("y")->in[0], index_named("s.1.b3.e"));
    ck_assert_int_eq(layer_named("z")->in[0], index_named("s.1.b2.c"));
    ck_assert_str_eq(layer_named("s.0.b1.c")->quant->text, "q");
    ck_assert_int_eq(layer_named("s.0.b1.d")->quant->integer, 8);
    ck_assert_ptr_null(layer_named("stem")->quant);
    round_trip(&net, &arena);
}
END_TEST

/* A group may begin somewhere else; names are looked up inside first. */
START_TEST(test_scopes)
{
    ck_assert_msg(
        load_layers(
            "[4, 2, 2]",
            C1("a", "") ",\n" C1(
                "c",
                "") ",\n"
                    "{ name = \"g\"; from = \"a\"; layers = "
                    "(\n" C1("c", "") ",\n" C1(
                        "d",
                        "from = "
                        "\"c\";") ",\n" C1("e",
                                           "from = \"a\";") "\n) },\n"
                                                            "{ type = "
                                                            "\"maxpool\"; "
                                                            "kernel "
                                                            "= 2; }," C1(
                                                                "f",
                                                                "from = "
                                                                "\"c\";")) == 0,
        "%s", first_message());
    ck_assert_int_eq(layer_named("g.c")->in[0], index_named("a"));
    ck_assert_int_eq(layer_named("g.d")->in[0], index_named("g.c"));
    ck_assert_int_eq(layer_named("f")->in[0], index_named("c"));
    ck_assert_int_eq(layer_named("maxpool_3")->in[0], index_named("g.e"));
    round_trip(&net, &arena);
}
END_TEST

/* ---- messages ---- */

static const struct {
    const char *input, *layers, *message; /* from the line number on */
} refused[] = {
    /* clang-format off */
    {"[4, 4, 4]", "{ name = \"c\"; type = \"conv\"; out = 4; kernal = 3; }",
     "2: 'c.kernel' is missing: height and width of the window"},
    {"[4, 4, 4]", "{ name = \"c\"; type = \"conv\"; out = 4; kernel = 3;\n"
     "strid = 2; }",
     "3: unknown key 'strid' in conv 'c'; did you mean 'stride'?"},
    {"[4, 4, 4]", "{ name = \"c\"; type = \"conv\"; kernel = 3; }",
     "2: 'c.out' is missing: output channels"},
    {"[4, 4, 4]", "{ name = \"c\"; type = \"cnov\"; }",
     "2: unknown layer type 'cnov' of 'c'; did you mean 'conv'?"},
    {"[4, 4, 4]", "{ name = \"c\"; out = 3; }",
     "2: 'c' has no type; write type = \"conv\", for one"},
    {"[4, 4, 4]", "{ name = \"c\"; type = \"conv\"; out = 0; kernel = 1; }",
     "2: out: 0 is outside 1 to 16777216"},
    {"[4, 4, 4]", "{ name = \"c\"; type = \"conv\"; out = 4; kernel = -1; }",
     "2: kernel of 'c': -1 is outside 1 to 16777216"},
    {"[4, 4, 4]", "{ name = \"c\"; type = \"conv\"; out = 4; kernel = 1.5; }",
     "2: kernel of 'c' must be a whole number or [height, width], not a "
     "number"},
    {"[4, 4, 4]", "{ name = \"c\"; type = \"conv\"; out = 4; "
     "kernel = [1, 2, 3]; }",
     "2: kernel of 'c' needs two numbers, [height, width], not 3"},
    {"[4, 4, 4]", "{ name = \"c\"; type = \"conv\"; out = 4; kernel = 1; "
     "act = \"rely\"; }", "2: act: 'rely' is none of none, relu, relu6"},
    {"[4, 4, 4]", "{ name = \"c\"; type = \"conv\"; out = 4; kernel = 7; "
     "pad = 1; }",
     "2: 'c': the kernel covers 7 rows but the padded input has 6"},
    {"[4, 4, 4]", "{ name = \"c\"; type = \"conv\"; out = 4; kernel = 3; "
     "pad = 3; }", "2: 'c': pad 3 leaves windows without any input: the "
     "kernel covers 3 rows"},
    {"[4, 4, 4]", "{ name = \"c\"; type = \"conv\"; out = 4; kernel = 1; "
     "groups = 3; }", "2: 'c': 3 groups do not divide 4 input channels"},
    {"[6, 4, 4]", "{ name = \"c\"; type = \"conv\"; out = 4; kernel = 1; "
     "groups = 3; }", "2: 'c': 3 groups do not divide 4 output channels"},
    {"[4, 4, 4]", C1("abc", "") ",\n" C1("d", "from = \"abd\";"),
     "3: unknown layer 'abd' in from of 'd'; did you mean 'abc'?"},
    {"[4, 4, 4]", C1("abc", "") ",\n" C1("abc", ""),
     "3: the name 'abc' is already taken in line 2"},
    {"[4, 4, 4]", "{ name = \"p\"; type = \"maxpool\"; kernel = 2; },\n"
     "{ name = \"a\"; type = \"add\"; from = (\"p\", \"in\"); }",
     "3: 'a': input 2 is 4 x 4 x 4 but input 1 is 4 x 2 x 2"},
    {"[4, 4, 4]", "{ name = \"a\"; type = \"add\"; }",
     "2: 'a': a layer of type add takes 2 inputs or more, not 1"},
    {"[4, 4, 4]", C1("a", "from = (\"in\", \"in\");"),
     "2: 'a': a layer of type conv takes 1 input, not 2"},
    {"[4, 4, 4]", C1("a", "from = 3;"), "2: from of 'a' must be the name of a "
     "layer or a list of names, not an integer"},
    {"[4, 4, 4]", C1("in", ""), "2: a layer cannot be called 'in', which "
     "means the input"},
    {"[4, 4, 4]", "{ type = \"act\"; act = \"relu\"; }",
     " the network has no layer with a weight matrix"},
    {"[4, 4, 4]", "", "1: layers must be a list ( { ... }, { ... } ) with at "
     "least one layer"},
    {"[4, 0, 4]", C1("a", ""), "1: input: number 2 is no whole number from 1 "
     "to 16777216"},
    {"[4, 4, 99999999]", C1("a", ""), "1: input: number 3 is no whole number "
     "from 1 to 16777216"},
    {"4", C1("a", ""), "1: input must be [channels, height, width], "
     "[features, length] or [features]"},
    {"[4]", "{ name = \"f\"; type = \"fc\"; out = 2;\ncodes = [1, 2, 3]; }",
     "2: 'f': 3 codes for a matrix of 4 rows x 2 columns"},
    {"[4]", "{ name = \"f\"; type = \"fc\"; out = 2;\ncodes = [1L, 4294967296L];"
     " }", "3: codes of 'f': number 2 is no whole number below 2^32"},
    {"[4, 1, 1]", "{ name = \"c\"; type = \"dwconv\"; kernel = 1; "
     "codes = [1]; }", "2: 'c': codes need a layer with one group, not 4"},
    {"[16777216, 16777216, 16777216]", C1("a", ""),
     "2: 'a': a count of this layer exceeds 2^63"},
    {"[4096, 1024, 1024]", "{ name = \"f\"; type = \"fc\"; out = 2; }",
     "2: 'f': the weight matrix has too many rows"},
    {"[4, 4, 4]", "{ name = \"u\"; type = \"upsample\"; factor = 9999999; }",
     "2: 'u': the output exceeds 16777216 rows or columns"},
    {"[4, 4, 4]", "{ name = \"s\"; type = \"slice\"; at = 2; count = 3; }",
     "2: 's': 3 from 2 on exceed the 4 channels of the input"},
    {"[4, 4]", "{ name = \"m\"; type = \"matmul\"; transpose = true;\n"
     "heads = 3; from = (\"in\", \"in\"); }",
     "2: 'm': 3 heads do not divide 4 and 4 channels"},
    {"[4, 5]", "{ name = \"m\"; type = \"matmul\"; from = (\"in\", \"in\"); }",
     "2: 'm': the inner sizes 4 and 5 differ"},
    {"[4, 5]", "{ name = \"e\"; type = \"embedding\"; entries = 5; out = 1; }",
     "2: 'e': the input must be one index a position, 1 x length x 1, not 4 "
     "x 5 x 1"},
    {"[4, 5]", "{ name = \"p\"; type = \"position\"; entries = 4; }",
     "2: 'p': 4 entries for 5 positions"},
    {"[4, 5, 5]", "{ name = \"l\"; type = \"lstm\"; out = 4; }",
     "2: 'l': the input of a layer of type lstm must be a sequence (width 1), "
     "not 4 x 5 x 5"},
    {"[4, 5, 5]", "{ repeat = 2; layers = (" C1("a", "") "); }",
     "2: a group of layers has no name"},
    {"[4, 5, 5]", "{ name = \"g\"; repeat = 0; layers = (" C1("a", "") "); }",
     "2: repeat: 0 is outside 1 to 1000000"},
    {"[4, 5, 5]", "{ name = \"g\"; repaet = 2; layers = (" C1("a", "") "); }",
     "2: unknown key 'repaet' in group 'g'; did you mean 'repeat'?"},
    {"[4, 5, 5]", "{ name = \"g\"; repeat = 1000000; layers = ("
     C1("a", "") ", " C1("b", "") "); }",
     "2: the network has more than 262144 layers"},
    {"[4, 5, 5]", "5", "2: layers must be groups { ... }, not an integer"},
    /* clang-format on */
};
#define N_REFUSED ((int)(sizeof refused / sizeof *refused))

/* Exactly the expected message, at the expected line. */
START_TEST(test_refused)
{
    ck_assert_int_eq(load_layers(refused[_i].input, refused[_i].layers), -1);
    const char *at = strstr(first_message(), "t.cfg:");
    ck_assert_ptr_nonnull(at);
    at += strlen("t.cfg:");
    ck_assert_msg(
        strncmp(at, refused[_i].message, strlen(refused[_i].message)) == 0,
        "'%s' is not '%s'", at, refused[_i].message);
}
END_TEST

/* Errors do not hide one another, a bad layer is not the fault of its
 * consumers, and a repeat reports once. */
START_TEST(test_all_errors)
{
    ck_assert_int_eq(
        load_layers(
            "[4, 4, 4]",
            C1("a", "groups = 3;") ",\n"
                                   "{ name = \"g\"; repeat = 50; layers = "
                                   "(\n" C1("b", "form = \"a\";") ",\n" C1(
                                       "c",
                                       "from = \"q\";") ",\n" C1("d",
                                                                 "from = "
                                                                 "\"a\";") "\n)"
                                                                           " },"
                                                                           "\n"
                                                                           "{ "
                                                                           "nam"
                                                                           "e "
                                                                           "= "
                                                                           "\"e"
                                                                           "\";"
                                                                           " ty"
                                                                           "pe "
                                                                           "= "
                                                                           "\"a"
                                                                           "dd"
                                                                           "\";"
                                                                           " fr"
                                                                           "om "
                                                                           "= "
                                                                           "(\""
                                                                           "a\""
                                                                           ", "
                                                                           "\"g"
                                                                           "\")"
                                                                           "; "
                                                                           "},"
                                                                           "\n{"
                                                                           " na"
                                                                           "me "
                                                                           "= "
                                                                           "\"f"
                                                                           "\";"
                                                                           " ty"
                                                                           "pe "
                                                                           "= "
                                                                           "\"c"
                                                                           "onv"
                                                                           "\";"
                                                                           " ou"
                                                                           "t "
                                                                           "= "
                                                                           "3; "
                                                                           "ker"
                                                                           "nel"
                                                                           " = "
                                                                           "9; "
                                                                           "fro"
                                                                           "m "
                                                                           "= "
                                                                           "\"i"
                                                                           "n\""
                                                                           "; "
                                                                           "}"),
        -1);
    ck_assert_int_eq(msgs.errors, 4);
    ck_assert_ptr_nonnull(strstr(msgs.list[0].text, "t.cfg:4: unknown key "
                                                    "'form' in conv 'b'; did "
                                                    "you mean 'from'?"));
    ck_assert_ptr_nonnull(strstr(msgs.list[1].text, "t.cfg:2: 'a': 3 groups"));
    ck_assert_ptr_nonnull(strstr(msgs.list[2].text, "t.cfg:5: unknown layer"));
    ck_assert_ptr_nonnull(strstr(msgs.list[3].text, "t.cfg:9: 'f': the kern"));
}
END_TEST

START_TEST(test_root_errors)
{
    ck_assert_int_eq(load_text("input_density = 2.0;\nnmae = \"x\";\n"), -1);
    ck_assert_int_eq(msgs.errors, 5);
    static const char *const want[] = {
        "'input' is missing", "t.cfg:2: unknown key 'nmae'",
        "'name' is missing", "t.cfg:1: input_density: 2 is outside 0 to 1",
        "'layers' is missing"};
    for (int i = 0; i < 5; i++)
        ck_assert_msg(strstr(msgs.list[i].text, want[i]) != NULL,
                      "'%s' lacks '%s'", msgs.list[i].text, want[i]);
}
END_TEST

/* ---- the manual ---- */

/* The manual's source as one string. */
static char *manual(void)
{
    FILE *f = fopen(source_path("man/ivq-workload.5"), "r");
    ck_assert_ptr_nonnull(f);
    char *text = arena_alloc(&arena, 100000);
    size_t n = fread(text, 1, 99999, f);
    fclose(f);
    ck_assert(n > 0 && n < 99999);
    return text;
}

/* The complete example of the manual is a file that loads. */
START_TEST(test_manual_example)
{
    char *text = strstr(manual(), "// small.cfg");
    ck_assert_ptr_nonnull(text);
    *strstr(text, ".Ed") = 0;
    ck_assert_msg(load_text(text) == 0, "%s", first_message());
    ck_assert_int_eq(net.n, 15);
    ck_assert_int_eq(net.n_weight, 9);
    ck_assert_int_eq(layer_named("scale")->in[0], index_named("stage2.add"));
    ck_assert_int_eq(layer_named("fc")->vectors, 1);
    ck_assert_int_eq(layer_named("avgpool_6")->out.h, 1);
}
END_TEST

/* Every type and each of its keys is in the manual. */
START_TEST(test_manual_names)
{
    const char *text = manual();
    for (int i = 0; layer_types[i]; i++) {
        const struct layer_type *t = layer_types[i];
        ck_assert_msg(
            strstr(text, arena_printf(&arena, ".It Cm %s\n", t->name)) != NULL,
            "type %s is not in the manual", t->name);
        for (const struct field *f = t->fields; f->name; f++)
            ck_assert_msg(
                strstr(text, arena_printf(&arena, "Cm %s\n", f->name)) ||
                    strstr(text, arena_printf(&arena, "Cm %s ", f->name)),
                "key %s of %s is not in the manual", f->name, t->name);
    }
    for (int i = 0; act_names[i]; i++)
        ck_assert_msg(
            strstr(text, arena_printf(&arena, ".Ql %s\n", act_names[i])) ||
                strstr(text, arena_printf(&arena, ".Ql %s ", act_names[i])),
            "%s is not in the manual", act_names[i]);
}
END_TEST

/* ---- cost ---- */

/* Processor time to load n layers with named edges: in one repeat, or all
 * written out. */
static double seconds(int n, bool written_out)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    if (!written_out)
        fprintf(
            f,
            "{ name = \"g\"; repeat = %d; layers = (" C1(
                "b",
                "") ", "
                    "{ name = \"c\"; type = \"add\"; from = (\"in\", \"b\"); }"
                    ") }",
            n / 2);
    if (written_out)
        fputs(C1("c0", "") ",\n", f), n--;
    for (int i = 0; written_out && i < n; i++)
        fprintf(f, C1("c%d", "from = \"c%d\";") "%s", i + 1, i,
                i < n - 1 ? ",\n" : "");
    fclose(f);
    clock_t start = clock();
    ck_assert_msg(load_layers("[4, 1, 1]", text) == 0, "%s", first_message());
    double s = (double)(clock() - start) / CLOCKS_PER_SEC;
    ck_assert_int_eq(net.n, n + written_out);
    free(text);
    return s;
}

/* Four times the layers: a quadratic lookup would take 16 times as long. */
START_TEST(test_linear)
{
    bool written_out = _i == 1;
    int n = written_out ? 25000 : 50000;
    seconds(n, written_out); /* warm up */
    double one = seconds(n, written_out);
    double four = seconds(4 * n, written_out);
    ck_assert_msg(four < 9 * one + 0.05, "%g s for four times %g s", four, one);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("net rules");
    TCase *t = tcase_create("rules");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, test_rule, 0, N_RULES);
    tcase_add_test(t, test_gate);
    tcase_add_test(t, test_lstm);
    tcase_add_test(t, test_nested_repeats);
    tcase_add_test(t, test_scopes);
    tcase_add_loop_test(t, test_refused, 0, N_REFUSED);
    tcase_add_test(t, test_all_errors);
    tcase_add_test(t, test_root_errors);
    tcase_add_test(t, test_manual_example);
    tcase_add_test(t, test_manual_names);
    tcase_add_loop_test(t, test_linear, 0, 2);
    suite_add_tcase(suite, t);
    return unit_run(suite);
}
