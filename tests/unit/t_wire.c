/* t_wire.c - driver chains, lines, repeaters: theory, search, properties */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "each_technology.h"

#include "circuit/wire.h"

static struct technology hp(double node_nm)
{
    return node_load(&arena, node_nm * 1e-9, 300).of[ROADMAP_HP];
}

/* ---- lines ---- */

START_TEST(line_limits)
{
    struct rc line = {1e3, 1e-12}, wire_only = {0, 1e-12};
    /* no driver, no load: 0.38 R C; no wire resistance: 0.69 R (C + Cl) */
    ck_near(line_delay_s(0, line, 0), 0.38e-9, 1e-12);
    ck_near(line_delay_s(1e3, wire_only, 2e-12), 0.69 * 3e-9, 1e-12);
    /* a load that outweighs the line sees the two resistances in series */
    ck_near(line_delay_s(2e3, line, 1e-6), 0.69 * 3e3 * 1e-6, 1e-5);
}
END_TEST

/* The far end of an RC ladder after a step through a resistance, by implicit
 * steps of time (Thomas' algorithm). */
static double ladder_s(double driver_ohm, struct rc line, double load_F)
{
    enum { N = 200 };
    double v[N] = {0}, c[N], d[N], g = N / line.ohm, dt = 0;
    double first = 1 / (driver_ohm + 0.5 / g), t = 0;
    dt = (driver_ohm + line.ohm) * (line.F + load_F) / 4000;

    while (v[N - 1] < 0.5) {
        double last = v[N - 1];
        for (int i = 0; i < N; i++) {
            double F = line.F / N + (i == N - 1 ? load_F : 0);
            double left = i ? g : first, right = i < N - 1 ? g : 0;
            double a = i ? -g : 0, b = F / dt + left + right;
            double y = F / dt * v[i] + (i ? 0 : first);
            double m = b - (i ? a * c[i - 1] : 0);
            c[i] = -right / m;
            d[i] = (y - (i ? a * d[i - 1] : 0)) / m;
        }
        v[N - 1] = d[N - 1];
        for (int i = N - 2; i >= 0; i--)
            v[i] = d[i] - c[i] * v[i + 1];
        t += dt;
        if (v[N - 1] >= 0.5)
            return t - dt * (v[N - 1] - 0.5) / (v[N - 1] - last);
    }
    return t;
}

START_TEST(line_formula_against_a_ladder)
{
    static const double share[] = {0.01, 0.1, 0.5, 1, 3, 10};
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 6; j++) {
            struct rc line = {1e3, 1e-12};
            double R = share[i] * 1e3, F = share[j] * 1e-12;
            ck_near(line_delay_s(R, line, F), ladder_s(R, line, F), 0.05);
        }
}
END_TEST

/* ---- chains ---- */

/* A load of 64 inverters: three stages of four, about three FO4 (the first
 * inverter sees a step and the smallest ones their own drains). */
START_TEST(chain_of_three_fo4)
{
    struct technology t = hp(32);
    double w = width_min_m(&t);
    double in = gate_F(&t, w) + gate_F(&t, width_p_m(&t, w));
    struct rc none = {0, 0};
    double rise = 2 * fo4_s(&t);
    struct block b = chain_drive(&t, 0, none, 64 * in, 0, rise);

    ck_near(b.delay_s, 3 * fo4_s(&t), 0.1);
    ck_near(b.input_F, in, 1e-9);
    /* its gates alone: fan-out near 4 puts about a third on top of the load */
    double load_J = 64 * in * t.mos.vdd_V * t.mos.vdd_V;
    ck_assert(b.energy_J > 1.33 * load_J && b.energy_J < 2 * load_J);
}
END_TEST

/* A chain of one is a gate that drives. */
START_TEST(chain_of_one)
{
    struct technology t = hp(7); /* in whole fins */
    struct rc none = {0, 0};
    double w = width_min_m(&t);
    struct block gate = gate_drive(&t, GATE_INV, 1, w, 1e-17, 0, 0);
    struct block b = chain_drive(&t, 0, none, 1e-17, 0, 0);

    ck_near(block_area_m2(&b), block_area_m2(&gate), 1e-12);
    ck_near(b.leakage_W, gate.leakage_W, 1e-12);
    ck_near(b.energy_J, gate.energy_J, 1e-12);
    ck_near(b.input_F, gate.input_F, 1e-12);
    /* the delay follows widths that are not rounded to fins */
    ck_near(b.delay_s, gate.delay_s, 0.3);
}
END_TEST

START_TEST(chain_keeps_its_bounds)
{
    struct technology t = hp(32);
    struct rc none = {0, 0};
    double w = width_min_m(&t);
    double least = gate_F(&t, w) + gate_F(&t, width_p_m(&t, w));

    for (double load = 1e-16; load < 1e-11; load *= 1.3)
        for (double in = 1e-16; in < 1e-12; in *= 1.7) {
            struct block b = chain_drive(&t, in, none, load, 0, 0);
            ck_need(b.input_F <= fmax(in, least) * (1 + 1e-9),
                    "%g F wants %g F at its input, not %g", load, b.input_F,
                    in);
        }
    /* 1 mA needs an NMOS of 1 mA / Ion, gate and drain of it charge */
    struct block b = chain_drive(&t, 0, none, 1e-15, 1e-3, 0);
    double width = 1e-3 / t.mos.on_n_A_m;
    ck_assert(b.energy_J > gate_F(&t, width) * t.mos.vdd_V * t.mos.vdd_V);
}
END_TEST

