/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "scan/secret/text/name.h"

#define LONGEST_NAME 64u

/* What may follow the keyword within its name. */
static const char *const password_tails[] = { "word", "wd", "phrase", "words", "code", "wort" };
static const char *const key_tails[] = { "keybase", "accesskey", "key", "value", "token", "secret", "e" };
static const struct { const char *const *items; size_t count; } all_tails[NAME_KIND_COUNT] = {
	[NAME_PASSWORD] = { password_tails, G_N_ELEMENTS(password_tails) }, [NAME_KEY] = { key_tails, G_N_ELEMENTS(key_tails) }, [NAME_BARE_KEY] = { NULL, 0 },
};
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

bool name_char(char c)
{
	return g_ascii_isalnum(c) || c == '_' || c == '-' || c == '.';
}

Span name_around(const Piece *piece, size_t start, size_t end)
{
	size_t left = start, right = end;

	while (left > 0 && start - left < LONGEST_NAME && name_char(piece->text[left - 1]))
		left--;
	while (right < piece->length && right - end < LONGEST_NAME && name_char(piece->text[right]))
		right++;
	return (Span){ piece->text + left, right - left };
}

bool name_ends_with(Span name, const char *word)
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
		if (name_ends_with(name, harmless_ends[i]))
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
		if (name_ends_with(head, heads[i]))
			return true;
	return false;
}

bool name_is_secrets(const Piece *piece, size_t start, size_t end, NameKind kind)
{
	const Span name = name_around(piece, start, end);
	const Span tail = { piece->text + end, (size_t)(name.at + name.length - piece->text) - end };
	const bool whole_word = kind == NAME_PASSWORD && !(end < piece->length && g_ascii_isalpha(piece->text[end]));

	return tail_belongs(tail, all_tails[kind].items, all_tails[kind].count) && !harmless(name) && (!whole_word || begins_word(piece, start));
}

bool name_is_open_key(const Piece *piece, size_t end)
{
	for (size_t i = 0; i < G_N_ELEMENTS(open_keys); i++)
		if (name_ends_with((Span){ piece->text, end }, open_keys[i]))
			return true;
	return false;
}
