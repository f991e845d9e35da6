/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include "policy/check/check.h"

#define FIRST_UNPRIVILEGED 1024

/* What an empty mode means on Linux. */
static const char *effective_mode(const char *mode)
{
	return !*mode || !strcmp(mode, "default") ? "bridge" : mode;
}

static void judge_mode(Evaluation *e, const char *mode)
{
	const NetworkRules *rules = &e->policy->network;

	if (rules->allowed_modes.globs.count && !patterns_match(&rules->allowed_modes, mode))
		check_report(e, RULE_NETWORK_MODE, &rules->rule, mode);
}

void check_network_mode(Evaluation *e)
{
	const NetworkRules *rules = &e->policy->network;
	const ContainerSpec *spec = &e->request->container;
	bool service = e->request->kind == KIND_SERVICE; /* its networks are a list; no mode, no bridge */

	if (!rules->rule.set || !e->request->has_container)
		return;
	const char *mode = effective_mode(spec->network_mode);
	if (!service)
		judge_mode(e, mode);
	for (size_t i = 0; i < spec->networks.count; i++)
		if (strcmp(spec->networks.items[i], mode) != 0)
			judge_mode(e, spec->networks.items[i]);
	if (rules->block_default_bridge && !service && !strcmp(mode, "bridge"))
		check_report(e, RULE_DEFAULT_BRIDGE, &rules->rule, "");
	if (rules->require_dns && !spec->dns.count)
		check_report(e, RULE_DNS, &rules->rule, "");
}

/* What is published on the host: "8080", "8000-8010"; "" when Docker picks a port. */
typedef struct Published {
	Evaluation *e;
	const Port *port;
	long first, last;
	const char *protocol;
	const PortRule *rule; /* that hits it */
} Published;

static Published read_port(Evaluation *e, const Port *port)
{
	const char *slash = strchr(port->container, '/'), *dash = strchr(port->host_port, '-');
	Published published = { .e = e, .port = port, .first = strtol(port->host_port, NULL, 10), .protocol = slash ? slash + 1 : "tcp" };

	published.last = dash ? strtol(dash + 1, NULL, 10) : published.first;
	return published;
}

static bool try_rule(uint32_t value, void *data)
{
	Published *published = data;
	const PortRule *rule = &published->e->policy->network.blocked_ports.items[value];
	bool protocol = !*rule->protocol || !strcmp(rule->protocol, published->protocol);

	if (!protocol || published->last < rule->first || published->first > rule->last)
		return false;
	published->rule = rule;
	return true;
}

/* A range on the request's side is rare: then every rule is tried. */
static const PortRule *blocked_by(Published *published)
{
	const NetworkRules *rules = &published->e->policy->network;
	g_autofree char *number = g_strdup_printf("%ld", published->first);

	if (!rules->port_index)
		return NULL;
	if (published->first == published->last)
		(void)text_index_find(rules->port_index, number, strlen(number), try_rule, published);
	for (size_t i = 0; published->first != published->last && i < rules->blocked_ports.count && !published->rule; i++)
		(void)try_rule((uint32_t)i, published);
	return published->rule;
}

static bool everywhere(const char *address)
{
	return !*address || !strcmp(address, "0.0.0.0") || !strcmp(address, "::") || !strcmp(address, "[::]");
}

static void judge_port(Evaluation *e, const Port *port)
{
	const NetworkRules *rules = &e->policy->network;
	const char *shown = *port->host_port ? port->host_port : port->container;
	Published published = read_port(e, port);

	if (*port->host_port && blocked_by(&published))
		check_report_as(e, RULE_PORT_BLOCKED, &rules->rule, rules->rule.action, published.rule->message, shown);
	if (rules->block_privileged_ports && *port->host_port && published.first > 0 && published.first < FIRST_UNPRIVILEGED)
		check_report(e, RULE_PORT_PRIVILEGED, &rules->rule, shown);
	if (rules->block_all_interfaces && everywhere(port->host_ip))
		check_report(e, RULE_PORT_INTERFACES, &rules->rule, shown);
}

void check_ports(Evaluation *e)
{
	const NetworkRules *rules = &e->policy->network;
	const ContainerSpec *spec = &e->request->container;

	if (!rules->rule.set)
		return;
	for (size_t i = 0; i < spec->ports.count; i++)
		judge_port(e, &spec->ports.items[i]);
	if (rules->block_publish_all && spec->publish_all_ports)
		check_report(e, RULE_PUBLISH_ALL, &rules->rule, "");
}

/* Networks that are made, and containers that are put into one later. */
void check_network_driver(Evaluation *e)
{
	const NetworkRules *rules = &e->policy->network;
	const Request *request = e->request;

	if (!strcmp(request->endpoint, "network.connect"))
		judge_mode(e, request->subject);
	if (!strcmp(request->endpoint, "network.connect") && (!strcmp(request->subject, "host") || !strcmp(request->container.network_mode, "host")))
		check_report(e, RULE_HOST_NETWORK, &e->policy->namespaces[NS_NETWORK], "");
	if (strcmp(request->endpoint, "network.create") != 0 || !rules->allowed_drivers.globs.count)
		return;
	const char *driver = *request->driver ? request->driver : "bridge";
	if (!patterns_match(&rules->allowed_drivers, driver))
		check_report(e, RULE_NETWORK_DRIVER, &rules->rule, driver);
}
