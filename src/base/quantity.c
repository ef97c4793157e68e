/* quantity.c - quantities as text, "0.6 pJ", to SI and back */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/quantity.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct {
    const char *si, *symbol, *example;
    int power;              /* prefix counts so often: mm2 is 10^-6 m2 */
} dims[DIM_N] = {
    [DIM_NONE]  = {"",      "",      "0.5",     1},
    [DIM_J]     = {"J",     "J",     "1.5 pJ",  1},
    [DIM_S]     = {"s",     "s",     "100 ns",  1},
    [DIM_HZ]    = {"Hz",    "Hz",    "1.2 GHz", 1},
    [DIM_W]     = {"W",     "W",     "16 mW",   1},
    [DIM_A]     = {"A",     "A",     "5 uA",    1},
    [DIM_V]     = {"V",     "V",     "0.9 V",   1},
    [DIM_OHM]   = {"ohm",   "ohm",   "10 kohm", 1},
    [DIM_F]     = {"F",     "F",     "2 fF",    1},
    [DIM_M]     = {"m",     "m",     "32 nm",   1},
    [DIM_M2]    = {"m^2",   "m2",    "25 um2",  2},
    [DIM_K]     = {"K",     "K",     "300 K",   1},
    [DIM_BIT]   = {"bit",   "bit",   "64 KB",   1},
    [DIM_BIT_S] = {"bit/s", "bit/s", "25.6 GB/s", 1},
    [DIM_F_M]   = {"F/m",   "F/m",   "0.5 fF/um", 1},
    [DIM_F_M2]  = {"F/m^2", "F/m2",  "1 fF/um2", 1},
    [DIM_A_M]   = {"A/m",   "A/m",   "900 uA/um", 1},
    [DIM_OHM_M] = {"ohm.m", "ohm.m", "22 nohm.m", 1},
};

static const struct { char letter; int exponent; } prefixes[] = {
    {'a', -18}, {'f', -15}, {'p', -12}, {'n', -9}, {'u', -6}, {'m', -3},
    {'c', -2}, {'k', 3}, {'M', 6}, {'G', 9}, {'T', 12}, {'P', 15},
};

/* Units that are not a prefix and a symbol: capacities count in 1024. */
static const struct { enum dim dim; const char *unit; double factor; } odd[] = {
    {DIM_BIT, "B", 8}, {DIM_BIT, "KB", 8192}, {DIM_BIT, "kB", 8192},
    {DIM_BIT, "MB", 8388608}, {DIM_BIT, "GB", 8589934592},
    {DIM_BIT_S, "B/s", 8}, {DIM_BIT_S, "kB/s", 8e3}, {DIM_BIT_S, "MB/s", 8e6},
    {DIM_BIT_S, "GB/s", 8e9}, {DIM_BIT_S, "TB/s", 8e12},
    {DIM_HZ, "S/s", 1}, {DIM_HZ, "kS/s", 1e3}, {DIM_HZ, "MS/s", 1e6},
    {DIM_HZ, "GS/s", 1e9},
    {DIM_F_M, "fF/um", 1e-9}, {DIM_F_M2, "fF/um2", 1e-3},
    {DIM_A_M, "mA/um", 1e3}, {DIM_A_M, "uA/um", 1}, {DIM_A_M, "nA/um", 1e-3},
    {DIM_A_M, "pA/um", 1e-6},
};
/* clang-format on */

enum {
    PREFIXES = sizeof prefixes / sizeof *prefixes,
    ODDS = sizeof odd / sizeof *odd
};

const char *dim_unit(enum dim dim)
{
    return dims[dim].si;
}

const char *dim_example(enum dim dim)
{
    return dims[dim].example;
}

/* Length of a plain decimal number at the start of text, 0 if none. */
static size_t number_length(const char *text)
{
    const char *p = text + (*text == '+' || *text == '-');
    size_t whole = strspn(p, "0123456789");
    p += whole;
    size_t fraction = 0;
    if (*p == '.') {
        fraction = strspn(p + 1, "0123456789");
        p += 1 + fraction;
    }
    if (whole + fraction == 0)
        return 0;
    if (*p == 'e' || *p == 'E') {
        const char *e = p + 1 + (p[1] == '+' || p[1] == '-');
        size_t digits = strspn(e, "0123456789");
        if (digits)
            p = e + digits;
    }
    return (size_t)(p - text);
}

