/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "request/container.h"
#include "request/host-config.h"
#include "request/image.h"
#include "request/list.h"
#include "request/mounts.h"

#define FIELD(name, member, reader) JSON_FIELD(name, ContainerSpec, member, reader)

bool container_read_healthcheck(Json *json, void *target)
{
	const JsonField fields[] = { { "Test", strlen("Test"), 0, json_strings } };
	StringList test = { 0 };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &test))
		return false;
	*(bool *)target = test.count && strcmp(test.items[0], "NONE") != 0;
	return true;
}

/* network.EndpointSettings */
bool container_read_endpoint(Json *json, void *target)
{
	static const JsonField fields[] = { FIELD("DriverOpts", endpoint_options, json_pairs) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_endpoint(Json *json, const char *key, void *target)
{
	LIST_APPEND(json->arena, &((ContainerSpec *)target)->networks, key);
	return container_read_endpoint(json, target);
}

static bool read_endpoints(Json *json, void *target)
{
	return json_map(json, read_endpoint, target);
}

static bool read_networking(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD_SELF("EndpointsConfig", read_endpoints) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_entrypoint(Json *json, void *target)
{
	ContainerSpec *spec = target;

	if (json_null(json))
		return true;
	spec->entrypoint_set = true;
	return json_string_or_strings(json, &spec->entrypoint);
}

/* container.Config, in Docker's order. */
static const JsonField config_fields[] = {
	FIELD("Hostname", hostname, json_string),
	FIELD("Domainname", domainname, json_string),
	FIELD("User", user, json_string),
	FIELD("Env", env, json_strings),
	FIELD("Cmd", command, json_string_or_strings),
	FIELD("Healthcheck", healthcheck, container_read_healthcheck),
	JSON_FIELD_SELF("Volumes", mounts_read_volumes),
	FIELD("WorkingDir", working_dir, json_string),
	JSON_FIELD_SELF("Entrypoint", read_entrypoint),
	FIELD("Labels", labels, json_pairs),
};

/* A body is read into three places: Docker counts HostConfig's members at top level only when there
 * is no HostConfig (runconfig/config_unix.go, getHostConfig). */
typedef struct Body {
	ContainerSpec config, top, nested;
	bool has_nested;
	const char *image;
} Body;

static void body_init(Body *body, Arena *arena)
{
	const ContainerSpec empty = request_new(arena)->container;

	*body = (Body){ .config = empty, .top = empty, .nested = empty, .image = "" };
}

static bool read_nested(Json *json, void *target)
{
	Body *body = target;

	if (json_null(json))
		return true;
	body->has_nested = true;
	return json_object(json, host_config_fields, HOST_CONFIG_FIELDS, &body->nested);
}

#define CREATE_FIELDS (G_N_ELEMENTS(config_fields) + HOST_CONFIG_FIELDS + 3)
_Static_assert(CREATE_FIELDS <= JSON_MAX_FIELDS, "the reader marks each field that it has seen in one word");

/* config_fields, Image, HostConfig, host_config_fields: their offsets moved into the Body. */
static size_t create_table(JsonField *table, bool with_config)
{
	size_t count = 0;

	for (size_t i = 0; with_config && i < G_N_ELEMENTS(config_fields); i++) {
		table[count] = config_fields[i];
		table[count++].offset += offsetof(Body, config);
	}
	table[count++] = (JsonField)JSON_FIELD("Image", Body, image, json_string);
	table[count++] = (JsonField)JSON_FIELD_SELF("HostConfig", read_nested);
	table[count++] = (JsonField)JSON_FIELD("NetworkingConfig", Body, config, read_networking);
	for (size_t i = 0; i < HOST_CONFIG_FIELDS; i++) {
		table[count] = host_config_fields[i];
		table[count++].offset += offsetof(Body, top);
	}
	return count;
}

static void take_config(ContainerSpec *to, const ContainerSpec *from, Arena *arena)
{
	to->hostname = from->hostname;
	to->domainname = from->domainname;
	to->user = from->user;
	to->env = from->env;
	to->command = from->command;
	to->working_dir = from->working_dir;
	to->entrypoint = from->entrypoint;
	to->entrypoint_set = from->entrypoint_set;
	to->labels = from->labels;
	to->healthcheck = from->healthcheck;
	to->networks = from->networks;
	to->endpoint_options = from->endpoint_options;
	for (size_t i = 0; i < from->mounts.count; i++)
		LIST_APPEND(arena, &to->mounts, from->mounts.items[i]);
}

/* What Docker takes from the top level beside a HostConfig that leaves it out (getHostConfig again). */
static void take_top(ContainerSpec *to, const ContainerSpec *top)
{
	if (!to->memory)
		to->memory = top->memory;
	if (!to->memory_swap)
		to->memory_swap = top->memory_swap;
	if (!to->cpu_shares)
		to->cpu_shares = top->cpu_shares;
	if (!*to->volume_driver)
		to->volume_driver = top->volume_driver;
}

static bool read_body(Json *json, Request *request, bool with_config)
{
	JsonField table[CREATE_FIELDS];
	Body body;

	body_init(&body, json->arena);
	if (!json_object(json, table, create_table(table, with_config), &body) || !json_finish(json))
		return false;
	const char *name = request->container.name;
	request->container = body.has_nested ? body.nested : body.top;
	request->container.name = name;
	take_config(&request->container, &body.config, json->arena);
	if (body.has_nested)
		take_top(&request->container, &body.top);
	request->has_container = true;
	if (with_config)
		request->image = image_parse(body.image, json->arena);
	return true;
}

bool container_read_create(Json *json, Request *request)
{
	return read_body(json, request, true);
}

bool container_read_start(Json *json, Request *request)
{
	return read_body(json, request, false);
}

bool container_read_update(Json *json, Request *request)
{
	request->has_container = true;
	return json_object(json, host_config_fields, HOST_CONFIG_FIELDS, &request->container) && json_finish(json);
}

bool container_read_exec(Json *json, Request *request)
{
	static const JsonField fields[] = {
		FIELD("User", user, json_string),
		FIELD("Privileged", privileged, json_bool),
		FIELD("Env", env, json_strings),
		FIELD("WorkingDir", working_dir, json_string),
		FIELD("Cmd", command, json_strings),
	};

	request->has_container = true;
	return json_object(json, fields, G_N_ELEMENTS(fields), &request->container) && json_finish(json);
}

bool container_read_config(Json *json, void *target)
{
	StoredContainer *stored = target;
	JsonField table[G_N_ELEMENTS(config_fields) + 1];

	for (size_t i = 0; i < G_N_ELEMENTS(config_fields); i++) {
		table[i] = config_fields[i];
		table[i].offset += offsetof(StoredContainer, config);
	}
	table[G_N_ELEMENTS(config_fields)] = (JsonField)JSON_FIELD("Image", StoredContainer, image, json_string);
	return json_object(json, table, G_N_ELEMENTS(table), stored);
}

bool container_read_host_config(Json *json, void *target)
{
	return json_object(json, host_config_fields, HOST_CONFIG_FIELDS, &((StoredContainer *)target)->host);
}

void container_join(ContainerSpec *to, const StoredContainer *from, Arena *arena)
{
	*to = from->host;
	take_config(to, &from->config, arena);
}
