/* t_converters.c - the models of analog-to-digital converters */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE 1
#include "each_technology.h"

#include "circuit/array.h"
#include "circuit/sense.h"
#include "hw/model/converter.h"

/* ---- parameters of a model: its defaults, and "name=value|..." ---- */

extern const struct model model_sar_adc, model_flash_adc, model_ramp_adc,
    model_survey_adc, model_sense_adc;

static const struct model *const converters[] = {
    &model_sar_adc, &model_flash_adc, &model_ramp_adc, &model_survey_adc,
    &model_sense_adc};
enum { CONVERTERS = 5 };

struct params {
    _Alignas(16) char bytes[512];
};

static void set_field(const struct field *f, struct params *p, const char *text)
{
    void *at = p->bytes + f->offset;
    char why[200];

    switch (f->kind) {
    case FIELD_COUNT:
        *(int *)at = atoi(text);
        break;
    case FIELD_REAL:
        *(double *)at = atof(text);
        break;
    case FIELD_QUANTITY:
        ck_need(!quantity_parse(text, f->dim, at, why, sizeof why), "%s: %s",
                f->name, why);
        break;
    case FIELD_FLAG:
        *(bool *)at = !strcmp(text, "true");
        break;
    case FIELD_CHOICE:
        for (int i = 0; f->choices[i]; i++)
            if (!strcmp(f->choices[i], text))
                *(int *)at = i;
        break;
    case FIELD_TEXT:
    case FIELD_POINTS:
    case FIELD_CURRENTS:
        ck_abort_msg("%s", f->name);
    }
}

static struct params params_of(const struct model *m, const char *sets)
{
    struct params p = {0};
    char copy[300], *rest = copy;

    ck_assert_uint_le(m->params_size, sizeof p);
    for (const struct field *f = m->fields; f->name; f++)
        if (f->def)
            set_field(f, &p, f->def);
    snprintf(copy, sizeof copy, "%s", sets);
    for (char *set; (set = strsep(&rest, "|"));) {
        char *value = strchr(set, '=');
        const struct field *f = m->fields;
        if (!value)
            continue;
        *value++ = '\0';
        while (f->name && strcmp(f->name, set))
            f++;
        ck_need(f->name, "no field '%s'", set);
        set_field(f, &p, value);
    }
    return p;
}

static struct cost cost_of(const struct model *m, const struct site *site,
                           const char *sets)
{
    struct params p = params_of(m, sets);
    struct cost c;
    char why[300];

    ck_need(!m->check || !m->check(&p, site, why, sizeof why), "%s: %s: %s",
            m->name, sets, why);
    m->eval(&p, site, &c);
    return c;
}

static const char *refusal(const struct model *m, const struct site *site,
                           const char *sets)
{
    static char why[300];
    struct params p = params_of(m, sets);
    ck_need(m->check(&p, site, why, sizeof why) == -1, "%s: %s accepted",
            m->name, sets);
    return why;
}

/* ---- the models ---- */

/* Liu et al., JSSC 45(4), 2010, sec. II, and Zhu et al., JSSC 45(6), 2010: 10
 * bits. */
START_TEST(switching_energies)
{
    ck_near(sar_switching(SAR_CONVENTIONAL, 10), 1363.3, 0.05 / 1363.3);
    ck_near(sar_switching(SAR_MONOTONIC, 10), 255.5, 1e-12);
    ck_near(sar_switching(SAR_VCM, 10), 170.2, 0.05 / 170.2);
    for (int n = 1; n <= 14; n++) {
        double sum = 0;
        for (int i = 1; i <= n; i++)
            sum += ldexp(ldexp(1, i) - 1, n + 1 - 2 * i);
        ck_near(sar_switching(SAR_CONVENTIONAL, n), sum, 1e-12);
    }
}
END_TEST

/* The values of the regression as its authors' program gives them
 * (hwcomponents-adc, commit 246af7e); 32 nm. */
