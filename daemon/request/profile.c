/* SPDX-License-Identifier: MIT */
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "request/json.h"
#include "request/list.h"
#include "request/profile.h"

#define NAME_SHOWN_BYTES 64u

typedef struct Member {
	const char *name, *value; /* the value's normal form */
} Member;

typedef struct MemberList {
	Member *items;
	size_t count;
} MemberList;

static bool read_value(Json *json, void *target);

static bool read_member(Json *json, const char *name, void *target)
{
	Member member = { name, NULL };

	for (const char *c = name; *c; c++)
		if ((unsigned char)*c >= 0x80)
			return json_refuse(json, "the name of a member has other characters than ASCII");
	if (!read_value(json, &member.value))
		return false;
	LIST_APPEND(json->arena, (MemberList *)target, member);
	return true;
}

static int compare_bytes(const void *a, const void *b)
{
	return strcmp(((const Member *)a)->name, ((const Member *)b)->name);
}

static int compare_folded(const void *a, const void *b)
{
	return g_ascii_strcasecmp(((const Member *)a)->name, ((const Member *)b)->name);
}

static void sort(MemberList *members, int (*compare)(const void *a, const void *b))
{
	if (members->count > 1)
		qsort(members->items, members->count, sizeof *members->items, compare);
}

/* Sorted in any case, names that Go takes for one stand side by side. */
static bool check_cases(Json *json, MemberList *members)
{
	sort(members, compare_folded);
	for (size_t i = 1; i < members->count; i++)
		if (!compare_folded(&members->items[i - 1], &members->items[i]))
			return json_refuse(json,
				arena_printf(json->arena, "the member \"%s\" is there twice", text_printable(json->arena, members->items[i].name, NAME_SHOWN_BYTES)));
	return true;
}

static bool read_object(Json *json, Buffer *out)
{
	MemberList members = { 0 };

	if (!json_map(json, read_member, &members) || !check_cases(json, &members))
		return false;
	sort(&members, compare_bytes);
	buffer_puts(out, "{");
	for (size_t i = 0; i < members.count; i++) {
		buffer_puts(out, i ? "," : "");
		buffer_json_string(out, members.items[i].name, 0);
		buffer_puts(out, ":");
		buffer_puts(out, members.items[i].value);
	}
	buffer_puts(out, "}");
	return true;
}

static bool read_element(Json *json, void *target)
{
	StringList *elements = target;
	const char *value;

	if (!read_value(json, &value))
		return false;
	LIST_APPEND(json->arena, elements, value);
	return true;
}

static bool read_array(Json *json, Buffer *out)
{
	StringList elements = { 0 };

	if (!json_array(json, read_element, &elements))
		return false;
	buffer_puts(out, "[");
	for (size_t i = 0; i < elements.count; i++) {
		buffer_puts(out, i ? "," : "");
		buffer_puts(out, elements.items[i]);
	}
	buffer_puts(out, "]");
	return true;
}

static bool read_string(Json *json, Buffer *out)
{
	const char *text = "";

	if (!json_string(json, &text))
		return false;
	buffer_json_string(out, text, 0);
	return true;
}

/* A number or a word: the reader takes only one spelling of the words. */
static bool read_plain(Json *json, Buffer *out)
{
	const char *start = json->at;

	if (!json_skip(json, NULL))
		return false;
	buffer_append(out, start, (size_t)(json->at - start));
	return true;
}

static bool read_value(Json *json, void *target)
{
	Buffer out = BUFFER_INIT(json->arena);
	bool good;

	while (json->at < json->end && strchr(" \t\r\n", *json->at) && *json->at)
		json->at++;
	switch (json->at < json->end ? *json->at : 0) {
	case '{':
		good = read_object(json, &out);
		break;
	case '[':
		good = read_array(json, &out);
		break;
	case '"':
		good = read_string(json, &out);
		break;
	default:
		good = read_plain(json, &out);
		break;
	}
	*(const char **)target = out.data;
	return good;
}

const char *profile_normal(const char *text, size_t length, Arena *arena, const char **ret_problem)
{
	Json json = json_begin(text, length, arena);
	const char *normal;

	if (!read_value(&json, &normal) || !json_finish(&json)) {
		*ret_problem = json.problem;
		return NULL;
	}
	if (*normal != '{') {
		*ret_problem = "a profile is a JSON object";
		return NULL;
	}
	return normal;
}

const char *profile_digest(const char *text, size_t length, Arena *arena, const char **ret_problem)
{
	const char *normal = profile_normal(text, length, arena, ret_problem);

	if (!normal)
		return NULL;
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, normal, -1);
	return arena_concat(arena, PROFILE_DIGEST, digest);
}
