/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "scan/secret/text/assignment.h"
#include "scan/secret/text/value.h"

#define LONGEST_NAME 64u
#define LONGEST_VALUE 512u
#define MOST_SPACES 16u
#define LONGEST_TYPE 40u
#define LONGEST_PAIR 200u /* from a name to its value, where they are apart */
#define MOST_BLANKS 64u

/* What may follow the keyword within its name. */
static const char *const password_tails[] = { "word", "wd", "phrase", "words", "code" };
static const char *const key_tails[] = { "keybase", "accesskey", "key", "value", "token", "secret" };
/* Names that only speak of a secret. */
static const char *const harmless_ends[] = {
	"file", "path", "dir", "ttl", "expiry", "expires", "lifetime", "length", "len", "size", "type", "name", "id", "algorithm", "enabled", "url", "uri", "host",
	"header", "policy", "hash", "field", "label", "hint", "prompt", "min", "max", "regex", "pattern", "format", "count", "limit", "limits", "command", "cmd", "endpoint", "required", "class",
	"version", "encoding", "algo", "hasher", "hashers", "arn", "age", "method", "mode", "prefix", "suffix", "module", "provider", "store", "message", "error", "title", "text", "help", "description", "encryption", "digest", "cipher", "protocol", "domain", "scope", "scopes", "src", "source", "state", "status", "strength",
};

/* Names of what is drawn at random and no secret. */
static const char *const harmless_words[] = { "csrf", "xsrf", "continuation", "pagetoken", "page_token", "page-token", "nexttoken",
	"next_token", "next-token", "synctoken", "sync_token", "idempotency", "page.token", "next.token" };

/* Keys that everybody may have, or that are names of something; as they stand before "key". */
static const char *const open_keys[] = { "public", "pub", "publishable", "primary", "foreign", "cache", "sort", "partition", "hash", "range", "object", "row", "group", "routing",
	"message", "translation", "site", "host", "dedup", "idempotency", "registry", "index", "unique", "bucket", "context", "label", "resource", "metric", "lookup", "locale", "config",
	"gpg", "pgp", "apt", "signed", "search", "item", "map", "entry", "event", "shard", "storage", "vault", "etag", "keyring", "react", "node", "parent", "peer", "trusted", "verify" };

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
	for (size_t i = 0; i < G_N_ELEMENTS(harmless_words); i++)
		for (size_t at = 0; at + strlen(harmless_words[i]) <= name.length; at++)
			if (!g_ascii_strncasecmp(name.at + at, harmless_words[i], strlen(harmless_words[i])))
				return true;
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

/* password - 'value': a dash, as notes have it. */
static bool take_dash(Reader *reader)
{
	const char quote = peek(reader, 2);

	return reader->piece->place.syntax != SYNTAX_CODE && (quote == '"' || quote == '\'') && take(reader, "- ");
}

/* The sign between name and value; leaves the reader at the value.  `quoted`: the name ended with a quote.  In data a
 * comma only separates, but in a `call`.  `apart`: a blank is enough.  `ret_element`: <name>value</name>. */
static bool take_sign(Reader *reader, bool quoted, bool call, bool apart, bool *ret_element)
{
	const bool code = reader->piece->place.syntax == SYNTAX_CODE, comma = code || call || path_fits(reader->piece->path, "*.sql|*.dump");
	static const char *const signs[] = { ":::=", "::=", ":=", "=>", "?=", "+=", ".=", "=", ":" }, *const otherwise[] = { "||", "??" };

	if (take(reader, ">")) {
		*ret_element = true;
		return true;
	}
	const size_t before = reader->at;
	skip_spaces(reader);
	if (quoted && (take(reader, "value=") || (comma && take(reader, ","))))
		return true;
	for (size_t i = 0; code && i < G_N_ELEMENTS(otherwise); i++)
		if (take(reader, otherwise[i]))
			return true;
	for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
		if (take(reader, signs[i]))
			return !strchr("=~:", peek(reader, 0)) || !peek(reader, 0);
	return (reader->at > before && take_dash(reader)) || (apart && reader->at > before);
}

/* password string = "value", password[] = "value": a type between name and sign */
static void skip_declaration(Reader *reader)
{
	static const char *const types[] = { "string", "[]byte", "[]", "String", "str" };
	const size_t before = reader->at;

	skip_spaces(reader);
	for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
		if (!take(reader, types[i]))
			continue;
		skip_spaces(reader);
		if (peek(reader, 0) == '=' && peek(reader, 1) != '=')
			return;
		break;
	}
	reader->at = before;
}

