/* opt.c - the command line from one table */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/opt.h"

#include <getopt.h>
#include <string.h>
#include <sys/stat.h>

/* clang-format off */
static const struct {
    const char *name;
    int code;
    const char *value; /* what it wants, NULL: nothing */
    const char *text;
} options[] = {
    {"tech", 'c', "FILE", "technology file, by path or installed name"},
    {"workload", 'w', "FILE", "network, by path or installed name"},
    {"set", 's', "PATH=VALUE", "override a parameter, adc.bits=7; may repeat"},
    {"include", 'I', "FOLDER", "look up names here first; may repeat"},
    {"quant", OPT_QUANT, "SCHEME", "replace the quantization: apot:4/4"},
    {"area", OPT_AREA, "AREA", "area budget, \"50 mm2\": sizes the chip"},
    {"crossbars", OPT_CROSSBARS, "N", "crossbar budget: sizes the chip"},
    {"output", 'o', "FILE", "write .csv, .json or .txt; - is the terminal"},
    {"per", OPT_PER, "WHAT", "table per layer, component or network"},
    {"vs", OPT_VS, "FILE,...", "compare with other technologies"},
    {"normalise", OPT_NORMALISE, "BY", "of --vs: none, area or crossbars"},
    {"explain", OPT_EXPLAIN, "FIGURE", "the chain behind a figure"},
    {"check", 'n', NULL, "check the input only"},
    {"list-params", OPT_LIST + 0, NULL, "parameters; of -c with their sources"},
    {"list-models", OPT_LIST + 1, NULL, "machines, mappings, component models"},
    {"list-schemes", OPT_LIST + 2, NULL, "quantization schemes"},
    {"list-layers", OPT_LIST + 3, NULL, "layer types of workload files"},
    {"list-metrics", OPT_LIST + 4, NULL, "figures for --explain"},
    {"help", 'h', NULL, "this text"},
    {"version", 'V', NULL, "the version"},
};
/* clang-format on */
enum { OPTIONS = sizeof options / sizeof *options };

int opt_next(struct opt_walk *walk, const char **value)
{
    struct option table[OPTIONS + 1];
    char letters[2 * OPTIONS + 2] = ":";
    size_t n = 1;
    for (int i = 0; i < OPTIONS; i++) {
        int wants = options[i].value ? required_argument : no_argument;
        table[i] =
            (struct option){options[i].name, wants, NULL, options[i].code};
        if (options[i].code < 256) {
            letters[n++] = (char)options[i].code;
            if (options[i].value)
                letters[n++] = ':';
        }
    }
    letters[n] = 0;
    table[OPTIONS] = (struct option){0};

    optind = walk->at;
    opterr = 0;
    int option = getopt_long(walk->argc, walk->argv, letters, table, NULL);
    walk->at = optind;
    *value = optarg;
    if (option == -1 && optind < walk->argc) {
        fprintf(stderr,
                "ivq-est: unexpected argument '%s'; see ivq-est "
                "--help\n",
                walk->argv[optind]);
        return -1;
    }
    if (option == ':' || option == '?') {
        fprintf(stderr, "ivq-est: %s '%s'; see ivq-est --help\n",
                option == ':' ? "a value is wanted after" : "unknown option",
                walk->argv[optind - 1]);
        return -1;
    }
    return option == -1 ? 0 : option;
}

static void help_line(FILE *out, int i)
{
    char left[40];
    char letter[5] = "    ";
    if (options[i].code < 256)
        snprintf(letter, sizeof letter, "-%c, ", options[i].code);
    snprintf(left, sizeof left, "%s--%s%s%s", letter, options[i].name,
             options[i].value ? " " : "",
             options[i].value ? options[i].value : "");
    fprintf(out, "  %-25s %s\n", left, options[i].text);
}

int opt_help(FILE *out)
{
    fputs("usage: ivq-est -c TECH -w NETWORK [options]\n\n"
          "Area, latency and energy of a neural network on an "
          "in-memory-computing chip.\n\n",
          out);
    for (int i = 0; i < OPTIONS; i++)
        help_line(out, i);
    fputs("\nExample: ivq-est -c ivq-32nm -w resnet18 -o resnet18.csv\n"
          "See ivq-est(1), ivq-tech(5), ivq-workload(5).\n",
          out);
    return ferror(out);
}

int opt_is_special(const char *name)
{
    struct stat st;
    return !stat(name, &st) && !S_ISREG(st.st_mode);
}

int opt_set_mode(int fd)
{
    mode_t mask = umask(0);
    umask(mask);
    return fchmod(fd, 0666 & ~mask);
}
