/* SPDX-License-Identifier: MIT
 *
 * All that Compose asks for: networks, volumes, then the services.
 */
#include <string.h>
#include "cli/compose.h"

static void call_free(void *data)
{
	ComposeCall *call = data;

	g_free(call->what);
	g_free(call->uri);
	g_free(call->unknown);
	if (call->body)
		json_object_unref(call->body);
	g_free(call);
}

static JsonObject *object_of(JsonObject *object, const char *name)
{
	JsonNode *node = object ? json_object_get_member(object, name) : NULL;

	return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static bool is_external(JsonObject *thing)
{
	JsonNode *external = thing ? json_object_get_member(thing, "external") : NULL;

	return external && !JSON_NODE_HOLDS_NULL(external) && !(json_node_get_value_type(external) == G_TYPE_BOOLEAN && !json_node_get_boolean(external));
}

/* A key of a network or volume that is understood, and the member that it becomes. */
typedef struct ThingKey {
	const char *name, *to;
} ThingKey;

static const ThingKey network_keys[] = {
	{ "name", NULL }, { "external", NULL }, { "driver", "Driver" }, { "driver_opts", "Options" }, { "internal", "Internal" }, { "attachable", "Attachable" },
	{ "enable_ipv6", "EnableIPv6" }, { "labels", NULL }, { "ipam", NULL },
};
static const ThingKey volume_keys[] = { { "name", NULL }, { "external", NULL }, { "driver", "Driver" }, { "driver_opts", "DriverOpts" }, { "labels", NULL } };

/* Docker's maps of options have texts. */
static JsonNode *texts(JsonNode *value)
{
	JsonObject *from = JSON_NODE_HOLDS_OBJECT(value) ? json_node_get_object(value) : NULL;
	g_autoptr(GList) names = from ? json_object_get_members(from) : NULL;

	if (!from)
		return json_node_copy(value);
	JsonNode *node = json_node_new(JSON_NODE_OBJECT);
	JsonObject *to = json_object_new();
	for (const GList *at = names; at; at = at->next) {
		g_autofree char *text = compose_text(json_object_get_member(from, at->data));
		json_object_set_string_member(to, at->data, text ? text : "");
	}
	json_node_take_object(node, to);
	return node;
}

static void take_keys(ComposeCall *call, JsonObject *thing, const ThingKey *keys, size_t count)
{
	g_autoptr(GList) names = thing ? json_object_get_members(thing) : NULL;

	for (const GList *at = names; at; at = at->next) {
		const ThingKey *key = NULL;
		JsonNode *value = json_object_get_member(thing, at->data);
		for (size_t i = 0; i < count; i++)
			if (!strcmp(keys[i].name, at->data))
				key = &keys[i];
		JsonObject *object = JSON_NODE_HOLDS_OBJECT(value) ? json_node_get_object(value) : NULL;
		const bool empty = JSON_NODE_HOLDS_NULL(value) || (object && !json_object_get_size(object));
		if (!key && !empty && !g_str_has_prefix(at->data, "x-") && !call->unknown)
			call->unknown = g_strdup_printf("the key %s is not understood", (const char *)at->data);
		else if (key && !strcmp(key->name, "ipam") && !empty && !call->unknown)
			call->unknown = g_strdup("addresses that the file chooses (ipam) are not understood");
		else if (key && key->to && !empty)
			json_object_set_member(call->body, key->to, texts(value));
	}
}

static void add_thing(GPtrArray *calls, JsonObject *model, const char *kind, const char *key)
{
	const bool network = !strcmp(kind, "networks");
	JsonObject *thing = object_of(object_of(model, kind), key);
	g_autofree char *name = compose_name(model, kind, key);

	if (is_external(thing))
		return;
	ComposeCall *call = g_new0(ComposeCall, 1);
	call->what = g_strdup_printf("%s %s", network ? "network" : "volume", name);
	call->uri = g_strdup(network ? "/v1.41/networks/create" : "/v1.41/volumes/create");
	call->body = json_object_new();
	json_object_set_string_member(call->body, "Name", name);
	if (network)
		take_keys(call, thing, network_keys, G_N_ELEMENTS(network_keys));
	else
		take_keys(call, thing, volume_keys, G_N_ELEMENTS(volume_keys));
	g_ptr_array_add(calls, call);
}

static void need(GHashTable *wanted, const char *key)
{
	(void)g_hash_table_add(wanted, g_strdup(key));
}

static void need_names(GHashTable *wanted, JsonNode *value)
{
	JsonArray *array = value && JSON_NODE_HOLDS_ARRAY(value) ? json_node_get_array(value) : NULL;
	JsonObject *object = value && JSON_NODE_HOLDS_OBJECT(value) ? json_node_get_object(value) : NULL;
	g_autoptr(GList) names = object ? json_object_get_members(object) : NULL;

	for (const GList *at = names; at; at = at->next)
		need(wanted, at->data);
	for (guint i = 0; array && i < json_array_get_length(array); i++) {
		g_autofree char *text = compose_text(json_array_get_element(array, i));
		if (text)
			need(wanted, text);
	}
}

/* Of a service's mounts the named volumes. */
static void need_volumes(GHashTable *wanted, JsonNode *value)
{
	JsonArray *array = value && JSON_NODE_HOLDS_ARRAY(value) ? json_node_get_array(value) : NULL;

	for (guint i = 0; array && i < json_array_get_length(array); i++) {
		JsonNode *one = json_array_get_element(array, i);
		JsonObject *map = JSON_NODE_HOLDS_OBJECT(one) ? json_node_get_object(one) : NULL;
		g_autofree char *text = map ? NULL : compose_text(one);
		const char *source = map && !strcmp(json_object_get_string_member_with_default(map, "type", ""), "volume") ? json_object_get_string_member_with_default(map, "source", "") : "";
		g_autofree char *short_one = text && strchr(text, ':') ? g_strndup(text, strcspn(text, ":")) : NULL;
		if (*source)
			need(wanted, source);
		else if (short_one && *short_one && !strchr("./~", *short_one))
			need(wanted, short_one);
	}
}

/* The services that are meant: those that are named, and what they depend on. */
static void need_services(JsonObject *services, const ComposeLine *line, GHashTable *wanted)
{
	g_autoptr(GList) all = json_object_get_members(services);
	guint before;

	for (const GList *at = all; at && !line->services->len; at = at->next)
		need(wanted, at->data);
	for (guint i = 0; i < line->services->len; i++)
		need(wanted, g_ptr_array_index(line->services, i));
	do {
		before = g_hash_table_size(wanted);
		for (const GList *at = all; at && !line->no_deps; at = at->next) {
			JsonObject *service = g_hash_table_contains(wanted, at->data) ? object_of(services, at->data) : NULL;
			need_names(wanted, service ? json_object_get_member(service, "depends_on") : NULL);
			need_names(wanted, service ? json_object_get_member(service, "links") : NULL);
		}
	} while (g_hash_table_size(wanted) > before);
}

static void add_build(GPtrArray *calls, const char *name)
{
	ComposeCall *call = g_new0(ComposeCall, 1);

	call->what = g_strdup_printf("build %s", name);
	call->unknown = g_strdup("what its Dockerfile asks for is judged when it is built; with --no-build nothing is");
	g_ptr_array_add(calls, call);
}

static void add_services(GPtrArray *calls, JsonObject *model, const ComposeLine *line, GHashTable *wanted)
{
	JsonObject *services = object_of(model, "services");
	g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(wanted), (GCompareFunc)strcmp);

	for (const GList *at = names; at; at = at->next) {
		JsonObject *service = object_of(services, at->data);
		if (service && json_object_has_member(service, "build") && !line->no_build)
			add_build(calls, at->data);
		if (service) {
			g_ptr_array_add(calls, compose_service(model, at->data, service));
			continue;
		}
		ComposeCall *call = g_new0(ComposeCall, 1);
		call->what = g_strdup_printf("service %s", (const char *)at->data);
		call->unknown = g_strdup("the project has no such service");
		g_ptr_array_add(calls, call);
	}
}

