/* opt.c - the command line, from one table a program */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/opt.h"

#include <getopt.h>
#include <string.h>

enum { OPTIONS_MAX = 32 };

/* clang-format off */
static const struct opt est_options[] = {
    {"tech", 'c', "FILE", "technology file, by path or installed name"},
    {"workload", 'w', "FILE", "network, likewise; or .onnx, .csv, .yaml"},
    {"set", 's', "PATH=VALUE", "override a parameter, adc.bits=7; may repeat"},
    {"include", 'I', "FOLDER", "look up names here first; may repeat"},
    {"quant", OPT_QUANT, "SCHEME", "replace the quantization: apot:4/4"},
    {"input-shape", OPT_INPUT_SHAPE, "N,C,H,W", "input of an ONNX network"},
    {"weights", OPT_WEIGHTS, "AS", "take weights as exact, stats or model"},
    {"area", OPT_AREA, "AREA", "area budget, \"50 mm2\": sizes the chip"},
    {"crossbars", OPT_CROSSBARS, "N", "crossbar budget: sizes the chip"},
    {"output", 'o', "FILE", "write .csv, .json or .txt; - is the terminal"},
    {"per", OPT_PER, "WHAT", "table per layer, component, network, plane"},
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
    {0}};

static const struct opt validate_options[] = {
    {"include", 'I', "FOLDER", "look up names here first; may repeat"},
    {"brief", 'b', NULL, "a line a file"},
    {"verbose", 'v', NULL, "reasons, and what other tools are off"},
    {"output", 'o', "FILE", "write .csv, .json or .txt; - is the terminal"},
    {"help", 'h', NULL, "this text"},
    {"version", 'V', NULL, "the version"},
    {0}};

static const struct opt import_options[] = {
    {"output", 'o', "NET.cfg", "write NET.cfg, and NET.stats.cfg of weights"},
    {"quant", OPT_QUANT, "SCHEME", "quantization that is written: apot:4/4"},
    {"weight-clip", OPT_CLIP, "BY", "auto, max, percentile, mse or scheme"},
    {"weight-percentile", OPT_PERCENTILE, "P", "of that clip, 99.9"},
    {"weight-scale", OPT_SCALE, "PER", "a scale per tensor or column"},
    {"input-shape", OPT_INPUT_SHAPE, "N,C,H,W", "input of an ONNX network"},
    {"set", 's', "PATH=VALUE", "override a setting, workload.name=x"},
    {"include", 'I', "FOLDER", "look up names here first; may repeat"},
    {"help", 'h', NULL, "this text"},
    {"version", 'V', NULL, "the version"},
    {0}};
/* clang-format on */

const struct opt_program opt_est = {
    "ivq-est", est_options,
    "usage: ivq-est -c TECH -w NETWORK [options]\n\n"
    "Area, latency and energy of a neural network on an "
    "in-memory-computing chip.\n\n",
    "\nExample: ivq-est -c ivq-32nm -w resnet18 -o resnet18.csv\n"
    "See ivq-est(1), ivq-tech(5), ivq-workload(5).\n",
    0};

const struct opt_program opt_validate = {
    "ivq-validate", validate_options,
    "usage: ivq-validate [options] [FILE...]\n\n"
    "Published figures beside ours; without a FILE, all installed ones.\n\n",
    "\nExit status 3: a figure lies outside its tolerance without a reason.\n"
    "See ivq-validate(1).\n",
    1};

const struct opt_program opt_import = {
    "ivq-import", import_options,
    "usage: ivq-import [options] NETWORK\n\n"
    "A network of another format, model.onnx, as a workload file, and the "
    "statistics\nof its weights.\n\n",
    "\nExample: ivq-import model.onnx --input-shape 1,3,224,224 -o net.cfg\n"
    "See ivq-import(1), ivq-workload(5).\n",
    1};

/* The next argument that is no option, if the program takes them. */
static int next_file(struct opt_walk *walk, const char **value)
{
    const char *program = walk->program->name;
    if (walk->at >= walk->argc)
        return 0;
    *value = walk->argv[walk->at++];
    if (walk->program->takes_files)
        return OPT_FILE;
    fprintf(stderr, "%s: unexpected argument '%s'; see %s --help\n", program,
            *value, program);
    return -1;
}

int opt_next(struct opt_walk *walk, const char **value)
{
    const struct opt *options = walk->program->options;
    const char *program = walk->program->name;
    struct option table[OPTIONS_MAX] = {{0}};
    char letters[2 * OPTIONS_MAX] = ":";
    size_t n = 1;
    if (walk->rest)
        return next_file(walk, value);
    for (int i = 0; options[i].name; i++) {
        int wants = options[i].value ? required_argument : no_argument;
        table[i] =
            (struct option){options[i].name, wants, NULL, options[i].code};
        if (options[i].code < 256) {
            letters[n++] = (char)options[i].code;
            if (options[i].value)
                letters[n++] = ':';
        }
    }

    optind = walk->at;
    opterr = 0;
    int option = getopt_long(walk->argc, walk->argv, letters, table, NULL);
    walk->at = optind;
    *value = optarg;
    if (option == ':' || option == '?') {
        fprintf(stderr, "%s: %s '%s'; see %s --help\n", program,
                option == ':' ? "a value is wanted after" : "unknown option",
                walk->argv[optind - 1], program);
        return -1;
    }
    walk->rest = option == -1;
    return walk->rest ? next_file(walk, value) : option;
}

static void help_line(FILE *out, const struct opt *o)
{
    char left[40];
    char letter[5] = "    ";
    if (o->code < 256)
        snprintf(letter, sizeof letter, "-%c, ", o->code);
    snprintf(left, sizeof left, "%s--%s%s%s", letter, o->name,
             o->value ? " " : "", o->value ? o->value : "");
    fprintf(out, "  %-25s %s\n", left, o->text);
}

int opt_help(const struct opt_program *program, FILE *out)
{
    fputs(program->usage, out);
    for (const struct opt *o = program->options; o->name; o++)
        help_line(out, o);
    fputs(program->end, out);
    return ferror(out);
}
