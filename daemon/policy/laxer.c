/* SPDX-License-Identifier: MIT
 *
 * Compares what the files say.  A key that the tables here do not know, or a value that is neither
 * equal nor known to be stricter, counts as laxer: the price is one more question for a password.
 */
#include <string.h>
#include "policy/laxer.h"
#include "policy/model.h"
#include "policy/yaml.h"

#define WORDS 4

/* From lax to strict. */
static const struct { const char *key, *words[WORDS]; } scales[] = {
	{ "action", { "allow", "warn", "block" } },
	{ "default_action", { "allow", "warn", "block" } },
	{ "severity", { "low", "medium", "high", "critical" } },
	{ "require_", { "false", "true" } },
	{ "block_", { "false", "true" } },
	{ "allow_read_only", { "true", "false" } },
};
/* Say nothing about what is allowed; max_risk_score and mode are compared by value. */
static const char *const silent[] = { "version", "name", "description", "author", "tags", "message", "reason", "mode", "max_risk_score" };
/* Without the key everything is as strict as it can be. */
static const char *const loosening[] = { "exceptions", "allow_read_only" };

static bool is_one_of(const char *key, const char *const *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(key, keys[i]))
			return true;
	return false;
}

static const YamlNode *lookup(const YamlNode *map, const char *key)
{
	for (size_t i = 0; map && map->kind == YAML_MAP && i < map->count; i++)
		if (!strcmp(map->keys[i]->text, key))
			return map->items[i];
	return NULL;
}

static bool same(const YamlNode *a, const YamlNode *b)
{
	if (a->kind != b->kind || a->count != b->count)
		return false;
	if (a->kind == YAML_SCALAR)
		return !strcmp(a->text, b->text);
	for (size_t i = 0; i < a->count; i++) {
		const YamlNode *other = a->kind == YAML_MAP ? lookup(b, a->keys[i]->text) : b->items[i];
		if (!other || !same(a->items[i], other))
			return false;
	}
	return true;
}

static bool holds(const YamlNode *list, const YamlNode *item)
{
	for (size_t i = 0; i < list->count; i++)
		if (same(list->items[i], item))
			return true;
	return false;
}

static bool holds_all(const YamlNode *list, const YamlNode *items)
{
	for (size_t i = 0; i < items->count; i++)
		if (!holds(list, items->items[i]))
			return false;
	return true;
}

static int place(const char *key, const char *word)
{
	for (size_t i = 0; i < G_N_ELEMENTS(scales); i++) {
		size_t length = strlen(scales[i].key);
		bool prefix = scales[i].key[length - 1] == '_';
		if (prefix ? strncmp(key, scales[i].key, length) != 0 : strcmp(key, scales[i].key) != 0)
			continue;
		for (int w = 0; w < WORDS && scales[i].words[w]; w++)
			if (!strcmp(scales[i].words[w], word))
				return w;
	}
	return -1;
}

static bool scalar_laxer(const char *key, const char *before, const char *after)
{
	int from = place(key, before), to = place(key, after);

	return strcmp(before, after) != 0 && (from < 0 || to < from);
}

/* New entries may only block: one that warns could come before one that blocks. */
static bool blocked_laxer(const YamlNode *before, const YamlNode *after)
{
	if (!holds_all(after, before))
		return true;
	for (size_t i = 0; i < after->count; i++) {
		const YamlNode *action = lookup(after->items[i], "action"), *read_only = lookup(after->items[i], "allow_read_only");
		if (!holds(before, after->items[i]) && ((action && strcmp(action->text, "block") != 0) || read_only))
			return true;
	}
	return false;
}

static bool list_laxer(const char *key, const YamlNode *before, const YamlNode *after)
{
	if (!strcmp(key, "exceptions"))
		return !holds_all(before, after);
	if (!strcmp(key, "blocked"))
		return blocked_laxer(before, after);
	if (g_str_has_prefix(key, "blocked_"))
		return !holds_all(after, before);
	/* A list of what is allowed; an empty one may mean that nothing is looked at. */
	if (g_str_has_prefix(key, "allowed"))
		return !after->count || !holds_all(before, after);
	return !same(before, after);
}

static bool map_laxer(const YamlNode *before, const YamlNode *after);

static bool value_laxer(const char *key, const YamlNode *before, const YamlNode *after)
{
	if (same(before, after))
		return false;
	if (before->kind != after->kind)
		return true;
	switch (before->kind) {
	case YAML_SCALAR:
		return scalar_laxer(key, before->text, after->text);
	case YAML_LIST:
		return list_laxer(key, before, after);
	case YAML_MAP:
		return map_laxer(before, after);
	}
	return true;
}

/* A key that only the new file has: a section of rules adds to what is looked at, a word must be the strictest. */
static bool added_laxer(const char *key, const YamlNode *after)
{
	static const char *const strictest[] = { "block", "critical", "true" };

	/* It says how old a scan may be that require_image_scan asks for without it. */
	if (!strcmp(key, "image_scanning"))
		return true;
	if (after->kind == YAML_SCALAR)
		return !is_one_of(after->text, strictest, G_N_ELEMENTS(strictest)) || place(key, after->text) <= 0;
	return after->kind == YAML_LIST && strcmp(key, "blocked") != 0 && !g_str_has_prefix(key, "blocked_");
}

static bool map_laxer(const YamlNode *before, const YamlNode *after)
{
	for (size_t i = 0; i < before->count; i++) {
		const char *key = before->keys[i]->text;
		const YamlNode *now = lookup(after, key);
		if (is_one_of(key, silent, G_N_ELEMENTS(silent)) || (!now && is_one_of(key, loosening, G_N_ELEMENTS(loosening))))
			continue;
		if (!now || value_laxer(key, before->items[i], now))
			return true;
	}
	for (size_t i = 0; i < after->count; i++) {
		const char *key = after->keys[i]->text;
		if (!is_one_of(key, silent, G_N_ELEMENTS(silent)) && !lookup(before, key) && added_laxer(key, after->items[i]))
			return true;
	}
	return false;
}

bool policy_is_laxer(const Policy *before, const Policy *after)
{
	if (!before)
		return true; /* lockdown denies more than any policy */
	return after->mode > before->mode || after->max_risk_score > before->max_risk_score || map_laxer(before->source, after->source);
}
