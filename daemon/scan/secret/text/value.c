/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>
#include <glib.h>
#include "scan/secret/text/packed-text.h"
#include "scan/secret/text/reference.h"
#include "scan/secret/text/value.h"

#define BYTES 256u
#define SHORTEST_PASSWORD 6u
#define LONGEST_PASSWORD 128u
#define SHORTEST_KEY 16u
#define LONGEST_KEY 512u
#define LONG_KEY 20u
#define LONG_HEX_KEY 32u
#define LONG_KEY_ENTROPY 3.6
#define SHORT_KEY 10u
#define ODD_SIGNS 4u /* different ones */
#define LONG_PASSWORD 8u
#define HEX_ENTROPY 3.0
#define KEY_ENTROPY 3.2
#define RUN 5u       /* the same character so often is no chance, */
#define RUN_SHARE 4u /* where it is such a part of the whole: real keys have runs, too */

/* Anywhere in a value, in any case: the value is to be put here, or is somewhere else. */
static const char *const blanks[] = {
	"changeme", "change-me", "change_me", "change_this", "changethis", "replace", "placeholder", "redacted", "put your", "your-", "your_", "yourpass",
	"yourkey", "yourtoken", "yoursecret", "xxxx", "****", "....", "process.env", "os.environ", "getenv",
};
static const char joints[] = "_-. "; /* of words in a name */
/* A name of AWS (Amazon Resource Name). */
static const char arn[] = "arn:aws";
/* How what was encrypted begins: of Vault's transit engine, SOPS and eyaml, Spring, Ansible, a key of AWS's KMS, a SealedSecret. */
static const struct { const char *begin; size_t least; } sealed[] = {
	{ "vault:v", 0 }, { "ENC[", 0 }, { "{cipher", 0 }, { "$ANSIBLE_VAULT", 0 }, { "AQICAH", 100 }, { "AgA", 300 }, { "AgB", 300 },
};
/* It is not meant. */
static const char *const stand_ins[] = {
	"example", "insert", "dummy", "sample", "my-secret", "my_secret", "mysecret", "mypass", "my_pass", "my-pass", "lorem",
	"not-a-", "not_a_", "testing", "undefined", "invalid", "required", "optional",
};
static const char *const counters[] = { "12345678", "abcdef", "deadbeef" };
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

bool value_contains(Span value, const char *word)
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
	size_t run = 1, longest = 1;

	for (size_t i = 1; i < value.length; i++) {
		run = value.at[i] == value.at[i - 1] ? run + 1 : 1;
		longest = MAX(longest, run);
	}
	return longest >= RUN && longest * RUN_SHARE >= value.length;
}

static bool contains_any(Span value, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (value_contains(value, words[i]))
			return true;
	return false;
}

static bool is_sealed(Span value)
{
	for (size_t i = 0; i < G_N_ELEMENTS(sealed); i++)
		if (value.length >= MAX(sealed[i].least, strlen(sealed[i].begin)) && !memcmp(value.at, sealed[i].begin, strlen(sealed[i].begin)))
			return true;
	return false;
}

bool value_is_blank(Span value)
{
	return !value.length || value.at[0] == '<' || is_sealed(value) || (value.length > strlen(arn) && !memcmp(value.at, arn, strlen(arn))) || contains_any(value, blanks, G_N_ELEMENTS(blanks)) || reference_is_expression(value) || equals(value, "none") || equals(value, "null");
}

bool value_counts(Span value)
{
	return contains_any(value, counters, G_N_ELEMENTS(counters));
}

bool value_is_example(Span value)
{
	if (value_is_blank(value) || contains_any(value, stand_ins, G_N_ELEMENTS(stand_ins)))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(empty_words); i++)
		if (equals(value, empty_words[i]))
			return true;
	return repeats(value);
}

