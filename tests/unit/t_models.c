/* t_models.c - no parameters, at no site, make a component model fail */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "files.h"
#include "random.h"

#include "hw/model.h"

#include <fenv.h>
#include <stddef.h>

/* ---- sites: every node of the table, some between, three temperatures ---- */

static const double nodes_nm[] = {180, 150, 130, 90, 65, 55, 45, 40, 32, 28,
                                  22,  19,  16,  14, 12, 10, 8,  7,  6,  5};
enum {
    NODES = sizeof nodes_nm / sizeof *nodes_nm,
    TEMPERATURES = 3,
    SITES = NODES * TEMPERATURES
};

static struct arena arena;
static struct technologies sites[SITES];

static void load_site(double nm, double temperature_K, struct technologies *out)
{
    struct msgs msgs = {.n = 0};
    struct place at = {NULL, 0};
    const char *const folders[] = {source_file("tech"), NULL};
    struct conf_env env = {.arena = &arena, .msgs = &msgs, .folders = folders};
    struct technology_choice choice = {
        .temperature_K = temperature_K, .roadmap = ROADMAP_HP, .file = ""};
    ck_need(!technology_load(&env, &at, nm * 1e-9, &choice, out),
            "%g nm, %g K: %s", nm, temperature_K, msgs.list[0].text);
}

static void setup(void)
{
    arena_init(&arena, NULL);
    for (int i = 0; i < SITES; i++)
        load_site(nodes_nm[i / TEMPERATURES], 300 + 50 * (i % TEMPERATURES),
                  &sites[i]);
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
}

static void teardown(void)
{
    fedisableexcept(FE_ALL_EXCEPT);
    arena_release(&arena);
}

static double spread(double low, double high)
{
    return exp(uniform(log(low), log(high)));
}

/* A crossbar's lines from a few cells to very large ones; now and then none,
 * as of a published array. */
static struct lines random_lines(void)
{
    if (next_random() % 8 == 0)
        return (struct lines){{0}};
    double on_ohm = spread(1e3, 1e7);
    return (struct lines){.wordline = {spread(1, 1e5), spread(1e-16, 1e-11)},
                          .bitline = {spread(1, 1e5), spread(1e-16, 1e-11)},
                          .cell_height_m = spread(1e-8, 1e-5),
                          .cell_width_m = spread(1e-8, 1e-5),
                          .wordline_V = spread(0.05, 2),
                          .read_V = spread(0.05, 1.5),
                          .gated = next_random() % 2,
                          .settle = spread(1, 20),
                          .read_s = spread(1e-11, 1e-6),
                          .on_ohm = on_ohm,
                          .off_ohm = on_ohm * spread(1.5, 1e4),
                          .step_A = spread(1e-9, 1e-3),
                          .write_V = spread(0.5, 4),
                          .write_A = spread(1e-6, 1e-3)};
}

static struct site random_site(void)
{
    const struct technologies *t = &sites[next_random() % SITES];
    int roadmap;
    do
        roadmap = (int)(next_random() % ROADMAPS);
    while (!t->has[roadmap]);
    return (struct site){.tech = t,
                         .roadmap = roadmap,
                         .rows = (int)spread(1, 4096),
                         .columns = (int)spread(1, 4096),
                         .cell_bits = 1 + (int)(next_random() % 4),
                         .dac_bits = 1 + (int)(next_random() % 8),
                         .buffer_bits = spread(8, 1e9),
                         .ports = (int)spread(1, 1024),
                         .lines = random_lines(),
                         .tile_side_m = spread(1e-5, 1e-2)};
}

/* ---- parameters ---- */

static void random_curve(struct points *curve)
{
    *curve = (struct points){.n = 2 + (int)(next_random() % 3)};
    for (int i = 0; i < curve->n; i++) {
        curve->x[i] = i ? curve->x[i - 1] + 1 + (double)(next_random() % 6) : 1;
        curve->y[i] = uniform(1, 2) * (i ? curve->y[i - 1] : 1e-13);
        curve->z[i] = uniform(1, 2) * (i ? curve->z[i - 1] : 1e-12);
    }
}

