/* SPDX-License-Identifier: MIT
 *
 * The gate on a system bus: a private dbus-daemon, polkit played by a mock, calls by another user.
 */
#include "base/limits.h"
#include "callers.h"
#include "tests/unit/scratch.h"

#define OWNER "<annotate key=\"org.freedesktop.policykit.owner\">"

static void expect_questions(const char *expected)
{
	g_autofree char *questions = mock_polkit_questions(&fixture);

	g_assert_cmpstr(questions, ==, expected);
	mock_polkit_clear(&fixture);
}

/* Every row of the gate, in the form of gate.golden. */
static GPtrArray *list_rows(void)
{
	static const char *const runs[] = { [RUN_INLINE] = "inline", [RUN_READ] = "read", [RUN_WRITE] = "write", [RUN_DOCKER] = "docker" };
	GPtrArray *rows = g_ptr_array_new_with_free_func(g_free);

	for (size_t i = 0; i < interface_count; i++) {
		const char *name = interfaces[i].foreign ? interfaces[i].name : strrchr(interfaces[i].name, '.') + 1;
		for (size_t j = 0; j < interfaces[i].method_count; j++) {
			const Method *method = &interfaces[i].methods[j];
			g_ptr_array_add(rows, g_strdup_printf("%s %s: %s %s %s %s %us", name, method->name, method->action ? method->action + strlen(ACTION("")) : "-",
						      method->less ? method->less + strlen(ACTION("")) : "-", method->refine ? "refine" : "-",
						      method->handler ? runs[method->run] : "-", method->patience_s));
		}
	}
	return rows;
}

/* Who may call what, and where it runs: a change of a row is a change of this file, which somebody reads. */
static void test_golden(void)
{
	g_autofree char *path = g_build_filename(g_getenv("GOLDEN"), "gate.golden", NULL), *text = NULL;
	g_autoptr(GPtrArray) rows = list_rows();

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, rows->len + 1);
	for (guint i = 0; i < rows->len; i++)
		if (!g_strv_contains((const char *const *)lines, g_ptr_array_index(rows, i)))
			g_error("not in gate.golden: %s", (const char *)g_ptr_array_index(rows, i));
}

static bool is_used(const char *action)
{
	/* The second is pkexec's, for the helper. */
	static const char *const refined[] = { ACTION_MODE_RELAX, ACTION("manage-docker") };

	for (size_t i = 0; i < interface_count; i++)
		for (size_t j = 0; j < interfaces[i].method_count; j++)
			if (!g_strcmp0(interfaces[i].methods[j].action, action) || !g_strcmp0(interfaces[i].methods[j].less, action))
				return true;
	for (size_t i = 0; i < G_N_ELEMENTS(refined); i++)
		if (!strcmp(refined[i], action))
			return true;
	return false;
}

static bool is_written(const char *action)
{
	static const char *const asked[] = { ACTION_POLICY_MANAGE, ACTION_POLICY_DELETE, ACTION_MODE_RELAX };

	for (size_t i = 0; i < G_N_ELEMENTS(asked); i++)
		if (!strcmp(asked[i], action))
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
		char *id = g_match_info_fetch(found, 1);
		/* Without its owners neither sentineld nor who writes policies may ask about others. */
		g_assert_nonnull(strstr(whole, is_written(id) ? OWNER "unix-user:sentinel unix-user:sentinel-write</annotate>" : OWNER "unix-user:sentinel</annotate>"));
		g_hash_table_add(actions, id);
	}
	g_match_info_free(found);
	return actions;
}

static void check_method(const Interface *interface, const Method *method, GHashTable *actions)
{
	if (method->action && !g_hash_table_contains(actions, method->action))
		g_error("%s is not in the .policy file", method->action);
	if (method->less && !g_hash_table_contains(actions, method->less))
		g_error("%s is not in the .policy file", method->less);
	if (interface->foreign)
		return;
	g_assert_nonnull(method->action);
	g_assert_nonnull(method->handler);
	g_assert_true(g_str_has_suffix(method->says, "."));
	g_assert_true(method->handler->read || method->handler->work || method->handler->begin || method->handler->answer);
	/* What runs on a thread has something to run there. */
	g_assert_true(method->run == RUN_INLINE || method->run == RUN_DOCKER || method->handler->work || method->handler->begin);
}

