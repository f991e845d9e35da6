/* SPDX-License-Identifier: MIT
 *
 * One pass along a path as the kernel goes it, with a descriptor for each step: what is told of a directory is told of the one
 * that the next name was looked up in.
 */
#pragma once

#include "base/arena.h"
#include "request/path-facts.h"

/* Fills problem, resolved, exists, source and steps (without `local` and `members`). */
void path_walk(const char *path, Arena *arena, PathFacts *ret);
