/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "policy/check/check.h"
#include "policy/check/paths.h"
#include "policy/exception.h"
#include "request/builder.h"
#include "request/image.h"
#include "request/list.h"

#define KINDS(kind) REQUEST_KINDS(kind)
#define RUNS REQUEST_KINDS_RUN
#define CHANGES (RUNS | KINDS(KIND_CONTAINER_START) | KINDS(KIND_CONTAINER_UPDATE))
#define BUILDS KINDS(KIND_IMAGE_BUILD)
#define MAX_SCORE 100u

/* What is looked at for which requests (docs/CHECKS.md, "What is checked"). */
static const struct { void (*check)(Evaluation *e); unsigned kinds; } checks[] = {
	{ check_builder, RUNS | KINDS(KIND_IMAGE_PULL) },
	{ check_privileged, CHANGES },
	{ check_namespaces, CHANGES | BUILDS },
	{ check_shared_namespaces, CHANGES | BUILDS },
	{ check_capabilities, CHANGES },
	{ check_drop_all, RUNS },
	{ check_mounts, CHANGES | KINDS(KIND_VOLUME_CREATE) | KINDS(KIND_LIFECYCLE) | KINDS(KIND_READ) }, /* checkpoints lie on the host */
	{ check_pin_update, KINDS(KIND_CONTAINER_UPDATE) },
	{ check_volumes, CHANGES | KINDS(KIND_VOLUME_CREATE) },
	{ check_mount_types, CHANGES | KINDS(KIND_VOLUME_CREATE) },
	{ check_device_nodes, CHANGES | KINDS(KIND_VOLUME_CREATE) },
	{ check_volume_sources, CHANGES | KINDS(KIND_VOLUME_CREATE) },
	{ check_security_options, CHANGES | BUILDS },
	{ check_no_new_privileges, RUNS },
	{ check_masked_paths, CHANGES },
	{ check_devices, CHANGES },
	{ check_runtime, CHANGES | BUILDS },
	{ check_logging, CHANGES },
	{ check_user, RUNS },
	{ check_registry, RUNS | KINDS(KIND_IMAGE_PULL) | KINDS(KIND_IMAGE_PUSH) | KINDS(KIND_IMAGE_TAG) },
	{ check_image_name, RUNS | KINDS(KIND_IMAGE_PULL) },
	{ check_image_signed, RUNS },
	{ check_image_scan, RUNS },
	{ check_push_secrets, KINDS(KIND_IMAGE_PUSH) },
	{ check_resources, RUNS },
	{ check_lifetime, CHANGES },
	{ check_network_mode, RUNS | KINDS(KIND_CONTAINER_START) },
	{ check_ports, RUNS | KINDS(KIND_CONTAINER_START) },
	{ check_network_driver, KINDS(KIND_LIFECYCLE) },
	{ check_network_options, CHANGES | KINDS(KIND_LIFECYCLE) },
	{ check_network_addresses, KINDS(KIND_LIFECYCLE) },
	{ check_environment, RUNS | KINDS(KIND_EXEC_CREATE) | BUILDS },
	{ check_environment_required, RUNS },
	{ check_build, BUILDS | KINDS(KIND_IMAGE_PULL) },
	{ check_exec, KINDS(KIND_EXEC_CREATE) | KINDS(KIND_LIFECYCLE) }, /* its start as well */
	{ check_endpoint, REQUEST_KINDS_ALL },
	{ check_custom, REQUEST_KINDS_ALL },
};

/* The exception that sets the finding aside is written down with its reason. */
static bool excepted(Evaluation *e, const char *id, const RuleSettings *rule, const char *what, const Exception **ret_expired)
{
	const ExceptionCase about = { id, what, e->also, e->read_only };
	const Exception *expired, *exception = exception_find(&rule->exceptions, e->request, e->situation, e->arena, ret_expired);

	if (!exception) {
		exception = exception_find_case(&e->policy->exceptions, &about, e->request, e->situation, e->arena, &expired);
		*ret_expired = *ret_expired ? *ret_expired : expired;
	}

	if (!exception)
		return false;
	const Waived waived = { id, exception->reason, exception->owner };
	LIST_APPEND(e->arena, &e->waived, waived);
	return true;
}

