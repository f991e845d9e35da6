/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "policy/containers-policy.h"
#include "request/json.h"
#include "request/list.h"

typedef struct Requirement {
	const char *type, *key_path;
	StringList key_paths;
} Requirement;

typedef struct PolicyReading {
	StringList *keys;
	size_t requirements; /* of the list that is being read */
	bool has_default;
} PolicyReading;

static void add_key(Json *json, PolicyReading *reading, const char *path)
{
	LIST_APPEND(json->arena, reading->keys, path);
}

static bool read_requirement(Json *json, void *target)
{
	static const char *const good[] = { "reject", "signedBy", "sigstoreSigned" };
	static const JsonField fields[] = {
		JSON_FIELD("type", Requirement, type, json_string), JSON_FIELD("keyPath", Requirement, key_path, json_string), JSON_FIELD("keyPaths", Requirement, key_paths, json_strings),
	};
	PolicyReading *reading = target;
	Requirement requirement = { .type = "", .key_path = "" };
	bool known = false;

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &requirement))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
		known = known || !strcmp(requirement.type, good[i]);
	if (!strcmp(requirement.type, "insecureAcceptAnything"))
		return json_refuse(json, "insecureAcceptAnything asks for no signature");
	if (!known)
		return json_refuse(json, "a requirement of an unknown type");
	if (*requirement.key_path)
		add_key(json, reading, requirement.key_path);
	for (size_t i = 0; i < requirement.key_paths.count; i++)
		add_key(json, reading, requirement.key_paths.items[i]);
	reading->requirements++;
	return true;
}

static bool read_requirements(Json *json, PolicyReading *reading)
{
	reading->requirements = 0;
	return json_array(json, read_requirement, reading) && (reading->requirements || json_refuse(json, "a list without a requirement"));
}

static bool read_default(Json *json, void *target)
{
	((PolicyReading *)target)->has_default = true;
	return read_requirements(json, target);
}

static bool read_scope(Json *json, const char *key, void *target)
{
	(void)key;
	return read_requirements(json, target);
}

static bool read_transport(Json *json, const char *key, void *target)
{
	return strcmp(key, "docker") ? json_skip(json, target) : json_map(json, read_scope, target);
}

static bool read_transports(Json *json, void *target)
{
	return json_map(json, read_transport, target);
}

const char *containers_policy_read(const char *bytes, size_t length, Arena *arena, StringList *ret_keys)
{
	static const JsonField fields[] = { JSON_FIELD_SELF("default", read_default), JSON_FIELD_SELF("transports", read_transports) };
	PolicyReading reading = { .keys = ret_keys };
	Json json = json_begin(bytes, length, arena);

	if (!json_object(&json, fields, G_N_ELEMENTS(fields), &reading) || !json_finish(&json))
		return json.problem ? json.problem : "it is no JSON";
	if (!reading.has_default)
		return "it has no default";
	for (size_t i = 0; i < ret_keys->count; i++)
		if (*ret_keys->items[i] != '/')
			return "the path of a key does not begin with /";
	return NULL;
}
