/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include "cli/output.h"
#include "cli/variant.h"

#define FINDING_WORDS 5

JsonArray *variant_read_findings(sd_bus_message *message)
{
	static const char *const names[FINDING_WORDS] = { "rule", "severity", "category", "action", "message" };
	g_autoptr(JsonArray) findings = json_array_new();
	const char *words[FINDING_WORDS];
	int r = sd_bus_message_enter_container(message, 'a', "(sssss)");

	while (r >= 0 && (r = sd_bus_message_read(message, "(sssss)", &words[0], &words[1], &words[2], &words[3], &words[4])) > 0) {
		JsonObject *finding = json_object_new();
		for (size_t i = 0; i < FINDING_WORDS; i++)
			output_set_text(finding, names[i], words[i]);
		json_array_add_object_element(findings, finding);
	}
	return r < 0 || sd_bus_message_exit_container(message) < 0 ? NULL : g_steal_pointer(&findings);
}

JsonArray *variant_read_strings(sd_bus_message *message)
{
	g_autoptr(JsonArray) strings = json_array_new();
	const char *text;
	int r = sd_bus_message_enter_container(message, 'a', "s");

	while (r >= 0 && (r = sd_bus_message_read_basic(message, 's', &text)) > 0) {
		g_autofree char *clean = output_clean(text);
		json_array_add_string_element(strings, clean);
	}
	return r < 0 || sd_bus_message_exit_container(message) < 0 ? NULL : g_steal_pointer(&strings);
}

static JsonArray *read_numbers(sd_bus_message *message)
{
	g_autoptr(JsonArray) numbers = json_array_new();
	int32_t number;
	int r = sd_bus_message_enter_container(message, 'a', "i");

	while (r >= 0 && (r = sd_bus_message_read_basic(message, 'i', &number)) > 0)
		json_array_add_int_element(numbers, number);
	return r < 0 || sd_bus_message_exit_container(message) < 0 ? NULL : g_steal_pointer(&numbers);
}

JsonArray *variant_read_dicts(sd_bus_message *message)
{
	g_autoptr(JsonArray) dicts = json_array_new();
	int r = sd_bus_message_enter_container(message, 'a', "a{sv}");

	while (r >= 0 && sd_bus_message_at_end(message, false) == 0) {
		JsonObject *dict = variant_read_dict(message);
		if (!dict)
			return NULL;
		json_array_add_object_element(dicts, dict);
	}
	return r < 0 || sd_bus_message_exit_container(message) < 0 ? NULL : g_steal_pointer(&dicts);
}

static int read_array(sd_bus_message *message, const char *contents, JsonObject *object, const char *name)
{
	JsonArray *array = !strcmp(contents, "as") ? variant_read_strings(message) : !strcmp(contents, "ai") ? read_numbers(message)
		: !strcmp(contents, "a(sssss)") ? variant_read_findings(message)
		: !strcmp(contents, "aa{sv}") ? variant_read_dicts(message) : NULL;

	if (!array)
		return -EBADMSG;
	json_object_set_array_member(object, name, array);
	return 0;
}

static int read_value(sd_bus_message *message, const char *contents, JsonObject *object, const char *name)
{
	union { const char *text; uint64_t number; uint32_t small; int flag; } value = { .number = 0 };
	int r = *contents == 'a' ? read_array(message, contents, object, name) : sd_bus_message_read_basic(message, *contents, &value);

	if (r < 0)
		return r;
	switch (*contents) {
	case 's':
		output_set_text(object, name, value.text);
		break;
	case 't':
		json_object_set_int_member(object, name, (gint64)value.number);
		break;
	case 'u':
		json_object_set_int_member(object, name, value.small);
		break;
	case 'b':
		json_object_set_boolean_member(object, name, value.flag);
		break;
	default:
		break;
	}
	return 0;
}

static int read_entry(sd_bus_message *message, JsonObject *object)
{
	const char *name, *contents;
	int r;

	if ((r = sd_bus_message_read_basic(message, 's', &name)) < 0 || (r = sd_bus_message_peek_type(message, NULL, &contents)) < 0 ||
		(r = sd_bus_message_enter_container(message, 'v', contents)) < 0 || (r = read_value(message, contents, object, name)) < 0 ||
		(r = sd_bus_message_exit_container(message)) < 0)
		return r;
	return sd_bus_message_exit_container(message);
}

JsonObject *variant_read_dict(sd_bus_message *message)
{
	g_autoptr(JsonObject) object = json_object_new();
	int r = sd_bus_message_enter_container(message, 'a', "{sv}");

	while (r >= 0 && (r = sd_bus_message_enter_container(message, 'e', "sv")) > 0)
		r = read_entry(message, object);
	return r < 0 || sd_bus_message_exit_container(message) < 0 ? NULL : g_steal_pointer(&object);
}
