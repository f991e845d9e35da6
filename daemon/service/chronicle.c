/* SPDX-License-Identifier: MIT */
#include <unistd.h>
#include "base/limits.h"
#include "base/log.h"
#include "base/users.h"
#include "config.h"
#include "policy/review/laxer.h"
#include "service/chronicle.h"

/* An event that waits, as it was told. */
typedef struct Told {
	Arena *arena;
	AuditEvent event;
	int64_t time_us;
} Told;

static void told_free(void *data)
{
	Told *told = data;

	arena_free(told->arena);
	g_free(told);
}

static Told *told_new(const AuditEvent *event)
{
	Told *told = g_new0(Told, 1);
	Arena *arena = told->arena = arena_new();
	AuditEventDetail *details = arena_alloc(arena, (event->detail_count + 1) * sizeof *details);

	told->time_us = g_get_real_time();
	told->event = *event;
	told->event.user = arena_strdup(arena, event->user);
	told->event.summary = arena_strdup(arena, event->summary);
	told->event.image = arena_strdup(arena, event->image);
	told->event.subject = arena_strdup(arena, event->subject);
	for (size_t i = 0; i < event->detail_count; i++)
		details[i] = (AuditEventDetail){ event->details[i].name, arena_strdup(arena, event->details[i].text), event->details[i].number };
	told->event.details = details;
	return told;
}

static bool write_down(const Chronicle *chronicle, const AuditEvent *event, int64_t time_us)
{
	const Ledger *ledger = chronicle->ledger;
	g_autoptr(Arena) arena = arena_new();
	size_t length;
	const char *line = audit_event_format(event, ledger->take_id(ledger->data), time_us, arena, &length);

	return ledger->append(ledger->data, line, length) == 0;
}

static bool write_missed(Chronicle *chronicle)
{
	const AuditEventDetail details[] = { { "events", NULL, chronicle->missed } };
	const AuditEvent event = { .kind = AUDIT_GAP, .summary = "events of the service could not be written down and had no room to wait",
		.details = details, .detail_count = G_N_ELEMENTS(details) };

	if (!write_down(chronicle, &event, g_get_real_time()))
		return false;
	chronicle->missed = 0;
	return true;
}

/* True: nothing waits any more. */
static bool catch_up(Chronicle *chronicle)
{
	Told *told;

	if (chronicle->missed && !write_missed(chronicle))
		return false;
	while ((told = g_queue_peek_head(&chronicle->waiting))) {
		if (!write_down(chronicle, &told->event, told->time_us))
			return false;
		told_free(g_queue_pop_head(&chronicle->waiting));
	}
	return true;
}

void chronicle_tell(Chronicle *chronicle, const AuditEvent *event)
{
	if (!chronicle->ledger || (catch_up(chronicle) && write_down(chronicle, event, g_get_real_time())))
		return;
	atomic_store(&chronicle->status->audit_down, true);
	g_queue_push_tail(&chronicle->waiting, told_new(event));
	if (g_queue_get_length(&chronicle->waiting) <= LIMIT_EVENTS_WAITING)
		return;
	told_free(g_queue_pop_head(&chronicle->waiting));
	chronicle->missed++;
}

void chronicle_start(Chronicle *chronicle, const Trail *trail)
{
	const AuditEventDetail details[] = { { "version", SENTINEL_VERSION, 0 }, { "pid", NULL, (uint64_t)getpid() }, { "uid", NULL, getuid() } };

	*chronicle = (Chronicle){ .ledger = &trail->ledger, .status = trail->status };
	sealing_start(&chronicle->sealing, &trail->writers, trail->dir);
	g_queue_init(&chronicle->waiting);
	chronicle_tell(chronicle, &(AuditEvent){ .kind = AUDIT_START, .summary = "sentineld " SENTINEL_VERSION " starts", .details = details, .detail_count = G_N_ELEMENTS(details) });
}

static void tell_rejected(Chronicle *chronicle, const ReloadResult *result)
{
	const char *name = result->policy ? result->policy : "";
	const AuditEventDetail details[] = { { "applied", "no", 0 }, { "error", result->error, 0 }, { "generation", NULL, result->generation } };

	chronicle_tell(chronicle, &(AuditEvent){ .kind = AUDIT_CONFIG, .summary = "the configuration was not applied, what was in force stays in force", .subject = name,
		.details = details, .detail_count = G_N_ELEMENTS(details) });
}

