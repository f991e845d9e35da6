/* SPDX-License-Identifier: MIT
 *
 * The plugin without its socket: what it answers at once.
 */
#include <errno.h>
#include "core/pulls.h"
#include "plugin-fixture.h"

static void test_calls(Fixture *f, gconstpointer data)
{
	(void)data;
	g_assert_cmpstr(ask(f, "/Plugin.Activate", "").body, ==, "{\"Implements\":[\"authz\"]}");
	g_assert_cmpstr(ask(f, "/AuthZPlugin.AuthZRes", "{}").body, ==, "{\"Allow\":true}");
	g_assert_cmpuint(ask(f, "/Other", "").http_status, ==, 404);

	PluginAnswer answer = ask(f, REQUEST, envelope(f, "POST", "/v1.41/containers/create", harmless));
	g_assert_cmpuint(answer.http_status, ==, 200);
	g_assert_cmpstr(answer.body, ==, "{\"Allow\":true}");
	g_assert_cmpuint(f->memory.lines, ==, 1);
	g_assert_nonnull(strstr(f->memory.last, "\"decision\":\"allowed\""));

	answer = ask(f, REQUEST, envelope(f, "POST", "/v1.41/containers/create", privileged));
	g_assert_cmpuint(answer.http_status, ==, 200);
	g_assert_true(g_str_has_prefix(answer.body, "{\"Allow\":false,\"Msg\":\"⛔ BLOCKED BY SENTINEL (Risk Score: 40/100)\\n"));
	g_assert_nonnull(strstr(answer.body, "Decision 2, policy p"));
	g_assert_nonnull(strstr(f->memory.last, "\"decision\":\"denied\""));
	g_assert_null(strstr(f->memory.last, "hunter2"));
	g_assert_cmpuint(f->status.allowed, ==, 1);
	g_assert_cmpuint(f->status.denied, ==, 1);
}

static void test_malformed(Fixture *f, gconstpointer data)
{
	static const char *const messages[] = {
		"", "hello", "null", "[]", "{}", "{\"RequestMethod\":\"POST\"}", "{\"RequestUri\":\"/x\"}", "{\"RequestMethod\":\"GET\",\"RequestUri\":\"/info\"",
		"{\"RequestMethod\":\"GET\",\"RequestUri\":\"/info\"} x", "{\"RequestMethod\":\"GET\",\"requestmethod\":\"POST\",\"RequestUri\":\"/info\"}",
		"{\"RequestMethod\":\"POST\",\"RequestUri\":\"/x\",\"RequestBody\":{\"a\":1}}", "{\"RequestMethod\":\"POST\",\"RequestUri\":\"/x\",\"RequestBody\":\"a\"}",
		"{\"RequestMethod\":\"POST\",\"RequestUri\":\"/x\",\"RequestBody\":\"a===\"}", "{\"RequestMethod\":\"POST\",\"RequestUri\":\"/x\",\"RequestBody\":\"YWJj\\nYWJj\"}",
		"{\"RequestMethod\":\"POST\",\"RequestUri\":\"/x\",\"RequestBody\":\"YW==YWJj\"}", "{\"RequestMethod\":\"POST\",\"RequestUri\":\"/x\",\"RequestHeaders\":{\"A\":\"1\",\"A\":\"2\"}}",
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(messages); i++) {
		g_test_message("%s", messages[i]);
		g_assert_cmpuint(ask(f, REQUEST, messages[i]).http_status, ==, 400);
	}
	g_autofree char *large = g_strnfill(LIMIT_MESSAGE_BYTES + 1, ' ');
	g_assert_cmpuint(ask(f, REQUEST, large).http_status, ==, 400);
	g_assert_cmpuint(f->memory.lines, ==, 0);
}

static void test_ping(Fixture *f, gconstpointer data)
{
	(void)data;
	f->memory.failure = -ENOSPC;
	(void)world_publish(f->plugin.cell, NULL, FAIL_CLOSED, LOG_READS_ALL);
	g_assert_cmpstr(ask(f, REQUEST, "{\"RequestMethod\":\"HEAD\",\"RequestUri\":\"/_ping\"}").body, ==, "{\"Allow\":true}");
	g_assert_cmpstr(ask(f, REQUEST, "{\"RequestMethod\":\"GET\",\"RequestUri\":\"/v1.41/containers/json\"}").body, ==, "{\"Allow\":true}");
	g_assert_nonnull(strstr(ask(f, REQUEST, envelope(f, "POST", "/v1.41/containers/x/start", NULL)).body, "\"Allow\":false"));
}

