/* SPDX-License-Identifier: MIT */
#include "policy/model.h"
#include "policy/wants.h"

static bool judges_namespaces(const Policy *policy)
{
	return policy->namespaces[NS_NETWORK].set || policy->namespaces[NS_PID].set || policy->namespaces[NS_IPC].set;
}

/* Whose user is not given has the image's; a warning is not worth the question. */
static bool judges_users(const ContainerRules *rules)
{
	return rules->rule.action == ACTION_BLOCK &&
	       (rules->require_non_root || rules->require_numeric_user || rules->allowed_users.globs.count || rules->blocked_users.globs.count);
}

static unsigned of_container(const Policy *policy)
{
	return (policy->mounts.rule.set ? WANT_VOLUMES : 0u) | (judges_namespaces(policy) ? WANT_JOINED : 0u);
}

static unsigned of_image(const Policy *policy, const Request *request)
{
	return ((policy_scans(policy) & SCANS_IMAGE) ? WANT_IMAGE_ID : 0u) | (!*request->container.user && judges_users(&policy->container) ? WANT_IMAGE : 0u);
}

unsigned policy_wants(const Policy *policy, const Request *request)
{
	if (!policy || request->problem != PROBLEM_NONE)
		return 0;
	if (request->use)
		return of_container(policy) | WANT_STORED | (request->stored ? of_image(policy, request->stored) : 0u);
	switch (request->kind) {
	case KIND_SERVICE:
		return of_container(policy) | (policy->namespaces[NS_NETWORK].set ? WANT_NETWORKS : 0u) | of_image(policy, request);
	case KIND_CONTAINER_CREATE:
		return of_container(policy) | of_image(policy, request);
	case KIND_IMAGE_PUSH:
		return (policy_scans(policy) & SCANS_SECRETS) && *request->image.tag ? WANT_IMAGE_ID : 0u;
	case KIND_IMAGE_BUILD: /* networkmode=container:NAME */
		return of_container(policy) & WANT_JOINED;
	default:
		return 0;
	}
}

bool policy_wants_caller(const Policy *policy, const Request *request)
{
	return request->mutates || (policy && (policy->custom.by_caller & REQUEST_KINDS(request->kind)));
}
