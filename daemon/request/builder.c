/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "request/builder.h"
#include "request/json.h"

/* null leaves it to Docker's default, as the absent key does. */
static bool read_switch(Json *json, void *target)
{
	bool on = false;

	if (json_null(json))
		return true;
	if (!json_bool(json, &on))
		return false;
	*(Entitlement *)target = on ? ENTITLEMENT_ON : ENTITLEMENT_OFF;
	return true;
}

static bool read_entitlements(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("network-host", Builder, network_host, read_switch),
		JSON_FIELD("security-insecure", Builder, security_insecure, read_switch),
		JSON_FIELD("device", Builder, device, read_switch),
	};

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_builder(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD_SELF("Entitlements", read_entitlements) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

Builder builder_unknown(const char *why)
{
	return (Builder){ .unknown = why };
}

Builder builder_read(const char *text, size_t length, Arena *arena)
{
	static const JsonField fields[] = { JSON_FIELD_SELF("builder", read_builder), JSON_FIELD("pidfile", Builder, pid_file, json_string) };
	Builder builder = { .network_host = ENTITLEMENT_ON, .security_insecure = ENTITLEMENT_OFF, .device = ENTITLEMENT_ON, .unknown = "" };

	if (!text)
		return builder;
	Json json = json_begin(text, length, arena);
	if (json_object(&json, fields, G_N_ELEMENTS(fields), &builder) && json_finish(&json))
		return builder;
	return builder_unknown("Docker's configuration cannot be read as JSON in one way");
}

bool builder_is_fallback(const Request *request)
{
	bool image = !strcmp(request->image.repository, "moby/buildkit") && g_str_has_prefix(request->image.tag, "buildx-stable-");

	return (request->kind == KIND_IMAGE_PULL && image) ||
	       (request->kind == KIND_CONTAINER_CREATE && (image || g_str_has_prefix(request->container.name, "buildx_buildkit_")));
}

bool builder_closed(const Builder *builder)
{
	return builder->network_host == ENTITLEMENT_OFF && builder->security_insecure == ENTITLEMENT_OFF;
}
