/* SPDX-License-Identifier: MIT
 *
 * The gate on a system bus: a private dbus-daemon, polkit played by a mock, calls by another user.
 */
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/limits.h"
#include "bus/gate.h"
#include "bus/scans.h"
#include "mock-polkit.h"
#include "tests/unit/scratch.h"

#define MANAGER SENTINEL_INTERFACE_MANAGER
#define POLICIES SENTINEL_INTERFACE_POLICIES
#define NOBODY 65534
#define SECOND_US ((uint64_t)1000 * 1000)

static BusFixture fixture;
static GPid polkit;

static sd_bus_message *call_new(sd_bus *bus, const char *interface, const char *member, const char *types, va_list arguments)
{
	sd_bus_message *request = NULL;

	g_assert_cmpint(sd_bus_message_new_method_call(bus, &request, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, interface, member), >=, 0);
	g_assert_cmpint(sd_bus_message_appendv(request, types, arguments), >=, 0);
	return request;
}

/* The answer, or NULL after comparing the error's last word. */
static sd_bus_message *call(sd_bus *bus, bool interactive, const char *expected_error, const char *interface, const char *member, const char *types, ...)
{
	sd_bus_message *reply = NULL;
	sd_bus_error error = SD_BUS_ERROR_NULL;
	va_list arguments;

	va_start(arguments, types);
	sd_bus_message *request = call_new(bus, interface, member, types, arguments);
	va_end(arguments);
	g_assert_cmpint(sd_bus_message_set_allow_interactive_authorization(request, interactive), >=, 0);
	int r = sd_bus_call(bus, request, 30 * SECOND_US, &error, &reply);
	if (r >= 0 && expected_error)
		g_error("%s was let through instead of %s", member, expected_error);
	if (r < 0 && (!expected_error || !g_str_has_suffix(error.name, expected_error)))
		g_error("%s: %s (%s) instead of %s", member, error.name, error.message, expected_error ? expected_error : "an answer");
	sd_bus_error_free(&error);
	sd_bus_message_unref(request);
	return reply;
}

/* Runs `body` with a connection of the user nobody. */
static void as_nobody(void (*body)(sd_bus *bus))
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		if (setgid(NOBODY) < 0 || setuid(NOBODY) < 0)
			_exit(100);
		sd_bus *bus = bus_fixture_connect(&fixture);
		body(bus);
		sd_bus_flush_close_unref(bus);
		_exit(0);
	}
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_cmpint(status, ==, 0);
}

static void expect_questions(const char *expected)
{
	g_autofree char *questions = mock_polkit_questions(&fixture);

	g_assert_cmpstr(questions, ==, expected);
	mock_polkit_clear(&fixture);
}

static bool is_used(const char *action)
{
	/* The second is pkexec's, for the helper. */
	static const char *const refined[] = { ACTION_MODE_RELAX, ACTION("manage-docker") };

	for (size_t i = 0; i < gate_row_count; i++)
		if (!g_strcmp0(gate_rows[i].action, action) || !g_strcmp0(gate_rows[i].less, action))
			return true;
	for (size_t i = 0; i < G_N_ELEMENTS(refined); i++)
		if (!strcmp(refined[i], action))
			return true;
	return false;
}

static GHashTable *read_actions(void)
{
	GHashTable *actions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GRegex) pattern = g_regex_new("<action id=\"([^\"]*)\">.*?</action>", G_REGEX_DOTALL, 0, NULL);
	g_autofree char *text = NULL;
	GMatchInfo *found = NULL;

	g_assert_true(g_file_get_contents(g_getenv("POLKIT_ACTIONS"), &text, NULL, NULL));
	for (g_regex_match(pattern, text, 0, &found); g_match_info_matches(found); g_match_info_next(found, NULL)) {
		g_autofree char *whole = g_match_info_fetch(found, 0);
		/* Without its owner sentineld may not ask about others. */
		g_assert_nonnull(strstr(whole, "<annotate key=\"org.freedesktop.policykit.owner\">unix-user:sentinel</annotate>"));
		g_hash_table_add(actions, g_match_info_fetch(found, 1));
	}
	g_match_info_free(found);
	return actions;
}

