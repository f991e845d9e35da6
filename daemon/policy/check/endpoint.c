/* SPDX-License-Identifier: MIT
 *
 * Families of calls that a policy can switch off as a whole, builds, and custom rules.
 */
#include <stdlib.h>
#include <string.h>
#include "base/users.h"
#include "policy/check/check.h"
#include "policy/custom/custom.h"
#include "request/api.h"
#include "request/builder.h"
#include "request/image.h"

typedef struct Member {
	const char *endpoint;
	Family family;
} Member;

/* Sorted by endpoint (request/endpoints.c).  Swarm, plugins and BuildKit go by the request's kind. */
static const Member members[] = {
	{ "build.cancel", FAMILY_BUILD },         { "build.prune", FAMILY_PRUNE },           { "checkpoint.create", FAMILY_CHECKPOINT },
	{ "checkpoint.delete", FAMILY_CHECKPOINT },
	{ "config.create", FAMILY_CONFIGS },      { "config.delete", FAMILY_CONFIGS },       { "config.update", FAMILY_CONFIGS },
	{ "container.archive-get", FAMILY_CP },   { "container.archive-put", FAMILY_CP },    { "container.attach", FAMILY_ATTACH },
	{ "container.commit", FAMILY_COMMIT },    { "container.delete", FAMILY_REMOVE },     { "container.export", FAMILY_EXPORT },
	{ "container.logs", FAMILY_LOGS },        { "container.prune", FAMILY_PRUNE },       { "container.update", FAMILY_UPDATE },
	{ "exec.create", FAMILY_EXEC },           { "exec.start", FAMILY_EXEC },             { "image.build", FAMILY_BUILD },
	{ "image.create", FAMILY_PULL },          { "image.delete", FAMILY_REMOVE },         { "image.import", FAMILY_IMPORT },
	{ "image.load", FAMILY_LOAD },            { "image.prune", FAMILY_PRUNE },           { "image.push", FAMILY_PUSH },
	{ "image.save", FAMILY_SAVE },            { "image.tag", FAMILY_TAG },               { "network.connect", FAMILY_NETWORKS },
	{ "network.create", FAMILY_NETWORKS },    { "network.delete", FAMILY_NETWORKS },     { "network.disconnect", FAMILY_NETWORKS },
	{ "network.prune", FAMILY_PRUNE },        { "secret.create", FAMILY_SECRETS },       { "secret.delete", FAMILY_SECRETS },
	{ "secret.update", FAMILY_SECRETS },      { "service.create", FAMILY_SERVICES },     { "service.delete", FAMILY_SERVICES },
	{ "service.logs", FAMILY_LOGS },          { "service.update", FAMILY_SERVICES },     { "system.auth", FAMILY_LOGIN },
	{ "task.logs", FAMILY_LOGS },             { "volume.create", FAMILY_VOLUMES },       { "volume.delete", FAMILY_VOLUMES },
	{ "volume.prune", FAMILY_PRUNE },
};

static int compare_member(const void *name, const void *member)
{
	return strcmp(name, ((const Member *)member)->endpoint);
}

