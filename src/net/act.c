/* act.c - activation functions and their work */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/act.h"
#include <string.h>

/* clang-format off */
enum act { NONE, RELU, RELU6, LEAKY_RELU, SIGMOID, TANH, GELU, EXP, SILU,
           HARD_SIGMOID, HARD_SWISH, OTHER, ACT_N };

const char *const act_names[] = {
    [NONE] = "none",       [RELU] = "relu",       [RELU6] = "relu6",
    [SIGMOID] = "sigmoid", [TANH] = "tanh",       [GELU] = "gelu",
    [EXP] = "exp",         [SILU] = "silu",       [LEAKY_RELU] = "leaky_relu",
    [HARD_SIGMOID] = "hard_sigmoid",
    [HARD_SWISH] = "hard_swish",
    [OTHER] = "other",
    [ACT_N] = NULL
};

/* clang-format on */

int act_find(const char *onnx)
{
    static const struct {
        const char *name;
        enum act act;
    } known[] = {{"Relu", RELU},           {"LeakyRelu", LEAKY_RELU},
                 {"Sigmoid", SIGMOID},     {"Tanh", TANH},
                 {"Gelu", GELU},           {"Exp", EXP},
                 {"Swish", SILU},          {"HardSigmoid", HARD_SIGMOID},
                 {"HardSwish", HARD_SWISH}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i].name, onnx))
            return known[i].act;
    return OTHER;
}

/* A function of one value is one look-up, x sigmoid(x) as well. */
void act_count(int act, int64_t n, double work[WORK_N])
{
    if (act != NONE)
        work[WORK_ACTIVATE] += (double)n;
}