/* What a login sends reaches nobody. */
static void test_login(Fixture *f, gconstpointer data)
{
	(void)data;
	PluginAnswer answer = ask(f, REQUEST, envelope(f, "POST", "/v1.41/auth", "{\"username\":\"u\",\"password\":\"hunter2\"}"));

	g_assert_cmpstr(answer.body, ==, "{\"Allow\":true}");
	g_assert_null(strstr(f->memory.last, "hunter2"));
	g_assert_nonnull(strstr(f->memory.last, "docker login"));
}

static void test_journal_down(Fixture *f, gconstpointer data)
{
	static const struct { const char *mode; FailMode fail_mode; bool allowed; } rows[] = {
		{ "enforce", FAIL_CLOSED, false }, { "warn", FAIL_CLOSED, false }, { "audit", FAIL_CLOSED, false }, { "enforce", FAIL_OPEN, true },
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		publish(f, rows[i].mode, rows[i].fail_mode, true);
		f->memory.failure = -ENOSPC;
		PluginAnswer answer = ask(f, REQUEST, envelope(f, "POST", "/v1.41/containers/create", harmless));
		g_assert_true(g_str_has_prefix(answer.body, "{\"Allow\":true") == rows[i].allowed);
		g_assert_true(f->status.audit_down);
		if (!rows[i].allowed)
			g_assert_nonnull(strstr(answer.body, "cannot be written to the audit trail"));
		f->memory.failure = 0;
		g_assert_cmpstr(ask(f, REQUEST, envelope(f, "POST", "/v1.41/containers/create", harmless)).body, ==, "{\"Allow\":true}");
		g_assert_false(f->status.audit_down);
	}
}

static int append_last(void *data, const char *line, size_t length)
{
	Memory *memory = data;
	int failure = memory->failure;

	memory->failure = 0; /* the room that is kept */
	int r = append(data, line, length);
	memory->failure = failure;
	return r;
}

/* Where there is room for it the denial itself is written, and its number is told. */
static void test_denial_of_full_disk(Fixture *f, gconstpointer data)
{
	(void)data;
	f->ledger.append_last = append_last;
	f->memory.failure = -ENOSPC;
	PluginAnswer answer = ask(f, REQUEST, envelope(f, "POST", "/v1.41/containers/create", harmless));
	g_assert_true(g_str_has_prefix(answer.body, "{\"Allow\":false"));
	g_assert_nonnull(strstr(answer.body, "cannot be written to the audit trail"));
	g_assert_cmpuint(f->memory.lines, ==, 1);
	g_assert_nonnull(strstr(f->memory.last, "\"decision\":\"denied\""));
	g_assert_nonnull(strstr(f->memory.last, "builtin.audit-down"));
	g_assert_nonnull(strstr(answer.body, "ecision 2"));
	g_assert_true(f->status.audit_down);
	(void)ask(f, REQUEST, envelope(f, "GET", "/info", NULL)); /* what changes nothing does not take that room */
	g_assert_cmpuint(f->memory.lines, ==, 1);
}

static void test_log_reads(Fixture *f, gconstpointer data)
{
	(void)data;
	(void)ask(f, REQUEST, envelope(f, "GET", "/info", NULL));
	g_assert_cmpuint(f->memory.lines, ==, 1);
	publish(f, "enforce", FAIL_CLOSED, LOG_READS_NONE);
	(void)ask(f, REQUEST, envelope(f, "GET", "/info", NULL));
	g_assert_cmpuint(f->memory.lines, ==, 1);
	(void)ask(f, REQUEST, envelope(f, "POST", "/v1.41/containers/x/start", NULL));
	g_assert_cmpuint(f->memory.lines, ==, 2);
}

static unsigned count_of(const Fixture *f, const char *text)
{
	return strstr(f->memory.last, text) != NULL;
}