/* ---- repeaters ---- */

/* R, C, Cp of an inverter as wide as its finger, in another way than the
 * model: from gate_block and gate_drive. */
struct sizes {
    double R, C, P; /* ohm m, F/m, F/m */
};

static struct sizes sizes_of(const struct technology *t)
{
    double w = finger_m(t), vdd2 = t->mos.vdd_V * t->mos.vdd_V;
    struct block b = gate_drive(t, GATE_INV, 1, w, 0, 0, 0);
    double own = b.energy_J / vdd2;
    double tau = b.delay_s / log(2);
    return (struct sizes){tau / own * w, b.input_F / w, own / w};
}

/* Delay and repeater capacitance per metre */
static double delay_s_m(const struct sizes *s, const struct wire *wire,
                        double w, double l)
{
    double ramp = (1 + sqrt(1 + 4 * log(2) * log(2))) / 2;
    double R = s->R / w, C = s->C * w, P = s->P * w;
    double r = wire->r_ohm_m, c = wire->c_F_m;
    return (ramp * R * (C + P + c * l) + 0.69 * r * l * C +
            0.38 * r * c * l * l) /
           l;
}

/* Least delay, or least w / l with a delay of at most `most`, by search. */
static double search(const struct sizes *s, const struct wire *wire,
                     double most, bool size)
{
    double best = HUGE_VAL;
    for (double w = 1e-7; w < 1e-4; w *= 1.01)
        for (double l = 1e-6; l < 1e-2; l *= 1.01) {
            double d = delay_s_m(s, wire, w, l);
            double f = size ? w / l : d;
            if (d <= most && f < best)
                best = f;
        }
    return best;
}

START_TEST(repeaters_against_a_search)
{
    struct technology t = hp(32);
    struct sizes s = sizes_of(&t);
    static const double slack[] = {1.1, 1.5, 2};

    for (int c = 0; c < WIRES; c++) {
        const struct wire *wire = &t.wire[c];
        struct block fast = wire_repeated(&t, (enum wire_class)c, 20e-3, 1);
        double least = search(&s, wire, HUGE_VAL, false);
        ck_near(fast.delay_s / 20e-3, least, 2e-3);
        for (int i = 0; i < 3; i++) {
            struct block b =
                wire_repeated(&t, (enum wire_class)c, 20e-3, slack[i]);
            struct repeaters r =
                wire_repeaters(&t, (enum wire_class)c, 20e-3, slack[i]);
            ck_near(b.delay_s, slack[i] * fast.delay_s, 1e-9);
            ck_near(r.width_m / r.spacing_m,
                    search(&s, wire, slack[i] * least, true), 2e-2);
        }
    }
}
END_TEST

/* Ho, Mai, Horowitz, Proc. IEEE 89(4) 2001 (Weste and Harris, 4th ed.,
 * sec. 6.4.2): 1.67 sqrt(FO4 r c) a metre. That rule counts an inverter's
 * drain as half its gate and steps at the inputs. */
START_TEST(repeated_wires_follow_the_rule_of_thumb)
{
    static const double nm[] = {90, 65, 45, 32, 22};
    for (int i = 0; i < 5; i++) {
        struct technologies all = node_load(&arena, nm[i] * 1e-9, 300);
        for (int r = 0; r < ROADMAPS; r++)
            for (int c = 0; all.has[r] && c < WIRES; c++) {
                const struct technology *t = &all.of[r];
                const struct wire *wire = &t->wire[c];
                struct block b = wire_repeated(t, (enum wire_class)c, 20e-3, 1);
                double rule =
                    1.67 * sqrt(fo4_s(t) * wire->r_ohm_m * wire->c_F_m);
                ck_near(b.delay_s / 20e-3, rule, 0.15);
            }
    }
}
END_TEST

START_TEST(short_wires_are_slack_slower_too)
{
    struct technology t = hp(32);
    for (double l = 1e-7; l < 1e-2; l *= 1.1) {
        double fast = wire_repeated(&t, WIRE_GLOBAL, l, 1).delay_s;
        double slow = wire_repeated(&t, WIRE_GLOBAL, l, 1.5).delay_s;
        ck_need(slow <= 1.5 * fast * (1 + 1e-9) && slow >= fast * (1 - 1e-9),
                "%g m: %g s and %g s", l, fast, slow);
    }
}
END_TEST

/* A wire that has a driver at its end only is slower once it is long. */
START_TEST(chain_against_repeaters)
{
    struct technology t = hp(32);
    struct rc line = wire_rc(&t, WIRE_SEMI_GLOBAL, 5e-3);
    struct block plain = chain_drive(&t, 0, line, 0, 0, 0);
    struct block fast = wire_repeated(&t, WIRE_SEMI_GLOBAL, 5e-3, 1);
    double line_s = 0.38 * line.ohm * line.F;

    ck_assert(plain.delay_s > line_s && plain.delay_s < 1.3 * line_s);
    ck_assert(plain.delay_s > 2 * fast.delay_s);
}
END_TEST

