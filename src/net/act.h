/* act.h - activation functions and what one value of each costs */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NET_ACT_H
#define NET_ACT_H

#include "net/net.h"

extern const char *const act_names[]; /* NULL at the end; 0 is "none" */

/* The function of that name in ONNX, "Relu"; one that has no name here is
 * "other". */
int act_find(const char *onnx);

/* Adds the work of function number `act` on n values, operations. */
void act_count(int act, int64_t n, double work[WORK_N]);

#endif
