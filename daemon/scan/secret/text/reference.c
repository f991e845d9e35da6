/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "scan/secret/text/reference.h"
#include "scan/secret/text/value.h"

#define DEEPEST 16u /* brackets within each other; deeper ones are not told apart */

static const struct { const char *open, *close; } expressions[] = {
	{ "${", "}" }, { "$(", ")" }, { "{{", "}}" }, { "<%", "%>" }, { "%(", ")" }, { "#{", "}" },
};
static const char brackets[] = "()[]{}";

/* Whether what stands from `at` up to `close`, or to the end of the value, has its brackets in order. */
static bool is_in_order(Span value, size_t at, const char *close)
{
	char open[DEEPEST];
	size_t depth = 0;

	for (; at < value.length; at++) {
		if (!depth && at + strlen(close) <= value.length && !memcmp(value.at + at, close, strlen(close)))
			return true;
		const char *bracket = value.at[at] ? strchr(brackets, value.at[at]) : NULL;
		if (!bracket)
			continue;
		const size_t place = (size_t)(bracket - brackets);
		if (place % 2 == 0 && depth < DEEPEST)
			open[depth++] = brackets[place + 1];
		else if (place % 2 && (!depth || open[--depth] != *bracket))
			return false;
	}
	return true;
}

bool reference_is_expression(Span value)
{
	for (size_t i = 0; i + 2 <= value.length; i++)
		for (size_t e = 0; e < G_N_ELEMENTS(expressions); e++)
			if (!memcmp(value.at + i, expressions[e].open, 2) && is_in_order(value, i + 2, expressions[e].close))
				return true;
	/* the end of one that began before the value */
	return value.length > 2 && !memcmp(value.at + value.length - 2, "}}", 2) && !memchr(value.at, '{', value.length) && !memchr(value.at, '[', value.length);
}

bool reference_is_code(Span value)
{
	static const char *const marks[] = { "==", "!=", "&&", "||", "->", "=>", "::", "+=", "<=", ">=", "()", "</", "/>", "=\"", ")?", ")*", ")+", ")|", "]+", "]*", "]?", "]{", ")$", "<!", "@{", "\\" };
	size_t pairs = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
		if (value_contains(value, marks[i]))
			return true;
	for (size_t i = 0; i < value.length; i++)
		pairs += value.at[i] && strchr("([{", value.at[i]);
	return value.at[0] == '^' || value.at[value.length - 1] == '$' || (pairs && is_in_order(value, 0, "\n"));
}

/* Where a name, as programs write them, that begins at `at` ends; `at` where there is none. */
static size_t skip_name(Span value, size_t at)
{
	if (at >= value.length || !(g_ascii_isalpha(value.at[at]) || value.at[at] == '_'))
		return at;
	while (at < value.length && (g_ascii_isalnum(value.at[at]) || value.at[at] == '_' ||
					    (value.at[at] == '-' && at + 1 < value.length && g_ascii_isalnum(value.at[at + 1]))))
		at++;
	return at;
}

/* The length of what joins two names; 0: nothing. */
static size_t joiner(Span value, size_t at)
{
	static const char *const joiners[] = { "->", "::", ".", ",", "|", "/" };

	for (size_t i = 0; i < G_N_ELEMENTS(joiners); i++) {
		const size_t length = strlen(joiners[i]);
		if (at + length <= value.length && !memcmp(value.at + at, joiners[i], length))
			return length;
	}
	return 0;
}

/* user->pass2, Config::PASS2, config.get('p'), items[2], a,b2: names in a row, and perhaps a call or an index at its end. */
static bool names_member(Span value)
{
	size_t at = skip_name(value, 0);
	bool joined = false; /* by what is in no password: dots and slashes alone are */

	if (!at)
		return false;
	for (size_t sign; (sign = joiner(value, at)) > 0;) {
		const size_t next = skip_name(value, at + sign);
		if (next == at + sign)
			return false;
		joined |= value.at[at] != '.' && value.at[at] != '/';
		at = next;
	}
	const char last = value.at[value.length - 1];
	return at == value.length ? joined : (value.at[at] == '(' && last == ')') || (value.at[at] == '[' && last == ']');
}

bool reference_variable(Span value)
{
	const size_t end = strchr("$%@&*", value.at[0]) ? skip_name(value, 1) : 0;

	if (end < 4)
		return false;
	return end == value.length || (value.at[0] == '$' && strchr("/@:.-", value.at[end])) ||
	       (value.at[0] == '%' && value.at[end] == '%');
}

bool reference_path(Span value)
{
	bool digits = false, slash = false;

	for (size_t i = 0; i < value.length; i++) {
		if (!g_ascii_isalnum(value.at[i]) && !strchr("/._-~@+:", value.at[i]))
			return false;
		digits |= g_ascii_isdigit(value.at[i]);
		slash |= value.at[i] == '/';
	}
	return strchr("/.~", value.at[0]) || (slash && !digits);
}

/* <name>, {name}: what is to be put in there. */
static bool has_blank(Span value, char open, char close)
{
	for (size_t i = 0; i < value.length; i++) {
		size_t end = i + 1;
		if (value.at[i] != open || (i && value.at[i - 1] == open))
			continue;
		while (end < value.length && (g_ascii_isalpha(value.at[end]) || strchr("_-. ", value.at[end])))
			end++;
		if (end < value.length && value.at[end] == close)
			return true;
	}
	return false;
}

static bool is_pattern(Span value)
{
	static const char *const marks[] = { "[a-z", "[A-Z", "[0-9", ".*", ".+", "(?", "[^" };

	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
		if (value_contains(value, marks[i]))
			return true;
	return false;
}

bool reference_is(Span value)
{
	static const char *const marks[] = { "://", "\\", "..." };

	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
		if (value_contains(value, marks[i]))
			return true;
	for (size_t i = 0; i + 1 < value.length; i++)
		if (value.at[i] == '%' && strchr("sd", value.at[i + 1]) && (i + 2 == value.length || !g_ascii_isalnum(value.at[i + 2])))
			return true; /* a format */
	return value.at[value.length - 1] == ':' || names_member(value) || reference_variable(value) || reference_path(value) ||
	       has_blank(value, '<', '>') || has_blank(value, '{', '}') || is_pattern(value);
}
