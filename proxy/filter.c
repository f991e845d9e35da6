/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/text.h"
#include "proxy/filter.h"
#include "request/json.h"

#define HIDDEN "Env"

typedef struct Inspected {
	PairList labels;
} Inspected;

static bool read_config(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("Labels", Inspected, labels, json_pairs) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

/* NAME, whatever its value, or NAME=VALUE. */
static bool has_label(const PairList *labels, const char *wanted)
{
	const char *equals = strchr(wanted, '=');
	size_t length = equals ? (size_t)(equals - wanted) : strlen(wanted);

	for (size_t i = 0; i < labels->count; i++)
		if (strlen(labels->items[i].key) == length && !memcmp(labels->items[i].key, wanted, length))
			return !equals || !strcmp(labels->items[i].value, equals + 1);
	return false;
}

static FilterResult look_at_labels(const char *json, size_t length, const char *labels, Arena *arena)
{
	static const JsonField fields[] = { JSON_FIELD_SELF("Config", read_config) };
	Json reader = json_begin(json, length, arena);
	Inspected inspected = { 0 };
	g_auto(GStrv) wanted = g_strsplit(labels, "\n", -1);

	if (!json_object(&reader, fields, G_N_ELEMENTS(fields), &inspected) || !json_finish(&reader))
		return FILTER_BAD;
	for (char **label = wanted; *label; label++)
		if (!has_label(&inspected.labels, *label))
			return FILTER_HIDDEN;
	return FILTER_SHOWN;
}

/* What is written of an object or a list. */
typedef struct Writing {
	Buffer *out;
	bool begun;
} Writing;

static bool write_value(Json *json, Buffer *out);

static void separate(Writing *writing)
{
	if (writing->begun)
		buffer_puts(writing->out, ",");
	writing->begun = true;
}

static bool write_member(Json *json, const char *key, void *target)
{
	Writing *writing = target;

	if (!g_ascii_strcasecmp(key, HIDDEN))
		return json_skip(json, NULL);
	separate(writing);
	buffer_json_string(writing->out, key, 0);
	buffer_puts(writing->out, ":");
	return write_value(json, writing->out);
}

static bool write_element(Json *json, void *target)
{
	Writing *writing = target;

	separate(writing);
	return write_value(json, writing->out);
}

static bool write_value(Json *json, Buffer *out)
{
	Writing writing = { .out = out };
	char first = json_peek(json);
	const char *start = json->at;
	bool good;

	if (first == '{') {
		buffer_puts(out, "{");
		good = json_map(json, write_member, &writing);
		buffer_puts(out, "}");
	} else if (first == '[') {
		buffer_puts(out, "[");
		good = json_array(json, write_element, &writing);
		buffer_puts(out, "]");
	} else {
		good = json_skip(json, NULL);
		if (good)
			buffer_append(out, start, (size_t)(json->at - start));
	}
	return good;
}

FilterResult filter_answer(const char *json, size_t length, const char *labels, bool no_environment, Arena *arena, const char **ret, size_t *ret_length)
{
	Buffer out = BUFFER_INIT(arena);
	Json reader = json_begin(json, length, arena);
	FilterResult result = *labels ? look_at_labels(json, length, labels, arena) : FILTER_SHOWN;

	*ret = json;
	*ret_length = length;
	if (result != FILTER_SHOWN || !no_environment)
		return result;
	if (json_peek(&reader) != '{' || !write_value(&reader, &out) || !json_finish(&reader))
		return FILTER_BAD;
	*ret = out.data;
	*ret_length = out.length;
	return FILTER_SHOWN;
}
