/* SPDX-License-Identifier: MIT
 *
 * Finding docker's commands by their words.
 */
#pragma once

#include "request/argv/line.h"

/* The command whose words stand at argv[at..]; `used`: how many.  NULL: there is none. */
const Command *command_find(const char *const *argv, size_t count, size_t at, size_t *used);
/* Whether `word` begins commands of two words: "container". */
bool command_is_group(const char *word);
/* The known word nearest to what somebody wrote; `group` NULL: among the first words. */
const char *command_nearest(const char *group, const char *word, Arena *arena);
const FlagTable *command_flags(const Command *command);