/* Only what was let through without a word is counted, and everything else has its line at once. */
static void test_folded(Fixture *f, gconstpointer data)
{
	(void)data;
	f->plugin.folds = folds_new();
	publish(f, "enforce", FAIL_CLOSED, LOG_READS_FOLDED);
	for (unsigned i = 0; i < 50; i++)
		(void)ask(f, REQUEST, "{\"User\":\"alice\",\"UserAuthNMethod\":\"TLS\",\"RequestMethod\":\"GET\",\"RequestUri\":\"/v1.41/containers/db/json\"}");
	g_assert_cmpuint(f->memory.lines, ==, 0);
	(void)ask(f, REQUEST, envelope(f, "GET", "/v1.41/nobody-knows-this", NULL));
	g_assert_cmpuint(f->memory.lines, ==, 1);
	(void)ask(f, REQUEST, envelope(f, "GET", "/v1.41/containers/db/archive?path=/", NULL)); /* gives something out */
	g_assert_cmpuint(f->memory.lines, ==, 2);
	(void)ask(f, REQUEST, envelope(f, "POST", "/v1.41/containers/x/start", NULL));
	g_assert_cmpuint(f->memory.lines, ==, 3);
	g_assert_true(folds_write(f->plugin.folds, &f->ledger));
	g_assert_cmpuint(f->memory.lines, ==, 4);
	g_assert_cmpuint(count_of(f, "\"user\":\"tls:alice\"") + count_of(f, "\"subject\":\"db\"") + count_of(f, "\"call\":\"container.inspect\"") + count_of(f, "\"reads\":50"), ==, 4);
	publish(f, "enforce", FAIL_CLOSED, LOG_READS_ALL);
	(void)ask(f, REQUEST, envelope(f, "GET", "/info", NULL));
	g_assert_cmpuint(f->memory.lines, ==, 5);
	g_assert_cmpuint((unsigned)atomic_load(&f->status.allowed), >=, 53);
	folds_free(f->plugin.folds);
}

/* A read that a rule finds something in, or denies, is none of those. */
static void test_found_reads(Fixture *f, gconstpointer data)
{
	static const struct {
		const char *action, *outcome;
	} rows[] = { { "warn", "\"decision\":\"warned\"" }, { "block", "\"decision\":\"denied\"" } };

	(void)data;
	f->plugin.folds = folds_new();
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf("name: p\nmode: enforce\ncustom_rules:\n  - {name: c, action: %s, message: m, requests: [read], condition: {field: endpoint, operator: equals, value: system.info}}\n", rows[i].action);
		g_autoptr(GPtrArray) diagnostics = diagnostics_new();
		g_autoptr(Policy) policy = policy_parse("p.yaml", text, strlen(text), diagnostics);
		g_assert_nonnull(policy);
		(void)world_publish(f->plugin.cell, policy, FAIL_CLOSED, LOG_READS_FOLDED);
		(void)ask(f, REQUEST, envelope(f, "GET", "/info", NULL));
		g_assert_cmpuint(f->memory.lines, ==, i + 1);
		g_assert_nonnull(strstr(f->memory.last, rows[i].outcome));
	}
	g_assert_true(folds_write(f->plugin.folds, &f->ledger));
	g_assert_cmpuint(f->memory.lines, ==, G_N_ELEMENTS(rows));
	folds_free(f->plugin.folds);
}

static void test_user(Fixture *f, gconstpointer data)
{
	(void)data;
	(void)ask(f, REQUEST, "{\"User\":\"alice\",\"UserAuthNMethod\":\"TLS\",\"RequestMethod\":\"GET\",\"RequestUri\":\"/info\"}");
	g_assert_nonnull(strstr(f->memory.last, "\"user\":\"tls:alice\""));
	(void)ask(f, REQUEST, "{\"User\":\"alice\",\"RequestMethod\":\"GET\",\"RequestUri\":\"/info\"}");
	g_assert_nonnull(strstr(f->memory.last, "\"user\":\"\""));
}

/* What Docker may pull is remembered until it has come; what it may not, is not. */
static void test_pulls(Fixture *f, gconstpointer data)
{
	Pulls *pulls = pulls_open(NULL);

	(void)data;
	f->plugin.pulls = pulls;
	g_assert_true(ask(f, REQUEST, envelope(f, "POST", "/v1.41/images/create?fromImage=nginx&tag=1", NULL)).http_status == 200);
	g_assert_cmpint(pulls_arrived(pulls, "nginx:1"), !=, 0);
	g_assert_cmpint(pulls_arrived(pulls, "other:1"), ==, 0);
	(void)world_publish(f->plugin.cell, NULL, FAIL_CLOSED, LOG_READS_ALL);
	g_assert_nonnull(strstr(ask(f, REQUEST, envelope(f, "POST", "/v1.41/images/create?fromImage=other&tag=1", NULL)).body, "\"Allow\":false"));
	g_assert_cmpint(pulls_arrived(pulls, "other:1"), ==, 0);
	f->plugin.pulls = NULL;
	pulls_close(pulls);
}

