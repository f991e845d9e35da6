/* SPDX-License-Identifier: MIT
 *
 * docker buildx: what its builders and builds lead to (docker/buildx driver/docker-container/driver.go, commands/create.go).
 * A builder of the driver docker-container is a container of Docker's, privileged, named buildx_buildkit_NAME0.
 * It is made when the builder is first used, or at once with --bootstrap; it is judged when the line asks for the builder.
 */
#include <string.h>
#include "request/argv/call/body.h"
#include "request/argv/value/reference.h"
#include "request/argv/value/value.h"
#include "request/argv/commands/verbs.h"
#include "request/list.h"

#define BUILDER_IMAGE "moby/buildkit:buildx-stable-1"
#define DEFAULT_BUILDER "default"
#define SHOWN_BYTES 100u

typedef struct DriverOptions {
	const char *image, *network, *cgroup_parent, *restart;
	int64_t memory;
	StringList env;
} DriverOptions;

static const char *after(const char *text, const char *prefix)
{
	size_t length = strlen(prefix);

	return !strncmp(text, prefix, length) ? text + length : NULL;
}

static bool read_option(Line *line, const char *text, DriverOptions *ret)
{
	const char *value;

	if ((value = after(text, "image=")))
		ret->image = value;
	else if ((value = after(text, "network=")))
		ret->network = value;
	else if ((value = after(text, "cgroup-parent=")))
		ret->cgroup_parent = value;
	else if ((value = after(text, "restart-policy=")))
		ret->restart = arena_strndup(line->arena, value, strcspn(value, ":"));
	else if ((value = after(text, "memory=")) && !value_bytes(value, &ret->memory))
		return line_refuse(
			line, "--driver-opt %s: expected a size such as 512m or 2g", text_printable(line->arena, text, SHOWN_BYTES));
	else if ((value = after(text, "env.")))
		LIST_APPEND(line->arena, &ret->env, value);
	return strchr(text, '=') ||
	       line_refuse(line, "--driver-opt %s: expected KEY=VALUE", text_printable(line->arena, text, SHOWN_BYTES));
}

static bool read_options(Line *line, DriverOptions *ret)
{
	StringList values = line_list(line, FLAG_DRIVER_OPT), fields;
	const char *why;

	*ret = (DriverOptions){ .image = BUILDER_IMAGE, .network = "", .cgroup_parent = "", .restart = "unless-stopped" };
	for (size_t i = 0; i < values.count; i++) {
		if (!value_csv(values.items[i], line->arena, &fields, &why))
			return line_refuse(line, "--driver-opt %s: %s", text_printable(line->arena, values.items[i], SHOWN_BYTES), why);
		for (size_t j = 0; j < fields.count; j++)
			if (!read_option(line, fields.items[j], ret))
				return false;
	}
	return true;
}

/* The builder that the line names, "" when it is not known to be one with a container of its own. */
static const char *named_builder(Line *line)
{
	const char *name = line_text(line, FLAG_BUILDER), *known = line_known_env(line, "BUILDX_BUILDER");

	if (!*name)
		name = known ? known : "";
	return strcmp(name, DEFAULT_BUILDER) != 0 ? name : "";
}

static bool is_create(const Line *line)
{
	return strstr(line->command->words, "buildx create") != NULL;
}

/* Whether the line leads to a builder's container. */
static bool makes_container(Line *line)
{
	const char *driver = line_text(line, FLAG_DRIVER), *inspected = line_argument(line, 0);

	if (is_create(line))
		return !line_switch(line, FLAG_LEAVE) && (!*driver || !strcmp(driver, "docker-container"));
	if (!strcmp(line->command->path, "/grpc") && line_find(line, FLAG_BOOTSTRAP))
		return line_switch(line, FLAG_BOOTSTRAP) && (*inspected ? strcmp(inspected, DEFAULT_BUILDER) != 0 : *named_builder(line));
	return *named_builder(line);
}

static bool check_driver(Line *line)
{
	static const char *const drivers[] = { "", "docker", "docker-container", "kubernetes", "remote" };
	const char *driver = line_text(line, FLAG_DRIVER);

	for (size_t i = 0; i < G_N_ELEMENTS(drivers); i++)
		if (!strcmp(drivers[i], driver))
			return strcmp(driver, "docker") != 0 ||
			       line_refuse(line, "--driver docker: there is one such builder, and it is there already");
	return line_refuse(
		line, "--driver %s: expected docker-container, kubernetes or remote", text_printable(line->arena, driver, SHOWN_BYTES));
}

