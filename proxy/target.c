/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "proxy/target.h"

static bool refuse(const char **ret_problem, const char *problem)
{
	*ret_problem = problem;
	return false;
}

/* What an escape in a path may stand for: printable or a space or of a letter beyond ASCII, as in names of networks, and nothing that divides it or is an escape again. */
static bool is_good_escape(const char *at, size_t left)
{
	if (left < 3 || !g_ascii_isxdigit(at[1]) || !g_ascii_isxdigit(at[2]))
		return false;
	int c = g_ascii_xdigit_value(at[1]) * 16 + g_ascii_xdigit_value(at[2]);
	return c >= ' ' && c != 0x7f && !strchr("/\\.%?#;", c);
}

/* Without the slash before it. */
static bool is_good_segment(Piece segment, bool last)
{
	if (!segment.length)
		return last;
	return !(segment.length <= 2 && segment.at[0] == '.' && segment.at[segment.length - 1] == '.');
}

static bool check_path(Piece path, const char **ret_problem)
{
	size_t begin = 1;

	for (size_t i = 1; i <= path.length; i++) {
		if (i < path.length && path.at[i] == '%' && !is_good_escape(path.at + i, path.length - i))
			return refuse(ret_problem, "the path has an escape that could be read differently");
		if (i < path.length && (path.at[i] == '\\' || path.at[i] == ';'))
			return refuse(ret_problem, "the path has a character that could be read differently");
		if (i < path.length && path.at[i] != '/')
			continue;
		if (!is_good_segment((Piece){ path.at + begin, i - begin }, i == path.length))
			return refuse(ret_problem, "the path has parts that would be cleaned away");
		begin = i + 1;
	}
	return true;
}

bool target_check(Piece target, const char **ret_problem)
{
	if (target.length > LIMIT_URI_BYTES)
		return refuse(ret_problem, "the request target is too long");
	if (!target.length || *target.at != '/')
		return refuse(ret_problem, "the request target is not a path");
	for (size_t i = 0; i < target.length; i++)
		if (target.at[i] <= ' ' || target.at[i] >= 0x7f || target.at[i] == '#')
			return refuse(ret_problem, "the request target has characters that none has");
	const char *mark = memchr(target.at, '?', target.length);
	return check_path((Piece){ target.at, mark ? (size_t)(mark - target.at) : target.length }, ret_problem);
}
