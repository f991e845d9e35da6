/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "scan/secret/text/assignment.h"
#include "scan/secret/text/value.h"

#define LONGEST_NAME 64u
#define LONGEST_VALUE 512u
#define MOST_SPACES 16u
#define LONGEST_TYPE 40u

/* What may follow the keyword within its name. */
static const char *const password_tails[] = { "word", "wd", "phrase", "words", "code" };
static const char *const key_tails[] = { "key", "accesskey", "keybase", "value", "token", "secret" };
/* Names that only speak of a secret. */
static const char *const harmless_ends[] = {
	"file", "path", "dir", "ttl", "expiry", "expires", "lifetime", "length", "len", "size", "type", "name", "id", "algorithm", "enabled", "url", "uri", "host",
	"header", "policy", "hash", "field", "label", "hint", "prompt", "min", "max", "regex", "pattern", "format", "count", "limit", "limits", "command", "cmd", "endpoint", "required", "class",
	"version", "encoding", "algo", "method", "mode", "prefix", "suffix", "module", "provider", "store", "message", "error", "title", "text", "help", "description", "encryption", "digest", "cipher", "protocol", "domain", "scope", "scopes", "src", "source", "state", "status", "strength",
};

typedef struct Reader {
	const Piece *piece;
	size_t at;
} Reader;

static char peek(const Reader *reader, size_t further)
{
	size_t place = reader->at + further;

	return place < reader->piece->length ? reader->piece->text[place] : 0;
}

static bool take(Reader *reader, const char *text)
{
	size_t length = strlen(text), left = reader->piece->length - reader->at;

	if (length > left || memcmp(reader->piece->text + reader->at, text, length) != 0)
		return false;
	reader->at += length;
	return true;
}

static void skip_spaces(Reader *reader)
{
	for (size_t i = 0; i < MOST_SPACES && (peek(reader, 0) == ' ' || peek(reader, 0) == '\t'); i++)
		reader->at++;
}

static bool name_char(char c)
{
	return g_ascii_isalnum(c) || c == '_' || c == '-' || c == '.';
}

static Span name_around(const Piece *piece, size_t start, size_t end)
{
	size_t left = start, right = end;

	while (left > 0 && start - left < LONGEST_NAME && name_char(piece->text[left - 1]))
		left--;
	while (right < piece->length && right - end < LONGEST_NAME && name_char(piece->text[right]))
		right++;
	return (Span){ piece->text + left, right - left };
}

static bool ends_with(Span name, const char *word)
{
	size_t length = strlen(word);

	return name.length >= length && !g_ascii_strncasecmp(name.at + name.length - length, word, length);
}

/* "", "_OLD", "2", or one of the tails: not passwordField. */
static bool tail_belongs(Span tail, const char *const *tails, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(tails[i]);
		if (tail.length >= length && !g_ascii_strncasecmp(tail.at, tails[i], length) && (tail.length == length || !g_ascii_islower(tail.at[length]))) {
			tail = (Span){ tail.at + length, tail.length - length };
			break;
		}
	}
	return !tail.length || strchr("_-.", tail.at[0]) || g_ascii_isdigit(tail.at[0]);
}

static bool harmless(Span name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(harmless_ends); i++)
		if (ends_with(name, harmless_ends[i]))
			return true;
	return false;
}

/* "pass" alone is part of many words: bypass, compass, surpass. */
static bool begins_word(const Piece *piece, size_t start)
{
	static const char *const heads[] = { "db", "user", "root", "admin", "ftp", "smtp", "mysql", "my", "mail", "login" };
	const Span head = { piece->text, start };

	if (!start || !g_ascii_isalpha(piece->text[start - 1]))
		return true;
	if (g_ascii_isupper(piece->text[start]) && g_ascii_islower(piece->text[start - 1]))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(heads); i++)
		if (ends_with(head, heads[i]))
			return true;
	return false;
}

/* The sign between name and value; leaves the reader at the value.  `quoted`: the name ended with a quote.  In data a
 * comma only separates. */
