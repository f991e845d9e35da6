/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "request/list.h"
#include "request/normal.h"

#define FRAME_BYTES 4u /* around a name: ,"": */

/* Of every list in a Request. */
typedef struct Items {
	char *items;
	size_t count;
} Items;

static const void *of(const NormalMember *member, const void *base)
{
	return (const char *)base + member->offset;
}

static unsigned word_of(const void *at)
{
	unsigned value;

	memcpy(&value, at, sizeof value);
	return value;
}

static bool is_nothing(const NormalMember *member, const void *at)
{
	switch (member->form) {
	case NORMAL_TEXT:
		return !*(const char *const *)at || !**(const char *const *)at; /* an Engine that nobody asked has none */
	case NORMAL_MAYBE:
	case NORMAL_POINTER:
		return !*(const void *const *)at;
	case NORMAL_FLAG:
		return !*(const bool *)at;
	case NORMAL_NUMBER:
		return !*(const int64_t *)at;
	case NORMAL_SMALL:
	case NORMAL_WORD:
		return !word_of(at);
	case NORMAL_WORDS:
	case NORMAL_LIST:
		return !((const Items *)at)->count;
	case NORMAL_PART:
		break;
	}
	return false;
}

static void put_words(Buffer *out, const StringList *words)
{
	for (size_t i = 0; i < words->count; i++) {
		buffer_puts(out, i ? "," : "[");
		buffer_json_string(out, words->items[i], 0);
	}
	buffer_puts(out, "]");
}

static void put_items(Buffer *out, const NormalPart *part, const Items *list)
{
	for (size_t i = 0; i < list->count; i++) {
		buffer_puts(out, i ? "," : "[");
		normal_put(out, part, list->items + i * part->size);
	}
	buffer_puts(out, "]");
}

static void put_value(Buffer *out, const NormalMember *member, const void *at)
{
	const NormalWords *words = member->detail;

	switch (member->form) {
	case NORMAL_TEXT:
	case NORMAL_MAYBE:
		buffer_json_string(out, *(const char *const *)at, 0);
		return;
	case NORMAL_FLAG:
		buffer_puts(out, "true");
		return;
	case NORMAL_NUMBER:
		buffer_printf(out, "%" G_GINT64_FORMAT, *(const int64_t *)at);
		return;
	case NORMAL_SMALL:
		buffer_printf(out, "%u", word_of(at));
		return;
	case NORMAL_WORD:
		buffer_json_string(out, words->words[word_of(at)], 0);
		return;
	case NORMAL_WORDS:
		put_words(out, at);
		return;
	case NORMAL_LIST:
		put_items(out, member->detail, at);
		return;
	case NORMAL_POINTER:
		normal_put(out, member->detail, *(const void *const *)at);
		return;
	case NORMAL_PART:
		normal_put(out, member->detail, at);
	}
}

void normal_put(Buffer *out, const NormalPart *part, const void *base)
{
	bool first = true;

	buffer_append(out, "{", 1);
	for (size_t i = 0; i < part->count; i++) {
		const NormalMember *member = &part->members[i];
		const void *at = of(member, base);
		size_t before = out->length;
		if (is_nothing(member, at))
			continue;
		buffer_append(out, member->text + first, member->length - first); /* without the comma */
		size_t value = out->length;
		put_value(out, member, at);
		if (member->form == NORMAL_PART && out->length == value + 2) {
			out->length = before; /* nothing in it */
			out->data[before] = 0;
			continue;
		}
		first = false;
	}
	buffer_append(out, "}", 1);
}

/* One struct while it is read. */
typedef struct Frame {
	const NormalPart *part;
	void *base;
} Frame;

static void clear(const NormalPart *part, void *base)
{
	memset(base, 0, part->size);
	for (size_t i = 0; i < part->count; i++) {
		void *at = (char *)base + part->members[i].offset;
		if (part->members[i].form == NORMAL_TEXT)
			*(const char **)at = "";
	}
}

/* Parts begin where the struct around them has been cleared already: only their texts are missing. */
static void clear_parts(const NormalPart *part, void *base)
{
	for (size_t i = 0; i < part->count; i++) {
		const NormalMember *member = &part->members[i];
		if (member->form != NORMAL_PART)
			continue;
		clear(member->detail, (char *)base + member->offset);
		clear_parts(member->detail, (char *)base + member->offset);
	}
}

static bool get_small(Json *json, void *at)
{
	int64_t number = 0;

	if (!json_int(json, &number))
		return false;
	if (number < 0 || number > UINT32_MAX)
		return json_refuse(json, "a number is out of range");
	uint32_t small = (uint32_t)number;
	memcpy(at, &small, sizeof small);
	return true;
}

static bool get_word(Json *json, const NormalWords *words, void *at)
{
	const char *word = "";

	if (!json_string(json, &word))
		return false;
	for (unsigned i = 0; i < words->count; i++) {
		if (strcmp(words->words[i], word) != 0)
			continue;
		memcpy(at, &i, sizeof i);
		return true;
	}
	return json_refuse(json, "a word is not known");
}

static bool get_item(Json *json, void *target)
{
	Frame *frame = target;
	Items *list = frame->base;
	const size_t size = frame->part->size, count = list->count;

	if (!(count & (count - 1)) && (count >= LIST_FIRST_ROOM || !count))
		list->items = list_grow(json->arena, list->items, count, size);
	if (!normal_get(json, frame->part, list->items + count * size))
		return false;
	list->count++;
	return true;
}

static bool get_value(Json *json, const NormalMember *member, void *at)
{
	Frame inner = { member->detail, at };

	switch (member->form) {
	case NORMAL_TEXT:
	case NORMAL_MAYBE:
		return json_string(json, at);
	case NORMAL_FLAG:
		return json_bool(json, at);
	case NORMAL_NUMBER:
		return json_int(json, at);
	case NORMAL_SMALL:
		return get_small(json, at);
	case NORMAL_WORD:
		return get_word(json, member->detail, at);
	case NORMAL_WORDS:
		return json_strings(json, at);
	case NORMAL_LIST:
		return json_array(json, get_item, &inner);
	case NORMAL_POINTER:
		*(void **)at = arena_alloc(json->arena, inner.part->size);
		return normal_get(json, member->detail, *(void **)at);
	case NORMAL_PART:
		return normal_get(json, member->detail, at);
	}
	return false;
}

static bool get_member(Json *json, const char *key, void *target)
{
	const Frame *frame = target;

	const size_t length = strlen(key);

	for (size_t i = 0; i < frame->part->count; i++) {
		const NormalMember *member = &frame->part->members[i];
		if (length + FRAME_BYTES == member->length && !memcmp(member->text + 2, key, length))
			return get_value(json, member, (char *)frame->base + member->offset);
	}
	return json_refuse(json, "a member is not known");
}

bool normal_get(Json *json, const NormalPart *part, void *base)
{
	Frame frame = { part, base };

	clear(part, base);
	clear_parts(part, base);
	return json_map(json, get_member, &frame);
}
