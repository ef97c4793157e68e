/* map.c - the registry of mapping styles */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine/crossbar/map.h"
#include <stddef.h>

#define STYLE(style) extern const struct map_style style;
#include "machine/crossbar/style_list.h"
#undef STYLE

#define STYLE(style) &style,
const struct map_style *const map_styles[] = {
#include "machine/crossbar/style_list.h"
    NULL};
#undef STYLE
