/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "scan/secret/text/assignment.h"
#include "scan/secret/text/name.h"
#include "scan/secret/text/reader.h"
#include "scan/secret/text/value.h"

#define MOST_SPACES 16u
#define LONGEST_TYPE 40u
#define LONGEST_PAIR 200u /* from a name to its value, where they are apart */

/* password - 'value': a dash, as notes have it. */
static bool take_dash(ValueReader *reader)
{
	const char quote = reader_peek(reader, 2);

	return reader->piece->place.syntax != SYNTAX_CODE && (quote == '"' || quote == '\'') && reader_take(reader, "- ");
}

/* The sign between name and value; leaves the reader at the value.  `quoted`: the name ended with a quote.  In data a
 * comma only separates, but in a `call`.  `apart`: a blank is enough.  `ret_element`: <name>value</name>. */
static bool take_sign(ValueReader *reader, bool quoted, bool call, bool apart, bool *ret_element)
{
	const bool code = reader->piece->place.syntax == SYNTAX_CODE, comma = code || call || reader->piece->place.commas;
	static const char *const signs[] = { ":::=", "::=", ":=", "=>", "?=", "+=", ".=", "=", ":" }, *const otherwise[] = { "||", "??" };

	if (reader_take(reader, ">")) {
		*ret_element = true;
		return true;
	}
	const size_t before = reader->at;
	reader_skip_spaces(reader);
	if (quoted && (reader_take(reader, "value=") || (comma && reader_take(reader, ","))))
		return true;
	for (size_t i = 0; code && i < G_N_ELEMENTS(otherwise); i++)
		if (reader_take(reader, otherwise[i]))
			return true;
	for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
		if (reader_take(reader, signs[i]))
			return !strchr("=~:", reader_peek(reader, 0)) || !reader_peek(reader, 0);
	return (reader->at > before && take_dash(reader)) || (apart && reader->at > before);
}

/* [32] */
static void skip_length(ValueReader *reader)
{
	size_t end = 1;

	while (g_ascii_isdigit(reader_peek(reader, end)))
		end++;
	reader->at += reader_peek(reader, end) == ']' ? end + 1 : 0;
}

/* password string = "value", password[] = "value": a type between name and sign */
static void skip_declaration(ValueReader *reader)
{
	static const char *const types[] = { "string", "[]byte", "[]", "String", "str", "As String" };
	if (reader_peek(reader, 0) == '[' && g_ascii_isdigit(reader_peek(reader, 1)))
		skip_length(reader);
	const size_t before = reader->at;
	reader_skip_spaces(reader);
	for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
		if (!reader_take(reader, types[i]))
			continue;
		reader_skip_spaces(reader);
		if (reader_peek(reader, 0) == '=' && reader_peek(reader, 1) != '=')
			return;
		break;
	}
	reader->at = before;
}

/* password: str = "value" */
static void skip_type(ValueReader *reader)
{
	size_t length = 0;

	while (length < LONGEST_TYPE && (g_ascii_isalnum(reader_peek(reader, length)) || strchr("_.[]|&' ", reader_peek(reader, length) ? reader_peek(reader, length) : '"')))
		length++;
	if (length && reader_peek(reader, length) == '=' && reader_peek(reader, length + 1) != '=') {
		reader->at += length + 1;
		reader_skip_spaces(reader);
	}
}

/* The word that stands before the name in its line: #define NAME "value", ENV NAME value */
static bool stands_behind(const Piece *piece, Span name, const char *word)
{
	const Span line = { piece->text, (size_t)(name.at - piece->text) };
	const size_t length = strlen(word);

	return name_ends_with(line, word) && (line.length == length || strchr(" \t\n", line.at[line.length - length - 1]));
}

/* NAME=value in a text that is no program and no settings: without a blank, as a shell wants it. */
static bool is_shells(const Piece *piece, Span name)
{
	const size_t end = (size_t)(name.at - piece->text) + name.length;

	return piece->place.syntax == SYNTAX_PROSE && end + 1 < piece->length && piece->text[end] == '=' && !g_ascii_isspace(piece->text[end + 1]);
}

static bool value_of(const Piece *piece, Span name, Span *ret_value)
{
	/* in Terraform what stands without quotes is an expression */
	const bool config = piece->place.syntax == SYNTAX_CONFIG && !piece->place.expressions;
	ValueReader reader = { piece, (size_t)(name.at - piece->text) + name.length };
	const bool apart = (name.length > 2 && name.at[0] == '-' && name.at[1] == '-') || stands_behind(piece, name, "#define ") ||
			   (config && stands_behind(piece, name, "ENV ")) || piece->place.blanks;
	/* setProperty("NAME", "value") */
	const bool call = name.at > piece->text + 1 && strchr("\"'", name.at[-1]) && name.at[-2] == '(';
	bool quoted = false, element = false;

	(void)reader_take(&reader, "\\");
	quoted = reader_take(&reader, "\"") || reader_take(&reader, "'");
	if (!reader_take(&reader, "]"))
		skip_declaration(&reader);
	if (!take_sign(&reader, quoted, call, apart, &element))
		return false;
	reader_skip_spaces(&reader);
	if (element && config && name.at > piece->text && name.at[-1] == '<')
		reader_skip_blanks(&reader);
	skip_type(&reader);
	return reader_take_value(&reader, (config && !call) || is_shells(piece, name), element ? "<" : "\"'<>,;)}]&", ret_value);
}

