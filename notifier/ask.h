/* SPDX-License-Identifier: MIT
 *
 * What is asked for on the command line: answers go to stdout, what went wrong to stderr.  Return the exit code.
 */
#pragma once

/* --list: what was denied last, of what the caller may see. */
int ask_list(void);
/* --test: shows a bubble and says who showed it. */
int ask_test(void);
