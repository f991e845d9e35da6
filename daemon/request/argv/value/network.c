/* SPDX-License-Identifier: MIT
 *
 * --network and what belongs to it (docker/cli opts/network.go, cli/command/container/opts.go
 * parseNetworkOpts).
 */
#include <string.h>
#include "request/argv/call/body.h"
#include "request/argv/call/container.h"
#include "request/argv/value/value.h"
#include "request/list.h"

#define SHOWN_BYTES 100u

bool network_is_user_defined(const char *name)
{
	static const char *const own[] = { "default", "bridge", "host", "none" };

	for (size_t i = 0; i < G_N_ELEMENTS(own); i++)
		if (!strcmp(name, own[i]))
			return false;
	return !g_str_has_prefix(name, "container:");
}

static bool take_key(Line *line, ArgvNetwork *network, const char *key, const char *value)
{
	const struct { const char *key; const char **target; } texts[] = {
		{ "name", &network->name }, { "ip", &network->ip4 }, { "ip6", &network->ip6 }, { "mac-address", &network->mac },
	};
	int64_t number;

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		if (!strcmp(texts[i].key, key))
			return (*texts[i].target = value) != NULL;
	if (!strcmp(key, "alias")) {
		LIST_APPEND(line->arena, &network->aliases, value);
		return true;
	}
	if (!strcmp(key, "link-local-ip")) {
		LIST_APPEND(line->arena, &network->addresses, value);
		return true;
	}
	if (!strcmp(key, "driver-opt")) {
		network->tuned = true;
		value_map_set(&network->options, value_pair(value, line->arena), line->arena);
		return strchr(value, '=') || line_refuse(line, "--network: driver-opt expects NAME=VALUE");
	}
	if (!strcmp(key, "gw-priority")) {
		bool good = value_int(value, 10, 64, &number);
		network->tuned = network->tuned || (good && number);
		return good || line_refuse(line, "--network: gw-priority expects a whole number");
	}
	return line_refuse(line, "--network has no key \"%s\": expected name, alias, ip, ip6, link-local-ip, mac-address, driver-opt or gw-priority",
		text_printable(line->arena, key, SHOWN_BYTES));
}

static bool read_fields(Line *line, const StringList *fields, ArgvNetwork *network)
{
	for (size_t i = 0; i < fields->count; i++) {
		g_autofree char *lower = g_utf8_strdown(fields->items[i], -1);
		size_t length = strcspn(lower, "=");
		if (!lower[length])
			return line_refuse(line, "--network: expected KEY=VALUE, found \"%s\"", text_printable(line->arena, fields->items[i], SHOWN_BYTES));
		const char *value = value_trim(lower + length + 1, line->arena);
		lower[length] = 0;
		if (!take_key(line, network, value_trim(lower, line->arena), value))
			return false;
	}
	return *network->name || line_refuse(line, "--network: expected the name of the network: name=...");
}

bool argv_network_read(Line *line, const char *value, ArgvNetwork *ret)
{
	StringList fields;
	const char *why;

	*ret = (ArgvNetwork){ .name = value, .ip4 = "", .ip6 = "", .mac = "" };
	if (!g_regex_match_simple("[A-Za-z0-9_]=[A-Za-z0-9_]", value, 0, 0))
		return true;
	*ret = (ArgvNetwork){ .name = "", .ip4 = "", .ip6 = "", .mac = "" };
	if (!value_csv(value, line->arena, &fields, &why))
		return line_refuse(line, "--network \"%s\": expected %s", text_printable(line->arena, value, SHOWN_BYTES), why);
	return read_fields(line, &fields, ret);
}

