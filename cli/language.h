/* SPDX-License-Identifier: MIT
 *
 * Texts for people in their language, by gettext: LANGUAGE, LC_MESSAGES (po/).  What a program reads is never translated: nothing with
 * --json, no word that is typed, no heading of a table, and nothing that the service says.
 */
#pragma once

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) text /* in a table; _() stands where it is printed */

/* After setlocale(). */
void language_begin(void);
/* As gettext(), also of "". */
const char *language_of(const char *text);