static void test_table(void)
{
	const struct { const char *interface; const sd_bus_vtable *vtable; } interfaces[] = {
		{ MANAGER, manager_vtable }, { POLICIES, policies_vtable }, { SENTINEL_INTERFACE_AUDIT, audit_vtable }, { SENTINEL_INTERFACE_JOB, job_vtable },
	};
	g_autoptr(GHashTable) actions = read_actions();
	GHashTableIter iter;
	gpointer action;

	for (size_t i = 0; i < G_N_ELEMENTS(interfaces); i++)
		for (const sd_bus_vtable *row = interfaces[i].vtable; row->type != _SD_BUS_VTABLE_END; row++)
			if (row->type == _SD_BUS_VTABLE_METHOD && !gate_row(interfaces[i].interface, row->x.method.member))
				g_error("%s.%s has no row in the gate", interfaces[i].interface, row->x.method.member);
	for (size_t i = 0; i < gate_row_count; i++) {
		if (gate_rows[i].action && !g_hash_table_contains(actions, gate_rows[i].action))
			g_error("%s is not in the .policy file", gate_rows[i].action);
		if (gate_rows[i].less && !g_hash_table_contains(actions, gate_rows[i].less))
			g_error("%s is not in the .policy file", gate_rows[i].less);
		if (g_str_has_prefix(gate_rows[i].interface, SENTINEL_BUS_NAME))
			g_assert_nonnull(gate_rows[i].action);
	}
	g_assert_true(g_hash_table_contains(actions, ACTION_MODE_RELAX));
	g_hash_table_iter_init(&iter, actions);
	while (g_hash_table_iter_next(&iter, &action, NULL))
		if (!is_used(action))
			g_error("%s is in the .policy file, but nothing asks for it", (char *)action);
	g_assert_null(gate_row(MANAGER, "Nothing"));
	g_assert_null(gate_row("x.y", "Validate"));
	g_assert_null(gate_row(NULL, "Nothing"));
	g_assert_cmpstr(gate_row(NULL, "Use")->action, ==, ACTION_POLICY_MANAGE);
}

static void test_root(void)
{
	mock_polkit_clear(&fixture);
	sd_bus_message_unref(call(fixture.bus, false, NULL, MANAGER, "ReloadPolicy", ""));
	sd_bus_message_unref(call(fixture.bus, false, NULL, SENTINEL_INTERFACE_AUDIT, "Verify", ""));
	(void)call(fixture.bus, false, "UnknownMethod", MANAGER, "Nothing", "");
	expect_questions("");
}

static void ask_everything(sd_bus *bus)
{
	sd_bus_message_unref(call(bus, false, NULL, POLICIES, "List", ""));
	(void)call(bus, false, "AccessDenied", MANAGER, "ReloadPolicy", "");
	(void)call(bus, true, "AccessDenied", POLICIES, "Delete", "s", "strict");
	(void)call(bus, false, "UnknownMethod", MANAGER, "Nothing", "");
	sd_bus_message *request = NULL;
	g_assert_cmpint(sd_bus_message_new_method_call(bus, &request, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, "org.freedesktop.DBus.Introspectable", "Introspect"), >=, 0);
	g_assert_cmpint(sd_bus_call(bus, request, 0, NULL, NULL), >=, 0);
	sd_bus_message_unref(request);
}

static void test_answers(void)
{
	mock_polkit_clear(&fixture);
	mock_polkit_say(&fixture, "status", "yes");
	as_nobody(ask_everything);
	expect_questions("status 0 - -\npolicy.manage 0 - -\npolicy.manage 1 - -\n");
}

static void ask_with_dialog(sd_bus *bus)
{
	(void)call(bus, false, "InteractiveAuthorizationRequired", MANAGER, "ReloadPolicy", "");
	(void)call(bus, true, "Error.NoAgent", MANAGER, "ReloadPolicy", "");
}

static void ask_and_dismiss(sd_bus *bus)
{
	(void)call(bus, true, "Error.Dismissed", MANAGER, "ReloadPolicy", "");
}

static void test_refusals(void)
{
	mock_polkit_clear(&fixture);
	mock_polkit_say(&fixture, "policy.manage", "challenge");
	as_nobody(ask_with_dialog);
	mock_polkit_say(&fixture, "policy.manage", "dismissed");
	as_nobody(ask_and_dismiss);
}

