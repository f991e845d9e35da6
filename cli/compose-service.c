/* SPDX-License-Identifier: MIT
 *
 * A service as the call that makes its container: one row for each key that is understood.  Any other key makes the call unknown.
 */
#include <string.h>
#include "cli/compose-take.h"

/* "host:address", which Compose 2 writes "host=address"; maps have them apart. */
static void take_hosts(ComposeBuild *build, const Key *key, JsonNode *value)
{
	JsonArray *from = JSON_NODE_HOLDS_ARRAY(value) ? json_node_get_array(value) : NULL, *to = json_array_new();

	for (guint i = 0; from && i < json_array_get_length(from); i++) {
		g_autofree char *text = compose_text(json_array_get_element(from, i));
		char *end = text ? strpbrk(text, ":=") : NULL;
		if (end)
			*end = ':';
		json_array_add_string_element(to, text ? text : "");
	}
	if (!from)
		take_misunderstood(build, key);
	json_object_set_array_member(build->host, "ExtraHosts", to);
}

static void take_logging(ComposeBuild *build, const Key *key, JsonNode *value)
{
	static const Key members[] = { { "driver", take_text, "Type" }, { "options", take_map, "Config" } };
	JsonObject *logging = JSON_NODE_HOLDS_OBJECT(value) ? json_node_get_object(value) : NULL;
	ComposeBuild inner = { .model = build->model, .body = json_object_new() };
	guint taken = 0;

	for (size_t i = 0; logging && i < G_N_ELEMENTS(members); i++)
		if (json_object_has_member(logging, members[i].name)) {
			members[i].take(&inner, &members[i], json_object_get_member(logging, members[i].name));
			taken++;
		}
	json_object_set_object_member(build->host, "LogConfig", inner.body);
	if (!logging || taken != json_object_get_size(logging) || inner.unknown)
		take_misunderstood(build, key);
	g_free(inner.unknown);
}

/* "nofile: 1024", or soft and hard. */
static void take_ulimits(ComposeBuild *build, const Key *key, JsonNode *value)
{
	static const char *const members[][2] = { { "soft", "Soft" }, { "hard", "Hard" } };
	JsonObject *limits = JSON_NODE_HOLDS_OBJECT(value) ? json_node_get_object(value) : NULL;
	g_autoptr(GList) names = limits ? json_object_get_members(limits) : NULL;
	JsonArray *array = json_array_new();

	for (const GList *at = names; at; at = at->next) {
		JsonNode *one = json_object_get_member(limits, at->data);
		JsonObject *pair = JSON_NODE_HOLDS_OBJECT(one) ? json_node_get_object(one) : NULL, *limit = json_object_new();
		json_object_set_string_member(limit, "Name", at->data);
		for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
			JsonNode *number = pair ? json_object_get_member(pair, members[i][0]) : one;
			if (number && JSON_NODE_HOLDS_VALUE(number) && json_node_get_value_type(number) == G_TYPE_INT64)
				json_object_set_int_member(limit, members[i][1], json_node_get_int(number));
			else
				take_misunderstood(build, key);
		}
		json_array_add_object_element(array, limit);
	}
	if (!limits)
		take_misunderstood(build, key);
	json_object_set_array_member(build->host, "Ulimits", array);
}

/* "PATH[:OPTIONS]" */
static void take_tmpfs(ComposeBuild *build, const Key *key, JsonNode *value)
{
	JsonArray *array = JSON_NODE_HOLDS_ARRAY(value) ? json_node_get_array(value) : NULL;
	JsonObject *map = json_object_new();

	for (guint i = 0; i < (array ? json_array_get_length(array) : 1); i++) {
		g_auto(GStrv) parts = NULL;
		g_autofree char *text = compose_text(array ? json_array_get_element(array, i) : value);
		if (text)
			parts = g_strsplit(text, ":", 2);
		if (text)
			json_object_set_string_member(map, parts[0], parts[0] && parts[1] ? parts[1] : "");
		else
			take_misunderstood(build, key);
	}
	json_object_set_object_member(build->host, "Tmpfs", map);
}

