/* SPDX-License-Identifier: MIT
 *
 * Every member of the interface on a real bus, and who may call it.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "core/fetched.h"
#include "session.h"
#include "tests/unit/scratch.h"

#define NOBODY 65534

static void test_errors(void)
{
	(void)call(MANAGER, "Validate", "Error.InvalidCommand", "asa{sv}", 2, "run", "--privilegd", NO_OPTIONS);
	(void)call(MANAGER, "Validate", "Error.NeedsInput", "asa{sv}", 4, "run", "-e", "HOME", "x", NO_OPTIONS);
	(void)call(MANAGER, "Validate", "Error.InvalidArgs", "asa{sv}", 2, "run", "x", 1, "polic", "s", "x");
	(void)call(MANAGER, "Validate", "Error.InvalidArgs", "asa{sv}", 2, "run", "x", 1, "policy", "u", 5);
	(void)call(MANAGER, "Validate", "Error.PolicyInvalid", "asa{sv}", 2, "run", "x", 1, "policy", "s", "nothing");
	(void)call(MANAGER, "Validate", "InvalidArgs", "s", "x");
	(void)call(MANAGER, "AuditQuery", "Error.InvalidArgs", "a{sv}ut", 1, "what", "s", "x", 5, (uint64_t)0);
	(void)call(POLICIES, "Get", "Error.NotFound", "s", "nothing");
	(void)call(POLICIES, "Get", "Error.InvalidArgs", "s", "../x");
	(void)call(POLICIES, "Use", "Error.PolicyInvalid", "s", "nothing");
	(void)call(MANAGER, "Nothing", "UnknownMethod", "");
	(void)call(SENTINEL_BUS_NAME ".Nothing", "Validate", "UnknownMethod", "");
}

/* Who wants no answer gets no other treatment: what is wrong stays wrong. */
static void test_no_reply(void)
{
	for (int i = 0; i < 2; i++) {
		sd_bus_message *request = NULL;
		g_assert_cmpint(sd_bus_message_new_method_call(fixture.bus, &request, fixture.service, SENTINEL_OBJECT_PATH, MANAGER, "Validate"), >=, 0);
		if (i)
			g_assert_cmpint(sd_bus_message_append(request, "asa{sv}", 2, "run", "x", 1, "nothing", "s", "x"), >=, 0);
		else
			g_assert_cmpint(sd_bus_message_append(request, "asa{sv}", 2, "run", "--privilegd", 0), >=, 0);
		g_assert_cmpint(sd_bus_message_set_expect_reply(request, false), >=, 0);
		g_assert_cmpint(sd_bus_send(fixture.bus, request, NULL), >=, 0);
		sd_bus_message_unref(request);
	}
	sd_bus_message_unref(call(POLICIES, "List", NULL, ""));
}

static void test_policies(void)
{
	sd_bus_message *reply = call(POLICIES, "List", NULL, "");
	const char *name, *mode, *description, *yaml;
	unsigned count = 0, actives = 0;
	int active;

	g_assert_cmpint(sd_bus_message_enter_container(reply, 'a', "(sssb)"), >, 0);
	while (sd_bus_message_read(reply, "(sssb)", &name, &mode, &description, &active) > 0) {
		count++;
		actives += (unsigned)active;
	}
	g_assert_cmpuint(count, ==, 10);
	g_assert_cmpuint(actives, ==, 1);
	sd_bus_message_unref(reply);
	reply = call(POLICIES, "Get", NULL, "s", "strict");
	g_assert_cmpint(sd_bus_message_read_basic(reply, 's', &yaml), >, 0);
	g_assert_nonnull(strstr(yaml, "name: strict"));
	sd_bus_message_unref(reply);

	reply = call(POLICIES, "Check", NULL, "s", "name: x\nmode: wrong\n");
	const char *file, *level, *message;
	uint32_t line, column;
	g_assert_cmpint(sd_bus_message_enter_container(reply, 'a', "(suuss)"), >, 0);
	g_assert_cmpint(sd_bus_message_read(reply, "(suuss)", &file, &line, &column, &level, &message), >, 0);
	g_assert_cmpuint(line, ==, 2);
	g_assert_cmpuint(column, ==, 7);
	g_assert_cmpstr(level, ==, "error");
	sd_bus_message_unref(reply);
}