/* The catalogue's message with `what` in the place of '%'. */
static const char *fill(const char *message, const char *what, Arena *arena)
{
	const char *hole = strchr(message, '%');

	if (!hole)
		return message;
	return arena_printf(arena, "%.*s%s%s", (int)(hole - message), message, text_printable(arena, what, LIMIT_RECORD_FIELD), hole + 1);
}

static const char *mention(const char *message, const Exception *expired, Arena *arena)
{
	return expired ? arena_printf(arena, "%s (the exception for this ended on %s)", message, expired->expires) : message;
}

static void add(Evaluation *e, RuleId id, Action action, Severity severity, const char *message, const char *what)
{
	const RuleInfo *info = &rule_catalogue[id];
	const Found found = {
		.finding = {
			.rule = info->id, .category = info->category, .severity = severity, .action = action, .message = message, .what = what,
			.points = severity_points(severity),
			.argument = *e->request->method ? info->field : info->flag, .references = info->references ? info->references : "",
			.request = e->request, .also = e->also, .read_only = e->read_only,
		},
		.info = info,
	};

	LIST_APPEND(e->arena, &e->findings, found);
}

void check_report_as(Evaluation *e, RuleId id, const RuleSettings *rule, Action action, const char *message, const char *what)
{
	const Exception *expired;

	if (!rule->set || action == ACTION_ALLOW || excepted(e, rule_catalogue[id].id, rule, what, &expired))
		return;
	const char *own = *message ? message : rule->message;
	add(e, id, action, rule->severity_set ? rule->severity : rule_catalogue[id].severity,
		mention(*own ? own : fill(rule_catalogue[id].message, what, e->arena), expired, e->arena), what);
}

void check_report(Evaluation *e, RuleId id, const RuleSettings *rule, const char *what)
{
	check_report_as(e, id, rule, rule->action, "", what);
}

void check_report_builtin(Evaluation *e, RuleId id, const char *what)
{
	add(e, id, ACTION_BLOCK, rule_catalogue[id].severity, fill(rule_catalogue[id].message, what, e->arena), what);
}

void check_report_scan(Evaluation *e, RuleId id, Action action, Severity severity, int64_t points, const char *message, const char *what)
{
	add(e, id, action, severity, message, what);
	if (points >= 0)
		e->findings.items[e->findings.count - 1].finding.points = (unsigned)points;
}

void check_report_custom(Evaluation *e, const CustomRule *rule, bool gave_up)
{
	const Exception *expired;

	if (rule->rule.action == ACTION_ALLOW || excepted(e, rule->id, &rule->rule, "", &expired))
		return;
	const char *message = *rule->message ? rule->message : *rule->description ? rule->description : rule->name;
	const Found found = {
		.finding = {
			.rule = rule->id, .category = rule->category, .severity = rule->rule.severity, .action = rule->rule.action,
			.message = mention(gave_up ? arena_printf(e->arena, "%s (it took too long to find out)", message) : message, expired, e->arena),
			.what = "", .argument = "", .references = "", .points = severity_points(rule->rule.severity), .request = e->request, .also = "",
		},
	};
	LIST_APPEND(e->arena, &e->findings, found);
}

static int compare_findings(const Finding *left, const Finding *right)
{
	if (left->action != right->action)
		return left->action > right->action ? -1 : 1;
	return (int)right->severity - (int)left->severity;
}

/* By place, in the order they were found: a request can be made to have many findings. */
static void sort_findings(FoundList *findings, Arena *arena)
{
	Found *sorted = arena_alloc(arena, (findings->count + 1) * sizeof *sorted);
	size_t count = 0;

	for (int action = ACTION_BLOCK; action > ACTION_ALLOW; action--)
		for (int severity = SEVERITY_CRITICAL; severity >= SEVERITY_LOW; severity--) {
			const Finding like = { .action = (Action)action, .severity = (Severity)severity };
			for (size_t i = 0; i < findings->count; i++)
				if (!compare_findings(&findings->items[i].finding, &like))
					sorted[count++] = findings->items[i];
		}
	findings->items = sorted;
	findings->count = count;
}