START_TEST(survey_regression)
{
    /* clang-format off */
    static const struct {
        const char *sets;
        double pJ, um2;
    } rows[] = {
        {"bits=8|rate=1.2 GHz", 1.84861, 6313.14},
        {"bits=8|rate=1.28 GHz", 1.92921, 6469.27},
        {"bits=8|rate=100 MHz", 1.71368, 3938.90},
        {"bits=6|rate=100 MHz", 1.06508, 3416.58},
        {"bits=5|rate=100 MHz", 0.93624, 3287.32},
        {"bits=10|rate=100 MHz", 3.30960, 4795.99},
        {"bits=9|rate=1.2 GHz", 5.29893, 8650.64},
        {"bits=4|rate=2.1 GHz", 0.923741, 5675.99},
        {"bits=7|rate=1 GHz", 1.31217, 5513.28},
        {"bits=12|effective_bits=10|rate=100 MHz", 3.30960, 4795.99},
    };
    /* clang-format on */
    struct technologies tech = node_load(&arena, 32e-9, 300);
    struct site site = {.tech = &tech};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cost c = cost_of(&model_survey_adc, &site, rows[i].sets);
        ck_near(c.energy_J[ACTION_FIRST] * 1e12, rows[i].pJ, 1e-5);
        ck_near(c.area_m2 * 1e12, rows[i].um2, 1e-5);
    }
    tech = node_load(&arena, 65e-9, 300);
    struct cost c = cost_of(&model_survey_adc, &site, "bits=8|rate=100 MHz");
    ck_near(c.energy_J[ACTION_FIRST] * 1e12, 6.49436, 1e-5);
    ck_near(c.area_m2 * 1e12, 11861.7, 1e-5);
    /* ISAAC (Shafiee 2016), Table I: 16 mW for 8 converters of 1.28 GS/s with
     * 8 bits at 32 nm; its own 1.2 GS/s gives 1.667 pJ */
    tech = node_load(&arena, 32e-9, 300);
    c = cost_of(&model_survey_adc, &site, "bits=8|rate=1.2 GHz");
    ck_near(c.energy_J[ACTION_FIRST], 16e-3 / 8 / 1.2e9, 0.15);
}
END_TEST

static void is_cost(const struct model *m, const char *sets,
                    const struct cost *c)
{
    const double x[] = {c->area_m2, c->energy_J[ACTION_FIRST],
                        c->time_s[ACTION_FIRST], c->delay_s, c->peak_W};
    for (int i = 0; i < 5; i++)
        ck_need(isfinite(x[i]) && x[i] > 0, "%s %s: %d is %g", m->name, sets, i,
                x[i]);
    ck_need(isfinite(c->static_W) && c->static_W >= 0, "%s %s: %g W", m->name,
            sets, c->static_W);
}

/* `a` has a bit or a way more than `b`; equal but for rounding passes. */
static void no_cheaper(const struct model *m, const char *sets,
                       const struct cost *a, const struct cost *b)
{
    static const double rounding = 1 - 1e-12;
    ck_need(a->energy_J[ACTION_FIRST] >= b->energy_J[ACTION_FIRST] * rounding,
            "%s %s: energy %g < %g", m->name, sets, a->energy_J[ACTION_FIRST],
            b->energy_J[ACTION_FIRST]);
    ck_need(a->area_m2 >= b->area_m2 * rounding, "%s %s: area %g < %g", m->name,
            sets, a->area_m2, b->area_m2);
    ck_need(a->static_W >= b->static_W * rounding, "%s %s: leakage", m->name,
            sets);
    ck_need(a->delay_s >= b->delay_s * rounding, "%s %s: delay %g < %g",
            m->name, sets, a->delay_s, b->delay_s);
}

