/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "request/json.h"
#include "request/json-text.h"
#include "request/list.h"

#define KEY_SHOWN_BYTES 64u

bool json_refuse(Json *json, const char *what)
{
	if (!json->problem)
		json->problem = arena_printf(json->arena, "%s at byte %zu", what, (size_t)(json->at - json->start));
	return false;
}

static void skip_space(Json *json)
{
	while (json->at < json->end && (*json->at == ' ' || *json->at == '\t' || *json->at == '\n' || *json->at == '\r'))
		json->at++;
}

/* The first byte of what comes next, or 0 at the end (a NUL byte is refused like the end). */
static char peek(Json *json)
{
	skip_space(json);
	return json->at < json->end ? *json->at : 0;
}

static bool take(Json *json, char c)
{
	if (peek(json) != c)
		return false;
	json->at++;
	return true;
}

static bool take_word(Json *json, const char *word)
{
	size_t length = strlen(word);

	skip_space(json);
	if ((size_t)(json->end - json->at) < length || memcmp(json->at, word, length) != 0)
		return false;
	json->at += length;
	return true;
}

Json json_begin(const char *bytes, size_t length, Arena *arena)
{
	return (Json){ .start = bytes, .at = bytes, .end = bytes + length, .arena = arena };
}

bool json_finish(Json *json)
{
	skip_space(json);
	return json->at == json->end || json_refuse(json, "more text after the JSON value");
}

char json_peek(Json *json)
{
	return peek(json);
}

bool json_null(Json *json)
{
	return peek(json) == 'n' && take_word(json, "null");
}

static bool enter(Json *json)
{
	json->at++;
	return ++json->depth <= LIMIT_JSON_DEPTH || json_refuse(json, "too many levels of JSON");
}

static bool read_text(Json *json, JsonText *ret)
{
	const char *problem;

	if (peek(json) != '"')
		return json_refuse(json, "a string was expected");
	const char *after = json_text_read(json->at + 1, json->end, json->arena, ret, &problem);
	if (!after)
		return json_refuse(json, problem);
	json->at = after;
	return true;
}

/* The members of an object: `member` is called behind each colon. */
typedef struct Members {
	bool (*member)(Json *json, const JsonText *key, void *data);
	void *data;
} Members;

static bool read_members(Json *json, const Members *members)
{
	JsonText key;

	if (peek(json) != '{')
		return json_refuse(json, "an object was expected");
	if (!enter(json))
		return false;
	if (!take(json, '}')) {
		do {
			if (!read_text(json, &key))
				return false;
			if (!take(json, ':'))
				return json_refuse(json, "':' was expected");
			if (!members->member(json, &key, members->data))
				return false;
		} while (take(json, ','));
		if (!take(json, '}'))
			return json_refuse(json, "',' or '}' was expected");
	}
	json->depth--;
	return true;
}

/* The members that are wanted, and those that were there. */
typedef struct Table {
	const JsonField *fields;
	size_t count;
	uint64_t seen;
	void *base;
	uint64_t by_length[JSON_LONGEST_NAME + 1]; /* the fields with names of each length, a bit each */
} Table;

/* ASCII letters of a name match in any case. */
static bool name_is(const JsonField *field, const char *key)
{
	for (size_t i = 0; i < field->length; i++) {
		unsigned char different = (unsigned char)(field->name[i] ^ key[i]);
		if (different && (different != 0x20 || !g_ascii_isalpha(field->name[i])))
			return false;
	}
	return true;
}

static const JsonField *find_field(const Table *table, const JsonText *key)
{
	char folded[JSON_LONGEST_NAME];
	const char *name = key->ascii ? key->text : folded;
	size_t length = key->ascii ? key->length : json_text_fold(key, folded, sizeof folded);

	if (length > JSON_LONGEST_NAME)
		return NULL;
	for (uint64_t left = table->by_length[length]; left; left &= left - 1) {
		const JsonField *field = &table->fields[__builtin_ctzll(left)];
		if (name_is(field, name))
			return field;
	}
	return NULL;
}

static bool read_field(Json *json, const JsonText *key, void *data)
{
	Table *table = data;
	const JsonField *field = find_field(table, key);

	if (!field)
		return json_skip(json, NULL);
	uint64_t bit = UINT64_C(1) << (field - table->fields);
	if (table->seen & bit)
		return json_refuse(json, arena_printf(json->arena, "\"%s\" is there twice", field->name));
	table->seen |= bit;
	return field->read(json, (char *)table->base + field->offset);
}

bool json_object(Json *json, const JsonField *fields, size_t count, void *base)
{
	Table table = { .fields = fields, .count = count, .base = base };

	g_assert(count <= JSON_MAX_FIELDS);
	for (size_t i = 0; i < count; i++)
		table.by_length[fields[i].length] |= UINT64_C(1) << i;
	return json_null(json) || read_members(json, &(Members){ read_field, &table });
}

typedef struct Map {
	JsonMember value;
	void *target;
	StringList keys;
} Map;

