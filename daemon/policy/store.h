/* SPDX-License-Identifier: MIT
 *
 * Policy files on disk: the only part of policy/ that reads and writes them.  Blocking; worker thread or start.
 */
#pragma once

#include "policy/policy.h"

typedef struct PolicyInfo {
	char *name, *mode, *description; /* mode "" when the file does not load */
} PolicyInfo;

/* Letters, digits, '-', '_', '.', not starting with '.', at most LIMIT_POLICY_NAME. */
bool store_name_valid(const char *name);
/* The same, with an error that says so (SENTINEL_ERROR_ARGUMENT). */
bool store_check_name(const char *name, GError **error);
/* DIR/NAME.yaml -> Policy.  NULL: see diagnostics (I/O problems too, with line 0). */
Policy *store_load(const char *policies_dir, const char *name, GPtrArray *diagnostics);
/* The text of DIR/NAME.yaml. */
char *store_read(const char *policies_dir, const char *name, GError **error);
/* GPtrArray of PolicyInfo * (frees its elements), sorted by name. */
GPtrArray *store_list(const char *policies_dir, GError **error);
/* Replaces or makes DIR/NAME.yaml, whole or not at all. */
bool store_write(const char *policies_dir, const char *name, const char *text, GError **error);
bool store_delete(const char *policies_dir, const char *name, GError **error);