/* Each more bit, all else as `rest` says. */
static void bits_rise(const struct model *m, const struct site *site, int from,
                      int to, const char *rest)
{
    struct cost last = {0};
    for (int b = from; b <= to; b++) {
        char sets[200];
        snprintf(sets, sizeof sets, "bits=%d%s", b, rest);
        struct cost c = cost_of(m, site, sets);
        is_cost(m, sets, &c);
        if (b > from)
            no_cheaper(m, sets, &c, &last);
        last = c;
    }
}

static void check_bits(const struct site *site)
{
    static const char *const sar[] = {"",
                                      "|switching=conventional",
                                      "|switching=vcm",
                                      "|unit=10 aF",
                                      "|unit=20 fF|mismatch=0 nm",
                                      "|ways=16|overhead=2|density=8 fF/um2"};
    for (int i = 0; i < 6; i++)
        bits_rise(&model_sar_adc, site, 1, 14, sar[i]);
    bits_rise(&model_flash_adc, site, 1, 10, "");
    bits_rise(&model_flash_adc, site, 1, 10, "|calibrated=true|ways=2");
    bits_rise(&model_ramp_adc, site, 1, 14, "");
    bits_rise(&model_ramp_adc, site, 1, 14, "|calibrated=false|shared=128");
    bits_rise(&model_survey_adc, site, 4, 16, "|rate=1 kHz");
    bits_rise(&model_survey_adc, site, 4, 16, "|rate=10 GHz|quality=mean");
}

START_TEST(more_bits_never_cost_less)
{
    each_site(check_bits);
}
END_TEST

static void check_survey(const struct site *site)
{
    struct cost last = {0};
    for (double f = 1e3; f <= 1e10; f *= 1.7) {
        char sets[80];
        snprintf(sets, sizeof sets, "bits=8|rate=%g Hz", f);
        struct cost c = cost_of(&model_survey_adc, site, sets);
        ck_assert_double_ge(c.energy_J[0], last.energy_J[0]);
        ck_assert_double_ge(c.area_m2, last.area_m2);
        last = c;
    }
    last = (struct cost){0};
    for (double b = 4; b <= 14; b += 0.125) {
        char sets[80];
        snprintf(sets, sizeof sets, "bits=14|rate=50 MHz|effective_bits=%g", b);
        struct cost c = cost_of(&model_survey_adc, site, sets);
        ck_assert_double_ge(c.energy_J[0], last.energy_J[0]);
        last = c;
    }
}

START_TEST(survey_is_monotone)
{
    each_site(check_survey);
}
END_TEST

/* A full-scale sine against thermal noise takes 8 k T SNR (Murmann, CICC
 * 2008), here with a noise as large as the quantization's. */
static void check_bound(const struct site *site)
{
    double kT_J = 1.380649e-23 * of(site)->temperature_K;
    for (int b = 1; b <= 14; b++) {
        char sets[20];
        snprintf(sets, sizeof sets, "bits=%d", b);
        struct cost c = cost_of(&model_sar_adc, site, sets);
        ck_assert_double_ge(c.energy_J[0], 8 * kT_J * 1.5 * ldexp(1, 2 * b));
        if (b > 10)
            continue;
        c = cost_of(&model_flash_adc, site, sets);
        ck_assert_double_ge(c.energy_J[0], 8 * kT_J * 1.5 * ldexp(1, 2 * b));
    }
}

START_TEST(thermal_bound)
{
    each_site(check_bound);
}
END_TEST

/* `ways` take turns: the rate and the area grow with them, a conversion takes
 * as long and costs as much. */
static void check_ways(const struct site *site)
{
    const struct model *const m[] = {&model_sar_adc, &model_flash_adc};
    for (int i = 0; i < 2; i++) {
        struct cost one = cost_of(m[i], site, "bits=6");
        struct cost four = cost_of(m[i], site, "bits=6|ways=4");
        ck_near(four.time_s[0] * 4, one.time_s[0], 1e-12);
        ck_near(four.area_m2, one.area_m2 * 4, 1e-12);
        ck_near(four.static_W, one.static_W * 4, 1e-12);
        ck_near(four.energy_J[0], one.energy_J[0], 0);
        ck_near(four.delay_s, one.delay_s, 0);
    }
}

