/* SPDX-License-Identifier: MIT
 *
 * From an old file to a new one: keys that stand elsewhere now, and are said otherwise.
 */
#include <string.h>
#include "base/old-keys.h"
#include "cli/policy-import.h"

/* How the value of an old key is said in its new place. */
typedef enum Turn {
	TURN_SAME,
	TURN_ALLOW, /* true: allow, false: block */
	TURN_BLOCK, /* the other way round */
	TURN_NAMES, /* words become {name: WORD} */
	TURN_PATHS, /* ... {path: WORD} */
} Turn;

static Turn turn_of(const char *key, const char *target)
{
	static const struct { const char *target; Turn turn; } lists[] = {
		{ "rules.capabilities.blocked", TURN_NAMES }, { "rules.mounts.blocked", TURN_PATHS }, { "rules.mounts.warned", TURN_PATHS },
	};

	if (g_str_has_suffix(target, ".action"))
		return g_str_has_prefix(key, "allow_") ? TURN_ALLOW : TURN_BLOCK;
	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
		if (!strcmp(lists[i].target, target))
			return lists[i].turn;
	return TURN_SAME;
}

/* NULL: it is not what such a key has. */
static JsonNode *turn_flag(JsonNode *value, bool allows)
{
	if (json_node_get_value_type(value) != G_TYPE_BOOLEAN)
		return NULL;
	return json_node_init_string(json_node_alloc(), (bool)json_node_get_boolean(value) == allows ? "allow" : "block");
}

static JsonNode *turn_list(JsonNode *value, const char *member)
{
	g_autoptr(JsonArray) turned = json_array_new();

	if (!JSON_NODE_HOLDS_ARRAY(value))
		return NULL;
	for (guint i = 0; i < json_array_get_length(json_node_get_array(value)); i++) {
		JsonNode *element = json_array_get_element(json_node_get_array(value), i);
		if (json_node_get_value_type(element) != G_TYPE_STRING) {
			json_array_add_element(turned, json_node_copy(element));
			continue;
		}
		JsonObject *entry = json_object_new();
		json_object_set_string_member(entry, member, json_node_get_string(element));
		json_array_add_object_element(turned, entry);
	}
	JsonNode *node = json_node_new(JSON_NODE_ARRAY);
	json_node_set_array(node, turned);
	return node;
}

static JsonNode *turn(Turn turn, JsonNode *value)
{
	switch (turn) {
	case TURN_ALLOW:
	case TURN_BLOCK:
		return turn_flag(value, turn == TURN_ALLOW);
	case TURN_NAMES:
		return turn_list(value, "name");
	case TURN_PATHS:
		return turn_list(value, "path");
	case TURN_SAME:
		break;
	}
	return json_node_copy(value);
}

/* A map into a map that is there already, each key once. */
static bool merge(JsonObject *into, JsonNode *value)
{
	g_autoptr(GList) names = NULL;

	if (!JSON_NODE_HOLDS_OBJECT(value))
		return false;
	names = json_object_get_members(json_node_get_object(value));
	for (GList *at = names; at; at = at->next) {
		JsonNode *member = json_object_get_member(json_node_get_object(value), at->data);
		JsonNode *there = json_object_has_member(into, at->data) ? json_object_get_member(into, at->data) : NULL;
		if (there && !(JSON_NODE_HOLDS_OBJECT(there) && merge(json_node_get_object(there), member)))
			return false;
		if (!there)
			json_object_set_member(into, at->data, json_node_copy(member));
	}
	return true;
}

/* Takes `value`.  False: something is there already. */
static bool put(JsonObject *root, const char *target, JsonNode *value)
{
	g_auto(GStrv) names = g_strsplit(target, ".", -1);
	char **name = names;
	bool good = true;

	for (; good && name[1]; name++) {
		if (!json_object_has_member(root, *name))
			json_object_set_object_member(root, *name, json_object_new());
		JsonNode *inner = json_object_get_member(root, *name);
		good = JSON_NODE_HOLDS_OBJECT(inner);
		if (good)
			root = json_node_get_object(inner);
	}
	JsonNode *there = good && json_object_has_member(root, *name) ? json_object_get_member(root, *name) : NULL;
	if (there)
		good = JSON_NODE_HOLDS_OBJECT(there) && merge(json_node_get_object(there), value);
	if (good && !there)
		json_object_set_member(root, *name, json_node_copy(value));
	json_node_unref(value);
	return good;
}

static bool move_key(JsonObject *from, const char *key, JsonObject *to, JsonArray *moved, char **ret_problem)
{
	const char *target = old_key_now(key);
	JsonNode *value = json_object_get_member(from, key), *turned = target ? turn(turn_of(key, target), value) : json_node_copy(value);

	if (!turned) {
		*ret_problem = g_strdup_printf("%s: its value is not what this key had; write %s by hand", key, target);
		return false;
	}
	if (!put(to, target ? target : key, turned)) {
		*ret_problem = g_strdup_printf("%s: %s is there as well; keep one of them", key, target ? target : key);
		return false;
	}
	if (target) {
		JsonObject *one = json_object_new();
		json_object_set_string_member(one, "from", key);
		json_object_set_string_member(one, "to", target);
		json_array_add_object_element(moved, one);
	}
	return true;
}