/* The flags that are said once for the first network. */
static bool take_container_flags(Line *line, ArgvNetwork *network)
{
	const struct { FlagName flag; const char **own; } texts[] = {
		{ FLAG_IP, &network->ip4 }, { FLAG_IP6, &network->ip6 }, { FLAG_MAC_ADDRESS, &network->mac },
	};
	const struct { FlagName flag; StringList *own; } lists[] = {
		{ FLAG_NETWORK_ALIAS, &network->aliases }, { FLAG_LINK_LOCAL_IP, &network->addresses },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		const char *value = line_text(line, texts[i].flag);
		if (*value && **texts[i].own)
			return line_refuse(line, "--%s conflicts with what --network says of it", flag_text(texts[i].flag));
		if (*value)
			*texts[i].own = value;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
		StringList values = line_list(line, lists[i].flag);
		if (values.count && lists[i].own->count)
			return line_refuse(line, "--%s conflicts with what --network says of it", flag_text(lists[i].flag));
		if (values.count)
			*lists[i].own = values;
	}
	return true;
}

static bool check(Line *line, const ArgvNetwork *network)
{
	g_autofree char *name = g_strdup(network->name);

	if (!*g_strstrip(name))
		return line_refuse(line, "--network: expected the name of a network");
	if (network->aliases.count && !network_is_user_defined(network->name))
		return line_refuse(line, "--network-alias: aliases go with a network of your own, not with \"%s\"",
			text_printable(line->arena, network->name, SHOWN_BYTES));
	g_autofree char *mac = g_strdup(network->mac);
	if (*network->mac && !value_mac(g_strstrip(mac)))
		return line_refuse(line, "\"%s\" is not a MAC address", text_printable(line->arena, network->mac, SHOWN_BYTES));
	return true;
}

static bool seen(const StringList *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (!strcmp(names->items[i], name))
			return true;
	return false;
}

/* Without custom options a single network is left out, so that the daemon fills it in. */
static bool says_more(Line *line, const ArgvNetwork *network, size_t count)
{
	return count > 1 || network->tuned || *network->ip4 || *network->ip6 || *network->mac || network->aliases.count || network->addresses.count ||
	       (network_is_user_defined(network->name) && line_find(line, FLAG_LINK));
}

/* The networks in the order of the flags; `ret_sent`: those that go into EndpointsConfig. */
static bool collect(Line *line, StringList *ret_names, StringList *ret_sent)
{
	StringList values = line_list(line, FLAG_NETWORK);
	size_t own = 0;

	if (!values.count) {
		const char *none = "default";
		LIST_APPEND(line->arena, &values, none);
	}
	*ret_names = *ret_sent = (StringList){ 0 };
	for (size_t i = 0; i < values.count; i++) {
		ArgvNetwork network;
		if (!argv_network_read(line, values.items[i], &network) || (!i && !take_container_flags(line, &network)) || !check(line, &network))
			return false;
		if (seen(ret_sent, network.name))
			return line_refuse(line, "--network: \"%s\" is there twice", text_printable(line->arena, network.name, SHOWN_BYTES));
		LIST_APPEND(line->arena, ret_names, network.name);
		own += network_is_user_defined(network.name);
		if (!line_find(line, FLAG_NETWORK) || says_more(line, &network, values.count))
			LIST_APPEND(line->arena, ret_sent, network.name);
	}
	if (own && own < values.count)
		return line_refuse(line, "--network: networks of your own do not go together with bridge, host, none and container:");
	return true;
}

bool argv_networks_check(Line *line, const char **ret_mode)
{
	StringList names, sent;

	if (!collect(line, &names, &sent))
		return false;
	*ret_mode = names.items[0];
	return true;
}

static void write_driver_options(Line *line, const char *name)
{
	StringList values = line_list(line, FLAG_NETWORK);
	ArgvNetwork network;

	for (size_t i = 0; i < values.count; i++)
		if (argv_network_read(line, values.items[i], &network) && !strcmp(network.name, name))
			body_map(line, "DriverOpts", &network.options);
}

void argv_networks_write(Line *line)
{
	StringList names, sent;

	if (!collect(line, &names, &sent))
		return;
	body_open(line, "NetworkingConfig", '{');
	body_open(line, "EndpointsConfig", '{');
	for (size_t i = 0; i < sent.count; i++) {
		body_open(line, sent.items[i], '{');
		write_driver_options(line, sent.items[i]);
		body_close(line, '{');
	}
	body_close(line, '{');
	body_close(line, '{');
}
