/* SPDX-License-Identifier: MIT
 *
 * docker service create and update (docker/cli cli/command/service/opts.go).  An update is judged by
 * what the line says: the rest of the service's specification is not known here.
 */
#include <string.h>
#include "request/argv/call/body.h"
#include "request/argv/call/container.h"
#include "request/argv/value/reference.h"
#include "request/argv/value/value.h"
#include "request/argv/commands/verbs.h"
#include "request/list.h"

/* The flag of docker service create, or of docker service update when that was given. */
static FlagName either(Line *line, FlagName create, FlagName update)
{
	return line_find(line, update) ? update : create;
}

static void write_flag_list(Line *line, const char *name, FlagName flag)
{
	StringList values = line_list(line, flag);

	body_list(line, name, &values);
}

static void write_flag_map(Line *line, const char *name, FlagName flag)
{
	StringList values = line_list(line, flag);
	PairList map = { 0 };

	for (size_t i = 0; i < values.count; i++)
		value_map_set(&map, value_pair(values.items[i], line->arena), line->arena);
	body_map(line, name, &map);
}

static bool has(const StringList *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (!strcmp(names->items[i], name))
			return true;
	return false;
}

/* ALL stands for every other; what is added and dropped stays added (opts/capabilities.go). */
static void write_capabilities(Line *line)
{
	const char *all = "ALL";
	StringList sent[2] = { argv_capabilities(line_list(line, FLAG_CAP_ADD), line->arena), argv_capabilities(line_list(line, FLAG_CAP_DROP), line->arena) };
	StringList dropped = { 0 };

	for (size_t i = 0; i < G_N_ELEMENTS(sent); i++) {
		if (!has(&sent[i], all))
			continue;
		sent[i] = (StringList){ 0 };
		LIST_APPEND(line->arena, &sent[i], all);
	}
	for (size_t i = 0; i < sent[1].count; i++)
		if (!has(&sent[0], sent[1].items[i]))
			LIST_APPEND(line->arena, &dropped, sent[1].items[i]);
	body_list(line, "CapabilityAdd", &sent[0]);
	body_list(line, "CapabilityDrop", &dropped);
}

static void write_privileges(Line *line)
{
	if (!line_find(line, FLAG_CREDENTIAL_SPEC))
		return;
	body_open(line, "Privileges", '{');
	body_open(line, "CredentialSpec", '{');
	body_text(line, "File", line_text(line, FLAG_CREDENTIAL_SPEC));
	body_close(line, '{');
	body_close(line, '{');
}

static void write_mounts(Line *line)
{
	StringList values = line_list(line, either(line, FLAG_MOUNT, FLAG_MOUNT_ADD));
	ArgvMount mount;

	body_open(line, "Mounts", '[');
	for (size_t i = 0; i < values.count; i++)
		if (argv_mount_read(line, values.items[i], &mount))
			argv_mount_write(line, &mount);
	body_close(line, '[');
}

/* "db:10.0.0.1" is sent as a line of /etc/hosts. */
static void write_hosts(Line *line)
{
	StringList values = line_list(line, either(line, FLAG_HOST, FLAG_HOST_ADD)), dns = line_list(line, either(line, FLAG_DNS, FLAG_DNS_ADD));

	for (size_t i = 0; i < values.count; i++) {
		const char *host = container_extra_host(values.items[i], line->arena);
		size_t name = strcspn(host, ":");
		values.items[i] = arena_printf(line->arena, "%s %.*s", host + name + 1, (int)name, host);
	}
	body_list(line, "Hosts", &values);
	body_open(line, "DNSConfig", '{');
	body_list(line, "Nameservers", &dns);
	body_close(line, '{');
}

