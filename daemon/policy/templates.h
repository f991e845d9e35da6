/* SPDX-License-Identifier: MIT
 *
 * The policies that ship with the project, inside the binary: an installation that lost its data
 * directory can still be set up.  Generated from policies/ by policies/embed.py.
 */
#pragma once

#include <stddef.h>

typedef struct Template {
	const char *name, *text; /* "production", the YAML */
	size_t length;
} Template;

extern const Template templates[];
extern const size_t template_count;
