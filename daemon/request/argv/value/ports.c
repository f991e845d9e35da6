/* SPDX-License-Identifier: MIT
 *
 * -p and --expose (docker/go-connections nat, cli/command/container/opts.go).
 */
#include <stdlib.h>
#include <string.h>
#include "base/limits.h"
#include "request/argv/call/body.h"
#include "request/argv/call/container.h"
#include "request/argv/value/value.h"
#include "request/list.h"

#define SHOWN_BYTES 100u

typedef struct PortRange {
	uint64_t first, last;
} PortRange;

static bool read_range(const char *text, PortRange *ret)
{
	g_auto(GStrv) parts = g_strsplit(text, "-", -1);

	if (!parts[0] || !value_uint(parts[0], 10, 16, &ret->first))
		return false;
	if (!parts[1]) {
		ret->last = ret->first;
		return true;
	}
	return value_uint(parts[1], 10, 16, &ret->last) && ret->last >= ret->first;
}

static bool protocol_known(const char *protocol)
{
	return !strcmp(protocol, "tcp") || !strcmp(protocol, "udp") || !strcmp(protocol, "sctp");
}

/* One -p in its parts; they point into `copy`. */
typedef struct Spec {
	char *copy;
	const char *ip, *host, *container, *protocol;
} Spec;

static Spec split(const char *value, Arena *arena)
{
	Spec spec = { .copy = arena_strdup(arena, value), .ip = "", .host = "", .protocol = "tcp" };
	char *container = spec.copy, *colon = strrchr(spec.copy, ':');

	if (colon) {
		*colon = 0;
		container = colon + 1;
		spec.host = spec.copy;
		colon = strrchr(spec.copy, ':');
		if (colon) {
			*colon = 0;
			spec.host = colon + 1;
			spec.ip = spec.copy;
		}
	}
	char *slash = strchr(container, '/');
	if (slash) {
		*slash++ = 0;
		*strchrnul(slash, '/') = 0;
		if (*slash && *container)
			spec.protocol = value_lower(slash, arena);
	}
	spec.container = container;
	return spec;
}

static bool strip_brackets(Spec *spec, Arena *arena)
{
	size_t length = strlen(spec->ip);

	if (*spec->ip == '[') {
		if (spec->ip[length - 1] != ']')
			return false;
		spec->ip = arena_strndup(arena, spec->ip + 1, length - 2);
	}
	return !*spec->ip || value_address(spec->ip, arena);
}

static bool refuse(Line *line, FlagName flag, const char *value, const char *expected)
{
	return line_refuse(line, "invalid value \"%s\" for --%s: expected %s", text_printable(line->arena, value, SHOWN_BYTES), flag_text(flag), expected);
}

static void add_ports(PortList *ports, const Spec *spec, const PortRange *host, const PortRange *container, Arena *arena)
{
	uint64_t count = container->last - container->first;

	for (uint64_t i = 0; i <= count; i++) {
		Port port = { arena_printf(arena, "%u/%s", (unsigned)(container->first + i), spec->protocol), spec->ip, "" };
		if (*spec->host)
			port.host_port = arena_printf(arena, "%u", (unsigned)(host->first + i));
		if (*spec->host && !count && host->first != host->last)
			port.host_port = arena_printf(arena, "%u-%u", (unsigned)host->first, (unsigned)host->last);
		LIST_APPEND(arena, ports, port);
	}
}

static bool read_port(Line *line, const char *value, PortList *ports)
{
	Spec spec = split(value, line->arena);
	PortRange host = { 0, 0 }, container;

	if (!strip_brackets(&spec, line->arena))
		return refuse(line, FLAG_PUBLISH, value, "an IP address in front of the ports");
	if (!*spec.container || !read_range(spec.container, &container))
		return refuse(line, FLAG_PUBLISH, value, "[IP:][HOST-PORT:]CONTAINER-PORT[/PROTOCOL], ports from 0 to 65535");
	if (*spec.host && !read_range(spec.host, &host))
		return refuse(line, FLAG_PUBLISH, value, "a host port, or a range such as 8000-8010");
	if (*spec.host && container.last != container.first && container.last - container.first != host.last - host.first)
		return refuse(line, FLAG_PUBLISH, value, "as many host ports as container ports");
	if (!protocol_known(spec.protocol))
		return refuse(line, FLAG_PUBLISH, value, "the protocol tcp, udp or sctp");
	line->ports += container.last - container.first + 1;
	if (line->ports > LIMIT_ARGV_PORTS)
		return refuse(line, FLAG_PUBLISH, value, "fewer ports in all");
	add_ports(ports, &spec, &host, &container, line->arena);
	return true;
}

