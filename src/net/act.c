/* act.c - activation functions and their work */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/act.h"

/* clang-format off */
enum act { NONE, RELU, RELU6, LEAKY_RELU, SIGMOID, TANH, GELU, EXP, SILU,
           HARD_SIGMOID, HARD_SWISH, ACT_N };

const char *const act_names[] = {
    [NONE] = "none",       [RELU] = "relu",       [RELU6] = "relu6",
    [SIGMOID] = "sigmoid", [TANH] = "tanh",       [GELU] = "gelu",
    [EXP] = "exp",         [SILU] = "silu",       [LEAKY_RELU] = "leaky_relu",
    [HARD_SIGMOID] = "hard_sigmoid",
    [HARD_SWISH] = "hard_swish",
    [ACT_N] = NULL
};

/* clang-format on */

/* A function of one value is one look-up, x sigmoid(x) as well. */
void act_count(int act, int64_t n, double work[WORK_N])
{
    if (act != NONE)
        work[WORK_ACTIVATE] += (double)n;
}