/* A denied create has the command that makes it again; with something that was taken out of the line it has none. */
static void test_typed(Fixture *f, gconstpointer data)
{
	static const struct {
		const char *members;
		const char *typed; /* NULL: there is none */
	} rows[] = {
		{ "\"HostConfig\":{\"Privileged\":true,\"NetworkMode\":\"default\",\"RestartPolicy\":{\"Name\":\"no\"}}", "\"typed\":[\"run\",\"--privileged\",\"--detach\",\"x:1\"]," },
		{ "\"HostConfig\":{\"Privileged\":true,\"NetworkMode\":\"default\",\"RestartPolicy\":{\"Name\":\"no\"}},\"Env\":[\"A=b\"]", NULL },
		{ "\"HostConfig\":{\"Privileged\":true,\"NetworkMode\":\"default\",\"RestartPolicy\":{\"Name\":\"no\"}},\"Cmd\":[\"not\",\"looked\",\"through\"]", NULL },
		{ "\"HostConfig\":{\"Privileged\":false}", NULL },
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *body = g_strdup_printf("{\"Image\":\"x:1\",%s}", rows[i].members);
		(void)ask(f, REQUEST, envelope(f, "POST", "/v1.41/containers/create", body));
		g_test_message("%s", f->memory.last);
		g_assert_cmpint(strstr(f->memory.last, "\"typed\"") != NULL, ==, rows[i].typed != NULL);
		g_assert_true(!rows[i].typed || strstr(f->memory.last, rows[i].typed));
	}
}

/* Who builds is known from the call that was let through until Docker says that it is done. */
static void test_builds(Fixture *f, gconstpointer data)
{
	const char *build = envelope(f, "POST", "/v1.41/build?t=a:1", NULL), *other = envelope(f, "POST", "/v1.41/containers/x/stop", NULL);
	Builds *builds = builds_new();

	(void)data;
	f->plugin.builds = builds;
	(void)ask(f, REQUEST, other);
	g_assert_false(builds_expect(builds));
	(void)ask(f, REQUEST, build);
	g_assert_true(builds_expect(builds));
	g_autofree char *maker = builds_maker(builds, g_get_monotonic_time());
	g_assert_cmpstr(maker, ==, ""); /* nobody looks who asks */
	(void)ask(f, "/AuthZPlugin.AuthZRes", other);
	g_assert_true(builds_expect(builds));
	(void)ask(f, "/AuthZPlugin.AuthZRes", build);
	g_assert_false(builds_expect(builds));
	f->plugin.builds = NULL;
	builds_free(builds);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/plugin/calls", Fixture, NULL, set_up, test_calls, tear_down);
	g_test_add("/plugin/malformed", Fixture, NULL, set_up, test_malformed, tear_down);
	g_test_add("/plugin/ping", Fixture, NULL, set_up, test_ping, tear_down);
	g_test_add("/plugin/login", Fixture, NULL, set_up, test_login, tear_down);
	g_test_add("/plugin/journal-down", Fixture, NULL, set_up, test_journal_down, tear_down);
	g_test_add("/plugin/denial-of-full-disk", Fixture, NULL, set_up, test_denial_of_full_disk, tear_down);
	g_test_add("/plugin/log-reads", Fixture, NULL, set_up, test_log_reads, tear_down);
	g_test_add("/plugin/folded", Fixture, NULL, set_up, test_folded, tear_down);
	g_test_add("/plugin/found-reads", Fixture, NULL, set_up, test_found_reads, tear_down);
	g_test_add("/plugin/builds", Fixture, NULL, set_up, test_builds, tear_down);
	g_test_add("/plugin/pulls", Fixture, NULL, set_up, test_pulls, tear_down);
	g_test_add("/plugin/typed", Fixture, NULL, set_up, test_typed, tear_down);
	g_test_add("/plugin/user", Fixture, NULL, set_up, test_user, tear_down);
	return g_test_run();
}