GPtrArray *compose_calls(JsonObject *model, const ComposeLine *line)
{
	static const char *const kinds[] = { "networks", "volumes" };
	GPtrArray *calls = g_ptr_array_new_with_free_func(call_free);
	JsonObject *services = object_of(model, "services");
	g_autoptr(GHashTable) wanted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	need_services(services, line, wanted);
	g_autoptr(GList) names = g_hash_table_get_keys(wanted);
	for (size_t kind = 0; kind < G_N_ELEMENTS(kinds); kind++) {
		g_autoptr(GHashTable) used = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		for (const GList *at = names; at; at = at->next) {
			JsonObject *service = object_of(services, at->data);
			JsonNode *value = service ? json_object_get_member(service, kinds[kind]) : NULL;
			if (kind == 1)
				need_volumes(used, value);
			else if (value && !JSON_NODE_HOLDS_NULL(value))
				need_names(used, value);
			else if (service && !json_object_has_member(service, "network_mode"))
				need(used, "default");
		}
		g_autoptr(GList) sorted = g_list_sort(g_hash_table_get_keys(used), (GCompareFunc)strcmp);
		for (const GList *at = sorted; at; at = at->next)
			add_thing(calls, model, kinds[kind], at->data);
	}
	add_services(calls, model, line, wanted);
	return calls;
}