static void use_permissive(sd_bus *bus)
{
	(void)call(bus, false, "AccessDenied", POLICIES, "Use", "s", "permissive");
	sd_bus_message_unref(call(bus, false, NULL, POLICIES, "Use", "s", "production"));
	(void)call(bus, false, "Error.PolicyInvalid", POLICIES, "Use", "s", "nothing");
	(void)call(bus, false, "AccessDenied", POLICIES, "Write", "ss", "production", "version: \"1.0\"\nname: production\nmode: enforce\n");
	sd_bus_message_unref(call(bus, false, NULL, POLICIES, "Write", "ss", "mine", "version: \"1.0\"\nname: mine\nmode: audit\n"));
	(void)call(bus, false, "Error.Invalid", POLICIES, "Write", "ss", "mine", "version: \"1.0\"\nname: other\nmode: audit\n");
	(void)call(bus, false, "Error.PolicyInvalid", POLICIES, "Write", "ss", "mine", "name: mine\nmode: wrong\n");
	(void)call(bus, false, "Error.Invalid", POLICIES, "Write", "ss", "../mine", "version: \"1.0\"\nname: ../mine\nmode: audit\n");
	(void)call(bus, false, "Error.Busy", POLICIES, "Delete", "s", "production");
	sd_bus_message_unref(call(bus, false, NULL, POLICIES, "Delete", "s", "mine"));
	(void)call(bus, false, "Error.NotFound", POLICIES, "Delete", "s", "mine");
}

/* Laxer is another action than different. */
static void test_relax(void)
{
	sd_bus_message_unref(call(fixture.bus, false, NULL, POLICIES, "Use", "s", "production"));
	mock_polkit_clear(&fixture);
	mock_polkit_say(&fixture, "policy.manage", "yes");
	as_nobody(use_permissive);
	g_autofree char *questions = mock_polkit_questions(&fixture);
	g_assert_true(g_str_has_prefix(questions, "mode.relax 0 permissive audit\npolicy.manage 0 production enforce\npolicy.manage 0 nothing -\n"
						  "mode.relax 0 production enforce\npolicy.manage 0 mine audit\n"));
}

static void relax(sd_bus *bus)
{
	sd_bus_message_unref(call(bus, false, NULL, POLICIES, "Use", "s", "permissive"));
}

static void test_may_relax(void)
{
	sd_bus_message_unref(call(fixture.bus, false, NULL, POLICIES, "Use", "s", "production"));
	mock_polkit_clear(&fixture);
	mock_polkit_say(&fixture, "mode.relax", "yes");
	as_nobody(relax);
	g_autofree char *mode = NULL;
	g_assert_cmpint(sd_bus_get_property_string(fixture.bus, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, MANAGER, "Mode", NULL, &mode), >=, 0);
	g_assert_cmpstr(mode, ==, "audit");
}

static unsigned count_entries(sd_bus *bus, const char *user)
{
	sd_bus_message *reply = user ? call(bus, false, NULL, MANAGER, "AuditQuery", "a{sv}ut", 1, "user", "s", user, 10, (uint64_t)0)
				     : call(bus, false, NULL, MANAGER, "AuditQuery", "a{sv}ut", 0, 10, (uint64_t)0);
	unsigned count = 0;

	g_assert_cmpint(sd_bus_message_enter_container(reply, 'a', "a{sv}"), >, 0);
	while (sd_bus_message_skip(reply, "a{sv}") > 0)
		count++;
	sd_bus_message_unref(reply);
	return count;
}

static void read_own(sd_bus *bus)
{
	g_assert_cmpuint(count_entries(bus, NULL), ==, 1);
	g_assert_cmpuint(count_entries(bus, "nobody"), ==, 1);
	g_assert_cmpuint(count_entries(bus, "alice"), ==, 0);
	(void)call(bus, false, "AccessDenied", SENTINEL_INTERFACE_AUDIT, "Stats", "a{sv}", 0);
	(void)call(bus, false, "AccessDenied", SENTINEL_INTERFACE_AUDIT, "Verify", "");
}

static void read_all(sd_bus *bus)
{
	g_assert_cmpuint(count_entries(bus, NULL), ==, 3);
	g_assert_cmpuint(count_entries(bus, "alice"), ==, 1);
}

static void put_entry(FILE *journal, unsigned id, const char *user)
{
	(void)fprintf(journal,
		"{\"v\":1,\"id\":%u,\"time\":5,\"decision\":\"denied\",\"mode\":\"enforce\",\"policy\":\"p\",\"score\":40,\"max_score\":50,\"user\":\"%s\",\"method\":\"POST\","
		"\"uri\":\"/x\",\"endpoint\":\"e\",\"command\":\"=docker create x\",\"image\":\"x\",\"subject\":\"\",\"duration_us\":3,\"findings\":[{\"rule\":\"privileged\","
		"\"severity\":\"critical\",\"category\":\"c\",\"action\":\"block\",\"message\":\"m\"}]}\n",
		id, user);
}

