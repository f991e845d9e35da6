/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include "base/event.h"
#include "base/log.h"
#include "service/herald.h"
#include "policy/review/laxer.h"

static void announce_use(const Notice *notice)
{
	char id[24], decision[24];

	(void)snprintf(id, sizeof id, "%" G_GUINT64_FORMAT, notice->grant);
	(void)snprintf(decision, sizeof decision, "%" G_GUINT64_FORMAT, notice->id);
	const EventField fields[] = {
		{ "SENTINEL_GRANT", id }, { "SENTINEL_DECISION_ID", decision }, { "SENTINEL_COMMAND", notice->summary }, { "SENTINEL_USER", notice->user },
	};
	event_log(EVENT_GRANT_USED, fields, G_N_ELEMENTS(fields), "grant %s let through: %s (decision %s)", id, notice->summary, decision);
}

void herald_on_notice(const Notice *notice, void *data)
{
	Herald *herald = data;
	char id[24], score[12];

	bus_on_notice(herald->bus, notice);
	if (notice->grant)
		announce_use(notice);
	if (notice->outcome == OUTCOME_ALLOWED)
		return;
	(void)snprintf(id, sizeof id, "%" G_GUINT64_FORMAT, notice->id);
	(void)snprintf(score, sizeof score, "%u", notice->score);
	const EventField fields[] = {
		{ "SENTINEL_DECISION_ID", id },          { "SENTINEL_DECISION", outcome_name(notice->outcome) }, { "SENTINEL_SCORE", score },
		{ "SENTINEL_USER", *notice->user ? notice->user : "an unknown user" }, { "SENTINEL_COMMAND", notice->summary },
		{ "SENTINEL_POLICY", notice->policy },   { "SENTINEL_RULE", notice->rule },
	};
	event_log(notice->outcome == OUTCOME_DENIED ? EVENT_DENIED : EVENT_WARNED, fields, G_N_ELEMENTS(fields), "%s: %s (decision %s, rule %s, score %s)",
		outcome_name(notice->outcome), notice->summary, id, notice->rule, score);
}

void herald_on_built(const BuiltTold *told, void *data)
{
	Herald *herald = data;
	const BusBuilt built = { told->image, told->image_id, built_outcome_name(told->word.outcome), told->word.severity, told->maker, told->word.summary };

	chronicle_on_built(herald->chronicle, told);
	bus_on_built(herald->bus, &built);
	if (told->word.outcome != BUILT_PASSED)
		log_warning("the image %s, built by %s: %s", told->image, *told->maker ? told->maker : "an unknown user", told->word.summary);
}

static void announce(Herald *herald, Policy *policy, uint64_t generation)
{
	const EventField fields[] = { { "SENTINEL_POLICY", policy_name(policy) }, { "SENTINEL_MODE", mode_name(policy_mode(policy)) } };

	event_log(EVENT_POLICY_LOADED, fields, G_N_ELEMENTS(fields), "policy %s (%s) is in force, generation %" G_GUINT64_FORMAT, policy_name(policy),
		mode_name(policy_mode(policy)), generation);
	g_autofree char *why = herald->last ? policy_laxer_why(herald->last, policy) : NULL;
	if (why) {
		event_log(EVENT_MODE_RELAXED, fields, G_N_ELEMENTS(fields), "policy %s (%s) may allow more than %s (%s) did: %s", policy_name(policy),
			mode_name(policy_mode(policy)), policy_name(herald->last), mode_name(policy_mode(herald->last)), why);
		bus_on_relaxed(herald->bus, policy, why);
	}
	policy_unref(herald->last);
	herald->last = policy_ref(policy);
}

void herald_on_reload(const ReloadResult *result, void *data)
{
	Herald *herald = data;
	const World *world = world_acquire(herald->cell);

	if (result->changed) {
		announce(herald, world->policy, result->generation);
	} else {
		const EventField fields[] = { { "SENTINEL_POLICY", result->policy ? result->policy : "" }, { "SENTINEL_ERROR", result->error } };
		event_log(EVENT_POLICY_REJECTED, fields, G_N_ELEMENTS(fields), "the policy was not loaded, what was in force stays in force: %s", result->error);
	}
	world_release(world);
	bus_on_reload(herald->bus, result);
}

void herald_grant_ended(const Grant *grant)
{
	char id[24];

	(void)snprintf(id, sizeof id, "%" G_GUINT64_FORMAT, grant->id);
	const EventField fields[] = { { "SENTINEL_GRANT", id }, { "SENTINEL_COMMAND", grant->command } };
	event_log(EVENT_GRANT_ENDED, fields, G_N_ELEMENTS(fields), "grant %s has ended, %u of its uses were left", id, grant->uses_left);
}

void herald_degraded(const char *audit_dir)
{
	const EventField fields[] = { { "SENTINEL_DIRECTORY", audit_dir } };

	event_log(EVENT_DEGRADED, fields, G_N_ELEMENTS(fields),
		"degraded: the journal %s cannot be written, calls that change something are denied until it can", audit_dir);
}

void herald_disk_low(const char *audit_dir, uint64_t free_bytes)
{
	char bytes[24];

	(void)snprintf(bytes, sizeof bytes, "%" G_GUINT64_FORMAT, free_bytes);
	const EventField fields[] = { { "SENTINEL_DIRECTORY", audit_dir }, { "SENTINEL_BYTES", bytes } };
	event_log(EVENT_DISK_LOW, fields, G_N_ELEMENTS(fields),
		"the disk with the audit trail %s is nearly full (%" G_GUINT64_FORMAT " MiB are free): when it is, calls that change something are denied", audit_dir,
		free_bytes >> 20);
}

void herald_gap(const char *audit_dir, const char *what)
{
	const EventField fields[] = { { "SENTINEL_DIRECTORY", audit_dir }, { "SENTINEL_ERROR", what } };

	event_log(EVENT_AUDIT_GAP, fields, G_N_ELEMENTS(fields), "the audit trail in %s was changed from outside: %s", audit_dir, what);
}

void herald_clear(Herald *herald)
{
	policy_unref(herald->last);
	herald->last = NULL;
}
