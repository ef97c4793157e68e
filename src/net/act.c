/* act.c - activation functions and what one value of each costs */
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

/* Evaluations of the function and, for x f(x), products, for one value. */
static const struct { double evaluations, products; } cost[ACT_N] = {
    [RELU] = {1, 0},    [RELU6] = {1, 0}, [LEAKY_RELU] = {1, 0},
    [SIGMOID] = {1, 0}, [TANH] = {1, 0},  [GELU] = {1, 0},
    [EXP] = {1, 0},     [SILU] = {1, 1},  [HARD_SIGMOID] = {1, 0},
    [HARD_SWISH] = {1, 1}
};
/* clang-format on */

void act_count(int act, int64_t n, double work[WORK_N])
{
    work[WORK_ACTIVATE] += cost[act].evaluations * (double)n;
    work[WORK_MAC] += cost[act].products * (double)n;
}