static void test_audit(void)
{
	static const char *const users[] = { "alice", "nobody", "one-of:alice,nobody" };
	g_autofree char *path = g_build_filename(fixture.dir, "audit", "audit.jsonl", NULL);
	FILE *journal = fopen(path, "ae");

	for (unsigned i = 0; i < G_N_ELEMENTS(users); i++)
		put_entry(journal, i + 1, users[i]);
	(void)fclose(journal);
	mock_polkit_clear(&fixture);
	mock_polkit_say(&fixture, "audit.read-own", "yes");
	as_nobody(read_own);
	mock_polkit_say(&fixture, "audit.read", "yes");
	as_nobody(read_all);
}

static char *export_as(const char *format)
{
	uint64_t entries;
	int fds[2];
	char text[8192];

	g_assert_cmpint(pipe(fds), ==, 0);
	sd_bus_message *reply = call(fixture.bus, false, NULL, SENTINEL_INTERFACE_AUDIT, "Export", "a{sv}sh", 1, "user", "s", "alice", format, fds[1]);
	g_assert_cmpint(sd_bus_message_read_basic(reply, 't', &entries), >, 0);
	g_assert_cmpuint(entries, ==, 1);
	sd_bus_message_unref(reply);
	(void)close(fds[1]);
	ssize_t got = read(fds[0], text, sizeof text - 1);
	g_assert_cmpint(got, >, 0);
	/* The service has let go of it: who reads sees the end. */
	struct pollfd end = { .fd = fds[0], .events = POLLIN };
	g_assert_cmpint(poll(&end, 1, 5000), ==, 1);
	g_assert_true(end.revents & POLLHUP);
	(void)close(fds[0]);
	return g_strndup(text, (gsize)got);
}

static void test_reports(void)
{
	sd_bus_message *reply = call(fixture.bus, false, NULL, SENTINEL_INTERFACE_AUDIT, "Stats", "a{sv}", 0);
	const char *name, *detail;
	uint64_t total, entries;
	int intact;

	g_assert_cmpint(sd_bus_message_enter_container(reply, 'a', "{sv}"), >, 0);
	g_assert_cmpint(sd_bus_message_read(reply, "{sv}", &name, "t", &total), >, 0);
	g_assert_cmpstr(name, ==, "total");
	g_assert_cmpuint(total, ==, 3);
	sd_bus_message_unref(reply);
	g_autofree char *csv = export_as("csv"), *json = export_as("json"), *lines = export_as("jsonl");
	g_assert_true(g_str_has_prefix(csv, "id,time,decision,"));
	g_assert_nonnull(strstr(csv, "\"1\",\"1970-01-01T00:00:00Z\",\"denied\",\"40\",\"alice\",\"p\",\"enforce\",\"'=docker create x\""));
	g_assert_true(g_str_has_prefix(json, "[{\"v\":1,\"id\":1,") && g_str_has_suffix(json, "}]\n"));
	g_assert_true(g_str_has_prefix(lines, "{\"v\":1,\"id\":1,") && g_str_has_suffix(lines, "}\n"));
	(void)call(fixture.bus, false, "Error.InvalidArgs", SENTINEL_INTERFACE_AUDIT, "Export", "a{sv}sh", 0, "xml", STDERR_FILENO);

	reply = call(fixture.bus, false, NULL, SENTINEL_INTERFACE_AUDIT, "Verify", "");
	g_assert_cmpint(sd_bus_message_read(reply, "bts", &intact, &entries, &detail), >, 0);
	g_assert_true(intact);
	g_assert_cmpuint(entries, ==, 3);
	sd_bus_message_unref(reply);
}

static void test_verify_finds(void)
{
	g_autofree char *path = g_build_filename(fixture.dir, "audit", "audit.jsonl", NULL);
	FILE *journal = fopen(path, "ae");
	const char *detail;
	uint64_t entries;
	int intact;

	put_entry(journal, 2, "alice");
	(void)fclose(journal);
	sd_bus_message *reply = call(fixture.bus, false, NULL, SENTINEL_INTERFACE_AUDIT, "Verify", "");
	g_assert_cmpint(sd_bus_message_read(reply, "bts", &intact, &entries, &detail), >, 0);
	g_assert_false(intact);
	g_assert_nonnull(strstr(detail, "audit.jsonl:4: an id that was there before"));
	sd_bus_message_unref(reply);
}

