/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "policy/custom/condition.h"
#include "policy/model.h"
#include "policy/review/recorded.h"
#include "policy/rules.h"
#include "policy/signature.h"
#include "policy/wants.h"
#include "request/image.h"

static bool hides(const Recorded *recorded, const char *member)
{
	for (size_t i = 0; i < recorded->hidden->count; i++)
		if (!strcmp(recorded->hidden->items[i], member))
			return true;
	return false;
}

/* Custom rules ask what they like. */
static bool asks_hidden(const Policy *policy, const Recorded *recorded)
{
	for (size_t i = 0; i < recorded->hidden->count; i++)
		for (size_t r = 0; r < policy->custom.count; r++)
			if (condition_uses(policy->custom.items[r].condition, recorded->hidden->items[i]))
				return true;
	if (policy->by_command && (hides(recorded, "command") || hides(recorded, "entrypoint")))
		return true;
	return (hides(recorded, "env") && policy->environment.rule.set && policy->environment.secret_patterns.count) || (hides(recorded, "labels") && policy->by_label);
}

/* The other members have values that the rules look at; of these the policy's own rules ask only what stands in their place. */
static bool hides_more(const Recorded *recorded)
{
	static const char *const harmless[] = { "env", "labels", "uri", "command", "entrypoint" };

	for (size_t i = 0; i < recorded->hidden->count; i++) {
		bool known = false;
		for (size_t h = 0; h < G_N_ELEMENTS(harmless); h++)
			known |= !strcmp(harmless[h], recorded->hidden->items[i]);
		if (!known)
			return true;
	}
	return false;
}

static bool has_binds(const Request *request)
{
	for (size_t i = 0; i < request->container.mounts.count; i++)
		if (request->container.mounts.items[i].kind == MOUNT_BIND)
			return true;
	return request->stored && has_binds(request->stored);
}

static bool has_servers(const Request *request)
{
	for (size_t i = 0; i < request->container.local_volumes.count; i++)
		if (request->container.local_volumes.items[i].servers.count)
			return true;
	return request->stored && has_servers(request->stored);
}

static bool goes_by_host_net(const Policy *policy, const Request *request)
{
	return (policy->network.rule.set && !strcmp(request->endpoint, "network.create")) || (policy->volumes.rule.set && has_servers(request));
}

/* Whether an answer of what the policy believes now is there, that counts by its time. */
static bool has_answer(const Policy *policy, const Recorded *recorded, const Request *request, const char *image_id, Arena *arena)
{
	const Verdict *verdict = recorded->signatures && *image_id ? verdict_table_find(recorded->signatures, image_id, VERDICT_SIGNATURES, false) : NULL;

	for (size_t i = 0; verdict && i < verdict->names.count; i++) {
		const VerdictSigned *one = &verdict->names.items[i];
		const ImageRef source = image_parse(one->image, arena);
		const SignatureTrust *trust = policy_signature_trust(policy, &source, arena);
		const int64_t age = recorded->now_us - one->time_us;
		if (one->answered && age >= 0 && age <= policy->image_scanning.cache_us && signature_is_of(request, &source) && trust && *trust->revision &&
			!strcmp(trust->revision, one->revision))
			return true;
	}
	return false;
}

/* Where no entry of the policy is for the image nothing vouches for it, whatever was checked. */
static bool lacks_signature(const Policy *policy, const Recorded *recorded, const Request *request)
{
	g_autoptr(Arena) arena = arena_new();
	const bool by_id = signature_digest_valid(request->image.text);

	if (!*request->image.text || (!by_id && !policy_signature_trust(policy, &request->image, arena)))
		return false;
	return !has_answer(policy, recorded, request, signature_subject(request), arena) && !has_answer(policy, recorded, request, request->image_id, arena);
}

static bool lacks_scans(const Policy *policy, const Recorded *recorded)
{
	const SecretLimits *secrets = &policy->secret_scanning;
	const Request *request = recorded->request;
	const bool runs = request->kind == KIND_CONTAINER_CREATE || request->kind == KIND_SERVICE || request->stored;
	const unsigned wanted = request->kind == KIND_IMAGE_PUSH ? SCANS_SECRETS : runs ? SCANS_IMAGE | SCANS_SIGNATURES : 0;

	if (!(policy_scans(policy) & wanted))
		return false;
	if ((policy_scans(policy) & wanted & SCANS_SIGNATURES) && (lacks_signature(policy, recorded, request) || (request->stored && lacks_signature(policy, recorded, request->stored))))
		return true;
	if (!(policy_scans(policy) & wanted & ~SCANS_SIGNATURES))
		return false;
	/* Which secrets they were is not kept, nor which files were not looked at. */
	return !recorded->scanned || secrets->incomplete_paths.count || (recorded->has_secrets && (secrets->ignore_detectors.count || secrets->exclude_paths.count));
}

const char recorded_unasked[] = "Docker was not asked what this policy wants to know";

bool policy_lacks_origin(const Policy *policy, const Recorded *recorded)
{
	return policy_wants(policy, recorded->request) & ~recorded->wants & WANT_ORIGIN;
}

/* What an image says can only let more through. */
bool policy_lacks_command(const Policy *policy, const Recorded *recorded)
{
	return policy_wants(policy, recorded->request) & ~recorded->wants & WANT_COMMAND;
}

const char *policy_lacks(const Policy *policy, const Recorded *recorded)
{
	const Request *request = recorded->request;

	if (policy_wants(policy, request) & ~recorded->wants & ~(WANT_ORIGIN | WANT_COMMAND))
		return recorded_unasked;
	if ((policy_paths(policy) & ~recorded->paths) && has_binds(request))
		return "host paths were not looked at as this policy wants";
	if (request->unresolved.count)
		return "Docker did not answer when it was asked";
	if (asks_hidden(policy, recorded) || hides_more(recorded))
		return "the policy asks for a value that is not written down";
	if (goes_by_host_net(policy, request))
		return "it depends on the host's network";
	return lacks_scans(policy, recorded) ? "no scan of the image is known, or no check of its signature by what the policy believes" : NULL;
}

static bool excepted_by_fact(const Policy *policy, const char *rule)
{
	for (size_t i = 0; i < policy->exceptions.count; i++) {
		const Exception *exception = &policy->exceptions.items[i];
		bool by_fact = exception->images.count || exception->labels.count || exception->commands.count;
		for (size_t r = 0; by_fact && r < exception->rules.count; r++)
			if (!strcmp(exception->rules.items[r], rule))
				return true;
	}
	return false;
}

/* What the call itself says, whatever Docker would have answered.  An exception may go by what the image is, a label, or a command. */
bool policy_denies_anyway(const Policy *policy, const Decision *decision)
{
	static const RuleId rules[] = {
		RULE_PRIVILEGED, RULE_HOST_NETWORK, RULE_HOST_PID, RULE_HOST_IPC, RULE_HOST_UTS, RULE_HOST_USERNS, RULE_CAPABILITY_BLOCKED, RULE_DEVICES,
		RULE_ENDPOINT_SWARM, RULE_ENDPOINT_PLUGINS,
	};

	if (decision->allowed || policy->rules_by_fact || decision->mode != MODE_ENFORCE)
		return false;
	for (size_t i = 0; i < decision->finding_count; i++)
		for (size_t r = 0; r < G_N_ELEMENTS(rules); r++)
			if (decision->findings[i].action == ACTION_BLOCK && !strcmp(decision->findings[i].rule, rule_catalogue[rules[r]].id) &&
				!excepted_by_fact(policy, decision->findings[i].rule))
				return true;
	return false;
}
