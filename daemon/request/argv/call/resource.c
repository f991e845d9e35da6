/* SPDX-License-Identifier: MIT
 *
 * Volumes, networks, plugins, swarm, and what is told apart by its arguments (docker/cli cli/command).
 */
#include <string.h>
#include "request/argv/call/body.h"
#include "request/argv/value/reference.h"
#include "request/argv/value/value.h"
#include "request/argv/commands/verbs.h"
#include "request/list.h"

#define SHOWN_BYTES 100u

static void write_pairs(Line *line, const char *name, FlagName flag)
{
	StringList values = line_list(line, flag);
	PairList options = { 0 };

	for (size_t i = 0; i < values.count; i++)
		value_map_set(&options, value_pair(values.items[i], line->arena), line->arena);
	body_map(line, name, &options);
}

/* A volume of the swarm's when one of its flags is there (docker/cli cli/command/volume/create.go). */
static void write_cluster(Line *line)
{
	static const FlagName flags[] = { FLAG_GROUP, FLAG_SCOPE, FLAG_SHARING, FLAG_AVAILABILITY, FLAG_TYPE, FLAG_SECRET, FLAG_LIMIT_BYTES, FLAG_REQUIRED_BYTES, FLAG_TOPOLOGY_REQUIRED,
		FLAG_TOPOLOGY_PREFERRED };

	for (size_t i = 0; i < G_N_ELEMENTS(flags); i++) {
		if (!line_find(line, flags[i]))
			continue;
		body_open(line, "ClusterVolumeSpec", '{');
		body_close(line, '{');
		return;
	}
}

bool argv_write_volume(Line *line)
{
	const char *name = line_text(line, FLAG_NAME);

	if (*name && line->arguments.count)
		return line_refuse(line, "the volume's name is given twice: by --name and as argument");
	body_text(line, "Name", *name ? name : line_argument(line, 0));
	body_text(line, "Driver", line_find(line, FLAG_DRIVER) ? line_text(line, FLAG_DRIVER) : "local");
	write_pairs(line, "DriverOpts", FLAG_OPT);
	write_cluster(line);
	return true;
}

/* Which range and gateway belongs to which subnet is not worked out: each is an element of its own, and judged with all of them. */
static void write_ipam(Line *line)
{
	static const struct { FlagName flag; const char *name; } parts[] = {
		{ FLAG_SUBNET, "Subnet" }, { FLAG_IP_RANGE, "IPRange" }, { FLAG_GATEWAY, "Gateway" },
	};

	body_open(line, "IPAM", '{');
	body_text(line, "Driver", line_find(line, FLAG_IPAM_DRIVER) ? line_text(line, FLAG_IPAM_DRIVER) : "default");
	write_pairs(line, "Options", FLAG_IPAM_OPT);
	body_open(line, "Config", '[');
	for (size_t p = 0; p < G_N_ELEMENTS(parts); p++) {
		StringList values = line_list(line, parts[p].flag);
		for (size_t i = 0; i < values.count; i++) {
			body_open(line, NULL, '{');
			body_text(line, parts[p].name, values.items[i]);
			body_close(line, '{');
		}
	}
	if (line_find(line, FLAG_AUX_ADDRESS)) {
		body_open(line, NULL, '{');
		write_pairs(line, "AuxiliaryAddresses", FLAG_AUX_ADDRESS);
		body_close(line, '{');
	}
	body_close(line, '[');
	body_close(line, '{');
}

bool argv_write_network(Line *line)
{
	bool subnet = line_find(line, FLAG_SUBNET) != NULL;

	if (!subnet && (line_find(line, FLAG_GATEWAY) || line_find(line, FLAG_IP_RANGE)))
		return line_refuse(line, "--gateway and --ip-range need a --subnet");
	body_text(line, "Name", line_argument(line, 0));
	body_text(line, "Driver", line_find(line, FLAG_DRIVER) ? line_text(line, FLAG_DRIVER) : "bridge");
	write_pairs(line, "Options", FLAG_OPT);
	body_switch(line, "Ingress", line_find(line, FLAG_INGRESS) != NULL);
	write_ipam(line);
	return true;
}