static void write_host_config(Line *line, const DriverOptions *options, const char *container)
{
	body_open(line, "HostConfig", '{');
	body_switch(line, "Privileged", true);
	body_switch(line, "Init", true);
	body_text(line, "NetworkMode", options->network);
	body_text(line, "CgroupParent", options->cgroup_parent);
	body_number(line, "Memory", options->memory);
	body_open(line, "RestartPolicy", '{');
	body_text(line, "Name", options->restart);
	body_close(line, '{');
	body_open(line, "Mounts", '[');
	body_open(line, NULL, '{');
	body_text(line, "Type", "volume");
	body_text(line, "Source", arena_printf(line->arena, "%s_state", container));
	body_text(line, "Target", "/var/lib/buildkit");
	body_close(line, '{');
	body_close(line, '[');
	body_close(line, '{');
}

/* The name of a builder without one is random: any stands for it. */
static bool write_container(Line *line)
{
	const char *name = is_create(line) ? line_text(line, FLAG_NAME) : named_builder(line), *container;
	DriverOptions options;

	if (!*name && !is_create(line))
		name = line_argument(line, 0);
	if (!read_options(line, &options))
		return false;
	container = arena_printf(line->arena, "buildx_buildkit_%s0", *name ? name : "builder");
	line->method = "POST";
	line_set_path(line, "/containers/create", "");
	query_add(line, "name", container);
	body_text(line, "Image", options.image);
	body_list(line, "Env", &options.env);
	write_host_config(line, &options, container);
	return true;
}

bool argv_write_builder(Line *line)
{
	if (is_create(line) && !check_driver(line))
		return false;
	if (makes_container(line))
		return write_container(line);
	if (is_create(line)) {
		line->method = "GET";
		line_set_path(line, "/_ping", "");
	}
	return true;
}

bool argv_write_buildkit(Line *line)
{
	StringList forwards = line_list(line, FLAG_SSH), fields;
	const char *why;

	for (size_t i = 0; i < forwards.count; i++) {
		if (!*forwards.items[i] || !value_csv(forwards.items[i], line->arena, &fields, &why))
			continue;
		for (size_t j = 0; j < fields.count; j++) {
			const char *agent = strchr(fields.items[j], '=') ? "" : line_env(line, "SSH_AUTH_SOCK");
			if (!agent && !line->needs.count)
				return line_refuse(line, "--ssh %s: there is no agent; SSH_AUTH_SOCK is not set",
					text_printable(line->arena, fields.items[j], SHOWN_BYTES));
		}
	}
	return !makes_container(line) || write_container(line);
}

static ArgvMade builder_made(Line *line)
{
	return makes_container(line) ? ARGV_MADE : ARGV_NOT_MADE;
}

static bool write_builder_image(Line *line)
{
	DriverOptions options;
	Reference reference;

	if (!read_options(line, &options) || !reference_check(line, options.image, &reference))
		return false;
	query_add(line, "fromImage", reference.name);
	query_add(line, "tag", reference_api_tag(&reference));
	return true;
}

/* --allow, as far as it begins so. */
static bool allows(Line *line, const char *entitlement)
{
	StringList values = line_list(line, FLAG_ALLOW), fields;
	const char *why;

	for (size_t i = 0; i < values.count; i++) {
		if (!*values.items[i] || !value_csv(values.items[i], line->arena, &fields, &why))
			continue;
		for (size_t j = 0; j < fields.count; j++)
			if (g_str_has_prefix(fields.items[j], entitlement))
				return true;
	}
	return false;
}

/* A step of the build has the host's network: as the classic builder's call would say it. */
static ArgvMade host_network(Line *line)
{
	return !strcmp(line_text(line, FLAG_NETWORK), "host") || allows(line, "network.host") ? ARGV_MADE : ARGV_NOT_MADE;
}

static bool write_host_network(Line *line)
{
	query_add(line, "networkmode", "host");
	query_add(line, "version", "1");
	return true;
}

/* A step without a sandbox (RUN --security=insecure), or with a device of the host: a container with that, made of nothing. */
static ArgvMade insecure(Line *line)
{
	return allows(line, "security.insecure") || allows(line, "device") ? ARGV_MADE : ARGV_NOT_MADE;
}

static bool write_insecure(Line *line)
{
	body_text(line, "Image", BUILDER_IMAGE);
	body_open(line, "HostConfig", '{');
	body_switch(line, "Privileged", true);
	body_close(line, '{');
	return true;
}

#define PULL_BUILDER                                                                                                                       \
	{                                                                                                                                  \
		"POST", "/images/create", builder_made, write_builder_image                                                                \
	}
#define START_BUILDER                                                                                                                      \
	{                                                                                                                                  \
		"POST", "/containers/ID/start", builder_made, NULL                                                                         \
	}

static const Step building[] = {
	{ "POST", "/build", host_network, write_host_network },
	{ "POST", "/containers/create", insecure, write_insecure },
	PULL_BUILDER,
	START_BUILDER,
};
static const Step booting[] = { PULL_BUILDER, START_BUILDER };

const StepTable buildx_steps = { building, G_N_ELEMENTS(building) }, builder_steps = { booting, G_N_ELEMENTS(booting) };