/* ---- over all nodes ---- */

static void need_block(struct block b, const char *what)
{
    const double v[] = {b.width_m, b.height_m, b.leakage_W, b.energy_J,
                        b.delay_s, b.rise_s,   b.input_F};
    for (int i = 0; i < 7; i++)
        ck_need(isfinite(v[i]) && v[i] >= 0, "%s, member %d: %g", what, i,
                v[i]);
}

static void need_not_less(struct block a, struct block b, const char *what,
                          double x)
{
    double less = 1 - 1e-9;
    need_block(b, what);
    ck_need(block_area_m2(&b) >= block_area_m2(&a) * less, "%s %g: area", what,
            x);
    ck_need(b.leakage_W >= a.leakage_W * less, "%s %g: leakage", what, x);
    ck_need(b.energy_J >= a.energy_J * less, "%s %g: energy", what, x);
    ck_need(b.delay_s >= a.delay_s * less, "%s %g: delay %g after %g", what, x,
            b.delay_s, a.delay_s);
}

static void chains_rise(const struct technology *t)
{
    static const double ohm[] = {0, 100, 1e4}, in[] = {0, 1e-15, 1e-13},
                        amp[] = {0, 1e-5, 1e-3}, rise[] = {0, 1e-9};
    for (int i = 0; i < 54; i++) {
        struct block last = {0};
        for (double F = 1e-16; F < 1e-11; F *= 1.07) {
            struct rc line = {ohm[i % 3], F / 2};
            struct block b = chain_drive(t, in[i / 3 % 3], line, F / 2,
                                         amp[i / 9 % 3], rise[i / 27]);
            need_not_less(last, b, "chain with load", F);
            last = b;
        }
    }
}

/* A slower ramp at the input, a lengthier line: never faster. */
static void chains_slow_down(const struct technology *t)
{
    struct block last = {0}, far = {0};
    for (double x = 1; x < 1e6; x *= 1.3) {
        struct rc none = {0, 0}, line = {x, 1e-13};
        struct block b = chain_drive(t, 0, none, 1e-13, 0, x * 1e-15);
        struct block f = chain_drive(t, 0, line, 1e-14, 0, 0);
        ck_need(b.delay_s >= last.delay_s * (1 - 1e-9), "rise %g", x);
        ck_need(f.delay_s >= far.delay_s * (1 - 1e-9), "line %g ohm", x);
        last = b, far = f;
    }
}

static void wires_rise(const struct technology *t)
{
    static const double slack[] = {1, 1.05, 1.5, 2, 4};
    for (int c = 0; c < WIRES; c++) {
        enum wire_class w = (enum wire_class)c;
        struct block last[6] = {{0}};
        for (double m = 1e-7; m < 0.05; m *= 1.05) {
            struct block b[6];
            for (int i = 0; i < 5; i++)
                b[i] = wire_repeated(t, w, m, slack[i]);
            b[5] = chain_drive(t, 0, wire_rc(t, w, m), 1e-15, 0, 0);
            for (int i = 0; i < 6; i++)
                need_not_less(last[i], b[i], "wire", m);
            for (int i = 1; i < 5; i++) { /* slack never costs energy */
                ck_need(b[i].energy_J <= b[i - 1].energy_J * (1 + 1e-9),
                        "%g m, slack %g: more energy", m, slack[i]);
                ck_need(b[i].delay_s >= b[i - 1].delay_s * (1 - 1e-9),
                        "%g m, slack %g: faster", m, slack[i]);
            }
            for (int i = 0; i < 6; i++)
                last[i] = b[i];
        }
    }
}

START_TEST(chains_on_all_nodes)
{
    each_technology(chains_rise);
    each_technology(chains_slow_down);
}
END_TEST

START_TEST(wires_on_all_nodes)
{
    each_technology(wires_rise);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wire");
    TCase *theory = tcase_create("theory"), *all = tcase_create("all nodes");

    tcase_add_checked_fixture(theory, setup, teardown);
    tcase_add_test(theory, line_limits);
    tcase_add_test(theory, line_formula_against_a_ladder);
    tcase_add_test(theory, chain_of_three_fo4);
    tcase_add_test(theory, chain_of_one);
    tcase_add_test(theory, chain_keeps_its_bounds);
    tcase_add_test(theory, repeaters_against_a_search);
    tcase_add_test(theory, repeated_wires_follow_the_rule_of_thumb);
    tcase_add_test(theory, short_wires_are_slack_slower_too);
    tcase_add_test(theory, chain_against_repeaters);
    suite_add_tcase(suite, theory);
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_set_timeout(all, 60);
    tcase_add_test(all, chains_on_all_nodes);
    tcase_add_test(all, wires_on_all_nodes);
    suite_add_tcase(suite, all);
    return unit_run(suite);
}
