/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "policy/review/laxer-internal.h"
#include "request/list.h"

/* What the reader left; of regular expressions, what was written. */
static StringList words_of(const Field *field, const void *value, const YamlNode *node, Arena *arena)
{
	StringList words = { 0 };

	if (field->read != read_regexes)
		return *(const StringList *)value; /* Patterns and Registries begin with what was written */
	for (size_t i = 0; node && node->kind == YAML_LIST && i < node->count; i++)
		LIST_APPEND(arena, &words, node->items[i]->text);
	return words;
}

static bool is_equal(const char *by, const char *word)
{
	return !strcmp(by, word);
}

/* A '*' stands for whatever a glob may have in its place; the other wildcards do not. */
static bool glob_covers(const char *by, const char *word)
{
	return is_equal(by, word) || (glob_matches(by, word) && (!strpbrk(word, "*?[\\") || !strpbrk(by, "?[\\")));
}

/* "ghcr.io" stands for "ghcr.io/team", and that for what is below. */
static bool registry_covers(const char *by, const char *word)
{
	g_autofree char *host = g_strndup(word, strcspn(word, "/"));
	size_t length = strlen(by);

	if (strchr(by, '/'))
		return !strncmp(by, word, length) && (!word[length] || word[length] == '/');
	return glob_covers(by, host);
}

static bool path_covers(const char *by, const char *word)
{
	size_t length = strlen(by);

	return is_equal(by, word) || (length > 1 && !strncmp(by, word, length) && word[length] == '/');
}

static const struct { FieldReader read; bool (*covers)(const char *by, const char *word); } meanings[] = {
	{ read_globs, glob_covers }, { read_images, glob_covers }, { read_registries, registry_covers }, { read_paths, path_covers },
};

static bool stands_for(const Field *field, const StringList *list, const char *word)
{
	bool (*covers)(const char *, const char *) = is_equal;

	for (size_t i = 0; i < G_N_ELEMENTS(meanings); i++)
		if (meanings[i].read == field->read)
			covers = meanings[i].covers;
	for (size_t j = 0; j < list->count; j++)
		if (covers(list->items[j], word))
			return true;
	return false;
}

/* The words of `items` that nothing in `list` stands for: the first, or all where that matters. */
static StringList missing(LaxerWalk *walk, const Twin *twin, const StringList *list, const StringList *items)
{
	const bool all = walk->each || twin->field->stricter == STRICTER_PATHS;
	StringList words = { 0 };

	for (size_t i = 0; i < items->count && (all || !words.count) && laxer_spend(walk, twin->path); i++)
		if (!stands_for(twin->field, list, items->items[i]))
			LIST_APPEND(walk->arena, &words, items->items[i]);
	return words;
}

static void found_words(LaxerWalk *walk, const Twin *twin, LaxerHow how, const StringList *words)
{
	for (size_t i = 0; i < words->count; i++)
		laxer_found(walk, twin->path, how, words->items[i], NULL);
}

static bool any_above(const EntryList *entries, const char *path)
{
	for (size_t i = 0; i < entries->count; i++)
		if (path_covers(entries->items[i].name, path))
			return true;
	return false;
}

/* Where all may be mounted that no entry speaks of, a list of what may changes nothing of the rest. */
static bool excuses(const LaxerWalk *walk, const Twin *twin, const char *path)
{
	const MountRules *rules = &walk->before->mounts;

	return rules->block_bind_mounts || laxer_default(twin->place->section, twin->place->before, "default") > ACTION_ALLOW ||
	       any_above(&rules->blocked, path) || any_above(&rules->warned, path);
}

static void compare_paths(LaxerWalk *walk, const Twin *twin, const StringList *added)
{
	for (size_t i = 0; i < added->count; i++)
		if (excuses(walk, twin, added->items[i]))
			laxer_found(walk, twin->path, LAXER_NEW, added->items[i], NULL);
}

/* Where nothing is listed all may be. */
static void compare_listed(LaxerWalk *walk, const Twin *twin, const StringList *added, bool none, LaxerHow all)
{
	found_words(walk, twin, LAXER_NEW, added);
	if (!added->count && none)
		laxer_found(walk, twin->path, all, NULL, NULL);
}

void laxer_compare_words(LaxerWalk *walk, const Twin *twin)
{
	const StringList before = words_of(twin->field, twin->before, twin->before_node, walk->arena);
	const StringList after = words_of(twin->field, twin->after, twin->after_node, walk->arena);
	const bool more = twin->field->stricter == STRICTER_MORE;
	const StringList words = more ? missing(walk, twin, &after, &before) : missing(walk, twin, &before, &after);

	switch (twin->field->stricter) {
	case STRICTER_MORE:
		found_words(walk, twin, LAXER_GONE, &words);
		return;
	case STRICTER_LISTED:
		if (before.count)
			compare_listed(walk, twin, &words, !after.count, LAXER_ALL);
		return;
	case STRICTER_SUBSET:
		compare_listed(walk, twin, &words, before.count && !after.count, LAXER_USUAL);
		return;
	case STRICTER_PATHS:
		compare_paths(walk, twin, &words);
		return;
	default: /* a list of what is allowed */
		found_words(walk, twin, LAXER_NEW, &words);
	}
}
