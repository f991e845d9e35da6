/* SPDX-License-Identifier: MIT
 *
 * How wide text is on a terminal, and how it is made to fit.
 */
#pragma once

#include <stdio.h>
#include <glib.h>

#define LAYOUT_COLUMNS 80u /* of help, and of a terminal that does not say */

/* Whether answers go to a terminal, also when a pager stands between: as it was when this was asked first. */
gboolean layout_is_terminal(void);
/* How many columns it has; 0: there is none, and nothing is cut. */
glong layout_columns(void);
/* Whether it can show more than ASCII: by the locale.  True where there is no terminal. */
gboolean layout_is_utf8(void);
/* Columns that the text takes. */
glong layout_width(const char *text);
/* A copy that takes at most so many (0: any number), with a mark where something is missing; line feeds and tabs become blanks. */
char *layout_cut(const char *text, glong width);
/* The text in lines of LAYOUT_COLUMNS; the first begins at column `at`, the others after `indent` blanks.  Ends with a line feed. */
void layout_wrap(FILE *stream, const char *text, size_t at, size_t indent);
