/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "cli/layout.h"
#include "cli/output.h"

static bool is_hidden(gunichar c)
{
	return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) || c == 0xad || (c >= 0x200b && c <= 0x200f && c != 0x200d) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff);
}

char *output_clean(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	GString *clean = g_string_sized_new(strlen(valid));

	for (char *at = valid; *at; at = g_utf8_next_char(at))
		(void)g_string_append_unichar(clean, is_hidden(g_utf8_get_char(at)) ? '?' : g_utf8_get_char(at));
	return g_string_free(clean, FALSE);
}

void output_set_text(JsonObject *object, const char *name, const char *text)
{
	g_autofree char *clean = output_clean(text);

	json_object_set_string_member(object, name, clean);
}

static void print_envelope(bool success, const char *member, JsonObject *content)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *time = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
	g_autoptr(JsonObject) envelope = json_object_new();
	g_autoptr(JsonNode) root = json_node_new(JSON_NODE_OBJECT);
	g_autoptr(JsonGenerator) generator = json_generator_new();

	json_object_set_boolean_member(envelope, "success", success);
	json_object_set_string_member(envelope, "timestamp", time);
	json_object_set_object_member(envelope, member, content);
	json_node_set_object(root, envelope);
	json_generator_set_root(generator, root);
	json_generator_set_pretty(generator, TRUE);
	g_autofree char *text = json_generator_to_data(generator, NULL);
	(void)puts(text);
}

void output_object(bool success, JsonObject *data)
{
	print_envelope(success, "data", data);
}

void output_array(bool success, const char *name, JsonArray *array)
{
	JsonObject *data = json_object_new();

	json_object_set_array_member(data, name, array);
	output_object(success, data);
}

int output_error(const Cli *cli, ExitCode code, const char *name, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *raw = g_strdup_vprintf(format, arguments), *message = output_clean(raw);
	va_end(arguments);
	if (!cli->json) {
		(void)fprintf(stderr, "sentinel: %s\n", message);
		return code;
	}
	JsonObject *error = json_object_new();
	json_object_set_string_member(error, "code", name);
	json_object_set_string_member(error, "message", message);
	json_object_set_object_member(error, "details", json_object_new());
	print_envelope(false, "error", error);
	return code;
}

char *output_paint(const Cli *cli, Paint paint, const char *text)
{
	static const char *const codes[] = { [PAINT_RED] = "31", [PAINT_YELLOW] = "33", [PAINT_GREEN] = "32", [PAINT_BOLD] = "1" };
	const char *never = g_getenv("NO_COLOR"), *terminal = g_getenv("TERM");

	if (cli->no_color || (never && *never) || !layout_is_terminal() || !g_strcmp0(terminal, "dumb"))
		return output_clean(text);
	g_autofree char *clean = output_clean(text);
	return g_strdup_printf("\033[%sm%s\033[0m", codes[paint], clean);
}
