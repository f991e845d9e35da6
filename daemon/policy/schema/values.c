/* SPDX-License-Identifier: MIT
 *
 * Values that mean something to Docker: globs, registries, images, ports, paths.
 */
#include <stdlib.h>
#include <string.h>
#include "policy/exception.h"
#include "policy/schema/schema.h"
#include "request/list.h"

#define LAST_PORT 65535

/* The words of a list that are good; the others are reported. */
static StringList read_good(Loader *loader, const YamlNode *node, const KeyPath *path, const char *(*problem)(const char *word))
{
	StringList words = { 0 }, good = { 0 };

	field_words(loader, node, path, NULL, &words);
	if (node->kind != YAML_LIST || words.count != node->count)
		return good;
	for (size_t i = 0; i < words.count; i++) {
		const char *why = problem(words.items[i]);
		if (why)
			field_error(loader, node->items[i], path, "%s", why);
		else
			LIST_APPEND(loader->arena, &good, words.items[i]);
	}
	return good;
}

FIELD_READER(read_globs)
{
	Patterns *patterns = target;

	(void)field;
	patterns->globs = read_good(loader, node, path, glob_problem);
	patterns_compile(patterns, loader->arena);
}

static const char *registry_problem(const char *word)
{
	const char *slash = strchr(word, '/');

	if (strstr(word, "://"))
		return "expected a registry's name such as ghcr.io, without a scheme";
	if (slash && strpbrk(word, "*?["))
		return "a name with a path is taken as it is; wildcards are for the registry alone";
	if (slash && !slash[1 + strspn(slash, "/")])
		return "expected a registry such as ghcr.io, or a path in it such as ghcr.io/team";
	return glob_problem(word);
}

FIELD_READER(read_registries)
{
	Registries *registries = target;
	Arena *arena = loader->arena;

	(void)field;
	registries->written = read_good(loader, node, path, registry_problem);
	for (size_t i = 0; i < registries->written.count; i++) {
		const char *word = registries->written.items[i];
		if (!strncmp(word, "index.docker.io", strlen("index.docker.io")))
			word += strlen("index.");
		if (strchr(word, '/')) {
			LIST_APPEND(arena, &registries->repositories.globs, word);
			LIST_APPEND(arena, &registries->repositories.globs, arena_printf(arena, "%s/*", word));
		} else {
			LIST_APPEND(arena, &registries->hosts.globs, word);
		}
	}
	patterns_compile(&registries->hosts, arena);
	patterns_compile(&registries->repositories, arena);
}

FIELD_READER(read_images)
{
	Patterns *patterns = target;
	const StringList words = read_good(loader, node, path, glob_problem);

	(void)field;
	for (size_t i = 0; i < words.count; i++)
		image_pattern_expand(&patterns->globs, words.items[i], loader->arena);
	patterns_compile(patterns, loader->arena);
}

FIELD_READER(read_ranges)
{
	Subnets *subnets = target;
	StringList words = { 0 };

	(void)field;
	field_words(loader, node, path, NULL, &words);
	subnets->written = words;
	for (size_t i = 0; i < words.count && words.count == node->count; i++) {
		NetRange range;
		if (net_range_parse(words.items[i], &range))
			LIST_APPEND(loader->arena, &subnets->ranges, range);
		else
			field_error(loader, node->items[i], path, "expected a range of addresses such as 172.16.0.0/12 or fc00::/7");
	}
}

FIELD_READER(read_regexes)
{
	RegexList *expressions = target;
	StringList words = { 0 };

	(void)field;
	field_words(loader, node, path, NULL, &words);
	for (size_t i = 0; i < words.count && words.count == node->count; i++) {
		const char *problem = "";
		Regex *regex = regex_compile(words.items[i], loader->arena, &problem);
		if (regex)
			LIST_APPEND(loader->arena, expressions, regex);
		else
			field_error(loader, node->items[i], path, "this regular expression is not valid: %s", problem);
	}
}

static void add_path(Loader *loader, const YamlNode *node, const KeyPath *path, const char *text, StringList *paths)
{
	if (*text == '/')
		LIST_APPEND(loader->arena, paths, text);
	else
		field_error(loader, node, path, "a path must begin with /");
}

static const Field path_alone_fields[] = { { "path", read_path, 0, NULL } };
const Section path_alone_section = { path_alone_fields, G_N_ELEMENTS(path_alone_fields), sizeof(char *), NULL, NULL, "path" };

FIELD_READER(read_paths)
{
	(void)field;
	if (node->kind != YAML_LIST)
		field_wrong(loader, node, path, "a list");
	for (size_t i = 0; node->kind == YAML_LIST && i < node->count; i++) {
		const KeyPath here = { path, NULL, i };
		const char *text = "";
		if (node->items[i]->kind == YAML_MAP)
			section_read(loader, node->items[i], &here, &path_alone_section, &text);
		else
			field_text(loader, node->items[i], &here, NULL, &text);
		add_path(loader, node->items[i], &here, text, target);
	}
}

static bool choose(Loader *loader, const YamlNode *node, const KeyPath *path, const Choice *choice, const char **ret)
{
	for (size_t i = 0; node->kind == YAML_SCALAR && i < choice->count; i++) {
		if (strcmp(choice->words[i], node->text) != 0)
			continue;
		*ret = choice->words[i];
		return true;
	}
	g_autoptr(GString) expected = g_string_new("");
	for (size_t i = 0; i < choice->count; i++)
		g_string_append_printf(expected, "%s%s", i == 0 ? "" : i + 1 == choice->count ? " or " : ", ", choice->words[i]);
	field_wrong(loader, node, path, expected->str);
	return false;
}

FIELD_READER(read_choice)
{
	(void)choose(loader, node, path, field->detail, target);
}

FIELD_READER(read_choices)
{
	const char *word;

	if (node->kind != YAML_LIST)
		field_wrong(loader, node, path, "a list");
	for (size_t i = 0; node->kind == YAML_LIST && i < node->count; i++) {
		const KeyPath here = { path, NULL, i };
		if (choose(loader, node->items[i], &here, field->detail, &word))
			LIST_APPEND(loader->arena, (StringList *)target, word);
	}
}

static bool port_parse(const char *text, char **end, int64_t *ret)
{
	if (!g_ascii_isdigit(*text))
		return false;
	*ret = strtoll(text, end, 10);
	return *ret >= 1 && *ret <= LAST_PORT;
}

FIELD_READER(read_port)
{
	PortRule *rule = target;
	const char *text = node->kind == YAML_SCALAR ? node->text : "";
	char *end = NULL;

	(void)field;
	bool good = port_parse(text, &end, &rule->first);
	rule->last = rule->first;
	if (good && *end == '-')
		good = port_parse(end + 1, &end, &rule->last) && rule->last >= rule->first;
	if (!good || *end)
		field_wrong(loader, node, path, "a port from 1 to 65535, or a range such as \"8000-8010\"");
}

FIELD_READER(read_path)
{
	field_text(loader, node, path, field, target);
}

FIELD_READER(read_rule_name)
{
	field_text(loader, node, path, field, target);
}

FIELD_READER(read_version)
{
	field_text(loader, node, path, field, target);
}
