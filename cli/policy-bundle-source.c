/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cli/policy-bundle.h"
#include "config.h"

/* $SENTINEL_FETCH, the one beside this program in a build directory, the installed one. */
static char *find_helper(void)
{
	const char *set = g_getenv("SENTINEL_FETCH");
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *here = self ? g_path_get_dirname(self) : NULL;
	g_autofree char *built = here ? g_build_filename(here, "..", "helper", "sentinel-fetch", NULL) : NULL;

	if (set && *set)
		return g_strdup(set);
	return g_strdup(built && g_file_test(built, G_FILE_TEST_IS_EXECUTABLE) ? built : SENTINEL_FETCH_HELPER);
}

static int get_from_server(const BundleConf *conf, const char *name, gsize limit, GBytes **ret, Problem *problem)
{
	g_autofree char *url = g_strconcat(conf->source, "/", name, NULL), *helper = find_helper(), *number = g_strdup_printf("%" G_GSIZE_FORMAT, limit);
	const char *words[] = { helper, "--limit", number, url, conf->ca ? "--ca" : NULL, conf->ca, NULL };
	g_autoptr(GSubprocess) process = NULL;
	g_autoptr(GBytes) talk = NULL;
	g_autoptr(GError) error = NULL;

	process = g_subprocess_newv(words, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
	if (!process || !g_subprocess_communicate(process, NULL, NULL, ret, &talk, &error))
		return problem_set(problem, EXIT_UNDONE, "fetch", "cannot run %s: %s", helper, error->message);
	if (g_subprocess_get_successful(process) && g_bytes_get_size(*ret) <= limit)
		return 0;
	gsize length = g_bytes_get_size(talk);
	g_autofree char *why = g_strndup(length ? g_bytes_get_data(talk, NULL) : "", length);
	return problem_set(problem, EXIT_UNDONE, "fetch", "cannot fetch %s: %s", url, g_strstrip(why));
}

static int get_from_directory(const BundleConf *conf, const char *name, gsize limit, GBytes **ret, Problem *problem)
{
	g_autofree char *path = g_build_filename(conf->source, name, NULL), *text = g_malloc(limit + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	gsize length = 0;
	ssize_t got = 1;

	if (fd < 0 || fstat(fd, &status) < 0) {
		int failed = errno;
		if (fd >= 0)
			(void)close(fd);
		return problem_set(problem, EXIT_UNDONE, "fetch", "cannot fetch %s: %s", path, g_strerror(failed));
	}
	while (S_ISREG(status.st_mode) && length <= limit && (got = read(fd, text + length, limit + 1 - length)) > 0)
		length += (gsize)got;
	(void)close(fd);
	if (!S_ISREG(status.st_mode) || got < 0)
		return problem_set(problem, EXIT_UNDONE, "fetch", "cannot fetch %s: it is no file that can be read", path);
	if (length > limit)
		return problem_set(problem, EXIT_UNDONE, "fetch", "cannot fetch %s: it is too large: more than %" G_GSIZE_FORMAT " bytes", path, limit);
	*ret = g_bytes_new_take(g_steal_pointer(&text), length);
	return 0;
}

int bundle_get(const BundleConf *conf, const char *name, gsize limit, GBytes **ret, Problem *problem)
{
	return *conf->source == '/' ? get_from_directory(conf, name, limit, ret, problem) : get_from_server(conf, name, limit, ret, problem);
}
