/* SPDX-License-Identifier: MIT
 *
 * What can stand at the end of a command line: shells ask for it (completions/).  It comes from the rows of verbs and options, and from what
 * there is: policies, decisions, grants, pins, images.  Nobody is asked for a password, nothing is started, and it ends after five seconds, whatever it waits for.
 */
#pragma once

/* sentinel __complete WORD...: the words behind "sentinel", the last one as far as it is typed. */
#define COMPLETE_WORD "__complete"

/* Prints a line for each candidate: the word, a tab, what it is; or what the shell has to complete itself: ":files", ":directories",
 * ":command N" (the words from the Nth on are a command line of their own).  Returns 0. */
int complete(char **words);
