/* SPDX-License-Identifier: MIT
 *
 * Whatever the bytes: an answer, no crash; and what is taken is UTF-8 without NUL.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "request/json.h"
#include "request/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Thing {
	bool flag, present;
	const char *text;
	int64_t number;
	StringList list;
	PairList map;
	size_t count;
} Thing;

/* The normal form of a profile is its own. */
static void check_profile(const char *text, size_t length, Arena *arena)
{
	const char *problem = NULL, *normal = profile_normal(text, length, arena, &problem);

	if ((normal == NULL) != (problem != NULL))
		abort();
	if (normal && g_strcmp0(normal, profile_normal(normal, strlen(normal), arena, &problem)) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const JsonField fields[] = {
		JSON_FIELD("Flag", Thing, flag, json_bool),       JSON_FIELD("Text", Thing, text, json_string),
		JSON_FIELD("Number", Thing, number, json_int),    JSON_FIELD("List", Thing, list, json_string_or_strings),
		JSON_FIELD("Map", Thing, map, json_pairs),        JSON_FIELD("Count", Thing, count, json_count),
		JSON_FIELD("Present", Thing, present, json_present),
	};
	g_autoptr(Arena) arena = arena_new();
	Json json = json_begin((const char *)data, size, arena);
	Thing thing = { .text = "" };

	bool good = json_object(&json, fields, G_N_ELEMENTS(fields), &thing) && json_finish(&json);
	if (good != (json.problem == NULL) || (good && !g_utf8_validate(thing.text, -1, NULL)))
		abort();
	check_profile((const char *)data, size, arena);
	return 0;
}