/* The container of "NAME:PATH"; NULL: a path of this machine. */
static const char *copy_container(const char *text, Arena *arena)
{
	const char *colon = strchr(text, ':');

	return *text == '/' || *text == '.' || !colon || colon == text ? NULL : arena_strndup(arena, text, (size_t)(colon - text));
}

bool argv_write_copy(Line *line)
{
	const char *from = copy_container(line_argument(line, 0), line->arena), *to = copy_container(line_argument(line, 1), line->arena);

	if (!*line_argument(line, 0) || !*line_argument(line, 1))
		return line_refuse(line, "docker cp: source and destination must not be empty");
	if (from && to)
		return line_refuse(line, "docker cp: from container to container is not possible");
	if (!from && !to)
		return line_refuse(line, "docker cp: expected CONTAINER:PATH on one side");
	line->method = from ? "GET" : "PUT";
	line_set_path(line, "/containers/{}/archive", from ? from : to);
	query_add(line, "path", strchr(line_argument(line, from ? 0 : 1), ':') + 1);
	return true;
}

/* docker plugin install, upgrade */
bool argv_write_plugin(Line *line)
{
	bool upgrade = line->arguments.count > 1 && strstr(line->command->words, "upgrade");
	Reference reference;

	if (!reference_check(line, line_argument(line, upgrade), &reference))
		return false;
	query_add(line, "remote", arena_printf(line->arena, "%s%s%s", reference.name, *reference.tag ? ":" : "", reference.tag));
	return true;
}

bool argv_write_plugin_push(Line *line)
{
	Reference reference;

	if (!reference_check(line, line_argument(line, 0), &reference))
		return false;
	line_set_path(line, "/plugins/{}/push", arena_printf(line->arena, "%s:%s", reference_familiar(&reference), reference_api_tag(&reference)));
	return true;
}

bool argv_write_rename(Line *line)
{
	g_autofree char *old = g_strdup(line_argument(line, 0)), *name = g_strdup(line_argument(line, 1));

	if (!*g_strstrip(old) || !*g_strstrip(name))
		return line_refuse(line, "docker rename: neither the old nor the new name may be empty");
	query_add(line, "name", name);
	return true;
}

bool argv_write_connect(Line *line)
{
	body_text(line, "Container", line_argument(line, 1));
	if (line_find(line, FLAG_DRIVER_OPT)) {
		body_open(line, "EndpointConfig", '{');
		write_pairs(line, "DriverOpts", FLAG_DRIVER_OPT);
		body_close(line, '{');
	}
	return true;
}

bool argv_write_rotate(Line *line)
{
	const char *role = line_argument(line, 0);

	if (*role && strcmp(role, "worker") != 0 && strcmp(role, "manager") != 0)
		return line_refuse(line, "docker %s: expected worker or manager, found \"%s\"", line->shown, text_printable(line->arena, role, SHOWN_BYTES));
	if (!line_switch(line, FLAG_ROTATE)) {
		line->method = "GET";
		line_set_path(line, "/swarm", "");
	}
	return true;
}

/* docker start: attached to one container only, and restored as one; a directory alone is sent only with them. */
bool argv_write_start(Line *line)
{
	static const FlagName said[] = { FLAG_CHECKPOINT, FLAG_CHECKPOINT_DIR };
	bool attached = line_switch(line, FLAG_ATTACH) || line_switch(line, FLAG_INTERACTIVE), restored = *line_text(line, FLAG_CHECKPOINT);

	if (attached && line->arguments.count > 1)
		return line_refuse(line, "docker start: --attach and --interactive go with one container");
	if (restored && line->arguments.count > 1)
		return line_refuse(line, "docker start: --checkpoint goes with one container");
	for (size_t i = 0; (attached || restored) && i < G_N_ELEMENTS(said); i++)
		if (*line_text(line, said[i]))
			query_add(line, flag_text(said[i]), line_text(line, said[i]));
	return true;
}

