/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/limits.h"
#include "request/path-walk.h"
#include "request/path.h"
#include "request/viewer.h"

const char *path_clean(const char *path, Arena *arena)
{
	char *clean = arena_alloc(arena, strlen(path) + 2);
	size_t length = 0;

	for (const char *p = path; *p;) {
		while (*p == '/')
			p++;
		size_t part = strcspn(p, "/");
		if (part == 2 && p[0] == '.' && p[1] == '.') {
			while (length) {
				length--;
				if (clean[length] == '/')
					break;
			}
		} else if (part && !(part == 1 && *p == '.')) {
			clean[length++] = '/';
			memcpy(clean + length, p, part);
			length += part;
		}
		p += part;
	}
	if (!length)
		clean[length++] = '/';
	clean[length] = 0;
	return clean;
}

/* How far a path is resolved (without a trailing '/') and what is still to come. */
typedef struct Resolution {
	char done[PATH_MAX], rest[PATH_MAX];
	unsigned links;
} Resolution;

/* Puts a link's target in front of what is to come. */
static bool follow(Resolution *resolution, const char *target)
{
	char rest[PATH_MAX];

	if (++resolution->links > LIMIT_PATH_LINKS || snprintf(rest, sizeof rest, "%s/%s", target, resolution->rest) >= (int)sizeof rest)
		return false;
	memcpy(resolution->rest, rest, strlen(rest) + 1);
	if (*target == '/')
		*resolution->done = 0;
	return true;
}

static bool step(Resolution *resolution, const char *part)
{
	char here[PATH_MAX], target[PATH_MAX];

	if (!*part || !strcmp(part, "."))
		return true;
	if (!strcmp(part, "..")) {
		char *slash = strrchr(resolution->done, '/');
		if (slash)
			*slash = 0;
		return true;
	}
	if (snprintf(here, sizeof here, "%s/%s", resolution->done, part) >= (int)sizeof here)
		return false;
	ssize_t length = readlink(here, target, sizeof target - 1);
	if (length >= 0) {
		target[length] = 0;
		return follow(resolution, target);
	}
	memcpy(resolution->done, here, strlen(here) + 1);
	return errno == EINVAL || errno == ENOENT || errno == ENOTDIR; /* no link, or nothing there: Docker creates what is missing */
}

/* The kernel says in one call that no part of a clean path is a link: openat2(2) stops with ELOOP at the first link, so
 * with ENOENT at a part that is missing there was none before it, and behind it there is nothing. */
static bool has_no_links(const char *clean)
{
	const struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS };
	int fd = (int)syscall(SYS_openat2, AT_FDCWD, clean, &how, sizeof how);

	if (fd < 0)
		return errno == ENOENT;
	(void)close(fd);
	return true;
}

/* What is there is found by the kernel, which says where its way ended (proc(5), /proc/PID/fd).  NULL: the path has to be walked along. */
static const char *follow_all(const char *path, Arena *arena)
{
	char link[32], target[PATH_MAX];
	int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, target, sizeof target);
	(void)close(fd);
	if (length <= 0 || length == (ssize_t)sizeof target || *target != '/')
		return NULL;
	target[length] = 0;
	return g_str_has_suffix(target, " (deleted)") ? NULL : arena_strdup(arena, target);
}

static bool is_device(const struct stat *status)
{
	return S_ISBLK(status->st_mode) || S_ISCHR(status->st_mode);
}

bool path_is_device(const char *path)
{
	struct stat status;

	if (!*path || !viewer_is_set())
		return *path && stat(path, &status) == 0 && is_device(&status);
	g_autoptr(Arena) arena = arena_new();
	return viewer_stat(path, &status, arena) && is_device(&status);
}

/* Step by step, for somebody who may not go everywhere. */
static const char *resolve_for_viewer(const char *path, Arena *arena)
{
	PathFacts facts;

	path_walk(path, arena, &facts);
	return *facts.problem ? "" : facts.resolved;
}

const char *path_resolve(const char *path, Arena *arena)
{
	const char *clean = path_clean(path, arena);
	Resolution resolution;

	if (strlen(path) >= sizeof resolution.rest)
		return "";
	if (viewer_is_set())
		return resolve_for_viewer(path, arena);
	if (!strcmp(clean, path) && has_no_links(path))
		return clean;
	const char *found = *path == '/' ? follow_all(path, arena) : NULL;
	if (found)
		return found;
	resolution.links = 0;
	*resolution.done = 0;
	memcpy(resolution.rest, path, strlen(path) + 1);
	while (*resolution.rest) {
		char part[PATH_MAX];
		size_t length = strcspn(resolution.rest, "/"), skip = length + (resolution.rest[length] == '/');
		memcpy(part, resolution.rest, length);
		part[length] = 0;
		memmove(resolution.rest, resolution.rest + skip, strlen(resolution.rest + skip) + 1);
		if (!step(&resolution, part))
			return "";
	}
	return *resolution.done ? arena_strdup(arena, resolution.done) : "/";
}

const char *path_canonical_run(const char *clean, Arena *arena)
{
	if (path_relation(clean, "/var/run") == PATH_EQUAL || path_relation(clean, "/var/run") == PATH_INSIDE)
		return arena_printf(arena, "/run%s", clean + strlen("/var/run"));
	return clean;
}

/* `inner` begins with all components of `outer`. */
static bool lies_under(const char *inner, const char *outer)
{
	size_t length = strlen(outer);

	if (length == 1)
		return inner[0] == '/' && inner[1];
	return !strncmp(inner, outer, length) && inner[length] == '/';
}

PathRelation path_relation(const char *path, const char *other)
{
	if (!strcmp(path, other))
		return PATH_EQUAL;
	if (lies_under(path, other))
		return PATH_INSIDE;
	return lies_under(other, path) ? PATH_CONTAINS : PATH_APART;
}