static char *get_text(const char *property)
{
	char *value = NULL;

	g_assert_cmpint(sd_bus_get_property_string(fixture.bus, fixture.service, SENTINEL_OBJECT_PATH, MANAGER, property, NULL, &value), >=, 0);
	return value;
}

static void expect(const char *property, const char *value)
{
	g_autofree char *found = get_text(property);

	g_assert_cmpstr(found, ==, value);
}

static void test_properties(void)
{
	static const char *const numbers[] = { "PolicyGeneration", "Allowed", "Denied", "Warned" };

	expect("State", "serving");
	expect("Mode", "warn");
	expect("ActivePolicy", "default");
	expect("PolicyError", "");
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
		uint64_t value;
		g_assert_cmpint(sd_bus_get_property_trivial(fixture.bus, fixture.service, SENTINEL_OBJECT_PATH, MANAGER, numbers[i], NULL, 't', &value), >=, 0);
	}
	(void)call("org.freedesktop.DBus.Properties", "Set", "PropertyReadOnly", "ssv", MANAGER, "Mode", "s", "audit");
	(void)call("org.freedesktop.DBus.Properties", "Set", "UnknownProperty", "ssv", MANAGER, "Moods", "s", "audit");
}

/* What the two files of sentinel-fetch say. */
static void test_fetched(void)
{
	static const struct { const char *name; uint64_t value; } numbers[] = { { "FetchNumber", 7 }, { "FetchAccepted", 11 }, { "FetchExpires", 12 }, { "FetchChecked", 13 }, { "FetchFailed", 14 } };
	g_autofree char *dir = g_build_filename(fixture.dir, "fetch", NULL);

	expect("FetchPolicy", "");
	g_assert_cmpint(g_mkdir_with_parents(dir, 0700), ==, 0);
	scratch_put(dir, FETCHED_ACCEPTED, "{\"number\":7,\"accepted_us\":11,\"expires_us\":12,\"policy\":\"shop\",\"source\":\"https://a.example/\",\"key\":\"k\"}");
	scratch_put(dir, FETCHED_STATUS, "{\"checked_us\":13,\"failed_us\":14,\"error\":\"no way\"}");
	expect("FetchPolicy", "shop");
	expect("FetchSource", "https://a.example/");
	expect("FetchError", "no way");
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
		uint64_t value = 0;
		g_assert_cmpint(sd_bus_get_property_trivial(fixture.bus, fixture.service, SENTINEL_OBJECT_PATH, MANAGER, numbers[i].name, NULL, 't', &value), >=, 0);
		g_assert_cmpuint(value, ==, numbers[i].value);
	}
}

/* Signals that arrived, by name. */
static char *heard_rejected, *heard_changed, *heard_relaxed;

static int on_signal(sd_bus_message *message, void *data, sd_bus_error *error)
{
	const char *name, *text;

	(void)data;
	(void)error;
	if (sd_bus_message_read(message, "ss", &name, &text) < 0)
		return 0;
	char **heard = sd_bus_message_is_signal(message, MANAGER, "PolicyRejected") ? &heard_rejected
		: sd_bus_message_is_signal(message, MANAGER, "PolicyRelaxed") ? &heard_relaxed : &heard_changed;
	g_free(*heard);
	*heard = g_strdup_printf("%s %s", name, text);
	return 0;
}

static void wait_for_signal(char **heard)
{
	gint64 until = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;

	while (!*heard && g_get_monotonic_time() < until)
		if (sd_bus_process(fixture.bus, NULL) == 0)
			(void)sd_bus_wait(fixture.bus, 100000);
	g_assert_nonnull(*heard);
}

