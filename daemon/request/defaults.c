/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "request/argv/value/value.h"
#include "request/defaults.h"
#include "request/json.h"
#include "request/list.h"

#define USUAL_SHM_SIZE ((int64_t)64 << 20)
#define DECIMAL 10

/* An object with the ulimit in it, once more with its name. */
static bool read_ulimit(Json *json, const char *key, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("Soft", Ulimit, soft, json_int), JSON_FIELD("Hard", Ulimit, hard, json_int) };
	Ulimit ulimit = { .name = key };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &ulimit))
		return false;
	LIST_APPEND(json->arena, (UlimitList *)target, ulimit);
	return true;
}

static bool read_ulimits(Json *json, void *target)
{
	return json_map(json, read_ulimit, target);
}

static bool read_shm_size(Json *json, void *target)
{
	const char *text = "";

	return json_string(json, &text) && (!*text || value_bytes(text, target) || json_refuse(json, "no size"));
}

static bool read_file(const char *text, size_t length, Arena *arena, Defaults *defaults)
{
	static const JsonField fields[] = {
		JSON_FIELD("log-driver", Defaults, log_driver, json_string), JSON_FIELD("log-opts", Defaults, log_options, json_pairs),
		JSON_FIELD("default-ulimits", Defaults, ulimits, read_ulimits), JSON_FIELD("default-shm-size", Defaults, shm_size, read_shm_size),
	};
	Json json = json_begin(text, length, arena);

	return json_object(&json, fields, G_N_ELEMENTS(fields), defaults) && json_finish(&json);
}

static bool take_driver(Defaults *defaults, const char *value, Arena *arena)
{
	(void)arena;
	defaults->log_driver = value;
	return true;
}

static bool take_option(Defaults *defaults, const char *value, Arena *arena)
{
	const char *sign = strchr(value, '=');
	const Pair option = { sign ? arena_strndup(arena, value, (size_t)(sign - value)) : value, sign ? sign + 1 : "" };

	LIST_APPEND(arena, &defaults->log_options, option);
	return true;
}

/* "nofile=1024:2048", "nofile=1024" (docker/go-units, ParseUlimit). */
static bool take_ulimit(Defaults *defaults, const char *value, Arena *arena)
{
	const char *sign = strchr(value, '=');
	char *end = NULL;

	if (!sign || !sign[1])
		return false;
	Ulimit ulimit = { .name = arena_strndup(arena, value, (size_t)(sign - value)) };
	errno = 0;
	ulimit.soft = ulimit.hard = strtoll(sign + 1, &end, DECIMAL);
	if (*end == ':' && end[1])
		ulimit.hard = strtoll(end + 1, &end, DECIMAL);
	LIST_APPEND(arena, &defaults->ulimits, ulimit);
	return !*end && !errno;
}

static bool take_shm_size(Defaults *defaults, const char *value, Arena *arena)
{
	(void)arena;
	return value_bytes(value, &defaults->shm_size);
}

static const struct { const char *name; bool (*take)(Defaults *defaults, const char *value, Arena *arena); } flags[] = {
	{ "--log-driver", take_driver }, { "--log-opt", take_option }, { "--default-ulimit", take_ulimit }, { "--default-shm-size", take_shm_size },
};

static bool read_words(const char *words, size_t length, Arena *arena, Defaults *defaults)
{
	for (const char *word = words; word < words + length; word += strlen(word) + 1)
		for (size_t i = 0; i < G_N_ELEMENTS(flags); i++) {
			size_t name = strlen(flags[i].name);
			const char *next = word + strlen(word) + 1;
			if (strncmp(word, flags[i].name, name) != 0 || (word[name] && word[name] != '='))
				continue;
			if (!flags[i].take(defaults, word[name] ? word + name + 1 : next < words + length ? next : "", arena))
				return false;
		}
	return true;
}

bool defaults_read(const char *json, size_t json_length, const char *words, size_t words_length, Arena *arena, Defaults *ret)
{
	*ret = (Defaults){ .log_driver = "json-file", .shm_size = USUAL_SHM_SIZE };
	return (!json || read_file(json, json_length, arena, ret)) && read_words(words, words_length, arena, ret);
}

bool defaults_concern(const Request *request)
{
	const ContainerSpec *spec = &request->container;

	return spec->log_options.count || spec->ulimits.count || spec->shm_size || (request->stored && defaults_concern(request->stored));
}

static bool is_default_option(const Defaults *defaults, const Pair *option)
{
	for (size_t i = 0; i < defaults->log_options.count; i++)
		if (!strcmp(defaults->log_options.items[i].key, option->key) && !strcmp(defaults->log_options.items[i].value, option->value))
			return true;
	return false;
}

/* Those of the default driver alone: what is harmless for one may be an address for another. */
static void undo_log_options(const Defaults *defaults, ContainerSpec *spec, Arena *arena)
{
	PairList said = { 0 };

	if (*spec->log_driver && strcmp(spec->log_driver, defaults->log_driver) != 0)
		return;
	spec->log_driver = "";
	for (size_t i = 0; i < spec->log_options.count; i++)
		if (!is_default_option(defaults, &spec->log_options.items[i]))
			LIST_APPEND(arena, &said, spec->log_options.items[i]);
	spec->log_options = said;
}

static void undo_ulimits(const Defaults *defaults, ContainerSpec *spec, Arena *arena)
{
	UlimitList said = { 0 };

	for (size_t i = 0; i < spec->ulimits.count; i++) {
		const Ulimit *ulimit = &spec->ulimits.items[i];
		bool same = false;
		for (size_t d = 0; d < defaults->ulimits.count && !same; d++) {
			const Ulimit *other = &defaults->ulimits.items[d];
			same = !strcmp(ulimit->name, other->name) && ulimit->soft == other->soft && ulimit->hard == other->hard;
		}
		if (!same)
			LIST_APPEND(arena, &said, *ulimit);
	}
	spec->ulimits = said;
}

const Request *defaults_apply(const Defaults *defaults, const Request *request, Arena *arena)
{
	if (!defaults_concern(request))
		return request;
	Request *copy = arena_alloc(arena, sizeof *copy);
	*copy = *request;
	if (request->stored)
		copy->stored = defaults_apply(defaults, request->stored, arena);
	if (request->kind != KIND_CONTAINER_CREATE)
		return copy; /* an update changes what is there, and a node of a swarm may have other defaults */
	undo_log_options(defaults, &copy->container, arena);
	undo_ulimits(defaults, &copy->container, arena);
	if (copy->container.shm_size == defaults->shm_size)
		copy->container.shm_size = 0;
	return copy;
}
