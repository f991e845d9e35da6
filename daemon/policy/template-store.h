/* SPDX-License-Identifier: MIT
 *
 * The templates as files: put where they are missing, and compared with what this version ships.  Blocking; start or a reader.
 */
#pragma once

#include <stdbool.h>
#include <glib.h>

typedef enum TemplateState {
	TEMPLATE_CURRENT,
	TEMPLATE_OLDER,         /* as an earlier version put it there */
	TEMPLATE_EDITED,        /* made of this version's, by somebody */
	TEMPLATE_EDITED_OLDER,  /* made of an earlier version's */
	TEMPLATE_UNKNOWN,       /* another text, and nobody wrote down what was put there */
	TEMPLATE_STATE_COUNT
} TemplateState;

extern const char template_store_source[]; /* the directory of the installed ones */

/* One of them by its name, if there is no file of that name. */
bool template_store_put(const char *policies_dir, const char *name, GError **error);
typedef bool (*TemplatePutFn)(const char *name, void *data, GError **error);
/* Adds the shipped templates that DIR lacks; never overwrites.  `record` (NULL: none) is the file that remembers what was put there: of that
 * nothing comes back that is gone, as long as DIR has any policy. */
bool template_store_install(const char *policies_dir, const char *record, GError **error);
/* The same, where another one writes them: `put` is called for each that is missing. */
bool template_store_install_by(const char *policies_dir, const char *record, TemplatePutFn put, void *data, GError **error);
/* Of the template with this index; what is not there is current: nothing old decides. */
TemplateState template_store_compare(const char *policies_dir, const char *record, size_t index);
