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

/* Whether builds get neither the host's network nor processes that are not confined. */
bool edit_builder_is_closed(const char *text);
/* BuildKit's builder of Docker's without the host's network and without processes that are not confined.  What was put in comes back in
 * `ret_added`, for edit_open_builder(), the exact reverse: what somebody else wrote there since stays.  An error when the file says
 * something about entitlements already, whatever it is. */
char *edit_close_builder(const char *text, char **ret_added, GError **error);
char *edit_open_builder(const char *text, const char *added, GError **error);
