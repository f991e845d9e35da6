/* SPDX-License-Identifier: MIT
 *
 * What is left out of an answer of Docker's before a client has it (config.yaml, read).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"

typedef enum FilterResult {
	FILTER_SHOWN,
	FILTER_HIDDEN, /* all of it: a container without the labels */
	FILTER_BAD,    /* it cannot be read */
} FilterResult;

/* `json`: of an inspection, whole.  `labels`: NAME or NAME=VALUE, a line each, all of which Config.Labels must have; "": none.  `no_environment`: members that are
 * named Env are left out, wherever they are.  SHOWN: `ret` is what is left, in `arena`. */
FilterResult filter_answer(const char *json, size_t length, const char *labels, bool no_environment, Arena *arena, const char **ret, size_t *ret_length);
