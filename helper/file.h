/* SPDX-License-Identifier: MIT
 *
 * Replaces a configuration file whole or not at all; its mode and owner stay, the old text is kept in
 * FILE.before-sentinel.
 */
#pragma once

#include <stdbool.h>
#include <glib.h>

#define FILE_KEPT ".before-sentinel" /* behind the name: the text before the last change */

/* *ret NULL: there is no file. */
bool file_read(const char *file, char **ret, GError **error);
/* `accept` (may be NULL) looks at the new file before it takes the place of the old one. */
bool file_replace(const char *file, const char *text, bool (*accept)(const char *new_file, GError **error), GError **error);
bool file_delete(const char *file, GError **error);
