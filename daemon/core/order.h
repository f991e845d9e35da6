/* SPDX-License-Identifier: MIT
 *
 * One change of the files below the configuration directory, for who writes them: the service itself, or, where it may not, the
 * helper that it asks (core/write-client.h).  Blocking; any thread but main.
 */
#pragma once

#include <stdbool.h>
#include "base/write-wire.h"
#include "core/paths.h"

typedef struct Order {
	WriteKind kind;
	const char *name, *text; /* `text` NULL: the kind has none */
} Order;

/* What was there before; NULL: nothing. */
typedef struct Before {
	char *policy, *config;
} Before;

void before_clear(Before *before);
/* Whether a kind has a text. */
bool order_has_text(WriteKind kind);
/* A name that is one, and a text that is there and loads under this name; of a policy that is put in force, that it loads. */
bool order_check(const Paths *paths, const Order *order, GError **error);
/* What it would let through that is denied by the files as they are; NULL: nothing.  What the files do not say counts as denied.  `matters`: also
 * when they do not say that it is in force.  `ret_mode` (may be NULL): the mode of the policy it is about; NULL when that does not load.  Free it. */
char *order_laxer(const Paths *paths, const Order *order, bool matters, const char **ret_mode);
/* Whole or not at all.  `otherwise`: the text of config.yaml where the file says nothing; NULL: none. */
bool order_apply(const Paths *paths, const Order *order, const char *otherwise, Before *ret_before, GError **error);
bool order_undo(const Paths *paths, const Order *order, const Before *before, GError **error);