static void take_security(ComposeBuild *build, const Key *key, JsonNode *value)
{
	JsonArray *array = JSON_NODE_HOLDS_ARRAY(value) ? json_node_get_array(value) : NULL;

	for (guint i = 0; array && i < json_array_get_length(array); i++) {
		g_autofree char *text = compose_text(json_array_get_element(array, i));
		if (text && g_str_has_prefix(text, "seccomp") && !g_str_has_suffix(text, "unconfined") && !g_str_has_suffix(text, "builtin"))
			compose_unknown(build, "Compose puts what the seccomp profile's file says in its place");
	}
	take_list(build, key, value);
}

/* "HOST[:CONTAINER[:PERMISSIONS]]", or the same as a map. */
static void take_devices(ComposeBuild *build, const Key *key, JsonNode *value)
{
	JsonArray *from = JSON_NODE_HOLDS_ARRAY(value) ? json_node_get_array(value) : NULL, *to = json_array_new();

	for (guint i = 0; from && i < json_array_get_length(from); i++) {
		JsonNode *one = json_array_get_element(from, i);
		JsonObject *map = JSON_NODE_HOLDS_OBJECT(one) ? json_node_get_object(one) : NULL, *device = json_object_new();
		g_autofree char *text = map ? NULL : compose_text(one);
		g_auto(GStrv) parts = text ? g_strsplit(text, ":", 3) : NULL;
		const char *host = map ? json_object_get_string_member_with_default(map, "source", "") : parts ? parts[0] : "";
		const char *inside = map ? json_object_get_string_member_with_default(map, "target", host) : parts && parts[1] ? parts[1] : host;
		const char *may = map ? json_object_get_string_member_with_default(map, "permissions", "rwm") : parts && parts[1] && parts[2] ? parts[2] : "rwm";
		json_object_set_string_member(device, "PathOnHost", host);
		json_object_set_string_member(device, "PathInContainer", inside);
		json_object_set_string_member(device, "CgroupPermissions", may);
		json_array_add_object_element(to, device);
		if (*host != '/')
			take_misunderstood(build, key);
	}
	if (!from)
		take_misunderstood(build, key);
	json_object_set_array_member(build->host, "Devices", to);
}

static void take_restart(ComposeBuild *build, const Key *key, JsonNode *value)
{
	g_autofree char *text = compose_text(value);
	JsonObject *policy = json_object_new();

	json_object_set_string_member(policy, "Name", text && strcmp(text, "no") != 0 ? text : "");
	json_object_set_object_member(build->host, "RestartPolicy", policy);
	if (!text || strchr(text, ':'))
		take_misunderstood(build, key);
}

static void take_healthcheck(ComposeBuild *build, const Key *key, JsonNode *value)
{
	JsonNode *test = JSON_NODE_HOLDS_OBJECT(value) ? json_object_get_member(json_node_get_object(value), "test") : NULL;
	g_autofree char *line = test ? compose_text(test) : NULL;
	JsonObject *health = json_object_new();
	JsonArray *words = json_array_new();

	if (line) {
		json_array_add_string_element(words, "CMD-SHELL");
		json_array_add_string_element(words, line);
	}
	if (test && JSON_NODE_HOLDS_ARRAY(test))
		json_object_set_member(health, "Test", json_node_copy(test));
	else
		json_object_set_array_member(health, "Test", json_array_ref(words));
	json_array_unref(words);
	if (!test || (!line && !JSON_NODE_HOLDS_ARRAY(test)))
		take_misunderstood(build, key);
	json_object_set_object_member(build->body, "Healthcheck", health);
}

