/* SPDX-License-Identifier: MIT
 *
 * What is told to the system's journal: each event with its id, its priority and its fields.  The journal is played by this file.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>
#include "base/event.h"
#include "service/herald.h"

static GString *heard; /* of the last message, a line each, but for MESSAGE_ID and MESSAGE */
static char heard_id[64], heard_message[256];

/* What the header makes of sd_journal_sendv(3). */
int sd_journal_sendv_with_location(const char *file, const char *line, const char *function, const struct iovec *parts, int count)
{
	(void)file;
	(void)line;
	(void)function;
	g_string_truncate(heard, 0);
	for (int i = 0; i < count; i++) {
		g_autofree char *text = g_strndup(parts[i].iov_base, parts[i].iov_len);
		if (g_str_has_prefix(text, "MESSAGE_ID="))
			(void)g_strlcpy(heard_id, text + strlen("MESSAGE_ID="), sizeof heard_id);
		else if (g_str_has_prefix(text, "MESSAGE="))
			(void)g_strlcpy(heard_message, text + strlen("MESSAGE="), sizeof heard_message);
		else
			g_string_append_printf(heard, "%s\n", text);
	}
	return 0;
}

static void expect(EventId id, const char *message, const char *fields)
{
	g_assert_cmpstr(heard_id, ==, event_message_id(id));
	g_assert_cmpstr(heard_message, ==, message);
	g_assert_cmpstr(heard->str, ==, fields);
	g_string_truncate(heard, 0);
	*heard_id = *heard_message = 0;
}

static void test_decisions(void)
{
	static const struct { Notice notice; EventId id; const char *message, *fields; } rows[] = {
		{ { .id = 7, .outcome = OUTCOME_DENIED, .score = 40, .user = "alice", .summary = "docker run x", .policy = "p", .rule = "privileged" }, EVENT_DENIED,
			"denied: docker run x (decision 7, rule privileged, score 40)",
			"PRIORITY=4\nSENTINEL_DECISION_ID=7\nSENTINEL_DECISION=denied\nSENTINEL_SCORE=40\nSENTINEL_USER=alice\nSENTINEL_COMMAND=docker run x\n"
			"SENTINEL_POLICY=p\nSENTINEL_RULE=privileged\n" },
		{ { .id = 8, .outcome = OUTCOME_WARNED, .score = 5, .summary = "docker run x", .policy = "p", .rule = "latest" }, EVENT_WARNED,
			"warned: docker run x (decision 8, rule latest, score 5)",
			"PRIORITY=5\nSENTINEL_DECISION_ID=8\nSENTINEL_DECISION=warned\nSENTINEL_SCORE=5\nSENTINEL_USER=an unknown user\nSENTINEL_COMMAND=docker run x\n"
			"SENTINEL_POLICY=p\nSENTINEL_RULE=latest\n" },
		{ { .id = 9, .outcome = OUTCOME_ALLOWED, .grant = 3, .user = "alice", .summary = "docker run x" }, EVENT_GRANT_USED,
			"grant 3 let through: docker run x (decision 9)",
			"PRIORITY=4\nSENTINEL_GRANT=3\nSENTINEL_DECISION_ID=9\nSENTINEL_COMMAND=docker run x\nSENTINEL_USER=alice\n" },
	};
	Herald herald = { 0 };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		herald_on_notice(&rows[i].notice, &herald);
		expect(rows[i].id, rows[i].message, rows[i].fields);
	}
	herald_on_notice(&(const Notice){ .id = 10, .outcome = OUTCOME_ALLOWED, .summary = "docker ps" }, &herald);
	g_assert_cmpstr(heard->str, ==, "");
}

static void publish(Herald *herald, const char *text, const ReloadResult *result)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) policy = policy_parse("p.yaml", text, strlen(text), diagnostics);

	g_assert_nonnull(policy);
	(void)world_publish(herald->cell, policy, FAIL_CLOSED, LOG_READS_ALL);
	herald_on_reload(result, herald);
}

