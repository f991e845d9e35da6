/* SPDX-License-Identifier: MIT
 *
 * Questions on the terminal.  They go to stderr; answers come from stdin.
 */
#pragma once

#include "cli/cli.h"

typedef enum Answer { ANSWER_NONE, ANSWER_NO, ANSWER_YES } Answer; /* NONE: the input ended */

/* Is there somebody who can be asked?  Not with --json, which is for programs. */
bool ask_possible(const Cli *cli);
/* The answer without the space around it; NULL when the input ended.  The caller frees it. */
char *ask_line(const char *question);
/* Everything but a word that begins with y is a no. */
Answer ask_yes(const char *question);