static const char *skip_space(const char *p)
{
    while (isspace((unsigned char)*p))
        p++;
    return p;
}

/* The number in text[0..n-1] times 10^exponent, rounded once. */
static int scaled(const char *text, size_t n, int exponent, double *value)
{
    char number[80];
    size_t e = strcspn(text, "eE");
    long own = e < n ? strtol(text + e + 1, NULL, 10) : 0;
    size_t mantissa = e < n ? e : n;
    if (mantissa > 60 || own > 9999 || own < -9999)
        return -1;
    snprintf(number, sizeof number, "%.*se%ld", (int)mantissa, text,
             own + exponent);
    errno = 0;
    *value = strtod(number, NULL);
    return errno == ERANGE ? -1 : 0; /* nothing becomes zero in silence */
}

int number_parse(const char *text, double *value)
{
    const char *p = skip_space(text);
    size_t n = number_length(p);
    if (!n || *skip_space(p + n) || scaled(p, n, 0, value))
        return -1;
    return 0;
}

/* The power of ten of `unit` in dimension `dim`; -1 if it is no such unit. */
static int unit_exponent(const char *unit, enum dim dim, int *exponent)
{
    *exponent = 0;
    if (!strcmp(unit, dims[dim].symbol) || !strcmp(unit, dims[dim].si))
        return 0;
    for (int i = 0; i < PREFIXES; i++)
        if (*unit == prefixes[i].letter &&
            (!strcmp(unit + 1, dims[dim].symbol) ||
             !strcmp(unit + 1, dims[dim].si))) {
            *exponent = prefixes[i].exponent * dims[dim].power;
            return 0;
        }
    return -1;
}

static int odd_unit(const char *unit, enum dim dim, double *factor)
{
    for (int i = 0; i < ODDS; i++)
        if (odd[i].dim == dim && !strcmp(odd[i].unit, unit)) {
            *factor = odd[i].factor;
            return 0;
        }
    return -1;
}

int quantity_parse(const char *text, enum dim dim, double *si, char *why,
                   int size)
{
    const char *p = skip_space(text), *unit;
    size_t n = number_length(p);
    char word[16] = "";
    int exponent;
    double factor;

    if (!n) {
        snprintf(why, (size_t)size,
                 "'%.40s' is no quantity; write one like \"%s\"", text,
                 dims[dim].example);
        return -1;
    }
    unit = skip_space(p + n);
    size_t length = strcspn(unit, " \t\r\n");
    if (length < sizeof word && !*skip_space(unit + length))
        memcpy(word, unit, length);
    if (!*word && dim != DIM_NONE) {
        snprintf(why, (size_t)size,
                 "'%.40s' has no unit in %s; write it like \"%s\"", text,
                 dims[dim].si, dims[dim].example);
        return -1;
    }
    int bad = 0;
    if (!unit_exponent(word, dim, &exponent)) {
        bad = scaled(p, n, exponent, si);
    } else if (!odd_unit(word, dim, &factor)) {
        bad = scaled(p, n, 0, si);
        *si *= factor;
    } else {
        snprintf(why, (size_t)size,
                 "'%.20s' is no unit in %s; write it like \"%s\"", unit,
                 *dims[dim].si ? dims[dim].si : "a plain number",
                 dims[dim].example);
        return -1;
    }
    if (bad)
        snprintf(why, (size_t)size, "'%.40s' does not fit a number", text);
    return bad;
}

char *quantity_format(char *out, int size, double si, enum dim dim)
{
    static const char letters[] = "afpnum kMGTP";
    int power = dims[dim].power;
    int step = 0; /* thousands (millions for areas) above the plain unit */
    double x = fabs(si), scale = pow(1000, power);
    double least = power > 1 ? 0.01 : 1; /* 0.52 mm2, not 520000 um2 */

    while (x > 0 && x < least && step > -6) {
        x *= scale;
        step--;
    }
    while (x >= scale * least * (1 - 5e-4) && step < 5) {
        x /= scale;
        step++;
    }
    int decimals = 0; /* three significant digits */
    for (double limit = 99.95; x > 0 && x < limit && decimals < 4; decimals++)
        limit /= 10;
    char prefix[2] = {letters[step + 6], 0};
    snprintf(out, (size_t)size, "%.*f %s%s", decimals, si < 0 ? -x : x,
             step ? prefix : "", dims[dim].symbol);
    return out;
}

char *number_format(char *out, int size, double value)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, (size_t)size, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            break;
    }
    return out;
}
