/* SPDX-License-Identifier: MIT
 *
 * The notifier's own log: stderr, which is the user's journal.
 */
#pragma once

#include <glib.h>

void say(const char *format, ...) G_GNUC_PRINTF(1, 2);