/* github.com/google/shlex */
static bool write_words(Line *line, const char *name, FlagName flag)
{
	const char *text = line_text(line, flag);
	g_auto(GStrv) words = NULL;
	g_autoptr(GError) error = NULL;
	StringList list = { 0 };

	if (!*text)
		return true;
	if (!g_shell_parse_argv(text, NULL, &words, &error))
		return line_refuse(line, "invalid value for --%s: expected words as in a shell: %s", flag_text(flag), error->message);
	for (size_t i = 0; words[i]; i++) {
		const char *word = arena_strdup(line->arena, words[i]);
		LIST_APPEND(line->arena, &list, word);
	}
	body_list(line, name, &list);
	return true;
}

/* Whether a later setting has the same name. */
static bool said_later(const StringList *settings, size_t index)
{
	size_t name = strcspn(settings->items[index], "=");

	for (size_t i = index + 1; i < settings->count; i++)
		if (strcspn(settings->items[i], "=") == name && !memcmp(settings->items[i], settings->items[index], name))
			return true;
	return false;
}

static bool write_environment(Line *line)
{
	StringList environment, once = { 0 }, added = line_list(line, FLAG_ENV_ADD);

	if (!argv_environment(line, false, &environment))
		return false;
	for (size_t i = 0; i < added.count; i++)
		LIST_APPEND(line->arena, &environment, added.items[i]);
	for (size_t i = 0; i < environment.count; i++)
		if (!said_later(&environment, i))
			LIST_APPEND(line->arena, &once, environment.items[i]);
	body_list(line, "Env", &once);
	return true;
}

/* A name alone gets the tag latest; what is no name is sent as it is.  The digest that a registry
 * would add is not known here. */
static bool write_image(Line *line, const char *image)
{
	Reference reference;

	if (line_switch(line, FLAG_WITH_REGISTRY_AUTH) && *image && !reference_check(line, image, &reference))
		return false;
	if (!reference_parse(image, line->arena, &reference) && !*reference.digest)
		image = arena_printf(line->arena, "%s:%s", reference_familiar(&reference), reference_api_tag(&reference));
	body_text(line, "Image", image);
	return true;
}

static bool check_mode(Line *line)
{
	static const char *const modes[] = { "replicated", "global", "replicated-job", "global-job" };
	const char *mode = line_find(line, FLAG_MODE) ? line_text(line, FLAG_MODE) : "replicated";
	size_t at = 0;

	while (at < G_N_ELEMENTS(modes) && strcmp(modes[at], mode) != 0)
		at++;
	if (at == G_N_ELEMENTS(modes))
		return line_refuse(line, "invalid value for --mode: expected replicated, global, replicated-job or global-job");
	if (strstr(mode, "global") && (line_find(line, FLAG_REPLICAS) || line_find(line, FLAG_REPLICAS_MAX_PER_NODE)))
		return line_refuse(line, "--replicas and --replicas-max-per-node do not go together with --mode %s", mode);
	if (strcmp(mode, "replicated-job") != 0 && line_find(line, FLAG_MAX_CONCURRENT))
		return line_refuse(line, "--max-concurrent goes with --mode replicated-job");
	return true;
}

static void write_arguments(Line *line)
{
	StringList words = { 0 };

	for (size_t i = 1; i < line->arguments.count; i++)
		LIST_APPEND(line->arena, &words, line->arguments.items[i].text);
	body_list(line, "Args", &words);
}

static bool write_container(Line *line, bool update)
{
	body_open(line, "ContainerSpec", '{');
	if (!write_image(line, update ? line_text(line, FLAG_IMAGE) : line_argument(line, 0)))
		return false;
	if (!write_words(line, "Command", FLAG_ENTRYPOINT) || !write_environment(line) || !argv_health_write(line))
		return false;
	if (update && !write_words(line, "Args", FLAG_ARGS))
		return false;
	if (!update)
		write_arguments(line);
	write_flag_map(line, "Labels", either(line, FLAG_CONTAINER_LABEL, FLAG_CONTAINER_LABEL_ADD));
	body_text(line, "Hostname", line_text(line, FLAG_HOSTNAME));
	write_flag_list(line, "Groups", either(line, FLAG_GROUP, FLAG_GROUP_ADD));
	body_text(line, "Dir", line_text(line, FLAG_WORKDIR));
	body_text(line, "User", line_text(line, FLAG_USER));
	body_switch(line, "ReadOnly", line_switch(line, FLAG_READ_ONLY));
	write_mounts(line);
	write_hosts(line);
	write_flag_map(line, "Sysctls", either(line, FLAG_SYSCTL, FLAG_SYSCTL_ADD));
	write_capabilities(line);
	write_privileges(line);
	container_ulimits_write(line, either(line, FLAG_ULIMIT, FLAG_ULIMIT_ADD));
	body_number(line, "OomScoreAdj", line_number(line, FLAG_OOM_SCORE_ADJ));
	body_close(line, '{');
	return true;
}

