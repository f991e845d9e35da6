/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "scan/secret/text/reader.h"

#define LONGEST_VALUE 512u
#define MOST_SPACES 16u
#define MOST_BLANKS 64u

char reader_peek(const ValueReader *reader, size_t further)
{
	size_t place = reader->at + further;

	return place < reader->piece->length ? reader->piece->text[place] : 0;
}

bool reader_take(ValueReader *reader, const char *text)
{
	size_t length = strlen(text), left = reader->piece->length - reader->at;

	if (length > left || memcmp(reader->piece->text + reader->at, text, length) != 0)
		return false;
	reader->at += length;
	return true;
}

void reader_skip_spaces(ValueReader *reader)
{
	for (size_t i = 0; i < MOST_SPACES && (reader_peek(reader, 0) == ' ' || reader_peek(reader, 0) == '\t'); i++)
		reader->at++;
}

bool reader_take_quote(ValueReader *reader, char *ret_quote)
{
	/* an escape, or a letter that says what kind of text it is */
	const char first = reader_peek(reader, 0), second = reader_peek(reader, 1);

	if (first && strchr("\\brufBRUF@", first) && (second == '"' || second == '\''))
		reader->at++;
	*ret_quote = reader_peek(reader, 0);
	if (*ret_quote != '"' && *ret_quote != '\'' && *ret_quote != '`')
		return false;
	reader->at++;
	return true;
}

/* An end that is none, as more of the value stands behind it: a bracket before a letter or a sign, a comma before a sign. */
static bool goes_on(char end, char next)
{
	if (!next)
		return false;
	return strchr(")]}>", end) ? g_ascii_isalnum(next) || strchr("_-$#!@%^*?~+.", next) : end == ',' && strchr(".:*?!@#%^", next);
}

/* The length of what stands without quotes: up to a blank or one of `ends`, but a call with what is in its parentheses. */
static size_t bare_length(const ValueReader *reader, const char *ends)
{
	size_t length = 0, open = 0;

	for (; length <= LONGEST_VALUE; length++) {
		const char c = reader_peek(reader, length);
		if (!c || g_ascii_isspace(c) || (strchr(ends, c) && !(c == ')' && open) && !goes_on(c, reader_peek(reader, length + 1))))
			break;
		if (c == '\\' && reader_peek(reader, length + 1) && strchr("nrt\"'", reader_peek(reader, length + 1)))
			break; /* a line's end, or a quote, within a string */
		open += c == '(';
		open -= c == ')' && open;
	}
	return length;
}

size_t reader_quoted_length(const ValueReader *reader, char quote)
{
	size_t length = 0;

	while (length <= LONGEST_VALUE && reader_peek(reader, length) && reader_peek(reader, length) != '\n' && reader_peek(reader, length) != '\r' &&
		reader_peek(reader, length) != quote)
		length++;
	return length;
}

bool reader_take_value(ValueReader *reader, bool bare, const char *ends, Span *ret_value)
{
	char quote = 0;
	const bool quoted = reader_take_quote(reader, &quote);

	if (!quoted && !bare)
		return false;
	(void)(reader_take(reader, "Bearer ") || reader_take(reader, "bearer ") || reader_take(reader, "Token ") || reader_take(reader, "token "));
	const char *begin = reader->piece->text + reader->at;
	size_t length = quoted ? reader_quoted_length(reader, quote) : bare_length(reader, ends);
	if (length > LONGEST_VALUE || (quoted && reader_peek(reader, length) != quote))
		return false;
	if (quoted && length && begin[length - 1] == '\\')
		length--;
	for (; quoted && length && *begin == ' '; length--)
		begin++;
	while (quoted && length && begin[length - 1] == ' ')
		length--;
	*ret_value = (Span){ begin, length };
	return true;
}

void reader_skip_blanks(ValueReader *reader)
{
	for (size_t i = 0; i < MOST_BLANKS && reader_peek(reader, 0) && g_ascii_isspace(reader_peek(reader, 0)); i++)
		reader->at++;
}
