/* t_validation.c - the published figures in validation/ hold */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "estimate.h"

#include "conf/conf.h"
#include "est/est.h"

#include <dirent.h>

/* One file, read with the reader of all configuration files. */
struct paper {
    struct arena arena;
    struct msgs msgs;
    struct node *root, *cases;
    const char *tech, *network;
};

static void paper_open(struct paper *p, const char *folder, const char *name)
{
    *p = (struct paper){.tech = NULL};
    arena_init(&p->arena, NULL);
    const char *path = arena_printf(&p->arena, "%s/%s", folder, name);
    struct conf_env env = {&p->arena, &p->msgs, NULL, NULL};
    p->root = conf_load(&env, path);
    ck_need(p->root != NULL, "%s", p->msgs.list[0].text);
    node_text(p->root, "tech", &p->tech, &p->msgs);
    node_text(p->root, "network", &p->network, &p->msgs);
    p->cases = node_get(p->root, "cases");
    ck_assert_ptr_nonnull(p->tech);
    ck_assert_ptr_nonnull(p->network);
    ck_assert_ptr_nonnull(p->cases);
}

/* ("85.4 mm2", "source"): the value in SI; the source must be there. */
static double published(struct node *one, const struct metric *m)
{
    struct node *tuple = node_get(one, "published");
    ck_assert_ptr_nonnull(tuple);
    struct node *value = tuple->child;
    char why[160];
    double si = value->real;
    ck_need(value->next && value->next->text, "line %d has no source",
            one->at.line);
    if (value->text)
        ck_need(!quantity_parse(value->text, m->dim, &si, why, sizeof why),
                "line %d: %s", one->at.line, why);
    return si;
}

static double ours(const struct paper *p, struct node *one, const char *figure)
{
    ivq *ctx = context();
    struct node *sets = node_get(one, "set");
    for (struct node *s = sets ? sets->child : NULL; s; s = s->next)
        ck_ok(ctx, ivq_set(ctx, s->text));
    ck_ok(ctx, ivq_load_tech(ctx, p->tech));
    ck_ok(ctx, ivq_load_network(ctx, p->network));
    ck_ok(ctx, ivq_estimate(ctx));
    double value = ivq_value(ctx, figure);
    ivq_free(ctx);
    return value;
}

static void check_case(const struct paper *p, struct node *one)
{
    const char *figure = NULL, *kind = NULL, *role = NULL;
    struct msgs msgs = {.n = 0};
    node_text(one, "figure", &figure, &msgs);
    node_text(one, "kind", &kind, &msgs);
    node_text(one, "role", &role, &msgs);
    struct node *within = node_get(one, "within");
    ck_need(figure && kind && role && within, "line %d is not complete",
            one->at.line);
    const struct metric *m = metric_find(figure);
    ck_need(m != NULL, "line %d: no figure '%s'", one->at.line, figure);

    double want = published(one, m), got = ours(p, one, figure);
    printf("# %s:%d %s: published %.6g, ours %.6g, ratio %.4f (%s, %s)\n",
           one->at.file, one->at.line, figure, want, got, got / want, kind,
           role);
    ck_need(fabs(got - want) <= within->real * want + 1e-12 * want,
            "line %d: %s is %.6g, published %.6g", one->at.line, figure, got,
            want);
}

START_TEST(published_figures)
{
    const char *folder = source_file("validation");
    DIR *dir = opendir(folder);
    int cases = 0;
    ck_assert_ptr_nonnull(dir);
    for (struct dirent *e; (e = readdir(dir));) {
        struct paper p;
        if (!strstr(e->d_name, ".cfg"))
            continue;
        paper_open(&p, folder, e->d_name);
        for (struct node *one = p.cases->child; one; one = one->next, cases++)
            check_case(&p, one);
        arena_release(&p.arena);
    }
    closedir(dir);
    ck_assert_int_ge(cases, 10);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("validation");
    TCase *c = tcase_create("published");
    tcase_add_test(c, published_figures);
    suite_add_tcase(s, c);
    return unit_run(s);
}
