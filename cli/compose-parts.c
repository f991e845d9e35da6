/* SPDX-License-Identifier: MIT
 *
 * Mounts, ports and networks of a service, in the short form of files and the long one of `docker compose config`.
 */
#include <string.h>
#include "cli/compose.h"

static JsonArray *array_at(JsonObject *object, const char *name)
{
	if (!json_object_has_member(object, name))
		json_object_set_array_member(object, name, json_array_new());
	return json_object_get_array_member(object, name);
}

static JsonObject *object_at(JsonObject *object, const char *name)
{
	if (!json_object_has_member(object, name))
		json_object_set_object_member(object, name, json_object_new());
	return json_object_get_object_member(object, name);
}

/* Only keys that are understood. */
static bool has_only(ComposeBuild *build, JsonObject *object, const char *what, const char *const *known)
{
	g_autoptr(GList) keys = json_object_get_members(object);

	for (const GList *at = keys; at; at = at->next)
		if (!g_strv_contains(known, at->data) && !JSON_NODE_HOLDS_NULL(json_object_get_member(object, at->data))) {
			compose_unknown(build, "%s: the key %s is not understood", what, (const char *)at->data);
			return false;
		}
	return true;
}

static const char *text_of(JsonObject *object, const char *name)
{
	JsonNode *node = json_object_get_member(object, name);

	return node && json_node_get_value_type(node) == G_TYPE_STRING ? json_node_get_string(node) : "";
}

static bool is_true(JsonObject *object, const char *name)
{
	JsonNode *node = json_object_get_member(object, name);

	return node && json_node_get_value_type(node) == G_TYPE_BOOLEAN && json_node_get_boolean(node);
}

/* As Compose expands what is relative to the project. */
static char *host_path(ComposeBuild *build, const char *path)
{
	const char *directory = text_of(build->model, "x-directory");

	if (*path == '~')
		return path[1] && path[1] != '/' ? NULL : g_strconcat(g_get_home_dir(), path + 1, NULL);
	return *path == '/' ? g_strdup(path) : *directory ? g_canonicalize_filename(path, directory) : NULL;
}

static void add_bind(ComposeBuild *build, const char *source, const char *target, const char *mode)
{
	g_autofree char *bind = g_strdup_printf("%s:%s:%s", source, target, mode);

	json_array_add_string_element(array_at(build->host, "Binds"), bind);
}

/* "SOURCE:TARGET[:MODE]", "TARGET". */
static void add_short(ComposeBuild *build, const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, ":", -1);
	const guint count = g_strv_length(parts);

	if (count == 1 && *text == '/') {
		json_object_set_object_member(object_at(build->body, "Volumes"), text, json_object_new());
		return;
	}
	if (count < 2 || count > 3 || !*parts[0] || *parts[1] != '/') {
		compose_unknown(build, "the volume %s is not understood", text);
		return;
	}
	const bool named = !strchr("./~", *parts[0]);
	g_autofree char *source = named ? compose_name(build->model, "volumes", parts[0]) : host_path(build, parts[0]);
	if (source)
		add_bind(build, source, parts[1], count == 3 ? parts[2] : "rw");
	else
		compose_unknown(build, "the volume %s is not understood", text);
}

static char *mode_of(JsonObject *mount, JsonObject *options)
{
	GString *mode = g_string_new(is_true(mount, "read_only") ? "ro" : "rw");

	for (size_t i = 0; options && i < 2; i++) {
		const char *word = text_of(options, i ? "selinux" : "propagation");
		if (*word)
			g_string_append_printf(mode, ",%s", word);
	}
	if (options && is_true(options, "nocopy"))
		g_string_append(mode, ",nocopy");
	return g_string_free(mode, FALSE);
}