static void test_use_and_reload(void)
{
	uint64_t generation;

	g_assert_cmpint(sd_bus_match_signal(fixture.bus, NULL, fixture.service, SENTINEL_OBJECT_PATH, MANAGER, NULL, on_signal, NULL), >=, 0);
	sd_bus_message_unref(call(POLICIES, "Use", NULL, "s", "production"));
	wait_for_signal(&heard_changed);
	g_assert_cmpstr(heard_changed, ==, "production enforce");
	expect("ActivePolicy", "production");
	expect("Mode", "enforce");
	sd_bus_message *reply = call(MANAGER, "ReloadPolicy", NULL, "");
	g_assert_cmpint(sd_bus_message_read_basic(reply, 't', &generation), >, 0);
	g_assert_cmpuint(generation, >, 1);
	sd_bus_message_unref(reply);

	g_autofree char *kept = scratch_get(fixture.dir, "policies/production.yaml");
	scratch_put(fixture.dir, "policies/production.yaml", "name: production\nmode: wrong\n");
	(void)call(MANAGER, "ReloadPolicy", "Error.PolicyInvalid", "");
	wait_for_signal(&heard_rejected);
	g_assert_nonnull(strstr(heard_rejected, "production.yaml:2:7: mode: expected enforce"));
	expect("State", "degraded");
	expect("Mode", "enforce");
	g_autofree char *problem = get_text("PolicyError");
	g_assert_nonnull(strstr(problem, "production.yaml:2:7:"));
	scratch_put(fixture.dir, "policies/production.yaml", kept);
	sd_bus_message_unref(call(MANAGER, "ReloadPolicy", NULL, ""));
	expect("State", "serving");
	g_assert_null(heard_relaxed); /* production is stricter */
	sd_bus_message_unref(call(POLICIES, "Use", NULL, "s", "default"));
	wait_for_signal(&heard_relaxed);
	g_assert_cmpstr(heard_relaxed, ==, "default warn");
	sd_bus_message_unref(call(POLICIES, "Use", NULL, "s", "production"));
}

/* A line in the journal is an entry on the bus. */
static void test_audit(void)
{
	static const char line[] = "{\"v\":1,\"id\":900,\"time\":5,\"decision\":\"denied\",\"mode\":\"enforce\",\"policy\":\"p\",\"score\":40,\"max_score\":50,\"user\":\"alice\",\"method\":\"POST\","
				   "\"uri\":\"/x\",\"endpoint\":\"e\",\"command\":\"docker create x\",\"image\":\"x\",\"subject\":\"\",\"duration_us\":3,"
				   "\"findings\":[{\"rule\":\"privileged\",\"severity\":\"critical\",\"category\":\"c\",\"action\":\"block\",\"message\":\"m\"}]}\n";
	g_autofree char *path = g_build_filename(fixture.dir, "audit", "audit.jsonl", NULL);
	FILE *journal = fopen(path, "ae");

	(void)fputs(line, journal);
	(void)fclose(journal);
	sd_bus_message *reply = call(MANAGER, "AuditQuery", NULL, "a{sv}ut", 1, "decision", "s", "denied", 10, (uint64_t)0);
	const char *name, *contents;
	uint64_t id = 0;
	g_assert_cmpint(sd_bus_message_enter_container(reply, 'a', "a{sv}"), >, 0);
	g_assert_cmpint(sd_bus_message_enter_container(reply, 'a', "{sv}"), >, 0);
	g_assert_cmpint(sd_bus_message_enter_container(reply, 'e', "sv"), >, 0);
	g_assert_cmpint(sd_bus_message_read_basic(reply, 's', &name), >, 0);
	g_assert_cmpstr(name, ==, "id");
	g_assert_cmpint(sd_bus_message_peek_type(reply, NULL, &contents), >, 0);
	g_assert_cmpint(sd_bus_message_read(reply, "v", "t", &id), >, 0);
	g_assert_cmpuint(id, ==, 900);
	sd_bus_message_unref(reply);
}

static void compare_members(GHashTable *expected, GHashTable *found)
{
	GHashTableIter iter;
	gpointer key, value;

	g_assert_cmpuint(g_hash_table_size(expected), ==, g_hash_table_size(found));
	g_hash_table_iter_init(&iter, found);
	while (g_hash_table_iter_next(&iter, &key, &value)) {
		g_test_message("%s", (const char *)key);
		g_assert_cmpstr(g_hash_table_lookup(expected, key), ==, value);
	}
}

/* What is installed is what is there, and both are what was promised once. */
static void test_introspection(void)
{
	sd_bus_message *reply = call("org.freedesktop.DBus.Introspectable", "Introspect", NULL, "");
	g_autofree char *file = NULL, *promised = NULL, *path = g_build_filename(g_getenv("GOLDEN"), "manager.golden.xml", NULL);
	const char *live;

	g_assert_cmpint(sd_bus_message_read_basic(reply, 's', &live), >, 0);
	g_assert_true(g_file_get_contents(g_getenv("INTROSPECTION"), &file, NULL, NULL));
	g_assert_true(g_file_get_contents(path, &promised, NULL, NULL));
	g_autoptr(GHashTable) documented = bus_fixture_members(file), real = bus_fixture_members(live), golden = bus_fixture_members(promised);
	compare_members(documented, real);
	compare_members(golden, real);
	g_assert_nonnull(strstr(file, "<annotation name=\"org.gtk.GDBus.DocString\" value=\"Ends a grant. Action: grant.revoke.\"/>"));
	sd_bus_message_unref(reply);
}

