/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>
#include <glib.h>
#include "scan/secret/text/value.h"

#define BYTES 256u
#define SHORTEST_PASSWORD 6u
#define LONGEST_PASSWORD 128u
#define SHORTEST_KEY 16u
#define LONGEST_KEY 512u
#define HEX_ENTROPY 3.0
#define KEY_ENTROPY 3.2
#define RUN 5u /* the same character so often is no chance */

/* Anywhere in a value, in any case: the value is to be put here, or is somewhere else. */
static const char *const blanks[] = {
	"changeme", "change-me", "change_me", "change_this", "changethis", "replace", "placeholder", "redacted", "put your", "your-", "your_", "yourpass",
	"yourkey", "yourtoken", "yoursecret", "xxxx", "****", "....", "${", "$(", "{{", "}}", "<%", "%(", "#{", "process.env", "os.environ", "getenv",
};
/* It is not meant. */
static const char *const stand_ins[] = {
	"example", "insert", "dummy", "sample", "my-secret", "my_secret", "mysecret", "mypass", "my_pass", "my-pass", "12345678", "abcdef", "deadbeef", "lorem",
	"not-a-", "not_a_", "testing", "undefined", "invalid", "required", "optional",
};
/* The whole of it. */
static const char *const empty_words[] = { "none", "true", "false", "string", "text", "hidden", "secret", "token", "prompt", "default", "enabled", "disabled", "always", "never",
	"unset", "empty", "nopass", "base64", "sha256", "bearer", "boolean", "integer", "plaintext", "username", "unknown", "random", "auto", "null", "todo", "fake", "scram-sha-256" };

double value_entropy(Span value)
{
	unsigned counts[BYTES] = { 0 };
	double bits = 0;

	for (size_t i = 0; i < value.length; i++)
		counts[(unsigned char)value.at[i]]++;
	for (size_t i = 0; i < BYTES; i++) {
		if (!counts[i])
			continue;
		double share = (double)counts[i] / (double)value.length;
		bits -= share * log2(share);
	}
	return bits;
}

static bool contains(Span value, const char *word)
{
	size_t length = strlen(word);

	for (size_t i = 0; i + length <= value.length; i++)
		if (!g_ascii_strncasecmp(value.at + i, word, length))
			return true;
	return false;
}

static bool equals(Span value, const char *word)
{
	return strlen(word) == value.length && !g_ascii_strncasecmp(value.at, word, value.length);
}

static bool repeats(Span value)
{
	size_t run = 1;

	for (size_t i = 1; i < value.length; i++) {
		run = value.at[i] == value.at[i - 1] ? run + 1 : 1;
		if (run >= RUN)
			return true;
	}
	return false;
}

static bool contains_any(Span value, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (contains(value, words[i]))
			return true;
	return false;
}

bool value_is_blank(Span value)
{
	return !value.length || value.at[0] == '<' || contains_any(value, blanks, G_N_ELEMENTS(blanks)) || equals(value, "none") || equals(value, "null");
}

bool value_stands_in(Span value)
{
	if (value_is_blank(value) || contains_any(value, stand_ins, G_N_ELEMENTS(stand_ins)))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(empty_words); i++)
		if (equals(value, empty_words[i]))
			return true;
	return repeats(value);
}

typedef struct Shape {
	size_t lower, upper, digits, signs, hex, spaces;
	bool printable;
} Shape;

static Shape shape_of(Span value)
{
	Shape shape = { .printable = true };

	for (size_t i = 0; i < value.length; i++) {
		const char c = value.at[i];
		shape.lower += g_ascii_islower(c);
		shape.upper += g_ascii_isupper(c);
		shape.digits += g_ascii_isdigit(c);
		shape.signs += g_ascii_ispunct(c);
		shape.hex += g_ascii_isxdigit(c);
		shape.spaces += c == ' ';
		shape.printable &= g_ascii_isprint(c) || (unsigned char)c >= 0x80;
	}
	return shape;
}

/* 8-4-4-4-12 hexadecimal digits */
static bool uuid(Span value)
{
	static const size_t dashes[] = { 8, 13, 18, 23 };

	if (value.length != 36)
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(dashes); i++)
		if (value.at[dashes[i]] != '-')
			return false;
	return shape_of(value).hex == 32;
}

/* A path, an address, a call, a member, a format, a variable: what programs write where a value is to come from. */
static bool refers(Span value)
{
	static const char *const marks[] = { "://", "(", "->", "::", "{", "%s", "\\", "[", "=>", "<", "...", "'", "\"", "," };

	if (strchr("/$%@&~*|.", value.at[0]) || strchr("):>", value.at[value.length - 1]))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
		if (contains(value, marks[i]))
			return true;
	return contains(value, "/") && !shape_of(value).digits;
}

/* config.password, a_name, two-words, CamelCase: letters in groups, that is a name and not a value. */
static bool names_only(Span value)
{
	for (size_t i = 0; i < value.length; i++)
		if (!g_ascii_isalpha(value.at[i]) && !strchr("._-:,#", value.at[i]))
			return false;
	return true;
}

static bool same_as_name(Span value, Span name)
{
	size_t length = value.length;

	if (length > name.length)
		return false;
	return !g_ascii_strncasecmp(value.at, name.at, length) || !g_ascii_strncasecmp(value.at, name.at + name.length - length, length);
}

static bool meaningless(Span value, Span name)
{
	if (value.length > 2 && value.at[0] == '0' && value.at[1] == 'x' && shape_of(value).hex == value.length - 1)
		return true; /* a number */
	return value_stands_in(value) || same_as_name(value, name) || uuid(value) || refers(value) || names_only(value);
}

bool value_is_password(Span value, Span name)
{
	if (value.length < SHORTEST_PASSWORD || value.length > LONGEST_PASSWORD)
		return false;
	const Shape shape = shape_of(value);
	if (!shape.printable || shape.spaces || meaningless(value, name))
		return false;
	/* a number, a date, a version */
	if (shape.lower + shape.upper == 0 && shape.signs + shape.digits == value.length && shape.digits && value.length < 8)
		return false;
	return shape.digits || (shape.signs && shape.lower + shape.upper);
}

bool value_is_key(Span value, Span name)
{
	if (value.length < SHORTEST_KEY || value.length > LONGEST_KEY)
		return false;
	const Shape shape = shape_of(value);
	if (!shape.printable || shape.spaces || meaningless(value, name))
		return false;
	if (shape.hex == value.length)
		return shape.digits != value.length && value_entropy(value) >= HEX_ENTROPY;
	return shape.digits && value_entropy(value) >= KEY_ENTROPY;
}
