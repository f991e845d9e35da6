/* SPDX-License-Identifier: MIT
 *
 * What happens to the service, as lines of the trail: what each says, and that none is lost or told in another order while it cannot be written.
 */
#include <errno.h>
#include <string.h>
#include "base/limits.h"
#include "policy-fixture.h"
#include "service/chronicle.h"

static struct {
	GString *lines;
	uint64_t id;
	bool full;
} trail;

static uint64_t take_id(void *data)
{
	(void)data;
	return ++trail.id;
}

static int append(void *data, const char *line, size_t length)
{
	(void)data;
	if (trail.full)
		return -ENOSPC;
	g_string_append_len(trail.lines, line, (gssize)length);
	return 0;
}

static const Ledger ledger = { .take_id = take_id, .append = append };

/* Each of the words in this order, and nothing is left for another look. */
static void expect(const char *const *words)
{
	const char *at = trail.lines->str;

	for (; *words; words++) {
		const char *found = strstr(at, *words);
		if (!found)
			g_error("no %s in: %s", *words, at);
		at = found + strlen(*words);
	}
	g_string_truncate(trail.lines, 0);
}

#define EXPECT(...) expect((const char *const[]){ __VA_ARGS__, NULL })

static void begin(Chronicle *chronicle, Status *status)
{
	*chronicle = (Chronicle){ .ledger = &ledger, .status = status };
	*status = (Status){ 0 };
	trail.lines = g_string_new(NULL);
	trail.full = false;
}

static void end(Chronicle *chronicle)
{
	chronicle_stop(chronicle);
	g_string_free(trail.lines, TRUE);
}

static void reload(Chronicle *chronicle, WorldCell *cell, const char *rules, FailMode fail_mode)
{
	const ReloadResult result = { .generation = 4, .policy = "p", .changed = true };
	g_autoptr(Policy) policy = fixture_policy(rules);
	char text[] = "fail_mode: x\n";
	const Config config = { .text = text, .fail_mode = fail_mode };

	(void)world_publish(cell, policy, fail_mode, LOG_READS_ALL);
	chronicle_on_reload(chronicle, &result, cell, &config);
}

/* What is in force, what was, and whether that may let more through. */
static void test_reload(void)
{
	static const ReloadResult failed = { .generation = 4, .policy = "p", .error = "p.yaml:1:1: no" }, nothing = { .error = "none" };
	WorldCell *cell = world_cell_new();
	Chronicle chronicle;
	Status status;

	begin(&chronicle, &status);
	reload(&chronicle, cell, "rules: {privileged: {action: block}}\n", FAIL_CLOSED);
	EXPECT("\"kind\":\"config\"", "policy p (enforce) is in force\"", "\"applied\":\"yes\"", "\"old_policy\":\"\"", "\"old_digest\":\"\"", "\"mode\":\"enforce\"", "\"relaxed\":\"no\"",
		"\"fail_mode\":\"closed\"", "\"generation\":4");
	reload(&chronicle, cell, "rules: {privileged: {action: warn}}\n", FAIL_OPEN);
	EXPECT("policy p (enforce) is in force, and may allow more than what was", "\"old_policy\":\"p\"", "\"relaxed\":\"rules.privileged", "\"fail_mode\":\"open\"");
	chronicle_on_reload(&chronicle, &failed, cell, NULL);
	EXPECT("the configuration was not applied", "\"applied\":\"no\"", "\"error\":\"p.yaml:1:1: no\"", "\"generation\":4");
	chronicle_on_reload(&chronicle, &nothing, cell, NULL);
	EXPECT("the configuration was not applied", "\"error\":\"none\"");
	end(&chronicle);
	world_cell_free(cell);
}

static void test_built(void)
{
	static const struct { BuiltOutcome outcome; const char *says; } rows[] = {
		{ BUILT_UNSCANNED, "the image a:1 was built and could not be scanned\"" }, { BUILT_FOUND, "the image a:1 was built, and something was found in it\"" },
		{ BUILT_PASSED, "the image a:1 was built and scanned, and nothing was found in it that the policy warns of\"" },
	};
	Chronicle chronicle;
	Status status;

	begin(&chronicle, &status);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const BuiltTold told = { "a:1", "sha256:1", "alice", { rows[i].outcome, "high", "two secrets" } };
		chronicle_on_built(&chronicle, &told);
		EXPECT("\"kind\":\"scan\"", rows[i].says, "\"severity\":\"high\"", "\"found\":\"two secrets\"");
	}
	end(&chronicle);
}

static void tell(Chronicle *chronicle, const char *summary)
{
	chronicle_tell(chronicle, &(const AuditEvent){ .kind = AUDIT_POLICY, .summary = summary });
}

/* While the disk is full events wait, in their order; that the trail could not be written is told first, what had no room is counted. */
static void test_waits(void)
{
	Chronicle chronicle;
	Status status;

	begin(&chronicle, &status);
	tell(&chronicle, "first");
	EXPECT("first");
	trail.full = true;
	tell(&chronicle, "second");
	g_assert_true(atomic_load(&status.audit_down));
	tell(&chronicle, "third");
	chronicle_tick(&chronicle, false); /* it is down: nothing is tried */
	g_assert_cmpuint(trail.lines->len, ==, 0);
	trail.full = false;
	atomic_store(&status.audit_down, false);
	chronicle_tick(&chronicle, true);
	EXPECT("second", "third", "the trail can be written again");
	trail.full = true;
	for (unsigned i = 0; i < LIMIT_EVENTS_WAITING + 3; i++) {
		g_autofree char *summary = g_strdup_printf("event %u.", i);
		tell(&chronicle, summary);
	}
	trail.full = false;
	atomic_store(&status.audit_down, false);
	chronicle_tick(&chronicle, false);
	EXPECT("\"kind\":\"gap\"", "\"events\":3", "event 3.");
	chronicle_ends(&chronicle, "SIGTERM");
	chronicle_ends(&chronicle, "another");
	chronicle_stop(&chronicle);
	EXPECT("sentineld stops", "\"why\":\"SIGTERM\"");
	chronicle_stop(&chronicle); /* a private instance has nothing to tell */
	g_assert_cmpuint(trail.lines->len, ==, 0);
	g_string_free(trail.lines, TRUE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/chronicle/reload", test_reload);
	g_test_add_func("/chronicle/built", test_built);
	g_test_add_func("/chronicle/waits", test_waits);
	return g_test_run();
}