bool argv_write_checkpoint(Line *line)
{
	body_text(line, "CheckpointID", line_argument(line, 1));
	body_text(line, "CheckpointDir", line_text(line, FLAG_CHECKPOINT_DIR));
	body_switch(line, "Exit", !line_switch(line, FLAG_LEAVE_RUNNING));
	return true;
}

bool argv_write_checkpoints(Line *line)
{
	if (line->arguments.count > 1) {
		const char *pattern = arena_concat(line->arena, "/containers/{}/checkpoints/", line_argument(line, 1));
		line_set_path(line, pattern, line_target(line));
	}
	if (*line_text(line, FLAG_CHECKPOINT_DIR))
		query_add(line, "dir", line_text(line, FLAG_CHECKPOINT_DIR));
	return true;
}

/* docker inspect asks for containers first. */
bool argv_write_inspect(Line *line)
{
	static const struct { const char *type, *path; } types[] = {
		{ "config", "/configs/{}" }, { "container", "/containers/{}/json" }, { "image", "/images/{}/json" }, { "network", "/networks/{}" },
		{ "node", "/nodes/{}" }, { "plugin", "/plugins/{}/json" }, { "secret", "/secrets/{}" }, { "service", "/services/{}" }, { "task", "/tasks/{}" },
		{ "volume", "/volumes/{}" },
	};
	const char *type = line_text(line, FLAG_TYPE);

	for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
		if (strcmp(types[i].type, *type ? type : "container") != 0)
			continue;
		line_set_path(line, types[i].path, line_target(line));
		return true;
	}
	return line_refuse(line, "invalid value \"%s\" for --type: expected container, image, network, volume, node, service, task, secret, config "
		"or plugin", text_printable(line->arena, type, SHOWN_BYTES));
}

bool argv_write_stats(Line *line)
{
	if (line->arguments.count)
		line_set_path(line, "/containers/{}/stats", line_target(line));
	return true;
}

static bool check_availability(Line *line)
{
	const char *availability = line_text(line, FLAG_AVAILABILITY);

	return !*availability || !strcmp(availability, "active") || !strcmp(availability, "pause") || !strcmp(availability, "drain") ||
	       line_refuse(line, "invalid value \"%s\" for --availability: expected active, pause or drain",
		       text_printable(line->arena, availability, SHOWN_BYTES));
}

/* docker swarm init and join */
bool argv_write_swarm(Line *line)
{
	return check_availability(line);
}

/* docker swarm update: without flags it prints its help. */
bool argv_write_swarm_update(Line *line)
{
	if (!line->settings.count) {
		line->method = "GET";
		line_set_path(line, "/_ping", "");
	}
	return true;
}

/* The content comes from a file, unless a driver has it. */
bool argv_write_secret(Line *line)
{
	return line->arguments.count == 2 || line_find(line, FLAG_DRIVER) || line_refuse(line, "docker secret create: expected SECRET and a file, or --driver");
}

bool argv_write_login(Line *line)
{
	bool in = line_switch(line, FLAG_PASSWORD_STDIN), given = line_find(line, FLAG_PASSWORD) != NULL;

	if (in && given)
		return line_refuse(line, "--password does not go together with --password-stdin");
	return !in || *line_text(line, FLAG_USERNAME) || line_refuse(line, "--password-stdin needs --username as well");
}

bool argv_write_scale(Line *line)
{
	uint64_t count;

	for (size_t i = 0; i < line->arguments.count; i++) {
		Pair pair = value_pair(line_argument(line, i), line->arena);
		if (!value_uint(pair.value, 10, 64, &count))
			return line_refuse(line, "docker service scale: expected SERVICE=REPLICAS, found \"%s\"",
				text_printable(line->arena, line_argument(line, i), SHOWN_BYTES));
	}
	line_set_path(line, "/services/{}/update", value_pair(line_target(line), line->arena).key);
	return true;
}
