/* SPDX-License-Identifier: MIT
 *
 * What a network takes of the host: addresses, interfaces, and what its options switch (moby libnetwork/drivers/bridge: labels.go,
 * bridge_linux.go: an explicit subnet is not compared with the host's routes, and a bridge that is there is taken over).
 */
#include <string.h>
#include "base/text.h"
#include "policy/check/check.h"
#include "request/host-net.h"

#define SHOWN_BYTES 100u
#define DOCKER_BRIDGE_DIGITS 12u

static const char *shown(const Evaluation *e, const char *text)
{
	return text_printable(e->arena, text, SHOWN_BYTES);
}

static void judge_option(Evaluation *e, const char *name, const char *value)
{
	const NetworkRules *rules = &e->policy->network;

	if (!patterns_match(&rules->allowed_options, name) &&
		!patterns_match(&rules->allowed_options, arena_printf(e->arena, "%s=%s", name, value)))
		check_report(e, RULE_NETWORK_OPTION, &rules->rule, shown(e, name));
}

static void judge_options(Evaluation *e, const PairList *options)
{
	for (size_t i = 0; i < options->count; i++)
		judge_option(e, options->items[i].key, options->items[i].value);
}

static bool is_create(const Evaluation *e)
{
	return !strcmp(e->request->endpoint, "network.create");
}

/* Of networks that are made, and of connections to networks. */
void check_network_options(Evaluation *e)
{
	const NetworkSpec *network = &e->request->network;

	if (!e->policy->network.allowed_options.globs.count)
		return;
	judge_options(e, &e->request->container.endpoint_options);
	if (!is_create(e))
		return;
	judge_options(e, &e->request->options);
	judge_options(e, &network->ipam_options);
	if (*network->ipam_driver && strcmp(network->ipam_driver, "default") != 0)
		judge_option(e, "ipam-driver", network->ipam_driver);
	if (network->ingress)
		judge_option(e, "ingress", "true");
}

static const HostNet *host_net(Evaluation *e)
{
	return e->situation->host ? e->situation->host : host_net_now(e->arena);
}

/* "eth0.10" is made of eth0. */
static bool is_interface(const HostNet *net, const char *name)
{
	for (size_t i = 0; i < net->interfaces.count; i++) {
		const char *interface = net->interfaces.items[i];
		size_t length = strlen(interface);
		if (!strncmp(name, interface, length) && (!name[length] || strchr(".:@", name[length])))
			return true;
	}
	return false;
}

/* An interface that the policy names with the option is one that it gives away. */
static void judge_interfaces(Evaluation *e, const HostNet *net)
{
	static const char *const names[] = { "com.docker.network.bridge.name", "parent" };
	const NetworkRules *rules = &e->policy->network;
	const PairList *options = &e->request->options;

	for (size_t i = 0; i < options->count; i++) {
		const Pair *option = &options->items[i];
		bool interface = !strcmp(option->key, names[0]) || !strcmp(option->key, names[1]);
		if (interface && is_interface(net, option->value) &&
			!patterns_match(&rules->allowed_options, arena_printf(e->arena, "%s=%s", option->key, option->value)))
			check_report(e, RULE_NETWORK_INTERFACE, &rules->rule, shown(e, option->value));
	}
}

/* docker0, docker_gwbridge, and br- with the first digits of a network's id. */
static bool is_docker_bridge(const char *name)
{
	const char *digits = name + strlen("br-");

	return !strcmp(name, "docker0") || !strcmp(name, "docker_gwbridge") ||
	       (g_str_has_prefix(name, "br-") && strlen(digits) == DOCKER_BRIDGE_DIGITS &&
		       strspn(digits, "0123456789abcdef") == DOCKER_BRIDGE_DIGITS);
}

static void judge_routes(Evaluation *e, const HostNet *net, const char *subnet, const NetRange *range)
{
	for (size_t i = 0; i < net->routes.count; i++) {
		if (is_docker_bridge(net->routes.items[i].interface) || !net_range_overlaps(&net->routes.items[i].range, range))
			continue;
		check_report(e, RULE_NETWORK_ROUTE, &e->policy->network.rule, shown(e, subnet));
		return;
	}
}

static bool in_allowed(const NetworkRules *rules, const NetRange *range)
{
	for (size_t i = 0; i < rules->allowed_subnets.ranges.count; i++)
		if (net_range_holds(&rules->allowed_subnets.ranges.items[i], range))
			return true;
	return false;
}

/* What lies in no subnet that is named would be an address of somewhere else. */
static bool in_subnets(const NetworkSpec *network, const char *text)
{
	NetRange inner, outer;

	if (!net_address_parse(text, &inner) && !net_range_parse(text, &inner))
		return false;
	for (size_t i = 0; i < network->subnets.count; i++)
		if (net_range_parse(network->subnets.items[i], &outer) && net_range_holds(&outer, &inner))
			return true;
	return false;
}

static void judge_subnet(Evaluation *e, const HostNet *net, const char *subnet)
{
	const NetworkRules *rules = &e->policy->network;
	NetRange range;

	if (!net_range_parse(subnet, &range) || (rules->allowed_subnets.ranges.count && !in_allowed(rules, &range)))
		check_report(e, RULE_NETWORK_SUBNET, &rules->rule, shown(e, subnet));
	else if (rules->block_host_routes)
		judge_routes(e, net, subnet, &range);
}

void check_network_addresses(Evaluation *e)
{
	const NetworkRules *rules = &e->policy->network;
	const NetworkSpec *network = &e->request->network;

	if (!is_create(e) || !rules->rule.set ||
		!(rules->allowed_subnets.ranges.count || rules->block_host_interfaces || rules->block_host_routes))
		return;
	const HostNet *net = host_net(e);
	if (!net->known && (rules->block_host_interfaces || rules->block_host_routes))
		check_report_builtin(e, RULE_UNRESOLVED, "the interfaces and routes of this host");
	if (rules->block_host_interfaces)
		judge_interfaces(e, net);
	for (size_t i = 0; i < network->subnets.count; i++)
		judge_subnet(e, net, network->subnets.items[i]);
	for (size_t i = 0; i < network->inside.count; i++)
		if (!in_subnets(network, network->inside.items[i]))
			check_report(e, RULE_NETWORK_SUBNET, &rules->rule, shown(e, network->inside.items[i]));
}