static void add_tmpfs(ComposeBuild *build, JsonObject *mount, JsonObject *options)
{
	JsonObject *made = json_object_new(), *how = json_object_new();
	JsonNode *mode = options ? json_object_get_member(options, "mode") : NULL, *size = options ? json_object_get_member(options, "size") : NULL;

	json_object_set_string_member(made, "Type", "tmpfs");
	json_object_set_string_member(made, "Target", text_of(mount, "target"));
	if (is_true(mount, "read_only"))
		json_object_set_boolean_member(made, "ReadOnly", TRUE);
	if (size && compose_bytes(size) >= 0)
		json_object_set_int_member(how, "SizeBytes", compose_bytes(size));
	if (mode)
		compose_unknown(build, "the mode of a tmpfs is not understood");
	json_object_set_object_member(made, "TmpfsOptions", how);
	json_array_add_object_element(array_at(build->host, "Mounts"), made);
}

static void add_long(ComposeBuild *build, JsonObject *mount)
{
	static const char *const keys[] = { "type", "source", "target", "read_only", "bind", "volume", "tmpfs", "consistency", NULL };
	static const struct { const char *type; const char *known[4]; } types[] = {
		{ "bind", { "create_host_path", "propagation", "selinux", NULL } }, { "volume", { "nocopy", NULL } }, { "tmpfs", { "size", "mode", NULL } },
	};
	const char *type = text_of(mount, "type"), *source = text_of(mount, "source"), *target = text_of(mount, "target");

	if (!has_only(build, mount, "a volume", keys))
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
		if (strcmp(types[i].type, type) != 0)
			continue;
		JsonNode *node = json_object_get_member(mount, type);
		JsonObject *options = node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
		if ((options && !has_only(build, options, "a volume", types[i].known)) || *target != '/')
			break;
		if (!strcmp(type, "tmpfs")) {
			add_tmpfs(build, mount, options);
			return;
		}
		if (!*source && !strcmp(type, "volume")) {
			json_object_set_object_member(object_at(build->body, "Volumes"), target, json_object_new());
			return;
		}
		g_autofree char *mode = mode_of(mount, options);
		g_autofree char *from = !strcmp(type, "bind") ? host_path(build, source) : *source ? compose_name(build->model, "volumes", source) : NULL;
		if (!from)
			break;
		add_bind(build, from, target, mode);
		return;
	}
	compose_unknown(build, "the volume at %s is not understood", *target ? target : "?");
}

void compose_volumes(ComposeBuild *build, JsonNode *value)
{
	JsonArray *array = JSON_NODE_HOLDS_ARRAY(value) ? json_node_get_array(value) : NULL;

	if (!array)
		compose_unknown(build, "volumes is no list");
	for (guint i = 0; array && i < json_array_get_length(array); i++) {
		JsonNode *one = json_array_get_element(array, i);
		if (JSON_NODE_HOLDS_OBJECT(one))
			add_long(build, json_node_get_object(one));
		else if (json_node_get_value_type(one) == G_TYPE_STRING)
			add_short(build, json_node_get_string(one));
		else
			compose_unknown(build, "a volume is neither text nor map");
	}
}

static bool is_port(const char *text)
{
	return *text && strlen(text) <= 5 && !text[strspn(text, G_CSET_DIGITS)];
}

static void add_port(ComposeBuild *build, const char *address, const char *published, const char *target, const char *protocol)
{
	g_autofree char *port = g_strdup_printf("%s/%s", target, protocol);
	JsonObject *binding = json_object_new();

	if (!is_port(target) || (*published && !is_port(published)))
		compose_unknown(build, "the port %s:%s is not understood", published, target);
	json_object_set_object_member(object_at(build->body, "ExposedPorts"), port, json_object_new());
	json_object_set_string_member(binding, "HostIp", address);
	json_object_set_string_member(binding, "HostPort", published);
	json_array_add_object_element(array_at(object_at(build->host, "PortBindings"), port), binding);
}