START_TEST(ways_take_turns)
{
    each_site(check_ways);
}
END_TEST

/* The rate asked for is the rate; one above the fastest is refused with it. */
static void check_rates(const struct site *site)
{
    static const char *const bits[] = {"bits=5|", "bits=5|", "bits=5|", "", ""};
    for (int i = 0; i < CONVERTERS; i++) {
        const struct model *m = converters[i];
        char sets[80], most[32];
        if (m == &model_survey_adc)
            continue;
        snprintf(sets, sizeof sets, "%srate=0 Hz", bits[i]);
        struct cost c = cost_of(m, site, sets);
        double fastest_Hz = 1 / c.time_s[0];
        snprintf(sets, sizeof sets, "%srate=%.17g Hz", bits[i], fastest_Hz / 3);
        c = cost_of(m, site, sets);
        ck_near(c.time_s[0] * fastest_Hz, 3, 1e-12);
        ck_near(c.peak_W, c.static_W + c.energy_J[0] / c.time_s[0], 1e-12);
        snprintf(sets, sizeof sets, "%srate=%.17g Hz", bits[i],
                 fastest_Hz * 1.1);
        const char *why = refusal(m, site, sets);
        quantity_format(most, sizeof most, fastest_Hz, DIM_HZ);
        ck_need(strstr(why, most), "%s: '%s' without %s", m->name, why, most);
    }
}

START_TEST(a_rate_above_the_fastest_is_refused)
{
    each_site(check_rates);
}
END_TEST

START_TEST(refusals)
{
    struct technologies tech = node_load(&arena, 45e-9, 300);
    struct site site = {.tech = &tech};
    const char *why = refusal(&model_sar_adc, &site, "bits=8|reference=1.8 V");
    ck_need(strstr(why, "1.8 V"), "%s", why);
    why = refusal(&model_sar_adc, &site, "bits=8|rate=100 GHz");
    ck_need(strstr(why, "each of 8 bits") && strstr(why, "ways"), "%s", why);
    why = refusal(&model_survey_adc, &site,
                  "bits=8|effective_bits=3.5|rate=1 GHz");
    ck_need(strstr(why, "from 4"), "%s", why);
    why =
        refusal(&model_survey_adc, &site, "bits=8|effective_bits=9|rate=1 GHz");
    ck_need(strstr(why, "at most 8"), "%s", why);
    why = refusal(&model_sense_adc, &site, "mode=current");
    ck_need(strstr(why, "write signal"), "%s", why);
    tech.of[ROADMAP_HP].mos.vth_V = 0.95 * tech.of[ROADMAP_HP].mos.vdd_V;
    why = refusal(&model_ramp_adc, &site, "bits=4");
    ck_need(strstr(why, "threshold"), "%s", why);
}
END_TEST

/* Whatever the supply, a model is refused or finite. */
static void check_supply(const struct site *site)
{
    for (double share = 0.2; share < 1.4; share += 0.05) {
        struct technologies tech = *site->tech;
        struct site low = {.tech = &tech, .roadmap = site->roadmap};
        tech.of[site->roadmap].mos.vdd_V *= share;
        for (int i = 0; i < CONVERTERS; i++) {
            const struct model *m = converters[i];
            const char *sets = m == &model_sense_adc    ? ""
                               : m == &model_survey_adc ? "bits=7|rate=1 MHz"
                                                        : "bits=7";
            struct params p = params_of(m, sets);
            struct cost c;
            char why[300] = "";
            if (m->check(&p, &low, why, sizeof why)) {
                ck_need(strstr(why, "at least"), "%s: %s", m->name, why);
                continue;
            }
            m->eval(&p, &low, &c);
            is_cost(m, sets, &c);
        }
    }
}

START_TEST(any_supply)
{
    each_site(check_supply);
}
END_TEST