static void tell_applied(Chronicle *chronicle, Policy *policy, uint64_t generation, const Config *config)
{
	Policy *last = chronicle->last;
	g_autofree char *why = last ? policy_laxer_why(last, policy) : NULL;
	g_autofree char *text = g_compute_checksum_for_string(G_CHECKSUM_SHA256, config->text, -1);
	g_autofree char *summary =
		g_strdup_printf("policy %s (%s) is in force%s", policy_name(policy), mode_name(policy_mode(policy)), why ? ", and may allow more than what was" : "");
	const AuditEventDetail details[] = {
		{ "applied", "yes", 0 },
		{ "old_policy", last ? policy_name(last) : "", 0 },
		{ "old_digest", last ? policy_digest(last) : "", 0 },
		{ "new_digest", policy_digest(policy), 0 },
		{ "mode", mode_name(policy_mode(policy)), 0 },
		{ "relaxed", why ? why : "no", 0 },
		{ "fail_mode", config->fail_mode == FAIL_OPEN ? "open" : "closed", 0 },
		{ "config_digest", text, 0 },
		{ "generation", NULL, generation },
	};

	chronicle_tell(chronicle, &(AuditEvent){ .kind = AUDIT_CONFIG, .summary = summary, .subject = policy_name(policy), .details = details, .detail_count = G_N_ELEMENTS(details) });
	policy_unref(last);
	chronicle->last = policy_ref(policy);
}

void chronicle_on_reload(Chronicle *chronicle, const ReloadResult *result, WorldCell *cell, const Config *config)
{
	const World *world = world_acquire(cell);

	if (config)
		sealing_set_interval(&chronicle->sealing, config->seal_interval_s);
	if (chronicle->ledger && !result->changed)
		tell_rejected(chronicle, result);
	else if (chronicle->ledger && config)
		tell_applied(chronicle, world->policy, result->generation, config);
	world_release(world);
}

void chronicle_on_built(Chronicle *chronicle, const BuiltTold *told)
{
	static const char *const sentences[BUILT_OUTCOME_COUNT] = {
		[BUILT_UNSCANNED] = "was built and could not be scanned", [BUILT_FOUND] = "was built, and something was found in it",
		[BUILT_PASSED] = "was built and scanned, and nothing was found in it that the policy warns of",
	};
	g_autofree char *summary = g_strdup_printf("the image %s %s", told->image, sentences[told->word.outcome]);
	const AuditEventDetail details[] = { { "outcome", built_outcome_name(told->word.outcome), 0 }, { "severity", told->word.severity, 0 }, { "found", told->word.summary, 0 } };

	chronicle_tell(chronicle, &(AuditEvent){ .kind = AUDIT_SCAN, .user = told->maker, .summary = summary, .image = told->image, .subject = told->image_id,
		.details = details, .detail_count = G_N_ELEMENTS(details) });
}

void chronicle_tick(Chronicle *chronicle, bool changed)
{
	if (!chronicle->ledger)
		return;
	const bool down = atomic_load(&chronicle->status->audit_down);
	sealing_tick(&chronicle->sealing);
	if (down && !changed)
		return;
	if (!changed)
		(void)catch_up(chronicle);
	else if (down)
		chronicle_tell(chronicle, &(AuditEvent){ .kind = AUDIT_DEGRADED, .summary = "the trail cannot be written: calls that change something are denied" });
	else
		chronicle_tell(chronicle, &(AuditEvent){ .kind = AUDIT_RECOVERED, .summary = "the trail can be written again" });
}

void chronicle_ends(Chronicle *chronicle, const char *why)
{
	if (!chronicle->why)
		chronicle->why = g_strdup(why);
}

void chronicle_ends_by(Chronicle *chronicle, const struct signalfd_siginfo *signal)
{
	g_autofree char *by = user_name(USER_DATABASE, signal->ssi_uid);
	g_autofree char *why = g_strdup_printf("signal %u of process %u of %s", signal->ssi_signo, signal->ssi_pid, by);

	chronicle_ends(chronicle, why);
}

void chronicle_stop(Chronicle *chronicle)
{
	const char *why = chronicle->why ? chronicle->why : "not known";
	const AuditEventDetail details[] = { { "why", why, 0 } };

	if (chronicle->ledger)
		chronicle_tell(chronicle, &(AuditEvent){ .kind = AUDIT_STOP, .summary = "sentineld stops", .details = details, .detail_count = G_N_ELEMENTS(details) });
	sealing_stop(&chronicle->sealing);
	if (!g_queue_is_empty(&chronicle->waiting))
		log_error("%u events of the service, its stop among them, could not be written to the audit trail", g_queue_get_length(&chronicle->waiting));
	g_queue_clear_full(&chronicle->waiting, told_free);
	policy_unref(chronicle->last);
	g_free(chronicle->why);
	*chronicle = (Chronicle){ 0 };
}
