/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "request/argv/value/reference.h"

#define LONGEST_NAME 255u
#define LONGEST_TAG 128u
#define ID_DIGITS 64u
#define SHOWN_BYTES 200u

static const char lower_or_digit[] = "abcdefghijklmnopqrstuvwxyz0123456789";

static bool is_word(char c)
{
	return g_ascii_isalnum(c) || c == '_';
}

/* Words of [a-z0-9]+ with '.', '_', "__" or dashes between them. */
static bool component_valid(const char *text, size_t length)
{
	size_t at = 0;

	for (;;) {
		size_t start = at;
		while (at < length && text[at] && strchr(lower_or_digit, text[at]))
			at++;
		if (at == start)
			return false;
		if (at == length)
			return true;
		if (text[at] == '-')
			while (at < length && text[at] == '-')
				at++;
		else if (text[at] == '_')
			at += at + 1 < length && text[at + 1] == '_' ? 2 : 1;
		else if (text[at] == '.')
			at++;
		else
			return false;
	}
}

static bool path_valid(const char *path)
{
	for (const char *at = path;; at++) {
		size_t length = strcspn(at, "/");
		if (!component_valid(at, length))
			return false;
		at += length;
		if (!*at)
			return true;
	}
}

static bool host_label_valid(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!g_ascii_isalnum(text[i]) && !(text[i] == '-' && i && i + 1 < length))
			return false;
	return length > 0;
}

static bool domain_valid(const char *domain, size_t length)
{
	const char *end = domain + length, *at = domain;

	if (*at == '[') {
		size_t address = strspn(at + 1, "0123456789abcdefABCDEF:");
		at += 1 + address;
		if (!address || at >= end || *at != ']')
			return false;
		at++;
	} else {
		for (;;) {
			size_t label = strcspn(at, ".:/");
			if (!host_label_valid(at, label))
				return false;
			at += label;
			if (at >= end || *at != '.')
				break;
			at++;
		}
	}
	if (at == end)
		return true;
	return *at == ':' && at + 1 < end && strspn(at + 1, "0123456789") == (size_t)(end - at - 1);
}

static bool tag_valid(const char *tag)
{
	size_t length = strlen(tag);

	if (!length || length > LONGEST_TAG || !is_word(*tag))
		return false;
	for (const char *at = tag; *at; at++)
		if (!is_word(*at) && *at != '.' && *at != '-')
			return false;
	return true;
}

/* algorithm:hex with the length that the algorithm has (opencontainers/go-digest). */
static bool digest_valid(const char *digest)
{
	static const struct { const char *name; size_t digits; } algorithms[] = { { "sha256", 64 }, { "sha384", 96 }, { "sha512", 128 } };
	size_t name = strcspn(digest, ":");

	if (!digest[name])
		return false;
	const char *digits = digest + name + 1;
	for (size_t i = 0; i < G_N_ELEMENTS(algorithms); i++)
		if (strlen(algorithms[i].name) == name && !memcmp(algorithms[i].name, digest, name))
			return strlen(digits) == algorithms[i].digits && strspn(digits, "0123456789abcdef") == algorithms[i].digits;
	return false;
}

bool reference_is_id(const char *text)
{
	return strlen(text) == ID_DIGITS && strspn(text, "0123456789abcdef") == ID_DIGITS;
}

/* The part in front of the first '/' that is a host, or 0. */
static size_t domain_length(const char *text)
{
	size_t slash = strcspn(text, "/");

	if (!text[slash])
		return 0;
	bool localhost = slash == strlen("localhost") && !memcmp(text, "localhost", slash), lower = true;
	for (size_t i = 0; i < slash; i++)
		lower = lower && !g_ascii_isupper(text[i]);
	return memchr(text, '.', slash) || memchr(text, ':', slash) || localhost || !lower ? slash : 0;
}

/* Splits tag and digest off the path; false: one of them is not valid. */
static bool split(char *path, Reference *ret)
{
	char *digest = strchr(path, '@');

	if (digest) {
		*digest++ = 0;
		ret->digest = digest;
	}
	char *slash = strrchr(path, '/'), *colon = strchr(slash ? slash : path, ':');
	if (colon) {
		*colon++ = 0;
		ret->tag = colon;
	}
	return (!digest || digest_valid(digest)) && (!colon || tag_valid(colon));
}

static bool has_upper(const char *text)
{
	for (; *text; text++)
		if (g_ascii_isupper(*text))
			return true;
	return false;
}

const char *reference_parse(const char *text, Arena *arena, Reference *ret)
{
	size_t domain = domain_length(text);
	const char *host = domain ? arena_strndup(arena, text, domain) : "docker.io";
	char *path = arena_strdup(arena, domain ? text + domain + 1 : text);

	*ret = (Reference){ "", "", "" };
	if (reference_is_id(text))
		return "64 hexadecimal digits are an image's id, not a name";
	bool good = split(path, ret);
	if (has_upper(path))
		return "the repository must be in lower case";
	if (!good || !path_valid(path) || (domain && !domain_valid(text, domain)))
		return "expected [HOST[:PORT]/]NAME[:TAG][@DIGEST]";
	if (strlen(path) + (domain ? domain + 1 : 0) > LONGEST_NAME)
		return "the repository's name must not have more than 255 characters";
	if (!strcmp(host, "index.docker.io"))
		host = "docker.io";
	bool official = !strcmp(host, "docker.io") && !strchr(path, '/');
	ret->name = arena_printf(arena, "%s/%s%s", host, official ? "library/" : "", path);
	return NULL;
}

bool reference_check(Line *line, const char *text, Reference *ret)
{
	const char *why = reference_parse(text, line->arena, ret);

	return !why || line_refuse(line, "invalid image name \"%s\": %s", text_printable(line->arena, text, SHOWN_BYTES), why);
}

bool reference_check_any(Line *line, const char *text)
{
	Reference reference;

	return reference_is_id(text) || digest_valid(text) || reference_check(line, text, &reference);
}

const char *reference_api_tag(const Reference *reference)
{
	return *reference->digest ? reference->digest : *reference->tag ? reference->tag : "latest";
}

const char *reference_familiar(const Reference *reference)
{
	const char *name = reference->name + (g_str_has_prefix(reference->name, "docker.io/") ? strlen("docker.io/") : 0);

	return name + (name != reference->name && g_str_has_prefix(name, "library/") ? strlen("library/") : 0);
}