static JsonObject *object_of(JsonObject *object, const char *name)
{
	JsonNode *node = object ? json_object_get_member(object, name) : NULL;

	return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

/* The limits; what else stands there is Swarm's. */
static void take_deploy(ComposeBuild *build, const Key *key, JsonNode *value)
{
	static const char *const known[] = { "resources", "replicas", "placement", "mode", NULL };
	static const Key limits[] = { { "cpus", take_cpus, "/NanoCpus" }, { "memory", take_bytes, "/Memory" }, { "pids", take_number, "/PidsLimit" } };
	static const Key reservations[] = { { "memory", take_bytes, "/MemoryReservation" } };
	static const struct { const char *name; const Key *keys; size_t count; } parts[] = { { "limits", limits, G_N_ELEMENTS(limits) }, { "reservations", reservations, G_N_ELEMENTS(reservations) } };
	JsonObject *deploy = JSON_NODE_HOLDS_OBJECT(value) ? json_node_get_object(value) : NULL, *resources = object_of(deploy, "resources");
	g_autoptr(GList) names = deploy ? json_object_get_members(deploy) : NULL;
	guint taken = 0, there = 0;

	for (const GList *at = names; at; at = at->next)
		if (!g_strv_contains(known, at->data))
			compose_unknown(build, "the key deploy.%s is not understood", (const char *)at->data);
	for (size_t p = 0; resources && p < G_N_ELEMENTS(parts); p++) {
		JsonObject *part = object_of(resources, parts[p].name);
		there += part ? json_object_get_size(part) : 0;
		for (size_t i = 0; part && i < parts[p].count; i++)
			if (json_object_has_member(part, parts[p].keys[i].name)) {
				parts[p].keys[i].take(build, &parts[p].keys[i], json_object_get_member(part, parts[p].keys[i].name));
				taken++;
			}
	}
	if (!deploy || taken != there)
		take_misunderstood(build, key);
}

static void take_volumes(ComposeBuild *build, const Key *key, JsonNode *value)
{
	(void)key;
	compose_volumes(build, value);
}

static void take_ports(ComposeBuild *build, const Key *key, JsonNode *value)
{
	(void)key;
	compose_ports(build, value);
}

static void take_networks(ComposeBuild *build, const Key *key, JsonNode *value)
{
	(void)key;
	compose_networks(build, value);
}

/* docker/compose pkg/compose/create.go, getCreateConfigs */
static const Key keys[] = {
	{ "build", NULL }, { "container_name", NULL }, { "depends_on", NULL }, { "deploy", take_deploy, "" }, { "platform", NULL }, { "profiles", NULL }, { "pull_policy", NULL }, { "scale", NULL },
	{ "stop_grace_period", NULL }, { "attach", NULL }, { "expose", NULL },
	{ "cap_add", take_list, "/CapAdd" }, { "cap_drop", take_list, "/CapDrop" }, { "cgroup", take_mode, "/CgroupnsMode" }, { "cgroup_parent", take_text, "/CgroupParent" },
	{ "command", take_words, "Cmd" }, { "cpus", take_cpus, "/NanoCpus" }, { "cpu_shares", take_number, "/CpuShares" }, { "cpuset", take_text, "/CpusetCpus" },
	{ "device_cgroup_rules", take_list, "/DeviceCgroupRules" }, { "devices", take_devices, "/Devices" }, { "dns", take_list, "/Dns" }, { "dns_opt", take_list, "/DnsOptions" },
	{ "dns_search", take_list, "/DnsSearch" }, { "domainname", take_text, "Domainname" }, { "entrypoint", take_words, "Entrypoint" }, { "environment", take_environment, "Env" },
	{ "extra_hosts", take_hosts, "/ExtraHosts" }, { "group_add", take_list, "/GroupAdd" }, { "healthcheck", take_healthcheck, "Healthcheck" }, { "hostname", take_text, "Hostname" },
	{ "image", take_text, "Image" }, { "init", take_bool, "/Init" }, { "ipc", take_mode, "/IpcMode" }, { "labels", take_map, "Labels" }, { "logging", take_logging, "" }, { "mem_limit", take_bytes, "/Memory" },
	{ "mem_reservation", take_bytes, "/MemoryReservation" }, { "memswap_limit", take_bytes, "/MemorySwap" }, { "network_mode", take_mode, "/NetworkMode" },
	{ "networks", take_networks, "" }, { "oom_kill_disable", take_bool, "/OomKillDisable" }, { "oom_score_adj", take_number, "/OomScoreAdj" }, { "pid", take_mode, "/PidMode" },
	{ "pids_limit", take_number, "/PidsLimit" }, { "ports", take_ports, "" }, { "privileged", take_bool, "/Privileged" }, { "read_only", take_bool, "/ReadonlyRootfs" },
	{ "restart", take_restart, "/RestartPolicy" }, { "runtime", take_text, "/Runtime" }, { "security_opt", take_security, "/SecurityOpt" }, { "shm_size", take_bytes, "/ShmSize" },
	{ "stdin_open", take_bool, "OpenStdin" }, { "stop_signal", take_text, "StopSignal" }, { "sysctls", take_map, "/Sysctls" }, { "tmpfs", take_tmpfs, "/Tmpfs" },
	{ "tty", take_bool, "Tty" }, { "ulimits", take_ulimits, "" }, { "user", take_text, "User" }, { "userns_mode", take_mode, "/UsernsMode" }, { "uts", take_mode, "/UTSMode" }, { "volumes", take_volumes, "" },
	{ "working_dir", take_text, "WorkingDir" },
};

static void take_key(ComposeBuild *build, const char *name, JsonNode *value)
{
	if (JSON_NODE_HOLDS_NULL(value) || g_str_has_prefix(name, "x-"))
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
		if (!strcmp(keys[i].name, name)) {
			if (keys[i].take)
				keys[i].take(build, &keys[i], value);
			return;
		}
	compose_unknown(build, "the key %s is not understood", name);
}

/* What Compose adds by itself. */
static void complete(ComposeBuild *build, JsonObject *service)
{
	const bool underscore = json_object_get_boolean_member_with_default(build->model, "x-underscore", FALSE);
	g_autofree char *image = g_strdup_printf("%s%c%s", build->project, underscore ? '_' : '-', build->service);

	if (!json_object_has_member(build->body, "Labels"))
		json_object_set_object_member(build->body, "Labels", json_object_new());
	JsonObject *labels = json_object_get_object_member(build->body, "Labels");
	json_object_set_string_member(labels, "com.docker.compose.project", build->project);
	json_object_set_string_member(labels, "com.docker.compose.service", build->service);
	if (!json_object_has_member(build->body, "Image") && json_object_has_member(service, "build"))
		json_object_set_string_member(build->body, "Image", image);
	if (!json_object_has_member(build->host, "NetworkMode")) {
		g_autofree char *network = compose_name(build->model, "networks", "default");
		json_object_set_string_member(build->host, "NetworkMode", network);
	}
}

ComposeCall *compose_service(JsonObject *model, const char *name, JsonObject *service)
{
	ComposeBuild build = { .model = model, .body = json_object_new(), .host = json_object_new(), .project = json_object_get_string_member_with_default(model, "name", ""), .service = name };
	g_autoptr(GList) members = json_object_get_members(service);
	ComposeCall *call = g_new0(ComposeCall, 1);

	for (const GList *at = members; at; at = at->next)
		take_key(&build, at->data, json_object_get_member(service, at->data));
	complete(&build, service);
	json_object_set_object_member(build.body, "HostConfig", build.host);
	g_autofree char *container = g_strdup_printf("%s-%s-1", build.project, name), *quoted = g_uri_escape_string(container, NULL, FALSE);
	*call = (ComposeCall){ g_strdup_printf("service %s", name), g_strdup_printf("/v1.41/containers/create?name=%s", quoted), build.body, build.unknown };
	return call;
}