static void test_table(void)
{
	g_autoptr(GHashTable) actions = read_actions();
	GHashTableIter iter;
	gpointer action;

	for (size_t i = 0; i < interface_count; i++)
		for (size_t j = 0; j < interfaces[i].method_count; j++)
			check_method(&interfaces[i], &interfaces[i].methods[j], actions);
	g_assert_true(g_hash_table_contains(actions, ACTION_MODE_RELAX));
	g_hash_table_iter_init(&iter, actions);
	while (g_hash_table_iter_next(&iter, &action, NULL))
		if (!is_used(action))
			g_error("%s is in the .policy file, but nothing asks for it", (char *)action);
	g_assert_null(method_find(MANAGER, "Nothing"));
	g_assert_null(method_find("x.y", "Validate"));
	g_assert_null(method_find(NULL, "Nothing"));
	g_assert_cmpstr(method_find(NULL, "Use")->action, ==, ACTION_POLICY_MANAGE);
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
	expect_questions("status 0 - -\npolicy.reload 0 - -\npolicy.delete 1 strict -\n");
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

/* An answer that is not polkit's is none. */
static void ask_and_guess(sd_bus *bus)
{
	(void)call(bus, true, "Error.Unavailable", MANAGER, "ReloadPolicy", "");
}

static void test_refusals(void)
{
	mock_polkit_clear(&fixture);
	mock_polkit_say(&fixture, "policy.reload", "challenge");
	as_nobody(ask_with_dialog);
	mock_polkit_say(&fixture, "policy.reload", "dismissed");
	as_nobody(ask_and_dismiss);
	mock_polkit_say(&fixture, "policy.reload", "bare");
	as_nobody(ask_and_guess);
}

/* Only what the writer has seen is replaced. */
static void replace_mine(sd_bus *bus)
{
	static const char first[] = "version: \"1.0\"\nname: mine\nmode: audit\n", second[] = "version: \"1.0\"\nname: mine\nmode: warn\n";
	g_autofree char *was = g_compute_checksum_for_string(G_CHECKSUM_SHA256, first, -1), *is = g_compute_checksum_for_string(G_CHECKSUM_SHA256, second, -1);

	(void)call(bus, false, "Error.Busy", POLICIES, "Replace", "sss", "mine", second, "");
	(void)call(bus, false, "Error.Busy", POLICIES, "Replace", "sss", "mine", second, "0");
	sd_bus_message_unref(call(bus, false, NULL, POLICIES, "Replace", "sss", "mine", second, was));
	(void)call(bus, false, "Error.Busy", POLICIES, "Replace", "sss", "mine", first, was);
	sd_bus_message_unref(call(bus, false, NULL, POLICIES, "Replace", "sss", "mine", first, is));
	sd_bus_message_unref(call(bus, false, NULL, POLICIES, "Delete", "s", "mine"));
	(void)call(bus, false, "Error.Busy", POLICIES, "Replace", "sss", "mine", second, was);
	sd_bus_message_unref(call(bus, false, NULL, POLICIES, "Replace", "sss", "mine", first, ""));
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
	(void)call(bus, false, "Error.InvalidArgs", POLICIES, "Write", "ss", "../mine", "version: \"1.0\"\nname: ../mine\nmode: audit\n");
	replace_mine(bus);
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
	mock_polkit_say(&fixture, "policy.delete", "yes");
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

/* More calls wait than one connection may have; then polkit, which hangs, is given up. */
static void flood(sd_bus *bus)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	gint64 begun = g_get_monotonic_time();
	sd_bus *other = bus_fixture_connect(&fixture);

	int r = sd_bus_call_method(other, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, MANAGER, "ReloadPolicy", &error, NULL, "");
	g_assert_cmpint(r, <, 0);
	g_assert_true(sd_bus_error_has_name(&error, SENTINEL_ERROR_PREFIX "Unavailable"));
	sd_bus_error_free(&error);
	sd_bus_close_unref(other);
	begun = g_get_monotonic_time();
	for (unsigned i = 0; i < LIMIT_CALLS_PER_SENDER; i++)
		g_assert_cmpint(sd_bus_call_method_async(bus, NULL, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, MANAGER, "ReloadPolicy", NULL, NULL, ""), >=, 0);
	(void)call(bus, false, "Error.LimitExceeded", POLICIES, "List", "");
	g_assert_cmpint(g_get_monotonic_time() - begun, <, 5 * G_USEC_PER_SEC);
}

/* As many calls of one user's as may wait, over as many connections as that needs: one more is told so, and it is that user's alone. */
static void flood_as_user(sd_bus *bus)
{
	sd_bus *others[LIMIT_CALLS_PER_USER / LIMIT_CALLS_PER_SENDER];

	for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
		others[i] = bus_fixture_connect(&fixture);
		for (unsigned j = 0; j < LIMIT_CALLS_PER_SENDER; j++)
			g_assert_cmpint(sd_bus_call_method_async(others[i], NULL, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, MANAGER, "ReloadPolicy", NULL, NULL, ""), >=, 0);
		(void)call(others[i], false, "Error.LimitExceeded", POLICIES, "List", ""); /* behind them: they have come */
	}
	(void)call(bus, false, "Error.LimitExceeded", POLICIES, "List", "");
}