/* "published=8080,target=80" -> "8080:80/tcp"; others as they are. */
static const char *standard_notation(Line *line, const char *value)
{
	PairList params = { 0 };

	if (!strchr(value, '='))
		return value;
	value_map_set(&params, (Pair){ "protocol", "tcp" }, line->arena);
	value_map_set(&params, (Pair){ "published", "" }, line->arena);
	value_map_set(&params, (Pair){ "target", "" }, line->arena);
	g_auto(GStrv) fields = g_strsplit(value, ",", -1);
	for (size_t i = 0; fields[i]; i++) {
		if (!strchr(fields[i], '=') || *fields[i] == '=') {
			(void)refuse(line, FLAG_PUBLISH, value, "NAME=VALUE between the commas");
			return NULL;
		}
		value_map_set(&params, value_pair(arena_strdup(line->arena, fields[i]), line->arena), line->arena);
	}
	return arena_printf(line->arena, "%s:%s/%s", params.items[1].value, params.items[2].value, params.items[0].value);
}

static bool collect(Line *line, PortList *ret)
{
	StringList values = line_list(line, FLAG_PUBLISH);

	*ret = (PortList){ 0 };
	for (size_t i = 0; i < values.count; i++) {
		const char *value = standard_notation(line, values.items[i]);
		if (!value || !read_port(line, value, ret))
			return false;
	}
	return true;
}

static bool check_expose(Line *line)
{
	StringList values = line_list(line, FLAG_EXPOSE);

	for (size_t i = 0; i < values.count; i++) {
		Spec spec = split(values.items[i], line->arena);
		PortRange range;
		if (strchr(values.items[i], ':') || !read_range(spec.container, &range))
			return refuse(line, FLAG_EXPOSE, values.items[i], "PORT[/PROTOCOL], or a range of ports");
	}
	return true;
}

bool argv_ports_check(Line *line)
{
	PortList ports;

	return collect(line, &ports) && check_expose(line);
}

static int compare_ports(const void *a, const void *b)
{
	return strcmp(((const Port *)a)->container, ((const Port *)b)->container);
}

void argv_ports_write(Line *line)
{
	PortList ports;

	if (!collect(line, &ports))
		return;
	if (ports.count)
		qsort(ports.items, ports.count, sizeof *ports.items, compare_ports);
	body_open(line, "PortBindings", '{');
	for (size_t i = 0; i < ports.count; i++) {
		if (!i || compare_ports(&ports.items[i], &ports.items[i - 1]) != 0)
			body_open(line, ports.items[i].container, '[');
		body_open(line, NULL, '{');
		body_text(line, "HostIp", ports.items[i].host_ip);
		body_text(line, "HostPort", ports.items[i].host_port);
		body_close(line, '{');
		if (i + 1 == ports.count || compare_ports(&ports.items[i], &ports.items[i + 1]) != 0)
			body_close(line, '[');
	}
	body_close(line, '{');
}

/* target=80,published=8080,protocol=tcp,mode=host */
static bool read_long_port(Line *line, const char *value, PortList *ports)
{
	const char *target = NULL, *published = "", *protocol = "tcp", *why;
	StringList fields;
	uint64_t number;
	PortRange range;

	if (!value_csv(value, line->arena, &fields, &why))
		return false;
	for (size_t i = 0; i < fields.count; i++) {
		g_autofree char *lower = g_ascii_strdown(fields.items[i], -1);
		Pair pair = value_pair(arena_strdup(line->arena, lower), line->arena);
		if (!strcmp(pair.key, "protocol") && protocol_known(pair.value))
			protocol = pair.value;
		else if (!strcmp(pair.key, "target") && value_uint(pair.value, 10, 16, &number))
			target = pair.value;
		else if (!strcmp(pair.key, "published") && read_range(pair.value, &range))
			published = pair.value;
		else if (strcmp(pair.key, "mode") != 0 || (strcmp(pair.value, "host") != 0 && strcmp(pair.value, "ingress") != 0))
			return false;
	}
	if (!target)
		return false;
	const Port port = { arena_printf(line->arena, "%s/%s", target, protocol), "", published };
	LIST_APPEND(line->arena, ports, port);
	return true;
}

bool argv_service_port(Line *line, const char *value, ServicePort *ret)
{
	*ret = (ServicePort){ { 0 } };
	if (g_regex_match_simple("[A-Za-z0-9_]=[A-Za-z0-9_]", value, 0, 0))
		return read_long_port(line, value, &ret->ports);
	if (!read_port(line, value, &ret->ports))
		return false;
	for (size_t i = 0; i < ret->ports.count; i++)
		if (*ret->ports.items[i].host_ip)
			return false;
	return true;
}
