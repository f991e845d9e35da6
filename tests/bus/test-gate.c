/* SPDX-License-Identifier: MIT
 *
 * The gate on a system bus: a private dbus-daemon, polkit played by a mock, calls by another user.
 */
#include "base/limits.h"
#include "bus/scans.h"
#include "callers.h"
#include "tests/unit/scratch.h"

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
	g_assert_true(g_str_has_prefix(questions, "mode.relax 0 permissive audit (mode: enforce, now audit)\npolicy.manage 0 production enforce\npolicy.manage 0 nothing -\n"
						  "mode.relax 0 production enforce (settings.max_risk_score: no limit any more)\npolicy.manage 0 mine audit\n"));
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
	g_test_add_func("/gate/hung-polkit", test_hung_polkit);
	g_test_add_func("/gate/no-polkit", test_no_polkit);
	int failures = g_test_run();
	bus_fixture_stop(&fixture);
	return failures;
}
