/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "request/list.h"
#include "request/typed/member.h"

void typed_flag(Typing *typing, const char *flag, const char *value)
{
	LIST_APPEND(typing->arena, &typing->flags, value ? arena_printf(typing->arena, "%s=%s", flag, value) : flag);
}

static bool empty_member(Json *json, const char *key G_GNUC_UNUSED, void *data)
{
	return typed_empty(json, NULL, data);
}

static bool empty_element(Json *json, void *data)
{
	return typed_empty(json, NULL, data);
}

/* The reader of JSON has said that it is JSON: what stands there is told by its first byte. */
bool typed_empty(Json *json, const char *flag G_GNUC_UNUSED, Typing *typing)
{
	const char *text = "";
	int64_t number = 0;
	bool set = false;

	while (json->at < json->end && g_ascii_isspace(*json->at))
		json->at++;
	switch (json->at < json->end ? *json->at : 0) {
	case '{':
		return json_map(json, empty_member, typing);
	case '[':
		return json_array(json, empty_element, typing);
	case '"':
		return json_string(json, &text) && !*text;
	case 't':
	case 'f':
		return json_bool(json, &set) && !set;
	case 'n':
		return json_null(json);
	default:
		return json_int(json, &number) && !number;
	}
}

bool typed_text(Json *json, const char *flag, Typing *typing)
{
	const char *text = "";

	if (!json_string(json, &text))
		return false;
	if (*text)
		typed_flag(typing, flag, text);
	return true;
}

bool typed_switch(Json *json, const char *flag, Typing *typing)
{
	bool set = false;

	if (!json_bool(json, &set))
		return false;
	if (set)
		typed_flag(typing, flag, NULL);
	return true;
}

bool typed_choice(Json *json, const char *flag, Typing *typing)
{
	bool set = false;

	if (json_null(json))
		return true;
	if (!json_bool(json, &set))
		return false;
	typed_flag(typing, flag, set ? "true" : "false");
	return true;
}

bool typed_number(Json *json, const char *flag, Typing *typing)
{
	int64_t number = 0;

	if (!json_int(json, &number))
		return false;
	if (number)
		typed_flag(typing, flag, arena_printf(typing->arena, "%" G_GINT64_FORMAT, number));
	return true;
}

bool typed_list(Json *json, const char *flag, Typing *typing)
{
	StringList list = { 0 };

	if (!json_strings(json, &list))
		return false;
	for (size_t i = 0; i < list.count; i++)
		typed_flag(typing, flag, list.items[i]);
	return true;
}

bool typed_pairs(Json *json, const char *flag, Typing *typing)
{
	PairList pairs = { 0 };

	if (!json_pairs(json, &pairs))
		return false;
	for (size_t i = 0; i < pairs.count; i++)
		typed_flag(typing, flag, arena_printf(typing->arena, "%s=%s", pairs.items[i].key, pairs.items[i].value));
	return true;
}

typedef struct TypedTable {
	const TypedMember *members;
	size_t count;
	Typing *typing;
} TypedTable;

static bool read_member(Json *json, const char *key, void *data)
{
	const TypedTable *table = data;

	for (size_t i = 0; i < table->count; i++)
		if (!strcmp(table->members[i].name, key))
			return table->members[i].read(json, table->members[i].flag, table->typing);
	return typed_empty(json, NULL, table->typing);
}

bool typed_object(Json *json, const TypedMember *members, size_t count, Typing *typing)
{
	return json_map(json, read_member, &(TypedTable){ members, count, typing });
}
