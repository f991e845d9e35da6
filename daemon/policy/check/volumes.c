/* SPDX-License-Identifier: MIT
 *
 * What may be mounted at all: kinds of mounts, and what is behind a volume of Docker's own driver.
 */
#include <string.h>
#include <sys/stat.h>
#include "base/text.h"
#include "policy/check/check.h"
#include "request/host-net.h"

#define SHOWN_BYTES 100u

static const char *shown(const Evaluation *e, const char *text)
{
	return text_printable(e->arena, text, SHOWN_BYTES);
}

/* The swarm makes another text of it on the node that runs the task (moby/swarmkit template/expand.go, ExpandContainerSpec: sources
 * and targets of mounts, values of volumes' options and labels, the hostname, and values, not names, of the environment). */
static bool expanded_later(const Evaluation *e, const char *text)
{
	return e->request->kind == KIND_SERVICE && strstr(text, "{{");
}

void check_mount_types(Evaluation *e)
{
	const MountRules *rules = &e->policy->mounts;
	const ContainerSpec *spec = &e->request->container;

	for (size_t i = 0; rules->rule.set && i < spec->mounts.count; i++) {
		const Mount *mount = &spec->mounts.items[i];
		if (rules->allowed_types.globs.count && !patterns_match(&rules->allowed_types, mount->type))
			check_report(e, RULE_MOUNT_TYPE, &rules->rule, shown(e, mount->type));
		if (expanded_later(e, mount->source) || expanded_later(e, mount->target))
			check_report(e, RULE_MOUNT_TEMPLATE, &rules->rule,
				shown(e, expanded_later(e, mount->source) ? mount->source : mount->target));
	}
	for (size_t i = 0; rules->rule.set && i < spec->local_volumes.count; i++)
		if (e->request->kind == KIND_SERVICE && spec->local_volumes.items[i].template)
			check_report(e, RULE_MOUNT_TEMPLATE, &rules->rule, "an option of a volume");
}

/* A node that somebody made elsewhere is the device all the same. */
static bool is_device(const Mount *mount)
{
	const PathFacts *facts = mount->facts;

	return mount->device || (facts && facts->exists && (S_ISBLK(facts->source.mode) || S_ISCHR(facts->source.mode)));
}

void check_device_nodes(Evaluation *e)
{
	const MountList *mounts = &e->request->container.mounts;
	const DeviceRules *rules = &e->policy->devices;

	for (size_t i = 0; rules->rule.set && i < mounts->count; i++) {
		const Mount *mount = &mounts->items[i];
		if (mount->kind == MOUNT_BIND && is_device(mount) && !patterns_match(&rules->allowed, mount->resolved))
			check_report(e, RULE_DEVICES, &rules->rule, shown(e, mount->clean));
	}
}

static bool same_host(const char *a, const char *b)
{
	NetRange left, right;

	if (net_address_parse(a, &left) && net_address_parse(b, &right))
		return net_range_holds(&left, &right);
	return !g_ascii_strcasecmp(a, b);
}

/* NFS and CIFS trust the host's address: who mounts from itself, or what the host mounts, has the rights of the host. */
static const char *why_never(const HostNet *net, const char *server)
{
	char name[256] = "";
	const NetRange unset = { .prefix = NET_BITS };
	NetRange address, loopback;
	bool numeric = net_address_parse(server, &address);

	if (!net->known)
		return "nobody can say what the host mounts";
	(void)gethostname(name, sizeof name - 1);
	if (!*server || same_host(server, "localhost") || same_host(server, name))
		return "the host itself";
	if (numeric && (net_range_holds(&unset, &address) || same_host(server, "0.0.0.0") ||
			       (net_range_parse("127.0.0.0/8", &loopback) && net_range_holds(&loopback, &address))))
		return "the host itself";
	for (size_t i = 0; numeric && i < net->addresses.count; i++)
		if (net_range_holds(&net->addresses.items[i], &address))
			return "the host itself";
	for (size_t i = 0; i < net->servers.count; i++)
		if (same_host(net->servers.items[i], server))
			return "the host mounts from it";
	return NULL;
}

static void judge_server(Evaluation *e, const VolumeRules *rules, const char *server)
{
	g_autofree char *lower = g_ascii_strdown(server, -1);

	if (!patterns_match(&rules->allowed_servers, lower)) {
		check_report(e, RULE_VOLUME_SERVER, &rules->rule, shown(e, server));
		return;
	}
	const char *why = why_never(e->situation->host ? e->situation->host : host_net_now(e->arena), server);
	if (why)
		check_report_as(e, RULE_VOLUME_SERVER, &rules->rule, rules->rule.action,
			arena_printf(e->arena, "A volume may not come from %s: %s", shown(e, server), why), server);
}

static void judge_volume(Evaluation *e, const VolumeRules *rules, const LocalVolume *volume)
{
	if (*volume->driver && rules->allowed_drivers.globs.count && !patterns_match(&rules->allowed_drivers, volume->driver))
		check_report(e, RULE_VOLUME_DRIVER, &rules->rule, shown(e, volume->driver));
	if (*volume->type && rules->allowed_types.globs.count && !patterns_match(&rules->allowed_types, volume->type))
		check_report(e, RULE_VOLUME_TYPE, &rules->rule, shown(e, volume->type));
	else if (*volume->problem && rules->allowed_types.globs.count)
		check_report(
			e, RULE_VOLUME_TYPE, &rules->rule, shown(e, arena_printf(e->arena, "%s with %s", volume->type, volume->problem)));
	for (size_t i = 0; (rules->allowed_types.globs.count || rules->allowed_servers.globs.count) && i < volume->servers.count; i++)
		judge_server(e, rules, volume->servers.items[i]);
}

void check_volume_sources(Evaluation *e)
{
	const LocalVolumeList *volumes = &e->request->container.local_volumes;

	for (size_t i = 0; e->policy->volumes.rule.set && i < volumes->count; i++)
		judge_volume(e, &e->policy->volumes, &volumes->items[i]);
}
