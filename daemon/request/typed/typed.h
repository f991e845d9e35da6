/* SPDX-License-Identifier: MIT
 *
 * The words of a docker run that makes a call that Docker was asked: front door 1 backwards.  For who wants to repeat a command with a change.
 *
 * All of the call is in them, or there are none: a member that no flag makes, and every value of the environment and of labels (which are nowhere written
 * down), means that there is no such line.  The words are read again through front door 2 and must be the same Request.
 * docker create makes the same call as docker run: which of the two was typed nobody can know.
 */
#pragma once

#include "request/api.h"

/* {"run", "--rm", "--network=none", "busybox", "id"}, a flag and its value in one word; false: there is no such line, or it is longer than LIMIT_TYPED_BYTES, or
 * has words that are not printable. */
bool typed_words(const ApiCall *call, Arena *arena, StringList *ret);
