/* quant.c - the registry of schemes and what all of them share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "quant/quant.h"

#include <stdio.h>
#include <string.h>

#define SCHEME(s) extern const struct scheme s;
#include "quant/scheme_list.h"
#undef SCHEME

#define SCHEME(s) &s,
const struct scheme *const schemes[] = {
#include "quant/scheme_list.h"
    NULL};
#undef SCHEME

#define CLIP_MAX                                                               \
    100.0 /* standard deviations; trained layers reach 172 rms                 \
             by one outlier, medians 4.5 to 17 */
#define SHAPE_MIN 0.3
#define SHAPE_MAX 10.0

const struct scheme *scheme_find(const char *name)
{
    for (int i = 0; schemes[i]; i++)
        if (!strcmp(schemes[i]->name, name))
            return schemes[i];
    return NULL;
}

void quant_spec_init(struct quant_spec *spec, const struct scheme *scheme)
{
    *spec = (struct quant_spec){
        .scheme = scheme, .bits = scheme->bits_default, .dist = DIST_GAUSSIAN};
}

double quant_clip(const struct quant_spec *spec)
{
    if (spec->clip > 0)
        return spec->clip;
    const struct scheme *s = spec->scheme;
    return s->clip ? s->clip(spec) : s->clip_default;
}

/* An option that the scheme would ignore is refused. */
static int check_takes(const struct quant_spec *q, char *why, size_t size)
{
    const struct {
        unsigned flag;
        int value;
        const char *name;
    } option[] = {{TAKES_TERMS, q->terms, "terms"},
                  {TAKES_ROLL_BITS, q->roll_bits, "roll_bits"},
                  {TAKES_DELTA, q->delta, "delta"}};
    for (int i = 0; i < 3; i++) {
        if (option[i].value && !(q->scheme->takes & option[i].flag)) {
            snprintf(why, size, "scheme '%s' takes no '%s'", q->scheme->name,
                     option[i].name);
            return -1;
        }
        if (option[i].value < 0) {
            snprintf(why, size, "'%s' must be positive, not %d", option[i].name,
                     option[i].value);
            return -1;
        }
    }
    return 0;
}

static int check_ranges(const struct quant_spec *q, char *why, size_t size)
{
    const struct scheme *s = q->scheme;
    int n = 0;
    if (q->bits < s->bits_min || q->bits > s->bits_max)
        n = s->bits_min == s->bits_max
                ? snprintf(why, size, "scheme '%s' has %d bits, not %d",
                           s->name, s->bits_min, q->bits)
                : snprintf(why, size, "scheme '%s' has %d to %d bits, not %d",
                           s->name, s->bits_min, s->bits_max, q->bits);
    else if (!(q->clip >= 0 && q->clip <= CLIP_MAX))
        n = snprintf(why, size,
                     "'clip' must be above 0 and at most %g standard "
                     "deviations, not %g",
                     CLIP_MAX, q->clip);
    else if (q->shape != 0 && q->dist != DIST_GGD)
        n = snprintf(why, size, "'shape' belongs to dist=ggd");
    else if (q->shape != 0 && !(q->shape >= SHAPE_MIN && q->shape <= SHAPE_MAX))
        n = snprintf(why, size, "'shape' must be %g to %g, not %g", SHAPE_MIN,
                     SHAPE_MAX, q->shape);
    return n ? -1 : 0;
}

int quant_spec_check(const struct quant_spec *spec, char *why, int size)
{
    if (check_ranges(spec, why, (size_t)size) ||
        check_takes(spec, why, (size_t)size))
        return -1;
    return spec->scheme->check ? spec->scheme->check(spec, why, size) : 0;
}

int quant_levels(const struct quant_spec *spec, struct arena *a,
                 struct levels *out, char *why, int size)
{
    if (quant_spec_check(spec, why, size))
        return -1;
    spec->scheme->build(spec, a, out);
    return 0;
}