static bool take_sign(Reader *reader, bool quoted, bool option)
{
	const bool comma = reader->piece->place.syntax == SYNTAX_CODE;
	static const char *const signs[] = { ":=", "=>", "?=", "=", ":" };

	if (take(reader, ">"))
		return true;
	const size_t before = reader->at;
	skip_spaces(reader);
	if (quoted && (take(reader, "value=") || (comma && take(reader, ","))))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
		if (take(reader, signs[i]))
			return !strchr("=~:", peek(reader, 0)) || !peek(reader, 0);
	return option && reader->at > before;
}

/* password: str = "value" */
static void skip_type(Reader *reader)
{
	size_t length = 0;

	while (length < LONGEST_TYPE && (g_ascii_isalnum(peek(reader, length)) || strchr("_.[]| ", peek(reader, length) ? peek(reader, length) : '"')))
		length++;
	if (length && peek(reader, length) == '=' && peek(reader, length + 1) != '=') {
		reader->at += length + 1;
		skip_spaces(reader);
	}
}

static bool take_quote(Reader *reader, char *ret_quote)
{
	/* an escape, or a letter that says what kind of text it is */
	const char first = peek(reader, 0), second = peek(reader, 1);

	if (first && strchr("\\brufBRUF@", first) && (second == '"' || second == '\''))
		reader->at++;
	*ret_quote = peek(reader, 0);
	if (*ret_quote != '"' && *ret_quote != '\'' && *ret_quote != '`')
		return false;
	reader->at++;
	return true;
}

static bool take_value(Reader *reader, bool bare, Span *ret_value)
{
	char quote = 0;
	const bool quoted = take_quote(reader, &quote);
	const char *begin = reader->piece->text + reader->at;
	size_t length = 0;

	if (!quoted && !bare)
		return false;
	for (; length <= LONGEST_VALUE; length++) {
		const char c = peek(reader, length);
		if (!c || c == '\n' || c == '\r' || (quoted ? c == quote : g_ascii_isspace(c) || strchr("\"'<>,;)}]&", c)))
			break;
	}
	if (length > LONGEST_VALUE || (quoted && peek(reader, length) != quote))
		return false;
	if (quoted && length && begin[length - 1] == '\\')
		length--;
	*ret_value = (Span){ begin, length };
	return true;
}

static bool value_of(const Piece *piece, Span name, Span *ret_value)
{
	Reader reader = { piece, (size_t)(name.at - piece->text) + name.length };
	const bool option = name.length > 2 && name.at[0] == '-' && name.at[1] == '-';
	bool quoted = false;

	(void)take(&reader, "\\");
	quoted = take(&reader, "\"") || take(&reader, "'");
	(void)take(&reader, "]");
	if (!take_sign(&reader, quoted, option))
		return false;
	skip_spaces(&reader);
	skip_type(&reader);
	return take_value(&reader, piece->place.syntax == SYNTAX_CONFIG, ret_value);
}

typedef struct Names {
	const char *const *tails;
	size_t count;
	bool whole_word;
	bool (*good)(Span value, Span name);
} Names;

static bool find(const Piece *piece, size_t start, size_t end, const Names *names, Span *ret_secret)
{
	if (piece->place.syntax == SYNTAX_LOCK)
		return false;
	const Span name = name_around(piece, start, end);
	const Span tail = { piece->text + end, (size_t)(name.at + name.length - piece->text) - end };

	if (!tail_belongs(tail, names->tails, names->count) || harmless(name) || (names->whole_word && !begins_word(piece, start)))
		return false;
	return value_of(piece, name, ret_secret) && names->good(*ret_secret, name);
}

bool assignment_password(const Piece *piece, size_t start, size_t end, Span *ret_secret)
{
	const bool longer = end < piece->length && g_ascii_isalpha(piece->text[end]);
	const Names names = { password_tails, G_N_ELEMENTS(password_tails), !longer, value_is_password };

	return find(piece, start, end, &names, ret_secret);
}

bool assignment_key(const Piece *piece, size_t start, size_t end, Span *ret_secret)
{
	static const Names names = { key_tails, G_N_ELEMENTS(key_tails), false, value_is_key };

	return find(piece, start, end, &names, ret_secret);
}
