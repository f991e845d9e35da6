/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <string.h>
#include "cli/yaml-write.h"

#define STEP 2u
#define FLOW_BYTES 100u /* a list of plain words that is not longer stands in one line */

static void write_value(GString *out, JsonNode *node, unsigned indent);

/* Read as the same text by every reader of YAML. */
static bool is_plain_word(const char *text)
{
	static const char *const doubtful[] = { "true", "false", "null", "yes", "no", "on", "off", "y", "n", NULL };
	g_autofree char *lower = g_ascii_strdown(text, -1);

	return (g_ascii_isalpha(*text) || *text == '/' || *text == '_') && !text[strspn(text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_./-")] &&
	       !g_strv_contains(doubtful, lower);
}

static void write_text(GString *out, const char *text)
{
	if (is_plain_word(text)) {
		g_string_append(out, text);
		return;
	}
	/* JSON's quotes are YAML's. */
	g_autoptr(JsonNode) node = json_node_init_string(json_node_alloc(), text);
	g_autofree char *quoted = json_to_string(node, FALSE);
	g_string_append(out, quoted);
}

static void write_scalar(GString *out, JsonNode *node)
{
	if (JSON_NODE_HOLDS_NULL(node)) {
		g_string_append(out, "~");
		return;
	}
	if (json_node_get_value_type(node) == G_TYPE_STRING) {
		write_text(out, json_node_get_string(node));
		return;
	}
	g_autofree char *text = json_to_string(node, FALSE);
	g_string_append(out, text);
}

/* "[a, b]"; false: it needs lines. */
static bool write_flow(GString *out, JsonArray *array)
{
	g_autoptr(GString) line = g_string_new("[");

	for (guint i = 0; i < json_array_get_length(array); i++) {
		JsonNode *element = json_array_get_element(array, i);
		if (!JSON_NODE_HOLDS_VALUE(element))
			return false;
		g_string_append(line, i ? ", " : "");
		write_scalar(line, element);
	}
	if (line->len > FLOW_BYTES)
		return false;
	g_string_append_printf(out, "%s]", line->str);
	return true;
}

static void write_members(GString *out, JsonObject *object, unsigned indent)
{
	g_autoptr(GList) names = json_object_get_members(object);

	for (GList *at = names; at; at = at->next) {
		if (at != names)
			g_string_append_printf(out, "\n%*s", (int)indent, "");
		write_text(out, at->data);
		g_string_append_c(out, ':');
		write_value(out, json_object_get_member(object, at->data), indent);
	}
}

static void write_list(GString *out, JsonArray *array, unsigned indent)
{
	for (guint i = 0; i < json_array_get_length(array); i++) {
		JsonNode *element = json_array_get_element(array, i);
		g_string_append_printf(out, "\n%*s-", (int)indent, "");
		if (JSON_NODE_HOLDS_OBJECT(element) && json_object_get_size(json_node_get_object(element))) {
			g_string_append_c(out, ' ');
			write_members(out, json_node_get_object(element), indent + STEP);
		} else {
			write_value(out, element, indent);
		}
	}
}

/* Behind "key:" or "-". */
static void write_value(GString *out, JsonNode *node, unsigned indent)
{
	if (JSON_NODE_HOLDS_OBJECT(node) && json_object_get_size(json_node_get_object(node))) {
		g_string_append_printf(out, "\n%*s", (int)(indent + STEP), "");
		write_members(out, json_node_get_object(node), indent + STEP);
		return;
	}
	if (JSON_NODE_HOLDS_ARRAY(node)) {
		g_string_append_c(out, ' ');
		if (!write_flow(out, json_node_get_array(node))) {
			g_string_truncate(out, out->len - 1);
			write_list(out, json_node_get_array(node), indent + STEP);
		}
		return;
	}
	g_string_append_c(out, ' ');
	if (JSON_NODE_HOLDS_OBJECT(node))
		g_string_append(out, "{}");
	else
		write_scalar(out, node);
}

void yaml_write(GString *out, JsonObject *object)
{
	write_members(out, object, 0);
	g_string_append_c(out, '\n');
}