static bool blocks(const FoundList *findings)
{
	return findings->count && findings->items[0].finding.action == ACTION_BLOCK;
}

/* The way to mount one's own directory, where the policy has it. */
static void add_pin(const Evaluation *e, Decision *decision)
{
	static const RuleId rules[] = { RULE_MOUNT_BLOCKED, RULE_MOUNT_UNLISTED, RULE_MOUNT_BIND, RULE_MOUNT_TRUSTED, RULE_MOUNT_WAY_BACK };

	if (!e->policy || !pins_known(&e->policy->mounts) || e->request->kind != KIND_CONTAINER_CREATE)
		return;
	for (size_t i = 0; i < e->findings.count; i++)
		for (size_t r = 0; r < G_N_ELEMENTS(rules); r++)
			if (e->findings.items[i].info == &rule_catalogue[rules[r]] && e->findings.items[i].finding.action == ACTION_BLOCK) {
				decision->mitigations[decision->mitigation_count++] = "Mount your own directory through a pin: docker run $(sentinel pin --args .:/w) IMAGE";
				return;
			}
}

static void add_fixes(const RuleInfo *info, bool *seen, Decision *decision)
{
	if (!info || seen[info - rule_catalogue])
		return;
	seen[info - rule_catalogue] = true;
	for (size_t f = 0; f < RULE_FIXES && info->fixes[f]; f++)
		decision->mitigations[decision->mitigation_count++] = info->fixes[f];
}

/* What helps against what blocks; when nothing does, against everything that adds to the score. */
static void collect_fixes(const Evaluation *e, Decision *decision)
{
	bool seen[RULE_COUNT] = { false }, only_blocking = blocks(&e->findings);

	decision->mitigations = arena_alloc(e->arena, (MIN(e->findings.count, RULE_COUNT) + 1) * RULE_FIXES * sizeof(char *));
	for (size_t i = 0; i < e->findings.count; i++) {
		if (only_blocking && e->findings.items[i].finding.action != ACTION_BLOCK)
			break;
		/* Of a builder of buildx's own nobody gave the flags. */
		if (i > 0 && e->findings.items[0].info == &rule_catalogue[RULE_ENDPOINT_BUILDKIT] && builder_is_fallback(e->request))
			break;
		add_fixes(e->findings.items[i].info, seen, decision);
	}
	add_pin(e, decision);
}

static void take_findings(Evaluation *e, Decision *decision)
{
	sort_findings(&e->findings, e->arena);
	decision->findings = arena_alloc(e->arena, (e->findings.count + 1) * sizeof *decision->findings);
	decision->finding_count = e->findings.count;
	for (size_t i = 0; i < e->findings.count; i++) {
		decision->findings[i] = e->findings.items[i].finding;
		decision->score = MIN(decision->score + decision->findings[i].points, MAX_SCORE);
	}
	decision->waived = e->waived.items;
	decision->waived_count = e->waived.count;
	collect_fixes(e, decision);
}

/* In lockdown and without a journal there is no mode that could allow. */
static bool denies(const Decision *decision, const FoundList *findings, bool always)
{
	return always || (decision->mode == MODE_ENFORCE && (blocks(findings) || decision->score > decision->max_score));
}

static Decision *decide(Evaluation *e, bool always_deny)
{
	Decision *decision = arena_alloc(e->arena, sizeof *decision);

	*decision = (Decision){
		.mode = e->policy ? e->policy->mode : MODE_ENFORCE, .max_score = e->policy ? (unsigned)e->policy->max_risk_score : 0,
		.policy = e->policy ? e->policy->name : "", .digest = e->policy ? e->policy->digest : "", .heading = e->heading, .scan_image = e->scan_image, .scans = e->scans,
	};
	if (e->findings.count || e->waived.count)
		take_findings(e, decision);
	decision->allowed = !denies(decision, &e->findings, always_deny);
	decision->outcome = !decision->allowed ? OUTCOME_DENIED : e->findings.count ? OUTCOME_WARNED : OUTCOME_ALLOWED;
	return decision;
}

