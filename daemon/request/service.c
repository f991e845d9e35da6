/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "request/container.h"
#include "request/image.h"
#include "request/list.h"
#include "request/mounts.h"
#include "request/query.h"
#include "request/service.h"

typedef struct Service {
	ContainerSpec spec;
	const char *name, *image;
	bool other_task;
} Service;

#define SPEC(name, member, reader) JSON_FIELD(name, Service, spec.member, reader)

/* A swarm word that turns protection off, as the security option that a container would say. */
static bool read_mode(Json *json, Service *service, const char *off, const char *option)
{
	const JsonField fields[] = { { "Mode", strlen("Mode"), 0, json_string } };
	const char *mode = "";

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &mode))
		return false;
	if (!g_ascii_strcasecmp(mode, off) || !g_ascii_strcasecmp(mode, "custom"))
		LIST_APPEND(json->arena, &service->spec.security_opt, option);
	return true;
}

static bool read_seccomp(Json *json, void *target)
{
	return read_mode(json, target, "unconfined", "seccomp=unconfined");
}

static bool read_apparmor(Json *json, void *target)
{
	return read_mode(json, target, "disabled", "apparmor=unconfined");
}

/* Its parts, as the security options that a container would say (moby daemon/cluster/executor/container, container.go). */
static bool read_selinux(Json *json, void *target)
{
	typedef struct Context {
		bool disable;
		const char *parts[4];
	} Context;
	static const char *const words[] = { "user", "role", "type", "level" };
	static const JsonField fields[] = {
		JSON_FIELD("Disable", Context, disable, json_bool),
		JSON_FIELD("User", Context, parts[0], json_string),
		JSON_FIELD("Role", Context, parts[1], json_string),
		JSON_FIELD("Type", Context, parts[2], json_string),
		JSON_FIELD("Level", Context, parts[3], json_string),
	};
	Service *service = target;
	Context context = { .parts = { "", "", "", "" } };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &context))
		return false;
	if (context.disable)
		LIST_APPEND(json->arena, &service->spec.security_opt, "label=disable");
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (*context.parts[i])
			LIST_APPEND(json->arena, &service->spec.security_opt, arena_printf(json->arena, "label=%s:%s", words[i], context.parts[i]));
	return true;
}

/* Of Windows, where its parts may be files of the host. */
static bool read_credentials(Json *json, void *target)
{
	bool set = false;

	if (!json_present(json, &set))
		return false;
	if (set)
		LIST_APPEND(json->arena, &((Service *)target)->spec.security_opt, "credentialspec");
	return true;
}

static bool read_no_new_privileges(Json *json, void *target)
{
	Service *service = target;
	bool set = false;

	if (!json_bool(json, &set))
		return false;
	if (set)
		LIST_APPEND(json->arena, &service->spec.security_opt, "no-new-privileges");
	return true;
}

static bool read_privileges(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD_SELF("CredentialSpec", read_credentials),
		JSON_FIELD_SELF("SELinuxContext", read_selinux),
		JSON_FIELD_SELF("Seccomp", read_seccomp),
		JSON_FIELD_SELF("AppArmor", read_apparmor),
		JSON_FIELD_SELF("NoNewPrivileges", read_no_new_privileges),
	};

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_mounts(Json *json, void *target)
{
	return mounts_read_mounts(json, &((Service *)target)->spec);
}

