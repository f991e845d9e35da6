/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "policy/check/check.h"
#include "policy/check/paths.h"
#include "policy/model.h"
#include "policy/wants.h"
#include "request/path-look.h"

static bool judges_namespaces(const Policy *policy)
{
	return policy->namespaces[NS_NETWORK].set || policy->namespaces[NS_PID].set || policy->namespaces[NS_IPC].set ||
	       (policy->mounts.rule.set && pins_known(&policy->mounts)); /* whose processes are seen may have one */
}

/* Whose user is not given has the image's; a warning is not worth the question. */
static bool judges_users(const ContainerRules *rules)
{
	return rules->rule.action == ACTION_BLOCK &&
	       (rules->require_non_root || rules->require_numeric_user || rules->allowed_users.globs.count || rules->blocked_users.globs.count);
}

static unsigned of_mounts(const Policy *policy)
{
	return policy->mounts.rule.set && (mounts_look_closer(&policy->mounts) || pins_known(&policy->mounts)) ? WANT_ENGINE : 0u;
}

static unsigned of_defaults(const Policy *policy)
{
	bool drivers = policy->logging.rule.set && policy->logging.allowed_drivers.globs.count;

	return drivers || policy->runtimes.rule.set ? WANT_DEFAULTS : 0u;
}

static unsigned of_container(const Policy *policy)
{
	return of_defaults(policy) | (policy->mounts.rule.set || policy->volumes.rule.set ? WANT_VOLUMES : 0u) | of_mounts(policy) | (judges_namespaces(policy) ? WANT_JOINED : 0u);
}

static unsigned of_image(const Policy *policy, const Request *request)
{
	return ((policy_scans(policy) & (SCANS_IMAGE | SCANS_SIGNATURES)) ? WANT_IMAGE_ID : 0u) | (!*request->container.user && judges_users(&policy->container) ? WANT_IMAGE : 0u);
}

bool policy_goes_by_origin(const Policy *policy)
{
	return policy && (policy->by_image || policy->images.local != ACTION_ALLOW);
}

/* A name says where an image comes from only when it was pulled from there; one of a foreign registry may also be that of an image made here. */
static unsigned of_name(const Policy *policy, const Request *request)
{
	g_autoptr(Arena) arena = arena_new();
	bool foreign = request && request->kind == KIND_CONTAINER_CREATE && registry_is_foreign(&policy->images, &request->image, arena);

	return policy_goes_by_origin(policy) || foreign ? WANT_ORIGIN : 0u;
}

unsigned policy_wants(const Policy *policy, const Request *request)
{
	if (!policy || request->problem != PROBLEM_NONE)
		return 0;
	if (request->use)
		return of_container(policy) | of_name(policy, request->stored) | WANT_STORED | (policy->by_command ? WANT_COMMAND : 0u) | (request->stored ? of_image(policy, request->stored) : 0u);
	switch (request->kind) {
	case KIND_SERVICE:
		return of_container(policy) | (policy->namespaces[NS_NETWORK].set ? WANT_NETWORKS : 0u) | of_name(policy, request) | of_image(policy, request) |
		       (request->rollback ? WANT_STORED : 0u);
	case KIND_CONTAINER_CREATE:
		return of_container(policy) | of_name(policy, request) | of_image(policy, request);
	case KIND_IMAGE_PUSH:
		return (policy_scans(policy) & SCANS_SECRETS) && *request->image.tag ? WANT_IMAGE_ID : 0u;
	case KIND_LIFECYCLE: /* a network by its id may be the host's */
		return policy->namespaces[NS_NETWORK].set && !strcmp(request->endpoint, "network.connect") ? WANT_NETWORKS : 0u;
	case KIND_IMAGE_BUILD: /* networkmode=container:NAME */
		return of_container(policy) & WANT_JOINED;
	case KIND_VOLUME_CREATE:
		return of_mounts(policy);
	default:
		return 0;
	}
}

bool policy_wants_caller(const Policy *policy, const Request *request)
{
	return request->mutates || (policy && (policy->custom.by_caller & REQUEST_KINDS(request->kind)));
}

unsigned policy_paths(const Policy *policy)
{
	const MountRules *rules = policy ? &policy->mounts : NULL;

	if (!rules || !rules->rule.set)
		return 0;
	unsigned pins = pins_known(rules) ? PATHS_PINS : 0u;
	if (!mounts_look_closer(rules))
		return pins;
	bool ways = rules->default_action != ACTION_ALLOW || rules->no_way_back != ACTION_ALLOW || rules->foreign_ids != ACTION_ALLOW;
	return PATHS_FACTS | (ways ? PATHS_WAYS : 0u) | pins;
}