static Family family_of(const Request *request)
{
	static const struct { RequestKind kind; Family family; } kinds[] = {
		{ KIND_SWARM, FAMILY_SWARM }, { KIND_PLUGIN, FAMILY_PLUGINS }, { KIND_BUILDKIT, FAMILY_BUILDKIT },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (request->kind == kinds[i].kind)
			return kinds[i].family;
	const Member *member = bsearch(request->endpoint, members, G_N_ELEMENTS(members), sizeof *members, compare_member);
	return member ? member->family : FAMILY_COUNT;
}

/* Nobody sees into the channel: what a build may take of the host is what dockerd's builder gives. */
static void report_buildkit(Evaluation *e)
{
	const RuleSettings *rule = &e->policy->endpoints[FAMILY_BUILDKIT];
	Action confined = MIN(e->policy->buildkit_confined, rule->action);
	const Builder *builder = e->situation->builder;

	if (confined == rule->action)
		check_report(e, RULE_ENDPOINT_BUILDKIT, rule, "");
	else if (builder && builder_closed(builder))
		check_report_as(e, RULE_BUILDKIT_CONFINED, rule, confined, "", "");
	else
		check_report_as(e, RULE_ENDPOINT_BUILDKIT, rule, rule->action,
			builder && *builder->unknown ?
				arena_printf(e->arena, "BuildKit's channel cannot be seen into, and it is not known what Docker's builder gives: %s", builder->unknown) :
				"BuildKit's channel cannot be seen into, and Docker's builder may give builds the host's network or a process without confinement", "");
}

void check_endpoint(Evaluation *e)
{
	Family family = *e->request->endpoint ? family_of(e->request) : FAMILY_COUNT;

	if (family == FAMILY_COUNT)
		return;
	if (family == FAMILY_BUILDKIT)
		report_buildkit(e);
	else
		check_report(e, (RuleId)(RULE_ENDPOINT_SWARM + family), &e->policy->endpoints[family], "");
	/* Secrets and configs are the swarm's, unless they have a rule of their own. */
	if ((family == FAMILY_SECRETS || family == FAMILY_CONFIGS) && !e->policy->endpoints[family].set)
		check_report(e, RULE_ENDPOINT_SWARM, &e->policy->endpoints[FAMILY_SWARM], "");
	/* BuildKit's channel carries builds as well. */
	if (family == FAMILY_BUILDKIT)
		check_report(e, RULE_ENDPOINT_BUILD, &e->policy->endpoints[FAMILY_BUILD], "");
}

/* Whether the caller may use BuildKit's channel, by the rules for a call of it. */
static bool channel_is_blocked(const Evaluation *e)
{
	const ApiCall call = { .method = "POST", .uri = "/grpc", .content_type = "", .content_length = "" };
	Evaluation channel = { .policy = e->policy, .request = api_read(&call, e->arena), .situation = e->situation, .arena = e->arena, .scan_image = "" };

	check_endpoint(&channel);
	for (size_t i = 0; i < channel.findings.count; i++)
		if (channel.findings.items[i].finding.action == ACTION_BLOCK)
			return true;
	return false;
}

/* Nobody asked for this container: buildx makes it when the channel was denied, and shows the denial of this alone. */
void check_builder(Evaluation *e)
{
	static const char message[] = "BuildKit's channel cannot be seen into and is not allowed; what docker build does instead, a builder of its own (moby/buildkit), is not either";

	if (builder_is_fallback(e->request) && channel_is_blocked(e))
		check_report_scan(e, RULE_ENDPOINT_BUILDKIT, ACTION_BLOCK, SEVERITY_CRITICAL, -1, message, "moby/buildkit");
}

void check_build(Evaluation *e)
{
	const BuildRules *rules = &e->policy->build;
	const Request *request = e->request;

	if (*request->remote)
		check_report(e, RULE_BUILD_REMOTE, &rules->remote, "");
	if (request->unseen_body)
		check_report(e, RULE_BUILD_UNSEEN, &rules->unseen_body, "");
	if (request->kind == KIND_IMAGE_BUILD && !strcmp(request->container.network_mode, "host"))
		check_report(e, RULE_BUILD_NETWORK, &rules->host_network, "");
	if (request->kind != KIND_IMAGE_BUILD || !rules->registries.rule.set)
		return;
	for (size_t i = 0; i < request->tags.count; i++) {
		const ImageRef image = image_parse(request->tags.items[i], e->arena);
		if (!registries_have(&rules->registries.allowed, &image, e->arena))
			check_report(e, RULE_BUILD_REGISTRY, &rules->registries.rule, request->tags.items[i]);
	}
}

static void custom_holds(const CustomRule *rule, bool gave_up, void *data)
{
	check_report_custom(data, rule, gave_up);
}

/* What every client asks before anything else: without the answers it cannot even show why something is denied. */
bool custom_spares(const char *endpoint)
{
	return !strcmp(endpoint, "system.ping") || !strcmp(endpoint, "system.version");
}

void check_custom(Evaluation *e)
{
	const char *user = e->situation->user && user_is_certain(e->situation->user) ? e->situation->user : "";

	if (e->policy->custom.index && !custom_spares(e->request->endpoint))
		custom_find(&e->policy->custom, e->request, user, e->arena, custom_holds, e);
}