static void test_full_user(void)
{
	mock_polkit_clear(&fixture);
	mock_polkit_say(&fixture, "policy.reload", "hang");
	as_nobody(flood_as_user);
	sd_bus_message_unref(call(fixture.bus, false, NULL, POLICIES, "List", ""));
}

static void test_hung_polkit(void)
{
	mock_polkit_clear(&fixture);
	mock_polkit_say(&fixture, "policy.reload", "hang");
	mock_polkit_say(&fixture, "status", "yes");
	as_nobody(flood);
	sd_bus_message_unref(call(fixture.bus, false, NULL, MANAGER, "ReloadPolicy", ""));
}

static void ask_full_polkit(sd_bus *bus)
{
	(void)call(bus, false, "Error.Busy", MANAGER, "ReloadPolicy", "");
	(void)call(bus, false, "Error.Busy", MANAGER, "AuditQuery", "a{sv}ut", 0, 10, (uint64_t)0); /* nor is a lesser right tried */
}

/* The bus lets nobody wait for more answers: that is no polkit that has gone, and passes. */
static void test_full_polkit(void)
{
	mock_polkit_clear(&fixture);
	mock_polkit_say(&fixture, "policy.reload", "full");
	mock_polkit_say(&fixture, "audit.read", "full");
	mock_polkit_say(&fixture, "audit.read-own", "yes");
	as_nobody(ask_full_polkit);
}

static void ask_all_dialogs(sd_bus *bus)
{
	(void)call(bus, true, "AccessDenied", POLICIES, "Use", "s", "production");
	(void)call(bus, true, "AccessDenied", POLICIES, "Use", "s", "permissive");
	(void)call(bus, true, "AccessDenied", POLICIES, "Write", "ss", "mine", "version: \"1.0\"\nname: mine\nmode: audit\n");
	(void)call(bus, true, "AccessDenied", POLICIES, "Delete", "s", "strict");
	(void)call(bus, true, "AccessDenied", MANAGER, "ReloadPolicy", "");
	(void)call(bus, true, "AccessDenied", MANAGER, "CreateGrant", "ta{sv}", (uint64_t)5, 2, "reason", "s", "a fire", "uses", "t", (uint64_t)3);
	(void)call(bus, true, "AccessDenied", MANAGER, "RevokeGrant", "t", (uint64_t)7);
	(void)call(bus, true, "AccessDenied", SENTINEL_INTERFACE_AUDIT, "Clear", "a{sv}", 0);
}

/* What stands in an element of an action: `tag` with its attributes. */
static char *text_of(const char *action, const char *tag)
{
	g_autofree char *text = NULL, *pattern = g_strdup_printf("<action id=\"%s\">(?:(?!</action>).)*?<%s>(.*?)</", action, tag);
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_DOTALL, 0, NULL);
	GMatchInfo *found = NULL;

	g_assert_true(g_file_get_contents(g_getenv("POLKIT_ACTIONS"), &text, NULL, NULL));
	g_assert_true(g_regex_match(regex, text, 0, &found));
	char *found_text = g_match_info_fetch(found, 1);
	g_match_info_free(found);
	return found_text;
}