static bool read_entry(Json *json, const JsonText *key, void *data)
{
	Map *map = data;
	const char *name = arena_strndup(json->arena, key->text, key->length);

	if (map->keys.count == LIMIT_JSON_MEMBERS)
		return json_refuse(json, "too many members");
	LIST_APPEND(json->arena, &map->keys, name);
	return map->value(json, name, map->target);
}

static int compare_keys(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted, so that many keys cost no more than their reading. */
static bool check_twice(Json *json, StringList *keys)
{
	if (keys->count > 1)
		qsort(keys->items, keys->count, sizeof *keys->items, compare_keys);
	for (size_t i = 1; i < keys->count; i++)
		if (!strcmp(keys->items[i - 1], keys->items[i]))
			return json_refuse(json, arena_printf(json->arena, "the key \"%s\" is there twice", text_printable(json->arena, keys->items[i], KEY_SHOWN_BYTES)));
	return true;
}

bool json_map(Json *json, JsonMember value, void *target)
{
	Map map = { .value = value, .target = target };

	if (json_null(json))
		return true;
	return read_members(json, &(Members){ read_entry, &map }) && check_twice(json, &map.keys);
}

bool json_array(Json *json, JsonReader element, void *target)
{
	size_t count = 0;

	if (json_null(json))
		return true;
	if (peek(json) != '[')
		return json_refuse(json, "an array was expected");
	if (!enter(json))
		return false;
	if (!take(json, ']')) {
		do {
			if (++count > LIMIT_JSON_ITEMS)
				return json_refuse(json, "too many elements");
			if (!element(json, target))
				return false;
		} while (take(json, ','));
		if (!take(json, ']'))
			return json_refuse(json, "',' or ']' was expected");
	}
	json->depth--;
	return true;
}

bool json_bool(Json *json, void *target)
{
	bool *value = target;

	if (json_null(json))
		return true;
	if (take_word(json, "true"))
		return *value = true;
	if (!take_word(json, "false"))
		return json_refuse(json, "true or false was expected");
	*value = false;
	return true;
}

bool json_string(Json *json, void *target)
{
	JsonText text;

	if (json_null(json))
		return true;
	if (!read_text(json, &text))
		return false;
	*(const char **)target = arena_strndup(json->arena, text.text, text.length);
	return true;
}

bool json_int(Json *json, void *target)
{
	char digits[32];
	bool integer;

	if (json_null(json))
		return true;
	skip_space(json);
	size_t length = json_number_length(json->at, json->end, &integer);
	if (!length || !integer || length >= sizeof digits)
		return json_refuse(json, "a whole number was expected");
	memcpy(digits, json->at, length);
	digits[length] = 0;
	errno = 0;
	long long value = strtoll(digits, NULL, 10);
	if (errno)
		return json_refuse(json, "a number out of range");
	*(int64_t *)target = value;
	json->at += length;
	return true;
}

static bool append_string(Json *json, void *target)
{
	const char *text = "";

	if (!json_string(json, &text))
		return false;
	LIST_APPEND(json->arena, (StringList *)target, text);
	return true;
}

bool json_strings(Json *json, void *target)
{
	return json_array(json, append_string, target);
}

bool json_string_or_strings(Json *json, void *target)
{
	return peek(json) == '"' ? append_string(json, target) : json_strings(json, target);
}

static bool append_pair(Json *json, const char *key, void *target)
{
	Pair pair = { key, "" };

	if (!json_string(json, &pair.value))
		return false;
	LIST_APPEND(json->arena, (PairList *)target, pair);
	return true;
}

bool json_pairs(Json *json, void *target)
{
	return json_map(json, append_pair, target);
}

static bool count_element(Json *json, void *target)
{
	++*(size_t *)target;
	return json_skip(json, NULL);
}

bool json_count(Json *json, void *target)
{
	return json_array(json, count_element, target);
}

bool json_present(Json *json, void *target)
{
	if (json_null(json))
		return true;
	*(bool *)target = true;
	return json_skip(json, NULL);
}

static bool skip_member(Json *json, const JsonText *key G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
	return json_skip(json, NULL);
}

static bool skip_text(Json *json)
{
	const char *behind = json_text_skip(json->at + 1, json->end);

	if (!behind)
		return json_refuse(json, "a string without an end, or with a control character in it");
	json->at = behind;
	return true;
}

bool json_skip(Json *json, void *target G_GNUC_UNUSED)
{
	JsonText text;
	bool integer, flag;

	switch (peek(json)) {
	case '{':
		return read_members(json, &(Members){ skip_member, NULL });
	case '[':
		return json_array(json, json_skip, NULL);
	case '"':
		return json->lenient ? skip_text(json) : read_text(json, &text);
	case 't':
	case 'f':
		return json_bool(json, &flag);
	case 'n':
		return json_null(json) || json_refuse(json, "an unknown word");
	default:
		break;
	}
	size_t length = json_number_length(json->at, json->end, &integer);
	json->at += length;
	return length || json_refuse(json, "a JSON value was expected");
}
