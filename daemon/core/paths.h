/* SPDX-License-Identifier: MIT
 *
 * Where things are (docs/CHECKS.md, "Files").
 */
#pragma once

#include <glib.h>

typedef struct Paths {
	char *config_dir, *config_file, *policies_dir, *audit_dir, *cache_dir;
	char *pulls_file;   /* images that were pulled */
	char *applied_file; /* the last config.yaml that was applied */
	char *fetch_dir;    /* what came of policies from a repository (core/fetched.h) */
	char *templates_file; /* which templates were put there (policy/template-store.h) */
	GPtrArray *own;     /* what containers must not get, without links and as it was given: directories and sockets; ends with NULL */
} Paths;

/* `config_dir` from --config-dir, or NULL: $SENTINEL_CONFIG_DIR, else /etc/sentinel (root) or
 * ~/.config/sentinel.  Audit and cache are DIR/audit and DIR/cache, for the system's own /etc/sentinel
 * /var/lib/sentinel/audit and /var/cache/sentinel. */
Paths *paths_new(const char *config_dir);
/* A socket that this guard has or trusts; NULL: none. */
void paths_add_own(Paths *paths, const char *path);
const char *const *paths_own(const Paths *paths);
void paths_free(Paths *paths);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Paths, paths_free)
/* Makes what is missing: config dir 0755 (0700 for a user), policies, audit 0750. */
gboolean paths_prepare(Paths *paths, GError **error);
