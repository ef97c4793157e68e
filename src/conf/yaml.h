/* yaml.h - YAML files as trees of settings */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CONF_YAML_H
#define CONF_YAML_H

#include "conf/conf.h"

/*
 * Reads the first document of a YAML file: mappings are groups, sequences
 * lists, plain integers NODE_INT, all other scalars NODE_TEXT. An alias is what
 * its anchor has, or, where no anchor before it has that name, the text
 * "*name". Lines of a template engine ("{{ ... }}" from their beginning) are
 * comments; there are some if *templates. Returns the root, or NULL having
 * reported.
 */
struct node *yaml_read(const struct conf_env *env, const char *path,
                       bool *templates);

#endif