/* One comparator a threshold: 2^b - 1 of them decide at once, or one decides
 * 2^b times in turn; a flash is that much faster than a ramp. */
static void check_flash_and_ramp(const struct site *site)
{
    struct cost flash = cost_of(&model_flash_adc, site,
                                "bits=6|calibrated="
                                "true");
    struct cost ramp = cost_of(&model_ramp_adc, site, "bits=6|shared=1000");
    ck_assert_double_gt(ramp.delay_s / flash.delay_s, 8);
    ck_assert_double_lt(ramp.delay_s / flash.delay_s, 65);
    ck_assert_double_gt(flash.area_m2 / ramp.area_m2, 5);
    /* a shared ramp costs each of its columns less */
    struct cost alone = cost_of(&model_ramp_adc, site, "bits=6|shared=1");
    ck_assert_double_gt(alone.energy_J[0], ramp.energy_J[0]);
    ck_assert_double_gt(alone.area_m2, ramp.area_m2);
}

/* Four bits, one column. The comparator decides at 8.5 of the 17 steps there
 * are in the mean; two flip-flops of the counter and one of its Gray code
 * change in each of 16, two of the column's register once; the Gray code moves
 * one line and a clock goes up and down. */
START_TEST(ramp_of_four_bits)
{
    struct technologies tech = node_load(&arena, 32e-9, 300);
    const struct technology *t = &tech.of[ROADMAP_HP];
    struct site site = {.tech = &tech};
    double V = t->mos.vdd_V, clockings = 16 * 8 + 4;
    struct block one = comparator(t, V / 2 / 16, 0);
    struct block ff = flip_flop(t, (16 * 3 + 2) / clockings);
    double side_m = sqrt(block_area_m2(&one) + 4 * block_area_m2(&ff));
    double line_F = wire_rc(t, WIRE_SEMI_GLOBAL, side_m).F;
    double count_F = (ff.input_F + line_F) / 2 + line_F;
    double ramp_F = fmax(noise_F(300, V / 2, 16), one.input_F);

    ck_near(cost_of(&model_ramp_adc, &site, "bits=4").energy_J[ACTION_FIRST],
            8.5 * one.energy_J + clockings * ff.energy_J +
                16 * count_F * V * V + ramp_F * V / 2 * V,
            1e-9);
}
END_TEST

/* Four bits: 4 comparisons; 3.5 C V^2 of 0.5 fF (2 + 1 + 1/2); a ring of six
 * flip-flops in five clocks and one more for each bit. Switches: of each bit of
 * one side, and of both samples; their drivers add a third. */
START_TEST(sar_of_four_bits)
{
    struct technologies tech = node_load(&arena, 32e-9, 300);
    const struct technology *t = &tech.of[ROADMAP_HP];
    struct site site = {.tech = &tech};
    double V2 = t->mos.vdd_V * t->mos.vdd_V, w_m = finger_m(t);
    struct block one = comparator(t, t->mos.vdd_V / 8, 0);
    struct block gate =
        gate_drive(t, GATE_NAND, 2, w_m, 4 * gate_F(t, w_m), 0, 0);
    double pitch_m = sqrt(0.5e-15 / 1.5e-3) + 2 * t->wire[WIRE_LOCAL].pitch_m;
    double side_m = M_SQRT2 * (sqrt(8) + 2) * pitch_m;
    double line_F = wire_rc(t, WIRE_SEMI_GLOBAL, side_m).F;
    /* half of 4 fF in series with the other half, to half an lsb */
    double least_m = width_cell_m(t);
    double slow_s = 5 * M_LN2 * on_ohm(t, CHANNEL_N, least_m, 1) * 1e-15;
    double wide_m = least_m * fmax(1, slow_s / one.delay_s);
    double bits_m = 2 * wide_m + 4 * least_m;
    double gates_F = gate_F(t, bits_m) + gate_F(t, width_p_m(t, bits_m)) +
                     2 * gate_F(t, 4 * wide_m);

    ck_near(cost_of(&model_sar_adc, &site, "bits=4").energy_J[ACTION_FIRST],
            4 * one.energy_J + 3.5 * 0.5e-15 * V2 +
                34 * flip_flop(t, 12 / 34.0).energy_J + 12 * gate.energy_J +
                13 * line_F * V2 + gates_F * 4 / 3 * V2,
            1e-9);
}
END_TEST