static const char *entry_of_denial(unsigned id, const char *rule, const char *key)
{
	static char line[1024];

	(void)snprintf(line, sizeof line,
		"{\"v\":1,\"id\":%u,\"time\":5,\"decision\":\"denied\",\"mode\":\"enforce\",\"policy\":\"p\",\"score\":40,\"max_score\":50,\"user\":\"alice\",\"method\":\"POST\","
		"\"uri\":\"/x\",\"endpoint\":\"e\",\"command\":\"docker create x\",\"image\":\"img\",\"subject\":\"\",\"duration_us\":3,\"findings\":[{\"rule\":\"%s\","
		"\"severity\":\"critical\",\"category\":\"c\",\"action\":\"block\",\"message\":\"m\",\"key\":\"%s\"}]}\n",
		id, rule, key);
	return line;
}

static void ask_for_grant(sd_bus *bus)
{
	(void)call(bus, false, "AccessDenied", MANAGER, "CreateGrant", "ta{sv}", (uint64_t)1001, 1, "reason", "s", "night shift");
	(void)call(bus, false, "AccessDenied", MANAGER, "ListGrants", "");
	(void)call(bus, false, "AccessDenied", MANAGER, "RevokeGrant", "t", (uint64_t)1);
}

static void test_grants(void)
{
	g_autofree char *path = g_build_filename(fixture.dir, "audit", "audit.jsonl", NULL);
	FILE *journal = fopen(path, "ae");
	uint64_t grant;

	(void)fputs(entry_of_denial(1001, "privileged", "0123456789abcdef0123456789abcdef"), journal);
	(void)fputs(entry_of_denial(1002, "builtin.ambiguous-body", "0123456789abcdef0123456789abcdef"), journal);
	(void)fclose(journal);
	mock_polkit_clear(&fixture);
	as_nobody(ask_for_grant);
	g_autofree char *questions = mock_polkit_questions(&fixture);
	g_assert_true(g_str_has_prefix(questions, "grant 0 p -\n"));

	(void)call(fixture.bus, false, "Error.InvalidArgs", MANAGER, "CreateGrant", "ta{sv}", (uint64_t)1001, 0);
	(void)call(fixture.bus, false, "Error.InvalidArgs", MANAGER, "CreateGrant", "ta{sv}", (uint64_t)1001, 2, "reason", "s", "x", "uses", "t", (uint64_t)0);
	(void)call(fixture.bus, false, "Error.InvalidArgs", MANAGER, "CreateGrant", "ta{sv}", (uint64_t)1001, 2, "reason", "s", "x", "duration", "t", UINT64_MAX);
	(void)call(fixture.bus, false, "Error.NotFound", MANAGER, "CreateGrant", "ta{sv}", (uint64_t)999, 1, "reason", "s", "x");
	(void)call(fixture.bus, false, "Error.Invalid", MANAGER, "CreateGrant", "ta{sv}", (uint64_t)1002, 1, "reason", "s", "x");
	(void)call(fixture.bus, false, "Error.Invalid", MANAGER, "CreateGrant", "ta{sv}", (uint64_t)1, 1, "reason", "s", "x"); /* without a key */
	(void)call(fixture.bus, false, "Error.NotFound", MANAGER, "RevokeGrant", "t", (uint64_t)1);

	sd_bus_message *reply = call(fixture.bus, false, NULL, MANAGER, "CreateGrant", "ta{sv}", (uint64_t)1001, 1, "reason", "s", "night shift");
	g_assert_cmpint(sd_bus_message_read_basic(reply, 't', &grant), >, 0);
	g_assert_cmpuint(grant, ==, 1);
	sd_bus_message_unref(reply);
	reply = call(fixture.bus, false, NULL, MANAGER, "ListGrants", "");
	g_assert_cmpint(sd_bus_message_enter_container(reply, 'a', "a{sv}"), >, 0);
	g_assert_cmpint(sd_bus_message_skip(reply, "a{sv}"), >, 0);
	g_assert_cmpint(sd_bus_message_at_end(reply, false), >, 0);
	sd_bus_message_unref(reply);
	sd_bus_message_unref(call(fixture.bus, false, NULL, MANAGER, "RevokeGrant", "t", (uint64_t)1));

	g_autofree char *trail = NULL;
	g_assert_true(g_file_get_contents(path, &trail, NULL, NULL));
	g_assert_nonnull(strstr(trail, "\"endpoint\":\"sentinel.grant\",\"command\":\"grant 1 made, 1 uses left, decision 1001 (docker create x): night shift\""));
	g_assert_nonnull(strstr(trail, "\"endpoint\":\"sentinel.revoke\""));
	g_assert_nonnull(strstr(trail, "\"user\":\"root\""));
}

