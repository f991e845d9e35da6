/* SPDX-License-Identifier: MIT
 *
 * Policies that another one writes: who may ask for it, and what becomes of a service that asks in others' names.
 */
#include <sys/socket.h>
#include "base/error.h"
#include "callers.h"
#include "core/write-client.h"
#include "tests/unit/scratch.h"

#define STRICTER "active_policy: production\n"

static uid_t caller;

static char *state(void)
{
	g_autofree char *policies = g_build_filename(fixture.dir, "policies", NULL), *mine = g_build_filename(policies, "mine.yaml", NULL);
	g_autofree char *config = scratch_get(fixture.dir, "config.yaml");

	return g_strdup_printf("%s%d", config, g_file_test(mine, G_FILE_TEST_EXISTS));
}

static void become(gpointer data)
{
	(void)data;
	if (caller && (setgid(caller) < 0 || setuid(caller) < 0))
		_exit(100);
}

/* The command, as `uid`: its exit code, and what it said. */
static int command(uid_t uid, char **ret_said, const char *first, ...)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_auto(GStrv) env = g_environ_setenv(g_get_environ(), "DBUS_SYSTEM_BUS_ADDRESS", fixture.address, TRUE);
	va_list words;
	int status;

	g_ptr_array_add(argv, (char *)(uintptr_t)g_getenv("SENTINEL"));
	g_ptr_array_add(argv, (char *)(uintptr_t)"--no-ask-password");
	va_start(words, first);
	for (const char *word = first; word; word = va_arg(words, const char *))
		g_ptr_array_add(argv, (char *)(uintptr_t)word);
	va_end(words);
	g_ptr_array_add(argv, NULL);
	caller = uid;
	g_assert_true(g_spawn_sync("/", (char **)argv->pdata, env, G_SPAWN_STDOUT_TO_DEV_NULL, become, NULL, NULL, ret_said, &status, NULL));
	g_assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void expect(uid_t uid, int code, const char *says, const char *verb, const char *word)
{
	g_autofree char *said = NULL;
	int got = command(uid, &said, "policy", verb, word, NULL);

	if (got != code || (says && !strstr(said, says)))
		g_error("policy %s %s: %d, %s", verb, word, got, said);
}

static void start(void)
{
	bus_fixture_start_written(&fixture, "root");
	polkit = mock_polkit_start(&fixture);
}

static void stop(void)
{
	mock_polkit_stop(polkit);
	bus_fixture_stop(&fixture);
}

static void expect_questions(const char *expected)
{
	g_autofree char *questions = mock_polkit_questions(&fixture);

	g_assert_cmpstr(questions, ==, expected);
	mock_polkit_clear(&fixture);
}

static void expect_active(const char *expected)
{
	g_autofree char *active = NULL;

	g_assert_cmpint(sd_bus_get_property_string(fixture.bus, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, MANAGER, "ActivePolicy", NULL, &active), >=, 0);
	g_assert_cmpstr(active, ==, expected);
}

/* What the service lacks at its start is put there, by the one who may write. */
static void test_start(void)
{
	start();
	g_autofree char *before = state();
	g_assert_nonnull(strstr(before, "\nactive_policy: default\n"));
	expect_active("default");
	stop();
}

/* Each change asks once, for the right that it takes; and is in force when the call returns. */
static void test_ways(void)
{
	start();
	mock_polkit_clear(&fixture);
	expect(0, 0, NULL, "use", "production");
	expect_active("production");
	expect_questions("");
	mock_polkit_say(&fixture, "policy.manage", "yes");
	expect(NOBODY, 0, NULL, "use", "strict");
	expect_active("strict");
	expect_questions("policy.manage 0 strict enforce\n");
	mock_polkit_say(&fixture, "policy.manage", "yes");
	g_autofree char *before = state();
	expect(NOBODY, 4, NULL, "use", "permissive");
	g_autofree char *after = state();
	g_assert_cmpstr(after, ==, before);
	expect_questions("mode.relax 0 permissive audit (mode: enforce, now audit)\n");
	mock_polkit_say(&fixture, "mode.relax", "yes");
	expect(NOBODY, 0, NULL, "use", "permissive");
	expect_active("permissive");
	mock_polkit_clear(&fixture);
	mock_polkit_say(&fixture, "policy.delete", "yes");
	expect(NOBODY, 0, NULL, "delete", "production");
	expect(NOBODY, 3, "policy in force", "delete", "permissive");
	expect_questions("policy.delete 0 production -\npolicy.delete 0 permissive -\n");
	expect(0, 3, "there is no policy", "use", "none");
	expect_active("permissive");
	stop();
}

/* Every answer of polkit's but yes. */
static void test_refused(void)
{
	static const struct {
		const char *answer, *says;
		int code;
	} rows[] = { { "no", NULL, 4 }, { "challenge", "password", 4 }, { "dismissed", NULL, 4 }, { "full", NULL, 3 }, { "bare", "polkit", 3 } };

	start();
	g_autofree char *before = state();
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		mock_polkit_clear(&fixture);
		mock_polkit_say(&fixture, "policy.manage", rows[i].answer);
		g_autofree char *said = NULL;
		int code = command(NOBODY, &said, "policy", "use", "production", NULL);
		g_test_message("%s: %d %s", rows[i].answer, code, said);
		g_assert_cmpint(code, ==, rows[i].code);
		g_assert_true(!rows[i].says || strstr(said, rows[i].says));
		g_autofree char *after = state();
		g_assert_cmpstr(after, ==, before);
	}
	mock_polkit_stop(polkit);
	expect(NOBODY, 3, "polkit", "use", "production");
	expect(0, 0, NULL, "use", "production"); /* root may, also without */
	bus_fixture_stop(&fixture);
}

