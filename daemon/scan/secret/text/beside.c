/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "scan/secret/text/beside.h"
#include "scan/secret/text/name.h"
#include "scan/secret/text/reader.h"
#include "scan/secret/text/value.h"

#define LONGEST_VALUE 512u

static const char *const comparisons[] = { "===", "!==", "==", "!=", "~=", "<>", "eq ", "ne " };

static bool take_comparison(ValueReader *reader)
{
	for (size_t i = 0; i < G_N_ELEMENTS(comparisons); i++)
		if (reader_take(reader, comparisons[i]))
			return true;
	return false;
}

/* strcmp(name, "value") */
static bool is_compared(const Piece *piece, Span name)
{
	static const char *const calls[] = { "cmp(", "equal(", "equals(", "compare(", "compare_digest(" };

	for (size_t i = 0; i < G_N_ELEMENTS(calls); i++)
		if (name_ends_with((Span){ piece->text, (size_t)(name.at - piece->text) }, calls[i]))
			return true;
	return false;
}

typedef struct Beside {
	Span value;
	bool compared;
} Beside;

/* A comparison, a comma in a call that compares, an opening bracket, or blanks alone; leaves the reader at the value. */
static bool take_between(ValueReader *reader, Span name, bool *ret_compared)
{
	const size_t before = reader->at;

	*ret_compared = name_ends_with(name, ".equals") && reader_take(reader, "(");
	if (!*ret_compared) {
		reader_skip_spaces(reader);
		*ret_compared = take_comparison(reader) || (is_compared(reader->piece, name) && reader_take(reader, ","));
	}
	if (!*ret_compared && !reader_take(reader, "(") && reader->at == before)
		return false;
	reader_skip_spaces(reader);
	return true;
}

static bool value_behind(const Piece *piece, Span name, Beside *ret)
{
	ValueReader reader = { piece, (size_t)(name.at - piece->text) + name.length };

	return take_between(&reader, name, &ret->compared) && reader_take_value(&reader, false, "", &ret->value);
}

/* Where the comparison begins that ends at `end`; `end`: none does. */
static size_t back_over_comparison(const char *text, size_t end)
{
	for (size_t i = 0; i < G_N_ELEMENTS(comparisons); i++) {
		const size_t length = strlen(comparisons[i]);
		if (end >= length && !memcmp(text + end - length, comparisons[i], length))
			return end - length;
	}
	return end;
}

static size_t back_over_spaces(const char *text, size_t end)
{
	while (end && (text[end - 1] == ' ' || text[end - 1] == '\t'))
		end--;
	return end;
}

/* "value" == name */
static bool value_before(const Piece *piece, Span name, Beside *ret)
{
	const char *text = piece->text;
	const size_t sign = back_over_spaces(text, (size_t)(name.at - text)), begin = back_over_comparison(text, sign), end = back_over_spaces(text, begin);

	if (begin == sign || !end || !strchr("\"'`", text[end - 1]))
		return false;
	for (size_t at = end - 1; at > 0 && end - at < LONGEST_VALUE && text[at - 1] != '\n'; at--)
		if (text[at - 1] == text[end - 1]) {
			*ret = (Beside){ { text + at, end - 1 - at }, true };
			return true;
		}
	return false;
}

/* What something is compared with is as good as given to it; anything else must be plain from itself. */
static bool find(const Piece *piece, size_t start, size_t end, NameKind kind, bool (*good)(Span value, Span name), Span *ret_secret)
{
	Beside found = { .compared = false };

	const Span name = name_around(piece, start, end);
	if (piece->place.syntax == SYNTAX_LOCK || !(value_behind(piece, name, &found) || value_before(piece, name, &found)) || !name_is_secrets(piece, start, end, kind))
		return false;
	*ret_secret = found.value;
	return value_is_strong(found.value, name) || (found.compared && good(found.value, name));
}

bool beside_password(const Piece *piece, size_t start, size_t end, Span *ret_secret)
{
	return find(piece, start, end, NAME_PASSWORD, value_is_password, ret_secret);
}

bool beside_key(const Piece *piece, size_t start, size_t end, Span *ret_secret)
{
	return find(piece, start, end, NAME_KEY, value_is_key, ret_secret);
}
