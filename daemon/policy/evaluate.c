/* SPDX-License-Identifier: MIT */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "policy/check.h"
#include "request/image.h"
#include "request/list.h"

#define KINDS(kind) (1u << (kind))
#define RUNS (KINDS(KIND_CONTAINER_CREATE) | KINDS(KIND_SERVICE))
#define CHANGES (RUNS | KINDS(KIND_CONTAINER_START) | KINDS(KIND_CONTAINER_UPDATE))
#define BUILDS KINDS(KIND_IMAGE_BUILD)
#define MAX_SCORE 100u

/* What is looked at for which requests (README, "What is checked"). */
static const struct { void (*check)(Evaluation *e); unsigned kinds; } checks[] = {
	{ check_privileged, CHANGES },
	{ check_namespaces, CHANGES | BUILDS },
	{ check_capabilities, CHANGES },
	{ check_drop_all, RUNS },
	{ check_mounts, CHANGES | KINDS(KIND_VOLUME_CREATE) },
	{ check_security_options, CHANGES | BUILDS },
	{ check_no_new_privileges, RUNS },
	{ check_masked_paths, CHANGES },
	{ check_devices, CHANGES },
	{ check_runtime, CHANGES | BUILDS },
	{ check_user, RUNS },
	{ check_registry, RUNS | KINDS(KIND_IMAGE_PULL) | KINDS(KIND_IMAGE_PUSH) | KINDS(KIND_IMAGE_TAG) },
	{ check_image_name, RUNS | KINDS(KIND_IMAGE_PULL) },
	{ check_resources, RUNS },
	{ check_exec, KINDS(KIND_EXEC_CREATE) },
	{ check_endpoint, KINDS(KIND_SWARM) | KINDS(KIND_PLUGIN) | KINDS(KIND_BUILDKIT) | BUILDS | KINDS(KIND_IMAGE_PULL) },
};

bool check_matches(const StringList *globs, const char *text)
{
	for (size_t i = 0; i < globs->count; i++)
		if (fnmatch(globs->items[i], text, FNM_NOESCAPE) == 0)
			return true;
	return false;
}

static bool exception_applies(const Exception *exception, const Request *request, Arena *arena)
{
	bool image = !exception->images.count || check_matches(&exception->images, request->image.text) ||
		     check_matches(&exception->images, image_canonical(&request->image, arena));
	bool name = !exception->names.count || check_matches(&exception->names, request->container.name);

	return image && name;
}

static bool excepted(const Evaluation *e, const Rule *rule)
{
	for (size_t i = 0; i < rule->exceptions.count; i++)
		if (exception_applies(&rule->exceptions.items[i], e->request, e->arena))
			return true;
	return false;
}

/* The catalogue's message with `what` in the place of '%'. */
static const char *fill(const char *message, const char *what, Arena *arena)
{
	const char *hole = strchr(message, '%');

	if (!hole)
		return message;
	return arena_printf(arena, "%.*s%s%s", (int)(hole - message), message, text_printable(arena, what, LIMIT_RECORD_FIELD), hole + 1);
}

static void add(Evaluation *e, RuleId id, Action action, Severity severity, const char *message, const char *what)
{
	const RuleInfo *info = &rule_catalogue[id];
	Finding finding = {
		.rule = info->id, .category = info->category, .severity = severity, .action = action, .message = message, .what = what,
		.argument = *e->request->method ? info->field : info->flag,
	};

	LIST_APPEND(e->arena, &e->findings, finding);
	for (size_t i = 0; i < e->rules_found_count; i++)
		if (e->rules_found[i] == id)
			return;
	e->rules_found[e->rules_found_count++] = id;
}

void check_report_as(Evaluation *e, RuleId id, const Rule *rule, Action action, const char *message, const char *what)
{
	if (!rule->set || action == ACTION_ALLOW || excepted(e, rule))
		return;
	const char *own = *message ? message : rule->message;
	add(e, id, action, rule->severity_set ? rule->severity : rule_catalogue[id].severity, *own ? own : fill(rule_catalogue[id].message, what, e->arena), what);
}

void check_report(Evaluation *e, RuleId id, const Rule *rule, const char *what)
{
	check_report_as(e, id, rule, rule->action, "", what);
}