static void random_number(const struct field *f, void *data)
{
    double x =
        f->min > 0 ? spread(f->min, f->max) : f->max * pow(10, uniform(-20, 0));
    if (f->kind == FIELD_COUNT)
        x = floor(x);
    else if (next_random() % 8 == 0)
        x = next_random() % 2 ? f->min : f->max;
    ck_assert_int_eq(field_set(f, data, fmin(fmax(x, f->min), f->max)), 0);
}

/* The default where there is one, half of the time: some combinations only
 * make sense near it. */
static void randomise(const struct field *f, void *data)
{
    int choices = 0;
    char *member = (char *)data + f->offset;
    switch (f->kind) {
    case FIELD_COUNT:
    case FIELD_REAL:
    case FIELD_QUANTITY:
        if (!f->def || next_random() % 2)
            random_number(f, data);
        break;
    case FIELD_POINTS:
        random_curve((struct points *)member);
        break;
    case FIELD_CHOICE:
        while (f->choices[choices])
            choices++;
        *(int *)member = (int)(next_random() % (unsigned)choices);
        break;
    case FIELD_FLAG:
        *(bool *)member = next_random() % 2;
        break;
    default:
        break;
    }
}

/* All defaults; whatever has none is random. */
static void start(const struct model *m, void *data)
{
    struct msgs ignored = {.n = 0};
    struct bound b = {m->name, m->fields, data, NULL};
    struct place at = {NULL, 0};
    struct arena scratch;
    arena_init(&scratch, NULL);
    field_read(&b, NULL, NULL, at, &scratch, &ignored);
    arena_release(&scratch);
}

static bool possible(const struct model *m, const void *data,
                     const struct site *site, struct site *out)
{
    char why[200] = "";
    int roadmap = m->circuit ? ((const struct circuit *)data)->roadmap : 0;
    *out = *site;
    if (roadmap && !site->tech->has[roadmap - 1])
        return false;
    if (m->lines)
        m->lines(data, site, &out->lines);
    if (!m->check || !m->check(data, out, why, sizeof why))
        return true;
    ck_need(*why, "%s refuses without a reason", m->name);
    return false;
}

static void check_cost(const struct model *m, const struct cost *c)
{
    const double *all = (const double *)c;
    for (size_t k = 0; k < sizeof *c / sizeof(double); k++)
        ck_need(isfinite(all[k]) && all[k] >= 0, "%s: cost %zu is %g", m->name,
                k, all[k]);
    ck_need(c->static_W <= c->peak_W * (1 + 1e-12), "%s: peak %g, static %g",
            m->name, c->peak_W, c->static_W);
    ck_need(c->time_s[ACTION_FIRST] > 0 || m->lines, "%s: takes no time",
            m->name);
}

/* Whatever ranges and check() let through has finite, non-negative costs. */
START_TEST(models_cannot_fail)
{
    static max_align_t data[256], defaults[256];
    const struct model *m = models[_i];
    int tried = 0;
    seed = 4;
    start(m, defaults);
    for (int i = 0; i < 20000 && tried < 2000; i++) {
        struct site site = random_site(), at;
        struct cost c = {0};
        memcpy(data, defaults, sizeof data);
        for (int k = 0; m->fields[k].name; k++)
            randomise(&m->fields[k], data);
        if (!possible(m, data, &site, &at))
            continue;
        tried++;
        m->eval(data, &at, &c);
        check_cost(m, &c);
    }
    ck_need(tried >= 200, "%s: only %d tried", m->name, tried);
}
END_TEST

int main(void)
{
    int n = 0;
    while (models[n])
        n++;
    Suite *s = suite_create("models");
    TCase *c = tcase_create("sites");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_loop_test(c, models_cannot_fail, 0, n);
    suite_add_tcase(s, c);
    return unit_run(s);
}