/* "[[ADDRESS:]PUBLISHED:]TARGET[/PROTOCOL]" without ranges. */
static void add_short_port(ComposeBuild *build, const char *text)
{
	const char *slash = strchr(text, '/'), *protocol = slash ? slash + 1 : "tcp";
	g_autofree char *front = slash ? g_strndup(text, (gsize)(slash - text)) : g_strdup(text);
	g_auto(GStrv) parts = g_strsplit(front, ":", -1);
	const guint count = g_strv_length(parts);

	if (count < 1 || count > 3)
		compose_unknown(build, "the port %s is not understood", text);
	else
		add_port(build, count == 3 ? parts[0] : "", count > 1 ? parts[count - 2] : "", parts[count - 1], protocol);
}

static void add_long_port(ComposeBuild *build, JsonObject *port)
{
	static const char *const keys[] = { "mode", "host_ip", "target", "published", "protocol", "name", "app_protocol", NULL };
	JsonNode *target_node = json_object_get_member(port, "target"), *published_node = json_object_get_member(port, "published");
	g_autofree char *target = target_node ? compose_text(target_node) : NULL, *published = published_node ? compose_text(published_node) : NULL;
	const char *protocol = text_of(port, "protocol");

	if (has_only(build, port, "a port", keys))
		add_port(build, text_of(port, "host_ip"), published ? published : "", target ? target : "", *protocol ? protocol : "tcp");
}

void compose_ports(ComposeBuild *build, JsonNode *value)
{
	JsonArray *array = JSON_NODE_HOLDS_ARRAY(value) ? json_node_get_array(value) : NULL;

	if (!array)
		compose_unknown(build, "ports is no list");
	for (guint i = 0; array && i < json_array_get_length(array); i++) {
		JsonNode *one = json_array_get_element(array, i);
		g_autofree char *text = JSON_NODE_HOLDS_OBJECT(one) ? NULL : compose_text(one);
		if (text)
			add_short_port(build, text);
		else if (JSON_NODE_HOLDS_OBJECT(one))
			add_long_port(build, json_node_get_object(one));
		else
			compose_unknown(build, "a port is neither text nor map");
	}
}

static void add_network(ComposeBuild *build, const char *key, JsonNode *how)
{
	static const char *const keys[] = { "aliases", "ipv4_address", "ipv6_address", "priority", NULL };
	g_autofree char *name = compose_name(build->model, "networks", key);
	JsonObject *settings = json_object_new(), *options = how && JSON_NODE_HOLDS_OBJECT(how) ? json_node_get_object(how) : NULL, *addresses = json_object_new();

	if (!json_object_has_member(build->host, "NetworkMode"))
		json_object_set_string_member(build->host, "NetworkMode", name);
	if (options && has_only(build, options, "a network", keys) && *text_of(options, "ipv4_address"))
		json_object_set_string_member(addresses, "IPv4Address", text_of(options, "ipv4_address"));
	if (options && *text_of(options, "ipv6_address"))
		json_object_set_string_member(addresses, "IPv6Address", text_of(options, "ipv6_address"));
	json_object_set_object_member(settings, "IPAMConfig", addresses);
	json_object_set_object_member(object_at(object_at(build->body, "NetworkingConfig"), "EndpointsConfig"), name, settings);
}

void compose_networks(ComposeBuild *build, JsonNode *value)
{
	if (JSON_NODE_HOLDS_ARRAY(value)) {
		JsonArray *array = json_node_get_array(value);
		for (guint i = 0; i < json_array_get_length(array); i++) {
			g_autofree char *key = compose_text(json_array_get_element(array, i));
			if (key)
				add_network(build, key, NULL);
			else
				compose_unknown(build, "a network is no text");
		}
	} else if (JSON_NODE_HOLDS_OBJECT(value)) {
		g_autoptr(GList) keys = json_object_get_members(json_node_get_object(value));
		for (const GList *at = keys; at; at = at->next)
			add_network(build, at->data, json_object_get_member(json_node_get_object(value), at->data));
	} else {
		compose_unknown(build, "networks is neither list nor map");
	}
}
