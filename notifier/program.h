/* SPDX-License-Identifier: MIT
 *
 * Programs of the desktop.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

/* Which program opens terminals here: xdg-terminal-exec, else Debian's x-terminal-emulator; false: none. */
bool program_has_terminal(void);
/* Whether something here puts a text on the clipboard: wl-copy, xclip or xsel. */
bool program_has_clipboard(void);
bool program_copy(const char *text, GError **error);
/* Everything about a decision, in a terminal that stays open until a key is pressed. */
bool program_show_decision(uint64_t id, GError **error);