/* {name: WORD} alone is WORD; {KEY: VALUE} is KEY=VALUE. */
static JsonNode *turn_entries(JsonNode *value, bool pairs)
{
	g_autoptr(JsonArray) turned = json_array_new();
	const bool list = !pairs && JSON_NODE_HOLDS_ARRAY(value), map = pairs && JSON_NODE_HOLDS_OBJECT(value);
	g_autoptr(GList) names = map ? json_object_get_members(json_node_get_object(value)) : NULL;

	for (guint i = 0; list && i < json_array_get_length(json_node_get_array(value)); i++) {
		JsonNode *entry = json_array_get_element(json_node_get_array(value), i);
		JsonObject *object = JSON_NODE_HOLDS_OBJECT(entry) ? json_node_get_object(entry) : NULL;
		const char *name = object && json_object_get_size(object) == 1 ? json_object_get_string_member_with_default(object, "name", NULL) : NULL;
		json_array_add_element(turned, name ? json_node_init_string(json_node_alloc(), name) : json_node_copy(entry));
	}
	for (GList *at = names; at; at = at->next) {
		JsonNode *member = json_object_get_member(json_node_get_object(value), at->data);
		if (json_node_get_value_type(member) != G_TYPE_STRING)
			return json_node_copy(value); /* what it means is not certain */
		g_autofree char *pair = g_strconcat(at->data, "=", json_node_get_string(member), NULL);
		json_array_add_string_element(turned, pair);
	}
	if (!list && !map)
		return json_node_copy(value);
	JsonNode *node = json_node_new(JSON_NODE_ARRAY);
	json_node_set_array(node, turned);
	return node;
}

static void turn_member(JsonObject *object, const char *name, bool pairs)
{
	if (object && json_object_has_member(object, name))
		json_object_set_member(object, name, turn_entries(json_object_get_member(object, name), pairs));
}

/* What stands where it stood and is said otherwise: the labels of exceptions, in whatever rule, and allowed capabilities. */
static void turn_nested(JsonNode *node, const char *name)
{
	if (JSON_NODE_HOLDS_ARRAY(node)) {
		for (guint i = 0; i < json_array_get_length(json_node_get_array(node)); i++) {
			JsonNode *element = json_array_get_element(json_node_get_array(node), i);
			if (!g_strcmp0(name, "exceptions") && JSON_NODE_HOLDS_OBJECT(element))
				turn_member(json_node_get_object(element), "labels", true);
		}
	}
	if (!JSON_NODE_HOLDS_OBJECT(node))
		return;
	if (!g_strcmp0(name, "capabilities"))
		turn_member(json_node_get_object(node), "allowed", false);
	g_autoptr(GList) names = json_object_get_members(json_node_get_object(node));
	for (GList *at = names; at; at = at->next)
		turn_nested(json_object_get_member(json_node_get_object(node), at->data), at->data);
}

JsonObject *import_keys(JsonObject *old, JsonArray *moved, char **ret_problem)
{
	static const char *const first[] = { "version", "name", "description", "mode", "enforcement_mode", "settings", "rules" };
	JsonObject *new = json_object_new();
	g_autoptr(GList) names = json_object_get_members(old);
	bool good = true;

	for (size_t i = 0; good && i < G_N_ELEMENTS(first); i++)
		if (json_object_has_member(old, first[i]))
			good = move_key(old, first[i], new, moved, ret_problem);
	for (GList *at = names; good && at; at = at->next) {
		bool done = false;
		for (size_t i = 0; i < G_N_ELEMENTS(first); i++)
			done |= !strcmp(first[i], at->data);
		if (!done)
			good = move_key(old, at->data, new, moved, ret_problem);
	}
	if (!good) {
		g_clear_pointer(&new, json_object_unref);
		return NULL;
	}
	if (json_object_has_member(new, "rules"))
		turn_nested(json_object_get_member(new, "rules"), "rules");
	return new;
}

const char *import_setting_now(const char *key)
{
	static const struct { const char *key, *now; } rows[] = {
		{ "version", "nothing" },
		{ "mode", "mode of a policy" },
		{ "global_settings", "settings and rules of a policy" },
		{ "image_scanning", "settings.image_scanning of a policy" },
		{ "notifications", "sentinel-notifier(1), and alerts on metrics" },
		{ "audit.enabled", "always" },
		{ "audit.log_all_commands", "audit.log_reads" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (!strcmp(rows[i].key, key))
			return rows[i].now;
	return NULL;
}

/* "rules.mounts.blocked[2].mode": its node's parent, and the last name; NULL: there is no such thing. */
bool import_remove(JsonObject *root, const char *path)
{
	g_auto(GStrv) parts = g_strsplit_set(path, ".[]", -1);
	JsonNode *at = NULL;
	const char *last = NULL;

	for (char **part = parts; *part; part++) {
		if (!**part)
			continue;
		if (last && root && json_object_has_member(root, last))
			at = json_object_get_member(root, last);
		else if (last && !root && at && JSON_NODE_HOLDS_ARRAY(at))
			at = g_ascii_strtoull(last, NULL, 10) < json_array_get_length(json_node_get_array(at))
				     ? json_array_get_element(json_node_get_array(at), (guint)g_ascii_strtoull(last, NULL, 10)) : NULL;
		else if (last)
			return false;
		if (last && !at)
			return false;
		root = !last ? root : JSON_NODE_HOLDS_OBJECT(at) ? json_node_get_object(at) : NULL;
		last = *part;
	}
	if (!root || !last || !json_object_has_member(root, last))
		return false;
	json_object_remove_member(root, last);
	return true;
}
