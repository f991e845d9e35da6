/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
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

/* The deepest existing parent resolved, the rest as written: Docker creates what is missing. */
const char *path_resolve(const char *path, Arena *arena)
{
	char buffer[PATH_MAX];
	char *head = arena_strdup(arena, path);
	const char *tail = "";

	while (!realpath(head, buffer)) {
		if (errno != ENOENT && errno != ENOTDIR)
			return "";
		char *slash = strrchr(head, '/');
		if (!slash)
			return "";
		tail = path + (slash - head);
		if (slash == head)
			return path_clean(path, arena);
		*slash = 0;
	}
	return path_clean(arena_printf(arena, "%s/%s", buffer, tail), arena);
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
