/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "request/endpoint.h"

#define OLDEST_MINOR 24 /* API v1.24: older ones take a HostConfig at start and count other fields */

/* Go's url.EscapedPath leaves these as they are; to escape one hides what the path says. */
static bool needs_escape(unsigned char c)
{
	return !g_ascii_isalnum(c) && !strchr("-_.~$&+,/:;=@", c);
}

/* Decodes `path` in place; false for a bad or needless escape, a control or NUL. */
static bool decode(char *path, size_t length)
{
	bool clean = true;
	char *out = path;

	for (size_t i = 0; i < length; i++) {
		int c = (unsigned char)path[i];
		if (c == '%') {
			int high = i + 2 < length ? g_ascii_xdigit_value(path[i + 1]) : -1;
			int low = high < 0 ? -1 : g_ascii_xdigit_value(path[i + 2]);
			if (low < 0)
				clean = false;
			else {
				c = high * 16 + low;
				i += 2;
				clean = clean && needs_escape((unsigned char)c);
			}
		} else if (c == '#' || c == ';' || c == '\\' || c >= 0x7f) {
			clean = false;
		}
		clean = clean && c >= 0x20 && c != 0x7f;
		*out++ = (char)(c ? c : '?');
	}
	*out = 0;
	return clean && g_utf8_validate(path, -1, NULL);
}

/* No segment is empty (the last may be), "." or "..". */
static bool segments_clean(const char *path)
{
	for (const char *at = path; *at == '/';) {
		const char *segment = at + 1;
		at = strchrnul(segment, '/');
		size_t dots = strspn(segment, ".");
		if (at == segment ? *at != 0 : dots <= 2 && segment + dots == at)
			return false;
	}
	return *path == '/';
}

/* Behind "/vN.N", or `path` itself when it has no version.  Docker's pattern is v[0-9.]+. */
static const char *skip_version(const char *path, const char **problem)
{
	if (g_ascii_tolower(path[1]) != 'v' || !(g_ascii_isdigit(path[2]) || path[2] == '.'))
		return path;
	const char *end = strchrnul(path + 1, '/');
	const char *at = path + 2;
	unsigned minor = 0;
	bool good = path[1] == 'v' && at[0] == '1' && at[1] == '.' && g_ascii_isdigit(at[2]) && at[2] != '0';

	for (at += good ? 2 : 0; good && at < end; at++) {
		good = g_ascii_isdigit(*at) && minor < 1000;
		minor = minor * 10 + (unsigned)(*at - '0');
	}
	if (!good)
		*problem = "the API version in the path is malformed";
	else if (minor < OLDEST_MINOR)
		*problem = "API versions before 1.24 are not read; use a newer client";
	return end;
}

Target target_parse(const char *uri, Arena *arena)
{
	Target target = { .path = "", .query = "" };
	const char *at = uri;

	if (*at != '/') {
		const char *host = strstr(at, "://");
		target.problem = "the request target is not a path";
		at = strchrnul(host ? host + 3 : at, '/');
	}
	const char *mark = strchrnul(at, '?');
	char *path = arena_strndup(arena, at, (size_t)(mark - at));
	if (*mark)
		target.query = arena_strdup(arena, mark + 1);
	if (!decode(path, strlen(path)))
		target.problem = "the path is escaped or malformed where no client would";
	else if (!segments_clean(path))
		target.problem = "the path is not clean (empty, . or .. segments)";
	target.path = *path == '/' ? skip_version(path, &target.problem) : path;
	if (*target.path != '/' && !target.problem)
		target.problem = "the path names nothing";
	return target;
}

/* What the first hole stands for may hold '/', so the text behind it decides; a second hole is the last segment. */
static bool pattern_matches(const char *pattern, const char *path, size_t length, size_t *start, size_t *end)
{
	const char *hole = strchr(pattern, '{');

	*start = *end = 0;
	if (!hole)
		return !strcmp(pattern, path);
	const char *behind = strchr(hole, '}') + 1, *second = strchr(behind, '{');
	size_t before = (size_t)(hole - pattern), after = second ? (size_t)(second - behind) : strlen(behind);
	if (second) {
		const char *last = strrchr(path, '/');
		if (!last || !last[1])
			return false;
		length = (size_t)(last + 1 - path);
	}
	if (length <= before + after || memcmp(path, pattern, before) != 0 || memcmp(path + length - after, behind, after) != 0)
		return false;
	*start = before;
	*end = length - after;
	return true;
}

bool endpoint_takes(const Endpoint *row, const char *subject)
{
	return !strchr(subject, '/') || strstr(row->pattern, "{...}");
}

const Endpoint *endpoint_find(const char *method, const char *path, Arena *arena, const char **ret_subject)
{
	size_t length = strlen(path), start, end;

	*ret_subject = "";
	if (!strcmp(method, "HEAD"))
		method = "GET";
	for (size_t i = 0; i < endpoint_count; i++) {
		if (*endpoints[i].method != *method || strcmp(endpoints[i].method, method) != 0 || !pattern_matches(endpoints[i].pattern, path, length, &start, &end))
			continue;
		*ret_subject = arena_strndup(arena, path + start, end - start);
		return &endpoints[i];
	}
	return NULL;
}