/* Whether the text before `at` ends with a word for "name", a sign or none, and a quote or none. */
static bool is_value_of_name(const Piece *piece, size_t at)
{
	static const char *const words[] = { "name", "key", "variable" };
	const char *text = piece->text;

	at -= at && strchr("\"'>", text[at - 1]);
	for (size_t i = 0; i < MOST_SPACES && at && strchr(" \t:=", text[at - 1]); i++)
		at--;
	at -= at && strchr("\"'", text[at - 1]);
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		const size_t length = strlen(words[i]);
		if (at >= length && !g_ascii_strncasecmp(text + at - length, words[i], length) &&
			(at == length || !name_char(text[at - length - 1])))
			return true;
	}
	return false;
}

/* Name and value as members of one thing: - name: NAME, value: ...; {"key": "NAME", "value": ...}; variable "NAME" { default = ... } */
static bool paired_value(const Piece *piece, Span name, Span *ret_value)
{
	static const char *const members[] = { "value", "default", "string" };
	const size_t begin = (size_t)(name.at - piece->text), end = MIN(begin + name.length + LONGEST_PAIR, piece->length);

	if (piece->place.syntax != SYNTAX_CONFIG || !is_value_of_name(piece, begin))
		return false;
	for (size_t at = begin + name.length; at < end && piece->text[at] != '}'; at++) {
		if (!g_ascii_isalpha(piece->text[at]) || name_char(piece->text[at - 1]))
			continue;
		const Span word = name_around(piece, at, at + 1);
		for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
			if (word.length == strlen(members[i]) && name_ends_with(word, members[i]) && (*members[i] != 's' || piece->text[at - 1] == '<'))
				return value_of(piece, word, ret_value);
		if (word.length == strlen("name") && name_ends_with(word, "name") && piece->text[at - 1] != '/')
			return false; /* the next one's */
		at += word.length - 1;
	}
	return false;
}

static bool find(const Piece *piece, size_t start, size_t end, NameKind kind, bool (*good)(Span value, Span name), Span *ret_secret)
{
	const Span name = name_around(piece, start, end);

	/* most that have the name of one are given nothing: that is seen soonest */
	return piece->place.syntax != SYNTAX_LOCK && (value_of(piece, name, ret_secret) || paired_value(piece, name, ret_secret)) && name_is_secrets(piece, start, end, kind) &&
	       good(*ret_secret, name);
}

bool assignment_password(const Piece *piece, size_t start, size_t end, Span *ret_secret)
{
	return find(piece, start, end, NAME_PASSWORD, value_is_password, ret_secret);
}

bool assignment_plain_password(const Piece *piece, size_t start, size_t end, Span *ret_secret)
{
	if (piece->place.syntax != SYNTAX_CONFIG || !find(piece, start, end, NAME_PASSWORD, value_is_plain_password, ret_secret))
		return false;
	const size_t behind = (size_t)(ret_secret->at - piece->text) + ret_secret->length;
	/* not the first word of a sentence, and not what a test says when it passed */
	return name_around(piece, start, end).length > strlen("pass") && (behind >= piece->length || strchr("\r\n\"'<,;})\\", piece->text[behind]));
}

bool assignment_key(const Piece *piece, size_t start, size_t end, Span *ret_secret)
{
	return find(piece, start, end, NAME_KEY, value_is_key, ret_secret);
}

bool assignment_odd_key(const Piece *piece, size_t start, size_t end, Span *ret_secret)
{
	return find(piece, start, end, NAME_KEY, value_is_odd, ret_secret);
}

bool assignment_named_key(const Piece *piece, size_t start, size_t end, Span *ret_secret)
{
	const char *text = piece->text;
	size_t head = start;

	/* at the end of a name, and of its last word; alone only as KEY=value, as a shell wants it */
	if (end < piece->length && name_char(text[end]))
		return false;
	if (start && strchr("_-.", text[start - 1]))
		head--;
	else if ((!start || !g_ascii_isalpha(text[start - 1])) && !(end < piece->length && text[end] == '='))
		return false;
	return !name_is_open_key(piece, head) && find(piece, start, end, NAME_BARE_KEY, value_is_long_key, ret_secret);
}

bool assignment_short_key(const Piece *piece, size_t start, size_t end, Span *ret_secret)
{
	return find(piece, start, end, NAME_KEY, value_is_short_key, ret_secret);
}
