/* SPDX-License-Identifier: MIT
 *
 * What policy import does to the tree of an old file.
 */
#pragma once

#include <stdbool.h>
#include <json-glib/json-glib.h>

/* The keys where they stand now; those that moved are added to `moved` as {from, to}.  NULL and why not. */
JsonObject *import_keys(JsonObject *old, JsonArray *moved, char **ret_problem);
/* What says today what a key of the older config.yaml said ("audit.enabled"), for a person; NULL: it is none of those. */
const char *import_setting_now(const char *key);
/* Takes "rules.mounts.blocked[2].mode" out of the tree; false: it is not there. */
bool import_remove(JsonObject *root, const char *path);
