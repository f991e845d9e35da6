/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
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
	paths->fetch_dir = system ? g_strdup("/var/lib/sentinel-fetch") : g_build_filename(paths->config_dir, "fetch", NULL);
	paths->pulls_file = g_build_filename(paths->audit_dir, "pulls", NULL);
	paths->applied_file = g_build_filename(paths->audit_dir, "applied.yaml", NULL);
	paths->templates_file = g_build_filename(paths->audit_dir, "templates", NULL);
	paths->own = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(paths->own, NULL);
	return paths;
}

static void add(GPtrArray *own, char *path)
{
	g_ptr_array_insert(own, (gint)own->len - 1, path);
}

void paths_add_own(Paths *paths, const char *path)
{
	if (!path)
		return;
	char *clean = g_canonicalize_filename(path, NULL);
	g_autofree char *directory = g_path_get_dirname(clean), *name = g_path_get_basename(clean);
	char *real_directory = realpath(directory, NULL), *real = realpath(clean, NULL);

	add(paths->own, clean);
	if (real)
		add(paths->own, g_strdup(real));
	else if (real_directory)
		add(paths->own, g_build_filename(real_directory, name, NULL));
	free(real_directory);
	free(real);
}

const char *const *paths_own(const Paths *paths)
{
	return (const char *const *)paths->own->pdata;
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
	g_free(paths->fetch_dir);
	g_free(paths->pulls_file);
	g_free(paths->applied_file);
	g_free(paths->templates_file);
	g_ptr_array_unref(paths->own);
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

gboolean paths_prepare(Paths *paths, GError **error)
{
	mode_t mode = geteuid() == 0 ? 0755 : 0700;
	gboolean made = make_dir(paths->config_dir, mode, error) && make_dir(paths->policies_dir, mode, error) && make_dir(paths->audit_dir, 0750, error) &&
			make_dir(paths->cache_dir, 0750, error);
	const char *const directories[] = { paths->config_dir, paths->policies_dir, paths->audit_dir, paths->cache_dir };

	/* Also where they are linked to, which is known once they are there. */
	for (size_t i = 0; i < G_N_ELEMENTS(directories); i++)
		paths_add_own(paths, directories[i]);
	return made;
}