/* What the dialog of an action says in words that are filled in. */
static char *message_of(const char *action)
{
	g_autofree char *id = g_strdup_printf(ACTION("%s"), action);

	return text_of(id, "message");
}

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "$(policy) $(user) ", sorted. */
static char *variables_of(const char *message)
{
	g_autoptr(GRegex) variable = g_regex_new("\\$\\(\\w+\\)", 0, 0, NULL);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	GMatchInfo *found = NULL;
	GString *text = g_string_new(NULL);

	for (g_regex_match(variable, message, 0, &found); g_match_info_matches(found); g_match_info_next(found, NULL))
		g_ptr_array_add(names, g_match_info_fetch(found, 0));
	g_match_info_free(found);
	g_ptr_array_sort(names, compare_names);
	for (guint i = 0; i < names->len; i++)
		g_string_append_printf(text, "%s ", (const char *)names->pdata[i]);
	return g_string_free(text, FALSE);
}

/* Who reads German is asked in German, and about the same things. */
static void test_translation(void)
{
	g_autoptr(GHashTable) actions = read_actions();
	GHashTableIter each;
	gpointer action;

	g_hash_table_iter_init(&each, actions);
	while (g_hash_table_iter_next(&each, &action, NULL)) {
		g_autofree char *english = text_of(action, "message"), *german = text_of(action, "message xml:lang=\"de\"");
		g_autofree char *title = text_of(action, "description"), *german_title = text_of(action, "description xml:lang=\"de\"");
		g_autofree char *named = variables_of(english), *german_named = variables_of(german);
		g_assert_cmpstr(german, !=, english);
		g_assert_cmpstr(german_title, !=, title);
		g_assert_cmpstr(german_named, ==, named);
	}
	g_assert_cmpuint(g_hash_table_size(actions), >=, 13);
}

/* No dialog shows "$(policy)": whatever a message names is told to polkit. */
static void test_dialogs(void)
{
	g_autoptr(GRegex) variable = g_regex_new("\\$\\((\\w+)\\)", 0, 0, NULL);
	unsigned variables = 0;

	sd_bus_message_unref(call(fixture.bus, false, NULL, POLICIES, "Use", "s", "production"));
	mock_polkit_clear(&fixture);
	as_nobody(ask_all_dialogs);
	g_autofree char *told = mock_polkit_details(&fixture);
	g_auto(GStrv) lines = g_strsplit(told, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, 9);
	for (size_t i = 0; *lines[i]; i++) {
		g_auto(GStrv) words = g_strsplit(lines[i], "\t", -1);
		g_autofree char *message = message_of(words[0]);
		GMatchInfo *found = NULL;
		for (g_regex_match(variable, message, 0, &found); g_match_info_matches(found); g_match_info_next(found, NULL), variables++) {
			g_autofree char *name = g_match_info_fetch(found, 1);
			if (!g_strv_contains((const char *const *)words + 1, name))
				g_error("the dialog of %s does not get %s", words[0], name);
		}
		g_match_info_free(found);
	}
	g_assert_cmpuint(variables, >=, 16);
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
	g_test_add_func("/gate/golden", test_golden);
	g_test_add_func("/gate/table", test_table);
	g_test_add_func("/gate/root", test_root);
	g_test_add_func("/gate/answers", test_answers);
	g_test_add_func("/gate/refusals", test_refusals);
	g_test_add_func("/gate/relax", test_relax);
	g_test_add_func("/gate/may-relax", test_may_relax);
	g_test_add_func("/gate/dialogs", test_dialogs);
	g_test_add_func("/gate/translation", test_translation);
	g_test_add_func("/gate/full-polkit", test_full_polkit);
	g_test_add_func("/gate/hung-polkit", test_hung_polkit);
	g_test_add_func("/gate/full-user", test_full_user);
	g_test_add_func("/gate/no-polkit", test_no_polkit);
	int failures = g_test_run();
	bus_fixture_stop(&fixture);
	return failures;
}
