/* t_scaling.c - components over the nodes: no jumps, never larger */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "files.h"

#include "hw/part.h"

#include <fenv.h>

/* ---- parts of one design, carried from node to node ---- */

static const char array_text[] =
    "crossbar = { rows = 128; columns = 128; cell_bits = 1; };\n"
    "array = { model = \"crossbar_array\"; cell = \"1t1r\"; r_on = \"1 Mohm\";"
    " r_off = \"100 Mohm\"; read_voltage = \"0.2 V\"; access_width = \"400 "
    "nm\";"
    " set_voltage = \"2 V\"; reset_voltage = \"2 V\"; set_current = "
    "\"10 uA\"; reset_current = \"10 uA\"; set_pulse = \"10 ns\";"
    " reset_pulse = \"10 ns\"; integration_time = \"1 ns\"; max_off_current = "
    "1000.0; };\n";

static const struct {
    const char *name, *text;
    const char *grows; /* why it may, where it may */
} parts[] = {
    /* one organisation: a search may choose another at the next node */
    {"sram",
     "model = \"sram\"; capacity = \"8 KB\"; rows = 128; columns = "
     "256; mux = 1; active = 1;",
     NULL},
    {"adder", "model = \"adder\"; bits = 32;", NULL},
    {"shift_add", "model = \"shift_add\"; style = \"carry_select\";", NULL},
    {"mac_unit", "model = \"mac_unit\";", NULL},
    {"adder_tree", "model = \"adder_tree\"; inputs = 64;", NULL},
    {"register_file", "model = \"register_file\"; capacity = \"1 KB\";", NULL},
    {"activation_table", "model = \"activation_table\";", NULL},
    {"max_pool", "model = \"max_pool\";", NULL},
    {"controller", "model = \"controller\";", NULL},
    {"bus", "model = \"bus\"; length = \"1 mm\";", NULL},
    {"htree", "model = \"htree\"; length = \"1 mm\";", NULL},
    {"mesh_router", "model = \"mesh_router\"; length = \"1 mm\";", NULL},
    {"sar_adc", "model = \"sar_adc\"; bits = 6;", NULL},
    {"flash_adc", "model = \"flash_adc\"; bits = 4;", NULL},
    {"ramp_adc", "model = \"ramp_adc\"; bits = 6;", NULL},
    {"survey_adc", "model = \"survey_adc\"; bits = 8; rate = \"100 MHz\";",
     NULL},
    {"wordline_driver", "model = \"wordline_driver\"; load = \"50 fF\";",
     "switches 2 V, which thinner oxides stand only in series"},
    {"sample_hold", "model = \"sample_hold\"; bits = 6;",
     "at a lower supply thermal noise asks for a larger capacitor"},
    {"column_mux", "model = \"column_mux\"; bits = 6; ways = 16;", NULL},
    {"row_decoder", "model = \"row_decoder\"; rows = 128;", NULL},
    {"crossbar_array", NULL, NULL},
};
enum { PARTS = sizeof parts / sizeof *parts };

static const double table_nm[] = {180, 130, 90, 65, 45, 32,
                                  22,  16,  14, 10, 7,  5};
enum { TABLE = sizeof table_nm / sizeof *table_nm, STEPS = 4 };

static void setup(void)
{
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    files_setup();
}

static void teardown(void)
{
    files_teardown();
}

static struct cost cost_at(int part, double nm)
{
    struct arena arena;
    struct msgs msgs = {.n = 0};
    const char *const folders[] = {source_file("tech"), NULL};
    struct conf_env env = {.arena = &arena, .msgs = &msgs, .folders = folders};
    struct component out = {NULL};
    char text[1200], node[32];
    bool array = !parts[part].text;

    snprintf(node, sizeof node, "%.6f nm", nm);
    snprintf(text, sizeof text, "node = \"%s\";\n%s%s%s%s", node, array_text,
             array ? "" : "part = { ", array ? "" : parts[part].text,
             array ? "" : " };");
    arena_init(&arena, NULL);
    const char *path = file_text("part.cfg", text);
    struct node *root = conf_load(&env, path);
    ck_assert_ptr_nonnull(root);
    ck_need(!part_alone(&env, root, array ? "array" : "part", NULL, &out),
            "%s at %g nm: %s", parts[part].name, nm,
            msgs.list[msgs.n - 1].text);
    struct cost cost = out.cost;
    unlink(files_path[--files_count]);
    arena_release(&arena);
    return cost;
}

static double figure(const struct cost *c, int k)
{
    const double all[] = {c->area_m2, c->energy_J[ACTION_FIRST],
                          c->time_s[ACTION_FIRST], c->delay_s};
    return all[k];
}
static const char *const figures[] = {"area", "energy", "time", "delay"};
enum { FIGURES = sizeof figures / sizeof *figures };

static double ratio(double a, double b)
{
    if (!(a > 0) || !(b > 0))
        return 1;
    return a > b ? a / b : b / a;
}

/* Between two nodes of the table nothing jumps: a quarter of the way never
 * changes a figure by more than 1.6. */
START_TEST(nothing_jumps)
{
    double worst[FIGURES] = {1, 1, 1, 1};
    struct cost before = cost_at(_i, table_nm[0]);
    for (int i = 0; i + 1 < TABLE; i++)
        for (int s = 1; s <= STEPS; s++) {
            double nm = table_nm[i] *
                        pow(table_nm[i + 1] / table_nm[i], (double)s / STEPS);
            struct cost c = cost_at(_i, s == STEPS ? table_nm[i + 1] : nm);
            for (int k = 0; k < FIGURES; k++) {
                double r = ratio(figure(&before, k), figure(&c, k));
                worst[k] = fmax(worst[k], r);
                ck_need(r <= 1.6, "%s: %s changes by %.2f to %g nm: %g, %g",
                        parts[_i].name, figures[k], r, nm, figure(&before, k),
                        figure(&c, k));
            }
            before = c;
        }
    printf("# %-16s area %.2f energy %.2f time %.2f delay %.2f\n",
           parts[_i].name, worst[0], worst[1], worst[2], worst[3]);
}
END_TEST

/* A scaled node never costs more area; a repeater of thirty fins that becomes
 * one of thirty-one may weigh a thousandth. */
START_TEST(smaller_nodes_are_smaller)
{
    static const double whole_fins = 2e-3;
    double before = cost_at(_i, table_nm[0]).area_m2;
    for (int i = 1; i < TABLE && !parts[_i].grows; i++) {
        double area = cost_at(_i, table_nm[i]).area_m2;
        ck_need(area <= before * (1 + whole_fins),
                "%s grows to %g um2 at %g nm from %g um2", parts[_i].name,
                area * 1e12, table_nm[i], before * 1e12);
        before = area;
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("scaling");
    TCase *c = tcase_create("nodes");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_loop_test(c, nothing_jumps, 0, PARTS);
    tcase_add_loop_test(c, smaller_nodes_are_smaller, 0, PARTS);
    suite_add_tcase(s, c);
    return unit_run(s);
}