/* Each client of the bus may have it changed, with nothing but the call; what is wrong with the arguments the service says. */
static void test_callers(void)
{
	start();
	sd_bus_message_unref(call(fixture.bus, false, NULL, POLICIES, "Use", "s", "production"));
	expect_active("production");
	sd_bus_message_unref(call(fixture.bus, false, NULL, POLICIES, "Write", "ss", "mine", "version: \"1.0\"\nname: mine\nmode: warn\n"));
	g_autofree char *before = state();
	(void)call(fixture.bus, false, "Error.InvalidArgs", POLICIES, "Adopt", "ssa{sv}", "mine", "name: mine\n", 1, "other", "b", 1);
	g_autofree char *after = state();
	g_assert_cmpstr(after, ==, before);
	stop();
}

/* A service that somebody has taken over: it knows all names on the bus, and says any. */
static WriteResult attack(const char *sender, const char *name)
{
	g_autofree char *path = g_build_filename(fixture.dir, "write", NULL);
	const WriteWish wish = { .order = { WRITE_USE, name, NULL }, .sender = sender };
	g_autoptr(GError) error = NULL;
	WriteAnswer answer = { .result = WRITE_RESULT_COUNT };
	char byte;

	WriteClient *client = write_client_new(path, &wish, &error);
	g_assert_no_error(error);
	g_assert_true(write_client_ask(client));
	(void)recv(write_client_descriptor(client), &byte, 1, MSG_PEEK);
	(void)write_client_hear(client, &answer);
	if (answer.result == WRITE_YES)
		g_assert_true(write_client_step(client, WRITE_COMMIT, &error));
	write_client_free(client);
	return answer.result;
}

static int names[2];

static void stay(sd_bus *bus)
{
	const char *name;

	if (sd_bus_get_unique_name(bus, &name) < 0 || write(names[1], name, strlen(name) + 1) < 0)
		_exit(1);
	while (sd_bus_process(bus, NULL) >= 0 && sd_bus_wait(bus, UINT64_MAX) >= 0)
		;
}

static pid_t connect_as(uid_t uid, char *ret_name)
{
	g_assert_cmpint(pipe(names), ==, 0);
	pid_t child = begin_as(uid, stay);
	g_assert_cmpint(read(names[0], ret_name, 64), >, 1);
	(void)close(names[0]);
	(void)close(names[1]);
	return child;
}

/* Whatever the service says, polkit is asked about the one that it names, for the right that the files say. */
static void test_attacks(void)
{
	char name[64];

	start();
	g_autofree char *before = state();
	mock_polkit_clear(&fixture);
	/* the bus itself; one that is not there, or not any more */
	g_assert_cmpuint(attack("org.freedesktop.DBus", "production"), ==, WRITE_LEFT);
	g_assert_cmpuint(attack(":1.99999", "production"), ==, WRITE_LEFT);
	g_assert_cmpuint(attack("", "production"), ==, WRITE_LEFT);
	pid_t child = connect_as(NOBODY, name);
	g_assert_cmpuint(attack(name, "../production"), ==, WRITE_NO);
	g_assert_cmpuint(attack(name, "production"), ==, WRITE_NO);
	mock_polkit_say(&fixture, "policy.manage", "yes");
	g_assert_cmpuint(attack(name, "permissive"), ==, WRITE_NO); /* which is mode.relax */
	g_autofree char *after = state();
	g_assert_cmpstr(after, ==, before);
	g_assert_cmpuint(attack(name, "strict"), ==, WRITE_YES);
	g_autofree char *written = state();
	g_assert_nonnull(strstr(written, "\nactive_policy: strict\n"));
	(void)kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
	stop();
}

/* Another user than the service's is not heard, whatever the mode of the socket. */
static void test_peer(void)
{
	bus_fixture_start_written(&fixture, "daemon");
	g_autofree char *path = g_build_filename(fixture.dir, "write", NULL);
	g_autoptr(GError) error = NULL;
	const Order order = { WRITE_TEMPLATE, "strict", NULL };

	g_assert_false(write_client_install(path, &order, &error));
	g_assert_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE);
	g_autofree char *strict = g_build_filename(fixture.dir, "policies", "strict.yaml", NULL);
	g_assert_false(g_file_test(strict, G_FILE_TEST_EXISTS));
	bus_fixture_stop(&fixture);
}

/* Who writes is gone: nothing is changed, and that is said; decisions and reading go on. */
static void test_gone(void)
{
	start();
	g_autofree char *before = state();
	(void)kill(fixture.writer, SIGKILL);
	(void)waitpid(fixture.writer, NULL, 0);
	fixture.writer = 0;
	expect(0, 3, "nothing was changed", "use", "production");
	g_autofree char *after = state();
	g_assert_cmpstr(after, ==, before);
	sd_bus_message_unref(call(fixture.bus, false, NULL, POLICIES, "Get", "s", "default"));
	scratch_put(fixture.dir, "config.yaml", STRICTER); /* by hand, as ever */
	sd_bus_message_unref(call(fixture.bus, false, NULL, MANAGER, "ReloadPolicy", ""));
	expect_active("production");
	stop();
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/writer/start", test_start);
	g_test_add_func("/writer/ways", test_ways);
	g_test_add_func("/writer/refused", test_refused);
	g_test_add_func("/writer/callers", test_callers);
	g_test_add_func("/writer/attacks", test_attacks);
	g_test_add_func("/writer/peer", test_peer);
	g_test_add_func("/writer/gone", test_gone);
	return g_test_run();
}
