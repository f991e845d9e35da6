/* SPDX-License-Identifier: MIT
 *
 * The shipped policies where no image was ever scanned.
 */
#pragma once

#include <string.h>
#include <glib.h>
#include "policy/templates.h"

/* Its text, without the demand that an image has been scanned; freed by the caller. */
static inline char *template_unscanned(const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "require_image_scan: true", -1);

	return g_strjoinv("require_image_scan: false", parts);
}

/* The same by its name, until the test ends. */
static inline const char *template_text(const char *name)
{
	for (size_t i = 0; i < template_count; i++)
		if (!strcmp(templates[i].name, name)) {
			g_autofree char *text = template_unscanned(templates[i].text);
			return g_intern_string(text);
		}
	g_error("there is no template %s", name);
}
