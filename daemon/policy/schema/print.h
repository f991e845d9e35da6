/* SPDX-License-Identifier: MIT
 *
 * The schema tables in other forms, so that editors and the manual cannot drift from the loader.
 */
#pragma once

#include "base/text.h"

/* The JSON Schema (draft-07) of a policy file, on one line. */
void schema_print_json(Buffer *out);

/* Every key by its full name, "rules.mounts.blocked[].path"; what conditions and rules have in common
 * comes once. */
typedef void (*SchemaKeyFn)(const char *name, void *data);
void schema_each_key(SchemaKeyFn each, void *data);
