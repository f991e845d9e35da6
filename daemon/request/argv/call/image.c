/* SPDX-License-Identifier: MIT
 *
 * docker build, pull, push, tag, commit, import (docker/cli cli/command/image, moby client).
 */
#include <string.h>
#include "request/argv/call/body.h"
#include "request/argv/call/container.h"
#include "request/argv/value/reference.h"
#include "request/argv/value/value.h"
#include "request/argv/commands/verbs.h"
#include "request/list.h"

#define SHOWN_BYTES 200u


/* Values that may hold several, with commas between them (pflag stringSlice). */
static StringList csv_list(Line *line, FlagName flag)
{
	StringList values = line_list(line, flag), all = { 0 }, fields;
	const char *why;

	for (size_t i = 0; i < values.count; i++) {
		if (!*values.items[i] || !value_csv(values.items[i], line->arena, &fields, &why))
			continue;
		for (size_t j = 0; j < fields.count; j++)
			LIST_APPEND(line->arena, &all, fields.items[j]);
	}
	return all;
}

/* Lists and maps stand in the query as JSON: the body's writer makes them. */
static void query_add_body(Line *line, const char *name)
{
	if (line->body.length)
		query_add(line, name, line->body.data);
	line->body = BUFFER_INIT(line->arena);
}

static void write_arguments(Line *line)
{
	StringList values = line_list(line, FLAG_BUILD_ARG);
	PairList map = { 0 };

	for (size_t i = 0; i < values.count; i++) {
		const char *value = strchr(values.items[i], '=') ? NULL : line_env(line, values.items[i]);
		if (value)
			values.items[i] = arena_printf(line->arena, "%s=%s", values.items[i], value);
	}
	argv_add_proxies(line, &values);
	for (size_t i = 0; i < values.count; i++)
		value_map_set(&map, value_pair(values.items[i], line->arena), line->arena);
	body_map(line, NULL, &map);
	query_add_body(line, "buildargs");
}

static void write_build_lists(Line *line)
{
	StringList tags = line_list(line, FLAG_TAG), hosts = line_list(line, FLAG_ADD_HOST), security = csv_list(line, FLAG_SECURITY_OPT);
	PairList labels;

	for (size_t i = 0; i < tags.count; i++)
		query_add(line, "t", tags.items[i]);
	for (size_t i = 0; i < hosts.count; i++)
		query_add(line, "extrahosts", container_extra_host(hosts.items[i], line->arena));
	write_arguments(line);
	if (argv_labels(line, FLAG_LABEL, &labels))
		body_map(line, NULL, &labels);
	query_add_body(line, "labels");
	for (size_t i = 0; i < security.count; i++)
		query_add(line, "securityopt", security.items[i]);
}

bool argv_write_build(Line *line)
{
	const char *network = line_text(line, FLAG_NETWORK), *context = line_argument(line, 0), *file = line_text(line, FLAG_FILE);

	if (!strcmp(context, "-") && !strcmp(file, "-"))
		return line_refuse(line, "docker build: the context and the Dockerfile cannot both be read from standard input");
	if (*network && strcmp(network, "default") != 0)
		query_add(line, "networkmode", network);
	if (*line_text(line, FLAG_CGROUP_PARENT))
		query_add(line, "cgroupparent", line_text(line, FLAG_CGROUP_PARENT));
	write_build_lists(line);
	query_add(line, "version", "1");
	line->sends = true;
	return true;
}

/* One image, or with --all-tags every one of its repository. */
static bool read_repository(Line *line, Reference *ret, bool *ret_all)
{
	*ret_all = line_switch(line, FLAG_ALL_TAGS);
	if (!reference_check(line, line_argument(line, 0), ret))
		return false;
	return !*ret_all || (!*ret->tag && !*ret->digest) || line_refuse(line, "--all-tags does not go together with a tag or a digest");
}

bool argv_write_pull(Line *line)
{
	Reference reference;
	bool all;

	if (!read_repository(line, &reference, &all))
		return false;
	query_add(line, "fromImage", reference.name);
	if (!all)
		query_add(line, "tag", reference_api_tag(&reference));
	return true;
}

bool argv_write_push(Line *line)
{
	Reference reference;
	bool all;

	if (!read_repository(line, &reference, &all))
		return false;
	if (*reference.digest)
		return line_refuse(line, "an image that is named by its digest cannot be pushed");
	line_set_path(line, "/images/{}/push", reference.name);
	if (!all)
		query_add(line, "tag", reference_api_tag(&reference));
	return true;
}

/* repo and tag of a name that something gets. */
static bool add_target(Line *line, const char *name)
{
	Reference reference;

	if (!reference_check(line, name, &reference))
		return false;
	if (*reference.digest)
		return line_refuse(line, "\"%s\": a new name cannot have a digest", text_printable(line->arena, name, SHOWN_BYTES));
	query_add(line, "repo", reference.name);
	query_add(line, "tag", reference_api_tag(&reference));
	return true;
}

bool argv_write_tag(Line *line)
{
	return reference_check_any(line, line_argument(line, 0)) && add_target(line, line_argument(line, 1));
}

bool argv_write_commit(Line *line)
{
	g_autofree char *container = g_strdup(line_argument(line, 0));

	if (!*g_strstrip(container))
		return line_refuse(line, "docker commit: the container's name must not be empty");
	query_add(line, "container", container);
	return !*line_argument(line, 1) || add_target(line, line_argument(line, 1));
}

bool argv_write_import(Line *line)
{
	const char *source = line_argument(line, 0), *name = line_argument(line, 1);
	bool remote = g_str_has_prefix(source, "http://") || g_str_has_prefix(source, "https://");
	Reference reference;

	if (*name && !reference_check(line, name, &reference))
		return false;
	query_add(line, "fromSrc", remote ? source : "-");
	query_add(line, "repo", name);
	line->sends = !remote;
	return true;
}
