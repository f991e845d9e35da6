/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/error.h"
#include "core/paths.h"

#define SYSTEM_CONFIG_DIR "/etc/sentinel"

static char *default_config_dir(void)
{
	const char *set = g_getenv("SENTINEL_CONFIG_DIR");

	if (set && *set)
		return g_strdup(set);
	return geteuid() == 0 ? g_strdup(SYSTEM_CONFIG_DIR) : g_build_filename(g_get_user_config_dir(), "sentinel", NULL);
}

Paths *paths_new(const char *config_dir)
{
	Paths *paths = g_new0(Paths, 1);
	g_autofree char *given = config_dir ? g_strdup(config_dir) : default_config_dir();
	bool system = g_strcmp0(given, SYSTEM_CONFIG_DIR) == 0;

	paths->config_dir = g_canonicalize_filename(given, NULL);
	paths->config_file = g_build_filename(paths->config_dir, "config.yaml", NULL);
	paths->policies_dir = g_build_filename(paths->config_dir, "policies", NULL);
	paths->audit_dir = system ? g_strdup("/var/lib/sentinel/audit") : g_build_filename(paths->config_dir, "audit", NULL);
	paths->cache_dir = system ? g_strdup("/var/cache/sentinel") : g_build_filename(paths->config_dir, "cache", NULL);
	paths->applied_file = g_build_filename(paths->audit_dir, "applied.yaml", NULL);
	return paths;
}

void paths_free(Paths *paths)
{
	if (!paths)
		return;
	g_free(paths->config_dir);
	g_free(paths->config_file);
	g_free(paths->policies_dir);
	g_free(paths->audit_dir);
	g_free(paths->cache_dir);
	g_free(paths->applied_file);
	g_free(paths);
}

static gboolean make_dir(const char *dir, mode_t mode, GError **error)
{
	if (g_mkdir_with_parents(dir, (int)mode) == 0 && access(dir, R_OK | X_OK) == 0)
		return TRUE;
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO,
		"the directory %s cannot be used: %s; make it readable for this user or choose another with --config-dir", dir, g_strerror(errno));
	return FALSE;
}

gboolean paths_prepare(const Paths *paths, GError **error)
{
	mode_t mode = geteuid() == 0 ? 0755 : 0700;

	return make_dir(paths->config_dir, mode, error) && make_dir(paths->policies_dir, mode, error) && make_dir(paths->audit_dir, 0750, error) &&
	       make_dir(paths->cache_dir, 0750, error);
}
