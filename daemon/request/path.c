/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>
#include "base/limits.h"
#include "request/path.h"

const char *path_clean(const char *path, Arena *arena)
{
	char *clean = arena_alloc(arena, strlen(path) + 2);
	size_t length = 0;

	for (const char *p = path; *p;) {
		while (*p == '/')
			p++;
		size_t part = strcspn(p, "/");
		if (part == 2 && p[0] == '.' && p[1] == '.') {
			while (length && clean[--length] != '/')
				;
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

/* One step of the walk: the name `part` below `done` (without a trailing '/').  Returns the new `done`; a
 * link puts its target in front of `rest`.  NULL: it cannot be known. */
static const char *step(const char *done, const char *part, const char **rest, unsigned *links, Arena *arena)
{
	char target[PATH_MAX];
	const char *here = arena_printf(arena, "%s/%s", done, part);

	if (!strcmp(part, "."))
		return done;
	if (!strcmp(part, "..")) {
		const char *slash = strrchr(done, '/');
		return slash ? arena_strndup(arena, done, (size_t)(slash - done)) : done;
	}
	ssize_t length = readlink(here, target, sizeof target - 1);
	if (length < 0) /* no link, or nothing there: Docker creates what is missing */
		return errno == EINVAL || errno == ENOENT || errno == ENOTDIR ? here : NULL;
	if (++*links > LIMIT_PATH_LINKS)
		return NULL;
	target[length] = 0;
	*rest = arena_printf(arena, "%s/%s", target, *rest);
	return *target == '/' ? "" : done;
}

const char *path_resolve(const char *path, Arena *arena)
{
	const char *done = "", *rest = path;
	unsigned links = 0;

	while (done && *rest) {
		rest += strspn(rest, "/");
		size_t length = strcspn(rest, "/");
		const char *part = arena_strndup(arena, rest, length);
		rest += length;
		if (length)
			done = step(done, part, &rest, &links, arena);
	}
	return !done ? "" : *done ? done : "/";
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