bool value_stands_in(Span value)
{
	return value_is_example(value) || value_counts(value);
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

/* config.password, a_name, two-words, CamelCase: letters in groups, that is a name and not a value. */
static bool names_only(Span value)
{
	for (size_t i = 0; i < value.length; i++)
		if (!g_ascii_isalpha(value.at[i]) && !strchr("._-:,#", value.at[i]))
			return false;
	return true;
}

/* The end of the name, or its beginning, whatever joins their words: SN_id_token "id-token". */
static bool same_as_name(Span value, Span name)
{
	size_t at = name.length, left = value.length;

	if (value.length <= name.length && !g_ascii_strncasecmp(value.at, name.at, value.length))
		return true;
	while (at && left && (g_ascii_tolower(name.at[at - 1]) == g_ascii_tolower(value.at[left - 1]) || (strchr(joints, name.at[at - 1]) && strchr(joints, value.at[left - 1]))))
		at--, left--;
	return !left;
}

/* What vendors give UUIDs to as keys; a mere "token" or "secret" is more often a name of something. */
static bool takes_uuids(Span name)
{
	static const char *const words[] = { "api_key", "apikey", "api-key", "client_secret", "clientsecret", "client-secret",
		"access_token", "accesstoken", "access_key", "accesskey", "auth_token", "authtoken", "auth-token", "secret_key",
		"secretkey", "api_token", "apitoken", "license_key", "admin_key" };

	return contains_any(name, words, G_N_ELEMENTS(words));
}

/* Base64 of a text that is no value: what a Secret of Kubernetes holds. */
static bool packs_a_blank(Span value)
{
	size_t length = value.length, text_length = 0;

	while (length && value.at[length - 1] == '=')
		length--;
	if (length < 8 || !packed_is_run((Span){ value.at, length }))
		return false;
	g_autofree char *text = packed_read((Span){ value.at, length }, &text_length);
	return text && (value_stands_in((Span){ text, text_length }) || reference_variable((Span){ text, text_length }) || reference_path((Span){ text, text_length }));
}

static bool meaningless(Span value, Span name)
{
	if (value.length > 2 && value.at[0] == '0' && value.at[1] == 'x' && shape_of(value).hex == value.length - 1)
		return true; /* a number */
	return value_stands_in(value) || same_as_name(value, name) || (uuid(value) && !takes_uuids(name)) || reference_is(value) ||
	       names_only(value) || packs_a_blank(value);
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

bool value_is_long_key(Span value, Span name)
{
	const Shape shape = shape_of(value);

	if (value.length < LONG_KEY || !value_is_key(value, name))
		return false;
	if (shape.hex == value.length)
		return value.length >= LONG_HEX_KEY;
	for (size_t i = 0; i < value.length; i++)
		if (!g_ascii_isalnum(value.at[i]) && !strchr("+/=_-", value.at[i]))
			return false;
	return shape.digits && (shape.lower + shape.upper) * 2 > shape.digits && value_entropy(value) >= LONG_KEY_ENTROPY;
}

bool value_is_short_key(Span value, Span name)
{
	const Shape shape = shape_of(value);

	return value.length >= SHORT_KEY && value.length < SHORTEST_KEY && shape.digits && shape.lower + shape.upper && shape.lower + shape.upper + shape.digits == value.length &&
	       value_is_password(value, name) && value_entropy(value) >= HEX_ENTROPY;
}

bool value_is_odd(Span value, Span name)
{
	const Shape shape = shape_of(value);
	size_t signs = 0;

	if (value.length < SHORT_KEY || value.length > LONGEST_PASSWORD || !shape.printable || shape.spaces || shape.lower + shape.upper == 0)
		return false;
	for (const char *sign = "!\"#$%&'()*+;<=>?@[]^`{|}~"; *sign; sign++)
		signs += memchr(value.at, *sign, value.length) != NULL;
	return signs >= ODD_SIGNS && !meaningless(value, name) && !reference_is_code(value);
}

bool value_is_strong(Span value, Span name)
{
	const Shape shape = shape_of(value);
	bool sign = false;

	if (value_is_odd(value, name) || value_is_long_key(value, name))
		return true;
	for (size_t i = 0; i < value.length; i++)
		sign |= g_ascii_ispunct(value.at[i]) && !strchr("._-/:,#", value.at[i]);
	return sign && value.length >= LONG_PASSWORD && shape.digits && shape.lower + shape.upper && value_is_password(value, name) && !reference_is_code(value);
}

bool value_is_plain_password(Span value, Span name)
{
	const Shape shape = shape_of(value);

	return value.length >= SHORTEST_PASSWORD && value.length <= LONGEST_PASSWORD && shape.lower + shape.upper == value.length && !value_stands_in(value) && !same_as_name(value, name);
}