static void test_policies(void)
{
	static const ReloadResult done = { .generation = 4, .policy = "p", .changed = true }, failed = { .policy = "p", .error = "p.yaml:1:1: no" }, nothing = { .error = "none" };
	Herald herald = { .cell = world_cell_new() };

	publish(&herald, "name: p\nmode: enforce\n", &done);
	expect(EVENT_POLICY_LOADED, "policy p (enforce) is in force, generation 4", "PRIORITY=6\nSENTINEL_POLICY=p\nSENTINEL_MODE=enforce\n");
	publish(&herald, "name: q\nmode: audit\n", &done);
	expect(EVENT_MODE_RELAXED, "policy q (audit) may allow more than p (enforce) did: mode: enforce, now audit", "PRIORITY=4\nSENTINEL_POLICY=q\nSENTINEL_MODE=audit\n");
	publish(&herald, "name: p\nmode: enforce\n", &done);
	expect(EVENT_POLICY_LOADED, "policy p (enforce) is in force, generation 4", "PRIORITY=6\nSENTINEL_POLICY=p\nSENTINEL_MODE=enforce\n");
	herald_on_reload(&failed, &herald);
	expect(EVENT_POLICY_REJECTED, "the policy was not loaded, what was in force stays in force: p.yaml:1:1: no", "PRIORITY=3\nSENTINEL_POLICY=p\nSENTINEL_ERROR=p.yaml:1:1: no\n");
	herald_on_reload(&nothing, &herald);
	expect(EVENT_POLICY_REJECTED, "the policy was not loaded, what was in force stays in force: none", "PRIORITY=3\nSENTINEL_POLICY=\nSENTINEL_ERROR=none\n");
	herald_clear(&herald);
	g_assert_null(herald.last);
	world_cell_free(herald.cell);
}

static void test_others(void)
{
	char command[] = "docker run x";
	const Grant grant = { .id = 3, .command = command, .uses_left = 2 };

	herald_grant_ended(&grant);
	expect(EVENT_GRANT_ENDED, "grant 3 has ended, 2 of its uses were left", "PRIORITY=5\nSENTINEL_GRANT=3\nSENTINEL_COMMAND=docker run x\n");
	herald_degraded("/a");
	expect(EVENT_DEGRADED, "degraded: the journal /a cannot be written, calls that change something are denied until it can", "PRIORITY=3\nSENTINEL_DIRECTORY=/a\n");
}

/* Where stderr does not go to the journal nothing is sent there. */
static void test_no_journal(void)
{
	static const char *const streams[] = { "", "0:0", "8:1" };
	g_autofree char *ours = g_strdup(g_getenv("JOURNAL_STREAM"));

	for (size_t i = 0; i < G_N_ELEMENTS(streams); i++) {
		g_assert_true(g_setenv("JOURNAL_STREAM", streams[i], TRUE));
		herald_degraded("/a");
		g_assert_cmpstr(heard->str, ==, "");
	}
	g_unsetenv("JOURNAL_STREAM");
	herald_degraded("/a");
	g_assert_cmpstr(heard->str, ==, "");
	g_assert_true(g_setenv("JOURNAL_STREAM", ours, TRUE));
	herald_degraded("/a");
	g_assert_cmpstr(heard->str, !=, "");
}

int main(int argc, char **argv)
{
	struct stat status;

	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(fstat(STDERR_FILENO, &status), ==, 0);
	g_autofree char *stream = g_strdup_printf("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, (guint64)status.st_dev, (guint64)status.st_ino);
	g_assert_true(g_setenv("JOURNAL_STREAM", stream, TRUE));
	heard = g_string_new(NULL);
	g_test_add_func("/herald/decisions", test_decisions);
	g_test_add_func("/herald/policies", test_policies);
	g_test_add_func("/herald/others", test_others);
	g_test_add_func("/herald/no-journal", test_no_journal);
	int failures = g_test_run();
	g_string_free(heard, TRUE);
	return failures;
}