/* Three comparators, two bits. Of the encoder's gates four change: those of the
 * old edge and the new, two in one of two trees; and one of its two lines; a
 * change is half of C V^2. The clock's line goes up and down. */
START_TEST(flash_of_two_bits)
{
    struct technologies tech = node_load(&arena, 32e-9, 300);
    const struct technology *t = &tech.of[ROADMAP_HP];
    struct site site = {.tech = &tech};
    double V = t->mos.vdd_V, lsb_V = V / 4, w_m = finger_m(t);
    double inv_F = gate_F(t, w_m) + gate_F(t, width_p_m(t, w_m));
    struct block one = comparator(t, lsb_V, lsb_V);
    struct block gate = gate_drive(t, GATE_NAND, 2, w_m, 2 * inv_F, 0, 0);
    double line_F =
        wire_rc(t, WIRE_SEMI_GLOBAL, 3 * sqrt(block_area_m2(&one))).F;
    /* six inputs to the ladder of V / 2: half an lsb in half a cycle */
    double ladder_J = V * V / 4 * 6 * M_LN2 * 6 * one.input_F / (M_PI * M_PI);
    struct cost c = cost_of(&model_flash_adc, &site, "bits=2");

    ck_near(c.energy_J[ACTION_FIRST],
            3 * one.energy_J + ladder_J + 4 * gate.energy_J / 2 +
                2 * flip_flop(t, 0.5).energy_J + (1 + 0.5) * line_F * V * V,
            1e-9);
}
END_TEST

START_TEST(flash_and_ramp)
{
    each_site(check_flash_and_ramp);
}
END_TEST

/* Transistors that shrink take no more area, at resolutions of crossbars.
 * Where offset rules (sense_adc) little is gained: W L >= (5 A_vt / swing)^2
 * does not shrink with F. */
static void scaled(const struct model *m, const char *sets)
{
    double last_m2 = 1;
    for (int i = 0; i < FILES; i++) {
        struct technologies tech = node_load(&arena, nodes_nm[i] * 1e-9, 300);
        struct site site = {.tech = &tech};
        struct cost c = cost_of(m, &site, sets);
        ck_need(c.area_m2 <= last_m2, "%s %s: %g nm: %g um2, more than %g",
                m->name, sets, nodes_nm[i], c.area_m2 * 1e12, last_m2 * 1e12);
        last_m2 = c.area_m2;
    }
}

START_TEST(a_scaled_node_takes_no_more_area)
{
    scaled(&model_sar_adc, "bits=4");
    scaled(&model_sar_adc, "bits=8");
    scaled(&model_flash_adc, "bits=4|calibrated=true");
    scaled(&model_ramp_adc, "bits=6");
    scaled(&model_sense_adc, "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("converters");
    TCase *t = tcase_create("converters");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, switching_energies);
    tcase_add_test(t, survey_regression);
    tcase_add_test(t, more_bits_never_cost_less);
    tcase_add_test(t, survey_is_monotone);
    tcase_add_test(t, thermal_bound);
    tcase_add_test(t, ways_take_turns);
    tcase_add_test(t, a_rate_above_the_fastest_is_refused);
    tcase_add_test(t, refusals);
    tcase_add_test(t, any_supply);
    tcase_add_test(t, ramp_of_four_bits);
    tcase_add_test(t, sar_of_four_bits);
    tcase_add_test(t, flash_of_two_bits);
    tcase_add_test(t, flash_and_ramp);
    tcase_add_test(t, a_scaled_node_takes_no_more_area);
    suite_add_tcase(suite, t);
    return unit_run(suite);
}
