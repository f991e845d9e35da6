/* SPDX-License-Identifier: MIT
 *
 * daemon.json with the plugin in its list or without, every other byte as it was.  Pure.
 */
#pragma once

#include <stdbool.h>
#include <glib.h>

/* The new text; NULL with an error when the file is not what Docker would read.  `text` NULL: there is
 * no file.  When nothing is to change, the text is the same.  edit_remove() is the exact reverse of
 * edit_add(). */
char *edit_add(const char *text, const char *plugin, GError **error);
char *edit_remove(const char *text, const char *plugin, GError **error);
/* The text that edit_add() makes where there was no file. */
bool edit_is_ours(const char *text, const char *plugin);