static void write_limits(Line *line)
{
	body_open(line, "Resources", '{');
	body_open(line, "Limits", '{');
	body_number(line, "NanoCPUs", line_number(line, FLAG_LIMIT_CPU));
	body_number(line, "MemoryBytes", line_number(line, FLAG_LIMIT_MEMORY));
	body_number(line, "Pids", line_number(line, FLAG_LIMIT_PIDS));
	body_close(line, '{');
	body_close(line, '{');
}

/* The CLI asks for the id of each network; only those that everybody has are the same by name. */
static bool write_networks(Line *line)
{
	StringList values = line_list(line, either(line, FLAG_NETWORK, FLAG_NETWORK_ADD));
	ArgvNetwork network;

	body_open(line, "Networks", '[');
	for (size_t i = 0; i < values.count; i++) {
		if (!argv_network_read(line, values.items[i], &network))
			return false;
		body_open(line, NULL, '{');
		body_text(line, "Target", network.name);
		body_map(line, "DriverOpts", &network.options);
		body_close(line, '{');
	}
	body_close(line, '[');
	return true;
}

static void write_log(Line *line)
{
	if (!*line_text(line, FLAG_LOG_DRIVER))
		return;
	body_open(line, "LogDriver", '{');
	body_text(line, "Name", line_text(line, FLAG_LOG_DRIVER));
	write_flag_map(line, "Options", FLAG_LOG_OPT);
	body_close(line, '{');
}

static void write_port(Line *line, const Port *port)
{
	int64_t target = 0, first = 0, last = 0;
	size_t digits = strcspn(port->container, "/");
	g_autofree char *number = g_strndup(port->container, digits);
	g_auto(GStrv) range = g_strsplit(port->host_port, "-", -1);

	(void)value_int(number, 10, 32, &target);
	if (range[0])
		(void)value_int(range[0], 10, 32, &first);
	last = first;
	if (range[0] && range[1])
		(void)value_int(range[1], 10, 32, &last);
	for (int64_t published = first; published <= last; published++) {
		body_open(line, NULL, '{');
		body_text(line, "Protocol", port->container + digits + (port->container[digits] != 0));
		body_number(line, "TargetPort", target);
		body_number(line, "PublishedPort", published);
		body_close(line, '{');
	}
}

static void write_ports(Line *line)
{
	StringList values = line_list(line, either(line, FLAG_PUBLISH, FLAG_PUBLISH_ADD));
	ServicePort port;

	body_open(line, "EndpointSpec", '{');
	body_open(line, "Ports", '[');
	for (size_t i = 0; i < values.count; i++) {
		if (!argv_service_port(line, values.items[i], &port))
			continue;
		for (size_t j = 0; j < port.ports.count; j++)
			write_port(line, &port.ports.items[j]);
	}
	body_close(line, '[');
	body_close(line, '{');
}

bool argv_write_service(Line *line)
{
	bool update = strstr(line->command->words, "update") != NULL;

	if (!update && !check_mode(line))
		return false;
	body_text(line, "Name", line_text(line, FLAG_NAME));
	write_flag_map(line, "Labels", either(line, FLAG_LABEL, FLAG_LABEL_ADD));
	body_open(line, "TaskTemplate", '{');
	if (!write_container(line, update))
		return false;
	write_limits(line);
	if (!write_networks(line))
		return false;
	write_log(line);
	body_close(line, '{');
	write_ports(line);
	return true;
}