void check_report_builtin(Evaluation *e, RuleId id, const char *what)
{
	add(e, id, ACTION_BLOCK, rule_catalogue[id].severity, fill(rule_catalogue[id].message, what, e->arena), what);
}

static int compare_findings(const void *a, const void *b)
{
	const Finding *left = a, *right = b;

	if (left->action != right->action)
		return left->action > right->action ? -1 : 1;
	return (int)right->severity - (int)left->severity;
}

/* Insertion sort: stable, and the lists are short. */
static void sort_findings(FindingList *findings)
{
	for (size_t i = 1; i < findings->count; i++) {
		Finding finding = findings->items[i];
		size_t j = i;
		for (; j > 0 && compare_findings(&findings->items[j - 1], &finding) > 0; j--)
			findings->items[j] = findings->items[j - 1];
		findings->items[j] = finding;
	}
}

static RuleId rule_of(const Evaluation *e, const Finding *finding)
{
	size_t i = 0;

	while (rule_catalogue[e->rules_found[i]].id != finding->rule)
		i++;
	return e->rules_found[i];
}

static bool blocks(const FindingList *findings)
{
	return findings->count && findings->items[0].action == ACTION_BLOCK;
}

/* What helps against what blocks; when nothing does, against everything that adds to the score. */
static void collect_fixes(const Evaluation *e, Decision *decision)
{
	bool seen[RULE_COUNT] = { false }, only_blocking = blocks(&e->findings);

	decision->mitigations = arena_alloc(e->arena, e->rules_found_count * RULE_FIXES * sizeof(char *));
	for (size_t i = 0; i < e->findings.count; i++) {
		RuleId id = rule_of(e, &e->findings.items[i]);
		if (only_blocking && e->findings.items[i].action != ACTION_BLOCK)
			break;
		for (size_t f = 0; f < RULE_FIXES && rule_catalogue[id].fixes[f] && !seen[id]; f++)
			decision->mitigations[decision->mitigation_count++] = rule_catalogue[id].fixes[f];
		seen[id] = true;
	}
}

/* In lockdown and without a journal there is no mode that could allow. */
static bool denies(const Decision *decision, const FindingList *findings, bool always)
{
	return always || (decision->mode == MODE_ENFORCE && (blocks(findings) || decision->score > decision->max_score));
}

static Decision *decide(Evaluation *e, bool always_deny)
{
	Decision *decision = arena_alloc(e->arena, sizeof *decision);

	sort_findings(&e->findings);
	*decision = (Decision){
		.mode = e->policy ? e->policy->mode : MODE_ENFORCE, .max_score = e->policy ? (unsigned)e->policy->max_risk_score : 0,
		.policy = e->policy ? e->policy->name : "", .findings = e->findings.items, .finding_count = e->findings.count,
	};
	for (size_t i = 0; i < e->findings.count; i++)
		decision->score = MIN(decision->score + severity_points(e->findings.items[i].severity), MAX_SCORE);
	collect_fixes(e, decision);
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

Decision *policy_evaluate(const Policy *policy, const Request *request, const Facts *facts, Arena *arena)
{
	static const RuleId problems[PROBLEM_COUNT] = {
		[PROBLEM_UNKNOWN_ENDPOINT] = RULE_UNKNOWN_ENDPOINT, [PROBLEM_BODY_MISSING] = RULE_BODY_MISSING,
		[PROBLEM_AMBIGUOUS_BODY] = RULE_AMBIGUOUS_BODY,
	};
	Evaluation e = { .policy = policy, .request = request, .arena = arena };
	bool mutates = request->mutates || request->problem != PROBLEM_NONE;
	bool always_deny = mutates && (!policy || facts->audit_down);

	if (mutates && !policy)
		check_report_builtin(&e, RULE_LOCKDOWN, "");
	if (mutates && facts->audit_down)
		check_report_builtin(&e, RULE_AUDIT_DOWN, "");
	if (request->problem != PROBLEM_NONE)
		check_report_builtin(&e, problems[request->problem], request->problem_detail);
	else if (policy)
		run_checks(&e);
	return decide(&e, always_deny);
}
