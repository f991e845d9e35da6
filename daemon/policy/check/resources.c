/* SPDX-License-Identifier: MIT
 *
 * What a container may use up, and how long it lives.
 */
#include <string.h>
#include "policy/check/check.h"

#define MIB_SHIFT 20
#define NANO 1e9

void check_resources(Evaluation *e)
{
	const ContainerRules *rules = &e->policy->container;
	const ContainerSpec *spec = &e->request->container;

	if (rules->require_read_only_rootfs && !spec->read_only_rootfs)
		check_report(e, RULE_READ_ONLY_ROOTFS, &rules->rule, "");
	if (rules->require_resource_limits && spec->memory <= 0)
		check_report(e, RULE_LIMITS, &rules->rule, "");
	if (rules->require_cpu_limit && spec->nano_cpus <= 0 && spec->cpu_quota <= 0)
		check_report(e, RULE_CPU_LIMIT, &rules->rule, "");
	if (rules->require_pids_limit && spec->pids_limit <= 0)
		check_report(e, RULE_PIDS_LIMIT, &rules->rule, "");
	if (rules->require_healthcheck && !spec->healthcheck)
		check_report(e, RULE_HEALTHCHECK, &rules->rule, "");
}

/* An update that leaves a limit out changes nothing of it. */
static bool exceeds(const Evaluation *e, int64_t value, int64_t most)
{
	bool whole = REQUEST_KINDS(e->request->kind) & REQUEST_KINDS_RUN;

	return most && (value > most || (value == 0 && whole) || value < 0);
}

static void check_limits(Evaluation *e)
{
	const ContainerRules *rules = &e->policy->container;
	const ContainerSpec *spec = &e->request->container;

	if (exceeds(e, spec->memory, rules->max_memory))
		check_report(e, RULE_MAX_MEMORY, &rules->rule, arena_printf(e->arena, "%lld MiB", (long long)(rules->max_memory >> MIB_SHIFT)));
	if (exceeds(e, spec->nano_cpus, rules->max_cpus))
		check_report(e, RULE_MAX_CPUS, &rules->rule, arena_printf(e->arena, "%.2f", (double)rules->max_cpus / NANO));
	if (exceeds(e, spec->pids_limit, rules->max_pids))
		check_report(e, RULE_MAX_PIDS, &rules->rule, arena_printf(e->arena, "%lld", (long long)rules->max_pids));
}

static void check_restart(Evaluation *e)
{
	const RestartRules *rules = &e->policy->restart;
	const ContainerSpec *spec = &e->request->container;

	if (!*spec->restart_policy)
		return;
	bool endless = rules->max_retries && !strcmp(spec->restart_policy, "on-failure") &&
		       (spec->restart_retries <= 0 || spec->restart_retries > rules->max_retries);
	if (rules->allowed.globs.count && !patterns_match(&rules->allowed, spec->restart_policy))
		check_report(e, RULE_RESTART, &rules->rule, spec->restart_policy);
	else if (endless)
		check_report(e, RULE_RESTART, &rules->rule, arena_printf(e->arena, "on-failure with more than %lld retries", (long long)rules->max_retries));
}

static void check_ulimits(Evaluation *e)
{
	const UlimitRules *rules = &e->policy->ulimits;
	const UlimitList *ulimits = &e->request->container.ulimits;

	for (size_t i = 0; i < ulimits->count; i++)
		for (size_t r = 0; r < rules->max.count; r++) {
			const UlimitRule *max = &rules->max.items[r];
			const Ulimit *ulimit = &ulimits->items[i];
			bool above = ulimit->hard > max->max || ulimit->soft > max->max || ulimit->hard < 0 || ulimit->soft < 0;
			if (!strcmp(max->name, ulimit->name) && above)
				check_report(e, RULE_ULIMITS, &rules->rule, ulimit->name);
		}
}

void check_lifetime(Evaluation *e)
{
	const ContainerSpec *spec = &e->request->container;
	const OomRules *oom = &e->policy->oom;

	if (!e->request->has_container)
		return;
	check_limits(e);
	check_restart(e);
	check_ulimits(e);
	if (spec->oom_score_adj < oom->min_score_adj && oom->rule.set)
		check_report(e, RULE_OOM_SCORE, &oom->rule, arena_printf(e->arena, "%lld", (long long)spec->oom_score_adj));
	if (spec->oom_kill_disable && !oom->allow_kill_disable)
		check_report(e, RULE_OOM_KILL, &oom->rule, "");
}
