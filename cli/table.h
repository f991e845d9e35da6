/* SPDX-License-Identifier: MIT
 *
 * Tables for people.
 */
#pragma once

#include "cli/cli.h"

/* Rows of `columns` cells each, aligned; the first row is the heading.  On a terminal a line is a line: the widest columns are cut, unless
 * --full was said. */
void table_print(Cli *cli, const GPtrArray *cells, guint columns);