static void subscribe_own(sd_bus *bus)
{
	sd_bus_message *reply = call(bus, false, NULL, MANAGER, "Subscribe", "");
	const char *path;

	g_assert_cmpint(sd_bus_message_read_basic(reply, 'o', &path), >, 0);
	g_assert_cmpstr(path, ==, SENTINEL_OBJECT_PATH "/subscriber");
	sd_bus_message_unref(reply);
	sd_bus_message_unref(call(bus, false, NULL, MANAGER, "Unsubscribe", ""));
}

static void test_subscribe(void)
{
	mock_polkit_clear(&fixture);
	mock_polkit_say(&fixture, "audit.read-own", "yes");
	mock_polkit_say(&fixture, "status", "yes");
	as_nobody(subscribe_own);
	sd_bus_message *reply = call(fixture.bus, false, NULL, MANAGER, "Subscribe", "");
	const char *path;
	g_assert_cmpint(sd_bus_message_read_basic(reply, 'o', &path), >, 0);
	g_assert_cmpstr(path, ==, SENTINEL_OBJECT_PATH);
	sd_bus_message_unref(reply);
}

/* More calls wait than one sender may have; then polkit, which hangs, is given up. */
static void flood(sd_bus *bus)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	gint64 begun = g_get_monotonic_time();

	for (unsigned i = 0; i < LIMIT_CALLS_PER_SENDER; i++)
		g_assert_cmpint(sd_bus_call_method_async(bus, NULL, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, MANAGER, "ReloadPolicy", NULL, NULL, ""), >=, 0);
	(void)call(bus, false, "Error.LimitExceeded", POLICIES, "List", "");
	g_assert_cmpint(g_get_monotonic_time() - begun, <, 5 * G_USEC_PER_SEC);
	sd_bus *other = bus_fixture_connect(&fixture);
	sd_bus_message_unref(call(other, false, NULL, POLICIES, "List", ""));
	g_assert_cmpint(g_get_monotonic_time() - begun, <, 5 * G_USEC_PER_SEC);
	int r = sd_bus_call_method(other, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, MANAGER, "ReloadPolicy", &error, NULL, "");
	g_assert_cmpint(r, <, 0);
	g_assert_true(sd_bus_error_has_name(&error, SENTINEL_ERROR_PREFIX "Unavailable"));
	sd_bus_error_free(&error);
	sd_bus_close_unref(other);
}

static void test_hung_polkit(void)
{
	mock_polkit_clear(&fixture);
	mock_polkit_say(&fixture, "policy.manage", "hang");
	mock_polkit_say(&fixture, "status", "yes");
	as_nobody(flood);
	sd_bus_message_unref(call(fixture.bus, false, NULL, MANAGER, "ReloadPolicy", ""));
}

static void ask_without_polkit(sd_bus *bus)
{
	(void)call(bus, true, "Error.Unavailable", POLICIES, "List", "");
	(void)call(bus, true, "Error.Unavailable", MANAGER, "AuditQuery", "a{sv}ut", 0, 10, (uint64_t)0);
}

static void test_no_polkit(void)
{
	mock_polkit_stop(polkit);
	as_nobody(ask_without_polkit);
	sd_bus_message_unref(call(fixture.bus, false, NULL, MANAGER, "ReloadPolicy", ""));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	bus_fixture_start(&fixture, "system");
	polkit = mock_polkit_start(&fixture);
	g_test_add_func("/gate/table", test_table);
	g_test_add_func("/gate/root", test_root);
	g_test_add_func("/gate/answers", test_answers);
	g_test_add_func("/gate/refusals", test_refusals);
	g_test_add_func("/gate/relax", test_relax);
	g_test_add_func("/gate/may-relax", test_may_relax);
	g_test_add_func("/gate/audit", test_audit);
	g_test_add_func("/gate/reports", test_reports);
	g_test_add_func("/gate/verify-finds", test_verify_finds);
	g_test_add_func("/gate/grants", test_grants);
	g_test_add_func("/gate/subscribe", test_subscribe);
	g_test_add_func("/gate/hung-polkit", test_hung_polkit);
	g_test_add_func("/gate/no-polkit", test_no_polkit);
	int failures = g_test_run();
	bus_fixture_stop(&fixture);
	return failures;
}
