/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "helper/place.h"
#include "helper/strict.h"

#define MOST_DEPTH 64u

typedef struct Reader {
	const char *text;
	size_t at;
	unsigned depth;
} Reader;

static bool read_value(Reader *reader);

static bool take(Reader *reader, const char *word)
{
	if (strncmp(reader->text + reader->at, word, strlen(word)) != 0)
		return false;
	reader->at += strlen(word);
	return true;
}

static void pass_space(Reader *reader)
{
	reader->at = skip_space(reader->text, reader->at);
}

static bool read_escape(Reader *reader)
{
	const char *at = reader->text + reader->at;

	if (*at != 'u') {
		bool known = *at && strchr("\"\\/bfnrt", *at);
		reader->at += known;
		return known;
	}
	for (size_t i = 1; i <= 4; i++)
		if (!g_ascii_isxdigit(at[i]))
			return false;
	reader->at += 5;
	return true;
}

static bool read_string(Reader *reader)
{
	if (!take(reader, "\""))
		return false;
	for (unsigned char c; (c = (unsigned char)reader->text[reader->at]) != '"'; ) {
		if (c < 0x20)
			return false;
		reader->at++;
		if (c == '\\' && !read_escape(reader))
			return false;
	}
	reader->at++;
	return true;
}

static size_t digits(Reader *reader)
{
	size_t count = strspn(reader->text + reader->at, "0123456789");

	reader->at += count;
	return count;
}

static bool read_number(Reader *reader)
{
	(void)take(reader, "-");
	if (!take(reader, "0") && !digits(reader))
		return false;
	if (take(reader, ".") && !digits(reader))
		return false;
	if (!take(reader, "e") && !take(reader, "E"))
		return true;
	if (!take(reader, "+"))
		(void)take(reader, "-");
	return digits(reader) > 0;
}

static bool read_member(Reader *reader)
{
	pass_space(reader);
	if (!read_string(reader))
		return false;
	pass_space(reader);
	return take(reader, ":") && read_value(reader);
}

/* Behind the opening bracket. */
static bool read_all(Reader *reader, bool (*read)(Reader *reader), const char *end)
{
	pass_space(reader);
	if (take(reader, end))
		return true;
	do {
		if (!read(reader))
			return false;
		pass_space(reader);
	} while (take(reader, ","));
	return take(reader, end);
}

static bool read_value(Reader *reader)
{
	bool good;

	pass_space(reader);
	if (++reader->depth > MOST_DEPTH)
		return false;
	if (take(reader, "{"))
		good = read_all(reader, read_member, "}");
	else if (take(reader, "["))
		good = read_all(reader, read_value, "]");
	else if (reader->text[reader->at] == '"')
		good = read_string(reader);
	else
		good = take(reader, "true") || take(reader, "false") || take(reader, "null") || read_number(reader);
	reader->depth--;
	return good;
}

bool strict_json(const char *text, size_t *ret_at)
{
	Reader reader = { .text = text };
	bool good = read_value(&reader);

	pass_space(&reader);
	*ret_at = reader.at;
	return good && !text[reader.at] && g_utf8_validate(text, -1, NULL);
}
