/* SPDX-License-Identifier: MIT
 *
 * Volumes, networks, plugins, swarm, and what is told apart by its arguments (docker/cli cli/command).
 */
#include <string.h>
#include "request/argv-body.h"
#include "request/argv-reference.h"
#include "request/argv-value.h"
#include "request/argv-verbs.h"
#include "request/list.h"

#define SHOWN_BYTES 100u

static void write_options(Line *line, const char *name)
{
	StringList values = line_list(line, "opt");
	PairList options = { 0 };

	for (size_t i = 0; i < values.count; i++)
		value_map_set(&options, value_pair(values.items[i], line->arena), line->arena);
	body_map(line, name, &options);
}

bool argv_write_volume(Line *line)
{
	const char *name = line_text(line, "name");

	if (*name && line->arguments.count)
		return line_refuse(line, "the volume's name is given twice: by --name and as argument");
	body_text(line, "Name", *name ? name : line_argument(line, 0));
	body_text(line, "Driver", line_find(line, "driver") ? line_text(line, "driver") : "local");
	write_options(line, "DriverOpts");
	return true;
}

bool argv_write_network(Line *line)
{
	bool subnet = line_find(line, "subnet") != NULL;

	if (!subnet && (line_find(line, "gateway") || line_find(line, "ip-range")))
		return line_refuse(line, "--gateway and --ip-range need a --subnet");
	body_text(line, "Name", line_argument(line, 0));
	body_text(line, "Driver", line_find(line, "driver") ? line_text(line, "driver") : "bridge");
	write_options(line, "Options");
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
	return true;
}

bool argv_write_rotate(Line *line)
{
	const char *role = line_argument(line, 0);

	if (*role && strcmp(role, "worker") != 0 && strcmp(role, "manager") != 0)
		return line_refuse(line, "docker %s: expected worker or manager, found \"%s\"", line->shown, text_printable(line->arena, role, SHOWN_BYTES));
	if (!line_switch(line, "rotate")) {
		line->method = "GET";
		line_set_path(line, "/swarm", "");
	}
	return true;
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
	line_set_path(line, "/services/{}/update", value_pair(line_argument(line, 0), line->arena).key);
	return true;
}
