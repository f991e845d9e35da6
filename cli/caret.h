/* SPDX-License-Identifier: MIT
 *
 * A command line with marks under the words that findings are about.
 */
#pragma once

#include "cli/cli.h"

/* `words` as the service shows them; `marks` has one character a word: '^', '~' or 0. */
void caret_print(const Cli *cli, JsonArray *words, const char *marks);
