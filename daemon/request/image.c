/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "request/image.h"

#define DEFAULT_REGISTRY "docker.io"

/* Lower-case letters, digits and separators; what distribution/reference calls path components. */
static bool repository_valid(const char *text)
{
	if (!*text)
		return false;
	for (const char *p = text; *p; p++) {
		bool word = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9');
		bool separator = *p == '.' || *p == '_' || *p == '-' || *p == '/';
		if (!word && !separator)
			return false;
		if (*p == '/' && (p == text || !p[1] || p[1] == '/'))
			return false;
	}
	return true;
}

static bool registry_valid(const char *text)
{
	for (const char *p = text; *p; p++)
		if (!g_ascii_isalnum(*p) && !strchr(".-:[]", *p))
			return false;
	return *text != 0;
}

/* distribution/reference: a letter, digit or '_', then at most 127 more with '.' and '-'. */
static bool tag_valid(const char *text)
{
	size_t length = strlen(text);

	if (length > 128 || *text == '.' || *text == '-')
		return false;
	for (const char *p = text; *p; p++)
		if (!g_ascii_isalnum(*p) && !strchr("_.-", *p))
			return false;
	return true;
}

/* algorithm:hex, as in sha256:...; components of the algorithm are joined by '+', '.', '-' or '_'. */
static bool digest_valid(const char *text)
{
	const char *colon = strchr(text, ':');

	if (!colon || colon == text)
		return false;
	for (const char *p = text; p < colon; p++)
		if (!g_ascii_isalnum(*p) && !strchr("+._-", *p))
			return false;
	return strlen(colon + 1) >= 32 && strspn(colon + 1, "0123456789abcdefABCDEF") == strlen(colon + 1);
}

static bool names_host(const char *text, size_t length)
{
	return memchr(text, '.', length) || memchr(text, ':', length) || (length == 9 && !memcmp(text, "localhost", 9));
}

ImageRef image_parse(const char *text, Arena *arena)
{
	ImageRef image = { .text = arena_strdup(arena, text), .registry = "", .repository = "", .tag = "", .digest = "" };
	char *rest = arena_strdup(arena, text);
	char *digest = strchr(rest, '@');

	if (!*text)
		return image;
	if (digest) {
		*digest = 0;
		image.digest = digest + 1;
	}
	char *slash = strchr(rest, '/');
	const char *registry = DEFAULT_REGISTRY;
	if (slash && names_host(rest, (size_t)(slash - rest))) {
		registry = arena_strndup(arena, rest, (size_t)(slash - rest));
		rest = slash + 1;
	}
	char *last = strrchr(rest, '/');
	char *colon = strchr(last ? last : rest, ':');
	if (colon) {
		*colon = 0;
		image.tag = colon + 1;
	}
	if (!strcmp(registry, "index.docker.io"))
		registry = DEFAULT_REGISTRY;
	image.repository = rest;
	if (!strcmp(registry, DEFAULT_REGISTRY) && !strchr(rest, '/'))
		image.repository = arena_printf(arena, "library/%s", rest);
	if (repository_valid(rest) && registry_valid(registry) && tag_valid(image.tag) && (!digest || digest_valid(image.digest)))
		image.registry = registry;
	else
		image.repository = image.text;
	return image;
}

const char *image_tagged(const ImageRef *image, Arena *arena)
{
	const char *end = arena_printf(arena, ":%s", image->tag);

	return *image->tag && *image->text && !g_str_has_suffix(image->text, end) && !*image->digest ? arena_concat(arena, image->text, end) : image->text;
}

const char *image_canonical(const ImageRef *image, Arena *arena)
{
	if (!*image->registry)
		return image->text;
	const char *tag = *image->tag ? image->tag : *image->digest ? "" : "latest";
	return arena_printf(arena, "%s/%s%s%s%s%s", image->registry, image->repository, *tag ? ":" : "", tag,
		*image->digest ? "@" : "", image->digest);
}

ImageOrigin image_origin(const ImageRef *image, const char *id, const StringList *digests, Arena *arena)
{
	ImageOrigin origin = IMAGE_MADE_HERE;

	for (size_t i = 0; i < digests->count; i++) {
		const ImageRef source = image_parse(digests->items[i], arena);
		bool same = *source.registry && !strcmp(source.registry, image->registry) && !strcmp(source.repository, image->repository);
		if (same && *source.digest && strcmp(source.digest, id) != 0)
			return IMAGE_PULLED;
		if (same)
			origin = IMAGE_FROM_SOMEWHERE;
	}
	return origin;
}