/* password: str = "value" */
static void skip_type(Reader *reader)
{
	size_t length = 0;

	while (length < LONGEST_TYPE && (g_ascii_isalnum(peek(reader, length)) || strchr("_.[]|&' ", peek(reader, length) ? peek(reader, length) : '"')))
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

/* The length of what stands without quotes: up to a blank or one of `ends`, but a call with what is in its parentheses. */
static size_t bare_length(const Reader *reader, const char *ends)
{
	size_t length = 0, open = 0;

	for (; length <= LONGEST_VALUE; length++) {
		const char c = peek(reader, length);
		if (!c || g_ascii_isspace(c) || (strchr(ends, c) && !(c == ')' && open)))
			break;
		if (c == '\\' && peek(reader, length + 1) && strchr("nrt\"'", peek(reader, length + 1)))
			break; /* a line's end, or a quote, within a string */
		open += c == '(';
		open -= c == ')' && open;
	}
	return length;
}

static size_t quoted_length(const Reader *reader, char quote)
{
	size_t length = 0;

	while (length <= LONGEST_VALUE && peek(reader, length) && peek(reader, length) != '\n' && peek(reader, length) != '\r' &&
		peek(reader, length) != quote)
		length++;
	return length;
}

static bool take_value(Reader *reader, bool bare, const char *ends, Span *ret_value)
{
	char quote = 0;
	const bool quoted = take_quote(reader, &quote);

	if (!quoted && !bare)
		return false;
	(void)(take(reader, "Bearer ") || take(reader, "bearer ") || take(reader, "Token ") || take(reader, "token "));
	const char *begin = reader->piece->text + reader->at;
	size_t length = quoted ? quoted_length(reader, quote) : bare_length(reader, ends);
	if (length > LONGEST_VALUE || (quoted && peek(reader, length) != quote))
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

static void skip_blanks(Reader *reader)
{
	for (size_t i = 0; i < MOST_BLANKS && peek(reader, 0) && g_ascii_isspace(peek(reader, 0)); i++)
		reader->at++;
}

/* The word that stands before the name in its line: #define NAME "value", ENV NAME value */
static bool stands_behind(const Piece *piece, Span name, const char *word)
{
	const Span line = { piece->text, (size_t)(name.at - piece->text) };
	const size_t length = strlen(word);

	return ends_with(line, word) && (line.length == length || strchr(" \t\n", line.at[line.length - length - 1]));
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
	const bool config = piece->place.syntax == SYNTAX_CONFIG && !path_fits(piece->path, "*.tf|*.hcl|*.tfvars");
	Reader reader = { piece, (size_t)(name.at - piece->text) + name.length };
	const bool apart = (name.length > 2 && name.at[0] == '-' && name.at[1] == '-') || stands_behind(piece, name, "#define ") ||
			   (config && stands_behind(piece, name, "ENV ")) || path_fits(piece->path, "*.gradle|*.kts");
	/* setProperty("NAME", "value") */
	const bool call = name.at > piece->text + 1 && strchr("\"'", name.at[-1]) && name.at[-2] == '(';
	bool quoted = false, element = false;

	(void)take(&reader, "\\");
	quoted = take(&reader, "\"") || take(&reader, "'");
	if (!take(&reader, "]"))
		skip_declaration(&reader);
	if (!take_sign(&reader, quoted, call, apart, &element))
		return false;
	skip_spaces(&reader);
	if (element && config && name.at > piece->text && name.at[-1] == '<')
		skip_blanks(&reader);
	skip_type(&reader);
	return take_value(&reader, (config && !call) || is_shells(piece, name), element ? "<" : "\"'<>,;)}]&", ret_value);
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
			if (word.length == strlen(members[i]) && ends_with(word, members[i]) && (*members[i] != 's' || piece->text[at - 1] == '<'))
				return value_of(piece, word, ret_value);
		if (word.length == strlen("name") && ends_with(word, "name") && piece->text[at - 1] != '/')
			return false; /* the next one's */
		at += word.length - 1;
	}
	return false;
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
	return (value_of(piece, name, ret_secret) || paired_value(piece, name, ret_secret)) && names->good(*ret_secret, name);
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

bool assignment_named_key(const Piece *piece, size_t start, size_t end, Span *ret_secret)
{
	static const Names names = { NULL, 0, false, value_is_long_key };
	const char *text = piece->text;
	size_t head = start;

	/* at the end of a name, and of its last word; alone only as KEY=value, as a shell wants it */
	if (end < piece->length && name_char(text[end]))
		return false;
	if (start && strchr("_-.", text[start - 1]))
		head--;
	else if ((!start || !g_ascii_isalpha(text[start - 1])) && !(end < piece->length && text[end] == '='))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(open_keys); i++)
		if (ends_with((Span){ text, head }, open_keys[i]))
			return false;
	return find(piece, start, end, &names, ret_secret);
}

bool assignment_short_key(const Piece *piece, size_t start, size_t end, Span *ret_secret)
{
	static const Names names = { key_tails, G_N_ELEMENTS(key_tails), false, value_is_short_key };

	return find(piece, start, end, &names, ret_secret);
}
