/* identity.h - who a machine is: the head of a technology file */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HW_IDENTITY_H
#define HW_IDENTITY_H

#include "conf/conf.h"

struct identity {
    const char *name, *title;   /* "IVQ", "IVQ (SME core in ISAAC's tile)" */
    const char *source;         /* NULL: not given */
    double node_m;              /* technology node */
    const struct node *sources; /* the `sources` group, NULL: none */
};

/* Reads name, title (else the name), source, sources and node of a technology
 * file's root. 0, or -1 having reported. */
int identity_read(const struct conf_env *env, struct node *root,
                  struct identity *out);

#endif
