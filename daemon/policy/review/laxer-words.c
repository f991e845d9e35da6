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

/* The first word of `items` that nothing in `list` stands for; NULL: there is none. */
static const char *missing(const Field *field, const StringList *list, const StringList *items)
{
	bool (*covers)(const char *, const char *) = is_equal;

	for (size_t i = 0; i < G_N_ELEMENTS(meanings); i++)
		if (meanings[i].read == field->read)
			covers = meanings[i].covers;
	for (size_t i = 0; i < items->count; i++) {
		bool covered = false;
		for (size_t j = 0; j < list->count && !covered; j++)
			covered = covers(list->items[j], items->items[i]);
		if (!covered)
			return items->items[i];
	}
	return NULL;
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

static void compare_paths(LaxerWalk *walk, const Twin *twin, const StringList *before, const StringList *after)
{
	for (size_t i = 0; i < after->count; i++) {
		const StringList one = { &after->items[i], 1 };
		const char *added = missing(twin->field, before, &one);
		if (added && excuses(walk, twin, added))
			laxer_found(walk, twin->path, "%s is new", added);
	}
}

void laxer_compare_words(LaxerWalk *walk, const Twin *twin)
{
	const StringList before = words_of(twin->field, twin->before, twin->before_node, walk->arena);
	const StringList after = words_of(twin->field, twin->after, twin->after_node, walk->arena);
	const char *gone = missing(twin->field, &after, &before), *added = missing(twin->field, &before, &after);

	switch (twin->field->stricter) {
	case STRICTER_MORE:
		if (gone)
			laxer_found(walk, twin->path, "%s is not in it any more", gone);
		return;
	case STRICTER_LISTED:
		if (before.count && (added || !after.count))
			laxer_found(walk, twin->path, added ? "%s is new" : "now everything", added);
		return;
	case STRICTER_SUBSET:
		if ((!before.count && added) || (before.count && (added || !after.count)))
			laxer_found(walk, twin->path, added ? "%s is new" : "now everything that is usual", added);
		return;
	case STRICTER_PATHS:
		compare_paths(walk, twin, &before, &after);
		return;
	default: /* a list of what is allowed */
		if (added)
			laxer_found(walk, twin->path, "%s is new", added);
	}
}
