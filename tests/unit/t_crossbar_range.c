/* t_crossbar_range.c - parts of a crossbar over all of their parameters */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "crossbar_case.h"
#include "random.h"

#include <stdbool.h>

/* ---- properties ---- */

static const double kelvin[] = {300, 350, 400};
enum { KELVINS = 3, DRAWS = 1500 };

static const struct model *const parts[] = {
    &model_crossbar_array, &model_wordline_driver,
    &model_switch_matrix,  &model_dac,
    &model_sample_hold,    &model_column_mux,
    &model_row_decoder,
};

static double between(double min, double max)
{
    double low = fmax(min, max * 1e-9);
    if (min <= 0 && uniform(0, 1) < 0.3)
        return 0;
    return low * pow(max / low, uniform(0, 1));
}

/* Any value of every parameter, but for one in three, which stays. */
static void draw(const struct model *m, void *params)
{
    for (const struct field *f = m->fields; f->name; f++) {
        char *at = (char *)params + f->offset;
        if (uniform(0, 1) < 1.0 / 3)
            continue;
        if (f->kind == FIELD_FLAG)
            *(bool *)at = uniform(0, 1) < 0.5;
        else if (f->kind == FIELD_CHOICE) {
            int n = 0;
            while (f->choices[n])
                n++;
            *(int *)at = (int)uniform(0, n);
        } else
            field_set(f, params,
                      f->kind == FIELD_COUNT ? floor(between(f->min, f->max))
                                             : between(f->min, f->max));
    }
}

static struct site draw_site(const struct technologies *tech)
{
    return (struct site){.tech = &tech[(int)uniform(0, FILES * KELVINS)],
                         .roadmap = (int)uniform(0, ROADMAPS),
                         .rows = (int)exp2(uniform(0, 10)),
                         .columns = (int)exp2(uniform(0, 10)),
                         .cell_bits = (int)uniform(1, 5),
                         .dac_bits = (int)uniform(1, 5),
                         .ports = (int)exp2(uniform(0, 10))};
}

static bool legal(const struct model *m, const void *p, const struct site *s)
{
    char why[300];
    const struct circuit *c = p;
    int roadmap = c->roadmap ? c->roadmap - 1 : s->roadmap;
    return s->tech->has[roadmap] &&
           (!m->check || !m->check(p, s, why, sizeof why));
}

static void need_sane(const struct model *m, const struct cost *c)
{
    const double all[] = {c->area_m2,     c->static_W,    c->delay_s,
                          c->peak_W,      c->energy_J[0], c->energy_J[1],
                          c->energy_J[2], c->time_s[0],   c->time_s[1],
                          c->time_s[2]};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        ck_need(isfinite(all[i]) && all[i] >= 0, "%s: figure %zu is %g",
                m->name, i, all[i]);
}

static void need_lines(const struct lines *l)
{
    const double all[] = {l->wordline.ohm, l->wordline.F,    l->bitline.ohm,
                          l->bitline.F,    l->cell_height_m, l->cell_width_m,
                          l->read_V,       l->wordline_V,    l->settle,
                          l->read_s,       l->on_ohm,        l->off_ohm,
                          l->step_A,       l->write_V,       l->write_A};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        ck_need(isfinite(all[i]) && all[i] >= 0, "line figure %zu is %g", i,
                all[i]);
}

/* The parts of one role in a crossbar, as one cost. */
static struct cost all_of(const struct model *m, const void *p,
                          const struct site *s)
{
    struct cost c;
    double n = 1;
    if (m == &model_crossbar_array)
        n = (double)s->rows * s->columns;
    else if (m == &model_sample_hold)
        n = s->columns;
    else if (m != &model_column_mux && m != &model_row_decoder)
        n = s->rows;
    m->eval(p, s, &c);
    need_sane(m, &c);
    c.area_m2 *= n;
    c.static_W *= n;
    for (int i = 0; i < ACTIONS; i++)
        c.energy_J[i] *= n;
    return c;
}

#define NOT_LESS(member)                                                       \
    ck_need(b.member >= a.member * (1 - 1e-9),                                 \
            "%s: " #member " falls from %g to %g with more %s (%dx%d)",        \
            m->name, a.member, b.member, what, s->rows, s->columns)

static void need_no_less(const struct model *m, const void *p,
                         const struct site *s, const struct site *larger,
                         const char *what)
{
    struct cost a = all_of(m, p, s), b = all_of(m, p, larger);
    NOT_LESS(area_m2);
    NOT_LESS(static_W);
    NOT_LESS(delay_s);
    NOT_LESS(energy_J[ACTION_FIRST]);
    NOT_LESS(energy_J[ACTION_ON]);
    NOT_LESS(energy_J[ACTION_WRITE]);
    NOT_LESS(time_s[ACTION_WRITE]);
}

/* A legal array and its lines at this site, or false. */
static bool draw_array(void *array, const void *defaults, struct site *s)
{
    memcpy(array, defaults, model_crossbar_array.params_size);
    draw(&model_crossbar_array, array);
    if (!legal(&model_crossbar_array, array, s))
        return false;
    model_crossbar_array.lines(array, s, &s->lines);
    need_lines(&s->lines);
    return true;
}

static void load_nodes(struct technologies *tech)
{
    for (int i = 0; i < FILES; i++)
        for (int k = 0; k < KELVINS; k++)
            tech[i * KELVINS + k] =
                node_load(&arena, nodes_nm[i] * 1e-9, kelvin[k]);
}

/* The same array with one size larger, its lines with it. */
static struct site grown(const void *array, const struct site *s, int which)
{
    struct site big = *s;
    int more = (int)uniform(1, 4);
    int *const sizes[] = {&big.rows, &big.columns, &big.dac_bits, &big.ports};
    *sizes[which] = which == 2 ? big.dac_bits + 1 : *sizes[which] * more + 1;
    model_crossbar_array.lines(array, &big, &big.lines);
    return big;
}

START_TEST(parts_are_sane_everywhere)
{
    static struct technologies tech[FILES * KELVINS];
    static const char *const sizes[] = {"rows", "columns", "input bits",
                                        "ways"};
    const struct model *m = parts[_i];
    void *defaults = array_of(TRANSISTOR);
    void *array = array_of(TRANSISTOR);
    void *part = part_params(&arena, m, m == parts[0] ? TRANSISTOR : "");
    void *first = part_params(&arena, m, m == parts[0] ? TRANSISTOR : "");
    int seen = 0;
    seed = 7 + (uint64_t)_i;
    load_nodes(tech);
    for (int i = 0; i < 200000 && seen < DRAWS; i++) {
        struct site s = draw_site(tech);
        if (!draw_array(array, defaults, &s))
            continue;
        memcpy(part, first, m->params_size);
        if (m == parts[0])
            memcpy(part, array, m->params_size);
        else
            draw(m, part);
        if (!legal(m, part, &s))
            continue;
        seen++;
        for (int which = 0; which < 4; which++) {
            struct site big = grown(array, &s, which);
            need_no_less(m, part, &s, &big, sizes[which]);
        }
    }
    ck_assert_int_eq(seen, DRAWS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("crossbar range");
    TCase *c = tcase_create("crossbar range");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    LOOP(parts_are_sane_everywhere, parts);
    suite_add_tcase(suite, c);
    return unit_run(suite);
}