/* A session bus is its user's: there is no polkit that could say more. */
static int run_as_nobody(void)
{
	static const struct { const char *interface, *member; } rows[] = { { POLICIES, "List" }, { MANAGER, "ReloadPolicy" } };

	if (setgid(NOBODY) < 0 || setuid(NOBODY) < 0)
		return 100;
	sd_bus *bus = bus_fixture_connect(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		sd_bus_error error = SD_BUS_ERROR_NULL;
		(void)sd_bus_call_method(bus, fixture.service, SENTINEL_OBJECT_PATH, rows[i].interface, rows[i].member, &error, NULL, "");
		if (!sd_bus_error_has_name(&error, SD_BUS_ERROR_ACCESS_DENIED))
			return (int)i + 1;
	}
	return 0;
}

static void test_other_users(void)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(run_as_nobody());
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_cmpint(status, ==, 0);
}

static void test_peer(void)
{
	BusFixture kept = fixture;

	bus_fixture_start_peer(&fixture);
	sd_bus_message_unref(call(MANAGER, "Validate", NULL, "asa{sv}", 2, "run", "nginx:1.25", NO_OPTIONS));
	test_errors();
	sd_bus_message_unref(call(POLICIES, "Use", NULL, "s", "strict"));
	expect("ActivePolicy", "strict");
	/* It ends with its peer. */
	fixture.bus = sd_bus_close_unref(fixture.bus);
	int status;
	g_assert_cmpint(waitpid(fixture.daemon, &status, 0), ==, fixture.daemon);
	g_assert_cmpint(status, ==, 0);
	fixture.daemon = 0;
	bus_fixture_stop(&fixture);
	fixture = kept;
}

/* A Docker that is not there is known before the question to it is put away. */
static void test_no_docker(void)
{
	BusFixture kept = fixture;

	bus_fixture_start_with(&fixture, "session", "unix:///nonexistent/docker.sock");
	for (unsigned i = 0; i < 10; i++) {
		const char *state, *message;
		sd_bus_message *reply = call(MANAGER, "ProbeDocker", NULL, "");
		g_assert_cmpint(sd_bus_message_read(reply, "ss", &state, &message), >=, 0);
		g_assert_cmpstr(state, ==, "unknown");
		sd_bus_message_unref(reply);
		sd_bus_message_unref(call(MANAGER, "Diagnose", NULL, ""));
	}
	g_assert_cmpint(waitpid(fixture.daemon, NULL, WNOHANG), ==, 0);
	bus_fixture_stop(&fixture);
	fixture = kept;
}

/* The bus goes and comes: the service lives, is there again, and is the same. */
static void test_bus_lost(void)
{
	bus_fixture_lose_bus(&fixture);
	g_assert_cmpint(waitpid(fixture.daemon, NULL, WNOHANG), ==, 0);
	bus_fixture_find_bus(&fixture);
	g_assert_cmpint(waitpid(fixture.daemon, NULL, WNOHANG), ==, 0);
	expect("State", "serving");
	sd_bus_message_unref(call(POLICIES, "List", NULL, ""));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	bus_fixture_start(&fixture, "session");
	g_test_add_func("/bus/properties", test_properties);
	g_test_add_func("/bus/fetched", test_fetched);
	g_test_add_func("/bus/errors", test_errors);
	g_test_add_func("/bus/no-reply", test_no_reply);
	g_test_add_func("/bus/policies", test_policies);
	g_test_add_func("/bus/audit", test_audit);
	g_test_add_func("/bus/introspection", test_introspection);
	g_test_add_func("/bus/other-users", test_other_users);
	g_test_add_func("/bus/use-and-reload", test_use_and_reload);
	g_test_add_func("/bus/peer", test_peer);
	g_test_add_func("/bus/no-docker", test_no_docker);
	g_test_add_func("/bus/bus-lost", test_bus_lost);
	int failures = g_test_run();
	bus_fixture_stop(&fixture);
	g_free(heard_rejected);
	g_free(heard_changed);
	g_free(heard_relaxed);
	return failures;
}
