/* SPDX-License-Identifier: MIT
 *
 * How the rows of file rules are written: where, what stands in a line, one example for and one against.
 */
#pragma once

#include <glib.h>
#include "scan/secret/rules/checksum.h"
#include "scan/secret/rules/rules.h"

/* A line is one: blanks are \h, as \s goes on in the next line, and what is named there is another thing.  The text within quotes of one kind: */
#define QUOTED(more) "(?|\"([^\"\\n]{" more ",400})\"|'([^'\\n]{" more ",400})')"

#define LINES(name, what, weight, files, expression, good, bad)                                                            \
	{ .id = (name), .title = (what), .severity = (weight), .where = (files), .regex = "(?i)" expression, .check = check_filled_in, \
	  .yes = { good }, .no = { bad } }