static void run_checks(Evaluation *e)
{
	for (size_t i = 0; i < G_N_ELEMENTS(checks); i++)
		if (checks[i].kinds & KINDS(e->request->kind))
			checks[i].check(e);
}

/* An image that is mounted is judged by all that is asked of one that runs. */
static void judge_image_mounts(Evaluation *e)
{
	static void (*const image_checks[])(Evaluation *e) = { check_registry, check_image_name, check_image_signed, check_image_scan };
	const Request *request = e->request;
	const MountList *mounts = &request->container.mounts;

	for (size_t i = 0; i < mounts->count; i++) {
		if (strcmp(mounts->items[i].type, "image") != 0 || !*mounts->items[i].source)
			continue;
		Request *copy = arena_alloc(e->arena, sizeof *copy);
		*copy = *request;
		copy->image = image_parse(mounts->items[i].source, e->arena);
		copy->image_id = "";
		copy->image_local = !*copy->image.digest; /* where it came from was not asked; what was of the other image says nothing of it */
		copy->image_made_here = false;
		copy->image_absent = false;
		e->request = copy;
		for (size_t c = 0; c < G_N_ELEMENTS(image_checks); c++)
			image_checks[c](e);
	}
	e->request = request;
}

/* The container that is started or entered is judged as if it were created now. */
static void judge(Evaluation *e)
{
	const Request *request = e->request;

	run_checks(e);
	judge_image_mounts(e);
	if (request->stored) {
		e->request = request->stored;
		run_checks(e);
		e->request = request;
	}
	for (size_t i = 0; i < request->unresolved.count; i++)
		check_report_builtin(e, RULE_UNRESOLVED, request->unresolved.items[i]);
}

/* Whatever the call and the mode: no policy has been asked. */
static Decision *refuse(const Request *request, const Situation *situation, Arena *arena)
{
	static const RuleId refusals[REFUSAL_COUNT] = {
		[REFUSAL_UNKNOWN] = RULE_SOCKET_UNKNOWN, [REFUSAL_POLICY] = RULE_SOCKET_POLICY, [REFUSAL_CALLER] = RULE_SOCKET_CALLER, [REFUSAL_READ] = RULE_SOCKET_READ,
	};
	Evaluation e = { .request = request, .situation = situation, .arena = arena, .scan_image = "", .also = "" };

	check_report_builtin(&e, refusals[situation->refused.why], situation->refused.detail);
	return decide(&e, true);
}

Decision *policy_evaluate(const Policy *policy, const Request *request, const Situation *situation, Arena *arena)
{
	static const RuleId problems[PROBLEM_COUNT] = {
		[PROBLEM_UNKNOWN_ENDPOINT] = RULE_UNKNOWN_ENDPOINT, [PROBLEM_BODY_MISSING] = RULE_BODY_MISSING,
		[PROBLEM_AMBIGUOUS_BODY] = RULE_AMBIGUOUS_BODY,
	};
	Evaluation e = { .policy = policy, .request = request, .situation = situation, .arena = arena, .scan_image = "", .also = "" };
	bool mutates = request->mutates || request->problem != PROBLEM_NONE;
	bool always_deny = mutates && (!policy || situation->audit_down);

	if (situation->refused.why)
		return refuse(request, situation, arena);
	if (mutates && !policy)
		check_report_builtin(&e, RULE_LOCKDOWN, "");
	if (mutates && situation->audit_down)
		check_report_builtin(&e, RULE_AUDIT_DOWN, "");
	if (request->problem != PROBLEM_NONE)
		check_report_builtin(&e, problems[request->problem], request->problem_detail);
	else if (policy)
		judge(&e);
	return decide(&e, always_deny);
}
