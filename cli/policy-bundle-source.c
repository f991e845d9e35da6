/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cli/policy-bundle.h"
#include "cli/own-program.h"
#include "config.h"

static int get_from_server(const BundleConf *conf, const char *name, gsize limit, GBytes **ret, Problem *problem)
{
	g_autofree char *url = g_strconcat(conf->source, "/", name, NULL), *number = g_strdup_printf("%" G_GSIZE_FORMAT, limit);
	g_autofree char *helper = own_program_find("SENTINEL_FETCH", "helper", "sentinel-fetch", SENTINEL_FETCH_HELPER);
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