static bool read_dns(Json *json, void *target)
{
	static const JsonField fields[] = { SPEC("Nameservers", dns, json_strings) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_container(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("Image", Service, image, json_string),
		SPEC("Labels", labels, json_pairs),
		SPEC("Command", entrypoint, json_strings),
		SPEC("Args", command, json_strings),
		SPEC("Hostname", hostname, json_string),
		SPEC("Groups", group_add, json_strings),
		SPEC("Hosts", extra_hosts, json_strings),
		SPEC("Healthcheck", healthcheck, container_read_healthcheck),
		SPEC("Ulimits", ulimits, host_config_read_ulimits),
		JSON_FIELD_SELF("DNSConfig", read_dns),
		SPEC("Env", env, json_strings),
		SPEC("Dir", working_dir, json_string),
		SPEC("User", user, json_string),
		JSON_FIELD_SELF("Privileges", read_privileges),
		SPEC("ReadOnly", read_only_rootfs, json_bool),
		JSON_FIELD_SELF("Mounts", read_mounts),
		SPEC("Sysctls", sysctls, json_pairs),
		SPEC("CapabilityAdd", cap_add, host_config_read_capabilities),
		SPEC("CapabilityDrop", cap_drop, host_config_read_capabilities),
		SPEC("OomScoreAdj", oom_score_adj, json_int),
	};

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_limits(Json *json, void *target)
{
	static const JsonField fields[] = {
		SPEC("NanoCPUs", nano_cpus, json_int),
		SPEC("MemoryBytes", memory, json_int),
		SPEC("Pids", pids_limit, json_int),
	};

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_resources(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD_SELF("Limits", read_limits) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

/* swarm.NetworkAttachmentConfig */
typedef struct Attachment {
	const char *network;
	PairList options;
} Attachment;

static bool read_network(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("Target", Attachment, network, json_string),
		JSON_FIELD("DriverOpts", Attachment, options, json_pairs),
	};
	Service *service = target;
	Attachment attachment = { .network = "" };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &attachment))
		return false;
	LIST_APPEND(json->arena, &service->spec.networks, attachment.network);
	for (size_t i = 0; i < attachment.options.count; i++)
		LIST_APPEND(json->arena, &service->spec.endpoint_options, attachment.options.items[i]);
	if (!strcmp(attachment.network, "host"))
		service->spec.network_mode = "host";
	return true;
}

static bool read_networks(Json *json, void *target)
{
	return json_array(json, read_network, target);
}

static bool read_log_driver(Json *json, void *target)
{
	static const JsonField fields[] = { SPEC("Name", log_driver, json_string), SPEC("Options", log_options, json_pairs) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

/* One element of EndpointSpec.Ports (api/types/swarm: PortConfig). */
typedef struct Published {
	int64_t target, published;
	const char *protocol;
} Published;

static bool read_port(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("Protocol", Published, protocol, json_string),
		JSON_FIELD("TargetPort", Published, target, json_int),
		JSON_FIELD("PublishedPort", Published, published, json_int),
	};
	Published port = { .protocol = "tcp" };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &port))
		return false;
	const Port read = {
		.container = arena_printf(json->arena, "%lld/%s", (long long)port.target, port.protocol), .host_ip = "",
		.host_port = port.published ? arena_printf(json->arena, "%lld", (long long)port.published) : "",
	};
	LIST_APPEND(json->arena, &((Service *)target)->spec.ports, read);
	return true;
}

static bool read_ports(Json *json, void *target)
{
	return json_array(json, read_port, target);
}

static bool read_endpoint(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD_SELF("Ports", read_ports) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

/* Tasks that are no containers: whatever "Runtime" says. */
static bool read_other_task(Json *json, void *target)
{
	if (json_null(json))
		return true;
	((Service *)target)->other_task = true;
	return json_skip(json, NULL);
}

static bool read_task(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD_SELF("ContainerSpec", read_container),
		JSON_FIELD_SELF("Resources", read_resources),
		JSON_FIELD_SELF("Networks", read_networks),
		JSON_FIELD_SELF("LogDriver", read_log_driver),
		JSON_FIELD_SELF("PluginSpec", read_other_task),
		JSON_FIELD_SELF("NetworkAttachmentSpec", read_other_task),
		SPEC("Runtime", runtime, json_string),
	};

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_spec(Json *json, Request *request)
{
	static const JsonField fields[] = {
		JSON_FIELD("Name", Service, name, json_string),
		JSON_FIELD_SELF("TaskTemplate", read_task),
		JSON_FIELD_SELF("Networks", read_networks),
		JSON_FIELD_SELF("EndpointSpec", read_endpoint),
	};
	Service service = { .spec = request->container, .name = "", .image = "" };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &service))
		return false;
	if (!strcmp(service.spec.runtime, "container"))
		service.spec.runtime = "";
	if (service.other_task && !*service.spec.runtime)
		service.spec.runtime = "other than a container";
	request->container = service.spec;
	request->container.name = service.name;
	request->has_container = true;
	request->image = image_parse(service.image, json->arena);
	return true;
}

bool service_read(Json *json, Request *request)
{
	return read_spec(json, request) && json_finish(json);
}

bool service_query(Request *request, const PairList *query, Arena *arena)
{
	const char *rollback;
	const QueryWant wants[] = { { "rollback", &rollback } };
	bool once = query_take(query, wants, G_N_ELEMENTS(wants));

	(void)arena;
	request->rollback = *rollback && strcmp(rollback, "none") != 0;
	return once;
}

static bool read_previous(Json *json, void *target)
{
	return json_null(json) || read_spec(json, target);
}

bool service_read_previous(const char *text, size_t length, Request *request, Arena *arena)
{
	static const JsonField fields[] = { JSON_FIELD_SELF("PreviousSpec", read_previous) };
	Json json = json_begin(text, length, arena);

	return json_object(&json, fields, G_N_ELEMENTS(fields), request) && json_finish(&json);
}
