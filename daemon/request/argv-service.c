/* SPDX-License-Identifier: MIT
 *
 * docker service create and update (docker/cli cli/command/service/opts.go).  An update is judged by
 * what the line says: the rest of the service's specification is not known here.
 */
#include <string.h>
#include "request/argv-body.h"
#include "request/argv-container.h"
#include "request/argv-reference.h"
#include "request/argv-value.h"
#include "request/argv-verbs.h"
#include "request/list.h"

/* The flag of docker service create, or of docker service update when that was given. */
static const char *either(Line *line, const char *create, const char *update)
{
	return line_find(line, update) ? update : create;
}

static void write_flag_list(Line *line, const char *name, const char *flag)
{
	StringList values = line_list(line, flag);

	body_list(line, name, &values);
}

static void write_flag_map(Line *line, const char *name, const char *flag)
{
	StringList values = line_list(line, flag);
	PairList map = { 0 };

	for (size_t i = 0; i < values.count; i++)
		value_map_set(&map, value_pair(values.items[i], line->arena), line->arena);
	body_map(line, name, &map);
}

/* The CLI sends capabilities sorted, in upper case and with CAP_; those that are added and dropped stay added. */
static void write_capabilities(Line *line)
{
	write_flag_list(line, "CapabilityAdd", "cap-add");
	write_flag_list(line, "CapabilityDrop", "cap-drop");
}

static void write_mounts(Line *line)
{
	StringList values = line_list(line, either(line, "mount", "mount-add"));
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
	StringList values = line_list(line, either(line, "host", "host-add")), dns = line_list(line, either(line, "dns", "dns-add"));

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
static bool write_words(Line *line, const char *name, const char *flag)
{
	const char *text = line_text(line, flag);
	g_auto(GStrv) words = NULL;
	g_autoptr(GError) error = NULL;
	StringList list = { 0 };

	if (!*text)
		return true;
	if (!g_shell_parse_argv(text, NULL, &words, &error))
		return line_refuse(line, "invalid value for --%s: expected words as in a shell: %s", flag, error->message);
	for (size_t i = 0; words[i]; i++) {
		const char *word = arena_strdup(line->arena, words[i]);
		LIST_APPEND(line->arena, &list, word);
	}
	body_list(line, name, &list);
	return true;
}

static bool write_environment(Line *line)
{
	StringList environment, added = line_list(line, "env-add");

	if (!argv_environment(line, false, &environment))
		return false;
	for (size_t i = 0; i < added.count; i++)
		LIST_APPEND(line->arena, &environment, added.items[i]);
	body_list(line, "Env", &environment);
	return true;
}

/* The CLI adds ":latest" to a name alone; what it resolves to a digest at the registry is not known here. */
static bool write_image(Line *line, const char *image)
{
	Reference reference;

	if (!*image)
		return true;
	if (strspn(image, "0123456789abcdef") != 64 && !reference_check(line, image, &reference))
		return false;
	body_text(line, "Image", image);
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
	if (!write_image(line, update ? line_text(line, "image") : line_argument(line, 0)) || !write_words(line, "Command", "entrypoint") ||
		!write_environment(line) || !argv_health_write(line))
		return false;
	if (update && !write_words(line, "Args", "args"))
		return false;
	if (!update)
		write_arguments(line);
	write_flag_map(line, "Labels", either(line, "container-label", "container-label-add"));
	body_text(line, "Hostname", line_text(line, "hostname"));
	write_flag_list(line, "Groups", either(line, "group", "group-add"));
	body_text(line, "Dir", line_text(line, "workdir"));
	body_text(line, "User", line_text(line, "user"));
	body_switch(line, "ReadOnly", line_switch(line, "read-only"));
	write_mounts(line);
	write_hosts(line);
	write_flag_map(line, "Sysctls", either(line, "sysctl", "sysctl-add"));
	write_capabilities(line);
	container_ulimits_write(line, either(line, "ulimit", "ulimit-add"));
	body_number(line, "OomScoreAdj", line_number(line, "oom-score-adj"));
	body_close(line, '{');
	return true;
}

static void write_limits(Line *line)
{
	body_open(line, "Resources", '{');
	body_open(line, "Limits", '{');
	body_number(line, "NanoCPUs", line_number(line, "limit-cpu"));
	body_number(line, "MemoryBytes", line_number(line, "limit-memory"));
	body_number(line, "Pids", line_number(line, "limit-pids"));
	body_close(line, '{');
	body_close(line, '{');
}

/* The CLI asks for the id of each network; only those that everybody has are the same by name. */
static bool write_networks(Line *line)
{
	StringList values = line_list(line, either(line, "network", "network-add"));
	ArgvNetwork network;

	body_open(line, "Networks", '[');
	for (size_t i = 0; i < values.count; i++) {
		if (!argv_network_read(line, values.items[i], &network))
			return false;
		body_open(line, NULL, '{');
		body_text(line, "Target", network.name);
		body_close(line, '{');
	}
	body_close(line, '[');
	return true;
}

static void write_log(Line *line)
{
	if (!*line_text(line, "log-driver"))
		return;
	body_open(line, "LogDriver", '{');
	body_text(line, "Name", line_text(line, "log-driver"));
	write_flag_map(line, "Options", "log-opt");
	body_close(line, '{');
}

static void write_port(Line *line, const Port *port)
{
	int64_t target = 0, published = 0;
	size_t digits = strcspn(port->container, "/");
	g_autofree char *number = g_strndup(port->container, digits);

	(void)value_int(number, 10, 32, &target);
	(void)value_int(port->host_port, 10, 32, &published);
	body_open(line, NULL, '{');
	body_text(line, "Protocol", port->container + digits + (port->container[digits] != 0));
	body_number(line, "TargetPort", target);
	body_number(line, "PublishedPort", published);
	body_close(line, '{');
}

static void write_ports(Line *line)
{
	StringList values = line_list(line, either(line, "publish", "publish-add"));
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

	body_text(line, "Name", line_text(line, "name"));
	write_flag_map(line, "Labels", either(line, "label", "label-add"));
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
